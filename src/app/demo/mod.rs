//! A throw-away registry of synthetic people: some registered at the branch, some imported and never contacted, some on file twice,
//! a finished drive and one today, follow-ups due and mails in a folder.

mod history;
pub mod people;

use chrono::{Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::fact::Channel;
use crate::domain::id::{DriveId, PersonId};
use crate::domain::registry::Registry;
use crate::domain::role::{Role, Roles};
use crate::domain::time::Timestamp;
use crate::store::{DriveRow, Occasion, Origin, Place, TaskState, prepare_with};

use super::form::AccountForm;
use super::{Actor, App, AppError, fresh_password};
use people::{Dice, Invented, invent};

/// The same seed gives the same people.
const SEED: u64 = 20_260_614;
const BATCH: usize = 400;
/// Follow-ups left for today: a morning's work.
const WAITING: usize = 24;

/// What was made.
pub struct Made {
    /// Registrations.
    pub registrations: usize,
    /// Pairs to be reviewed.
    pub pairs: u64,
    /// Follow-ups planned.
    pub planned: u64,
    /// Log-ins.
    pub logins: Vec<LogIn>,
}

/// A log-in of the demonstration.
pub struct LogIn {
    /// Log-in name.
    pub name: &'static str,
    /// Roles in words.
    pub roles: &'static str,
    /// Password, made up.
    pub password: Guarded<String>,
}

/// Fills an empty registry.
pub async fn fill(app: &App, count: usize, now: Timestamp, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<Made, AppError> {
    let logins = accounts(app, now).await?;
    let today = app.today(now);
    let past = today.checked_sub_days(Days::new(160)).unwrap_or(today);
    let finished = drive(app, "世界献血者日招募", "东桥广场", past, 60).await?;
    drive(app, "秋季招募", "滨江公园北门", today, 40).await?;

    let mut dice = Dice::new(SEED);
    let mut known: Vec<Invented> = Vec::new();
    let mut ready = Vec::new();
    let mut registrations = 0;
    for done in 0..count {
        let person = if !known.is_empty() && dice.chance(5) {
            let before = known.get(dice.below(known.len())).cloned();
            before.map(|p| match dice.below(5) {
                // Two who share much and are not one person: what a registrar has to tell apart.
                0 => p.kin(&mut dice),
                _ => p.seen_again(&mut dice),
            })
        } else {
            let fresh = invent(&mut dice, &app.towns, today);
            known.extend(fresh.clone());
            fresh
        };
        let registry = [Registry::Blood, Registry::Blood, Registry::StemCell, Registry::OrganBody, Registry::Volunteer][dice.below(5)];
        let age_days = dice.below(1_500) as u64;
        let day = today.checked_sub_days(Days::new(age_days)).unwrap_or(today);
        let at_drive = dice.chance(15);
        let imported = !at_drive && dice.chance(40);
        let day = if at_drive { past } else { day };
        if let Some(mut draft) = person.and_then(|p| p.draft(&mut dice, &app.towns, registry, day)) {
            let history = history::of(&mut dice, &mut draft, day, today);
            let occasion = Occasion {
                origin: if imported { Origin::Import } else { Origin::Web },
                channel: match (at_drive, imported) {
                    (true, _) => Channel::Drive,
                    (false, true) => Channel::Import,
                    (false, false) => Channel::Office,
                },
                at: noon(day, now),
                today: day,
                drive: at_drive.then_some(finished),
                import: None,
                // Invented people seen twice carry one number; the claim is the first one's.
                verified: false,
            };
            let prepared =
                prepare_with(&app.vault, &draft, occasion, |p| history.iter().try_for_each(|(day, event)| p.fact(*day, *event)))?;
            ready.push((prepared, Place::New(PersonId::fresh())));
            registrations += 1;
        }
        if ready.len() == BATCH || done + 1 == count {
            let mut tx = app.store.begin().await?;
            tx.admit(&app.vault, std::mem::take(&mut ready), None, now).await?;
            tx.commit().await?;
            progress(done + 1, count);
        }
    }
    let tally = app.scan(Actor::Console, &|_, _| {}, now).await?;
    let plan = app.plan(Actor::Console, today, 12, false, now).await?;
    work_off(app, today).await?;
    app.send(Actor::Console, today, false, now, &mut |_, _| {}).await?;
    Ok(Made { registrations, pairs: tally.same + tally.review, planned: plan.planned, logins })
}

/// Files the follow-ups of years past as done, as an office would have: a few of the last days wait, the rest lies ahead.
async fn work_off(app: &App, today: NaiveDate) -> Result<(), AppError> {
    let recent = today.checked_sub_days(Days::new(20)).unwrap_or(today);
    let due = app.store.tasks_due(TaskState::Planned, today, u64::from(u32::MAX)).await?;
    let (wait, done): (Vec<_>, Vec<_>) = due.into_iter().partition(|task| task.occurrence.0 > recent);
    let done = done.into_iter().chain(wait.into_iter().skip(WAITING));
    for batch in done.collect::<Vec<_>>().chunks(BATCH) {
        let mut tx = app.store.begin().await?;
        for task in batch {
            tx.set_task(task.id, task.row_version, TaskState::Done, None).await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn accounts(app: &App, now: Timestamp) -> Result<Vec<LogIn>, AppError> {
    let wanted: [(&str, &str, Roles); 5] = [
        if app.config.small_branch {
            ("office", "everything in one hand (小型单位)", Roles::small_branch())
        } else {
            ("office", "approves and reports (负责人)", Roles::of([Role::Manager]))
        },
        ("recruiter", "drives (招募员)", Roles::of([Role::Recruiter])),
        ("caller", "follow-up (回访员)", Roles::of([Role::Caller])),
        ("auditor", "the log and reports (审计员)", Roles::of([Role::Auditor])),
        ("administrator", "accounts and keys (管理员)", Roles::of([Role::Administrator])),
    ];
    let mut logins = Vec::new();
    for (name, roles, held) in wanted {
        let password = fresh_password()?;
        let form = AccountForm { login: name.to_owned(), name: String::new(), password: password.duplicate(), roles: held };
        app.add_account(Actor::Console, form, now).await?;
        logins.push(LogIn { name, roles, password });
    }
    Ok(logins)
}

async fn drive(app: &App, name: &str, place: &str, day: NaiveDate, target: i64) -> Result<(DriveId, u32), AppError> {
    let id = DriveId::fresh();
    let mut tx = app.store.begin().await?;
    let row = DriveRow {
        id,
        number: 0,
        name: name.to_owned(),
        place: place.to_owned(),
        town: None,
        day: day.into(),
        target: Some(target),
        donors_target: None,
        donors: None,
    };
    let number = tx.put_drive(row).await?;
    tx.commit().await?;
    Ok((id, u32::try_from(number).unwrap_or_default()))
}

/// Noon of a day in UTC, never after now.
fn noon(day: NaiveDate, now: Timestamp) -> Timestamp {
    let at = day.and_hms_opt(4, 0, 0).map_or(now, |t| Timestamp::of(t.and_utc()));
    at.min(now)
}
