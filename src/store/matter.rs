//! Match requests and death notices: a row that says where each stands, and its steps, each written once; emergency openings.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use zeroize::Zeroize;

use crate::domain::approval::Another;
use crate::domain::id::{MatterId, OpeningId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::domain::{Compartment, Guarded};
use crate::vault::{Slot, SubjectKeys, Vault};

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{matter, matter_step, opening};
use super::error::StoreError;
use super::person::open;
use super::prepare::{SCHEMA, seal};
use super::rowmac::Protected;
use super::tx::Tx;
use super::word::{MatterKind, Verdict};

pub use super::entity::matter::Model as MatterRow;
pub use super::entity::matter_step::Model as MatterStepRow;
pub use super::entity::opening::Model as OpeningRow;

/// A matter before it is stored.
#[derive(Debug, Clone)]
pub struct MatterDraft(MatterRow);

/// A step before it is stored. Its number and check value are given when it is.
#[derive(Debug, Clone)]
pub struct StepDraft(MatterStepRow);

pub(super) fn matter_slot(id: MatterId, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Documents, table: "matter", column: "sealed", row: id.0, subject, schema: SCHEMA }
}

fn note_slot(id: Uuid, subject: SubjectId) -> Slot {
    Slot { compartment: Compartment::Documents, table: "matter_step", column: "sealed_note", row: id, subject, schema: SCHEMA }
}

impl MatterDraft {
    /// A matter of a subject, with what is sealed of it; without a subject nothing is kept of whom it was about.
    pub fn of<T: Serialize + Zeroize>(
        vault: &Vault,
        of: Option<(&SubjectKeys, &Guarded<T>)>,
        (kind, phase): (MatterKind, &str),
        (received_at, answer_by, happened_at): (Timestamp, Option<Timestamp>, Option<Timestamp>),
        (opened_by, opened_at): (Option<StaffId>, Timestamp),
    ) -> Result<Self, StoreError> {
        let id = MatterId::fresh();
        let sealed = of.map(|(keys, value)| seal(vault, keys, matter_slot(id, keys.subject()), value)).transpose()?;
        Ok(Self(MatterRow {
            id,
            kind,
            subject_id: of.map(|(keys, _)| keys.subject()),
            phase: phase.to_owned(),
            received_at,
            answer_by,
            happened_at,
            sealed,
            opened_by,
            opened_at,
            closed_at: None,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        }))
    }

    /// The same, closed as it comes in.
    #[must_use]
    pub fn closed(mut self) -> Self {
        self.0.closed_at = Some(self.0.opened_at);
        self
    }

    /// Which it will be.
    pub fn id(&self) -> MatterId {
        self.0.id
    }
}

impl StepDraft {
    /// A step with its note, sealed for the matter's subject.
    pub fn of(
        vault: &Vault,
        matter: MatterId,
        (act, code): (&str, Option<&str>),
        day: chrono::NaiveDate,
        (by_staff, at): (Option<StaffId>, Timestamp),
        note: Option<(&SubjectKeys, &Guarded<String>)>,
    ) -> Result<Self, StoreError> {
        let id = Uuid::now_v7();
        let sealed_note = note.map(|(keys, text)| seal(vault, keys, note_slot(id, keys.subject()), text)).transpose()?;
        Ok(Self(MatterStepRow {
            id,
            matter_id: matter,
            number: 0,
            act: act.to_owned(),
            code: code.map(str::to_owned),
            day: Day(day),
            at,
            by_staff,
            sealed_note,
            happened_at: None,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        }))
    }

    /// The same, which was at an instant and noted later.
    #[must_use]
    pub fn at(mut self, happened: Option<Timestamp>) -> Self {
        self.0.happened_at = happened;
        self
    }
}

impl Store {
    /// Open matters of a kind, the oldest first.
    pub async fn open_matters(&self, vault: &Vault, kind: MatterKind, limit: u64) -> Result<Vec<MatterRow>, StoreError> {
        let query = matter::Entity::find()
            .filter(matter::Column::Kind.eq(kind))
            .filter(matter::Column::ClosedAt.is_null())
            .order_by_asc(matter::Column::ReceivedAt)
            .limit(limit);
        checked(vault, query.all(&self.reader).await?)
    }

    /// Matters of a kind that were closed, the latest first.
    pub async fn closed_matters(&self, vault: &Vault, kind: MatterKind, limit: u64) -> Result<Vec<MatterRow>, StoreError> {
        let query = matter::Entity::find()
            .filter(matter::Column::Kind.eq(kind))
            .filter(matter::Column::ClosedAt.is_not_null())
            .order_by_desc(matter::Column::ClosedAt)
            .limit(limit);
        checked(vault, query.all(&self.reader).await?)
    }

