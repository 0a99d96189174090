//! What a registrant tells on their own page, carried out.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::correction;
use crate::domain::fact::Channel;
use crate::domain::form::Flaw;
use crate::domain::hold;
use crate::domain::id::{PersonId, SubjectId, TaskId, ToldId};
use crate::domain::language::Language;
use crate::domain::leaving::HowTold;
use crate::domain::record::RecordDraft;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::rights::{Asker, RightsKind};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::told::{FamilyTold, ToldFact};
use crate::followup::link::LinkPurpose;
use crate::store::{AuditEntry, EntryRecord, LinkUse, Occasion, Origin, TaskChannel, TaskState, Tx, prepare_further};

use super::own_page::{HOUR, Pending};
use super::said::{QUESTION, Speaker, Stays, not_before};
use super::{Actor, App, AppError};

/// How the registrant feels about the registration now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Will {
    /// Still willing.
    Still,
    /// Not now; ask again on a day.
    Later(NaiveDate),
    /// No longer: leaves these registries, at once and without a reason. Who stands in one only leaves that one.
    NoLonger(Vec<Registry>),
}

/// What a registrant tells.
#[derive(Debug)]
pub struct Told {
    /// How they feel about it, where they said so.
    pub will: Option<Will>,
    /// Another phone.
    pub phone: Option<Guarded<String>>,
    /// Another mail address.
    pub mail: Option<Guarded<String>>,
    /// Whether the contact data on file are right.
    pub same_contact: bool,
    /// Whether the family knows, where it was answered.
    pub family: Option<FamilyTold>,
    /// A question to staff.
    pub question: Option<Guarded<String>>,
    /// What they ask for by right.
    pub requests: Vec<RightsKind>,
    /// The language of the page, where they chose it: what their browser asks for is nobody's choice.
    pub language: Option<Language>,
}

impl Told {
    /// The will and nothing else.
    pub fn of(will: impl Into<Option<Will>>) -> Self {
        let will = will.into();
        Self { will, phone: None, mail: None, same_contact: false, family: None, question: None, requests: Vec::new(), language: None }
    }

    /// Whether the contact data were typed anew.
    fn types_contact(&self) -> bool {
        self.phone.is_some() || self.mail.is_some()
    }

    /// Whether nothing was chosen and nothing typed.
    fn says_nothing(&self) -> bool {
        let chosen = self.will.is_some() || self.same_contact || self.family.is_some() || !self.requests.is_empty();
        !chosen && !self.types_contact() && self.question.is_none()
    }
}

/// What became of what was told.
#[derive(Debug)]
pub struct Done {
    /// What is still to be done in other systems.
    pub pending: Pending,
    /// The registries that were left, and whether that was all.
    pub left: Option<(Vec<Registry>, bool)>,
    /// Something typed could not be read; it was not kept, and nothing waited for it.
    pub unread: bool,
    /// A question went to staff.
    pub asked: bool,
    /// By when what they ask for by right is answered.
    pub answered_by: Option<NaiveDate>,
}

/// The registrations a registrant may tell something about, and what is wrong with what they told.
#[derive(Debug)]
pub struct Unclear {
    /// What is wrong.
    pub flaws: Vec<Flaw>,
    /// The registries they stand in.
    pub stands_in: Vec<Registry>,
}

/// The reason of a call that was agreed on before a later answer.
pub(super) const ANSWERED: &str = "answered";

