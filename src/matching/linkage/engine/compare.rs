//! The levels of a pair, field by field. Level 0 is a missing value; 1 is full agreement; higher levels agree less.

use super::cells::{Cell, Form};
use super::fields::{Field, Kind, Part, index};
use super::names::{as_char, names};
use super::similar::{dice, jaro_winkler, slips};
use super::values::Dictionary;

/// Levels of a field, the missing one counted.
pub(super) const LEVELS: usize = 7;
/// The level of names that changed places; the surname then counts as missing.
pub(super) const SWAPPED: u8 = 6;
/// The level of birth dates that a slip does not explain and a parent and a child would show.
pub(super) const GENERATION_APART: u8 = 6;
/// Years between a parent and a child, at least.
const GENERATION: u16 = 14;
/// The level of no agreement.
pub(super) const DIFFERENT: u8 = 5;

/// What was seen in one field of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Seen {
    pub level: u8,
    /// How rare the rarer of the values that agree is, in eighths of a bit; 0 where it tells nothing.
    pub rare: u8,
}

const MISSING: Seen = Seen { level: 0, rare: 0 };

impl Field {
    /// The level where it is plain: a value is missing, or the values are one.
    pub(super) fn at_once(&self, x: &Cell, y: &Cell) -> Option<Seen> {
        if self.parts.len() != 1 {
            return None;
        }
        if x.id == 0 || y.id == 0 {
            return Some(MISSING);
        }
        (x.id == y.id && (self.kind != Kind::Birth || x.form == Form::Date)).then_some(Seen { level: 1, rare: x.rare })
    }

    /// The level of two different values as far as their cells alone tell it.
    pub(super) fn by_cells(&self, x: &Cell, y: &Cell) -> Option<Seen> {
        if self.parts.len() != 1 {
            return None;
        }
        let level = super::cells::level(self.kind, x, y)?;
        Some(Seen { level, rare: if self.tells_rarity(level) { x.rare.max(y.rare) } else { 0 } })
    }

    /// The level of a pair of rows that their cells do not tell.
    pub(super) fn by_texts(&self, x: &Cell, y: &Cell, a: usize, b: usize) -> Seen {
        match self.parts.as_slice() {
            [part] => self.values(part, part, x.id, y.id),
            _ => self.compare(a, b),
        }
    }

    /// The level of a pair of rows of which the cells are known. What the cells alone tell is not looked up.
    pub(super) fn compare_cells(&self, x: &Cell, y: &Cell, a: usize, b: usize) -> Seen {
        self.at_once(x, y).or_else(|| self.by_cells(x, y)).unwrap_or_else(|| self.by_texts(x, y, a, b))
    }

    /// Whether the rarity of the values tells anything at a level.
    fn tells_rarity(&self, level: u8) -> bool {
        if self.kind == Kind::Birth { level == 1 } else { level < DIFFERENT }
    }

    /// The level of a pair of rows; symmetric.
    pub(super) fn compare(&self, a: usize, b: usize) -> Seen {
        if self.kind == Kind::Place && self.parts.len() > 1 {
            return self.places(a, b);
        }
        let mut best: Option<Seen> = None;
        for p in &self.parts {
            for q in &self.parts {
                let (x, y) = (p.id(a), q.id(b));
                if x == 0 || y == 0 {
                    continue;
                }
                let seen = self.values(p, q, x, y);
                if best.is_none_or(|s| seen.level < s.level) {
                    best = Some(seen);
                }
            }
        }
        best.unwrap_or(MISSING)
    }

    fn values(&self, p: &Part, q: &Part, x: u32, y: u32) -> Seen {
        let rare = p.rarity(x).max(q.rarity(y));
        if self.kind == Kind::Birth {
            let level = dates(self.dates[index(x)], self.dates[index(y)]);
            return Seen { level, rare: if self.tells_rarity(level) { rare } else { 0 } };
        }
        if x == y {
            return Seen { level: 1, rare };
        }
        let d = &p.dictionary;
        let level = match self.kind {
            Kind::Surname | Kind::Given => names(d, x, y),
            Kind::Number | Kind::Phone => numbers(d.units(x), d.units(y)),
            Kind::Email => mails(d.units(x), d.units(y)),
            Kind::Address => addresses(d, x, y),
            Kind::StreetNumber => house_numbers(d.units(x), d.units(y)),
            Kind::Word => words(d.units(x), d.units(y)),
            Kind::Place if near_places(d.units(x), d.units(y)) => 2,
            Kind::Sex | Kind::Birth | Kind::Place => DIFFERENT,
        };
        Seen { level, rare: if self.tells_rarity(level) { rare } else { 0 } }
    }

