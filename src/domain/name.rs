//! A person's name as written.

use serde::{Deserialize, Serialize};
use unicode_normalization::char::{compose, is_combining_mark};
use zeroize::Zeroize;

use super::guarded::opaque_debug;
use super::written::{is_direction_mark, is_invisible, narrow};

/// A name as written, at most [`PersonName::MAX`] characters: zero-width characters are gone, full-width letters are narrow, the dot between
/// the parts of a name is always `·` (U+00B7), a Chinese name has no spaces. Rare and private-use characters stay as they are.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Zeroize)]
#[serde(transparent)]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameFlaw {
    /// Nothing is left after trimming.
    Missing,
    /// Longer than any name.
    TooLong,
    /// Control characters, emoji, mark-up or other signs that are not part of a name.
    NotAName,
    /// The replacement character U+FFFD, or a question mark or box in its place: the text was once saved in an encoding without the character.
    ReplacementChar,
    /// A note stands beside the name, e.g. in brackets.
    HasNote,
}

/// What Chinese editors write for a character that cannot be read.
const ILLEGIBLE: char = '□';

impl PersonName {
    /// The longest name taken in, in characters.
    pub const MAX: usize = 60;

    /// Reads a name.
    ///
    /// # Errors
    /// [`NameFlaw`], without the text.
    pub fn parse(text: &str) -> Result<Self, NameFlaw> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\'' || c == '\u{feff}');
        if text.chars().take(Self::MAX * 8).filter(|c| !is_invisible(*c)).count() > Self::MAX {
            // Composed letters count once, so only a text that is long without its combining marks is too long.
            if text.chars().filter(|c| !is_invisible(*c) && !is_combining_mark(*c)).take(Self::MAX + 1).count() > Self::MAX {
                return Err(NameFlaw::TooLong);
            }
            return Err(NameFlaw::NotAName);
        }
        if text.chars().any(|c| is_direction_mark(c) || (c.is_control() && !c.is_whitespace())) {
            return Err(if text.chars().all(|c| super::written::is_blank(c)) { NameFlaw::Missing } else { NameFlaw::NotAName });
        }
        let name = joined(text);
        if name.is_empty() {
            return Err(NameFlaw::Missing);
        }
        if name.contains(is_lost) && name.chars().any(char::is_alphabetic) && name.chars().all(|c| is_lost(c) || is_part(c)) {
            return Err(NameFlaw::ReplacementChar);
        }
        if split_note(&name).is_some() {
            return Err(NameFlaw::HasNote);
        }
        if !name.chars().any(char::is_alphabetic) && !name.contains(is_private) || !name.chars().all(is_part) {
            return Err(NameFlaw::NotAName);
        }
        Ok(Self(name))
    }

    /// As [`PersonName::parse`], of what was typed.
    ///
    /// # Errors
    /// [`NameFlaw`], without the text.
    pub fn of_typed(typed: &super::Guarded<String>) -> Result<super::Guarded<Self>, NameFlaw> {
        Self::parse(typed.reveal()).map(super::Guarded::new)
    }

    /// The name and the note that stands beside it: 于洪慧（组长）, 许强红2.
    pub fn with_note_apart(text: &str) -> Option<(Self, String)> {
        let name = joined(text.trim());
        let (name, note) = split_note(&name)?;
        Self::parse(&name).ok().map(|name| (name, note))
    }

    /// As much of a damaged name as can be shown: invisible, control and combining characters and emoji are gone, lost characters are □. For
    /// rows that wait for a correction; it is no name until somebody has corrected it.
    pub fn illegible(text: &str) -> Self {
        let shown: String = joined(text)
            .chars()
            .filter(|c| !c.is_control() && !is_invisible(*c) && !is_combining_mark(*c) && !is_pictograph(*c))
            .map(|c| if is_lost(c) { ILLEGIBLE } else { c })
            .take(Self::MAX)
            .collect();
        let shown = shown.trim();
        Self(if shown.is_empty() { ILLEGIBLE.to_string() } else { shown.to_owned() })
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_lost(c: char) -> bool {
    matches!(c, '\u{fffd}' | '?' | '？' | '□' | '■' | '◻' | '⍰' | '\u{3013}')
}

/// Characters that fonts of an office show but Unicode has no name for: rare characters of GB 18030 that came late.
fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xe000..=0xf8ff | 0xf_0000..=0x10_fffd)
}

