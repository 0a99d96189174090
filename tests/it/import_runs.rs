//! `import` from outside: what it reports, when it ends with which status, that it can be repeated, and that nobody hears from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use calamine::{Reader, open_workbook_auto};
use chrono::NaiveDate;
use donor_registry::app::Actor;
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;

use crate::harness::people::Invented;
use crate::harness::program::Registry;

const HEADER: &str = "file,sheet,row,outcome,problems,person,known_person";

fn put(registry: &Registry, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = registry.folder().join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_string_lossy().into_owned()
}

/// Imports and gives status and report.
fn import(registry: &Registry, file: &str, word: &str, more: &[&str]) -> (Option<i32>, String) {
    let report = registry.folder().join("report.csv");
    let _ = std::fs::remove_file(&report);
    let told = report.to_string_lossy().into_owned();
    let output = registry.run(&[&["import", file, "--registry", word, "--report", &told], more].concat());
    (output.status.code(), std::fs::read_to_string(&report).unwrap_or_default())
}

fn lines(report: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(report.as_bytes());
    let header = reader.headers().unwrap().clone();
    reader.records().map(|r| header.iter().map(str::to_owned).zip(r.unwrap().iter().map(str::to_owned)).collect()).collect()
}

fn counts(report: &str) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for line in lines(report) {
        *out.entry(line["outcome"].clone()).or_default() += 1;
    }
    out
}

/// What must not change: who is on file, how many corrections wait, how many imports the log holds.
fn state(registry: &Registry) -> (Vec<String>, u64, usize) {
    registry.look(|app| async move {
        let people = app.people_page(Actor::Console, None, 100_000).await.unwrap();
        let people = people.iter().map(|p| p.public_id.as_str().to_owned()).collect();
        let log = app.log_page(Actor::Console, None, 10_000).await.unwrap();
        let imports = log.iter().filter(|leaf| leaf.action == "import.admit").count();
        (people, app.count_corrections().await.unwrap(), imports)
    })
}

fn roster() -> String {
    let p: Vec<Invented> = (1..=4).map(Invented::of).collect();
    format!(
        "雁江区志愿者名单\n序号,姓名,身份证号,手机,所属镇街\n1,{},{},{},丰裕镇\n2,{},,{},莲花\n,,,,\n3,,{},{},丰裕镇\n4,{},{}0,{},外地\n合计,4人,,,\n",
        p[0].name, p[0].document, p[0].phone, p[1].name, p[1].phone, p[2].document, p[2].phone, p[3].name, p[3].document, p[3].phone
    )
}

#[test]
fn the_report_has_a_line_for_every_row_from_the_header_down() {
    let registry = Registry::new();
    let file = put(&registry, "名单.csv", roster());
    let (status, report) = import(&registry, &file, "volunteer", &[]);
    assert_eq!(status, Some(1), "one row is refused");
    assert_eq!(report.lines().next(), Some(HEADER));
    let lines = lines(&report);
    let told: Vec<(&str, &str, &str, &str)> =
        lines.iter().map(|l| (l["row"].as_str(), l["outcome"].as_str(), l["problems"].as_str(), l["known_person"].as_str())).collect();
    assert_eq!(
        told,
        [
            ("2", "skipped", "", "no"),
            ("3", "accepted", "", "no"),
            ("4", "accepted", "missing_id", "no"),
            ("5", "skipped", "", "no"),
            ("6", "refused", "missing_name", "no"),
            ("7", "review", "id_length;town_unknown", "no"),
            ("8", "skipped", "", "no"),
        ]
    );
    for line in &lines {
        assert_eq!((line["file"].as_str(), line["sheet"].as_str()), ("名单.csv", ""));
        assert_eq!(line["person"].is_empty(), !matches!(line["outcome"].as_str(), "accepted" | "review"));
    }
}

