//! How it was told that somebody leaves: kept with every registration that was left, shown on the person's page while the exit stands.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::id::SubjectId;
use crate::domain::leaving::{HowTold, Leaving, LeavingTold};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::Timestamp;
use crate::store::{EnrolmentRow, PersonView, Tx, prepare_leaving};

use super::people::standings;
use super::{Actor, App, AppError};

/// How it was told that a registry was left.
#[derive(Debug)]
pub struct LeavingLine {
    /// What is told without opening anything.
    pub told: LeavingTold,
    /// Where what was kept is filed, on an opened page.
    pub note: Option<Guarded<String>>,
}

impl App {
    /// Keeps how an exit was told with the registrations that it ended, within its transaction.
    pub(super) async fn note_leaving(
        &self,
        tx: &mut Tx,
        actor: Actor,
        left: &[EnrolmentRow],
        (exit, how): (ExitReason, &HowTold),
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut facts = Vec::with_capacity(left.len());
        for row in left {
            let keys = self.store.subject_keys(&self.vault, row.subject_id).await?;
            facts.push(prepare_leaving(&self.vault, &keys, &Leaving::of(row.registry, exit, how), actor.staff(), now)?);
        }
        tx.put_leavings(facts).await?;
        Ok(())
    }

    /// How it was told that the registries were left in which the person stands so now. What was told with an act that was taken back since is
    /// told no more.
    pub(super) async fn leavings_of(&self, view: &PersonView, opened: bool) -> Result<Vec<LeavingLine>, AppError> {
        let exits: HashMap<Registry, ExitReason> = standings(view.enrolments())
            .into_iter()
            .filter_map(|(registry, status, _)| if let EnrolmentStatus::Exited(reason) = status { Some((registry, reason)) } else { None })
            .collect();
        if exits.is_empty() {
            return Ok(Vec::new());
        }
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let mut told = self.store.leavings_of(&self.vault, &subjects).await?;
        if told.is_empty() {
            return Ok(Vec::new());
        }
        let steps = self.store.standing_steps(&self.vault, &subjects).await?;
        let undone: HashSet<Uuid> = steps.iter().filter_map(|row| row.undoes).collect();
        let gone: HashSet<Timestamp> = steps.iter().filter(|row| undone.contains(&row.act_id)).map(|row| row.at).collect();
        told.retain(|view| !gone.contains(&view.at));
        // Told with several registrations of one registry it is told once, and the last word counts.
        told.sort_by_key(|view| std::cmp::Reverse((view.at, view.id)));
        let mut seen = HashSet::new();
        let mut lines = Vec::new();
        for view in &told {
            let line = Leaving::told(&view.fact);
            if exits.get(&line.registry) == Some(&line.exit) && seen.insert(line.registry) {
                lines.push(LeavingLine { told: line, note: Leaving::note(&view.fact).filter(|_| opened) });
            }
        }
        lines.sort_by_key(|line| line.told.registry);
        Ok(lines)
    }
}
