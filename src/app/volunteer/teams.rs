//! Teams, entered and closed by whoever records of volunteers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::Guarded;
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::name::PersonName;
use crate::domain::person::Identity;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::domain::volunteer::Team;
use crate::domain::written;
use crate::store::{AuditEntry, PersonView, StoreError};

use super::super::people::standings;
use super::super::urgent::Once;
use super::super::{Actor, App, AppError};

/// The teams, as one setting: a handful, and nothing personal.
const SETTING: &str = "teams";
/// Most characters of a team's name.
const NAME: usize = 40;

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    teams: Vec<Team>,
}

fn stored(setting: Option<String>) -> Result<Stored, StoreError> {
    setting.map_or(Ok(Stored::default()), |text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged("setting")))
}

/// The name as last told.
pub(in crate::app) fn name_of(view: &PersonView) -> Option<Guarded<PersonName>> {
    let last = view.records().max_by_key(|r| (r.recorded_at, r.id)).and_then(|r| r.identity.as_ref());
    last.map(|identity: &Guarded<Identity>| identity.map(|i| i.name.clone()))
}

impl App {
    /// Every team ever entered, closed ones too, in the order of entry.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where what is stored cannot be read.
    pub async fn teams(&self) -> Result<Vec<Team>, AppError> {
        Ok(stored(self.store.setting(SETTING).await?)?.teams)
    }

    /// Enters a team.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn add_team(
        &self,
        actor: Actor,
        (name, town): (&str, Option<TownCode>),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Service)?;
        let input = |field, hint| AppError::Input { field, hint };
        let name = written::one_line(name, NAME).filter(|n| written::names_nobody(n));
        let name = name.ok_or(input("name", "give the team's name, at most 40 characters, without telephone or mail address"))?;
        if town.is_some_and(|town| self.towns.by_code(town).is_none()) {
            return Err(input("town", "choose a town of the branch, or none"));
        }
        let Some(tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let mut all = stored(tx.setting(SETTING).await?)?;
        if all.teams.iter().any(|t| t.name == name && t.closed.is_none()) {
            return Err(input("name", "there is a team of this name"));
        }
        let number = all.teams.iter().map(|t| t.number).max().unwrap_or(0) + 1;
        all.teams.push(Team { number, name, town, closed: None });
        let entry = AuditEntry::on(now, actor.staff(), "team.add", "team", None).with("number", number);
        self.put_teams(tx, actor, &all, &entry, once, now).await
    }

    /// Closes a team today: nobody joins it any more. Who was in it stays in its history.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is none that stands.
    pub async fn close_team(&self, actor: Actor, number: u32, once: &Once, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Service)?;
        let Some(tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let mut all = stored(tx.setting(SETTING).await?)?;
        let team = all.teams.iter_mut().find(|t| t.number == number && t.closed.is_none()).ok_or(AppError::Missing("team"))?;
        team.closed = Some(self.today(now));
        let entry = AuditEntry::on(now, actor.staff(), "team.close", "team", None).with("number", number);
        self.put_teams(tx, actor, &all, &entry, once, now).await
    }

    async fn put_teams(
        &self,
        mut tx: crate::store::Tx,
        actor: Actor,
        all: &Stored,
        entry: &AuditEntry,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let text = serde_json::to_string(all).map_err(|_| StoreError::Damaged("setting"))?;
        tx.put_setting(SETTING, &text).await?;
        tx.audit(entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// What was recorded of the people of a page, by person.
    pub(super) async fn facts_by_person(
        &self,
        views: &[PersonView],
    ) -> Result<BTreeMap<PersonId, Vec<crate::store::ServiceView>>, AppError> {
        let whose: BTreeMap<SubjectId, PersonId> = views.iter().flat_map(|v| v.subjects.iter().map(|s| (s.row.id, v.row.id))).collect();
        let subjects: Vec<SubjectId> = whose.keys().copied().collect();
        let mut out: BTreeMap<PersonId, Vec<crate::store::ServiceView>> = BTreeMap::new();
        for fact in self.store.service_of(&self.vault, &subjects).await? {
            if let Some(person) = whose.get(&fact.subject) {
                out.entry(*person).or_default().push(fact);
            }
        }
        Ok(out)
    }

    /// Whether a person's standing among the volunteers is one that may be contacted.
    pub(super) fn serves(view: &PersonView) -> bool {
        standings(view.enrolments()).into_iter().any(|(registry, status, _)| registry == Registry::Volunteer && status.may_contact())
    }
}
