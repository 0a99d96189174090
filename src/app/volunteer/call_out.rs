//! The call-out list for an emergency: volunteers by skill and town, with their numbers. A disclosure: it has a purpose, and its leaf is in the log
//! before a line is shown.

use std::collections::{HashMap, HashSet};

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::hold::HoldReason;
use crate::domain::id::{PersonId, PublicId, SubjectId};
use crate::domain::name::PersonName;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::domain::volunteer::{Skill, Validity};
use crate::domain::written;
use crate::store::AuditEntry;

use super::super::{Actor, App, AppError};
use super::teams::name_of;
use super::{died, known};

/// Most characters of a purpose.
const PURPOSE: usize = 60;
/// People opened at a time.
const PART: usize = 500;

/// Whom to call.
#[derive(Debug, Clone, Default)]
pub struct CallOut {
    /// One of these skills; none asks for no skill.
    pub skills: Vec<Skill>,
    /// One of these towns; none asks for no town.
    pub towns: Vec<TownCode>,
    /// What for: an occasion, never a person. It stands in the log.
    pub purpose: String,
}

/// Somebody to be called.
pub struct CallOutLine {
    /// Public id.
    pub person: PublicId,
    /// The name.
    pub name: Option<Guarded<PersonName>>,
    /// Numbers that are not on hold.
    pub contact: Guarded<Contact>,
    /// Where they serve, or else live.
    pub town: Option<TownCode>,
    /// Skills.
    pub skills: Vec<Skill>,
    /// Whether a first-aid certificate holds today.
    pub certificate: Validity,
}

impl std::fmt::Debug for CallOutLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallOutLine(..)")
    }
}

impl App {
    /// Whom to call: everybody who serves, may be called, has one of the skills and one of the towns asked for. By town, then who has a
    /// certificate that holds, then by number. One leaf with all ids, before anything is shown.
    ///
    /// # Errors
    /// [`AppError::Input`] where neither a skill nor a town is chosen, since an empty filter means nobody; or where the purpose is missing or
    /// names a number. Nothing was looked at then.
    pub async fn call_out(&self, actor: Actor, asked: &CallOut, now: Timestamp) -> Result<Vec<CallOutLine>, AppError> {
        if actor.needs(Right::Service).is_err() {
            actor.needs(Right::Urgent)?;
        }
        let input = |field, hint| AppError::Input { field, hint };
        let purpose = written::one_line(&asked.purpose, PURPOSE).filter(|p| p.chars().count() >= 2 && written::names_nobody(p));
        let purpose = purpose.ok_or(input("purpose", "say what for, without names, telephone numbers or mail addresses"))?;
        if asked.skills.is_empty() && asked.towns.is_empty() {
            return Err(input("skills", "choose a skill or a town: none means nobody"));
        }
        if asked.towns.iter().any(|town| self.towns.by_code(*town).is_none()) {
            return Err(input("towns", "choose towns of the branch"));
        }
        let mut lines = self.to_call(asked, now).await?;
        let today = self.today(now);
        lines.sort_by(|(_, a), (_, b)| {
            let key = |l: &CallOutLine| (l.town.is_none(), l.town, l.certificate, l.person.as_str().to_owned());
            key(a).cmp(&key(b))
        });
        let mut entry = AuditEntry::on(now, actor.staff(), "callout.list", "registry", None)
            .with("purpose", purpose)
            .with("skills", words(asked.skills.iter().map(|s| s.word().to_owned())))
            .with("towns", words(asked.towns.iter().map(ToString::to_string)))
            .with("day", today)
            .with("count", lines.len());
        entry.ids = lines.iter().map(|(person, _)| person.0).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(lines.into_iter().map(|(_, line)| line).collect())
    }

    /// Whom to call. Only who may be meant is opened, where that is known: until what is kept of everybody who serves has been read, everybody is.
    async fn to_call(&self, asked: &CallOut, now: Timestamp) -> Result<Vec<(PersonId, CallOutLine)>, AppError> {
        let among = self.may_be_meant(asked, now).await?;
        self.to_call_of(among.as_deref(), asked, now).await
    }

    /// Whom to call of some people, in the order of their ids, or of everybody.
    async fn to_call_of(
        &self,
        among: Option<&[PersonId]>,
        asked: &CallOut,
        now: Timestamp,
    ) -> Result<Vec<(PersonId, CallOutLine)>, AppError> {
        let today = self.today(now);
        let callable = self.callable(Registry::Volunteer, among, now).await?.into_iter();
        let meant = |person: &PersonId| among.is_none_or(|among| among.binary_search(person).is_ok());
        let mut contacts: HashMap<PersonId, Guarded<Contact>> =
            callable.filter(|c| meant(&c.person)).map(|c| (c.person, c.contact)).collect();
        // Who refused calls on any of several joined registrations is not called on the number of another.
        let refused: HashSet<SubjectId> =
            self.store.holds().await?.into_iter().filter(|h| h.reason == HoldReason::RefusedCalls.word()).map(|h| h.subject_id).collect();
        let mut ids: Vec<PersonId> = contacts.keys().copied().collect();
        ids.sort_unstable();
        let mut out = Vec::new();
        for part in ids.chunks(PART) {
            let views = self.store.persons(&self.vault, part).await?;
            let mut facts = self.facts_by_person(&views).await?;
            for view in &views {
                let (id, known) = (view.row.id, known(view, &facts.remove(&view.row.id).unwrap_or_default()));
                let Some(contact) = contacts.remove(&id) else { continue };
                let town = known.town.or(Contact::town_of(&contact));
                let there = asked.towns.is_empty() || town.is_some_and(|t| asked.towns.contains(&t));
                let silent = view.subjects.iter().any(|s| refused.contains(&s.row.id));
                if !there || silent || died(view) || !Self::serves(view) || !known.has_one(&asked.skills) {
                    continue;
                }
                let certificate = known.certificate_on(today);
                let person = view.row.public_id.clone();
                out.push((id, CallOutLine { person, name: name_of(view), contact, town, skills: known.skills, certificate }));
            }
        }
        Ok(out)
    }
}

fn words(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests;
