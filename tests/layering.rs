//! Holds the sources to the layering rule and the other house rules that a compiler does not know.
//!
//! - `layering/tokens.rs`: Rust text as words and signs, without comments.
//! - `layering/source.rs`: one file: its room, which of its code is tests.
//! - `layering/rules.rs`: the rules themselves, as tables.
//! - `layering/planted.rs`: every rule finds a planted violation and lets its neighbour pass.

#[path = "layering/planted.rs"]
mod planted;
#[path = "layering/rules.rs"]
mod rules;
#[path = "layering/source.rs"]
mod source;
#[path = "layering/tokens.rs"]
mod tokens;

use std::fmt;
use std::path::{Path, PathBuf};

use source::Tree;

/// A place that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    path: String,
    line: usize,
    rule: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.rule)
    }
}

/// All files under a folder with one of the endings, as (path from the root with slashes, text).
fn files(root: &Path, folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = vec![root.join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|e| e.expect("the checkout is readable").path()) {
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() && name != "target" && name != ".git" {
                open.push(path);
            } else if endings.iter().any(|e| name.ends_with(e)) {
                let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
                let relative = path
                    .strip_prefix(root)
                    .expect("it was found under the root")
                    .components()
                    .map(|c| c.as_os_str().to_string_lossy().into_owned())
                    .collect::<Vec<_>>();
                found.push((relative.join("/"), text));
            }
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn no_findings(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} places break a rule:\n{}\n", lines.len(), lines.join("\n"));
}

#[test]
fn rooms_import_only_along_the_arrows_and_keep_their_crates_to_themselves() {
    let sources = files(&root(), "src", &[".rs"]);
    for room in rules::ROOMS {
        let there = sources.iter().any(|(p, _)| p.starts_with(&format!("src/{}/", room.name)) || *p == format!("src/{}.rs", room.name));
        assert!(there, "no source of the room `{}` was read: the check would be empty", room.name);
    }
    no_findings(&Tree::of(&sources).check_rooms());
}

#[test]
fn no_file_holds_an_unfinished_mark_or_a_test_that_is_skipped_without_a_need() {
    let mut findings = Vec::new();
    for folder in ["src", "tests", "migrations", "benches", "fuzz"] {
        for (path, text) in files(&root(), folder, &[".rs"]) {
            findings.extend(rules::unfinished(&path, &text));
        }
    }
    no_findings(&findings);
}

#[test]
fn no_file_names_a_place_of_one_machine() {
    let mut findings = Vec::new();
    let endings = [".rs", ".toml", ".md", ".html", ".css", ".js", ".ftl", ".txt", ".sql", ".sh", ".py", ".yml", ".service", ".conf"];
    for folder in ["src", "tests", "migrations", "templates", "docs", "rules", "locales", "static", "benches", "fuzz"] {
        for (path, text) in files(&root(), folder, &endings) {
            findings.extend(rules::machine_paths(&path, &text));
        }
    }
    no_findings(&findings);
}

#[test]
fn long_files_are_listed_for_a_second_look() {
    let mut long: Vec<(usize, String)> =
        files(&root(), "src", &[".rs"]).into_iter().map(|(p, t)| (t.lines().count(), p)).filter(|(n, _)| *n > 500).collect();
    long.sort();
    for (lines, path) in long.iter().rev() {
        println!("{path}: {lines} lines; would two rooms read better?");
    }
}
