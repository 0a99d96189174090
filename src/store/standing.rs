//! What changes about a subject: standings, consents, first contact, erasure; and exact look-ups.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::consent::Purpose;
use crate::domain::document::Document;
use crate::domain::id::{ConsentId, EnrolmentId, PersonId, StatId, SubjectId};
use crate::domain::mail::MailAddress;
use crate::domain::phone::Phone;
use crate::domain::registry::EnrolmentStatus;
use crate::domain::time::Timestamp;
use crate::vault::{BlindIndex, Sealed, Vault};

use super::change::ChangeKind;
use super::connect::Store;
use super::entity::value::{Day, Opaque};
use super::entity::{
    barcode, bounce, consent, contact_again, contact_index, correction, enrolment, erasure, grid, hold, identifier_claim, import_row, link,
    membership, outbox, pause, service_fact, standing_step, stat_link, subject, subject_key, task, turn,
};
use super::error::StoreError;
use super::person::EnrolmentRow;
use super::prepare::stat_slot;
use super::rowmac::Protected;
use super::tx::Tx;
use super::word::{ContactKind, CorrectionState, OutboxState, TaskState};

pub use super::entity::erasure::Model as ErasureRow;

impl Store {
    /// Subjects that claim a document number, verified claims first.
    pub async fn claimants(&self, vault: &Vault, document: &Guarded<Document>) -> Result<Vec<(SubjectId, bool)>, StoreError> {
        claimants(&self.reader, vault, document).await
    }

    /// Subjects that may have a phone: the index keeps twelve bits, so that the caller opens the few candidates and compares.
    pub async fn by_phone(&self, vault: &Vault, phone: &Guarded<Phone>) -> Result<Vec<SubjectId>, StoreError> {
        by_contact(&self.reader, ContactKind::Phone, vault.find_by(phone)?).await
    }

    /// Subjects that may have a mail address: as [`Store::by_phone`].
    pub async fn by_mail(&self, vault: &Vault, mail: &Guarded<MailAddress>) -> Result<Vec<SubjectId>, StoreError> {
        by_contact(&self.reader, ContactKind::Mail, vault.find_by(mail)?).await
    }

    /// The persons that subjects belong to.
    pub async fn persons_of(&self, subjects: &[SubjectId]) -> Result<Vec<(SubjectId, PersonId)>, StoreError> {
        let mut out = Vec::with_capacity(subjects.len());
        for part in subjects.chunks(super::admit::IDS) {
            let query = membership::Entity::find()
                .filter(membership::Column::SubjectId.is_in(part.iter().copied()))
                .filter(membership::Column::Until.is_null());
            out.extend(query.all(&self.reader).await?.into_iter().map(|m| (m.subject_id, m.person_id)));
        }
        Ok(out)
    }

    /// The subjects of some persons, in no order.
    pub async fn subjects_of(&self, persons: &[PersonId]) -> Result<Vec<SubjectId>, StoreError> {
        let mut out = Vec::with_capacity(persons.len());
        for part in persons.chunks(super::admit::IDS) {
            let query = membership::Entity::find()
                .select_only()
                .column(membership::Column::SubjectId)
                .filter(membership::Column::PersonId.is_in(part.iter().copied()))
                .filter(membership::Column::Until.is_null());
            out.extend(query.into_tuple::<SubjectId>().all(&self.reader).await?);
        }
        Ok(out)
    }

    /// Persons with an imported registration that no first contact was confirmed for.
    pub async fn persons_held(&self) -> Result<Vec<PersonId>, StoreError> {
        // Written out, not bound: only then do databases see that the index of these few holds them all.
        let sql = "SELECT DISTINCT m.person_id FROM subject s JOIN membership m ON m.subject_id = s.id AND m.until IS NULL \
                   WHERE s.origin = 'import' AND s.first_contact_at IS NULL AND s.erased_at IS NULL";
        let rows = self.reader.query_all_raw(Statement::from_string(self.backend, sql)).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
    }

    /// Under which random identity a subject is counted; none where it was erased.
    pub async fn stat_id(&self, vault: &Vault, subject: SubjectId) -> Result<Option<StatId>, StoreError> {
        let Some(row) = stat_link::Entity::find_by_id(subject).one(&self.reader).await? else { return Ok(None) };
        let keys = self.subject_keys(vault, subject).await?;
        let bytes = vault.unseal_bytes(&keys, &stat_slot(subject), &Sealed::from_bytes(row.sealed.0))?;
        StatId::from_guarded(&bytes).map(Some).ok_or(StoreError::Damaged("stat_link"))
    }

    /// Every erasure so far, to be kept outside the data folder and replayed on a restore.
    pub async fn erasures(&self) -> Result<Vec<ErasureRow>, StoreError> {
        erasures(&self.reader).await
    }
}

