//! The rights of registrants: requests with their clocks, the copy of everything, the proof of consent, erasure.

use askama::Template;

use super::{Choice, Field, Shell, Slips};
use crate::app::{ConsentItem, CopyPart, PersonCopy, RightsItem};
use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, ConsentTexts, Purpose};
use crate::domain::rights::RightsKind;
use crate::domain::time::Timestamp;
use crate::web::i18n::Text;

/// A request in a list.
#[derive(Debug)]
pub struct RequestLine {
    /// Its id.
    pub id: String,
    /// Whose, where known.
    pub person: String,
    /// What is asked for.
    pub kind: String,
    /// Received on.
    pub received: String,
    /// Due on.
    pub due: String,
    /// The clock in words; empty for one that was answered.
    pub left: String,
    /// `ok`, `warn` or `stop`.
    pub class: &'static str,
    /// The answer in words; empty for an open one.
    pub answer: String,
}

/// From so many days left on, a request is shown as pressing.
const PRESSING: i64 = 7;

impl RequestLine {
    /// A line.
    pub fn of(item: &RightsItem, printed: &dyn Fn(Timestamp) -> String, text: Text) -> Self {
        let left = match item.days_left {
            _ if item.answered.is_some() => String::new(),
            days if days < 0 => text.n("rights-overdue", -days),
            days => text.n("rights-left", days),
        };
        let class = match item.days_left {
            days if days < 0 => "stop",
            days if days <= PRESSING => "warn",
            _ => "ok",
        };
        let answer = item.answered.map(|(at, granted)| text.x(if granted { "rights-granted" } else { "rights-refused" }, printed(at)));
        Self {
            id: item.id.to_string(),
            person: item.person.as_ref().map(ToString::to_string).unwrap_or_default(),
            kind: text.t(&format!("rights-kind-{}", item.kind.word())),
            received: item.received.to_string(),
            due: item.due.to_string(),
            left,
            class,
            answer: answer.unwrap_or_default(),
        }
    }
}

/// One person's rights.
#[derive(Debug, Template)]
#[template(path = "page/rights.html")]
pub struct RightsPage {
    /// The frame.
    pub s: Shell,
    /// The person's public id.
    pub person: String,
    /// What is wrong with a form.
    pub slips: Slips,
    /// What was asked for.
    pub requests: Vec<RequestLine>,
    /// A new request: what, when.
    pub fresh: (Choice, Field),
    /// Erasure: the number typed back, and whether the person wants not to be taken in again; for whom may.
    pub erase: Option<(Field, Choice)>,
}

/// The choice of a new request.
pub fn kinds(text: Text) -> Choice {
    RightsKind::ALL
        .into_iter()
        .fold(Choice::one(text, "kind", "rights-what"), |c, kind| c.option(kind.word(), text.t(&format!("rights-kind-{}", kind.word()))))
}

/// Everything that is not answered yet.
#[derive(Debug, Template)]
#[template(path = "page/rights_open.html")]
pub struct RightsOpen {
    /// The frame.
    pub s: Shell,
    /// Those that are due first.
    pub requests: Vec<RequestLine>,
}

/// A part of the copy.
#[derive(Debug)]
pub struct CopySection<'a> {
    /// Its title.
    pub title: String,
    part: &'a CopyPart,
    text: Text,
}

impl CopySection<'_> {
    /// Each entry: label and value.
    pub fn entries(&self) -> impl Iterator<Item = Vec<(String, &str)>> {
        self.part.entries.iter().map(|entry| entry.iter().map(|(path, value)| (label(path, self.text), value.reveal().as_str())).collect())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.part.entries.iter().all(Vec::is_empty)
    }
}

/// The word of a value's last name, or the path as it stands in the JSON where it has no word.
fn label(path: &str, text: Text) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let key = format!("copy-{}", last.replace('_', "-"));
    if text.has(&key) { text.t(&key) } else { path.to_owned() }
}

