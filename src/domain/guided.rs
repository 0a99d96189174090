//! The guided enrolment: what each registry asks, and what must be there before anyone counts as registered.
//!
//! Sources: CMDP enrolment practice (family, process, willingness; two contacts), 《人体器官捐献和移植条例》 (2024) and provincial
//! rules on body donation (items, executor, witness). The ages are dated data: `rules/enrolment.toml`.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::entry_age::EntryAges;
use super::registry::Registry;
use super::time::completed_years;

/// An answer to a question; `enough` answers allow the enrolment, others lead to an interest only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Key, part of the locale key `answer-<question>-<answer>`.
    pub key: &'static str,
    /// Whether it allows the enrolment.
    pub enough: bool,
}

/// A question nobody may skip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Key, part of the locale key `question-<key>`.
    pub key: &'static str,
    /// The possible answers.
    pub answers: &'static [Answer],
}

const fn yes(key: &'static str) -> Answer {
    Answer { key, enough: true }
}

const fn not_yet(key: &'static str) -> Answer {
    Answer { key, enough: false }
}

const READ_OUT: Question = Question { key: "read-out", answers: &[yes("heard"), not_yet("not-read")] };

const BLOOD: &[Question] = &[
    Question { key: "station-decides", answers: &[yes("understood"), not_yet("unclear")] },
    Question { key: "remind", answers: &[yes("yes"), yes("no")] },
];

const STEM_CELL: &[Question] = &[
    READ_OUT,
    Question { key: "family", answers: &[yes("supports"), yes("undecided"), not_yet("not-told")] },
    Question { key: "process", answers: &[yes("understood"), not_yet("again")] },
    Question { key: "willing", answers: &[yes("yes"), not_yet("unsure"), not_yet("no")] },
];

const ORGAN_BODY: &[Question] = &[
    READ_OUT,
    Question { key: "family", answers: &[yes("supports"), yes("undecided"), yes("not-told")] },
    Question { key: "own-will", answers: &[yes("yes"), not_yet("unsure")] },
];

const VOLUNTEER: &[Question] = &[Question { key: "duties", answers: &[yes("understood"), not_yet("unclear")] }];

/// The questions of a registry, in the order they are asked.
pub const fn questions(registry: Registry) -> &'static [Question] {
    match registry {
        Registry::Blood => BLOOD,
        Registry::StemCell => STEM_CELL,
        Registry::OrganBody => ORGAN_BODY,
        Registry::Volunteer => VOLUNTEER,
    }
}

/// How well informed somebody was on the day of enrolment, as the guided form recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Informed {
    /// Every question was answered, and where the family is asked about, it knows and supports.
    Fully,
    /// Every question was answered; the family was undecided or not told yet.
    FamilyOpen,
}

impl Informed {
    /// What the answers show; none where a question was not asked, as in an imported sheet. The question on reminders says nothing of being
    /// informed.
    pub fn of(registry: Registry, answers: &[(String, String)]) -> Option<Self> {
        let given = |question: &Question| answers.iter().find(|(key, _)| key == question.key).map(|(_, answer)| answer.as_str());
        let asked = questions(registry);
        let enough = |q: &Question| given(q).is_some_and(|told| q.answers.iter().any(|a| a.enough && a.key == told));
        if !asked.iter().all(enough) {
            return None;
        }
        let family = asked.iter().find(|q| q.key == "family").and_then(given);
        Some(if family.is_none_or(|told| told == "supports") { Self::Fully } else { Self::FamilyOpen })
    }
}

/// What was filled in, reduced to what the judgement needs.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// Question key and answer key.
    pub answers: Vec<(String, String)>,
    /// Consent to being registered.
    pub consent: bool,
    /// The separate consent to sensitive data (PIPL 29).
    pub sensitive_consent: bool,
    /// Birth date, if given.
    pub birth: Option<NaiveDate>,
    /// Contacts with both name and phone.
    pub contacts: usize,
    /// Executors with both name and phone.
    pub executors: usize,
    /// Form witnesses.
    pub witnesses: usize,
    /// Items consented to.
    pub items: usize,
    /// A guardian agreed (volunteers of 16 and 17).
    pub guardian: bool,
    /// The guardian is named, with a phone.
    pub guardian_named: bool,
}

/// What is still missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A question has no answer.
    Unanswered(&'static str),
    /// The answer does not allow an enrolment; an interest can be saved.
    NotYet(&'static str),
    /// No consent to being registered.
    Consent,
    /// No separate consent to sensitive data.
    SensitiveConsent,
    /// No birth date.
    Birth,
    /// Too young or too old on the day.
    Age,
    /// Fewer than two contacts with name and phone (stem cells).
    Contacts,
    /// No executor (organ and body).
    Executor,
    /// No form witness (organ and body).
    Witness,
    /// Nothing chosen to donate (organ and body).
    Items,
    /// No guardian's consent at 16 or 17 (volunteers).
    Guardian,
    /// No guardian's name and phone at 16 or 17 (volunteers).
    GuardianNamed,
}

impl Lack {
    /// The locale key of the sentence that says what is missing.
    pub fn key(self) -> String {
        match self {
            Self::Unanswered(question) => format!("lack-unanswered-{question}"),
            Self::NotYet(question) => format!("lack-not-yet-{question}"),
            Self::Consent => "lack-consent".to_owned(),
            Self::SensitiveConsent => "lack-sensitive-consent".to_owned(),
            Self::Birth => "lack-birth".to_owned(),
            Self::Age => "lack-age".to_owned(),
            Self::Contacts => "lack-contacts".to_owned(),
            Self::Executor => "lack-executor".to_owned(),
            Self::Witness => "lack-witness".to_owned(),
            Self::Items => "lack-items".to_owned(),
            Self::Guardian => "lack-guardian".to_owned(),
            Self::GuardianNamed => "lack-guardian-named".to_owned(),
        }
    }
}

/// Proof that everything a registry asks for was there: only [`judge`] makes one, and only with one can somebody be saved as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complete {
    registry: Registry,
}

