//! Activities of publicity and mobilisation, and their striking out. Rows are added and never changed.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::id::{ActivityId, StaffId};
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{activity, activity_strike};
use super::error::StoreError;
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::activity::Model as ActivityRow;
pub use super::entity::activity_strike::Model as StrikeRow;

/// An activity, and its striking out where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityView {
    /// The activity.
    pub row: ActivityRow,
    /// When it was struck out, and by whom.
    pub struck: Option<StrikeRow>,
}

impl Store {
    /// Activities, the latest first, those of one day by the order of their recording: held from one day to another where such are given, behind
    /// a place in that order, at most `limit`.
    pub async fn activities(
        &self,
        vault: &Vault,
        within: Option<(Day, Day)>,
        behind: Option<(Day, ActivityId)>,
        limit: u64,
    ) -> Result<Vec<ActivityView>, StoreError> {
        let mut query = activity::Entity::find();
        if let Some((first, last)) = within {
            query = query.filter(activity::Column::HeldOn.between(first, last));
        }
        if let Some((day, id)) = behind {
            let of_the_day = Condition::all().add(activity::Column::HeldOn.eq(day)).add(activity::Column::Id.lt(id));
            query = query.filter(Condition::any().add(activity::Column::HeldOn.lt(day)).add(of_the_day));
        }
        let query = query.order_by_desc(activity::Column::HeldOn).order_by_desc(activity::Column::Id).limit(limit);
        let rows: Vec<ActivityRow> = query.all(&self.reader).await?;
        let ids: Vec<ActivityId> = rows.iter().map(|row| row.id).collect();
        let strikes: Vec<StrikeRow> =
            activity_strike::Entity::find().filter(activity_strike::Column::Id.is_in(ids)).all(&self.reader).await?;
        let mut struck: HashMap<ActivityId, StrikeRow> = HashMap::new();
        for strike in strikes {
            strike.check(vault)?;
            struck.insert(strike.id, strike);
        }
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            row.check(vault)?;
            let struck = struck.remove(&row.id);
            views.push(ActivityView { row, struck });
        }
        Ok(views)
    }
}

impl Tx {
    /// Records an activity.
    pub async fn put_activity(&mut self, vault: &Vault, mut row: ActivityRow) -> Result<(), StoreError> {
        row.protect(vault)?;
        self.note(ChangeKind::Matter, None, None, Some(row.id.0), row.at);
        super::bulk::insert::<activity::Entity, _>(&self.db, [row]).await
    }

    /// Strikes an activity out: it stays as it is, and is counted no more.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::Stale`] where it was struck out already.
    pub async fn strike_activity(
        &mut self,
        vault: &Vault,
        id: ActivityId,
        (by_staff, at): (Option<StaffId>, Timestamp),
    ) -> Result<(), StoreError> {
        let row = activity::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("activity"))?;
        row.check(vault)?;
        if activity_strike::Entity::find_by_id(id).one(&self.db).await?.is_some() {
            return Err(StoreError::Stale);
        }
        let mut strike = StrikeRow { id, at, by_staff, row_version: 1, row_mac: Opaque(Vec::new()) };
        strike.protect(vault)?;
        self.note(ChangeKind::Matter, None, None, Some(id.0), at);
        super::bulk::insert::<activity_strike::Entity, _>(&self.db, [strike]).await
    }
}
