//! Who left or died by a sheet: what is open with them ends in the transaction that admits it. Nobody is contacted by that.

use std::collections::HashMap;

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::Timestamp;
use crate::store::{StagedRow, Stands, Tx};

use super::super::people::is_exit;
use super::super::{Actor, App, AppError};
use super::judge::Judged;

/// People on file of whom a row says that they left or died.
pub(super) fn leaving(rows: &[StagedRow], judged: &[Judged]) -> Vec<PersonId> {
    let known: HashMap<SubjectId, PersonId> = judged.iter().filter(|j| j.known()).map(|j| (j.subject, j.person())).collect();
    let left = |row: &StagedRow| {
        let prepared = row.prepared.as_ref()?;
        let exits = prepared.standings().iter().any(|(_, status, _)| is_exit(*status));
        known.get(&prepared.subject()).copied().filter(|_| exits)
    };
    let mut persons: Vec<PersonId> = rows.iter().filter_map(left).collect();
    persons.sort_unstable();
    persons.dedup();
    persons
}

impl App {
    /// Ends what is open with whoever stood elsewhere before the rows were admitted: follow-ups, queued mails, match requests; and opens what is
    /// due in other systems. A sheet that is behind, or older than the standing on file, ends nothing.
    pub(super) async fn end_what_was_open(
        &self,
        tx: &mut Tx,
        actor: Actor,
        before: &HashMap<PersonId, Stands>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut persons: Vec<PersonId> = before.keys().copied().collect();
        persons.sort_unstable();
        let after = tx.stands_of(&self.vault, &persons).await?;
        for person in persons {
            let (Some(was), Some(is)) = (before.get(&person), after.get(&person)) else { continue };
            let stood: HashMap<Registry, EnrolmentStatus> = was.of_registries().into_iter().map(|(r, status, _)| (r, status)).collect();
            let died = is.has_died() && !was.has_died();
            if died {
                tx.cancel_open(&is.subjects(), "exited").await?;
                tx.close_links(&is.subjects(), now).await?;
            }
            for (registry, status, _) in is.of_registries() {
                // Who was not in a registry has nothing open there; who died has died for all of them.
                if stood.get(&registry).is_none_or(|stood| is_exit(*stood)) {
                    continue;
                }
                let reason = match status {
                    EnrolmentStatus::Exited(reason) => reason,
                    _ if died => ExitReason::Died,
                    _ => continue,
                };
                let subjects = is.subjects_in(registry);
                tx.cancel_open(&subjects, "exited").await?;
                self.after_exit(tx, actor, &subjects, registry, reason, now).await?;
            }
        }
        Ok(())
    }
}
