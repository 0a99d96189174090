//! What people typed, before anything was understood of it, and what is wrong with it.

use crate::domain::Guarded;
use crate::domain::person::Sex;
use crate::domain::registry::Registry;
use crate::domain::role::Roles;
use crate::domain::town::TownCode;

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
    /// The consent texts were shown in English.
    pub english: bool,
    /// Save although the same document number is in this registry already.
    pub despite_warning: bool,
}

/// A new account.
pub struct AccountForm {
    /// Log-in name.
    pub login: String,
    /// The name colleagues see.
    pub name: String,
    /// Password.
    pub password: Typed,
    /// Roles.
    pub roles: Roles,
}

/// A new drive.
pub struct DriveForm {
    /// Name.
    pub name: String,
    /// Place.
    pub place: String,
    /// Town.
    pub town: Option<TownCode>,
    /// Day; today where empty.
    pub day: Option<chrono::NaiveDate>,
    /// How many registrations are hoped for.
    pub target: Option<u32>,
}

/// One thing wrong with a form: the field and the locale key of the sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Field name, as the form names its input.
    pub field: &'static str,
    /// Locale key.
    pub key: String,
}

/// What came of a form.
#[derive(Debug)]
pub enum Saved {
    /// Saved under today's running number. The same for known and unknown people.
    As {
        /// The running number of the day.
        number: u32,
    },
    /// Not saved: the exact document number stands in this very registry already.
    AlreadyInThisRegistry,
    /// Not saved: what is wrong, in the order of the form.
    Flawed(Vec<Flaw>),
    /// The same form was sent before; this is its first outcome.
    Before {
        /// The running number given then.
        number: u32,
    },
}
