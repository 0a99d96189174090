//! Whole names into surname and given name.

use std::collections::HashMap;

use super::hash::Build;
use crate::matching::linkage::chars;
use crate::matching::linkage::name::{Name, canonical};

/// Syllables of a given name in letters: one or two, and a third for names such as 买买提.
const GIVEN: usize = 3;

/// Most letters of a name that is parted: surname and given name of three syllables each.
const LONGEST: usize = 36;
/// So many distinct names tell which surnames are frequent.
const SAMPLE: usize = 100_000;

/// How the surnames of a file sound: of how many of its whole names in Chinese characters.
///
/// Names in letters come without a gap too, surname first or last (`zhangwei`, `weizhang`): where to part them, and which part is the surname, is
/// told by the surnames that the same file has in characters.
#[derive(Debug, Default)]
pub(super) struct Surnames {
    known: HashMap<String, usize, Build>,
}

impl Surnames {
    /// Counts the surnames of distinct whole names, where some name needs it.
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Self {
        let mut known: HashMap<String, usize, Build> = HashMap::default();
        let needed = names.clone().any(|name| name.bytes().all(|b| b.is_ascii_alphabetic()));
        for name in names.take(if needed { SAMPLE } else { 0 }) {
            let whole = canonical(name);
            let name = Name::new(&whole);
            if !name.is_han() {
                continue;
            }
            let mut sounds = vec![String::new()];
            for sign in whole.chars().take(name.surname_len()) {
                let readings: Vec<&str> = chars::readings(sign).into_iter().filter(|s| *s != 0).map(chars::letters).collect();
                sounds = sounds.iter().flat_map(|begun| readings.iter().map(move |s| format!("{begun}{s}"))).collect();
            }
            for sound in sounds {
                if sound.contains('ü') {
                    *known.entry(sound.replace('ü', "v")).or_default() += 1;
                }
                *known.entry(sound.replace('ü', "u")).or_default() += 1;
            }
        }
        Self { known }
    }

    /// Splits a whole name: Chinese ones by the list of compound surnames, others at a comma or before the last word; one in letters without
    /// a gap where the more frequent surname of the file ends or begins, if the rest is syllables.
    pub(super) fn split(&self, text: &str) -> (String, String) {
        let whole = canonical(text);
        let name = Name::new(&whole);
        if name.is_han() {
            let n = name.surname_len();
            return (whole.chars().take(n).collect(), whole.chars().skip(n).collect());
        }
        if let Some((last, first)) = text.split_once(',') {
            return (canonical(last).replace(' ', ""), canonical(first).replace(' ', ""));
        }
        match whole.rsplit_once(' ') {
            Some((first, last)) => (last.to_owned(), first.replace(' ', "")),
            None => match self.part(&whole) {
                Some((surname, given)) => (surname.to_owned(), given.to_owned()),
                None => (whole, String::new()),
            },
        }
    }

    /// Surname and given name of a word without a gap; none where no surname of the file begins or ends it with syllables beside it.
    fn part<'a>(&self, word: &'a str) -> Option<(&'a str, &'a str)> {
        if self.known.is_empty() || word.len() > LONGEST || !word.bytes().all(|b| b.is_ascii_lowercase()) {
            return None;
        }
        let parted = (1..word.len()).flat_map(|at| {
            let (first, last) = word.split_at(at);
            [(first, last, true), (last, first, false)]
        });
        let fits = parted.filter_map(|(surname, given, leads)| Some((*self.known.get(surname)?, surname, given, leads)));
        // Of two that are as frequent the one that stands first, and the longer: `fang an` before `fan gan`.
        let best = fits
            .filter(|(_, _, given, _)| syllables(given, GIVEN))
            .max_by_key(|(count, surname, _, leads)| (*count, *leads, surname.len()));
        best.map(|(_, surname, given, _)| (surname, given))
    }
}

/// Whether letters are one to so many syllables.
fn syllables(letters: &str, most: usize) -> bool {
    chars::is_syllable(letters)
        || (most > 1
            && (1..letters.len())
                .any(|at| letters.split_at_checked(at).is_some_and(|(one, rest)| chars::is_syllable(one) && syllables(rest, most - 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(file: &[&str], name: &str) -> (String, String) {
        Surnames::of(file.iter().copied().chain([name])).split(name)
    }

    fn two(surname: &str, given: &str) -> (String, String) {
        (surname.to_owned(), given.to_owned())
    }

    #[test]
    fn whole_names_are_split_by_their_script() {
        assert_eq!(split(&[], "歐陽 靜"), two("欧阳", "静"));
        assert_eq!(split(&[], "Smith, John Paul"), two("smith", "johnpaul"));
        assert_eq!(split(&[], "John Paul Smith"), two("smith", "johnpaul"));
        assert_eq!(split(&["张伟"], ""), two("", ""));
    }

    #[test]
    fn letters_without_a_gap_are_parted_at_a_surname_of_the_file() {
        let file = ["梁龙俊", "梁静", "余义航", "郁民华", "欧阳静", "吕芳", "方安"];
        for (name, surname, given) in [
            ("LiangLongjun", "liang", "longjun"),
            ("longjunliang", "liang", "longjun"),
            ("yihangyu", "yu", "yihang"),
            ("minhuayu", "yu", "minhua"),
            ("ouyangjing", "ouyang", "jing"),
            ("lvfang", "lv", "fang"),
            ("fangan", "fang", "an"),
        ] {
            assert_eq!(split(&file, name), two(surname, given), "{name}");
        }
    }

    #[test]
    fn a_word_that_is_no_such_name_stays_whole() {
        for name in ["smith", "liang", "liangx", "liang2", "müller"] {
            assert_eq!(split(&["梁龙俊"], name).1, "", "{name}");
        }
        assert_eq!(split(&["smith"], "lianglongjun"), two("lianglongjun", ""), "no Chinese name in the file tells of surnames");
    }
}
