//! The clocks: what is to be done how long after a match notice or a death, as dated data (`rules/urgent.toml`).

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::death_notice::Code;
use super::time::Timestamp;

/// One rung of the ladder after a match notice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RungRule {
    /// Hours after the notice came in.
    pub hours: u32,
    /// What is then to be done: part of the locale key `ladder-<act>`.
    pub act: String,
}

/// Within how many hours whom has to be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LimitRule {
    /// Word of a [`Code`] that names somebody to call.
    pub whom: String,
    /// Hours after the death; 0 is at once.
    pub hours: u32,
}

/// The rules of one period.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ClockRules {
    /// Their name.
    pub name: String,
    /// From which day on.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Where they come from.
    pub source: String,
    /// In the order of their hours.
    pub ladder: Vec<RungRule>,
    /// Whom to call, in order.
    pub limit: Vec<LimitRule>,
}

/// The rules of every period.
#[derive(Debug, Clone, Deserialize)]
pub struct Clocks {
    /// By which reviews are counted.
    pub calendar: Calendar,
    #[serde(rename = "set")]
    sets: Vec<ClockRules>,
}

impl Clocks {
    /// The rules shipped with the program.
    pub fn shipped() -> Self {
        toml::from_str(include_str!("../../rules/urgent.toml")).expect("the shipped rules are read by a test")
    }

    /// The rules of a day; before the first, the first.
    pub fn on(&self, day: NaiveDate) -> Option<&ClockRules> {
        let valid = self.sets.iter().filter(|s| s.valid_from <= day).max_by_key(|s| s.valid_from);
        valid.or_else(|| self.sets.iter().min_by_key(|s| s.valid_from))
    }
}

/// Whether a rung was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// Its time has come.
    Due,
    /// It comes next or later.
    Ahead,
}

/// A rung of one notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// Hours after the notice came in.
    pub hours: u32,
    /// What is to be done.
    pub act: String,
    /// When.
    pub at: Timestamp,
    /// Whether its time has come.
    pub reached: Reached,
}

impl ClockRules {
    /// The day and hour by which an answer is due where the notice names none.
    pub fn answer_by(&self, received: Timestamp) -> Timestamp {
        let hours = self.ladder.iter().map(|r| r.hours).max().unwrap_or(72);
        received.plus_seconds(i64::from(hours) * 3_600)
    }

    /// The rungs of a notice. Those that would come after the answer are left out: the answer is the last one, at its own time.
    pub fn rungs(&self, received: Timestamp, answer_by: Timestamp, now: Timestamp) -> Vec<Rung> {
        let mut out: Vec<Rung> = Vec::with_capacity(self.ladder.len());
        let mut add = |hours: u32, act: &str, at: Timestamp| {
            let reached = if at <= now { Reached::Due } else { Reached::Ahead };
            out.push(Rung { hours, act: act.to_owned(), at, reached });
        };
        for rule in self.ladder.iter().filter(|r| r.act != "answer") {
            let at = received.plus_seconds(i64::from(rule.hours) * 3_600);
            if at < answer_by {
                add(rule.hours, &rule.act, at);
            }
        }
        let hours = u32::try_from((answer_by.0 - received.0).max(0) / 3_600_000_000).unwrap_or(u32::MAX);
        add(hours, "answer", answer_by);
        out
    }
}

/// Hours and minutes left until an instant; `Err` with those by which it has passed.
///
/// # Errors
/// The time that has passed since.
pub const fn left(until: Timestamp, now: Timestamp) -> Result<(i64, i64), (i64, i64)> {
    let minutes = (until.0 - now.0).abs() / 60_000_000;
    let split = (minutes / 60, minutes % 60);
    if until.0 >= now.0 { Ok(split) } else { Err(split) }
}

/// Somebody to call at a death, with the time limit the branch confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desk {
    /// Word of a [`Code`].
    pub whom: String,
    /// The office's telephone: a post, never a private number.
    pub phone: String,
    /// Hours after the death; 0 is at once.
    pub hours: u32,
    /// When the branch confirmed it.
    pub confirmed: Option<NaiveDate>,
}

impl Desk {
    /// Whom.
    pub fn code(&self) -> Option<Code> {
        Code::from_word(&self.whom)
    }
}

/// What the branch entered for a period: it holds from a day on, until the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskEdition {
    /// From which day on.
    pub valid_from: NaiveDate,
    /// Whom to call.
    pub desks: Vec<Desk>,
}

/// Everything the branch ever entered of whom to call within what time. What held then is never lost: an old notice is read by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeskEditions(Vec<DeskEdition>);

