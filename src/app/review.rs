//! Duplicates: the registrar's queue, the decision and its undoing.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;

use crate::domain::fact::{Fact, FactEvent};
use crate::domain::id::{PairId, PersonId, PublicId, SubjectId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::matching::linkage::{Decision, Judgement};
use crate::store::{AuditEntry, MembershipDecision, PairBasis, PairDecision, PairFound, PairRow, PersonView, Tx, prepare_fact};

use super::told::turn;
use super::{Actor, App, AppError};

/// Pairs that are counted and listed: those nearest to even odds, where there are more.
const QUEUE: u64 = 2_000;
/// Pairs that are put in order for the one to be decided next.
const NEXT: u64 = 400;
/// A pair that is all but certain still changes figures: the least it counts for, of 1 at even odds.
const CERTAIN: f64 = 0.05;

/// A pair waiting for a registrar.
#[derive(Debug, Clone)]
pub struct QueueItem {
    /// The pair.
    pub id: PairId,
    /// Public ids of the two persons as of now.
    pub left: PublicId,
    /// The other.
    pub right: PublicId,
    /// The probability that they are one person.
    pub probability: f64,
    /// What the program thinks.
    pub decision: PairDecision,
    /// Who found it.
    pub basis: PairBasis,
    /// What depends on it: standings that count, follow-ups planned and messages queued of the two.
    pub dependents: u64,
}

impl QueueItem {
    /// What a decision is worth: how open the pair is, times what depends on it. Even odds tell most; so does a person to whom mails go out.
    pub fn value(&self) -> f64 {
        let open = (4.0 * self.probability * (1.0 - self.probability)).max(CERTAIN);
        open * f64::from(u32::try_from(self.dependents).unwrap_or(u32::MAX).saturating_add(1))
    }
}

/// Two persons side by side.
#[derive(Debug)]
pub struct PairPage {
    /// The pair, with the version to give back.
    pub pair: PairRow,
    /// One person.
    pub left: PersonView,
    /// The other; none once they are one.
    pub right: Option<PersonView>,
    /// The weights behind the program's opinion, where both are in the index.
    pub judgement: Option<Judgement>,
}

/// A registrar's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One person: join them.
    Same,
    /// Two persons: never ask again.
    Different,
}

impl App {
    /// The queue, the pairs first whose decision is worth most ([`QueueItem::value`]).
    pub async fn queue(&self, actor: Actor) -> Result<Vec<QueueItem>, AppError> {
        self.ordered(actor, QUEUE).await
    }

    /// The head of the queue: of the pairs nearest to even odds, those first whose decision is worth most.
    pub async fn next_pairs(&self, actor: Actor) -> Result<Vec<QueueItem>, AppError> {
        self.ordered(actor, NEXT).await
    }

    async fn ordered(&self, actor: Actor, of: u64) -> Result<Vec<QueueItem>, AppError> {
        actor.needs(Right::Review)?;
        self.catch_up().await?;
        let pairs = self.open_pairs(of).await?;
        let ids: Vec<PersonId> = pairs.iter().flat_map(|(_, l, r)| [*l, *r]).collect::<HashSet<_>>().into_iter().collect();
        let public = self.store.public_ids_of(&ids).await?;
        let dependents = self.store.dependents_of(&ids).await?;
        let mut items: Vec<QueueItem> = pairs
            .into_iter()
            .filter_map(|(pair, l, r)| {
                let of = |p| dependents.get(&p).copied().unwrap_or_default();
                Some(QueueItem {
                    id: pair.id,
                    left: public.get(&l)?.clone(),
                    right: public.get(&r)?.clone(),
                    probability: pair.probability,
                    decision: pair.decision,
                    basis: pair.basis,
                    dependents: of(l) + of(r),
                })
            })
            .collect();
        items.sort_by(|a, b| b.value().total_cmp(&a.value()).then(b.probability.total_cmp(&a.probability)).then(a.id.cmp(&b.id)));
        Ok(items)
    }

    /// How many pairs wait in the queue, for the badge.
    pub async fn count_pairs(&self) -> Result<u64, AppError> {
        self.catch_up().await?;
        let seq = self.live().seq;
        if let Some((of, count)) = *self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
            && of == seq
        {
            return Ok(count);
        }
        let count = self.open_pairs(QUEUE).await?.len() as u64;
        *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some((seq, count));
        Ok(count)
    }

