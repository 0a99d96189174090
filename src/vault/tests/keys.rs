//! Root key, keyring, rotation, node key files.

use super::support::{DEPLOYMENT, NOW, root, root_of, slot, subject, vault};
use crate::domain::id::{DeploymentId, FactId};
use crate::domain::{Compartment, Guarded, Keyed};
use crate::vault::{
    Cost, KeyFile, KeyPurpose, KeyRow, KeyStatus, MacRow, NodeKeyFile, OwnSlot, ProtectedRoot, RootKey, Sealed, SubjectKeys, Vault,
    VaultError, rewrap_root,
};

fn text(value: &str) -> Guarded<String> {
    Guarded::new(value.to_owned())
}

fn opened(vault: &Vault, keys: &SubjectKeys, compartment: Compartment, sealed: &Sealed) -> Result<String, VaultError> {
    vault.unseal::<String>(keys, &slot(keys.subject(), compartment), sealed).map(|v| v.reveal().clone())
}

fn store(rows: &mut Vec<KeyRow>, changed: impl IntoIterator<Item = KeyRow>) {
    for row in changed {
        rows.retain(|r| r.key_id != row.key_id);
        rows.push(row);
    }
}

#[test]
fn what_is_sealed_is_opened_by_the_keyring_read_back() {
    let (vault, rows) = vault();
    let (keys, deks) = vault.new_subject(subject(1)).expect("keys are made");
    assert_eq!(deks.len(), 5);
    let sealed = vault.seal(&keys, &slot(subject(1), Compartment::Identity), &text("张三")).expect("sealed");
    let again = Vault::open(&root(), DEPLOYMENT, &rows).expect("the keyring opens");
    let keys = again.subject_keys(subject(1), &deks).expect("the data keys open");
    assert_eq!(opened(&again, &keys, Compartment::Identity, &sealed), Ok("张三".to_owned()));
}

#[test]
fn another_root_key_or_deployment_opens_nothing() {
    let (_, rows) = vault();
    assert_eq!(Vault::open(&root_of(1), DEPLOYMENT, &rows).err(), Some(VaultError::WrongRoot));
    assert_eq!(Vault::open(&root(), DeploymentId(uuid::Uuid::from_u128(9)), &rows).err(), Some(VaultError::WrongRoot));
}

#[test]
fn a_changed_keyring_row_is_refused() {
    let (_, rows) = vault();
    let refused = |change: &dyn Fn(&mut Vec<KeyRow>)| {
        let mut rows = rows.clone();
        change(&mut rows);
        Vault::open(&root(), DEPLOYMENT, &rows).err()
    };
    assert_eq!(refused(&|r| r[2].status = KeyStatus::DecryptOnly), Some(VaultError::KeyDamaged(3)));
    assert_eq!(refused(&|r| r[2].created_at.0 += 1), Some(VaultError::KeyDamaged(3)));
    assert_eq!(refused(&|r| r[2].key_id = 99), Some(VaultError::KeyDamaged(99)));
    assert_eq!(refused(&|r| r[0].purpose = KeyPurpose::Kek(Compartment::Contact)), Some(VaultError::KeyDamaged(1)));
    assert_eq!(refused(&|r| r[4].wrapped[20] ^= 1), Some(VaultError::KeyDamaged(5)));
    assert!(matches!(refused(&|r| r[3].key_id = 3), Some(VaultError::Keyring(_))));
    assert!(matches!(refused(&|r| drop(r.remove(3))), Some(VaultError::Keyring(_))));
}

