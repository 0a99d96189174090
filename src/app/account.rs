//! Accounts, log-in and sessions.

use std::sync::Arc;

use crate::domain::Guarded;
use crate::domain::id::StaffId;
use crate::domain::language::Language;
use crate::domain::role::{Right, Roles};
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, SessionRow, StaffDraft, StaffRow};
use crate::vault::password::{self, PasswordFlaw};
use crate::vault::token::{LinkToken, SessionToken};

use super::form::AccountForm;
use super::{Actor, App, AppError};

/// Attempts allowed in [`WINDOW_SECONDS`] for one log-in name, and four times as many from one address.
pub(super) const ATTEMPTS: u64 = 10;
pub(super) const WINDOW_SECONDS: i64 = 900;
/// Idle and absolute life of a session (ASVS 5.0, 7.3.1 and 7.3.2).
const IDLE_SECONDS: i64 = 15 * 60;
const LIFE_SECONDS: i64 = 12 * 3600;
/// A session's last use is written at most this often.
const TOUCH_SECONDS: i64 = 60;
/// The setting that holds the hash of the set-up link's token while no account exists.
const SET_UP: &str = "set-up-token";

/// A member of staff in a session.
#[derive(Debug, Clone)]
pub struct Staff {
    /// Who.
    pub id: StaffId,
    /// Log-in name.
    pub login: String,
    /// The name colleagues see.
    pub name: String,
    /// Roles.
    pub roles: Roles,
    /// The language they chose, none before the first choice.
    pub language: Option<Language>,
}

impl Staff {
    /// The actor of this session.
    pub const fn actor(&self) -> Actor {
        Actor::Staff { id: self.id, roles: self.roles }
    }

    fn of(row: StaffRow) -> Self {
        let language = row.language();
        Self { id: row.id, login: row.login, name: row.display_name, roles: row.roles, language }
    }
}

/// A session that has just begun.
#[derive(Debug)]
pub struct SessionStart {
    /// What goes into the cookie.
    pub token: SessionToken,
    /// Whose it is.
    pub staff: Staff,
}

impl App {
    /// Signs somebody in. The same answer after the same work for an unknown name and for a wrong password. `peer` is the client's address.
    ///
    /// # Errors
    /// [`AppError::LogInRefused`], [`AppError::TooMany`].
    pub async fn log_in(&self, login: &str, password: &Guarded<String>, peer: &str, now: Timestamp) -> Result<SessionStart, AppError> {
        let since = now.plus_seconds(-WINDOW_SECONDS);
        let by_name = self.bucket("log-in", &login.trim().to_lowercase());
        let by_peer = self.bucket("log-in-peer", peer);
        let mut tx = self.store.begin().await?;
        let name_count = tx.put_attempt(&by_name, now, since).await?;
        let peer_count = tx.put_attempt(&by_peer, now, since).await?;
        tx.commit().await?;
        if name_count > ATTEMPTS || peer_count > 4 * ATTEMPTS {
            return Err(AppError::TooMany);
        }
        let row = self.store.staff_by_login(&self.vault, login.trim()).await?;
        let stored = row.as_ref().filter(|r| !r.disabled).map(|r| r.phc.clone());
        let cost = self.cost;
        let typed = password.duplicate();
        let fits = self
            .hashing(move || match stored {
                Some(phc) => password::verify_guarded(&typed, &phc),
                None => password::dummy_verify_guarded(&typed, cost),
            })
            .await?;
        let Some(row) = row.filter(|r| fits && !r.disabled) else {
            return Err(AppError::LogInRefused);
        };
        let token = SessionToken::generate()?;
        let session = self.session_row(&token, row.id, now)?;
        let mut tx = self.store.begin().await?;
        tx.sweep_sessions(now, since).await?;
        tx.clear_attempts(&by_name).await?;
        tx.put_session(session).await?;
        tx.audit(&AuditEntry::on(now, Some(row.id), "session.begin", "staff", Some(row.id.0))).await?;
        tx.commit().await?;
        self.renew_hash(&row, password).await;
        Ok(SessionStart { token, staff: Staff::of(row) })
    }

