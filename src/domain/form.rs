//! What people typed at a table or at home, and how it is understood.
//!
//! A parser: forms come in as typed, drafts go out, or everything that is wrong with them by field.

mod guardian;

use chrono::NaiveDate;

use super::Guarded;
use super::contact::{Address, Contact, Relative, RelativeRole};
use super::document::Document;
use super::guided::{Complete, Filled, Lack, judge};
use super::mail::{MailAddress, MailFlaw};
use super::name::{NameFlaw, PersonName};
use super::national_id::{NationalId, NationalIdFlaw};
use super::person::{Abo, BirthDate, EthnicGroup, Health, Identity, Rh, Sex};
use super::phone::{Phone, PhoneFlaw};
use super::record::{Details, RecordDraft};
use super::registry::{EnrolmentStatus, Registry};
use super::town::TownCode;

mod correct;

pub use correct::{CorrectForm, Corrected, Known};

/// Text as typed.
pub type Typed = Guarded<String>;

/// 意向登记: interest at a drive's table.
pub struct InterestForm {
    /// Name.
    pub name: Typed,
    /// Mobile number.
    pub phone: Typed,
    /// Mail address; may be empty.
    pub mail: Typed,
    /// What the person would like to know more of; at least one.
    pub registries: Vec<Registry>,
    /// Consent to being contacted about it.
    pub consent: bool,
    /// The consent text was shown in English.
    pub english: bool,
}

/// A third person named on a form.
pub struct RelativeForm {
    /// Name.
    pub name: Typed,
    /// Relation in words.
    pub relation: Typed,
    /// Phone.
    pub phone: Typed,
}

/// A guided, full enrolment.
pub struct EnrolForm {
    /// For which registry.
    pub registry: Registry,
    /// Save as interest although something is missing for the enrolment.
    pub as_interest: bool,
    /// Name.
    pub name: Typed,
    /// Sex, where the document does not tell it.
    pub sex: Option<Sex>,
    /// Birth date, where the document does not tell it.
    pub birth: Typed,
    /// Ethnic group; may be empty.
    pub ethnic: Typed,
    /// Identity number, passport or other document number.
    pub document: Typed,
    /// Own phones.
    pub phone: Typed,
    /// Mail address; may be empty.
    pub mail: Typed,
    /// Address.
    pub address: Typed,
    /// Town.
    pub town: Option<TownCode>,
    /// Weight in kilograms; may be empty.
    pub weight: Typed,
    /// `A`, `B`, `AB`, `O` or empty.
    pub abo: String,
    /// `+`, `-` or empty.
    pub rh: String,
    /// Contacts (stem cells) or executors (organ and body).
    pub relatives: Vec<RelativeForm>,
    /// Form witnesses (organ and body).
    pub witnesses: Vec<Typed>,
    /// Items consented to (organ and body).
    pub items: Vec<String>,
    /// Sample barcode (stem cells); may be empty.
    pub barcode: Typed,
    /// Answers to the registry's questions: question key, answer key.
    pub answers: Vec<(String, String)>,
    /// Consent to being registered.
    pub consent: bool,
    /// The separate consent to sensitive data.
    pub sensitive_consent: bool,
    /// A guardian agreed (volunteers of 16 and 17).
    pub guardian: bool,
    /// The guardian.
    pub guardian_is: RelativeForm,
    /// The consent texts were shown in English.
    pub english: bool,
    /// Save although the same document number is in this registry already.
    pub despite_warning: bool,
}

/// One thing wrong with a form: the field and the locale key of the sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Field name, as the form names its input.
    pub field: &'static str,
    /// Locale key.
    pub key: String,
}

const MAX_TEXT: usize = 200;
const RELATIVE_FIELDS: [(&str, &str); 3] =
    [("relative1-name", "relative1-phone"), ("relative2-name", "relative2-phone"), ("relative3-name", "relative3-phone")];

struct Flaws(Vec<Flaw>);

impl Flaws {
    fn add(&mut self, field: &'static str, key: &str) {
        self.0.push(Flaw { field, key: key.to_owned() });
    }

