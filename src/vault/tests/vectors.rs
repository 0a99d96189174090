//! Known-answer vectors: `tests/vectors/*.json` pin every byte this room writes. `tests/vectors/check.py` computes them anew with another
//! implementation. A change of these files is a change of format: stored data would no longer be read.
//!
//! `DONOR_REGISTRY_WRITE_VECTORS=1 cargo test --lib vault::tests::vectors` writes them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::support::{DEPLOYMENT, NOW, root, slot, subject, vault};
use crate::domain::document::Document;
use crate::domain::id::FactId;
use crate::domain::mail::MailAddress;
use crate::domain::national_id::NationalId;
use crate::domain::phone::Phone;
use crate::domain::{Compartment, Guarded, Keyed};
use crate::vault::entropy::Entropy;
use crate::vault::primitive::sha256;
use crate::vault::token::{LinkToken, SessionToken};
use crate::vault::{Cost, KeyRow, MacRow, OwnSlot, Sealed, Slot, Vault, chain, password, text};

fn check(name: &str, computed: Value) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    if std::env::var_os("DONOR_REGISTRY_WRITE_VECTORS").is_some() {
        let text = serde_json::to_string_pretty(&computed).expect("vectors are JSON") + "\n";
        std::fs::write(&path, text).expect("vectors are written");
    }
    let stored: Value = serde_json::from_str(&std::fs::read_to_string(&path).expect("the vectors are there")).expect("vectors are JSON");
    assert_eq!(stored, computed, "{name}");
}

fn hex(bytes: &[u8]) -> String {
    text::hex(bytes).to_string()
}

fn key_row(row: &KeyRow) -> Value {
    json!({
        "key_id": row.key_id, "purpose": row.purpose.code(), "word": row.purpose.word(), "status": row.status.code(),
        "created_at": row.created_at.0, "wrapped": hex(&row.wrapped),
    })
}

#[test]
fn the_keyring_is_wrapped_as_pinned() {
    let (vault, rows) = vault();
    let keys: Vec<Value> = vault.opened().iter().map(|k| json!({ "key_id": k.id, "key": hex(&**k.key) })).collect();
    let (_, deks) = vault.new_subject(subject(1)).expect("keys are made");
    let deks: Vec<Value> = deks
        .iter()
        .map(|d| json!({ "subject": d.subject, "compartment": d.compartment.code(), "version": d.version, "kek_id": d.kek_id, "wrapped": hex(&d.wrapped) }))
        .collect();
    check(
        "keyring.json",
        json!({
            "root": hex(root().bytes()), "deployment": DEPLOYMENT, "entropy": "SHA-256(\"vault\" + u64 block), block 0, 1, ...",
            "rows": rows.iter().map(key_row).collect::<Vec<_>>(), "keys": keys, "data_keys": deks,
        }),
    );
}

fn sealed_vector(vault: &Vault, keys: &crate::vault::SubjectKeys, slot: Slot, value: &[u8]) -> Value {
    let sealed = vault.seal_bytes(keys, &slot, &Guarded::new(value.to_vec())).expect("sealed");
    let (version, key) = keys.newest(slot.compartment).expect("a key");
    json!({
        "deployment": DEPLOYMENT, "compartment": slot.compartment.code(), "table": slot.table, "column": slot.column, "row": slot.row,
        "subject": slot.subject, "schema": slot.schema, "key_version": version, "key": hex(&**key), "plain": hex(value),
        "sealed": hex(sealed.as_bytes()),
    })
}

