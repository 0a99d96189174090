//! A full enrolment: every question of the registry, or an interest where that is all that was wanted.

use chrono::NaiveDate;

use super::flaw::MAX_TEXT;
use super::{Flaw, Flaws, RelativeForm, Typed, Understood, birth_date, named_for, relative};
use crate::domain::Guarded;
use crate::domain::contact::{Address, Contact, Relative};
use crate::domain::document::Document;
use crate::domain::guided::{Filled, Lack, judge, questions};
use crate::domain::name::PersonName;
use crate::domain::national_id::NationalId;
use crate::domain::person::{Abo, BirthDate, EthnicGroup, Health, Identity, Rh, Sex};
use crate::domain::phone::Phone;
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::town::TownCode;

const RELATIVE_FIELDS: [(&str, &str); 3] =
    [("relative1-name", "relative1-phone"), ("relative2-name", "relative2-phone"), ("relative3-name", "relative3-phone")];

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
        let known_answers = questions(self.registry);
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
