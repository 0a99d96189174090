//! What other systems know of a registration, and what is still to be done there.
//!
//! A registrant who leaves here has not left the national system by it: until somebody has seen to that, with a date and evidence, it stands
//! on the red list (外部系统未撤销).

use serde::{Deserialize, Serialize};

use super::registry::Registry;

/// Another system that may know a registrant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsideSystem {
    /// 国家人体器官捐献志愿登记系统: 《人体器官捐献和移植条例》 (State Council order 767), registration through the system of the Red Cross Society of China.
    NationalOrgan,
    /// 接收学校: the school that receives bodies.
    School,
    /// 中华骨髓库.
    Cmdp,
}

impl OutsideSystem {
    /// Every system.
    pub const ALL: [Self; 3] = [Self::NationalOrgan, Self::School, Self::Cmdp];

    /// The stored word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NationalOrgan => "national-organ",
            Self::School => "school",
            Self::Cmdp => "cmdp",
        }
    }

    /// The system of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    /// The registry whose registrations it may know.
    pub const fn registry(self) -> Registry {
        match self {
            Self::NationalOrgan | Self::School => Registry::OrganBody,
            Self::Cmdp => Registry::StemCell,
        }
    }

    /// The systems that may know a registration of a registry.
    pub fn of(registry: Registry) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |s| s.registry() == registry)
    }
}

/// Where a registration stands in another system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsideState {
    /// 未录入; also where nothing is noted.
    NotEntered,
    /// 已录入, under the number kept beside it.
    Entered,
    /// Entered with data that were corrected here since.
    CorrectionDue,
    /// 待撤销: left or dead here, still entered there.
    WithdrawalDue,
    /// 已撤销, with evidence.
    Withdrawn,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsideAct {
    /// A number was entered.
    Enter,
    /// The registrant left or died.
    Leave,
    /// Data were corrected.
    Correct,
    /// What was due there was done.
    Done,
    /// The leaving was entered in error: nothing is to be done after all.
    InError,
}

/// Why something is due there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutsideCause {
    /// Withdrew willingness.
    Withdrew,
    /// Died.
    Died,
    /// Data were corrected.
    Corrected,
    /// Erased at the person's request.
    Erased,
    /// Left for another reason.
    Left,
}

macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal),+ $(,)?) => {
        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored word, part of locale keys.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one of a stored word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}
pub(crate) use words;

words!(OutsideState: NotEntered = "not-entered", Entered = "entered", CorrectionDue = "correction-due", WithdrawalDue = "withdrawal-due", Withdrawn = "withdrawn");
words!(OutsideAct: Enter = "enter", Leave = "leave", Correct = "correct", Done = "done", InError = "in-error");
words!(OutsideCause: Withdrew = "withdrew", Died = "died", Corrected = "corrected", Erased = "erased", Left = "left");

/// An act that is not possible from where things stand; the key of the sentence that says why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this step is not possible now ({key}); nothing was changed; look at where it stands")]
pub struct NotNow {
    /// Locale key of the reason.
    pub key: &'static str,
}

impl OutsideState {
    /// Whether somebody has to do something there today.
    pub const fn is_due(self) -> bool {
        matches!(self, Self::CorrectionDue | Self::WithdrawalDue)
    }

    /// Where it stands after an act.
    ///
    /// # Errors
    /// [`NotNow`]: nothing is due that could be done, or a withdrawal has to be seen to before it is entered again.
    pub const fn after(self, act: OutsideAct) -> Result<Self, NotNow> {
        match (self, act) {
            (Self::WithdrawalDue, OutsideAct::Enter) => Err(NotNow { key: "outside-withdraw-first" }),
            (_, OutsideAct::Enter) => Ok(Self::Entered),
            (Self::Entered | Self::CorrectionDue | Self::WithdrawalDue, OutsideAct::Leave) => Ok(Self::WithdrawalDue),
            (Self::Entered | Self::CorrectionDue, OutsideAct::Correct) => Ok(Self::CorrectionDue),
            // What is not known there needs nothing.
            (other, OutsideAct::Leave | OutsideAct::Correct) => Ok(other),
            (Self::CorrectionDue, OutsideAct::Done) => Ok(Self::Entered),
            (Self::WithdrawalDue, OutsideAct::Done) => Ok(Self::Withdrawn),
            (Self::WithdrawalDue, OutsideAct::InError) => Ok(Self::Entered),
            (Self::NotEntered | Self::Entered | Self::Withdrawn, OutsideAct::Done) | (_, OutsideAct::InError) => {
                Err(NotNow { key: "outside-nothing-due" })
            }
        }
    }

