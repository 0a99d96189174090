//! What other systems know of registrations. The state changes; what happened is written once, with its evidence.

mod back;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::domain::id::{OutsideId, StaffId, SubjectId};
use crate::domain::outside::{NotNow, OutsideAct, OutsideCause, OutsideState, OutsideSystem};
use crate::domain::place::DayPlace;
use crate::domain::registry::EnrolmentStatus;
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Slot, SubjectKeys, Vault};

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{enrolment, outside, outside_step};
use super::error::StoreError;
use super::person::open;
use super::prepare::{SCHEMA, seal};
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::outside::Model as OutsideRow;
pub use super::entity::outside_step::Model as OutsideStepRow;

/// A state with its number, opened as far as this process may.
#[derive(Debug)]
pub struct OutsideView {
    /// The row.
    pub row: OutsideRow,
    /// The number there; none where none is entered, or where this process lacks the keys or the subject was erased.
    pub number: Option<Guarded<String>>,
}

/// A number sealed for one subject and system, ready to be stored.
#[derive(Debug)]
pub struct SealedNumber {
    subject: SubjectId,
    system: OutsideSystem,
    sealed: Opaque,
    tag: Opaque,
}

/// Evidence sealed for a step that is to be written.
#[derive(Debug)]
pub struct SealedEvidence {
    id: Uuid,
    sealed: Option<Opaque>,
}

fn number_slot(subject: SubjectId, system: OutsideSystem) -> Slot {
    // One number a subject and system: the column names the system, the row is the subject.
    let column = match system {
        OutsideSystem::NationalOrgan => "number national-organ",
        OutsideSystem::School => "number school",
        OutsideSystem::Cmdp => "number cmdp",
    };
    Slot { compartment: Compartment::Documents, table: "outside", column, row: subject.0, subject, schema: SCHEMA }
}

fn evidence_slot(id: Uuid, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Documents, table: "outside_step", column: "sealed_evidence", row: id, subject, schema: SCHEMA }
}

impl SealedNumber {
    /// Seals a number. `tag` is the keyed digest it is found by.
    pub fn of(
        vault: &Vault,
        keys: &SubjectKeys,
        system: OutsideSystem,
        number: &Guarded<String>,
        tag: [u8; 32],
    ) -> Result<Self, StoreError> {
        let subject = keys.subject();
        Ok(Self { subject, system, sealed: seal(vault, keys, number_slot(subject, system), number)?, tag: Opaque(tag.to_vec()) })
    }
}

impl SealedEvidence {
    /// Seals what was typed as evidence. Of somebody who was erased there is no key to seal it with, and it is not kept.
    pub fn of(vault: &Vault, keys: &SubjectKeys, evidence: &Guarded<String>) -> Result<Self, StoreError> {
        let id = Uuid::now_v7();
        let open = keys.opens(Compartment::Documents);
        let sealed = open.then(|| seal(vault, keys, evidence_slot(id, keys.subject()), evidence)).transpose()?;
        Ok(Self { id, sealed })
    }
}

