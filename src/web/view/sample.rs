//! Samples of stem-cell registrants.

use askama::Template;

use super::urgent::StepShown;
use super::{Choice, Field, Shell, Slips, mask};
use crate::app::SamplePage;
use crate::domain::Guarded;
use crate::domain::sample::ReleaseWhy;
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// A sample.
#[derive(Debug)]
pub struct SampleShown {
    /// Where its next step is posted.
    pub href: String,
    /// The barcode.
    pub barcode: Guarded<String>,
    /// Where it stands.
    pub phase: String,
    /// `ok`, `warn`, `stop` or nothing.
    pub class: &'static str,
    /// The acts that may be noted now: word and label.
    pub acts: Vec<(&'static str, String)>,
    /// What happened.
    pub steps: Vec<StepShown>,
    /// The version to give back.
    pub version: i64,
}

/// The form that takes a barcode from a person it was noted with in error.
#[derive(Debug)]
pub struct ReleaseForm {
    /// Which barcode, masked.
    pub code: Choice,
    /// How it came there.
    pub why: Choice,
    /// What shows it.
    pub evidence: Field,
}

impl ReleaseForm {
    /// The form; none where no barcode is the person's.
    pub fn of(page: &SamplePage, text: Text, (entries, slips): (Option<&Entries>, &Slips)) -> Option<Self> {
        let masked = |code: &Guarded<String>| mask::raw(code.reveal());
        let samples = page.samples.iter().filter(|sample| sample.held).filter_map(|sample| {
            let phase = text.t(&format!("sample-phase-{}", sample.phase.word()));
            Some((format!("sample:{}", sample.id), text.xy("release-code", masked(sample.barcode.as_ref()?), phase)))
        });
        let told = page
            .told
            .iter()
            .map(|(record, code)| (format!("record:{}", record.0), text.xy("release-code", masked(code), text.t("release-told"))));
        let codes: Vec<(String, String)> = samples.chain(told).collect();
        if codes.is_empty() {
            return None;
        }
        let code = codes.into_iter().fold(Choice::one(text, "code", "release-which"), |c, (value, label)| c.option(value, label));
        let why = ReleaseWhy::ALL
            .iter()
            .fold(Choice::one(text, "why", "release-why"), |c, why| c.option(why.word(), text.t(&format!("sample-code-{}", why.word()))));
        Some(Self {
            code: code.refill(text, entries, slips),
            why: why.refill(text, entries, slips),
            evidence: Field::new(text, "evidence", "release-evidence")
                .hint(text, "release-evidence-hint")
                .rows(3)
                .refill(text, entries, slips),
        })
    }

    /// Whether something is wrong with what was sent by it.
    fn has_slips(slips: &Slips) -> bool {
        ["code", "why", "evidence"].iter().any(|field| slips.of(field).is_some())
    }
}

/// The samples of a registrant.
#[derive(Debug, Template)]
#[template(path = "page/sample.html")]
pub struct Samples {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The registrant's number.
    pub person: String,
    /// How the registration stands.
    pub status: String,
    /// The samples, the latest first.
    pub samples: Vec<SampleShown>,
    /// Barcode and day of another one; none while one is under way or the registration does not stand.
    pub fields: Option<[Field; 2]>,
    /// Releasing a barcode, for whom may.
    pub release: Option<ReleaseForm>,
    /// The number of whoever has the barcode that was typed; empty where nobody else has it.
    pub holder: String,
    /// The day of the next step.
    pub day: String,
}

impl Samples {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }

    fn wrong_release(&self) -> bool {
        ReleaseForm::has_slips(&self.slips)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample::{Phase, RELEASE_REFUSALS};
    use crate::web::i18n::Lang;

    #[test]
    fn every_state_reason_and_refusal_is_told_in_both_languages() {
        let mut keys: Vec<String> = RELEASE_REFUSALS.iter().map(|key| (*key).to_owned()).collect();
        keys.extend(ReleaseWhy::ALL.iter().map(|why| format!("sample-code-{}", why.word())));
        keys.extend(Phase::ALL.iter().map(|phase| format!("sample-phase-{}", phase.word())));
        keys.extend(["sample-act-released", "slip-release-evidence", "action-sample-release", "release-done"].map(str::to_owned));
        for lang in Lang::ALL {
            for key in &keys {
                assert!(Text(lang).has(key), "{key} in {}", lang.tag());
            }
        }
    }
}
