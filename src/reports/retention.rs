//! How long registrants stay: observations for the survival analysis, by cohort, from the facts.
//!
//! Time runs in years from the first entry into the registry's pool to the first leaving. Who came by an imported sheet was enrolled long before
//! anybody here looked: such a registrant is at risk only from the first verification on (delayed entry), else everyone lost before the import
//! would seem never to have existed.

use chrono::{Datelike, NaiveDate};

use super::Lang;
use super::axis::{AgeBand, AsOf, channel_name};
use super::facts::packed::{CHANNELS, FAMILY_OPEN, INFORMED, NEVER, NO_YEAR, Packed, VERIFIED, exit_reason, registry_at};
use super::facts::standing::Standing;
use super::facts::{FactBook, Unions, limit};
use super::survival::{Observation, Sample};
use crate::domain::fact::Channel;
use crate::domain::guided::Informed;
use crate::domain::registry::{ExitReason, Registry};

/// Days of a year of observation.
const YEAR: f64 = 365.25;
/// Years of enrolment told apart; those before are one cohort.
const YEARS: i32 = 6;

/// By what cohorts are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cohort {
    /// The year of the first entry into the pool.
    Year,
    /// How they came.
    Channel,
    /// The age reached in the year of entry.
    Age,
    /// How well informed they were on the day of entry, by the guided enrolment.
    Informed,
}

impl Cohort {
    /// Every way, in the order of a report.
    pub const ALL: [Self; 4] = [Self::Year, Self::Channel, Self::Age, Self::Informed];

    /// The heading on a report.
    pub const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Year => lang.pick("入库容年份", "Year of entry"),
            Self::Channel => lang.pick("来源", "Channel"),
            Self::Age => lang.pick("进入时年龄", "Age at entry"),
            Self::Informed => lang.pick("登记时知情", "Informed at enrolment"),
        }
    }
}

/// One registrant from the first entry into the pool to the first leaving, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// The day of entry into the pool, as a day number from 0001-01-01.
    start: i32,
    /// From which day it is under observation; none never.
    seen_from: Option<i32>,
    /// The day of leaving, or the last day observed.
    end: i32,
    /// For what it left; none where it is there still, or left as no one's loss (a duplicate, set aside).
    reason: Option<ExitReason>,
    birth_year: Option<i16>,
    channel: Channel,
    informed: Option<Informed>,
}

/// The stays of a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// The registry.
    pub registry: Registry,
    /// The day up to which was observed.
    pub as_of: NaiveDate,
    /// Everybody who ever was in its pool.
    pub stays: Vec<Stay>,
}

impl Retention {
    /// How many were never under observation: imported and never verified, or gone before the first verification.
    pub fn unobserved(&self) -> usize {
        self.stays.iter().filter(|s| s.observed().is_none()).count()
    }

    /// The observations, in cohorts. Causes are numbered by [`ExitReason::code`].
    pub fn sample(&self, by: Option<Cohort>, lang: Lang) -> Sample {
        let last = self.as_of.year();
        let seen: Vec<(&Stay, Observation)> = self.stays.iter().filter_map(|s| Some((s, s.observed()?))).collect();
        let Some(by) = by else { return Sample { observations: seen.into_iter().map(|(_, o)| o).collect(), groups: Vec::new() } };
        let places: Vec<usize> = seen.iter().map(|(s, _)| s.place(by, last)).collect();
        let mut used: Vec<usize> = places.clone();
        used.sort_unstable();
        used.dedup();
        let observations =
            seen.iter().zip(&places).map(|((_, o), place)| Observation { group: used.binary_search(place).unwrap_or(0), ..*o }).collect();
        Sample { observations, groups: used.into_iter().map(|place| name(by, place, last, lang)).collect() }
    }
}

impl Stay {
    /// The observation; none for who was never at risk while observed.
    fn observed(&self) -> Option<Observation> {
        let years = |day: i32| f64::from(day - self.start) / YEAR;
        let from = self.seen_from?;
        let entry = if from <= self.start { f64::NEG_INFINITY } else { years(from) };
        let time = years(self.end);
        let cause = self.reason.map_or(0, |r| u32::try_from(r.code()).unwrap_or(0));
        (entry < time).then_some(Observation { entry, time, cause, group: 0 })
    }

