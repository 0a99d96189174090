//! Putting a kept-aside value right: the corrected value is understood as the form's fields are.

use chrono::NaiveDate;

use super::Guarded;
use super::contact::{Address, Contact};
use super::document::Document;
use super::form::Flaw;
use super::language::Language;
use super::mail::MailAddress;
use super::name::PersonName;
use super::national_id::NationalId;
use super::person::{BirthDate, Health, Identity};
use super::phone::Phone;
use super::record::{Details, RecordDraft};
use super::registry::{EnrolmentStatus, Registry};
use super::town::Towns;

/// The word of the field of a line that asks for a standing: of the registry that its record is of.
pub const STANDING: &str = "status";
/// What stands before the registry's word where its record is of another one.
const STANDING_IN: &str = "status-";

/// The word of the field of a line that asks for the standing in a registry of which the registration has no record.
pub fn standing_in(registry: Registry) -> String {
    format!("{STANDING_IN}{}", registry.word())
}

/// In which registry a line asks for a standing, or for what it waits for; none of any other line.
pub fn asks_standing(field: &str, of_record: Registry) -> Option<Registry> {
    match field {
        STANDING | "guardian" => Some(of_record),
        _ => Registry::from_word(field.strip_prefix(STANDING_IN)?),
    }
}

/// The word by which a field is told to staff.
pub fn told_as(field: &str) -> &str {
    if field.starts_with(STANDING_IN) { STANDING } else { field }
}

/// The record that a corrected value adds to what was known; none where the field is settled by a decision alone (witness, executor, hours ...).
///
/// # Errors
/// What is wrong with the corrected value, under the field `value`.
pub fn apply(
    field: &str,
    value: &Guarded<String>,
    registry: Registry,
    mut identity: Guarded<Identity>,
    mut contact: Guarded<Contact>,
    towns: &Towns,
    day: NaiveDate,
) -> Result<Option<RecordDraft>, Flaw> {
    let flaw = |key: &str| Flaw { field: "value", key: key.to_owned() };
    let text = value.reveal().trim();
    if text.is_empty() {
        return Err(flaw("flaw-value-missing"));
    }
    match field {
        "name" => {
            let name = PersonName::parse(text).map_err(|_| flaw("flaw-name-invalid"))?;
            contact.reveal_mut().salutation = Some(name.clone());
            identity.reveal_mut().name = name;
        }
        "document" => {
            let id = NationalId::parse(text).map_err(|_| flaw("flaw-document-check"))?;
            let known = identity.reveal_mut();
            known.birth = id.birth_date().map(BirthDate::Day).or(known.birth);
            known.sex = id.sex().or(known.sex);
            known.documents.push(Document::National(id));
        }
        // The latest is the first that is used; one that was known already moves up.
        "phone" => {
            let phone = Phone::parse(text).map_err(|_| flaw("flaw-phone-invalid"))?;
            let phones = &mut contact.reveal_mut().phones;
            phones.retain(|known| *known != phone);
            phones.insert(0, phone);
        }
        "mail" => {
            let mail = MailAddress::parse(text).map_err(|_| flaw("flaw-mail-invalid"))?;
            let mails = &mut contact.reveal_mut().mails;
            mails.retain(|known| *known != mail);
            mails.insert(0, mail);
        }
        "birth" => {
            let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|d| *d < day).ok_or_else(|| flaw("flaw-birth-invalid"))?;
            identity.reveal_mut().birth = Some(BirthDate::Day(date));
        }
        "language" => contact.reveal_mut().language = Some(Language::from_word(text).ok_or_else(|| flaw("flaw-value-missing"))?),
        "town" => {
            let town = towns.towns.iter().find(|t| t.name == text || t.aliases.iter().any(|a| a == text) || t.name_en == text);
            let code = town.ok_or_else(|| flaw("flaw-town-unknown"))?.code;
            let address = contact.reveal_mut().address.get_or_insert_with(Address::default);
            address.town = Some(code);
        }
        _ => return Ok(None),
    }
    Ok(Some(RecordDraft {
        registry,
        date: Some(day),
        status: EnrolmentStatus::Registered,
        identity,
        contact,
        health: Guarded::new(Health::default()),
        details: Guarded::new(Details::default()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apply_to(field: &str, value: &str) -> Result<Option<RecordDraft>, Flaw> {
        let name = PersonName::parse("赵甲一").expect("a name");
        let identity = Identity { name, former_names: Vec::new(), sex: None, birth: None, ethnic: None, documents: Vec::new() };
        let day = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
        apply(
            field,
            &Guarded::new(value.to_owned()),
            Registry::Blood,
            Guarded::new(identity),
            Guarded::new(Contact::default()),
            &Towns::shipped(),
            day,
        )
    }

    #[test]
    fn a_corrected_number_tells_birth_and_sex() {
        let draft = apply_to("document", "11010519491231002X").expect("valid").expect("a record");
        assert!(draft.identity.reveal().birth.is_some());
    }

    #[test]
    fn a_chosen_language_is_kept_with_the_contact_data() {
        let draft = apply_to("language", "en").expect("valid").expect("a record");
        assert_eq!(Contact::language_of(&draft.contact), Some(Language::En));
        assert!(apply_to("language", "xx").is_err());
    }

    #[test]
    fn a_value_that_is_still_wrong_is_refused() {
        for (field, value) in
            [("document", "110105194912310021"), ("phone", "12"), ("mail", "x"), ("birth", "2030-01-01"), ("town", "无此镇"), ("name", "")]
        {
            assert!(apply_to(field, value).is_err(), "{field}");
        }
    }

    #[test]
    fn a_field_that_is_decided_and_not_typed_adds_no_record() {
        assert!(apply_to("witness", "已补签").expect("settled").is_none());
    }

    #[test]
    fn a_line_that_asks_for_a_standing_says_of_which_registry() {
        for registry in Registry::ALL {
            assert_eq!(asks_standing(STANDING, registry), Some(registry));
            assert_eq!(asks_standing("guardian", registry), Some(registry));
            assert_eq!(asks_standing(&standing_in(registry), Registry::Blood), Some(registry), "whatever its record is of");
            assert_eq!(told_as(&standing_in(registry)), STANDING);
        }
        assert_eq!(asks_standing("phone", Registry::Blood), None);
        assert_eq!(told_as("phone"), "phone");
    }
}
