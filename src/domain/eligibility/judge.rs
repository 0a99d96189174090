//! From which day on a donor may give.

use chrono::{Datelike, Days, NaiveDate};

use super::{CapRule, Cite, Deferred, DonationKind, Donors, History, Limit, RuleSet, RuleSets, Window};
use crate::domain::guarded::opaque_debug;
use crate::domain::person::{BirthDate, Sex};
use crate::domain::span::Span;

/// Who is judged.
#[derive(Clone, Copy, Default)]
pub struct Donor {
    /// Born when; of a year alone the stricter of its days counts.
    pub birth: Option<BirthDate>,
    /// Sex.
    pub sex: Option<Sex>,
}

opaque_debug!(Donor);

/// When.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// On this day and after it, as far as the rules known today say.
    From(NaiveDate),
    /// Not any more.
    Never,
    /// No rule set is in force.
    NoRules,
}

/// What stands against a donation, or is to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// The interval after a donation.
    Interval {
        /// What was given.
        after: DonationKind,
        /// When.
        on: NaiveDate,
        /// How long it is.
        span: Span,
    },
    /// A deferral until a day.
    Deferred,
    /// A deferral for good.
    ForGood,
    /// The youngest age.
    TooYoung(u32),
    /// The oldest age, for one who gives for the first time or again.
    TooOld(u32),
    /// The oldest age, beyond which a physician decides.
    PhysicianDecides(u32),
    /// A yearly cap.
    Cap(Limit, Window),
    /// The rules that allow it begin on a later day.
    RulesBegin,
    /// The birth date is not known: the age was not judged.
    AgeUnknown,
    /// The rules state no interval after what was given: the station's own counts.
    NoInterval,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What.
    pub why: Why,
    /// The first day on which it stands against nothing; none where it is no matter of days.
    pub until: Option<NaiveDate>,
    /// The clause; none for what no rule says but was recorded.
    pub cite: Option<Cite>,
}

/// The answer for one kind of donation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Of what.
    pub kind: DonationKind,
    /// When.
    pub when: When,
    /// The rule set that says so.
    pub set: Option<std::sync::Arc<str>>,
    /// What stands against a donation on the day asked: what decides first; then what is to be known.
    pub reasons: Vec<Reason>,
}

/// The first day, not before `asked`, on which a donor may give: that of the latest interval or deferral, then of the yearly cap, within the
/// ages. Each day is judged by the set in force on it, so that a law that comes into force opens its own days and no earlier ones.
pub fn next(sets: &RuleSets, donor: Donor, history: &History, kind: DonationKind, asked: NaiveDate) -> Verdict {
    if history.deferred() == Deferred::ForGood {
        let set = sets.on(asked).map(|set| set.id.clone());
        return Verdict { kind, when: When::Never, set, reasons: vec![Reason { why: Why::ForGood, until: None, cite: None }] };
    }
    let mut last = None;
    let mut dated = sets.in_force().peekable();
    while let Some((begins, set)) = dated.next() {
        let ends = dated.peek().map(|(day, _)| *day);
        if ends.is_some_and(|day| day <= asked) {
            continue;
        }
        let mut case = Case { set, donor, history, kind, asked, reasons: Vec::new() };
        let found = case.first(asked.max(begins)).filter(|day| ends.is_none_or(|end| *day < end));
        if begins > asked && found.is_some() {
            case.reasons.push(Reason { why: Why::RulesBegin, until: Some(begins), cite: None });
        }
        let verdict = case.verdict(found);
        if found.is_some() {
            return verdict;
        }
        last = Some(verdict);
    }
    last.unwrap_or(Verdict { kind, when: When::NoRules, set: None, reasons: Vec::new() })
}

/// The first day on which a donor may give again, the same on whichever day before it is asked: looked for from the last donation on, for who
/// has never given from the end of the deferrals on. None where neither is known.
pub fn again(sets: &RuleSets, donor: Donor, history: &History, kind: DonationKind) -> Option<When> {
    let given = history.donations.iter().map(|d| d.day).max();
    let since = match history.deferred() {
        Deferred::ForGood => return Some(When::Never),
        Deferred::Until(day) => given.unwrap_or(day),
        Deferred::No => given?,
    };
    Some(next(sets, donor, history, kind, since).when)
}

/// One donor under one rule set.
struct Case<'a> {
    set: &'a RuleSet,
    donor: Donor,
    history: &'a History,
    kind: DonationKind,
    asked: NaiveDate,
    reasons: Vec<Reason>,
}

