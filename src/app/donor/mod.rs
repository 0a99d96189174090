//! Blood donors: what is recorded of them, and from which day on they may give.

mod editions;
mod grouped;
mod preview;
mod recall;
mod rules;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::eligibility::{self, DonationKind, Donor, HealthFact, History, RuleSets, Verdict};
use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{HealthId, PersonId, PublicId, StaffId, SubjectId};
use crate::domain::person::{BirthDate, Identity, Sex};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, Begun, HealthView, PersonView, prepare_fact, prepare_health};

use super::people::standings;
use super::{Actor, App, AppError};

pub use editions::{ProposedRules, RuleEditions};
pub(super) use grouped::Grouped;
pub use preview::RulePreview;
pub use recall::{Recall, RecallLine};
pub use rules::Cached;

/// What is known of a donor.
#[derive(Debug)]
pub struct DonorPage {
    /// All that counts.
    pub history: History,
    /// What was recorded, the latest first.
    pub facts: Vec<DonorFact>,
    /// From when each kind may be given.
    pub verdicts: Vec<Verdict>,
    /// The rules that said so.
    pub sets: Arc<RuleSets>,
}

/// Something recorded.
#[derive(Debug)]
pub struct DonorFact {
    /// Which.
    pub id: HealthId,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom; none for the program.
    pub by: Option<String>,
    /// What.
    pub fact: Guarded<HealthFact>,
    /// Whether it was undone since.
    pub undone: bool,
}

/// How a form was sent: what makes sending it twice do nothing twice.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The form's idempotency key.
    pub key: String,
    /// The keyed digest of its fields.
    pub fingerprint: [u8; 32],
}

impl App {
    /// What is known of a donor on a day.
    pub(super) async fn donor(&self, view: &PersonView, staff: &HashMap<StaffId, String>, now: Timestamp) -> Result<DonorPage, AppError> {
        let facts = self.health_facts(view).await?;
        let history = history(view, &facts);
        let sets = self.rule_sets().await?;
        let (donor, today) = (who(view), self.today(now));
        let verdicts = DonationKind::ALL.map(|kind| eligibility::next(&sets, donor, &history, kind, today)).to_vec();
        let undone: Vec<uuid::Uuid> = facts.iter().filter_map(|f| HealthFact::undoes(&f.fact)).collect();
        let facts = facts
            .into_iter()
            .rev()
            .filter(|f| HealthFact::undoes(&f.fact).is_none())
            .map(|f| DonorFact {
                by: f.by.and_then(|id| staff.get(&id).cloned()),
                undone: undone.contains(&f.id.0),
                id: f.id,
                at: f.at,
                fact: f.fact,
            })
            .collect();
        Ok(DonorPage { history, facts, verdicts, sets })
    }

