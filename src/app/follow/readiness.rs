//! Readiness of stem-cell donors: from what is known of a person to the number, its reasons, and how well it foretold so far.

use std::collections::HashMap;
use std::path::Path;
use std::sync::PoisonError;

use chrono::{Datelike, Days, NaiveDate};
use uuid::Uuid;

use crate::domain::contact::Contact;
use crate::domain::id::{PersonId, PublicId, SubjectId, TaskId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::plan::MailReach;
use crate::followup::readiness::{Band, Edition, Editions, Known, Readiness};
use crate::followup::{FollowupError, Kind};
use crate::reports::intervals::wilson;
use crate::store::{ReadinessSeen, Tx};

use super::super::people::PersonRow;
use super::super::{Actor, App, AppError};
use super::people::Reachable;
use super::{TaskItem, TaskOutcome};

/// An answer so many days after the yearly question counts as an answer to it.
const ANSWERS_WITHIN: u64 = 90;
/// Donors listed at most.
const LISTED: usize = 200;
/// The order of the calls is worked out anew after so many seconds: everybody's data are opened for it.
const KEPT: i64 = 600;

/// A donor of the list.
#[derive(Debug)]
pub struct ReadinessLine {
    /// Who, shown masked.
    pub row: PersonRow,
    /// The number and its reasons.
    pub readiness: Readiness,
}

/// How the calls of one band came out so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// The band foretold.
    pub band: Band,
    /// Reached.
    pub reached: u64,
    /// Calls.
    pub calls: u64,
    /// Wilson's interval of the share, of 95 %; none without a call.
    pub interval: Option<(f64, f64)>,
}

/// The donors in the order of the calls, the list of points, and its calibration.
#[derive(Debug)]
pub struct ReadinessList {
    /// The edition in force.
    pub edition: Edition,
    /// Donors on file, by band, lowest first.
    pub bands: [u64; 3],
    /// The first of them in the order of the calls.
    pub lines: Vec<ReadinessLine>,
    /// When the order was worked out.
    pub as_of: Timestamp,
    /// What came of the calls under this edition.
    pub calibration: Vec<Calibration>,
}

/// The order of the calls as it was worked out last. Numbers and ids only.
#[derive(Debug, Clone)]
pub(in crate::app) struct CallOrder {
    at: Timestamp,
    edition: String,
    bands: [u64; 3],
    first: Vec<(PersonId, Readiness)>,
}

