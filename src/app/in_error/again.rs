//! What an exit that was entered in error ended beside the registrations, and nothing else: a sample that it set aside is under way again, and
//! a place in a shift to come that it cancelled is planned again where nobody else has it.

use std::collections::{BTreeMap, HashSet};

use crate::domain::id::{ShiftId, SubjectId};
use crate::domain::in_error::Back;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::sample::{self, Phase};
use crate::domain::shift::{TurnAct, TurnState};
use crate::domain::time::Timestamp;
use crate::store::{MatterKind, PersonView, StepDraft, TurnRow, Tx};

use super::super::sample::phase_of;
use super::super::{Actor, App, AppError};
use super::Act;

impl App {
    /// Restores the samples and the places in shifts that an act ended, of the registries that stand as before. Answers how many places in
    /// shifts to come were not given back.
    pub(super) async fn restore_ended(
        &self,
        tx: &mut Tx,
        actor: Actor,
        view: &PersonView,
        (act, backs, stands): (&Act, &BTreeMap<Registry, Back>, &BTreeMap<Registry, EnrolmentStatus>),
        now: Timestamp,
    ) -> Result<usize, AppError> {
        let Some(at) = act.first().map(|first| first.at) else { return Ok(0) };
        let as_before = |registry: Registry| -> Vec<SubjectId> {
            // Where a registrar has to decide first, or another registration of theirs has left all the same, nothing goes on.
            let left = matches!(stands.get(&registry), Some(EnrolmentStatus::Exited(_)));
            let back = backs.get(&registry) == Some(&Back::AsBefore) && !left;
            act.changed().filter(|row| back && row.registry == registry).map(|row| row.subject_id).collect()
        };
        self.restore_samples(tx, actor, view, (&as_before(Registry::StemCell), at), now).await?;
        self.restore_turns(tx, actor, view, (&as_before(Registry::Volunteer), at), now).await
    }

    /// A person has one sample under way at a time: where another one was taken by whom they were joined to since, none comes back.
    async fn restore_samples(
        &self,
        tx: &mut Tx,
        actor: Actor,
        view: &PersonView,
        (subjects, at): (&[SubjectId], Timestamp),
        now: Timestamp,
    ) -> Result<(), AppError> {
        if subjects.is_empty() {
            return Ok(());
        }
        let own: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        if !tx.open_matters_of(&self.vault, MatterKind::Sample, &own).await?.is_empty() {
            return Ok(());
        }
        for row in self.store.matters_of(&self.vault, subjects).await? {
            if row.kind != MatterKind::Sample || row.closed_at != Some(at) {
                continue;
            }
            let sent = self.store.matter_steps(&self.vault, &row).await?.iter().any(|(step, _)| step.act == sample::Act::Sent.word());
            let Some(phase) = phase_of(&row)?.dropped_in_error(sent) else { continue };
            let step = StepDraft::of(&self.vault, row.id, (sample::RESTORED, None), self.today(now), (actor.staff(), now), None)?;
            tx.step_matter(&self.vault, (row.id, row.row_version), Phase::word(phase), (None, false), step).await?;
        }
        Ok(())
    }

    async fn restore_turns(
        &self,
        tx: &mut Tx,
        actor: Actor,
        view: &PersonView,
        (subjects, at): (&[SubjectId], Timestamp),
        now: Timestamp,
    ) -> Result<usize, AppError> {
        if subjects.is_empty() {
            return Ok(0);
        }
        let own: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let turns = tx.turns_of(&self.vault, &own).await?;
        let has_place = |turn: &&TurnRow| turn.state != TurnState::Off;
        let mut here: HashSet<ShiftId> = turns.iter().filter(has_place).map(|turn| turn.shift_id).collect();
        let mut lost = 0;
        for turn in turns.iter().filter(|turn| turn.state == TurnState::Off && turn.at == at && subjects.contains(&turn.subject_id)) {
            let Some(shift) = self.store.shift(turn.shift_id).await? else {
                lost += 1;
                continue;
            };
            let drive = self.store.drive(shift.drive_id).await?.ok_or(AppError::Missing("drive"))?;
            // What is over is not planned any more, and whoever was put there by another registration of theirs has the place.
            if drive.day.0 < self.today(now) || here.contains(&shift.id) {
                continue;
            }
            let taken = self.store.turns_in(&self.vault, &[shift.id]).await?.iter().filter(has_place).count();
            if i64::try_from(taken).unwrap_or(i64::MAX) >= shift.needed {
                lost += 1;
                continue;
            }
            tx.set_turn(&self.vault, (turn.id, turn.row_version), turn.state.after(TurnAct::Plan)?, (actor.staff(), now)).await?;
            here.insert(shift.id);
        }
        Ok(lost)
    }
}
