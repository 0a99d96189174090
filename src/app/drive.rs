//! Drives and today's numbers.

use chrono::NaiveDate;

use crate::domain::id::DriveId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, DriveRow, Tx};

use super::form::DriveForm;
use super::{Actor, App, AppError};

/// Today's drive as its page shows it.
#[derive(Debug, Clone)]
pub struct DrivePage {
    /// The drive; none was begun today.
    pub drive: Option<DriveRow>,
    /// Registrations saved today at tables.
    pub count: u32,
}

impl App {
    /// Today's drive and how many were registered today.
    pub async fn drive_today(&self, actor: Actor, now: Timestamp) -> Result<DrivePage, AppError> {
        actor.needs(Right::Enrol)?;
        let today = self.today(now);
        let drive = self.store.drives().await?.into_iter().find(|d| d.day.0 == today);
        let number = |kept: Option<String>| kept.and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
        let given = number(self.store.setting(&counter(today)).await?);
        let count = given.saturating_sub(number(self.store.setting(&taken_back(today)).await?));
        Ok(DrivePage { drive, count })
    }

    /// Every drive, the latest first.
    pub async fn drives(&self, actor: Actor) -> Result<Vec<DriveRow>, AppError> {
        if actor.needs(Right::Import).is_err() && actor.needs(Right::Service).is_err() {
            actor.needs(Right::Enrol)?;
        }
        Ok(self.store.drives().await?)
    }

    /// Id, and day with name, of every drive: the latest first.
    pub async fn drives_named(&self) -> Result<Vec<(String, String)>, AppError> {
        let drives = self.store.drives().await?;
        Ok(drives.into_iter().map(|d| (d.id.to_string(), format!("{} {}", d.day.0, d.name))).collect())
    }

    /// A drive by its name.
    pub async fn drive_named(&self, name: &str) -> Result<Option<DriveRow>, AppError> {
        Ok(self.store.drive_by_name(name).await?)
    }

    /// Begins a drive.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn start_drive(&self, actor: Actor, form: DriveForm, now: Timestamp) -> Result<DriveId, AppError> {
        actor.needs(Right::Enrol)?;
        let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= 80 && !text.chars().any(char::is_control);
        if !fits(&form.name) {
            return Err(AppError::Input { field: "name", hint: "1 to 80 characters" });
        }
        if !fits(&form.place) {
            return Err(AppError::Input { field: "place", hint: "1 to 80 characters" });
        }
        if form.target.is_some_and(|t| t == 0 || t > 100_000) {
            return Err(AppError::Input { field: "target", hint: "a number from 1 to 100000" });
        }
        let id = DriveId::fresh();
        let mut tx = self.store.begin().await?;
        tx.put_drive(DriveRow {
            id,
            number: 0,
            name: form.name.trim().to_owned(),
            place: form.place.trim().to_owned(),
            town: form.town,
            day: form.day.unwrap_or_else(|| self.today(now)).into(),
            target: form.target.map(i64::from),
            donors_target: None,
            donors: None,
        })
        .await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "drive.start", "drive", Some(id.0))).await?;
        tx.commit().await?;
        Ok(id)
    }
}

fn counter(day: NaiveDate) -> String {
    format!("registered-{day}")
}

fn taken_back(day: NaiveDate) -> String {
    format!("taken-back-{day}")
}

/// Counts one registration of a day less; its running number is not given again.
pub(super) async fn count_back(tx: &mut Tx, day: NaiveDate) -> Result<(), AppError> {
    count_up(tx, &taken_back(day)).await.map(|_| ())
}

/// The next running number of a day.
pub(super) async fn next_number(tx: &mut Tx, day: NaiveDate) -> Result<u32, AppError> {
    count_up(tx, &counter(day)).await
}

async fn count_up(tx: &mut Tx, key: &str) -> Result<u32, AppError> {
    let next = tx.setting(key).await?.and_then(|n| n.parse::<u32>().ok()).unwrap_or(0).saturating_add(1);
    tx.put_setting(key, &next.to_string()).await?;
    Ok(next)
}
