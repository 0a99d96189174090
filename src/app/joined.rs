//! Whom registrars join, and take apart: no sheet turns them back by being joined later, as none does at its import ([`super::import`]).

use chrono::NaiveDate;

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::in_error::Beside;
use crate::domain::joined::{Came, counting_from};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::Timestamp;
use crate::store::{EnrolmentRow, Origin, PersonView, StandingAct, StandingMove, StandingStepRow, SubjectView, Tx};

use super::outside::match_end;
use super::people::standings;
use super::{Actor, App, AppError};

impl App {
    /// After registrations moved from one person to another, or one of their standings was set back: lets every standing that a sheet told count
    /// from the day it has to ([`counting_from`]). What it was by itself is kept beside it, and comes back once the two are taken apart. The
    /// statistics follow the joining by themselves.
    pub(super) async fn settle_joined(&self, tx: &mut Tx, persons: &[PersonId], now: Timestamp) -> Result<(), AppError> {
        let joined = tx.joined_by_hand(persons).await?;
        for person in persons {
            let Some(view) = tx.person(&self.vault, *person).await? else { continue };
            let by_hand = is_by_hand(&view, &joined);
            let steps = self.joined_behind(&view).await?;
            for registry in Registry::ALL {
                self.settle_registry(tx, (&view, by_hand), registry, &steps, now).await?;
            }
        }
        Ok(())
    }

    /// Ends the open match requests of whoever has left once two are one person, as the exit ends them: no patient waits for somebody who is
    /// gone. What ended stays ended where the two are taken apart again, since the province has its answer.
    pub(super) async fn end_matches_of_left(&self, tx: &mut Tx, actor: Actor, person: PersonId, now: Timestamp) -> Result<(), AppError> {
        let Some(view) = tx.person(&self.vault, person).await? else { return Ok(()) };
        let stands = standings(view.enrolments()).into_iter().find(|(registry, ..)| *registry == Registry::StemCell);
        let reason = match stands {
            Some((_, EnrolmentStatus::Exited(reason), _)) => reason,
            _ if self.is_dead(&view).await? => ExitReason::Died,
            _ => return Ok(()),
        };
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        match match_end(reason) {
            Some(end) => self.end_matches(tx, actor, &subjects, end, now).await,
            None => Ok(()),
        }
    }

    /// Where a person would stand, were some of the registrations those given instead, once [`App::settle_joined`] has seen them; and whether a
    /// registrar joined any of them.
    pub(super) async fn standings_with(
        &self,
        view: &PersonView,
        instead: &[EnrolmentRow],
    ) -> Result<(Vec<(Registry, EnrolmentStatus, NaiveDate)>, bool), AppError> {
        let by_hand = is_by_hand(view, &self.store.joined_by_hand(&[view.row.id]).await?);
        let steps = self.joined_behind(view).await?;
        let mut would: Vec<EnrolmentRow> = Vec::new();
        for registry in Registry::ALL {
            let mut rows: Vec<&EnrolmentRow> = Vec::new();
            let mut alone: Vec<Came> = Vec::new();
            for subject in &view.subjects {
                for row in subject.enrolments.iter().filter(|row| row.registry == registry) {
                    let row = instead.iter().find(|other| other.id == row.id).unwrap_or(row);
                    rows.push(row);
                    alone.push(came(subject, row, &steps));
                }
            }
            let days = days_of(&alone, by_hand);
            would.extend(rows.into_iter().zip(days).map(|(row, day)| EnrolmentRow { since: day.into(), ..row.clone() }));
        }
        Ok((standings(would.iter()), by_hand))
    }

    /// Since when standings held by themselves that count from another day.
    async fn joined_behind(&self, view: &PersonView) -> Result<Vec<StandingStepRow>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let mut steps = self.store.standing_steps(&self.vault, &subjects).await?;
        steps.retain(|step| step.beside() == Some(Beside::JoinedBehind));
        Ok(steps)
    }

    async fn settle_registry(
        &self,
        tx: &mut Tx,
        (view, by_hand): (&PersonView, bool),
        registry: Registry,
        steps: &[StandingStepRow],
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut rows: Vec<&EnrolmentRow> = Vec::new();
        let mut alone: Vec<Came> = Vec::new();
        for subject in &view.subjects {
            for row in subject.enrolments.iter().filter(|row| row.registry == registry) {
                rows.push(row);
                alone.push(came(subject, row, steps));
            }
        }
        let days = days_of(&alone, by_hand);
        for ((row, came), day) in rows.into_iter().zip(&alone).zip(days) {
            if row.since.0 == day {
                continue;
            }
            if kept(row, steps).is_none() {
                let before = EnrolmentRow { since: came.since.into(), ..row.clone() };
                let act = StandingAct { beside: Some(Beside::JoinedBehind), ..StandingAct::entered(None, now) };
                tx.put_standing_act(&self.vault, &[StandingMove { status: before.status, before }], act).await?;
            }
            tx.count_from(&self.vault, row.id, day, now).await?;
        }
        Ok(())
    }
}

/// Whether a registrar joined any of a person's registrations, of those whom registrars joined to anybody.
fn is_by_hand(view: &PersonView, joined: &[(PersonId, SubjectId)]) -> bool {
    joined.iter().any(|(whose, subject)| *whose == view.row.id && view.subjects.iter().any(|s| s.row.id == *subject))
}

/// From which day each of a person's registrations in one registry counts.
fn days_of(alone: &[Came], by_hand: bool) -> Vec<NaiveDate> {
    if by_hand { counting_from(alone) } else { alone.iter().map(|came| came.since).collect() }
}

/// A registration by itself.
fn came(subject: &SubjectView, row: &EnrolmentRow, steps: &[StandingStepRow]) -> Came {
    // Whatever staff or the person did with it counts a version.
    let untouched = subject.row.origin == Origin::Import && row.row_version == 1;
    let dayless = subject.records.first().is_some_and(|record| record.told_on.is_none());
    Came { status: row.status, since: kept(row, steps).unwrap_or(row.since.0), by_sheet: untouched.then_some(dayless) }
}

/// Since when a standing held by itself, where it counts from another day.
fn kept(row: &EnrolmentRow, steps: &[StandingStepRow]) -> Option<NaiveDate> {
    steps.iter().find(|step| step.enrolment_id == row.id && step.version == row.row_version).map(|step| step.before_since.0)
}
