//! What is known of single characters: the simplified form, the toneless readings, the look-alikes.
//!
//! Simplified forms: the OpenCC table of traditional characters. Readings: the pinyin table with heteronyms
//! (surnames such as 单 shan or 仇 qiu are among them). Both are loaded once, at first use.

use std::borrow::Cow;
use std::sync::LazyLock;

use opencc_fmmseg::dictionary_lib::DictionaryMaxlength;
use pinyin::ToPinyinMulti;
use unicode_normalization::UnicodeNormalization;

/// First character of the table: CJK extension A.
const FIRST: u32 = 0x3400;
/// One past the last character of the table: the end of the unified ideographs.
const END: u32 = 0xA000;
/// Readings kept of one character; rarer ones are dropped.
pub(super) const READINGS: usize = 4;

struct Tables {
    simplified: Vec<char>,
    readings: Vec<[u16; READINGS]>,
    syllables: Vec<Syllable>,
    /// The syllables as keyboards write them, sorted.
    typed: Vec<String>,
    /// Pairs, the smaller first, sorted.
    look_alikes: Vec<(char, char)>,
}

/// A toneless syllable and the shape dialects leave of it.
struct Syllable {
    letters: &'static str,
    /// Equal for syllables that southern speakers do not tell apart.
    fuzzy: u16,
}

static TABLES: LazyLock<Tables> = LazyLock::new(load);

fn slot(c: char) -> Option<usize> {
    let code = u32::from(c);
    (FIRST..END).contains(&code).then(|| usize::try_from(code - FIRST).unwrap_or_default())
}

fn load() -> Tables {
    let size = usize::try_from(END - FIRST).unwrap_or_default();
    let mut simplified: Vec<char> = (FIRST..END).filter_map(char::from_u32).collect();
    simplified.resize(size, '\u{0}');
    // Without the table names stay as written: fewer pairs are found, none is wrongly joined.
    if let Ok(dictionary) = DictionaryMaxlength::new() {
        for (from, to) in &dictionary.ts_characters.map {
            if let (&[c], Some(t)) = (from.as_ref(), to.chars().next())
                && let Some(target) = slot(c).and_then(|i| simplified.get_mut(i))
            {
                *target = t;
            }
        }
    }
    for pair in VARIANTS.split_whitespace() {
        let mut both = pair.chars();
        if let (Some(variant), Some(usual)) = (both.next(), both.next())
            && let Some(target) = slot(variant).and_then(|i| simplified.get_mut(i))
        {
            *target = usual;
        }
    }
    let mut names: Vec<&'static str> = Vec::new();
    let mut readings = vec![[0u16; READINGS]; size];
    for (code, target) in (FIRST..END).zip(readings.iter_mut()) {
        let Some(multi) = char::from_u32(code).and_then(|c| c.to_pinyin_multi()) else { continue };
        let mut n = 0;
        for reading in multi {
            let plain = reading.plain();
            let id = match names.iter().position(|s| *s == plain) {
                Some(i) => i + 1,
                None => {
                    names.push(plain);
                    names.len()
                }
            };
            let id = u16::try_from(id).unwrap_or_default();
            if n < READINGS && !target.iter().take(n).any(|r| *r == id) {
                if let Some(t) = target.get_mut(n) {
                    *t = id;
                }
                n += 1;
            }
        }
    }
    let folds: Vec<String> = names.iter().map(|s| fold(s)).collect();
    let syllables = names
        .iter()
        .zip(&folds)
        .map(|(letters, f)| {
            let fuzzy = folds.iter().position(|other| other == f).unwrap_or_default();
            Syllable { letters, fuzzy: u16::try_from(fuzzy + 1).unwrap_or_default() }
        })
        .collect();
    let mut look_alikes: Vec<(char, char)> = LOOK_ALIKES
        .split_whitespace()
        .flat_map(|g| g.chars().flat_map(|a| g.chars().filter(move |b| a < *b).map(move |b| (a, b))))
        .collect();
    look_alikes.sort_unstable();
    let mut typed: Vec<String> = names.iter().flat_map(|s| [s.replace('ü', "u"), s.replace('ü', "v")]).collect();
    typed.sort_unstable();
    typed.dedup();
    Tables { simplified, readings, syllables, typed, look_alikes }
}

/// What is left of a syllable where n/l, z/zh, c/ch, s/sh, f/h before u, and final n/ng are not told apart.
fn fold(syllable: &str) -> String {
    let s = syllable.replace(['ü', 'v'], "u");
    let s = s.strip_suffix('g').filter(|r| r.ends_with('n')).map_or(s.clone(), str::to_owned);
    for (from, to) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("hu", "f")] {
        if let Some(rest) = s.strip_prefix(from) {
            return format!("{to}{}", if from == "hu" && rest.is_empty() { "u" } else { rest });
        }
    }
    s
}

