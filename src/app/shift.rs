//! A drive's targets and shifts: who is expected, who came, and the hours that follow from it.

use std::collections::{HashMap, HashSet};

use crate::domain::Guarded;
use crate::domain::id::{DriveId, PersonId, PublicId, ShiftId, SubjectId, TurnId};
use crate::domain::name::PersonName;
use crate::domain::outside::NotNow;
use crate::domain::role::Right;
use crate::domain::shift::{HoursChange, ShiftTime, TurnAct, TurnState, hours_change};
use crate::domain::time::Timestamp;
use crate::domain::volunteer::{Quarters, ServiceFact};
use crate::store::{AuditEntry, DriveRow, PreparedService, ShiftRow, StoreError, TurnRow, Tx, prepare_service};

use super::urgent::Once;
use super::volunteer::{name_of, volunteer_of};
use super::{Actor, App, AppError};

/// Shifts of one drive at most.
const SHIFTS: usize = 40;
/// People needed in one shift, and registrations or donors hoped for, at most.
const NEEDED: u32 = 500;
const HOPED: u32 = 100_000;

/// A drive with its targets, what was reached, and its shifts.
#[derive(Debug)]
pub struct DriveBoard {
    /// The drive.
    pub drive: DriveRow,
    /// How many people were registered at it.
    pub registrations: u64,
    /// The shifts, in the order of their time.
    pub shifts: Vec<ShiftCase>,
    /// The hours served by all who came.
    pub served: Quarters,
}

/// A shift with its places.
#[derive(Debug)]
pub struct ShiftCase {
    /// Which.
    pub id: ShiftId,
    /// From when to when.
    pub time: ShiftTime,
    /// How many people are needed.
    pub needed: u32,
    /// Places, without those that were taken off.
    pub turns: Vec<TurnCase>,
}

impl ShiftCase {
    /// How many places stand so.
    pub fn count(&self, states: &[TurnState]) -> usize {
        self.turns.iter().filter(|turn| states.contains(&turn.state)).count()
    }
}

/// A volunteer's place in a shift.
#[derive(Debug)]
pub struct TurnCase {
    /// Which.
    pub id: TurnId,
    /// The version to give back.
    pub version: i64,
    /// Who.
    pub person: PublicId,
    /// The name, to be masked; none for whom it is not.
    pub name: Option<Guarded<PersonName>>,
    /// Where it stands.
    pub state: TurnState,
}

/// What is hoped for, and what the blood station counted.
#[derive(Debug, Clone, Copy, Default)]
pub struct Targets {
    /// Registrations hoped for.
    pub registrations: Option<u32>,
    /// Donors hoped for.
    pub donors_target: Option<u32>,
    /// Donors that the station counted.
    pub donors: Option<u32>,
}

pub(super) fn time_of(row: &ShiftRow) -> Result<ShiftTime, AppError> {
    ShiftTime::of(row.from_minute, row.to_minute).ok_or(AppError::Store(StoreError::Damaged("shift")))
}

fn may_see(actor: Actor) -> Result<(), AppError> {
    actor.needs(Right::Enrol).or_else(|_| actor.needs(Right::Service))
}

impl App {
    /// A drive with its targets and shifts. Names come for who records of volunteers, to be shown masked.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown drive.
    pub async fn drive_board(&self, actor: Actor, id: DriveId) -> Result<DriveBoard, AppError> {
        may_see(actor)?;
        let drive = self.store.drive(id).await?.ok_or(AppError::Missing("drive"))?;
        let named = actor.needs(Right::Service).is_ok();
        let subjects = self.store.registered_at(id).await?;
        let persons: HashSet<PersonId> = self.store.persons_of(&subjects).await?.into_iter().map(|(_, person)| person).collect();
        let (shifts, _) = self.shift_cases(id, named).await?;
        let served =
            shifts.iter().map(|s| Quarters(s.time.length().0 * u32::try_from(s.count(&[TurnState::Came])).unwrap_or(u32::MAX))).sum();
        Ok(DriveBoard { drive, registrations: persons.len() as u64, shifts, served })
    }