impl App {
    /// Carries out what a registrant tells after the second fact; none where the link does not work. What cannot be read comes back, and
    /// nothing is changed, but for who leaves: nothing typed beside it holds a withdrawal up.
    pub async fn tell(&self, token: &str, proof: &str, told: &Told, now: Timestamp) -> Result<Result<Option<Done>, Unclear>, AppError> {
        let Some((hash, row, entry, last)) = self.behind(token, now).await? else { return Ok(Ok(None)) };
        let fresh = [now, now.plus_seconds(-HOUR)].iter().any(|at| self.proof(&hash, *at) == proof);
        if !fresh {
            return Ok(Ok(None));
        }
        let stands_in: Vec<Registry> = self.stands_in(entry.person).await?.into_iter().map(|(registry, _)| registry).collect();
        if told.says_nothing() {
            return Ok(Err(Unclear { flaws: vec![Flaw { field: "will", key: "flaw-nothing-chosen".to_owned() }], stands_in }));
        }
        let leaving = match leaving(told.will.as_ref(), &stands_in) {
            Ok(leaving) => leaving,
            Err(flaw) => return Ok(Err(Unclear { flaws: vec![flaw], stands_in })),
        };
        let (draft, mut flaws) = self.changes((&told.phone, &told.mail), &last, now);
        let question = told.question.as_ref().map(|text| ToldFact::question(text).ok_or("flaw-question-long"));
        if let Some(Err(key)) = &question {
            flaws.push(Flaw { field: "question", key: (*key).to_owned() });
        }
        if leaving.is_none() && !flaws.is_empty() {
            return Ok(Err(Unclear { flaws, stands_in }));
        }
        let stays = leaving.as_ref().is_none_or(|left| left.len() < stands_in.len());
        // Of who leaves altogether nothing more is taken in.
        let draft = draft.filter(|_| stays);
        let question = question.and_then(Result::ok);
        let corrected = draft.is_some();
        let written_in = match told.language {
            Some(language) => language,
            None => self.language_of(entry.subject, last.contact.as_ref()).await?,
        };
        let draft = match told.language.filter(|_| leaving.is_none()) {
            Some(language) => self.in_language(draft, &last, entry.subject, language, now).await?,
            None => draft,
        };
        let (person, subject) = (entry.person, entry.subject);
        let whose = self.address_behind(&row).await?;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let stat_id = self.store.stat_id(&self.vault, subject).await?;
        let today = self.today(now);
        let unread = flaws.iter().any(|flaw| stays || flaw.field == "question");
        // Contact data that were neither confirmed nor typed are no more certain than before: nothing says so of itself.
        let typed = told.types_contact() && stays && flaws.iter().all(|flaw| flaw.field == "question");
        let confirms = told.same_contact || typed;
        let read = told.mail.is_some() && flaws.iter().all(|flaw| flaw.field != "mail");
        let new_mail = draft.as_ref().filter(|_| read).map(|d| hold::mail_tags(&d.contact, subject, &*self.vault));
        let mut records = Vec::new();
        if let (Some(draft), Some(stat_id)) = (&draft, stat_id) {
            let occasion =
                Occasion { origin: Origin::Web, channel: Channel::SelfService, at: now, today, drive: None, import: None, verified: false };
            records.push(prepare_further(&self.vault, &keys, draft, occasion, stat_id)?);
        }
        let channel = self.staff_channel(person, now).await?;
        let open = self.store.tasks_of(&[person]).await?;
        let open: Vec<_> = open.into_iter().filter(|t| matches!(t.state, TaskState::Planned | TaskState::Queued)).collect();
        let who = Speaker { person, subject, subjects: &whose.subjects, stands_in: &stands_in, open: &open, by: None };

        let mut tx = self.store.begin().await?;
        let used = if confirms { tx.use_link(&hash, now).await? } else { tx.close_link(&hash, now).await? };
        let LinkUse::Used(_) = used else { return Ok(Ok(None)) };
        if !records.is_empty() {
            tx.add_records(records, now).await?;
            // Other systems are told of other contact data; a language is nothing to them.
            if corrected {
                self.corrected_outside(&mut tx, Actor::Registrant, subject, now).await?;
            }
        }
        if confirms {
            self.note_verified(&mut tx, subject, now).await?;
        } else {
            self.note_told(&mut tx, subject, now).await?;
        }
        match &new_mail {
            // Typed in by the registrant just now: what was said of this address before is over.
            Some(tags) => tx.lift_holds(tags.get(..1).unwrap_or_default(), now).await.map(|_| ())?,
            // The mail with the link arrived, and was read by somebody who knew the second fact.
            None if confirms && row.address_tag.is_some() => {
                self.note_answer(&mut tx, LinkPurpose::VerifyMail, subject, &whose, now).await?
            }
            None if told.same_contact => self.note_use(&mut tx, LinkPurpose::VerifyMail, subject, now).await?,
            None => {}
        }
        match &told.will {
            None => {}
            Some(Will::Still) => self.note_stays(&mut tx, &who, Stays::Still, now).await?,
            Some(Will::Later(day)) => self.note_stays(&mut tx, &who, Stays::Later(*day), now).await?,
            Some(Will::NoLonger(chosen)) => {
                let left = leaving.as_deref().unwrap_or_default();
                self.leave_these(&mut tx, (person, whose.subjects.as_slice()), left, stays, now).await?;
                // What had been left before, for whatever reason, is meant too.
                let meant = |registry: &Registry| !left.contains(registry) && (!stays || chosen.contains(registry));
                let before: Vec<Registry> = Registry::ALL.into_iter().filter(meant).collect();
                self.keep_own_word(&mut tx, Actor::Registrant, person, &before, now).await?;
            }
        }
        // After the registries that are left: what is queued for them is dropped, and this is not of them.
        if new_mail.is_some() {
            self.verify_changed(&mut tx, (person, subject), entry.records.len() + 2, written_in.word(), now).await?;
        }
        if let Some(told) = told.family {
            self.note_family(&mut tx, &keys, &who, told, now).await?;
        }
        let later = if let Some(Will::Later(day)) = &told.will { Some(not_before(*day, today)) } else { None };
        let kept = |registry: &&Registry| leaving.as_ref().is_none_or(|left| !left.contains(*registry));
        if stands_in.iter().filter(kept).any(|registry| FamilyTold::asked_of(*registry)) {
            self.follow_objection(&mut tx, (person, subject), told.family, (channel, open.as_slice()), later, now).await?;
        }
        if let Some(question) = &question {
            // A number typed in just now is called as well.
            let channel = if told.phone.is_some() && corrected { TaskChannel::Phone } else { channel.unwrap_or(TaskChannel::Desk) };
            self.note_question(&mut tx, &keys, &who, (question, channel), now).await?;
        }
        let mut answered_by = None;
        for kind in &told.requests {
            answered_by = Some(self.ask_for(&mut tx, person, *kind, now).await?);
        }
        let entry = AuditEntry::on(now, None, "link.told", "subject", Some(subject.0));
        tx.audit(&entry.with("will", told.will.as_ref().map_or("unsaid", Will::word))).await?;
        tx.commit().await?;
        self.catch_up().await?;
        let (pending, asked) = (self.pending_outside(subject).await?, question.is_some());
        Ok(Ok(Some(Done { pending, left: leaving.map(|left| (left, !stays)), unread, asked, answered_by })))
    }

