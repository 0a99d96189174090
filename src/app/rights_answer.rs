//! The answer to a request (个人信息保护法, article 50): carried out, which has to show, or refused with the reason that was told.

use uuid::Uuid;

use crate::domain::id::{PersonId, PublicId};
use crate::domain::outside::NotNow;
use crate::domain::rights::{DoneHow, RightsAnswer, RightsKind};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, CorrectionState, PersonView, RightsRow};

use super::rights::asker_of;
use super::{Actor, App, AppError};

/// What the log calls a value that was put right, where no record tells it.
const PUT_RIGHT: [&str; 3] = ["grid.enter", "health.undo", "service.undo"];

impl App {
    /// Whom a request is about, and what is asked for.
    ///
    /// # Errors
    /// [`AppError::Missing`].
    pub async fn right_asked(&self, actor: Actor, request: Uuid) -> Result<(PublicId, RightsKind), AppError> {
        actor.needs(Right::People)?;
        let (row, kind) = self.asked(request).await?;
        let public = self.store.public_ids_of(&[row.person_id]).await?.remove(&row.person_id);
        Ok((public.ok_or(AppError::Missing("person"))?, kind))
    }

    /// Records the answer to a request.
    ///
    /// # Errors
    /// [`AppError::NotNow`] where it is said to be carried out here and nothing here shows it since the day it was received;
    /// [`AppError::Input`] where the way or the reason does not fit the request; [`AppError::Stale`] where it was answered already.
    pub async fn answer_right(&self, actor: Actor, request: Uuid, answer: RightsAnswer, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        let (row, kind) = self.asked(request).await?;
        if row.answered_at.is_some() {
            return Err(AppError::Stale);
        }
        let flaw = |field, hint| Err(AppError::Input { field, hint });
        let (word, told) = match answer {
            RightsAnswer::Done(how) if !DoneHow::of(kind).contains(&how) => {
                return flaw("how", "such a request is carried out in this system");
            }
            RightsAnswer::Done(how) => {
                if how == DoneHow::Here && !self.shows(&row, kind).await? {
                    return Err(AppError::NotNow(NotNow { key: first(kind) }));
                }
                ("how", how.word())
            }
            RightsAnswer::Refused(Some(why)) if asker_of(&row).is_some_and(|asker| why.fits(kind, asker.who())) => ("why", why.word()),
            RightsAnswer::Refused(_) => return flaw("refusal", "choose the reason that was told"),
        };
        let mut tx = self.store.begin().await?;
        let row = tx.answer_rights(request, answer, actor.staff(), now).await?;
        let entry = AuditEntry::on(now, actor.staff(), "rights.answer", "person", Some(row.person_id.0)).with("kind", &row.kind);
        tx.audit(&entry.with("granted", row.granted == Some(true)).with(word, told)).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn asked(&self, request: Uuid) -> Result<(RightsRow, RightsKind), AppError> {
        let row = self.store.rights_request(request).await?.ok_or(AppError::Missing("request"))?;
        let kind = RightsKind::from_word(&row.kind).ok_or(AppError::Missing("request"))?;
        Ok((row, kind))
    }

    /// Whether what was asked for was done here since the day on which it was received.
    async fn shows(&self, row: &RightsRow, kind: RightsKind) -> Result<bool, AppError> {
        let midnight = row.received_on.0.and_time(chrono::NaiveTime::MIN).and_local_timezone(self.config.zone).earliest();
        // A day that begins at no midnight begins later: nothing before it is meant either way.
        let since = midnight.map_or(row.recorded_at, |at| Timestamp::of(at.with_timezone(&chrono::Utc)));
        let person = self.stands_for(row.person_id).await?;
        let mut leaves = self.store.audit_of(person.0).await?;
        if person != row.person_id {
            leaves.extend(self.store.audit_of(row.person_id.0).await?);
        }
        let told = |actions: &[&str]| leaves.iter().any(|leaf| leaf.at >= since && actions.contains(&leaf.action.as_str()));
        Ok(match kind {
            RightsKind::Copy => told(&["person.copy"]),
            RightsKind::Object => told(&["rights.object"]),
            RightsKind::Erase => match self.store.person(&self.vault, person).await? {
                Some(view) => view.subjects.iter().all(|s| s.row.erased_at.is_some()),
                None => true,
            },
            RightsKind::Correct => match self.store.person(&self.vault, person).await? {
                Some(view) => told(&PUT_RIGHT) || self.corrected_since(&view, since).await?,
                None => false,
            },
        })
    }

    /// A further record of a registration, or a line of the correction list that was put right.
    async fn corrected_since(&self, view: &PersonView, since: Timestamp) -> Result<bool, AppError> {
        for subject in &view.subjects {
            let first = subject.records.iter().map(|r| (r.recorded_at, r.id)).min();
            if subject.records.iter().any(|r| r.recorded_at >= since && Some((r.recorded_at, r.id)) != first) {
                return Ok(true);
            }
            let lines = self.store.corrections_of(subject.row.id).await?;
            if lines.iter().any(|l| l.state == CorrectionState::Corrected && l.resolved_at.is_some_and(|at| at >= since)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The person that a person who was joined to another stands for now.
    async fn stands_for(&self, person: PersonId) -> Result<PersonId, AppError> {
        let Some(public) = self.store.public_ids_of(&[person]).await?.remove(&person) else { return Ok(person) };
        Ok(self.store.resolve(&public).await?.unwrap_or(person))
    }
}

/// What has to be done first, as the key of a sentence.
const fn first(kind: RightsKind) -> &'static str {
    match kind {
        RightsKind::Copy => "rights-copy-first",
        RightsKind::Correct => "rights-correct-first",
        RightsKind::Object => "rights-object-first",
        RightsKind::Erase => "rights-erase-first",
    }
}
