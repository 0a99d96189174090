//! Sealing: a value opens in its place, under its subject's keys, unchanged - or not at all.

use std::collections::HashSet;

use proptest::prelude::*;
use uuid::Uuid;

use super::support::{DEPLOYMENT, NOW, root, slot, subject, vault};
use crate::domain::Compartment::{Contact, Documents, Genetic, Health, Identity, Statistics};
use crate::domain::id::DeploymentId;
use crate::domain::person::{Abo, Health as HealthData, Rh};
use crate::domain::{Compartment, Guarded};
use crate::vault::{DekRow, Sealed, Slot, SubjectKeys, Vault, VaultError};

const SEALED: [Compartment; 5] = [Identity, Contact, Health, Genetic, Documents];

fn opens(vault: &Vault, keys: &SubjectKeys, slot: &Slot, sealed: &Sealed) -> bool {
    vault.unseal_bytes(keys, slot, sealed).is_ok()
}

fn seal(vault: &Vault, keys: &SubjectKeys, slot: &Slot, value: &[u8]) -> Sealed {
    vault.seal_bytes(keys, slot, &Guarded::new(value.to_vec())).expect("sealed")
}

proptest! {
    #[test]
    fn a_value_opens_in_its_slot_and_any_flipped_bit_closes_it(
        value in proptest::collection::vec(any::<u8>(), 0..700), compartment in 0usize..5, at in any::<proptest::sample::Index>(), bit in 0u8..8
    ) {
        let (vault, _) = vault();
        let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
        let slot = slot(subject(1), SEALED[compartment]);
        let sealed = seal(&vault, &keys, &slot, &value);
        let opened = vault.unseal_bytes(&keys, &slot, &sealed).expect("opened");
        prop_assert_eq!(opened.reveal(), &value);
        let mut bytes = sealed.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(!opens(&vault, &keys, &slot, &Sealed::from_bytes(bytes.clone())));
        bytes[at] ^= 1 << bit;
        bytes.truncate(at);
        prop_assert!(!opens(&vault, &keys, &slot, &Sealed::from_bytes(bytes)));
    }

    #[test]
    fn a_wrapped_data_key_with_any_flipped_bit_is_refused(at in 0usize..61, bit in 0u8..8, field in 0u8..5) {
        let (vault, _) = vault();
        let (_, rows) = vault.new_subject(subject(1)).expect("keys are made");
        let mut row = rows[0].clone();
        row.wrapped[at] ^= 1 << bit;
        prop_assert_eq!(vault.subject_keys(subject(1), &[row]).err(), Some(VaultError::DataKeyRefused(Identity)));
        let mut row = rows[0].clone();
        match field {
            0 => row.version += 1,
            1 => row.kek_id += 1,
            2 => row.compartment = Contact,
            3 => row.subject = subject(2),
            _ => row.wrapped.truncate(at),
        }
        prop_assert!(vault.subject_keys(row.subject, &[row.clone()]).is_err());
    }
}

#[test]
fn every_bit_of_a_ciphertext_counts() {
    let (vault, _) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let slot = slot(subject(1), Identity);
    let sealed = seal(&vault, &keys, &slot, b"a name").into_bytes();
    assert_eq!(sealed.len(), 84 + 32);
    for bit in 0..sealed.len() * 8 {
        let mut bytes = sealed.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!opens(&vault, &keys, &slot, &Sealed::from_bytes(bytes)), "bit {bit}");
    }
}

#[test]
fn every_element_of_the_place_counts() {
    let (vault, _) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let right = slot(subject(1), Identity);
    let sealed = seal(&vault, &keys, &right, b"a name");
    assert!(opens(&vault, &keys, &right, &sealed));
    for wrong in [
        Slot { table: "recor", ..right },
        Slot { table: "recordi", column: "dentity", ..right },
        Slot { column: "contact", ..right },
        Slot { row: Uuid::from_u128(0x7778), ..right },
        Slot { schema: 2, ..right },
        Slot { compartment: Contact, ..right },
        Slot { subject: subject(2), ..right },
    ] {
        assert!(!opens(&vault, &keys, &wrong, &sealed), "{wrong:?}");
    }
}

