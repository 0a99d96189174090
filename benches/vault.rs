//! What the vault costs: a seal, an open, a subject's keys, an index, a MAC. The unlock of a million people is some 2 opens and 2 data keys each.
//!
//! `cargo bench --bench vault`

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use donor_registry::domain::id::{DeploymentId, FactId, SubjectId};
use donor_registry::domain::name::PersonName;
use donor_registry::domain::person::{BirthDate, Identity, Sex};
use donor_registry::domain::phone::Phone;
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::{Compartment, Guarded, Keyed};
use donor_registry::vault::{Cost, MacRow, RootKey, Slot, Vault, password};

fn identity() -> Guarded<Identity> {
    Guarded::new(Identity {
        name: PersonName::parse("张三丰").expect("a name"),
        former_names: Vec::new(),
        sex: Some(Sex::Male),
        birth: Some(BirthDate::Year(1980)),
        ethnic: None,
        documents: Vec::new(),
    })
}

fn vault(c: &mut Criterion) {
    let root = RootKey::generate().expect("a key");
    let (vault, _) = Vault::create(&root, DeploymentId::fresh(), Timestamp(0)).expect("a keyring");
    let subject = SubjectId::fresh();
    let (keys, rows) = vault.new_subject(subject).expect("data keys");
    let slot = Slot { compartment: Compartment::Identity, table: "record", column: "identity", row: subject.0, subject, schema: 1 };
    let short = Guarded::new(vec![7u8; 48]);
    let sealed_short = vault.seal_bytes(&keys, &slot, &short).expect("sealed");
    let sealed = vault.seal(&keys, &slot, &identity()).expect("sealed");
    let fact = FactId::fresh();
    let sealed_fact = vault.seal_fact(fact, &("blood", 2026, 7)).expect("sealed");

    c.bench_function("seal 48 bytes", |b| b.iter(|| vault.seal_bytes(&keys, &slot, black_box(&short))));
    c.bench_function("open 48 bytes", |b| b.iter(|| vault.unseal_bytes(&keys, &slot, black_box(&sealed_short))));
    c.bench_function("seal an identity", |b| {
        let identity = identity();
        b.iter(|| vault.seal(&keys, &slot, black_box(&identity)))
    });
    c.bench_function("open an identity", |b| b.iter(|| vault.unseal::<Identity>(&keys, &slot, black_box(&sealed))));
    c.bench_function("open a fact", |b| b.iter(|| vault.unseal_fact::<(String, i32, u8)>(fact, black_box(&sealed_fact))));
    c.bench_function("new subject (5 data keys)", |b| b.iter(|| vault.new_subject(black_box(subject))));
    c.bench_function("open 2 data keys", |b| b.iter(|| vault.subject_keys(subject, black_box(rows.get(..2).unwrap_or_default()))));
    c.bench_function("row MAC", |b| {
        b.iter(|| {
            vault.mac(&MacRow::new("enrolment", slot.row, 1).uuid("subject", Some(slot.row)).int("status", Some(2)).text("note", None))
        })
    });
    c.bench_function("blind index", |b| {
        let phone = Phone::parse("13812345678").expect("a number");
        b.iter(|| vault.blind_phone(black_box(&phone)))
    });
    c.bench_function("keyed tag", |b| b.iter(|| vault.tag("linkage", black_box(b"zhang san feng"))));
    c.bench_function("Argon2id of a log-in", |b| b.iter(|| password::dummy_verify(black_box("correct horse"), Cost::LOGIN)));
}

criterion_group! { name = all; config = Criterion::default().sample_size(20); targets = vault }
criterion_main!(all);
