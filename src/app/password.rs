//! Changing one's password, resetting somebody's, re-opening an account.

use crate::domain::Guarded;
use crate::domain::id::StaffId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, StaffRow};
use crate::vault::password;
use crate::vault::token::SessionToken;

use super::account::{ATTEMPTS, WINDOW_SECONDS, fresh_password, password_hint};
use super::{Actor, App, AppError, Staff};

impl App {
    /// Changes one's own password. Every session of the account ends; the one returned begins.
    ///
    /// # Errors
    /// [`AppError::LogInRefused`] for a wrong old password, [`AppError::TooMany`] after many of them, [`AppError::Input`] for a new one
    /// that is too short or that everybody tries first.
    pub async fn change_password(
        &self,
        staff: &Staff,
        old: &Guarded<String>,
        new: &Guarded<String>,
        now: Timestamp,
    ) -> Result<SessionToken, AppError> {
        let bucket = self.bucket("change-password", &staff.login);
        let mut tx = self.store.begin().await?;
        let count = tx.put_attempt(&bucket, now, now.plus_seconds(-WINDOW_SECONDS)).await?;
        tx.commit().await?;
        if count > ATTEMPTS {
            return Err(AppError::TooMany);
        }
        let row = self.store.staff(&self.vault, staff.id).await?.filter(|r| !r.disabled).ok_or(AppError::Missing("account"))?;
        let (typed, stored) = (old.duplicate(), row.phc.clone());
        if !self.hashing(move || password::verify_guarded(&typed, &stored)).await? {
            return Err(AppError::LogInRefused);
        }
        let phc = self.phc(new.duplicate()).await?;
        let token = SessionToken::generate()?;
        let session = self.session_row(&token, staff.id, now)?;
        let mut tx = self.store.begin().await?;
        tx.update_staff(&self.vault, StaffRow { phc, ..row }).await?;
        tx.delete_sessions_of(staff.id).await?;
        tx.clear_attempts(&bucket).await?;
        tx.put_session(session).await?;
        tx.audit(&AuditEntry::on(now, Some(staff.id), "staff.password", "staff", Some(staff.id.0))).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Gives an account a password made up at random and ends its sessions. The password is returned once and stored nowhere.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Missing`].
    pub async fn reset_password(&self, actor: Actor, id: StaffId, now: Timestamp) -> Result<(StaffRow, Guarded<String>), AppError> {
        actor.needs(Right::Administer)?;
        let row = self.store.staff(&self.vault, id).await?.ok_or(AppError::Missing("account"))?;
        let fresh = fresh_password()?;
        let phc = self.phc(fresh.duplicate()).await?;
        let changed = StaffRow { phc, ..row };
        let mut tx = self.store.begin().await?;
        tx.update_staff(&self.vault, changed.clone()).await?;
        tx.delete_sessions_of(id).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "staff.reset-password", "staff", Some(id.0))).await?;
        tx.commit().await?;
        Ok((changed, fresh))
    }

    /// Opens a closed account again; its password is as it was.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Missing`].
    pub async fn reopen(&self, actor: Actor, id: StaffId, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Administer)?;
        let row = self.store.staff(&self.vault, id).await?.ok_or(AppError::Missing("account"))?;
        let mut tx = self.store.begin().await?;
        tx.update_staff(&self.vault, StaffRow { disabled: false, ..row }).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "staff.reopen", "staff", Some(id.0))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The hash of a password that may be used.
    pub(super) async fn phc(&self, typed: Guarded<String>) -> Result<String, AppError> {
        let cost = self.cost;
        let hashed = self.hashing(move || password::acceptable_guarded(&typed).map(|()| password::hash_guarded(&typed, cost))).await?;
        Ok(hashed.map_err(|flaw| AppError::Input { field: "password", hint: password_hint(flaw) })??)
    }
}
