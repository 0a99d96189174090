//! Interests typed in on the registrants' own phones, before somebody of ours has confirmed them: at the table of the day, or by a call.

use chrono::NaiveDate;

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::registry::{EnrolmentStatus, ExitReason};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::store::{TaskRow, Tx, prepare_fact};

use super::super::told::turn;
use super::super::{Actor, App, AppError};
use super::TaskItem;

/// Shown at a table at most.
const AT_TABLE: u64 = 100;

impl App {
    /// The interests of a day that nobody has confirmed yet, earliest first. Shown masked.
    pub async fn unconfirmed(&self, actor: Actor, day: NaiveDate) -> Result<Vec<TaskItem>, AppError> {
        actor.needs(Right::Enrol)?;
        self.items(self.store.tasks_of_kind(Kind::ConfirmInterest.word(), day, AT_TABLE).await?).await
    }

    /// Takes an interest off the file that nobody meant: it counts as left, and what would name the person is destroyed. Another
    /// registration of the same person is not touched.
    pub(super) async fn drop_interest(&self, tx: &mut Tx, task: &TaskRow, now: Timestamp) -> Result<(), AppError> {
        let status = EnrolmentStatus::Exited(ExitReason::Erased);
        let today = self.today(now);
        let stat_id = self.store.stat_id(&self.vault, task.subject_id).await?;
        for row in tx.standings(&self.vault, task.subject_id).await? {
            if !row.status.may_contact() {
                continue;
            }
            tx.set_standing(&self.vault, row.id, row.row_version, status, today, now).await?;
            if let Some(stat_id) = stat_id {
                let fact = Fact { turn: turn([row.row_version, 1]), ..self.told(stat_id, row.registry, FactEvent::Status(status), now) };
                tx.put_facts(vec![prepare_fact(&self.vault, &fact)?]).await?;
            }
        }
        tx.erase(&self.vault, &[task.subject_id], now).await?;
        Ok(())
    }
}
