//! From a person's values to [`Features`]; one of the places that may open a value in custody.

use chrono::Datelike;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroize;

use super::chars;
use super::features::{Features, Tag};
use super::name::canonical;
use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::document::Document;
use crate::domain::national_id::NationalId;
use crate::domain::person::{BirthDate, Identity};

/// The features of a document number alone, typed into a field for the warning at the table; none where it is no whole number yet.
pub fn document_features(typed: &Guarded<String>) -> Option<Features> {
    let id = NationalId::parse(typed.reveal()).ok()?;
    let document = Document::National(id);
    let mut out = Features::default();
    let mut value = vec![document.kind_code()];
    value.extend_from_slice(document.number().as_bytes());
    out.push(Tag::Document, &value);
    value.zeroize();
    Some(out)
}

/// Characters of a name that are kept.
const NAME: usize = 60;
/// Characters of a street or village that are kept.
const STREET: usize = 24;

/// The normalised values of a person, for [`Index`](super::Index). What the identity does not tell of birth date and sex
/// is read off its resident identity number.
pub fn features(identity: &Guarded<Identity>, contact: Option<&Guarded<Contact>>) -> Features {
    let mut out = Features::default();
    let identity = identity.reveal();
    push_name(&mut out, Tag::Name, identity.name.as_str());
    for former in &identity.former_names {
        push_name(&mut out, Tag::FormerName, former.as_str());
    }
    out.sex = identity.sex.map_or(0, |s| s.code());
    out.birth = match identity.birth {
        Some(BirthDate::Day(day)) => day.num_days_from_ce(),
        Some(BirthDate::Year(year)) => -year.abs(),
        None => 0,
    };
    for document in &identity.documents {
        let mut value = vec![document.kind_code()];
        value.extend_from_slice(document.number().as_bytes());
        out.push(Tag::Document, &value);
        value.zeroize();
        if let Document::National(id) = document {
            if out.birth <= 0
                && let Some(day) = id.birth_date()
            {
                out.birth = day.num_days_from_ce();
            }
            if out.sex == 0 {
                out.sex = id.sex().map_or(0, |s| s.code());
            }
        }
    }
    let Some(contact) = contact.map(Guarded::reveal) else {
        out.fit();
        return out;
    };
    for phone in &contact.phones {
        out.push(Tag::Phone, phone.as_str().as_bytes());
    }
    for mail in &contact.mails {
        let mut lower = mail.as_str().to_lowercase();
        out.push(Tag::Mail, lower.as_bytes());
        lower.zeroize();
    }
    if let Some(address) = &contact.address {
        out.town = address.town.map_or(0, |t| t.0);
        push_address(&mut out, &address.text);
    }
    for phone in contact.relatives.iter().flat_map(|r| &r.phones) {
        out.push(Tag::RelativePhone, phone.as_str().as_bytes());
    }
    out.fit();
    out
}

pub(super) fn push_name(out: &mut Features, tag: Tag, name: &str) {
    let mut whole = canonical(name);
    let mut kept: String = whole.chars().take(NAME).collect();
    if !kept.is_empty() {
        out.push(tag, kept.as_bytes());
    }
    whole.zeroize();
    kept.zeroize();
}

/// Signs after which the part of a town or above ends.
const ABOVE: [&str; 9] = ["街道办事处", "街道", "镇", "乡", "区", "县", "市", "州", "省"];
/// Signs after a number that tell a group of houses, not a house.
const NOT_A_HOUSE: &str = "组社队村期区年月大路街巷";

/// Splits an address into the street or village and the numbers of house, building, unit and room.
fn push_address(out: &mut Features, text: &str) {
    let mut clean: String = text.nfkc().filter(|c| c.is_alphanumeric() || *c == '#' || *c == '-').map(chars::simplify).collect();
    let numbered = clean.find(|c: char| c.is_ascii_digit()).unwrap_or(clean.len());
    let head = clean.get(..numbered).unwrap_or_default();
    let start = ABOVE.iter().find_map(|sign| head.rfind(sign).map(|at| at + sign.len())).unwrap_or(0);
    let mut local: String = clean.get(start..).unwrap_or_default().chars().collect();
    let street: String = local.chars().take_while(|c| !c.is_ascii_digit()).take(STREET).collect();
    // A village's own group number may be written in words: 三组 is 3组.
    let (street, spoken) = spoken_group(&street);
    if !street.is_empty() {
        out.push(Tag::Street, street.as_bytes());
    }
    let mut numbers: Vec<String> = spoken.into_iter().collect();
    let mut house = false;
    let mut digits = String::new();
    for c in local.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            digits.push(c);
        } else if !digits.is_empty() {
            house |= !NOT_A_HOUSE.contains(c);
            numbers.push(digits.trim_start_matches('0').to_owned());
            digits.clear();
        }
    }
    if house && !street.is_empty() {
        let mut value = numbers.join("-");
        out.push(Tag::House, value.as_bytes());
        value.zeroize();
    }
    numbers.zeroize();
    local.zeroize();
    clean.zeroize();
}

/// Takes a group number in words off the end of a village, e.g. `和平村三组` gives `和平村` and `3`.
fn spoken_group(street: &str) -> (String, Option<String>) {
    const WORDS: &str = "零一二三四五六七八九";
    let Some(body) = street.strip_suffix('组').or_else(|| street.strip_suffix('社')) else { return (street.to_owned(), None) };
    let number: Vec<char> = body.chars().rev().take_while(|c| *c == '十' || WORDS.contains(*c)).collect();
    if number.is_empty() {
        return (street.to_owned(), None);
    }
    let digit = |c: &char| WORDS.chars().position(|w| w == *c);
    let value = match number.as_slice() {
        ['十'] => Some(10),
        [unit, '十'] => digit(unit).map(|u| 10 + u),
        [unit, '十', ten] => digit(unit).zip(digit(ten)).map(|(u, t)| 10 * t + u),
        ['十', ten] => digit(ten).map(|t| 10 * t),
        [unit] => digit(unit),
        _ => None,
    };
    let kept: String = body.chars().take(body.chars().count() - number.len()).collect();
    match value {
        Some(v) => (kept, Some(v.to_string())),
        None => (street.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> (String, String) {
        let mut f = Features::default();
        push_address(&mut f, text);
        let one = |tag| f.values(tag).next().map(|v| String::from_utf8_lossy(v).into_owned()).unwrap_or_default();
        (one(Tag::Street), one(Tag::House))
    }

    #[test]
    fn an_address_is_split_into_place_and_numbers() {
        let city = ("车城大道".to_owned(), "192-15-1-2602".to_owned());
        assert_eq!(address("四川省资阳市雁江区狮子山街道车城大道192号15栋1单元2602"), city);
        assert_eq!(address("雁江区 狮子山街道 車城大道１９２號15栋1单元2602室"), city);
        let village = ("松柏村".to_owned(), "3-122".to_owned());
        assert_eq!(address("资阳市雁江区堪嘉镇松柏村3组122#"), village);
        assert_eq!(address("堪嘉镇松柏村三组122号"), village);
    }

    #[test]
    fn a_group_of_houses_is_not_a_house() {
        assert_eq!(address("石岭镇双河村9组"), ("双河村".to_owned(), String::new()));
        assert_eq!(address("石岭镇"), (String::new(), String::new()));
    }
}
