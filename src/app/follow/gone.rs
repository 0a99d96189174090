//! Who has left or died is called no more, whatever opened the follow-up: a mail that came back late, a server that refused it in the same
//! moment, a plan that was made before. Withdrawal and death cancel what is open; this sees to what comes in after them.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::registry::EnrolmentStatus;
use crate::followup::Kind;
use crate::followup::desk::base_rule;
use crate::followup::plan::{ASKED_LATER, Planned};
use crate::followup::policy::RuleId;
use crate::store::{ChangeKind, Stands, StoreError, TaskChannel, TaskRow, TaskState, Tx};

use super::super::{App, AppError};
use super::lost::LOST_KIND;
use super::people::Reachable;

/// The reason of a follow-up with somebody whom nobody may contact.
const SILENT: &str = "may-not-be-contacted";

/// Whether a follow-up goes on although nobody may contact the person by themselves: what the registrant asked is answered, and a donor in a
/// match is looked after until the match ends. Who is silent for another reason than having left is still waited for: until the day they asked
/// for, for a word about their family, at the table, by a registrar.
fn goes_on(task: &TaskRow, gone: bool) -> bool {
    match Kind::from_word(&task.kind) {
        Some(Kind::Question | Kind::MatchCheck) => true,
        Some(Kind::ConfirmInterest | Kind::FamilyObjects) => !gone,
        _ => !gone && (task.rule == ASKED_LATER || task.kind == LOST_KIND),
    }
}

/// Whether a change may have made somebody leave, or another person of them.
const fn may_end(kind: ChangeKind) -> bool {
    matches!(kind, ChangeKind::Standing | ChangeKind::Imported | ChangeKind::Erased | ChangeKind::Joined | ChangeKind::Split)
}

impl App {
    /// Whether a contact of a rule still concerns whom a subject belongs to, as a transaction sees them; of what no edition of the policy names,
    /// whether the person is followed up at all.
    pub(in crate::app) async fn concerns(
        &self,
        tx: &Tx,
        subject: SubjectId,
        (rule, occurrence): (&str, NaiveDate),
    ) -> Result<bool, AppError> {
        let Some(person) = tx.person_of(subject).await? else { return Ok(false) };
        let stands = tx.stands_of(&self.vault, &[person]).await?.remove(&person).unwrap_or_default();
        Ok(self.names(&stands, rule, occurrence) && !self.ended_by_death(&stands).await?)
    }

    /// Whether a person stands where a rule asks after them.
    fn names(&self, stands: &Stands, rule: &str, occurrence: NaiveDate) -> bool {
        let of_policy = RuleId::parse(base_rule(rule)).and_then(|id| self.policies.on(occurrence).ok()?.rule(&id));
        !stands.has_died()
            && stands.of_registries().iter().any(|(registry, status, _)| match of_policy {
                Some(rule) => rule.registries.contains(registry) && (status.may_contact() || rule.statuses.contains(status)),
                None => status.may_follow_up(*registry),
            })
    }

    /// Whether somebody who is followed up after they left has died since: no standing tells it.
    async fn ended_by_death(&self, stands: &Stands) -> Result<bool, AppError> {
        if stands.of_registries().iter().any(|(_, status, _)| status.may_contact()) {
            return Ok(false);
        }
        Ok(!self.told_dead(&stands.subjects()).await?.is_empty())
    }

    /// Of follow-ups of some persons those that no one who has left is asked by; the others with whoever it was.
    pub(super) async fn of_the_present(&self, tasks: &[(PersonId, &TaskRow)]) -> Result<HashSet<TaskId>, AppError> {
        let persons: HashSet<PersonId> = tasks.iter().map(|(person, _)| *person).collect();
        let stands = self.store.stands_of(&self.vault, &persons.into_iter().collect::<Vec<_>>()).await?;
        let gone = |person: &PersonId| stands.get(person).is_some_and(Stands::gone);
        Ok(tasks.iter().filter(|(person, task)| !gone(person) || goes_on(task, true)).map(|(_, task)| task.id).collect())
    }