#[test]
fn values_are_sealed_as_pinned() {
    let (vault, _) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let long = vec![0x61; 300];
    let mut vectors = Vec::new();
    for (compartment, value) in [
        (Compartment::Identity, "张三".as_bytes()),
        (Compartment::Contact, b"".as_slice()),
        (Compartment::Health, &long[..60]),
        (Compartment::Genetic, &long[..61]),
        (Compartment::Documents, &long),
    ] {
        vectors.push(sealed_vector(&vault, &keys, slot(subject(1), compartment), value));
    }
    let fact = FactId(Uuid::from_u128(0xfac7));
    let sealed_fact = vault.seal_fact(fact, &json!({"event": 1})).expect("sealed");

    // 10,000 seals of growing values, everything drawn from the stream: one hash over all of them (the way of C2SP's XAES vectors).
    let mut accumulated = [0u8; 32];
    let mut last = Sealed::from_bytes(Vec::new());
    for n in 0..10_000u32 {
        let place = Slot {
            row: Uuid::from_u128(u128::from(n)),
            schema: n % 3,
            ..slot(subject(1), Compartment::ALL[usize::try_from(n % 5).expect("small")])
        };
        let value: Vec<u8> = (0..n % 600).map(|i| u8::try_from((i + n) % 251).expect("small")).collect();
        last = vault.seal_bytes(&keys, &place, &Guarded::new(value.clone())).expect("sealed");
        assert_eq!(vault.unseal_bytes(&keys, &place, &last).expect("opened").reveal(), &value);
        accumulated = sha256(&[&accumulated, last.as_bytes()]);
    }
    let own =
        OwnSlot { compartment: Compartment::Identity, table: "import", column: "sealed_source", row: Uuid::from_u128(0x0f11), schema: 1 };
    let sealed_own = vault.seal_own(&own, &Guarded::new("a.csv".to_owned())).expect("sealed");
    assert_eq!(vault.unseal_own::<String>(&own, &sealed_own).expect("opened").reveal(), "a.csv");
    check(
        "seal.json",
        json!({
            "values": vectors,
            "fact": { "id": fact, "plain": hex(br#"{"event":1}"#), "sealed": hex(sealed_fact.as_bytes()), "key_id": 6 },
            "own": {
                "compartment": own.compartment.code(), "table": own.table, "column": own.column, "row": own.row, "schema": own.schema,
                "plain": hex(br#""a.csv""#), "sealed": hex(sealed_own.as_bytes()), "key_id": 1,
            },
            "accumulated": { "count": 10_000, "sha256": hex(&accumulated), "last": hex(last.as_bytes()) },
        }),
    );
}

#[test]
fn rows_are_authenticated_as_pinned() {
    let (vault, _) = vault();
    let row = || MacRow::new("enrolment", Uuid::from_u128(0x10), 7);
    let sealed = Sealed::from_bytes(vec![1, 2, 3]);
    let rows = [
        ("no columns", row()),
        (
            "all kinds",
            row()
                .uuid("subject", Some(Uuid::from_u128(2)))
                .int("status", Some(-1))
                .text("day", Some("2026-11-23"))
                .bytes("b", Some(&[0, 255]))
                .flag("f", Some(true))
                .sealed("s", Some(&sealed)),
        ),
        ("all null", row().uuid("subject", None).int("status", None).text("day", None).bytes("b", None).flag("f", None).sealed("s", None)),
        ("all empty", row().text("day", Some("")).bytes("b", Some(&[])).flag("f", Some(false))),
    ];
    let vectors: Vec<Value> = rows
        .iter()
        .map(|(name, row)| json!({ "name": name, "canonical": hex(row.as_bytes()), "mac": hex(vault.mac(row).expect("a MAC").as_bytes()) }))
        .collect();
    check("mac.json", json!({ "key_id": 8, "deployment": DEPLOYMENT, "rows": vectors }));
}

#[test]
fn blind_indexes_are_computed_as_pinned() {
    let (vault, _) = vault();
    let national = Document::National(NationalId::parse("11010519491231002X").expect("the example of GB 11643"));
    let phone = |t: &str| vault.blind_phone(&Phone::parse(t).expect("a number")).expect("an index");
    let mail = |t: &str| vault.blind_mail(&MailAddress::parse(t).expect("an address")).expect("an index");
    let document = |d: &Document| vault.blind_document(d).expect("an index");
    let indexes = [
        ("document-claim", 1, "11010519491231002X", document(&national)),
        ("document-claim", 2, "E12345678", document(&Document::Passport("E12345678".into()))),
        ("document-claim", 3, "军字第0012345号", document(&Document::Other("军字第 0012345 号".into()))),
        ("phone-lookup", 10, "+8613812345678", phone("138-1234-5678")),
        ("phone-lookup", 10, "+862826112233", phone("028-26112233")),
        ("mail-lookup", 11, "zhang.san@example.org", mail("Zhang.San@EXAMPLE.org")),
        ("barcode-claim", 0, "C00012345", vault.blind_barcode("c000 12345").expect("an index")),
    ];
    let vectors: Vec<Value> = indexes
        .iter()
        .map(|(purpose, kind, normal, index)| json!({ "purpose": purpose, "kind": kind, "normal": normal, "norm_version": 1, "index": hex(index.as_bytes()) }))
        .collect();
    check("blind.json", json!({ "key_id": 7, "indexes": vectors }));
}

#[test]
fn the_rest_is_computed_as_pinned() {
    let (vault, _) = vault();
    let entropy = Entropy::seeded("tokens");
    let link = LinkToken::generate_with(&entropy).expect("a token");
    let session = SessionToken::generate_with(&entropy).expect("a token");
    let genesis = chain::genesis(DEPLOYMENT);
    let first = chain::leaf_hash(&genesis, b"first");
    let second = chain::leaf_hash(&first, b"second");
    let protected = root().protect_with("一句很长的口令 2026", Cost::MINIMAL, &entropy).expect("protected");
    let node = vault.export_node(&[Compartment::Genetic, Compartment::Contact]).expect("exported");
    check(
        "other.json",
        json!({
            "link": { "token": link.as_str(), "hash": hex(&link.hash()), "keyed": hex(&vault.link_hash(&link).expect("a hash")) },
            "session": { "token": session.as_str(), "hash": hex(&session.hash()), "keyed": hex(&vault.session_hash(&session).expect("a hash")) },
            "fingerprint": { "actor": subject(9), "body": hex(b"{}"), "value": hex(&vault.fingerprint(subject(9).0, b"{}").expect("a fingerprint")) },
            "keyed": { "label": "linkage", "bytes": hex("张三".as_bytes()), "tag": hex(&vault.tag("linkage", "张三".as_bytes())) },
            "chain": { "genesis": hex(&genesis), "first": hex(&first), "second": hex(&second) },
            "protected_root": { "passphrase": "一句很长的口令 2026", "file": protected.to_text() },
            "node_file": *node.to_text(),
            "password": password::hash_with("correct horse battery", Cost::MINIMAL, &entropy).expect("hashed"),
            "recovery_sheet": root().recovery_sheet(DEPLOYMENT).text(),
            "created_at": NOW,
        }),
    );
}
