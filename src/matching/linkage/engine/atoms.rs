//! What blocking keys are made of: single values, and parts of values that survive a slip.

use rayon::prelude::*;

use super::fields::{Field, Kind, Part, index};
use super::hash::spread;

/// What of a field's value an atom holds, and so when two rows of one person share it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Holds {
    /// The whole value.
    Whole,
    /// Something most slips leave alone, such as the sound.
    Sound,
    /// The part of the value between these two places, first 0, last 1.
    Part(f64, f64),
}

/// One atom: a code for every row, 0 where the value is missing.
pub(super) struct Atom {
    pub label: String,
    /// The fields it needs (numbers in the list of fields) and what it holds of each.
    pub of: Vec<(usize, Holds)>,
    pub codes: Vec<u32>,
    /// The chance that two random rows share the code.
    pub chance: f64,
}

/// All atoms of the fields.
pub(super) fn all(fields: &[Field], rows: usize) -> Vec<Atom> {
    let mut plans: Vec<(String, Vec<(usize, Holds)>, Box<dyn Fn(usize) -> u32 + Sync + Send + '_>)> = Vec::new();
    for (f, field) in fields.iter().enumerate() {
        for (n, part) in field.parts.iter().enumerate() {
            // Of several phones or mails only the first two get keys.
            if n < 3 {
                of_part(&mut plans, f, field, part);
            }
        }
    }
    let surname = fields.iter().position(|f| f.kind == Kind::Surname);
    let given = fields.iter().position(|f| f.kind == Kind::Given);
    if let (Some(s), Some(g)) = (surname, given)
        && let ([sp], [gp]) = (fields[s].parts.as_slice(), fields[g].parts.as_slice())
    {
        // The letters of both names, whatever their order: meets exchanged and romanised names.
        let code = move |r: usize| match (sp.id(r), gp.id(r)) {
            (0, _) | (_, 0) => 0,
            (a, b) => low(spread(u64::from(sp.dictionary.letters[index(a)].wrapping_add(gp.dictionary.letters[index(b)])))),
        };
        plans.push(("name".into(), vec![(s, Holds::Sound), (g, Holds::Sound)], Box::new(code)));
    }
    plans
        .into_par_iter()
        .map(|(label, of, code)| {
            let codes: Vec<u32> = (0..rows).map(code).collect();
            let chance = chance(&codes);
            Atom { label, of, codes, chance }
        })
        .filter(|a| a.chance > 0.0)
        .collect()
}

type Plans<'a> = Vec<(String, Vec<(usize, Holds)>, Box<dyn Fn(usize) -> u32 + Sync + Send + 'a>)>;

