//! What was said in a call beside how it ended: stored by the ways by which a registrant's own page stores it, in the transaction of the outcome.
//!
//! A new number or address becomes a further record told by phone, by whoever took it down. That is no right to put data right: nothing that
//! was known is changed or shown, and an address is not used for anything sensitive before its owner has verified it.

use std::collections::HashSet;

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::fact::Channel;
use crate::domain::hold::{self, HoldReason, Tag};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::time::Timestamp;
use crate::domain::told::{FamilyTold, ToldFact};
use crate::followup::Kind;
use crate::followup::desk::asks;
use crate::store::{Occasion, Origin, PreparedRecord, TaskChannel, TaskRow, TaskState, Tx, prepare_phoned};
use crate::vault::SubjectKeys;

use super::super::people::standings;
use super::super::said::{Speaker, Stays};
use super::super::{Actor, App, AppError};
use super::TaskOutcome;

/// What was said.
#[derive(Debug, Default)]
pub struct Heard {
    /// Whether they stay, and when they may be asked again; none where it did not come up.
    pub stays: Option<Stays>,
    /// Whether the family knows.
    pub family: Option<FamilyTold>,
    /// A question to staff.
    pub question: Option<Guarded<String>>,
    /// Another phone.
    pub phone: Option<Guarded<String>>,
    /// Another mail address.
    pub mail: Option<Guarded<String>>,
}

impl Heard {
    fn contact(&self) -> bool {
        self.phone.is_some() || self.mail.is_some()
    }

    fn answers(&self) -> bool {
        self.stays.is_some() || self.family.is_some() || self.question.is_some()
    }

    /// Refuses what this outcome of this call cannot have brought up.
    pub(super) fn fits(&self, kind: Option<Kind>, outcome: TaskOutcome, third: bool) -> Result<(), AppError> {
        let asks = asks(kind);
        let asked = match self.stays {
            Some(Stays::Still) => asks.still,
            Some(Stays::Later(_)) => asks.later,
            None => true,
        };
        let spoken = !third && matches!(outcome, TaskOutcome::Reached | TaskOutcome::CallOn(_));
        let hint = match outcome {
            TaskOutcome::Found if !self.contact() => {
                return Err(AppError::Input { field: "found", hint: "give the number or address found" });
            }
            TaskOutcome::Found if self.answers() => "a search that came upon a number has spoken with nobody yet",
            TaskOutcome::Found => return Ok(()),
            _ if !self.contact() && !self.answers() => return Ok(()),
            _ if !spoken => "what a registrant said is noted of a call that reached them",
            _ if !asked || (self.family.is_some() && !asks.family) => "this kind of call does not ask it",
            _ if !asks.more && (self.contact() || self.question.is_some()) => "this kind of call does not ask it",
            _ => return Ok(()),
        };
        Err(AppError::Input { field: "heard", hint })
    }

    /// The words of what was said, for the log: never a value but how they feel about being asked.
    pub(super) fn words(&self) -> String {
        let told = [
            self.stays.map(Stays::word),
            self.family.map(|_| "family"),
            self.question.as_ref().map(|_| "question"),
            self.phone.as_ref().map(|_| "phone"),
            self.mail.as_ref().map(|_| "mail"),
        ];
        told.into_iter().flatten().collect::<Vec<_>>().join(",")
    }
}