fn is_part(c: char) -> bool {
    c.is_alphabetic() || is_private(c) || matches!(c, ' ' | '·' | '-' | '.' | '\'' | '’' | ',')
}

fn is_pictograph(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x2bff if c != ILLEGIBLE) || matches!(u32::from(c), 0x1f000..=0x1faff | 0xe0000..=0xe007f | 0x20e3)
}

fn is_han(c: char) -> bool {
    matches!(u32::from(c), 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x2_0000..=0x3_ffff | 0x3007)
}

/// Narrow, composed, one kind of dot, spaces as the script wants them.
fn joined(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().filter(|c| !is_invisible(*c)).map(narrow) {
        let c = if c.is_whitespace() { ' ' } else { c };
        // Only Latin and Greek letters take marks: composing Chinese compatibility characters would change them.
        if is_combining_mark(c)
            && let Some(composed) = name.chars().next_back().and_then(|last| compose(last, c))
        {
            name.pop();
            name.push(composed);
        } else if !(c == ' ' && name.ends_with(' ')) {
            name.push(c);
        }
    }
    let chars: Vec<char> = name.trim().chars().collect();
    let letters = chars.iter().filter(|c| c.is_alphabetic() || is_private(**c)).count();
    let chinese = letters > 0 && chars.iter().filter(|c| c.is_alphabetic()).all(|c| is_han(*c));
    let long = letters >= 5;
    let mut out = String::new();
    for (i, c) in chars.iter().copied().enumerate() {
        let at = |j: Option<usize>| j.and_then(|j| chars.get(j)).copied();
        let (before, after) = (at(i.checked_sub(1)), at(Some(i + 1)));
        let within_han = before.is_some_and(|c| is_han(c) || c == ' ') && after.is_some_and(|c| is_han(c) || c == ' ');
        match c {
            '·' | '•' | '・' | '‧' | '∙' | '⋅' | '●' | '｡' | '･' | '˙' | '᛫' | '。' if before.is_some() && after.is_some() => {
                push_dot(&mut out)
            }
            '.' | '、' if chinese && within_han => push_dot(&mut out),
            // 古丽米热 吾守尔: the parts of a long name are kept apart; 张 伟 and 欧阳 娜娜 are one word.
            ' ' if chinese && long && parts_of_two(&chars, i) => push_dot(&mut out),
            ' ' if chinese => {}
            c => out.push(c),
        }
    }
    out
}

fn push_dot(out: &mut String) {
    if !out.ends_with('·') {
        out.push('·');
    }
}

/// Whether at least two characters stand on each side of the space.
fn parts_of_two(chars: &[char], at: usize) -> bool {
    let (front, back) = chars.split_at(at.min(chars.len()));
    let run = |mut side: Box<dyn Iterator<Item = &char> + '_>| side.by_ref().take_while(|c| is_han(**c)).count() >= 2;
    run(Box::new(front.iter().rev())) && run(Box::new(back.iter().skip(1)))
}

/// The name before a bracket, a star or running digits, and what follows.
fn split_note(name: &str) -> Option<(String, String)> {
    let starts_note = |c: char| matches!(c, '(' | '[' | '【' | '〔' | '「' | '{' | '〈' | '《');
    let ends_note = |c: char| matches!(c, ')' | ']' | '】' | '〕' | '」' | '}' | '〉' | '》');
    if let Some(at) = name.find(starts_note) {
        let (front, back) = name.split_at(at);
        let inner = back.trim_matches(|c: char| starts_note(c) || ends_note(c));
        // （组长）于洪慧: the note may stand first.
        let (name, note) = match back.find(ends_note) {
            Some(end) if front.is_empty() => {
                let rest = back.get(end..).unwrap_or_default().trim_start_matches(ends_note);
                (rest.to_owned(), back.get(..end).unwrap_or_default().trim_matches(starts_note).to_owned())
            }
            _ => (front.to_owned(), inner.to_owned()),
        };
        let name = name.trim().to_owned();
        let clean = !name.is_empty() && name.chars().all(is_part) && name.chars().any(char::is_alphabetic);
        return clean.then_some((name, note));
    }
    let stem = name
        .trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '*' | '#' | '号' | '①'..='⑳') || c == '-')
        .trim_start_matches('*');
    let cut = name.chars().any(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | '①'..='⑳'));
    let clean =
        cut && stem.len() < name.len() && stem.chars().count() >= 2 && stem.chars().all(is_part) && stem.chars().any(char::is_alphabetic);
    clean.then(|| (stem.trim().to_owned(), name.replace(stem, "")))
}