/// One data key for all, whatever the bindings around it say: shows that the ciphertext itself carries subject, compartment and deployment.
#[test]
fn the_same_data_key_does_not_open_for_another_subject_compartment_or_deployment() {
    let (vault, rows) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let right = slot(subject(1), Identity);
    let sealed = seal(&vault, &keys, &right, b"a name");
    let other_subject = keys.forged(subject(2), Identity, Identity);
    assert_eq!(vault.unseal_bytes(&other_subject, &Slot { subject: subject(2), ..right }, &sealed).err(), Some(VaultError::Refused));
    let other_compartment = keys.forged(subject(1), Identity, Contact);
    assert_eq!(vault.unseal_bytes(&other_compartment, &Slot { compartment: Contact, ..right }, &sealed).err(), Some(VaultError::Refused));
    let same = keys.forged(subject(1), Identity, Identity);
    assert!(opens(&vault, &same, &right, &sealed));
    let elsewhere = DeploymentId(Uuid::from_u128(77));
    let (other, other_rows) = Vault::create(&root(), elsewhere, NOW).expect("another deployment");
    assert_eq!(other.unseal_bytes(&same, &right, &sealed).err(), Some(VaultError::Refused));
    assert!(Vault::open(&root(), DEPLOYMENT, &other_rows).is_err() && Vault::open(&root(), elsewhere, &rows).is_err());
}

#[test]
fn no_ciphertext_opens_in_the_place_of_another() {
    let (vault, _) = vault();
    let mut cells = Vec::new();
    let mut owners = Vec::new();
    for n in 0..12 {
        let (keys, _) = vault.new_subject(subject(n)).expect("keys are made");
        for compartment in SEALED {
            for column in ["identity", "contact"] {
                let slot = Slot { column, row: Uuid::from_u128(n), ..slot(subject(n), compartment) };
                cells.push((owners.len(), slot, seal(&vault, &keys, &slot, &[7; 20])));
            }
        }
        owners.push(keys);
    }
    for (i, (owner, slot, _)) in cells.iter().enumerate() {
        for (j, (.., sealed)) in cells.iter().enumerate() {
            assert_eq!(opens(&vault, &owners[*owner], slot, sealed), i == j);
        }
    }
}

#[test]
fn destroyed_data_keys_make_every_ciphertext_of_the_subject_unreadable() {
    let (vault, _) = vault();
    let (keys, mut rows) = vault.new_subject(subject(1)).expect("keys are made");
    let (_, others) = vault.new_subject(subject(2)).expect("keys are made");
    let sealed: Vec<(Slot, Sealed)> =
        SEALED.into_iter().map(|c| (slot(subject(1), c), seal(&vault, &keys, &slot(subject(1), c), b"gone"))).collect();
    drop(keys);
    let before = vault.subject_keys(subject(1), &rows).expect("opened");
    assert!(sealed.iter().all(|(slot, sealed)| opens(&vault, &before, slot, sealed)));
    rows.clear();
    let after = vault.subject_keys(subject(1), &rows).expect("no rows are no error");
    for (slot, sealed) in &sealed {
        assert_eq!(vault.unseal_bytes(&after, slot, sealed).err(), Some(VaultError::NoDataKey(slot.compartment)));
    }
    // Nor do the keys of another subject help, under whatever name they are presented.
    let borrowed: Vec<DekRow> = others.into_iter().map(|row| DekRow { subject: subject(1), ..row }).collect();
    assert!(vault.subject_keys(subject(1), &borrowed).is_err());
}

#[test]
fn a_renewed_data_key_is_written_with_and_the_old_one_still_reads() {
    let (vault, _) = vault();
    let (mut keys, mut rows) = vault.new_subject(subject(1)).expect("keys are made");
    let place = slot(subject(1), Genetic);
    let old = seal(&vault, &keys, &place, b"old");
    let renewed = vault.renew_dek(&mut keys, Genetic).expect("renewed");
    assert_eq!(renewed.version, 2);
    let new = seal(&vault, &keys, &place, b"new");
    assert_eq!(&new.as_bytes()[4..8], &[0, 0, 0, 2]);
    rows.push(renewed);
    let keys = vault.subject_keys(subject(1), &rows).expect("opened");
    assert!(opens(&vault, &keys, &place, &old) && opens(&vault, &keys, &place, &new));
    rows.retain(|r| r.compartment != Genetic || r.version == 2);
    let keys = vault.subject_keys(subject(1), &rows).expect("opened");
    assert_eq!(vault.unseal_bytes(&keys, &place, &old).err(), Some(VaultError::NoDataKey(Genetic)));
    assert!(opens(&vault, &keys, &place, &new));
}

