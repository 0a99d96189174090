use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::domain::activity::{ActivityKind, ActivityPlace};
use crate::domain::death::DeathSource;
use crate::domain::guided::{Lack, questions};
use crate::domain::leaving::{LeaveChannel, LeaveEvidence, ToldBy};
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{ExitReason, Registry};
use crate::domain::role::Role;
use crate::domain::shift::TurnState;
use crate::domain::volunteer::Skill;
use crate::web::view::failure::Failure;

fn files(root: &Path, ending: &str, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, ending, out);
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(path);
        }
    }
}

fn here(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(part)
}

/// Keys with the arguments their texts name.
fn keys(lang: Lang) -> BTreeMap<String, BTreeSet<char>> {
    let mut paths = Vec::new();
    files(&here("locales").join(lang.tag()), ".ftl", &mut paths);
    let mut out = BTreeMap::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut key = String::new();
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
                key = line.split('=').next().unwrap().trim().to_owned();
                assert!(out.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is told twice in {}", lang.tag());
            }
            let mut rest = line;
            while let Some((_, after)) = rest.split_once('$') {
                if let Some(name) = after.chars().next() {
                    out.get_mut(&key).expect("an argument stands in a message").insert(name);
                }
                rest = after;
            }
        }
    }
    out
}

/// Every key named in a template or source, with the accessor it is asked by.
fn used() -> BTreeSet<(String, String)> {
    let mut paths = source_files();
    files(&here("templates"), ".html", &mut paths);
    let mut out = BTreeSet::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        for accessor in ["t", "n", "nm", "x", "xy", "nx"] {
            for piece in text.split(&format!(".{accessor}(\"")).skip(1) {
                let key = piece.split('"').next().unwrap();
                // Accessors end their literal with a bracket or a comma; anything else is another method of that name.
                if !key.contains('{') && !key.ends_with('-') {
                    out.insert((key.to_owned(), accessor.to_owned()));
                }
            }
        }
    }
    // Constructors of form parts take the text first, then a field name, then keys; builders take the text, then one key.
    for path in source_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        for start in ["Field::new(", "Choice::one(", "Choice::many(", "Choice::tick(", "Select::new("] {
            for piece in text.split(start).skip(1) {
                let named = piece.trim_start().strip_prefix("text,").is_some_and(|rest| rest.trim_start().starts_with('"'));
                if let Some(key) = piece.split('"').nth(3).filter(|_| named) {
                    out.insert((key.to_owned(), "t".to_owned()));
                }
            }
        }
        for piece in text.split(".hint(text, \"").skip(1) {
            out.insert((piece.split('"').next().unwrap().to_owned(), "t".to_owned()));
        }
    }
    out.retain(|(key, _)| !key.contains('{'));
    out
}

fn source_files() -> Vec<PathBuf> {
    let mut paths = Vec::new();
    files(&here("src/web"), ".rs", &mut paths);
    paths.retain(|path| !path.ends_with("i18n_tests.rs"));
    paths
}

#[test]
fn both_languages_hold_the_same_keys_with_the_same_arguments() {
    let (chinese, english) = (keys(Lang::Chinese), keys(Lang::English));
    let only: Vec<_> =
        chinese.keys().filter(|k| !english.contains_key(*k)).chain(english.keys().filter(|k| !chinese.contains_key(*k))).collect();
    assert!(only.is_empty(), "in one language only: {only:?}");
    for (key, names) in &chinese {
        assert_eq!(names, &english[key], "arguments of {key}");
        for lang in Lang::ALL {
            assert!(Text(lang).has(key), "{key} is not read in {}", lang.tag());
        }
    }
}

#[test]
fn every_key_asked_for_exists_and_gets_its_arguments() {
    let known = keys(Lang::English);
    let used = used();
    assert!(used.len() > 100, "the search finds the keys");
    for (key, accessor) in used {
        let names = known.get(&key).unwrap_or_else(|| panic!("no text for {key}"));
        let given: BTreeSet<char> = if accessor == "t" { BTreeSet::new() } else { accessor.chars().collect() };
        assert!(names.is_subset(&given), "{key} is asked by .{accessor}() and names {names:?}");
    }
}