/// A copy of everything, to read and print.
#[derive(Template)]
#[template(path = "page/person_copy.html")]
pub struct CopyPage<'a> {
    /// The frame.
    pub s: Shell,
    /// The person's public id.
    pub person: String,
    /// The parts.
    pub parts: Vec<CopySection<'a>>,
}

impl<'a> CopyPage<'a> {
    /// The page of a copy.
    pub fn of(s: Shell, copy: &'a PersonCopy) -> Self {
        let text = s.text();
        let parts = copy.parts.iter().map(|part| CopySection { title: text.t(&format!("copy-part-{}", part.key)), part, text });
        Self { person: copy.person.to_string(), parts: parts.collect(), s }
    }
}

/// The bytes of the JSON, as they are sent.
pub fn json_of(copy: &PersonCopy) -> Vec<u8> {
    copy.json.reveal().clone()
}

/// One consent of the proof.
#[derive(Debug)]
pub struct ConsentLine {
    /// What for.
    pub purpose: String,
    /// Which version of the text.
    pub version: String,
    /// Its SHA-256 in hexadecimal.
    pub hash: String,
    /// The text itself, where the version shipped is that one.
    pub wording: String,
    /// How it was given.
    pub how: String,
    /// When.
    pub given: String,
    /// When it was withdrawn; empty while it stands.
    pub withdrawn: String,
    /// In front of whom, or recorded by whom; empty where by nobody of staff.
    pub by: String,
    witness: Guarded<String>,
}

impl ConsentLine {
    fn witness(&self) -> &str {
        self.witness.reveal()
    }
}

/// What somebody consented to, to print and sign.
#[derive(Debug, Template)]
#[template(path = "page/consent_proof.html")]
pub struct ConsentProof {
    /// The frame.
    pub s: Shell,
    /// The person's public id.
    pub person: String,
    /// Each consent.
    pub consents: Vec<ConsentLine>,
}

impl ConsentProof {
    /// The page. `branch` is the branch's name in Chinese and in English, `hash` the digest of a text as it was shown.
    pub fn of(
        s: Shell,
        person: String,
        rows: &[ConsentItem],
        texts: &ConsentTexts,
        branch: (&str, &str),
        hash: &dyn Fn(&str) -> Vec<u8>,
        printed: &dyn Fn(Timestamp) -> String,
    ) -> Self {
        let text = s.text();
        let line = |row: &ConsentItem| {
            // The wording is shown where it is the very text that was shown then: in either language with the name the branch has in it,
            // whatever the language of this page, by its hash.
            let wording = texts.versions(row.purpose).flat_map(|t| [t.shown(false, branch.0), t.shown(true, branch.1)]);
            let wording = wording.into_iter().find(|shown| hash(shown) == row.sha256);
            ConsentLine {
                purpose: purpose_word(row.purpose, text),
                version: row.version.clone(),
                hash: row.sha256.iter().map(|b| format!("{b:02x}")).collect(),
                wording: wording.unwrap_or_default(),
                how: text.t(match row.how {
                    ConsentHow::OnScreen => "proof-on-screen",
                    ConsentHow::OnPaper => "proof-on-paper",
                    ConsentHow::SelfService => "proof-self-service",
                }),
                given: printed(row.given),
                withdrawn: row.withdrawn.map(printed).unwrap_or_default(),
                by: row.by.clone().unwrap_or_default(),
                witness: Guarded::new(row.witness.as_ref().map(|name| name.reveal().as_str().to_owned()).unwrap_or_default()),
            }
        };
        Self { person, consents: rows.iter().map(line).collect(), s }
    }
}

/// What a consent is given for, in words.
pub fn purpose_word(purpose: Purpose, text: Text) -> String {
    match purpose {
        Purpose::Contact => text.t("proof-contact"),
        Purpose::Register(registry) => text.x("proof-register", super::people::registry_word(registry, text)),
        Purpose::Sensitive(registry) => text.x("proof-sensitive", super::people::registry_word(registry, text)),
        Purpose::Guardian(registry) => text.x("proof-guardian", super::people::registry_word(registry, text)),
    }
}
