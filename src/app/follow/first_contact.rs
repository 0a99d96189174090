//! 发起首次联系: the first contact of imported people, a confirmed act of its own.

use std::collections::HashSet;

use crate::domain::id::{CampaignId, SubjectId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::plan::{MailReach, Reach};
use crate::store::{AuditEntry, CampaignRow, CampaignState};

use super::super::{Actor, App, AppError};
use super::FirstContact;
use super::people::{Reachable, of_registry};

impl App {
    /// Whom a first contact would reach.
    pub async fn first_contact_preview(&self, actor: Actor, registry: Option<Registry>, now: Timestamp) -> Result<FirstContact, AppError> {
        actor.needs(Right::FollowUp).or_else(|_| actor.needs(Right::ConfirmFirstContact))?;
        let people = self.reachable_of(&self.store.persons_held().await?, now).await?;
        let mut out = FirstContact::default();
        for person in people.values().filter(|p| p.held && of_registry(p, registry)) {
            out.people += 1;
            let reach = person.plans.first().map(|p| p.reach).unwrap_or_default();
            match reach {
                Reach { mail: MailReach::None, phone: true, .. } => out.by_phone += 1,
                Reach { mail: MailReach::None, phone: false, address: true, .. } => out.by_letter += 1,
                Reach { mail: MailReach::None, phone: false, address: false, .. } => out.unreachable += 1,
                _ => out.by_mail += 1,
            }
            for registry in person.plans.iter().map(|p| p.registry.word()).collect::<HashSet<_>>() {
                *out.by_registry.entry(registry).or_default() += 1;
            }
        }
        Ok(out)
    }

    /// 发起首次联系: releases imported people for contact. The count typed back must be the one of the preview.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but a manager; [`AppError::CountDiffers`]; an empty selection releases nobody.
    pub async fn first_contact(&self, actor: Actor, registry: Option<Registry>, count: u64, now: Timestamp) -> Result<u64, AppError> {
        let Actor::Staff { id: by, .. } = actor else { return Err(AppError::Forbidden) };
        actor.needs(Right::ConfirmFirstContact)?;
        let people = self.reachable_of(&self.store.persons_held().await?, now).await?;
        let chosen: Vec<&Reachable> = people.values().filter(|p| p.held && of_registry(p, registry)).collect();
        if chosen.is_empty() || chosen.len() as u64 != count {
            return Err(AppError::CountDiffers);
        }
        let subjects: Vec<SubjectId> = chosen.iter().flat_map(|p| p.subjects.iter().copied()).collect();
        let id = CampaignId::fresh();
        let mut tx = self.store.begin().await?;
        tx.put_campaign(CampaignRow {
            id,
            kind: "first-contact".to_owned(),
            filter: registry.map_or("all", Registry::word).to_owned(),
            count: i64::try_from(count).unwrap_or(i64::MAX),
            requested_by: by,
            created_at: now,
            confirmed_by: None,
            confirmed_at: None,
            state: CampaignState::Requested,
        })
        .await?;
        tx.decide_campaign(id, CampaignState::Confirmed, by, now).await?;
        tx.mark_first_contact(&self.vault, &subjects, now).await?;
        let entry = AuditEntry::on(now, Some(by), "followup.first-contact", "campaign", Some(id.0)).with("people", count);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(count)
    }
}
