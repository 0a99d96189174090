//! People: searching, the masked list, one person before and after the disclosure.

use askama::Template;

use super::{Choice, Field, Select, Shell, Slips};
use crate::domain::Guarded;

/// A person in the list, masked.
#[derive(Debug, Clone)]
pub struct PersonLine {
    /// Public id, also the address.
    pub person: String,
    /// Masked name.
    pub name: String,
    /// Sex and age.
    pub about: String,
    /// Town.
    pub town: String,
    /// Masked phone.
    pub phone: String,
    /// Masked document number.
    pub document: String,
    /// Registries with standing, in words.
    pub registries: String,
    /// Contact standing: `verified`, `unverified`, `lost`, `stopped`.
    pub contact: &'static str,
}

/// The search and what it found.
#[derive(Debug, Template)]
#[template(path = "page/people.html")]
pub struct People {
    /// The frame.
    pub s: Shell,
    /// On file altogether.
    pub total: u64,
    /// What was searched for.
    pub query: Field,
    /// Registry.
    pub registry: Select,
    /// Town.
    pub town: Select,
    /// The result, once something was searched.
    pub found: Option<Vec<PersonLine>>,
    /// Whether there are more than are shown.
    pub more: bool,
}

impl People {
    fn contact(&self, line: &PersonLine) -> (&'static str, String) {
        match line.contact {
            "verified" => ("tag tag--ok", self.s.t("contact-verified")),
            "lost" => ("tag tag--stop", self.s.t("contact-lost")),
            "stopped" => ("tag", self.s.t("contact-stopped")),
            _ => ("tag tag--warn", self.s.t("contact-unverified")),
        }
    }
}

/// A label with a value: masked text before the disclosure, opened text after it.
#[derive(Debug)]
pub struct Shown {
    /// The field's word.
    pub label: String,
    value: Guarded<String>,
}

impl Shown {
    /// A field of the page.
    pub fn new(label: String, value: Guarded<String>) -> Self {
        Self { label, value }
    }

    fn text(&self) -> &str {
        self.value.reveal()
    }
}

/// A standing in one registry.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The registry's word.
    pub registry: String,
    /// The standing in a word.
    pub status: String,
    /// Since when.
    pub since: String,
    /// `ok`, `warn`, `stop` or nothing.
    pub class: &'static str,
    /// Where a decision on an undecided standing is posted; empty where none is needed.
    pub decide: String,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub when: String,
    /// What, in words without personal data.
    pub what: String,
}

/// One person.
#[derive(Debug, Template)]
#[template(path = "page/person.html")]
pub struct Person {
    /// The frame.
    pub s: Shell,
    /// Public id.
    pub person: String,
    /// Earlier ids that still lead here.
    pub aliases: Vec<String>,
    /// What is wrong with the disclosure asked for.
    pub slips: Slips,
    /// Name, masked or opened.
    pub name: Guarded<String>,
    /// Whether the fields are opened.
    pub opened: bool,
    /// The fields.
    pub fields: Vec<Shown>,
    /// Standings.
    pub standings: Vec<Standing>,
    /// History.
    pub history: Vec<Happened>,
    /// Why the identity is opened.
    pub reason: Choice,
    /// Records joined into this person, each with the path of its splitting.
    pub joined: Vec<(String, String)>,
}

impl Person {
    fn open(&self) -> &str {
        self.name.reveal()
    }
}
