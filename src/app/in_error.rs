//! 录入有误: an exit, a death or an enrolment that was entered in error, taken back by a further act that names it. Nothing is deleted; the
//! registration stands as before, and the statistics are told by a further fact.

mod again;
mod facts;
mod page;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use uuid::Uuid;

use crate::domain::consent::Purpose;
use crate::domain::correction;
use crate::domain::id::{MatterId, PublicId, SubjectId};
use crate::domain::in_error::{Around, Back, Beside, Entered, InErrorWhy};
use crate::domain::outside::{NotNow, OutsideAct, OutsideSystem};
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::sample::{self, Phase};
use crate::domain::time::Timestamp;
use crate::store::{
    AuditEntry, Begun, CorrectionRow, EnrolmentRow, MatterKind, MatterRow, PersonView, StandingAct, StandingMove, StandingStepRow,
    StepDraft, Tx, prepare_fact,
};

use super::people::standings;
use super::urgent::Once;
use super::{Actor, App, AppError};

pub use page::{InErrorLine, InErrorPage, Restored, TakenBackLine};

/// The line of the correction list that asks a registrar for a standing: nobody else would look for whoever is undecided. It hangs on the record of
/// that registry; where the registration has none, it names the registry.
fn status_asked(view: &PersonView, row: &EnrolmentRow, now: Timestamp) -> Option<CorrectionRow> {
    let records = || view.records().filter(|record| record.subject == row.subject_id);
    let (record, field) = match records().filter(|record| record.registry == row.registry).last() {
        Some(record) => (record, correction::STANDING.to_owned()),
        None => (records().last()?, correction::standing_in(row.registry)),
    };
    Some(CorrectionRow::asks((row.subject_id, record.id), &field, ProblemCode::MissingStatus, now))
}

/// One act, as it was kept: the registrations it changed, and those it was only told of.
struct Act {
    id: Uuid,
    rows: Vec<StandingStepRow>,
    undone: bool,
    /// They have said themselves since that they are no longer willing, of a registry that it took them out of.
    own_word: bool,
}

/// What an act is, and what taking it back would do.
struct Weighed {
    of: Entered,
    /// Each registry it changed, and what becomes of the registrations there.
    back: BTreeMap<Registry, Result<Back, NotNow>>,
    /// Where the person would stand with the registrations as before.
    stands: BTreeMap<Registry, EnrolmentStatus>,
    /// Other systems that would not have to be told any more.
    outside: BTreeSet<OutsideSystem>,
    /// The sample whose acceptance it was.
    sample: Option<MatterRow>,
}

impl Act {
    fn first(&self) -> Option<&StandingStepRow> {
        self.rows.first()
    }

    /// The registrations whose standing it changed.
    fn changed(&self) -> impl Iterator<Item = &StandingStepRow> {
        self.rows.iter().filter(|row| row.status != row.before_status)
    }
}

/// What acts there were, oldest first, without those that took one back.
fn acts(steps: &[StandingStepRow]) -> Vec<Act> {
    let undone: HashSet<Uuid> = steps.iter().filter_map(|row| row.undoes).collect();
    let mut acts: Vec<Act> = Vec::new();
    for row in steps.iter().filter(|row| row.is_entered()) {
        match acts.iter_mut().find(|act| act.id == row.act_id) {
            Some(act) => act.rows.push(row.clone()),
            None => acts.push(Act { id: row.act_id, rows: vec![row.clone()], undone: undone.contains(&row.act_id), own_word: false }),
        }
    }
    for act in &mut acts {
        let left = |word: &StandingStepRow| act.changed().any(|row| row.registry == word.registry && row.at <= word.at);
        act.own_word = steps.iter().any(|word| word.beside() == Some(Beside::OwnWord) && left(word));
    }
    acts
}

/// Whether everything stands as an act left it.
fn stands(act: &Act, view: &PersonView) -> bool {
    let rows: HashMap<_, &EnrolmentRow> = view.enrolments().map(|row| (row.id, row)).collect();
    let same = |kept: &StandingStepRow| {
        rows.get(&kept.enrolment_id).is_some_and(|row| row.row_version == kept.version && row.status == kept.status)
    };
    let now = standings(view.enrolments());
    let here = |kept: &StandingStepRow| now.iter().any(|(registry, status, _)| *registry == kept.registry && *status == kept.status);
    act.rows.iter().all(same) && act.changed().all(here)
}

