//! How much work waits for staff, told from counts that the database keeps by kind, channel and day: as fast with a hundred thousand follow-ups overdue as
//! with ten.

use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

use super::connect::Store;
use super::entity::task_tally;
use super::entity::value::Day;
use super::error::StoreError;
use super::word::TaskChannel;

/// The sum of the counts. PostgreSQL adds whole numbers up to one without bounds, which is none that can be read.
const SUM: &str = "CAST(coalesce(SUM(n), 0) AS bigint)";

/// Channels whose work stands on the page of letters and hand-offs, not on the call desk.
const BY_HAND: [TaskChannel; 2] = [TaskChannel::Letter, TaskChannel::HandOff];

impl Store {
    /// Planned tasks of staff whose day has passed, by kind: how many, and the oldest day.
    pub async fn overdue_by_kind(&self, today: NaiveDate) -> Result<Vec<(String, u64, Day)>, StoreError> {
        let query = task_tally::Entity::find()
            .filter(task_tally::Column::DueOn.lt(Day(today)))
            .select_only()
            .column(task_tally::Column::Kind)
            .column_as(Expr::cust(SUM), "waiting")
            .column_as(task_tally::Column::DueOn.min(), "oldest")
            .group_by(task_tally::Column::Kind);
        let rows: Vec<(String, i64, Day)> = query.into_tuple().all(&self.reader).await?;
        Ok(rows.into_iter().map(|(kind, n, oldest)| (kind, n.unsigned_abs(), oldest)).collect())
    }

    /// How many planned tasks of the call desk are due on or before a day: letters and hand-offs stand on a page of their own.
    pub async fn count_staff_tasks_due(&self, on_or_before: NaiveDate) -> Result<u64, StoreError> {
        let query = task_tally::Entity::find()
            .filter(task_tally::Column::DueOn.lte(Day(on_or_before)))
            .filter(task_tally::Column::Channel.is_not_in(BY_HAND))
            .select_only()
            .column_as(Expr::cust(SUM), "waiting");
        let waiting: Option<i64> = query.into_tuple().one(&self.reader).await?;
        Ok(waiting.unwrap_or(0).unsigned_abs())
    }
}
