//! The same person in the sheets of a drive: what is joined, what is queued, what is kept apart.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use calamine::{Data, Reader, open_workbook_auto};
use chrono::NaiveDate;
use donor_registry::domain::Guarded;
use donor_registry::domain::contact::{Address, Contact, Relative, RelativeRole};
use donor_registry::domain::document::Document;
use donor_registry::domain::id::{PersonId, SubjectId};
use donor_registry::domain::mail::MailAddress;
use donor_registry::domain::name::PersonName;
use donor_registry::domain::national_id::NationalId;
use donor_registry::domain::person::{BirthDate, Identity, Sex};
use donor_registry::domain::phone::Phone;
use donor_registry::domain::town::TownCode;
use donor_registry::matching::linkage::{Decision, Features, Index, features};

type Key = (String, String);

fn folder() -> PathBuf {
    PathBuf::from(std::env::var_os("DONOR_REGISTRY_TEST_DATA").expect("DONOR_REGISTRY_TEST_DATA names the folder of test data"))
        .join("drives/dev")
}

fn table(name: &str) -> Vec<HashMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder().join(name)).expect("the table is there");
    reader.deserialize().map(|r| r.expect("a row")).collect()
}

/// The cells of a sheet by row number as the truth counts them.
fn cells(file: &str, sheet: &str) -> BTreeMap<usize, Vec<String>> {
    let path = folder().join(file);
    if file.ends_with(".csv") {
        let bytes = std::fs::read(path).expect("the sheet is there");
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::GB18030.decode(&bytes).0.into_owned(),
        };
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        return reader.records().enumerate().map(|(i, r)| (i + 1, r.expect("a record").iter().map(str::to_owned).collect())).collect();
    }
    let mut book = open_workbook_auto(path).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("the sheet");
    let (first_row, first_column) = range.start().expect("cells");
    let show = |d: &Data| d.to_string();
    range
        .rows()
        .enumerate()
        .map(|(i, row)| {
            let pad = vec![String::new(); usize::try_from(first_column).expect("small")];
            (usize::try_from(first_row).expect("small") + i + 1, pad.into_iter().chain(row.iter().map(show)).collect())
        })
        .collect()
}

/// The column whose header, of one row or two, has the word.
fn column(cells: &BTreeMap<usize, Vec<String>>, words: &[&str]) -> Option<usize> {
    cells.iter().take(8).find_map(|(_, row)| row.iter().position(|c| words.iter().any(|w| c.replace([' ', '\n', '　'], "").contains(w))))
}

/// Every data row of the four sheets that is not refused, as a perfect reader takes it.
fn people() -> BTreeMap<Key, Features> {
    let mut sheets: HashMap<Key, BTreeMap<usize, Vec<String>>> = HashMap::new();
    let mut out = BTreeMap::new();
    for row in table("truth.csv") {
        if row["kind"] != "data" || row["expect"] == "refuse" || row["exp_name"].is_empty() {
            continue;
        }
        let sheet = sheets.entry((row["file"].clone(), row["sheet"].clone())).or_insert_with(|| cells(&row["file"], &row["sheet"]));
        let at = row["row"].parse::<usize>().expect("a row number");
        let cell = |words: &[&str]| column(sheet, words).and_then(|c| sheet.get(&at)?.get(c)).map(String::as_str).unwrap_or_default();
        let sex = match cell(&["性别"]).chars().find(|c| "男女".contains(*c)) {
            Some('男') => Some(Sex::Male),
            Some(_) => Some(Sex::Female),
            None => None,
        };
        let identity = Identity {
            name: PersonName::parse(&row["exp_name"]).expect("a name"),
            former_names: Vec::new(),
            sex,
            birth: NaiveDate::parse_from_str(&row["exp_dob"], "%Y-%m-%d").ok().map(BirthDate::Day),
            ethnic: None,
            documents: NationalId::parse(&row["exp_id"]).ok().map(Document::National).into_iter().collect(),
        };
        let relative = |words: &[&str]| Phone::parse(cell(words)).ok();
        let contact = Contact {
            salutation: None,
            phones: row["exp_phones"].split(';').filter_map(|p| Phone::parse(p).ok()).collect(),
            mails: MailAddress::parse(&row["exp_email"]).ok().into_iter().collect(),
            address: Some(Address { text: cell(&["住址", "地址"]).to_owned(), town: row["exp_town_code"].parse().ok().map(TownCode) }),
            relatives: [relative(&["联系人1电话"]), relative(&["联系人2电话"]), relative(&["执行人电话"])]
                .into_iter()
                .flatten()
                .map(|p| Relative { role: RelativeRole::Contact, name: None, relation: None, phones: vec![p] })
                .collect(),
            language: None,
        };
        out.insert((row["file"].clone(), row["row"].clone()), features(&Guarded::new(identity), Some(&Guarded::new(contact))));
    }
    out
}