    /// The pairs nobody decided yet, with the two persons they would join: once for two persons, none of one person or of two told apart.
    async fn open_pairs(&self, at_most: u64) -> Result<Vec<(PairRow, PersonId, PersonId)>, AppError> {
        let pairs = self.store.open_pairs(at_most).await?;
        let subjects: Vec<SubjectId> = pairs.iter().flat_map(|p| [p.subject_l, p.subject_r]).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let apart = self.live().apart();
        let mut seen = HashSet::new();
        Ok(pairs
            .into_iter()
            .filter_map(|pair| {
                let (l, r) = (*persons.get(&pair.subject_l)?, *persons.get(&pair.subject_r)?);
                let key = if l <= r { (l, r) } else { (r, l) };
                (l != r && !apart.contains(&key) && seen.insert(key)).then_some((pair, l, r))
            })
            .collect())
    }

    /// Opens a pair side by side: a disclosure of both.
    pub async fn open_pair(&self, actor: Actor, id: PairId, now: Timestamp) -> Result<PairPage, AppError> {
        actor.needs(Right::Review)?;
        let pair = self.store.pair(id).await?.ok_or(AppError::Missing("pair"))?;
        let left = self.store.person_of(pair.subject_l).await?.ok_or(AppError::Missing("person"))?;
        let right = self.store.person_of(pair.subject_r).await?.ok_or(AppError::Missing("person"))?;
        let mut entry = AuditEntry::on(now, actor.staff(), "pair.open", "pair", Some(id.0));
        entry.ids = vec![left.0, right.0];
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        self.catch_up().await?;
        let judgement = self.live().index.compare(pair.subject_l, pair.subject_r);
        let left_view = self.store.person(&self.vault, left).await?.ok_or(AppError::Missing("person"))?;
        let right_view = if left == right { None } else { self.store.person(&self.vault, right).await? };
        Ok(PairPage { pair, left: left_view, right: right_view, judgement })
    }

