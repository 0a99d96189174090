//! What planning reads of matters that go on, and who told anything on their own page.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::id::SubjectId;
use crate::vault::Vault;

use super::connect::Store;
use super::entity::value::Day;
use super::entity::{matter, matter_step, told_fact};
use super::error::StoreError;
use super::matter::MatterRow;
use super::rowmac::Protected;
use super::word::MatterKind;

impl Store {
    /// Open matters of a kind, each with the days on which some acts were noted, in their order.
    ///
    /// # Errors
    /// [`StoreError::Tampered`] where a row was changed outside the program.
    pub async fn days_of_open(
        &self,
        vault: &Vault,
        kind: MatterKind,
        acts: &[&str],
    ) -> Result<Vec<(MatterRow, Vec<(String, Day)>)>, StoreError> {
        let open = matter::Entity::find().filter(matter::Column::Kind.eq(kind)).filter(matter::Column::ClosedAt.is_null());
        let mut out = Vec::new();
        for row in open.all(&self.reader).await? {
            row.check(vault)?;
            let steps = matter_step::Entity::find()
                .filter(matter_step::Column::MatterId.eq(row.id))
                .filter(matter_step::Column::Act.is_in(acts.iter().copied()))
                .order_by_asc(matter_step::Column::Number);
            let mut days = Vec::new();
            for step in steps.all(&self.reader).await? {
                step.check(vault)?;
                days.push((step.act, step.day));
            }
            out.push((row, days));
        }
        Ok(out)
    }

    /// Who told anything on their own page, each once.
    pub async fn subjects_that_told(&self) -> Result<Vec<SubjectId>, StoreError> {
        let query = told_fact::Entity::find().select_only().column(told_fact::Column::SubjectId).distinct();
        Ok(query.into_tuple().all(&self.reader).await?)
    }
}
