//! Imports: rows are staged sealed in batches, then admitted all at once by one short transaction, or not at all.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::id::{ImportId, ImportRowId, StaffId, StatId};
use crate::domain::registry::Registry;
use crate::domain::source::ImportSource;
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{OwnSlot, Sealed, Vault};

use super::admit::{Admitted, Place};
use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{correction, import, import_row};
use super::error::StoreError;
use super::person::{RecordView, open_record};
use super::prepare::{PreparedRecord, SCHEMA, stat_slot};
use super::tx::Tx;
use super::word::{ImportState, RowOutcome};

pub use super::entity::correction::Model as CorrectionRow;
pub use super::entity::import::Model as ImportRow;

/// A row of a sheet as staged or admitted.
#[derive(Debug, Clone, PartialEq)]
pub struct StagedRow {
    /// The row's id; also in the [`super::Occasion`] its record was prepared on.
    pub id: ImportRowId,
    /// Row number as printed in reports.
    pub number: i64,
    /// Outcome.
    pub outcome: RowOutcome,
    /// Problem codes joined by `;`.
    pub problems: String,
    /// The sealed record, for rows that are taken in and not yet admitted.
    pub prepared: Option<PreparedRecord>,
    /// Who the row became; none before admission and for rows not taken in.
    pub admitted: Option<AdmittedRow>,
}

/// What an admitted row became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedRow {
    /// Its subject.
    pub subject: crate::domain::id::SubjectId,
    /// The person's public id at admission.
    pub public_id: crate::domain::id::PublicId,
    /// Whether it joined a person who was on file before.
    pub known: bool,
}

/// A staged row with the person it is to belong to.
#[derive(Debug)]
pub struct RowAdmission {
    /// The row, as read back from staging; `prepared` may have been changed by [`PreparedRecord::unverify`], outcome and problems by what
    /// the duplicate check found.
    pub row: StagedRow,
    /// The person.
    pub place: Place,
    /// Whether that person was on file before this import.
    pub known: bool,
}

impl Store {
    /// The admitted import of the same bytes for the same registry.
    pub async fn admitted_import(&self, fingerprint: &[u8], registry: Registry) -> Result<Option<ImportRow>, StoreError> {
        let query = import::Entity::find()
            .filter(import::Column::Fingerprint.eq(Opaque(fingerprint.to_vec())))
            .filter(import::Column::Registry.eq(registry))
            .filter(import::Column::State.eq(ImportState::Admitted));
        Ok(query.one(&self.reader).await?)
    }

