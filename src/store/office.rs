//! Drives, leases, first-contact acts, and the first outcomes of requests.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::domain::id::{CampaignId, DriveId, StaffId};
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{campaign, drive, idempotency, lease};
use super::error::StoreError;
use super::tx::Tx;
use super::word::CampaignState;

pub use super::entity::campaign::Model as CampaignRow;
pub use super::entity::drive::Model as DriveRow;

/// What a request's idempotency key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Not seen before: carry on, and end with [`Tx::finish_request`] in the same transaction.
    Fresh,
    /// Seen before with the same body: answer as then.
    Repeated {
        /// HTTP status of the first outcome.
        status: i64,
        /// Opaque location of the first outcome.
        location: Option<String>,
    },
}

impl Store {
    /// The first outcome of a request, before any work is done for it again.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the key was used with another body.
    pub async fn seen_request(&self, key: &str, actor: Uuid, fingerprint: &[u8]) -> Result<Begun, StoreError> {
        seen(&self.reader, key, actor, fingerprint).await
    }

    /// Every drive, the latest first.
    pub async fn drives(&self) -> Result<Vec<DriveRow>, StoreError> {
        let query = drive::Entity::find().order_by_desc(drive::Column::Day).order_by_desc(drive::Column::Number);
        Ok(query.all(&self.reader).await?)
    }

    /// A drive.
    pub async fn drive(&self, id: DriveId) -> Result<Option<DriveRow>, StoreError> {
        Ok(drive::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// A drive by its name.
    pub async fn drive_by_name(&self, name: &str) -> Result<Option<DriveRow>, StoreError> {
        Ok(drive::Entity::find().filter(drive::Column::Name.eq(name)).order_by_desc(drive::Column::Number).one(&self.reader).await?)
    }

    /// A first-contact act.
    pub async fn campaign(&self, id: CampaignId) -> Result<Option<CampaignRow>, StoreError> {
        Ok(campaign::Entity::find_by_id(id).one(&self.reader).await?)
    }
}

impl Tx {
    /// Looks a request up by its key, as the first step of its transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] where the key was used with another body.
    pub async fn begin_request(&mut self, key: &str, actor: Uuid, fingerprint: &[u8]) -> Result<Begun, StoreError> {
        seen(&self.db, key, actor, fingerprint).await
    }

    /// Keeps a request's outcome: key, actor, keyed fingerprint of the body, status and opaque location, never a page.
    pub async fn finish_request(
        &mut self,
        key: &str,
        actor: Uuid,
        fingerprint: &[u8],
        status: i64,
        location: Option<&str>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = idempotency::Model {
            key: key.to_owned(),
            actor,
            fingerprint: Opaque(fingerprint.to_vec()),
            status,
            location: location.map(str::to_owned),
            created_at: at,
        };
        super::bulk::insert::<idempotency::Entity, _>(&self.db, [row]).await
    }

    /// Forgets outcomes older than the thirty days they are kept.
    pub async fn sweep_requests(&mut self, before: Timestamp) -> Result<(), StoreError> {
        idempotency::Entity::delete_many().filter(idempotency::Column::CreatedAt.lt(before)).exec(&self.db).await?;
        Ok(())
    }

    /// Stores a drive: numbered after the last one where it is new, replaced where its id is known. Answers its number.
    pub async fn put_drive(&mut self, mut row: DriveRow) -> Result<i64, StoreError> {
        if let Some(stored) = drive::Entity::find_by_id(row.id).one(&self.db).await? {
            row.number = stored.number;
            drive::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
            return Ok(stored.number);
        }
        let last: Option<Option<i64>> =
            drive::Entity::find().select_only().column_as(drive::Column::Number.max(), "last").into_tuple().one(&self.db).await?;
        row.number = last.flatten().unwrap_or(0) + 1;
        let number = row.number;
        super::bulk::insert::<drive::Entity, _>(&self.db, [row]).await?;
        Ok(number)
    }

    /// Asks for a first contact.
    pub async fn put_campaign(&mut self, row: CampaignRow) -> Result<(), StoreError> {
        super::bulk::insert::<campaign::Entity, _>(&self.db, [row]).await
    }

    /// Confirms or drops a first contact that was asked for.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it was confirmed or dropped already.
    pub async fn decide_campaign(&mut self, id: CampaignId, state: CampaignState, by: StaffId, at: Timestamp) -> Result<(), StoreError> {
        let done = campaign::Entity::update_many()
            .col_expr(campaign::Column::State, state.into())
            .col_expr(campaign::Column::ConfirmedBy, by.into())
            .col_expr(campaign::Column::ConfirmedAt, at.into())
            .filter(campaign::Column::Id.eq(id))
            .filter(campaign::Column::State.eq(CampaignState::Requested))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Takes or renews a lease. `Some(fence)` where `holder` has it until `until`: the fence grows with every new holder, and what is done
    /// under a lease carries it, so that somebody who was stopped for a while cannot act with an old one.
    pub async fn take_lease(&mut self, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<Option<i64>, StoreError> {
        let stored = lease::Entity::find_by_id(name.to_owned()).one(&self.db).await?;
        let fence = match &stored {
            Some(row) if row.holder == holder && row.until > now => row.fence,
            Some(row) if row.until > now => return Ok(None),
            Some(row) => row.fence + 1,
            None => 1,
        };
        let row = lease::Model { name: name.to_owned(), fence, holder: holder.to_owned(), until };
        let replace = OnConflict::column(lease::Column::Name)
            .update_columns([lease::Column::Fence, lease::Column::Holder, lease::Column::Until])
            .to_owned();
        lease::Entity::insert(row.into_active_model()).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(Some(fence))
    }

    /// Gives a lease back, if it is still the same.
    pub async fn drop_lease(&mut self, name: &str, fence: i64) -> Result<(), StoreError> {
        lease::Entity::update_many()
            .col_expr(lease::Column::Until, Timestamp(0).into())
            .filter(lease::Column::Name.eq(name))
            .filter(lease::Column::Fence.eq(fence))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

async fn seen(db: &impl ConnectionTrait, key: &str, actor: Uuid, fingerprint: &[u8]) -> Result<Begun, StoreError> {
    match idempotency::Entity::find_by_id((key.to_owned(), actor)).one(db).await? {
        None => Ok(Begun::Fresh),
        Some(row) if row.fingerprint.0 == fingerprint => Ok(Begun::Repeated { status: row.status, location: row.location }),
        Some(_) => Err(StoreError::Conflict),
    }
}
