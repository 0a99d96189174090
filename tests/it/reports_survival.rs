//! The survival analysis against the reference results.

use std::path::PathBuf;

use donor_registry::reports::survival::from_csv;
use serde_json::Value;

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
    let csv = std::fs::read(folder.join(format!("{name}.csv"))).unwrap();
    let reference: Value = serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap();
    let (time, event, entry, group) = columns;
    let got = serde_json::to_value(from_csv(&csv, time, event, entry, group).unwrap().analyse()).unwrap();
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