impl Complete {
    /// The registry the proof holds for.
    pub const fn registry(self) -> Registry {
        self.registry
    }
}

/// Judges a filled form on a day, by the ages that hold on it.
///
/// # Errors
/// Everything that is missing, in the order of the form.
pub fn judge(registry: Registry, filled: &Filled, day: NaiveDate) -> Result<Complete, Vec<Lack>> {
    let mut lacks = Vec::new();
    match filled.birth.and_then(|birth| completed_years(birth, day)) {
        None => lacks.push(Lack::Birth),
        Some(age) => match EntryAges::shipped().of(registry, day).filter(|rule| rule.allows(age)) {
            None => lacks.push(Lack::Age),
            Some(rule) if rule.needs_guardian(age) => {
                let asked = [(filled.guardian, Lack::Guardian), (filled.guardian_named, Lack::GuardianNamed)];
                lacks.extend(asked.into_iter().filter(|(there, _)| !there).map(|(_, lack)| lack));
            }
            Some(_) => {}
        },
    }
    if registry == Registry::StemCell && filled.contacts < 2 {
        lacks.push(Lack::Contacts);
    }
    if registry == Registry::OrganBody {
        for (missing, lack) in
            [(filled.items == 0, Lack::Items), (filled.executors == 0, Lack::Executor), (filled.witnesses == 0, Lack::Witness)]
        {
            if missing {
                lacks.push(lack);
            }
        }
    }
    for question in questions(registry) {
        let given = filled.answers.iter().find(|(key, _)| key == question.key).map(|(_, answer)| answer.as_str());
        match given.and_then(|given| question.answers.iter().find(|a| a.key == given)) {
            None => lacks.push(Lack::Unanswered(question.key)),
            Some(answer) if !answer.enough => lacks.push(Lack::NotYet(question.key)),
            Some(_) => {}
        }
    }
    if !filled.consent {
        lacks.push(Lack::Consent);
    }
    if !filled.sensitive_consent {
        lacks.push(Lack::SensitiveConsent);
    }
    if lacks.is_empty() { Ok(Complete { registry }) } else { Err(lacks) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a valid test date")
    }

    fn stem_cell() -> Filled {
        Filled {
            answers: [("read-out", "heard"), ("family", "supports"), ("process", "understood"), ("willing", "yes")]
                .map(|(q, a)| (q.to_owned(), a.to_owned()))
                .to_vec(),
            consent: true,
            sensitive_consent: true,
            birth: Some(day(2000, 1, 1)),
            contacts: 2,
            ..Filled::default()
        }
    }

    #[test]
    fn a_complete_stem_cell_form_may_be_enrolled() {
        assert!(judge(Registry::StemCell, &stem_cell(), day(2026, 11, 23)).is_ok());
    }

    #[test]
    fn no_enrolment_without_the_separate_consent() {
        let form = Filled { sensitive_consent: false, ..stem_cell() };
        assert_eq!(judge(Registry::StemCell, &form, day(2026, 11, 23)), Err(vec![Lack::SensitiveConsent]));
    }

    #[test]
    fn no_question_can_be_skipped_and_an_unsure_answer_is_an_interest_only() {
        for question in questions(Registry::StemCell) {
            let mut form = stem_cell();
            form.answers.retain(|(key, _)| key != question.key);
            assert_eq!(judge(Registry::StemCell, &form, day(2026, 11, 23)), Err(vec![Lack::Unanswered(question.key)]));
        }
        let mut form = stem_cell();
        form.answers.retain(|(key, _)| key != "willing");
        form.answers.push(("willing".to_owned(), "unsure".to_owned()));
        assert_eq!(judge(Registry::StemCell, &form, day(2026, 11, 23)), Err(vec![Lack::NotYet("willing")]));
    }

    #[test]
    fn a_volunteer_of_16_or_17_needs_a_guardian_who_agrees_and_is_named() {
        let of = |birth, guardian, guardian_named| {
            let answers = vec![("duties".to_owned(), "understood".to_owned())];
            let (consent, sensitive_consent) = (true, true);
            let form = Filled { answers, consent, sensitive_consent, birth: Some(birth), guardian, guardian_named, ..Filled::default() };
            judge(Registry::Volunteer, &form, day(2026, 11, 23)).err().unwrap_or_default()
        };
        let minor = day(2008, 11, 24);
        assert_eq!(of(minor, false, false), [Lack::Guardian, Lack::GuardianNamed]);
        assert_eq!(of(minor, true, false), [Lack::GuardianNamed]);
        assert_eq!(of(minor, false, true), [Lack::Guardian]);
        assert!(of(minor, true, true).is_empty());
        assert!(of(day(2008, 11, 23), false, false).is_empty(), "of age today");
    }

    #[test]
    fn age_counts_on_the_day() {
        let form = Filled { birth: Some(day(1981, 11, 24)), ..stem_cell() };
        assert!(judge(Registry::StemCell, &form, day(2027, 11, 23)).is_ok(), "45 years and 364 days");
        assert_eq!(judge(Registry::StemCell, &form, day(2027, 11, 24)), Err(vec![Lack::Age]));
    }
}
