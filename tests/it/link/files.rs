//! What is read, what is written, and where.

use std::collections::BTreeSet;

use super::Desk;
use super::people::{SCHEMA, csv, shuffled, written};

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    desk.put("in.csv", csv(&written(400, 1)));
    desk
}

fn id_pair(a: &str, b: &str) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

#[test]
fn the_same_people_of_one_file_are_found_each_pair_once_and_no_registry_is_touched() {
    let desk = desk();
    let said = desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--clusters", "c.csv"]);
    for word in ["534 rows", "Expected:", "Keys"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    assert_eq!(desk.names(), ["c.csv", "in.csv", "p.csv", "s.toml"].map(String::from).into(), "no data folder, no key, nothing left");
    let pairs = desk.pairs("p.csv");
    let mut seen = BTreeSet::new();
    for (l, r, probability, weight, decision) in &pairs {
        assert_ne!(l, r);
        assert!(seen.insert((l.min(r).clone(), l.max(r).clone())), "{l} {r} is listed twice");
        assert!((0.0..=1.0).contains(probability) && weight.is_finite());
        assert!(["same", "review"].contains(&decision.as_str()));
    }
    let truth: BTreeSet<_> = (0..400).step_by(3).map(|n| id_pair(&format!("p{n}-a"), &format!("p{n}-b"))).collect();
    let same = desk.same("p.csv");
    assert!(same.intersection(&truth).count() >= 130, "of {}", truth.len());
    assert!(same.difference(&truth).count() <= 1);
    // Same in a cluster is same in a pair and the other way round.
    let clusters = desk.clusters("c.csv");
    assert_eq!(clusters.len(), 534);
    let ids: BTreeSet<&String> = clusters.iter().map(|(id, _)| id).collect();
    assert!(ids.len() == 534 && clusters.iter().all(|(_, c)| ids.contains(c)));
    let mut implied = BTreeSet::new();
    for (i, (a, x)) in clusters.iter().enumerate() {
        for (b, y) in clusters.iter().skip(i + 1) {
            if x == y {
                implied.insert((a.clone(), b.clone()));
            }
        }
    }
    assert_eq!(implied, same);
}

#[test]
fn the_left_id_of_a_pair_is_always_of_the_left_file() {
    let desk = Desk::new();
    let all = written(300, 2);
    let (left, right): (Vec<_>, Vec<_>) = all.into_iter().partition(|r| r.id.ends_with("-a"));
    // The same ids on both sides, which must not be mistaken for each other; the right file is the larger one in the second run.
    let rename = |mut r: super::people::Record| {
        r.id = r.id.trim_end_matches("-b").trim_end_matches("-a").to_owned();
        r
    };
    desk.put("l.csv", csv(&left.into_iter().map(rename).collect::<Vec<_>>()));
    desk.put("r.csv", csv(&right.into_iter().map(rename).collect::<Vec<_>>()));
    desk.put("s.toml", SCHEMA);
    desk.done(&["pair", "l.csv", "r.csv", "--schema", "s.toml", "--pairs", "lr.csv"]);
    desk.done(&["pair", "r.csv", "l.csv", "--schema", "s.toml", "--pairs", "rl.csv"]);
    let (lr, rl) = (desk.same("lr.csv"), desk.same("rl.csv"));
    assert!(lr.iter().filter(|(l, r)| l == r).count() >= 95 && lr.len() <= 101, "{}", lr.len());
    let of_right: BTreeSet<String> = (0..300).step_by(3).map(|n| format!("p{n}")).collect();
    assert!(lr.iter().all(|(_, r)| of_right.contains(r)) && rl.iter().all(|(l, _)| of_right.contains(l)));
}

#[test]
fn one_to_one_gives_every_row_one_partner_at_most() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let all = written(300, 3);
    let (left, right): (Vec<_>, Vec<_>) = all.iter().cloned().partition(|r| r.id.ends_with("-a"));
    // Every person of the right file twice.
    let twice: Vec<_> = right
        .iter()
        .flat_map(|r| {
            let mut again = r.clone();
            again.id.push_str("-again");
            [r.clone(), again]
        })
        .collect();
    desk.put("l.csv", csv(&left));
    desk.put("r.csv", csv(&twice));
    let args = ["pair", "l.csv", "r.csv", "--schema", "s.toml", "--pairs", "p.csv"];
    desk.done(&args);
    let many = desk.same("p.csv");
    desk.done(&[&args[..], &["--one-to-one"]].concat());
    let one = desk.same("p.csv");
    let distinct =
        |side: fn(&(String, String)) -> &String, of: &BTreeSet<(String, String)>| of.iter().map(side).collect::<BTreeSet<_>>().len();
    assert!(many.len() > 180, "without it both rows of the right are partners: {}", many.len());
    assert!(one.len() >= 90);
    assert_eq!((distinct(|p| &p.0, &one), distinct(|p| &p.1, &one)), (one.len(), one.len()));
}

