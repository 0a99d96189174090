//! What must hold of the engine for any file.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::compare::{DIFFERENT, LEVELS, Seen};
use super::fields::FIELDS;
use super::fit::fit;
use super::homes::Homes;
use super::model::{Model, Pair};
use super::work::Work;
use super::{Options, Outcome, Schema, Table, dedupe, pair};
use crate::matching::linkage::decide::Decision;

const SCHEMA: &str = "[columns]\nid=\"unique_id\"\nname=\"full_name\"\nborn=\"date_of_birth\"\nphone=\"phone\"\nplace=\"locality\"\n";

/// A file of people of whom every third is written a second time with a slip.
fn people(seed: u64, n: usize) -> Vec<String> {
    let mut sequence = super::hash::Sequence::new(seed);
    let mut draw = |end: usize| sequence.below(end);
    let family = ["王", "李", "张", "刘", "陈", "欧阳", "赵", "黄", "周", "吴"];
    let given = ["伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "涛", "明", "超", "霞", "平", "刚"];
    let mut rows: Vec<[String; 4]> = Vec::new();
    while rows.len() < n {
        let name = format!("{}{}{}", family[draw(10)], given[draw(20)], given[draw(20)]);
        let born = format!("{}-{:02}-{:02}", 1950 + draw(55), 1 + draw(12), 1 + draw(28));
        let row = [name, born, format!("13{:09}", draw(1_000_000_000)), format!("镇{}", draw(12))];
        if draw(3) == 0 {
            let mut again = row.clone();
            match draw(4) {
                0 => again[0].push('子'),
                1 => again[1] = again[1].replace('7', "1"),
                2 => again[2].clear(),
                _ => again[3] = "镇0".to_owned(),
            }
            rows.push(again);
        }
        rows.push(row);
    }
    rows.iter().enumerate().map(|(i, r)| format!("{},{}", i + 1, r.join(","))).collect()
}

fn table(rows: &[String]) -> Table {
    let mut csv = "id,name,born,phone,place\n".to_owned();
    for row in rows {
        let _ = writeln!(csv, "{row}");
    }
    Table::read(csv.as_bytes(), &Schema::from_toml(SCHEMA).expect("a schema")).expect("a table")
}

fn written(outcome: &Outcome, left: &Table, right: &Table) -> String {
    let mut out = String::new();
    for p in &outcome.pairs {
        let _ = writeln!(out, "{},{},{},{},{}", left.id(p.left), right.id(p.right), p.probability, p.weight, p.decision.word());
    }
    let _ = write!(out, "{:?} {} {}", outcome.clusters, outcome.expected_matches, outcome.expected_precision);
    out
}

fn quiet(_: &'static str, _: f64) {}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3))]

    #[test]
    fn neither_the_order_of_rows_nor_the_number_of_threads_changes_a_byte(seed in 0u64..1_000) {
        let mut rows = people(seed, 150);
        let straight = table(&rows);
        let one = written(&dedupe(&straight, Options::default(), &quiet).expect("linked"), &straight, &straight);
        let mut sequence = super::hash::Sequence::new(seed);
        for i in (1..rows.len()).rev() {
            rows.swap(i, sequence.below(i + 1));
        }
        let shuffled = table(&rows);
        for threads in [1, 2, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let other = pool.install(|| dedupe(&shuffled, Options::default(), &quiet)).expect("linked");
            prop_assert_eq!(&one, &written(&other, &shuffled, &shuffled));
        }
    }

    #[test]
    fn decisions_are_symmetric_in_the_pair(seed in 0u64..1_000) {
        let rows = people(seed, 150);
        let work = Work::new(&[&table(&rows)]).expect("fields");
        for a in 0..60 {
            for b in 0..60 {
                prop_assert_eq!(work.seen(a, b), work.seen(b, a));
            }
        }
        // Left and right exchanged: the same pairs, the other way round.
        let (left, right) = (table(&rows[..75]), table(&rows[75..]));
        let mirror = |o: Outcome, turn: bool| {
            let mut v: Vec<(usize, usize, Decision)> =
                o.pairs.iter().map(|p| if turn { (p.right, p.left, p.decision) } else { (p.left, p.right, p.decision) }).collect();
            v.retain(|p| p.2 == Decision::Same);
            v.sort_unstable();
            v
        };
        let there = pair(&left, &right, Options::default(), &quiet).expect("linked");
        let back = pair(&right, &left, Options::default(), &quiet).expect("linked");
        prop_assert_eq!(mirror(there, false), mirror(back, true));
    }

    #[test]
    fn more_agreement_never_lowers_a_weight(seed in 0u64..1_000, levels in proptest::collection::vec(0u8..7, 400)) {
        let work = Work::new(&[&table(&people(seed, 200))]).expect("fields");
        let mut model = Model::from_random(&work.fields, work.rows, &work.random(), &vec![None; work.fields.len()], work.total_pairs());
        // Whatever the pairs show, even nonsense.
        let pairs: Vec<Pair> = levels
            .chunks(work.fields.len())
            .map(|some| {
                let mut seen = [Seen::default(); FIELDS];
                for (s, level) in seen.iter_mut().zip(some) {
                    s.level = *level;
                }
                Pair::new(0, 1, &seen)
            })
            .collect();
        fit(&mut model, &pairs, &Homes::new(&work, &pairs), work.total_pairs());
        let weights = model.weights();
        for field in 0..work.fields.len() {
            for rare in [0u8, 1, 20, 60, 120, 255] {
                let bits: Vec<f64> = (1..=DIFFERENT).map(|level| weights.of(field, Seen { level, rare: if level == DIFFERENT { 0 } else { rare } })).collect();
                prop_assert!(bits.is_sorted_by(|more, less| more >= less), "{:?}", bits);
            }
        }
        prop_assert!(LEVELS == 7);
    }
}

#[test]
fn a_hundred_thousand_identical_rows_and_endless_names_are_bounded() {
    let long = "王".repeat(10_000);
    let mut rows: Vec<String> = (0..100_000).map(|i| format!("{i},张伟,1990-01-01,13800000000,镇1")).collect();
    rows.extend((0..50).map(|i| format!("x{i},{long}{i},1991-01-{:02},,", i % 28 + 1)));
    let t = table(&rows);
    let o = dedupe(&t, Options::default(), &quiet).expect("linked");
    assert!(o.compared < 20_000_000, "{}", o.compared);
}

#[test]
fn a_file_with_nothing_in_it_is_refused_clearly() {
    let rows: Vec<String> = (0..100).map(|i| format!("{i},,,,")).collect();
    assert_eq!(dedupe(&table(&rows), Options::default(), &quiet).err(), Some(super::EngineError::NothingToCompare));
}
