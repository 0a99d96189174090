//! `link evaluate`: what the engine decides against a column that knows.

use super::Desk;
use super::people::{SCHEMA, csv, shuffled, written};

#[test]
fn evaluation_counts_what_the_written_pairs_show() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let records = written(600, 31);
    desk.put("in.csv", csv(&shuffled(&records, 5)));
    desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv"]);
    let said = desk.done(&["evaluate", "in.csv", "--schema", "s.toml", "--truth", "who", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let same = desk.same("p.csv");
    let who = |id: &str| id.split('-').next().unwrap().to_owned();
    let right = same.iter().filter(|(l, r)| who(l) == who(r)).count();
    assert_eq!(json["true_matches"], 200);
    assert_eq!(json["decided"]["called"], same.len());
    assert_eq!(json["decided"]["right"], right);
    let number = |of: &str, what: &str| json[of][what].as_f64().unwrap();
    assert!((number("decided", "precision") - right as f64 / same.len() as f64).abs() < 1e-9);
    assert!((number("decided", "recall") - right as f64 / 200.0).abs() < 1e-9);
    assert!(number("decided", "f1") > 0.97);
    assert!(number("best_pairs", "f1") >= number("pairs", "f1") && number("best_decided", "f1") >= number("decided", "f1"));
    let bins = json["calibration"].as_array().unwrap();
    let sum = |what: &str| bins.iter().map(|b| b[what].as_f64().unwrap()).sum::<f64>();
    assert!(sum("observed") <= 200.0 && sum("observed") >= number("pairs", "right"));
    assert!((sum("expected") - 200.0).abs() < 20.0, "{}", sum("expected"));
    assert!(json["unreached"].as_f64().unwrap() + json["given_up"].as_f64().unwrap() <= 0.05);
    let lines = desk.done(&["evaluate", "in.csv", "--schema", "s.toml", "--truth", "who"]);
    assert!(lines.contains("after clustering") && lines.contains("best cut") && lines.contains("no key reaches"), "{lines}");
    assert_eq!(desk.names().len(), 3, "nothing is written");
}

#[test]
fn two_files_are_evaluated_by_the_pairs_between_them() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let (left, right): (Vec<_>, Vec<_>) = written(600, 32).into_iter().partition(|r| r.id.ends_with("-a"));
    desk.put("l.csv", csv(&left));
    desk.put("r.csv", csv(&shuffled(&right, 9)));
    let said = desk.done(&["evaluate", "l.csv", "r.csv", "--schema", "s.toml", "--truth", "who", "--one-to-one", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(json["true_matches"], 200);
    assert!(json["decided"]["f1"].as_f64().unwrap() > 0.97, "{said}");
}

#[test]
fn a_truth_that_is_not_there_is_refused() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    desk.put("in.csv", csv(&written(30, 33)));
    assert!(desk.refused(&["evaluate", "in.csv", "--schema", "s.toml", "--truth", "nobody"]).contains("`nobody`"));
    desk.refused(&["evaluate", "in.csv", "--schema", "s.toml", "--truth", "who", "--one-to-one"]);
}