    /// The question behind a follow-up, to be shown once it was opened.
    pub async fn question(&self, actor: Actor, task: TaskId) -> Result<Option<Guarded<String>>, AppError> {
        actor.needs(Right::FollowUp)?;
        let Some(task) = self.store.task(task).await? else { return Ok(None) };
        let Some(id) = task.rule.strip_prefix(QUESTION).and_then(|id| Uuid::parse_str(id).ok()).map(ToldId) else { return Ok(None) };
        let told = self.store.told_of(&self.vault, &[task.subject_id]).await?;
        Ok(told.iter().find(|view| view.id == id).and_then(|view| ToldFact::asked(&view.fact)))
    }

    /// The record that changed contact data make, from what can be read of them, and what cannot.
    pub(super) fn changes(
        &self,
        (phone, mail): (&Option<Guarded<String>>, &Option<Guarded<String>>),
        last: &EntryRecord,
        now: Timestamp,
    ) -> (Option<RecordDraft>, Vec<Flaw>) {
        let (Some(identity), Some(contact)) = (&last.identity, &last.contact) else { return (None, Vec::new()) };
        let mut contact = contact.duplicate();
        let mut draft = None;
        let mut flaws = Vec::new();
        for (field, value) in [("phone", phone), ("mail", mail)] {
            let Some(value) = value else { continue };
            match correction::apply(field, value, last.registry, identity.duplicate(), contact.duplicate(), &self.towns, self.today(now)) {
                Ok(made) => {
                    if let Some(made) = &made {
                        contact = made.contact.duplicate();
                    }
                    draft = made.or(draft);
                }
                Err(flaw) => flaws.push(Flaw { field, ..flaw }),
            }
        }
        (draft, flaws)
    }