#[test]
fn the_same_bytes_again_change_nothing_and_are_reported_as_known() {
    let registry = Registry::new();
    let file = put(&registry, "名单.csv", roster());
    let (first_status, first) = import(&registry, &file, "volunteer", &[]);
    let before = state(&registry);
    assert_eq!(before.0.len(), 3);
    // Under another name they are the same bytes still.
    let copy = put(&registry, "copy.csv", roster());
    for file in [&file, &copy] {
        let (status, again) = import(&registry, file, "volunteer", &[]);
        assert_eq!(status, first_status);
        let (was, is) = (lines(&first), lines(&again));
        assert_eq!(was.len(), is.len());
        for (was, mut is) in was.into_iter().zip(is) {
            assert_eq!(is["known_person"] == "yes", !is["person"].is_empty());
            is.insert("known_person".to_owned(), was["known_person"].clone());
            assert_eq!(was, is);
        }
    }
    assert_eq!(state(&registry), before);
    // One byte more is another file, of people who are known.
    let other = put(&registry, "other.csv", format!("{}\n", roster()));
    let (_, third) = import(&registry, &other, "volunteer", &[]);
    let known = |report: &str| lines(report).iter().filter(|l| l["known_person"] == "yes").count();
    assert!(known(&third) >= 2, "{third}");
}

#[test]
fn a_dry_run_reports_and_writes_nothing() {
    let registry = Registry::new();
    let other = put(&registry, "other.csv", "姓名,手机\n李梅,16118047670\n");
    assert_eq!(import(&registry, &other, "blood", &[]).0, Some(0));
    let before = state(&registry);
    let files = |folder: PathBuf| -> BTreeSet<PathBuf> { std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect() };
    let there = files(registry.data());
    let file = put(&registry, "名单.csv", roster());
    let (status, report) = import(&registry, &file, "volunteer", &["--dry-run"]);
    assert_eq!(status, Some(1));
    assert_eq!(
        counts(&report),
        BTreeMap::from([("accepted".into(), 2), ("refused".into(), 1), ("review".into(), 1), ("skipped".into(), 3)])
    );
    assert!(lines(&report).iter().all(|l| l["person"].is_empty() && l["known_person"] == "no"));
    assert_eq!(state(&registry), before);
    assert_eq!(files(registry.data()), there);
    // What was tried is not "the same bytes": it can be taken in afterwards.
    assert_eq!(import(&registry, &file, "volunteer", &[]).0, Some(1));
    assert_eq!(state(&registry).0.len(), 4);
}

#[test]
fn a_file_that_cannot_be_read_ends_with_status_two_and_a_sentence_and_nothing_changed() {
    let registry = Registry::new();
    let good = put(&registry, "good.csv", "姓名,手机\n李梅,16118047670\n");
    assert_eq!(import(&registry, &good, "blood", &[]).0, Some(0), "review rows and notes leave it 0");
    let before = state(&registry);
    let secret = "16118047699";
    let mut encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    encrypted.extend(std::iter::repeat_n(0u8, 600));
    encrypted.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    let files: [(&str, Vec<u8>, &str); 7] = [
        ("empty.xlsx", Vec::new(), "empty"),
        ("report.pdf.xlsx", format!("%PDF-1.7\n{secret}\n%%EOF").into_bytes(), ".xlsx or .csv"),
        ("torn.xlsx", b"PK\x03\x04torn".to_vec(), "save it again"),
        ("locked.xlsx", encrypted, "without the password"),
        ("page.xls", format!("<html><body><table><tr><td>{secret}</td></tr></table>").into_bytes(), ".xlsx or .csv"),
        ("other.csv", format!("城市,天气\n资阳,{secret}\n").into_bytes(), "headings"),
        ("nameless.csv", format!("身份证号码,联系电话,出生日期\n,{secret},\n").into_bytes(), "姓名"),
    ];
    for (name, bytes, says) in files {
        let file = put(&registry, name, bytes);
        let output = registry.run(&["import", &file, "--registry", "blood"]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{name}: {told}");
        assert!(told.contains(says) && told.contains("nothing was read"), "{name}: {told}");
        assert!(!told.contains(secret), "{name}: {told}");
    }
    let missing = registry.folder().join("nowhere.csv").to_string_lossy().into_owned();
    let folder = registry.folder().to_string_lossy().into_owned();
    let nowhere = registry.folder().join("no/folder/report.csv").to_string_lossy().into_owned();
    let fresh = put(&registry, "fresh.csv", "姓名,手机\n王强,16118047671\n");
    for arguments in [
        vec!["import", &missing, "--registry", "blood"],
        vec!["import", &folder, "--registry", "blood"],
        vec!["import", &fresh, "--registry", "nobody"],
        vec!["import", &fresh, "--registry", "blood", "--date", "14.6.2025"],
        vec!["import", &fresh, "--registry", "blood", "--drive", "no such drive"],
        // A report that cannot be written is known before anything is taken in.
        vec!["import", &fresh, "--registry", "blood", "--report", &nowhere],
    ] {
        let output = registry.run(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(state(&registry), before);
}

#[test]
fn names_of_files_and_sheets_never_become_formulas_in_a_report() {
    let registry = Registry::new();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("=1+1").unwrap();
    for (r, row) in
        [["姓名", "手机", "备注"], ["李梅", "16118047670", "=cmd|' /C calc'!A0"], ["=1+1", "16118047671", "@SUM(1)"]].iter().enumerate()
    {
        for (c, text) in row.iter().enumerate() {
            sheet.write_string(u32::try_from(r).unwrap(), u16::try_from(c).unwrap(), *text).unwrap();
        }
    }
    let file = put(&registry, "+1.xlsx", book.save_to_buffer().unwrap());
    let (status, report) = import(&registry, &file, "volunteer", &[]);
    assert_eq!(status, Some(0));
    assert_eq!(lines(&report).len(), 3);
    for line in lines(&report) {
        assert!(line.values().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])), "{line:?}");
    }
}

