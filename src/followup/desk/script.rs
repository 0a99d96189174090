//! What a caller says: by the kind of contact and by where the person stands. Pure; the words stand in the locales.
//!
//! Prompting works where nothing is at stake for a third party: before a blood donation, and while a stem-cell donor is on file and nobody
//! waits for them. After a match, and about organs and bodies, the words inform and leave the decision free: a donor may change their mind at
//! any time without embarrassment (WMDA), and nobody may be induced (国务院令第767号, 2024).

use crate::followup::kind::Kind;

/// Where the person stands, as far as the words depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallStanding {
    /// On the stem-cell file.
    pub stem_cell_in_file: bool,
    /// Registered for organs or the body.
    pub organ_body: bool,
    /// A patient matched, at any time.
    pub matched: bool,
}

/// How the words are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// They inform, and say that the decision is free.
    Neutral,
    /// They also encourage and ask when, where and how.
    Motivating,
}

impl Tone {
    /// The word of locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Motivating => "motivating",
        }
    }
}

/// What is said after the greeting, in order: locale keys of sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// How it is meant.
    pub tone: Tone,
    /// The sentences. The last one says that the decision is free.
    pub say: Vec<&'static str>,
}

/// That the decision is free: the last sentence of every script.
const FREE: &str = "script-free";
/// When, where, how: the implementation intention (Wevers 2015: 11.5 points more came back).
const PLAN: &str = "script-plan";

/// The words for a contact. A kind of another edition of the program gets the plain check of contact data.
pub fn script(kind: Option<Kind>, standing: CallStanding) -> Script {
    let about = match kind {
        Some(Kind::VerifyMail | Kind::ContactCheck) | None => "script-verify",
        Some(Kind::FirstContact) => "script-first",
        Some(Kind::BloodThanks) => "script-blood-thanks",
        Some(Kind::BloodPlanNext | Kind::BloodEligible | Kind::BloodLapsing) => "script-blood-again",
        Some(Kind::DeferralEnd) => "script-deferral-end",
        Some(Kind::DeferralExplained) => "script-deferral",
        Some(Kind::Availability) => "script-availability",
        Some(Kind::AgeThanks) => "script-age",
        Some(Kind::EnrolmentAge) => "script-enrolment-age",
        Some(Kind::FamilyTold) => "script-family",
        Some(Kind::WishCheck) => "script-wish",
        Some(Kind::ExecutorCheck) => "script-executor",
        Some(Kind::VolunteerThanks) => "script-volunteer-thanks",
        Some(Kind::VolunteerDuty) => "script-volunteer-duty",
        Some(Kind::PreSampling) => "script-sampling",
        Some(Kind::PostDonation) => "script-after-donation",
        Some(Kind::ConfirmInterest) => "script-interest",
        Some(Kind::Question) => "script-question",
        Some(Kind::MatchCheck) => "script-match",
        Some(Kind::FamilyObjects) => "script-family-objects",
    };
    let motive = match kind {
        _ if standing.matched => None,
        Some(Kind::BloodPlanNext | Kind::BloodEligible | Kind::BloodLapsing | Kind::DeferralEnd) => Some("script-motive-blood"),
        Some(Kind::Availability) if standing.stem_cell_in_file => Some("script-motive-stem-cell"),
        // One call about everything a person is registered for: organs and the body silence the prompts.
        Some(Kind::ContactCheck) if standing.stem_cell_in_file && !standing.organ_body => Some("script-motive-stem-cell"),
        _ => None,
    };
    let mut say = vec![about];
    say.extend(motive.into_iter().flat_map(|motive| [motive, PLAN]));
    say.push(FREE);
    Script { tone: if motive.is_some() { Tone::Motivating } else { Tone::Neutral }, say }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_FILE: CallStanding = CallStanding { stem_cell_in_file: true, organ_body: false, matched: false };

    #[test]
    fn nobody_is_prompted_about_organs_a_body_or_after_a_match() {
        for kind in Kind::ALL {
            let matched = script(Some(*kind), CallStanding { matched: true, ..IN_FILE });
            assert_eq!(matched.tone, Tone::Neutral, "{kind:?} after a match");
            assert!(!matched.say.contains(&PLAN));
        }
        let both = CallStanding { organ_body: true, ..IN_FILE };
        for kind in [
            Kind::FamilyTold,
            Kind::WishCheck,
            Kind::ExecutorCheck,
            Kind::ContactCheck,
            Kind::PreSampling,
            Kind::PostDonation,
            Kind::FirstContact,
            Kind::MatchCheck,
            Kind::FamilyObjects,
        ] {
            assert_eq!(script(Some(kind), both).tone, Tone::Neutral, "{kind:?}");
        }
    }

    #[test]
    fn blood_and_retention_on_the_stem_cell_file_ask_when_where_and_how() {
        for kind in [Kind::BloodPlanNext, Kind::BloodEligible, Kind::BloodLapsing, Kind::DeferralEnd] {
            let words = script(Some(kind), CallStanding::default());
            assert_eq!((words.tone, words.say.contains(&PLAN)), (Tone::Motivating, true), "{kind:?}");
        }
        for kind in [Kind::Availability, Kind::ContactCheck] {
            assert_eq!(script(Some(kind), IN_FILE).tone, Tone::Motivating, "{kind:?}");
            // A blood donor whose number is checked is asked for the number alone.
            assert_eq!(script(Some(kind), CallStanding::default()).tone, Tone::Neutral, "{kind:?}");
        }
    }

    #[test]
    fn every_script_says_last_that_the_decision_is_free() {
        for kind in Kind::ALL.iter().copied().map(Some).chain([None]) {
            for standing in [CallStanding::default(), IN_FILE] {
                let words = script(kind, standing);
                assert_eq!(words.say.last(), Some(&FREE), "{kind:?}");
                assert!(words.say.len() >= 2);
            }
        }
    }
}
