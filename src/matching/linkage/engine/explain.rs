//! A run that stays open: why a pair weighs what it does, and what became of any two rows.

use crate::domain::Guarded;

use super::EngineError;
use super::compare::{DIFFERENT, GENERATION_APART, SWAPPED};
use super::fields::{Kind, index};
use super::run::{Inside, Options, Outcome, ScoredPair, decide, link};
use super::supervised::learn;
use super::table::Table;
use crate::matching::linkage::decide::Decision;

/// How far two values agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// One of them is missing: no evidence.
    Missing,
    /// Full agreement.
    Exact,
    /// A slip, the same sound, day and month exchanged.
    Near,
    /// Alike.
    Similar,
    /// Somewhat alike.
    Remote,
    /// No agreement.
    Different,
    /// Surname and given name changed places.
    Exchanged,
}

impl Level {
    fn of(kind: Kind, level: u8) -> Self {
        match level {
            GENERATION_APART if kind == Kind::Birth => Self::Different,
            0 => Self::Missing,
            1 => Self::Exact,
            2 => Self::Near,
            3 => Self::Similar,
            DIFFERENT => Self::Different,
            SWAPPED => Self::Exchanged,
            _ => Self::Remote,
        }
    }

    /// The stable key.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Exact => "exact",
            Self::Near => "near",
            Self::Similar => "similar",
            Self::Remote => "remote",
            Self::Different => "different",
            Self::Exchanged => "exchanged",
        }
    }
}

/// What a step of an explanation is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// Where every pair begins: how rare one person is among all pairs.
    Start,
    /// A comparison, by the names of its columns.
    Columns(String),
    /// The other reading, two people of one home, which takes weight away where it explains the pair as well.
    Household,
}

/// One step of an explanation: one bar of the waterfall.
#[derive(Debug)]
pub struct Step {
    /// What it is about.
    pub subject: Subject,
    /// How far the values agree; of comparisons only.
    pub level: Option<Level>,
    /// The values as the files hold them; empty but in comparisons.
    pub values: (Guarded<String>, Guarded<String>),
    /// Bits; positive speaks for one person.
    pub bits: f64,
}

/// Why a pair weighs what it does.
#[derive(Debug)]
pub struct Explanation {
    /// The steps in the order of the waterfall. Their bits add up to `weight`.
    pub steps: Vec<Step>,
    /// Match weight in bits.
    pub weight: f64,
    /// The probability it stands for.
    pub probability: f64,
}

/// A finished run, still open.
pub struct Inspection<'t> {
    /// What the run gave.
    pub outcome: Outcome,
    tables: Vec<&'t Table>,
    inside: Inside,
    options: Options,
}

impl std::fmt::Debug for Inspection<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Inspection({} pairs)", self.outcome.pairs.len())
    }
}

/// Runs like [`super::dedupe`] on one table or like [`super::pair`] on two, and keeps what explanations need.
///
/// # Errors
/// Nothing to compare, or too many columns.
pub fn inspect<'t>(
    left: &'t Table,
    right: Option<&'t Table>,
    options: Options,
    progress: &(dyn Fn(&'static str, f64) + Sync),
) -> Result<Inspection<'t>, EngineError> {
    let tables: Vec<&Table> = std::iter::once(left).chain(right).collect();
    let (outcome, inside) = link(&tables, options, progress)?;
    Ok(Inspection { outcome, tables, inside, options })
}

impl Inspection<'_> {
    /// The rows of a pair as the engine numbers them, tables one under the other.
    fn rows(&self, left: usize, right: usize) -> (u32, u32) {
        let right = if self.inside.work.two { right + self.inside.work.left } else { right };
        let n = |row: usize| u32::try_from(row).unwrap_or(u32::MAX);
        (n(left.min(right)), n(left.max(right)))
    }

    /// Why a pair of rows weighs what it does.
    pub fn explain(&self, left: usize, right: usize) -> Explanation {
        let Inside { work, model, weights, .. } = &self.inside;
        let (a, b) = self.rows(left, right);
        let step = |subject, bits| Step { subject, level: None, values: (nothing(), nothing()), bits };
        let mut steps = vec![step(Subject::Start, weights.prior)];
        let seen = work.seen(index(a), index(b));
        for (f, field) in work.fields.iter().enumerate() {
            let bits = weights.person[f][usize::from(seen[f].level)] + model.rarity(f, seen[f]);
            steps.push(Step {
                subject: Subject::Columns(field.label.clone()),
                level: Some(Level::of(field.kind, seen[f].level)),
                values: (self.written(&field.label, 0, left), self.written(&field.label, self.tables.len() - 1, right)),
                bits,
            });
        }
        let pair = work.pair(a, b);
        let weight = weights.weight(&pair);
        // So far one person stands against two unrelated people; the weight is against two of one home or neighbourhood as well.
        steps.push(step(Subject::Household, weight - weights.bits(&pair)[0]));
        Explanation { steps, weight, probability: weights.probabilities(&pair)[0] }
    }

    /// What the columns of a comparison hold in a row.
    fn written(&self, label: &str, table: usize, row: usize) -> Guarded<String> {
        let mut texts: Vec<&str> = Vec::new();
        for column in self.tables.get(table).map(|t| t.columns.as_slice()).unwrap_or_default() {
            if (label == column.name || label.split('+').any(|part| part == column.name))
                && let Some(text) = index(column.cells[row]).checked_sub(1).and_then(|n| column.values.get(n))
            {
                texts.push(text);
            }
        }
        Guarded::new(texts.join(" "))
    }

    /// Whether some key brings two rows together.
    pub fn reached(&self, left: usize, right: usize) -> bool {
        let (a, b) = self.rows(left, right);
        self.inside.plan.reaches(index(a), index(b))
    }

    /// All pairs the run kept and weighed, by rows, before any decision; those not worth keeping are far below any cut.
    pub fn weighed(&self) -> Vec<ScoredPair> {
        let Inside { work, weights, pairs, .. } = &self.inside;
        let scored = |p: &super::model::Pair| {
            let right = if work.two { index(p.b) - work.left } else { index(p.b) };
            let (weight, probability) = (weights.weight(p), weights.probabilities(p)[0]);
            let decision = if weight >= self.outcome.cut { Decision::Same } else { Decision::Different };
            ScoredPair { left: index(p.a), right, probability, weight, decision }
        };
        pairs.iter().map(scored).collect()
    }

    /// The same run with weights learned from the truth, and decided anew: what could be reached on these comparisons and pairs. `same` tells
    /// which rows are one person.
    #[must_use]
    pub fn supervised(self, same: &dyn Fn(usize, usize) -> bool) -> Self {
        let known: Vec<bool> = self.weighed().iter().map(|p| same(p.left, p.right)).collect();
        let kinds: Vec<_> = self.inside.work.fields.iter().map(|f| f.kind).collect();
        let weights = learn(&self.inside.pairs, &known, &kinds);
        let Inside { work, pairs, .. } = &self.inside;
        let outcome = decide(work, &weights, pairs, self.options, self.outcome.unreached, self.outcome.keys.clone());
        Self { outcome, inside: Inside { weights, ..self.inside }, ..self }
    }

    /// The outcome at another cut: the same model, decided anew. `threshold` is a probability.
    pub fn decided_at(&self, threshold: f64) -> Outcome {
        let Inside { work, weights, pairs, .. } = &self.inside;
        let options = Options { threshold: Some(threshold), ..self.options };
        decide(work, weights, pairs, options, self.outcome.unreached, self.outcome.keys.clone())
    }
}

fn nothing() -> Guarded<String> {
    Guarded::new(String::new())
}
