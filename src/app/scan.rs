//! The scan of the whole registry for duplicates, and the list of what was found.

use crate::domain::Compartment;
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, PairBasis, PairDecision, PairFound};

use super::review::decision_of;
use super::{Actor, App, AppError};

/// Pairs written in one transaction.
const BATCH: usize = 500;

/// What a scan found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct ScanTally {
    /// Pairs that are surely one person.
    pub same: u64,
    /// Pairs for a registrar.
    pub review: u64,
}

impl App {
    /// Compares everybody with everybody. Decides, never merges; what a registrar told apart is not looked at again.
    pub async fn scan(&self, actor: Actor, progress: &(dyn Fn(usize, usize) + Sync), now: Timestamp) -> Result<ScanTally, AppError> {
        actor.needs(Right::Review)?;
        // A process that can open nobody would find nobody twice, which is not the answer.
        if !self.vault.opens(Compartment::Identity) {
            return Err(AppError::Sealed("identity"));
        }
        self.catch_up().await?;
        let found: Vec<PairFound> = {
            let live = self.live();
            let person = |s: SubjectId| live.index.person_of(s);
            let apart = live.apart();
            live.index
                .scan(progress)
                .into_iter()
                .filter(|p| person(p.subject_l).zip(person(p.subject_r)).is_some_and(|both| !apart.contains(&both)))
                .filter_map(|p| {
                    Some(PairFound {
                        left: (p.subject_l, person(p.subject_l)?),
                        right: (p.subject_r, person(p.subject_r)?),
                        weight: p.weight,
                        probability: p.probability,
                        decision: decision_of(p.decision),
                        basis: PairBasis::Scan,
                    })
                })
                .collect()
        };
        for batch in found.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            tx.put_pairs(batch, now).await?;
            tx.commit().await?;
        }
        let count = |d: PairDecision| found.iter().filter(|f| f.decision == d).count() as u64;
        let tally = ScanTally { same: count(PairDecision::Same), review: count(PairDecision::Review) };
        let mut tx = self.store.begin().await?;
        let entry =
            AuditEntry::on(now, actor.staff(), "duplicates.scan", "registry", None).with("same", tally.same).with("review", tally.review);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(tally)
    }

    /// Every pair ever decided same or review, by the public ids the persons had when it was decided.
    ///
    /// As UTF-8 CSV: `person_l,person_r,match_probability,match_weight,decision`.
    pub async fn export_pairs(&self, actor: Actor) -> Result<Vec<u8>, AppError> {
        actor.needs(Right::Review)?;
        let mut out = csv::Writer::from_writer(Vec::new());
        let wrong = |_| AppError::Busy;
        out.write_record(["person_l", "person_r", "match_probability", "match_weight", "decision"]).map_err(wrong)?;
        for decision in [PairDecision::Same, PairDecision::Review] {
            let mut after = None;
            loop {
                let page = self.store.pairs(decision, after, 1_000).await?;
                let Some(last) = page.last() else { break };
                after = Some(last.id);
                let ids: Vec<PersonId> = page.iter().flat_map(|p| [p.person_l, p.person_r]).collect();
                let public = self.store.public_ids_of(&ids).await?;
                for pair in page {
                    if let (Some(l), Some(r)) = (public.get(&pair.person_l), public.get(&pair.person_r))
                        && l != r
                    {
                        let (p, w) = (format!("{:.6}", pair.probability), format!("{:.4}", pair.weight));
                        out.write_record([l.as_str(), r.as_str(), &p, &w, decision.word()]).map_err(wrong)?;
                    }
                }
            }
        }
        out.into_inner().map_err(|_| AppError::Busy)
    }
}