impl App {
    /// The number of a person on a day; none who is not on the stem-cell file.
    pub async fn readiness(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<Option<(Edition, Readiness)>, AppError> {
        actor.needs(Right::FollowUp).or_else(|_| actor.needs(Right::People))?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let today = self.today(now);
        let edition = self.readiness.on(today);
        let known = self.reachable_one(person, now).await?.as_ref().and_then(known);
        Ok(known.map(|known| (edition.clone(), edition.judge(&known, today))))
    }

    /// The numbers of the people behind follow-ups, where they are on the stem-cell file.
    pub async fn readiness_of(&self, actor: Actor, items: &[TaskItem], now: Timestamp) -> Result<HashMap<TaskId, Readiness>, AppError> {
        actor.needs(Right::FollowUp)?;
        let subjects: Vec<SubjectId> = items.iter().map(|item| item.subject).collect();
        let owners: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let mut persons: Vec<PersonId> = owners.values().copied().collect();
        persons.sort_unstable();
        persons.dedup();
        let people = self.reachable_of(&persons, now).await?;
        let today = self.today(now);
        let edition = self.readiness.on(today);
        let number = |item: &TaskItem| {
            let known = known(people.get(owners.get(&item.subject)?)?)?;
            Some((item.id, edition.judge(&known, today)))
        };
        Ok(items.iter().filter_map(number).collect())
    }

    /// How calls are ordered under the list in force: smaller is sooner; who is not on the stem-cell file comes after.
    pub fn call_key(&self, readiness: Option<&Readiness>, day: NaiveDate) -> i32 {
        readiness.map_or(i32::MAX, |found| self.readiness.on(day).call_key(found.points))
    }

    /// Every donor on file in the order of the calls, as it was some minutes ago at most. Nobody is left out but by the length of the list and
    /// by having left since.
    pub async fn readiness_list(&self, actor: Actor, now: Timestamp) -> Result<ReadinessList, AppError> {
        actor.needs(Right::FollowUp)?;
        let today = self.today(now);
        let edition = self.readiness.on(today).clone();
        let order = self.call_order(&edition, now).await?;
        let ids: Vec<PersonId> = order.first.iter().map(|(person, _)| *person).collect();
        let rows = self.rows(&ids).await?;
        let public = self.store.public_ids_of(&ids).await?;
        let mut found: HashMap<PublicId, Readiness> =
            order.first.into_iter().filter_map(|(person, found)| Some((public.get(&person)?.clone(), found))).collect();
        let on_file =
            |row: &PersonRow| row.standings.iter().any(|(registry, status, _)| *registry == Registry::StemCell && status.in_pool());
        let line = |row: PersonRow| Some(ReadinessLine { readiness: found.remove(&row.public_id)?, row });
        let lines = rows.into_iter().filter(on_file).filter_map(line).collect();
        let calibration = self.calibration(&edition).await?;
        Ok(ReadinessList { edition, bands: order.bands, lines, as_of: order.at, calibration })
    }

    async fn call_order(&self, edition: &Edition, now: Timestamp) -> Result<CallOrder, AppError> {
        let today = self.today(now);
        let kept = self.call_order.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let fresh = |order: &CallOrder| {
            order.edition == edition.name && self.today(order.at) == today && (order.at..order.at.plus_seconds(KEPT)).contains(&now)
        };
        if let Some(order) = kept.filter(fresh) {
            return Ok(order);
        }
        let people = self.reachable(now).await?;
        let mut judged: Vec<(PersonId, Readiness)> =
            people.values().filter_map(|person| Some((person.person, edition.judge(&known(person)?, today)))).collect();
        judged.sort_by_key(|(person, found)| (edition.call_key(found.points), *person));
        let bands = Band::ALL.map(|band| judged.iter().filter(|(_, found)| found.band == band).count() as u64);
        judged.truncate(LISTED);
        let order = CallOrder { at: now, edition: edition.name.clone(), bands, first: judged };
        *self.call_order.lock().unwrap_or_else(PoisonError::into_inner) = Some(order.clone());
        Ok(order)
    }

    async fn calibration(&self, edition: &Edition) -> Result<Vec<Calibration>, AppError> {
        let seen = self.store.readiness_seen(&edition.name).await?;
        let of = |band: Band| {
            let count = |wanted: Option<bool>| {
                let here = seen.iter().filter(|(word, reached, _)| word == band.word() && wanted.is_none_or(|w| w == *reached));
                here.map(|(_, _, n)| n).sum::<u64>()
            };
            let (reached, calls) = (count(Some(true)), count(None));
            let interval = wilson(reached, calls).map(|interval| (interval.low, interval.high));
            Calibration { band, reached, calls, interval }
        };
        Ok(Band::ALL.into_iter().map(of).collect())
    }

    /// What the list foretells of a call that is being settled; none where the call says nothing of it.
    pub(super) async fn foretold(
        &self,
        person: PersonId,
        outcome: TaskOutcome,
        now: Timestamp,
    ) -> Result<Option<(bool, Readiness)>, AppError> {
        let reached = match outcome {
            TaskOutcome::Reached | TaskOutcome::Refused | TaskOutcome::CallOn(_) => true,
            TaskOutcome::NoAnswer | TaskOutcome::NotInService | TaskOutcome::NotThem => false,
            // A death says nothing of readiness, nor does an interest nobody has confirmed, nor what somebody else said.
            TaskOutcome::Died(_) | TaskOutcome::Meant | TaskOutcome::NotMeant | TaskOutcome::PassedOn | TaskOutcome::NotFound => {
                return Ok(None);
            }
        };
        let today = self.today(now);
        let known = self.reachable_one(person, now).await?.as_ref().and_then(known);
        Ok(known.map(|known| (reached, self.readiness.on(today).judge(&known, today))))
    }

    /// Keeps what was foretold beside what came of it: by month and band, tied to nobody.
    pub(super) async fn note_foretold(&self, tx: &mut Tx, (reached, found): (bool, Readiness), now: Timestamp) -> Result<(), AppError> {
        let today = self.today(now);
        let month = today.with_day(1).unwrap_or(today);
        tx.put_readiness_seen(ReadinessSeen {
            // Random: an id in the order of time would tell which call it was.
            id: Uuid::new_v4(),
            edition: self.readiness.on(today).name.clone(),
            band: found.band.word().to_owned(),
            points: i64::from(found.points),
            reached,
            day: month.into(),
        })
        .await?;
        Ok(())
    }
}

/// What is known of a donor; none who is not on the stem-cell file.
fn known(person: &Reachable) -> Option<Known> {
    let file = person.plans.iter().find(|plan| plan.registry == Registry::StemCell && plan.status.in_pool())?;
    let verified_on = file.anchors.verified_on;
    let asked = file.contacted.iter().filter(|(kind, _)| *kind == Kind::Availability).map(|(_, day)| *day);
    let answers = |day: &NaiveDate| {
        let until = day.checked_add_days(Days::new(ANSWERS_WITHIN)).unwrap_or(*day);
        verified_on.is_some_and(|verified| (*day..=until).contains(&verified))
    };
    let silent = file.contacted.iter().filter(|(_, day)| verified_on.is_none_or(|verified| *day > verified)).count();
    Some(Known {
        verified_on,
        answered_on: asked.filter(answers).max().and(verified_on),
        silent: u32::try_from(silent).unwrap_or(u32::MAX),
        relatives: person.contact.as_ref().map_or(0, Contact::people_to_ask),
        mail_confirmed: person.reach().mail == MailReach::Verified,
        blood: person.plans.iter().any(|plan| plan.registry == Registry::Blood && plan.status.may_contact()),
        on_file_since: file.status_since.or(file.registered_on),
    })
}

/// The shipped list, or the office's own `readiness.toml` of the folder of rules.
///
/// # Errors
/// [`AppError::Input`] where the file cannot be read, else what is wrong in it.
pub(in crate::app) fn editions(folder: Option<&Path>) -> Result<Editions, AppError> {
    let Some(path) = folder.map(|folder| folder.join("readiness.toml")).filter(|path| path.exists()) else {
        return Ok(Editions::shipped());
    };
    let text = std::fs::read_to_string(&path)
        .map_err(|_| AppError::Input { field: "rules", hint: "readiness.toml cannot be read as UTF-8 text" })?;
    Editions::from_toml("readiness.toml", &text).map_err(|error: FollowupError| error.into())
}
