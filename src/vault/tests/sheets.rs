//! The recovery sheet, typed back by tired people.

use proptest::prelude::*;

use super::support::{DEPLOYMENT, root, root_of};
use crate::vault::{RootKey, VaultError};

fn lines() -> Vec<String> {
    let sheet = root().recovery_sheet(DEPLOYMENT);
    sheet.text().lines().filter(|l| l.starts_with("    ")).map(str::to_owned).collect()
}

fn wrong(typed: &str) -> Vec<u8> {
    match RootKey::from_recovery_sheet(typed) {
        Err(VaultError::Sheet(lines)) => lines,
        other => panic!("lines were expected, not {other:?}"),
    }
}

#[test]
fn the_whole_sheet_is_read_back() {
    let sheet = root().recovery_sheet(DEPLOYMENT);
    assert!(RootKey::from_recovery_sheet(sheet.text()).expect("read").is_same(&root()));
    assert!(sheet.text().contains(&DEPLOYMENT.to_string()));
}

#[test]
fn habits_of_typing_do_not_matter() {
    let lines = lines();
    assert_eq!(lines.len(), 5);
    let joined = lines.join("\n");
    let read = |typed: &str| RootKey::from_recovery_sheet(typed).expect("read").is_same(&root());
    assert!(read(&joined.to_lowercase()));
    assert!(read(&joined.replace('0', "O").replace('1', "l").replacen("l:", "1:", 1)));
    assert!(read(&joined.replace(": ", "").replace(' ', "-")));
    assert!(read(&joined.replace(':', "：").replace('A', "Ａ").replace('8', "８").replacen('８', "8", 1)));
    let unnumbered: Vec<String> = lines.iter().rev().map(|l| l.split_once(':').expect("numbered").1.replace(' ', "")).collect();
    assert!(read(&unnumbered.join("\n")), "without numbers the order does not matter either");
    let spaced: Vec<String> = lines.iter().map(|l| l.replace(':', " ")).collect();
    assert!(read(&spaced.join("\n")));
}

#[test]
fn wrong_missing_and_swapped_lines_are_named() {
    let lines = lines();
    let without: Vec<&str> = lines.iter().enumerate().filter(|(i, _)| *i != 2).map(|(_, l)| l.as_str()).collect();
    assert_eq!(wrong(&without.join("\n")), [3]);
    let swapped = [lines[0].replacen('1', "2", 1), lines[1].replacen('2', "1", 1)].join("\n");
    assert_eq!(wrong(&[&swapped, &lines[2], &lines[3], &lines[4]].map(String::as_str).join("\n")), [1, 2]);
    assert_eq!(wrong(""), [1, 2, 3, 4, 5]);
    let other = root_of(9).recovery_sheet(DEPLOYMENT);
    let foreign = other.text().lines().find(|l| l.starts_with("    2")).expect("a second line");
    assert_eq!(wrong(&[lines[0].as_str(), foreign, &lines[2], &lines[3], &lines[4]].join("\n")), [1, 2, 3, 4, 5], "lines of two sheets");
}

proptest! {
    #[test]
    fn a_mistyped_symbol_is_found_by_its_line(line in 0usize..5, at in 0usize..16, symbol in 0usize..32) {
        let mut lines = lines();
        let mut chars: Vec<char> = lines[line].chars().collect();
        let place = chars.iter().enumerate().skip(6).filter(|(_, c)| **c != ' ').map(|(i, _)| i).nth(at).expect("sixteen symbols");
        let typed = char::from(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[symbol]);
        prop_assume!(chars[place] != typed);
        chars[place] = typed;
        lines[line] = chars.into_iter().collect();
        prop_assert_eq!(wrong(&lines.join("\n")), [u8::try_from(line + 1).expect("small")]);
    }
}