    async fn health_facts(&self, view: &PersonView) -> Result<Vec<HealthView>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        Ok(self.store.health_of(&self.vault, &subjects).await?)
    }

    /// Records a donation, a deferral or a blood group. A deferral for good ends the standing among the blood donors in the same step: nobody is
    /// reminded of what they may not do.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::Conflict`] where the form was sent before with other content.
    pub async fn record_health(
        &self,
        actor: Actor,
        id: &PublicId,
        fact: Guarded<HealthFact>,
        sent: Sent,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Health)?;
        let today = self.today(now);
        if let Some((field, hint)) = HealthFact::flaw(&fact, today) {
            return Err(AppError::Input { field, hint });
        }
        let (person, view) = self.whole(id).await?;
        let subject = donor_of(&view).ok_or(AppError::Missing("registration"))?;
        let deferral = HealthFact::deferral(&fact);
        let for_good = deferral.is_some_and(|d| d.until.is_none());
        let standing = blood(&view);
        let event = deferral.and_then(|d| d.until).filter(|_| standing.is_some()).map(FactEvent::Deferred);
        let ends = standing.filter(|s| for_good && !matches!(s, EnrolmentStatus::Exited(_)));
        let status = ends.map(|_| EnrolmentStatus::Exited(ExitReason::Medical));
        let fact = match ends {
            Some(standing) => HealthFact::ending(fact, standing),
            None => fact,
        };
        let known = self.health_facts(&view).await?.len();
        self.put_fact(actor, (person, subject), &fact, (event, known, status), "health.record", sent, now).await?;
        self.drop_untrue(person, now).await
    }

    /// Undoes what was recorded by mistake: a further fact, which leaves the first one standing as history. A standing that a deferral for good
    /// ended is as it was.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was undone already; [`AppError::Missing`] where the person has no such fact.
    pub async fn undo_health(&self, actor: Actor, id: &PublicId, fact: HealthId, sent: Sent, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Health)?;
        if let Begun::Repeated { .. } = self.store.seen_request(&sent.key, actor.key_owner(), &sent.fingerprint).await? {
            return Ok(());
        }
        let (person, view) = self.whole(id).await?;
        let facts = self.health_facts(&view).await?;
        let wrong = facts.iter().find(|f| f.id == fact).ok_or(AppError::Missing("fact"))?;
        if HealthFact::undoes(&wrong.fact).is_some() || facts.iter().any(|f| HealthFact::undoes(&f.fact) == Some(fact.0)) {
            return Err(AppError::Stale);
        }
        let subject = wrong.subject;
        let standing = blood(&view);
        let dead = self.is_dead(&view).await?;
        let (event, status) = match HealthFact::deferral(&wrong.fact) {
            // What was the latest deferral is over; an earlier one that still runs is told again.
            Some(d) if d.until.is_some() => {
                let others =
                    facts.iter().filter(|f| f.id != fact).filter(|f| !facts.iter().any(|u| HealthFact::undoes(&u.fact) == Some(f.id.0)));
                let still = others.filter_map(|f| HealthFact::deferral(&f.fact)).filter_map(|d| d.until).max();
                let over = still.or(self.today(now).pred_opt()).unwrap_or(NaiveDate::MIN);
                (standing.map(|_| FactEvent::Deferred(over)), None)
            }
            Some(d) if standing == Some(EnrolmentStatus::Exited(ExitReason::Medical)) && !dead => {
                (None, Some(d.ended.unwrap_or(EnrolmentStatus::Registered)))
            }
            _ => (None, None),
        };
        self.put_fact(
            actor,
            (person, subject),
            &Guarded::new(HealthFact::Undone(fact.0)),
            (event, facts.len(), status),
            "health.undo",
            sent,
            now,
        )
        .await
    }

    pub(super) async fn whole(&self, id: &PublicId) -> Result<(PersonId, PersonView), AppError> {
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        Ok((person, view))
    }

    #[expect(clippy::too_many_arguments, reason = "one write: every argument is a different thing")]
    async fn put_fact(
        &self,
        actor: Actor,
        (person, subject): (PersonId, SubjectId),
        fact: &Guarded<HealthFact>,
        (event, known, status): (Option<FactEvent>, usize, Option<EnrolmentStatus>),
        action: &'static str,
        sent: Sent,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let prepared = prepare_health(&self.vault, &keys, fact, actor.staff(), now)?;
        let told = match (event, self.store.stat_id(&self.vault, subject).await?) {
            (Some(event), Some(stat_id)) => {
                let turn = u16::try_from(known).unwrap_or(u16::MAX);
                Some(prepare_fact(&self.vault, &Fact { turn, ..self.told(stat_id, Registry::Blood, event, now) })?)
            }
            _ => None,
        };
        let mut tx = self.store.begin().await?;
        let owner = actor.key_owner();
        if let Begun::Repeated { .. } = tx.begin_request(&sent.key, owner, &sent.fingerprint).await? {
            return Ok(());
        }
        let row = prepared.id();
        tx.put_health(vec![prepared]).await?;
        tx.put_facts(told.into_iter().collect()).await?;
        if let Some(status) = status {
            self.settle_in(&mut tx, actor, person, Registry::Blood, status, now).await?;
        }
        // The log tells that something was recorded, never of which kind.
        let mut entry = AuditEntry::on(now, actor.staff(), action, "person", Some(person.0));
        entry.ids = vec![row.0];
        tx.audit(&entry).await?;
        tx.finish_request(&sent.key, owner, &sent.fingerprint, 303, None, now).await?;
        tx.commit().await?;
        self.catch_up().await
    }
}

/// All that counts of what is known.
fn history(view: &PersonView, facts: &[HealthView]) -> History {
    let mut records: Vec<_> = view.records().collect();
    records.sort_by_key(|r| (r.recorded_at, r.id));
    let mut facts: Vec<&HealthView> = facts.iter().collect();
    facts.sort_by_key(|f| f.id);
    let known: Vec<_> = facts.iter().map(|f| (f.id.0, &f.fact)).collect();
    History::of(records.into_iter().filter_map(|r| r.health.as_ref()), &known)
}

/// Birth and sex as last told; a full birth date before a year.
pub(in crate::app) fn who(view: &PersonView) -> Donor {
    let mut records: Vec<_> = view.records().collect();
    records.sort_by_key(|r| (r.recorded_at, r.id));
    let identities = || records.iter().rev().filter_map(|r| r.identity.as_ref());
    let births: Vec<BirthDate> = identities().filter_map(Identity::birth_of).collect();
    let birth = births.iter().find(|b| b.day().is_some()).or(births.first()).copied();
    let sex: Option<Sex> = identities().find_map(Identity::sex_of);
    Donor { birth, sex }
}

/// The standing among the blood donors.
fn blood(view: &PersonView) -> Option<EnrolmentStatus> {
    standings(view.enrolments()).into_iter().find(|(registry, ..)| *registry == Registry::Blood).map(|(_, status, _)| status)
}

/// The registration that a donor's facts belong to: the latest among the blood donors, else the latest of all; none of an erased person.
fn donor_of(view: &PersonView) -> Option<SubjectId> {
    let living = || view.subjects.iter().filter(|s| s.row.erased_at.is_none());
    let of_blood = living().filter(|s| s.enrolments.iter().any(|e| e.registry == Registry::Blood)).map(|s| s.row.id).max();
    of_blood.or(living().map(|s| s.row.id).max())
}
