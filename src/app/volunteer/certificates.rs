//! The certificates that run out, from what is kept in memory of everybody who serves: only the people of a page are opened.

use chrono::{Days, NaiveDate};
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::id::{PersonId, PublicId};
use crate::domain::name::PersonName;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;

use super::super::{Actor, App, AppError};
use super::known;
use super::teams::name_of;

/// How many days ahead a certificate stands on the list of those that run out.
pub const RUNS_OUT: u64 = 90;
/// Lines a page.
const LISTED: usize = 100;

/// A certificate that runs out, on a list that is shown masked.
#[derive(Debug)]
pub struct Expiring {
    /// Whose.
    pub person: PublicId,
    /// The name, to be masked.
    pub name: Option<Guarded<PersonName>>,
    /// The names of their teams.
    pub teams: Vec<String>,
    /// Its last day.
    pub last: NaiveDate,
}

/// Where a page of the list begins: behind this day and person.
pub type Behind<'a> = (NaiveDate, &'a PublicId);

impl App {
    /// Whose first-aid certificate runs out within ninety days and was not renewed, the soonest first: a page of them, and behind
    /// whom the next one begins.
    /// Shown masked: no disclosure.
    pub async fn certificates_running_out(
        &self,
        actor: Actor,
        after: Option<Behind<'_>>,
        now: Timestamp,
    ) -> Result<(Vec<Expiring>, Option<(NaiveDate, PublicId)>), AppError> {
        actor.needs(Right::Service)?;
        let today = self.today(now);
        let until = today.checked_add_days(Days::new(RUNS_OUT)).unwrap_or(today);
        let after = match after {
            Some((day, id)) => Some((day, self.store.resolve(id).await?.unwrap_or(PersonId(Uuid::nil())))),
            None => None,
        };
        self.follow_serving(now).await?;
        let mut soon = self.volunteers.read(|serving| serving.ending(today, until)).unwrap_or_default();
        soon.retain(|key| after.is_none_or(|after| *key > after));
        let more = soon.len() > LISTED;
        soon.truncate(LISTED);
        let mut next = None;
        let teams = self.teams().await?;
        let mut out = Vec::with_capacity(soon.len());
        for (view, facts) in self.with_facts(&soon.iter().map(|(_, person)| *person).collect::<Vec<_>>()).await? {
            // Where the next page begins does not hang on who of this one has renewed meanwhile.
            let place = soon.iter().find(|(_, person)| *person == view.row.id).filter(|_| more);
            next = next.max(place.map(|(day, person)| (*day, *person, view.row.public_id.clone())));
            let known = known(&view, &facts);
            if let Some(last) = known.expiring(today, RUNS_OUT).filter(|_| Self::serves(&view)) {
                let named = teams.iter().filter(|t| known.teams.contains(&t.number)).map(|t| t.name.clone());
                let line = Expiring { person: view.row.public_id.clone(), name: name_of(&view), teams: named.collect(), last };
                out.push((view.row.id, line));
            }
        }
        out.sort_by_key(|(person, line)| (line.last, *person));
        Ok((out.into_iter().map(|(_, line)| line).collect(), next.map(|(day, _, id)| (day, id))))
    }
}
