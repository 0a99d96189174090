//! Numbers of the national organ registry that were entered before entering one was told to the statistics.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::id::{OutsideId, SubjectId};
use crate::domain::outside::{OutsideAct, OutsideSystem};
use crate::vault::Vault;

use super::connect::Store;
use super::entity::{outside, outside_step};
use super::error::StoreError;
use super::rowmac::Protected;

/// States read at a time. Before each page every fact is opened, so they are few.
const PAGE: i64 = 5_000;
/// Steps looked for at a time, by the states they belong to.
const STEPS: usize = super::admit::IDS;

/// When a registration was entered there first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldNumber {
    /// Which registration.
    pub subject: SubjectId,
    /// The day that was told then.
    pub day: NaiveDate,
}

/// The numbers of a page of states.
#[derive(Debug)]
pub struct OldNumbers {
    /// The last state of the page; none where it is the last page.
    pub end: Option<OutsideId>,
    /// Registrations that were entered under a number, each once.
    pub numbers: Vec<OldNumber>,
}

impl Store {
    /// Registrations that the national organ registry was told, of a page of states behind one. Who was erased since is among them; a number
    /// that a withdrawal took back there was entered all the same, as for whoever enters one today.
    pub async fn old_numbers(&self, vault: &Vault, after: Option<OutsideId>) -> Result<OldNumbers, StoreError> {
        let after = after.unwrap_or(OutsideId(Uuid::nil()));
        let end = self.page_end("outside", after.0, PAGE).await?.map(OutsideId);
        let states = outside::Entity::find()
            .filter(outside::Column::Id.gt(after))
            .filter(outside::Column::Id.lte(end.unwrap_or(OutsideId(Uuid::max()))))
            .filter(outside::Column::System.eq(OutsideSystem::NationalOrgan))
            .order_by_asc(outside::Column::Id)
            .all(&self.reader)
            .await?;
        let mut first: HashMap<OutsideId, NaiveDate> = HashMap::with_capacity(states.len());
        for part in states.chunks(STEPS) {
            let steps = outside_step::Entity::find()
                .filter(outside_step::Column::OutsideId.is_in(part.iter().map(|state| state.id)))
                .filter(outside_step::Column::Act.eq(OutsideAct::Enter))
                .order_by_asc(outside_step::Column::At)
                .order_by_asc(outside_step::Column::Id);
            for step in steps.all(&self.reader).await? {
                step.check(vault)?;
                first.entry(step.outside_id).or_insert(step.day.0);
            }
        }
        let mut numbers = Vec::with_capacity(first.len());
        for state in states {
            let Some(day) = first.get(&state.id) else { continue };
            state.check(vault)?;
            numbers.push(OldNumber { subject: state.subject_id, day: *day });
        }
        Ok(OldNumbers { end, numbers })
    }
}
