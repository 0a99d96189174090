//! Readiness of stem-cell donors: from what is known of a person to the number, its reasons, and how well it foretold so far.

use std::collections::HashMap;
use std::path::Path;

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

use super::super::kept::Work;
use super::super::people::PersonRow;
use super::super::{Actor, App, AppError};
use super::people::Reachable;
use super::{TaskItem, TaskOutcome};

/// An answer so many days after the yearly question counts as an answer to it.
const ANSWERS_WITHIN: u64 = 90;
/// Donors listed at most.
const LISTED: usize = 200;
/// The order of the calls is worked out anew for whoever looks after so many seconds: everybody's data are opened for it.
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
    /// The edition in force when the order was worked out.
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

impl CallOrder {
    /// When it was worked out.
    pub fn at(&self) -> Timestamp {
        self.at
    }
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

    /// Every donor on file in the order of the calls, as it was at the time told: some minutes ago at most with few on file, else when it was
    /// last worked out ([`App::list_state`]). Nobody is left out but by the length of the list and by having left since.
    pub async fn readiness_list(&self, actor: Actor, now: Timestamp) -> Result<ReadinessList, AppError> {
        actor.needs(Right::FollowUp)?;
        let order = self.latest_call_order(now).await?;
        let edition = self.readiness.on(self.today(order.at)).clone();
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

    /// The order of the calls: of these minutes with few on file; with many the last one, which is worked out anew in the background.
    async fn latest_call_order(&self, now: Timestamp) -> Result<CallOrder, AppError> {
        let kept = || self.call_order.read(CallOrder::clone).filter(|_| !self.few() || self.call_order_is_fresh(now));
        if let Some(order) = kept() {
            return Ok(order);
        }
        let mut turn = self.call_order.begin().await;
        // Whoever was at it may have worked it out.
        if let Some(order) = kept() {
            return Ok(order);
        }
        let order = self.order_calls(&mut turn.work, now).await?;
        turn.put(order.clone());
        Ok(order)
    }

    /// Whether the order of the calls is of these minutes.
    pub(in crate::app) fn call_order_is_fresh(&self, now: Timestamp) -> bool {
        let recent = |order: &CallOrder| (order.at..order.at.plus_seconds(KEPT)).contains(&now);
        self.call_order_is_todays(now) && self.call_order.read(recent).unwrap_or(false)
    }

    /// Whether the order of the calls is of this day and by the list in force.
    pub(in crate::app) fn call_order_is_todays(&self, now: Timestamp) -> bool {
        let today = self.today(now);
        let edition = self.readiness.on(today);
        self.call_order.read(|order| order.edition == edition.name && self.today(order.at) == today).unwrap_or(false)
    }

    /// Works out the order of the calls from everybody on file.
    pub(in crate::app) async fn order_calls(&self, work: &mut Work<'_>, now: Timestamp) -> Result<CallOrder, AppError> {
        let today = self.today(now);
        let edition = self.readiness.on(today);
        let people = self.reachable_in(work, now).await?;
        let mut judged: Vec<(PersonId, Readiness)> =
            people.values().filter_map(|person| Some((person.person, edition.judge(&known(person)?, today)))).collect();
        judged.sort_by_key(|(person, found)| (edition.call_key(found.points), *person));
        let bands = Band::ALL.map(|band| judged.iter().filter(|(_, found)| found.band == band).count() as u64);
        judged.truncate(LISTED);
        Ok(CallOrder { at: now, edition: edition.name.clone(), bands, first: judged })
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
            TaskOutcome::Died(_)
            | TaskOutcome::Meant
            | TaskOutcome::NotMeant
            | TaskOutcome::PassedOn
            | TaskOutcome::NotFound
            | TaskOutcome::Decided => {
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
    let (verified_on, answered_on) = (file.anchors.verified_on, person.answered_on);
    let asked = file.contacted.iter().filter(|(kind, _)| *kind == Kind::Availability).map(|(_, day)| *day);
    let answers = |day: &NaiveDate| {
        let until = day.checked_add_days(Days::new(ANSWERS_WITHIN)).unwrap_or(*day);
        answered_on.is_some_and(|answered| (*day..=until).contains(&answered))
    };
    let silent = file.contacted.iter().filter(|(_, day)| answered_on.is_none_or(|answered| *day > answered)).count();
    Some(Known {
        verified_on,
        answered_on: asked.filter(answers).max().and(answered_on),
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