    /// The record with the language chosen for the page, where another one would be used otherwise: whoever turns the page into it wants to be
    /// written to in it.
    async fn in_language(
        &self,
        draft: Option<RecordDraft>,
        last: &EntryRecord,
        subject: SubjectId,
        language: Language,
        now: Timestamp,
    ) -> Result<Option<RecordDraft>, AppError> {
        if let Some(mut draft) = draft {
            Contact::choose_language(&mut draft.contact, language);
            return Ok(Some(draft));
        }
        let (Some(identity), Some(contact)) = (&last.identity, &last.contact) else { return Ok(None) };
        if self.language_of(subject, Some(contact)).await? == language {
            return Ok(None);
        }
        let word = Guarded::new(language.word().to_owned());
        let (identity, contact) = (identity.duplicate(), contact.duplicate());
        Ok(correction::apply("language", &word, last.registry, identity, contact, &self.towns, self.today(now)).ok().flatten())
    }

    /// Leaves registries, with every registration of the person, at once: what is queued is cancelled in the same transaction.
    async fn leave_these(
        &self,
        tx: &mut Tx,
        (person, subjects): (PersonId, &[SubjectId]),
        registries: &[Registry],
        stays: bool,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if !stays {
            tx.cancel_open(subjects, "withdrew").await?;
        }
        for registry in registries {
            let (exit, how) = (ExitReason::Withdrew, HowTold::on_own_page(self.today(now)));
            let left = self.settle_in(tx, Actor::Registrant, person, *registry, EnrolmentStatus::Exited(exit), now).await?;
            self.note_leaving(tx, Actor::Registrant, &left, (exit, &how), now).await?;
        }
        Ok(())
    }

    /// Records what a registrant asks for by right, and answers by when it is due; asked again, the first request stands.
    async fn ask_for(&self, tx: &mut Tx, person: PersonId, kind: RightsKind, now: Timestamp) -> Result<NaiveDate, AppError> {
        let asked = self.store.rights_of(person).await?.into_iter().find(|row| row.kind == kind.word() && row.answered_at.is_none());
        match asked {
            Some(row) => Ok(row.due_on.0),
            None => self.note_request(tx, Actor::Registrant, person, (kind, self.today(now)), Asker::MYSELF, now).await,
        }
    }
}

/// The registries that are left; none where the person does not leave.
fn leaving(will: Option<&Will>, stands_in: &[Registry]) -> Result<Option<Vec<Registry>>, Flaw> {
    let Some(Will::NoLonger(chosen)) = will else { return Ok(None) };
    let left: Vec<Registry> = stands_in.iter().copied().filter(|registry| chosen.contains(registry)).collect();
    match (left.is_empty(), stands_in) {
        // Where there is one registration, it is the one that is meant.
        (true, [only]) => Ok(Some(vec![*only])),
        (true, [_, _, ..]) => Err(Flaw { field: "leave", key: "flaw-leave-none".to_owned() }),
        _ => Ok(Some(left)),
    }
}

impl Will {
    /// The word in the log.
    const fn word(&self) -> &'static str {
        match self {
            Self::Still => "still",
            Self::Later(_) => "later",
            Self::NoLonger(_) => "no-longer",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_for_today_or_a_day_that_is_past_is_left_alone_until_tomorrow() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-23");
        for (named, until) in [("2026-11-23", "2026-11-24"), ("2025-01-01", "2026-11-24"), ("2027-03-01", "2027-03-01")] {
            assert_eq!(not_before(day(named), today), day(until), "{named}");
        }
    }

    #[test]
    fn who_leaves_says_which_registration_unless_there_is_one() {
        let both = [Registry::Blood, Registry::StemCell];
        let leaving = |will: &Will, stands_in: &[Registry]| super::leaving(Some(will), stands_in);
        assert!(leaving(&Will::Still, &both).unwrap().is_none());
        assert!(super::leaving(None, &both).unwrap().is_none(), "nothing said is no leaving");
        assert_eq!(leaving(&Will::NoLonger(vec![Registry::StemCell]), &both).unwrap(), Some(vec![Registry::StemCell]));
        assert_eq!(leaving(&Will::NoLonger(Vec::new()), &both[..1]).unwrap(), Some(vec![Registry::Blood]));
        // Nothing ticked, or only what they do not stand in: nothing is guessed.
        for chosen in [Vec::new(), vec![Registry::Volunteer]] {
            assert_eq!(leaving(&Will::NoLonger(chosen), &both).unwrap_err().field, "leave");
        }
        assert_eq!(leaving(&Will::NoLonger(vec![Registry::Blood]), &[]).unwrap(), Some(Vec::new()), "left already");
    }
}