#[test]
fn byte_order_marks_line_ends_spaces_quotes_and_gb18030_change_nothing() {
    let desk = Desk::new();
    let plain = csv(&written(200, 4));
    desk.put("s.toml", SCHEMA);
    desk.put("plain.csv", &plain);
    desk.done(&["dedupe", "plain.csv", "--schema", "s.toml", "--pairs", "plain.out"]);
    let expected = desk.text("plain.out");
    assert!(expected.lines().count() > 50);
    let spaced: String = plain.lines().map(|l| format!(" {} \n", l.replace(',', " , "))).collect();
    let quoted: String = plain
        .lines()
        .enumerate()
        .map(|(n, l)| if n == 0 { format!("{l},note\n") } else { format!("{l},\"two\nlines, \"\"quoted\"\"\"\n") })
        .collect();
    for (name, text) in [
        ("bom", format!("\u{feff}{plain}")),
        ("crlf", plain.replace('\n', "\r\n")),
        ("spaced", spaced),
        ("quoted", quoted),
        ("unended", plain.trim_end().to_owned()),
    ] {
        desk.put(name, text);
        desk.done(&["dedupe", name, "--schema", "s.toml", "--pairs", "out.csv"]);
        assert_eq!(desk.text("out.csv"), expected, "{name}");
    }
    let chinese = "编号,姓名,出生,电话\n1,王建国,1970-01-02,13900000001\n2,王建国,1970-01-02,13900000001\n3,李敏,1980-05-06,13900000002\n4,张伟,1990-07-08,13900000003\n";
    desk.put(
        "zh.toml",
        "[columns]\n\"编号\" = \"unique_id\"\n\"姓名\" = \"full_name\"\n\"出生\" = \"date_of_birth\"\n\"电话\" = \"phone\"\n",
    );
    desk.put("utf8.csv", chinese);
    desk.put("gb.csv", encoding_rs::GB18030.encode(chinese).0);
    desk.done(&["dedupe", "utf8.csv", "--schema", "zh.toml", "--pairs", "utf8.out"]);
    desk.done(&["dedupe", "gb.csv", "--schema", "zh.toml", "--pairs", "gb.out"]);
    assert_eq!(desk.text("gb.out"), desk.text("utf8.out"));
    assert_eq!(desk.same("gb.out"), [id_pair("1", "2")].into());
}

#[test]
fn rows_without_ids_are_numbered_from_one_as_they_stand() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA.replace("id = \"unique_id\"\n", ""));
    let records = written(200, 5);
    desk.put("in.csv", csv(&records));
    desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv"]);
    let same = desk.same("p.csv");
    let row = |n: &str| &records[n.parse::<usize>().unwrap() - 1];
    assert!(same.len() > 60 && same.iter().filter(|(l, r)| row(l).who == row(r).who).count() + 1 >= same.len());
}

#[test]
fn the_order_of_rows_and_the_number_of_threads_change_no_byte() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let records = written(900, 6);
    let mut outs = BTreeSet::new();
    for (seed, threads) in [(0, "1"), (1, "2"), (2, "5")] {
        desk.put("in.csv", csv(&if seed == 0 { records.clone() } else { shuffled(&records, seed) }));
        let out = desk.run_with(
            &["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--clusters", "c.csv", "--json"],
            &[("RAYON_NUM_THREADS", threads)],
        );
        assert!(out.status.success());
        outs.insert((desk.text("p.csv"), desk.text("c.csv"), String::from_utf8(out.stdout).unwrap()));
    }
    assert_eq!(outs.len(), 1);
}

