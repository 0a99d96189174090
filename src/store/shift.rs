//! Shifts of drives, and volunteers' places in them.

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::id::{DriveId, ShiftId, StaffId, SubjectId, TurnId};
use crate::domain::shift::TurnState;
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{record, shift, turn};
use super::error::StoreError;
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::shift::Model as ShiftRow;
pub use super::entity::turn::Model as TurnRow;

fn checked(vault: &Vault, rows: Vec<TurnRow>) -> Result<Vec<TurnRow>, StoreError> {
    rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
}

async fn turns(db: &impl ConnectionTrait, vault: &Vault, filter: sea_orm::Condition) -> Result<Vec<TurnRow>, StoreError> {
    checked(vault, turn::Entity::find().filter(filter).order_by_asc(turn::Column::Id).all(db).await?)
}

fn on(condition: sea_orm::sea_query::SimpleExpr) -> sea_orm::Condition {
    sea_orm::Condition::all().add(condition)
}

impl Store {
    /// The shifts of a drive that were not dropped, in the order of their time.
    pub async fn shifts_of(&self, drive: DriveId) -> Result<Vec<ShiftRow>, StoreError> {
        let query = shift::Entity::find().filter(shift::Column::DriveId.eq(drive)).filter(shift::Column::DroppedAt.is_null());
        let query = query.order_by_asc(shift::Column::FromMinute).order_by_asc(shift::Column::ToMinute).order_by_asc(shift::Column::Id);
        Ok(query.all(&self.reader).await?)
    }

    /// A shift that was not dropped.
    pub async fn shift(&self, id: ShiftId) -> Result<Option<ShiftRow>, StoreError> {
        Ok(shift::Entity::find_by_id(id).filter(shift::Column::DroppedAt.is_null()).one(&self.reader).await?)
    }

    /// The places in shifts, in the order in which they were given.
    pub async fn turns_in(&self, vault: &Vault, shifts: &[ShiftId]) -> Result<Vec<TurnRow>, StoreError> {
        turns(&self.reader, vault, on(turn::Column::ShiftId.is_in(shifts.iter().copied()))).await
    }

    /// The places that subjects have or had in shifts.
    pub async fn turns_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<TurnRow>, StoreError> {
        turns(&self.reader, vault, on(turn::Column::SubjectId.is_in(subjects.iter().copied()))).await
    }

    /// A place.
    pub async fn turn(&self, vault: &Vault, id: TurnId) -> Result<Option<TurnRow>, StoreError> {
        Ok(turns(&self.reader, vault, on(turn::Column::Id.eq(id))).await?.pop())
    }

    /// Who was registered at a drive. Registrations that were taken back belong to nobody and are for the caller to leave out.
    pub async fn registered_at(&self, drive: DriveId) -> Result<Vec<SubjectId>, StoreError> {
        let query = record::Entity::find().select_only().column(record::Column::SubjectId).distinct();
        Ok(query.filter(record::Column::DriveId.eq(drive)).into_tuple().all(&self.reader).await?)
    }
}

impl Tx {
    /// Adds a shift.
    pub async fn put_shift(&mut self, row: ShiftRow) -> Result<(), StoreError> {
        super::bulk::insert::<shift::Entity, _>(&self.db, [row]).await
    }

    /// Drops a shift in which nobody has a place.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where somebody has one, or the shift was dropped already.
    pub async fn drop_shift(&mut self, vault: &Vault, id: ShiftId, at: Timestamp) -> Result<(), StoreError> {
        let there = turns(&self.db, vault, on(turn::Column::ShiftId.eq(id))).await?;
        if there.iter().any(|row| row.state != TurnState::Off) {
            return Err(StoreError::Stale);
        }
        let done = shift::Entity::update_many()
            .col_expr(shift::Column::DroppedAt, at.into())
            .filter(shift::Column::Id.eq(id))
            .filter(shift::Column::DroppedAt.is_null())
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Whether a shift is there and was not dropped, as this transaction sees it.
    pub async fn has_shift(&self, id: ShiftId) -> Result<bool, StoreError> {
        Ok(shift::Entity::find_by_id(id).filter(shift::Column::DroppedAt.is_null()).one(&self.db).await?.is_some())
    }

    /// The places of subjects in any shift, as this transaction sees them.
    pub async fn turns_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<TurnRow>, StoreError> {
        turns(&self.db, vault, on(turn::Column::SubjectId.is_in(subjects.iter().copied()))).await
    }

    /// Gives a subject a place in a shift. Answers which.
    pub async fn put_turn(
        &mut self,
        vault: &Vault,
        shift: ShiftId,
        subject: SubjectId,
        (by_staff, at): (Option<StaffId>, Timestamp),
    ) -> Result<TurnId, StoreError> {
        let id = TurnId::fresh();
        let mut row = TurnRow {
            id,
            shift_id: shift,
            subject_id: subject,
            state: TurnState::Planned,
            at,
            by_staff,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        self.note(ChangeKind::Matter, Some(subject), None, Some(id.0), at);
        super::bulk::insert::<turn::Entity, _>(&self.db, [row]).await?;
        Ok(id)
    }

    /// Notes where a place stands that was read at a row version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where somebody noted something else meanwhile.
    pub async fn set_turn(
        &mut self,
        vault: &Vault,
        (id, row_version): (TurnId, i64),
        state: TurnState,
        (by_staff, at): (Option<StaffId>, Timestamp),
    ) -> Result<(), StoreError> {
        let row = turn::Entity::find_by_id(id).one(&self.db).await?;
        let mut row = row.filter(|row| row.row_version == row_version).ok_or(StoreError::Stale)?;
        row.check(vault)?;
        row.state = state;
        row.at = at;
        row.by_staff = by_staff;
        row.row_version += 1;
        row.protect(vault)?;
        self.note(ChangeKind::Matter, Some(row.subject_id), None, Some(id.0), at);
        turn::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        Ok(())
    }
}
