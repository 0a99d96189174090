//! The GRID of a stem-cell registrant: entered where the state in the CMDP is, shown only when the page was opened.

use crate::domain::Guarded;
use crate::domain::grid::{Grid, GridFlaw};
use crate::domain::id::{PublicId, SubjectId};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, GridView, PersonView, SealedGrid};

use super::outside::subject_in;
use super::urgent::Once;
use super::{Actor, App, AppError};

impl App {
    /// The GRIDs entered for a person, oldest first; the last one counts.
    pub(super) async fn grids(&self, view: &PersonView) -> Result<Vec<GridView>, AppError> {
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        Ok(self.store.grids_of(&self.vault, &subjects).await?)
    }

    /// Enters the GRID of a stem-cell registrant; a mistake is put right by entering the right one, which then counts.
    ///
    /// # Errors
    /// Inside: why what was typed is no GRID. [`AppError::Input`] where it is another registrant's; [`AppError::Missing`] where there is no
    /// registration for stem cells.
    pub async fn enter_grid(
        &self,
        actor: Actor,
        person: &PublicId,
        typed: &Guarded<String>,
        once: &Once,
        now: Timestamp,
    ) -> Result<Result<(), GridFlaw>, AppError> {
        actor.needs(Right::Outside)?;
        let person = self.store.resolve(person).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subject = subject_in(&view, Registry::StemCell).ok_or(AppError::Missing("registration"))?;
        let grid = match Grid::of_typed(typed) {
            Ok(grid) => grid,
            Err(flaw) => return Ok(Err(flaw)),
        };
        let tag = Grid::tag(&grid, &*self.vault);
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let told = (actor.staff(), now);
        let sealed = SealedGrid::of(&self.vault, &keys, (&Grid::text(&grid), tag), self.today(now), told)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(Ok(())) };
        let holders = tx.by_grid(&self.vault, tag).await?;
        if holders.iter().any(|holder| !view.subjects.iter().any(|s| s.row.id == *holder)) {
            return Err(AppError::Input { field: "grid", hint: "it is noted with another person; compare the two" });
        }
        tx.put_grid(sealed).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "grid.enter", "person", Some(person.0))).await?;
        self.commit_once(tx, actor, once, None, now).await.map(Ok)
    }
}
