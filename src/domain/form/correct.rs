//! The data of a person on file, put right at the office: a form that is filled with what is known, and what differs from it.
//!
//! A value that was left as it stands is kept as it is, even where it could not be typed in anew: what an old sheet told is no reason to
//! refuse the correction of something else.

use super::{Flaw, Flaws, RelativeForm, Typed, birth_date, named_for, relative};
use crate::domain::Guarded;
use crate::domain::contact::{Address, Contact, Relative, RelativeRole};
use crate::domain::document::Document;
use crate::domain::mail::MailAddress;
use crate::domain::name::PersonName;
use crate::domain::national_id::NationalId;
use crate::domain::person::{BirthDate, EthnicGroup, Health, Identity, Sex};
use crate::domain::phone::Phone;
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::town::TownCode;

const PHONES: [&str; 2] = ["phone", "phone2"];
const MAILS: [&str; 2] = ["mail", "mail2"];
const WITNESSES: [&str; 2] = ["witness", "witness2"];
/// Name, relation and phone of the people named, in their order.
const NAMED: [(&str, &str, &str); 3] = [
    ("relative1-name", "relative1-relation", "relative1-phone"),
    ("relative2-name", "relative2-relation", "relative2-phone"),
    ("relative3-name", "relative3-relation", "relative3-phone"),
];

/// What is known of a person, as one form of one registry shows it.
#[derive(Debug)]
pub struct Known {
    identity: Guarded<Identity>,
    contact: Guarded<Contact>,
    /// Form witnesses, and what of the rest a later record has to say again so that it stays the last word.
    details: Guarded<Details>,
}

/// The form as typed.
pub struct CorrectForm {
    /// For which registry it was filled in.
    pub registry: Registry,
    /// Name.
    pub name: Typed,
    /// Sex.
    pub sex: Option<Sex>,
    /// Birth date; of whom only the year is known, the year.
    pub birth: Typed,
    /// Ethnic group.
    pub ethnic: Typed,
    /// Document number; empty takes it off.
    pub document: Typed,
    /// Own phones, best first; an empty one is taken off.
    pub phones: Vec<Typed>,
    /// Mail addresses, so too.
    pub mails: Vec<Typed>,
    /// Address.
    pub address: Typed,
    /// Town.
    pub town: Option<TownCode>,
    /// Contacts (stem cells) or executors (organ and body), in their order.
    pub relatives: Vec<RelativeForm>,
    /// Form witnesses (organ and body).
    pub witnesses: Vec<Typed>,
}

/// What a form makes of a person.
#[derive(Debug)]
pub struct Corrected {
    /// Who.
    pub identity: Guarded<Identity>,
    /// How to reach them.
    pub contact: Guarded<Contact>,
    /// Form witnesses.
    pub details: Guarded<Details>,
    /// The fields that differ from before, as the correction list calls them; never a value.
    pub changed: Vec<&'static str>,
}

impl Known {
    /// From what a person's records tell, the latest first; `own` is the contact that the registration itself told last, `details` are those
    /// of the registry. None where nothing is open.
    pub fn of(
        identities: &[&Guarded<Identity>],
        contacts: &[&Guarded<Contact>],
        own: Option<&Guarded<Contact>>,
        details: &[&Guarded<Details>],
    ) -> Option<Self> {
        let all = || identities.iter().map(|i| i.reveal());
        let mut identity = all().next()?.clone();
        identity.sex = all().find_map(|i| i.sex);
        let full = all().filter_map(|i| i.birth).find(|b| b.day().is_some());
        identity.birth = full.or_else(|| all().find_map(|i| i.birth));
        identity.ethnic = all().find_map(|i| i.ethnic.clone());
        let all = || contacts.iter().map(|c| c.reveal());
        let mut contact = all().next()?.clone();
        if let Some(own) = own.map(Guarded::reveal) {
            // What another registration of the same person does not tell, this one still does.
            if contact.phones.is_empty() {
                contact.phones.clone_from(&own.phones);
            }
            if contact.mails.is_empty() {
                contact.mails.clone_from(&own.mails);
            }
        }
        contact.address = all().filter_map(|c| c.address.as_ref()).find(|a| is_told(a)).cloned();
        let named =
            [RelativeRole::Executor, RelativeRole::Contact, RelativeRole::Family, RelativeRole::Guardian].into_iter().flat_map(|role| {
                let told = all().map(|c| of_role(c, role)).find(|r| !r.is_empty());
                told.unwrap_or_default()
            });
        contact.relatives = named.collect();
        let all = || details.iter().map(|d| d.reveal());
        let details = Details {
            witnesses: Details::witnesses_of(details),
            education: all().find_map(|d| d.education.clone()),
            occupation: all().find_map(|d| d.occupation.clone()),
            ..Details::default()
        };
        Some(Self { identity: Guarded::new(identity), contact: Guarded::new(contact), details: Guarded::new(details) })
    }