    /// Matters of some kinds that were closed, the latest first, by key behind `after`.
    pub async fn closed_behind(
        &self,
        vault: &Vault,
        kinds: &[MatterKind],
        after: Option<MatterId>,
        limit: u64,
    ) -> Result<Vec<MatterRow>, StoreError> {
        let mut query =
            matter::Entity::find().filter(matter::Column::Kind.is_in(kinds.iter().copied())).filter(matter::Column::ClosedAt.is_not_null());
        if let Some(last) = after {
            // Of a matter that is not closed nothing lies behind.
            let Some(closed) = matter::Entity::find_by_id(last).one(&self.reader).await?.and_then(|row| row.closed_at) else {
                return Ok(Vec::new());
            };
            let same = Condition::all().add(matter::Column::ClosedAt.eq(closed)).add(matter::Column::Id.lt(last));
            query = query.filter(Condition::any().add(matter::Column::ClosedAt.lt(closed)).add(same));
        }
        let query = query.order_by_desc(matter::Column::ClosedAt).order_by_desc(matter::Column::Id).limit(limit);
        checked(vault, query.all(&self.reader).await?)
    }

    /// Matters of subjects, open and closed, the latest first.
    pub async fn matters_of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<MatterRow>, StoreError> {
        let query = matter::Entity::find()
            .filter(matter::Column::SubjectId.is_in(subjects.iter().copied()))
            .order_by_desc(matter::Column::ReceivedAt);
        checked(vault, query.all(&self.reader).await?)
    }

    /// How many matters of a kind are open.
    pub async fn count_open_matters(&self, kind: MatterKind) -> Result<u64, StoreError> {
        let open = matter::Entity::find().filter(matter::Column::Kind.eq(kind)).filter(matter::Column::ClosedAt.is_null());
        Ok(open.count(&self.reader).await?)
    }

    /// A matter without what is sealed of it.
    pub async fn matter_row(&self, vault: &Vault, id: MatterId) -> Result<Option<MatterRow>, StoreError> {
        let row = matter::Entity::find_by_id(id).one(&self.reader).await?;
        row.map(|row| row.check(vault).map(|()| row)).transpose()
    }

    /// A matter with what is sealed of it, as far as this process may open it.
    pub async fn matter<T: DeserializeOwned + Zeroize>(
        &self,
        vault: &Vault,
        id: MatterId,
    ) -> Result<Option<(MatterRow, Option<Guarded<T>>)>, StoreError> {
        let Some(row) = matter::Entity::find_by_id(id).one(&self.reader).await? else { return Ok(None) };
        row.check(vault)?;
        let sealed = match row.subject_id {
            Some(subject) => {
                let keys = self.subject_keys(vault, subject).await?;
                open(vault, &keys, matter_slot(row.id, subject), row.sealed.clone())?
            }
            None => None,
        };
        Ok(Some((row, sealed)))
    }

    /// The steps of a matter in their order, with their notes.
    pub async fn matter_steps(&self, vault: &Vault, of: &MatterRow) -> Result<Vec<(MatterStepRow, Option<Guarded<String>>)>, StoreError> {
        let query = matter_step::Entity::find().filter(matter_step::Column::MatterId.eq(of.id)).order_by_asc(matter_step::Column::Number);
        let keys = match of.subject_id {
            Some(subject) => Some(self.subject_keys(vault, subject).await?),
            None => None,
        };
        let mut out = Vec::new();
        for row in query.all(&self.reader).await? {
            row.check(vault)?;
            let note = match &keys {
                Some(keys) => open(vault, keys, note_slot(row.id, keys.subject()), row.sealed_note.clone())?,
                None => None,
            };
            out.push((row, note));
        }
        Ok(out)
    }

    /// Emergency openings that nobody has reviewed, the oldest first.
    pub async fn openings_to_review(&self, vault: &Vault) -> Result<Vec<OpeningRow>, StoreError> {
        let query = opening::Entity::find().filter(opening::Column::Verdict.is_null()).order_by_asc(opening::Column::At);
        let rows = query.all(&self.reader).await?;
        rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }

    /// How many emergency openings nobody has reviewed, and how many there were since an instant.
    pub async fn count_openings(&self, since: Timestamp) -> Result<(u64, u64), StoreError> {
        let waiting = opening::Entity::find().filter(opening::Column::Verdict.is_null()).count(&self.reader).await?;
        Ok((waiting, opening::Entity::find().filter(opening::Column::At.gte(since)).count(&self.reader).await?))
    }

    /// The emergency openings from an instant until before another, each with the kind of its matter. Read to be counted, by processes that have no
    /// key of theirs.
    pub async fn openings_between(&self, from: Timestamp, before: Timestamp) -> Result<Vec<(OpeningRow, MatterKind)>, StoreError> {
        let query = opening::Entity::find().filter(opening::Column::At.gte(from)).filter(opening::Column::At.lt(before));
        let mut out = Vec::new();
        for row in query.order_by_asc(opening::Column::At).all(&self.reader).await? {
            let of = matter::Entity::find_by_id(row.matter_id).one(&self.reader).await?.ok_or(StoreError::Missing("matter"))?;
            out.push((row, of.kind));
        }
        Ok(out)
    }

