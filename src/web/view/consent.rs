//! Consents that rest on a text which has changed since.

use askama::Template;

use super::people::{PersonLine, registry_word};
use super::rights::purpose_word;
use super::{Choice, Field, Shell, Slips};
use crate::app::{OlderConsent, OlderCount};
use crate::web::i18n::{Lang, Text};

/// A registry with its counts.
#[derive(Debug)]
pub struct CountLine {
    /// Which registry.
    pub registry: String,
    /// Where its registrants are listed; empty where there are none.
    pub href: String,
    /// Each purpose, the version in use, how many rest on an older one.
    pub purposes: Vec<(String, String, u64)>,
}

impl CountLine {
    /// A line.
    pub fn of(count: &OlderCount, text: Text) -> Self {
        let purposes = count.purposes.iter().map(|(purpose, version, n)| (purpose_word(*purpose, text), version.clone(), *n));
        let any = count.purposes.iter().any(|(.., n)| *n > 0);
        Self {
            registry: registry_word(count.registry, text),
            href: if any { format!("/consents/{}", count.registry.word()) } else { String::new() },
            purposes: purposes.collect(),
        }
    }
}

/// How many registrants rest on older texts.
#[derive(Debug, Template)]
#[template(path = "page/consents.html")]
pub struct OlderCounts {
    /// The frame.
    pub s: Shell,
    /// Registry by registry.
    pub lines: Vec<CountLine>,
}

/// Who of a registry rests on older texts.
#[derive(Debug, Template)]
#[template(path = "page/consents_people.html")]
pub struct OlderPeople {
    /// The frame.
    pub s: Shell,
    /// Which registry.
    pub registry: String,
    /// They, masked.
    pub lines: Vec<PersonLine>,
    /// The next page; none on the last.
    pub next: Option<String>,
}

/// A text in one language, as it is shown and signed.
#[derive(Debug, Clone)]
pub struct Wording {
    /// The language.
    pub lang: Lang,
    /// The text.
    pub text: String,
    /// Its SHA-256 in hexadecimal.
    pub hash: String,
}

impl Wording {
    /// A text with its digest.
    pub fn of(lang: Lang, text: String, digest: &[u8]) -> Self {
        Self { lang, text, hash: digest.iter().map(|b| format!("{b:02x}")).collect() }
    }

    fn name(&self) -> &'static str {
        language(self.lang)
    }
}

/// A language by its own name.
pub const fn language(lang: Lang) -> &'static str {
    match lang {
        Lang::Chinese => "中文",
        Lang::English => "English",
    }
}

/// A consent that rests on an older text.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The purpose's word, as forms send it.
    pub word: String,
    /// What for.
    pub purpose: String,
    /// The version it was given to, and when.
    pub rests: String,
    /// The version in use, and since when.
    pub current: String,
    /// The text in use in both languages: either may be read out or signed.
    pub wordings: [Wording; 2],
}

impl Shown {
    /// A consent, with the text that is in use.
    pub fn of(older: &OlderConsent, wordings: [Wording; 2], given: &str, text: Text) -> Self {
        Self {
            word: older.purpose.word(),
            purpose: purpose_word(older.purpose, text),
            rests: text.xy("older-rests", &older.version, given),
            current: text.xy("older-current", &older.current, older.since),
            wordings,
        }
    }
}

/// Recording that consents were given anew.
#[derive(Debug, Template)]
#[template(path = "page/consent_renew.html")]
pub struct Renewal {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The registrant's number.
    pub person: String,
    /// What rests on an older text.
    pub older: Vec<Shown>,
    /// Which were given anew.
    pub purposes: Choice,
    /// How.
    pub how: Choice,
    /// In which language.
    pub language: Choice,
    /// Day and witness.
    pub fields: [Field; 2],
}

/// The new texts, to sign.
#[derive(Debug, Template)]
#[template(path = "print/consents.html")]
pub struct RenewalPrint {
    /// The frame.
    pub s: Shell,
    /// The registrant's number.
    pub person: String,
    /// What rests on an older text.
    pub older: Vec<Shown>,
}