/// What was said, read and sealed before the transaction begins.
pub(super) struct Taken {
    person: PersonId,
    subject: SubjectId,
    subjects: Vec<SubjectId>,
    stands_in: Vec<Registry>,
    open: Vec<TaskRow>,
    staff_channel: TaskChannel,
    keys: SubjectKeys,
    question: Option<Guarded<ToldFact>>,
    record: Option<PreparedRecord>,
    /// Found of the new number or address before, and over by what was told now.
    free: Vec<Tag>,
    /// The new address is asked about: how many records the registration has told with it, and the language.
    asks: Option<(usize, &'static str)>,
}

impl App {
    /// Reads and seals what was said; none where nothing was.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field that cannot be read; nothing is changed.
    pub(super) async fn take_heard(
        &self,
        actor: Actor,
        task: &TaskRow,
        person: PersonId,
        heard: &Heard,
        now: Timestamp,
    ) -> Result<Option<Taken>, AppError> {
        if !heard.contact() && !heard.answers() {
            return Ok(None);
        }
        let question = match heard.question.as_ref().map(ToldFact::question) {
            Some(None) => return Err(AppError::Input { field: "question", hint: "write the question in at most 500 characters" }),
            read => read.flatten(),
        };
        let subject = task.subject_id;
        let missing = || AppError::Missing("registration");
        let view = self.store.person(&self.vault, person).await?.ok_or_else(missing)?;
        let subjects: Vec<SubjectId> = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).map(|s| s.row.id).collect();
        let stands_in = standings(view.enrolments()).into_iter().filter(|(_, status, _)| !matches!(status, EnrolmentStatus::Exited(_)));
        let stands_in: Vec<Registry> = stands_in.map(|(registry, ..)| registry).collect();
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let open = self.store.tasks_of(&[person]).await?.into_iter();
        let open = open.filter(|t| t.id != task.id && matches!(t.state, TaskState::Planned | TaskState::Queued)).collect();
        // A number told just now is called.
        let told = heard.phone.as_ref().map(|_| TaskChannel::Phone);
        let staff_channel = match told {
            Some(channel) => channel,
            None => self.staff_channel(person, now).await?.unwrap_or(TaskChannel::Desk),
        };
        let (mut record, mut free, mut asks) = (None, Vec::new(), None);
        if heard.contact() {
            let mut entry = self.store.people_of(&self.vault, &[subject]).await?.pop().ok_or_else(missing)?;
            let last = entry.records.pop().ok_or_else(missing)?;
            let (draft, flaws) = self.changes((&heard.phone, &heard.mail), &last, now);
            if let Some(flaw) = flaws.first() {
                let hint = "write a mobile number, a telephone with its area code, or a mail address";
                return Err(AppError::Input { field: if flaw.field == "mail" { "mail" } else { "phone" }, hint });
            }
            let draft = draft.ok_or(AppError::Sealed("contact"))?;
            let stat_id = self.store.stat_id(&self.vault, subject).await?.ok_or_else(missing)?;
            let (today, origin) = (self.today(now), Origin::Web);
            let occasion = Occasion { origin, channel: Channel::Office, at: now, today, drive: None, import: None, verified: false };
            let fields: Vec<&'static str> = [("phone", heard.phone.is_some()), ("mail", heard.mail.is_some())]
                .into_iter()
                .filter(|(_, told)| *told)
                .map(|f| f.0)
                .collect();
            record = Some(prepare_phoned(&self.vault, &keys, &draft, occasion, stat_id, (&fields, actor.staff()))?);
            free = self.over_now(&subjects, heard, &draft.contact).await?;
            let waits = self.store.held_of(&[person]).await?.contains(&person);
            let may = !waits && entry.standings.iter().any(|(_, status, _)| status.may_contact());
            let language = self.language_of(subject, Some(&draft.contact)).await?;
            // The record that was read last is out of the list, and the new one is not in it yet.
            asks = (heard.mail.is_some() && may).then(|| (entry.records.len() + 2, language.word()));
        }
        Ok(Some(Taken { person, subject, subjects, stands_in, open, staff_channel, keys, question, record, free, asks }))
    }

