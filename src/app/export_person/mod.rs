//! A copy of everything about one person (个人信息保护法, article 45): as JSON for another program, and as lines for a page. Both are made from
//! one value, so that neither holds what the other lacks. What is done about a person is in `matters`, what is said and sent in `contact`;
//! `tables` says of every table whether the copy holds it, or why not.

mod contact;
mod matters;
#[cfg(test)]
mod tables;

use serde_json::{Map, Value, json};
use zeroize::Zeroize;

use crate::domain::Guarded;
use crate::domain::death::Death;
use crate::domain::id::{PersonId, PublicId, SubjectId};
use crate::domain::leaving::{Leaving, LeavingTold};
use crate::domain::rights::RightsAnswer;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::volunteer::ServiceFact;
use crate::store::{AuditEntry, HealthView, LeavingView, PersonView, ServiceView, ToldView};

use super::account::hex;
use super::people::standings;
use super::rights::{answer_of, asker_of};
use super::{Actor, App, AppError};

/// Follow-ups and requests listed at most; a person has a handful a year.
const LISTED: usize = 1_000;

/// The parts of a copy, in their order.
pub const PARTS: [&str; 22] = [
    "registrations",
    "standings",
    "leaving",
    "death",
    "consents",
    "health",
    "service",
    "told",
    "shifts",
    "numbers",
    "elsewhere",
    "samples",
    "matches",
    "notices",
    "corrections",
    "contacts",
    "mails",
    "answers",
    "holds",
    "again",
    "requests",
    "openings",
];

/// A part of the copy.
#[derive(Debug)]
pub struct CopyPart {
    /// Its key, one of [`PARTS`].
    pub key: &'static str,
    /// Entries of the part, each with the path of every value and the value.
    pub entries: Vec<Vec<(String, Guarded<String>)>>,
}

/// Everything about one person.
#[derive(Debug)]
pub struct PersonCopy {
    /// The public id.
    pub person: PublicId,
    /// Readable.
    pub parts: Vec<CopyPart>,
    /// For another program.
    pub json: Guarded<Vec<u8>>,
}

