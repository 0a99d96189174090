//! 基层组织: units entered and closed by the manager.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::app::{Actor, App, AppError};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::written::{names_nobody, one_line};
use crate::reports::units::Unit;
use crate::store::{AuditEntry, StoreError};

/// The units, as one setting: nothing personal.
const SETTING: &str = "units";

/// A unit as it is typed.
pub struct UnitForm {
    /// The town's code.
    pub town: String,
    /// Its name.
    pub name: String,
    /// The day of its founding.
    pub founded: Option<NaiveDate>,
    /// The post to ask.
    pub contact: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Stored {
    units: Vec<Unit>,
}

impl App {
    /// Every unit ever entered, closed ones too, in the order of entry.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where what is stored cannot be read.
    pub async fn units(&self) -> Result<Vec<Unit>, AppError> {
        Ok(stored(self.store.setting(SETTING).await?)?.units)
    }

    /// Enters a unit. The contact is a post, so that nothing personal is stored in clear: what looks like a telephone, a mail address or a document
    /// number is refused.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn add_unit(&self, actor: Actor, form: &UnitForm, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Publish)?;
        let input = |field, hint| AppError::Input { field, hint };
        let town = self.towns.towns.iter().find(|t| t.code.to_string() == form.town.trim());
        let town = town.ok_or(input("town", "choose a town of the branch"))?.code;
        let name = one_line(&form.name, 60).filter(|n| !n.is_empty());
        let name = name.ok_or(input("name", "give the unit's name, at most 60 characters in one line"))?;
        let founded = form.founded.filter(|d| *d <= now.date_in(self.config.zone));
        let founded = founded.ok_or(input("founded", "give the day of its founding, not after today"))?;
        let contact = one_line(&form.contact, 40).filter(|c| names_nobody(c));
        let contact = contact.ok_or(input("contact", "name the post to ask, without telephone, mail address or document number"))?;
        let tx = self.store.begin().await?;
        let mut all = stored(tx.setting(SETTING).await?)?;
        if all.units.iter().any(|u| u.town == town && u.name == name && u.closed.is_none()) {
            return Err(input("name", "the town has a unit of this name"));
        }
        let number = all.units.iter().map(|u| u.number).max().unwrap_or(0) + 1;
        all.units.push(Unit { number, town, name, founded, closed: None, contact });
        let entry = AuditEntry::on(now, actor.staff(), "unit.add", "unit", None).with("number", number).with("town", town);
        self.put_units(tx, &all, &entry).await
    }

    /// Closes a unit: the day given is its last.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is none that stands; [`AppError::Input`] for a day before its founding or after today.
    pub async fn close_unit(&self, actor: Actor, number: u32, day: Option<NaiveDate>, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Publish)?;
        let tx = self.store.begin().await?;
        let mut all = stored(tx.setting(SETTING).await?)?;
        let unit = all.units.iter_mut().find(|u| u.number == number && u.closed.is_none()).ok_or(AppError::Missing("unit"))?;
        let day = day.filter(|d| *d >= unit.founded && *d <= now.date_in(self.config.zone));
        let day = day.ok_or(AppError::Input { field: "closed", hint: "give its last day, not before its founding nor after today" })?;
        unit.closed = Some(day);
        let entry = AuditEntry::on(now, actor.staff(), "unit.close", "unit", None).with("number", number).with("day", day);
        self.put_units(tx, &all, &entry).await
    }

    async fn put_units(&self, mut tx: crate::store::Tx, all: &Stored, entry: &AuditEntry) -> Result<(), AppError> {
        let text = serde_json::to_string(all).map_err(|_| StoreError::Damaged("setting"))?;
        tx.put_setting(SETTING, &text).await?;
        tx.audit(entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn stored(setting: Option<String>) -> Result<Stored, StoreError> {
    setting.map_or(Ok(Stored::default()), |text| serde_json::from_str(&text).map_err(|_| StoreError::Damaged("setting")))
}
