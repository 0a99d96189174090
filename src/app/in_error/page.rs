//! What may be taken back of a person, what that would change, and what was taken back before.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::domain::id::{PublicId, SubjectId};
use crate::domain::in_error::{Back, Beside, InErrorWhy};
use crate::domain::outside::OutsideSystem;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::StandingStepRow;

use super::super::{Actor, App, AppError};
use super::acts;

/// A registration in an act that may be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Which registry.
    pub registry: Registry,
    /// How it stands.
    pub from: EnrolmentStatus,
    /// How it will stand.
    pub to: EnrolmentStatus,
}

/// Something that was entered and stands.
#[derive(Debug)]
pub struct InErrorLine {
    /// Which act.
    pub act: Uuid,
    /// When it was entered.
    pub at: Timestamp,
    /// By whom; none for the program and the console.
    pub by: Option<String>,
    /// What it changed, and what would become of it.
    pub moves: Vec<Restored>,
    /// Whether it told a death.
    pub death: bool,
    /// Why it may not be taken back, as a locale key.
    pub refused: Option<&'static str>,
    /// Other systems that would not have to be told any more.
    pub outside: Vec<OutsideSystem>,
    /// Whether the consents would stand again.
    pub consents: bool,
    /// Whether a sample would wait for the laboratory again.
    pub sample: bool,
}

/// Something that was taken back.
#[derive(Debug)]
pub struct TakenBackLine {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Option<String>,
    /// Why.
    pub why: InErrorWhy,
    /// What had been entered: registry and standing.
    pub was: Vec<(Registry, EnrolmentStatus)>,
}

/// The page.
#[derive(Debug)]
pub struct InErrorPage {
    /// Whose.
    pub public_id: PublicId,
    /// What was entered last, the latest first.
    pub lines: Vec<InErrorLine>,
    /// What was taken back before, the latest first.
    pub done: Vec<TakenBackLine>,
}

impl App {
    /// What may be taken back of a person.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id.
    pub async fn in_error_page(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<InErrorPage, AppError> {
        actor.needs(Right::TakeBack)?;
        let (_, view) = self.whole(id).await?;
        let steps = self.steps_of(&view).await?;
        let names = self.staff_names().await?;
        let name = |row: &StandingStepRow| row.by_staff.and_then(|by| names.get(&by).cloned());
        let mut lines = Vec::new();
        for act in acts(&steps).iter().rev().filter(|act| !act.undone && super::stands(act, &view)) {
            let Some(first) = act.first() else { continue };
            let weighed = self.weigh(actor, &view, act, now).await?;
            let refused = weighed.back.values().find_map(|back| back.err()).map(|not| not.key);
            let mut moves: Vec<Restored> = Vec::new();
            for row in act.changed() {
                let undecided = weighed.back.get(&row.registry).is_some_and(|back| *back == Ok(Back::Undecided));
                let before = weighed.stands.get(&row.registry).copied().unwrap_or(row.before_status);
                let to = if undecided { EnrolmentStatus::Undecided } else { before };
                let line = Restored { registry: row.registry, from: row.status, to };
                if !moves.contains(&line) {
                    moves.push(line);
                }
            }
            lines.push(InErrorLine {
                act: act.id,
                at: first.at,
                by: name(first),
                moves,
                death: first.death,
                refused,
                outside: weighed.outside.into_iter().collect(),
                consents: first.status == EnrolmentStatus::Exited(ExitReason::Withdrew) && !first.death,
                sample: weighed.sample.is_some(),
            });
        }
        let mut done: Vec<(Uuid, TakenBackLine)> = Vec::new();
        for row in steps.iter().rev() {
            let Some(why) = row.why.as_deref().and_then(InErrorWhy::from_word) else { continue };
            let was = (row.registry, row.before_status);
            let changed = row.status != row.before_status;
            match done.iter_mut().find(|(act, _)| *act == row.act_id) {
                Some((_, line)) if changed && !line.was.contains(&was) => line.was.push(was),
                Some(_) => {}
                None => {
                    let was = if changed { vec![was] } else { Vec::new() };
                    done.push((row.act_id, TakenBackLine { at: row.at, by: name(row), why, was }));
                }
            }
        }
        Ok(InErrorPage { public_id: view.row.public_id, lines, done: done.into_iter().map(|(_, line)| line).collect() })
    }

    /// What was entered by hand of somebody's standings, and what of it was taken back, for the copy of everything.
    pub(in crate::app) async fn standing_acts(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let steps = self.store.standing_steps(&self.vault, subjects).await?;
        let entry = |row: &StandingStepRow| {
            json!({
                "registry": row.registry.word(),
                "before": row.before_status.word(),
                "then": row.status.word(),
                "entered_at": row.at.utc().to_rfc3339(),
                "in_error": row.why.as_deref().and_then(InErrorWhy::from_word).map(InErrorWhy::word),
                "own_word": row.beside() == Some(Beside::OwnWord),
            })
        };
        let told = |row: &&StandingStepRow| row.status != row.before_status || row.beside() == Some(Beside::OwnWord);
        Ok(steps.iter().filter(told).map(entry).collect())
    }
}