fn of_part<'a>(plans: &mut Plans<'a>, f: usize, field: &'a Field, part: &'a Part) {
    let mut add = |what: &str, holds: Holds, code: Box<dyn Fn(usize) -> u32 + Sync + Send + 'a>| {
        plans.push((format!("{}{what}", field.label), vec![(f, holds)], code));
    };
    let cut = move |from: usize, to: usize, least: usize| -> Box<dyn Fn(usize) -> u32 + Sync + Send + 'a> {
        // Computed once a value, not once a row.
        let codes: Vec<u32> = (0..part.dictionary.len())
            .map(|i| {
                let units = part.dictionary.units(u32::try_from(i).unwrap_or(0));
                if units.len() < least { 0 } else { text(units.get(from.min(units.len())..to.min(units.len())).unwrap_or_default()) }
            })
            .collect();
        Box::new(move |r| codes[index(part.id(r))])
    };
    let ending = move |last: usize, least: usize| -> Box<dyn Fn(usize) -> u32 + Sync + Send + 'a> {
        let codes: Vec<u32> = (0..part.dictionary.len())
            .map(|i| {
                let units = part.dictionary.units(u32::try_from(i).unwrap_or(0));
                if units.len() < least { 0 } else { text(units.get(units.len().saturating_sub(last)..).unwrap_or_default()) }
            })
            .collect();
        Box::new(move |r| codes[index(part.id(r))])
    };
    let whole = move || -> Box<dyn Fn(usize) -> u32 + Sync + Send + 'a> { Box::new(move |r| part.id(r)) };
    match field.kind {
        Kind::Sex => {}
        Kind::Surname | Kind::Given => {
            let sound = &part.dictionary.sound;
            add("~", Holds::Sound, Box::new(move |r| sound[index(part.id(r))]));
            if field.kind == Kind::Given || !chinese(part) {
                let short = if chinese(part) { 1 } else { 3 };
                add("<", Holds::Part(0.0, 0.4), cut(0, short, short));
                add(">", Holds::Part(0.6, 1.0), ending(short, short));
            }
        }
        Kind::Birth => {
            let dates = &field.dates;
            add("", Holds::Whole, whole());
            let date = move |r: usize| dates[index(part.id(r))].map(u32::from);
            add(".y", Holds::Part(0.0, 0.5), Box::new(move |r| date(r)[0]));
            add(
                ".md",
                Holds::Part(0.5, 1.0),
                Box::new(move |r| {
                    let [_, m, d] = date(r);
                    if m == 0 || d == 0 { 0 } else { 32 * m.min(d) + m.max(d) }
                }),
            );
        }
        Kind::Number | Kind::Phone => {
            add("", Holds::Whole, whole());
            add("<", Holds::Part(0.0, 0.5), halves(part, true));
            add(">", Holds::Part(0.5, 1.0), halves(part, false));
        }
        Kind::Email => {
            add("", Holds::Whole, whole());
            add("<", Holds::Part(0.0, 0.4), cut(0, 5, 6));
        }
        Kind::Address => {
            add("", Holds::Whole, whole());
            add("<", Holds::Part(0.0, 0.4), cut(0, 5, 5));
        }
        Kind::StreetNumber | Kind::Place | Kind::Word => add("", Holds::Whole, whole()),
    }
}

fn chinese(part: &Part) -> bool {
    let some = part.dictionary.len().min(200);
    (1..some).filter(|i| part.dictionary.is_han(u32::try_from(*i).unwrap_or(0))).count() * 2 > some
}

fn halves<'a>(part: &'a Part, first: bool) -> Box<dyn Fn(usize) -> u32 + Sync + Send + 'a> {
    let codes: Vec<u32> = (0..part.dictionary.len())
        .map(|i| {
            let units = part.dictionary.units(u32::try_from(i).unwrap_or(0));
            let middle = units.len() / 2;
            match units.len() {
                0..6 => 0,
                _ if first => text(units.get(..middle).unwrap_or_default()),
                // Counted from the end, so that a sign too many in the first half does no harm.
                _ => text(units.get(units.len() - 4.min(middle)..).unwrap_or_default()),
            }
        })
        .collect();
    Box::new(move |r| codes[index(part.id(r))])
}

fn text(units: &[u16]) -> u32 {
    let h = units.iter().fold(0x51_7cc1_b727_220au64, |h, u| spread(h ^ u64::from(*u)));
    low(h).max(1)
}

fn low(z: u64) -> u32 {
    u32::try_from(z & 0xffff_ffff).unwrap_or(0)
}

/// The chance that two random rows share a code, from the counts of the codes.
fn chance(codes: &[u32]) -> f64 {
    let mut sorted: Vec<u32> = codes.iter().copied().filter(|c| *c != 0).collect();
    sorted.sort_unstable();
    let mut pairs = 0.0;
    for run in sorted.chunk_by(|a, b| a == b) {
        let n = float(run.len());
        pairs += n * (n - 1.0) / 2.0;
    }
    let all = float(codes.len());
    pairs / (all * (all - 1.0) / 2.0).max(1.0)
}

/// A count as a float; exact up to 2^32.
pub(super) fn float(n: usize) -> f64 {
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}
