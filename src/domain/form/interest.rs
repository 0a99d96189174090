//! 意向登记: who may be asked, and by what address.

use chrono::NaiveDate;

use super::{Flaw, Flaws, Typed, Understood};
use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::person::{Health, Identity};
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::{EnrolmentStatus, Registry};

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