    /// Locality, postcode, region: how many agree, and whether the others nearly do.
    fn places(&self, a: usize, b: usize) -> Seen {
        let (mut same, mut near, mut differ) = (0u8, 0u8, 0u8);
        let mut rare = 0u8;
        for part in &self.parts {
            let (x, y) = (part.id(a), part.id(b));
            if x == 0 || y == 0 {
                continue;
            }
            if x == y {
                same += 1;
                rare = rare.max(part.rarity(x));
                continue;
            }
            let (u, v) = (part.dictionary.units(x), part.dictionary.units(y));
            if near_places(u, v) {
                near += 1;
                rare = rare.max(part.rarity(x)).max(part.rarity(y));
            } else {
                differ += 1;
            }
        }
        let level = match (same, near, differ) {
            (0, 0, 0) => return MISSING,
            (_, 0, 0) => 1,
            (s, n, 0) if s + n > 0 => 2,
            (s, n, 1) if s + n > 1 => 3,
            (s, n, _) if s + n > 0 => 4,
            _ => DIFFERENT,
        };
        Seen { level, rare: if level < 4 { rare } else { 0 } }
    }
}

fn near_places(a: &[u16], b: &[u16]) -> bool {
    a.len().min(b.len()) >= 3 && (slips(a, b, 1).is_some() || (a.len().max(b.len()) > 5 && jaro_winkler(a, b) >= 0.9))
}

/// Surname and given name together: whether they changed places.
pub(super) fn swapped(surname: &Field, given: &Field, a: usize, b: usize) -> bool {
    let ([s], [g]) = (surname.parts.as_slice(), given.parts.as_slice()) else { return false };
    let (sa, sb, ga, gb) = (s.id(a), s.id(b), g.id(a), g.id(b));
    if sa == 0 || sb == 0 || ga == 0 || gb == 0 {
        return false;
    }
    let level = |x: u32, y: u32| if x == y { 1 } else { names(&s.dictionary, x, y) };
    let (one, two) = (level(sa, gb), level(ga, sb));
    one.min(two) <= 2 && one.max(two) <= 3
}

pub(super) fn dates(a: [u16; 3], b: [u16; 3]) -> u8 {
    let known = a.iter().zip(&b).filter(|(x, y)| **x != 0 && **y != 0).count();
    if known == 0 {
        return 0;
    }
    let same = a.iter().zip(&b).filter(|(x, y)| **x != 0 && x == y).count();
    if same == known {
        return if same == 3 { 1 } else { 4 - u8::try_from(same).unwrap_or(1) + u8::from(a[0] != b[0]) };
    }
    if known == 3 {
        if a[0] == b[0] && a[1] == b[2] && a[2] == b[1] {
            return 2;
        }
        if same == 2 {
            return if one_digit(a, b) { 2 } else { 3 };
        }
        if super::lunar::shifted(a, b) {
            return 3;
        }
        if same == 1 && digits_apart(a, b) <= 2 {
            return 4;
        }
        return if same == 0 && a[0].abs_diff(b[0]) >= GENERATION { GENERATION_APART } else { DIFFERENT };
    }
    if same > 0 { 4 } else { DIFFERENT }
}

fn digits(date: [u16; 3]) -> [u8; 8] {
    let d = |n: u16, ten: u16| u8::try_from(n / ten % 10).unwrap_or(0);
    let [y, m, t] = date;
    [d(y, 1000), d(y, 100), d(y, 10), d(y, 1), d(m, 10), d(m, 1), d(t, 10), d(t, 1)]
}

fn digits_apart(a: [u16; 3], b: [u16; 3]) -> usize {
    digits(a).iter().zip(digits(b)).filter(|(x, y)| **x != *y).count()
}

/// One digit differs, two neighbouring digits changed places, or a part is one off.
fn one_digit(a: [u16; 3], b: [u16; 3]) -> bool {
    let (x, y) = (digits(a), digits(b));
    let mut differing = (0..8).filter(|i| x[*i] != y[*i]);
    let (first, second, more) = (differing.next(), differing.next(), differing.next().is_some());
    let exchanged = match (first, second, more) {
        (Some(_), None, _) => return true,
        (Some(i), Some(j), false) => j == i + 1 && x[i] == y[j] && x[j] == y[i],
        _ => false,
    };
    exchanged || a.iter().zip(&b).all(|(p, q)| p.abs_diff(*q) <= 1)
}

fn numbers(a: &[u16], b: &[u16]) -> u8 {
    if a.len().min(b.len()) >= 4 && slips(a, b, 1).is_some() { 2 } else { DIFFERENT }
}

/// Mail addresses often hold the name, so likeness beyond a slip or two tells nothing that the names do not tell.
fn mails(a: &[u16], b: &[u16]) -> u8 {
    let local = |m: &[u16]| m.iter().position(|c| *c == u16::from(b'@')).unwrap_or(m.len());
    let (x, y) = (a.get(..local(a)).unwrap_or_default(), b.get(..local(b)).unwrap_or_default());
    let shortest = x.len().min(y.len());
    if shortest >= 4 && (x == y || slips(a, b, 1).is_some()) {
        2
    } else if shortest >= 5 && (slips(a, b, 2).is_some() || slips(x, y, 1).is_some()) {
        3
    } else {
        DIFFERENT
    }
}