impl App {
    /// A copy of everything about a person: logged before the first byte is handed out.
    pub async fn copy_of_person(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<PersonCopy, AppError> {
        actor.needs(Right::People)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        self.needs_access(actor, person, now).await?;
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "person.copy", "person", Some(person.0))).await?;
        tx.commit().await?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let health = self.store.health_of(&self.vault, &subjects).await?;
        let service = self.store.service_of(&self.vault, &subjects).await?;
        let told = self.store.told_of(&self.vault, &subjects).await?;
        let parts = [
            self.registrations(&view),
            [standings_of(&view), self.standing_acts(&subjects).await?].concat(),
            self.leavings_told(&subjects).await?,
            self.death_told(&view).await?,
            self.consents_of(&view).await?,
            self.health_facts_of(&health),
            self.service_facts_of(&service).await?,
            self.told_facts_of(&told),
            self.shifts_with(&subjects).await?,
            self.numbers_of(&view).await?,
            self.steps_elsewhere(&subjects).await?,
            self.samples_of(&subjects).await?,
            self.matches_of(&subjects).await?,
            self.notices_of(&subjects).await?,
            self.kept_aside_of(&subjects).await?,
            self.contacts_with(person).await?,
            self.mails_to(&subjects).await?,
            self.said_by(&subjects).await?,
            self.holds_on(&subjects).await?,
            self.allowed_again(&subjects).await?,
            self.requests_of(person).await?,
            self.disclosures_of(person).await?,
        ];
        let mut whole = Map::new();
        whole.insert("person".to_owned(), json!(view.row.public_id.to_string()));
        whole.insert("made_at".to_owned(), json!(now.utc().to_rfc3339()));
        let mut readable = Vec::new();
        for (key, entries) in PARTS.into_iter().zip(parts) {
            let lines = entries.iter().map(|entry| {
                let mut lines = Vec::new();
                flatten(entry, String::new(), &mut lines);
                lines
            });
            readable.push(CopyPart { key, entries: lines.collect() });
            whole.insert(key.to_owned(), Value::Array(entries));
        }
        let mut whole = Value::Object(whole);
        let json = Guarded::new(serde_json::to_vec_pretty(&whole).map_err(|_| AppError::Missing("person"))?);
        forget(&mut whole);
        Ok(PersonCopy { person: view.row.public_id, parts: readable, json })
    }

    fn moment(&self, at: Timestamp) -> String {
        at.utc().with_timezone(&self.config.zone).to_rfc3339()
    }

    fn registrations(&self, view: &PersonView) -> Vec<Value> {
        let entry = |record: &crate::store::RecordView| {
            json!({
                "registry": record.registry.word(),
                "recorded_at": self.moment(record.recorded_at),
                "told_on": record.told_on.map(|d| d.0),
                "from_import": record.import_row.is_some(),
                "identity": record.identity.as_ref().map(|v| v.reveal().clone()),
                "contact": record.contact.as_ref().map(|v| v.reveal().clone()),
                "health": record.health.as_ref().map(|v| v.reveal().clone()),
                "details": record.details.as_ref().map(|v| v.reveal().clone()),
            })
        };
        view.records().map(entry).collect()
    }

    /// Everything that was told of leaving.
    async fn leavings_told(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let told = self.store.leavings_of(&self.vault, subjects).await?;
        let entry = |view: &LeavingView| {
            let LeavingTold { registry, exit, day, told, evidence } = Leaving::told(&view.fact);
            json!({
                "registry": registry.word(),
                "status": exit.word(),
                "day": day,
                "channel": told.map(|(channel, _)| channel.word()),
                "told_by": told.map(|(_, by)| by.word()),
                "proof": evidence.map(|evidence| evidence.word()),
                "note": Leaving::note(&view.fact).map(|note| note.reveal().clone()),
            })
        };
        Ok(told.iter().map(entry).collect())
    }

    async fn death_told(&self, view: &PersonView) -> Result<Vec<Value>, AppError> {
        let death = self.death_of(view).await?;
        Ok(death.iter().map(Death::told).map(|(day, by)| json!({ "day": day, "told_by": by.word() })).collect())
    }

    async fn consents_of(&self, view: &PersonView) -> Result<Vec<Value>, AppError> {
        let mut entries = Vec::new();
        for row in view.subjects.iter().flat_map(|s| &s.consents) {
            let witness = self.store.consent_witness(&self.vault, row).await?;
            entries.push(json!({
                "purpose": row.purpose.word(),
                "text_version": row.text_version,
                "text_sha256": hex(&row.text_sha256.0),
                "how": row.how,
                "given_at": self.moment(row.given_at),
                "withdrawn_at": row.withdrawn_at.map(|at| self.moment(at)),
                "witness": witness.as_ref().map(|name| name.reveal().as_str()),
            }));
        }
        Ok(entries)
    }

    fn health_facts_of(&self, facts: &[HealthView]) -> Vec<Value> {
        let entry = |view: &HealthView| json!({ "id": view.id, "recorded_at": self.moment(view.at), "fact": view.fact.reveal().clone() });
        facts.iter().map(entry).collect()
    }

    fn told_facts_of(&self, facts: &[ToldView]) -> Vec<Value> {
        let entry = |view: &ToldView| json!({ "recorded_at": self.moment(view.at), "fact": view.fact.reveal().clone() });
        facts.iter().map(entry).collect()
    }

    /// With the names of teams and drives, whose numbers and ids tell a person nothing.
    async fn service_facts_of(&self, facts: &[ServiceView]) -> Result<Vec<Value>, AppError> {
        let (teams, drives) = (self.teams().await?, self.store.drives().await?);
        let entry = |view: &ServiceView| {
            let team = ServiceFact::team(&view.fact).and_then(|(number, _)| teams.iter().find(|t| t.number == number));
            let drive = ServiceFact::drive(&view.fact).and_then(|id| drives.iter().find(|d| d.id.0 == id));
            json!({
                "id": view.id,
                "recorded_at": self.moment(view.at),
                "team": team.map(|t| &t.name),
                "drive": drive.map(|d| &d.name),
                "hours": ServiceFact::hours(&view.fact).map(|h| h.to_string()),
                "fact": view.fact.reveal().clone(),
            })
        };
        Ok(facts.iter().map(entry).collect())
    }

    /// The numbers under which other systems know the person, and every GRID that was entered.
    async fn numbers_of(&self, view: &PersonView) -> Result<Vec<Value>, AppError> {
        let entered = self.outside_of(view, &[]).await?;
        let outside = entered.iter().map(|line| {
            json!({
                "system": line.system.word(),
                "state": line.state.word(),
                "since": line.since,
                "number": line.number.as_ref().map(|number| number.reveal().clone()),
            })
        });
        let grids = self.grids(view).await?;
        let grids = grids
            .iter()
            .map(|grid| json!({ "system": "grid", "since": grid.day, "number": grid.text.as_ref().map(|text| text.reveal().clone()) }));
        Ok(outside.chain(grids).collect())
    }

    async fn shifts_with(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let drives = self.store.drives().await?;
        let mut out = Vec::new();
        for turn in self.store.turns_of(&self.vault, subjects).await? {
            // Of a shift that was dropped the place is told all the same.
            let shift = self.store.shift(turn.shift_id).await?;
            let drive = shift.as_ref().and_then(|shift| drives.iter().find(|d| d.id == shift.drive_id));
            out.push(json!({
                "drive": drive.map(|d| &d.name),
                "day": drive.map(|d| d.day.0),
                "time": shift.as_ref().map(super::shift::time_of).transpose()?.map(|time| time.to_string()),
                "state": turn.state.word(),
            }));
        }
        Ok(out)
    }

    async fn contacts_with(&self, person: PersonId) -> Result<Vec<Value>, AppError> {
        let tasks = self.store.tasks_of(&[person]).await?;
        let entry = |task: &crate::store::TaskRow| {
            json!({
                "kind": task.kind,
                "channel": task.channel,
                "due_on": task.due_on.0,
                "state": task.state,
                "done_on": task.done_on.map(|d| d.0),
            })
        };
        Ok(tasks.iter().take(LISTED).map(entry).collect())
    }

    async fn requests_of(&self, person: PersonId) -> Result<Vec<Value>, AppError> {
        let rows = self.store.rights_of(person).await?;
        let entry = |row: &crate::store::RightsRow| {
            let (done, refused) = match row.answered_at.map(|_| answer_of(row)) {
                Some(RightsAnswer::Done(how)) => (Some(how.word()), None),
                Some(RightsAnswer::Refused(why)) => (None, why.map(|why| why.word())),
                None => (None, None),
            };
            json!({
                "kind": row.kind,
                "received_on": row.received_on.0,
                "due_on": row.due_on.0,
                "asked_by": row.asked_by,
                "proof": asker_of(row).and_then(|asker| asker.proof()).map(|proof| proof.word()),
                "answered_at": row.answered_at.map(|at| self.moment(at)),
                "granted": row.granted,
                "done_how": done,
                "refusal": refused,
            })
        };
        Ok(rows.iter().take(LISTED).map(entry).collect())
    }

    /// When the identity was opened, and why: never by whom, who has rights of their own.
    async fn disclosures_of(&self, person: PersonId) -> Result<Vec<Value>, AppError> {
        let leaves = self.store.audit_of(person.0).await?;
        Ok(leaves.iter().take(LISTED).map(|leaf| json!({ "at": self.moment(leaf.at), "what": leaf.action })).collect())
    }
}

