//! Every table that names a registrant: the part of a copy that holds it, or why none does.

use std::collections::BTreeSet;
use std::path::Path;

use super::PARTS;

/// Tables and the part that tells what is in them.
const HELD: [(&str, &str); 24] = [
    ("consent", "consents"),
    ("contact_again", "again"),
    ("correction", "corrections"),
    ("death_fact", "death"),
    ("enrolment", "standings"),
    ("grid", "numbers"),
    ("health_fact", "health"),
    ("hold", "holds"),
    ("leave_fact", "leaving"),
    ("link", "answers"),
    // Aid and remembrance are matters of subjects of their own, which are no registrant: they are the family's.
    ("matter", "matches"),
    ("matter", "notices"),
    ("matter", "samples"),
    ("outbox", "mails"),
    ("outside", "numbers"),
    ("outside_step", "elsewhere"),
    ("pause", "holds"),
    ("record", "registrations"),
    ("rights_request", "requests"),
    ("service_fact", "service"),
    ("standing_step", "standings"),
    ("task", "contacts"),
    ("told_fact", "told"),
    ("turn", "shifts"),
];

/// Tables that a copy leaves out, and why.
const LEFT_OUT: [(&str, &str); 13] = [
    ("barcode", "a keyed digest of the barcode, which stands in `samples`"),
    ("bounce", "what a mail server said of one message; what followed for the person stands in `holds`"),
    ("change", "the order in which processes follow what was written; what was done and when stands in `openings`"),
    ("contact_index", "keyed digests of the ways of contact, which stand in `registrations`"),
    ("disclosure", "who asked a manager to see the identity; asking and deciding stand in `openings`"),
    ("erasure", "of whoever is in it nothing is left to copy"),
    ("identifier_claim", "keyed digests of the document numbers, which stand in `registrations`"),
    ("import_row", "the sealed draft of a registration; what was taken in of it stands in `registrations`, what was not in `corrections`"),
    ("membership", "which registrations are one person: the copy is drawn over all of them"),
    ("pair", "likenesses to other people, who have rights of their own"),
    ("stat_link", "the sealed tie to the statistics; its number tells a person nothing and would tie the facts to them in the open"),
    ("subject_key", "keys, not data: the copy is what they open"),
    ("person", "the public number, at the head of the copy"),
];

/// Columns by which a row is somebody's.
const OWNERS: [&str; 5] = ["subject_id", "subject_l", "person_id", "person_l", "founding_subject"];

/// The tables of the schema with such a column, as the migrations make them.
fn tables() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/src");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|e| e != "sql") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let text: String = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect::<Vec<_>>().join("\n");
        for statement in text.split(';') {
            let words: Vec<&str> = statement.split_whitespace().collect();
            let table = match words.as_slice() {
                ["CREATE" | "ALTER", "TABLE", name, ..] => *name,
                _ => continue,
            };
            let columns = statement.split(['(', ',', '\n']).flat_map(|part| part.split("ADD COLUMN"));
            let owned = columns.filter_map(|column| column.split_whitespace().next()).any(|column| OWNERS.contains(&column));
            if owned {
                found.insert(table.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_copy_holds_every_table_that_names_a_registrant_or_says_why_not() {
    let there = tables();
    assert!(there.len() > 20 && there.contains("record") && there.contains("rights_request"), "the search finds the tables: {there:?}");
    let held: BTreeSet<&str> = HELD.iter().map(|(table, _)| *table).collect();
    let left: BTreeSet<&str> = LEFT_OUT.iter().map(|(table, _)| *table).collect();
    for table in &there {
        let (held, left) = (held.contains(table.as_str()), left.contains(table.as_str()));
        assert!(held || left, "{table} names a registrant: add it to the copy, or say here why it is left out");
        assert!(!(held && left), "{table} is both in the copy and left out");
    }
    for table in held.iter().chain(&left) {
        assert!(there.contains(*table), "{table} is no table any more");
    }
    for (table, part) in HELD {
        assert!(PARTS.contains(&part), "{table}: the copy has no part {part}");
    }
}
