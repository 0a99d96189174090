//! People: searching, the masked list, one person before and after the disclosure.

use askama::Template;
use chrono::NaiveDate;

use super::donor::{DonorForms, DonorPart};
use super::enrol::{abo_word, town_name};
use super::leaving::{LeaveFields, LeftShown};
use super::volunteer::{VolunteerForms, VolunteerPart};
use super::{Choice, Field, Select, Shell, Slips, mask, relative};
use crate::app::{Access, PersonPage, PersonRow};
use crate::domain::Guarded;
use crate::domain::contact::{Relative, RelativeRole};
use crate::domain::id::RecordId;
use crate::domain::person::{Identity, Rh};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::survivor::{Field as Kind, Kept, Told, survivors};
use crate::domain::town::{TownCode, Towns};
use crate::store::PersonView;
use crate::store::RecordView;
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

/// Sex and age of a guarded identity.
pub fn about_of(identity: Option<&Guarded<Identity>>, day: NaiveDate, text: Text) -> String {
    about(identity.map(Guarded::reveal), day, text)
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
    /// Which record tells it: when, on what occasion, by whom. Empty for a line of its own making.
    pub from: String,
}

impl Shown {
    /// A field of the page.
    pub fn new(label: String, value: Guarded<String>) -> Self {
        Self { label, value, from: String::new() }
    }

    /// The same, with where it comes from.
    pub fn told(self, from: String) -> Self {
        Self { from, ..self }
    }

    /// What is shown.
    pub fn text(&self) -> &str {
        self.value.reveal()
    }

    /// The value in custody again, for another page.
    pub fn guarded(&self) -> Guarded<String> {
        self.value.duplicate()
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
    /// Where it is noted that they said themselves that they are no longer willing; empty where that is nothing new.
    pub own_word: String,
    /// Whether they said so after they had left.
    pub said: bool,
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
    pub name: Shown,
    /// Whether the fields are opened.
    pub opened: bool,
    /// How whoever reads comes to see them.
    pub access: Access,
    /// The answer to their last request, where it was refused.
    pub refused: Option<super::disclosure::RefusedShown>,
    /// The fields.
    pub fields: Vec<Shown>,
    /// Standings.
    pub standings: Vec<Standing>,
    /// The wish of an organ and body registrant; empty where there is none, or for whom it is not.
    pub wish: String,
    /// Where the data are put right; empty where they are not open, or for whom it is not.
    pub correct: String,
    /// The samples of a stem-cell registrant; empty where there is none, or for whom it is not.
    pub sample: String,
    /// Where an exit, a death or an enrolment is taken back; empty where there is none, or for whom it is not.
    pub in_error: String,
    /// The GRID of a stem-cell registrant.
    pub grid: Option<super::outside::GridShown>,
    /// Consents that rest on an older text: what for, and on which.
    pub older: Vec<(String, String)>,
    /// Where they are given anew; empty for whom it is not.
    pub renew: String,
    /// What other systems know.
    pub outside: Vec<super::outside::OutsideShown>,
    /// Match requests and death notices, open and closed; empty for whom they are not.
    pub matters: Vec<super::closed::MatterLine>,
    /// History.
    pub history: Vec<Happened>,
    /// A donor's days, where the fields are opened.
    pub donor: Option<DonorPart>,
    /// The forms that record a donation, a deferral, a blood group, for whom may.
    pub donor_forms: Option<DonorForms>,
    /// A volunteer's teams, hours, certificates and skills, where the fields are opened.
    pub volunteer: Option<VolunteerPart>,
    /// The forms that record of a volunteer, for whom may.
    pub volunteer_forms: Option<VolunteerForms>,
    /// Why the identity is opened.
    pub reason: Choice,
    /// Other public ids that open this person.
    pub aliases: Vec<String>,
    /// Registrations that can be taken out again: label and subject id.
    pub joined: Vec<(String, String)>,
    /// Leaving a registry; none where there is nothing to leave.
    pub leave: Option<LeaveFields>,
    /// The day of the death and who told of it, in words; empty where neither is known.
    pub death: String,
    /// How it was told that registries were left.
    pub left: Vec<LeftShown>,
}

impl Person {
    fn open(&self) -> &str {
        self.name.text()
    }

    fn may_open(&self) -> bool {
        self.access == Access::Open
    }

    fn waits(&self) -> bool {
        self.access == Access::Waits
    }

    fn wrong_leave(&self) -> bool {
        LeaveFields::has_slips(&self.slips)
    }