/// Imports sheets, plans far ahead and sends on every anniversary; gives the public ids that have a follow-up, and what was planned.
fn follow_up(registry: &Registry, from: NaiveDate) -> (BTreeSet<String>, String) {
    let day = from.to_string();
    let planned = registry.done(&["--json", "followup", "plan", "--as-of", &day, "--months", "24"]);
    let tasks = registry.look(|app| async move {
        let until = from.checked_add_months(chrono::Months::new(25)).unwrap();
        let tasks = app.tasks(Actor::Console, until, 1_000_000).await.unwrap();
        tasks.iter().map(|t| t.public_id.as_str().to_owned()).collect()
    });
    for months in [0, 12, 24] {
        let on = from.checked_add_months(chrono::Months::new(months)).unwrap().to_string();
        let sent = registry.done(&["--json", "followup", "send", "--as-of", &on]);
        let told: serde_json::Value = serde_json::from_str(&sent).unwrap();
        assert_eq!((told["queued"].as_u64(), told["sent"].as_u64()), (Some(0), Some(0)), "{sent}");
    }
    assert!(mails(&registry.data().join("mails")).is_empty(), "nothing is sent before the first contact");
    (tasks, planned)
}

fn mails(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).map(|f| f.map(|f| f.unwrap().path()).collect()).unwrap_or_default()
}

#[test]
fn nobody_who_left_or_is_undecided_is_planned_for_and_nobody_imported_hears_anything() {
    let registry = Registry::new();
    let standings = ["有效", "已撤销", "已实现捐献", "去世", "", "待核实", "有效", "失联"];
    let mut rows = String::from("登记人,身份证号,电话,邮箱,捐献意愿,执行人,见证人,登记时间,当前状态\n");
    for (n, standing) in (10..).zip(standings) {
        let p = Invented::of(n);
        rows += &format!("{},{},{},{},遗体,张静,李洋,2024-01-05,{standing}\n", p.name, p.document, p.phone, p.mail);
    }
    let file = put(&registry, "organ.csv", rows);
    let (status, report) = import(&registry, &file, "organ-body", &[]);
    assert_eq!(status, Some(0));
    let report = lines(&report);
    let person = |row: &str| report.iter().find(|l| l["row"] == row).unwrap()["person"].clone();
    let (tasks, planned) = follow_up(&registry, NaiveDate::from_ymd_opt(2026, 12, 1).unwrap());
    let staying = BTreeSet::from([person("2"), person("8")]);
    assert_eq!(tasks, staying, "{planned}");
}