impl Store {
    /// What other systems know of subjects, each with its number.
    pub async fn outside_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<OutsideView>, StoreError> {
        let mut out = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            let rows = outside::Entity::find().filter(outside::Column::SubjectId.is_in(part.iter().copied()));
            for row in rows.order_by_asc(outside::Column::Id).all(&self.reader).await? {
                out.push(self.view(vault, row).await?);
            }
        }
        Ok(out)
    }

    /// One state with its number.
    pub async fn outside(&self, vault: &Vault, id: OutsideId) -> Result<Option<OutsideView>, StoreError> {
        match outside::Entity::find_by_id(id).one(&self.reader).await? {
            Some(row) => Ok(Some(self.view(vault, row).await?)),
            None => Ok(None),
        }
    }

    async fn view(&self, vault: &Vault, row: OutsideRow) -> Result<OutsideView, StoreError> {
        row.check(vault)?;
        let keys = self.subject_keys(vault, row.subject_id).await?;
        let number = open(vault, &keys, number_slot(row.subject_id, row.system), row.sealed_number.clone())?;
        Ok(OutsideView { row, number })
    }

    /// The red list: what is due in other systems, the oldest first, behind a day and an id.
    pub async fn outside_due(&self, vault: &Vault, after: Option<DayPlace>, limit: u64) -> Result<Vec<OutsideRow>, StoreError> {
        let mut query = outside::Entity::find().filter(outside::Column::State.is_in(due_states()));
        if let Some(DayPlace { day: since, id }) = after {
            let same = Condition::all().add(outside::Column::Since.eq(Day(since))).add(outside::Column::Id.gt(OutsideId(id)));
            query = query.filter(Condition::any().add(outside::Column::Since.gt(Day(since))).add(same));
        }
        let query = query.order_by_asc(outside::Column::Since).order_by_asc(outside::Column::Id).limit(limit);
        let rows = query.all(&self.reader).await?;
        rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }

    /// How long the red list is.
    pub async fn count_outside_due(&self) -> Result<u64, StoreError> {
        Ok(outside::Entity::find().filter(outside::Column::State.is_in(due_states())).count(&self.reader).await?)
    }

    /// The subject that is entered in a system under a number, by the number's keyed digest.
    pub async fn by_outside_number(&self, vault: &Vault, system: OutsideSystem, tag: [u8; 32]) -> Result<Option<SubjectId>, StoreError> {
        let query = outside::Entity::find()
            .filter(outside::Column::NumberTag.eq(Opaque(tag.to_vec())))
            .filter(outside::Column::System.eq(system))
            .order_by_desc(outside::Column::Id);
        let Some(row) = query.one(&self.reader).await? else { return Ok(None) };
        row.check(vault)?;
        Ok(Some(row.subject_id))
    }

    /// How many registrations in the pool of a system's registry were never entered there: 未录入国家系统, reported apart.
    pub async fn count_unentered(&self, system: OutsideSystem) -> Result<u64, StoreError> {
        let known = outside::Entity::find()
            .select_only()
            .column(outside::Column::SubjectId)
            .filter(outside::Column::System.eq(system))
            .filter(outside::Column::State.ne(OutsideState::NotEntered));
        let query = enrolment::Entity::find()
            .filter(enrolment::Column::Registry.eq(system.registry()))
            .filter(enrolment::Column::Status.is_in([EnrolmentStatus::Registered, EnrolmentStatus::Enrolled]))
            .filter(enrolment::Column::SubjectId.not_in_subquery(sea_orm::QueryTrait::into_query(known)));
        Ok(query.count(&self.reader).await?)
    }

    /// What happened in other systems, oldest first, with the evidence.
    pub async fn outside_steps(
        &self,
        vault: &Vault,
        of: &[OutsideId],
    ) -> Result<Vec<(OutsideStepRow, Option<Guarded<String>>)>, StoreError> {
        let mut out = Vec::new();
        let query = outside_step::Entity::find().filter(outside_step::Column::OutsideId.is_in(of.iter().copied()));
        let mut keys: HashMap<SubjectId, SubjectKeys> = HashMap::new();
        for row in query.order_by_asc(outside_step::Column::At).order_by_asc(outside_step::Column::Id).all(&self.reader).await? {
            row.check(vault)?;
            if let std::collections::hash_map::Entry::Vacant(place) = keys.entry(row.subject_id) {
                place.insert(self.subject_keys(vault, row.subject_id).await?);
            }
            let evidence = match keys.get(&row.subject_id) {
                Some(keys) => open(vault, keys, evidence_slot(row.id, row.subject_id), row.sealed_evidence.clone())?,
                None => None,
            };
            out.push((row, evidence));
        }
        Ok(out)
    }
}

const fn due_states() -> [OutsideState; 2] {
    [OutsideState::CorrectionDue, OutsideState::WithdrawalDue]
}

/// What is to be noted of one act.
struct Act {
    act: OutsideAct,
    cause: Option<OutsideCause>,
    day: NaiveDate,
    by: Option<StaffId>,
    at: Timestamp,
}

