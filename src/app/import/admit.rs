//! Admitting a draft by one short transaction.

use std::collections::{HashMap, HashSet};

use crate::domain::Guarded;
use crate::domain::fact::{Channel, Fact, FactEvent};
use crate::domain::id::{ImportId, PersonId, StatId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::source::ImportSource;
use crate::domain::time::Timestamp;
use crate::matching::linkage;
use crate::store::{
    AuditEntry, ChangeKind, EnrolmentRow, ImportRow, ImportState, PairBasis, PairFound, PersonView, PreparedFact, PreparedRecord,
    RowAdmission, RowOutcome, StagedRow, StoreError, prepare_fact,
};

use super::super::death::has_died;
use super::super::people::standings;
use super::super::register::concerns_people;
use super::super::review::decision_of;
use super::super::{Actor, App, AppError};
use super::barcodes::claimed;
use super::behind::Stand;
use super::judge::{Candidate, Judged, judge_rows};
use super::left::leaving;
use super::{Preview, ProblemCount, Totals};

const TRIES: usize = 8;
/// So many of them are judged while others go on saving.
const APART: usize = 2;
const PAGE: u64 = 5_000;
/// Persons opened at a time.
const PART: usize = 500;

impl App {
    /// The page of an import: what it would do, or did.
    pub async fn preview(&self, actor: Actor, id: ImportId) -> Result<Preview, AppError> {
        actor.needs(Right::Import)?;
        let import = self.store.import(id).await?.ok_or(AppError::Missing("import"))?;
        let mut rows = self.all_rows(id).await?;
        let totals = if import.state == ImportState::Draft {
            self.catch_up().await?;
            let judged = self.judged(&rows)?;
            self.claim_barcodes(id, &mut rows, &judged).await?;
            totals(&rows, &judged)
        } else {
            serde_json::from_str(&import.totals).unwrap_or_default()
        };
        let source = import.source(&self.vault)?.unwrap_or_else(|| Guarded::new(ImportSource::default()));
        Ok(preview(&import, source, &rows, totals))
    }

    /// Takes a draft in: all of it, or nothing.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was admitted or discarded already; [`AppError::Busy`].
    pub async fn admit(&self, actor: Actor, id: ImportId, now: Timestamp) -> Result<Totals, AppError> {
        actor.needs(Right::Import)?;
        let import = self.store.import(id).await?.ok_or(AppError::Missing("import"))?;
        let mut rows = self.all_rows(id).await?;
        for attempt in 0..TRIES {
            // Where others keep saving, every judgement is out of date once it is made: then they wait while this one is.
            let held = if attempt < APART { None } else { Some(self.store.begin().await?) };
            self.catch_up().await?;
            let seq = self.live().seq;
            let judged = self.judged(&rows)?;
            self.drop_barred(&mut rows).await?;
            let judged: Vec<Judged> = {
                let staged: HashSet<SubjectId> = rows.iter().filter_map(|r| r.prepared.as_ref()).map(PreparedRecord::subject).collect();
                judged.into_iter().filter(|j| staged.contains(&j.subject)).collect()
            };
            self.claim_once(&mut rows, &judged)?;
            self.claim_barcodes(id, &mut rows, &judged).await?;
            let stand = self.leave_to_a_registrar(&import, &mut rows, &judged).await?;
            self.keep_what_is_further(&import, &mut rows, &judged, stand)?;
            let facts = self.join_facts(&import, &rows, &judged, now).await?;
            let totals = totals(&rows, &judged);
            let told = serde_json::to_string(&totals).map_err(|_| AppError::Busy)?;
            let mut places: HashMap<SubjectId, &Judged> = judged.iter().map(|j| (j.subject, j)).collect();
            let admissions: Vec<RowAdmission> = rows
                .iter()
                .filter_map(|row| {
                    let judged = places.remove(&row.prepared.as_ref()?.subject())?;
                    Some(RowAdmission { row: row.clone(), place: judged.place, known: judged.known() })
                })
                .collect();
            let pairs = self.pairs(&judged);
            let leaving = leaving(&rows, &judged);
            let refused: Vec<StagedRow> = rows.iter().filter(|r| is_barred(r)).cloned().collect();

            let mut tx = match held {
                Some(tx) => tx,
                None => self.store.begin().await?,
            };
            let since = tx.changes_since(seq).await?;
            if since.iter().any(|c| concerns_people(c.kind) || c.kind == ChangeKind::Erased) {
                tx.rollback().await?;
                continue;
            }
            if !tx.barcode_holders(&self.vault, &claimed(&rows)).await?.is_empty() {
                // Somebody's sample was taken under one of them meanwhile.
                tx.rollback().await?;
                continue;
            }
            let before = tx.stands_of(&self.vault, &leaving).await?;
            match tx.admit_import(&self.vault, id, admissions, &told, actor.staff(), now).await {
                Err(StoreError::ClaimTaken { subject }) => {
                    tx.rollback().await?;
                    self.give_up_claim(&mut rows, subject)?;
                    continue;
                }
                Err(StoreError::KeyRetired) => {
                    tx.rollback().await?;
                    self.follow_keys().await?;
                    // The rotation brings staged rows under the new keys itself.
                    rows = self.all_rows(id).await?;
                    continue;
                }
                other => other?,
            };
            tx.refuse_rows(id, &refused).await?;
            tx.put_facts(facts).await?;
            tx.put_pairs(&pairs, now).await?;
            // Of whom registrars joined, a row of an earlier day may be further than what came in after it.
            let known: Vec<PersonId> = judged.iter().filter(|j| j.known()).map(Judged::person).collect();
            let mut by_hand: Vec<PersonId> = tx.joined_by_hand(&known).await?.into_iter().map(|(person, _)| person).collect();
            by_hand.sort_unstable();
            by_hand.dedup();
            self.settle_joined(&mut tx, &by_hand, now).await?;
            self.end_what_was_open(&mut tx, actor, &before, now).await?;
            let entry = AuditEntry::on(now, actor.staff(), "import.admit", "import", Some(id.0))
                .with("registry", import.registry.word())
                .with("read", totals.read)
                .with("taken_in", totals.accepted + totals.review);
            tx.audit(&entry).await?;
            tx.commit().await?;
            return Ok(totals);
        }
        Err(AppError::Busy)
    }

    /// Takes out of the staged rows who asked to be erased, and not to be taken in again from a sheet, since they were staged.
    async fn drop_barred(&self, rows: &mut [StagedRow]) -> Result<(), AppError> {
        if !self.store.any_barred().await? {
            return Ok(());
        }
        let mut digests = Vec::new();
        for row in rows.iter() {
            let Some(prepared) = &row.prepared else { continue };
            let identity = self.store.open_staged(&self.vault, prepared)?.identity.ok_or(AppError::Sealed("identity"))?;
            digests.extend(Identity::return_digests(&identity, &*self.vault).into_iter().map(|digest| (prepared.subject(), digest)));
        }
        let asked: Vec<[u8; 32]> = digests.iter().map(|(_, digest)| *digest).collect();
        let barred: HashSet<[u8; 32]> = self.store.barred(&asked).await?.into_iter().collect();
        let gone: HashSet<SubjectId> = digests.into_iter().filter(|(_, digest)| barred.contains(digest)).map(|(s, _)| s).collect();
        for row in rows.iter_mut().filter(|r| r.prepared.as_ref().is_some_and(|p| gone.contains(&p.subject()))) {
            row.prepared = None;
            row.outcome = RowOutcome::Refused;
            mark(row, ProblemCode::ErasedOnRequest);
        }
        Ok(())
    }

    /// A row without a date of its own may be older than the day on which its person left, and nobody who died comes back by a sheet: such a
    /// row re-opens nothing, and a registrar decides.
    ///
    /// Answers where everybody on file stands whom a row joins.
    async fn leave_to_a_registrar(&self, import: &ImportRow, rows: &mut [StagedRow], judged: &[Judged]) -> Result<Stand, AppError> {
        let joined: HashMap<SubjectId, PersonId> = judged.iter().filter(|j| j.known()).map(|j| (j.subject, j.person())).collect();
        let mut persons: Vec<PersonId> = joined.values().copied().collect();
        persons.sort_unstable();
        persons.dedup();
        let mut left: HashMap<PersonId, ExitReason> = HashMap::new();
        let mut stand = Stand::new();
        for part in persons.chunks(PART) {
            // Of who had left every registry before, the death alone tells.
            let dead = self.told_dead(&self.store.subjects_of(part).await?).await?;
            for view in self.store.persons(&self.vault, part).await? {
                let told_dead = view.subjects.iter().any(|s| dead.contains(&s.row.id));
                let reason = if told_dead { Some(ExitReason::Died) } else { departure(&view, import.registry) };
                left.extend(reason.map(|reason| (view.row.id, reason)));
                let here = standings(view.enrolments()).into_iter();
                stand.extend(here.map(|(registry, status, since)| ((view.row.id, registry), (status, since))));
            }
        }
        for row in rows {
            let Some(prepared) = row.prepared.as_mut() else { continue };
            let reason = joined.get(&prepared.subject()).and_then(|person| left.get(person));
            let doubtful = reason.is_some_and(|reason| *reason == ExitReason::Died || prepared.told_on().is_none());
            if doubtful && prepared.undecide(&self.vault, import.id)? {
                row.outcome = RowOutcome::Review;
                mark(row, ProblemCode::MissingStatus);
            }
        }
        Ok(stand)
    }

    /// Throws a draft away.
    pub async fn discard(&self, actor: Actor, id: ImportId) -> Result<(), AppError> {
        actor.needs(Right::Import)?;
        let mut tx = self.store.begin().await?;
        tx.discard_import(id).await?;
        tx.commit().await?;
        Ok(())
    }

    pub(in super::super) async fn all_rows(&self, id: ImportId) -> Result<Vec<StagedRow>, AppError> {
        let mut rows = Vec::new();
        loop {
            let page = self.store.import_rows(id, rows.len() as u64, PAGE).await?;
            if page.is_empty() {
                return Ok(rows);
            }
            rows.extend(page);
        }
    }

    /// Judges the staged rows against everybody on file.
    fn judged(&self, rows: &[StagedRow]) -> Result<Vec<Judged>, AppError> {
        use rayon::prelude::*;
        let prepared: Vec<&PreparedRecord> = rows.iter().filter_map(|r| r.prepared.as_ref()).collect();
        let candidates: Vec<Candidate> = prepared
            .par_iter()
            .map(|prepared| {
                let record = self.store.open_staged(&self.vault, prepared)?;
                let identity = record.identity.ok_or(AppError::Sealed("identity"))?;
                Ok(Candidate { subject: prepared.subject(), features: linkage::features(&identity, record.contact.as_ref()) })
            })
            .collect::<Result<_, AppError>>()?;
        let live = self.live();
        Ok(judge_rows(&live.index, &live.apart(), candidates))
    }

    /// A document number is claimed once a person: rows that join somebody leave the claim to the first.
    fn claim_once(&self, rows: &mut [StagedRow], judged: &[Judged]) -> Result<(), AppError> {
        let joined: HashMap<SubjectId, bool> = judged.iter().map(|j| (j.subject, j.known())).collect();
        for prepared in rows.iter_mut().filter_map(|r| r.prepared.as_mut()) {
            if joined.get(&prepared.subject()) == Some(&true) && prepared.claims_documents() {
                prepared.unverify(&self.vault)?;
            }
        }
        Ok(())
    }

    /// A number is claimed by somebody on file, or by an earlier row of this sheet, who is not surely the same person.
    fn give_up_claim(&self, rows: &mut [StagedRow], holder: SubjectId) -> Result<(), AppError> {
        let in_sheet = rows.iter().any(|r| r.prepared.as_ref().is_some_and(|p| p.subject() == holder));
        let mut seen = std::collections::HashSet::new();
        for row in rows {
            let Some(prepared) = row.prepared.as_mut().filter(|p| p.claims_documents()) else { continue };
            let repeated = !seen.insert(prepared.claim_values());
            let taken = if in_sheet { repeated } else { self.claimed_by(prepared, holder)? };
            if taken {
                prepared.unverify(&self.vault)?;
                mark_in_use(row);
            }
        }
        Ok(())
    }

    fn claimed_by(&self, prepared: &PreparedRecord, holder: SubjectId) -> Result<bool, AppError> {
        let record = self.store.open_staged(&self.vault, prepared)?;
        let identity = record.identity.ok_or(AppError::Sealed("identity"))?;
        let features = linkage::features(&identity, record.contact.as_ref());
        let live = self.live();
        Ok(Registry::ALL.into_iter().any(|r| live.index.exact_document(&features, r).is_some_and(|(s, _)| s == holder)))
    }

    /// The facts that keep a joined row from being counted as another registrant.
    async fn join_facts(
        &self,
        import: &ImportRow,
        rows: &[StagedRow],
        judged: &[Judged],
        now: Timestamp,
    ) -> Result<Vec<PreparedFact>, AppError> {
        let staged: HashMap<SubjectId, &PreparedRecord> =
            rows.iter().filter_map(|r| r.prepared.as_ref()).map(|p| (p.subject(), p)).collect();
        let mut facts = Vec::new();
        for row in judged {
            let Some(into) = row.joined else { continue };
            let Some(mine) = staged.get(&row.subject).copied() else { continue };
            let theirs = match staged.get(&into) {
                Some(prepared) => Some(self.store.staged_stat_id(&self.vault, prepared)?),
                None => self.store.stat_id(&self.vault, into).await?,
            };
            if let Some(theirs) = theirs {
                let own = self.store.staged_stat_id(&self.vault, mine)?;
                facts.push(self.join_fact(own, theirs, import.registry, mine.counts_from(), now)?);
            }
        }
        Ok(facts)
    }

    pub(in super::super) fn join_fact(
        &self,
        own: StatId,
        into: StatId,
        registry: Registry,
        day: Option<chrono::NaiveDate>,
        now: Timestamp,
    ) -> Result<PreparedFact, AppError> {
        let told = self.told(own, registry, FactEvent::JoinedInto(into), now);
        let fact = Fact { day: day.unwrap_or(told.day), channel: Channel::Import, ..told };
        Ok(prepare_fact(&self.vault, &fact)?)
    }

    fn pairs(&self, judged: &[Judged]) -> Vec<PairFound> {
        let live = self.live();
        let persons: HashMap<SubjectId, _> = judged.iter().map(|j| (j.subject, j.person())).collect();
        judged
            .iter()
            .flat_map(|row| row.likenesses.iter().map(move |l| (row, l)))
            .filter_map(|(row, l)| {
                let theirs = live.index.person_of(l.subject).or_else(|| persons.get(&l.subject).copied())?;
                Some(PairFound {
                    left: (l.subject, theirs),
                    right: (row.subject, row.person()),
                    weight: l.weight,
                    probability: l.probability,
                    decision: decision_of(l.decision),
                    basis: PairBasis::Import,
                })
            })
            .collect()
    }
}

/// Why a person is not in a registry any more, where they are not. Who left another registry may come to this one; who died, to none. A standing
/// that a sheet left undecided hides no departure.
fn departure(view: &PersonView, registry: Registry) -> Option<ExitReason> {
    let exit =
        |row: &EnrolmentRow| if let EnrolmentStatus::Exited(reason) = row.status { Some((row.registry, row.since, reason)) } else { None };
    let exits: Vec<_> = view.enrolments().filter_map(exit).collect();
    if has_died(view) {
        return Some(ExitReason::Died);
    }
    let here = standings(view.enrolments()).into_iter().find(|(r, ..)| *r == registry)?;
    match here.1 {
        EnrolmentStatus::Exited(reason) => Some(reason),
        EnrolmentStatus::Undecided => {
            exits.into_iter().filter(|(r, ..)| *r == registry).max_by_key(|(_, since, _)| *since).map(|(.., reason)| reason)
        }
        _ => None,
    }
}

fn mark_in_use(row: &mut StagedRow) {
    mark(row, ProblemCode::IdInUse);
    row.outcome = RowOutcome::Review;
}

pub(super) fn mark(row: &mut StagedRow, code: ProblemCode) {
    let mut codes: Vec<&str> = row.problems.split(';').filter(|c| !c.is_empty()).collect();
    codes.push(code.code());
    codes.sort_unstable();
    codes.dedup();
    row.problems = codes.join(";");
}

fn is_barred(row: &StagedRow) -> bool {
    row.prepared.is_none() && row.problems.split(';').any(|code| code == ProblemCode::ErasedOnRequest.code())
}

fn totals(rows: &[StagedRow], judged: &[Judged]) -> Totals {
    let count = |outcome: RowOutcome| rows.iter().filter(|r| r.outcome == outcome).count() as u64;
    let known = judged.iter().filter(|j| j.known()).count() as u64;
    Totals {
        read: rows.len() as u64,
        accepted: count(RowOutcome::Accepted),
        review: count(RowOutcome::Review),
        refused: count(RowOutcome::Refused),
        skipped: count(RowOutcome::Skipped),
        new: judged.len() as u64 - known,
        known,
        to_compare: judged.iter().filter(|j| !j.likenesses.is_empty()).count() as u64,
    }
}

fn preview(import: &ImportRow, source: Guarded<ImportSource>, rows: &[StagedRow], totals: Totals) -> Preview {
    let mut counts: std::collections::BTreeMap<ProblemCode, (u64, bool)> = std::collections::BTreeMap::new();
    let mut listed = Vec::new();
    for row in rows {
        let codes: Vec<ProblemCode> = row.problems.split(';').filter_map(ProblemCode::from_code).collect();
        for code in &codes {
            let entry = counts.entry(*code).or_default();
            entry.0 += 1;
            entry.1 |= row.outcome == RowOutcome::Refused && codes.len() == 1;
        }
        if !codes.is_empty() {
            listed.push((u32::try_from(row.number).unwrap_or_default(), row.outcome.word(), codes));
        }
    }
    let mut problems: Vec<ProblemCount> =
        counts.into_iter().map(|(code, (rows, _))| ProblemCount { code, severity: code.severity(import.registry), rows }).collect();
    problems.sort_by(|a, b| b.rows.cmp(&a.rows).then(a.code.cmp(&b.code)));
    Preview {
        id: import.id,
        state: import.state,
        source,
        registry: import.registry,
        judged_on: import.judged_on.map(|d| d.0),
        totals,
        problems,
        rows: listed,
    }
}