#[test]
#[ignore = "needs DONOR_REGISTRY_TEST_DATA"]
fn after_a_drives_four_sheets_nothing_is_planned_for_those_who_left_and_nothing_is_sent() {
    let data = std::env::var_os("DONOR_REGISTRY_TEST_DATA").expect("DONOR_REGISTRY_TEST_DATA names the folder of the test data");
    let folder = PathBuf::from(data).join("drives/dev");
    let registry = Registry::new();
    let sheets = [
        ("无偿献血志愿者_2025世界献血者日.xlsx", "blood", "2025-06-14"),
        ("造血干细胞采样入库登记_2025春.csv", "stem-cell", "2025-04-12"),
        ("遗体器官捐献登记_2019-2025.csv", "organ-body", "2025-10-31"),
        ("红十字志愿者花名册.xlsx", "volunteer", "2025-09-30"),
    ];
    let mut people: BTreeMap<(String, String), String> = BTreeMap::new();
    for (file, word, day) in sheets {
        let path = folder.join(file).to_string_lossy().into_owned();
        let (status, report) = import(&registry, &path, word, &["--date", day]);
        assert!(matches!(status, Some(0 | 1)), "{file}");
        people.extend(lines(&report).into_iter().map(|l| ((l["file"].clone(), l["row"].clone()), l["person"].clone())));
    }
    // Those whose every row says that they left, or nothing that can be read. The roster of the volunteers says it in its note.
    let noted: BTreeSet<(String, String)> =
        rows_that_say(&folder.join(sheets[3].0), "已离队").map(|row| (sheets[3].0.to_owned(), row)).collect();
    assert!(!noted.is_empty());
    let mut reader = csv::Reader::from_path(folder.join("truth.csv")).unwrap();
    let mut standings: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for line in reader.deserialize::<BTreeMap<String, String>>() {
        let line: BTreeMap<String, String> =
            line.unwrap().into_iter().map(|(k, v)| (k.trim_start_matches('\u{feff}').to_owned(), v)).collect();
        let Some(person) = people.get(&(line["file"].clone(), line["row"].clone())).filter(|p| !p.is_empty()) else { continue };
        let gone = left(&line, &noted);
        standings.entry(person.clone()).or_default().insert(gone);
    }
    let gone: BTreeSet<&String> = standings.iter().filter(|(_, s)| !s.contains(&false)).map(|(p, _)| p).collect();
    assert!(gone.len() >= 5, "the sheets hold some who left: {}", gone.len());
    let (tasks, planned) = follow_up(&registry, NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
    println!("{} people have a follow-up, {} left or are undecided\n{planned}", tasks.len(), gone.len());
    assert!(tasks.len() > 1_000);
    assert!(gone.iter().all(|p| !tasks.contains(*p)));
    everyone_reachable_is_followed_up(&registry, &folder, &people, (&gone, &noted));
}

/// The rows of a workbook's first sheet, counted from 1, of which one cell says exactly this.
fn rows_that_say(path: &Path, says: &'static str) -> impl Iterator<Item = String> {
    let mut book = open_workbook_auto(path).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let first = sheet.start().unwrap().0 + 1;
    let rows: Vec<bool> = sheet.rows().map(|row| row.iter().any(|cell| cell.to_string() == says)).collect();
    (first..).zip(rows).filter(|(_, says)| *says).map(|(row, _)| row.to_string())
}

/// Whether a row tells of somebody who left, or of a standing that nobody can read.
fn left(line: &BTreeMap<String, String>, noted: &BTreeSet<(String, String)>) -> bool {
    let statuses = ["\"status\": \"\"", "\"status\": \"withdrawn\"", "\"status\": \"realised\""];
    statuses.iter().any(|status| line["exp_extra"].contains(status)) || noted.contains(&(line["file"].clone(), line["row"].clone()))
}

/// After the first contact is confirmed: everybody whom the sheets tell of as staying, with a phone or a mail address that can be right, has
/// a call or a mail of their own, none of them held any more. The address of a registration that was left is not used for another.
fn everyone_reachable_is_followed_up(
    registry: &Registry,
    folder: &Path,
    people: &BTreeMap<(String, String), String>,
    (gone, noted): (&BTreeSet<&String>, &BTreeSet<(String, String)>),
) {
    registry.add_account("boss", "correct-horse-battery-9", "manager");
    let preview: serde_json::Value = serde_json::from_str(&registry.done(&["followup", "first-contact", "--json"])).unwrap();
    let count = preview["people"].as_u64().unwrap();
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", &count.to_string()]);
    let day = "2026-11-23";
    registry.done(&["followup", "plan", "--as-of", day, "--months", "24"]);
    let followed: BTreeMap<String, (bool, bool)> = registry.look(|app| async move {
        let until = day.parse::<NaiveDate>().unwrap().checked_add_months(chrono::Months::new(25)).unwrap();
        let mut followed: BTreeMap<String, (bool, bool)> = BTreeMap::new();
        for task in app.tasks(Actor::Console, until, 1_000_000).await.unwrap() {
            let of_person = followed.entry(task.public_id.as_str().to_owned()).or_default();
            of_person.0 |= matches!(task.channel.word(), "mail" | "phone");
            of_person.1 |= task.held;
        }
        followed
    });
    let mut reader = csv::Reader::from_path(folder.join("truth.csv")).unwrap();
    let mut due: BTreeSet<&String> = BTreeSet::new();
    for line in reader.deserialize::<BTreeMap<String, String>>() {
        let line: BTreeMap<String, String> =
            line.unwrap().into_iter().map(|(k, v)| (k.trim_start_matches('\u{feff}').to_owned(), v)).collect();
        let Some(person) = people.get(&(line["file"].clone(), line["row"].clone())).filter(|p| !p.is_empty()) else { continue };
        let reachable = !line["exp_phones"].is_empty() || !line["exp_email"].is_empty();
        if reachable && line["problems"].is_empty() && !gone.contains(person) && !left(&line, noted) {
            due.insert(person);
        }
    }
    let forgotten: Vec<&&String> = due.iter().filter(|p| !followed.get(**p).is_some_and(|(by_channel, _)| *by_channel)).collect();
    println!("{} people due and reachable, {} followed up, {} of them forgotten", due.len(), followed.len(), forgotten.len());
    assert!(due.len() > 1_000, "{}", due.len());
    assert!(forgotten.is_empty(), "{forgotten:?}");
    assert!(followed.values().all(|(_, held)| !held), "the first contact was confirmed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(6), ..ProptestConfig::default() })]

    /// Whatever stands in a sheet: every row has its line, and the same bytes again give the same lines and change nothing.
    #[test]
    fn any_sheet_is_accounted_for_and_can_be_repeated(
        cells in proptest::collection::vec(prop_oneof![
            3 => (1u64..30).prop_map(|n| { let p = Invented::of(n); format!("{},{},{}", p.name, p.document, p.phone) }),
            1 => (1u64..30).prop_map(|n| { let p = Invented::of(n); format!("{},,{}", p.name, p.phone) }),
            1 => (1u64..30).prop_map(|n| { let p = Invented::of(n); format!("{},{},", Invented::of(n + 1).name, p.document) }),
            1 => Just(",,".to_owned()),
            1 => Just("合计,,".to_owned()),
            1 => "[=+@张李?<>a0-9 ]{0,6},[0-9xX]{0,19},[0-9 /+-]{0,14}".prop_map(|s| s),
        ], 1..25),
        word in prop::sample::select(&["blood", "stem-cell", "organ-body", "volunteer"][..]),
    ) {
        let registry = Registry::new();
        let file = put(&registry, "sheet.csv", format!("姓名,身份证号,手机\n{}\n", cells.join("\n")));
        let (status, first) = import(&registry, &file, word, &[]);
        let told = counts(&first);
        prop_assert_eq!(told.values().sum::<usize>(), cells.len() + 1);
        prop_assert_eq!(status, Some(i32::from(told.contains_key("refused"))));
        let before = state(&registry);
        let (again, second) = import(&registry, &file, word, &[]);
        prop_assert_eq!(again, status);
        prop_assert_eq!(state(&registry), before);
        for (was, is) in lines(&first).iter().zip(lines(&second)) {
            prop_assert!(was.iter().all(|(k, v)| k == "known_person" || is[k] == *v));
            prop_assert_eq!(is["known_person"] == "yes", matches!(is["outcome"].as_str(), "accepted" | "review"));
        }
    }
}