    fn name(&mut self, field: &'static str, text: &str) -> Option<PersonName> {
        match PersonName::parse(text) {
            Ok(name) => Some(name),
            Err(flaw) => {
                self.add(
                    field,
                    match flaw {
                        NameFlaw::Missing => "flaw-name-missing",
                        NameFlaw::TooLong => "flaw-name-too-long",
                        NameFlaw::NotAName | NameFlaw::ReplacementChar => "flaw-name-invalid",
                        NameFlaw::HasNote => "flaw-name-note",
                    },
                );
                None
            }
        }
    }

    fn phone(&mut self, field: &'static str, text: &str) -> Option<Phone> {
        match Phone::parse(text) {
            Ok(phone) => Some(phone),
            Err(flaw) => {
                self.add(field, if flaw == PhoneFlaw::Missing { "flaw-phone-missing" } else { "flaw-phone-invalid" });
                None
            }
        }
    }

    fn mail(&mut self, field: &'static str, text: &str) -> Option<MailAddress> {
        match MailAddress::parse(text) {
            Ok(mail) => Some(mail),
            Err(MailFlaw::Missing) => None,
            Err(_) => {
                self.add(field, "flaw-mail-invalid");
                None
            }
        }
    }

    fn short(&mut self, field: &'static str, text: &str) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > MAX_TEXT || text.chars().any(char::is_control) {
            self.add(field, "flaw-text-invalid");
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// As a sample is taken under it later: the tube has one code, however it is typed.
    fn barcode(&mut self, typed: &Typed) -> Option<String> {
        if typed.reveal().trim().is_empty() {
            return None;
        }
        let number = super::outside::number(typed);
        if number.is_none() {
            self.add("barcode", "flaw-barcode-invalid");
        }
        number.map(|number| number.reveal().clone())
    }

    fn document(&mut self, text: &str) -> Option<Document> {
        let compact: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_uppercase();
        if compact.is_empty() {
            return None;
        }
        match NationalId::parse(&compact) {
            Ok(id) => return Some(Document::National(id)),
            Err(NationalIdFlaw::Check) => self.add("document", "flaw-document-check"),
            Err(NationalIdFlaw::BirthDate) => self.add("document", "flaw-document-birth"),
            Err(_) => {
                let plain = compact.bytes().all(|b| b.is_ascii_alphanumeric()) && (6..=20).contains(&compact.len());
                // All digits and near the length of an identity number: more likely a slip of the keys than another document.
                let slipped = compact.bytes().filter(u8::is_ascii_digit).count() >= 14;
                if plain && !slipped {
                    let letter_first = compact.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
                    return Some(if letter_first && compact.len() == 9 { Document::Passport(compact) } else { Document::Other(compact) });
                }
                self.add("document", "flaw-document-length");
            }
        }
        None
    }
}

/// A form understood.
#[derive(Debug)]
pub struct Understood {
    /// What it tells.
    pub draft: RecordDraft,
    /// The registries an interest is for, beside the draft's own.
    pub also: Vec<Registry>,
    /// Proof that the registry's questions were answered and consents given; none for an interest.
    pub complete: Option<Complete>,
}

impl InterestForm {
    /// Understands the form.
    ///
    /// # Errors
    /// Everything wrong with it, in the order of the form.
    pub fn parse(&self, day: NaiveDate) -> Result<Understood, Vec<Flaw>> {
        let mut flaws = Flaws(Vec::new());
        let mut registries = self.registries.clone();
        registries.sort_unstable();
        registries.dedup();
        if registries.is_empty() {
            flaws.add("registries", "flaw-registries-missing");
        }
        let name = flaws.name("name", self.name.reveal());
        let phone = flaws.phone("phone", self.phone.reveal());
        let mail = flaws.mail("mail", self.mail.reveal());
        if !self.consent {
            flaws.add("consent", "flaw-consent-missing");
        }
        let (Some(name), Some(registry), true) = (name, registries.first().copied(), flaws.0.is_empty()) else {
            return Err(flaws.0);
        };
        let contact = Contact {
            salutation: Some(name.clone()),
            phones: phone.into_iter().collect(),
            mails: mail.into_iter().collect(),
            ..Contact::default()
        };
        let identity = Identity { name, former_names: Vec::new(), sex: None, birth: None, ethnic: None, documents: Vec::new() };
        Ok(Understood {
            draft: RecordDraft {
                registry,
                date: Some(day),
                status: EnrolmentStatus::Interest,
                identity: Guarded::new(identity),
                contact: Guarded::new(contact),
                health: Guarded::new(Health::default()),
                details: Guarded::new(Details::default()),
            },
            also: registries.into_iter().skip(1).collect(),
            complete: None,
        })
    }
}

impl EnrolForm {
    /// Understands the form on a day. With everything there it is a registration; with [`EnrolForm::as_interest`] it may be less.
    ///
    /// # Errors
    /// Everything wrong or missing, in the order of the form.
    pub fn parse(&self, day: NaiveDate) -> Result<Understood, Vec<Flaw>> {
        let mut flaws = Flaws(Vec::new());
        let name = flaws.name("name", self.name.reveal());
        let document = flaws.document(self.document.reveal());
        let national = match &document {
            Some(Document::National(id)) => Some(id),
            _ => None,
        };
        let birth = birth_date(&self.birth, national, day, &mut flaws);
        let sex = national.and_then(NationalId::sex).or(self.sex);
        if let (Some(told), Some(read)) = (self.sex, national.and_then(NationalId::sex))
            && told != read
        {
            flaws.add("sex", "flaw-sex-differs");
        }
        let ethnic = flaws.short("ethnic", self.ethnic.reveal()).map(EthnicGroup);
        let phone = flaws.phone("phone", self.phone.reveal());
        let mail = flaws.mail("mail", self.mail.reveal());
        let address = flaws.short("address", self.address.reveal());
        let weight = self.weight_kg(&mut flaws);
        let mut relatives = self.relatives(phone.as_ref(), &mut flaws);
        let witnesses: Vec<PersonName> =
            self.witnesses.iter().filter(|w| !w.reveal().trim().is_empty()).filter_map(|w| flaws.name("witness", w.reveal())).collect();
        let barcode = flaws.barcode(&self.barcode);
        if !self.consent && self.as_interest {
            flaws.add("consent", "flaw-consent-missing");
        }

        let guardian = self.guardian(birth, day, &mut flaws);
        let with_phone = relatives.iter().filter(|r| r.name.is_some() && !r.phones.is_empty()).count();
        let filled = Filled {
            answers: self.answers.clone(),
            consent: self.consent,
            sensitive_consent: self.sensitive_consent,
            birth,
            contacts: with_phone,
            executors: with_phone,
            witnesses: witnesses.len(),
            items: self.items.len(),
            guardian: self.guardian,
            // What is wrong with the name or the phone has been told already.
            guardian_named: guardian.is_some(),
        };
        relatives.extend(guardian);
        let complete = if self.as_interest {
            None
        } else {
            match judge(self.registry, &filled, day) {
                Ok(complete) => Some(complete),
                Err(lacks) => {
                    for lack in lacks {
                        flaws.0.push(Flaw { field: lack_field(lack), key: lack.key() });
                    }
                    None
                }
            }
        };
        let (Some(name), true) = (name, flaws.0.is_empty()) else {
            return Err(flaws.0);
        };
        let status = if complete.is_some() { EnrolmentStatus::Registered } else { EnrolmentStatus::Interest };
        // Without the separate consent nothing sensitive is kept (PIPL 29).
        let health = if self.sensitive_consent {
            Health { abo: abo(&self.abo), rh: rh(&self.rh), weight_kg: weight, ..Health::default() }
        } else {
            Health::default()
        };
        let known_answers = super::guided::questions(self.registry);
        let answers = self
            .answers
            .iter()
            .filter(|(q, a)| known_answers.iter().any(|k| k.key == q && k.answers.iter().any(|x| x.key == a)))
            .cloned()
            .collect();
        let items: Vec<String> = self.items.iter().filter(|i| i.chars().count() <= MAX_TEXT).cloned().collect();
        let apart = !items.is_empty();
        Ok(Understood {
            draft: RecordDraft {
                registry: self.registry,
                date: Some(day),
                status,
                identity: Guarded::new(Identity {
                    name: name.clone(),
                    former_names: Vec::new(),
                    sex,
                    birth: birth.map(BirthDate::Day),
                    ethnic,
                    documents: document.into_iter().collect(),
                }),
                contact: Guarded::new(Contact {
                    salutation: Some(name),
                    phones: phone.into_iter().collect(),
                    mails: mail.into_iter().collect(),
                    address: (address.is_some() || self.town.is_some())
                        .then(|| Address { text: address.unwrap_or_default(), town: self.town }),
                    relatives,
                    language: None,
                }),
                health: Guarded::new(health),
                details: Guarded::new(Details { barcode, items, apart, witnesses, answers, ..Details::default() }),
            },
            also: Vec::new(),
            complete,
        })
    }

