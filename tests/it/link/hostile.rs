//! Input that means harm, or was never looked at: a clear refusal or a bounded run, never a hang.

use std::fmt::Write;
use std::time::{Duration, Instant};

use super::Desk;
use super::people::{SCHEMA, csv, written};

/// What any run of these may take. They are seconds of work on an idle machine; comparing all with all would be hours, and this tells the two
/// apart on a busy machine and without optimisation too.
const BOUND: Duration = Duration::from_secs(300);

fn bounded(desk: &Desk, arguments: &[&str]) -> String {
    let begun = Instant::now();
    let said = desk.done(arguments);
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    said
}

#[test]
fn a_hundred_thousand_identical_rows_are_linked_in_bounded_time() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let mut text = String::from("id,given,family,born,phone,street,town\n");
    for n in 0..100_000 {
        let _ = writeln!(text, "{n},ann,smith,1980-01-01,13900000000,1 high road,leeds");
    }
    desk.put("in.csv", text);
    bounded(&desk, &["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--clusters", "c.csv"]);
    assert_eq!(desk.clusters("c.csv").len(), 100_000);
}

#[test]
fn a_block_of_identical_rows_among_others_hides_nobody() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let mut text = csv(&written(600, 11));
    for n in 0..4_000 {
        let _ = writeln!(text, "x{n},unknown,unknown,1900-01-01,,,,x{n}");
    }
    desk.put("in.csv", text);
    bounded(&desk, &["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv"]);
    let same = desk.same("p.csv");
    let found = (0..600).step_by(3).filter(|n| same.contains(&(format!("p{n}-a"), format!("p{n}-b")))).count();
    assert!(found >= 180, "{found} of 200");
}

#[test]
fn names_of_ten_thousand_characters_and_rows_of_any_length_are_taken_as_they_come() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let mut text = csv(&written(300, 12));
    for n in 0..60 {
        let long = ["王", "a", "\u{301}", "\u{1f980}", "٣", "=1+1 "][n % 6].repeat(10_000);
        let _ = writeln!(text, "long{n},{long},{long},{long},{long},{long},{long},x{n}");
    }
    text.push_str("short\n");
    text.push_str(&format!("wide,{}\n", "x,".repeat(5_000)));
    desk.put("in.csv", text);
    bounded(&desk, &["dedupe", "in.csv", "--schema", "s.toml", "--pairs", "p.csv", "--explain", "200"]);
    let same = desk.same("p.csv");
    let found = (0..300).step_by(3).filter(|n| same.contains(&(format!("p{n}-a"), format!("p{n}-b")))).count();
    assert!(found >= 92, "{found} of 100");
}

#[test]
fn columns_without_any_value_tell_nothing_and_a_file_of_them_is_refused() {
    let desk = Desk::new();
    let schema = SCHEMA.replace("town = \"locality\"", "town = \"locality\"\nmail = \"email\"\nnumber = \"national_id\"");
    desk.put("s.toml", &schema);
    desk.put("plain.toml", SCHEMA);
    let text = csv(&written(300, 13));
    let padded: String = text.lines().enumerate().map(|(n, l)| format!("{l},{}\n", if n == 0 { "mail,number" } else { " , " })).collect();
    desk.put("in.csv", text);
    desk.put("padded.csv", padded);
    desk.done(&["dedupe", "in.csv", "--schema", "plain.toml", "--pairs", "plain.out"]);
    desk.done(&["dedupe", "padded.csv", "--schema", "s.toml", "--pairs", "padded.out"]);
    assert_eq!(desk.text("padded.out"), desk.text("plain.out"));
    desk.put("blank.csv", "id,given,family,born,phone,street,town,mail,number\n1,,,,,,,,\n2,,,,,,,,\n");
    assert!(desk.refused(&["dedupe", "blank.csv", "--schema", "s.toml", "--pairs", "p.csv"]).contains("nothing to compare"));
}

#[test]
fn very_small_files_are_linked_without_complaint() {
    let desk = Desk::new();
    desk.put("s.toml", SCHEMA);
    let row = |id: &str| format!("{id},ann,smith,1980-01-01,13900000000,1 high road,leeds\n");
    let header = "id,given,family,born,phone,street,town\n";
    desk.put("one.csv", format!("{header}{}", row("1")));
    desk.put("two.csv", format!("{header}{}{}", row("1"), row("2")));
    bounded(&desk, &["dedupe", "one.csv", "--schema", "s.toml", "--pairs", "p.csv", "--clusters", "c.csv"]);
    assert_eq!((desk.pairs("p.csv").len(), desk.clusters("c.csv").len()), (0, 1));
    bounded(&desk, &["dedupe", "two.csv", "--schema", "s.toml", "--pairs", "p.csv", "--explain", "5"]);
    bounded(&desk, &["pair", "one.csv", "two.csv", "--schema", "s.toml", "--pairs", "p.csv", "--one-to-one"]);
    assert!(desk.same("p.csv").len() <= 1);
}
