//! What registrants may ask for (个人信息保护法, articles 44 to 47), and by when it is to be answered.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RightsKind {
    /// 查阅、复制 (article 45).
    Copy,
    /// 更正、补充 (article 46).
    Correct,
    /// 限制或拒绝处理 (article 44).
    Object,
    /// 删除 (article 47).
    Erase,
}

impl RightsKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Copy, Self::Correct, Self::Object, Self::Erase];

    /// The word stored and used in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Correct => "correct",
            Self::Object => "object",
            Self::Erase => "erase",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// How long an answer may take, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerRule {
    /// From when it holds.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: NaiveDate,
    /// Days.
    pub days: u32,
    /// Its clause.
    pub clause: String,
}

/// Every rule, dated.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AnswerRules {
    #[serde(rename = "rule")]
    rules: Vec<AnswerRule>,
}

impl AnswerRules {
    /// The rules shipped with the program.
    pub fn shipped() -> Self {
        toml::from_str(include_str!("../../rules/rights.toml")).expect("the shipped rules are read by a test")
    }

    /// The rule in force on a day.
    pub fn on(&self, day: NaiveDate) -> Option<&AnswerRule> {
        self.rules.iter().filter(|rule| rule.valid_from <= day).max_by_key(|rule| rule.valid_from)
    }

    /// By when a request received on a day is to be answered; the day itself where no rule is known.
    pub fn due(&self, received: NaiveDate) -> NaiveDate {
        let days = self.on(received).map_or(0, |rule| rule.days);
        received.checked_add_days(Days::new(days.into())).unwrap_or(received)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_due_thirty_days_after_it_was_received() {
        let rules = AnswerRules::shipped();
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        assert_eq!(rules.due(day("2026-11-27")), day("2026-12-27"));
        assert_eq!(rules.due(day("2028-01-31")), day("2028-03-01"));
        assert!(rules.on(day("2020-09-30")).is_none());
        for kind in RightsKind::ALL {
            assert_eq!(RightsKind::from_word(kind.word()), Some(kind));
        }
    }
}
