//! Open follow-ups that would say what is not true any more: an invitation to give blood after a donation, a reminder of a duty nobody has.

use std::collections::BTreeMap;

use crate::domain::id::{PersonId, TaskId};
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::store::TaskState;

use super::super::{App, AppError};

impl App {
    /// Ends the calls and mails of a person, not yet made and due before what they say is true, with the reason. The next plan names the new
    /// day; a mail that is on its way to the server meanwhile is stopped by the check at sending.
    pub(in crate::app) async fn drop_untrue(&self, person: PersonId, now: Timestamp) -> Result<(), AppError> {
        let open = |state| matches!(state, TaskState::Planned | TaskState::Queued);
        let told = |kind: Kind| kind.looks_ahead_to_giving() || kind == Kind::VolunteerDuty;
        let tasks = self.store.tasks_of(&[person]).await?;
        let tasks: Vec<_> = tasks
            .into_iter()
            .filter(|task| open(task.state))
            .filter_map(|task| Some((task.id, task.due_on.0, Kind::from_word(&task.kind).filter(|kind| told(*kind))?)))
            .collect();
        if tasks.is_empty() {
            return Ok(());
        }
        let Some(reachable) = self.reachable_one(person, now).await? else { return Ok(()) };
        let today = self.today(now);
        let interval = self.policies.on(today)?.limits.donation_interval;
        let mut untrue: BTreeMap<&'static str, Vec<TaskId>> = BTreeMap::new();
        for (id, due_on, kind) in tasks {
            // A reminder is judged from today, an invitation on the day on which it would be made.
            let day = if kind == Kind::VolunteerDuty { today } else { due_on.max(today) };
            if let Some(reason) = reachable.untrue(kind, day, interval) {
                untrue.entry(reason).or_default().push(id);
            }
        }
        if untrue.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        for (reason, ids) in untrue {
            tx.drop_tasks(&ids, reason, today).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}