impl Tx {
    /// Notes that a registration is entered in another system under a number, or under another one than before.
    ///
    /// # Errors
    /// Inside: [`NotNow`] where a withdrawal has to be seen to first; nothing was written.
    pub async fn outside_enter(
        &mut self,
        vault: &Vault,
        number: SealedNumber,
        day: NaiveDate,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<Result<OutsideId, NotNow>, StoreError> {
        let mut row = self.outside_row(vault, number.subject, number.system).await?.unwrap_or_else(|| OutsideRow {
            id: OutsideId::fresh(),
            subject_id: number.subject,
            system: number.system,
            state: OutsideState::NotEntered,
            since: Day(day),
            cause: None,
            sealed_number: None,
            number_tag: None,
            row_version: 0,
            row_mac: Opaque(Vec::new()),
        });
        let state = match row.state.after(OutsideAct::Enter) {
            Ok(state) => state,
            Err(not) => return Ok(Err(not)),
        };
        row.sealed_number = Some(number.sealed);
        row.number_tag = Some(number.tag);
        let id = row.id;
        let act = Act { act: OutsideAct::Enter, cause: None, day, by, at };
        self.outside_move(vault, row, state, act, None).await?;
        Ok(Ok(id))
    }

    /// Opens what is due in other systems after somebody left, died or was corrected here. Answers in how many.
    pub async fn outside_follow(
        &mut self,
        vault: &Vault,
        subjects: &[SubjectId],
        systems: &[OutsideSystem],
        cause: OutsideCause,
        (day, by, at): (NaiveDate, Option<StaffId>, Timestamp),
    ) -> Result<u64, StoreError> {
        let what = if cause == OutsideCause::Corrected { OutsideAct::Correct } else { OutsideAct::Leave };
        let mut opened = 0;
        for part in subjects.chunks(super::admit::IDS) {
            let query = outside::Entity::find()
                .filter(outside::Column::SubjectId.is_in(part.iter().copied()))
                .filter(outside::Column::System.is_in(systems.iter().copied()));
            for row in query.all(&self.db).await? {
                row.check(vault)?;
                let Ok(state) = row.state.after(what) else { continue };
                if state != row.state {
                    opened += 1;
                    self.outside_move(vault, row, state, Act { act: what, cause: Some(cause), day, by, at }, None).await?;
                }
            }
        }
        Ok(opened)
    }

    /// Closes what was due in another system: with day, person and evidence.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it changed since it was read. Inside: [`NotNow`] where nothing is due.
    pub async fn outside_done(
        &mut self,
        vault: &Vault,
        (id, row_version): (OutsideId, i64),
        evidence: SealedEvidence,
        (day, by, at): (NaiveDate, Option<StaffId>, Timestamp),
    ) -> Result<Result<(), NotNow>, StoreError> {
        let row = outside::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("registration elsewhere"))?;
        row.check(vault)?;
        if row.row_version != row_version {
            return Err(StoreError::Stale);
        }
        let state = match row.state.after(OutsideAct::Done) {
            Ok(state) => state,
            Err(not) => return Ok(Err(not)),
        };
        let act = Act { act: OutsideAct::Done, cause: row.cause, day, by, at };
        self.outside_move(vault, row, state, act, Some(evidence)).await?;
        Ok(Ok(()))
    }

    /// Forgets the numbers of an erased subject: what is still due elsewhere stays on the list, the digest a number is found by does not.
    pub(super) async fn forget_outside(&mut self, vault: &Vault, subject: SubjectId) -> Result<(), StoreError> {
        for mut row in outside::Entity::find().filter(outside::Column::SubjectId.eq(subject)).all(&self.db).await? {
            row.check(vault)?;
            row.sealed_number = None;
            row.number_tag = None;
            row.row_version += 1;
            row.protect(vault)?;
            outside::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        }
        Ok(())
    }

    async fn outside_row(&self, vault: &Vault, subject: SubjectId, system: OutsideSystem) -> Result<Option<OutsideRow>, StoreError> {
        let query = outside::Entity::find().filter(outside::Column::SubjectId.eq(subject)).filter(outside::Column::System.eq(system));
        let row = query.one(&self.db).await?;
        row.map(|row| row.check(vault).map(|()| row)).transpose()
    }

    async fn outside_move(
        &mut self,
        vault: &Vault,
        mut row: OutsideRow,
        state: OutsideState,
        act: Act,
        evidence: Option<SealedEvidence>,
    ) -> Result<(), StoreError> {
        let fresh = row.row_version == 0;
        row.state = state;
        row.since = Day(act.day);
        row.cause = if state.is_due() { act.cause } else { None };
        row.row_version += 1;
        row.protect(vault)?;
        let (id, sealed) = evidence.map_or_else(|| (Uuid::now_v7(), None), |e| (e.id, e.sealed));
        let mut step = OutsideStepRow {
            id,
            outside_id: row.id,
            subject_id: row.subject_id,
            act: act.act,
            cause: act.cause,
            day: Day(act.day),
            at: act.at,
            by_staff: act.by,
            sealed_evidence: sealed,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        step.protect(vault)?;
        self.note(ChangeKind::Matter, Some(row.subject_id), None, Some(row.id.0), act.at);
        if fresh {
            super::bulk::insert::<outside::Entity, _>(&self.db, [row]).await?;
        } else {
            outside::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        }
        super::bulk::insert::<outside_step::Entity, _>(&self.db, [step]).await
    }
}
