//! Masked forms of personal data, the same on every page (DESIGN 9): `5120**********1234`, `138****5678`, `赵*一`.
//!
//! A masked form shows enough to tell two records of one list apart and too little to reach or impersonate anybody.

use chrono::NaiveDate;

use crate::domain::document::Document;
use crate::domain::mail::MailAddress;
use crate::domain::name::PersonName;
use crate::domain::person::{BirthDate, Sex};
use crate::domain::phone::Phone;
use crate::domain::time::completed_years;
use crate::web::i18n::Text;

/// First and last characters stay, the middle becomes as many stars: `赵*一`, `欧阳**`, `王*`.
pub fn name(name: &PersonName) -> String {
    let chars: Vec<char> = name.as_str().chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [only] => format!("{only}*"),
        [first, _] => format!("{first}*"),
        [first, middle @ .., last] if chars.len() <= 6 => format!("{first}{}{last}", "*".repeat(middle.len())),
        // Longer names are of other scripts: the first letter of the first word is shown, and no length.
        [first, ..] => format!("{first}***"),
    }
}

/// National numbers keep region start and last four, `5120**********1234`; any other document its last two.
pub fn document(document: &Document) -> String {
    match document {
        Document::National(id) => keep(id.as_str(), 4, 4),
        Document::Passport(number) | Document::Other(number) => keep(number, 0, 2),
    }
}

/// `138****5678`; a landline keeps its last four.
pub fn phone(phone: &Phone) -> String {
    if phone.is_mobile() { keep(phone.as_str(), 3, 4) } else { keep(phone.as_str(), 0, 4) }
}

/// `s***@mail.example`: the first letter and the domain.
pub fn mail(mail: &MailAddress) -> String {
    let (local, domain) = mail.as_str().split_once('@').unwrap_or_default();
    format!("{}***@{domain}", local.chars().take(1).collect::<String>())
}

/// Any other text that was kept aside: its first and last characters, never more than a third of it.
pub fn raw(text: &str) -> String {
    let count = text.chars().count();
    match count {
        0 => String::new(),
        1..=5 => "*".repeat(count),
        _ => {
            let shown = (count / 6).clamp(1, 4);
            keep(text, shown, shown)
        }
    }
}

/// The first `head` and last `tail` characters with a star for each between them; too short a text shows nothing.
fn keep(text: &str, head: usize, tail: usize) -> String {
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= head + tail {
        return "*".repeat(chars.len());
    }
    let middle = chars.len() - head - tail;
    chars.iter().take(head).copied().chain(std::iter::repeat_n('*', middle)).chain(chars.iter().skip(head + middle).copied()).collect()
}

/// `34 岁` on a day; only the year known gives `约 34 岁`.
pub fn age(birth: BirthDate, day: NaiveDate, text: Text) -> String {
    match birth {
        BirthDate::Day(born) => completed_years(born, day).map(|years| text.n("age", years)).unwrap_or_default(),
        BirthDate::Year(year) => text.n("age-about", (chrono::Datelike::year(&day) - year).max(0)),
    }
}

/// The word of a sex.
pub fn sex(sex: Option<Sex>, text: Text) -> String {
    match sex {
        Some(Sex::Male) => text.t("sex-male"),
        Some(Sex::Female) => text.t("sex-female"),
        None => text.t("unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::national_id::NationalId;

    #[test]
    fn numbers_are_masked_as_the_design_prints_them() {
        let id = NationalId::parse("11010519491231002X").unwrap();
        assert_eq!(document(&Document::National(id)), "1101**********002X");
        assert_eq!(document(&Document::Passport("E12345678".into())), "*******78");
        assert_eq!(phone(&Phone::parse("13812345678").unwrap()), "138****5678");
        assert_eq!(phone(&Phone::parse("02826112233").unwrap()), "*******2233");
        assert_eq!(mail(&MailAddress::parse("sun@mail.example").unwrap()), "s***@mail.example");
    }

    #[test]
    fn names_keep_their_first_and_last_character() {
        let masked = |text| name(&PersonName::parse(text).unwrap());
        assert_eq!(masked("赵甲一"), "赵*一");
        assert_eq!(masked("王五"), "王*");
        assert_eq!(masked("欧阳甲乙"), "欧**乙");
        assert_eq!(masked("Maria Skłodowska"), "M***");
    }

    #[test]
    fn a_kept_aside_text_never_shows_more_than_a_third() {
        assert_eq!(raw("十月中"), "***");
        assert_eq!(raw("512002199001010045"), "512************045");
        for count in 0..40usize {
            let shown = raw(&"7".repeat(count)).chars().filter(|c| *c == '7').count();
            assert!(shown * 3 <= count, "{count}: {shown}");
        }
    }
}
