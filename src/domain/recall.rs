//! Recall of donors of a rare group (稀有血型应急召回), for a blood station's recorded request only: who may be called, in which order.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::eligibility::{DonationKind, Group, When};
use super::person::{Abo, Rh};
use super::town::TownCode;

/// What a blood station asks for. It names no patient.
#[derive(Clone, PartialEq, Eq)]
pub struct Wanted {
    /// ABO group; none where any will do.
    pub abo: Option<Abo>,
    /// RhD.
    pub rh: Rh,
    /// What is to be given.
    pub kind: DonationKind,
    /// Where the donors live. No town means nobody.
    pub towns: Vec<TownCode>,
}

impl Wanted {
    /// Whether blood of a group is what is asked for; of an unknown group it is not.
    pub fn takes(&self, group: Option<Group>) -> bool {
        group.is_some_and(|g| g.rh == self.rh && self.abo.is_none_or(|abo| abo == g.abo))
    }
}

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Will come.
    Coming,
    /// Not this time.
    NotNow,
    /// Nobody answered.
    NotReached,
}

impl Said {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Coming, Self::NotNow, Self::NotReached];

    /// The word in forms and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::NotNow => "not-now",
            Self::NotReached => "not-reached",
        }
    }

    /// The outcome of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.word() == word)
    }
}

/// How often anybody may be called.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecallRule {
    /// From when it holds.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Calls in any 365 days.
    pub per_year: usize,
    /// Days between two calls.
    pub rest_days: u64,
    /// People shown at a time.
    pub listed: usize,
    /// Where it comes from.
    pub source: String,
}

/// Every rule, dated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RecallRules {
    #[serde(rename = "rule")]
    rules: Vec<RecallRule>,
}

impl RecallRules {
    /// The rules shipped with the program.
    pub fn shipped() -> Self {
        toml::from_str(include_str!("../../rules/recall.toml")).expect("the shipped rules are read by a test")
    }

    /// The rule in force on a day.
    pub fn on(&self, day: NaiveDate) -> Option<&RecallRule> {
        self.rules.iter().filter(|rule| rule.valid_from <= day).max_by_key(|rule| rule.valid_from)
    }
}

/// Somebody who might be called: reachable by phone, consenting, still among the blood donors.
pub struct Candidate<T> {
    /// Who.
    pub id: T,
    /// The group on file.
    pub group: Option<Group>,
    /// Where they live.
    pub town: Option<TownCode>,
    /// From when they may give what is wanted.
    pub when: When,
    /// The days on which they were called for any recall.
    pub asked: Vec<NaiveDate>,
}

/// Who may be called on a day, in order: who was never called first, then who was called longest ago; among equals by id.
pub fn who<T: Ord + Copy>(wanted: &Wanted, rule: &RecallRule, today: NaiveDate, candidates: &[Candidate<T>]) -> Vec<T> {
    let mut fit: Vec<(Option<NaiveDate>, T)> = candidates
        .iter()
        .filter(|c| wanted.takes(c.group))
        .filter(|c| c.town.is_some_and(|town| wanted.towns.contains(&town)))
        .filter(|c| matches!(c.when, When::From(day) if day <= today))
        .filter(|c| may_be_called(rule, today, &c.asked))
        .map(|c| (c.asked.iter().max().copied(), c.id))
        .collect();
    fit.sort_unstable();
    fit.truncate(rule.listed);
    fit.into_iter().map(|(_, id)| id).collect()
}

/// Whether somebody who was called on some days may be called again.
pub fn may_be_called(rule: &RecallRule, today: NaiveDate, asked: &[NaiveDate]) -> bool {
    let since = today.checked_sub_days(Days::new(364)).unwrap_or(NaiveDate::MIN);
    let rested = asked.iter().max().is_none_or(|last| last.checked_add_days(Days::new(rule.rest_days)).is_some_and(|day| day <= today));
    rested && asked.iter().filter(|day| **day >= since).count() < rule.per_year
}

#[cfg(test)]
mod tests {
    use super::super::eligibility::SourceOf;
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn somebody(id: u32, asked: &[&str]) -> Candidate<u32> {
        Candidate {
            id,
            group: Some(Group { abo: Abo::O, rh: Rh::Negative, source: SourceOf::Station }),
            town: Some(TownCode(1)),
            when: When::From(day("2026-01-01")),
            asked: asked.iter().map(|d| day(d)).collect(),
        }
    }

    fn wanted() -> Wanted {
        Wanted { abo: Some(Abo::O), rh: Rh::Negative, kind: DonationKind::WholeBlood, towns: vec![TownCode(1)] }
    }

    fn rule() -> RecallRule {
        RecallRules::shipped().on(day("2026-11-27")).unwrap().clone()
    }

    #[test]
    fn who_was_asked_longest_ago_is_called_first_and_nobody_too_often() {
        let people = [
            somebody(1, &["2026-06-01"]),
            somebody(2, &[]),
            somebody(3, &["2026-01-01"]),
            somebody(4, &["2026-11-10"]),
            somebody(5, &["2026-01-01", "2026-03-01", "2026-05-01", "2026-07-01"]),
            somebody(6, &["2025-01-01", "2025-03-01", "2025-05-01", "2025-07-01"]),
        ];
        assert_eq!(who(&wanted(), &rule(), day("2026-11-27"), &people), [2, 6, 3, 1]);
    }

    #[test]
    fn only_the_group_the_town_and_the_day_asked_for_are_called() {
        let mut people = [somebody(1, &[]), somebody(2, &[]), somebody(3, &[]), somebody(4, &[]), somebody(5, &[])];
        people[0].group = Some(Group { abo: Abo::A, rh: Rh::Negative, source: SourceOf::Station });
        people[1].town = Some(TownCode(2));
        people[2].when = When::From(day("2026-11-28"));
        people[3].group = None;
        assert_eq!(who(&wanted(), &rule(), day("2026-11-27"), &people), [5]);
        assert!(who(&Wanted { towns: Vec::new(), ..wanted() }, &rule(), day("2026-11-27"), &people).is_empty(), "no town means nobody");
        assert_eq!(who(&Wanted { abo: None, ..wanted() }, &rule(), day("2026-11-27"), &people), [1, 5]);
    }

    proptest! {
        #[test]
        fn a_further_call_never_puts_anyone_further_forward(asked in prop::collection::vec(0u64..800, 0..6), more in 0u64..800) {
            let today = day("2026-11-27");
            let days = |list: &[u64]| list.iter().map(|n| today - Days::new(*n)).collect::<Vec<_>>();
            let mine = |list: &[u64]| Candidate { asked: days(list), ..somebody(1, &[]) };
            let rival = || somebody(2, &["2026-03-01"]);
            let place = |c: Candidate<u32>| who(&wanted(), &rule(), today, &[c, rival()]).iter().position(|id| *id == 1).unwrap_or(9);
            let mut longer = asked.clone();
            longer.push(more);
            prop_assert!(place(mine(&longer)) >= place(mine(&asked)));
        }
    }
}