    fn place(&self, by: Cohort, last: i32) -> usize {
        let year = NaiveDate::from_num_days_from_ce_opt(self.start).map_or(last, |d| d.year());
        match by {
            Cohort::Year => usize::try_from((year - (last - YEARS)).clamp(0, YEARS)).unwrap_or(0),
            Cohort::Channel => CHANNELS.iter().position(|c| *c == self.channel).unwrap_or(0),
            Cohort::Age => self.birth_year.and_then(|b| AgeBand::of(year - i32::from(b))).map_or(AgeBand::COUNT, AgeBand::index),
            Cohort::Informed => match self.informed {
                Some(Informed::Fully) => 0,
                Some(Informed::FamilyOpen) => 1,
                None => 2,
            },
        }
    }
}

fn name(by: Cohort, place: usize, last: i32, lang: Lang) -> String {
    match by {
        Cohort::Year if place == 0 => match lang {
            Lang::Zh => format!("{} 年及以前", last - YEARS),
            Lang::En => format!("{} or before", last - YEARS),
        },
        Cohort::Year => (last - YEARS + i32::try_from(place).unwrap_or(0)).to_string(),
        Cohort::Channel => CHANNELS.get(place).map_or("", |c| channel_name(*c, lang)).to_owned(),
        Cohort::Age => AgeBand::from_index(place).map_or_else(|| lang.pick("未注明", "Not stated").to_owned(), |b| b.label(lang)),
        Cohort::Informed => match place {
            0 => lang.pick("知情且家属支持", "Informed, family supports"),
            1 => lang.pick("知情，家属未定或未告知", "Informed, family undecided or not told"),
            _ => lang.pick("无记录", "Not recorded"),
        }
        .to_owned(),
    }
}

impl FactBook {
    /// The stays of everybody who ever was in a registry's pool by the end of a day; joined registrants as one.
    pub fn retention(&self, registry: Registry, as_of: AsOf) -> Retention {
        let (day, known) = (limit(as_of.day), limit(as_of.known));
        let mut stays = Vec::new();
        for run in self.alone() {
            let facts = run.iter().take_while(|f| f.day <= day).filter(|f| f.known_at(known));
            stays.extend(stay(facts, registry, day));
        }
        for facts in self.tied() {
            let past: Vec<&(u32, Packed)> = facts.iter().take_while(|(_, f)| f.day <= day).filter(|(_, f)| f.known_at(known)).collect();
            let mut unions = Unions::default();
            for (who, fact) in &past {
                unions.apply(*who, fact);
            }
            for union in unions.each() {
                stays.extend(stay(past.iter().filter(|(who, _)| union.holds(*who)).map(|(_, f)| f), registry, day));
            }
        }
        Retention { registry, as_of: as_of.day, stays }
    }
}