    /// The openings of a matter.
    pub async fn openings_of(&self, vault: &Vault, of: MatterId) -> Result<Vec<OpeningRow>, StoreError> {
        let query = opening::Entity::find().filter(opening::Column::MatterId.eq(of)).order_by_asc(opening::Column::At);
        let rows = query.all(&self.reader).await?;
        rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }
}

fn checked(vault: &Vault, rows: Vec<MatterRow>) -> Result<Vec<MatterRow>, StoreError> {
    rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
}

impl Tx {
    /// Stores a matter with its first steps.
    pub async fn put_matter(&mut self, vault: &Vault, draft: MatterDraft, steps: Vec<StepDraft>) -> Result<(), StoreError> {
        let mut row = draft.0;
        row.protect(vault)?;
        self.note(ChangeKind::Matter, row.subject_id, None, Some(row.id.0), row.opened_at);
        super::bulk::insert::<matter::Entity, _>(&self.db, [row]).await?;
        self.put_steps(vault, 0, steps).await
    }

    /// Open match requests and death notices of subjects, as this transaction sees them.
    pub async fn open_matters_of(&self, vault: &Vault, kind: MatterKind, subjects: &[SubjectId]) -> Result<Vec<MatterRow>, StoreError> {
        let query = matter::Entity::find()
            .filter(matter::Column::Kind.eq(kind))
            .filter(matter::Column::ClosedAt.is_null())
            .filter(matter::Column::SubjectId.is_in(subjects.iter().copied()));
        checked(vault, query.all(&self.db).await?)
    }

    /// Notes a step of a matter that was read at a row version, and where the matter stands by it.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where somebody noted another step meanwhile.
    pub async fn step_matter(
        &mut self,
        vault: &Vault,
        (id, row_version): (MatterId, i64),
        phase: &str,
        (happened_at, closed): (Option<Timestamp>, bool),
        step: StepDraft,
    ) -> Result<(), StoreError> {
        let mut row = matter::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("matter"))?;
        row.check(vault)?;
        if row.row_version != row_version {
            return Err(StoreError::Stale);
        }
        phase.clone_into(&mut row.phase);
        row.happened_at = happened_at.or(row.happened_at);
        // A step that takes an end back opens the matter again.
        row.closed_at = closed.then(|| row.closed_at.unwrap_or(step.0.at));
        row.row_version += 1;
        row.protect(vault)?;
        self.note(ChangeKind::Matter, row.subject_id, None, Some(row.id.0), step.0.at);
        matter::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        let last = matter_step::Entity::find().filter(matter_step::Column::MatterId.eq(id)).count(&self.db).await?;
        self.put_steps(vault, i64::try_from(last).unwrap_or(i64::MAX), vec![step]).await
    }

    async fn put_steps(&mut self, vault: &Vault, after: i64, steps: Vec<StepDraft>) -> Result<(), StoreError> {
        let mut rows = Vec::with_capacity(steps.len());
        for (number, StepDraft(mut row)) in (after + 1..).zip(steps) {
            row.number = number;
            row.protect(vault)?;
            rows.push(row);
        }
        super::bulk::insert::<matter_step::Entity, _>(&self.db, rows).await
    }

    /// Notes an emergency opening; the same person's second one of a matter that nobody reviewed yet is the first one still.
    pub async fn put_opening(
        &mut self,
        vault: &Vault,
        of: MatterId,
        by: StaffId,
        reason: &str,
        review_by: chrono::NaiveDate,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let known = opening::Entity::find()
            .filter(opening::Column::MatterId.eq(of))
            .filter(opening::Column::StaffId.eq(by))
            .filter(opening::Column::Verdict.is_null())
            .one(&self.db)
            .await?;
        if known.is_some() {
            return Ok(false);
        }
        let mut row = OpeningRow {
            id: OpeningId::fresh(),
            matter_id: of,
            staff_id: by,
            reason: reason.to_owned(),
            at,
            review_by: Day(review_by),
            reviewed_by: None,
            reviewed_at: None,
            verdict: None,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        super::bulk::insert::<opening::Entity, _>(&self.db, [row]).await?;
        Ok(true)
    }

    /// Reviews an emergency opening. Nobody reviews their own.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is none that waits for this reviewer.
    pub async fn review_opening(
        &mut self,
        vault: &Vault,
        id: OpeningId,
        by: StaffId,
        verdict: Verdict,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let row = opening::Entity::find_by_id(id).one(&self.db).await?;
        let row = row.filter(|row| row.verdict.is_none());
        let Some((mut row, another)) = row.and_then(|row| Another::than(row.staff_id, by).map(|another| (row, another))) else {
            return Err(StoreError::Missing("opening to review"));
        };
        row.check(vault)?;
        row.verdict = Some(verdict);
        row.reviewed_by = Some(another.by());
        row.reviewed_at = Some(at);
        row.row_version += 1;
        row.protect(vault)?;
        opening::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        Ok(())
    }
}
