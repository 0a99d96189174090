//! Volunteers (献血志愿服务者): what is recorded of them on their page, teams, certificates that run out, and the call-out list.

mod call_out;
mod certificates;
mod serving;
mod teams;

use std::collections::HashMap;

use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::id::{PersonId, PublicId, ServiceId, StaffId, SubjectId};
use crate::domain::outside::NotNow;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::volunteer::{Quarters, ServiceFact, Team, Volunteer};
use crate::store::{AuditEntry, Begun, PersonView, ServiceView, prepare_service};

use super::people::died;
use super::urgent::Once;
use super::{Actor, App, AppError};

pub use call_out::{CallOut, CallOutLine};
pub use certificates::{Expiring, RUNS_OUT};
pub(super) use serving::Serving;
pub(super) use teams::name_of;

/// What is known of a volunteer.
#[derive(Debug)]
pub struct VolunteerPage {
    /// All that counts.
    pub known: Volunteer,
    /// What was recorded, the latest first.
    pub facts: Vec<ServiceLine>,
    /// Every team, for the names.
    pub teams: Vec<Team>,
    /// The names of the drives that hours were served at.
    pub drives: HashMap<Uuid, String>,
}

/// How long a volunteer served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// As recorded here.
    pub recorded: Quarters,
    /// The sum that the latest roster told; never added to the other.
    pub told: Option<Quarters>,
}

/// Something recorded.
#[derive(Debug)]
pub struct ServiceLine {
    /// Which.
    pub id: ServiceId,
    /// When it was recorded.
    pub at: Timestamp,
    /// By whom; none for the program.
    pub by: Option<String>,
    /// What.
    pub fact: Guarded<ServiceFact>,
    /// Whether it was undone since.
    pub undone: bool,
}

/// All that counts of a person's registrations among the volunteers.
pub(super) fn known(view: &PersonView, facts: &[ServiceView]) -> Volunteer {
    let mut records: Vec<_> = view.records().filter(|r| r.registry == Registry::Volunteer).collect();
    records.sort_by_key(|r| (r.recorded_at, r.id));
    let mut facts: Vec<&ServiceView> = facts.iter().collect();
    facts.sort_by_key(|f| f.id);
    let recorded: Vec<_> = facts.iter().map(|f| (f.id.0, &f.fact)).collect();
    Volunteer::of(records.into_iter().filter_map(|r| r.details.as_ref()), &recorded)
}

/// The registration that a volunteer's facts belong to: the latest among the volunteers; none of an erased person.
pub(super) fn volunteer_of(view: &PersonView) -> Option<SubjectId> {
    let living = view.subjects.iter().filter(|s| s.row.erased_at.is_none());
    living.filter(|s| s.enrolments.iter().any(|e| e.registry == Registry::Volunteer)).map(|s| s.row.id).max()
}

impl App {
    /// What is known of a volunteer; none of who never registered as one.
    pub(super) async fn volunteer(&self, view: &PersonView, staff: &HashMap<StaffId, String>) -> Result<Option<VolunteerPage>, AppError> {
        if !view.enrolments().any(|e| e.registry == Registry::Volunteer) {
            return Ok(None);
        }
        let facts = self.service_facts(view).await?;
        let known = known(view, &facts);
        let undone: Vec<Uuid> = facts.iter().filter_map(|f| ServiceFact::undoes(&f.fact)).collect();
        let facts = facts.into_iter().rev().filter(|f| ServiceFact::undoes(&f.fact).is_none()).map(|f| ServiceLine {
            by: f.by.and_then(|id| staff.get(&id).cloned()),
            undone: undone.contains(&f.id.0),
            id: f.id,
            at: f.at,
            fact: f.fact,
        });
        let drives = self.store.drives().await?.into_iter().map(|d| (d.id.0, d.name)).collect();
        Ok(Some(VolunteerPage { known, facts: facts.collect(), teams: self.teams().await?, drives }))
    }

