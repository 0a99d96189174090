//! What is known of a person's donations and deferrals, as planning counts from it.

use std::collections::HashMap;

use crate::domain::eligibility::{self, Deferred, DonationKind, Donor, History, RuleSets, When};
use crate::domain::id::SubjectId;
use crate::domain::person::Sex;
use crate::followup::plan::{Anchors, FirstDay};
use crate::store::DaysTold;

use super::super::App;

/// What the records of everybody tell.
type Days = HashMap<SubjectId, Vec<DaysTold>>;

impl App {
    /// With what all registrations of a person tell of donations and deferrals: judged together, as on the person's page, so that no mail says
    /// another day than it.
    pub(super) fn with_giving(
        &self,
        known: Anchors,
        sex: Option<Sex>,
        subjects: &[SubjectId],
        (days, rules): (&Days, &RuleSets),
    ) -> Anchors {
        let told = || subjects.iter().filter_map(|subject| days.get(subject)).flatten();
        let mut history = History::default();
        told().for_each(|days| history.join(days.history.clone()));
        let donor = Donor { birth: known.birth, sex };
        let eligible = match eligibility::again(rules, donor, &history, DonationKind::WholeBlood) {
            Some(When::From(day)) => FirstDay::On(day),
            Some(When::Never) => FirstDay::Never,
            Some(When::NoRules) | None => FirstDay::ByInterval,
        };
        Anchors {
            eligible,
            last_donation: history.last(DonationKind::WholeBlood),
            donations: told().filter_map(|days| days.donations).max(),
            deferred_until: if let Deferred::Until(day) = history.deferred() { Some(day) } else { None },
            deferred_on: told().filter_map(|days| days.deferred_at).max().map(|at| at.date_in(self.config.zone)),
            ..known
        }
    }
}