fn standings_of(view: &PersonView) -> Vec<Value> {
    let entry = |(registry, status, since): (
        crate::domain::registry::Registry,
        crate::domain::registry::EnrolmentStatus,
        chrono::NaiveDate,
    )| { json!({ "registry": registry.word(), "status": status.word(), "since": since }) };
    standings(view.enrolments()).into_iter().map(entry).collect()
}

/// Every value of an entry with its path; what is empty is left out.
fn flatten(value: &Value, path: String, out: &mut Vec<(String, Guarded<String>)>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                flatten(value, if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, out);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| flatten(value, path.clone(), out)),
        Value::String(text) => out.push((path, Guarded::new(text.clone()))),
        other => out.push((path, Guarded::new(other.to_string()))),
    }
}

/// Overwrites the texts of a value.
fn forget(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(forget),
        Value::Object(fields) => fields.values_mut().for_each(forget),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_an_entry_stands_in_the_lines_and_nothing_that_is_empty() {
        let value = json!({ "a": { "b": ["x", "y"], "c": null }, "d": 3, "e": [], "f": false });
        let mut lines = Vec::new();
        flatten(&value, String::new(), &mut lines);
        let lines: Vec<(&str, &str)> = lines.iter().map(|(path, value)| (path.as_str(), value.reveal().as_str())).collect();
        assert_eq!(lines, [("a.b", "x"), ("a.b", "y"), ("d", "3"), ("f", "false")]);
    }
}
