//! Where a record came from: by whom, and on what occasion.

use std::collections::HashMap;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::domain::id::{ImportRowId, PersonId, PublicId, RecordId, StaffId, SubjectId};

use super::connect::Store;
use super::corrected::BY_PHONE;
use super::entity::{correction, import_row, membership, person, record};
use super::error::StoreError;

/// On what occasion a record was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorder {
    /// A row of a sheet, by its number.
    Import(Option<i64>),
    /// A form.
    Form,
    /// A registrar put a value right.
    Correction,
    /// It was told in a call.
    Call,
}

/// Where a record came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// On what occasion.
    pub how: Recorder,
    /// By which member of staff; none at the console, or where the registrant filled in the form.
    pub by: Option<StaffId>,
}

impl Store {
    /// Where the records of subjects came from: the first record of a subject from whoever took the subject in, later ones from whoever
    /// resolved the correction at that moment.
    pub async fn recorded(&self, subjects: &[SubjectId]) -> Result<HashMap<RecordId, Recorded>, StoreError> {
        let mut out = HashMap::new();
        for part in subjects.chunks(super::admit::IDS) {
            let ids = || part.iter().copied();
            let records = record::Entity::find().filter(record::Column::SubjectId.is_in(ids())).order_by_asc(record::Column::Id);
            let records = records.all(&self.reader).await?;
            let memberships = membership::Entity::find().filter(membership::Column::SubjectId.is_in(ids()));
            let mut first: HashMap<SubjectId, Option<StaffId>> = HashMap::new();
            for row in memberships.order_by_asc(membership::Column::Id).all(&self.reader).await? {
                first.entry(row.subject_id).or_insert(row.decided_by);
            }
            let corrections = correction::Entity::find().filter(correction::Column::SubjectId.is_in(ids()));
            let resolved: HashMap<_, _> = corrections
                .all(&self.reader)
                .await?
                .into_iter()
                .filter_map(|c| Some(((c.subject_id, c.resolved_at?), (c.resolved_by, c.problem == BY_PHONE))))
                .collect();
            let rows: Vec<ImportRowId> = records.iter().filter_map(|r| r.import_row_id).collect();
            let mut numbers: HashMap<ImportRowId, i64> = HashMap::new();
            for rows in rows.chunks(super::admit::IDS) {
                let found = import_row::Entity::find().filter(import_row::Column::Id.is_in(rows.iter().copied()));
                numbers.extend(found.all(&self.reader).await?.into_iter().map(|r| (r.id, r.number)));
            }
            for row in records {
                let recorded = match (row.import_row_id, resolved.get(&(row.subject_id, row.recorded_at))) {
                    (Some(import), _) => {
                        Recorded { how: Recorder::Import(numbers.get(&import).copied()), by: first.get(&row.subject_id).copied().flatten() }
                    }
                    (None, Some((by, true))) => Recorded { how: Recorder::Call, by: *by },
                    (None, Some((by, false))) => Recorded { how: Recorder::Correction, by: *by },
                    (None, None) => Recorded { how: Recorder::Form, by: first.get(&row.subject_id).copied().flatten() },
                };
                out.insert(row.id, recorded);
            }
        }
        Ok(out)
    }

    /// The other public ids that open this person: those of the persons its subjects founded.
    pub async fn aliases_of(&self, person: PersonId, subjects: &[SubjectId]) -> Result<Vec<PublicId>, StoreError> {
        let mut out = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            let rows = person::Entity::find().filter(person::Column::FoundingSubject.is_in(part.iter().copied()));
            out.extend(
                rows.order_by_asc(person::Column::Id).all(&self.reader).await?.into_iter().filter(|p| p.id != person).map(|p| p.public_id),
            );
        }
        Ok(out)
    }
}