impl Tx {
    /// Subjects that claim a document number, as this transaction sees them.
    pub async fn claimants(&self, vault: &Vault, document: &Guarded<Document>) -> Result<Vec<(SubjectId, bool)>, StoreError> {
        claimants(&self.db, vault, document).await
    }

    /// Changes a standing that was read at a row version.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where it was changed since.
    pub async fn set_standing(
        &mut self,
        vault: &Vault,
        id: EnrolmentId,
        row_version: i64,
        status: EnrolmentStatus,
        since: chrono::NaiveDate,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut row = enrolment::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("standing"))?;
        row.check(vault)?;
        if row.row_version != row_version {
            return Err(StoreError::Stale);
        }
        row.status = status;
        row.since = Day(since);
        row.row_version += 1;
        row.protect(vault)?;
        self.note(ChangeKind::Standing, Some(row.subject_id), None, None, at);
        enrolment::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        Ok(())
    }

    /// The standings of a subject, as this transaction sees them.
    pub async fn standings(&self, vault: &Vault, subject: SubjectId) -> Result<Vec<EnrolmentRow>, StoreError> {
        let rows = enrolment::Entity::find().filter(enrolment::Column::SubjectId.eq(subject)).all(&self.db).await?;
        rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }

    /// Withdraws the standing consents of a subject to a purpose. Answers how many there were.
    pub async fn withdraw_consent(
        &mut self,
        vault: &Vault,
        subject: SubjectId,
        purpose: Purpose,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let rows = consent::Entity::find()
            .filter(consent::Column::SubjectId.eq(subject))
            .filter(consent::Column::Purpose.eq(purpose))
            .filter(consent::Column::WithdrawnAt.is_null())
            .all(&self.db)
            .await?;
        let mut withdrawn: Vec<ConsentId> = Vec::new();
        for mut row in rows {
            row.check(vault)?;
            withdrawn.push(row.id);
            row.withdrawn_at = Some(at);
            row.row_version += 1;
            row.protect(vault)?;
            consent::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        }
        if !withdrawn.is_empty() {
            self.note(ChangeKind::Consent, Some(subject), None, None, at);
        }
        Ok(u64::try_from(withdrawn.len()).unwrap_or(u64::MAX))
    }

    /// Notes that imported subjects were contacted for the first time, as a confirmed act.
    pub async fn mark_first_contact(&mut self, vault: &Vault, subjects: &[SubjectId], at: Timestamp) -> Result<(), StoreError> {
        for part in subjects.chunks(super::admit::IDS) {
            for mut row in subject::Entity::find().filter(subject::Column::Id.is_in(part.iter().copied())).all(&self.db).await? {
                row.check(vault)?;
                if row.first_contact_at.is_none() {
                    row.first_contact_at = Some(at);
                    row.row_version += 1;
                    row.protect(vault)?;
                    self.note(ChangeKind::Standing, Some(row.id), None, None, at);
                    subject::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
                }
            }
        }
        Ok(())
    }

    /// Cancels whatever is planned or queued for subjects: withdrawal, death and erasure act at once. Answers how many were cancelled.
    /// What an exit cancelled before does not come back either.
    pub async fn cancel_open(&mut self, subjects: &[SubjectId], reason: &str) -> Result<u64, StoreError> {
        self.forget_exited(subjects, reason).await?;
        self.cancel_all(subjects, reason).await
    }

    pub(super) async fn cancel_all(&mut self, subjects: &[SubjectId], reason: &str) -> Result<u64, StoreError> {
        let mut count = 0;
        for part in subjects.chunks(super::admit::IDS) {
            let ids = || part.iter().copied();
            let tasks = task::Entity::update_many()
                .col_expr(task::Column::State, TaskState::Cancelled.into())
                .col_expr(task::Column::Reason, reason.into())
                .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
                .filter(task::Column::SubjectId.is_in(ids()))
                .filter(task::Column::State.is_in([TaskState::Planned, TaskState::Queued]))
                .exec(&self.db)
                .await?;
            // What is `sending` is in the mail server's hands; its outcome is recorded, and nothing follows it.
            let messages = outbox::Entity::update_many()
                .col_expr(outbox::Column::State, OutboxState::Cancelled.into())
                .filter(outbox::Column::SubjectId.is_in(ids()))
                .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry, OutboxState::Uncertain]))
                .exec(&self.db)
                .await?;
            count += tasks.rows_affected + messages.rows_affected;
            // Nor does what was set aside by a merge come back when that is undone.
            task::Entity::update_many()
                .col_expr(task::Column::Reason, reason.into())
                .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
                .filter(task::Column::SubjectId.is_in(ids()))
                .filter(task::Column::State.eq(TaskState::Cancelled))
                .filter(task::Column::Reason.starts_with(super::merged::ASIDE))
                .exec(&self.db)
                .await?;
            outbox::Entity::update_many()
                .col_expr(outbox::Column::Reply, Option::<String>::None.into())
                .filter(outbox::Column::SubjectId.is_in(ids()))
                .filter(outbox::Column::State.eq(OutboxState::Cancelled))
                .filter(outbox::Column::Reply.starts_with(super::merged::ASIDE))
                .exec(&self.db)
                .await?;
        }
        Ok(count)
    }

    /// Cancels the mails that are planned or queued for subjects, and leaves calls: who wants no more mails may still be called.
    /// Answers how many messages were cancelled.
    pub async fn cancel_mails(&mut self, subjects: &[SubjectId], reason: &str) -> Result<u64, StoreError> {
        let mut count = 0;
        for part in subjects.chunks(super::admit::IDS) {
            let ids = || part.iter().copied();
            task::Entity::update_many()
                .col_expr(task::Column::State, TaskState::Cancelled.into())
                .col_expr(task::Column::Reason, reason.into())
                .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
                .filter(task::Column::SubjectId.is_in(ids()))
                .filter(task::Column::Channel.eq(super::word::TaskChannel::Mail))
                .filter(task::Column::State.is_in([TaskState::Planned, TaskState::Queued]))
                .exec(&self.db)
                .await?;
            let messages = outbox::Entity::update_many()
                .col_expr(outbox::Column::State, OutboxState::Cancelled.into())
                .filter(outbox::Column::SubjectId.is_in(ids()))
                .filter(outbox::Column::State.is_in([OutboxState::Due, OutboxState::Retry, OutboxState::Uncertain]))
                .exec(&self.db)
                .await?;
            count += messages.rows_affected;
        }
        Ok(count)
    }

    /// Cancels the calls and short messages that are planned with a person: no further calls are wanted.
    pub async fn cancel_calls(&mut self, person: PersonId, reason: &str) -> Result<u64, StoreError> {
        let done = task::Entity::update_many()
            .col_expr(task::Column::State, TaskState::Cancelled.into())
            .col_expr(task::Column::Reason, reason.into())
            .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion))
            .filter(task::Column::PersonId.eq(person))
            .filter(task::Column::Channel.is_in([super::word::TaskChannel::Phone, super::word::TaskChannel::HandOff]))
            .filter(task::Column::State.eq(TaskState::Planned))
            .exec(&self.db)
            .await?;
        Ok(done.rows_affected)
    }

    /// Erases subjects: their data keys, indexes, claims and the tie to statistics are deleted, which makes every sealed value unreadable;
    /// what is queued is cancelled, links are closed, and the journal gets an entry. Facts stay, tied to nobody. Sealed rows stay as noise, so
    /// that counts and the log still fit.
    pub async fn erase(&mut self, vault: &Vault, subjects: &[SubjectId], at: Timestamp) -> Result<(), StoreError> {
        self.cancel_open(subjects, "erased").await?;
        for id in subjects {
            let mut row = subject::Entity::find_by_id(*id).one(&self.db).await?.ok_or(StoreError::Missing("subject"))?;
            row.check(vault)?;
            if row.erased_at.is_some() {
                continue;
            }
            row.erased_at = Some(at);
            row.row_version += 1;
            row.protect(vault)?;
            subject::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
            self.forget_outside(vault, *id).await?;
            destroy(&self.db, *id, at).await?;
            let entry = ErasureRow { id: Uuid::now_v7(), subject_id: *id, at };
            super::bulk::insert::<erasure::Entity, _>(&self.db, [entry]).await?;
            self.note(ChangeKind::Erased, Some(*id), None, None, at);
        }
        Ok(())
    }
}