fn stay<'a>(facts: impl Iterator<Item = &'a Packed>, registry: Registry, last: i32) -> Option<Stay> {
    let book = registry_at(registry);
    let mut standing = Standing::NEW;
    let mut start = None;
    let mut came_by = 0;
    let mut verified = None;
    let mut left = None;
    let mut informed = None;
    for fact in facts {
        let before = standing.counts(book);
        standing.apply(fact);
        if start.is_none() && standing.counts(book) {
            start = Some(fact.day);
            came_by = standing.came_by(book);
        }
        if fact.registry() == book && matches!(fact.event, INFORMED | FAMILY_OPEN) {
            let told = if fact.event == INFORMED { Informed::Fully } else { Informed::FamilyOpen };
            informed = informed.or(Some((fact.day, told)));
        }
        if start.is_some() && left.is_none() {
            if fact.event == VERIFIED {
                verified = verified.or(Some(fact.day));
            }
            if before && !standing.counts(book) {
                left = Some((fact.day, exit_reason(standing.stand[book]).filter(|r| *r != ExitReason::Duplicate)));
            }
        }
    }
    let start = start?;
    let channel = CHANNELS[usize::from(came_by).min(CHANNELS.len() - 1)];
    let seen_from = if channel == Channel::Import { verified } else { Some(NEVER) };
    let (end, reason) = left.unwrap_or((last, None));
    let birth_year = (standing.birth_year != NO_YEAR).then_some(standing.birth_year);
    // Told of another day than that of the entry, it says nothing of how the registrant came in.
    let informed = informed.filter(|(day, _)| *day == start).map(|(_, told)| told);
    Some(Stay { start, seen_from, end, reason, birth_year, channel, informed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::{Fact, FactEvent};
    use crate::domain::registry::EnrolmentStatus::{Exited, Registered};
    use crate::reports::fixtures::{self, day, id};

    fn fact(who: u128, on: &str, channel: Channel, event: FactEvent) -> Fact {
        Fact { channel, ..fixtures::fact(who, on, event) }
    }

    fn sample(facts: Vec<Fact>, by: Option<Cohort>) -> (Sample, usize) {
        let retention = FactBook::new(facts).retention(Registry::StemCell, AsOf::day(day("2025-12-31")));
        (retention.sample(by, Lang::En), retention.unobserved())
    }

    #[test]
    fn the_imported_are_at_risk_from_their_first_verification_on() {
        let (sample, unobserved) = sample(
            vec![
                fact(1, "2015-01-01", Channel::Import, FactEvent::Status(Registered)),
                fact(1, "2024-01-01", Channel::Office, FactEvent::Verified),
                fact(1, "2025-01-01", Channel::Office, FactEvent::Status(Exited(ExitReason::Lost))),
                fact(2, "2015-01-01", Channel::Import, FactEvent::Status(Registered)),
                fact(2, "2024-06-01", Channel::Office, FactEvent::Status(Exited(ExitReason::Lost))),
                fact(3, "2024-12-31", Channel::Drive, FactEvent::Status(Registered)),
            ],
            None,
        );
        assert_eq!(unobserved, 1, "nobody ever spoke with the second");
        let years = |from: &str, to: &str| (day(to) - day(from)).num_days() as f64 / YEAR;
        assert_eq!(
            sample.observations,
            [
                Observation { entry: years("2015-01-01", "2024-01-01"), time: years("2015-01-01", "2025-01-01"), cause: 7, group: 0 },
                Observation { entry: f64::NEG_INFINITY, time: 365.0 / YEAR, cause: 0, group: 0 },
            ]
        );
    }

    #[test]
    fn joined_registrants_stay_once_from_the_first_of_their_days() {
        let (sample, _) = sample(
            vec![
                fact(1, "2023-01-01", Channel::Office, FactEvent::Status(Registered)),
                fact(2, "2024-01-01", Channel::Office, FactEvent::Status(Registered)),
                fact(2, "2024-02-01", Channel::Office, FactEvent::JoinedInto(id(1))),
            ],
            None,
        );
        assert_eq!(sample.observations.len(), 1);
        assert!((sample.observations[0].time - 1095.0 / YEAR).abs() < 1e-12);
    }

    #[test]
    fn cohorts_are_named_and_in_order() {
        let facts = || {
            vec![
                fact(1, "2012-01-01", Channel::Office, FactEvent::Status(Registered)),
                fact(2, "2025-01-01", Channel::Drive, FactEvent::Status(Registered)),
                fact(3, "2024-01-01", Channel::SelfService, FactEvent::Status(Registered)),
            ]
        };
        assert_eq!(sample(facts(), Some(Cohort::Year)).0.groups, ["2019 or before", "2024", "2025"]);
        assert_eq!(sample(facts(), Some(Cohort::Channel)).0.groups, ["Drive", "Office", "Self-service"]);
        assert_eq!(sample(facts(), Some(Cohort::Age)).0.groups, ["18–25", "26–35"]);
        let told = |who, on, how| fact(who, on, Channel::Office, FactEvent::Informed(how));
        let mut facts = facts();
        facts.extend([
            told(1, "2012-01-01", Informed::FamilyOpen),
            told(2, "2025-01-01", Informed::Fully),
            // Two months after the entry: not how the registrant came in.
            told(3, "2024-03-01", Informed::Fully),
        ]);
        let groups = sample(facts, Some(Cohort::Informed)).0.groups;
        assert_eq!(groups, ["Informed, family supports", "Informed, family undecided or not told", "Not recorded"]);
    }
}
