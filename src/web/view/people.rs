//! People: searching, the masked list, one person before and after the disclosure.

use askama::Template;
use chrono::NaiveDate;

use super::enrol::{abo_word, town_name};
use super::{Choice, Field, Select, Shell, Slips, mask};
use crate::app::{PersonPage, PersonRow};
use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::person::{Identity, Rh};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::town::{TownCode, Towns};
use crate::web::i18n::Text;

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
}

impl PersonLine {
    /// A line of the list.
    pub fn of(row: &PersonRow, day: NaiveDate, towns: &Towns, text: Text) -> Self {
        let none = || text.t("empty-value");
        let identity = row.identity.as_ref().map(Guarded::reveal);
        let contact = row.contact.as_ref().map(Guarded::reveal);
        Self {
            person: row.public_id.to_string(),
            name: identity.map_or_else(none, |i| mask::name(&i.name)),
            about: about(identity, day, text),
            town: contact.and_then(|c| c.address.as_ref()).map(|a| town_name(a.town, towns, text)).unwrap_or_default(),
            phone: contact.and_then(|c| c.phones.first()).map_or_else(none, mask::phone),
            document: identity.and_then(|i| i.documents.first()).map_or_else(none, mask::document),
            registries: row
                .standings
                .iter()
                .map(|(registry, status, _)| format!("{} {}", registry_word(*registry, text), status_word(*registry, *status, text)))
                .collect::<Vec<_>>()
                .join(&text.t("list-comma")),
        }
    }

    /// Whether a row lives in a town.
    pub fn lives_in(row: &PersonRow, town: TownCode) -> bool {
        row.contact.as_ref().is_some_and(|c| c.reveal().address.as_ref().is_some_and(|a| a.town == Some(town)))
    }
}

/// Sex and age.
fn about(identity: Option<&Identity>, day: NaiveDate, text: Text) -> String {
    let Some(identity) = identity else { return String::new() };
    let age = identity.birth.map(|birth| mask::age(birth, day, text)).unwrap_or_default();
    match identity.sex {
        Some(_) => format!("{} {age}", mask::sex(identity.sex, text)),
        None => age,
    }
}

/// The short word of a registry.
pub fn registry_word(registry: Registry, text: Text) -> String {
    text.t(&format!("registry-{}", registry.word()))
}

/// The word of a standing.
pub fn status_word(registry: Registry, status: EnrolmentStatus, text: Text) -> String {
    match status {
        EnrolmentStatus::Interest => text.t("status-interest"),
        EnrolmentStatus::Registered if registry == Registry::StemCell => text.t("status-registered-stem-cell"),
        EnrolmentStatus::Registered => text.t("status-registered"),
        EnrolmentStatus::Enrolled => text.t("status-enrolled"),
        EnrolmentStatus::Undecided => text.t("status-undecided"),
        EnrolmentStatus::Exited(reason) => text.t(&format!("exit-{}", reason.word())),
    }
}

/// The search and what it found.
#[derive(Debug, Template)]
#[template(path = "page/people.html")]
pub struct People {
    /// The frame.
    pub s: Shell,
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
    /// The next page of the list, where there is one.
    pub next: Option<Next>,
}

/// What the next page of the list is asked for with.
#[derive(Debug, Clone)]
pub struct Next {
    /// The public id of the last person shown.
    pub after: String,
    /// The registry asked for; empty for all.
    pub registry: &'static str,
    /// The town asked for; empty for all.
    pub town: String,
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
    /// What is wrong with what was asked for.
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
    /// Registrations that can be taken out again: label and subject id.
    pub joined: Vec<(String, String)>,
    /// Leaving a registry: which, and why; none where there is nothing to leave.
    pub leave: Option<(Select, Choice)>,
}

impl Person {
    fn open(&self) -> &str {
        self.name.reveal()
    }
}

/// Name and fields of a person, masked unless the page was opened. The latest record that tells something counts.
pub fn shown(page: &PersonPage, day: NaiveDate, towns: &Towns, text: Text) -> (Guarded<String>, Vec<Shown>) {
    let mut records: Vec<_> = page.view.records().collect();
    records.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.id)));
    let identities: Vec<&Identity> = records.iter().filter_map(|r| r.identity.as_ref()).map(Guarded::reveal).collect();
    let contacts: Vec<&Contact> = records.iter().filter_map(|r| r.contact.as_ref()).map(Guarded::reveal).collect();
    let open = page.opened;
    let pick = |opened: String, masked: String| if open { opened } else { masked };
    let name = identities.first().map(|i| pick(i.name.as_str().to_owned(), mask::name(&i.name))).unwrap_or_default();
    let mut fields: Vec<Shown> = Vec::new();
    let mut add = |key: &str, value: String| fields.push(Shown::new(text.t(key), Guarded::new(value)));
    let latest = identities.first().copied();
    add("sex-age", about(latest, day, text));
    if let Some(born) = identities.iter().find_map(|i| i.birth) {
        let full = born.day().map_or_else(|| born.year().to_string(), |d| d.to_string());
        add("field-birth", pick(full, format!("{}-**-**", born.year())));
    }
    let unique = |values: Vec<(String, String)>| {
        let mut out: Vec<(String, String)> = Vec::new();
        for value in values {
            if !out.contains(&value) {
                out.push(value);
            }
        }
        out
    };
    let documents = identities.iter().flat_map(|i| &i.documents).map(|d| (d.number().to_owned(), mask::document(d))).collect();
    let phones = contacts.iter().flat_map(|c| &c.phones).map(|p| (p.as_str().to_owned(), mask::phone(p))).collect();
    let mails = contacts.iter().flat_map(|c| &c.mails).map(|m| (m.as_str().to_owned(), mask::mail(m))).collect();
    for (key, values) in [("field-document", unique(documents)), ("field-phone", unique(phones)), ("field-mail", unique(mails))] {
        if values.is_empty() {
            add(key, String::new());
        }
        for (opened, masked) in values {
            add(key, pick(opened, masked));
        }
    }
    let address = contacts.iter().find_map(|c| c.address.as_ref());
    add("field-town", address.map(|a| town_name(a.town, towns, text)).unwrap_or_default());
    if open {
        add("field-address", address.map(|a| a.text.clone()).unwrap_or_default());
        if let Some(ethnic) = identities.iter().find_map(|i| i.ethnic.as_ref()) {
            add("field-ethnic", ethnic.0.clone());
        }
        for former in identities.iter().flat_map(|i| &i.former_names) {
            add("field-former-name", former.as_str().to_owned());
        }
        for health in records.iter().filter_map(|r| r.health.as_ref()).map(Guarded::reveal).take(1) {
            if let (Some(abo), Some(rh)) = (health.abo, health.rh) {
                let key = if rh == Rh::Positive { "group-positive" } else { "group-negative" };
                add("field-group", text.x(key, abo_word(abo)));
            }
        }
        for relative in contacts.first().iter().flat_map(|c| &c.relatives) {
            let parts =
                [relative.name.as_ref().map(|n| n.as_str()), relative.relation.as_deref(), relative.phones.first().map(|p| p.as_str())];
            add("field-relative", parts.into_iter().flatten().collect::<Vec<_>>().join(" "));
        }
    }
    (Guarded::new(name), fields)
}