fn addresses(d: &Dictionary, x: u32, y: u32) -> u8 {
    let (a, b) = (d.units(x), d.units(y));
    if d.is_han(x) || d.is_han(y) {
        return han_addresses(a, b);
    }
    let shortest = a.len().min(b.len());
    let squeezed = |s: &[u16]| s.iter().copied().filter(|c| *c != 32).collect::<Vec<_>>();
    if (shortest >= 4 && slips(a, b, 1).is_some()) || (shortest >= 6 && (slips(a, b, 2).is_some() || squeezed(a) == squeezed(b))) {
        return 2;
    }
    let words = |s: &[u16]| s.split(|c| *c == 32).map(<[u16]>::to_vec).collect::<Vec<_>>();
    let (wa, wb) = (words(a), words(b));
    let shared = |x: &[Vec<u16>], y: &[Vec<u16>]| x.iter().filter(|w| w.len() > 1 && y.contains(w)).count();
    let common = shared(&wa, &wb).min(shared(&wb, &wa));
    if (common >= 1 && common == wa.len().min(wb.len())) || jaro_winkler(a, b) >= 0.9 {
        return 3;
    }
    if dice(a, b) >= 0.6 { 4 } else { DIFFERENT }
}

/// What people leave out of a Chinese address: the words for a place's rank.
const RANKS: [char; 16] = ['省', '市', '县', '区', '镇', '乡', '村', '组', '号', '社', '室', '栋', '幢', '楼', '街', '道'];

/// Chinese addresses: the names of the places by their likeness, their numbers apart - a neighbour's address is alike but for them.
fn han_addresses(a: &[u16], b: &[u16]) -> u8 {
    let bare = |s: &[u16]| s.iter().copied().filter(|c| !RANKS.contains(&as_char(*c))).collect::<Vec<_>>();
    let (x, y) = (bare(a), bare(b));
    let likeness = if x == y { 1.0 } else { dice(&x, &y) };
    let (m, n) = (numbers_in(a), numbers_in(b));
    let (few, many) = if m.len() <= n.len() { (&m, &n) } else { (&n, &m) };
    let mut rest = many.iter();
    let numbers_fit = few.iter().all(|f| rest.any(|r| r == f));
    match likeness {
        l if l >= 0.8 && numbers_fit => 2,
        l if l >= 0.6 => 3,
        l if l >= 0.35 => 4,
        _ => DIFFERENT,
    }
}

/// The numbers of an address in their order.
fn numbers_in(text: &[u16]) -> Vec<u32> {
    let digit = |c: &u16| as_char(*c).to_digit(10);
    text.split(|c| digit(c).is_none())
        .filter(|run| !run.is_empty())
        .map(|run| run.iter().take(8).filter_map(digit).fold(0, |n, d| n * 10 + d))
        .collect()
}

fn house_numbers(a: &[u16], b: &[u16]) -> u8 {
    let shortest = a.len().min(b.len());
    if slips(a, b, 1).is_some() && (shortest >= 2 || a.len() != b.len()) { 2 } else { DIFFERENT }
}

fn words(a: &[u16], b: &[u16]) -> u8 {
    let shortest = a.len().min(b.len());
    if shortest >= 4 && (slips(a, b, 1).is_some() || jaro_winkler(a, b) >= 0.92) { 2 } else { DIFFERENT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_addresses_agree_by_places_and_numbers() {
        let level = |a: &str, b: &str| {
            let units = |s: &str| s.encode_utf16().collect::<Vec<_>>();
            let (a, b) = (units(a), units(b));
            assert_eq!(han_addresses(&a, &b), han_addresses(&b, &a));
            han_addresses(&a, &b)
        };
        let base = "雁江镇新华村3组12号";
        for (other, expected) in
            [("雁江新华3组12", 2), ("雁江镇新华村3组", 2), ("雁江镇新华村3组15号", 3), ("雁江镇红旗村3组12号", 4), ("丹山镇龙井村7组", 5)]
        {
            assert_eq!(level(base, other), expected, "{other}");
        }
    }

    #[test]
    fn dates_agree_by_level() {
        let base = [1990, 3, 8];
        for (other, level) in [
            ([1990, 3, 8], 1),
            ([1990, 8, 3], 2),
            ([1990, 3, 18], 2),
            ([1991, 3, 8], 2),
            ([1990, 3, 25], 3),
            ([1990, 4, 18], 4),
            ([1990, 0, 0], 3),
            ([0, 0, 0], 0),
            ([1980, 12, 24], 5),
            ([1975, 12, 24], 6),
            // The eighth of the third lunar month.
            ([1990, 4, 3], 3),
        ] {
            assert_eq!((dates(base, other), dates(other, base)), (level, level), "{other:?}");
        }
    }
}
