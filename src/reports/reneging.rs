//! Reneging (反悔) and availability by stage of a match request, and the funnel of follow-ups.

use chrono::NaiveDate;
use serde::Serialize;

use super::ReportError;
use super::facts::FactBook;
use super::facts::packed::{Packed, day_number};
use super::intervals::Proportion;
use crate::domain::fact::{MatchStage, StageOutcome};

/// What became of the requests that reached a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StageCounts {
    /// The stage.
    pub stage: MatchStage,
    /// Requests that reached it.
    pub reached: u64,
    /// Donors who agreed.
    pub available: u64,
    /// Donors who refused.
    pub refused: u64,
    /// Donors who could not take part.
    pub unavailable: u64,
    /// Cancelled by the patient's side.
    pub cancelled: u64,
}

impl StageCounts {
    /// Requests without an outcome yet.
    pub const fn open(&self) -> u64 {
        self.reached.saturating_sub(self.available + self.refused + self.unavailable + self.cancelled)
    }

    /// 反悔率: donor-side refusals over those who reached the stage and were not cancelled by the patient's side.
    pub fn reneging(&self) -> Proportion {
        Proportion::new(self.refused, self.reached.saturating_sub(self.cancelled))
    }

    /// Availability: over requests that neither were cancelled nor are still open.
    pub fn availability(&self) -> Proportion {
        Proportion::new(self.available, self.reached.saturating_sub(self.cancelled + self.open()))
    }
}

/// Reneging of a period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reneging {
    /// First day of the period in which a stage was reached.
    pub from: NaiveDate,
    /// Last day, also of what is known.
    pub to: NaiveDate,
    /// Each stage; reneging after conditioning is the last and never part of [`Reneging::cumulative`].
    pub stages: Vec<StageCounts>,
}

impl Reneging {
    /// The share that refuses at some stage up to collection: 1 − Π(1 − r). None where a stage has nobody.
    pub fn cumulative(&self) -> Option<f64> {
        let rates = self.stages.iter().filter(|s| s.stage != MatchStage::Conditioned).map(|s| s.reneging().share);
        rates.collect::<Option<Vec<f64>>>().map(|all| 1.0 - all.iter().map(|r| 1.0 - r).product::<f64>())
    }
}

impl FactBook {
    /// What became, by the end of the period, of the requests that reached each stage within it.
    pub fn reneging(&self, from: NaiveDate, to: NaiveDate) -> Reneging {
        let (first, last) = (day_number(from), day_number(to));
        let mut stages =
            MatchStage::ALL.map(|stage| StageCounts { stage, reached: 0, available: 0, refused: 0, unavailable: 0, cancelled: 0 });
        for run in self.runs() {
            tell(run, first, last, &mut stages);
        }
        Reneging { from, to, stages: stages.to_vec() }
    }
}

/// Within one registrant, an outcome ends the request of its stage that was reached last.
fn tell(run: &[Packed], first: i32, last: i32, stages: &mut [StageCounts; 6]) {
    let mut open = [false; 6];
    for fact in run.iter().filter(|f| f.day <= last) {
        let Some((stage, outcome)) = fact.step() else { continue };
        let Some(at) = MatchStage::ALL.iter().position(|s| *s == stage) else { continue };
        let counts = &mut stages[at];
        match outcome {
            StageOutcome::Reached => {
                open[at] = fact.day >= first;
                counts.reached += u64::from(open[at]);
                continue;
            }
            _ if !open[at] => continue,
            StageOutcome::Available => counts.available += 1,
            StageOutcome::Refused => counts.refused += 1,
            StageOutcome::Unavailable => counts.unavailable += 1,
            StageOutcome::CancelledByPatient => counts.cancelled += 1,
        }
        open[at] = false;
    }
}

/// Follow-ups from due to outcome. Everyone followed up must have exactly one outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Funnel {
    /// Due in the period.
    pub due: u64,
    /// Tried.
    pub tried: u64,
    /// Reached.
    pub reached: u64,
    /// Followed up: people who must have an outcome.
    pub followed_up: u64,
    /// The outcomes and how many had each.
    pub outcomes: Vec<(String, u64)>,
}

