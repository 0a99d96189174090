//! 急报: a death notice in three taps, what was consented, whom to call, every step with its time.

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::death::{Death, DeathSource};
use crate::domain::death_notice::{Act, Caller, Code, Phase, Report};
use crate::domain::fact::{FactEvent, Notice};
use crate::domain::id::{MatterId, PublicId};
use crate::domain::outside::OutsideSystem;
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::wish::Wish;
use crate::store::{AuditEntry, MatterDraft, MatterKind, MatterRow, PersonView, StepDraft, StoreError};

use super::super::outside::subject_in;
use super::super::people::{Dated, standings};
use super::super::{Actor, App, AppError, OutsideLine, PersonPage};
use super::{DeskLine, Once, OpeningLine, StepForm, StepLine};

/// How long ago a death or the call may lie, in seconds: a week.
const OLDEST: i64 = 7 * 86_400;
/// Characters of a place or a number at most.
const SHORT: usize = 120;

/// What the caller says.
#[derive(Debug)]
pub struct NoticeForm {
    /// Who calls.
    pub caller: Caller,
    /// The number to call back.
    pub call_back: Option<Guarded<String>>,
    /// Whom it is about; none where nobody of that name is registered here, and then nothing of the person is kept.
    pub person: Option<PublicId>,
    /// Where.
    pub place: Option<Guarded<String>>,
    /// Dying rather than dead.
    pub dying: bool,
    /// When the death was.
    pub when: Timestamp,
    /// When the call came in; none: now.
    pub called: Option<Timestamp>,
}

/// A line of the list.
#[derive(Debug)]
pub struct NoticeHead {
    /// Which.
    pub id: MatterId,
    /// Whose pseudonym.
    pub public_id: Option<PublicId>,
    /// Where it stands.
    pub phase: Phase,
    /// When the death was or when it was reported.
    pub since: Timestamp,
}

/// A death notice as its page shows it.
#[derive(Debug)]
pub struct NoticeCase {
    /// Which.
    pub id: MatterId,
    /// The version to give back.
    pub version: i64,
    /// Who called.
    pub caller: Option<Caller>,
    /// What the caller said.
    pub report: Option<Guarded<Report>>,
    /// Where it stands.
    pub phase: Phase,
    /// When it was reported.
    pub received: Timestamp,
    /// When the death was; none while dying.
    pub died_at: Option<Timestamp>,
    /// The person's page: masked unless `opened`. None where nobody is registered.
    pub person: Option<PersonPage>,
    /// How the organ and body registration stands.
    pub standing: Option<(EnrolmentStatus, NaiveDate)>,
    /// What was consented to, per item and use, and what the next of kin think.
    pub wish: Guarded<Wish>,
    /// Whether it was taken down in depth: else the uses were not asked.
    pub in_depth: bool,
    /// The key of the answer on the family at enrolment, where it was asked.
    pub family: Option<String>,
    /// How it stands in the national system and at the school.
    pub outside: Vec<OutsideLine>,
    /// Whom to call, in order.
    pub desks: Vec<DeskLine>,
    /// What was noted, oldest first.
    pub steps: Vec<StepLine>,
    /// Emergency openings of it.
    pub openings: Vec<OpeningLine>,
    /// Whether it is over.
    pub closed: bool,
    /// Whether the family has decided and the registrant has died: then aid and remembrance may be spoken of.
    pub decided: bool,
}

fn phase_of(row: &MatterRow) -> Result<Phase, AppError> {
    Phase::from_word(&row.phase).ok_or(AppError::Store(StoreError::Damaged("matter")))
}

