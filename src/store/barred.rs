//! Who asked to be erased and not to be taken in again from a sheet: keyed digests of document numbers, tied to nobody.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::barred;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::tx::Tx;

impl Store {
    /// Whether anybody is barred at all.
    pub async fn any_barred(&self) -> Result<bool, StoreError> {
        Ok(barred::Entity::find().one(&self.reader).await?.is_some())
    }

    /// Which of some digests are barred.
    pub async fn barred(&self, digests: &[[u8; 32]]) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut out = Vec::new();
        for part in digests.chunks(super::admit::IDS) {
            let ids = part.iter().map(|d| Opaque(d.to_vec()));
            for row in barred::Entity::find().filter(barred::Column::Digest.is_in(ids)).all(&self.reader).await? {
                out.extend(<[u8; 32]>::try_from(row.digest.0));
            }
        }
        Ok(out)
    }
}

impl Tx {
    /// Bars digests.
    pub async fn bar_return(&mut self, digests: &[[u8; 32]], at: Timestamp) -> Result<(), StoreError> {
        for digest in digests {
            let row = barred::Model { digest: Opaque(digest.to_vec()), at };
            let keep = OnConflict::column(barred::Column::Digest).do_nothing().to_owned();
            barred::Entity::insert(row.into_active_model()).on_conflict(keep).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// Lets digests return: the person has signed again. Answers how many were barred.
    pub async fn let_return(&mut self, digests: &[[u8; 32]]) -> Result<u64, StoreError> {
        let mut count = 0;
        for part in digests.chunks(super::admit::IDS) {
            let ids = part.iter().map(|d| Opaque(d.to_vec()));
            count += barred::Entity::delete_many().filter(barred::Column::Digest.is_in(ids)).exec(&self.db).await?.rows_affected;
        }
        Ok(count)
    }
}
