//! Consents by the text they were given to, and their witnesses.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::domain::Guarded;
use crate::domain::consent::Purpose;
use crate::domain::id::PersonId;
use crate::domain::name::PersonName;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::vault::Vault;

use super::connect::Store;
use super::error::StoreError;
use super::person::{ConsentRow, open};
use super::prepare::witness_slot;

/// Standings that are no exit: whoever left is not asked again.
const HERE: [EnrolmentStatus; 4] =
    [EnrolmentStatus::Interest, EnrolmentStatus::Registered, EnrolmentStatus::Enrolled, EnrolmentStatus::Undecided];

impl Store {
    /// How many registrants of a registry rest on an older text of a purpose than `version`: a consent of theirs stands, and none to that one.
    pub async fn count_older(&self, registry: Registry, purpose: Purpose, version: &str) -> Result<u64, StoreError> {
        let sql = format!("SELECT COUNT(DISTINCT m.person_id) {}", from(self.backend, registry, purpose));
        let count = Statement::from_sql_and_values(self.backend, sql, [version.into()]);
        let row = self.reader.query_one_raw(count).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(count.unsigned_abs())
    }

    /// Who they are, by key, behind `after`.
    pub async fn older(
        &self,
        registry: Registry,
        purpose: Purpose,
        version: &str,
        (after, limit): (Option<PersonId>, u64),
    ) -> Result<Vec<PersonId>, StoreError> {
        let mark = if self.backend == DbBackend::Postgres { "$2" } else { "?2" };
        let sql = format!(
            "SELECT DISTINCT m.person_id {} AND m.person_id > {mark} ORDER BY m.person_id LIMIT {limit}",
            from(self.backend, registry, purpose)
        );
        let after = after.unwrap_or(PersonId(uuid::Uuid::nil()));
        let page = Statement::from_sql_and_values(self.backend, sql, [version.into(), after.into()]);
        let rows = self.reader.query_all_raw(page).await?;
        rows.into_iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// The witness named with a consent; none where none was named, or where this process may not open it.
    pub async fn consent_witness(&self, vault: &Vault, row: &ConsentRow) -> Result<Option<Guarded<PersonName>>, StoreError> {
        if row.sealed_witness.is_none() {
            return Ok(None);
        }
        let keys = self.subject_keys(vault, row.subject_id).await?;
        open(vault, &keys, witness_slot(row.id, row.subject_id), row.sealed_witness.clone())
    }
}

/// The rest of the statement; its first parameter is the version in use. A person's consents are those of all their registrations.
fn from(backend: DbBackend, registry: Registry, purpose: Purpose) -> String {
    let version = if backend == DbBackend::Postgres { "$1" } else { "?1" };
    let (registry, purpose) = (registry.code(), purpose.code());
    let here = HERE.map(|status| status.code().to_string()).join(", ");
    format!(
        "FROM consent c JOIN membership m ON m.subject_id = c.subject_id AND m.until IS NULL \
         WHERE c.purpose = {purpose} AND c.withdrawn_at IS NULL AND c.text_version <> {version} \
         AND EXISTS (SELECT 1 FROM membership me JOIN enrolment e ON e.subject_id = me.subject_id \
         WHERE me.person_id = m.person_id AND me.until IS NULL AND e.registry = {registry} AND e.status IN ({here})) \
         AND NOT EXISTS (SELECT 1 FROM membership mn JOIN consent n ON n.subject_id = mn.subject_id \
         WHERE mn.person_id = m.person_id AND mn.until IS NULL AND n.purpose = {purpose} AND n.withdrawn_at IS NULL \
         AND n.text_version = {version})"
    )
}