#[test]
fn every_problem_has_a_sentence_and_says_what_to_do_in_both_languages() {
    for lang in Lang::ALL {
        for problem in ProblemCode::ALL {
            assert!(Text(lang).has(&format!("problem-{problem}")), "{problem} in {}", lang.tag());
            assert!(Text(lang).has(&format!("problem-{problem}-do")), "{problem}-do in {}", lang.tag());
        }
    }
}

#[test]
fn every_word_of_the_domain_has_a_text() {
    let mut keys = Vec::new();
    for role in Role::ALL {
        keys.push(format!("role-{}", role.word()));
    }
    for registry in Registry::ALL {
        keys.push(format!("registry-{}", registry.word()));
        keys.push(format!("registry-short-{}", registry.word()));
        for question in questions(registry) {
            keys.push(format!("question-{}", question.key));
            keys.push(format!("question-{}-hint", question.key));
            keys.push(Lack::Unanswered(question.key).key());
            for answer in question.answers {
                keys.push(format!("answer-{}-{}", question.key, answer.key));
                if !answer.enough {
                    keys.push(Lack::NotYet(question.key).key());
                }
            }
        }
    }
    keys.extend(Skill::ALL.iter().map(|skill| format!("skill-{}", skill.word())));
    keys.extend(TurnState::ALL.iter().map(|state| format!("turn-{}", state.word())));
    keys.extend(ActivityKind::ALL.iter().map(|kind| format!("activity-kind-{}", kind.word())));
    keys.extend(ActivityPlace::ALL.iter().map(|place| format!("activity-place-{}", place.word())));
    for reason in ExitReason::ALL {
        keys.push(format!("exit-{}", reason.word()));
        keys.extend(Registry::ALL.into_iter().filter_map(|registry| reason.not_by_hand(registry)).map(str::to_owned));
    }
    keys.extend(["leave-died", "leave-not-of-age", "match-too-old", "slip-urgent-when", "copy-part-death"].map(str::to_owned));
    keys.extend(DeathSource::ALL.iter().map(|by| format!("death-by-{}", by.word())));
    keys.extend(LeaveChannel::ALL.iter().map(|channel| format!("left-channel-{}", channel.word())));
    keys.extend(ToldBy::ALL.iter().map(|by| format!("left-by-{}", by.word())));
    keys.extend(LeaveEvidence::ALL.iter().map(|kept| format!("left-evidence-{}", kept.word())));
    for lack in [
        Lack::Consent,
        Lack::SensitiveConsent,
        Lack::Birth,
        Lack::Age,
        Lack::Contacts,
        Lack::Executor,
        Lack::Witness,
        Lack::Items,
        Lack::Guardian,
        Lack::GuardianNamed,
    ] {
        keys.push(lack.key());
    }
    for status in Failure::KNOWN {
        keys.push(format!("failure-{status}"));
        keys.push(format!("failure-{status}-do"));
    }
    let forms = std::fs::read_dir(here("src/domain/form")).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file());
    for file in forms.chain([here("src/domain/form.rs")]) {
        let form = std::fs::read_to_string(file).unwrap();
        for piece in form.split("\"flaw-").skip(1) {
            keys.push(format!("flaw-{}", piece.split('"').next().unwrap()));
        }
    }
    for lang in Lang::ALL {
        for key in &keys {
            assert!(Text(lang).has(key), "{key} in {}", lang.tag());
        }
    }
}

#[test]
fn no_text_says_what_registrants_must_not_read() {
    let link = std::fs::read_to_string(here("locales/zh-CN/link.ftl")).unwrap();
    for word in ["反悔", "流失"] {
        assert!(!link.contains(word), "{word} is a word for staff only");
    }
}

#[test]
fn numbers_are_grouped_and_the_best_language_is_chosen() {
    assert_eq!(group("2511"), "2,511");
    assert_eq!(group("-1234567.5"), "−1,234,567.5");
    assert_eq!(group("999"), "999");
    assert_eq!(Lang::of_accept("fr, en;q=0.8, zh;q=0.9"), Some(Lang::Chinese));
    assert_eq!(Lang::of_accept("en-GB,en;q=0.9"), Some(Lang::English));
    assert_eq!(Lang::of_accept("fr"), None);
}
