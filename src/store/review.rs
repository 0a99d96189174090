//! What registrars work through: corrections and pairs.

use std::collections::HashMap;

use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use crate::domain::Guarded;
use crate::domain::id::{CorrectionId, ImportId, PairId, PersonId, StaffId, SubjectId};
use crate::domain::registry::EnrolmentStatus;
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::{correction, enrolment, membership, outbox, pair, task};
use super::error::StoreError;
use super::import::CorrectionRow;
use super::person::open;
use super::prepare::correction_slot;
use super::standing::next_version;
use super::tx::Tx;
use super::word::{CorrectionState, OutboxState, PairBasis, PairDecision, TaskState};

pub use super::entity::pair::Model as PairRow;

/// A pair found, to be stored. Left and right may be given in any order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairFound {
    /// One subject and its person.
    pub left: (SubjectId, PersonId),
    /// The other.
    pub right: (SubjectId, PersonId),
    /// log2 of the Bayes factor.
    pub weight: f64,
    /// Posterior probability of one person.
    pub probability: f64,
    /// What was decided.
    pub decision: PairDecision,
    /// By what.
    pub basis: PairBasis,
}

/// A correction with its kept-aside value opened.
#[derive(Debug)]
pub struct CorrectionView {
    /// The row.
    pub row: CorrectionRow,
    /// What was written, where this process may open it.
    pub value: Option<Guarded<String>>,
}

