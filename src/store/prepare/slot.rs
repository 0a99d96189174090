//! Where a sealed value belongs: what its ciphertext is bound to.

use serde::Serialize;
use zeroize::Zeroize;

use super::SCHEMA;
use crate::domain::id::{ConsentId, CorrectionId, RecordId, SubjectId};
use crate::domain::{Compartment, Guarded};
use crate::store::entity::subject_key;
use crate::store::entity::value::Opaque;
use crate::store::error::StoreError;
use crate::vault::{Slot, SubjectKeys, Vault};

pub(in crate::store) fn seal<T: Serialize + Zeroize>(
    vault: &Vault,
    keys: &SubjectKeys,
    slot: Slot,
    value: &Guarded<T>,
) -> Result<Opaque, StoreError> {
    Ok(Opaque(vault.seal(keys, &slot, value)?.into_bytes()))
}

pub(in crate::store) fn record_slot(compartment: Compartment, column: &'static str, record: RecordId, subject: SubjectId) -> Slot {
    Slot { compartment, table: "record", column, row: record.0, subject, schema: SCHEMA }
}

pub(in crate::store) fn stat_slot(subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Identity, table: "stat_link", column: "sealed", row: subject.0, subject, schema: SCHEMA }
}

pub(in crate::store) fn correction_slot(id: CorrectionId, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Identity, table: "correction", column: "sealed_value", row: id.0, subject, schema: SCHEMA }
}

pub(in crate::store) fn witness_slot(id: ConsentId, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Documents, table: "consent", column: "sealed_witness", row: id.0, subject, schema: SCHEMA }
}

pub(in crate::store) fn key_model(row: crate::vault::DekRow) -> subject_key::Model {
    subject_key::Model {
        subject_id: row.subject,
        compartment: row.compartment,
        version: row.version.into(),
        kek_id: row.kek_id.into(),
        wrapped: Opaque(row.wrapped),
    }
}