#[test]
fn a_kek_is_rotated_and_the_old_one_destroyed() {
    let (vault, mut rows) = vault();
    let identity = KeyPurpose::Kek(Compartment::Identity);
    let (keys, mut deks) = vault.new_subject(subject(1)).expect("keys are made");
    let erased_backup = deks.clone();
    let sealed = vault.seal(&keys, &slot(subject(1), Compartment::Identity), &text("张三")).expect("sealed");

    let old = vault.primary_id(identity).expect("a primary key");
    let pending = vault.add_key(&rows, identity, NOW).expect("a new key");
    let new = pending.key_id;
    assert_eq!(vault.destroy_key(&rows, old).err(), Some(VaultError::Rotation(old)), "a primary key is never destroyed");
    store(&mut rows, [pending]);
    vault.refresh(&rows).expect("the keyring opens");
    assert_eq!(vault.primary_id(identity), Ok(old), "a pending key is not written with");
    assert_eq!(vault.promote(&rows, old).err(), Some(VaultError::Rotation(old)));
    let changed = vault.promote(&rows, new).expect("promoted");
    store(&mut rows, changed);
    vault.refresh(&rows).expect("the keyring opens");
    assert_eq!(vault.primary_id(identity), Ok(new));

    let dek = deks.iter_mut().find(|d| d.compartment == Compartment::Identity).expect("an identity key");
    let moved = vault.rewrap_dek(dek).expect("re-wrapped").expect("it was under the old key");
    assert_eq!(vault.rewrap_dek(&moved), Ok(None), "a second run does nothing");
    *dek = moved;
    let gone = vault.destroy_key(&rows, old).expect("destroyed");
    store(&mut rows, [gone]);
    let vault = Vault::open(&root(), DEPLOYMENT, &rows).expect("the keyring opens");

    let keys = vault.subject_keys(subject(1), &deks).expect("the data keys open");
    assert_eq!(opened(&vault, &keys, Compartment::Identity, &sealed), Ok("张三".to_owned()));
    assert_eq!(vault.subject_keys(subject(1), &erased_backup).err(), Some(VaultError::KeyUnknown(old)), "a backup's data keys are dead");
    let next = vault.add_key(&rows, identity, NOW).expect("a new key").key_id;
    assert!(next > new, "a number is never used again");
}

#[test]
fn facts_follow_a_rotation_of_the_statistics_key() {
    let (vault, mut rows) = vault();
    let statistics = KeyPurpose::Kek(Compartment::Statistics);
    let fact = FactId(uuid::Uuid::from_u128(5));
    let sealed = vault.seal_fact(fact, &("blood", 2026)).expect("sealed");
    let old = vault.primary_id(statistics).expect("a primary key");
    let pending = vault.add_key(&rows, statistics, NOW).expect("a new key");
    let new = pending.key_id;
    store(&mut rows, [pending]);
    let changed = vault.promote(&rows, new).expect("promoted");
    store(&mut rows, changed);
    vault.refresh(&rows).expect("the keyring opens");
    let moved = vault.reseal_fact(fact, &sealed).expect("re-sealed").expect("it was under the old key");
    assert_eq!(vault.reseal_fact(fact, &moved), Ok(None));
    let gone = vault.destroy_key(&rows, old).expect("destroyed");
    store(&mut rows, [gone]);
    vault.refresh(&rows).expect("the keyring opens");
    assert_eq!(vault.unseal_fact::<(String, i32)>(fact, &moved), Ok(("blood".to_owned(), 2026)));
    assert_eq!(vault.unseal_fact::<(String, i32)>(fact, &sealed), Err(VaultError::KeyUnknown(old)));
    assert_eq!(vault.unseal_fact::<(String, i32)>(FactId(uuid::Uuid::from_u128(6)), &moved), Err(VaultError::Refused));
}

#[test]
fn a_value_of_no_subject_opens_in_its_place_only_and_follows_a_rotation() {
    let (vault, mut rows) = vault();
    let slot = OwnSlot { compartment: Compartment::Identity, table: "import", column: "source", row: uuid::Uuid::from_u128(1), schema: 1 };
    let sealed = vault.seal_own(&slot, &text("张三.xlsx")).expect("sealed");
    let read = |slot: &OwnSlot, sealed: &Sealed| vault.unseal_own::<String>(slot, sealed).map(|v| v.reveal().clone());
    assert_eq!(read(&slot, &sealed), Ok("张三.xlsx".to_owned()));
    for wrong in [
        OwnSlot { row: uuid::Uuid::from_u128(2), ..slot },
        OwnSlot { column: "other", ..slot },
        OwnSlot { table: "record", ..slot },
        OwnSlot { schema: 2, ..slot },
    ] {
        assert_eq!(read(&wrong, &sealed), Err(VaultError::Refused));
    }
    assert!(read(&OwnSlot { compartment: Compartment::Contact, ..slot }, &sealed).is_err());
    let identity = KeyPurpose::Kek(Compartment::Identity);
    let old = vault.primary_id(identity).expect("a primary key");
    assert_eq!(Vault::sealed_under(&sealed), Ok(old));
    let pending = vault.add_key(&rows, identity, NOW).expect("a new key");
    let new = pending.key_id;
    store(&mut rows, [pending]);
    let changed = vault.promote(&rows, new).expect("promoted");
    store(&mut rows, changed);
    vault.refresh(&rows).expect("the keyring opens");
    let moved = vault.reseal_own(&slot, &sealed).expect("re-sealed").expect("it was under the old key");
    assert_eq!(vault.reseal_own(&slot, &moved), Ok(None));
    let gone = vault.destroy_key(&rows, old).expect("destroyed");
    store(&mut rows, [gone]);
    vault.refresh(&rows).expect("the keyring opens");
    assert_eq!(read(&slot, &moved), Ok("张三.xlsx".to_owned()));
    assert_eq!(read(&slot, &sealed), Err(VaultError::KeyUnknown(old)));
}