fn pairs(name: &str, detail: &str) -> Vec<(Key, Key, String)> {
    table(name)
        .into_iter()
        .map(|r| ((r["file_a"].clone(), r["row_a"].clone()), (r["file_b"].clone(), r["row_b"].clone()), r[detail].clone()))
        .collect()
}

#[test]
#[ignore = "needs DONOR_REGISTRY_TEST_DATA"]
fn a_drives_repeated_people_are_joined_or_queued_and_nobody_elses() {
    let people = people();
    assert!(people.len() > 2_000, "the sheets are read");
    let ids: HashMap<&Key, u128> = people.keys().zip(1..).collect();
    let subject = |k: &Key| SubjectId(uuid::Uuid::from_u128(ids[k]));
    let mut index = Index::new();
    index.extend(people.iter().map(|(k, f)| (subject(k), PersonId(subject(k).0), f.clone())).collect());
    let found = index.scan(&|_, _| ());
    let decisions: HashMap<(SubjectId, SubjectId), Decision> = found.iter().map(|p| ((p.subject_l, p.subject_r), p.decision)).collect();
    let of = |a: &Key, b: &Key| {
        let (a, b) = (subject(a), subject(b));
        decisions.get(&(a.min(b), a.max(b))).copied().unwrap_or(Decision::Different)
    };
    let truth: Vec<_> =
        pairs("pairs_same.csv", "variation").into_iter().filter(|(a, b, _)| ids.contains_key(a) && ids.contains_key(b)).collect();
    let true_pairs: HashSet<(SubjectId, SubjectId)> =
        truth.iter().map(|(a, b, _)| (subject(a), subject(b))).map(|(a, b)| (a.min(b), a.max(b))).collect();
    let joined = truth.iter().filter(|(a, b, _)| of(a, b) == Decision::Same).count();
    let queued = truth.iter().filter(|(a, b, _)| of(a, b) == Decision::Review).count();
    let same = found.iter().filter(|p| p.decision == Decision::Same).count();
    let review = found.len() - same;
    println!("true pairs {}: joined {joined}, queued {queued}; called same {same}, queue {review}", truth.len());
    let word = std::env::var("LINKAGE_SHOW").unwrap_or_default();
    if !word.is_empty() {
        for (a, b, why) in truth.iter().filter(|(a, b, _)| of(a, b).word() == word) {
            let judged = index.compare(subject(a), subject(b)).expect("on file");
            println!("{} {} / {} {} [{why}] {:.1}", a.0, a.1, b.0, b.1, judged.weight);
            println!("    {}", judged.evidence.map(|e| format!("{}:{}:{:.1}", e.comparison.key(), e.level, e.bits)).join(" "));
        }
    }
    for p in found.iter().filter(|p| p.decision == Decision::Same && !true_pairs.contains(&(p.subject_l, p.subject_r))) {
        let name = |s: SubjectId| ids.iter().find(|(_, n)| **n == s.0.as_u128()).map(|(k, _)| format!("{} {}", k.0, k.1));
        println!(
            "wrongly joined: {:?} {:?} {:?}",
            name(p.subject_l),
            name(p.subject_r),
            p.levels.map(|e| format!("{}:{}:{:.1}", e.comparison.key(), e.level, e.bits))
        );
    }
    let right = found.iter().filter(|p| p.decision == Decision::Same && true_pairs.contains(&(p.subject_l, p.subject_r))).count();
    let mut apart: BTreeMap<(String, &str), usize> = BTreeMap::new();
    for (a, b, kind) in pairs("pairs_different.csv", "kind") {
        if ids.contains_key(&a) && ids.contains_key(&b) {
            *apart.entry((kind, of(&a, &b).word())).or_default() += 1;
        }
    }
    println!("hard negatives: {apart:?}");
    assert!(apart.keys().all(|(_, decision)| *decision != "same"), "{apart:?}");
    let share = |n: usize, of: usize| f64::from(u32::try_from(n).expect("small")) / f64::from(u32::try_from(of).expect("small"));
    assert!(share(right, same) >= 0.995, "{right} of {same} joined pairs are true");
    assert!(share(joined, truth.len()) >= 0.90, "{joined} of {} joined", truth.len());
    assert!(share(joined + queued, truth.len()) >= 0.97, "{joined} + {queued} of {}", truth.len());
}
