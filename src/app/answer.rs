//! The registrant's side of a link: what it is for, and what a button on its page does. Reading changes nothing.

use crate::domain::fact::FactEvent;
use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::followup::link::{LinkPurpose, LinkToken};
use crate::store::{AuditEntry, LinkUse, Tx, prepare_fact};

use super::{App, AppError};

/// What stands behind a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPage {
    /// It works, for this purpose.
    Open(LinkPurpose),
    /// Unknown, used, closed or run out: one answer for all.
    Gone,
}

/// What a registrant answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The address is mine.
    Verify,
    /// This is not me.
    NotMe,
    /// No more mails; the registration stays.
    Unsubscribe,
}

impl App {
    /// What a link is for. Changes nothing.
    pub async fn link(&self, token: &str, now: Timestamp) -> Result<LinkPage, AppError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(LinkPage::Gone) };
        let row = self.store.link(&token.tag(&*self.vault), now).await?;
        Ok(row.and_then(|r| LinkPurpose::from_word(&r.purpose)).map_or(LinkPage::Gone, LinkPage::Open))
    }

    /// Carries out an answer. An answer that a link is not for, or that comes too late, changes nothing and is told as gone.
    pub async fn answer(&self, token: &str, answer: Answer, now: Timestamp) -> Result<LinkPage, AppError> {
        let Some(token) = LinkToken::parse(token) else { return Ok(LinkPage::Gone) };
        let hash = token.tag(&*self.vault);
        let LinkPage::Open(purpose) = self.link_of(&hash, now).await? else { return Ok(LinkPage::Gone) };
        let fits = match answer {
            // A link that asks for a second fact verifies nothing without it.
            Answer::Verify => purpose == LinkPurpose::VerifyMail,
            Answer::Unsubscribe => matches!(purpose, LinkPurpose::Unsubscribe | LinkPurpose::ContactCheck),
            Answer::NotMe => true,
        };
        if !fits {
            return Ok(LinkPage::Gone);
        }
        let mut tx = self.store.begin().await?;
        let LinkUse::Used(row) = tx.use_link(&hash, now).await? else { return Ok(LinkPage::Gone) };
        let subject = row.subject_id;
        match answer {
            Answer::Verify => {
                self.note_verified(&mut tx, subject, now).await?;
            }
            Answer::NotMe => {
                // The address is not theirs; the person is still to be found by another way.
                tx.cancel_mails(&[subject], "not-me").await?;
                self.note_use(&mut tx, LinkPurpose::NotMe, subject, now).await?;
            }
            Answer::Unsubscribe => {
                // Mails only: the registration stays, and so do calls that are planned.
                tx.cancel_mails(&[subject], "unsubscribed").await?;
                if purpose != LinkPurpose::Unsubscribe {
                    self.note_use(&mut tx, LinkPurpose::Unsubscribe, subject, now).await?;
                }
            }
        }
        tx.audit(&AuditEntry::on(now, None, "link.answer", "subject", Some(subject.0)).with("purpose", purpose.word())).await?;
        tx.commit().await?;
        Ok(LinkPage::Open(purpose))
    }

    async fn link_of(&self, hash: &[u8], now: Timestamp) -> Result<LinkPage, AppError> {
        let row = self.store.link(hash, now).await?;
        Ok(row.and_then(|r| LinkPurpose::from_word(&r.purpose)).map_or(LinkPage::Gone, LinkPage::Open))
    }

    /// Keeps an answer as the used link of its purpose: planning reads it there.
    pub(super) async fn note_use(&self, tx: &mut Tx, purpose: LinkPurpose, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let token = self.link_token()?;
        let mut row = self.link_row(&token, purpose, subject, now);
        row.used_at = Some(now);
        tx.put_link(row).await?;
        Ok(())
    }

    /// Notes in the statistics that the registrant's contact data were verified.
    pub(super) async fn note_verified(&self, tx: &mut Tx, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let Some(stat_id) = self.store.stat_id(&self.vault, subject).await? else { return Ok(()) };
        for standing in tx.standings(&self.vault, subject).await? {
            let fact = self.told(stat_id, standing.registry, FactEvent::Verified, now);
            tx.put_facts(vec![prepare_fact(&self.vault, &fact)?]).await?;
        }
        Ok(())
    }
}