/// The registrations that an act changed, as they stood before it.
fn as_before(act: &Act, view: &PersonView) -> Vec<EnrolmentRow> {
    let before = |kept: &StandingStepRow| {
        let row = view.enrolments().find(|row| row.id == kept.enrolment_id)?;
        let (status, since, row_version) = (kept.before_status, kept.before_since, row.row_version + 1);
        Some(EnrolmentRow { status, since, row_version, ..row.clone() })
    };
    act.changed().filter_map(before).collect()
}

impl App {
    /// Keeps an exit or an enrolment by hand with the standings before it, so that it can be named where it was entered in error.
    pub(super) async fn keep_act(
        &self,
        tx: &mut Tx,
        actor: Actor,
        left: Vec<EnrolmentRow>,
        status: EnrolmentStatus,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let moves: Vec<StandingMove> = left.into_iter().map(|before| StandingMove { before, status }).collect();
        Ok(tx.put_standing_act(&self.vault, &moves, StandingAct::entered(actor.staff(), now)).await?)
    }

    /// Whether the enrolment by one of some samples stands, so that it can be named as entered in error.
    pub(super) async fn enrolled_by(&self, view: &PersonView, samples: &[&MatterRow]) -> Result<bool, AppError> {
        let acts = acts(&self.steps_of(view).await?);
        let by = |act: &Act| {
            let at = act.first().map(|first| first.at);
            samples.iter().any(|sample| sample.phase == Phase::Accepted.word() && sample.closed_at.is_some() && sample.closed_at == at)
        };
        Ok(acts.iter().any(|act| !act.undone && by(act) && stands(act, view)))
    }

