//! Who has the disk and no key cannot list the towns or birth years of organ registrants: no cell tells one, and no column of any table divides
//! the registrants of one town and generation from those of another.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};

use crate::harness::people::check_digit;
use crate::harness::program::Registry;

const PEOPLE: usize = 24;
/// Towns of the branch as the sheet writes them, with the codes the program knows them by, and a birth year each.
const GROUPS: [(&str, &str, u32); 2] = [("莲花街道", "512002001", 1957), ("丹山镇", "512002107", 1991)];

/// Person by person the two groups take turns, alike in everything but town and year.
fn sheet() -> String {
    let mut out = String::from("登记日期,姓名,身份证号码,联系电话,家庭住址,捐献项目,执行人,执行人电话,见证人\n");
    for n in 0..PEOPLE {
        let (town, _, year) = GROUPS[n % 2];
        let first17 = format!("512002{year}0{}{:02}{:03}", n % 9 + 1, n + 1, 101 + n);
        let document = format!("{first17}{}", check_digit(&first17));
        let name = ["李春梅", "王建国", "张海燕", "刘志雪"][n / 2 % 4];
        out += &format!("2026-03-02,{name},{document},139{n:02}345678,{town}青石路{}号,角膜,何玉华,138{n:02}876543,周明远\n", 11 + n);
    }
    out
}

async fn column(db: &DatabaseConnection, sql: String) -> Vec<String> {
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// Of every table with rows, each column in the order of insertion: values as SQL literals, and the lengths of sealed ones.
async fn columns(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let mut out = BTreeMap::new();
    for table in column(db, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'".to_owned()).await {
        // A table without row numbers lies in the order of its primary key.
        let made = column(db, format!("SELECT sql FROM sqlite_master WHERE name = '{table}'")).await.concat();
        let order = if made.to_uppercase().contains("WITHOUT ROWID") { "" } else { " ORDER BY rowid" };
        for name in column(db, format!("SELECT name FROM pragma_table_info('{table}')")).await {
            let values = column(db, format!("SELECT quote({name}) FROM {table}{order}")).await;
            let lengths = column(db, format!("SELECT CAST(coalesce(length({name}), 0) AS text) FROM {table}{order}")).await;
            if !values.is_empty() {
                out.insert(format!("{table}.{name}"), values);
                out.insert(format!("{table}.{name} (length)"), lengths);
            }
        }
    }
    out
}

/// Whether a column, read as so many rows a person in turn, has no value in common between the two groups although persons share values.
fn divides(values: &[String]) -> bool {
    if values.len() < PEOPLE || values.len() % PEOPLE != 0 {
        return false;
    }
    let each = values.len() / PEOPLE;
    let of = |group: usize| -> BTreeSet<&String> {
        values.chunks(each).enumerate().filter(|(person, _)| person % 2 == group).flat_map(|(_, v)| v).collect()
    };
    let distinct = values.iter().collect::<BTreeSet<_>>().len();
    distinct < PEOPLE && of(0).is_disjoint(&of(1))
}

fn told(columns: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let hex = |text: &str| text.bytes().map(|b| format!("{b:02X}")).collect::<String>();
    let mut found: Vec<String> = columns.iter().filter(|(_, v)| divides(v)).map(|(name, _)| format!("{name} divides")).collect();
    for (name, values) in columns.iter().filter(|(name, _)| !name.ends_with("(length)")) {
        for value in values {
            for (town, code, year) in GROUPS {
                let year = year.to_string();
                let number = value.trim_matches('\'');
                let says = [town, code].iter().any(|t| value.contains(t) || value.contains(&hex(t)));
                if says || number == year || number.starts_with(&format!("{year}-")) {
                    found.push(format!("{name} tells"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn from_the_disk_alone_nobody_lists_towns_or_birth_years_of_organ_registrants() {
    let registry = Registry::new();
    let file = registry.folder().join("organ.csv");
    std::fs::write(&file, sheet()).unwrap();
    registry.done(&["import", &file.to_string_lossy(), "--registry", "organ-body"]);
    let path = registry.data().join("registry.db");
    let db = Database::connect(format!("sqlite://{}?mode=ro", path.display())).await.unwrap();
    let columns = columns(&db).await;
    db.close().await.unwrap();
    assert_eq!(columns["record.id"].len(), PEOPLE, "everybody of the sheet is on file");
    assert_eq!(columns["fact.sealed"].len() % PEOPLE, 0);
    assert_eq!(told(&columns), Vec::<String>::new());
}

#[test]
fn a_column_that_told_would_be_found() {
    let alternating = |a: &str, b: &str| (0..PEOPLE).map(|n| if n % 2 == 0 { a.to_owned() } else { b.to_owned() }).collect::<Vec<_>>();
    let tells = |values| told(&BTreeMap::from([("t.c".to_owned(), values)]));
    assert_eq!(tells(alternating("1", "2")), ["t.c divides"]);
    assert!(tells(alternating("'512002001'", "'512002001'")).iter().all(|f| f == "t.c tells"));
    assert!(tells(alternating("1957", "1957")).contains(&"t.c tells".to_owned()));
    assert!(tells(alternating("'1'", "'1'")).is_empty());
    assert!(tells((0..PEOPLE).map(|n| n.to_string()).collect()).is_empty(), "ids of their own divide nobody");
}
