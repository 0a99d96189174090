//! Returned mails: what they report is held against the address they were sent to.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use uuid::Uuid;

use crate::domain::Keyed;
use crate::domain::hold::{self, HoldReason, Tag};
use crate::domain::id::SubjectId;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::followup::bounce::{Action, Class, RecipientReport, class_of_reply, classify, return_paths};
use crate::followup::compose::outbox_of;
use crate::followup::desk::{RETURNED, follows_mail};
use crate::followup::link::LinkPurpose;
use crate::followup::mailer::SendOutcome;
use crate::store::{AuditEntry, BounceRow, ContactKind, HoldRow, OutboxRow, TaskChannel, TaskState, Tx};

use super::super::{Actor, App, AppError};

/// So many mails to one address come back for the time being, within so many days, before it is on hold.
const SOFT_LIMIT: u64 = 3;
const SOFT_DAYS: i64 = 30;
const DAY: i64 = 86_400;

/// What became of a returned mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Recorded, and what it leads to was done.
    Applied(Class),
    /// Read before.
    Known,
    /// It does not come back to one of our mails, or its return path is forged: nothing is done.
    Stranger,
    /// It reports nobody.
    Nobody,
    /// It cannot be taken apart: set aside.
    Broken,
}

impl App {
    /// Reads one returned mail. `sent_to` is the return path as the mail server's pipe told it, where it did.
    ///
    /// The same message again changes nothing. Whoever forges a report without the keyed return path changes nothing.
    pub async fn take_bounce(&self, actor: Actor, bytes: &[u8], sent_to: Option<&str>, now: Timestamp) -> Result<Taken, AppError> {
        actor.needs(Right::FollowUp)?;
        let read = catch_unwind(AssertUnwindSafe(|| (classify(bytes), return_paths(bytes))));
        let Ok((reports, paths)) = read else { return Ok(Taken::Broken) };
        if reports.is_empty() {
            return Ok(Taken::Nobody);
        }
        let ours = sent_to.into_iter().chain(paths.iter().map(String::as_str)).find_map(|path| outbox_of(path, &*self.vault));
        let Some(id) = ours else { return Ok(Taken::Stranger) };
        let Some(row) = self.store.message(id).await? else { return Ok(Taken::Stranger) };
        let (class, action, status) = verdict(&reports);
        let fingerprint = self.vault.tag("followup/bounce", bytes);
        let shared = self.who_shares(&row).await?;
        let tag = row.address_tag.as_ref().and_then(|t| Tag::try_from(t.0.clone()).ok());
        // A complaint says what the one-click link says: no more mails to this address.
        let complaint = class == Class::Feedback && matches!(action, Some(Action::Abuse | Action::OptOut));
        let whose = match complaint {
            true => match self.addressed(row.subject_id, tag).await {
                Ok(found) => Some(found),
                Err(AppError::Missing(_)) => None,
                Err(other) => return Err(other),
            },
            false => None,
        };

        let mut tx = self.store.begin().await?;
        let fresh = tx
            .put_bounce(BounceRow {
                id: Uuid::now_v7(),
                fingerprint: fingerprint.to_vec().into(),
                outbox_id: Some(row.id),
                subject_id: Some(row.subject_id),
                address_tag: row.address_tag.clone(),
                class: class.word().to_owned(),
                status: status.clone(),
                at: now,
            })
            .await?;
        if !fresh {
            tx.rollback().await?;
            return Ok(Taken::Known);
        }
        match class {
            Class::Hard => self.hold_mail(&mut tx, &row, &shared, HoldReason::Hard, now).await?,
            Class::Soft => {
                self.count_soft(&mut tx, &row, &shared, now).await?;
            }
            Class::Feedback => {
                if let Some(whose) = &whose {
                    self.stop_mails(&mut tx, whose, HoldReason::Unsubscribed, now).await?;
                    self.note_answer(&mut tx, LinkPurpose::Unsubscribe, row.subject_id, whose, now).await?;
                }
            }
            // Policy is the operator's business: the page of follow-ups shows it from the record.
            Class::Policy | Class::Vacation | Class::Delivered | Class::None => {}
        }
        let entry = AuditEntry::on(now, actor.staff(), "followup.bounce", "outbox", Some(row.id.0)).with("class", class.word());
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(Taken::Applied(class))
    }

    /// How many mails were refused for what we are or send, in the last days: an alert for the operator, with the latest status.
    pub async fn policy_alert(&self, now: Timestamp) -> Result<Option<(u64, String)>, AppError> {
        let rows = self.store.bounces(Class::Policy.word(), now.plus_seconds(-7 * DAY), 1_000).await?;
        let latest = rows.first().and_then(|r| r.status.clone()).unwrap_or_default();
        Ok((!rows.is_empty()).then(|| (rows.len() as u64, latest)))
    }