    async fn steps_of(&self, view: &PersonView) -> Result<Vec<StandingStepRow>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        Ok(self.store.standing_steps(&self.vault, &subjects).await?)
    }

    /// Takes back an exit, a death or an enrolment that was entered in error. Answers how many places in shifts to come that it had
    /// cancelled are not given back, since the shift is full or was dropped meanwhile.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason; [`AppError::Missing`] where there is no such act; nothing is changed.
    pub async fn take_back_standing(
        &self,
        actor: Actor,
        id: &PublicId,
        (act, why): (Uuid, InErrorWhy),
        once: &Once,
        now: Timestamp,
    ) -> Result<usize, AppError> {
        actor.needs(Right::TakeBack)?;
        if let Begun::Repeated { .. } = self.store.seen_request(&once.key, actor.key_owner(), &once.fingerprint).await? {
            return Ok(0);
        }
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        // The facts are opened before the transaction: they are many, and none of them ever changes.
        let (_, view) = self.whole(id).await?;
        let found = self.act_of(&view, act).await?;
        self.allowed(actor, &view, &found, now).await?;
        let wrong = self.wrong_facts(&view, &found, now).await?;

        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(0) };
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let act = self.act_of(&view, act).await?;
        let (weighed, backs) = self.allowed(actor, &view, &act, now).await?;
        let first = act.first().ok_or(AppError::Missing("act"))?;
        self.restore_standings(&mut tx, actor, &view, (&act, &backs), why, now).await?;
        let mut facts = Vec::new();
        for fact in wrong.facts() {
            facts.push(prepare_fact(&self.vault, &self.taking_back(fact, now))?);
        }
        for told in &wrong.behind {
            facts.push(prepare_fact(&self.vault, &told.own)?);
        }
        for fact in wrong.act.iter().filter(|fact| backs.get(&fact.registry) == Some(&Back::Undecided)) {
            let undecided = self.left_fact(&view, fact.stat_id, (fact.registry, EnrolmentStatus::Undecided), self.today(now), now);
            facts.push(prepare_fact(&self.vault, &undecided)?);
        }
        tx.put_facts(facts).await?;
        // What staff had taken on goes on; not where a registrar has to decide first, since nobody is contacted until then.
        if !backs.values().any(|back| *back == Back::Undecided) {
            let all: Vec<SubjectId> = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).map(|s| s.row.id).collect();
            tx.restore_exited(&self.vault, person, &all, first.at).await?;
        }
        let lost = self.restore_ended(&mut tx, actor, &view, (&act, &backs, &weighed.stands), now).await?;
        let subjects: Vec<SubjectId> = act.changed().map(|row| row.subject_id).collect();
        let day = (self.today(now), actor.staff(), now);
        tx.outside_taken_back(&self.vault, &subjects, first.at, day).await?;
        if weighed.of == Entered::Exit(ExitReason::Withdrew) {
            for row in act.changed() {
                let purposes = Purpose::ends_with(row.registry);
                tx.restore_consents(&self.vault, row.subject_id, &purposes, first.at, now).await?;
            }
        }
        if let Some(sample) = weighed.sample {
            let words = (sample::IN_ERROR, None);
            let step = StepDraft::of(&self.vault, sample.id, words, self.today(now), (actor.staff(), now), None)?;
            tx.step_matter(&self.vault, (sample.id, sample.row_version), Phase::Sent.word(), (None, false), step).await?;
        }
        let mut entry = AuditEntry::on(now, actor.staff(), "person.in-error", "person", Some(person.0))
            .with("why", why.word())
            .with("registries", backs.len());
        entry.ids = vec![act.id];
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await?;
        self.drop_untrue(person, now).await?;
        Ok(lost)
    }

    /// Sets every registration back and keeps that as an act of its own.
    async fn restore_standings(
        &self,
        tx: &mut Tx,
        actor: Actor,
        view: &PersonView,
        (act, backs): (&Act, &BTreeMap<Registry, Back>),
        why: InErrorWhy,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let mut moves = Vec::with_capacity(act.rows.len());
        let mut asked = Vec::new();
        for kept in &act.rows {
            let row = view.enrolments().find(|row| row.id == kept.enrolment_id).ok_or(AppError::Stale)?;
            let back = backs.get(&kept.registry).filter(|_| kept.status != kept.before_status);
            let (status, since) = match back {
                Some(Back::AsBefore) => (kept.before_status, kept.before_since.0),
                Some(Back::Undecided) => (EnrolmentStatus::Undecided, self.today(now)),
                None => (kept.status, row.since.0),
            };
            if status != row.status {
                tx.set_standing(&self.vault, row.id, row.row_version, status, since, now).await?;
            }
            if status == EnrolmentStatus::Undecided && status != row.status {
                asked.extend(status_asked(view, row, now));
            }
            moves.push(StandingMove { before: row.clone(), status });
        }
        tx.put_corrections(asked).await?;
        let death = act.first().is_some_and(|row| row.death);
        if death {
            moves.extend(self.joined_to_the_dead(view, act).await?);
        }
        let undo = StandingAct { death, undoes: Some((act.id, why)), ..StandingAct::entered(actor.staff(), now) };
        tx.put_standing_act(&self.vault, &moves, undo).await?;
        // A sheet that had been left, since the person had gone, may count now.
        self.settle_joined(tx, &[view.row.id], now).await
    }

    /// The registrations that an act is not about, and that share what was told of the death since they were joined to those it is about: its
    /// taking back is kept with them, so that nobody counts as dead for it who is taken apart again. What was told of them by another act stands.
    async fn joined_to_the_dead(&self, view: &PersonView, act: &Act) -> Result<Vec<StandingMove>, AppError> {
        let steps = self.steps_of(view).await?;
        let told: Vec<Act> = acts(&steps).into_iter().filter(|other| other.first().is_some_and(|row| row.death) && !other.undone).collect();
        let named = |row: &EnrolmentRow| told.iter().flat_map(|other| &other.rows).any(|kept| kept.subject_id == row.subject_id);
        let alive = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).flat_map(|s| &s.enrolments);
        let joined = alive.filter(|row| !act.rows.iter().any(|kept| kept.enrolment_id == row.id) && !named(row));
        Ok(joined.map(|row| StandingMove { before: row.clone(), status: row.status }).collect())
    }

    async fn act_of(&self, view: &PersonView, id: Uuid) -> Result<Act, AppError> {
        acts(&self.steps_of(view).await?).into_iter().find(|act| act.id == id).ok_or(AppError::Missing("act"))
    }

    /// What becomes of each registry that an act changed, where all of it may be taken back.
    async fn allowed(
        &self,
        actor: Actor,
        view: &PersonView,
        act: &Act,
        now: Timestamp,
    ) -> Result<(Weighed, BTreeMap<Registry, Back>), AppError> {
        let weighed = self.weigh(actor, view, act, now).await?;
        let mut backs = BTreeMap::new();
        for (registry, back) in &weighed.back {
            backs.insert(*registry, (*back)?);
        }
        Ok((weighed, backs))
    }

    async fn weigh(&self, actor: Actor, view: &PersonView, act: &Act, now: Timestamp) -> Result<Weighed, AppError> {
        let first = act.first().ok_or(AppError::Missing("act"))?;
        let of = match (first.death, act.changed().next().map_or(first.status, |row| row.status)) {
            (true, _) => Entered::Death,
            (false, EnrolmentStatus::Exited(reason)) => Entered::Exit(reason),
            (false, _) => Entered::Enrolment,
        };
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let matters = self.store.matters_of(&self.vault, &subjects).await?;
        let of_kind = |kind: MatterKind| matters.iter().filter(move |m| m.kind == kind);
        let changed: Vec<SubjectId> = act.changed().map(|row| row.subject_id).collect();
        let (told, outside) = self.told_elsewhere(&changed, first.at).await?;
        let own = actor.staff().is_some() && first.by_staff == actor.staff() && self.today(first.at) == self.today(now);
        let dead = match of {
            // A death that was told again for a registration that came in since has to be taken back first.
            Entered::Death => {
                let died = EnrolmentStatus::Exited(ExitReason::Died);
                view.enrolments().any(|row| row.status == died && !act.rows.iter().any(|kept| kept.enrolment_id == row.id))
            }
            _ => self.is_dead(view).await?,
        };
        let accepted = |m: &&MatterRow| m.closed_at == Some(first.at) && m.phase == Phase::Accepted.word();
        let sample = of_kind(MatterKind::Sample).find(accepted).filter(|_| of == Entered::Enrolment).cloned();
        let later = |m: &MatterRow| {
            let counts = ![Phase::Rejected, Phase::Dropped, Phase::Released].iter().any(|phase| phase.word() == m.phase);
            counts && sample.as_ref().is_some_and(|this| m.id != this.id && m.opened_at >= this.opened_at)
        };
        let mut family_cared_for = false;
        let notices: Vec<MatterId> = of_kind(MatterKind::Death).filter(|_| of == Entered::Death).map(|m| m.id).collect();
        for notice in notices {
            family_cared_for |= self.care_is_open(notice).await?;
        }
        let around = Around {
            undone: act.undone,
            overtaken: !stands(act, view) || of_kind(MatterKind::Sample).any(later),
            not_theirs: !own && actor.needs(Right::TakeBackAny).is_err(),
            dead,
            told_outside: false,
            another_counts: false,
            match_ended: of_kind(MatterKind::Match).any(|m| m.closed_at == Some(first.at)),
            match_open: of_kind(MatterKind::Match).any(|m| m.closed_at.is_none()),
            notice: of_kind(MatterKind::Death).any(|m| m.closed_at.is_none() || m.happened_at.is_some()),
            family_cared_for,
            of_age: first.registry == Registry::StemCell && self.is_past_age(view, now),
            own_word: act.own_word,
        };
        // Whom a registrar joined can be taken apart again, and each is who they were: what was entered is simply taken back.
        let (restored, by_hand) = self.standings_with(view, &as_before(act, view)).await?;
        let another_counts = |registry: Registry| {
            let mut promised = act.changed().filter(|row| row.registry == registry).map(|row| row.before_status).peekable();
            let stands = restored.iter().find(|(of, ..)| *of == registry).map(|(_, status, _)| *status);
            !by_hand && promised.peek().is_some() && !promised.any(|status| stands == Some(status))
        };
        let mut back: BTreeMap<Registry, Result<Back, NotNow>> = BTreeMap::new();
        // A death of who had left everywhere before changed no registry, and is taken back all the same.
        for row in act.changed().chain(act.first().filter(|row| row.death)) {
            let told_outside = told.iter().any(|system| system.registry() == row.registry);
            let another_counts = another_counts(row.registry);
            back.insert(row.registry, of.taken_back(&Around { told_outside, another_counts, ..around }));
        }
        let stands = restored.iter().map(|(registry, status, _)| (*registry, *status)).collect();
        Ok(Weighed { of, back, stands, outside, sample })
    }

    /// Of the systems that an exit was to be told to: those that were told, and those that nobody has seen to.
    async fn told_elsewhere(
        &self,
        subjects: &[SubjectId],
        left_at: Timestamp,
    ) -> Result<(BTreeSet<OutsideSystem>, BTreeSet<OutsideSystem>), AppError> {
        let (mut told, mut waiting) = (BTreeSet::new(), BTreeSet::new());
        let rows = self.store.outside_of(&self.vault, subjects).await?;
        let ids: Vec<_> = rows.iter().map(|view| view.row.id).collect();
        let steps = self.store.outside_steps(&self.vault, &ids).await?;
        for view in rows {
            let mut after = steps.iter().map(|(step, _)| step).filter(|step| step.outside_id == view.row.id);
            if after.by_ref().any(|step| step.act == OutsideAct::Leave && step.at == left_at) {
                let seen_to = after.any(|step| step.act == OutsideAct::Done);
                let systems = if seen_to { &mut told } else { &mut waiting };
                systems.insert(view.row.system);
            }
        }
        Ok((told, waiting))
    }
}