    /// Whether nobody is to be called for a follow-up any more: the person has left or died.
    pub(super) async fn is_over(&self, task: &TaskRow, person: PersonId) -> Result<bool, AppError> {
        if goes_on(task, true) {
            return Ok(false);
        }
        let Some(stands) = self.store.stands_of(&self.vault, &[person]).await?.remove(&person) else { return Ok(false) };
        Ok(stands.gone() || self.ended_by_death(&stands).await?)
    }

    /// Takes such a follow-up off the list.
    pub(super) async fn take_off(&self, task: &TaskRow, today: NaiveDate) -> Result<(), AppError> {
        let mut tx = self.store.begin().await?;
        match tx.end_task(task.id, task.row_version, TaskState::Cancelled, Some(SILENT), today).await {
            Ok(()) => tx.commit().await.map(|_| ())?,
            // Ended meanwhile.
            Err(StoreError::Stale) => tx.rollback().await?,
            Err(other) => return Err(other.into()),
        }
        Ok(())
    }

    /// Takes the follow-ups of staff with whom nobody may contact off the list, of rows that a planning read. Judged again: somebody may have
    /// come back since.
    pub(super) async fn take_off_silent(
        &self,
        rows: &[TaskRow],
        people: &HashMap<PersonId, Reachable>,
        today: NaiveDate,
        now: crate::domain::time::Timestamp,
    ) -> Result<(), AppError> {
        let of_staff = |row: &&TaskRow| row.state == TaskState::Planned && row.channel != TaskChannel::Mail;
        // Whose person was joined with another since is judged by that one.
        let moved: Vec<SubjectId> =
            rows.iter().filter(of_staff).filter(|r| !people.contains_key(&r.person_id)).map(|r| r.subject_id).collect();
        let moved: HashMap<SubjectId, PersonId> = self.store.persons_of(&moved).await?.into_iter().collect();
        let owner = |row: &TaskRow| moved.get(&row.subject_id).copied().unwrap_or(row.person_id);
        let over = |row: &TaskRow, person: &Reachable| person.silent() && !goes_on(row, person.gone());
        let found: Vec<&TaskRow> =
            rows.iter().filter(of_staff).filter(|row| people.get(&owner(row)).is_none_or(|person| over(row, person))).collect();
        for part in found.chunks(super::plan::BATCH) {
            let persons: Vec<PersonId> = part.iter().map(|row| owner(row)).collect::<HashSet<_>>().into_iter().collect();
            let again = self.reachable_of(&persons, now).await?;
            let ended = part.iter().filter(|row| again.get(&owner(row)).is_some_and(|person| over(row, person)));
            let ended: Vec<(TaskId, i64)> = ended.map(|row| (row.id, row.row_version)).collect();
            if !ended.is_empty() {
                let mut tx = self.store.begin().await?;
                tx.drop_read(&ended, SILENT, today).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// Of planned contacts those of people who still stand where they are asked, within the transaction that stores them; `seq`: the last
    /// change before the people were read.
    pub(super) async fn still_here(&self, tx: &Tx, planned: &[Planned], seq: i64) -> Result<Vec<Planned>, AppError> {
        if !tx.changes_since(seq).await?.iter().any(|change| may_end(change.kind)) {
            return Ok(planned.to_vec());
        }
        let persons: HashSet<PersonId> = planned.iter().map(|p| p.person).collect();
        let stands = tx.stands_of(&self.vault, &persons.into_iter().collect::<Vec<_>>()).await?;
        let after = |(registry, status, _): &(_, EnrolmentStatus, _)| status.may_follow_up(*registry) && !status.may_contact();
        let followed = stands.values().filter(|s| s.of_registries().iter().any(after)).flat_map(Stands::subjects);
        let dead = self.told_dead(&followed.collect::<Vec<_>>()).await?;
        let here = |p: &&Planned| {
            let found = stands.get(&p.person);
            found.is_some_and(|s| self.names(s, p.rule.as_str(), p.occurrence) && !s.subjects().iter().any(|id| dead.contains(id)))
        };
        Ok(planned.iter().filter(here).cloned().collect())
    }
}

#[cfg(test)]
mod tests;
