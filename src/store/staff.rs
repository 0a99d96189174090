//! Members of staff, their sessions and the attempts counted against limits.

use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::id::StaffId;
use crate::domain::language::Language;
use crate::domain::role::Roles;
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::connect::Store;
use super::entity::value::Opaque;
use super::entity::{attempt, session, staff};
use super::error::StoreError;
use super::rowmac::Protected;
use super::tx::Tx;

pub use super::entity::session::Model as SessionRow;
pub use super::entity::staff::Model as StaffRow;

/// An account to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffDraft {
    /// What is typed at sign-in; unique.
    pub login: String,
    /// What colleagues read.
    pub display_name: String,
    /// The password's hash (PHC string).
    pub phc: String,
    /// Roles.
    pub roles: Roles,
}

/// What stands in the column before a language was chosen: the tag that every account was given before choices were kept.
const NO_CHOICE: &str = "zh-CN";

impl StaffRow {
    /// The language that was chosen, none before the first choice.
    pub fn language(&self) -> Option<Language> {
        Language::from_word(&self.lang)
    }
}

impl Store {
    /// An account by login, its row checked.
    pub async fn staff_by_login(&self, vault: &Vault, login: &str) -> Result<Option<StaffRow>, StoreError> {
        checked(vault, staff::Entity::find().filter(staff::Column::Login.eq(login)).one(&self.reader).await?)
    }

    /// An account by id, its row checked.
    pub async fn staff(&self, vault: &Vault, id: StaffId) -> Result<Option<StaffRow>, StoreError> {
        checked(vault, staff::Entity::find_by_id(id).one(&self.reader).await?)
    }

    /// All accounts by login, disabled ones too. A row that was changed outside the program fails the whole list.
    pub async fn all_staff(&self, vault: &Vault) -> Result<Vec<StaffRow>, StoreError> {
        let rows = staff::Entity::find().order_by_asc(staff::Column::Login).all(&self.reader).await?;
        rows.into_iter().map(|row| row.check(vault).map(|()| row)).collect()
    }

    /// Whether there is any account; a new registry has none.
    pub async fn has_staff(&self) -> Result<bool, StoreError> {
        Ok(staff::Entity::find().count(&self.reader).await? > 0)
    }

    /// A session by the hash of its token. The caller compares `expires_at` and `seen_at` with its clock.
    pub async fn session(&self, token_hash: &[u8]) -> Result<Option<SessionRow>, StoreError> {
        Ok(session::Entity::find_by_id(Opaque(token_hash.to_vec())).one(&self.reader).await?)
    }

    /// How many attempts a bucket has seen since an instant.
    pub async fn count_attempts(&self, bucket: &[u8], since: Timestamp) -> Result<u64, StoreError> {
        count_attempts(&self.reader, bucket, since).await
    }
}

impl Tx {
    /// Makes an account.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where the login is in use.
    pub async fn put_staff(&mut self, vault: &Vault, id: StaffId, draft: StaffDraft, at: Timestamp) -> Result<(), StoreError> {
        if staff::Entity::find().filter(staff::Column::Login.eq(draft.login.as_str())).count(&self.db).await? > 0 {
            return Err(StoreError::Taken("this login"));
        }
        let StaffDraft { login, display_name, phc, roles } = draft;
        let mut row = StaffRow {
            id,
            login,
            display_name,
            phc,
            roles,
            disabled: false,
            lang: NO_CHOICE.to_owned(),
            created_at: at,
            row_version: 1,
            row_mac: Opaque(Vec::new()),
        };
        row.protect(vault)?;
        super::bulk::insert::<staff::Entity, _>(&self.db, [row]).await
    }

    /// Changes an account read before: every field of `changed` but id, login and version is taken.
    ///
    /// # Errors
    /// [`StoreError::Stale`] where the account was changed since.
    pub async fn update_staff(&mut self, vault: &Vault, changed: StaffRow) -> Result<(), StoreError> {
        let stored = checked(vault, staff::Entity::find_by_id(changed.id).one(&self.db).await?)?.ok_or(StoreError::Missing("account"))?;
        if stored.row_version != changed.row_version {
            return Err(StoreError::Stale);
        }
        let mut row = StaffRow { id: stored.id, login: stored.login, row_version: stored.row_version + 1, ..changed };
        row.protect(vault)?;
        staff::Entity::update(row.into_active_model().reset_all()).exec(&self.db).await?;
        Ok(())
    }

