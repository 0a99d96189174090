//! `donor-registry survival`, run as a program, against the reference results.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Runs the command in an empty environment: it needs no data folder and no key.
fn survival(file: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_donor-registry"));
    command.env_clear().arg("survival").arg(file).args(options).output().expect("cargo built it")
}

fn json(file: &Path, options: &[&str]) -> Value {
    let output = survival(file, options);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the answer is JSON")
}

fn folder() -> PathBuf {
    let data = std::env::var_os("DONOR_REGISTRY_TEST_DATA").expect("DONOR_REGISTRY_TEST_DATA names the folder of the shared data");
    PathBuf::from(data).join("survival")
}

/// Compares what the reference tells and the analysis must; returns how many numbers were compared.
fn same(path: &str, expected: &Value, got: &Value) -> usize {
    match (expected, got) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-8, "{path}: {a} expected, {b} found");
            1
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}: number of rows");
            a.iter().zip(b).enumerate().map(|(at, (a, b))| same(&format!("{path}[{at}]"), a, b)).sum()
        }
        (Value::Object(a), Value::Object(b)) => {
            let told = |key: &&String| !key.starts_with("ci_plain") && !key.ends_with("_exact") && *key != "ci_log";
            a.keys()
                .filter(told)
                .map(|k| same(&format!("{path}.{k}"), &a[k], b.get(k).unwrap_or_else(|| panic!("{path}.{k} is missing"))))
                .sum()
        }
        _ => {
            assert_eq!(expected, got, "{path}");
            1
        }
    }
}

fn check(set: &str, name: &str, columns: (&str, &str, Option<&str>, Option<&str>)) -> usize {
    let folder = folder().join(set);
    let reference: Value = serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap();
    let (time, event, entry, group) = columns;
    let mut options = vec!["--time", time, "--event", event, "--format", "json"];
    options.extend(entry.iter().flat_map(|e| ["--entry", *e]));
    options.extend(group.iter().flat_map(|g| ["--group", *g]));
    let got = json(&folder.join(format!("{name}.csv")), &options);
    let mut compared = 0;
    if let Some(curves) = reference.get("kaplan_meier").and_then(Value::as_object) {
        for (label, curve) in curves {
            let label = label.split_once('=').map_or(label.as_str(), |(_, value)| value);
            compared += same(&format!("{name}.{label}"), curve, &got["kaplan_meier"][label]);
        }
    }
    if let (Some(tests), Some(group)) = (reference.get("logrank"), group) {
        for key in ["chi2", "df", "p"] {
            compared += same(&format!("{name}.logrank.{key}"), &tests[group][key], &got["logrank"][key]);
        }
    }
    if let Some(rows) = reference.get("aalen_johansen") {
        compared += same(&format!("{name}.aalen_johansen"), rows, &got["aalen_johansen"]);
    }
    compared
}

#[test]
#[ignore = "needs the shared data: DONOR_REGISTRY_TEST_DATA"]
fn every_reference_number_is_met_to_eight_decimals() {
    assert!(check("dev", "freireich", ("time", "event", None, Some("arm"))) > 300);
    assert!(check("dev", "lung", ("time", "event", None, Some("sex"))) > 2000);
    assert!(check("dev", "competing_toy", ("time", "cause", None, None)) > 80);
    assert!(check("dev", "delayed_entry_toy", ("time", "event", Some("entry"), None)) > 40);
}

#[test]
fn a_row_that_cannot_be_ends_the_command_with_its_number_and_without_its_content() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.csv");
    for (content, options, told) in [
        ("t,v\n1,1\n,0\n", &["--time", "t", "--event", "v"][..], "row 3, --time"),
        ("t,v\n1,1\n\nsecret,0\n", &["--time", "t", "--event", "v"], "row 4, --time"),
        ("e,t,v\n1,1,1\n", &["--time", "t", "--event", "v", "--entry", "e"], "row 2, --entry"),
        ("t,v,g\n1,1,\n", &["--time", "t", "--event", "v", "--group", "g"], "row 2, --group"),
        ("t,v\n1,1\n", &["--time", "week", "--event", "v"], "--time"),
    ] {
        std::fs::write(&file, content).unwrap();
        let output = survival(&file, options);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(output.stdout.is_empty() && said.contains(told) && !said.contains("secret"), "{said}");
    }
}

#[test]
fn a_page_and_a_drawing_are_made_in_both_languages() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.csv");
    std::fs::write(&file, "t,v,g\n1.5,1,甲 \"x\"\n2,2,<b>\n3.25,0,甲 \"x\"\n4,1.0,<b>\n").unwrap();
    let base = ["--time", "t", "--event", "v", "--group", "g"];
    for (format, start) in [("html", "<!doctype html>"), ("svg", "<?xml")] {
        for more in [&[][..], &["--english"]] {
            let output = survival(&file, &[&base[..], &["--format", format], more].concat());
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success() && text.starts_with(start) && !text.contains("<b>"), "{text}");
            assert_eq!(text.contains("在险人数"), more.is_empty());
        }
    }
    let all = json(&file, &base);
    assert_eq!(all["kaplan_meier"]["<b>"]["n"], 2);
    assert_eq!(all["aalen_johansen"][3]["time"], 4.0);
}

#[test]
fn an_event_at_the_moment_of_an_entry_does_not_see_who_enters() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("f.csv");
    std::fs::write(&file, "entry,time,event\n0,2,1\n2,5,1\n0,5,0\n").unwrap();
    let got = json(&file, &["--time", "time", "--event", "event", "--entry", "entry"]);
    let rows = &got["kaplan_meier"]["all"]["rows"];
    assert_eq!((rows[0]["at_risk"].as_u64(), rows[1]["at_risk"].as_u64()), (Some(2), Some(2)));
    assert_eq!(rows.as_array().map(Vec::len), Some(2));
}
