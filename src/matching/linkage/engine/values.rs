//! Distinct values in the form in which they are compared.

use std::collections::HashMap;

use zeroize::Zeroize;

use super::hash::Build;
use super::schema::Meaning;
use super::texts::Numbers;
use crate::matching::linkage::chars;
use crate::matching::linkage::name::canonical;

/// Longest value that is compared, in signs.
const LONGEST: usize = 64;

/// Distinct values; number 0 is the missing one.
pub(super) struct Dictionary {
    units: Vec<u16>,
    ends: Vec<u32>,
    /// Values that sound alike have the same number.
    pub sound: Vec<u32>,
    /// A sum over the letters of the sound that does not depend on their order.
    pub letters: Vec<u32>,
    /// Whether the value is written in Chinese characters.
    han: Vec<bool>,
}

impl Drop for Dictionary {
    fn drop(&mut self) {
        self.units.zeroize();
    }
}

impl Dictionary {
    /// The signs of a value.
    pub(super) fn units(&self, id: u32) -> &[u16] {
        let i = usize::try_from(id).unwrap_or(0);
        let at = |i: usize| self.ends.get(i).and_then(|e| usize::try_from(*e).ok()).unwrap_or(0);
        self.units.get(i.checked_sub(1).map_or(0, at)..at(i)).unwrap_or_default()
    }

    /// Whether a value is written in Chinese characters.
    pub(super) fn is_han(&self, id: u32) -> bool {
        usize::try_from(id).ok().and_then(|i| self.han.get(i)).copied().unwrap_or(false)
    }

    /// How many values, the missing one counted.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Numbers distinct values as they come.
#[derive(Default)]
pub(super) struct Builder(Numbers);

impl Builder {
    /// The number of a value; 0 for an empty one.
    pub(super) fn number(&mut self, value: &str) -> u32 {
        if value.is_empty() || means_nothing(value) { 0 } else { self.0.number(value) }
    }