pub(super) async fn erasures(db: &impl ConnectionTrait) -> Result<Vec<ErasureRow>, StoreError> {
    Ok(erasure::Entity::find().order_by_asc(erasure::Column::At).all(db).await?)
}

/// Deletes what makes a subject readable and findable.
pub(super) async fn destroy(db: &impl ConnectionTrait, id: SubjectId, at: Timestamp) -> Result<(), StoreError> {
    subject_key::Entity::delete_many().filter(subject_key::Column::SubjectId.eq(id)).exec(db).await?;
    identifier_claim::Entity::delete_many().filter(identifier_claim::Column::SubjectId.eq(id)).exec(db).await?;
    contact_index::Entity::delete_many().filter(contact_index::Column::SubjectId.eq(id)).exec(db).await?;
    // Who served in which team, and for how long, is not kept even as noise.
    turn::Entity::delete_many().filter(turn::Column::SubjectId.eq(id)).exec(db).await?;
    service_fact::Entity::delete_many().filter(service_fact::Column::SubjectId.eq(id)).exec(db).await?;
    hold::Entity::delete_many().filter(hold::Column::SubjectId.eq(id)).exec(db).await?;
    contact_again::Entity::delete_many().filter(contact_again::Column::SubjectId.eq(id)).exec(db).await?;
    barcode::Entity::delete_many().filter(barcode::Column::SubjectId.eq(id)).exec(db).await?;
    pause::Entity::delete_many().filter(pause::Column::SubjectId.eq(id)).exec(db).await?;
    grid::Entity::delete_many().filter(grid::Column::SubjectId.eq(id)).exec(db).await?;
    standing_step::Entity::delete_many().filter(standing_step::Column::SubjectId.eq(id)).exec(db).await?;
    stat_link::Entity::delete_many().filter(stat_link::Column::SubjectId.eq(id)).exec(db).await?;
    import_row::Entity::update_many()
        .col_expr(import_row::Column::Prepared, Option::<Opaque>::None.into())
        .filter(import_row::Column::SubjectId.eq(id))
        .exec(db)
        .await?;
    correction::Entity::update_many()
        .col_expr(correction::Column::State, CorrectionState::Dismissed.into())
        .col_expr(correction::Column::SealedValue, Option::<Opaque>::None.into())
        .filter(correction::Column::SubjectId.eq(id))
        .filter(correction::Column::State.eq(CorrectionState::Open))
        .exec(db)
        .await?;
    link::Entity::update_many()
        .col_expr(link::Column::ClosedAt, at.into())
        .filter(link::Column::SubjectId.eq(id))
        .filter(link::Column::ClosedAt.is_null())
        .exec(db)
        .await?;
    link::Entity::update_many()
        .col_expr(link::Column::AddressTag, Option::<Opaque>::None.into())
        .filter(link::Column::SubjectId.eq(id))
        .filter(link::Column::AddressTag.is_not_null())
        .exec(db)
        .await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::AddressTag, Option::<Opaque>::None.into())
        .filter(outbox::Column::SubjectId.eq(id))
        .filter(outbox::Column::AddressTag.is_not_null())
        .exec(db)
        .await?;
    bounce::Entity::update_many()
        .col_expr(bounce::Column::AddressTag, Option::<Opaque>::None.into())
        .filter(bounce::Column::SubjectId.eq(id))
        .filter(bounce::Column::AddressTag.is_not_null())
        .exec(db)
        .await?;
    Ok(())
}

