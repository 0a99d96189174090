//! The guardian of a volunteer: asked for where the sheet has a column for one, needed under age, and kept of nobody who is of age.

use chrono::NaiveDate;

use crate::domain::contact::RelativeRole;
use crate::domain::entry_age::EntryAges;
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, Registry};

use super::super::field::{Field, Party};
use super::super::problem_field::ProblemField;
use super::super::repair::consent;
use super::super::sheet::Problem;
use super::{RawRow, Reading};

impl Reading<'_, '_> {
    /// Whether the sheet asks for a guardian, and whether the one of this row agrees.
    pub(super) fn guardian(&mut self) {
        let columns = || self.context.layout.columns.iter().filter(|c| c.reading.is_some_and(|r| r.party == Party::Guardian));
        let asked = columns().next().is_some();
        let mut agreed =
            columns().filter(|c| c.reading.is_some_and(|r| r.field == Field::PartyConsent)).filter_map(|c| self.context.cell(self.row, c));
        let name = self.out.contact.relatives.iter().find(|r| r.role == RelativeRole::Guardian).and_then(|r| r.name.as_ref());
        let agreed = agreed.any(|cell| consent::is_given(&cell.shown(), name.map(|name| name.as_str())));
        self.out.guardian_asked = asked;
        self.out.details.guardian_agreed = agreed;
    }
}

impl RawRow {
    /// Judges the guardian of a row by the youngest and the oldest that its person can be on the day judged. Under age, nobody is registered on
    /// the word of a sheet that does not name a guardian who agrees: a registrar decides, and nobody is contacted until then.
    pub(in super::super) fn judge_guardian(&mut self, registry: Registry, age: Option<(u32, u32)>, day: NaiveDate) {
        let Some((least, most)) = age.filter(|_| registry == Registry::Volunteer) else { return };
        // Before there was a rule, nobody needed one.
        let rule = EntryAges::shipped().of(registry, day);
        let needs = |age| rule.is_some_and(|rule| rule.needs_guardian(age));
        if !needs(least) {
            self.contact.relatives.retain(|relative| relative.role != RelativeRole::Guardian);
            self.details.guardian_agreed = false;
            return;
        }
        let named = |r: &crate::domain::contact::Relative| r.role == RelativeRole::Guardian && r.name.is_some() && !r.phones.is_empty();
        let there = self.details.guardian_agreed && self.contact.relatives.iter().any(named);
        if !needs(most) || there || !self.guardian_asked {
            return;
        }
        let code = ProblemCode::MissingGuardian;
        let (field, severity) = (ProblemField::Guardian, code.severity(registry));
        self.problems.push(Problem { code, field, severity, kept_aside: None, hint: code.hint() });
        if self.status.may_contact() {
            self.status = EnrolmentStatus::Undecided;
        }
    }
}

/// The youngest and the oldest that a row's person can be on a day, in completed years; none where nothing tells.
pub(in super::super) fn age_on(raw: &RawRow, day: NaiveDate) -> Option<(u32, u32)> {
    use crate::domain::person::BirthDate;
    match raw.birth {
        Some(BirthDate::Day(birth)) => crate::domain::time::completed_years(birth, day).map(|age| (age, age)),
        Some(BirthDate::Year(year)) => {
            let turning = u32::try_from(chrono::Datelike::year(&day) - year).ok()?;
            Some((turning.saturating_sub(1), turning))
        }
        None => raw.age_told.map(|age| (age, age)),
    }
}