impl DeskEditions {
    /// As it was stored; before editions there was one list, which holds from the day it was confirmed.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().or_else(|| {
            let desks: Vec<Desk> = serde_json::from_str(text).ok()?;
            let valid_from = desks.iter().filter_map(|desk| desk.confirmed).min()?;
            Some(Self(vec![DeskEdition { valid_from, desks }]))
        })
    }

    /// The edition that holds on a day; none before the first: then the rules hold alone.
    pub fn on(&self, day: NaiveDate) -> Option<&DeskEdition> {
        self.0.iter().filter(|edition| edition.valid_from <= day).max_by_key(|edition| edition.valid_from)
    }

    /// The editions that hold after a day, the next first.
    pub fn coming(&self, day: NaiveDate) -> impl Iterator<Item = &DeskEdition> {
        self.0.iter().filter(move |edition| edition.valid_from > day)
    }

    /// Adds an edition; one of the same day takes the place of the former.
    pub fn enter(&mut self, edition: DeskEdition) {
        self.0.retain(|known| known.valid_from != edition.valid_from);
        self.0.push(edition);
        self.0.sort_by_key(|edition| edition.valid_from);
    }
}

/// A public holiday (全国年节及纪念日放假办法).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holiday {
    /// 元旦
    NewYear,
    /// 春节
    SpringFestival,
    /// 清明节
    Qingming,
    /// 劳动节
    LabourDay,
    /// 端午节
    DragonBoat,
    /// 中秋节
    MidAutumn,
    /// 国庆节, with 中秋节 where that falls into it
    NationalDay,
}

super::outside::words!(
    Holiday: NewYear = "new-year", SpringFestival = "spring-festival", Qingming = "qingming", LabourDay = "labour-day",
    DragonBoat = "dragon-boat", MidAutumn = "mid-autumn", NationalDay = "national-day"
);

/// Days off work that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct FreeDays {
    /// The first.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub from: NaiveDate,
    /// The last.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub to: NaiveDate,
    /// For what.
    pub of: Holiday,
}

/// Which days are worked: all but weekends and public holidays, and the weekend days that are worked in their stead.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Calendar {
    /// Public holidays.
    pub free: Vec<FreeDays>,
    /// Weekend days that are worked.
    #[serde(deserialize_with = "super::time::rule_dates")]
    pub worked: Vec<NaiveDate>,
}

impl Calendar {
    /// Whether a day is worked.
    pub fn works(&self, day: NaiveDate) -> bool {
        let free = self.free.iter().any(|days| (days.from..=days.to).contains(&day));
        let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        !free && (!weekend || self.worked.contains(&day))
    }

    /// The days off of some holidays, as far as they are known.
    pub fn days_of(&self, holidays: &[Holiday]) -> Vec<NaiveDate> {
        let free = self.free.iter().filter(|days| holidays.contains(&days.of));
        free.flat_map(|days| days.from.iter_days().take_while(|day| *day <= days.to)).collect()
    }

    /// The last day on which an emergency opening may be reviewed: two working days after it.
    pub fn review_by(&self, day: NaiveDate) -> NaiveDate {
        day.iter_days().skip(1).filter(|day| self.works(*day)).nth(1).unwrap_or(day)
    }
}

/// At which hour one duty ends and the next begins.
const DUTY_BEGINS: i64 = 8;

