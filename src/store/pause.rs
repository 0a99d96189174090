//! Who asked to be left alone until a day.

use chrono::NaiveDate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::pause;
use super::entity::value::Day;
use super::error::StoreError;
use super::tx::Tx;

pub use super::entity::pause::Model as PauseRow;

impl Store {
    /// What stands of it on a day.
    pub async fn pauses_on(&self, day: NaiveDate) -> Result<Vec<PauseRow>, StoreError> {
        let query = pause::Entity::find().filter(pause::Column::UntilOn.gt(Day(day))).filter(pause::Column::EndedAt.is_null());
        Ok(query.all(&self.reader).await?)
    }

    /// The last one of each of some subjects, over or not.
    pub async fn pauses_of(&self, subjects: &[SubjectId]) -> Result<Vec<PauseRow>, StoreError> {
        Ok(pause::Entity::find().filter(pause::Column::SubjectId.is_in(subjects.iter().copied())).all(&self.reader).await?)
    }
}

impl Tx {
    /// Notes that somebody asks to be left alone; the latest word counts.
    pub async fn put_pause(&mut self, row: PauseRow) -> Result<(), StoreError> {
        let anew = OnConflict::column(pause::Column::SubjectId)
            .update_columns([pause::Column::UntilOn, pause::Column::Since, pause::Column::EndedAt])
            .to_owned();
        pause::Entity::insert(row.into_active_model()).on_conflict(anew).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Ends what stands of it: they may be asked again.
    pub async fn end_pauses(&mut self, subjects: &[SubjectId], at: Timestamp) -> Result<(), StoreError> {
        pause::Entity::update_many()
            .col_expr(pause::Column::EndedAt, at.into())
            .filter(pause::Column::SubjectId.is_in(subjects.iter().copied()))
            .filter(pause::Column::EndedAt.is_null())
            .exec(&self.db)
            .await?;
        Ok(())
    }
}
