//! 超龄: who has reached the age up to which the stem-cell file keeps somebody leaves it, once a day.

use std::collections::{BTreeSet, HashSet};

use serde::Serialize;

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{MatterKind, PersonView, StoreError};

use super::people::standings;
use super::{Actor, App, AppError};

/// The registry that is left by age.
const FILE: Registry = Registry::StemCell;

/// Who left by age.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AgeTally {
    /// How many left.
    pub left: u64,
    /// How many stay until a match request that is open is over.
    pub waiting: u64,
}

impl App {
    /// Lets everybody leave the stem-cell file who has reached its age (`rules/age.toml`), each in a transaction of their own, with all that
    /// follows any exit. Whoever has an open match request stays until it is over: a patient waits for the answer. Safe to be done twice.
    ///
    /// # Errors
    /// Of the database; who left before it stays out.
    pub async fn age_out(&self, actor: Actor, dry_run: bool, now: Timestamp) -> Result<AgeTally, AppError> {
        actor.needs(Right::FollowUp)?;
        let mut tally = AgeTally::default();
        for person in self.may_be_of_age(now).await? {
            let mut tx = self.store.begin().await?;
            // Read inside the transaction: whoever withdrew or was corrected a moment ago is judged as they stand now.
            let view = match tx.person(&self.vault, person).await {
                // One row that somebody changed outside the program keeps nobody else: planning and sending come after this.
                Err(error @ (StoreError::Tampered { .. } | StoreError::Damaged(_))) => {
                    tracing::warn!(%error, "somebody who may have reached the age cannot be read and stays");
                    tx.rollback().await?;
                    continue;
                }
                other => other?,
            };
            let Some(view) = view.filter(|view| self.is_of_age(view, now)) else {
                tx.rollback().await?;
                continue;
            };
            let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
            if !tx.open_matters_of(&self.vault, MatterKind::Match, &subjects).await?.is_empty() {
                tally.waiting += 1;
                tx.rollback().await?;
                continue;
            }
            tally.left += 1;
            if dry_run {
                tx.rollback().await?;
                continue;
            }
            let status = EnrolmentStatus::Exited(ExitReason::AgedOut);
            let left = self.settle_in(&mut tx, actor, person, FILE, status, now).await?;
            self.keep_act(&mut tx, actor, left, status, now).await?;
            tx.commit().await?;
        }
        self.catch_up().await?;
        Ok(tally)
    }

    /// Whether somebody stands in the file and has reached its age. A standing that nobody could read is left to a registrar.
    fn is_of_age(&self, view: &PersonView, now: Timestamp) -> bool {
        let here = standings(view.enrolments()).into_iter().any(|(registry, status, _)| registry == FILE && status.may_contact());
        here && self.is_past_age(view, now)
    }

    /// Whether somebody has reached the age up to which the stem-cell file keeps somebody; not where no birth is known.
    pub(super) fn is_past_age(&self, view: &PersonView, now: Timestamp) -> bool {
        super::donor::who(view).birth.is_some_and(|birth| self.ages.reached(FILE, birth, self.today(now)))
    }

    /// Who stands in the file and told a birth that may have reached its age, in a steady order.
    async fn may_be_of_age(&self, now: Timestamp) -> Result<BTreeSet<PersonId>, AppError> {
        let today = self.today(now);
        let (mut here, mut old) = (BTreeSet::new(), HashSet::new());
        let mut stream = self.store.people(&self.vault);
        while let Some(page) = stream.next().await? {
            for entry in page {
                if entry.standings.iter().any(|(registry, status, _)| *registry == FILE && status.may_contact()) {
                    here.insert(entry.person);
                }
                let mut births = entry.records.iter().filter_map(|record| record.identity.as_ref().and_then(Identity::birth_of));
                if births.any(|birth| self.ages.reached(FILE, birth, today)) {
                    old.insert(entry.person);
                }
            }
        }
        here.retain(|person| old.contains(person));
        Ok(here)
    }
}