/// The day whose duty runs at an instant: until eight in the morning that of the day before.
pub fn duty_day(now: Timestamp, zone: chrono_tz::Tz) -> NaiveDate {
    let civil = now.utc().with_timezone(&zone).naive_local();
    (civil - chrono::TimeDelta::hours(DUTY_BEGINS)).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(n: i64) -> Timestamp {
        Timestamp(0).plus_seconds(n * 3_600)
    }

    #[test]
    fn the_ladder_ends_with_the_answer_whatever_the_notice_says() {
        let clocks = Clocks::shipped();
        let rules = clocks.on(NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()).unwrap();
        assert_eq!(rules.answer_by(hours(0)), hours(72));
        let rungs = rules.rungs(hours(0), hours(72), hours(25));
        assert_eq!(rungs.iter().map(|r| r.hours).collect::<Vec<_>>(), [24, 48, 72]);
        assert_eq!(rungs.iter().filter(|r| r.reached == Reached::Due).count(), 1);
        let short = rules.rungs(hours(0), hours(30), hours(1));
        assert_eq!(short.iter().map(|r| (r.hours, r.act.as_str())).collect::<Vec<_>>(), [(24, "named-contacts"), (30, "answer")]);
    }

    #[test]
    fn every_limit_names_somebody_to_call() {
        let clocks = Clocks::shipped();
        for set in &clocks.sets {
            assert!(set.limit.iter().all(|l| Code::from_word(&l.whom).is_some()));
        }
    }

    #[test]
    fn time_left_is_told_to_the_minute() {
        assert_eq!(left(hours(2), hours(0)), Ok((2, 0)));
        assert_eq!(left(hours(0), hours(1).plus_seconds(90)), Err((1, 1)));
    }

    #[test]
    fn what_a_branch_entered_holds_from_its_day_until_the_next() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let desk = |hours| Desk { whom: "eye-bank".to_owned(), phone: String::new(), hours, confirmed: Some(day("2026-03-01")) };
        let mut editions = DeskEditions::read(&serde_json::to_string(&[desk(12)]).unwrap()).expect("one list, as it was kept before");
        for (from, hours) in [("2027-01-01", 6), ("2026-11-01", 9), ("2026-11-01", 8)] {
            editions.enter(DeskEdition { valid_from: day(from), desks: vec![desk(hours)] });
        }
        let again = DeskEditions::read(&serde_json::to_string(&editions).unwrap()).unwrap();
        assert_eq!(again, editions);
        let on = |at: &str| again.on(day(at)).map(|edition| edition.desks[0].hours);
        for (at, hours) in [
            ("2026-02-28", None),
            ("2026-03-01", Some(12)),
            ("2026-10-31", Some(12)),
            ("2026-11-01", Some(8)),
            ("2026-12-31", Some(8)),
            ("2027-01-01", Some(6)),
        ] {
            assert_eq!(on(at), hours, "{at}");
        }
        assert_eq!(again.coming(day("2026-11-27")).map(|edition| edition.valid_from).collect::<Vec<_>>(), [day("2027-01-01")]);
    }

    #[test]
    fn a_duty_runs_from_eight_to_eight() {
        let zone = chrono_tz::Asia::Shanghai;
        let on = |text: &str| {
            let civil = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
            let at = civil.and_local_timezone(zone).unwrap();
            duty_day(Timestamp::of(at.with_timezone(&chrono::Utc)), zone).to_string()
        };
        assert_eq!(on("2026-11-28 02:00"), "2026-11-27");
        assert_eq!(on("2026-11-28 07:59"), "2026-11-27");
        assert_eq!(on("2026-11-28 08:00"), "2026-11-28");
        assert_eq!(on("2026-11-28 23:59"), "2026-11-28");
        assert_eq!(on("2026-03-01 00:00"), "2026-02-28");
    }

    #[test]
    fn a_review_is_due_within_two_working_days() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let calendar = Clocks::shipped().calendar;
        let review_by = |day| calendar.review_by(day);
        assert_eq!(review_by(day(24)), day(26), "Tuesday");
        assert_eq!(review_by(day(27)), NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(), "Friday");
        assert_eq!(review_by(day(28)), NaiveDate::from_ymd_opt(2026, 12, 1).unwrap(), "Saturday");
    }

    #[test]
    fn public_holidays_do_not_count_and_the_weekend_days_worked_for_them_do() {
        let calendar = Clocks::shipped().calendar;
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (opened, review) in [
            ("2026-09-30", "2026-10-09"), // Wednesday before 国庆节: Thursday 8 and Friday 9 October
            ("2026-10-08", "2026-10-10"), // Friday, and the Saturday worked
            ("2026-02-13", "2026-02-24"), // Saturday 14 February is worked, then 春节
            ("2027-10-01", "2027-10-05"), // not announced: Monday 4 and Tuesday 5
            ("2027-02-04", "2027-02-10"), // not announced, but 春节 by statute: Tuesday 9 and Wednesday 10
        ] {
            assert_eq!(calendar.review_by(day(opened)), day(review), "{opened}");
        }
    }

    #[test]
    fn each_holiday_stands_once_a_year_within_the_days_it_can_fall_on() {
        let calendar = Clocks::shipped().calendar;
        for year in 2025..=2030 {
            for (holiday, on) in [(Holiday::NationalDay, (10, 1)), (Holiday::SpringFestival, (1, 21))] {
                let of: Vec<_> = calendar.free.iter().filter(|d| d.of == holiday && d.from.year() == year).collect();
                let [days] = of.as_slice() else { panic!("{holiday:?} of {year}: {of:?}") };
                let first = NaiveDate::from_ymd_opt(year, on.0, on.1).unwrap();
                // The first day of the lunar year lies between 21 January and 20 February; the days off begin up to a few days before it.
                let late = if holiday == Holiday::SpringFestival { 30 } else { 0 };
                assert!((first - chrono::Days::new(late / 10)..=first + chrono::Days::new(late)).contains(&days.from), "{days:?}");
                let off = calendar.days_of(&[holiday]);
                assert!(off.contains(&days.from) && off.contains(&days.to) && !off.contains(&days.to.succ_opt().unwrap()));
            }
        }
    }

    #[test]
    fn free_days_run_forwards_and_only_weekend_days_off_are_worked_instead() {
        let calendar = Clocks::shipped().calendar;
        assert!(calendar.free.iter().all(|days| days.from <= days.to));
        for worked in &calendar.worked {
            assert!(matches!(worked.weekday(), Weekday::Sat | Weekday::Sun), "{worked}");
            assert!(calendar.works(*worked), "{worked} is among the days off");
        }
    }
}
