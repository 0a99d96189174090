//! What people typed at a table or at home, and how it is understood.
//!
//! A parser: forms come in as typed, drafts go out, or everything that is wrong with them by field.

mod correct;
mod enrol;
mod flaw;
mod guardian;
mod interest;

use chrono::NaiveDate;

use super::Guarded;
use super::contact::{Relative, RelativeRole};
use super::guided::Complete;
use super::national_id::NationalId;
use super::phone::Phone;
use super::record::RecordDraft;
use super::registry::Registry;
use flaw::Flaws;

pub use correct::{CorrectForm, Corrected, Known};
pub use enrol::EnrolForm;
pub use flaw::Flaw;
pub use interest::InterestForm;

/// Text as typed.
pub type Typed = Guarded<String>;

/// A third person named on a form.
pub struct RelativeForm {
    /// Name.
    pub name: Typed,
    /// Relation in words.
    pub relation: Typed,
    /// Phone.
    pub phone: Typed,
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

#[cfg(test)]
mod tests;
