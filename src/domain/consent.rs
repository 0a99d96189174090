//! Consent: purpose, text version and hash, how, when, witness. Rule: PIPL articles 14, 15, 29.

use serde::{Deserialize, Serialize};

use super::registry::Registry;

/// What a consent is given for. Each is asked and withdrawn on its own (PIPL 14, 15).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// Being contacted about the registration.
    Contact,
    /// Being registered in a registry.
    Register(Registry),
    /// Processing of sensitive data for a registry: the separate consent of PIPL 29.
    Sensitive(Registry),
    /// A guardian's consent to a minor's being registered (Civil Code article 19).
    Guardian(Registry),
}

impl Purpose {
    /// The stable code stored in the database.
    pub const fn code(self) -> i16 {
        match self {
            Self::Contact => 1,
            Self::Register(registry) => 10 + registry.code(),
            Self::Sensitive(registry) => 20 + registry.code(),
            Self::Guardian(registry) => 30 + registry.code(),
        }
    }

    /// The purposes that a registration rests on, beside a guardian's for a minor.
    pub const fn of(registry: Registry) -> [Self; 3] {
        [Self::Contact, Self::Register(registry), Self::Sensitive(registry)]
    }

    /// The purposes that go with a registration, a guardian's among them: who leaves takes them back. What other registrations rest on stands.
    pub const fn ends_with(registry: Registry) -> [Self; 3] {
        [Self::Register(registry), Self::Sensitive(registry), Self::Guardian(registry)]
    }

    /// The purpose of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        match code {
            1 => Some(Self::Contact),
            11..=19 => Registry::from_code(code - 10).map(Self::Register),
            21..=29 => Registry::from_code(code - 20).map(Self::Sensitive),
            31..=39 => Registry::from_code(code - 30).map(Self::Guardian),
            _ => None,
        }
    }
}

/// How a consent was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentHow {
    /// Ticked on a screen in front of staff.
    OnScreen,
    /// Signed on paper that a sheet was typed from.
    OnPaper,
    /// Given by the registrant through their own link.
    SelfService,
}

impl ConsentHow {
    /// The stable code.
    pub const fn code(self) -> i16 {
        match self {
            Self::OnScreen => 1,
            Self::OnPaper => 2,
            Self::SelfService => 3,
        }
    }

    /// The manner of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        [Self::OnScreen, Self::OnPaper, Self::SelfService].into_iter().find(|h| h.code() == code)
    }
}

/// The version of a consent text and the SHA-256 of the very bytes shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentText {
    /// Version, e.g. `2026-03`.
    pub version: String,
    /// SHA-256 of the text shown, in the language it was shown in.
    pub sha256: [u8; 32],
}

impl Purpose {
    /// The purpose of a word of `rules/consent/texts.toml`.
    pub fn from_word(word: &str) -> Option<Self> {
        // Minors are taken in as volunteers only.
        let mut all = Registry::ALL.into_iter().flat_map(Self::of).chain([Self::Guardian(Registry::Volunteer)]);
        all.find(|purpose| purpose.word() == word)
    }

    /// The word used in `rules/consent/texts.toml`.
    pub fn word(self) -> String {
        match self {
            Self::Contact => "contact".to_owned(),
            Self::Register(registry) => format!("register-{}", registry.word()),
            Self::Sensitive(registry) => format!("sensitive-{}", registry.word()),
            Self::Guardian(registry) => format!("guardian-{}", registry.word()),
        }
    }
}

/// One version of a consent text in both languages. `{branch}` stands for the branch's name.
#[derive(Debug, Clone, Deserialize)]
pub struct WrittenConsent {
    /// [`Purpose::word`].
    pub purpose: String,
    /// Version.
    pub version: String,
    /// First day it is used.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: chrono::NaiveDate,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// A standing consent, as far as it matters which text it was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenTo<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Which version of the text.
    pub version: &'a str,
    /// When.
    pub at: super::time::Timestamp,
}

/// All consent texts, dated.
#[derive(Debug, Clone, Deserialize)]
pub struct ConsentTexts {
    #[serde(rename = "text")]
    texts: Vec<WrittenConsent>,
}

