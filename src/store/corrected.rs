//! Records by which staff put a person's data right: each field is noted on the correction list as done, so that every value tells who
//! corrected it and when.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::domain::id::{RecordId, StaffId, StatId, SubjectId};
use crate::domain::record::RecordDraft;
use crate::domain::time::Timestamp;
use crate::vault::{SubjectKeys, Vault};

use super::entity::{correction, record};
use super::error::StoreError;
use super::prepare::{Occasion, PreparedRecord, prepare_further};
use super::tx::Tx;
use super::word::CorrectionState;

/// What such a line has in place of a problem: nothing was wrong with a sheet.
const AT_THE_OFFICE: &str = "at_the_office";
/// The same of what somebody told in a call.
pub(super) const BY_PHONE: &str = "by_phone";

/// As [`prepare_further`], of data that a member of staff put right: `fields` are the words of what changed, never values.
///
/// # Errors
/// As [`prepare_further`].
pub fn prepare_corrected(
    vault: &Vault,
    keys: &SubjectKeys,
    draft: &RecordDraft,
    occasion: Occasion,
    stat_id: StatId,
    told: (&[&'static str], Option<StaffId>),
) -> Result<PreparedRecord, StoreError> {
    noted(vault, keys, draft, occasion, stat_id, (AT_THE_OFFICE, told))
}

/// As [`prepare_corrected`], of ways of contact that were told in a call.
///
/// # Errors
/// As [`prepare_further`].
pub fn prepare_phoned(
    vault: &Vault,
    keys: &SubjectKeys,
    draft: &RecordDraft,
    occasion: Occasion,
    stat_id: StatId,
    told: (&[&'static str], Option<StaffId>),
) -> Result<PreparedRecord, StoreError> {
    noted(vault, keys, draft, occasion, stat_id, (BY_PHONE, told))
}

fn noted(
    vault: &Vault,
    keys: &SubjectKeys,
    draft: &RecordDraft,
    occasion: Occasion,
    stat_id: StatId,
    (how, (fields, by)): (&'static str, (&[&'static str], Option<StaffId>)),
) -> Result<PreparedRecord, StoreError> {
    let mut prepared = prepare_further(vault, keys, draft, occasion, stat_id)?;
    let (subject_id, record_id) = (prepared.subject(), prepared.record());
    prepared.corrections.extend(fields.iter().map(|field| correction::Model {
        state: CorrectionState::Corrected,
        resolved_by: by,
        resolved_at: Some(occasion.at),
        ..correction::Model::line((subject_id, record_id), field, how, occasion.at)
    }));
    Ok(prepared)
}

impl Tx {
    /// The latest record of some subjects, as this transaction sees it: what an edit was made beside.
    pub async fn last_record(&self, subjects: &[SubjectId]) -> Result<Option<RecordId>, StoreError> {
        let mut last = None;
        for part in subjects.chunks(super::admit::IDS) {
            let query = record::Entity::find()
                .select_only()
                .column(record::Column::RecordedAt)
                .column(record::Column::Id)
                .filter(record::Column::SubjectId.is_in(part.iter().copied()))
                .order_by_desc(record::Column::RecordedAt)
                .order_by_desc(record::Column::Id);
            let found: Option<(Timestamp, RecordId)> = query.into_tuple().one(&self.db).await?;
            last = last.max(found);
        }
        Ok(last.map(|(_, id)| id))
    }
}