    /// How long a person served; none of who never registered as a volunteer.
    pub(super) async fn served(&self, view: &PersonView) -> Result<Option<Served>, AppError> {
        if !view.enrolments().any(|e| e.registry == Registry::Volunteer) {
            return Ok(None);
        }
        let known = known(view, &self.service_facts(view).await?);
        Ok(Some(Served { recorded: known.hours, told: known.told_hours }))
    }

    async fn service_facts(&self, view: &PersonView) -> Result<Vec<ServiceView>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let mut facts = self.store.service_of(&self.vault, &subjects).await?;
        facts.sort_by_key(|f| f.id);
        Ok(facts)
    }

    /// Records a team joined or left, hours served, a certificate, or skills.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::Missing`] where the person is no volunteer; [`AppError::Conflict`] where the form was
    /// sent before with other content.
    pub async fn record_service(
        &self,
        actor: Actor,
        id: &PublicId,
        fact: Guarded<ServiceFact>,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Service)?;
        if let Begun::Repeated { .. } = self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            return Ok(());
        }
        let input = |(field, hint)| AppError::Input { field, hint };
        if let Some(flaw) = ServiceFact::flaw(&fact, self.today(now)) {
            return Err(input(flaw));
        }
        let (person, view) = self.whole(id).await?;
        let subject = volunteer_of(&view).ok_or(AppError::Missing("registration"))?;
        if let Some((team, joined)) = ServiceFact::team(&fact) {
            let in_it = known(&view, &self.service_facts(&view).await?).teams.contains(&team);
            let stands = self.teams().await?.iter().any(|t| t.number == team && t.closed.is_none());
            if joined && !stands {
                return Err(input(("team", "choose a team that stands")));
            }
            if joined == in_it {
                return Err(input(("team", "they are in the team already, or not in it")));
            }
        }
        if let Some(drive) = ServiceFact::drive(&fact)
            && self.store.drive(crate::domain::id::DriveId(drive)).await?.is_none()
        {
            return Err(input(("drive", "choose a drive of the list")));
        }
        self.put_service(actor, (person, subject), &fact, "service.record", once, now).await
    }

    /// Undoes what was recorded by mistake: a further fact, which leaves the first one standing as history.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was undone already; [`AppError::Missing`] where the person has no such fact; [`AppError::NotNow`] for hours
    /// that follow from a shift: those are corrected where it is noted who came.
    pub async fn undo_service(&self, actor: Actor, id: &PublicId, fact: ServiceId, once: &Once, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Service)?;
        if let Begun::Repeated { .. } = self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            return Ok(());
        }
        let (person, view) = self.whole(id).await?;
        let facts = self.service_facts(&view).await?;
        let wrong = facts.iter().find(|f| f.id == fact).ok_or(AppError::Missing("fact"))?;
        if ServiceFact::undoes(&wrong.fact).is_some() || facts.iter().any(|f| ServiceFact::undoes(&f.fact) == Some(fact.0)) {
            return Err(AppError::Stale);
        }
        if ServiceFact::turn(&wrong.fact).is_some() {
            return Err(NotNow { key: "service-of-a-shift" }.into());
        }
        let undoing = Guarded::new(ServiceFact::Undone(fact.0));
        self.put_service(actor, (person, wrong.subject), &undoing, "service.undo", once, now).await
    }

    async fn put_service(
        &self,
        actor: Actor,
        (person, subject): (PersonId, SubjectId),
        fact: &Guarded<ServiceFact>,
        action: &'static str,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let prepared = prepare_service(&self.vault, &keys, fact, actor.staff(), now)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let row = prepared.id();
        tx.put_service(vec![prepared]).await?;
        // The log tells that something was recorded, never of which kind.
        let mut entry = AuditEntry::on(now, actor.staff(), action, "person", Some(person.0));
        entry.ids = vec![row.0];
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }
}
