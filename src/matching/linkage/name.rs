//! Names in the form they are compared in, and how alike two of them are.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::chars::{self, letters, readings};

/// Characters of a name that are compared; what is beyond counts as the same.
const LONGEST: usize = 24;

/// Surnames of two characters (the compound surnames of the second national name survey that are still in use).
const COMPOUND: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "长孙", "宇文", "司徒", "司空", "令狐", "夏侯", "轩辕", "端木",
    "独孤", "南宫", "西门", "东郭", "百里", "呼延", "澹台", "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "仲孙", "钟离", "鲜于",
    "闾丘", "赫连", "拓跋", "完颜", "第五", "欧侯", "东野", "贺兰", "纳兰", "叶赫", "段干", "公羊", "谷梁", "梁丘", "左丘", "乐正", "漆雕",
    "壤驷", "巫马", "微生", "羊舌",
];

/// How alike two names are, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameLevel {
    /// The same characters in the same order (traditional = simplified, dots and spaces aside).
    Exact,
    /// The same characters or words in another order: surname last, or the given name turned round.
    Reordered,
    /// The same toneless syllables by some reading, or the one is the other in letters, in either order.
    SameSound,
    /// One character is a look-alike.
    SameShape,
    /// The same syllables where n/l, zh/z, ng/n and their like are not told apart; letters nearly the same.
    SimilarSound,
    /// One character is missing.
    OneMissing,
    /// One character of three or more differs, not the surname.
    OneDiffers,
    /// Only the surname is the same.
    Surname,
    /// Nothing in common.
    Different,
}

impl NameLevel {
    /// The stable key of the level.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Reordered => "reordered",
            Self::SameSound => "same-sound",
            Self::SameShape => "same-shape",
            Self::SimilarSound => "similar-sound",
            Self::OneMissing => "one-missing",
            Self::OneDiffers => "one-differs",
            Self::Surname => "surname-only",
            Self::Different => "different",
        }
    }
}

/// The form in which a name is kept: NFKC, lower case, no marks, no invisible signs, traditional to simplified.
/// A Chinese name loses spaces and dots; a name in letters becomes words parted by one space.
pub(super) fn canonical(name: &str) -> String {
    let composed = chars::composed(name);
    if composed.chars().any(chars::is_han) {
        let mut out = String::with_capacity(composed.len());
        // No invisible sign is a letter.
        for c in composed.chars() {
            if chars::is_unified(c) {
                out.push(chars::simplify(c));
            } else if c.is_alphanumeric() {
                out.extend(c.to_lowercase().map(chars::simplify));
            }
        }
        return out;
    }
    let seen = composed.chars().filter(|c| !invisible(*c));
    let bare: String = seen.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = bare.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    words.join(" ")
}

/// Zero-width characters, directional marks, variation selectors: pasted in from other programs, seen by nobody.
fn invisible(c: char) -> bool {
    matches!(u32::from(c), 0x00AD | 0x061C | 0x180E | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0xE0100..=0xE01EF)
}

/// A canonical name taken apart for comparison.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    text: &'a str,
    chars: [char; LONGEST],
    len: usize,
    han: bool,
}

impl<'a> Name<'a> {
    /// Takes a canonical name apart.
    pub(super) fn new(text: &'a str) -> Self {
        let mut chars = ['\0'; LONGEST];
        let mut len = 0;
        for (to, c) in chars.iter_mut().zip(text.chars()) {
            *to = c;
            len += 1;
        }
        Self { text, chars, len, han: text.chars().any(chars::is_han) }
    }

