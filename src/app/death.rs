//! A death: every registry is left, nothing is sent any more, and its day and who told of it are kept with the registrations.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::death::Death;
use crate::domain::id::{CorrectionId, PersonId, PublicId, SubjectId};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, CorrectionState, DeathView, PersonView, StandingAct, StandingMove, Tx, prepare_death};

use super::people::is_exit;
use super::{Actor, App, AppError};

impl App {
    /// Notes a death: every registry is left, and nothing is sent any more.
    ///
    /// # Errors
    /// [`AppError::Input`] where the day is in the future or before the birth; nothing is changed.
    pub async fn died(&self, actor: Actor, id: &PublicId, death: Death, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        let (person, view) = self.whole(id).await?;
        let over = view.enrolments().all(|row| is_exit(row.status)) && self.is_dead(&view).await?;
        let known = self.death_of(&view).await?.map(|known| Death::told(&known));
        if over && known == Some((death.day, death.told_by)) {
            return Ok(());
        }
        if !death.is_possible(super::donor::who(&view).birth, self.today(now)) {
            return Err(AppError::Input { field: "day", hint: "today or earlier, and not before the birth" });
        }
        // Nobody dies twice: what is told again puts the day and the source right, and leaves the registrations as they are.
        if over {
            let mut tx = self.store.begin().await?;
            self.note_death(&mut tx, actor, &view, death, now).await?;
            let entry = AuditEntry::on(now, actor.staff(), "person.died", "person", Some(person.0)).with("told-by", death.told_by.word());
            tx.audit(&entry).await?;
            tx.commit().await?;
            return self.catch_up().await;
        }
        let asked = self.asked_anywhere(person).await?;
        let mut tx = self.store.begin().await?;
        self.stop_everything(&mut tx, actor, (person, death), asked, now).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// A death, within a transaction: every registry is left, [`App::note_death`], and the open lines of the correction list that asked for a
    /// standing (`asked`) are done.
    pub(super) async fn stop_everything(
        &self,
        tx: &mut Tx,
        actor: Actor,
        (person, death): (PersonId, Death),
        asked: Vec<(CorrectionId, i64)>,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let status = EnrolmentStatus::Exited(ExitReason::Died);
        let today = self.today(now);
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let mut told: BTreeMap<Registry, Vec<SubjectId>> = BTreeMap::new();
        // Every registration is kept with it, those that were left before too: the death is told of all of them.
        let moves: Vec<StandingMove> = view
            .subjects
            .iter()
            .filter(|s| s.row.erased_at.is_none())
            .flat_map(|s| &s.enrolments)
            .map(|row| StandingMove { before: row.clone(), status: if is_exit(row.status) { row.status } else { status } })
            .collect();
        let act = StandingAct { death: true, ..StandingAct::entered(actor.staff(), now) };
        tx.put_standing_act(&self.vault, &moves, act).await?;
        for row in view.enrolments().filter(|row| !is_exit(row.status)) {
            tx.set_standing(&self.vault, row.id, row.row_version, status, today, now).await?;
            told.entry(row.registry).or_default().push(row.subject_id);
        }
        for (registry, touched) in &told {
            self.tell_left(tx, &view, touched, (*registry, status), death.day, now).await?;
            self.after_exit(tx, actor, touched, *registry, ExitReason::Died, now).await?;
        }
        self.note_death(tx, actor, &view, death, now).await?;
        let entry = AuditEntry::on(now, actor.staff(), "person.died", "person", Some(person.0))
            .with("registries", told.len())
            .with("told-by", death.told_by.word());
        tx.audit(&entry).await?;
        for (correction, version) in asked {
            tx.resolve_correction(correction, version, CorrectionState::Corrected, actor.staff(), now).await?;
        }
        Ok(())
    }

    /// Keeps the day of a death and who told of it with every registration that can still be read. Whatever is planned or queued is cancelled and
    /// every link is closed, of registrations that were left before too: who donated stem cells was still followed up.
    pub(super) async fn note_death(
        &self,
        tx: &mut Tx,
        actor: Actor,
        view: &PersonView,
        death: Death,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let all: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        tx.cancel_exited(&all, now).await?;
        tx.close_links(&all, now).await?;
        let death = Guarded::new(death);
        let mut facts = Vec::new();
        for subject in view.subjects.iter().filter(|s| s.row.erased_at.is_none()) {
            let keys = self.store.subject_keys(&self.vault, subject.row.id).await?;
            facts.push(prepare_death(&self.vault, &keys, &death, actor.staff(), now)?);
        }
        tx.put_deaths(facts).await?;
        Ok(())
    }

    /// The death of a person as it was told last; none of the living, nor where only a sheet said so.
    pub(super) async fn death_of(&self, view: &PersonView) -> Result<Option<Guarded<Death>>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let told = self.deaths_standing(&subjects).await?;
        Ok(told.into_iter().max_by_key(|d| (d.at, d.id)).map(|d| d.fact))
    }

    /// The deaths of subjects that were told and not taken back since.
    async fn deaths_standing(&self, subjects: &[SubjectId]) -> Result<Vec<DeathView>, AppError> {
        let mut told = self.store.deaths_of(&self.vault, subjects).await?;
        if told.is_empty() {
            return Ok(told);
        }
        let of: Vec<SubjectId> = told.iter().map(|death| death.subject).collect();
        let steps = self.store.standing_steps(&self.vault, &of).await?;
        let undone: Vec<Uuid> = steps.iter().filter(|row| row.death).filter_map(|row| row.undoes).collect();
        // An act may be kept with registrations that are somebody else's since.
        let entered = self.store.entered_at(&self.vault, &undone).await?;
        // With an act goes what was told of the death from then on until it was taken back: a day that was put right, too.
        let mut over: HashMap<SubjectId, Vec<(Timestamp, Timestamp)>> = HashMap::new();
        for row in steps.iter().filter(|row| row.death) {
            if let Some(first) = row.undoes.and_then(|act| entered.get(&act)) {
                over.entry(row.subject_id).or_default().push((*first, row.at));
            }
        }
        let gone = |death: &DeathView| {
            over.get(&death.subject).is_some_and(|times| times.iter().any(|(first, back)| (*first..=*back).contains(&death.at)))
        };
        told.retain(|death| !gone(death));
        Ok(told)
    }

    /// Whether somebody is known to have died: by their standings or, of who had left every registry before, by what was told of the death.
    pub(super) async fn is_dead(&self, view: &PersonView) -> Result<bool, AppError> {
        Ok(has_died(view) || self.death_of(view).await?.is_some())
    }

    /// Of some subjects those with whom a death is kept, whatever their standings say.
    pub(super) async fn told_dead(&self, subjects: &[SubjectId]) -> Result<HashSet<SubjectId>, AppError> {
        Ok(self.deaths_standing(subjects).await?.into_iter().map(|death| death.subject).collect())
    }
}

/// Whether somebody has died, as far as their standings tell: a realised organ or body donation says so too.
pub(super) fn has_died(view: &PersonView) -> bool {
    view.enrolments().any(|row| row.status.tells_of_death(row.registry))
}
