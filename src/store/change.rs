//! The change feed: what changed, in the order of commits. Every process follows it to keep its in-memory indexes current.

use sea_orm::sea_query::{ArrayType, ColumnType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::id::{PersonId, SubjectId};
use crate::domain::time::Timestamp;

use super::connect::Store;
use super::entity::change;
use super::entity::value::column;
use super::error::StoreError;
use super::tx::Tx;

pub use super::entity::change::Model as Change;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[repr(i16)]
pub enum ChangeKind {
    /// A subject came in as part of a person (`subject`, `person`).
    SubjectAdded = 1,
    /// A subject was moved to a person (`subject`, `person`; `other`: the person it left).
    Joined = 2,
    /// A subject was taken out again (`subject`, `person`: where it belongs now; `other`: the person it left).
    Split = 3,
    /// A standing changed (`subject`).
    Standing = 4,
    /// A consent was given or withdrawn (`subject`).
    Consent = 5,
    /// A further record of a known subject (`subject`).
    RecordAdded = 6,
    /// A subject was erased: forget it (`subject`).
    Erased = 7,
    /// Pairs were found; or one was decided by a registrar (`other`: the pair, or `subject`: one of the two).
    Pair = 8,
    /// An import was admitted (`other`: the import).
    Imported = 9,
    /// Staff, settings or keys changed: read them again.
    Office = 10,
    /// A match request, a death notice, a place in a shift or what another system knows changed (`subject`; `other`: which); or an activity was
    /// recorded or struck out (`other`: which).
    Matter = 11,
}

impl ChangeKind {
    const ALL: [Self; 11] = [
        Self::SubjectAdded,
        Self::Joined,
        Self::Split,
        Self::Standing,
        Self::Consent,
        Self::RecordAdded,
        Self::Erased,
        Self::Pair,
        Self::Imported,
        Self::Office,
        Self::Matter,
    ];

    fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|k| *k as i64 == code)
    }
}

column!(ChangeKind, i64, ColumnType::BigInteger, ArrayType::BigInt, |v| v as i64, ChangeKind::from_code);

impl Tx {
    /// Notes a change; it is numbered at commit. The verbs of the store note their own: this is for what the application adds.
    pub fn note(&mut self, kind: ChangeKind, subject: Option<SubjectId>, person: Option<PersonId>, other: Option<Uuid>, at: Timestamp) {
        self.changes.push(Change { seq: 0, kind, subject_id: subject, person_id: person, other_id: other, at });
    }

    /// What was committed after `seq`, oldest first. Inside a write transaction nothing more can come in before this commits.
    pub async fn changes_since(&self, seq: i64) -> Result<Vec<Change>, StoreError> {
        changes_since(&self.db, seq, u64::MAX).await
    }

    pub(super) async fn flush_changes(&mut self) -> Result<i64, StoreError> {
        let last = last_change(&self.db).await?;
        let mut changes = std::mem::take(&mut self.changes);
        let mut seq = last;
        for change in &mut changes {
            seq += 1;
            change.seq = seq;
        }
        super::bulk::insert::<change::Entity, _>(&self.db, changes).await?;
        Ok(seq)
    }
}

impl Store {
    /// What was committed after `seq`, oldest first, at most `limit`.
    pub async fn changes_since(&self, seq: i64, limit: u64) -> Result<Vec<Change>, StoreError> {
        changes_since(&self.reader, seq, limit).await
    }

    /// The number of the last change; 0 in a new registry.
    pub async fn last_change(&self) -> Result<i64, StoreError> {
        last_change(&self.reader).await
    }
}

async fn changes_since(db: &impl ConnectionTrait, seq: i64, limit: u64) -> Result<Vec<Change>, StoreError> {
    let limit = limit.min(i64::MAX.unsigned_abs());
    Ok(change::Entity::find().filter(change::Column::Seq.gt(seq)).order_by_asc(change::Column::Seq).limit(limit).all(db).await?)
}

async fn last_change(db: &impl ConnectionTrait) -> Result<i64, StoreError> {
    let last: Option<Option<i64>> =
        change::Entity::find().select_only().column_as(change::Column::Seq.max(), "last").into_tuple().one(db).await?;
    Ok(last.flatten().unwrap_or(0))
}
