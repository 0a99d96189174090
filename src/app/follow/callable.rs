//! Who may be called at all: by their own consent, with a number that is not on hold, and never somebody imported whom nobody released.

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::PersonId;
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;

use super::super::{App, AppError};
use super::people::of_registry;

/// Somebody who may be called about a registry.
pub(in super::super) struct Callable {
    pub person: PersonId,
    /// Numbers on hold are left out.
    pub contact: Guarded<Contact>,
}

/// Of more people than this, everybody is read: on all cores, and without looking for each.
const NAMED: usize = 2_000;

impl App {
    /// Who may be called about a registry: of everybody, or of some people. Others may be among them where many are named.
    pub(in super::super) async fn callable(
        &self,
        registry: Registry,
        among: Option<&[PersonId]>,
        now: Timestamp,
    ) -> Result<Vec<Callable>, AppError> {
        let people = match among.filter(|persons| persons.len() <= NAMED) {
            Some(persons) => self.reachable_of(persons, now).await?,
            None => self.reachable(now).await?,
        };
        let fit = people.into_values().filter(|p| !p.held && !p.silent() && p.reach().phone && of_registry(p, Some(registry)));
        Ok(fit.filter_map(|p| Some(Callable { person: p.person, contact: p.contact? })).collect())
    }
}