impl App {
    /// Takes a death notice down.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn open_notice(&self, actor: Actor, form: &NoticeForm, once: &Once, now: Timestamp) -> Result<MatterId, AppError> {
        actor.needs(Right::Urgent)?;
        if let Some(id) = self.first_outcome(actor, once).await? {
            return Ok(id);
        }
        let flaw = |field, hint| AppError::Input { field, hint };
        if form.when > now.plus_seconds(60) || form.when < now.plus_seconds(-OLDEST) {
            return Err(flaw("when", "not in the future and within the last seven days"));
        }
        let received = form.called.unwrap_or(now);
        if received > now.plus_seconds(60) || received < now.plus_seconds(-OLDEST) || (!form.dying && form.when > received.plus_seconds(60))
        {
            return Err(flaw("called", "not in the future, within the last seven days and not before the death"));
        }
        for (field, value) in [("call_back", &form.call_back), ("place", &form.place)] {
            if value.as_ref().is_some_and(|v| !crate::domain::written::is_text(v, SHORT)) {
                return Err(flaw(field, "120 characters at most"));
            }
        }
        let subject = match &form.person {
            Some(public) => {
                let person = self.store.resolve(public).await?.ok_or(AppError::Missing("person"))?;
                let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
                subject_in(&view, Registry::OrganBody).or_else(|| view.subjects.first().map(|s| s.row.id))
            }
            None => None,
        };
        let keys = match subject {
            Some(subject) => Some(self.store.subject_keys(&self.vault, subject).await?),
            None => None,
        };
        // Of somebody who is not registered here nothing is kept but that there was a call: the program asks for little.
        let report = Report::of(form.call_back.as_ref(), form.place.as_ref());
        let phase = match (subject, form.dying) {
            (None, _) => Phase::NotRegistered,
            (_, true) => Phase::Dying,
            (_, false) => Phase::Reported,
        };
        let died = (!form.dying).then_some(form.when);
        let of = keys.as_ref().map(|keys| (keys, &report));
        let draft = MatterDraft::of(&self.vault, of, (MatterKind::Death, phase.word()), (received, None, died), (actor.staff(), now))?;
        let draft = if phase.is_end() { draft.closed() } else { draft };
        let id = draft.id();
        let words = ("opened", Some(form.caller.word()));
        let received_on = received.date_in(self.config.zone);
        let first = StepDraft::of(&self.vault, id, words, received_on, (actor.staff(), now), None)?.at(form.called);
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Err(AppError::Busy) };
        tx.put_matter(&self.vault, draft, vec![first]).await?;
        let entry = AuditEntry::on(now, actor.staff(), "notice.open", "matter", Some(id.0)).with("dying", form.dying);
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, Some(id), now).await?;
        Ok(id)
    }

    pub(in crate::app) async fn notice_head(&self, row: &MatterRow) -> Result<NoticeHead, AppError> {
        Ok(NoticeHead {
            id: row.id,
            public_id: self.person_of_matter(row).await?.map(|(_, public)| public),
            phase: phase_of(row)?,
            since: row.happened_at.unwrap_or(row.received_at),
        })
    }

    /// A death notice, masked.
    ///
    /// # Errors
    /// [`AppError::Missing`].
    pub async fn notice_case(&self, actor: Actor, id: MatterId, now: Timestamp) -> Result<NoticeCase, AppError> {
        actor.needs(Right::Urgent)?;
        self.notice_of(id, false, now).await
    }

    pub(super) async fn notice_of(&self, id: MatterId, opened: bool, now: Timestamp) -> Result<NoticeCase, AppError> {
        let (row, report) = self.notice_row(id).await?;
        let person = match self.person_of_matter(&row).await? {
            // Nothing of a donor's health is read for it.
            Some((_, public)) => Some(PersonPage { opened, ..self.page(&public, false, now).await? }),
            None => None,
        };
        let ((wish, in_depth), family) = match &person {
            Some(p) => consented(&p.view),
            None => ((Guarded::new(Wish::default()), false), None),
        };
        let organ = |p: &PersonPage| p.standings.iter().find(|(r, ..)| *r == Registry::OrganBody).map(|(_, s, day)| (*s, *day));
        let standing = person.as_ref().and_then(organ);
        let outside = match &person {
            Some(p) => self.outside_of(&p.view, &p.standings).await?,
            None => Vec::new(),
        };
        let steps = self.step_lines(&row).await?;
        let day = row.received_at.date_in(self.config.zone);
        Ok(NoticeCase {
            id,
            version: row.row_version,
            caller: steps.first().and_then(|s| s.code.as_deref()).and_then(Caller::from_word),
            report,
            phase: phase_of(&row)?,
            received: row.received_at,
            died_at: row.happened_at,
            person,
            standing,
            wish,
            in_depth,
            family,
            outside: outside.into_iter().filter(|l| l.system != OutsideSystem::Cmdp).collect(),
            desks: self.desks_on(day, row.happened_at, now).await?,
            steps,
            openings: self.openings_of(id).await?,
            closed: row.closed_at.is_some(),
            decided: self.decided_of(&row).await?,
        })
    }

    async fn notice_row(&self, id: MatterId) -> Result<(MatterRow, Option<Guarded<Report>>), AppError> {
        let found = self.store.matter::<Report>(&self.vault, id).await?;
        found.filter(|(row, _)| row.kind == MatterKind::Death).ok_or(AppError::Missing("death notice"))
    }

    /// Notes a step of a death notice. What ends it settles the registrations: donated, or died.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason; [`AppError::Input`] naming the field; [`AppError::Stale`].
    pub async fn note_notice(
        &self,
        actor: Actor,
        (id, version): (MatterId, i64),
        form: &StepForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Urgent)?;
        if self.first_outcome(actor, once).await?.is_some() {
            return Ok(());
        }
        let flaw = |field, hint| AppError::Input { field, hint };
        let (row, _) = self.notice_row(id).await?;
        let act = Act::from_word(&form.act).ok_or(flaw("act", "choose what happened"))?;
        let code = form.code.as_deref().and_then(Code::from_word).filter(|c| act.codes().contains(c));
        if code.is_none() && !act.codes().is_empty() {
            return Err(flaw("code", "choose whom or why"));
        }
        Self::checked_note(form.note.as_ref())?;
        let before = phase_of(&row)?;
        let next = before.after(act)?;
        let subject = Self::subject_of(&row)?;
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let note = form.note.as_ref().map(|n| (&keys, n));
        let words = (act.word(), code.map(Code::word));
        let at = happened_at(&row, form.when, now)?;
        let died = (act == Act::Died).then_some(at);
        let day = at.date_in(self.config.zone);
        let step = StepDraft::of(&self.vault, id, words, day, (actor.staff(), now), note)?.at(form.when);
        let person = self.person_of_matter(&row).await?;
        let caller = self.store.matter_steps(&self.vault, &row).await?.first().and_then(|(s, _)| Caller::from_word(s.code.as_deref()?));
        let mut facts = Vec::new();
        if let Some(told) = counted(act, code, next.is_end(), row.received_at, at)
            && let Some(stat_id) = self.store.stat_id(&self.vault, subject).await?
        {
            facts.push(self.dated_fact((stat_id, Registry::OrganBody), FactEvent::Notice(told), day, now)?);
        }
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        tx.step_matter(&self.vault, (id, version), next.word(), (died, next.is_end()), step).await?;
        tx.put_facts(facts).await?;
        // Whoever was reported dying and for whom it ends so may still be living: a registrar notes the death then.
        let dead = before.is_dead() || next.is_dead();
        if next.is_end()
            && dead
            && let Some((person, _)) = person
            && let Some(view) = tx.person(&self.vault, person).await?
        {
            let died_on = died.or(row.happened_at).map_or(day, |at| at.date_in(self.config.zone));
            for (registry, status, _) in standings(view.enrolments()) {
                let (reason, on) = match (next, registry) {
                    (Phase::Realised, Registry::OrganBody) => (ExitReason::Donated, day),
                    _ => (ExitReason::Died, died_on),
                };
                if !matches!(status, EnrolmentStatus::Exited(_)) {
                    self.settle_on(&mut tx, actor, person, (registry, EnrolmentStatus::Exited(reason)), Dated::Of(on), now).await?;
                }
            }
            let death = Death { day: died_on, told_by: caller.map_or(DeathSource::Other, DeathSource::from) };
            self.note_death(&mut tx, actor, &view, death, now).await?;
        }
        let entry = AuditEntry::on(now, actor.staff(), "notice.step", "matter", Some(id.0)).with("act", act.word());
        tx.audit(&match code {
            Some(code) => entry.with("code", code.word()),
            None => entry,
        })
        .await?;
        self.commit_once(tx, actor, once, Some(id), now).await
    }
}