    /// The shifts of a drive, and whom they name, each once.
    async fn shift_cases(&self, drive: DriveId, named: bool) -> Result<(Vec<ShiftCase>, Vec<PersonId>), AppError> {
        let rows = self.store.shifts_of(drive).await?;
        let ids: Vec<ShiftId> = rows.iter().map(|r| r.id).collect();
        let mut turns: Vec<TurnRow> = self.store.turns_in(&self.vault, &ids).await?;
        turns.retain(|turn| turn.state != TurnState::Off);
        let subjects: Vec<SubjectId> = turns.iter().map(|t| t.subject_id).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let mut ids: Vec<PersonId> = persons.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let (mut names, mut publics) = (HashMap::new(), HashMap::new());
        if named {
            for view in self.store.persons(&self.vault, &ids).await? {
                names.insert(view.row.id, name_of(&view));
                publics.insert(view.row.id, view.row.public_id);
            }
        } else {
            publics = self.store.public_ids_of(&ids).await?;
        }
        let mut out = Vec::with_capacity(rows.len());
        for row in rows {
            let mut places = Vec::new();
            for turn in turns.iter().filter(|t| t.shift_id == row.id) {
                let Some(person) = persons.get(&turn.subject_id) else { continue };
                let Some(public) = publics.get(person) else { continue };
                let name = names.get(person).and_then(|name: &Option<Guarded<PersonName>>| name.as_ref().map(Guarded::duplicate));
                places.push(TurnCase { id: turn.id, version: turn.row_version, person: public.clone(), name, state: turn.state });
            }
            let needed = u32::try_from(row.needed).unwrap_or(0);
            out.push(ShiftCase { id: row.id, time: time_of(&row)?, needed, turns: places });
        }
        Ok((out, ids))
    }