#[test]
fn a_keyring_that_does_not_open_leaves_the_keys_as_they_were() {
    let (vault, mut rows) = vault();
    rows[2].wrapped[20] ^= 1;
    assert_eq!(vault.refresh(&rows).err(), Some(VaultError::KeyDamaged(3)));
    assert!(vault.new_subject(subject(1)).is_ok());
}

#[test]
fn a_new_root_key_takes_over_the_keyring() {
    let (vault, rows) = vault();
    let (_, deks) = vault.new_subject(subject(1)).expect("keys are made");
    let node = vault.export_node(&[Compartment::Genetic]).expect("exported");
    let moved = rewrap_root(&root(), &root_of(7), DEPLOYMENT, &rows).expect("re-wrapped");
    assert_eq!(Vault::open(&root(), DEPLOYMENT, &moved).err(), Some(VaultError::WrongRoot));
    let vault = Vault::open(&root_of(7), DEPLOYMENT, &moved).expect("the keyring opens");
    assert!(vault.subject_keys(subject(1), &deks).is_ok());
    assert_eq!(Vault::open_node(&node, &moved).err(), Some(VaultError::WrongRoot), "node key files end with the old root key");
    assert_eq!(rewrap_root(&root_of(9), &root_of(7), DEPLOYMENT, &rows).err(), Some(VaultError::WrongRoot));
}

#[test]
fn a_node_key_file_opens_its_compartments_and_nothing_else() {
    let (vault, mut rows) = vault();
    let (keys, deks) = vault.new_subject(subject(1)).expect("keys are made");
    let fact = FactId(uuid::Uuid::from_u128(5));
    let sealed_fact = vault.seal_fact(fact, &1u8).expect("sealed");
    let row = MacRow::new("enrolment", uuid::Uuid::from_u128(1), 1).int("status", Some(2));
    let mac = vault.mac(&row).expect("a MAC");
    for mask in 0u8..64 {
        let given: Vec<Compartment> = Compartment::ALL.into_iter().filter(|c| mask & (1 << (c.code() - 1)) != 0).collect();
        let text_form = vault.export_node(&given).expect("exported").to_text();
        let file = NodeKeyFile::from_text(&text_form).expect("read back");
        assert_eq!(file.compartments(), given);
        let node = Vault::open_node(&file, &rows).expect("the node opens");
        let node_keys = node.subject_keys(subject(1), &deks).expect("the data keys open");
        for compartment in Compartment::ALL {
            let may = given.contains(&compartment);
            assert_eq!(node.opens(compartment), may);
            if compartment == Compartment::Statistics {
                assert_eq!(node.unseal_fact::<u8>(fact, &sealed_fact).is_ok(), may);
                continue;
            }
            let sealed = vault.seal(&keys, &slot(subject(1), compartment), &text("x")).expect("sealed");
            assert_eq!(opened(&node, &node_keys, compartment, &sealed).is_ok(), may, "{given:?} {compartment:?}");
            assert_eq!(node.seal(&node_keys, &slot(subject(1), compartment), &text("x")).is_ok(), may);
        }
        let looks_up = given.contains(&Compartment::Identity) || given.contains(&Compartment::Contact);
        assert_eq!(node.holds(KeyPurpose::BlindIndex), looks_up);
        assert_eq!(node.index_version().is_ok(), looks_up);
        assert_eq!(node.holds(KeyPurpose::Mail), given.contains(&Compartment::Contact));
        for never in [KeyPurpose::Audit, KeyPurpose::Session, KeyPurpose::Keyed, KeyPurpose::Idempotency] {
            assert!(!node.holds(never));
        }
        assert_eq!(node.check_mac(&row, mac.as_bytes()), Ok(()));
        assert_ne!(node.tag("x", b"y"), vault.tag("x", b"y"), "a node's tags are its own");
        let closed = Compartment::ALL.into_iter().find(|c| !given.contains(c));
        if let Some(closed) = closed {
            assert_eq!(node.export_node(&[closed]).err(), Some(VaultError::Closed(closed)), "a node hands on no more than it has");
        }
    }
    // A KEK that comes later is opened by the same file.
    let node = vault.export_node(&[Compartment::Genetic]).expect("exported");
    let pending = vault.add_key(&rows, KeyPurpose::Kek(Compartment::Genetic), NOW).expect("a new key");
    let new = pending.key_id;
    store(&mut rows, [pending]);
    let changed = vault.promote(&rows, new).expect("promoted");
    store(&mut rows, changed);
    let opened = Vault::open_node(&node, &rows).expect("the node opens");
    assert_eq!(opened.primary_id(KeyPurpose::Kek(Compartment::Genetic)), Ok(new));
}

