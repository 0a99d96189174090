//! 家属回访: when a donor's family is called after a realised donation, as dated data (`rules/family.toml`). Only a family that agreed to it, and
//! of it only whom it named. Pure.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Deserialize;

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// A week after the donation: condolence, and whether aid is needed.
    Week,
    /// A month after it.
    Month,
    /// 清明 of a year: the invitation to the remembrance.
    Qingming(i32),
}

impl Occasion {
    /// The word stored beside a call; of Qingming with its year.
    pub fn code(self) -> String {
        match self {
            Self::Qingming(year) => format!("{}-{year}", self.word()),
            _ => self.word().to_owned(),
        }
    }

    /// The occasion of a stored word.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            other => other.strip_prefix("qingming-")?.parse().ok().map(Self::Qingming),
        }
    }

    /// The word of locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Qingming(_) => "qingming",
        }
    }
}

/// How a call to a family ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Heard {
    /// Spoken with.
    Spoken,
    /// Nobody answered.
    NoAnswer,
}

super::outside::words!(Heard: Spoken = "spoken", NoAnswer = "no-answer");

/// A call that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    /// For what.
    pub occasion: Occasion,
    /// On which day.
    pub day: NaiveDate,
    /// How it ended.
    pub heard: Heard,
}

/// The next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextCall {
    /// For what.
    pub occasion: Occasion,
    /// The first day on which it may be made.
    pub from: NaiveDate,
    /// The last one.
    pub until: NaiveDate,
    /// Calls made for it so far, without an answer.
    pub rounds: usize,
}

/// The rules of one period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FamilyRules {
    /// Their name.
    pub name: String,
    /// From which day on.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Where they come from.
    pub source: String,
    week_days: u64,
    month_months: u32,
    stays_open_days: u64,
    qingming_ahead_days: u64,
    between_days: u64,
    rounds: usize,
    apart_days: u64,
    #[serde(deserialize_with = "super::time::rule_dates")]
    qingming: Vec<NaiveDate>,
}

/// The rules of every period.
#[derive(Debug, Clone, Deserialize)]
pub struct FamilyCalls {
    #[serde(rename = "set")]
    sets: Vec<FamilyRules>,
}

impl FamilyCalls {
    /// The rules shipped with the program.
    pub fn shipped() -> Self {
        toml::from_str(include_str!("../../rules/family.toml")).expect("the shipped rules are read by a test")
    }

    /// The rules of a day; none before the first.
    pub fn on(&self, day: NaiveDate) -> Option<&FamilyRules> {
        self.sets.iter().filter(|set| set.valid_from <= day).max_by_key(|set| set.valid_from)
    }
}

impl FamilyRules {
    /// Occasions after a donation with their first and last day, in the order of the first.
    fn windows(&self, donated: NaiveDate) -> Vec<(Occasion, NaiveDate, NaiveDate)> {
        let after = |day: Option<NaiveDate>, occasion| {
            let first = day?;
            Some((occasion, first, first.checked_add_days(Days::new(self.stays_open_days))?))
        };
        let week = donated.checked_add_days(Days::new(self.week_days));
        let mut windows: Vec<_> =
            [after(week, Occasion::Week), after(donated.checked_add_months(Months::new(self.month_months)), Occasion::Month)]
                .into_iter()
                .flatten()
                .collect();
        windows.extend(self.qingming.iter().filter_map(|day| {
            let first = day.checked_sub_days(Days::new(self.qingming_ahead_days))?;
            // Nobody is invited to a remembrance before they were asked how they are.
            week.is_some_and(|week| first >= week).then_some((Occasion::Qingming(day.year()), first, day.pred_opt()?))
        }));
        windows.sort_by_key(|(_, first, _)| *first);
        windows
    }