    /// An import.
    pub async fn import(&self, id: ImportId) -> Result<Option<ImportRow>, StoreError> {
        Ok(import::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// Rows of an import in the file's order, at most `limit` after the first `offset`.
    pub async fn import_rows(&self, id: ImportId, offset: u64, limit: u64) -> Result<Vec<StagedRow>, StoreError> {
        let rows = import_row::Entity::find()
            .filter(import_row::Column::ImportId.eq(id))
            .order_by_asc(import_row::Column::Number)
            .order_by_asc(import_row::Column::Id)
            .offset(offset)
            .limit(limit)
            .all(&self.reader)
            .await?;
        rows.into_iter().map(staged).collect()
    }

    /// Under which random identity a staged record will be counted.
    pub fn staged_stat_id(&self, vault: &Vault, prepared: &PreparedRecord) -> Result<StatId, StoreError> {
        let rows = prepared.keys.iter().cloned().map(super::meta::dek_row).collect::<Result<Vec<_>, _>>()?;
        let keys = vault.subject_keys(prepared.subject(), &rows)?;
        let link = prepared.stat_link.as_ref().ok_or(StoreError::Damaged("import_row"))?;
        let bytes = vault.unseal_bytes(&keys, &stat_slot(prepared.subject()), &Sealed::from_bytes(link.sealed.0.clone()))?;
        StatId::from_guarded(&bytes).ok_or(StoreError::Damaged("stat_link"))
    }

    /// Opens a staged record for the preview and the duplicate check.
    pub fn open_staged(&self, vault: &Vault, prepared: &PreparedRecord) -> Result<RecordView, StoreError> {
        let rows = prepared.keys.iter().cloned().map(super::meta::dek_row).collect::<Result<Vec<_>, _>>()?;
        let keys = vault.subject_keys(prepared.subject(), &rows)?;
        open_record(vault, &keys, prepared.record.clone())
    }
}

impl Tx {
    /// Begins an import as a draft.
    ///
    /// # Errors
    /// [`StoreError::KeyRetired`] where its names are sealed under a key that was rotated away.
    pub async fn put_import(&mut self, row: ImportRow) -> Result<(), StoreError> {
        if let Some(sealed) = &row.sealed_source {
            let key = Vault::sealed_under(&Sealed::from_bytes(sealed.0.clone()))?;
            self.refuse_retired([(Compartment::Identity, key)]).await?;
        }
        super::bulk::insert::<import::Entity, _>(&self.db, [row]).await
    }

    /// Stages rows; 500 or fewer a transaction keep other writers waiting for milliseconds only.
    ///
    /// # Errors
    /// [`StoreError::KeyRetired`] as [`Tx::admit`].
    pub async fn stage_rows(&mut self, import: ImportId, rows: &[StagedRow]) -> Result<(), StoreError> {
        for prepared in rows.iter().filter_map(|r| r.prepared.as_ref()) {
            self.refuse_retired(prepared.keys_used()?).await?;
        }
        let rows = rows.iter().map(|row| model(import, row)).collect::<Result<Vec<_>, _>>()?;
        super::bulk::insert::<import_row::Entity, _>(&self.db, rows).await
    }

    /// Admits a draft: every record becomes part of the registry with this transaction, or none.
    ///
    /// # Errors
    /// [`StoreError::AlreadyAdmitted`] where the same bytes were admitted for this registry, [`StoreError::Stale`] where the draft was
    /// admitted or discarded already, [`StoreError::ClaimTaken`] as [`Tx::admit`].
    pub async fn admit_import(
        &mut self,
        vault: &Vault,
        id: ImportId,
        rows: Vec<RowAdmission>,
        totals: &str,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<Vec<Admitted>, StoreError> {
        let mut draft = import::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("import"))?;
        if draft.state != ImportState::Draft {
            return Err(StoreError::Stale);
        }
        let same = import::Entity::find()
            .filter(import::Column::Fingerprint.eq(draft.fingerprint.clone()))
            .filter(import::Column::Registry.eq(draft.registry))
            .filter(import::Column::State.eq(ImportState::Admitted));
        if same.one(&self.db).await?.is_some() {
            return Err(StoreError::AlreadyAdmitted);
        }
        draft.state = ImportState::Admitted;
        draft.admitted_at = Some(at);
        draft.totals = totals.to_owned();
        import::Entity::update(draft.into_active_model().reset_all()).exec(&self.db).await?;

        let mut records = Vec::with_capacity(rows.len());
        let mut told = Vec::with_capacity(rows.len());
        for RowAdmission { mut row, place, known } in rows {
            let prepared = row.prepared.take().ok_or(StoreError::Missing("staged record"))?;
            records.push((prepared, place));
            told.push((row, known));
        }
        let admitted = self.admit(vault, records, by, at).await?;
        for ((row, known), entry) in told.iter_mut().zip(&admitted) {
            row.admitted = Some(AdmittedRow { subject: entry.subject, public_id: entry.public_id.clone(), known: *known });
        }
        let models = told.iter().map(|(row, _)| model(id, row)).collect::<Result<Vec<_>, _>>()?;
        let replace = OnConflict::column(import_row::Column::Id)
            .update_columns([
                import_row::Column::Outcome,
                import_row::Column::Problems,
                import_row::Column::SubjectId,
                import_row::Column::PersonPublicId,
                import_row::Column::Known,
                import_row::Column::Prepared,
            ])
            .to_owned();
        for part in models.chunks(super::admit::IDS) {
            let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
            import_row::Entity::insert_many(part).on_conflict(replace.clone()).exec_without_returning(&self.db).await?;
        }
        self.note(ChangeKind::Imported, None, None, Some(id.0), at);
        Ok(admitted)
    }

    /// Stores rows that are refused after they were staged: their outcome, and nothing sealed of them any more.
    pub async fn refuse_rows(&mut self, id: ImportId, rows: &[StagedRow]) -> Result<(), StoreError> {
        for row in rows {
            let row = model(id, row)?;
            import_row::Entity::update_many()
                .col_expr(import_row::Column::Outcome, row.outcome.into())
                .col_expr(import_row::Column::Problems, row.problems.into())
                .col_expr(import_row::Column::Prepared, Option::<Opaque>::None.into())
                .filter(import_row::Column::Id.eq(row.id))
                .exec(&self.db)
                .await?;
        }
        Ok(())
    }

    /// Throws a draft away, with its sealed rows.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it is no draft any more.
    pub async fn discard_import(&mut self, id: ImportId) -> Result<(), StoreError> {
        let done = import::Entity::update_many()
            .col_expr(import::Column::State, ImportState::Discarded.into())
            .filter(import::Column::Id.eq(id))
            .filter(import::Column::State.eq(ImportState::Draft))
            .exec(&self.db)
            .await?;
        if done.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        import_row::Entity::delete_many().filter(import_row::Column::ImportId.eq(id)).exec(&self.db).await?;
        Ok(())
    }

    /// Throws away drafts begun before an instant: what a killed import left behind. Answers how many.
    pub async fn expire_drafts(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let stale: Vec<ImportId> = import::Entity::find()
            .select_only()
            .column(import::Column::Id)
            .filter(import::Column::State.eq(ImportState::Draft))
            .filter(import::Column::CreatedAt.lt(before))
            .into_tuple()
            .all(&self.db)
            .await?;
        for id in &stale {
            self.discard_import(*id).await?;
        }
        Ok(u64::try_from(stale.len()).unwrap_or(u64::MAX))
    }

    /// Adds corrections outside a registration, e.g. for a number found in use.
    pub async fn put_corrections(&mut self, rows: Vec<CorrectionRow>) -> Result<(), StoreError> {
        super::bulk::insert::<correction::Entity, _>(&self.db, rows).await
    }
}

/// Seals the names of an import's file and worksheet.
pub fn seal_source(vault: &Vault, id: ImportId, source: &Guarded<ImportSource>) -> Result<Opaque, StoreError> {
    Ok(Opaque(vault.seal_own(&source_slot(id), source)?.into_bytes()))
}

impl ImportRow {
    /// The names of the file and the worksheet; none where they were never kept.
    ///
    /// # Errors
    /// [`StoreError::Vault`] where this process may not open them.
    pub fn source(&self, vault: &Vault) -> Result<Option<Guarded<ImportSource>>, StoreError> {
        let Some(sealed) = &self.sealed_source else { return Ok(None) };
        Ok(Some(vault.unseal_own(&source_slot(self.id), &Sealed::from_bytes(sealed.0.clone()))?))
    }
}

pub(super) fn source_slot(id: ImportId) -> OwnSlot {
    OwnSlot { compartment: Compartment::Identity, table: "import", column: "sealed_source", row: id.0, schema: SCHEMA }
}

fn model(import: ImportId, row: &StagedRow) -> Result<import_row::Model, StoreError> {
    let prepared = row.prepared.as_ref().map(serde_json::to_vec).transpose().map_err(|_| StoreError::Damaged("import_row"))?;
    let subject = row.prepared.as_ref().map(PreparedRecord::subject);
    Ok(import_row::Model {
        id: row.id,
        import_id: import,
        number: row.number,
        outcome: row.outcome,
        problems: row.problems.clone(),
        subject_id: row.admitted.as_ref().map(|a| a.subject).or(subject),
        person_public_id: row.admitted.as_ref().map(|a| a.public_id.clone()),
        known: row.admitted.as_ref().map(|a| a.known),
        prepared: prepared.map(Opaque),
    })
}

fn staged(row: import_row::Model) -> Result<StagedRow, StoreError> {
    let prepared = row.prepared.map(|p| serde_json::from_slice(&p.0)).transpose().map_err(|_| StoreError::Damaged("import_row"))?;
    let admitted = match (row.subject_id, row.person_public_id, row.known) {
        (Some(subject), Some(public_id), Some(known)) => Some(AdmittedRow { subject, public_id, known }),
        _ => None,
    };
    let import_row::Model { id, number, outcome, problems, .. } = row;
    Ok(StagedRow { id, number, outcome, problems, prepared, admitted })
}
