mod oracle;
mod sets;
mod vectors;

use chrono::NaiveDate;

use super::*;
use crate::domain::person::BirthDate;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn gave(kind: DonationKind, on: &str) -> Donation {
    Donation { kind, day: day(on), millilitres: None, units: None, place: None, source: SourceOf::Station }
}

fn history(donations: &[Donation]) -> History {
    let mut donations = donations.to_vec();
    donations.sort_by_key(|d| std::cmp::Reverse(d.day));
    History { donations, ..History::default() }
}

/// Somebody of an age that no rule minds.
fn donor() -> Donor {
    Donor { birth: Some(BirthDate::Day(day("1990-05-05"))), sex: Some(Sex::Female) }
}

/// The shipped sets, with one of them in force alone, from 2000 on.
fn only(id: &str) -> RuleSets {
    let texts: Vec<String> = RuleSets::shipped_texts()
        .iter()
        .map(|text| {
            let mine = text.contains(&format!("id = \"{id}\""));
            let undated: Vec<&str> = text.lines().filter(|line| !line.starts_with("valid_from")).collect();
            let undated = undated.join("\n");
            if mine { undated.replacen("source = ", "valid_from = 2000-01-01\nsource = ", 1) } else { undated }
        })
        .collect();
    RuleSets::read(&texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
}

fn first(sets: &RuleSets, history: &History, kind: DonationKind, asked: &str) -> When {
    next(sets, donor(), history, kind, day(asked)).when
}
