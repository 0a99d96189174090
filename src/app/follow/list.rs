//! The list of the call desk, page by page.

use std::collections::HashMap;
use std::fmt;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::role::Right;
use crate::followup::Kind;
use crate::followup::desk::urgency;
use crate::store::TaskRow;

use super::super::{Actor, App, AppError};
use super::TaskItem;

/// The least urgent class of [`urgency`].
const LAST: u8 = 7;
/// So many follow-ups are counted one by one.
const COUNTED: u64 = 200;

/// A place in the list: behind it the next page begins. It says nothing of anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaskPlace {
    /// The class of [`urgency`]; none where the day was agreed with the person.
    class: Option<u8>,
    due_on: NaiveDate,
    id: TaskId,
}

impl TaskPlace {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let class = match parts.next()? {
            "agreed" => None,
            class => Some(class.parse().ok().filter(|class| *class <= LAST)?),
        };
        Some(Self { class, due_on: parts.next()?.parse().ok()?, id: TaskId(Uuid::parse_str(parts.next()?).ok()?) })
    }
}

impl fmt::Display for TaskPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { class, due_on, id } = self;
        match class {
            Some(class) => write!(f, "{class}.{due_on}.{id}"),
            None => write!(f, "agreed.{due_on}.{id}"),
        }
    }
}

impl App {
    /// How many follow-ups the list of a day holds: exact up to two hundred, which are looked at one by one, without opening anybody's data. Of
    /// more than that, those of people who have left since are counted until the next planning ends them; and where more than a thousand
    /// registrations wait for the first contact, so are theirs: every page tells this number, and none waits for it.
    pub async fn count_tasks_listed(&self, day: NaiveDate) -> Result<u64, AppError> {
        let mut count = self.store.count_staff_tasks_due(day).await?;
        if count > COUNTED {
            count = count.saturating_sub(self.store.count_staff_tasks_held_of_few(day).await?.unwrap_or(0));
        }
        if count == 0 || count > COUNTED {
            return Ok(count);
        }
        let tasks = self.store.staff_tasks_listed(day, COUNTED).await?;
        let subjects: Vec<SubjectId> = tasks.iter().map(|task| task.subject_id).collect();
        let persons: HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let owned: Vec<(PersonId, &TaskRow)> = tasks.iter().filter_map(|t| Some((*persons.get(&t.subject_id)?, t))).collect();
        Ok(self.of_the_present(&owned).await?.len() as u64)
    }

    /// The follow-ups due on a day that staff do themselves: those of [`App::tasks`] without the mails. What was agreed comes first, then what
    /// cannot wait, then what waits longest; so does what is left out by `limit`.
    pub async fn staff_tasks(&self, actor: Actor, day: NaiveDate, limit: u64) -> Result<Vec<TaskItem>, AppError> {
        Ok(self.staff_tasks_page(actor, day, None, limit).await?.0)
    }

    /// As [`App::staff_tasks`], by key behind a place; and where the next page begins, where there is more.
    pub async fn staff_tasks_page(
        &self,
        actor: Actor,
        day: NaiveDate,
        after: Option<TaskPlace>,
        limit: u64,
    ) -> Result<(Vec<TaskItem>, Option<TaskPlace>), AppError> {
        actor.needs(Right::FollowUp)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        // One more than is shown tells whether there is a next page.
        let most = limit.saturating_add(1);
        let behind = |class: Option<u8>| after.filter(|place| place.class == class).map(|place| (place.due_on, place.id));
        let mut rows: Vec<(Option<u8>, TaskRow)> = Vec::new();
        if after.is_none_or(|place| place.class.is_none()) {
            rows.extend(self.store.staff_tasks_agreed(day, behind(None), most).await?.into_iter().map(|row| (None, row)));
        }
        let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        for class in after.and_then(|place| place.class).unwrap_or(0)..=LAST {
            if rows.len() > wanted {
                break;
            }
            let from = behind(Some(class));
            let mut of_class = Vec::new();
            for kind in Kind::ALL.iter().filter(|kind| urgency(Some(**kind)) == class) {
                of_class.extend(self.store.staff_tasks_of_kind(kind.word(), day, from, most).await?);
            }
            // A kind of another edition of the program, and what is asked of a registrar.
            if urgency(None) == class {
                of_class.extend(self.store.staff_tasks_of_no_kind(&words, day, from, most).await?);
            }
            of_class.sort_by_key(|row| (row.due_on, row.id));
            rows.extend(of_class.into_iter().map(|row| (Some(class), row)));
        }
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows.last().filter(|_| more).map(|(class, row)| TaskPlace { class: *class, due_on: row.due_on.0, id: row.id });
        Ok((self.items(rows.into_iter().map(|(_, row)| row).collect()).await?, next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kind_is_less_urgent_than_the_last_class_looked_through() {
        assert!(Kind::ALL.iter().all(|kind| urgency(Some(*kind)) <= LAST) && urgency(None) <= LAST);
    }

    #[test]
    fn a_place_is_read_back_and_a_forged_one_is_not() {
        let due_on = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        for class in [None, Some(0), Some(LAST)] {
            let place = TaskPlace { class, due_on, id: TaskId::fresh() };
            assert_eq!(TaskPlace::parse(&place.to_string()), Some(place));
        }
        for forged in ["", "8.2026-11-25.x", "agreed", "1.2026-13-01.0190c7a5-0000-7000-8000-000000000000"] {
            assert_eq!(TaskPlace::parse(forged), None, "{forged}");
        }
    }
}
