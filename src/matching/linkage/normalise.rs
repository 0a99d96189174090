//! From a person's values to [`Features`]; one of the places that may open a value in custody.

use std::borrow::Cow;

use chrono::Datelike;
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

/// Signs of a town after which its part ends.
const ROADS: [&str; 2] = ["街道办事处", "街道"];
/// Signs of other towns, and of what is above them.
const ABOVE: [char; 7] = ['镇', '乡', '区', '县', '市', '州', '省'];
/// Signs after a number that tell a group of houses, not a house.
const NOT_A_HOUSE: &str = "组社队村期区年月大路街巷";

/// Splits an address into the street or village and the numbers of house, building, unit and room.
fn push_address(out: &mut Features, text: &str) {
    let mut clean = String::with_capacity(text.len());
    let composed = chars::composed(text);
    for c in composed.chars() {
        if chars::is_unified(c) || c.is_alphanumeric() || c == '#' || c == '-' {
            clean.push(chars::simplify(c));
        }
    }
    if let Cow::Owned(mut composed) = composed {
        composed.zeroize();
    }
    let numbered = |text: &str| text.bytes().position(|b| b.is_ascii_digit()).unwrap_or(text.len());
    let local = clean.get(above(clean.get(..numbered(&clean)).unwrap_or_default())..).unwrap_or_default();
    let street = local.get(..numbered(local)).unwrap_or_default();
    let street = street.char_indices().nth(STREET).and_then(|(end, _)| street.get(..end)).unwrap_or(street);
    // A village's own group number may be written in words: 三组 is 3组.
    let (street, spoken) = spoken_group(street);
    if !street.is_empty() {
        out.push(Tag::Street, street.as_bytes());
        let (mut value, house) = numbers(local, spoken);
        if house {
            out.push(Tag::House, value.as_bytes());
        }
        value.zeroize();
    }
    clean.zeroize();
}

/// Where the part of a town or above ends.
fn above(head: &str) -> usize {
    let behind = |sign: &str| head.rfind(sign).map(|at| at + sign.len());
    let road = head.contains('街').then(|| ROADS.iter().find_map(|sign| behind(sign))).flatten();
    road.or_else(|| ABOVE.iter().find_map(|sign| head.rfind(*sign).map(|at| at + sign.len_utf8()))).unwrap_or(0)
}

/// The numbers of an address, a spoken one first, and whether one of them is that of a house.
fn numbers(local: &str, spoken: Option<usize>) -> (String, bool) {
    let mut out = String::with_capacity(local.len() + 4);
    out.extend(spoken.map(|n| n.to_string()));
    let (mut first, mut house) = (spoken.is_none(), false);
    let mut rest = local;
    while let Some(start) = rest.bytes().position(|b| b.is_ascii_digit()) {
        let found = rest.get(start..).unwrap_or_default();
        let (digits, behind) = found.split_at(found.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(found.len()));
        house |= !behind.starts_with(|c| NOT_A_HOUSE.contains(c));
        if !std::mem::take(&mut first) {
            out.push('-');
        }
        out.push_str(digits.trim_start_matches('0'));
        rest = behind;
    }
    (out, house)
}

/// Takes a group number in words off the end of a village, e.g. `和平村三组` gives `和平村` and 3.
fn spoken_group(street: &str) -> (&str, Option<usize>) {
    const WORDS: &str = "零一二三四五六七八九";
    let Some(body) = street.strip_suffix('组').or_else(|| street.strip_suffix('社')) else { return (street, None) };
    let kept = body.trim_end_matches(|c| c == '十' || WORDS.contains(c));
    let digit = |c: char| WORDS.chars().position(|w| w == c);
    let mut number = body.get(kept.len()..).unwrap_or_default().chars();
    let value = match [number.next(), number.next(), number.next(), number.next()] {
        [Some('十'), None, ..] => Some(10),
        [Some('十'), Some(unit), None, _] => digit(unit).map(|u| 10 + u),
        [Some(ten), Some('十'), Some(unit), None] => digit(unit).zip(digit(ten)).map(|(u, t)| 10 * t + u),
        [Some(ten), Some('十'), None, _] => digit(ten).map(|t| 10 * t),
        [Some(unit), None, ..] => digit(unit),
        _ => None,
    };
    if value.is_some() { (kept, value) } else { (street, None) }
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
        assert_eq!(address("堪嘉镇松柏村三十二组07号"), ("松柏村".to_owned(), "32-7".to_owned()));
        assert_eq!(address("堪嘉镇松柏村十组5"), ("松柏村".to_owned(), "10-5".to_owned()));
        assert_eq!(address("堪嘉镇松柏村二十组5"), ("松柏村".to_owned(), "20-5".to_owned()));
        assert_eq!(address("堪嘉镇十二组"), (String::new(), String::new()));
    }

    #[test]
    fn a_group_of_houses_is_not_a_house() {
        assert_eq!(address("石岭镇双河村9组"), ("双河村".to_owned(), String::new()));
        assert_eq!(address("石岭镇"), (String::new(), String::new()));
    }
}
