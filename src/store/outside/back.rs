//! What leaving had opened in other systems, closed again where the leaving was entered in error.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::id::{StaffId, SubjectId};
use crate::domain::outside::{OutsideAct, OutsideCause, OutsideState};
use crate::domain::time::Timestamp;
use crate::store::entity::{outside, outside_step};
use crate::store::error::StoreError;
use crate::store::rowmac::Protected;
use crate::store::tx::Tx;
use crate::vault::Vault;

use super::Act;

impl Tx {
    /// Takes off the red list what leaving at an instant had put there, where nobody has seen to it: each stands as before. Answers how many.
    pub async fn outside_taken_back(
        &mut self,
        vault: &Vault,
        subjects: &[SubjectId],
        left_at: Timestamp,
        (day, by, at): (chrono::NaiveDate, Option<StaffId>, Timestamp),
    ) -> Result<u64, StoreError> {
        let query = outside::Entity::find()
            .filter(outside::Column::SubjectId.is_in(subjects.iter().copied()))
            .filter(outside::Column::State.eq(OutsideState::WithdrawalDue));
        let mut closed = 0;
        for row in query.all(&self.db).await? {
            row.check(vault)?;
            let steps = outside_step::Entity::find()
                .filter(outside_step::Column::OutsideId.eq(row.id))
                .order_by_asc(outside_step::Column::At)
                .order_by_asc(outside_step::Column::Id)
                .all(&self.db)
                .await?;
            for step in &steps {
                step.check(vault)?;
            }
            if !steps.last().is_some_and(|step| step.act == OutsideAct::Leave && step.at == left_at) {
                continue;
            }
            let state = OutsideState::of(steps.iter().map(|step| step.act).chain([OutsideAct::InError]));
            let cause = (state == OutsideState::CorrectionDue).then_some(OutsideCause::Corrected);
            self.outside_move(vault, row, state, Act { act: OutsideAct::InError, cause, day, by, at }, None).await?;
            closed += 1;
        }
        Ok(closed)
    }
}
