//! The registrant's side of a link: what it is for, and what a button on its page does. Reading changes nothing.

use crate::domain::fact::FactEvent;
use crate::domain::hold::HoldReason;
use crate::domain::id::SubjectId;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::link::{LinkPurpose, LinkToken};
use crate::store::{AuditEntry, LinkRow, LinkUse, Tx, prepare_fact};

use super::follow::NewTask;
use super::{App, AppError};

/// The rule of the task that follows "this is not me".
pub(super) const NOT_ME_RULE: &str = "not-me";

/// As what an answer is kept that confirmed no contact data: no link is ever sent for it.
pub(super) const TOLD: &str = "told";

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
        let Some(row) = self.store.link(&hash, now).await? else { return Ok(LinkPage::Gone) };
        let Some(purpose) = LinkPurpose::from_word(&row.purpose) else { return Ok(LinkPage::Gone) };
        let fits = match answer {
            // A link that asks for a second fact verifies nothing without it.
            Answer::Verify => purpose == LinkPurpose::VerifyMail,
            Answer::Unsubscribe => purpose != LinkPurpose::NotMe,
            Answer::NotMe => true,
        };
        if !fits {
            return Ok(LinkPage::Gone);
        }
        let whose = self.address_behind(&row).await?;
        let channel = if answer == Answer::NotMe { self.staff_channel(whose.person, now).await? } else { None };
        let mut tx = self.store.begin().await?;
        // A used link of a check counts as an answer of the registrant: only who says "this is mine" uses it.
        let used = if answer == Answer::Verify { tx.use_link(&hash, now).await? } else { tx.close_link(&hash, now).await? };
        let LinkUse::Used(row) = used else { return Ok(LinkPage::Gone) };
        let subject = row.subject_id;
        match answer {
            Answer::Verify => {
                if row.address_tag.is_some() {
                    self.note_answer(&mut tx, LinkPurpose::VerifyMail, subject, &whose, now).await?;
                }
                self.note_verified(&mut tx, subject, now).await?;
            }
            Answer::NotMe => {
                self.stop_mails(&mut tx, &whose, HoldReason::NotThem, now).await?;
                self.note_answer(&mut tx, LinkPurpose::NotMe, subject, &whose, now).await?;
                // The address is not theirs; the person is still to be found by another way.
                if let Some(channel) = channel {
                    let (today, person) = (self.today(now), whose.person);
                    let (rule, kind) = (NOT_ME_RULE.to_owned(), Kind::ContactCheck.word());
                    let task = NewTask { person, subject, rule, occurrence: today, kind, channel, due_on: today };
                    tx.put_tasks(vec![self.new_task(task, now)]).await?;
                }
            }
            Answer::Unsubscribe => {
                // Mails only: the registration stays, and so do calls that are planned.
                self.stop_mails(&mut tx, &whose, HoldReason::Unsubscribed, now).await?;
                self.note_answer(&mut tx, LinkPurpose::Unsubscribe, subject, &whose, now).await?;
            }
        }
        tx.audit(&AuditEntry::on(now, None, "link.answer", "subject", Some(subject.0)).with("purpose", purpose.word())).await?;
        tx.commit().await?;
        Ok(LinkPage::Open(purpose))
    }

    /// Keeps an answer that names no address as the used link of its purpose: planning reads it there.
    pub(super) async fn note_use(&self, tx: &mut Tx, purpose: LinkPurpose, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let token = self.link_token()?;
        let mut row = self.link_row(&token, purpose, subject, now);
        row.used_at = Some(now);
        tx.put_link(row).await?;
        Ok(())
    }

    /// Notes that a registrant answered, but confirmed no contact data.
    pub(super) async fn note_told(&self, tx: &mut Tx, subject: SubjectId, now: Timestamp) -> Result<(), AppError> {
        let row = self.link_row(&self.link_token()?, LinkPurpose::ContactCheck, subject, now);
        tx.put_link(LinkRow { used_at: Some(now), purpose: TOLD.to_owned(), ..row }).await?;
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