    fn wrong_how(&self) -> bool {
        LeaveFields::wrong_how(&self.slips)
    }
}

/// Where the values of a record come from, in words: when, on what occasion, by whom.
pub type FromWhere<'a> = &'a dyn Fn(RecordId) -> String;

/// What the records of a person tell, for [`survivors`].
pub fn told(view: &PersonView) -> Vec<Told<'_>> {
    view.records()
        .map(|RecordView { id, recorded_at, identity, contact, health, .. }| Told {
            record: *id,
            at: *recorded_at,
            identity: identity.as_ref(),
            contact: contact.as_ref(),
            health: health.as_ref(),
        })
        .collect()
}

/// Name and fields of a person, masked unless the page was opened. Which record's value counts is for [`survivors`] to say.
pub fn shown(page: &PersonPage, day: NaiveDate, towns: &Towns, text: Text, from: FromWhere<'_>) -> (Shown, Vec<Shown>) {
    let open = page.opened;
    let pick = |opened: &str, masked: String| if open { opened.to_owned() } else { masked };
    let mut name = Shown::new(text.t("field-name"), Guarded::new(String::new()));
    let mut fields: Vec<Shown> = Vec::new();
    let kept = survivors(&told(&page.view));
    let mut seen: Vec<Kind> = Vec::new();
    for Kept { field, record, at } in kept {
        let Some(row) = page.view.records().find(|r| r.id == record) else { continue };
        let identity = row.identity.as_ref().map(Guarded::reveal);
        let contact = row.contact.as_ref().map(Guarded::reveal);
        seen.push(field);
        let mut add = |key: &str, value: String| fields.push(Shown::new(text.t(key), Guarded::new(value)).told(from(record)));
        match field {
            Kind::Name => {
                let value = identity.map(|i| pick(i.name.as_str(), mask::name(&i.name))).unwrap_or_default();
                name = Shown::new(text.t("field-name"), Guarded::new(value)).told(from(record));
            }
            Kind::OtherName => {
                let other = identity.and_then(|i| std::iter::once(&i.name).chain(&i.former_names).nth(at));
                if let Some(other) = other {
                    add(if at == 0 { "field-other-name" } else { "field-former-name" }, pick(other.as_str(), mask::name(other)));
                }
            }
            Kind::Sex => add("field-sex", mask::sex(identity.and_then(|i| i.sex), text)),
            Kind::Birth => {
                if let Some(born) = identity.and_then(|i| i.birth) {
                    let full = born.day().map_or_else(|| born.year().to_string(), |d| d.to_string());
                    let value = pick(&full, format!("{}-**-**", born.year()));
                    add("field-birth", text.xy("birth-and-age", value, mask::age(born, day, text)));
                }
            }
            Kind::Document => {
                if let Some(d) = identity.and_then(|i| i.documents.get(at)) {
                    add("field-document", pick(d.number(), mask::document(d)));
                }
            }
            Kind::Phone => {
                if let Some(p) = contact.and_then(|c| c.phones.get(at)) {
                    add("field-phone", pick(p.as_str(), mask::phone(p)));
                }
            }
            Kind::Mail => {
                if let Some(m) = contact.and_then(|c| c.mails.get(at)) {
                    add("field-mail", pick(m.as_str(), mask::mail(m)));
                }
            }
            Kind::Address => {
                if let Some(address) = contact.and_then(|c| c.address.as_ref()) {
                    add("field-town", town_name(address.town, towns, text));
                    if open && !address.text.is_empty() {
                        add("field-address", address.text.clone());
                    }
                }
            }
            Kind::Ethnic => {
                if let Some(ethnic) = identity.and_then(|i| i.ethnic.as_ref()).filter(|_| open) {
                    add("field-ethnic", ethnic.0.clone());
                }
            }
            Kind::Group => {
                let health = row.health.as_ref().map(Guarded::reveal).filter(|_| open);
                if let Some((abo, rh)) = health.and_then(|h| h.abo.zip(h.rh)) {
                    let key = if rh == Rh::Positive { "group-positive" } else { "group-negative" };
                    add("field-group", text.x(key, abo_word(abo)));
                }
            }
            Kind::Relative => {
                let others = |r: &&Relative| r.role != RelativeRole::Guardian;
                for relative in contact.iter().flat_map(|c| &c.relatives).filter(others).filter(|_| open) {
                    add("field-relative", relative::line(relative));
                }
            }
        }
    }
    let guardian = relative::guardian(page, text).filter(|_| open);
    fields.extend(guardian.map(|(line, record)| Shown::new(text.t("field-guardian-is"), line).told(from(record))));
    // What is missing is said: it is what a caller has to ask for.
    for (field, key) in
        [(Kind::Document, "field-document"), (Kind::Phone, "field-phone"), (Kind::Mail, "field-mail"), (Kind::Address, "field-town")]
    {
        if !seen.contains(&field) {
            fields.push(Shown::new(text.t(key), Guarded::new(String::new())));
        }
    }
    (name, fields)
}
