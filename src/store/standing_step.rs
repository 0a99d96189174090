//! Exits and enrolments by hand, each with the standing before it, and that one was entered in error. A row is written once.

use std::collections::HashMap;

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::consent::Purpose;
use crate::domain::id::{StaffId, SubjectId};
use crate::domain::in_error::{Beside, InErrorWhy};
use crate::domain::registry::EnrolmentStatus;
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{consent, standing_step};
use super::error::StoreError;
use super::person::EnrolmentRow;
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::standing_step::Model as StandingStepRow;

/// One registration in an act.
#[derive(Debug, Clone)]
pub struct StandingMove {
    /// The registration as it was.
    pub before: EnrolmentRow,
    /// Its standing by the act; the same where the act only says something of the person.
    pub status: EnrolmentStatus,
}

/// What was done.
#[derive(Debug, Clone, Copy)]
pub struct StandingAct {
    /// Whether it told, or takes back, a death.
    pub death: bool,
    /// The act it takes back, and why.
    pub undoes: Option<(Uuid, InErrorWhy)>,
    /// What it keeps where it is no act: the standings stay as they are.
    pub beside: Option<Beside>,
    /// By whom; none for the program and the console.
    pub by: Option<StaffId>,
    /// When.
    pub at: Timestamp,
}

impl StandingAct {
    /// Something entered by hand, or by the program.
    pub const fn entered(by: Option<StaffId>, at: Timestamp) -> Self {
        Self { death: false, undoes: None, beside: None, by, at }
    }
}

impl StandingStepRow {
    /// Whether it was entered: it takes nothing back, and is not only kept beside a standing.
    pub fn is_entered(&self) -> bool {
        self.undoes.is_none() && self.beside().is_none()
    }

    /// What it keeps beside a standing.
    pub fn beside(&self) -> Option<Beside> {
        self.why.as_deref().and_then(Beside::from_word)
    }
}

impl Store {
    /// When some acts were entered, with whomever's registrations they are kept.
    pub async fn entered_at(&self, vault: &Vault, acts: &[Uuid]) -> Result<HashMap<Uuid, Timestamp>, StoreError> {
        let mut out = HashMap::new();
        for part in acts.chunks(super::admit::IDS) {
            let rows = standing_step::Entity::find().filter(standing_step::Column::ActId.is_in(part.iter().copied()));
            for row in rows.all(&self.reader).await? {
                row.check(vault)?;
                out.insert(row.act_id, row.at);
            }
        }
        Ok(out)
    }

    /// The acts of some subjects, oldest first.
    pub async fn standing_steps(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<StandingStepRow>, StoreError> {
        let mut out = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            let rows = standing_step::Entity::find().filter(standing_step::Column::SubjectId.is_in(part.iter().copied()));
            for row in rows.all(&self.reader).await? {
                row.check(vault)?;
                out.push(row);
            }
        }
        out.sort_by_key(|row| (row.at, row.id));
        Ok(out)
    }
}

impl Tx {
    /// Keeps an act beside the changed standings ([`Tx::set_standing`]), so that it can be named where it was entered in error.
    pub async fn put_standing_act(&mut self, vault: &Vault, moves: &[StandingMove], act: StandingAct) -> Result<(), StoreError> {
        let act_id = Uuid::now_v7();
        let mut rows = Vec::with_capacity(moves.len());
        for StandingMove { before, status } in moves {
            let mut row = StandingStepRow {
                id: Uuid::now_v7(),
                act_id,
                enrolment_id: before.id,
                subject_id: before.subject_id,
                registry: before.registry,
                status: *status,
                before_status: before.status,
                before_since: before.since,
                version: before.row_version + i64::from(*status != before.status),
                death: act.death,
                undoes: act.undoes.map(|(undone, _)| undone),
                why: act.undoes.map(|(_, why)| why.word()).or(act.beside.map(Beside::word)).map(str::to_owned),
                at: act.at,
                by_staff: act.by,
                row_version: 1,
                row_mac: Opaque(Vec::new()),
            };
            row.protect(vault)?;
            self.note(ChangeKind::Standing, Some(before.subject_id), None, None, act.at);
            rows.push(row);
        }
        super::bulk::insert::<standing_step::Entity, _>(&self.db, rows).await
    }

    /// Lets consents stand again that were withdrawn at an instant in error: whoever withdrew since has withdrawn. Answers how many.
    pub async fn restore_consents(
        &mut self,
        vault: &Vault,
        subject: SubjectId,
        purposes: &[Purpose],
        withdrawn_at: Timestamp,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let query = consent::Entity::find()
            .filter(consent::Column::SubjectId.eq(subject))
            .filter(consent::Column::Purpose.is_in(purposes.iter().copied()))
            .filter(consent::Column::WithdrawnAt.eq(withdrawn_at))
            .order_by_asc(consent::Column::Id);
        let mut restored = 0;
        for mut row in query.all(&self.db).await? {
            row.check(vault)?;
            row.withdrawn_at = None;
            row.row_version += 1;
            row.protect(vault)?;
            consent::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
            restored += 1;
        }
        if restored > 0 {
            self.note(ChangeKind::Consent, Some(subject), None, None, at);
        }
        Ok(restored)
    }
}
