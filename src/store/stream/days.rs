//! The days that records tell and follow-up counts from: last donation, deferral. Opened on all cores, page by page.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rayon::prelude::*;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};
use tokio::task::JoinHandle;

use crate::domain::Compartment;
use crate::domain::eligibility::{HealthFact, History};
use crate::domain::id::{RecordId, SubjectId};
use crate::domain::person::Health;
use crate::domain::record::Details;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::store::connect::Store;
use crate::store::entity::health_fact;
use crate::store::entity::value::Opaque;
use crate::store::error::StoreError;
use crate::store::pages::{AHEAD, Line, Range, Told, of};
use crate::store::person::open;
use crate::store::prepare::record_slot;
use crate::vault::Vault;

use super::Pages;

/// What one record tells that follow-up counts from, or all that was recorded of a donor beside the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysTold {
    /// When it was recorded.
    pub at: Timestamp,
    /// What rules count of the health data; nothing where this process lacks their key.
    pub history: History,
    /// Number of donations, where told.
    pub donations: Option<u32>,
    /// When the last deferral that stands was recorded.
    pub deferred_at: Option<Timestamp>,
    /// Whether a stem-cell registrant was a student; false where this process lacks the key.
    pub student: bool,
}

/// What a subject's records tell, oldest first.
type OfSubject = (SubjectId, Vec<DaysTold>);

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
        let mut pages = Pages::of(self);
        let mut coming: VecDeque<JoinHandle<Result<Vec<OfSubject>, StoreError>>> = VecDeque::with_capacity(AHEAD);
        loop {
            while coming.len() < AHEAD {
                let Some(range) = pages.next().await? else { break };
                let (store, vault) = (self.clone(), Arc::clone(vault));
                coming.push_back(tokio::spawn(async move { page(&store, &vault, &range).await }));
            }
            let Some(page) = coming.pop_front() else { return Ok(out) };
            out.extend(page.await.map_err(|_| StoreError::Damaged("record"))??);
        }
    }
}

const RECORD: [Told; 6] = [
    Told::Id("subject_id"),
    Told::Id("id"),
    Told::Plain("registry"),
    Told::Plain("recorded_at"),
    Told::Bytes("sealed_health"),
    Told::Bytes("sealed_details"),
];

async fn page(store: &Store, vault: &Arc<Vault>, range: &Range<'_>) -> Result<Vec<OfSubject>, StoreError> {
    let records = store.columns("record", &RECORD, "subject_id", range, "").await?;
    let keys = super::keys(store, range, [Compartment::Health, Compartment::Documents]).await?;
    let facts = health_fact::Entity::find()
        .filter(range.condition(health_fact::Column::SubjectId))
        .order_by_asc(health_fact::Column::SubjectId)
        .order_by_asc(health_fact::Column::Id)
        .all(&store.reader)
        .await?;
    let vault = Arc::clone(vault);
    super::on_all_cores(move || merged(&vault, &records, &keys, facts)).await
}

/// Merges the tables, which are sorted by subject, and opens what this process may.
fn merged(vault: &Vault, records: &[u8], keys: &[u8], facts: Vec<health_fact::Model>) -> Result<Vec<OfSubject>, StoreError> {
    let records = Line::all(records, &RECORD)?;
    let mut keys = Line::all(keys, &super::KEY)?.into_iter().peekable();
    let mut facts = facts.into_iter().peekable();
    let mut sealed = Vec::new();
    for records in records.chunk_by(|a, b| a.0[0] == b.0[0]) {
        let Some(first) = records.first() else { continue };
        let subject = SubjectId(first.id(0)?);
        let keys = of(&mut keys, first.0[0], |k| k.0[0]);
        let facts = of(&mut facts, subject, |f| f.subject_id);
        // Erased: nothing opens its records any more.
        if !keys.is_empty() {
            sealed.push((subject, keys, records, facts));
        }
    }
    sealed.into_par_iter().with_min_len(64).map(|(subject, keys, records, facts)| opened(vault, subject, &keys, records, facts)).collect()
}

fn opened(
    vault: &Vault,
    subject: SubjectId,
    keys: &[Line<'_, 5>],
    records: &[Line<'_, 6>],
    facts: Vec<health_fact::Model>,
) -> Result<OfSubject, StoreError> {
    let keys = vault.subject_keys(subject, &super::deks(keys, subject)?)?;
    let mut told = Vec::with_capacity(records.len());
    for line in records {
        let id = RecordId(line.id(1)?);
        let (registry, at) = (super::registry(line.number(2)?)?, Timestamp(line.number(3)?));
        let (health, details) = (line.bytes(4).map(Opaque), line.bytes(5).map(Opaque));
        let health = open::<Health>(vault, &keys, record_slot(Compartment::Health, "sealed_health", id, subject), health)?;
        // Only the rule for stem-cell registrants about to leave school asks.
        let details = details.filter(|_| registry == Registry::StemCell);
        let details = open::<Details>(vault, &keys, record_slot(Compartment::Documents, "sealed_details", id, subject), details)?;
        let history = History::of(&health, &[]);
        told.push(DaysTold {
            at,
            deferred_at: (!history.deferrals.is_empty()).then_some(at),
            donations: health.as_ref().and_then(Health::donations_told),
            history,
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
        let undone: Vec<_> = recorded.iter().filter_map(|view| HealthFact::undoes(&view.fact)).collect();
        let defers = recorded.iter().filter(|view| HealthFact::deferral(&view.fact).is_some() && !undone.contains(&view.id.0));
        let deferred_at = defers.map(|view| view.at).max();
        let history = History::of([], &known);
        let donations = u32::try_from(history.donations.len()).ok().filter(|n| *n > 0);
        told.push(DaysTold { at: last.at, history, donations, deferred_at, student });
        // Whether somebody goes to school was told last by what stands last.
        told.sort_by_key(|d| d.at);
    }
    Ok((subject, told))
}
