//! The line an ID-card reader types, for browsers without script: spread over the fields that are still blank.

use super::entries::Entries;
use crate::domain::Guarded;
use crate::domain::national_id::NationalId;
use crate::domain::person::Sex;

/// Spreads the line of the field `swipe`; false where it holds no valid number. A blank field is fine.
///
/// Readers send the card's fields with separators of their own choosing (`|`, comma, tab): name, sex, ethnic group, birth date, address, number.
pub fn spread(entries: &mut Entries) -> bool {
    let Some(line) = entries.text("swipe") else { return true };
    let parts: Vec<&str> = line.reveal().split(['|', ',', ';', '\t', '，', '；']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let Some((at, id)) = parts.iter().enumerate().find_map(|(at, part)| NationalId::parse(part).ok().map(|id| (at, id))) else {
        return false;
    };
    let mut fill = |name, text: &str| entries.fill(name, Guarded::new(text.to_owned()));
    fill("document", id.as_str());
    if let Some(birth) = id.birth_date() {
        fill("birth", &birth.to_string());
    }
    if let Some(sex) = id.sex() {
        fill("sex", if sex == Sex::Male { "male" } else { "female" });
    }
    let is_place = |part: &str| part.chars().skip(1).any(|c| "省市区县镇路街村号".contains(c));
    let is_ethnic = |part: &str| part.ends_with('族') && part.chars().count() <= 8;
    let is_sex = |part: &str| matches!(part, "男" | "女");
    let is_date = |part: &str| part.chars().filter(char::is_ascii_digit).count() >= 6;
    let others = || parts.iter().enumerate().filter(move |(i, _)| *i != at).map(|(_, part)| *part);
    if let Some(ethnic) = others().find(|p| is_ethnic(p)) {
        fill("ethnic", ethnic.trim_end_matches('族'));
    }
    if let Some(place) = others().filter(|p| is_place(p)).max_by_key(|p| p.chars().count()) {
        fill("address", place);
    }
    if let Some(name) = others().find(|p| !is_sex(p) && !is_ethnic(p) && !is_place(p) && !is_date(p) && p.chars().count() >= 2) {
        fill("name", name);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(line: &str) -> Entries {
        let mut entries = Entries::default();
        entries.push("swipe".into(), Guarded::new(line.into()));
        entries
    }

    #[test]
    fn a_cards_line_fills_blank_fields() {
        let mut entries = with("张三|女|汉族|19491231|北京市朝阳区建国路 1 号|11010519491231002X");
        entries.push("name".into(), Guarded::new(String::new()));
        assert!(spread(&mut entries));
        for (field, value) in [
            ("name", "张三"),
            ("document", "11010519491231002X"),
            ("birth", "1949-12-31"),
            ("sex", "female"),
            ("ethnic", "汉"),
            ("address", "北京市朝阳区建国路 1 号"),
        ] {
            assert!(entries.chose(field, value), "{field}");
        }
    }

    #[test]
    fn what_was_typed_is_kept_and_a_wrong_number_refused() {
        let mut entries = with("11010519491231002X");
        entries.push("birth".into(), Guarded::new("1950-01-01".into()));
        assert!(spread(&mut entries));
        assert!(entries.chose("birth", "1950-01-01"));
        assert!(!spread(&mut with("110105194912310021")));
        assert!(spread(&mut with("  ")));
    }
}