#[test]
fn a_threshold_moves_the_cut_and_an_impossible_one_is_refused() {
    let desk = desk();
    let called = |p: &str| {
        desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--threshold", p]);
        desk.same("p.csv").len()
    };
    assert!(called("0.99999999999") < called("0.01"));
    for p in ["1.5", "-1", "nan", "much"] {
        desk.refused(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "q.csv", "--threshold", p]);
    }
}

#[test]
fn the_answer_for_programs_holds_what_the_engine_expects() {
    let desk = desk();
    let said = desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["rows"], 534);
    assert_eq!(json["same"], desk.same("p.csv").len());
    assert_eq!(json["same"].as_u64().unwrap() + json["review"].as_u64().unwrap(), desk.pairs("p.csv").len() as u64);
    for share in ["expected_precision", "expected_recall", "unreached"] {
        assert!((0.0..=1.0).contains(&json[share].as_f64().unwrap()), "{share}");
    }
    assert!((json["expected_matches"].as_f64().unwrap() - 134.0).abs() < 14.0, "{}", json["expected_matches"]);
    assert!(json["people"].as_u64().unwrap() >= 400 && json["keys"].as_array().unwrap().len() >= 2);
    assert_eq!(json["cut"]["chosen_by"], "engine");
}

#[test]
fn a_file_that_was_there_is_replaced_by_a_whole_one_or_left_as_it_was() {
    let desk = desk();
    desk.put("p.csv", "what was there\n");
    desk.put("bad.toml", "[columns]\nid = \"unique_id\"\nshoe = \"other\"\n");
    desk.refused(&["dedupe", "in.csv", "--schema", "bad.toml", "--pairs", "p.csv"]);
    assert_eq!(desk.text("p.csv"), "what was there\n");
    desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv"]);
    assert!(desk.pairs("p.csv").len() > 100);
    let input = desk.text("in.csv");
    for (place, other) in
        [("in.csv", "c.csv"), ("./in.csv", "c.csv"), ("s.toml", "c.csv"), ("q.csv", "./q.csv"), ("absent/p.csv", "c.csv"), (".", "c.csv")]
    {
        desk.refused(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", place, "--clusters", other]);
    }
    assert_eq!(desk.text("in.csv"), input);
}

#[test]
fn files_that_cannot_be_linked_are_refused_with_the_column_or_row_and_no_value() {
    let desk = desk();
    let link = |file: &str, schema: &str| desk.refused(&["dedupe", file, "--schema", schema, "--pairs", "p.csv"]);
    desk.put("absent.toml", format!("{SCHEMA}shoe_size = \"other\"\n"));
    assert!(link("in.csv", "absent.toml").contains("`shoe_size`"));
    desk.put("unknown.toml", "[columns]\nid = \"shoe\"\n");
    assert!(link("in.csv", "unknown.toml").contains("`id`"));
    desk.put("none.toml", "columns");
    assert!(link("in.csv", "none.toml").contains("[columns]"));
    assert!(link("in.csv", "nowhere.toml").contains("nowhere.toml"));
    assert!(link("nowhere.csv", "s.toml").contains("nowhere.csv"));
    desk.put("twice.csv", "id,given,family,born,phone,street,town\nsecret-a,b,c,1990-01-01,1,d,e\nsecret-a,b,c,1990-01-01,1,d,e\n");
    let said = link("twice.csv", "s.toml");
    assert!(said.contains("row 3") && !said.contains("secret"), "{said}");
    desk.put("empty-id.csv", "id,given,family,born,phone,street,town\n ,b,c,1990-01-01,1,d,e\n");
    assert!(link("empty-id.csv", "s.toml").contains("row 2"));
    desk.put("empty.csv", "");
    link("empty.csv", "s.toml");
    let noise: Vec<u8> = (0..4_000u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap() % 32).collect();
    desk.put("noise.csv", noise);
    link("noise.csv", "s.toml");
    desk.put("right.csv", "id,given\n1,a\n");
    assert!(desk.refused(&["pair", "in.csv", "right.csv", "--schema", "s.toml", "--pairs", "p.csv"]).contains("right.csv"));
}

#[test]
fn every_command_explains_itself_with_examples() {
    let desk = Desk::new();
    for command in ["dedupe", "pair", "evaluate"] {
        let said = desk.done(&[command, "--help"]);
        assert!(said.contains("Examples:") && said.contains(&format!("donor-registry link {command} ")), "{said}");
    }
}
