//! The bounce corpus: class, status and recipient as its tables expect.

use std::collections::HashMap;
use std::path::PathBuf;

use donor_registry::followup::bounce::classify;

/// Shares of rows as expected: class, status, recipient.
fn score(crlf: bool) -> [f64; 3] {
    let folder = std::env::var_os("DONOR_REGISTRY_TEST_DATA").expect("DONOR_REGISTRY_TEST_DATA names the folder of test data");
    let folder = PathBuf::from(folder).join("bounces").join("dev");
    let mut reader = csv::Reader::from_path(folder.join("expected.csv")).unwrap();
    let mut right = [0u32; 3];
    let mut all = [0u32; 3];
    for row in reader.deserialize::<HashMap<String, String>>().map(Result::unwrap) {
        let mut bytes = std::fs::read(folder.join("mails").join(&row["file"])).unwrap();
        if crlf {
            bytes = bytes.iter().filter(|b| **b != b'\r').flat_map(|b| if *b == b'\n' { vec![b'\r', b'\n'] } else { vec![*b] }).collect();
        }
        let reports = classify(&bytes);
        let number: usize = row["recipient_no"].parse().unwrap();
        let got = number.checked_sub(1).and_then(|i| reports.get(i));
        let class = if reports.is_empty() { "none" } else { got.map_or("missing", |r| r.class.word()) };
        let status = got.and_then(|r| r.status).map_or(String::new(), |s| s.to_string());
        let recipient = got.and_then(|r| r.recipient.as_ref()).map_or(String::new(), |a| a.reveal().clone());
        let mut judge = |what: usize, counts: bool, same: bool, words: String| {
            if counts {
                all[what] += 1;
                right[what] += u32::from(same);
                if !same && std::env::var_os("DONOR_REGISTRY_TEST_SHOW").is_some() {
                    println!("{} {number} {}: {words}", row["file"], ["class", "status", "recipient"][what]);
                }
            }
        };
        judge(
            0,
            row["status_class_conflict"] != "1",
            class == row["class"],
            format!("{class}, expected {} ({})", row["class"], row["reason"]),
        );
        judge(
            1,
            row["status_is_pseudo"] == "0" && !row["status"].is_empty(),
            status == row["status"],
            format!("{status}, expected {}", row["status"]),
        );
        let known = !row["recipient"].is_empty() && !row["recipient"].contains("libsisimai.org.invalid");
        judge(2, known, recipient.eq_ignore_ascii_case(&row["recipient"]), format!("{recipient}, expected {}", row["recipient"]));
    }
    println!("class {}/{}, status {}/{}, recipient {}/{}", right[0], all[0], right[1], all[1], right[2], all[2]);
    std::array::from_fn(|i| f64::from(right[i]) / f64::from(all[i]))
}

#[test]
#[ignore = "needs the shared test data"]
fn the_corpus_of_real_bounces_is_classified_as_expected_with_either_line_end() {
    let unix = score(false);
    assert!(unix.iter().all(|share| *share >= 0.97), "{unix:?}");
    assert_eq!(score(true), unix);
}