/// When a step was: now, unless a time is given, which is neither in the future nor before the call. A field of ours holds minutes: so much is let
/// pass on either side.
fn happened_at(row: &MatterRow, given: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, AppError> {
    let at = given.unwrap_or(now);
    if at > now.plus_seconds(60) || at < row.received_at.plus_seconds(-60) {
        return Err(AppError::Input { field: "when", hint: "not in the future and not before the notice" });
    }
    Ok(at)
}

/// What a step tells the statistics: how long it took until whoever receives the donation was there, which is when they assess; and at the end
/// whether the notice had come in time.
fn counted(act: Act, code: Option<Code>, end: bool, received: Timestamp, at: Timestamp) -> Option<Notice> {
    const MINUTE: i64 = 60_000_000;
    match (act, code) {
        (Act::Assessed, _) => Some(Notice::Arrived(u32::try_from((at.0 - received.0) / MINUTE).unwrap_or_default())),
        (Act::NotRealised, Some(Code::Late)) => Some(Notice::TooLate),
        // Nobody died: there was no donation to be in time for.
        (Act::Recovered, _) => None,
        _ if end => Some(Notice::Received),
        _ => None,
    }
}

/// What the organ and body registrations of a person say: the wish, whether it was taken down in depth, and the key of the answer on the family at enrolment.
pub(super) fn consented(view: &PersonView) -> ((Guarded<Wish>, bool), Option<String>) {
    let mut records: Vec<_> = view.records().filter(|r| r.registry == Registry::OrganBody).collect();
    records.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.id)));
    let family = records.iter().filter_map(|r| r.details.as_ref()).find_map(|d| Details::answer_of(d, "family"));
    (super::super::wish::wish_of(view), family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_counted_once_when_it_ends_and_its_arrival_when_it_is_assessed() {
        let (received, now) = (Timestamp(0), Timestamp(95 * 60_000_000 + 1));
        let told = |act, code, end| counted(act, code, end, received, now);
        assert_eq!(told(Act::Called, None, false), None);
        assert_eq!(told(Act::Assessed, None, false), Some(Notice::Arrived(95)));
        assert_eq!(told(Act::Recovered, None, true), None);
        assert_eq!(told(Act::Realised, None, true), Some(Notice::Received));
        assert_eq!(told(Act::NotRealised, Some(Code::Late), true), Some(Notice::TooLate));
        assert_eq!(told(Act::NotRealised, Some(Code::KinRefused), true), Some(Notice::Received));
    }
}