    /// Where a registration stands after all that happened there, oldest first. A leaving that was entered in error leads back to where things
    /// stood before it: a correction that was due then is due again.
    pub fn of(acts: impl IntoIterator<Item = OutsideAct>) -> Self {
        let (mut state, mut before) = (Self::NotEntered, Self::NotEntered);
        for act in acts {
            match (act, state.after(act)) {
                (OutsideAct::InError, Ok(_)) => state = before,
                (OutsideAct::Leave, Ok(next)) if next != state => (before, state) = (state, next),
                (_, Ok(next)) => state = next,
                (_, Err(_)) => {}
            }
        }
        state
    }
}

/// A number of another system as typed: letters, digits and dashes, in capitals; none where it cannot be one.
pub fn number(typed: &super::Guarded<String>) -> Option<super::Guarded<String>> {
    let kept: String = super::written::plain(typed.reveal()).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let kept = super::Guarded::new(kept);
    let text = kept.reveal();
    let fits = (4..=40).contains(&text.chars().count()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '/');
    fits.then_some(kept)
}

/// The keyed digest a number is found by: equal numbers of two systems do not show as equal.
pub fn number_tag(system: OutsideSystem, number: &super::Guarded<String>, keyed: &dyn super::Keyed) -> [u8; 32] {
    let text = zeroize::Zeroizing::new(format!("{}:{}", system.word(), number.reveal()));
    keyed.tag("outside/number", text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Guarded;

    #[test]
    fn whoever_leaves_stays_on_the_list_until_it_is_done() {
        let due = OutsideState::Entered.after(OutsideAct::Leave).unwrap();
        assert!(due.is_due());
        assert_eq!(due.after(OutsideAct::Correct), Ok(OutsideState::WithdrawalDue), "a correction does not take it off");
        assert_eq!(due.after(OutsideAct::Done), Ok(OutsideState::Withdrawn));
        assert_eq!(due.after(OutsideAct::Enter), Err(NotNow { key: "outside-withdraw-first" }));
    }

    #[test]
    fn what_was_never_entered_has_nothing_due() {
        for act in [OutsideAct::Leave, OutsideAct::Correct] {
            assert_eq!(OutsideState::NotEntered.after(act), Ok(OutsideState::NotEntered));
        }
        for state in [OutsideState::NotEntered, OutsideState::Entered, OutsideState::Withdrawn] {
            assert!(state.after(OutsideAct::Done).is_err(), "{state:?}");
        }
    }

    #[test]
    fn a_leaving_in_error_leads_back_to_where_things_stood() {
        use OutsideAct::{Correct, Done, Enter, InError, Leave};
        assert_eq!(OutsideState::of([Enter, Leave, InError]), OutsideState::Entered);
        assert_eq!(OutsideState::of([Enter, Correct, Leave, InError]), OutsideState::CorrectionDue);
        assert_eq!(OutsideState::of([Enter, Correct, Leave, InError, Leave, InError]), OutsideState::CorrectionDue);
        assert_eq!(OutsideState::of([Enter, Leave, InError, Leave]), OutsideState::WithdrawalDue);
        assert_eq!(OutsideState::of([Enter, Leave, Done, InError]), OutsideState::Withdrawn, "what was seen to is not taken back");
    }

    #[test]
    fn a_number_is_read_as_typed() {
        let read = |text: &str| number(&Guarded::new(text.to_owned())).map(|n| n.reveal().clone());
        assert_eq!(read(" cmdp-２０26 001"), Some("CMDP-2026001".to_owned()));
        assert_eq!(read("abc"), None);
        assert_eq!(read("未知编号一二"), None);
    }

    #[test]
    fn every_word_is_read_back() {
        for state in OutsideState::ALL {
            assert_eq!(OutsideState::from_word(state.word()), Some(*state));
        }
        for system in OutsideSystem::ALL {
            assert_eq!(OutsideSystem::from_word(system.word()), Some(system));
            assert!(OutsideSystem::of(system.registry()).any(|s| s == system));
        }
    }
}
