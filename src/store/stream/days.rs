//! The days that records tell and follow-up counts from: last donation, deferral. Opened on all cores, page by page.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::Compartment;
use crate::domain::eligibility::History;
use crate::domain::id::{RecordId, SubjectId};
use crate::domain::person::{Health, HealthDays};
use crate::domain::record::Details;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::store::connect::Store;
use crate::store::entity::value::Opaque;
use crate::store::entity::{health_fact, record, subject_key};
use crate::store::error::StoreError;
use crate::store::person::open;
use crate::store::prepare::record_slot;
use crate::vault::{DekRow, Vault};

use super::{Range, RawKey, dek, next_range, of};

/// What one record tells that follow-up counts from, or all that was recorded of a donor beside the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DaysTold {
    /// When it was recorded.
    pub at: Timestamp,
    /// The days of the health data; nothing where this process lacks their key.
    pub health: HealthDays,
    /// Whether a stem-cell registrant was a student; false where this process lacks the key.
    pub student: bool,
}

/// A record, sealed: whose, which, of which registry, recorded when, health, details.
type RawDays = (SubjectId, RecordId, Registry, Timestamp, Option<Opaque>, Option<Opaque>);
/// What a subject's records tell, oldest first.
type Told = (SubjectId, Vec<DaysTold>);

impl Store {
    /// What the records of everybody tell, or of some subjects only.
    pub async fn days_told(&self, vault: &Arc<Vault>, only: Option<&[SubjectId]>) -> Result<HashMap<SubjectId, Vec<DaysTold>>, StoreError> {
        let mut out = HashMap::new();
        if let Some(only) = only {
            for part in only.chunks(crate::store::admit::IDS) {
                out.extend(page(self, vault, &Range::Only(part)).await?);
            }
            return Ok(out);
        }
        let mut after = None;
        while let Some((range, last)) = next_range(self, after).await? {
            after = Some(last);
            out.extend(page(self, vault, &Range::Between(range.0, range.1)).await?);
        }
        Ok(out)
    }
}

async fn page(store: &Store, vault: &Arc<Vault>, range: &Range<'_>) -> Result<Vec<Told>, StoreError> {
    let records: Vec<RawDays> = record::Entity::find()
        .select_only()
        .columns([
            record::Column::SubjectId,
            record::Column::Id,
            record::Column::Registry,
            record::Column::RecordedAt,
            record::Column::SealedHealth,
            record::Column::SealedDetails,
        ])
        .filter(range.on(record::Column::SubjectId))
        .order_by_asc(record::Column::SubjectId)
        .order_by_asc(record::Column::Id)
        .into_tuple()
        .all(&store.reader)
        .await?;
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<RawKey> = subject_key::Entity::find()
        .select_only()
        .columns([
            subject_key::Column::SubjectId,
            subject_key::Column::Compartment,
            subject_key::Column::Version,
            subject_key::Column::KekId,
            subject_key::Column::Wrapped,
        ])
        .filter(range.on(subject_key::Column::SubjectId))
        .filter(subject_key::Column::Compartment.is_in([Compartment::Health, Compartment::Documents]))
        .order_by_asc(subject_key::Column::SubjectId)
        .into_tuple()
        .all(&store.reader)
        .await?;
    let facts = health_fact::Entity::find()
        .filter(range.on(health_fact::Column::SubjectId))
        .order_by_asc(health_fact::Column::SubjectId)
        .order_by_asc(health_fact::Column::Id)
        .all(&store.reader)
        .await?;
    let mut facts = facts.into_iter().peekable();
    let subjects: Vec<SubjectId> = records.chunk_by(|a, b| a.0 == b.0).filter_map(|r| r.first().map(|r| r.0)).collect();
    let mut records = records.into_iter().peekable();
    let mut keys = keys.into_iter().peekable();
    let mut raw = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let keys = of(&mut keys, subject, |k| k.0).into_iter().map(dek).collect::<Result<Vec<DekRow>, _>>()?;
        let records = of(&mut records, subject, |r| r.0);
        let facts = of(&mut facts, subject, |f| f.subject_id);
        // Erased: nothing opens its records any more.
        if !keys.is_empty() {
            raw.push((subject, keys, records, facts));
        }
    }
    raw.into_par_iter().with_min_len(64).map(|(subject, keys, records, facts)| opened(vault, subject, &keys, records, facts)).collect()
}

fn opened(
    vault: &Vault,
    subject: SubjectId,
    keys: &[DekRow],
    records: Vec<RawDays>,
    facts: Vec<health_fact::Model>,
) -> Result<Told, StoreError> {
    let keys = vault.subject_keys(subject, keys)?;
    let mut told = Vec::with_capacity(records.len());
    for (_, id, registry, at, health, details) in records {
        let health = open::<Health>(vault, &keys, record_slot(Compartment::Health, "sealed_health", id, subject), health)?;
        // Only the rule for stem-cell registrants about to leave school asks.
        let details = details.filter(|_| registry == Registry::StemCell);
        let details = open::<Details>(vault, &keys, record_slot(Compartment::Documents, "sealed_details", id, subject), details)?;
        told.push(DaysTold {
            at,
            health: health.as_ref().map(Health::days).unwrap_or_default(),
            student: details.as_ref().is_some_and(Details::is_student),
        });
    }
    let mut recorded = Vec::new();
    for fact in facts {
        recorded.extend(crate::store::health::opened(vault, &keys, fact)?);
    }
    if let Some(last) = recorded.last() {
        let known: Vec<_> = recorded.iter().map(|view| (view.id.0, &view.fact)).collect();
        let student = told.last().is_some_and(|d: &DaysTold| d.student);
        told.push(DaysTold { at: last.at, health: History::of([], &known).days(), student });
        // Of two deferrals the one told later counts; what was recorded last stands last.
        told.sort_by_key(|d| d.at);
    }
    Ok((subject, told))
}
