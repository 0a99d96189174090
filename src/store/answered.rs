//! How links were answered.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::link;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::followup::{LinkUse, usable};
use super::tx::Tx;

/// A used link: whose, when, and the keyed tag of the address it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedLink {
    /// Whose.
    pub subject: SubjectId,
    /// When.
    pub at: Timestamp,
    /// Of which address; none where the answer names none, or was kept by an older version.
    pub address_tag: Option<[u8; 32]>,
}

impl Store {
    /// The used links of a purpose: verified addresses, "this is not me", no more mails.
    pub async fn used_links(&self, purpose: &str) -> Result<Vec<UsedLink>, StoreError> {
        let query = link::Entity::find()
            .select_only()
            .column(link::Column::SubjectId)
            .column(link::Column::UsedAt)
            .column(link::Column::AddressTag)
            .filter(link::Column::Purpose.eq(purpose))
            .filter(link::Column::UsedAt.is_not_null());
        let rows: Vec<(SubjectId, Timestamp, Option<Opaque>)> = query.into_tuple().all(&self.reader).await?;
        let used = |(subject, at, tag): (SubjectId, Timestamp, Option<Opaque>)| -> Result<UsedLink, StoreError> {
            let address_tag = tag.map(|tag| <[u8; 32]>::try_from(tag.0).map_err(|_| StoreError::Damaged("link"))).transpose()?;
            Ok(UsedLink { subject, at, address_tag })
        };
        rows.into_iter().map(used).collect()
    }
}

impl Tx {
    /// Closes a link without counting it as used: its reader confirmed nothing. Of two at once, one gets it.
    pub async fn close_link(&mut self, token_hash: &[u8], now: Timestamp) -> Result<LinkUse, StoreError> {
        let Some(row) = link::Entity::find().filter(usable(token_hash, now)).one(&self.db).await? else { return Ok(LinkUse::No) };
        link::Entity::update_many().col_expr(link::Column::ClosedAt, now.into()).filter(link::Column::Id.eq(row.id)).exec(&self.db).await?;
        Ok(LinkUse::Used(row))
    }
}