impl ConsentTexts {
    /// Reads `texts.toml`.
    ///
    /// # Errors
    /// The TOML reader's message, which names line and column.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The texts shipped with the program.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../../rules/consent/texts.toml")).expect("the shipped texts are read by a test")
    }

    /// These texts and an office's own, which are later versions as a rule.
    ///
    /// # Errors
    /// The word of a purpose that is none, or of which a version stands twice: a text is never edited, it gets a new version.
    pub fn with(mut self, own: Self) -> Result<Self, String> {
        for text in own.texts {
            let again = self.texts.iter().any(|t| t.purpose == text.purpose && t.version == text.version);
            if again || Purpose::from_word(&text.purpose).is_none() {
                return Err(text.purpose);
            }
            self.texts.push(text);
        }
        Ok(self)
    }

    /// The purposes of which a standing consent is given, but none to the text that is in use on `day`: each once, with the consent given last.
    /// The version decides, not the digest: a branch that changes its name keeps what it was told.
    pub fn older<'a>(&self, standing: impl IntoIterator<Item = GivenTo<'a>>, day: chrono::NaiveDate) -> Vec<GivenTo<'a>> {
        let mut last: std::collections::BTreeMap<i16, Option<GivenTo<'a>>> = std::collections::BTreeMap::new();
        for given in standing {
            let Some(current) = self.on(given.purpose, day) else { continue };
            let entry = last.entry(given.purpose.code()).or_insert(Some(given));
            if given.version == current.version {
                *entry = None;
            } else if let Some(known) = entry
                && given.at > known.at
            {
                *known = given;
            }
        }
        last.into_values().flatten().collect()
    }

    /// Every version of a purpose's text.
    pub fn versions(&self, purpose: Purpose) -> impl Iterator<Item = &WrittenConsent> {
        let word = purpose.word();
        self.texts.iter().filter(move |t| t.purpose == word)
    }

    /// The text of a purpose that holds on `day`: the latest `valid_from` not after it.
    pub fn on(&self, purpose: Purpose, day: chrono::NaiveDate) -> Option<&WrittenConsent> {
        let word = purpose.word();
        self.texts.iter().filter(|t| t.purpose == word && t.valid_from <= day).max_by_key(|t| t.valid_from)
    }
}

impl WrittenConsent {
    /// The very text shown in a language, with the branch's name in it.
    pub fn shown(&self, english: bool, branch: &str) -> String {
        let text = if english { &self.en } else { &self.zh };
        text.trim().replace("{branch}", branch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_registry_has_both_texts_today() {
        let texts = ConsentTexts::shipped();
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
        for registry in Registry::ALL {
            for purpose in [Purpose::Contact, Purpose::Register(registry), Purpose::Sensitive(registry)] {
                let text = texts.on(purpose, day).expect("a text for every purpose");
                assert!(!text.shown(true, "B").contains('{') && !text.shown(false, "B").contains('{'));
                assert_eq!(Purpose::from_code(purpose.code()), Some(purpose));
            }
        }
        let guardian = Purpose::Guardian(Registry::Volunteer);
        assert!(texts.on(guardian, day).is_some());
        assert_eq!((Purpose::from_code(guardian.code()), Purpose::from_word(&guardian.word())), (Some(guardian), Some(guardian)));
    }

    #[test]
    fn a_day_before_the_first_version_has_no_text() {
        let day = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).expect("a date");
        assert!(ConsentTexts::shipped().on(Purpose::Contact, day).is_none());
    }

    const LATER: &str = r#"
[[text]]
purpose = "contact"
version = "2026-12"
valid_from = 2026-12-01
zh = "新"
en = "new"
"#;

    fn texts() -> ConsentTexts {
        ConsentTexts::shipped().with(ConsentTexts::from_toml(LATER).unwrap()).unwrap()
    }

    #[test]
    fn a_consent_rests_on_an_older_text_from_the_day_of_the_next_version_until_it_is_given_anew() {
        let at = |n| super::super::time::Timestamp(n);
        let day = |text: &str| text.parse().unwrap();
        let given = |purpose, version, n| GivenTo { purpose, version, at: at(n) };
        let old = [
            given(Purpose::Contact, "2026-01", 2),
            given(Purpose::Contact, "2025-01", 1),
            given(Purpose::Register(Registry::Blood), "2026-01", 2),
        ];
        assert!(texts().older(old.into_iter().take(1), day("2026-11-30")).is_empty(), "the next text is not in use yet");
        assert_eq!(texts().older(old, day("2026-12-01")), [old[0]], "the last one given is named, once a purpose");
        let mut renewed = old.to_vec();
        renewed.push(given(Purpose::Contact, "2026-12", 3));
        assert!(texts().older(renewed.iter().copied(), day("2026-12-01")).is_empty());
        renewed.reverse();
        assert!(texts().older(renewed, day("2026-12-01")).is_empty(), "in any order");
    }

    #[test]
    fn a_version_is_never_written_twice_and_every_word_leads_back_to_its_purpose() {
        let again = LATER.replace("2026-12\"", "2026-01\"");
        let refused = ConsentTexts::shipped().with(ConsentTexts::from_toml(&again).unwrap());
        assert_eq!(refused.err().as_deref(), Some("contact"));
        for purpose in Registry::ALL.into_iter().flat_map(Purpose::of) {
            assert_eq!(Purpose::from_word(&purpose.word()), Some(purpose));
        }
    }
}
