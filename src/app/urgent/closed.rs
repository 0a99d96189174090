//! Match requests and death notices that are closed, and those of one person: whoever works on them finds each again.

use std::collections::HashMap;

use crate::domain::id::{MatterId, PersonId, PublicId, SubjectId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::{death_notice, match_request};
use crate::store::{MatterKind, MatterRow, PersonView, StoreError};

use super::super::{Actor, App, AppError};
use super::match_request::phase_of;

/// Closed ones on one page.
const LISTED: usize = 50;

/// What a matter is, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatterOf {
    /// A match request.
    Match(match_request::Phase),
    /// A death notice.
    Death(death_notice::Phase),
}

/// A match request or a death notice in a list: numbers, days and where it stands, nothing that is sealed.
#[derive(Debug, Clone)]
pub struct MatterHead {
    /// Which.
    pub id: MatterId,
    /// Whose pseudonym; none where it is about nobody on file.
    pub public_id: Option<PublicId>,
    /// What it is.
    pub of: MatterOf,
    /// When it came in.
    pub received: Timestamp,
    /// When it was closed.
    pub closed: Option<Timestamp>,
}

fn head(row: &MatterRow, public_id: Option<PublicId>) -> Result<Option<MatterHead>, AppError> {
    let of = match row.kind {
        MatterKind::Match => MatterOf::Match(phase_of(row)?),
        MatterKind::Death => {
            let phase = death_notice::Phase::from_word(&row.phase);
            MatterOf::Death(phase.ok_or(AppError::Store(StoreError::Damaged("matter")))?)
        }
        MatterKind::Sample | MatterKind::Aid | MatterKind::Remembrance | MatterKind::FamilyContact => return Ok(None),
    };
    Ok(Some(MatterHead { id: row.id, public_id, of, received: row.received_at, closed: row.closed_at }))
}

impl App {
    /// Match requests and death notices that are closed, the latest first, by key behind `after`; and whether there are more.
    ///
    /// # Errors
    /// None of its own.
    pub async fn closed_matters(&self, actor: Actor, after: Option<MatterId>) -> Result<(Vec<MatterHead>, bool), AppError> {
        actor.needs(Right::Urgent)?;
        let kinds = [MatterKind::Match, MatterKind::Death];
        let mut rows = self.store.closed_behind(&self.vault, &kinds, after, LISTED as u64 + 1).await?;
        let more = rows.len() > LISTED;
        rows.truncate(LISTED);
        let subjects: Vec<SubjectId> = rows.iter().filter_map(|row| row.subject_id).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let public = self.store.public_ids_of(&persons.values().copied().collect::<Vec<_>>()).await?;
        let whose = |row: &MatterRow| public.get(persons.get(&row.subject_id?)?).cloned();
        let mut heads = Vec::with_capacity(rows.len());
        for row in &rows {
            heads.extend(head(row, whose(row))?);
        }
        Ok((heads, more))
    }

    /// The match requests and death notices of a person, open and closed, the latest first.
    pub(in crate::app) async fn matters_with(&self, view: &PersonView) -> Result<Vec<MatterHead>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let mut heads = Vec::new();
        for row in self.store.matters_of(&self.vault, &subjects).await? {
            heads.extend(head(&row, Some(view.row.public_id.clone()))?);
        }
        Ok(heads)
    }
}