    /// What stands in the fields of the form.
    pub fn shown(&self, registry: Registry) -> Vec<(&'static str, Guarded<String>)> {
        let (identity, contact) = (self.identity.reveal(), self.contact.reveal());
        let mut out = vec![("name", identity.name.as_str().to_owned())];
        out.extend(identity.documents.get(shown_document(identity)).map(|d| ("document", d.number().to_owned())));
        out.extend(identity.sex.map(|s| ("sex", if s == Sex::Female { "female" } else { "male" }.to_owned())));
        out.extend(identity.birth.map(|b| ("birth", birth_text(b))));
        out.extend(identity.ethnic.as_ref().map(|e| ("ethnic", e.0.clone())));
        out.extend(PHONES.into_iter().zip(contact.phones.iter().map(|p| p.as_str().to_owned())));
        out.extend(MAILS.into_iter().zip(contact.mails.iter().map(|m| m.as_str().to_owned())));
        if let Some(address) = &contact.address {
            out.push(("address", address.text.clone()));
            out.extend(address.town.map(|town| ("town", town.to_string())));
        }
        for ((name, relation, phone), known) in NAMED.into_iter().zip(of_role(contact, named_for(registry))) {
            let [named, related, called] = texts_of(&known);
            out.extend([(name, named), (relation, related), (phone, called)]);
        }
        out.extend(WITNESSES.into_iter().zip(self.details.reveal().witnesses.iter().map(|w| w.as_str().to_owned())));
        out.into_iter().map(|(field, text)| (field, Guarded::new(text))).collect()
    }
}