    fn weight_kg(&self, flaws: &mut Flaws) -> Option<f64> {
        let typed = self.weight.reveal().trim();
        if typed.is_empty() {
            return None;
        }
        let read = typed.parse::<f64>().ok().filter(|w| (20.0..=300.0).contains(w));
        if read.is_none() {
            flaws.add("weight", "flaw-weight-invalid");
        }
        read
    }

    fn relatives(&self, own: Option<&Phone>, flaws: &mut Flaws) -> Vec<Relative> {
        let role = named_for(self.registry);
        let rows = self.relatives.iter().zip(RELATIVE_FIELDS);
        rows.filter_map(|(form, fields)| relative(form, fields, role, own, flaws)).collect()
    }
}

/// What the people named on a registry's form are named for.
fn named_for(registry: Registry) -> RelativeRole {
    if registry == Registry::OrganBody { RelativeRole::Executor } else { RelativeRole::Contact }
}

fn relative(
    form: &RelativeForm,
    (name_field, phone_field): (&'static str, &'static str),
    role: RelativeRole,
    own: Option<&Phone>,
    flaws: &mut Flaws,
) -> Option<Relative> {
    let (name, phone) = (form.name.reveal().trim(), form.phone.reveal().trim());
    if name.is_empty() && phone.is_empty() {
        return None;
    }
    let name = flaws.name(name_field, name);
    let phone = flaws.phone(phone_field, phone);
    if phone.is_some() && phone.as_ref() == own {
        flaws.add(phone_field, "flaw-contact-phone-is-own");
    }
    let relation = flaws.short(name_field, form.relation.reveal());
    Some(Relative { role, name, relation, phones: phone.into_iter().collect() })
}

fn birth_date(birth: &Typed, national: Option<&NationalId>, day: NaiveDate, flaws: &mut Flaws) -> Option<NaiveDate> {
    let typed = birth.reveal().trim();
    let typed = if typed.is_empty() {
        None
    } else {
        let digits: String = typed.chars().map(|c| if c.is_ascii_digit() { c } else { '-' }).collect();
        let read = NaiveDate::parse_from_str(&digits, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(&digits, "%Y%m%d")).ok();
        match read.filter(|d| *d <= day && d.years_since(day).is_none()) {
            Some(date) => Some(date),
            None => {
                flaws.add("birth", "flaw-birth-invalid");
                None
            }
        }
    };
    let read = national.and_then(NationalId::birth_date);
    if let (Some(typed), Some(read)) = (typed, read)
        && typed != read
    {
        flaws.add("birth", "flaw-birth-differs");
    }
    read.or(typed)
}

const fn lack_field(lack: Lack) -> &'static str {
    match lack {
        Lack::Unanswered(question) | Lack::NotYet(question) => question,
        Lack::Consent => "consent",
        Lack::SensitiveConsent => "sensitive-consent",
        Lack::Birth | Lack::Age => "birth",
        Lack::Contacts | Lack::Executor => "relative1-name",
        Lack::Witness => "witness",
        Lack::Items => "items",
        Lack::Guardian => "guardian",
        Lack::GuardianNamed => "guardian-name",
    }
}

fn abo(word: &str) -> Option<Abo> {
    match word {
        "A" => Some(Abo::A),
        "B" => Some(Abo::B),
        "AB" => Some(Abo::AB),
        "O" => Some(Abo::O),
        _ => None,
    }
}

fn rh(word: &str) -> Option<Rh> {
    match word {
        "+" => Some(Rh::Positive),
        "-" => Some(Rh::Negative),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