#[test]
fn key_files_are_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new").join("root.key");
    let made = RootKey::create(&path).expect("created");
    assert_eq!(std::fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
    assert!(RootKey::load(&path).expect("loaded").is_same(&made));
    assert_eq!(RootKey::create(&path).err(), Some(VaultError::FileExists(path.clone())));
    assert!(matches!(KeyFile::read(&path), Ok(KeyFile::Root(_))));

    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("chmod");
    assert_eq!(RootKey::load(&path).err(), Some(VaultError::FileOpenToOthers(path.clone())));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("chmod");

    let damaged = std::fs::read_to_string(&path).expect("read").replacen("key ", "key 0", 1);
    std::fs::write(&path, damaged).expect("written");
    assert_eq!(RootKey::load(&path).err(), Some(VaultError::FileForm("root key file")));
    assert!(matches!(RootKey::load(&folder.path().join("none")), Err(VaultError::File { act: "read", .. })));

    let protected = folder.path().join("protected.key");
    made.protect("correct horse", Cost::MINIMAL).expect("protected").write(&protected).expect("written");
    let Ok(KeyFile::Protected(read)) = KeyFile::read(&protected) else { panic!("a protected key file") };
    assert!(RootKey::from_passphrase("correct horse", &read).expect("opened").is_same(&made));

    let node = folder.path().join("node.key");
    vault().0.export_node(&[Compartment::Genetic]).expect("exported").write(&node).expect("written");
    let Ok(KeyFile::Node(read)) = KeyFile::read(&node) else { panic!("a node key file") };
    assert_eq!(read.compartments(), [Compartment::Genetic]);
}

#[test]
fn a_passphrase_opens_what_it_protects_and_no_other_does() {
    let protected = root().protect("红十字 2026 秋", Cost::MINIMAL).expect("protected");
    let read = ProtectedRoot::from_text(&protected.to_text()).expect("read back");
    assert!(RootKey::from_passphrase("红十字 2026 秋", &read).expect("opened").is_same(&root()));
    assert!(
        RootKey::from_passphrase("红十字　２０２６　秋", &read).expect("opened").is_same(&root()),
        "full-width typing is the same passphrase"
    );
    assert_eq!(RootKey::from_passphrase("红十字 2026 冬", &read).err(), Some(VaultError::WrongPassphrase));
    assert!(matches!(root().protect("short", Cost::MINIMAL), Err(VaultError::Password(_))));
    let greedy = protected.to_text().replace("argon2id 8 ", "argon2id 999999999 ");
    assert!(ProtectedRoot::from_text(&greedy).is_err(), "a changed file cannot ask for all memory");
    let weakened = protected.to_text().replace("argon2id 8 1 1", "argon2id 16 1 1");
    let weakened = ProtectedRoot::from_text(&weakened).expect("well-formed");
    assert_eq!(RootKey::from_passphrase("红十字 2026 秋", &weakened).err(), Some(VaultError::WrongPassphrase));
}
