//! The levels of names, in Chinese characters, in letters, and the one against the other.

use super::compare::DIFFERENT;
use super::fields::index;
use super::similar::{jaro_winkler, slips};
use super::values::Dictionary;
use crate::matching::linkage::chars;

pub(super) fn names(d: &Dictionary, x: u32, y: u32) -> u8 {
    let (a, b) = (d.units(x), d.units(y));
    match (d.is_han(x), d.is_han(y)) {
        (true, true) => han_names(a, b),
        (false, false) => latin_names(d, x, y),
        (true, false) => romanised(a, b),
        (false, true) => romanised(b, a),
    }
}

pub(super) fn as_char(unit: u16) -> char {
    char::from_u32(u32::from(unit)).unwrap_or('\u{fffd}')
}

pub(super) fn han_names(a: &[u16], b: &[u16]) -> u8 {
    let pairs = || a.iter().zip(b).map(|(x, y)| (as_char(*x), as_char(*y)));
    if a.len() == b.len() {
        if pairs().all(|(x, y)| chars::same_sound(x, y)) || (a.len() == 2 && a[0] == b[1] && a[1] == b[0]) {
            return 2;
        }
        if pairs().all(|(x, y)| chars::similar_sound(x, y) || chars::same_shape(x, y)) {
            return 3;
        }
    }
    let shared = |x: &[u16], y: &[u16]| x.iter().filter(|c| y.contains(c)).count();
    // A sign written twice counts no more than it does in the other name.
    let common = shared(a, b).min(shared(b, a));
    match (common, a.len().max(b.len())) {
        (0, _) => DIFFERENT,
        (c, longest) if longest - c <= 1 => {
            // One of two signs differs: two people of one family often share the other; one sign missing is a slip.
            if a.len() == b.len() && longest <= 2 { 4 } else { 3 }
        }
        _ => 4,
    }
}

/// A name in Chinese characters against letters.
fn romanised(han: &[u16], latin: &[u16]) -> u8 {
    fn spelled(text: &[u16], characters: &[u16]) -> bool {
        let Some((first, rest)) = characters.split_first() else { return text.is_empty() };
        let readings = chars::readings(as_char(*first));
        readings.iter().take_while(|s| **s != 0).any(|s| {
            let mut tail = text;
            let fits = chars::letters(*s).chars().all(|c| match tail.split_first() {
                Some((t, more)) => {
                    tail = more;
                    as_char(*t) == c || (c == 'ü' && matches!(as_char(*t), 'u' | 'v'))
                }
                None => false,
            });
            fits && spelled(tail, rest)
        })
    }
    if spelled(latin, han) { 2 } else { DIFFERENT }
}

fn latin_names(d: &Dictionary, x: u32, y: u32) -> u8 {
    let (a, b) = (d.units(x), d.units(y));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() >= 3 && slips(a, b, 1).is_some() {
        return 2;
    }
    if short.len() >= 5 && slips(a, b, 2).is_some() {
        return 3;
    }
    if long.starts_with(short) && (short.len() == 1 || short.len() >= 3) {
        return 3;
    }
    let same_sound = d.sound[index(x)] == d.sound[index(y)] && short.len() >= 3;
    let likeness = jaro_winkler(a, b);
    if likeness >= 0.9 || (same_sound && likeness >= 0.84) {
        3
    } else if likeness >= 0.78 || (short.len() >= 4 && long.windows(short.len()).any(|w| w == short)) {
        4
    } else {
        DIFFERENT
    }
}

#[cfg(test)]
mod tests {
    use super::super::values::Builder;
    use super::*;

    fn name_level(a: &str, b: &str) -> u8 {
        let mut builder = Builder::default();
        let (x, y) = (builder.number(a), builder.number(b));
        let d = builder.finish(true);
        assert_eq!(names(&d, x, y), names(&d, y, x), "{a} {b}");
        names(&d, x, y)
    }

    #[test]
    fn names_agree_by_level_and_symmetrically() {
        for (a, b, level) in [
            ("晓明", "小明", 2),
            ("晓明", "明晓", 2),
            ("晓明", "xiaoming", 2),
            ("兰", "南", 3),
            ("伟平", "平", 3),
            ("峰伟", "峰峰", 4),
            ("伟", "芳", 5),
            ("平平子", "平静", 4),
            ("mitchell", "mitchel", 2),
            ("mitchell", "mtchel", 3),
            ("mitchell", "m", 3),
            ("tim", "timothy", 3),
            ("jonathan", "johanna", 4),
            ("anna", "bert", 5),
        ] {
            assert_eq!(name_level(a, b), level, "{a} {b}");
        }
    }
}