#[test]
fn the_length_of_a_ciphertext_does_not_tell_the_blood_group() {
    let (vault, _) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let mut lengths = HashSet::new();
    for abo in [None, Some(Abo::A), Some(Abo::B), Some(Abo::AB), Some(Abo::O)] {
        for rh in [None, Some(Rh::Positive), Some(Rh::Negative)] {
            for (weight_kg, last) in [(None, None), (Some(51.5), chrono::NaiveDate::from_ymd_opt(2026, 11, 2))] {
                let health = HealthData { abo, rh, weight_kg, last_donation: last, ..HealthData::default() };
                let sealed = vault.seal(&keys, &slot(subject(1), Health), &Guarded::new(health)).expect("sealed");
                lengths.insert(sealed.as_bytes().len());
            }
        }
    }
    assert_eq!(lengths, HashSet::from([84 + 256]));
    let short: HashSet<usize> = ["男", "女", "A", "AB", "A*02:01", ""]
        .into_iter()
        .map(|v| vault.seal(&keys, &slot(subject(1), Health), &Guarded::new(v.to_owned())).expect("sealed").as_bytes().len())
        .collect();
    assert_eq!(short, HashSet::from([84 + 32]));
}

#[test]
fn salts_and_nonces_of_the_operating_system_do_not_repeat() {
    let (vault, _) = Vault::create(&root(), DEPLOYMENT, NOW).expect("a keyring");
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let place = slot(subject(1), Identity);
    let drawn: HashSet<Vec<u8>> = (0..20_000).map(|_| seal(&vault, &keys, &place, b"x").as_bytes()[8..36].to_vec()).collect();
    assert_eq!(drawn.len(), 20_000);
}

#[test]
fn a_value_of_another_shape_is_refused_without_a_word_of_it() {
    let (vault, _) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let place = slot(subject(1), Identity);
    let sealed = vault.seal(&keys, &place, &Guarded::new(String::from("secret"))).expect("sealed");
    let error = vault.unseal::<u64>(&keys, &place, &sealed).expect_err("a text is no number");
    assert_eq!(error, VaultError::Shape);
    assert!(!format!("{error} {error:?} {sealed:?} {keys:?} {vault:?}").contains("secret"));
}

#[test]
fn facts_have_no_subject_and_subjects_no_statistics() {
    let (vault, _) = vault();
    let (keys, rows) = vault.new_subject(subject(1)).expect("keys are made");
    assert!(!keys.opens(Statistics) && rows.iter().all(|r| r.compartment != Statistics));
    let refused = vault.seal_bytes(&keys, &slot(subject(1), Statistics), &Guarded::new(vec![1]));
    assert_eq!(refused.err(), Some(VaultError::WrongSubject));
}

#[test]
fn damaged_headers_are_named_for_what_they_are() {
    let (vault, _) = vault();
    let (keys, _) = vault.new_subject(subject(1)).expect("keys are made");
    let place = slot(subject(1), Identity);
    let sealed = seal(&vault, &keys, &place, b"x").into_bytes();
    let error = |at: usize, byte: u8| {
        let mut bytes = sealed.clone();
        bytes[at] = byte;
        vault.unseal_bytes(&keys, &place, &Sealed::from_bytes(bytes)).err()
    };
    assert_eq!(error(0, 9), Some(VaultError::Form));
    assert_eq!(error(1, 2), Some(VaultError::Suite));
    assert_eq!(error(3, 64), Some(VaultError::Form));
    assert_eq!(error(7, 9), Some(VaultError::NoDataKey(Identity)));
    for len in [0, 7, 36, 84, 100] {
        assert_eq!(vault.unseal_bytes(&keys, &place, &Sealed::from_bytes(vec![1; len])).err(), Some(VaultError::Form));
    }
}