    /// Sets what is hoped for at a drive, and how many donors the station counted.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn set_targets(&self, actor: Actor, id: DriveId, told: Targets, once: &Once, now: Timestamp) -> Result<(), AppError> {
        may_see(actor)?;
        let hint = "a number from 1 to 100000, or nothing";
        for (field, number) in [("target", told.registrations), ("donors-target", told.donors_target)] {
            if number.is_some_and(|n| n == 0 || n > HOPED) {
                return Err(AppError::Input { field, hint });
            }
        }
        if told.donors.is_some_and(|n| n > HOPED) {
            return Err(AppError::Input { field: "donors", hint });
        }
        let drive = self.store.drive(id).await?.ok_or(AppError::Missing("drive"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        tx.put_drive(DriveRow {
            target: told.registrations.map(i64::from),
            donors_target: told.donors_target.map(i64::from),
            donors: told.donors.map(i64::from),
            ..drive
        })
        .await?;
        let number = |n: Option<u32>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let entry = AuditEntry::on(now, actor.staff(), "drive.targets", "drive", Some(id.0))
            .with("registrations", number(told.registrations))
            .with("donors-target", number(told.donors_target))
            .with("donors", number(told.donors));
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// Adds a shift to a drive.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn add_shift(
        &self,
        actor: Actor,
        drive: DriveId,
        (time, needed): (ShiftTime, u32),
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        may_see(actor)?;
        if needed == 0 || needed > NEEDED {
            return Err(AppError::Input { field: "needed", hint: "1 to 500 people" });
        }
        self.store.drive(drive).await?.ok_or(AppError::Missing("drive"))?;
        if self.store.shifts_of(drive).await?.len() >= SHIFTS {
            return Err(AppError::Input { field: "from", hint: "a drive has at most 40 shifts; drop one first" });
        }
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        let (from_minute, to_minute) = time.minutes();
        let id = ShiftId::fresh();
        tx.put_shift(ShiftRow { id, drive_id: drive, from_minute, to_minute, needed: needed.into(), dropped_at: None }).await?;
        let entry = AuditEntry::on(now, actor.staff(), "shift.add", "shift", Some(id.0)).with("time", time).with("needed", needed);
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// Drops a shift that was entered by mistake. Answers of which drive.
    ///
    /// # Errors
    /// [`AppError::NotNow`] where somebody has a place in it.
    pub async fn drop_shift(&self, actor: Actor, id: ShiftId, once: &Once, now: Timestamp) -> Result<DriveId, AppError> {
        may_see(actor)?;
        let shift = self.store.shift(id).await?.ok_or(AppError::Missing("shift"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(shift.drive_id) };
        match tx.drop_shift(&self.vault, id, now).await {
            Err(StoreError::Stale) => return Err(NotNow { key: "shift-not-empty" }.into()),
            other => other?,
        }
        tx.audit(&AuditEntry::on(now, actor.staff(), "shift.drop", "shift", Some(id.0))).await?;
        self.commit_once(tx, actor, once, None, now).await?;
        Ok(shift.drive_id)
    }

    /// The drive of a shift.
    ///
    /// # Errors
    /// [`AppError::Missing`] where it was dropped, or there is none.
    pub async fn drive_of(&self, shift: ShiftId) -> Result<DriveId, AppError> {
        Ok(self.store.shift(shift).await?.ok_or(AppError::Missing("shift"))?.drive_id)
    }

    /// The one volunteer whom a number, name or telephone names: none where there is none, or several.
    async fn volunteer_named(&self, actor: Actor, who: &Guarded<String>) -> Result<Option<PersonId>, AppError> {
        let mut found = Vec::new();
        for row in self.search(actor, who).await? {
            if row.standings.iter().any(|(r, status, _)| *r == crate::domain::registry::Registry::Volunteer && status.may_contact()) {
                found.push(row.public_id);
            }
        }
        match found.as_slice() {
            [one] => Ok(self.store.resolve(one).await?),
            _ => Ok(None),
        }
    }

    /// Gives a volunteer a place in a shift, by number, name or telephone. Answers of which drive.
    ///
    /// # Errors
    /// [`AppError::Input`] for nobody, several, somebody who is not among the volunteers, or who has a place in the shift already.
    pub async fn assign(&self, actor: Actor, id: ShiftId, who: &Guarded<String>, once: &Once, now: Timestamp) -> Result<DriveId, AppError> {
        actor.needs(Right::Service)?;
        let nobody = AppError::Input { field: "who", hint: "name one volunteer by number, whole name or telephone" };
        let shift = self.store.shift(id).await?.ok_or(AppError::Missing("shift"))?;
        let person = self.volunteer_named(actor, who).await?.ok_or(nobody)?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subject = volunteer_of(&view).ok_or(AppError::Missing("registration"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(shift.drive_id) };
        if !tx.has_shift(id).await? {
            return Err(AppError::Stale);
        }
        let told = (actor.staff(), now);
        let mut places = tx.turns_of(&self.vault, &subjects).await?;
        places.retain(|turn| turn.shift_id == id);
        if places.iter().any(|turn| turn.state != TurnState::Off) {
            return Err(AppError::Input { field: "who-twice", hint: "they have a place in this shift already" });
        }
        let turn = match places.iter().find(|turn| turn.subject_id == subject) {
            Some(off) => {
                tx.set_turn(&self.vault, (off.id, off.row_version), off.state.after(TurnAct::Plan)?, told).await?;
                off.id
            }
            None => tx.put_turn(&self.vault, id, subject, told).await?,
        };
        let mut entry = AuditEntry::on(now, actor.staff(), "shift.assign", "shift", Some(id.0));
        entry.ids = vec![person.0, turn.0];
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await?;
        Ok(shift.drive_id)
    }

    /// Notes whether somebody came, or takes them off the shift. The hours of who came are entered with it, and undone where it is put right.
    /// Answers of which drive.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason; [`AppError::Stale`].
    pub async fn note_turn(
        &self,
        actor: Actor,
        (id, version): (TurnId, i64),
        act: TurnAct,
        once: &Once,
        now: Timestamp,
    ) -> Result<DriveId, AppError> {
        actor.needs(Right::Service)?;
        let turn = self.store.turn(&self.vault, id).await?.ok_or(AppError::Missing("place in a shift"))?;
        let shift = self.store.shift(turn.shift_id).await?.ok_or(AppError::Missing("shift"))?;
        let drive = self.store.drive(shift.drive_id).await?.ok_or(AppError::Missing("drive"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(drive.id) };
        if turn.row_version != version {
            return Err(AppError::Stale);
        }
        if matches!(act, TurnAct::Came | TurnAct::Absent) && drive.day.0 > self.today(now) {
            return Err(NotNow { key: "turn-before-its-day" }.into());
        }
        let next = turn.state.after(act)?;
        let hours = self.hours_of(actor, &turn, &shift, &drive, next, now).await?;
        tx.set_turn(&self.vault, (id, version), next, (actor.staff(), now)).await?;
        tx.put_service(hours.into_iter().collect()).await?;
        let entry = AuditEntry::on(now, actor.staff(), "shift.note", "turn", Some(id.0)).with("act", act.word());
        tx.audit(&entry).await?;
        self.commit_once(tx, actor, once, None, now).await?;
        if let Some(person) = self.store.person_of(turn.subject_id).await?.filter(|_| act == TurnAct::Off) {
            self.drop_untrue(person, now).await?;
        }
        Ok(drive.id)
    }

    /// The fact that a step means for the hours served. Of two joined registrations with places in one shift one serves its hours.
    async fn hours_of(
        &self,
        actor: Actor,
        turn: &TurnRow,
        shift: &ShiftRow,
        drive: &DriveRow,
        next: TurnState,
        now: Timestamp,
    ) -> Result<Option<PreparedService>, AppError> {
        let fact = match hours_change(turn.state, next) {
            HoursChange::Keep => return Ok(None),
            HoursChange::Enter => {
                let came: Vec<SubjectId> = self
                    .store
                    .turns_in(&self.vault, &[shift.id])
                    .await?
                    .into_iter()
                    .filter(|t| t.id != turn.id && t.state == TurnState::Came)
                    .map(|t| t.subject_id)
                    .collect();
                let person = self.store.person_of(turn.subject_id).await?;
                if self.store.persons_of(&came).await?.iter().any(|(_, other)| Some(*other) == person) {
                    return Err(NotNow { key: "turn-twice" }.into());
                }
                let quarters = time_of(shift)?.length();
                ServiceFact::Hours { day: drive.day.0, quarters, what: String::new(), drive: Some(drive.id.0), turn: Some(turn.id.0) }
            }
            HoursChange::Undo => {
                let facts = self.store.service_of(&self.vault, &[turn.subject_id]).await?;
                let undone: Vec<_> = facts.iter().filter_map(|f| ServiceFact::undoes(&f.fact)).collect();
                let entered = facts.iter().find(|f| ServiceFact::turn(&f.fact) == Some(turn.id.0) && !undone.contains(&f.id.0));
                ServiceFact::Undone(entered.ok_or(AppError::Stale)?.id.0)
            }
        };
        let keys = self.store.subject_keys(&self.vault, turn.subject_id).await?;
        Ok(Some(prepare_service(&self.vault, &keys, &Guarded::new(fact), actor.staff(), now)?))
    }

    /// The shifts with the names of who is expected, for printing: a disclosure, in the log with whom it names before anything is shown. No number
    /// of anybody. Whoever plans the shifts of a drive reads the names without asking first (`docs/THREATS.md`).
    pub async fn shift_list(&self, actor: Actor, id: DriveId, now: Timestamp) -> Result<(DriveRow, Vec<ShiftCase>), AppError> {
        actor.needs(Right::Service)?;
        let drive = self.store.drive(id).await?.ok_or(AppError::Missing("drive"))?;
        let (shifts, named) = self.shift_cases(id, true).await?;
        let mut entry = AuditEntry::on(now, actor.staff(), "shift.list", "drive", Some(id.0))
            .with("count", shifts.iter().map(|s| s.turns.len()).sum::<usize>());
        entry.ids = named.into_iter().map(|person| person.0).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok((drive, shifts))
    }

    /// Takes who leaves off the shifts they are expected in, within the same transaction.
    pub(super) async fn drop_turns(&self, tx: &mut Tx, actor: Actor, subjects: &[SubjectId], now: Timestamp) -> Result<(), AppError> {
        for turn in tx.turns_of(&self.vault, subjects).await? {
            if let (TurnState::Planned, Ok(off)) = (turn.state, turn.state.after(TurnAct::Off)) {
                tx.set_turn(&self.vault, (turn.id, turn.row_version), off, (actor.staff(), now)).await?;
            }
        }
        Ok(())
    }
}
