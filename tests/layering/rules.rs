//! The rules, as tables. Whoever needs a new arrow changes it here and says why in `docs/ARCHITECTURE.md`.

use crate::Finding;
use crate::source::{Source, imports};
use crate::tokens::{self, Kind, Token};

/// A top-level module of the crate.
pub struct Room {
    pub name: &'static str,
    /// The rooms it may import.
    pub imports: &'static [&'static str],
    /// Whether it is free of time, chance and waiting: those come in as arguments.
    pub pure: bool,
}

const fn room(name: &'static str, imports: &'static [&'static str], pure: bool) -> Room {
    Room { name, imports, pure }
}

/// The arrows: who may import whom.
pub const ROOMS: &[Room] = &[
    room("domain", &[], true),
    room("vault", &["domain"], true),
    room("intake", &["domain"], true),
    room("matching", &["domain"], true),
    room("followup", &["domain"], true),
    room("reports", &["domain"], true),
    room("store", &["domain", "vault"], false),
    room("app", &["domain", "vault", "intake", "matching", "followup", "reports", "store", "config", "telemetry"], false),
    room("web", &["domain", "intake", "matching", "followup", "reports", "app", "config", "telemetry"], false),
    room("cli", &["domain", "vault", "intake", "matching", "followup", "reports", "store", "app", "web", "config", "telemetry"], false),
    room("config", &[], false),
    room("telemetry", &[], false),
];

/// Single items that may be named across the arrows: what `app` returns to `web` as it is, and the errors that `web/error.rs` turns into
/// pages. Never the store itself, a transaction or a key.
const ITEMS: &[(&str, &str, &str)] = &[
    ("web", "store", "ImportState"),
    ("web", "store", "PersonView"),
    ("web", "store", "RecordView"),
    ("web", "store", "StoreError"),
    ("web", "store", "TaskChannel"),
    ("web", "vault", "VaultError"),
];

/// Crates that belong to one room.
const CRATES: &[(&[&str], &str)] = &[
    (
        &["aes_gcm", "aead", "hkdf", "hmac", "sha2", "argon2", "ed25519_dalek", "subtle", "secrecy", "getrandom", "rand", "rand_core"],
        "vault",
    ),
    (&["sea_orm", "sea_query", "sea_orm_migration", "sqlx", "migrations"], "store"),
    (&["rocket"], "web"),
    (&["lettre"], "followup"),
];

/// Names that no room may use: each writes what it was given into a temporary file.
const NOWHERE: &[&str] = &["TempFile", "NamedTempFile", "add_worksheet_with_constant_memory", "add_worksheet_with_low_memory"];

/// The places that may open a guarded value, as prefixes of paths without `src/`.
const MAY_REVEAL: &[&str] = &[
    "domain/",
    "intake/",
    "vault/seal",
    "vault/blind",
    // Passwords and passphrases are guarded too; they are opened where they are hashed.
    "vault/password",
    "vault/protect",
    "matching/linkage/normalise",
    "matching/hla/index",
    "followup/compose",
    "web/view",
    "reports/export",
    // What a command prints for whoever called it.
    "cli/show",
    "app/export_person",
    // The names of file and worksheet, told back to whoever imported them.
    "app/import/report",
];

/// The one place of a pure room that talks to the world.
const MAY_WAIT: &[&str] = &["followup/mailer"];

/// All findings of one file: the place of a token and the broken rule.
pub fn check(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let Some(room) = source.room() else { return found };
    let place = source.path.strip_prefix("src/").unwrap_or(&source.path);
    for (at, name) in imports(source) {
        let known = ROOMS.iter().any(|r| r.name == name);
        let item = source.tokens.get(at + 2).and_then(Token::word).unwrap_or_default();
        if known && name != room.name && !room.imports.contains(&name.as_str()) && !ITEMS.contains(&(room.name, name.as_str(), item)) {
            found.push((at, format!("`{}` may not import `{name}`", room.name)));
        }
    }
    for (at, token) in source.tokens.iter().enumerate() {
        let Some(word) = token.word() else { continue };
        if let Some((_, owner)) = CRATES.iter().find(|(names, owner)| names.contains(&word) && *owner != room.name)
            && starts_a_path(&source.tokens, at)
        {
            found.push((at, format!("the crate `{word}` may be named in `{owner}` only")));
        }
        if NOWHERE.contains(&word) && !source.in_tests[at] {
            found.push((at, format!("`{word}` writes plaintext into a temporary file")));
        }
        if (word == "reveal" || word == "reveal_mut")
            && !source.in_tests[at]
            && !defines(&source.tokens, at)
            && !MAY_REVEAL.iter().any(|p| place.starts_with(p))
        {
            found.push((at, format!("`{word}` opens a guarded value outside the places that may")));
        }
        if room.pure && !source.in_tests[at] && !MAY_WAIT.iter().any(|p| place.starts_with(p)) {
            if word == "async" || word == "tokio" && starts_a_path(&source.tokens, at) {
                found.push((at, format!("`{}` is pure: no `{word}`", room.name)));
            }
            if matches!(word, "Utc" | "Local" | "SystemTime") && calls_now(&source.tokens, at) {
                found.push((at, format!("`{}` is pure: the time comes in as an argument, not from `{word}::now`", room.name)));
            }
        }
    }
    found
}

/// Whether a word is the first of a path, or the crate of a `use` or `extern crate`.
fn starts_a_path(tokens: &[Token], at: usize) -> bool {
    let before = at.checked_sub(1).map(|b| &tokens[b]);
    let inside_a_path = before.is_some_and(|t| t.kind == Kind::Path)
        && at >= 2
        && (tokens[at - 2].word().is_some_and(|w| w != "use") || tokens[at - 2].is_sign('>'));
    let path_follows = tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Path);
    let whole = before.is_some_and(|t| t.is_word("use") || t.is_word("crate"))
        && tokens.get(at + 1).is_some_and(|t| t.is_sign(';') || t.is_word("as"));
    !inside_a_path && (path_follows || whole)
}

