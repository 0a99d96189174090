//! `--explain`: the numbers that decided, as lines, as JSON, as charts.

use super::Desk;
use super::people::{SCHEMA, csv, written};

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    desk.put("in.csv", csv(&written(400, 21)));
    desk
}

#[test]
fn the_weights_of_every_explained_pair_add_up_to_its_match_weight() {
    let desk = desk();
    let said = desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--explain", "1000", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&said).unwrap();
    let explained = json["explained"].as_array().unwrap();
    let pairs = desk.pairs("p.csv");
    assert_eq!(explained.len(), pairs.len(), "every pair of the file is explained");
    for e in explained {
        let sum: f64 = e["steps"].as_array().unwrap().iter().map(|s| s["bits"].as_f64().unwrap()).sum();
        let weight = e["match_weight"].as_f64().unwrap();
        assert!((sum - weight).abs() < 1e-3, "{e}");
        let written = pairs.iter().find(|p| e["unique_id_l"] == p.0 && e["unique_id_r"] == p.1).expect("it is in the file");
        assert!((written.3 - weight).abs() < 1e-3 && (written.2 - e["match_probability"].as_f64().unwrap()).abs() < 1e-5);
        assert_eq!(e["decision"], written.4);
    }
    // The hardest first.
    let distance: Vec<f64> =
        explained.iter().map(|e| (e["match_weight"].as_f64().unwrap() - json["cut"]["weight"].as_f64().unwrap()).abs()).collect();
    assert!(distance.is_sorted());
}

#[test]
fn lines_name_values_level_and_weight_of_the_pairs_asked_for() {
    let desk = desk();
    let said = desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--explain", "3"]);
    assert_eq!(said.matches("start: two random records").count(), 3);
    let (l, r, ..) = desk.pairs("p.csv").into_iter().min_by(|x, y| x.3.abs().total_cmp(&y.3.abs())).unwrap();
    assert!(said.contains(&format!("{l} - {r}: ")), "{said}");
    let without = desk.done(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv"]);
    assert!(!without.contains("start:"));
}

#[test]
fn the_page_draws_the_same_numbers_in_both_languages() {
    let desk = desk();
    let base = ["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--explain", "4", "--explain-html"];
    let said = desk.done(&[&base[..], &["zh.html"]].concat());
    assert!(!said.contains("start:"), "on the page instead of printed");
    desk.done(&[&base[..], &["en.html", "--english"]].concat());
    for (name, start, total) in [("zh.html", "起点", "合计"), ("en.html", "Start (two random records)", "Total")] {
        let page = desk.text(name);
        assert_eq!(page.matches("<svg").count(), 12, "one for a desk, one for a sheet of paper and one for a phone each");
        assert!(page.contains(start) && page.contains(total) && !page.contains("<script") && page.contains("charset=\"utf-8\""));
    }
    desk.refused(&["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--explain-html", "in.csv"]);
}
