//! Lists that are worked out from everybody's sealed data: whether they can be shown already, and when they are worked out anew. Nobody
//! waits for it but where few are on file, with whom it takes no time.

use std::sync::Arc;

use crate::domain::time::Timestamp;

use super::donor::Grouped;
use super::follow::CallOrder;
use super::kept::Progress;
use super::volunteer::Serving;
use super::{App, AppError};

/// With so many registrations on file a list is worked out while it is asked for: in a tenth of a second.
const FEW: usize = 2_000;

/// A list that takes seconds to work out where many are on file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlowList {
    /// Stem-cell donors in the order of the calls.
    CallOrder,
    /// Certificates that run out.
    Certificates,
    /// Blood donors by group and town, for recalls.
    Donors,
}

/// Whether a list can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// As it stands, or as old as it may be.
    Ready,
    /// As it was then; a newer one is being worked out.
    Older(Timestamp),
    /// Not yet: it is being worked out.
    Underway(Progress),
}

impl App {
    /// Whether so few are on file that a list is worked out while it is asked for.
    pub(super) fn few(&self) -> bool {
        self.known() <= FEW
    }

    /// Whether a list can be shown. Where it has to be worked out, that begins here, in the background.
    ///
    /// # Errors
    /// What the work in the background ended with, once; the next to ask begins it anew.
    pub async fn list_state(self: &Arc<Self>, list: SlowList, now: Timestamp) -> Result<ListState, AppError> {
        if self.few() {
            return Ok(ListState::Ready);
        }
        let (at, due) = match list {
            SlowList::CallOrder => (self.call_order.read(CallOrder::at), !self.call_order_is_fresh(now)),
            SlowList::Certificates => (self.volunteers.read(Serving::at), self.serving_is_behind().await?),
            SlowList::Donors => (self.grouped.read(Grouped::at), self.grouped_is_behind().await?),
        };
        if !due {
            return Ok(ListState::Ready);
        }
        let (failed, progress) = match list {
            SlowList::CallOrder => (self.call_order.take_failure(), self.call_order.progress()),
            SlowList::Certificates => (self.volunteers.take_failure(), self.volunteers.progress()),
            SlowList::Donors => (self.grouped.take_failure(), self.grouped.progress()),
        };
        if let Some(error) = failed.filter(|_| at.is_none()) {
            return Err(error);
        }
        let app = Arc::clone(self);
        tokio::spawn(async move { app.work_out(list, now).await });
        let begun = Progress { done: 0, of: self.known() as u64 };
        Ok(at.map_or(ListState::Underway(progress.unwrap_or(begun)), ListState::Older))
    }

    /// Works out what nobody can look at yet, and takes in what was committed since: for the server to do from time to time, in the
    /// background. What failed is tried again the next time.
    pub async fn keep_lists(&self, now: Timestamp) {
        if self.few() {
            return;
        }
        self.work_out(SlowList::Certificates, now).await;
        self.work_out(SlowList::Donors, now).await;
        if !self.call_order_is_todays(now) {
            self.work_out(SlowList::CallOrder, now).await;
        }
    }

    /// Works a list out, unless somebody is at it.
    async fn work_out(&self, list: SlowList, now: Timestamp) {
        match list {
            SlowList::CallOrder => {
                let Some(mut turn) = self.call_order.begin_behind() else { return };
                match self.order_calls(&mut turn.work, now).await {
                    Ok(order) => turn.put(order),
                    Err(error) => turn.fail(error),
                }
            }
            SlowList::Donors => {
                let Some(mut turn) = self.grouped.begin_behind() else { return };
                if let Err(error) = self.read_grouped(&mut turn, true, now).await {
                    turn.fail(error);
                }
            }
            SlowList::Certificates => {
                let Some(mut turn) = self.volunteers.begin_behind() else { return };
                if let Err(error) = self.read_serving(&mut turn, true, now).await {
                    turn.fail(error);
                }
            }
        }
    }
}