    /// The public ids of the two persons of a pair as of now.
    pub async fn pair_names(&self, actor: Actor, id: PairId) -> Result<(PublicId, PublicId), AppError> {
        actor.needs(Right::Review)?;
        let pair = self.store.pair(id).await?.ok_or(AppError::Missing("pair"))?;
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&[pair.subject_l, pair.subject_r]).await?.into_iter().collect();
        let ids: Vec<PersonId> = persons.values().copied().collect();
        let public = self.store.public_ids_of(&ids).await?;
        let of = |s| persons.get(&s).and_then(|p| public.get(p)).cloned().ok_or(AppError::Missing("person"));
        Ok((of(pair.subject_l)?, of(pair.subject_r)?))
    }

    /// Decides a pair that was read at a row version.
    ///
    /// # Errors
    /// [`AppError::Stale`] where somebody decided it meanwhile.
    pub async fn decide(&self, actor: Actor, id: PairId, version: i64, verdict: Verdict, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Review)?;
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let pair = self.store.pair(id).await?.ok_or(AppError::Missing("pair"))?;
        let mut tx = self.store.begin().await?;
        let decision = match verdict {
            Verdict::Same => PairDecision::Same,
            Verdict::Different => PairDecision::Different,
        };
        tx.decide_pair(id, version, decision, by, now).await?;
        if verdict == Verdict::Same {
            let left = tx.person_of(pair.subject_l).await?.ok_or(AppError::Missing("person"))?;
            let right = tx.person_of(pair.subject_r).await?.ok_or(AppError::Missing("person"))?;
            if left != right {
                // The older person stays; ids are in order of creation.
                let (into, from, moved) = if left <= right { (left, right, pair.subject_r) } else { (right, left, pair.subject_l) };
                let stays = if moved == pair.subject_r { pair.subject_l } else { pair.subject_r };
                // Of two follow-ups for one occasion one is set aside; it comes back where this is undone.
                tx.merge(&self.vault, from, into, MembershipDecision::Merged, Some(by), now).await?;
                self.note_join(&mut tx, (moved, stays), Tie::Joined, turn([version]), now).await?;
                self.settle_joined(&mut tx, &[into], now).await?;
                self.end_matches_of_left(&mut tx, actor, into, now).await?;
            }
        }
        let entry = AuditEntry::on(now, Some(by), "pair.decide", "pair", Some(id.0)).with("decision", decision.word());
        tx.audit(&entry).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Undoes a registrar's decision: the two are exactly what they were, and what happened since stays with whom it happened to.
    pub async fn undo(&self, actor: Actor, id: PairId, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Review)?;
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let pair = self.store.pair(id).await?.ok_or(AppError::Missing("pair"))?;
        if pair.basis != PairBasis::Registrar {
            return Err(AppError::Stale);
        }
        let person = self.store.person_of(pair.subject_l).await?.ok_or(AppError::Missing("person"))?;
        // Read before the transaction: the facts are many.
        let told = match self.store.person(&self.vault, person).await? {
            Some(view) if pair.decision == PairDecision::Same => self.told_as_another(&view, now).await?,
            _ => Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        if pair.decision == PairDecision::Same && tx.person_of(pair.subject_r).await? == Some(person) {
            let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
            let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
            let moved = tx.merged_at(&subjects, pair.decided_at).await?;
            if moved.is_empty() {
                return Err(AppError::Stale);
            }
            let apart = tx.split(&self.vault, person, &moved, Some(by), now).await?;
            let (out, stays) =
                if moved.contains(&pair.subject_r) { (pair.subject_r, pair.subject_l) } else { (pair.subject_l, pair.subject_r) };
            self.note_join(&mut tx, (out, stays), Tie::Split, turn([pair.row_version]), now).await?;
            self.tell_own(&mut tx, (&view, &moved), &told, now).await?;
            self.settle_joined(&mut tx, &all_of(person, &apart), now).await?;
        }
        tx.decide_pair(id, pair.row_version, PairDecision::Review, by, now).await?;
        tx.audit(&AuditEntry::on(now, Some(by), "pair.undo", "pair", Some(id.0))).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Takes a registration out of a person it was joined to by the program.
    ///
    /// # Errors
    /// [`AppError::Missing`] where the person has no such registration, or no other.
    pub async fn take_out(&self, actor: Actor, person: &PublicId, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Review)?;
        let id = self.store.resolve(person).await?.ok_or(AppError::Missing("person"))?;
        // Read before the transaction: the facts are many.
        let told = match self.store.person(&self.vault, id).await? {
            Some(view) => self.told_as_another(&view, now).await?,
            None => Vec::new(),
        };
        let mut tx = self.store.begin().await?;
        let view = tx.person(&self.vault, id).await?.ok_or(AppError::Missing("person"))?;
        let others: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).filter(|s| *s != subject).collect();
        let (Some(stays), true) = (others.first().copied(), others.len() < view.subjects.len()) else {
            return Err(AppError::Missing("registration of this person"));
        };
        let moved = tx.split(&self.vault, id, &[subject], actor.staff(), now).await?;
        self.note_join(&mut tx, (subject, stays), Tie::Split, 0, now).await?;
        self.tell_own(&mut tx, (&view, &[subject]), &told, now).await?;
        self.settle_joined(&mut tx, &all_of(id, &moved), now).await?;
        let fresh = moved.first().map_or(id, |(_, person)| *person);
        tx.put_pairs(
            &[PairFound {
                left: (stays, id),
                right: (subject, fresh),
                weight: 0.0,
                probability: 0.0,
                decision: PairDecision::Different,
                basis: PairBasis::Registrar,
            }],
            now,
        )
        .await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "person.split", "subject", Some(subject.0))).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Notes in the statistics that two registrations are counted as one person from now on, or apart again.
    async fn note_join(
        &self,
        tx: &mut Tx,
        (own, other): (SubjectId, SubjectId),
        tie: Tie,
        turn: u16,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let (Some(own_id), Some(other_id)) = (self.store.stat_id(&self.vault, own).await?, self.store.stat_id(&self.vault, other).await?)
        else {
            return Ok(());
        };
        let registry = tx.standings(&self.vault, own).await?.first().map_or(Registry::Blood, |e| e.registry);
        let event = match tie {
            Tie::Joined => FactEvent::JoinedInto(other_id),
            Tie::Split => FactEvent::SplitFrom(other_id),
        };
        let fact = Fact { turn, ..self.told(own_id, registry, event, now) };
        tx.put_facts(vec![prepare_fact(&self.vault, &fact)?]).await?;
        Ok(())
    }
}

/// Whoever is concerned when registrations are taken out of a person, each once.
fn all_of(person: PersonId, apart: &[(SubjectId, PersonId)]) -> Vec<PersonId> {
    let mut persons: Vec<PersonId> = apart.iter().map(|(_, person)| *person).chain([person]).collect();
    persons.sort_unstable();
    persons.dedup();
    persons
}

/// Whether two registrations are counted as one from now on, or apart again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tie {
    Joined,
    Split,
}

pub(super) const fn decision_of(decision: Decision) -> PairDecision {
    match decision {
        Decision::Same => PairDecision::Same,
        Decision::Review => PairDecision::Review,
        Decision::Different => PairDecision::Different,
    }
}
