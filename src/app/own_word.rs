//! 本人的话: a registrant said they are no longer willing after they had left for whatever reason. The first reason stands, and their word is kept
//! beside it: where that leaving was entered in error, it is not taken back over what they said ([`super::in_error`]).

use std::collections::BTreeSet;

use crate::domain::id::{PersonId, PublicId, SubjectId};
use crate::domain::in_error::Beside;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, PersonView, StandingAct, StandingMove, StandingStepRow, Tx};

use super::people::{is_exit, standings};
use super::{Actor, App, AppError};

/// Of a registry that was left: whether they said themselves since that they are no longer willing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnWord {
    /// Which.
    pub registry: Registry,
    /// Whether they did.
    pub said: bool,
}

impl App {
    /// Notes that a registrant told the office themselves that they are no longer willing, of a registry that was left before.
    ///
    /// # Errors
    /// [`AppError::Stale`] where the registry was not left, or by a death, a donation or an erasure.
    pub async fn note_own_word(&self, actor: Actor, id: &PublicId, registry: Registry, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        if !self.own_words(&view).await?.iter().any(|word| word.registry == registry) {
            return Err(AppError::Stale);
        }
        self.keep_own_word(&mut tx, actor, person, &[registry], now).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Keeps it of those of some registries that were left before, once each: the consents to them go with it, what is still planned there is
    /// cancelled, and other systems are to be told.
    pub(super) async fn keep_own_word(
        &self,
        tx: &mut Tx,
        actor: Actor,
        person: PersonId,
        registries: &[Registry],
        now: Timestamp,
    ) -> Result<(), AppError> {
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let words = self.own_words(&view).await?;
        for word in words.iter().filter(|word| !word.said && registries.contains(&word.registry)) {
            let left: Vec<_> = view.enrolments().filter(|row| row.registry == word.registry && is_exit(row.status)).collect();
            let moves: Vec<StandingMove> = left.iter().map(|row| StandingMove { before: (*row).clone(), status: row.status }).collect();
            let act = StandingAct { beside: Some(Beside::OwnWord), ..StandingAct::entered(actor.staff(), now) };
            tx.put_standing_act(&self.vault, &moves, act).await?;
            let subjects: Vec<SubjectId> = left.iter().map(|row| row.subject_id).collect();
            for subject in &subjects {
                self.take_consents_back(tx, *subject, word.registry, now).await?;
            }
            tx.cancel_open(&subjects, "exited").await?;
            self.after_exit(tx, actor, &subjects, word.registry, ExitReason::Withdrew, now).await?;
            let entry =
                AuditEntry::on(now, actor.staff(), "person.own-word", "person", Some(person.0)).with("registry", word.registry.word());
            tx.audit(&entry).await?;
        }
        Ok(())
    }

    /// The registries that a person left and may still say it of, with whether they did. The dead say nothing.
    pub(super) async fn own_words(&self, view: &PersonView) -> Result<Vec<OwnWord>, AppError> {
        let left: Vec<Registry> =
            standings(view.enrolments()).into_iter().filter(|(_, status, _)| counts(*status)).map(|(registry, ..)| registry).collect();
        if left.is_empty() || self.is_dead(view).await? {
            return Ok(Vec::new());
        }
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let steps = self.store.standing_steps(&self.vault, &subjects).await?;
        let said: BTreeSet<Registry> = steps.iter().filter(|step| is_current(step, view)).map(|step| step.registry).collect();
        Ok(left.into_iter().map(|registry| OwnWord { registry, said: said.contains(&registry) }).collect())
    }
}

/// Whether a registry was left so that their word matters: who left for good by what happened to them cannot be brought back.
const fn counts(status: EnrolmentStatus) -> bool {
    match status {
        EnrolmentStatus::Exited(reason) => {
            !matches!(reason, ExitReason::Died | ExitReason::Donated | ExitReason::Erased | ExitReason::Duplicate)
        }
        _ => false,
    }
}

/// Whether a word was said of a leaving that still stands.
fn is_current(step: &StandingStepRow, view: &PersonView) -> bool {
    let said = step.beside() == Some(Beside::OwnWord);
    said && view.enrolments().any(|row| row.id == step.enrolment_id && row.row_version == step.version)
}
