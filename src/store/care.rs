//! Aid and remembrance: matters with a subject of their own. That subject belongs to no person and has no record: it only owns the keys, so that
//! erasing the case is destroying them, and that nothing ties it to a registrant.

use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::domain::care::{CareKind, Cents, Fund};
use crate::domain::id::{MatterId, SubjectId};
use crate::domain::time::Timestamp;
use crate::vault::{SubjectKeys, Vault};

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{care, subject, subject_key};
use super::error::StoreError;
use super::prepare::key_model;
use super::rowmac::Protected;
use super::tx::Tx;
use super::word::Origin;

pub use super::entity::care::Model as CareRow;

/// A subject that owns the keys of a case and nothing else, ready to be stored.
#[derive(Debug)]
pub struct CaseOwner {
    subject: subject::Model,
    keys: Vec<subject_key::Model>,
}

impl CaseOwner {
    /// A new one, with its keys opened.
    pub fn fresh(vault: &Vault, at: Timestamp) -> Result<(Self, SubjectKeys), StoreError> {
        let id = SubjectId::fresh();
        let (keys, rows) = vault.new_subject(id)?;
        let mut subject = subject::Model {
            id,
            origin: Origin::Web,
            created_at: at,
            first_contact_at: None,
            erased_at: None,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        subject.protect(vault)?;
        Ok((Self { subject, keys: rows.into_iter().map(key_model).collect() }, keys))
    }
}

impl Store {
    /// What a case has besides its matter.
    pub async fn care(&self, vault: &Vault, id: MatterId) -> Result<Option<CareRow>, StoreError> {
        let row = care::Entity::find_by_id(id).one(&self.reader).await?;
        row.map(|row| row.check(vault).map(|()| row)).transpose()
    }

    /// The cases opened after a death notice, oldest first.
    pub async fn care_of_notice(&self, vault: &Vault, notice: MatterId) -> Result<Vec<CareRow>, StoreError> {
        let query = care::Entity::find().filter(care::Column::NoticeId.eq(notice)).order_by_asc(care::Column::Id);
        query.all(&self.reader).await?.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }
}

impl Tx {
    /// Stores the owner of a case's keys; the matter that they seal is stored behind it.
    ///
    /// # Errors
    /// [`StoreError::KeyRetired`] where the keys were rotated since they were made.
    pub async fn put_case_owner(&mut self, owner: CaseOwner) -> Result<(), StoreError> {
        let used = owner.keys.iter().map(|k| u32::try_from(k.kek_id).map(|id| (k.compartment, id)));
        let used: Vec<_> = used.collect::<Result<_, _>>().map_err(|_| StoreError::Damaged("subject_key"))?;
        self.refuse_retired(used).await?;
        super::bulk::insert::<subject::Entity, _>(&self.db, [owner.subject]).await?;
        super::bulk::insert::<subject_key::Entity, _>(&self.db, owner.keys).await
    }

    /// Stores what a case has besides its matter, which stands already.
    pub async fn put_care(&mut self, vault: &Vault, id: MatterId, kind: CareKind, notice: Option<MatterId>) -> Result<(), StoreError> {
        let mut row = CareRow {
            id,
            kind: kind.word().to_owned(),
            notice_id: notice,
            cents: None,
            fund: None,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        super::bulk::insert::<care::Entity, _>(&self.db, [row]).await
    }

    /// Notes amount and source of funds; what is not told stays as it was.
    pub async fn set_care(&mut self, vault: &Vault, id: MatterId, cents: Option<Cents>, fund: Option<Fund>) -> Result<(), StoreError> {
        let mut row = care::Entity::find_by_id(id).one(&self.db).await?.ok_or(StoreError::Missing("case"))?;
        row.check(vault)?;
        row.cents = cents.map(|c| c.0).or(row.cents);
        row.fund = fund.map(|f| f.word().to_owned()).or(row.fund);
        row.row_version += 1;
        row.protect(vault)?;
        care::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        Ok(())
    }
}
