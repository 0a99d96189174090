//! Every rule finds a planted violation and lets its lawful neighbour pass.

use crate::rules;
use crate::source::Tree;

/// The lines of a file that break a rule.
fn broken(path: &str, text: &str) -> Vec<usize> {
    Tree::of(&[(path.to_owned(), text.to_owned())]).check_rooms().into_iter().map(|f| f.line).collect()
}

#[test]
fn an_import_against_the_arrows_is_found_however_it_is_written() {
    for text in [
        "use crate::store::Connection;",
        "use crate::{domain::Guarded, store::Connection};",
        "fn f() { crate::store::open() }",
        "use super::store;",
        "use donor_registry::store;",
        "pub(in crate::store) fn f() {}",
        "mod inner { use super::super::store; }",
        "mod inner { fn f() {} } use super::{domain, store};",
    ] {
        assert_eq!(broken("src/vault/mod.rs", text), [1], "{text}");
    }
    assert_eq!(broken("src/vault/seal/aad.rs", "use super::super::super::store;"), [1]);
}

#[test]
fn an_import_along_the_arrows_passes() {
    for text in [
        "use crate::domain::Guarded;",
        "use crate::vault::seal;",
        "use super::store;",
        "mod store { } use self::store::X;",
        "// use crate::store;\n/* crate::store */ const T: &str = \"crate::store::X\";",
        "use crate::opaque_debug;",
        "mod inner { use super::store; }",
    ] {
        assert!(broken("src/vault/seal.rs", text).is_empty(), "{text}");
    }
    assert!(broken("src/lib.rs", "pub mod store; use crate::web::x;").is_empty());
    assert!(broken("src/cli/serve.rs", "use crate::{app, web, store};").is_empty());
    assert_eq!(broken("src/app/register.rs", "use crate::web::Form;"), [1]);
    assert!(broken("src/web/error.rs", "use crate::store::StoreError;").is_empty());
    assert_eq!(broken("src/web/error.rs", "use crate::store::{StoreError, Store};\nuse crate::store::Store;"), [1, 2]);
}

#[test]
fn a_crate_outside_its_room_is_found() {
    for text in [
        "use sha2::Digest;",
        "use {sha2::Sha256, std::fmt};",
        "fn f() { sha2::Sha256::new(); }",
        "extern crate sha2;",
        "use ::sha2::Digest;",
        "use sha2 as s;",
        "type T = Vec<sha2::Sha256>;",
    ] {
        assert_eq!(broken("src/app/register.rs", text), [1], "{text}");
        assert!(broken("src/vault/seal.rs", text).is_empty(), "{text}");
    }
    assert_eq!(broken("src/app/register.rs", "#[rocket::get(\"/\")]\nfn f() {}\nuse sea_orm::Set;\nuse lettre::Message;"), [1, 3, 4]);
    assert!(broken("src/web/page.rs", "#[rocket::get(\"/\")] fn f() {}").is_empty());
    assert!(broken("src/app/x.rs", "let hmac = 1; a.argon2.passes; self::argon2::x();").is_empty());
}

#[test]
fn a_guarded_value_opened_in_the_wrong_place_is_found() {
    for text in
        ["fn f() { name.reveal(); }", "fn f() { name.reveal_mut(); }", "fn f() { Guarded::reveal(&name); }", "let open = Guarded::reveal;"]
    {
        assert_eq!(broken("src/app/register.rs", text), [1], "{text}");
        assert_eq!(broken("src/web/page/people.rs", text), [1], "{text}");
        for place in [
            "src/domain/name.rs",
            "src/vault/seal.rs",
            "src/vault/seal/aad.rs",
            "src/intake/repair.rs",
            "src/web/view/people.rs",
            "src/app/export_person.rs",
        ] {
            assert!(broken(place, text).is_empty(), "{place} {text}");
        }
    }
}

#[test]
fn tests_may_open_what_they_made_themselves() {
    assert!(broken("src/app/x.rs", "#[cfg(test)]\nmod tests { fn f() { name.reveal(); } }").is_empty());
    assert_eq!(broken("src/app/x.rs", "#[cfg(test)]\nmod tests { }\nfn f() { name.reveal(); }"), [3]);
    assert_eq!(broken("src/app/x.rs", "#[cfg(not(test))]\nfn f() { name.reveal(); }"), [2]);
    let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
    let tree = Tree::of(&[
        file("src/app/mod.rs", "#[cfg(test)]\nmod tests;\nmod x;"),
        file("src/app/tests.rs", "fn f() { name.reveal(); }"),
        file("src/app/x.rs", "fn f() { name.reveal(); }"),
    ]);
    let found: Vec<String> = tree.check_rooms().into_iter().map(|f| f.path).collect();
    assert_eq!(found, ["src/app/x.rs"]);
}

#[test]
fn temporary_files_of_plaintext_are_found() {
    assert_eq!(broken("src/web/form.rs", "use rocket::fs::TempFile;"), [1]);
    assert_eq!(broken("src/reports/export/workbook.rs", "book.add_worksheet_with_constant_memory();"), [1]);
}

#[test]
fn a_pure_room_that_waits_or_looks_at_the_clock_is_found() {
    assert_eq!(
        broken("src/followup/plan.rs", "async fn f() {}\nlet t = chrono::Utc::now();\nstd::time::SystemTime::now();\ntokio::spawn(x);"),
        [1, 2, 3, 4]
    );
    assert!(broken("src/followup/mailer/smtp.rs", "async fn f() {}").is_empty());
    assert!(broken("src/app/send_due.rs", "async fn f() { Utc::now() }").is_empty());
    assert!(broken("src/domain/time.rs", "use chrono::Utc; fn f(t: DateTime<Utc>) {}").is_empty());
}

#[test]
fn unfinished_work_is_found() {
    let lines = |text: &str| rules::unfinished("x.rs", text).into_iter().map(|f| f.line).collect::<Vec<_>>();
    for name in ["todo", "unimplemented", "dbg"] {
        assert_eq!(lines(&format!("fn f() {{\n{name}!(1)\n}}")), [2], "{name}");
    }
    assert_eq!(lines("#[ignore]\nfn f() {}\n#[ignore = \"slow\"]\nfn g() {}"), [1, 3]);
    assert_eq!(lines("#[cfg_attr(x, ignore)]\n#[test, ignore = \"later\"]"), [2]);
    assert!(lines("#[ignore = \"needs a PostgreSQL cluster\"]\nfn f() { let ignore = 1; f(a, ignore); } // #[ignore]").is_empty());
}

#[test]
fn a_path_of_one_machine_is_found() {
    let line = format!("see\n{}shared/x", concat!("/wo", "rk/"));
    assert_eq!(rules::machine_paths("docs/x.md", &line).into_iter().map(|f| f.line).collect::<Vec<_>>(), [2]);
    assert!(rules::machine_paths("docs/x.md", "work/shared and /workbook").is_empty());
}
