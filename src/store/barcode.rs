//! Whose a sample barcode is. One barcode is one registrant's: the keyed digest is unique, and goes with an erasure.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::entity::barcode;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::rowmac::Protected;
use super::tx::Tx;

impl Tx {
    /// The subject that uses a barcode, by the barcode's keyed digest, as this transaction sees it.
    pub async fn barcode_holder(&self, vault: &Vault, tag: [u8; 32]) -> Result<Option<SubjectId>, StoreError> {
        let row = barcode::Entity::find().filter(barcode::Column::Tag.eq(Opaque(tag.to_vec()))).one(&self.db).await?;
        row.map(|row| row.check(vault).map(|()| row.subject_id)).transpose()
    }

    /// Notes whose a barcode is that nobody uses yet.
    pub async fn put_barcode(&mut self, vault: &Vault, tag: [u8; 32], subject: SubjectId, at: Timestamp) -> Result<(), StoreError> {
        let (tag, row_mac) = (Opaque(tag.to_vec()), Opaque(Vec::new()));
        let mut row = barcode::Model { id: Uuid::now_v7(), subject_id: subject, tag, at, row_version: 1, row_mac };
        row.protect(vault)?;
        super::bulk::insert::<barcode::Entity, _>(&self.db, [row]).await
    }
}