opaque_debug!(PersonName);

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, NameFlaw> {
        PersonName::parse(text).map(|n| n.as_str().to_owned())
    }

    #[test]
    fn chinese_names_lose_their_spaces_and_keep_their_characters() {
        for (text, expected) in [
            ("张 伟", "张伟"),
            ("王　梅", "王梅"),
            ("周\u{200b}蕊\u{a0}", "周蕊"),
            ("'李娜", "李娜"),
            ("欧阳 娜娜", "欧阳娜娜"),
            ("𠮷田明", "𠮷田明"),
            ("王䶮", "王䶮"),
            ("陈堃\u{e0100}", "陈堃"),
            ("刘\u{e863}", "刘\u{e863}"),
            ("张〇", "张〇"),
        ] {
            assert_eq!(name(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn every_dot_between_name_parts_is_one_dot() {
        for text in [
            "买买提·阿不都",
            "买买提•阿不都",
            "买买提・阿不都",
            "买买提‧阿不都",
            "买买提.阿不都",
            "买买提．阿不都",
            "买买提 阿不都",
            "买买提 · 阿不都",
            "买买提。阿不都",
        ] {
            assert_eq!(name(text).as_deref(), Ok("买买提·阿不都"), "{text}");
        }
        assert_eq!(name("格桑·多吉　").as_deref(), Ok("格桑·多吉"));
    }

    #[test]
    fn latin_names_are_names() {
        for (text, expected) in [
            ("John Smith", "John Smith"),
            ("Ａｎｎａ　Ｌｅｅ", "Anna Lee"),
            ("Łukasz", "Łukasz"),
            ("O'Brien", "O'Brien"),
            ("J. F. Kennedy", "J. F. Kennedy"),
            ("Jose\u{301}", "José"),
            ("Anne-Marie", "Anne-Marie"),
        ] {
            assert_eq!(name(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_told_by_kind() {
        use NameFlaw::*;
        let zalgo = format!("张{}", "\u{335}\u{361}".repeat(60));
        for (text, flaw) in [
            ("", Missing),
            ("\u{3000}", Missing),
            ("\0", Missing),
            ("张\0伟", NotAName),
            ("李娜\0\0", NotAName),
            ("张\u{202e}伟", NotAName),
            ("😀张伟", NotAName),
            ("李娜❤\u{fe0f}", NotAName),
            ("<script>alert(1)</script>", NotAName),
            ("${7*7}", NotAName),
            ("=1+1", NotAName),
            ("%", NotAName),
            ("12345", NotAName),
            (zalgo.as_str(), NotAName),
            ("张?", ReplacementChar),
            ("李\u{fffd}涵", ReplacementChar),
            ("李□涵", ReplacementChar),
            ("于洪慧（组长）", HasNote),
            ("许强红2", HasNote),
            ("张欢玉(代填)", HasNote),
        ] {
            assert_eq!(name(text).unwrap_err(), flaw, "{text:?}");
        }
        assert_eq!(name(&"张".repeat(61)).unwrap_err(), TooLong);
        assert_eq!(name(&"张".repeat(10_000)).unwrap_err(), TooLong);
    }

    #[test]
    fn a_note_is_set_apart_from_the_name() {
        for (text, expected, note) in [
            ("于洪慧（组长）", "于洪慧", "组长"),
            ("许强红2", "许强红", "2"),
            ("（新）李四", "李四", "新"),
            ("王五【已通知】", "王五", "已通知"),
        ] {
            let (name, told) = PersonName::with_note_apart(text).unwrap();
            assert_eq!((name.as_str(), told.as_str()), (expected, note));
        }
    }

    #[test]
    fn a_damaged_name_is_shown_and_nothing_hides_in_it() {
        assert_eq!(PersonName::illegible("李?涵").as_str(), "李□涵");
        assert_eq!(PersonName::illegible("张\u{202e}\0伟").as_str(), "张伟");
        assert_eq!(PersonName::illegible("😀").as_str(), "□");
        assert_eq!(PersonName::illegible("").as_str(), "□");
    }
}