    /// Renews the hash of a password that has just fitted, where it was made at another cost than is asked for today. Whoever signs in is
    /// signed in by now: what fails here is tried again the next time.
    async fn renew_hash(&self, row: &StaffRow, password: &Guarded<String>) {
        if !password::needs_rehash(&row.phc, self.cost) {
            return;
        }
        let renewed = async {
            let phc = self.phc(password.duplicate()).await?;
            let mut tx = self.store.begin().await?;
            tx.renew_hash(&self.vault, row.id, &row.phc, phc).await?;
            tx.commit().await?;
            Ok::<(), AppError>(())
        };
        if let Err(error) = renewed.await {
            tracing::warn!(%error, "the hash of a password could not be renewed; it is tried again at the next sign-in");
        }
    }

    pub(super) fn session_row(&self, token: &SessionToken, staff_id: StaffId, now: Timestamp) -> Result<SessionRow, AppError> {
        Ok(SessionRow {
            token_hash: self.vault.session_hash(token)?.to_vec().into(),
            staff_id,
            csrf: Vec::new().into(),
            created_at: now,
            seen_at: now,
            expires_at: now.plus_seconds(IDLE_SECONDS),
        })
    }

    /// Whose session a cookie's token is; nothing for an unknown, idle or ended one.
    pub async fn session(&self, token: &str, now: Timestamp) -> Result<Option<Staff>, AppError> {
        let Some(token) = SessionToken::parse(token) else { return Ok(None) };
        let hash = self.vault.session_hash(&token)?;
        let Some(session) = self.store.session(&hash).await? else { return Ok(None) };
        if session.expires_at <= now || session.created_at.plus_seconds(LIFE_SECONDS) <= now {
            return Ok(None);
        }
        let Some(row) = self.store.staff(&self.vault, session.staff_id).await?.filter(|r| !r.disabled) else { return Ok(None) };
        if session.seen_at.plus_seconds(TOUCH_SECONDS) <= now {
            let mut tx = self.store.begin().await?;
            tx.touch_session(&hash, now, now.plus_seconds(IDLE_SECONDS)).await?;
            tx.commit().await?;
        }
        Ok(Some(Staff::of(row)))
    }

    /// Ends a session.
    pub async fn log_out(&self, token: &str, now: Timestamp) -> Result<(), AppError> {
        let Some(token) = SessionToken::parse(token) else { return Ok(()) };
        let hash = self.vault.session_hash(&token)?;
        let Some(session) = self.store.session(&hash).await? else { return Ok(()) };
        let mut tx = self.store.begin().await?;
        tx.delete_session(&hash).await?;
        tx.audit(&AuditEntry::on(now, Some(session.staff_id), "session.end", "staff", Some(session.staff_id.0))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The path of the one-time set-up link, made anew at each start while there is no account; nothing once there is one.
    pub async fn set_up_path(&self) -> Result<Option<String>, AppError> {
        if self.store.has_staff().await? {
            return Ok(None);
        }
        let token = LinkToken::generate()?;
        let mut tx = self.store.begin().await?;
        tx.put_setting(SET_UP, &hex(&self.vault.link_hash(&token)?)).await?;
        tx.commit().await?;
        Ok(Some(format!("/set-up/{}", token.as_str())))
    }

    /// Whether a set-up link is the one that was printed and nobody has used it.
    pub async fn set_up_open(&self, token: &str) -> Result<bool, AppError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(false) };
        let expected = self.store.setting(SET_UP).await?;
        Ok(expected.as_deref() == Some(hex(&self.vault.link_hash(&token)?).as_str()) && !self.store.has_staff().await?)
    }

