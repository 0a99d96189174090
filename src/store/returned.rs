//! Returned mails, and ways of contact on hold.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::hold::{AgainWhy, HoldReason};
use crate::domain::id::{StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{bounce, contact_again, hold};
use super::error::StoreError;
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::bounce::Model as BounceRow;
pub use super::entity::contact_again::Model as AgainRow;
pub use super::entity::hold::Model as HoldRow;

impl Store {
    /// Every way of contact that is on hold now.
    pub async fn holds(&self) -> Result<Vec<HoldRow>, StoreError> {
        Ok(hold::Entity::find().filter(hold::Column::LiftedAt.is_null()).all(&self.reader).await?)
    }

    /// What is or was on hold of subjects, latest first: when and why.
    pub async fn holds_of(&self, subjects: &[SubjectId]) -> Result<Vec<HoldRow>, StoreError> {
        let query = hold::Entity::find().filter(hold::Column::SubjectId.is_in(subjects.iter().copied()));
        Ok(query.order_by_desc(hold::Column::Since).all(&self.reader).await?)
    }

    /// Every act by which contact was allowed again; of some subjects where they are given. Oldest first.
    pub async fn contact_again(&self, vault: &Vault, of: Option<&[SubjectId]>) -> Result<Vec<AgainRow>, StoreError> {
        let mut query = contact_again::Entity::find();
        if let Some(of) = of {
            query = query.filter(contact_again::Column::SubjectId.is_in(of.iter().copied()));
        }
        let rows = query.order_by_asc(contact_again::Column::At).order_by_asc(contact_again::Column::Id).all(&self.reader).await?;
        rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }

    /// A way of contact that is or was on hold.
    pub async fn hold(&self, id: uuid::Uuid) -> Result<Option<HoldRow>, StoreError> {
        Ok(hold::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// Returned mails of a class since an instant, latest first, at most `limit`.
    pub async fn bounces(&self, class: &str, since: Timestamp, limit: u64) -> Result<Vec<BounceRow>, StoreError> {
        let query = bounce::Entity::find().filter(bounce::Column::Class.eq(class)).filter(bounce::Column::At.gte(since));
        Ok(query.order_by_desc(bounce::Column::At).limit(limit).all(&self.reader).await?)
    }
}

impl Tx {
    /// Puts ways of contact on hold; one that is on hold already keeps its day and reason, one that was lifted is on hold again. What somebody asks
    /// for takes the place of what a caller found, which another caller may lift.
    pub async fn put_holds(&mut self, rows: Vec<HoldRow>) -> Result<(), StoreError> {
        for row in rows {
            let standing = hold::Entity::find()
                .filter(hold::Column::AddressTag.eq(row.address_tag.clone()))
                .filter(hold::Column::LiftedAt.is_null())
                .one(&self.db)
                .await?;
            let asked = row.reason == HoldReason::RefusedCalls.word();
            let found = |hold: &HoldRow| HoldReason::from_word(&hold.reason).is_some_and(HoldReason::may_be_lifted);
            if standing.as_ref().is_none_or(|hold| asked && found(hold)) {
                let again = OnConflict::column(hold::Column::AddressTag)
                    .update_columns([hold::Column::Reason, hold::Column::Since, hold::Column::LiftedAt])
                    .to_owned();
                hold::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(&self.db).await?;
            }
        }
        Ok(())
    }

    /// Notes that subjects may be contacted again: a further act, what was said before stays.
    pub async fn put_contact_again(
        &mut self,
        vault: &Vault,
        subjects: &[SubjectId],
        why: AgainWhy,
        (by_staff, at): (Option<StaffId>, Timestamp),
    ) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(subjects.len());
        for subject in subjects {
            let mut row = AgainRow {
                id: Uuid::now_v7(),
                subject_id: *subject,
                why: why.word().to_owned(),
                at,
                by_staff,
                row_version: 1,
                row_mac: Opaque(Vec::new()),
            };
            row.protect(vault)?;
            rows.push(row);
        }
        super::bulk::insert::<contact_again::Entity, _>(&self.db, rows).await
    }

    /// Lifts what is on hold under a tag.
    pub async fn lift_holds(&mut self, tags: &[[u8; 32]], at: Timestamp) -> Result<u64, StoreError> {
        let mut lifted = 0;
        for part in tags.chunks(super::admit::IDS) {
            let done = hold::Entity::update_many()
                .col_expr(hold::Column::LiftedAt, at.into())
                .filter(hold::Column::AddressTag.is_in(part.iter().map(|t| Opaque(t.to_vec()))))
                .filter(hold::Column::LiftedAt.is_null())
                .exec(&self.db)
                .await?;
            lifted += done.rows_affected;
        }
        Ok(lifted)
    }

    /// Records a returned mail; `false` where it was read before.
    pub async fn put_bounce(&mut self, row: BounceRow) -> Result<bool, StoreError> {
        let keep = OnConflict::column(bounce::Column::Fingerprint).do_nothing().to_owned();
        Ok(bounce::Entity::insert(row.into_active_model()).on_conflict(keep).exec_without_returning(&self.db).await? == 1)
    }

    /// How many different mails to an address came back in a class since an instant.
    pub async fn count_bounces(&self, class: &str, address_tag: &[u8], since: Timestamp) -> Result<u64, StoreError> {
        let rows: Vec<Option<crate::domain::id::OutboxId>> = bounce::Entity::find()
            .select_only()
            .column(bounce::Column::OutboxId)
            .distinct()
            .filter(bounce::Column::Class.eq(class))
            .filter(bounce::Column::AddressTag.eq(Opaque(address_tag.to_vec())))
            .filter(bounce::Column::At.gte(since))
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(rows.len() as u64)
    }
}