impl Funnel {
    /// Reads figures that were published or come from another source: a UTF-8 CSV file with a header, an item and its count a row. The items
    /// `due`, `tried`, `reached` and `followed_up` (到期, 已联系, 联系上, 回访) are the steps, every other one is an outcome. A step that is not
    /// told is as large as the people followed up; where those are not told either, everybody tried was.
    ///
    /// # Errors
    /// [`ReportError::Figures`] naming the row.
    pub fn from_csv(bytes: &[u8]) -> Result<Self, ReportError> {
        let wrong = |row, what| ReportError::Figures { row, what };
        let text = std::str::from_utf8(bytes).map_err(|_| wrong(1, "is not UTF-8; save the file as CSV UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(text.as_bytes());
        let (mut due, mut tried, mut reached, mut followed_up) = (None, None, None, None);
        let mut outcomes: Vec<(String, u64)> = Vec::new();
        for (row, record) in (2u64..).zip(reader.records()) {
            let record = record.map_err(|_| wrong(row, "cannot be read as CSV"))?;
            let item = record.get(0).filter(|i| !i.is_empty()).ok_or(wrong(row, "has no item; write what is counted"))?;
            let count = record.get(1).and_then(|c| c.parse::<u64>().ok()).ok_or(wrong(row, "has no count; write a whole number"))?;
            let step = match item {
                "due" | "到期" => &mut due,
                "tried" | "已联系" => &mut tried,
                "reached" | "联系上" => &mut reached,
                "followed_up" | "回访" => &mut followed_up,
                _ if outcomes.iter().any(|(key, _)| key == item) => return Err(wrong(row, "tells an outcome a second time; keep one")),
                _ => {
                    outcomes.push((item.to_owned(), count));
                    continue;
                }
            };
            if step.replace(count).is_some() {
                return Err(wrong(row, "tells a step a second time; keep one"));
            }
        }
        let followed_up =
            followed_up.or(tried).or(due).ok_or(wrong(1, "is followed by no row `followed_up`; say how many people were followed up"))?;
        let tried = tried.unwrap_or(followed_up);
        Ok(Self { due: due.unwrap_or(tried), tried, reached: reached.unwrap_or(followed_up), followed_up, outcomes })
    }

    /// People followed up without an outcome (positive) or outcomes told twice (negative).
    pub fn missing(&self) -> i64 {
        let told: u64 = self.outcomes.iter().map(|(_, n)| n).sum();
        i64::try_from(self.followed_up).unwrap_or(i64::MAX) - i64::try_from(told).unwrap_or(i64::MAX)
    }

    /// 联系率: reached over tried.
    pub fn contact(&self) -> Proportion {
        Proportion::new(self.reached, self.tried)
    }

    /// 回访完成率: with an outcome over due.
    pub fn completion(&self) -> Proportion {
        Proportion::new(self.outcomes.iter().map(|(_, n)| n).sum(), self.due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, FactEvent};
    use crate::reports::fixtures::{day, fact};

    fn step(who: u128, on: &str, outcome: StageOutcome) -> Fact {
        fact(who, on, FactEvent::Match(MatchStage::Preliminary, outcome))
    }

    #[test]
    fn what_the_patients_side_cancelled_is_nobodys_reneging() {
        use StageOutcome::{Available, CancelledByPatient, Reached, Refused};
        let facts = vec![
            step(1, "2025-02-01", Reached),
            step(1, "2025-02-03", Refused),
            step(2, "2025-02-01", Reached),
            step(2, "2025-02-09", CancelledByPatient),
            step(3, "2025-02-01", Reached),
            step(3, "2025-02-02", Available),
            step(4, "2025-11-01", Reached),
            // Reached before the period: not of its cohort, whenever it ended.
            step(5, "2024-12-31", Reached),
            step(5, "2025-01-02", Refused),
        ];
        let report = FactBook::new(facts).reneging(day("2025-01-01"), day("2025-12-31"));
        let first = report.stages[0];
        assert_eq!((first.reached, first.refused, first.cancelled, first.available, first.open()), (4, 1, 1, 1, 1));
        assert_eq!((first.reneging().hits, first.reneging().of), (1, 3));
        assert_eq!((first.availability().hits, first.availability().of), (1, 2));
        assert_eq!(report.cumulative(), None);
    }

    #[test]
    fn a_stage_reached_and_passed_on_one_day_counts_whatever_order_the_facts_come_in() {
        use StageOutcome::{Available, Reached, Refused};
        let day_of = |stage, outcome| fact(1, "2025-02-01", FactEvent::Match(stage, outcome));
        let facts = vec![
            day_of(MatchStage::Availability, Refused),
            day_of(MatchStage::Preliminary, Available),
            day_of(MatchStage::Availability, Reached),
            day_of(MatchStage::Preliminary, Reached),
        ];
        let report = FactBook::new(facts).reneging(day("2025-01-01"), day("2025-12-31"));
        let told = |at: usize| (report.stages[at].reached, report.stages[at].available, report.stages[at].refused);
        assert_eq!((told(0), told(1)), ((1, 1, 0), (1, 0, 1)));
    }

    #[test]
    fn published_outcomes_that_do_not_sum_are_flagged() {
        // 乌审旗: 146 followed up, outcomes of 106.
        let outcomes = [("愿意".to_owned(), 77), ("不愿意".to_owned(), 29)];
        let funnel = Funnel { due: 146, tried: 146, reached: 120, followed_up: 146, outcomes: outcomes.to_vec() };
        assert_eq!(funnel.missing(), 40);
    }
}
