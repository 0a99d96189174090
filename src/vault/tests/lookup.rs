//! Blind indexes, row MACs, keyed tags, fingerprints.

use proptest::prelude::*;
use uuid::Uuid;

use super::support::{DEPLOYMENT, NOW, root, subject, vault};
use crate::domain::document::Document;
use crate::domain::mail::MailAddress;
use crate::domain::national_id::NationalId;
use crate::domain::phone::Phone;
use crate::domain::{Guarded, Keyed};
use crate::vault::{IndexPurpose, KeyPurpose, MacRow, NORM_VERSION, Vault, VaultError};

fn national(text: &str) -> Document {
    Document::National(NationalId::parse(text).expect("a valid number"))
}

#[test]
fn equal_documents_have_equal_claims_however_they_were_written() {
    let (vault, _) = vault();
    let claim = |d: &Document| vault.blind_document(d).expect("a claim");
    assert_eq!(claim(&national("11010519491231002x")), claim(&national("110105491231002")));
    assert_eq!(claim(&Document::Passport("E1234 5678".into())), claim(&Document::Passport("ｅ12345678".into())));
    assert_ne!(claim(&Document::Passport("E12345678".into())), claim(&Document::Other("E12345678".into())), "the kind counts");
    assert_eq!(claim(&national("11010519491231002X")).as_bytes().len(), 16);
}

#[test]
fn lookup_indexes_collide_on_purpose() {
    let (vault, _) = vault();
    let phone = |n: u64| Phone::parse(&format!("138{n:08}")).expect("a mobile number");
    let distinct: std::collections::HashSet<Vec<u8>> =
        (0..20_000).map(|n| vault.blind_phone(&phone(n)).expect("an index").to_vec()).collect();
    assert!((4_000..=4_096).contains(&distinct.len()), "{}", distinct.len());
    assert!(distinct.iter().all(|b| b.len() == 2 && b[1] & 0x0f == 0));
    let mail = |t: &str| vault.blind_mail(&MailAddress::parse(t).expect("an address")).expect("an index");
    assert_eq!(mail("Zhang.San@Example.org"), mail("zhang.san@example.org"));
    let trunk = Phone::parse("02826112233").expect("a landline");
    let same = vault.blind(IndexPurpose::PhoneLookup, NORM_VERSION, 10, "+862826112233").expect("an index");
    assert_eq!(vault.blind_phone(&trunk), Ok(same));
}

#[test]
fn purposes_norm_versions_and_keys_are_unrelated() {
    let (vault, mut rows) = vault();
    let base = vault.blind(IndexPurpose::DocumentClaim, 1, 1, "A").expect("an index");
    assert_ne!(base.as_bytes(), vault.blind(IndexPurpose::BarcodeClaim, 1, 1, "A").expect("an index").as_bytes());
    assert_ne!(base, vault.blind(IndexPurpose::DocumentClaim, 2, 1, "A").expect("an index"));
    assert_ne!(base, vault.blind(IndexPurpose::DocumentClaim, 1, 2, "A").expect("an index"));
    let pending = vault.add_key(&rows, KeyPurpose::BlindIndex, NOW).expect("a key");
    let new = pending.key_id;
    rows.push(pending);
    for row in vault.promote(&rows, new).expect("promoted") {
        rows.retain(|r| r.key_id != row.key_id);
        rows.push(row);
    }
    let rotated = Vault::open(&root(), DEPLOYMENT, &rows).expect("the keyring opens");
    assert_eq!(rotated.index_versions(), [new, base.key_version()]);
    assert_eq!(rotated.blind_at(base.key_version(), IndexPurpose::DocumentClaim, 1, 1, "A"), Ok(base));
    assert_ne!(rotated.blind(IndexPurpose::DocumentClaim, 1, 1, "A").expect("an index").as_bytes(), base.as_bytes());
    let found = rotated.find_by(&Guarded::new(national("11010519491231002X"))).expect("indexes");
    let stored = vault.blind_document(&national("11010519491231002X")).expect("an index");
    assert_eq!(found.len(), 2);
    assert_eq!(found[1], stored, "what was stored before the rotation is still found");
}

fn row() -> MacRow {
    MacRow::new("enrolment", Uuid::from_u128(1), 3)
}

#[test]
fn a_row_mac_tells_every_change_of_a_row() {
    let (vault, _) = vault();
    let made = |r: MacRow| vault.mac(&r).expect("a MAC").to_vec();
    let base = || row().uuid("subject", Some(Uuid::from_u128(2))).int("status", Some(1)).text("note", Some("a")).flag("f", Some(true));
    let mac = made(base());
    assert_eq!(vault.check_mac(&base(), &mac), Ok(()));
    let others = [
        MacRow::new("enrolmen", Uuid::from_u128(1), 3),
        MacRow::new("enrolment", Uuid::from_u128(2), 3),
        MacRow::new("enrolment", Uuid::from_u128(1), 2),
        row(),
        row().int("status", None),
        row().int("status", Some(0)),
        row().text("status", None),
        row().text("status", Some("")),
        row().bytes("status", Some(b"")),
        row().text("a", Some("bc")),
        row().text("ab", Some("c")),
        row().text("a", Some("b")).text("c", Some("d")),
        row().text("c", Some("d")).text("a", Some("b")),
        row().flag("status", Some(false)),
        row().flag("status", None),
        row().uuid("status", None),
        base(),
    ];
    let all: std::collections::HashSet<Vec<u8>> = others.into_iter().map(made).collect();
    assert_eq!(all.len(), 17);
    for at in 0..mac.len() {
        let mut changed = mac.clone();
        changed[at] ^= 1;
        assert!(vault.check_mac(&base(), &changed).is_err(), "byte {at}");
    }
    assert_eq!(vault.check_mac(&base(), b""), Err(VaultError::Mac));
    assert_eq!(vault.check_mac(&base(), &mac[..35]), Err(VaultError::Mac));
}

proptest! {
    #[test]
    fn rows_of_different_texts_have_different_bytes(a in ".{0,12}", b in ".{0,12}", c in ".{0,12}", d in ".{0,12}") {
        let left = row().text(&a, Some(&b)).text("z", Some("")).as_bytes().to_vec();
        let right = row().text(&c, Some(&d)).text("z", Some("")).as_bytes().to_vec();
        prop_assert_eq!(left == right, a == c && b == d);
    }
}

#[test]
fn tags_depend_on_label_and_bytes_and_fingerprints_on_the_actor() {
    let (vault, rows) = vault();
    assert_eq!(vault.tag("a", b"bc"), Vault::open(&root(), DEPLOYMENT, &rows).expect("the keyring opens").tag("a", b"bc"));
    assert_ne!(vault.tag("a", b"bc"), vault.tag("ab", b"c"));
    assert_ne!(vault.tag("a", b"b"), vault.tag("a", b"c"));
    let print = |actor, body: &[u8]| vault.fingerprint(subject(actor).0, body).expect("a fingerprint");
    assert_eq!(print(1, b"x"), print(1, b"x"));
    assert_ne!(print(1, b"x"), print(2, b"x"));
    assert_ne!(print(1, b"x"), print(1, b"y"));
}
