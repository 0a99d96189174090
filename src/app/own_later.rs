//! "Ask me again on a day": what no rule of the policy planned, and what cannot be dropped, waits for that day too.

use chrono::NaiveDate;

use crate::followup::desk::{CALL_ON, RETURNED};
use crate::followup::plan::ASKED_LATER;
use crate::store::{TaskRow, TaskState, Tx};

use super::answer::NOT_ME_RULE;
use super::own_family::OBJECTS_RULE;
use super::own_page::LINK_CLOSED;
use super::{App, AppError};

/// Whether a follow-up is one that waits for the day until which somebody asked to be left alone: a call about their family, and those that ask
/// how they can be reached. What they asked themselves is answered all the same, and a day agreed with a caller stands.
pub(super) fn waits_for_the_day(task: &TaskRow, until: NaiveDate) -> bool {
    let waits = [OBJECTS_RULE, RETURNED, NOT_ME_RULE, LINK_CLOSED].contains(&task.rule.as_str());
    waits && task.due_on.0 < until && task.reason.as_deref() != Some(CALL_ON)
}

impl App {
    /// Puts those of a person's open follow-ups off, within the transaction that records the day. It is the latest word: an earlier day agreed with
    /// a caller holds no more.
    pub(super) async fn put_off_until(&self, tx: &mut Tx, open: &[TaskRow], until: NaiveDate) -> Result<(), AppError> {
        for task in open.iter().filter(|task| task.state == TaskState::Planned) {
            let task = TaskRow { reason: task.reason.clone().filter(|reason| reason != CALL_ON), ..task.clone() };
            if waits_for_the_day(&task, until) {
                tx.move_task(&TaskRow { due_on: until.into(), reason: Some(ASKED_LATER.to_owned()), ..task }, false).await?;
            }
        }
        Ok(())
    }
}
