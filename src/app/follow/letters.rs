//! The print run of letters. A letter that is printed is sent; a run whose answer never arrived is printed again.

use std::collections::{HashMap, HashSet};

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::{PersonId, TaskId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Channel;
use crate::followup::compose::{Addressee, addressee};
use crate::followup::link::LinkPurpose;
use crate::store::{AuditEntry, LinkRow, TaskChannel, TaskRow, TaskState};

use super::super::urgent::Once;
use super::super::{Actor, App, AppError};
use super::hand_off::{AT_ONCE, PAGE, persons_of, subjects_of};

/// The reason of a letter that is done.
const PRINTED: &str = "letter-printed";

/// A letter to be printed.
#[derive(Debug)]
pub struct LetterOut {
    /// The task it belongs to.
    pub task: TaskId,
    /// What stands in the window.
    pub to: Guarded<Addressee>,
    /// The registrant's own link, to be typed or read from its code; none where no public address is set.
    pub link: Option<Guarded<String>>,
}

/// Letters with whom they go to.
type Addressed = Vec<(TaskRow, Guarded<Addressee>)>;
/// The links of a run by their letters: the rows to be stored, and how each is typed.
type Links = (HashMap<TaskId, LinkRow>, HashMap<TaskId, Guarded<String>>);

impl App {
    /// The letters of today's print run, at most five hundred, each with a link of its own; with it they are sent. What follows one that stays
    /// without an answer is the policy's. Asked for the same again, it is the same run: what was printed then of whom may still be written to,
    /// with links of its own, and a leaf of its own.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where the key was used for something else.
    pub async fn print_letters(&self, actor: Actor, once: &Once, now: Timestamp) -> Result<Vec<LetterOut>, AppError> {
        actor.needs(Right::FollowUp)?;
        actor.needs(Right::Disclose)?;
        if let Some(run) = self.given_before(actor, once).await? {
            return self.print_again(actor, &run, now).await;
        }
        let (due, _) = self.letters_due(AT_ONCE, now).await?;
        let (rows, links) = self.links_of(&due, now)?;
        let how = ("followup.letters", PRINTED);
        match self.give_out((actor, Some(once)), due, rows, how, |_| None, now).await? {
            Some(out) => Ok(letters_of(out, links)),
            // Asked twice in one moment.
            None => {
                let run = self.given_before(actor, once).await?.unwrap_or_default();
                self.print_again(actor, &run, now).await
            }
        }
    }

    /// A run once more: a disclosure of its own, of whom may still be written to.
    async fn print_again(&self, actor: Actor, run: &[TaskId], now: Timestamp) -> Result<Vec<LetterOut>, AppError> {
        let printed = |task: &TaskRow| task.state == TaskState::Done && task.reason.as_deref() == Some(PRINTED);
        let mut tasks = Vec::with_capacity(run.len());
        for id in run {
            tasks.extend(self.store.task(*id).await?.filter(printed));
        }
        let out = self.may_get(tasks, &mut HashSet::new(), now).await?;
        let (mut rows, links) = self.links_of(&out, now)?;
        let mut entry = AuditEntry::on(now, actor.staff(), "followup.letters-again", "registry", None).with("people", out.len());
        entry.ids = out.iter().map(|(task, _)| task.person_id.0).collect();
        let mut tx = self.store.begin().await?;
        for (task, _) in &out {
            if let Some(link) = rows.remove(&task.id) {
                tx.put_link(link).await?;
            }
        }
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(letters_of(out, links))
    }

    /// A link for each letter; none where no public address is set.
    fn links_of(&self, letters: &[(TaskRow, Guarded<Addressee>)], now: Timestamp) -> Result<Links, AppError> {
        let (mut rows, mut links) = (HashMap::new(), HashMap::new());
        if let Some(base) = self.config.public_url.as_ref().map(crate::config::PublicUrl::origin) {
            for (task, _) in letters {
                let token = self.link_token()?;
                rows.insert(task.id, self.link_row(&token, LinkPurpose::ContactCheck, task.subject_id, now));
                links.insert(task.id, Guarded::new(token.url(&base)));
            }
        }
        Ok((rows, links))
    }

    /// Letters that are due, one a person, from the registration that has the address: the first `wanted`, and how many there are in all.
    pub(super) async fn letters_due(&self, wanted: usize, now: Timestamp) -> Result<(Addressed, u64), AppError> {
        let today = self.today(now);
        let (mut first, mut all, mut once, mut after) = (Vec::new(), 0, HashSet::new(), None);
        loop {
            let tasks = self.store.channel_tasks_due(TaskChannel::Letter, today, after, PAGE).await?;
            let Some(last) = tasks.last().map(|task| (task.due_on.0, task.id)) else { break };
            after = Some(last);
            for letter in self.may_get(tasks, &mut once, now).await? {
                all += 1;
                if first.len() < wanted {
                    first.push(letter);
                }
            }
        }
        Ok((first, all))
    }

    /// Of letters those to people who may be written to by one, each person once, with whom they go to.
    async fn may_get(&self, tasks: Vec<TaskRow>, once: &mut HashSet<PersonId>, now: Timestamp) -> Result<Addressed, AppError> {
        let today = self.today(now);
        let people = self.reachable_of(&persons_of(&tasks), now).await?;
        let mut of_person = Vec::new();
        for task in tasks {
            let person = people.get(&task.person_id).filter(|p| self.may_be_reached(p, &task, today));
            if let Some(subject_id) = person.and_then(|p| p.subject_for(Channel::Letter))
                && !once.contains(&task.person_id)
            {
                of_person.push(TaskRow { subject_id, ..task });
            }
        }
        let contacts = self.free_contacts(&subjects_of(&of_person)).await?;
        let mut out = Vec::with_capacity(of_person.len());
        for task in of_person {
            let contact = contacts.get(&task.subject_id).filter(|contact| Contact::takes_letters(contact));
            if let Some(to) = contact.and_then(addressee)
                && once.insert(task.person_id)
            {
                out.push((task, to));
            }
        }
        Ok(out)
    }
}

fn letters_of(out: Addressed, mut links: HashMap<TaskId, Guarded<String>>) -> Vec<LetterOut> {
    out.into_iter().map(|(task, to)| LetterOut { link: links.remove(&task.id), task: task.id, to }).collect()
}