/// `column + 1`, for row versions counted up by an update of many rows.
pub(super) fn next_version<C: ColumnTrait>(column: C) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::ExprTrait;
    sea_orm::sea_query::Expr::col(column.as_column_ref()).add(1_i64)
}

/// A word column that is compared row by row, never through an index of its own. SQLite takes an index on a state, which nearly all rows share,
/// for a better way to some hundred rows than their ids, and then walks through the whole state for every part of them.
pub(super) fn unindexed_in<C: ColumnTrait, V: Into<sea_orm::Value>>(
    column: C,
    words: impl IntoIterator<Item = V>,
) -> sea_orm::sea_query::SimpleExpr {
    use sea_orm::ExprTrait;
    use sea_orm::sea_query::{BinOper, Expr};
    Expr::col(column.as_column_ref()).binary(BinOper::Custom("||"), Expr::val("")).is_in(words.into_iter().map(Into::into))
}

async fn claimants(db: &impl ConnectionTrait, vault: &Vault, document: &Guarded<Document>) -> Result<Vec<(SubjectId, bool)>, StoreError> {
    let indexes = vault.find_by(document)?;
    let rows = identifier_claim::Entity::find()
        .filter(identifier_claim::Column::IndexValue.is_in(indexes.iter().map(|i| Opaque(i.to_vec()))))
        .order_by_desc(identifier_claim::Column::Verified)
        .order_by_asc(identifier_claim::Column::Id)
        .all(db)
        .await?;
    let mut out = Vec::new();
    for row in rows {
        row.check(vault)?;
        if indexes.iter().any(|i| i64::from(i.key_version()) == row.key_version && i.as_bytes() == row.index_value.0) {
            out.push((row.subject_id, row.verified));
        }
    }
    Ok(out)
}

async fn by_contact(db: &impl ConnectionTrait, kind: ContactKind, indexes: Vec<BlindIndex>) -> Result<Vec<SubjectId>, StoreError> {
    let mut found: Vec<SubjectId> = contact_index::Entity::find()
        .select_only()
        .column(contact_index::Column::SubjectId)
        .distinct()
        .filter(contact_index::Column::IndexValue.is_in(indexes.iter().map(|i| Opaque(i.to_vec()))))
        .filter(contact_index::Column::Kind.eq(kind))
        .into_tuple()
        .all(db)
        .await?;
    found.sort_unstable();
    Ok(found)
}
