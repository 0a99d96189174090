//! Experiments: declared before their start, carried out while planning and sending, told once at their end.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::domain::Compartment;
use crate::domain::fact::FactEvent;
use crate::domain::id::{PersonId, StatId, SubjectId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Channel;
use crate::followup::compose::Texts;
use crate::followup::experiment::{Arm, Experiment, Outcome, Way, collide};
use crate::followup::plan::{MailReach, Plan, Planned};
use crate::followup::policy::{Policies, RuleId};
use crate::store::{AuditEntry, StoreError};

use super::super::answer::TOLD;
use super::super::{Actor, App, AppError};
use super::people::{CONFIRMS, Reachable};

/// An experiment of the folder of rules, with the digest of its file: what was declared is what is carried out.
#[derive(Debug, Clone)]
pub(in crate::app) struct Declared {
    pub(super) experiment: Experiment,
    digest: String,
}

/// What the registry remembers of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    digest: String,
    declared_on: NaiveDate,
    #[serde(default)]
    results: Option<Results>,
}

/// The results, told once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// When they were counted.
    pub counted_on: NaiveDate,
    /// By arm, in the order of the declaration: name, people, those with the outcome.
    pub arms: Vec<(String, u64, u64)>,
}

/// How an experiment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrialState {
    /// Declared; it has not begun.
    Declared,
    /// Nobody planned between its file and its first day: it is not carried out.
    TooLate,
    /// Its file was changed after it was declared: it is not carried out any more.
    Changed,
    /// It runs, or its last outcomes have their time; nothing is told meanwhile.
    Running,
    /// Told.
    Told(Results),
}

/// An experiment and how it stands.
#[derive(Debug, Clone)]
pub struct Trial {
    /// As declared.
    pub experiment: Experiment,
    /// How it stands.
    pub state: TrialState,
}

/// The experiments that are carried out on a day, and who has no part in them.
#[derive(Debug, Default)]
pub(super) struct Running {
    trials: Vec<Experiment>,
    /// Whom a patient matched: nothing is tried with them.
    left_alone: HashSet<PersonId>,
    /// The words of arms, by experiment and arm.
    words: HashMap<(String, String), Texts>,
}

fn setting_of(experiment: &Experiment) -> String {
    format!("experiment:{}", experiment.id)
}

fn read(setting: Option<String>) -> Result<Option<Remembered>, StoreError> {
    setting.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged("setting"))).transpose()
}

impl App {
    /// Every experiment of the folder of rules and how it stands.
    pub async fn trials(&self, actor: Actor, now: Timestamp) -> Result<Vec<Trial>, AppError> {
        actor.needs(Right::FollowUp)?;
        let today = self.today(now);
        let mut out = Vec::new();
        for declared in &self.experiments {
            let known = read(self.store.setting(&setting_of(&declared.experiment)).await?)?;
            let state = match known {
                None if today < declared.experiment.starts => TrialState::Declared,
                None => TrialState::TooLate,
                Some(known) if known.digest != declared.digest => TrialState::Changed,
                Some(Remembered { results: Some(results), .. }) => TrialState::Told(results),
                Some(_) if today < declared.experiment.starts => TrialState::Declared,
                Some(_) => TrialState::Running,
            };
            out.push(Trial { experiment: declared.experiment.clone(), state });
        }
        Ok(out)
    }

