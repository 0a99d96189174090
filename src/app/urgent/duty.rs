//! Whom to call within what time, and who is on duty: entered and confirmed by the branch. Posts and rosters, kept as settings.

use chrono::{Days, NaiveDate};

use crate::domain::death_notice::Code;
use crate::domain::id::StaffId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::urgent::{Desk, DeskEdition, DeskEditions, duty_day};
use crate::store::AuditEntry;

use super::super::{Actor, App, AppError};

const DESKS: &str = "urgent-desks";
const ROSTER: &str = "urgent-roster";
const PHONE: &str = "urgent-phone";
/// Days of the roster that are kept after they have passed.
const KEPT: u64 = 60;

/// Somebody to call, with the time that is left.
#[derive(Debug, Clone)]
pub struct DeskLine {
    /// Whom.
    pub whom: Code,
    /// The office's number; empty where the branch has entered none.
    pub phone: String,
    /// Within how many hours of the death; 0 is at once.
    pub hours: u32,
    /// When the branch confirmed number and time.
    pub confirmed: Option<NaiveDate>,
    /// By when; none before the death or at once.
    pub until: Option<Timestamp>,
}

/// One day of the roster: from eight in the morning to eight the next.
#[derive(Debug, Clone)]
pub struct DutyDay {
    /// The day.
    pub day: NaiveDate,
    /// Who.
    pub staff: StaffId,
    /// By name.
    pub name: String,
}

/// Everything the branch enters for the clocks.
#[derive(Debug)]
pub struct Duty {
    /// Whom to call today.
    pub desks: Vec<Desk>,
    /// From which day on that holds; none where the branch entered nothing for today.
    pub since: Option<NaiveDate>,
    /// What was entered for later, the next first.
    pub coming: Vec<DeskEdition>,
    /// The roster from the duty that runs now on.
    pub roster: Vec<DutyDay>,
    /// The branch's own number that is answered around the clock.
    pub phone: String,
    /// Who may be on duty.
    pub staff: Vec<(StaffId, String)>,
}

impl App {
    async fn desk_editions(&self) -> Result<DeskEditions, AppError> {
        Ok(self.store.setting(DESKS).await?.and_then(|text| DeskEditions::read(&text)).unwrap_or_default())
    }

    /// Whom to call within what time, as it held on a day: what the branch had entered by then, else the rules of that day.
    fn desks(&self, editions: &DeskEditions, day: NaiveDate) -> Result<Vec<Desk>, AppError> {
        let rules = self.clocks.on(day).ok_or(AppError::Missing("rule"))?;
        let entered = editions.on(day).map(|edition| edition.desks.as_slice()).unwrap_or_default();
        let of = |limit: &crate::domain::urgent::LimitRule| {
            let known = entered.iter().find(|d| d.whom == limit.whom).cloned();
            known.unwrap_or_else(|| Desk { whom: limit.whom.clone(), phone: String::new(), hours: limit.hours, confirmed: None })
        };
        Ok(rules.limit.iter().map(of).collect())
    }

    /// Whom to call for a notice of a day: within the time that held then, under the number that is answered now.
    pub(super) async fn desks_on(&self, day: NaiveDate, died_at: Option<Timestamp>, now: Timestamp) -> Result<Vec<DeskLine>, AppError> {
        let editions = self.desk_editions().await?;
        let answered = self.desks(&editions, self.today(now).max(day))?;
        let line = |desk: Desk| {
            let until = died_at.filter(|_| desk.hours > 0).map(|at| at.plus_seconds(i64::from(desk.hours) * 3_600));
            let phone =
                answered.iter().find(|known| known.whom == desk.whom).map_or_else(|| desk.phone.clone(), |known| known.phone.clone());
            Some(DeskLine { whom: desk.code()?, phone, hours: desk.hours, confirmed: desk.confirmed, until })
        };
        Ok(self.desks(&editions, day)?.into_iter().filter_map(line).collect())
    }

    async fn roster(&self) -> Result<Vec<(NaiveDate, StaffId)>, AppError> {
        Ok(self.store.setting(ROSTER).await?.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default())
    }

    /// Who is on duty now, and the day whose duty it is.
    pub(super) async fn duty_now(&self, now: Timestamp) -> Result<Option<(String, NaiveDate)>, AppError> {
        let day = duty_day(now, self.config.zone);
        let roster = self.roster().await?;
        let Some((_, staff)) = roster.iter().find(|(d, _)| *d == day) else { return Ok(None) };
        Ok(self.staff_names().await?.remove(staff).map(|name| (name, day)))
    }