    /// Makes the first accounts through the set-up link and closes it.
    ///
    /// # Errors
    /// [`AppError::Missing`] for a used or wrong link, [`AppError::Input`] for a form that cannot be used.
    pub async fn set_up(&self, token: &str, forms: Vec<AccountForm>, now: Timestamp) -> Result<(), AppError> {
        if !self.set_up_open(token).await? {
            return Err(AppError::Missing("set-up link"));
        }
        let drafts = self.drafts(forms).await?;
        let mut tx = self.store.begin().await?;
        for draft in drafts {
            let id = StaffId::fresh();
            tx.put_staff(&self.vault, id, draft, now).await?;
            tx.audit(&AuditEntry::on(now, None, "staff.add", "staff", Some(id.0))).await?;
        }
        tx.put_setting(SET_UP, "").await?;
        tx.commit().await?;
        Ok(())
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Input`] naming the field.
    pub async fn add_account(&self, actor: Actor, form: AccountForm, now: Timestamp) -> Result<StaffId, AppError> {
        actor.needs(Right::Administer)?;
        let id = StaffId::fresh();
        let drafts = self.drafts(vec![form]).await?;
        let mut tx = self.store.begin().await?;
        for draft in drafts {
            tx.put_staff(&self.vault, id, draft, now).await?;
        }
        tx.audit(&AuditEntry::on(now, actor.staff(), "staff.add", "staff", Some(id.0))).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Every account.
    pub async fn accounts(&self, actor: Actor) -> Result<Vec<StaffRow>, AppError> {
        actor.needs(Right::Administer)?;
        Ok(self.store.all_staff(&self.vault).await?)
    }

    /// The actor of an account, for a command that a named person stands behind.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown or closed account.
    pub async fn actor_named(&self, login: &str) -> Result<Actor, AppError> {
        let row = self.store.staff_by_login(&self.vault, login.trim()).await?.filter(|r| !r.disabled);
        row.map(|r| Staff::of(r).actor()).ok_or(AppError::Missing("account"))
    }

    /// Closes an account and its sessions at once.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Missing`]; [`AppError::Input`] for one's own account.
    pub async fn disable(&self, actor: Actor, id: StaffId, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Administer)?;
        if actor.staff() == Some(id) {
            return Err(AppError::Input { field: "account", hint: "nobody can close their own account" });
        }
        let row = self.store.staff(&self.vault, id).await?.ok_or(AppError::Missing("account"))?;
        let mut tx = self.store.begin().await?;
        tx.update_staff(&self.vault, StaffRow { disabled: true, ..row }).await?;
        tx.delete_sessions_of(id).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "staff.disable", "staff", Some(id.0))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Keeps the language that a member of staff chose with the account: it is that of their pages from the next sign-in on,
    /// on whatever device.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown account.
    pub async fn choose_language(&self, staff: &Staff, language: Language) -> Result<(), AppError> {
        if staff.language == Some(language) {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        tx.put_staff_language(&self.vault, staff.id, language).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn drafts(&self, forms: Vec<AccountForm>) -> Result<Vec<StaffDraft>, AppError> {
        let mut drafts = Vec::with_capacity(forms.len());
        for form in forms {
            let login = form.login.trim().to_owned();
            if login.is_empty() || login.chars().count() > 40 || login.chars().any(|c| c.is_whitespace() || c.is_control()) {
                return Err(AppError::Input { field: "login", hint: "1 to 40 characters without spaces" });
            }
            if form.roles.bits() == 0 {
                return Err(AppError::Input { field: "roles", hint: "choose at least one role" });
            }
            if form.roles.conflict().is_some() {
                return Err(AppError::Input { field: "roles", hint: "administrator and auditor cannot be one person" });
            }
            if !self.config.small_branch && form.roles.iter().count() > 1 {
                return Err(AppError::Input { field: "roles", hint: "one role a person: the setting small_branch is off" });
            }
            let phc = self.phc(form.password).await?;
            let name = if form.name.trim().is_empty() { login.clone() } else { form.name.trim().to_owned() };
            drafts.push(StaffDraft { login, display_name: name, phc, roles: form.roles });
        }
        Ok(drafts)
    }

    /// Runs a password hash on a blocking thread, at most as many at a time as the machine has cores: each takes tens of MiB.
    pub(super) async fn hashing<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let _slot = Arc::clone(&self.hashing).acquire_owned().await.map_err(|_| AppError::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| AppError::Busy)
    }

    pub(super) fn bucket(&self, label: &str, value: &str) -> [u8; 32] {
        crate::domain::Keyed::tag(&*self.vault, label, value.as_bytes())
    }
}

pub(super) const fn password_hint(flaw: PasswordFlaw) -> &'static str {
    match flaw {
        PasswordFlaw::TooShort => "at least 8 characters",
        PasswordFlaw::TooLong => "at most 1024 characters",
        PasswordFlaw::Common => "one of the passwords everybody tries first; choose another",
    }
}

/// Two lower-case digits a byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// A password made up at random: 100 bits as twenty symbols in groups of five, none of which are mistaken for another.
pub fn fresh_password() -> Result<Guarded<String>, AppError> {
    const SYMBOLS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789+";
    let bytes: [u8; 20] = crate::vault::token::random_bytes()?;
    let mut out = String::with_capacity(23);
    for (i, byte) in bytes.iter().enumerate() {
        if i > 0 && i % 5 == 0 {
            out.push('-');
        }
        out.push(char::from(SYMBOLS[usize::from(byte % 32)]));
    }
    Ok(Guarded::new(out))
}