fn defines(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].is_word("fn")
}

fn calls_now(tokens: &[Token], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|t| t.kind == Kind::Path) && tokens.get(at + 2).is_some_and(|t| t.is_word("now"))
}

/// Unfinished marks, and tests that are ignored for no need.
pub fn unfinished(path: &str, text: &str) -> Vec<Finding> {
    let tokens = tokens::read(text);
    let finding = |token: &Token, rule: String| Finding { path: path.to_owned(), line: token.line, rule };
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Some(word) = token.word() else { continue };
        if matches!(word, "todo" | "unimplemented" | "dbg") && tokens.get(at + 1).is_some_and(|t| t.is_sign('!')) {
            found.push(finding(token, format!("`{word}!` is unfinished work")));
        }
        let is_attribute = at >= 1 && (tokens[at - 1].is_sign('[') || tokens[at - 1].is_sign(','));
        if word == "ignore" && is_attribute {
            let bare = tokens.get(at + 1).is_some_and(|t| t.is_sign(']'));
            let reason = tokens.get(at + 1).filter(|t| t.is_sign('=')).and_then(|_| tokens.get(at + 2));
            let needs = reason.is_some_and(|t| matches!(&t.kind, Kind::Text(reason) if reason.starts_with("needs ")));
            if bare || reason.is_some() && !needs {
                found.push(finding(token, "an ignored test says what it needs: #[ignore = \"needs ...\"]".to_owned()));
            }
        }
    }
    found
}

/// Paths that exist on one machine only. Written in halves, so that this file does not find itself.
pub fn machine_paths(path: &str, text: &str) -> Vec<Finding> {
    let places = [
        concat!("/wo", "rk/"),
        concat!("/fa", "rm/"),
        concat!("/tmp/bash", "_jobs"),
        concat!(".lib", "rary"),
        concat!("/ro", "ot/."),
        concat!("/home/us", "er/"),
    ];
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| places.iter().any(|p| line.contains(p)))
        .map(|(at, _)| Finding { path: path.to_owned(), line: at + 1, rule: "names a place of one machine".to_owned() })
        .collect()
}
