//! 信息公开: releases are prepared, looked at, approved by the manager, and never changed.

use chrono::NaiveDate;

use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::reports::Lang;
use crate::reports::axis::{AsOf, Names};
use crate::reports::document::{Release, Report, Standing, public_report};
use crate::reports::suppress::Pattern;
use crate::store::{AuditEntry, ReleaseRow, StoreError};

use crate::app::{Actor, App, AppError};

/// A release as it is stored.
#[derive(Debug, Clone)]
pub struct StoredRelease {
    /// Its number.
    pub number: i64,
    /// What it tells.
    pub release: Release,
    /// When it was made.
    pub prepared_at: Timestamp,
    /// When the manager approved it; none while it waits.
    pub approved_at: Option<Timestamp>,
}

impl StoredRelease {
    fn of(row: ReleaseRow) -> Result<Self, AppError> {
        let release = serde_json::from_str(&row.body).map_err(|_| StoreError::Damaged("release"))?;
        Ok(Self { number: row.number, release, prepared_at: row.prepared_at, approved_at: row.approved_at })
    }

    /// How far it is, with its days in a zone.
    pub fn standing(&self, zone: chrono_tz::Tz) -> Standing {
        self.approved_at.map_or(Standing::Prepared(self.number), |at| Standing::Approved(self.number, at.date_in(zone)))
    }
}

/// What stands for a day.
pub enum Published {
    /// A release that was approved.
    Is(Box<StoredRelease>),
    /// None; what was joined and starred so far, for a preview.
    WouldBe(Pattern),
}

impl App {
    /// The approved release of a day, or what a new one would go by.
    pub(super) async fn release_on(&self, as_of: NaiveDate) -> Result<Published, AppError> {
        let rows = self.store.releases().await?;
        let approved = rows.iter().find(|r| r.as_of.0 == as_of && r.approved_at.is_some());
        if let Some(row) = approved {
            return Ok(Published::Is(Box::new(StoredRelease::of(row.clone())?)));
        }
        Ok(Published::WouldBe(match rows.first() {
            Some(last) => StoredRelease::of(last.clone())?.release.pattern,
            None => Pattern::default(),
        }))
    }

    /// Prepares the release of a day: what was joined or starred in any release before, approved or not, stays so, since it may have been
    /// seen. An approved release of the day is given as it is; one that would say the same as the last one prepared for the day is that one.
    pub async fn prepare_release(&self, actor: Actor, as_of: NaiveDate, now: Timestamp) -> Result<StoredRelease, AppError> {
        if actor != Actor::Program {
            actor.needs(Right::Report)?;
        }
        loop {
            let rows = self.store.releases().await?;
            if let Some(row) = rows.iter().find(|r| r.as_of.0 == as_of && r.approved_at.is_some()) {
                return StoredRelease::of(row.clone());
            }
            let last = rows.first().cloned().map(StoredRelease::of).transpose()?;
            let before = last.as_ref().map(|l| l.release.pattern.clone()).unwrap_or_default();
            let release = self.book().await?.facts.release(AsOf::day(as_of), &before);
            if let Some(same) = last.as_ref().filter(|l| l.release == release) {
                return Ok(same.clone());
            }
            let body = serde_json::to_string(&release).map_err(|_| StoreError::Damaged("release"))?;
            let number = last.as_ref().map_or(0, |l| l.number) + 1;
            let mut tx = self.store.begin().await?;
            if tx.last_release().await? != number - 1 {
                // Another process prepared one meanwhile: its pattern counts.
                tx.rollback().await?;
                continue;
            }
            let row = ReleaseRow { number, as_of: as_of.into(), body, prepared_at: now, approved_by: None, approved_at: None };
            tx.put_release(row.clone()).await?;
            let entry = AuditEntry::on(now, actor.staff(), "release.prepare", "release", None);
            tx.audit(&entry.with("number", number).with("as_of", as_of)).await?;
            if actor == Actor::Program {
                super::monthly::tell(&mut tx, number, now).await?;
            }
            tx.commit().await?;
            return StoredRelease::of(row);
        }
    }

    /// Every release, the latest first.
    pub async fn releases(&self, actor: Actor) -> Result<Vec<StoredRelease>, AppError> {
        actor.needs(Right::Report)?;
        self.store.releases().await?.into_iter().map(StoredRelease::of).collect()
    }

    /// The releases that anybody may read, the latest first. Opens nothing: what is published is stored as it is.
    pub async fn published(&self) -> Result<Vec<StoredRelease>, AppError> {
        let rows = self.store.releases().await?;
        rows.into_iter().filter(|r| r.approved_at.is_some()).map(StoredRelease::of).collect()
    }

    /// Approves a release that waits: from then on anybody may read it, and nothing changes it.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it was approved already.
    pub async fn approve_release(&self, actor: Actor, number: i64, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Publish)?;
        let staff = actor.staff().ok_or(AppError::Forbidden)?;
        let mut tx = self.store.begin().await?;
        tx.approve_release(number, staff, now).await?;
        tx.audit(&AuditEntry::on(now, Some(staff), "release.approve", "release", None).with("number", number)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A release as a report.
    pub fn release_report(&self, stored: &StoredRelease, lang: Lang) -> Report {
        public_report(&stored.release, stored.standing(self.config.zone), &Names { towns: &self.towns, drive: &|_| None, lang })
    }
}