impl Store {
    /// Open corrections, oldest first, at most `limit` after `after`; of one import where it is given.
    pub async fn open_corrections(
        &self,
        import: Option<ImportId>,
        after: Option<CorrectionId>,
        limit: u64,
    ) -> Result<Vec<CorrectionRow>, StoreError> {
        let mut query = correction::Entity::find().filter(correction::Column::State.eq(CorrectionState::Open));
        if let Some(import) = import {
            query = query.filter(correction::Column::ImportId.eq(import));
        }
        if let Some(after) = after {
            query = query.filter(correction::Column::Id.gt(after));
        }
        Ok(query.order_by_asc(correction::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// How many corrections are open.
    pub async fn count_open_corrections(&self) -> Result<u64, StoreError> {
        Ok(correction::Entity::find().filter(correction::Column::State.eq(CorrectionState::Open)).count(&self.reader).await?)
    }

    /// A correction with its value.
    pub async fn correction(&self, vault: &Vault, id: CorrectionId) -> Result<Option<CorrectionView>, StoreError> {
        let Some(row) = correction::Entity::find_by_id(id).one(&self.reader).await? else { return Ok(None) };
        let keys = self.subject_keys(vault, row.subject_id).await?;
        let value = open(vault, &keys, correction_slot(row.id, row.subject_id), row.sealed_value.clone())?;
        Ok(Some(CorrectionView { row, value }))
    }

    /// Corrections of a subject, open and closed, oldest first.
    pub async fn corrections_of(&self, subject: SubjectId) -> Result<Vec<CorrectionRow>, StoreError> {
        let query = correction::Entity::find().filter(correction::Column::SubjectId.eq(subject)).order_by_asc(correction::Column::Id);
        Ok(query.all(&self.reader).await?)
    }

    /// A pair.
    pub async fn pair(&self, id: PairId) -> Result<Option<PairRow>, StoreError> {
        Ok(pair::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// Pairs with a decision, by key, at most `limit` after `after`: `review` is the registrars' queue.
    pub async fn pairs(&self, decision: PairDecision, after: Option<PairId>, limit: u64) -> Result<Vec<PairRow>, StoreError> {
        let mut query = pair::Entity::find().filter(pair::Column::Decision.eq(decision));
        if let Some(after) = after {
            query = query.filter(pair::Column::Id.gt(after));
        }
        Ok(query.order_by_asc(pair::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// Undecided pairs (`same` or `review` by the program), those nearest to even odds first, at most `limit`.
    pub async fn open_pairs(&self, limit: u64) -> Result<Vec<PairRow>, StoreError> {
        let query = pair::Entity::find()
            .filter(pair::Column::Decision.is_in([PairDecision::Same, PairDecision::Review]))
            .filter(Condition::any().add(pair::Column::Decision.eq(PairDecision::Review)).add(pair::Column::Basis.ne(PairBasis::Registrar)))
            .order_by_asc(Expr::cust("abs(probability - 0.5)"))
            .order_by_asc(pair::Column::Id);
        Ok(query.limit(limit).all(&self.reader).await?)
    }

    /// What registrars decided, by key, at most `limit` after `after`.
    pub async fn judged_pairs(&self, after: Option<PairId>, limit: u64) -> Result<Vec<PairRow>, StoreError> {
        let mut query = pair::Entity::find().filter(pair::Column::Basis.eq(PairBasis::Registrar));
        if let Some(after) = after {
            query = query.filter(pair::Column::Id.gt(after));
        }
        Ok(query.order_by_asc(pair::Column::Id).limit(limit).all(&self.reader).await?)
    }

    /// What depends on each of these persons: standings that count, follow-ups planned, messages queued.
    pub async fn dependents_of(&self, persons: &[PersonId]) -> Result<HashMap<PersonId, u64>, StoreError> {
        let mut out: HashMap<PersonId, u64> = HashMap::with_capacity(persons.len());
        for part in persons.chunks(super::admit::IDS) {
            let ids = || part.iter().copied();
            let members: HashMap<SubjectId, PersonId> = membership::Entity::find()
                .select_only()
                .columns([membership::Column::SubjectId, membership::Column::PersonId])
                .filter(membership::Column::PersonId.is_in(ids()))
                .filter(membership::Column::Until.is_null())
                .into_tuple::<(SubjectId, PersonId)>()
                .all(&self.reader)
                .await?
                .into_iter()
                .collect();
            let subjects: Vec<SubjectId> = members.keys().copied().collect();
            for part in subjects.chunks(super::admit::IDS) {
                let standings: Vec<(SubjectId, EnrolmentStatus)> = enrolment::Entity::find()
                    .select_only()
                    .columns([enrolment::Column::SubjectId, enrolment::Column::Status])
                    .filter(enrolment::Column::SubjectId.is_in(part.iter().copied()))
                    .into_tuple()
                    .all(&self.reader)
                    .await?;
                for (subject, _) in standings.into_iter().filter(|(_, status)| !matches!(status, EnrolmentStatus::Exited(_))) {
                    if let Some(person) = members.get(&subject) {
                        *out.entry(*person).or_default() += 1;
                    }
                }
            }
            let tasks: Vec<(PersonId, i64)> = task::Entity::find()
                .select_only()
                .column(task::Column::PersonId)
                .column_as(task::Column::Id.count(), "n")
                .filter(task::Column::PersonId.is_in(ids()))
                .filter(task::Column::State.eq(TaskState::Planned))
                .group_by(task::Column::PersonId)
                .into_tuple()
                .all(&self.reader)
                .await?;
            let messages: Vec<(PersonId, i64)> = outbox::Entity::find()
                .select_only()
                .column(outbox::Column::PersonId)
                .column_as(outbox::Column::Id.count(), "n")
                .filter(outbox::Column::PersonId.is_in(ids()))
                .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry, OutboxState::Uncertain]))
                .group_by(outbox::Column::PersonId)
                .into_tuple()
                .all(&self.reader)
                .await?;
            for (person, n) in tasks.into_iter().chain(messages) {
                *out.entry(person).or_default() += u64::try_from(n).unwrap_or_default();
            }
        }
        Ok(out)
    }

    /// How many pairs have a decision.
    pub async fn count_pairs(&self, decision: PairDecision) -> Result<u64, StoreError> {
        Ok(pair::Entity::find().filter(pair::Column::Decision.eq(decision)).count(&self.reader).await?)
    }

    /// What was decided about the subjects given, with whomever.
    pub async fn pairs_of(&self, subjects: &[SubjectId]) -> Result<Vec<PairRow>, StoreError> {
        pairs_of(&self.reader, subjects).await
    }
}

impl Tx {
    /// Closes a correction that was read at a row version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where somebody else worked on it.
    pub async fn resolve_correction(
        &mut self,
        id: CorrectionId,
        row_version: i64,
        state: CorrectionState,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let done = correction::Entity::update_many()
            .col_expr(correction::Column::State, state.into())
            .col_expr(correction::Column::ResolvedBy, by.into())
            .col_expr(correction::Column::ResolvedAt, at.into())
            .col_expr(correction::Column::RowVersion, next_version(correction::Column::RowVersion))
            .filter(correction::Column::Id.eq(id))
            .filter(correction::Column::RowVersion.eq(row_version))
            .exec(&self.db)
            .await?;
        if done.rows_affected == 1 { Ok(()) } else { Err(StoreError::Stale) }
    }

    /// Stores pairs found. A pair known already keeps what a registrar decided; what the program decided before is replaced.
    /// Answers how many were written.
    pub async fn put_pairs(&mut self, found: &[PairFound], at: Timestamp) -> Result<u64, StoreError> {
        let mut written = 0;
        let rows = found.iter().filter_map(|f| ordered(f, at));
        let replace = OnConflict::columns([pair::Column::SubjectL, pair::Column::SubjectR])
            .update_columns([
                pair::Column::PersonL,
                pair::Column::PersonR,
                pair::Column::Weight,
                pair::Column::Probability,
                pair::Column::Decision,
                pair::Column::Basis,
                pair::Column::DecidedAt,
            ])
            .value(pair::Column::RowVersion, next_version(pair::Column::RowVersion))
            .action_and_where(pair::Column::Basis.ne(PairBasis::Registrar))
            .to_owned();
        let rows: Vec<PairRow> = rows.collect();
        for part in rows.chunks(super::admit::IDS) {
            let part = part.iter().cloned().map(IntoActiveModel::into_active_model);
            written += pair::Entity::insert_many(part).on_conflict(replace.clone()).exec_without_returning(&self.db).await?;
        }
        if written > 0 {
            self.note(ChangeKind::Pair, None, None, None, at);
            for judged in found.iter().filter(|f| f.basis == PairBasis::Registrar) {
                self.note(ChangeKind::Pair, Some(judged.right.0), None, None, at);
            }
        }
        Ok(written)
    }

    /// A registrar's decision on a pair that was read at a row version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it was decided since.
    pub async fn decide_pair(
        &mut self,
        id: PairId,
        row_version: i64,
        decision: PairDecision,
        by: StaffId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let done = pair::Entity::update_many()
            .col_expr(pair::Column::Decision, decision.into())
            .col_expr(pair::Column::Basis, PairBasis::Registrar.into())
            .col_expr(pair::Column::DecidedBy, by.into())
            .col_expr(pair::Column::DecidedAt, at.into())
            .col_expr(pair::Column::RowVersion, next_version(pair::Column::RowVersion))
            .filter(pair::Column::Id.eq(id))
            .filter(pair::Column::RowVersion.eq(row_version))
            .exec(&self.db)
            .await?;
        if done.rows_affected != 1 {
            return Err(StoreError::Stale);
        }
        self.note(ChangeKind::Pair, None, None, Some(id.0), at);
        Ok(())
    }

    /// What was decided about the subjects given, as this transaction sees it.
    pub async fn pairs_of(&self, subjects: &[SubjectId]) -> Result<Vec<PairRow>, StoreError> {
        pairs_of(&self.db, subjects).await
    }
}

/// Left is the smaller subject id, so that a pair is stored once; nobody is a pair with themselves.
fn ordered(found: &PairFound, at: Timestamp) -> Option<PairRow> {
    let (l, r) = match found.left.0.cmp(&found.right.0) {
        std::cmp::Ordering::Less => (found.left, found.right),
        std::cmp::Ordering::Greater => (found.right, found.left),
        std::cmp::Ordering::Equal => return None,
    };
    Some(PairRow {
        id: PairId::fresh(),
        subject_l: l.0,
        subject_r: r.0,
        person_l: l.1,
        person_r: r.1,
        weight: found.weight,
        probability: found.probability,
        decision: found.decision,
        basis: found.basis,
        decided_by: None,
        decided_at: at,
        row_version: 1,
    })
}

async fn pairs_of(db: &impl ConnectionTrait, subjects: &[SubjectId]) -> Result<Vec<PairRow>, StoreError> {
    let mut out: Vec<PairRow> = Vec::new();
    for part in subjects.chunks(super::admit::IDS) {
        for column in [pair::Column::SubjectL, pair::Column::SubjectR] {
            out.extend(pair::Entity::find().filter(column.is_in(part.iter().copied())).all(db).await?);
        }
    }
    out.sort_by_key(|row| row.id);
    out.dedup_by_key(|row| row.id);
    Ok(out)
}
