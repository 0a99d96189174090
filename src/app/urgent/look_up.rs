//! "Is this person registered, and for what?": asked by a coordinator with a purpose and a case number, logged before the answer, and answered
//! with no more than that.

use crate::domain::Guarded;
use crate::domain::document::Document;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::AuditEntry;

use super::super::people::standings;
use super::super::{Actor, App, AppError};

/// The window of the limit, in seconds.
const HOUR: i64 = 3_600;
/// How the log calls a question that was answered.
const ASKED: &str = "lookup.ask";

/// Why it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookUpWhy {
    /// A hospital or family reports a death or that somebody is dying.
    Donation,
    /// An authority asks in writing.
    Authority,
}

impl LookUpWhy {
    /// Every purpose.
    pub const ALL: [Self; 2] = [Self::Donation, Self::Authority];

    /// The word in the log and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Donation => "donation",
            Self::Authority => "authority",
        }
    }

    /// The purpose of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.word() == word)
    }
}

/// The answer: whether there is a registration for organs or body that stands, since when, for what. Never who, where or with whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// None that stands.
    No,
    /// One that stands.
    Yes {
        /// Since when.
        since: chrono::NaiveDate,
        /// Words of the items.
        items: Vec<String>,
    },
}

impl App {
    /// Answers whether the holder of a document number is registered as organ or body donor. One member of staff may ask so many times within an
    /// hour; what counts is the log, under the lock of writers, so that it holds over all processes.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field, [`AppError::AskedTooOften`] with when it is possible again; then nothing was looked up.
    pub async fn look_up(
        &self,
        actor: Actor,
        document: &Guarded<String>,
        why: LookUpWhy,
        case: &str,
        now: Timestamp,
    ) -> Result<Found, AppError> {
        actor.needs(Right::LookUp)?;
        let case = case.trim();
        if !(2..=40).contains(&case.len()) || !case.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/')) {
            return Err(AppError::Input { field: "case", hint: "2 to 40 letters, digits and dashes" });
        }
        let document = Document::of_typed(document).ok_or(AppError::Input { field: "document", hint: "the whole number" })?;
        let mut tx = self.store.begin().await?;
        let entry = |action| AuditEntry::on(now, actor.staff(), action, "registry", None).with("why", why.word()).with("case", case);
        let limit = self.config.lookups_per_hour;
        if let (count, Some(first)) = tx.done_since(actor.staff(), ASKED, now.plus_seconds(-HOUR)).await?
            && count >= limit
        {
            tx.audit(&entry("lookup.refused").with("limit", limit)).await?;
            tx.commit().await?;
            return Err(AppError::AskedTooOften { again: first.plus_seconds(HOUR) });
        }
        let found = self.registered(&document).await?;
        // The leaf stands before a byte of the answer is sent, whatever the answer is.
        let entry = entry(ASKED).with("found", found != Found::No);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(found)
    }

    async fn registered(&self, document: &Guarded<Document>) -> Result<Found, AppError> {
        let mut subjects: Vec<_> = self.store.claimants(&self.vault, document).await?.into_iter().map(|(s, _)| s).collect();
        subjects.dedup();
        for (_, person) in self.store.persons_of(&subjects).await? {
            let Some(view) = self.store.person(&self.vault, person).await? else { continue };
            let organ = standings(view.enrolments()).into_iter().find(|(r, ..)| *r == Registry::OrganBody);
            if let Some((_, EnrolmentStatus::Registered | EnrolmentStatus::Enrolled, since)) = organ {
                return Ok(Found::Yes { since, items: crate::domain::wish::Wish::asked(&super::notice::consented(&view).0.0) });
            }
        }
        Ok(Found::No)
    }
}
