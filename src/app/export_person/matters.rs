//! What is done about a person: samples, match requests, death notices, steps in other systems, values kept aside.
//!
//! Of a match request nothing is told that is the patient's: not the request's number, not how the patient's side ended it, not when the
//! patient's conditioning began, and no note, in which any of it may stand.

use serde_json::{Value, json};

use crate::domain::death_notice::Report;
use crate::domain::id::SubjectId;
use crate::domain::match_request::{Act, Phase};
use crate::store::{MatterKind, MatterRow};

use super::super::{App, AppError};

/// Where a match request stands, without what only the patient's side can tell.
fn phase_told(word: &str) -> &str {
    match Phase::from_word(word) {
        Some(Phase::Conditioned) => Phase::Scheduled.word(),
        Some(Phase::RenegedAfterConditioning) => Phase::Refused.word(),
        Some(Phase::PatientCancelled) => "ended",
        Some(phase) => phase.word(),
        None => "",
    }
}

/// A step of a match request, without what only the patient's side can tell; none where it is that alone.
fn step_told<'a>(act: &'a str, code: Option<&'a str>) -> Option<(&'a str, Option<&'a str>)> {
    match Act::from_word(act) {
        Some(Act::Conditioned | Act::CmdpStatus) => None,
        Some(Act::PatientCancelled) => Some(("ended", None)),
        Some(_) => Some((act, code)),
        // The first step has a word of its own.
        None => (act == "opened").then_some((act, None)),
    }
}

impl App {
    async fn rows_of(&self, subjects: &[SubjectId], kind: MatterKind) -> Result<Vec<MatterRow>, AppError> {
        Ok(self.store.matters_of(&self.vault, subjects).await?.into_iter().filter(|row| row.kind == kind).collect())
    }

    /// Samples with their barcodes.
    pub(super) async fn samples_of(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let mut out = Vec::new();
        for row in self.rows_of(subjects, MatterKind::Sample).await? {
            let barcode = self.store.matter::<String>(&self.vault, row.id).await?.and_then(|(_, barcode)| barcode);
            let steps = self.store.matter_steps(&self.vault, &row).await?;
            let steps: Vec<Value> = steps.iter().map(|(step, _)| json!({ "act": step.act, "day": step.day.0 })).collect();
            out.push(json!({ "barcode": barcode.as_ref().map(|b| b.reveal().clone()), "state": row.phase, "steps": steps }));
        }
        Ok(out)
    }

    /// Match requests, as far as they are the person's own.
    pub(super) async fn matches_of(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let mut out = Vec::new();
        for row in self.rows_of(subjects, MatterKind::Match).await? {
            let steps = self.store.matter_steps(&self.vault, &row).await?;
            let steps = steps.iter().filter_map(|(step, _)| {
                let (act, code) = step_told(&step.act, step.code.as_deref())?;
                Some(json!({ "act": act, "reason": code, "day": step.day.0 }))
            });
            out.push(json!({
                "received_at": self.moment(row.received_at),
                "answer_by": row.answer_by.map(|at| self.moment(at)),
                "state": phase_told(&row.phase),
                "steps": steps.collect::<Vec<_>>(),
            }));
        }
        Ok(out)
    }

    /// Death notices, for relatives who may ask: without the number of whoever called, which is theirs.
    pub(super) async fn notices_of(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let mut out = Vec::new();
        for row in self.rows_of(subjects, MatterKind::Death).await? {
            let report = self.store.matter::<Report>(&self.vault, row.id).await?.and_then(|(_, report)| report);
            let steps = self.store.matter_steps(&self.vault, &row).await?;
            let steps = steps.iter().map(|(step, note)| {
                json!({
                    "act": step.act,
                    "reason": step.code,
                    "day": step.day.0,
                    "happened_at": step.happened_at.map(|at| self.moment(at)),
                    "note": note.as_ref().map(|note| note.reveal().clone()),
                })
            });
            out.push(json!({
                "received_at": self.moment(row.received_at),
                "died_at": row.happened_at.map(|at| self.moment(at)),
                "place": report.as_ref().and_then(|report| report.reveal().place.clone()),
                "state": row.phase,
                "steps": steps.collect::<Vec<_>>(),
            }));
        }
        Ok(out)
    }

    /// What happened in other systems, with the evidence.
    pub(super) async fn steps_elsewhere(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let known = self.store.outside_of(&self.vault, subjects).await?;
        let ids: Vec<_> = known.iter().map(|view| view.row.id).collect();
        let steps = self.store.outside_steps(&self.vault, &ids).await?;
        let entry = |(step, evidence): &(crate::store::OutsideStepRow, Option<crate::domain::Guarded<String>>)| {
            let system = known.iter().find(|view| view.row.id == step.outside_id).map(|view| view.row.system.word());
            json!({
                "system": system,
                "act": step.act.word(),
                "reason": step.cause.map(|cause| cause.word()),
                "day": step.day.0,
                "note": evidence.as_ref().map(|text| text.reveal().clone()),
            })
        };
        Ok(steps.iter().map(entry).collect())
    }

    /// Values of sheets that could not be right and were kept aside, and what became of them.
    pub(super) async fn kept_aside_of(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let mut out = Vec::new();
        for subject in subjects {
            for row in self.store.corrections_of(*subject).await? {
                let value = self.store.correction(&self.vault, row.id).await?.and_then(|view| view.value);
                out.push(json!({
                    "field": row.field,
                    "problem": row.problem,
                    "value": value.as_ref().map(|value| value.reveal().clone()),
                    "state": row.state.word(),
                    "recorded_at": self.moment(row.created_at),
                    "done_on": row.resolved_at.map(|at| self.today(at)),
                }));
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::match_request::Code;

    /// Words that only the patient's side can tell.
    const PATIENTS: [&str; 4] = ["patient", "condition", "cmdp", "reserved"];

    #[test]
    fn nothing_that_only_the_patients_side_can_tell_is_in_a_copy() {
        for phase in Phase::ALL {
            let told = phase_told(phase.word());
            assert!(!told.is_empty() && !PATIENTS.iter().any(|word| told.contains(word)), "{phase:?}: {told}");
        }
        for act in Act::ALL {
            for code in act.codes().iter().copied().map(Some).chain([None]) {
                let Some((told, reason)) = step_told(act.word(), code.map(Code::word)) else {
                    assert!(matches!(act, Act::Conditioned | Act::CmdpStatus), "{act:?} is the donor's own");
                    continue;
                };
                assert!(!PATIENTS.iter().any(|word| told.contains(word)), "{act:?}: {told}");
                if *act == Act::PatientCancelled {
                    assert_eq!((told, reason), ("ended", None));
                } else {
                    assert_eq!((told, reason), (act.word(), code.map(Code::word)), "the donor's own step is told as it was");
                }
            }
        }
        assert_eq!(step_told("opened", None), Some(("opened", None)));
        assert_eq!(step_told("of another edition", None), None);
    }
}
