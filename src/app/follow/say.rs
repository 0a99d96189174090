//! Which words a caller is given.

use crate::domain::Compartment;
use crate::domain::fact::FactEvent;
use crate::domain::id::SubjectId;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::followup::Kind;
use crate::followup::desk::{CallStanding, Script, script};

use super::super::{Actor, App, AppError};
use super::TaskItem;

impl App {
    /// The words for a follow-up: by its kind, and by where the person stands today over all registrations.
    pub async fn call_script(&self, actor: Actor, item: &TaskItem) -> Result<Script, AppError> {
        actor.needs(Right::FollowUp)?;
        let mut standing = CallStanding::default();
        let Some(person) = self.store.person_of(item.subject).await? else { return Ok(script(item.kind, standing)) };
        let Some(view) = self.store.person(&self.vault, person).await? else { return Ok(script(item.kind, standing)) };
        for (registry, status, _) in super::super::people::standings(view.enrolments()) {
            standing.stem_cell_in_file |= registry == Registry::StemCell && status.in_pool();
            standing.organ_body |= registry == Registry::OrganBody && status.may_contact();
        }
        // Only there do the words depend on it.
        if standing.stem_cell_in_file && matches!(item.kind, Some(Kind::Availability | Kind::ContactCheck)) {
            let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
            standing.matched = self.ever_matched(&subjects).await?;
        }
        Ok(script(item.kind, standing))
    }

    /// Whether a patient ever matched. Who cannot know it, because the process holds no key to the statistics, takes it as true.
    pub(super) async fn ever_matched(&self, subjects: &[SubjectId]) -> Result<bool, AppError> {
        if !self.vault.opens(Compartment::Statistics) {
            return Ok(true);
        }
        let mut ids = Vec::new();
        for subject in subjects {
            ids.extend(self.store.stat_id(&self.vault, *subject).await?);
        }
        let mut matched = false;
        self.store.facts(&self.vault, |fact| matched |= matches!(fact.event, FactEvent::Match(..)) && ids.contains(&fact.stat_id)).await?;
        Ok(matched)
    }
}