    /// The mail server refused a message at once, or put it off until we gave up: the same as a returned mail, by the same rules. Answers
    /// whether the address is on hold now.
    pub(super) async fn refused_at_once(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        outcome: &SendOutcome,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let class = class_of_reply(outcome);
        let fingerprint = self.vault.tag("followup/reply", &row.id.bytes());
        let fresh = tx
            .put_bounce(BounceRow {
                id: Uuid::now_v7(),
                fingerprint: fingerprint.to_vec().into(),
                outbox_id: Some(row.id),
                subject_id: Some(row.subject_id),
                address_tag: row.address_tag.clone(),
                class: class.word().to_owned(),
                status: outcome.reply().status.map(|status| status.to_string()),
                at: now,
            })
            .await?;
        match class {
            Class::Hard => {
                let shared = self.who_shares(row).await?;
                self.hold_mail(tx, row, &shared, HoldReason::Hard, now).await?;
                Ok(true)
            }
            Class::Soft if fresh => {
                let shared = self.who_shares(row).await?;
                self.count_soft(tx, row, &shared, now).await
            }
            _ => Ok(false),
        }
    }

    /// Counts a mail that came back for the time being. Answers whether the address is on hold for it.
    async fn count_soft(&self, tx: &mut Tx, row: &OutboxRow, shared: &[(SubjectId, Tag)], now: Timestamp) -> Result<bool, AppError> {
        let Some(tag) = &row.address_tag else { return Ok(false) };
        let too_often = tx.count_bounces(Class::Soft.word(), &tag.0, now.plus_seconds(-SOFT_DAYS * DAY)).await? >= SOFT_LIMIT;
        if too_often {
            self.hold_mail(tx, row, shared, HoldReason::Soft, now).await?;
        }
        Ok(too_often)
    }

    /// Puts the address on hold, for everybody who shares it, and opens a call with the one it was written to, unless something follows the mail
    /// already - one mail is one call - or they left or died since.
    async fn hold_mail(
        &self,
        tx: &mut Tx,
        row: &OutboxRow,
        shared: &[(SubjectId, Tag)],
        reason: HoldReason,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let own = row.address_tag.as_ref().and_then(|t| Tag::try_from(t.0.clone()).ok()).map(|tag| (row.subject_id, tag));
        let all: HashSet<(SubjectId, Tag)> = own.into_iter().chain(shared.iter().copied()).collect();
        let rows = all.into_iter().map(|(subject_id, tag)| HoldRow {
            id: Uuid::now_v7(),
            subject_id,
            channel: ContactKind::Mail,
            address_tag: tag.to_vec().into(),
            reason: reason.word().to_owned(),
            since: now,
            lifted_at: None,
        });
        tx.put_holds(rows.collect()).await?;
        let owner = self.store.person_of(row.subject_id).await?.unwrap_or(row.person_id);
        let open = self.store.tasks_of(&[owner]).await?;
        let mail = (row.rule.as_str(), row.occurrence.0);
        let mut staffs = open.iter().filter(|task| task.state == TaskState::Planned && task.channel != TaskChannel::Mail);
        if staffs.any(|task| follows_mail(&task.rule, task.occurrence.0, mail)) {
            return Ok(());
        }
        let today = self.today(now);
        if !self.concerns(tx, row.subject_id, (RETURNED, today)).await? {
            return Ok(());
        }
        let task = self.desk_task(row, RETURNED.to_owned(), today, Kind::ContactCheck.word(), today, now);
        tx.put_tasks(vec![task]).await?;
        Ok(())
    }

    /// The subjects whose contact data hold the address a message went to, each with its own tag of it.
    async fn who_shares(&self, row: &OutboxRow) -> Result<Vec<(SubjectId, Tag)>, AppError> {
        let Some(tag) = &row.address_tag else { return Ok(Vec::new()) };
        // The address was taken from one of the person's registrations, not always the message's.
        let owner = self.store.person_of(row.subject_id).await?.unwrap_or(row.person_id);
        let Some(view) = self.store.person(&self.vault, owner).await? else { return Ok(Vec::new()) };
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let entries = self.store.people_of(&self.vault, &subjects).await?;
        let mail = entries.iter().find_map(|entry| {
            let contact = entry.records.last()?.contact.as_ref()?;
            hold::mail_of(contact, entry.subject, &*self.vault, &tag.0)
        });
        let Some(mail) = mail else { return Ok(Vec::new()) };
        let candidates = self.store.by_mail(&self.vault, &mail).await?;
        let entries = self.store.people_of(&self.vault, &candidates).await?;
        let tags = entries.iter().filter_map(|entry| {
            let contact = entry.records.last()?.contact.as_ref()?;
            Some((entry.subject, hold::tag_of_mail(contact, entry.subject, &*self.vault, &mail)?))
        });
        Ok(tags.collect())
    }
}

/// What a message says on the whole. A mail of ours has one recipient; where it was passed on to several, one who got it is enough.
fn verdict(reports: &[RecipientReport]) -> (Class, Option<Action>, Option<String>) {
    let rank = |class: Class| match class {
        Class::Feedback => 0,
        Class::Vacation => 1,
        Class::Delivered => 2,
        Class::Soft => 3,
        Class::Policy => 4,
        Class::Hard => 5,
        Class::None => 6,
    };
    let chosen = reports.iter().min_by_key(|r| rank(r.class));
    chosen.map_or((Class::None, None, None), |r| (r.class, r.action, r.status.map(|s| s.to_string())))
}
