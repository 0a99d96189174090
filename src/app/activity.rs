//! What was done of publicity (宣传) and mobilisation (动员): recorded, listed, added up, struck out. No personal data: [`Activity`] has no place
//! for any.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::activity::{Activity, CAUSES, HeldOn, Totals, UpTo};
use crate::domain::id::{ActivityId, StaffId};
use crate::domain::outside::NotNow;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{ActivityRow, ActivityView, AuditEntry, Day, Opaque, StoreError};

use super::urgent::Once;
use super::{Actor, App, AppError};

/// Activities read at a time to be added up.
const PART: u64 = 1_000;

/// A place in the list: the day and id of the activity it lies behind.
pub type Behind = (NaiveDate, ActivityId);

/// An activity in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityLine {
    /// Which.
    pub id: ActivityId,
    /// What was told.
    pub activity: Activity,
    /// When it was recorded.
    pub at: Timestamp,
    /// By which account, as staff go by; none at the console.
    pub by: Option<String>,
    /// When it was struck out and by which account, where it was.
    pub struck: Option<(Timestamp, Option<String>)>,
}

/// A part of the list, the latest first, with the totals.
#[derive(Debug)]
pub struct ActivityPage {
    /// The activities, struck ones among them.
    pub lines: Vec<ActivityLine>,
    /// What all come to by year and kind, without those struck out.
    pub totals: Totals,
    /// Where the list goes on, if it does.
    pub older: Option<Behind>,
}

fn activity_of(row: &ActivityRow) -> Result<Activity, AppError> {
    let damaged = || AppError::Store(StoreError::Damaged("activity"));
    Ok(Activity {
        kind: row.kind,
        registry: row.registry,
        held_on: HeldOn::recorded(row.held_on.0),
        place: row.place,
        town: row.town,
        reached: UpTo::of(row.reached).ok_or_else(damaged)?,
        leaflets: UpTo::of(row.leaflets).ok_or_else(damaged)?,
        staff: UpTo::of(row.staff_there).ok_or_else(damaged)?,
        volunteers: UpTo::of(row.volunteers_there).ok_or_else(damaged)?,
    })
}

fn line_of(view: &ActivityView, names: &HashMap<StaffId, String>) -> Result<ActivityLine, AppError> {
    let name = |id: Option<StaffId>| id.and_then(|id| names.get(&id).cloned());
    Ok(ActivityLine {
        id: view.row.id,
        activity: activity_of(&view.row)?,
        at: view.row.at,
        by: name(view.row.by_staff),
        struck: view.struck.as_ref().map(|strike| (strike.at, name(strike.by_staff))),
    })
}

fn may_see(actor: Actor) -> Result<(), AppError> {
    actor.needs(Right::Activities).or_else(|_| actor.needs(Right::Report))
}

/// First and last day of a year.
fn days_of(year: i32) -> Result<(Day, Day), AppError> {
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).map(Day);
    day(1, 1).zip(day(12, 31)).ok_or(AppError::Missing("year"))
}

impl App {
    /// Records an activity.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field: a registry that none is held for, a town that is not the branch's.
    pub async fn record_activity(&self, actor: Actor, told: Activity, once: &Once, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Activities)?;
        if !CAUSES.contains(&told.registry) {
            return Err(AppError::Input { field: "registry", hint: "one of organs and body, blood, stem cells" });
        }
        if told.town.is_some_and(|town| self.towns.by_code(town).is_none()) {
            return Err(AppError::Input { field: "town", hint: "a town of the branch, or none" });
        }
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let id = ActivityId::fresh();
        let row = ActivityRow {
            id,
            kind: told.kind,
            registry: told.registry,
            held_on: Day(told.held_on.day()),
            place: told.place,
            town: told.town,
            reached: told.reached.get().into(),
            leaflets: told.leaflets.get().into(),
            staff_there: told.staff.get().into(),
            volunteers_there: told.volunteers.get().into(),
            at: now,
            by_staff: actor.staff(),
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        tx.put_activity(&self.vault, row).await?;
        let entry = AuditEntry::on(now, actor.staff(), "activity.record", "activity", Some(id.0))
            .with("kind", told.kind.word())
            .with("registry", told.registry.word());
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// Strikes an activity out: it stays in the list as struck out, and is counted no more. A correction is a further record.
    ///
    /// # Errors
    /// [`AppError::NotNow`] where it was struck out already.
    pub async fn strike_activity(&self, actor: Actor, id: ActivityId, once: &Once, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::StrikeActivity)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        match tx.strike_activity(&self.vault, id, (actor.staff(), now)).await {
            Err(StoreError::Stale) => return Err(NotNow { key: "activity-struck-already" }.into()),
            other => other?,
        }
        tx.audit(&AuditEntry::on(now, actor.staff(), "activity.strike", "activity", Some(id.0))).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// Activities, of one year or of all, the latest first, behind a place in the list; with the totals of all years, which are added up from the
    /// rows as they were checked.
    pub async fn activities(&self, actor: Actor, year: Option<i32>, behind: Option<Behind>, limit: u64) -> Result<ActivityPage, AppError> {
        may_see(actor)?;
        let within = year.map(days_of).transpose()?;
        let names = self.staff_names().await?;
        let behind = behind.map(|(day, id)| (Day(day), id));
        let views = self.store.activities(&self.vault, within, behind, limit.saturating_add(1)).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = views.len() > most;
        let lines: Vec<ActivityLine> = views.iter().take(most).map(|view| line_of(view, &names)).collect::<Result<_, _>>()?;
        let older = lines.last().filter(|_| more).map(|line| (line.activity.held_on.day(), line.id));
        let mut totals = Totals::default();
        let mut last = None;
        loop {
            let part = self.store.activities(&self.vault, None, last, PART).await?;
            for view in &part {
                totals.add(&activity_of(&view.row)?, view.struck.is_some());
            }
            match part.last() {
                Some(view) => last = Some((view.row.held_on, view.row.id)),
                None => break,
            }
        }
        Ok(ActivityPage { lines, totals, older })
    }

    /// Every activity, of one year or of all, the latest first: for a file.
    pub async fn all_activities(&self, actor: Actor, year: Option<i32>) -> Result<Vec<ActivityLine>, AppError> {
        may_see(actor)?;
        let within = year.map(days_of).transpose()?;
        let names = self.staff_names().await?;
        let mut lines = Vec::new();
        let mut last = None;
        loop {
            let part = self.store.activities(&self.vault, within, last, PART).await?;
            let Some(end) = part.last() else { return Ok(lines) };
            last = Some((end.row.held_on, end.row.id));
            for view in &part {
                lines.push(line_of(view, &names)?);
            }
        }
    }
}
