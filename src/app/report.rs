//! Reports, counted from the facts in memory. No compartment but `statistics` is opened.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::Compartment;
use crate::reports::Lang;
use crate::reports::axis::{AsOf, Names};
use crate::reports::document::{Report, flows_report, pool_report};
use crate::reports::facts::FactBook;
use crate::reports::flows::{Flows, Period};
use crate::reports::pool::Pool;

use super::{App, AppError};

/// The facts, and the change they were read at.
#[derive(Default)]
pub struct Book {
    read_at: Option<i64>,
    facts: FactBook,
}

impl App {
    /// The pool at the end of a day.
    ///
    /// # Errors
    /// [`AppError::Sealed`] in a process without the statistics key.
    pub async fn pool(&self, as_of: NaiveDate) -> Result<Pool, AppError> {
        Ok(self.book().await?.facts.pool(AsOf::day(as_of)))
    }

    /// Who came in and went out between two days, both included.
    ///
    /// # Errors
    /// As [`App::pool`]; [`AppError::Report`] for a period that ends before it begins.
    pub async fn flows(&self, from: NaiveDate, to: NaiveDate) -> Result<Flows, AppError> {
        let book = self.book().await?;
        let period = Period::current(&book.facts, from, to)?;
        Ok(book.facts.flows(period))
    }

    /// The names of drives by number, for the breakdown by drive.
    pub async fn drive_names(&self) -> Result<Vec<(u32, String)>, AppError> {
        let drives = self.store.drives().await?;
        Ok(drives.into_iter().filter_map(|d| Some((u32::try_from(d.number).ok()?, d.name))).collect())
    }

    /// The pool as a finished report.
    ///
    /// # Errors
    /// As [`App::pool`].
    pub async fn pool_report(&self, as_of: NaiveDate, lang: Lang) -> Result<Report, AppError> {
        let pool = self.pool(as_of).await?;
        let drives: HashMap<u32, String> = self.drive_names().await?.into_iter().collect();
        Ok(pool_report(&pool, &Names { towns: &self.towns, drive: &|n| drives.get(&n).cloned(), lang }))
    }

    /// The flows as a finished report.
    ///
    /// # Errors
    /// As [`App::flows`].
    pub async fn flows_report(&self, from: NaiveDate, to: NaiveDate, lang: Lang) -> Result<Report, AppError> {
        let flows = self.flows(from, to).await?;
        let drives: HashMap<u32, String> = self.drive_names().await?.into_iter().collect();
        Ok(flows_report(&flows, &Names { towns: &self.towns, drive: &|n| drives.get(&n).cloned(), lang }))
    }

    async fn book(&self) -> Result<tokio::sync::RwLockReadGuard<'_, Book>, AppError> {
        if !self.vault.opens(Compartment::Statistics) {
            return Err(AppError::Sealed("statistics"));
        }
        let seq = self.store.last_change().await?;
        {
            let book = self.facts.read().await;
            if book.read_at == Some(seq) {
                return Ok(book);
            }
        }
        let mut book = self.facts.write().await;
        if book.read_at != Some(seq) {
            let mut facts = Vec::new();
            self.store.facts(&self.vault, |fact| facts.push(fact)).await?;
            *book = Book { read_at: Some(seq), facts: FactBook::new(facts) };
        }
        Ok(book.downgrade())
    }
}