    /// All values; `sounded` asks for the codes of their sound.
    pub(super) fn finish(self, sounded: bool) -> Dictionary {
        let values = self.0.texts;
        let n = values.len() + 1;
        let mut units = Vec::with_capacity(values.bytes());
        let mut ends = Vec::with_capacity(n);
        let mut han = Vec::with_capacity(n);
        ends.push(0);
        han.push(false);
        for value in values.iter() {
            units.extend(value.chars().take(LONGEST).map(unit));
            ends.push(u32::try_from(units.len()).unwrap_or(u32::MAX));
            han.push(value.chars().any(chars::is_han));
        }
        let chinese = han.iter().filter(|h| **h).count() * 10 > n;
        let (mut sound, mut letters) = (vec![0u32], vec![0u32]);
        if sounded {
            let mut codes: HashMap<String, u32, Build> = HashMap::default();
            for value in values.iter() {
                let code = if chinese { spelled(value) } else { skeleton(value) };
                letters.push(code.bytes().fold(0u32, |sum, b| sum.wrapping_add(low(super::hash::spread(u64::from(b) + 977)))));
                let next = u32::try_from(codes.len() + 1).unwrap_or(u32::MAX);
                sound.push(*codes.entry(code).or_insert(next));
            }
        }
        units.shrink_to_fit();
        Dictionary { units, ends, sound, letters, han }
    }
}

fn low(z: u64) -> u32 {
    u32::try_from(z & 0xffff_ffff).unwrap_or(0)
}

/// A character as one unit: characters beyond the basic plane fall on the private area, where names have no other.
fn unit(c: char) -> u16 {
    u16::try_from(u32::from(c)).unwrap_or_else(|_| 0xe000 + u16::try_from(u32::from(c) % 0x1900).unwrap_or(0))
}

/// Words that stand for a missing value.
fn means_nothing(value: &str) -> bool {
    matches!(
        value,
        "na" | "n/a" | "nan" | "null" | "none" | "nil" | "unknown" | "missing" | "-" | "--" | "?" | "无" | "不详" | "未知" | "空"
    )
}

/// The toneless letters of a name, southern mergers folded.
fn spelled(value: &str) -> String {
    let mut out = String::new();
    for c in value.chars() {
        match chars::readings(c)[0] {
            0 if c.is_alphanumeric() => out.push(if c == 'v' { 'u' } else { c }),
            0 => {}
            s => out.push_str(&chars::letters(s).replace('ü', "u")),
        }
    }
    out.replace("zh", "z").replace("ch", "c").replace("sh", "s").replace("ng", "n")
}

/// What is left of a name in letters where vowels do not count and like consonants are one (after Soundex, its first letter
/// folded like the others).
fn skeleton(value: &str) -> String {
    let mut out = String::new();
    let mut last = ' ';
    for (i, c) in value.chars().enumerate() {
        let class = match c {
            'b' | 'f' | 'p' | 'v' | 'w' if c != 'w' || i == 0 => '1',
            'c' | 'g' | 'j' | 'k' | 'q' | 's' | 'x' | 'z' => '2',
            'd' | 't' => '3',
            'l' => '4',
            'm' | 'n' => '5',
            'r' => '6',
            'h' | 'w' => continue,
            c if c.is_ascii_digit() => c,
            _ => '0',
        };
        if class != last && (class != '0' || i == 0) {
            out.push(class);
        }
        last = class;
        if out.len() == 5 {
            break;
        }
    }
    out
}

/// The comparable form of a cell.
pub(super) fn comparable(meaning: Meaning, text: &str) -> String {
    match meaning {
        Meaning::Surname | Meaning::GivenName | Meaning::FullName => canonical(text).replace(' ', ""),
        Meaning::Phone => {
            let digits: String = chars::composed(text).chars().filter(char::is_ascii_digit).collect();
            let national = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|r| r.len() == 11)).unwrap_or(&digits);
            national.trim_start_matches('0').to_owned()
        }
        Meaning::NationalId => {
            let number = plain(text).to_uppercase();
            crate::domain::national_id::NationalId::parse(&number).map_or(number, |id| id.as_str().to_owned())
        }
        Meaning::Identifier => plain(text).to_uppercase(),
        Meaning::Email => chars::composed(text).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect(),
        Meaning::Sex => match chars::composed(text).chars().next().map(|c| c.to_ascii_lowercase()) {
            Some('男' | 'm') => "m".to_owned(),
            Some('女' | 'f' | 'w') => "f".to_owned(),
            Some(c) if c.is_alphanumeric() => c.to_string(),
            _ => String::new(),
        },
        Meaning::StreetNumber | Meaning::Postcode => plain(text).trim_start_matches('0').to_owned(),
        _ => {
            let clean = canonical(text);
            if clean.is_empty() { plain(text) } else { clean }
        }
    }
}

fn plain(text: &str) -> String {
    chars::composed(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_one_form() {
        assert_eq!(comparable(Meaning::Phone, "+86 138-1234-5678"), "13812345678");
        assert_eq!(comparable(Meaning::NationalId, "110105491231002"), "11010519491231002X");
        assert_eq!(comparable(Meaning::Surname, "O'Brien"), "obrien");
        assert_eq!(comparable(Meaning::Sex, "女性"), comparable(Meaning::Sex, "Female"));
    }

    #[test]
    fn names_that_sound_alike_share_a_code() {
        let mut b = Builder::default();
        let ids: Vec<u32> = ["张", "章", "zhang", "王"].iter().map(|v| b.number(v)).collect();
        let d = b.finish(true);
        let code = |i: usize| ids.get(i).and_then(|n| d.sound.get(usize::try_from(*n).expect("small"))).copied();
        assert!(code(0) == code(1) && code(0) == code(2) && code(0) != code(3));
        assert_eq!(skeleton("meyer"), skeleton("maier"));
        assert_eq!(skeleton("mitchell"), skeleton("mitchel"));
    }

    #[test]
    fn words_for_nothing_are_nothing() {
        assert_eq!(Builder::default().number("unknown"), 0);
        assert_eq!(Builder::default().number("不详"), 0);
    }
}