    /// Notes the language that an account has chosen, whatever else of it was changed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such account.
    pub async fn put_staff_language(&mut self, vault: &Vault, id: StaffId, language: Language) -> Result<(), StoreError> {
        let stored = checked(vault, staff::Entity::find_by_id(id).one(&self.db).await?)?.ok_or(StoreError::Missing("account"))?;
        self.update_staff(vault, StaffRow { lang: language.word().to_owned(), ..stored }).await
    }

    /// Puts another hash of the same password in the place of `before`; does nothing where the password was changed meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Missing`] where there is no such account.
    pub async fn renew_hash(&mut self, vault: &Vault, id: StaffId, before: &str, phc: String) -> Result<(), StoreError> {
        let stored = checked(vault, staff::Entity::find_by_id(id).one(&self.db).await?)?.ok_or(StoreError::Missing("account"))?;
        if stored.phc != before {
            return Ok(());
        }
        self.update_staff(vault, StaffRow { phc, ..stored }).await
    }

    /// Opens a session.
    pub async fn put_session(&mut self, row: SessionRow) -> Result<(), StoreError> {
        super::bulk::insert::<session::Entity, _>(&self.db, [row]).await
    }

    /// Notes that a session was used.
    pub async fn touch_session(&mut self, token_hash: &[u8], seen_at: Timestamp, expires_at: Timestamp) -> Result<(), StoreError> {
        session::Entity::update_many()
            .col_expr(session::Column::SeenAt, seen_at.into())
            .col_expr(session::Column::ExpiresAt, expires_at.into())
            .filter(session::Column::TokenHash.eq(Opaque(token_hash.to_vec())))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Ends a session.
    pub async fn delete_session(&mut self, token_hash: &[u8]) -> Result<(), StoreError> {
        session::Entity::delete_by_id(Opaque(token_hash.to_vec())).exec(&self.db).await?;
        Ok(())
    }

    /// Ends every session of an account.
    pub async fn delete_sessions_of(&mut self, staff: StaffId) -> Result<(), StoreError> {
        session::Entity::delete_many().filter(session::Column::StaffId.eq(staff)).exec(&self.db).await?;
        Ok(())
    }

    /// Removes sessions that ran out and attempts that no limit asks for any more.
    pub async fn sweep_sessions(&mut self, now: Timestamp, attempts_before: Timestamp) -> Result<(), StoreError> {
        session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now)).exec(&self.db).await?;
        attempt::Entity::delete_many().filter(attempt::Column::At.lt(attempts_before)).exec(&self.db).await?;
        Ok(())
    }

    /// Counts an attempt against a bucket (a keyed digest of login, address or token) and answers how many it has seen since an instant,
    /// this one included. Counted in the write transaction, so that parallel attempts do not slip past a limit.
    pub async fn put_attempt(&mut self, bucket: &[u8], at: Timestamp, since: Timestamp) -> Result<u64, StoreError> {
        let row = attempt::Model { id: Uuid::now_v7(), bucket: Opaque(bucket.to_vec()), at };
        super::bulk::insert::<attempt::Entity, _>(&self.db, [row]).await?;
        count_attempts(&self.db, bucket, since).await
    }

    /// Forgets the attempts of a bucket, after a success.
    pub async fn clear_attempts(&mut self, bucket: &[u8]) -> Result<(), StoreError> {
        attempt::Entity::delete_many().filter(attempt::Column::Bucket.eq(Opaque(bucket.to_vec()))).exec(&self.db).await?;
        Ok(())
    }
}

async fn count_attempts(db: &impl ConnectionTrait, bucket: &[u8], since: Timestamp) -> Result<u64, StoreError> {
    let query = attempt::Entity::find().filter(attempt::Column::Bucket.eq(Opaque(bucket.to_vec()))).filter(attempt::Column::At.gte(since));
    Ok(query.count(db).await?)
}

fn checked(vault: &Vault, row: Option<StaffRow>) -> Result<Option<StaffRow>, StoreError> {
    row.map(|row| row.check(vault).map(|()| row)).transpose()
}