impl CorrectForm {
    /// The words of the fields that a correction can change, as the correction list has them.
    pub const FIELDS: [&'static str; 12] =
        ["name", "document", "sex", "birth", "ethnic", "phone", "mail", "town", "address", "executor", "contact2", "witness"];

    /// Understands the form on a day, beside what was known.
    ///
    /// # Errors
    /// Everything wrong with it, in the order of the form.
    pub fn parse(&self, known: &Known, day: chrono::NaiveDate) -> Result<Corrected, Vec<Flaw>> {
        let mut flaws = Flaws(Vec::new());
        let (was, reached, told) = (known.identity.reveal(), known.contact.reveal(), known.details.reveal());
        let name = match self.name.reveal().trim() {
            same if same == was.name.as_str() => Some(was.name.clone()),
            typed => flaws.name("name", typed),
        };
        let documents = self.documents(was, &mut flaws);
        let national = documents.iter().find_map(|d| if let Document::National(id) = d { Some(id) } else { None });
        let read = national.and_then(NationalId::sex);
        if let (Some(told), Some(read)) = (self.sex, read)
            && told != read
        {
            flaws.add("sex", "flaw-sex-differs");
        }
        let birth = self.birth(was.birth, national, day, &mut flaws);
        let ethnic = match (&was.ethnic, self.ethnic.reveal().trim()) {
            (Some(known), same) if known.0.trim() == same => Some(known.clone()),
            (_, typed) => flaws.short("ethnic", typed).map(EthnicGroup),
        };
        let phones = several(&self.phones, PHONES, &reached.phones, Phone::as_str, |field, text| flaws.phone(field, text));
        let mails = several(&self.mails, MAILS, &reached.mails, MailAddress::as_str, |field, text| flaws.mail(field, text));
        let text = match (&reached.address, self.address.reveal().trim()) {
            (Some(known), same) if known.text.trim() == same => known.text.clone(),
            (_, typed) => flaws.short("address", typed).unwrap_or_default(),
        };
        let address = Some(Address { text, town: self.town }).filter(is_told);
        let relatives = self.relatives(&reached.relatives, phones.first(), &mut flaws);
        let witnesses = self.witnesses(&told.witnesses, &mut flaws);
        let (Some(name), true) = (name, flaws.0.is_empty()) else { return Err(flaws.0) };

        let salutation = match &reached.salutation {
            Some(other) if *other != was.name => Some(other.clone()),
            _ => Some(name.clone()),
        };
        let sex = read.or(self.sex);
        let identity = Identity { name, former_names: was.former_names.clone(), sex, birth, ethnic, documents };
        let contact = Contact { salutation, phones, mails, address, relatives, language: reached.language };
        let details = Details { witnesses, ..told.clone() };
        let (before, now) = (reached.address.as_ref(), contact.address.as_ref());
        let named = if self.registry == Registry::OrganBody { "executor" } else { "contact2" };
        let differs = [
            ("name", identity.name != was.name),
            ("document", identity.documents != was.documents),
            ("sex", identity.sex != was.sex),
            ("birth", identity.birth != was.birth),
            ("ethnic", identity.ethnic != was.ethnic),
            ("phone", contact.phones != reached.phones),
            ("mail", contact.mails != reached.mails),
            ("town", before.and_then(|a| a.town) != now.and_then(|a| a.town)),
            ("address", before.map_or("", |a| a.text.as_str()) != now.map_or("", |a| a.text.as_str())),
            (named, contact.relatives != reached.relatives),
            ("witness", details.witnesses != told.witnesses),
        ];
        let changed = differs.into_iter().filter_map(|(field, differs)| differs.then_some(field)).collect();
        Ok(Corrected { identity: Guarded::new(identity), contact: Guarded::new(contact), details: Guarded::new(details), changed })
    }

    fn documents(&self, was: &Identity, flaws: &mut Flaws) -> Vec<Document> {
        let at = shown_document(was);
        let shown = was.documents.get(at);
        let typed = match shown {
            Some(same) if self.document.reveal().trim() == same.number() => Some(same.clone()),
            _ => flaws.document(self.document.reveal()),
        };
        let others = was.documents.iter().enumerate().filter(|(n, d)| *n != at && typed.as_ref() != Some(*d)).map(|(_, d)| d.clone());
        let mut documents: Vec<Document> = others.collect();
        if let Some(typed) = typed {
            documents.insert(at.min(documents.len()), typed);
        }
        documents
    }

    fn birth(&self, was: Option<BirthDate>, national: Option<&NationalId>, day: chrono::NaiveDate, flaws: &mut Flaws) -> Option<BirthDate> {
        match (was, national.and_then(NationalId::birth_date)) {
            (Some(year @ BirthDate::Year(_)), read) if self.birth.reveal().trim() == birth_text(year) => match read {
                Some(read) if BirthDate::Day(read).year() != year.year() => {
                    flaws.add("birth", "flaw-birth-differs");
                    None
                }
                read => Some(read.map_or(year, BirthDate::Day)),
            },
            _ => birth_date(&self.birth, national, day, flaws).map(BirthDate::Day),
        }
    }

    fn relatives(&self, before: &[Relative], own: Option<&Phone>, flaws: &mut Flaws) -> Vec<Relative> {
        if !matches!(self.registry, Registry::StemCell | Registry::OrganBody) {
            return before.to_vec();
        }
        let role = named_for(self.registry);
        let (known, others): (Vec<&Relative>, Vec<&Relative>) = before.iter().partition(|r| r.role == role);
        let rows = self.relatives.iter().zip(NAMED).enumerate();
        let mut named: Vec<Relative> = rows
            .filter_map(|(at, (form, (name, _, phone)))| {
                let typed = [&form.name, &form.relation, &form.phone].map(|t| t.reveal().trim());
                match known.get(at).filter(|k| texts_of(k).iter().map(String::as_str).eq(typed)) {
                    Some(same) => Some((*same).clone()),
                    None => relative(form, (name, phone), role, own, flaws),
                }
            })
            .collect();
        if named.is_empty() && !known.is_empty() {
            flaws.add("relative1-name", if role == RelativeRole::Executor { "lack-executor" } else { "lack-contacts" });
        }
        named.extend(known.into_iter().skip(self.relatives.len()).cloned());
        // In the order in which `Known` has them, so that nothing seems changed where nothing is.
        let (executors, later): (Vec<Relative>, Vec<Relative>) =
            named.into_iter().chain(others.into_iter().cloned()).partition(|r| r.role == RelativeRole::Executor);
        let (contacts, family): (Vec<Relative>, Vec<Relative>) = later.into_iter().partition(|r| r.role == RelativeRole::Contact);
        executors.into_iter().chain(contacts).chain(family).collect()
    }

    fn witnesses(&self, before: &[PersonName], flaws: &mut Flaws) -> Vec<PersonName> {
        if self.registry != Registry::OrganBody {
            return before.to_vec();
        }
        if let [one, other] = self.witnesses.as_slice()
            && !one.reveal().trim().is_empty()
            && one.reveal().trim() == other.reveal().trim()
        {
            flaws.add("witness2", "flaw-witness-twice");
        }
        let witnesses = several(&self.witnesses, WITNESSES, before, PersonName::as_str, |field, text| flaws.name(field, text));
        if !before.is_empty() && self.witnesses.iter().all(|w| w.reveal().trim().is_empty()) {
            flaws.add("witness", "lack-witness");
        }
        witnesses
    }
}

impl Corrected {
    /// As a further record of a registration.
    pub fn draft(self, registry: Registry, status: EnrolmentStatus, day: chrono::NaiveDate) -> RecordDraft {
        let Self { identity, contact, details, .. } = self;
        RecordDraft { registry, date: Some(day), status, identity, contact, health: Guarded::new(Health::default()), details }
    }
}

/// What was typed into fields of one kind, then what is known beyond them; each once.
fn several<T: Clone + PartialEq>(
    typed: &[Typed],
    fields: [&'static str; 2],
    before: &[T],
    text_of: fn(&T) -> &str,
    mut read: impl FnMut(&'static str, &str) -> Option<T>,
) -> Vec<T> {
    let mut out: Vec<T> = Vec::new();
    for (typed, field) in typed.iter().zip(fields) {
        let text = typed.reveal().trim();
        if text.is_empty() {
            continue;
        }
        let value = before.iter().find(|b| text_of(b) == text).cloned().or_else(|| read(field, text));
        if let Some(value) = value
            && !out.contains(&value)
        {
            out.push(value);
        }
    }
    for more in before.iter().skip(fields.len()) {
        if !out.contains(more) {
            out.push(more.clone());
        }
    }
    out
}

/// The place of the document that the form shows: the identity number, else the first of what there is.
fn shown_document(identity: &Identity) -> usize {
    identity.documents.iter().position(|d| matches!(d, Document::National(_))).unwrap_or(0)
}

fn birth_text(birth: BirthDate) -> String {
    birth.day().map_or_else(|| birth.year().to_string(), |day| day.to_string())
}

fn is_told(address: &Address) -> bool {
    !address.text.is_empty() || address.town.is_some()
}

fn of_role(contact: &Contact, role: RelativeRole) -> Vec<Relative> {
    contact.relatives.iter().filter(|r| r.role == role).cloned().collect()
}

/// Name, relation and phone as the form shows them.
fn texts_of(relative: &Relative) -> [String; 3] {
    let name = relative.name.as_ref().map(|n| n.as_str().to_owned());
    let phone = relative.phones.first().map(|p| p.as_str().to_owned());
    [name, relative.relation.clone(), phone].map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests;
