//! No sheet undoes what the registry knows better: a stage that was reached, and why somebody left.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::id::PersonId;
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::store::{ImportRow, RowOutcome, StagedRow};

use super::super::{App, AppError};
use super::admit::mark;
use super::judge::Judged;

/// Where people on file stand in their registries, and since when.
pub(super) type Stand = HashMap<(PersonId, Registry), (EnrolmentStatus, NaiveDate)>;

impl App {
    /// Rows of people on file whose standing is behind: what is on file stands, the row is kept with what it says, and a registrar is asked.
    pub(super) fn keep_what_is_further(
        &self,
        import: &ImportRow,
        rows: &mut [StagedRow],
        judged: &[Judged],
        mut stand: Stand,
    ) -> Result<(), AppError> {
        let persons: HashMap<_, PersonId> = judged.iter().map(|j| (j.subject, j.person())).collect();
        for row in rows {
            let Some(prepared) = row.prepared.as_mut() else { continue };
            let Some(person) = persons.get(&prepared.subject()) else { continue };
            let mut behind = false;
            for (registry, told, day) in prepared.standings() {
                let Some(stands) = stand.get_mut(&(*person, registry)) else { continue };
                let (status, since) = *stands;
                // Of one day the further standing counts by itself; nothing says so of two exits.
                let later = day > since || (day == since && matches!(told, EnrolmentStatus::Exited(_)));
                if later && told.is_behind(status) {
                    prepared.keep_further(&self.vault, import.id, registry, *stands)?;
                    behind = true;
                } else if (day, told.rank()) > (since, status.rank()) {
                    // A later row of the sheet is held against what this one makes of it.
                    *stands = (told, day);
                }
            }
            if behind {
                row.outcome = RowOutcome::Review;
                mark(row, ProblemCode::StatusBehind);
            }
        }
        Ok(())
    }
}
