//! Somebody erased, on the disk: what their data were readable with stands in no file any more, a backup of before does not bring it back, and
//! no report changes.

use std::path::{Path, PathBuf};

use donor_registry::app::Actor;
use donor_registry::domain::Guarded;
use donor_registry::domain::time::Timestamp;
use sea_orm::{ConnectionTrait, Database, Statement};

use crate::harness::desk::{Desk, key};
use crate::harness::people::Invented;
use crate::harness::program::Registry;
use crate::urgent::contains;

const PASSWORD: &str = "correct-horse-battery-9";
/// Whom it is about, of the thirty on the sheet.
const ONE: u64 = 5;

fn sheet() -> String {
    let row = |p: Invented| format!("2026-03-02,{},{},{}\n", p.name, p.document, p.phone);
    format!("登记日期,姓名,身份证号码,联系电话\n{}", (1..=30).map(|n| row(Invented::of(n))).collect::<String>())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut out = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { out.push(path) }
        }
    }
    out
}

/// Which files of a data folder, write-ahead log included, hold one of some byte strings.
fn holding(registry: &Registry, parts: &[Vec<u8>]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap();
        parts.iter().any(|part| contains(&bytes, part))
    };
    files(&registry.folder().join("data")).into_iter().filter(holds).collect()
}

/// What is typed of a person, as bytes of the encodings a careless program would leave them in.
fn typed(person: &Invented) -> Vec<Vec<u8>> {
    let texts = [&person.name, &person.phone, &person.document];
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    texts.iter().flat_map(|text| [text.as_bytes().to_vec(), wide(text)]).collect()
}

/// The person's public id, none where nobody is found by the phone, and the subjects.
fn find(registry: &Registry) -> Option<(String, Vec<uuid::Uuid>)> {
    registry.look(|app| async move {
        let rows = app.search(Actor::Console, &Guarded::new(Invented::of(ONE).phone)).await.unwrap();
        let id = rows.first()?.public_id.clone();
        let page = app.person(Actor::Console, &id, Timestamp(1_800_000_000_000_000)).await.unwrap();
        Some((id.to_string(), page.view.subjects.iter().map(|s| s.row.id.0).collect()))
    })
}

/// The wrapped data keys of a subject, from the database itself.
fn data_keys(registry: &Registry, subject: uuid::Uuid) -> Vec<Vec<u8>> {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let file = registry.folder().join("data/registry.db");
        let db = Database::connect(format!("sqlite://{}?mode=ro", file.display())).await.unwrap();
        let sql = "SELECT wrapped FROM subject_key WHERE subject_id = ?";
        let rows = db.query_all_raw(Statement::from_sql_and_values(db.get_database_backend(), sql, [subject.into()])).await.unwrap();
        let keys = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        db.close().await.unwrap();
        keys
    })
}

/// The reports of the half-year in which everybody came, one behind the other: who is in the pool, who came and went, who left, who reneged.
fn reported(registry: &Registry) -> String {
    let one = |report: &str| {
        let file = registry.folder().join(format!("{report}.csv"));
        registry.done(&["report", report, "--from", "2026-01-01", "--as-of", "2026-06-30", "--output", &file.to_string_lossy()]);
        std::fs::read_to_string(file).unwrap()
    };
    ["pool", "flows", "attrition", "reneging"].map(one).concat()
}

#[test]
fn nothing_of_somebody_erased_is_readable_in_any_file_nor_after_a_restore_and_no_report_changes() {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "registrar");
    let roster = registry.folder().join("roster.csv");
    std::fs::write(&roster, sheet()).unwrap();
    registry.done(&["import", &roster.to_string_lossy(), "--registry", "volunteer"]);
    let told = reported(&registry);
    let (id, subjects) = find(&registry).expect("everybody of the sheet is on file");
    let keys: Vec<Vec<u8>> = subjects.iter().flat_map(|s| data_keys(&registry, *s)).collect();
    assert!(!keys.is_empty() && !holding(&registry, &keys).is_empty(), "the search finds keys where there are some");
    let backup = registry.folder().join("backup").to_string_lossy().into_owned();
    registry.done(&["backup", "--output", &backup]);
    let paper = registry.folder().join("sheet.txt");
    std::fs::write(&paper, registry.done(&["keys", "sheet"])).unwrap();

    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let erased = desk.post(&format!("/people/{id}/rights/erase"), &key(1), &[("confirm", &id), ("bar", "yes")]).unwrap();
    assert_eq!(erased.status, 303, "{}", erased.text());
    assert_eq!(holding(&registry, &keys), Vec::<PathBuf>::new(), "while the server runs, in the write-ahead log too");
    server.stop();
    let wanted: Vec<Vec<u8>> = keys.iter().cloned().chain(typed(&Invented::of(ONE))).collect();
    assert_eq!(holding(&registry, &wanted), Vec::<PathBuf>::new());
    assert!(find(&registry).is_none());
    assert_eq!(reported(&registry), told, "what was reported stays");

    // A backup of before: with the list of erasures nothing of it comes back.
    let list = registry.folder().join("key/root.erasures");
    let listed = std::fs::read_to_string(&list).expect("the list stands beside the key file");
    assert!(subjects.iter().all(|s| listed.contains(&s.to_string())) && !contains(listed.as_bytes(), Invented::of(ONE).name.as_bytes()));
    let (paper, list) = (paper.to_string_lossy(), list.to_string_lossy());
    let fresh = Registry::new();
    let said = fresh.done(&["restore", "--from", &backup, "--recovery-sheet", &paper, "--erasures", &list]);
    assert!(said.contains(&format!("{} entries", subjects.len())), "{said}");
    assert_eq!(holding(&fresh, &wanted), Vec::<PathBuf>::new());
    assert!(find(&fresh).is_none());
    assert_eq!(reported(&fresh), told);

    // Without the list it says what that means; a list somebody added to is refused, and then nothing is restored.
    let without = Registry::new();
    let forged = without.folder().join("forged.erasures");
    std::fs::write(&forged, listed.replace("\ntag ", &format!("\n{} 1\ntag ", uuid::Uuid::now_v7()))).unwrap();
    let output = without.run(&["restore", "--from", &backup, "--recovery-sheet", &paper, "--erasures", &forged.to_string_lossy()]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stderr).contains("list of erasures"));
    let output = without.run(&["restore", "--from", &backup, "--recovery-sheet", &paper]);
    assert!(output.status.success() && String::from_utf8_lossy(&output.stderr).contains("can be read again"));
    assert!(find(&without).is_some());
}