    /// Declares what has not begun, and tells what is over. Done with every planning.
    pub(super) async fn keep_experiments(&self, people: &HashMap<PersonId, Reachable>, now: Timestamp) -> Result<(), AppError> {
        let today = self.today(now);
        for declared in &self.experiments {
            let experiment = &declared.experiment;
            let setting = setting_of(experiment);
            let known = read(self.store.setting(&setting).await?)?;
            let (fresh, action) = match known {
                None if today < experiment.starts => {
                    (Remembered { digest: declared.digest.clone(), declared_on: today, results: None }, "experiment.declare")
                }
                Some(known) if known.results.is_none() && known.digest == declared.digest && today >= experiment.told_from() => {
                    let results = self.count_results(experiment, people, today).await?;
                    (Remembered { results: Some(results), ..known }, "experiment.results")
                }
                _ => continue,
            };
            let text = serde_json::to_string(&fresh).map_err(|_| StoreError::Damaged("setting"))?;
            let mut tx = self.store.begin().await?;
            tx.put_setting(&setting, &text).await?;
            tx.audit(&AuditEntry::on(now, None, action, "experiment", None).with("id", &experiment.id)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// What is carried out: declared in time, unchanged, and not told yet.
    pub(super) async fn running(&self, people: &HashMap<PersonId, Reachable>) -> Result<Running, AppError> {
        let mut running = Running::default();
        for declared in &self.experiments {
            let known = read(self.store.setting(&setting_of(&declared.experiment)).await?)?;
            let carried =
                known.is_some_and(|k| k.digest == declared.digest && k.declared_on < declared.experiment.starts && k.results.is_none());
            if carried {
                running.trials.push(declared.experiment.clone());
            }
        }
        if running.trials.is_empty() {
            return Ok(running);
        }
        running.left_alone = self.matched_people(people).await?;
        for trial in &running.trials {
            let kinds: Vec<_> = trial.rules.iter().filter_map(|id| Some(self.policies.on(trial.starts).ok()?.rule(id)?.kind)).collect();
            for arm in &trial.arms {
                if let Way::Words(zh, en) = &arm.way {
                    let texts = Texts::with_words(self.config.mail_texts.as_deref(), &kinds, zh, en)?;
                    running.words.insert((trial.id.clone(), arm.name.clone()), texts);
                }
            }
        }
        Ok(running)
    }

    /// The arm of a person for a contact; none where no experiment covers it, or nothing is tried with the person.
    pub(super) fn arm<'a>(
        &self,
        running: &'a Running,
        rule: &RuleId,
        occurrence: NaiveDate,
        person: PersonId,
    ) -> Option<(&'a Experiment, &'a Arm)> {
        if running.left_alone.contains(&person) {
            return None;
        }
        let trial = running.trials.iter().find(|trial| trial.covers(rule, occurrence))?;
        Some((trial, trial.arm_of(person, &*self.vault)))
    }

    /// Gives every planned contact the channel of its arm, and takes those out that are held out: they are answered, to be kept with their
    /// reason.
    pub(super) fn carry_out(&self, running: &Running, plan: &mut Plan, people: &HashMap<PersonId, Reachable>) -> Vec<Planned> {
        if running.trials.is_empty() {
            return Vec::new();
        }
        let mut held_out = Vec::new();
        plan.planned.retain_mut(|planned| {
            let Some((_, arm)) = self.arm(running, &planned.rule, planned.occurrence, planned.person) else { return true };
            let reach = people.get(&planned.person).map(Reachable::reach).unwrap_or_default();
            match &arm.way {
                Way::Nothing => {
                    held_out.push(planned.clone());
                    return false;
                }
                Way::By(Channel::Phone) if reach.phone => planned.channel = Channel::Phone,
                Way::By(Channel::Mail) if reach.mail != MailReach::None => planned.channel = Channel::Mail,
                Way::By(_) | Way::Usual | Way::Words(..) | Way::Hours(..) => {}
            }
            true
        });
        held_out
    }

    /// People on the stem-cell file whom a patient matched at any time; everybody on it where this process cannot know.
    async fn matched_people(&self, people: &HashMap<PersonId, Reachable>) -> Result<HashSet<PersonId>, AppError> {
        let on_file = || people.values().filter(|p| p.plans.iter().any(|plan| plan.registry == Registry::StemCell));
        if !self.vault.opens(Compartment::Statistics) {
            return Ok(on_file().map(|p| p.person).collect());
        }
        let mut matched: HashSet<StatId> = HashSet::new();
        self.store
            .facts(&self.vault, |fact| {
                if matches!(fact.event, FactEvent::Match(..)) {
                    matched.insert(fact.stat_id);
                }
            })
            .await?;
        let mut out = HashSet::new();
        if matched.is_empty() {
            return Ok(out);
        }
        for person in on_file() {
            for subject in &person.subjects {
                if self.store.stat_id(&self.vault, *subject).await?.is_some_and(|id| matched.contains(&id)) {
                    out.insert(person.person);
                }
            }
        }
        Ok(out)
    }

    /// Counts what came of an experiment, everybody in the arm they were drawn into, whatever was done (intention to treat). Of several
    /// contacts with one person the first counts.
    async fn count_results(
        &self,
        experiment: &Experiment,
        people: &HashMap<PersonId, Reachable>,
        today: NaiveDate,
    ) -> Result<Results, AppError> {
        let owners: HashMap<SubjectId, PersonId> = people.values().flat_map(|p| p.subjects.iter().map(|s| (*s, p.person))).collect();
        let left_alone = self.matched_people(people).await?;
        let rules: Vec<&str> = experiment.rules.iter().map(RuleId::as_str).collect();
        let mut first: BTreeMap<PersonId, NaiveDate> = BTreeMap::new();
        for row in self.store.tasks_by_rules(&rules, experiment.starts, experiment.ends).await? {
            let Some(person) = owners.get(&row.subject_id).filter(|person| !left_alone.contains(person)) else { continue };
            let due = first.entry(*person).or_insert(row.due_on.0);
            *due = (*due).min(row.due_on.0);
        }
        let mut came: HashMap<PersonId, Vec<NaiveDate>> = HashMap::new();
        match experiment.outcome {
            Outcome::Answered => {
                for (subject, at) in self.store.answers_since(Timestamp(0), &[CONFIRMS.as_slice(), &[TOLD]].concat()).await? {
                    if let Some(person) = owners.get(&subject) {
                        came.entry(*person).or_default().push(self.today(at));
                    }
                }
            }
            Outcome::Donated => {
                for person in people.values() {
                    let days = person.plans.iter().filter_map(|plan| plan.anchors.last_donation);
                    came.entry(person.person).or_default().extend(days);
                }
            }
        }
        let mut arms: Vec<(String, u64, u64)> = experiment.arms.iter().map(|arm| (arm.name.clone(), 0, 0)).collect();
        for (person, due) in first {
            let until = due.checked_add_days(Days::new(u64::from(experiment.within_days))).unwrap_or(due);
            let hit = came.get(&person).is_some_and(|days| days.iter().any(|day| (due..=until).contains(day)));
            let arm = experiment.arm_of(person, &*self.vault);
            if let Some(counted) = arms.iter_mut().find(|(name, _, _)| *name == arm.name) {
                counted.1 += 1;
                counted.2 += u64::from(hit);
            }
        }
        Ok(Results { counted_on: today, arms })
    }
}

impl Running {
    /// The words of an arm, where it has its own.
    pub(super) fn words(&self, (trial, arm): (&Experiment, &Arm)) -> Option<&Texts> {
        self.words.get(&(trial.id.clone(), arm.name.clone()))
    }
}

/// The office's experiments: every `experiment*.toml` of the folder of rules.
///
/// # Errors
/// [`AppError::Input`] where a file cannot be read, two collide or bear one id; else what is wrong in a file, by field.
pub(in crate::app) fn experiments(folder: Option<&Path>, policies: &Policies) -> Result<Vec<Declared>, AppError> {
    let Some(folder) = folder else { return Ok(Vec::new()) };
    let unreadable = || AppError::Input { field: "rules", hint: "the folder or an experiment*.toml in it cannot be read as UTF-8 text" };
    let mut found: Vec<Declared> = Vec::new();
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|_| unreadable())? {
        let path = entry.map_err(|_| unreadable())?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with("experiment") && name.ends_with(".toml") {
            paths.push((name, path));
        }
    }
    paths.sort();
    for (name, path) in paths {
        let text = std::fs::read_to_string(&path).map_err(|_| unreadable())?;
        let experiment = Experiment::from_toml(&name, &text, policies)?;
        if found.iter().any(|other| other.experiment.id == experiment.id || collide(&other.experiment, &experiment)) {
            return Err(AppError::Input {
                field: "rules",
                hint: "two experiments bear one id, or touch one rule at one time: nobody could tell them apart",
            });
        }
        let digest = crate::vault::chain::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        found.push(Declared { experiment, digest });
    }
    Ok(found)
}