    /// The next call to a family that agreed on a day; none where there is none to come within the years of the rules.
    pub fn next(&self, donated: NaiveDate, agreed: NaiveDate, made: &[Made], today: NaiveDate) -> Option<NextCall> {
        let plus = |day: NaiveDate, days| day.checked_add_days(Days::new(days)).unwrap_or(day);
        let rested = made.iter().filter(|call| call.heard == Heard::Spoken).map(|call| plus(call.day, self.apart_days)).max();
        self.windows(donated).into_iter().find_map(|(occasion, first, until)| {
            let calls: Vec<&Made> = made.iter().filter(|call| call.occasion == occasion).collect();
            if calls.len() >= self.rounds || calls.iter().any(|call| call.heard == Heard::Spoken) {
                return None;
            }
            let tried = calls.iter().map(|call| plus(call.day, self.between_days)).max();
            let from = [Some(first), Some(agreed), tried, rested].into_iter().flatten().max()?;
            (from <= until && today <= until).then_some(NextCall { occasion, from, until, rounds: calls.len() })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn rules() -> FamilyRules {
        FamilyCalls::shipped().on(day("2026-11-27")).unwrap().clone()
    }

    fn call(occasion: Occasion, on: &str, heard: Heard) -> Made {
        Made { occasion, day: day(on), heard }
    }

    /// The sun's apparent longitude in degrees at an instant, in days of terrestrial time since J2000.0 (Meeus, chapter 25; to about 0.01 degrees).
    fn longitude(days: f64) -> f64 {
        let t = days / 36_525.0;
        let m = (357.529_11 + 35_999.050_29 * t - 0.000_153_7 * t * t).to_radians();
        let centre = (1.914_602 - 0.004_817 * t) * m.sin() + (0.019_993 - 0.000_101 * t) * (2.0 * m).sin() + 0.000_289 * (3.0 * m).sin();
        let mean = 280.466_46 + 36_000.769_83 * t + 0.000_303_2 * t * t;
        let node = (125.04 - 1_934.136 * t).to_radians();
        (mean + centre - 0.005_69 - 0.004_78 * node.sin()).rem_euclid(360.0)
    }

    /// The same at midnight in Beijing at the beginning of a day; terrestrial time runs some 72 seconds ahead.
    fn at_midnight(date: NaiveDate) -> f64 {
        let days = (date - day("2000-01-01")).num_days();
        longitude(f64::from(i32::try_from(days).unwrap()) - 0.5 - 8.0 / 24.0 + 72.0 / 86_400.0)
    }

    #[test]
    fn on_every_day_of_the_table_the_sun_reaches_fifteen_degrees_and_there_is_one_a_year() {
        let table = rules().qingming;
        assert!(table.windows(2).all(|pair| pair[1].year() == pair[0].year() + 1));
        for date in &table {
            let next = date.succ_opt().unwrap();
            assert!(at_midnight(*date) < 15.0 && at_midnight(next) >= 15.0, "{date}: {} to {}", at_midnight(*date), at_midnight(next));
        }
        // The days on which nobody is mailed are the same.
        let follow_up = include_str!("../../rules/followup.toml");
        let closed = follow_up.lines().find(|line| line.starts_with("closed_days")).unwrap();
        for year in 2025..=2030 {
            let date = table.iter().find(|date| date.year() == year).unwrap();
            assert!(closed.contains(&date.to_string()), "{date}");
        }
    }

    #[test]
    fn a_family_is_called_after_a_week_after_a_month_and_before_every_qingming() {
        use Occasion::{Month, Qingming, Week};
        let (donated, agreed) = (day("2026-08-31"), day("2026-09-01"));
        let mut made = Vec::new();
        let mut seen = Vec::new();
        let mut today = agreed;
        while seen.len() < 4 {
            let next = rules().next(donated, agreed, &made, today).unwrap();
            today = next.from;
            seen.push((next.occasion, next.from.to_string(), next.until.to_string()));
            made.push(Made { occasion: next.occasion, day: today, heard: Heard::Spoken });
        }
        let told: Vec<_> = seen.iter().map(|(o, from, until)| (*o, from.as_str(), until.as_str())).collect();
        assert_eq!(
            told,
            [
                (Week, "2026-09-07", "2026-09-28"),
                (Month, "2026-09-30", "2026-10-21"),
                (Qingming(2027), "2027-03-26", "2027-04-04"),
                (Qingming(2028), "2028-03-25", "2028-04-03"),
            ]
        );
    }

    #[test]
    fn who_does_not_answer_is_tried_three_times_and_what_was_missed_is_not_made_up_for() {
        use Occasion::{Month, Week};
        let (donated, agreed) = (day("2026-08-31"), day("2026-08-31"));
        let tried = [call(Week, "2026-09-07", Heard::NoAnswer)];
        let next = rules().next(donated, agreed, &tried, day("2026-09-08")).unwrap();
        assert_eq!((next.occasion, next.from, next.rounds), (Week, day("2026-09-10"), 1));
        let thrice = ["2026-09-07", "2026-09-10", "2026-09-13"].map(|on| call(Week, on, Heard::NoAnswer));
        assert_eq!(rules().next(donated, agreed, &thrice, day("2026-09-14")).unwrap().occasion, Month);
        assert_eq!(rules().next(donated, agreed, &[], day("2026-09-29")).unwrap().occasion, Month, "the week has passed");
        // Spoken with late in the first stretch: the second call keeps its distance.
        let late = [call(Week, "2026-09-28", Heard::Spoken)];
        assert_eq!(rules().next(donated, agreed, &late, day("2026-09-28")).unwrap().from, day("2026-10-12"));
    }

    #[test]
    fn nothing_is_due_before_the_family_agreed_and_nothing_of_the_time_before() {
        let donated = day("2024-03-30");
        let next = rules().next(donated, day("2026-11-27"), &[], day("2026-11-27")).unwrap();
        assert_eq!((next.occasion, next.from), (Occasion::Qingming(2027), day("2027-03-26")));
        let soon = rules().next(donated, day("2024-03-31"), &[], day("2024-03-31")).unwrap();
        assert_eq!(soon.occasion, Occasion::Week, "Qingming comes five days after the donation: nobody is invited then");
        assert!(rules().next(donated, donated, &[], day("2040-04-04")).is_none(), "behind the end of the table");
    }

    #[test]
    fn an_occasion_is_read_back_from_its_code() {
        for occasion in [Occasion::Week, Occasion::Month, Occasion::Qingming(2031)] {
            assert_eq!(Occasion::from_code(&occasion.code()), Some(occasion));
        }
        assert_eq!(Occasion::from_code("qingming-"), None);
    }
}