impl Case<'_> {
    fn bar(&mut self, day: &mut NaiveDate, until: NaiveDate, why: Why, cite: Option<Cite>) {
        *day = (*day).max(until);
        self.reasons.push(Reason { why, until: Some(until), cite });
    }

    fn note(&mut self, why: Why, cite: Option<Cite>) {
        self.reasons.push(Reason { why, until: None, cite });
    }

    fn first(&mut self, from: NaiveDate) -> Option<NaiveDate> {
        let mut day = from;
        let history = self.history;
        if let Deferred::Until(until) = history.deferred() {
            self.bar(&mut day, until.succ_opt().unwrap_or(NaiveDate::MAX), Why::Deferred, None);
        }
        let (set, kind) = (self.set, self.kind);
        let mut told = false;
        for rule in set.intervals.iter().filter(|rule| rule.before == kind) {
            told = true;
            // Of one kind the latest donation binds longest: a later day is never due earlier, months clamped or not.
            if let Some(given) = history.last(rule.after) {
                let until = rule.span.after(given).unwrap_or(NaiveDate::MAX);
                self.bar(&mut day, until, Why::Interval { after: rule.after, on: given, span: rule.span }, Some(rule.cite.clone()));
            }
        }
        if !told && !history.donations.is_empty() {
            self.note(Why::NoInterval, None);
        }
        let of = if history.repeat() { Donors::Repeat } else { Donors::First };
        let age = set.ages.iter().find(|rule| rule.of == of);
        let born = self.donor.birth.and_then(days_of);
        match (age, born) {
            (Some(rule), Some((_, latest))) => {
                self.bar(&mut day, birthday(latest, rule.min), Why::TooYoung(rule.min), Some(rule.cite.clone()));
            }
            (Some(rule), None) => self.note(Why::AgeUnknown, Some(rule.cite.clone())),
            (None, _) => {}
        }
        let sex = self.donor.sex;
        let caps: Vec<&CapRule> =
            set.caps.iter().filter(|cap| cap.kind == kind && (cap.sex.is_none() || sex.is_none() || cap.sex == sex)).collect();
        for cap in caps.iter().filter(|cap| cap.window == Window::Rolling) {
            if let Some(until) = rolling(cap, history) {
                self.bar(&mut day, until, Why::Cap(cap.limit, cap.window), Some(cap.cite.clone()));
            }
        }
        // A full year moves the day into the next one, whose own donations may fill it for another cap.
        while let Some(cap) = caps.iter().find(|cap| cap.window == Window::CalendarYear && full(cap, history, day.year())) {
            let Some(january) = NaiveDate::from_ymd_opt(day.year() + 1, 1, 1) else { break };
            self.bar(&mut day, january, Why::Cap(cap.limit, cap.window), Some(cap.cite.clone()));
        }
        if let (Some(rule), Some((earliest, _))) = (age, born)
            && let Some(max) = rule.max
            && day >= birthday(earliest, max + 1)
        {
            let why = if rule.by_physician { Why::PhysicianDecides(max) } else { Why::TooOld(max) };
            self.note(why, Some(rule.cite.clone()));
            return None;
        }
        Some(day)
    }

    fn verdict(mut self, found: Option<NaiveDate>) -> Verdict {
        let asked = self.asked;
        self.reasons.retain(|reason| reason.until.is_none_or(|until| until > asked));
        let too_old = |r: &Reason| matches!(r.why, Why::TooOld(_) | Why::PhysicianDecides(_));
        self.reasons.sort_by_key(|reason| (!too_old(reason), std::cmp::Reverse(reason.until)));
        Verdict { kind: self.kind, when: found.map_or(When::Never, When::From), set: Some(self.set.id.clone()), reasons: self.reasons }
    }
}

/// The first and the last day somebody may be born on.
fn days_of(birth: BirthDate) -> Option<(NaiveDate, NaiveDate)> {
    match birth {
        BirthDate::Day(day) => Some((day, day)),
        BirthDate::Year(year) => NaiveDate::from_ymd_opt(year, 1, 1).zip(NaiveDate::from_ymd_opt(year, 12, 31)),
    }
}

/// The day on which somebody completes so many years; born on 29 February, that is 1 March of common years.
fn birthday(birth: NaiveDate, years: u32) -> NaiveDate {
    let year = birth.year().saturating_add(i32::try_from(years).unwrap_or(i32::MAX));
    birth.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1)).unwrap_or(NaiveDate::MAX)
}

/// What a donation counts towards a cap.
fn weight(limit: Limit, donation: &super::Donation) -> (u64, u64) {
    match limit {
        Limit::Donations(most) => (1, most.into()),
        Limit::Millilitres(most) => (donation.millilitres.unwrap_or(0).into(), most.into()),
    }
}

/// The day on which a rolling cap is no longer reached: 365 days after the donation that fills it, counted back from the latest.
fn rolling(cap: &CapRule, history: &History) -> Option<NaiveDate> {
    let mut sum = 0;
    // Donations stand latest first.
    for donation in history.donations.iter().filter(|d| d.kind == cap.kind) {
        let (counts, most) = weight(cap.limit, donation);
        sum += counts;
        if sum >= most {
            return Some(donation.day.checked_add_days(Days::new(365)).unwrap_or(NaiveDate::MAX));
        }
    }
    None
}

/// Whether a calendar year's cap is reached.
fn full(cap: &CapRule, history: &History, year: i32) -> bool {
    let of_year = history.donations.iter().filter(|d| d.kind == cap.kind && d.day.year() == year);
    let mut sum = 0;
    for donation in of_year {
        let (counts, most) = weight(cap.limit, donation);
        sum += counts;
        if sum >= most {
            return true;
        }
    }
    false
}
