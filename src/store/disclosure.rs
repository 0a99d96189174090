//! Requests to see an identity: asked once, decided once, by somebody else.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};

use crate::domain::approval::Another;
use crate::domain::id::{DisclosureId, PersonId, StaffId};
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::connect::Store;
use super::entity::disclosure;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::disclosure::Model as DisclosureRow;

impl DisclosureRow {
    /// Whether nobody has decided.
    pub const fn waits(&self) -> bool {
        self.decided_at.is_none()
    }

    /// When it was refused; none where it waits or was agreed to.
    pub fn refused(&self) -> Option<Timestamp> {
        // Nothing is agreed to for no time at all: a refusal ends with the instant of the decision.
        self.decided_at.filter(|at| self.until.is_none_or(|until| until <= *at))
    }

    /// Until when the identity may be opened, where that is still so.
    pub fn holds(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| *until > now)
    }
}

fn checked(vault: &Vault, rows: Vec<DisclosureRow>) -> Result<Vec<DisclosureRow>, StoreError> {
    rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
}

impl Store {
    /// What somebody asked of one person, the oldest first.
    pub async fn disclosures_by(&self, vault: &Vault, by: StaffId, of: PersonId) -> Result<Vec<DisclosureRow>, StoreError> {
        let query = disclosure::Entity::find()
            .filter(disclosure::Column::PersonId.eq(of))
            .filter(disclosure::Column::AskedBy.eq(by))
            .order_by_asc(disclosure::Column::AskedAt);
        checked(vault, query.all(&self.reader).await?)
    }

    /// Requests that nobody has decided, the oldest first.
    pub async fn disclosures_waiting(&self, vault: &Vault) -> Result<Vec<DisclosureRow>, StoreError> {
        let query = disclosure::Entity::find().filter(disclosure::Column::DecidedAt.is_null()).order_by_asc(disclosure::Column::AskedAt);
        checked(vault, query.all(&self.reader).await?)
    }

    /// How many wait.
    pub async fn count_disclosures_waiting(&self) -> Result<u64, StoreError> {
        Ok(disclosure::Entity::find().filter(disclosure::Column::DecidedAt.is_null()).count(&self.reader).await?)
    }
}

impl Tx {
    /// Notes a request; one of the same member of staff and person that still waits is that request. Answers whether it is a new one.
    pub async fn put_disclosure(
        &mut self,
        vault: &Vault,
        of: PersonId,
        by: StaffId,
        reason: &str,
        at: Timestamp,
    ) -> Result<Option<DisclosureId>, StoreError> {
        let waiting = disclosure::Entity::find()
            .filter(disclosure::Column::PersonId.eq(of))
            .filter(disclosure::Column::AskedBy.eq(by))
            .filter(disclosure::Column::DecidedAt.is_null())
            .one(&self.db)
            .await?;
        if waiting.is_some() {
            return Ok(None);
        }
        let mut row = DisclosureRow {
            id: DisclosureId::fresh(),
            person_id: of,
            asked_by: by,
            reason: reason.to_owned(),
            asked_at: at,
            decided_by: None,
            decided_at: None,
            until: None,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        let id = row.id;
        super::bulk::insert::<disclosure::Entity, _>(&self.db, [row]).await?;
        Ok(Some(id))
    }

    /// Decides a request: the identity may be opened until an instant, or, with the instant of the decision, not. Nobody decides their own.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where none waits for whoever decides.
    pub async fn decide_disclosure(
        &mut self,
        vault: &Vault,
        id: DisclosureId,
        by: StaffId,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<DisclosureRow, StoreError> {
        let row = disclosure::Entity::find_by_id(id).one(&self.db).await?.filter(DisclosureRow::waits);
        let Some((mut row, another)) = row.and_then(|row| Another::than(row.asked_by, by).map(|another| (row, another))) else {
            return Err(StoreError::Missing("request to decide"));
        };
        row.check(vault)?;
        row.decided_by = Some(another.by());
        row.decided_at = Some(at);
        row.until = Some(until);
        row.row_version += 1;
        row.protect(vault)?;
        disclosure::Entity::update(row.clone().into_active_model().reset_all()).exec(&self.db).await?;
        Ok(row)
    }
}
