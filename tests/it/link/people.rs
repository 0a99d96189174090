//! Invented people written down more than once, with the slips of hurried hands.

use std::fmt::Write;

use crate::harness::dice::Dice;

pub const SCHEMA: &str = "[columns]\nid = \"unique_id\"\ngiven = \"given_name\"\nfamily = \"surname\"\nborn = \"date_of_birth\"\n\
    phone = \"phone\"\nstreet = \"address\"\ntown = \"locality\"\n";

const HEADER: [&str; 8] = ["id", "given", "family", "born", "phone", "street", "town", "who"];

/// One written record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: String,
    /// given, family, born, phone, street, town
    pub cells: [String; 6],
    /// The person.
    pub who: usize,
}

fn word(dice: &mut Dice, syllables: u64) -> String {
    let mut out = String::new();
    for _ in 0..syllables {
        let pick = |dice: &mut Dice, from: &str| {
            let n = usize::try_from(dice.below(from.len() as u64)).unwrap();
            char::from(from.as_bytes()[n])
        };
        out.push(pick(dice, "bcdfghklmnprstvw"));
        out.push(pick(dice, "aeiou"));
        if dice.below(3) == 0 {
            out.push(pick(dice, "lnrst"));
        }
    }
    out
}

fn slip(dice: &mut Dice, text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    if chars.len() < 2 {
        return text.to_owned();
    }
    let at = usize::try_from(dice.below(chars.len() as u64 - 1)).unwrap();
    match dice.below(3) {
        0 => chars.swap(at, at + 1),
        1 => {
            chars.remove(at);
        }
        _ => chars[at] = if chars[at].is_ascii_digit() { '0' } else { 'e' },
    }
    chars.into_iter().collect()
}

/// `people` people, of whom every third is written down a second time, with slips in some cells and some cells empty.
pub fn written(people: usize, seed: u64) -> Vec<Record> {
    let mut dice = Dice::new(seed);
    let (given, family): (Vec<String>, Vec<String>) =
        ((0..150).map(|n| word(&mut dice, 2 + n % 2)).collect(), (0..400).map(|n| word(&mut dice, 2 + n % 2)).collect());
    let towns: Vec<String> = (0..40).map(|_| word(&mut dice, 3)).collect();
    let mut out = Vec::new();
    for who in 0..people {
        let some = |dice: &mut Dice, from: &[String]| {
            // Some names are far more common than others.
            let n = dice.below(from.len() as u64).min(dice.below(from.len() as u64));
            from[usize::try_from(n).unwrap()].clone()
        };
        let cells = [
            some(&mut dice, &given),
            some(&mut dice, &family),
            format!("{}-{:02}-{:02}", 1940 + dice.below(65), 1 + dice.below(12), 1 + dice.below(28)),
            format!("139{:08}", dice.below(100_000_000)),
            format!("{} {} road", 1 + dice.below(200), word(&mut dice, 3)),
            some(&mut dice, &towns),
        ];
        out.push(Record { id: format!("p{who}-a"), cells: cells.clone(), who });
        if who % 3 == 0 {
            let mut again = cells;
            for cell in &mut again {
                match dice.below(20) {
                    0..=1 => *cell = slip(&mut dice, cell),
                    2 => cell.clear(),
                    _ => {}
                }
            }
            out.push(Record { id: format!("p{who}-b"), cells: again, who });
        }
    }
    out
}

/// In another order.
pub fn shuffled(records: &[Record], seed: u64) -> Vec<Record> {
    let mut dice = Dice::new(seed);
    let mut out = records.to_vec();
    for i in (1..out.len()).rev() {
        out.swap(i, usize::try_from(dice.below(i as u64 + 1)).unwrap());
    }
    out
}

/// As CSV, with the truth in the column `who`.
pub fn csv(records: &[Record]) -> String {
    let mut out = HEADER.join(",");
    out.push('\n');
    for r in records {
        let _ = writeln!(out, "{},{},{}", r.id, r.cells.join(","), r.who);
    }
    out
}