/// Whether a character is one of the unified ideographs: a letter without case that is in its form of compatible signs already.
pub(super) fn is_unified(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// The text in its one form of compatible signs (NFKC). What consists of ASCII and unified ideographs is in it already.
pub(super) fn composed(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c.is_ascii() || is_unified(c)) { text.into() } else { text.nfkc().collect::<String>().into() }
}

/// The simplified, usual form of a character; every other character is itself.
pub(super) fn simplify(c: char) -> char {
    slot(c).and_then(|i| TABLES.simplified.get(i).copied()).unwrap_or(c)
}

/// Whether the character is a Chinese character the tables know of.
pub(super) fn is_han(c: char) -> bool {
    slot(c).is_some() || matches!(u32::from(c), 0x2_0000..=0x3_FFFF | 0xF900..=0xFAFF)
}

/// The toneless readings of a character as syllable numbers; zero ends the list.
pub(super) fn readings(c: char) -> [u16; READINGS] {
    slot(c).and_then(|i| TABLES.readings.get(i).copied()).unwrap_or_default()
}

/// The letters of a syllable, `ü` as the pinyin table writes it.
pub(super) fn letters(syllable: u16) -> &'static str {
    usize::from(syllable).checked_sub(1).and_then(|i| TABLES.syllables.get(i)).map_or("", |s| s.letters)
}

/// Whether letters are one toneless syllable, with `u` or `v` for `ü`.
pub(super) fn is_syllable(letters: &str) -> bool {
    TABLES.typed.binary_search_by(|s| s.as_str().cmp(letters)).is_ok()
}

fn fuzzy(syllable: u16) -> u16 {
    usize::from(syllable).checked_sub(1).and_then(|i| TABLES.syllables.get(i)).map_or(0, |s| s.fuzzy)
}

/// Whether two characters share a toneless reading.
pub(super) fn same_sound(a: char, b: char) -> bool {
    a == b || shares(a, b, |s| s)
}

/// Whether two characters sound alike where n/l, zh/z, ng/n and their like are not told apart.
pub(super) fn similar_sound(a: char, b: char) -> bool {
    a == b || shares(a, b, fuzzy)
}

fn shares(a: char, b: char, f: impl Fn(u16) -> u16) -> bool {
    let (ra, rb) = (readings(a), readings(b));
    ra.iter().take_while(|s| **s != 0).any(|x| rb.iter().take_while(|s| **s != 0).any(|y| f(*x) == f(*y)))
}

/// Whether two different characters are easily taken for one another in handwriting or on a poor copy.
pub(super) fn same_shape(a: char, b: char) -> bool {
    a != b && TABLES.look_alikes.binary_search(&(a.min(b), a.max(b))).is_ok()
}

/// Variant forms that occur in names and that the table of traditional characters leaves alone: variant, then the usual form.
const VARIANTS: &str = "喆哲 堃坤 昇升 陞升 峯峰 珎珍 钜巨 甯宁 寗宁 邨村 菴庵 詠咏 燄焰 勛勋 祐佑 \
    佈布 溼湿 羣群 嶽岳 穌稣 艷艳 豔艳 艶艳 呂吕 吳吴 黃黄 溫温 晉晋 彊强 衞卫 \
    脩修 槑梅 燁烨 曄晔 囯国 囶国";

/// Groups of look-alikes; every two of a group are taken for each other. Written after the lists of 形近字 that primary schools teach.
const LOOK_ALIKES: &str = include_str!("look_alikes.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traditional_character_is_simplified_and_others_stay() {
        assert_eq!(simplify('張'), '张');
        assert_eq!(simplify('张'), '张');
        assert_eq!(simplify('a'), 'a');
        assert_eq!(simplify('峯'), '峰');
    }

    #[test]
    fn surnames_with_two_readings_meet_both() {
        assert!(same_sound('仇', '球'), "qiu, the surname");
        assert!(same_sound('仇', '筹'), "chou, the word");
        assert!(!same_sound('李', '张'));
    }

    #[test]
    fn southern_mergers_are_similar_but_not_the_same() {
        for (a, b) in [('兰', '南'), ('林', '玲'), ('张', '脏')] {
            assert!(!same_sound(a, b) && similar_sound(a, b), "{a}{b}");
        }
    }

    #[test]
    fn look_alikes_are_symmetric() {
        assert!(same_shape('龙', '尤') && same_shape('尤', '龙') && !same_shape('龙', '龙'));
    }
}
