//! The rule sets in use: those shipped, and an administrator's editions of them.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::domain::eligibility::RuleSets;
use crate::domain::id::StaffId;
use crate::domain::time::Timestamp;
use crate::store::StoreError;

use super::super::{App, AppError};

/// The editions, as one setting: rules of the field, nothing personal.
pub(super) const SETTING: &str = "eligibility";

/// The sets as last read, with the setting they were read from.
#[derive(Default)]
pub struct Cached(Mutex<Option<(Option<String>, Arc<RuleSets>)>>);

/// What an administrator entered, every version of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) editions: Vec<Edition>,
    /// What waits to be looked at and decided.
    #[serde(default)]
    pub(super) proposed: Option<Edition>,
}

/// One version of a rule set.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Edition {
    /// Its number, from 1.
    pub version: u32,
    /// Of which set.
    pub set: String,
    /// Its text.
    pub text: String,
    /// When it was entered.
    pub at: Timestamp,
    /// By whom; none at the console.
    pub by: Option<StaffId>,
}

impl App {
    /// The rule sets in use: of each the latest edition, else the one shipped.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where what is stored cannot be read.
    pub async fn rule_sets(&self) -> Result<Arc<RuleSets>, AppError> {
        let setting = self.store.setting(SETTING).await?;
        if let Some((of, sets)) = &*self.rules.0.lock().unwrap_or_else(PoisonError::into_inner)
            && *of == setting
        {
            return Ok(Arc::clone(sets));
        }
        let stored = stored(setting.as_deref())?;
        let sets = Arc::new(read(&stored.editions).map_err(|_| StoreError::Damaged("setting"))?);
        *self.rules.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((setting, Arc::clone(&sets)));
        Ok(sets)
    }
}

pub(super) fn stored(setting: Option<&str>) -> Result<Stored, StoreError> {
    setting.map_or(Ok(Stored::default()), |text| serde_json::from_str(text).map_err(|_| StoreError::Damaged("setting")))
}

/// The shipped sets with editions put in their places, the later ones last.
pub(super) fn read(editions: &[Edition]) -> Result<RuleSets, crate::domain::eligibility::RuleFlaw> {
    let texts: Vec<&str> = RuleSets::shipped_texts().iter().copied().chain(editions.iter().map(|e| e.text.as_str())).collect();
    RuleSets::read(&texts)
}
