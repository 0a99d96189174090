//! A registration or an accepted sheet row: what one occasion told us of one subject.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::contact::Contact;
use super::guarded::{Guarded, opaque_debug};
use super::guided::Informed;
use super::name::PersonName;
use super::person::{Health, Identity};
use super::registry::{EnrolmentStatus, Registry};
use super::wish::Wish;

/// Everything one registration or sheet row tells. Immutable once stored: corrections are further drafts of the same subject.
#[derive(Debug)]
pub struct RecordDraft {
    /// For which registry.
    pub registry: Registry,
    /// The day the row or form speaks of (enrolment, sampling or registration day), where it is told.
    pub date: Option<NaiveDate>,
    /// The standing it declares.
    pub status: EnrolmentStatus,
    /// Who.
    pub identity: Guarded<Identity>,
    /// How to reach them.
    pub contact: Guarded<Contact>,
    /// Blood group, weight, donations.
    pub health: Guarded<Health>,
    /// The fields of this registry, and notes.
    pub details: Guarded<Details>,
}

impl RecordDraft {
    /// Takes the document number out, to be put on the correction list; none where there is none.
    pub fn set_document_aside(&mut self) -> Option<Guarded<String>> {
        self.identity.reveal_mut().documents.pop().map(|document| Guarded::new(document.number().to_owned()))
    }
}

/// Fields that only one registry's form carries; sealed under the `documents` compartment.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Details {
    /// Sample barcode (stem cells).
    #[serde(default)]
    pub barcode: Option<String>,
    /// Registration or volunteer number as written.
    #[serde(default)]
    pub number: Option<String>,
    /// Organs, tissues or body consented to, as written and split.
    #[serde(default)]
    pub items: Vec<String>,
    /// Whether the form asked pancreas, intestine and tissue apart from other organs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
    /// Form witnesses.
    #[serde(default)]
    pub witnesses: Vec<PersonName>,
    /// Education.
    #[serde(default)]
    pub education: Option<String>,
    /// Occupation or employer.
    #[serde(default)]
    pub occupation: Option<String>,
    /// Team of a volunteer.
    #[serde(default)]
    pub team: Option<String>,
    /// Skills and certificates of a volunteer.
    #[serde(default)]
    pub skills: Vec<String>,
    /// Number of the volunteer's first-aid or other certificate.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Last day the certificate holds.
    #[serde(default)]
    pub certificate_until: Option<NaiveDate>,
    /// Hours served.
    #[serde(default)]
    pub hours: Option<f64>,
    /// Free notes of the sheet.
    #[serde(default)]
    pub note: Option<String>,
    /// What an organ and body registrant wishes, where it was taken down in depth.
    #[serde(default)]
    pub wish: Option<Wish>,
    /// Whether the sheet says that the guardian of a volunteer under age agreed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guardian_agreed: bool,
    /// Answers to the questions of the registry's guided enrolment, as (question key, answer key).
    #[serde(default)]
    pub answers: Vec<(String, String)>,
}

impl Details {
    /// How well informed the registrant was, by the answers of the guided enrolment; none where it was not asked.
    pub fn informed(details: &Guarded<Self>, registry: Registry) -> Option<Informed> {
        Informed::of(registry, &details.reveal().answers)
    }

    /// The wish that the list of items tells, as far as there is a list.
    pub fn listed(details: &Guarded<Self>) -> Option<Guarded<Wish>> {
        let details = details.reveal();
        (!details.items.is_empty()).then(|| Wish::of_items(&details.items, details.apart))
    }

    /// The wish, where it was taken down in depth.
    pub fn wish_of(details: &Guarded<Self>) -> Option<Guarded<Wish>> {
        details.reveal().wish.clone().map(Guarded::new)
    }

    /// Details that tell a wish and nothing else.
    pub fn with_wish(wish: &Guarded<Wish>) -> Guarded<Self> {
        Guarded::new(Self { items: Wish::items(wish), apart: wish.reveal().apart, wish: Some(wish.reveal().clone()), ..Self::default() })
    }

    /// The form witnesses that records tell, the one that counts first: the first that names any.
    pub fn witnesses_of(details: &[&Guarded<Self>]) -> Vec<PersonName> {
        details.iter().map(|d| &d.reveal().witnesses).find(|w| !w.is_empty()).cloned().unwrap_or_default()
    }

    /// How many there are.
    pub fn count_witnesses(details: &[&Guarded<Self>]) -> usize {
        Self::witnesses_of(details).len()
    }

    /// The sample barcode that was typed.
    pub fn barcode_of(details: &Guarded<Self>) -> Option<Guarded<String>> {
        details.reveal().barcode.clone().map(Guarded::new)
    }

    /// The same without the sample barcode, which turned out to be somebody else's.
    pub fn without_barcode(details: &Guarded<Self>) -> Guarded<Self> {
        details.map(|told| Self { barcode: None, ..told.clone() })
    }

    /// Whether the sheet says that the guardian agreed.
    pub fn says_guardian_agreed(details: &Guarded<Self>) -> bool {
        details.reveal().guardian_agreed
    }

    /// The key of the answer to a question of the guided enrolment.
    pub fn answer_of(details: &Guarded<Self>, question: &str) -> Option<String> {
        details.reveal().answers.iter().find(|(key, _)| key == question).map(|(_, answer)| answer.clone())
    }

    /// Whether the occupation or education as written says that the registrant goes to school: contact data of students change when they
    /// leave it.
    pub fn is_student(details: &Guarded<Self>) -> bool {
        let details = details.reveal();
        let words = ["学生", "在读", "在校", "student"];
        let says = |text: &Option<String>| text.as_ref().is_some_and(|t| words.iter().any(|w| t.to_lowercase().contains(w)));
        says(&details.occupation) || says(&details.education)
    }
}

impl Zeroize for Details {
    fn zeroize(&mut self) {
        self.barcode.zeroize();
        self.number.zeroize();
        self.items.zeroize();
        self.apart = false;
        self.witnesses.zeroize();
        self.education.zeroize();
        self.occupation.zeroize();
        self.team.zeroize();
        self.skills.zeroize();
        self.certificate.zeroize();
        self.certificate_until = None;
        self.hours = None;
        self.note.zeroize();
        self.wish.zeroize();
        self.guardian_agreed = false;
        for (question, answer) in &mut self.answers {
            question.zeroize();
            answer.zeroize();
        }
        self.answers.clear();
    }
}

opaque_debug!(Details);
