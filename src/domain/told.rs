//! What registrants tell on their own page beside contact data and their will: whether the family knows, and what they ask. Sealed under the
//! `contact` compartment.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::Guarded;
use super::guarded::opaque_debug;
use super::outside::words;
use super::registry::Registry;

/// The longest question taken in, in characters.
const QUESTION_MOST: usize = 500;

/// Whether the family knows of the registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FamilyTold {
    /// They know.
    Yes,
    /// Not yet.
    NotYet,
    /// Not yet; they will be told.
    WillTell,
    /// They know, and object.
    Objects,
}

words!(FamilyTold: Yes = "yes", NotYet = "not-yet", WillTell = "will-tell", Objects = "objects");

impl FamilyTold {
    /// Whether it is asked of a registrant: where a family that does not know can end what was wished.
    pub const fn asked_of(registry: Registry) -> bool {
        matches!(registry, Registry::StemCell | Registry::OrganBody)
    }

    /// Whether the family does not know.
    pub const fn unaware(self) -> bool {
        matches!(self, Self::NotYet | Self::WillTell)
    }

    /// What two answers come to, each with the day since when it holds: the later one; two that say the same hold since the earlier day.
    pub fn later(one: Option<(Self, NaiveDate)>, other: Option<(Self, NaiveDate)>) -> Option<(Self, NaiveDate)> {
        let (Some(a), Some(b)) = (one, other) else { return one.or(other) };
        let (first, last) = if b.1 >= a.1 { (a, b) } else { (b, a) };
        let same = first.0 == last.0 || (first.0.unaware() && last.0.unaware());
        Some((last.0, if same { first.1 } else { last.1 }))
    }
}

/// One thing told. A later one of the same kind holds from its day on.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldFact {
    /// Whether the family knows, as of a day.
    Family {
        /// Whether they know.
        told: FamilyTold,
        /// As of when.
        day: NaiveDate,
        /// About which registrations it was asked. Empty in what older versions kept: about the registration it was told from.
        #[serde(default)]
        of: Vec<Registry>,
    },
    /// A question to staff.
    Question(String),
}

impl ToldFact {
    /// A question as typed, its lines kept and other control characters taken out; none where it is longer than 500 characters or empty.
    pub fn question(typed: &Guarded<String>) -> Option<Guarded<Self>> {
        let text = typed.map(|text| {
            let mut lines = text.trim().replace("\r\n", "\n");
            let plain: String = lines.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect();
            lines.zeroize();
            plain
        });
        let length = text.reveal().chars().count();
        (1..=QUESTION_MOST).contains(&length).then(|| text.map(|text| Self::Question(text.clone())))
    }

    /// What is asked, where it is a question.
    pub fn asked(fact: &Guarded<Self>) -> Option<Guarded<String>> {
        match fact.reveal() {
            Self::Question(text) => Some(Guarded::new(text.clone())),
            Self::Family { .. } => None,
        }
    }

    /// Whether the family knows and as of when, where it tells that.
    pub fn family(fact: &Guarded<Self>) -> Option<(FamilyTold, NaiveDate)> {
        match fact.reveal() {
            Self::Family { told, day, .. } => Some((*told, *day)),
            Self::Question(_) => None,
        }
    }

    /// About which registrations the family was asked about, where it tells that.
    pub fn family_of(fact: &Guarded<Self>) -> Vec<Registry> {
        match fact.reveal() {
            Self::Family { of, .. } => of.clone(),
            Self::Question(_) => Vec::new(),
        }
    }
}

impl Zeroize for ToldFact {
    fn zeroize(&mut self) {
        match self {
            Self::Question(text) => text.zeroize(),
            Self::Family { told, day, of } => {
                of.clear();
                *told = FamilyTold::NotYet;
                *day = NaiveDate::MIN;
            }
        }
    }
}

opaque_debug!(ToldFact);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        ToldFact::question(&Guarded::new(text.to_owned())).and_then(|fact| ToldFact::asked(&fact)).map(|text| text.reveal().clone())
    }

    #[test]
    fn a_question_keeps_its_lines_and_is_bounded() {
        assert_eq!(read("  采集疼吗？\r\n要住院\u{7}吗？ ").as_deref(), Some("采集疼吗？\n要住院 吗？"));
        assert_eq!(read(" \n "), None);
        assert_eq!(read(&"问".repeat(500)).map(|text| text.chars().count()), Some(500));
        assert_eq!(read(&"问".repeat(501)), None, "too long is told, not cut");
    }

    #[test]
    fn the_family_is_asked_about_where_it_decides_and_nowhere_else() {
        let asked: Vec<_> = Registry::ALL.into_iter().filter(|r| FamilyTold::asked_of(*r)).collect();
        assert_eq!(asked, [Registry::StemCell, Registry::OrganBody]);
        for told in FamilyTold::ALL {
            assert_eq!(FamilyTold::from_word(told.word()), Some(*told));
        }
    }

    #[test]
    fn what_an_older_version_kept_of_a_family_is_read_and_names_no_registration() {
        let old: ToldFact = serde_json::from_str(r#"{"family":{"told":"yes","day":"2025-03-05"}}"#).unwrap();
        let old = Guarded::new(old);
        assert_eq!(ToldFact::family(&old).map(|(told, _)| told), Some(FamilyTold::Yes));
        assert!(ToldFact::family_of(&old).is_empty());
    }

    #[test]
    fn a_family_that_does_not_know_yet_does_not_know_since_the_first_time_it_was_said() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 11, n).unwrap();
        let told = |facts: &[(FamilyTold, u32)]| facts.iter().fold(None, |all, (t, n)| FamilyTold::later(all, Some((*t, day(*n)))));
        use FamilyTold::{NotYet, Objects, WillTell, Yes};
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[(NotYet, 1), (WillTell, 9)]), Some((WillTell, day(1))));
        assert_eq!(told(&[(NotYet, 1), (Yes, 5)]), Some((Yes, day(5))));
        assert_eq!(told(&[(Yes, 1), (NotYet, 5), (NotYet, 9)]), Some((NotYet, day(5))));
        assert_eq!(told(&[(NotYet, 1), (Objects, 5)]), Some((Objects, day(5))));
        assert_eq!(told(&[(Yes, 3), (NotYet, 3)]), Some((NotYet, day(3))), "of one day the one told last");
    }
}