    pub(super) fn chars(&self) -> &[char] {
        self.chars.get(..self.len).unwrap_or_default()
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    /// Whether it is written in Chinese characters.
    pub(super) fn is_han(&self) -> bool {
        self.han
    }

    /// Characters of the surname.
    pub(super) fn surname_len(&self) -> usize {
        let compound = self.len >= 3 && {
            let mut first = self.text.char_indices().skip(2);
            let end = first.next().map_or(self.text.len(), |(i, _)| i);
            self.text.get(..end).is_some_and(|s| COMPOUND.contains(&s))
        };
        if compound { 2 } else { self.len.min(1) }
    }

    /// The characters (or the words' letters) in an order that does not depend on the writer's.
    pub(super) fn sorted(&self) -> String {
        if self.han {
            let mut all = self.chars;
            if let Some(used) = all.get_mut(..self.len) {
                used.sort_unstable();
                return used.iter().collect();
            }
        }
        let mut words: Vec<&str> = self.text.split(' ').collect();
        words.sort_unstable();
        words.join(" ")
    }

    /// The letters of the name as counts, by up to `most` combinations of readings. Neither the order of the parts nor
    /// where syllables end matters, so a romanised name meets its original.
    pub(super) fn letter_counts(&self, most: usize) -> Vec<[u8; 26]> {
        let mut all = vec![[0u8; 26]];
        for c in self.chars() {
            let readings = readings(*c);
            let options = readings.split(|s| *s == 0).next().unwrap_or_default();
            if let [] | [_] = options {
                let mut own = [0; 4];
                let text = options.first().map_or_else(|| &*c.encode_utf8(&mut own), |s| letters(*s));
                all.iter_mut().for_each(|counts| count(counts, text));
                continue;
            }
            let mut next = Vec::with_capacity(most);
            for option in options {
                for counts in &all {
                    if next.len() < most {
                        let mut with = *counts;
                        count(&mut with, letters(*option));
                        next.push(with);
                    }
                }
            }
            all = next;
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The same-named level of two names; symmetric.
    pub(super) fn compare(&self, other: &Self) -> NameLevel {
        if self.text == other.text {
            return NameLevel::Exact;
        }
        match (self.han, other.han) {
            (true, true) => self.compare_han(other),
            (false, false) => self.compare_letters(other),
            (true, false) => self.compare_romanised(other),
            (false, true) => other.compare_romanised(self),
        }
    }

    fn compare_han(&self, other: &Self) -> NameLevel {
        let (a, b) = (self.chars(), other.chars());
        if a.len() == b.len() {
            if a.len() > 1 && permuted(a, b) {
                return NameLevel::Reordered;
            }
            if zip_all(a, b, chars::same_sound) || rotated_sound(a, b) {
                return NameLevel::SameSound;
            }
            let differing = a.iter().zip(b).filter(|(x, y)| x != y).count();
            if differing == 1 && a.iter().zip(b).any(|(x, y)| chars::same_shape(*x, *y)) {
                return NameLevel::SameShape;
            }
            if zip_all(a, b, chars::similar_sound) {
                return NameLevel::SimilarSound;
            }
            if differing == 1 && a.len() >= 3 && self.same_surname(other) {
                return NameLevel::OneDiffers;
            }
        }
        let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
        if short.len() >= 2 && long.len() == short.len() + 1 && without_one(short, long) {
            return NameLevel::OneMissing;
        }
        if self.same_surname(other) { NameLevel::Surname } else { NameLevel::Different }
    }

    fn same_surname(&self, other: &Self) -> bool {
        let n = self.surname_len();
        n > 0 && n == other.surname_len() && self.chars().iter().take(n).eq(other.chars().iter().take(n))
    }

    fn compare_letters(&self, other: &Self) -> NameLevel {
        let squeezed = |n: &Self| -> Vec<char> { n.chars().iter().copied().filter(|c| *c != ' ').collect() };
        let (a, b) = (squeezed(self), squeezed(other));
        if a == b {
            return NameLevel::Exact;
        }
        if self.sorted() == other.sorted() || rotated(&a, &b) {
            return NameLevel::Reordered;
        }
        let words = |n: &Self| n.text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let (wa, wb) = (words(self), words(other));
        if wa.len() >= 2 && wb.len() >= 2 && (wa.iter().all(|w| wb.contains(w)) || wb.iter().all(|w| wa.contains(w))) {
            return NameLevel::OneMissing;
        }
        let (long, short) = (self.text.len().max(other.text.len()), self.text.len().min(other.text.len()));
        if short >= 4
            && long < 200
            && strsim::jaro_winkler(self.text, other.text).max(strsim::jaro_winkler(&self.sorted(), &other.sorted())) >= 0.9
        {
            return NameLevel::SimilarSound;
        }
        if wa.iter().any(|w| w.len() >= 2 && wb.contains(w)) { NameLevel::Surname } else { NameLevel::Different }
    }

    /// A Chinese name against one in letters: surname first or last.
    fn compare_romanised(&self, latin: &Self) -> NameLevel {
        let written: String = latin.text.chars().filter(|c| *c != ' ').map(|c| if c == 'v' { 'u' } else { c }).collect();
        let n = self.surname_len();
        let (surname, given) = (self.chars().get(..n).unwrap_or_default(), self.chars().get(n..).unwrap_or_default());
        let forms = [[surname, given], [given, surname]];
        if forms.iter().any(|parts| spelled(&written, &parts.concat())) {
            return NameLevel::SameSound;
        }
        let first = latin.text.split(' ').next().unwrap_or_default();
        let last = latin.text.split(' ').next_back().unwrap_or_default();
        if !surname.is_empty() && [first, last].iter().any(|w| spelled(w, surname)) { NameLevel::Surname } else { NameLevel::Different }
    }
}

fn count(counts: &mut [u8; 26], text: &str) {
    for byte in text.chars().map(|c| if matches!(c, 'ü' | 'v') { 'u' } else { c }).filter_map(|c| u8::try_from(c).ok()) {
        if let Some(n) = byte.checked_sub(b'a').and_then(|i| counts.get_mut(usize::from(i))) {
            *n = n.saturating_add(1);
        }
    }
}

fn zip_all(a: &[char], b: &[char], same: impl Fn(char, char) -> bool) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| same(*x, *y))
}

fn permuted(a: &[char], b: &[char]) -> bool {
    let occurrences = |s: &[char], c: char| s.iter().filter(|x| **x == c).count();
    a.iter().all(|c| occurrences(a, *c) == occurrences(b, *c))
}

/// The same sounds with the surname (one or two characters) put last in one of them.
fn rotated_sound(a: &[char], b: &[char]) -> bool {
    let turned = |x: &[char], y: &[char]| {
        (1..=2).any(|n| match (x.get(..n), x.get(n..)) {
            (Some(head), Some(tail)) if !tail.is_empty() => zip_all(&[tail, head].concat(), y, chars::same_sound),
            _ => false,
        })
    };
    turned(a, b) || turned(b, a)
}

fn rotated(a: &[char], b: &[char]) -> bool {
    a.len() == b.len() && a.len() > 3 && (1..a.len()).any(|n| a.iter().cycle().skip(n).take(a.len()).eq(b.iter())) && a.len() <= LONGEST
}

/// Whether `long` without one of its characters other than the first is `short`.
fn without_one(short: &[char], long: &[char]) -> bool {
    (1..long.len()).any(|skip| long.iter().enumerate().filter(|(i, _)| *i != skip).map(|(_, c)| c).eq(short.iter()))
}

/// Whether `text` spells the characters one after the other by some readings.
fn spelled(text: &str, characters: &[char]) -> bool {
    let Some((first, rest)) = characters.split_first() else { return text.is_empty() };
    let options = readings(*first);
    if options[0] == 0 {
        return text.strip_prefix(*first).is_some_and(|t| spelled(t, rest));
    }
    options.iter().take_while(|s| **s != 0).any(|s| {
        let syllable = letters(*s).replace(['ü', 'v'], "u");
        text.strip_prefix(syllable.as_str()).is_some_and(|t| spelled(t, rest))
            || (syllable.ends_with("lu") || syllable.ends_with("nu"))
                && text.strip_prefix(format!("{}yu", syllable.trim_end_matches('u')).as_str()).is_some_and(|t| spelled(t, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::NameLevel::{Different, Exact, OneDiffers, OneMissing, Reordered, SameShape, SameSound, SimilarSound, Surname};
    use super::*;

    fn level(a: &str, b: &str) -> NameLevel {
        let (a, b) = (canonical(a), canonical(b));
        let one = Name::new(&a).compare(&Name::new(&b));
        assert_eq!(one, Name::new(&b).compare(&Name::new(&a)), "a comparison does not depend on the order");
        one
    }

    #[test]
    fn writing_does_not_matter() {
        for (a, b) in [
            ("張曉燕", "张晓燕"),
            (" 王\u{200b} 伟 ", "王伟"),
            ("阿依古丽·买买提", "阿依古丽•买买提"),
            ("莫色·伍呷", "莫色伍呷"),
            ("ＬＩ　Ｗｅｉ", "li wei"),
        ] {
            assert_eq!(level(a, b), Exact, "{a} {b}");
        }
    }

    #[test]
    fn names_fall_into_the_level_of_their_difference() {
        for (a, b, expected) in [
            ("于国", "国于", Reordered),
            ("魏文成", "魏成文", Reordered),
            ("占俊程", "占俊成", SameSound),
            ("欧阳锋", "欧阳峰", SameSound),
            ("张伟", "Zhang Wei", SameSound),
            ("欧阳静", "Jing Ouyang", SameSound),
            ("吕丽", "LYU LI", SameSound),
            ("吕丽", "Li Lv", SameSound),
            ("何伟龙", "何伟尤", SameShape),
            ("林兰", "林南", SimilarSound),
            ("罗伟平", "罗平", OneMissing),
            ("杨峰伟", "杨峰峰", OneDiffers),
            ("赵菲世", "赵兵权", Surname),
            ("赵菲世", "吴兵权", Different),
            ("John Smith", "Smith, John", Reordered),
            ("Jon Smyth", "John Smith", SimilarSound),
            ("Maria Anna Gruber", "Maria Gruber", OneMissing),
        ] {
            assert_eq!(level(a, b), expected, "{a} {b}");
        }
    }

    #[test]
    fn letters_meet_whatever_the_order() {
        let counts = |s: &str| Name::new(&canonical(s)).letter_counts(4);
        assert!(counts("Weihua Zhang").iter().any(|c| counts("张伟华").contains(c)));
    }

    #[test]
    fn a_very_long_name_is_bounded() {
        let long = canonical(&"长".repeat(10_000));
        assert_eq!(Name::new(&long).chars().len(), LONGEST);
        assert_eq!(level(&"长".repeat(10_000), "长"), Surname);
    }
}
