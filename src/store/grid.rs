//! GRIDs of stem-cell registrants. A row is written once; of several the last counts, and with an erasure they all go.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::id::{StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Slot, SubjectKeys, Vault};

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::grid;
use super::entity::value::{Day, Opaque};
use super::error::StoreError;
use super::person::open;
use super::prepare::{SCHEMA, seal};
use super::rowmac::Protected;
use super::tx::Tx;

/// A GRID sealed for its registrant, ready to be stored.
#[derive(Debug)]
pub struct SealedGrid(grid::Model);

/// A GRID as it was entered.
#[derive(Debug)]
pub struct GridView {
    /// The day it speaks of.
    pub day: NaiveDate,
    /// When it was entered.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<StaffId>,
    /// The characters; none where this process may not open them.
    pub text: Option<Guarded<String>>,
}

fn slot(id: Uuid, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Documents, table: "grid", column: "sealed", row: id, subject, schema: SCHEMA }
}

impl SealedGrid {
    /// Seals the characters of a GRID. `tag` is the keyed digest it is found by.
    pub fn of(
        vault: &Vault,
        keys: &SubjectKeys,
        (text, tag): (&Guarded<String>, [u8; 32]),
        day: NaiveDate,
        (by_staff, at): (Option<StaffId>, Timestamp),
    ) -> Result<Self, StoreError> {
        let (id, subject) = (Uuid::now_v7(), keys.subject());
        let mut row = grid::Model {
            id,
            subject_id: subject,
            sealed: seal(vault, keys, slot(id, subject), text)?,
            tag: Opaque(tag.to_vec()),
            day: Day(day),
            at,
            by_staff,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        Ok(Self(row))
    }
}

impl Store {
    /// The GRIDs that were entered for subjects, oldest first.
    pub async fn grids_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<GridView>, StoreError> {
        let mut out = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            let rows = grid::Entity::find().filter(grid::Column::SubjectId.is_in(part.iter().copied()));
            for row in rows.all(&self.reader).await? {
                row.check(vault)?;
                let keys = self.subject_keys(vault, row.subject_id).await?;
                let text = open(vault, &keys, slot(row.id, row.subject_id), Some(row.sealed))?;
                out.push((row.id, GridView { day: row.day.0, at: row.at, by: row.by_staff, text }));
            }
        }
        out.sort_by_key(|(id, view)| (view.at, *id));
        Ok(out.into_iter().map(|(_, view)| view).collect())
    }
}

impl Tx {
    /// The subjects a GRID was entered for, by its keyed digest, as this transaction sees it.
    pub async fn by_grid(&self, vault: &Vault, tag: [u8; 32]) -> Result<Vec<SubjectId>, StoreError> {
        let rows = grid::Entity::find().filter(grid::Column::Tag.eq(Opaque(tag.to_vec()))).order_by_asc(grid::Column::Id);
        rows.all(&self.db).await?.into_iter().map(|row| row.check(vault).map(|()| row.subject_id)).collect()
    }

    /// Stores a GRID beside those entered before.
    pub async fn put_grid(&mut self, grid: SealedGrid) -> Result<(), StoreError> {
        self.note(ChangeKind::Matter, Some(grid.0.subject_id), None, Some(grid.0.id), grid.0.at);
        super::bulk::insert::<grid::Entity, _>(&self.db, [grid.0]).await
    }
}