    /// The branch's number that is answered around the clock; empty where none was entered.
    pub async fn duty_phone(&self) -> Result<String, AppError> {
        Ok(self.store.setting(PHONE).await?.unwrap_or_default())
    }

    /// What the branch entered. Whoever works on the clocks may read it.
    pub async fn duty(&self, actor: Actor, now: Timestamp) -> Result<Duty, AppError> {
        actor.needs(Right::Urgent)?;
        let today = self.today(now);
        let rows = self.store.all_staff(&self.vault).await?;
        let names: Vec<(StaffId, String)> = rows
            .into_iter()
            .filter(|s| !s.disabled && s.roles.may(Right::Urgent))
            .map(|s| (s.id, if s.display_name.is_empty() { s.login } else { s.display_name }))
            .collect();
        let mut roster = self.roster().await?;
        let first = duty_day(now, self.config.zone);
        roster.retain(|(day, _)| *day >= first);
        roster.sort();
        let all = self.staff_names().await?;
        let editions = self.desk_editions().await?;
        Ok(Duty {
            desks: self.desks(&editions, today)?,
            since: editions.on(today).map(|edition| edition.valid_from),
            coming: editions.coming(today).cloned().collect(),
            roster: roster
                .into_iter()
                .map(|(day, staff)| DutyDay { day, staff, name: all.get(&staff).cloned().unwrap_or_default() })
                .collect(),
            phone: self.duty_phone().await?,
            staff: names,
        })
    }

    /// Enters and thereby confirms whom to call within what time from a day on: a notice of before keeps the time that held then.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn set_desks(
        &self,
        actor: Actor,
        (desks, valid_from): (&[(Code, String, u32)], NaiveDate),
        phone: &str,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Duty)?;
        let fits = |p: &str| p.len() <= 30 && p.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | ' '));
        if desks.iter().any(|(_, phone, _)| !fits(phone)) || !fits(phone) {
            return Err(AppError::Input { field: "phone", hint: "digits, blanks and dashes, 30 at most" });
        }
        if desks.iter().any(|(_, _, hours)| *hours > 240) {
            return Err(AppError::Input { field: "hours", hint: "0 to 240 hours" });
        }
        let today = self.today(now);
        if valid_from < today || valid_from > today + Days::new(366) {
            return Err(AppError::Input { field: "valid_from", hint: "from today on, within a year" });
        }
        let rows: Vec<Desk> = desks
            .iter()
            .map(|(whom, phone, hours)| Desk {
                whom: whom.word().to_owned(),
                phone: phone.trim().to_owned(),
                hours: *hours,
                confirmed: Some(today),
            })
            .collect();
        let mut tx = self.store.begin().await?;
        let mut editions = tx.setting(DESKS).await?.and_then(|text| DeskEditions::read(&text)).unwrap_or_default();
        editions.enter(DeskEdition { valid_from, desks: rows });
        let text = serde_json::to_string(&editions).map_err(|_| AppError::Input { field: "phone", hint: "digits only" })?;
        tx.put_setting(DESKS, &text).await?;
        tx.put_setting(PHONE, phone.trim()).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "duty.desks", "deployment", None).with("from", valid_from)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Puts somebody on duty for a day; whoever was, is not any more.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn set_duty(&self, actor: Actor, day: NaiveDate, staff: StaffId, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Duty)?;
        let today = duty_day(now, self.config.zone);
        if day < today || day > today + Days::new(366) {
            return Err(AppError::Input { field: "day", hint: "from today on, within a year" });
        }
        let known =
            self.store.all_staff(&self.vault).await?.into_iter().any(|s| s.id == staff && !s.disabled && s.roles.may(Right::Urgent));
        if !known {
            return Err(AppError::Input { field: "staff", hint: "a coordinator or manager" });
        }
        let mut tx = self.store.begin().await?;
        let mut roster: Vec<(NaiveDate, StaffId)> =
            tx.setting(ROSTER).await?.and_then(|t| serde_json::from_str(&t).ok()).unwrap_or_default();
        roster.retain(|(d, _)| *d != day && *d + Days::new(KEPT) >= today);
        roster.push((day, staff));
        let text = serde_json::to_string(&roster).map_err(|_| AppError::Input { field: "day", hint: "a day" })?;
        tx.put_setting(ROSTER, &text).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "duty.roster", "staff", Some(staff.0)).with("day", day)).await?;
        tx.commit().await?;
        Ok(())
    }
}