    /// Stores what was said, within the transaction of the outcome.
    pub(super) async fn store_heard(&self, tx: &mut Tx, actor: Actor, heard: &Heard, taken: Taken, now: Timestamp) -> Result<(), AppError> {
        let Taken { person, subject, subjects, stands_in, open, staff_channel, keys, question, record, free, asks } = taken;
        let who = Speaker { person, subject, subjects: &subjects, stands_in: &stands_in, open: &open, by: actor.staff() };
        if let Some(record) = record {
            tx.add_records(vec![record], now).await?;
            tx.lift_holds(&free, now).await?;
            self.corrected_outside(tx, actor, subject, now).await?;
        }
        if let Some((records, lang)) = asks {
            self.verify_changed(tx, (person, subject), records, lang, now).await?;
        }
        if let Some(stays) = heard.stays {
            self.note_stays(tx, &who, stays, now).await?;
        }
        if let Some(told) = heard.family {
            self.note_family(tx, &keys, &who, told, now).await?;
            let later = if let Some(Stays::Later(day)) = heard.stays { Some(day) } else { None };
            if stands_in.iter().any(|registry| FamilyTold::asked_of(*registry)) {
                self.follow_objection(tx, (person, subject), Some(told), (Some(staff_channel), open.as_slice()), later, now).await?;
            }
        }
        if let Some(question) = &question {
            self.note_question(tx, &keys, &who, (question, staff_channel), now).await?;
        }
        Ok(())
    }

    /// The tags of the new number and address that are on hold by what was found of them before. What somebody asked for stays.
    async fn over_now(&self, subjects: &[SubjectId], heard: &Heard, contact: &Guarded<Contact>) -> Result<Vec<Tag>, AppError> {
        let mut tags: HashSet<Tag> = HashSet::new();
        for subject in subjects {
            // What was told last stands first.
            tags.extend(hold::phone_tags(contact, *subject, &*self.vault).first().filter(|_| heard.phone.is_some()));
            tags.extend(hold::mail_tags(contact, *subject, &*self.vault).first().filter(|_| heard.mail.is_some()));
        }
        for hold in self.store.holds_of(subjects).await?.into_iter().filter(|hold| hold.lifted_at.is_none()) {
            if HoldReason::from_word(&hold.reason).is_none_or(HoldReason::was_asked_for)
                && let Ok(tag) = Tag::try_from(hold.address_tag.0)
            {
                tags.remove(&tag);
            }
        }
        Ok(tags.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Option<Guarded<String>> {
        Some(Guarded::new(text.to_owned()))
    }

    fn field(heard: &Heard, kind: Kind, outcome: TaskOutcome, third: bool) -> Option<&'static str> {
        match heard.fits(Some(kind), outcome, third) {
            Err(AppError::Input { field, .. }) => Some(field),
            _ => None,
        }
    }

    #[test]
    fn what_a_registrant_said_is_of_a_call_that_reached_them_and_asked_it() {
        let family = Heard { family: Some(FamilyTold::Yes), ..Heard::default() };
        assert_eq!(field(&family, Kind::FamilyTold, TaskOutcome::Reached, false), None);
        assert_eq!(field(&family, Kind::BloodThanks, TaskOutcome::Reached, false), Some("heard"), "not asked");
        assert_eq!(field(&family, Kind::FamilyTold, TaskOutcome::Reached, true), Some("heard"), "said by somebody else");
        assert_eq!(field(&family, Kind::FamilyTold, TaskOutcome::NoAnswer, false), Some("heard"));
        assert_eq!(field(&Heard::default(), Kind::FamilyTold, TaskOutcome::NoAnswer, false), None, "two taps");
        let number = Heard { phone: text("16000000001"), ..Heard::default() };
        assert_eq!(field(&number, Kind::WishCheck, TaskOutcome::Found, true), None, "from whoever was asked");
        assert_eq!(field(&number, Kind::WishCheck, TaskOutcome::Reached, false), None);
        assert_eq!(field(&number, Kind::ConfirmInterest, TaskOutcome::Reached, false), Some("heard"));
        assert_eq!(field(&Heard::default(), Kind::WishCheck, TaskOutcome::Found, false), Some("found"), "nothing was found");
        assert_eq!(field(&Heard { phone: text("1"), ..family }, Kind::WishCheck, TaskOutcome::Found, false), Some("heard"));
    }

    #[test]
    fn the_log_names_what_was_told_and_no_value() {
        let heard = Heard { stays: Some(Stays::Still), phone: text("16000000001"), question: text("采集疼吗"), ..Heard::default() };
        assert_eq!(heard.words(), "still,question,phone");
    }
}
