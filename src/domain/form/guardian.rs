//! The guardian of a volunteer of 16 or 17, as typed.

use chrono::NaiveDate;

use super::super::contact::{Relative, RelativeRole};
use super::super::entry_age::EntryAges;
use super::super::registry::Registry;
use super::super::time::completed_years;
use super::{EnrolForm, Flaws};

impl EnrolForm {
    /// The guardian of a volunteer who is not known to be of age; for whoever is, nobody else is kept. Flaws are told by field.
    pub(super) fn guardian(&self, birth: Option<NaiveDate>, day: NaiveDate, flaws: &mut Flaws) -> Option<Relative> {
        let rule = EntryAges::shipped().of(self.registry, day);
        let age = birth.and_then(|birth| completed_years(birth, day));
        let of_age = age.is_some_and(|age| rule.is_some_and(|rule| !rule.needs_guardian(age)));
        let form = &self.guardian_is;
        let (name, phone) = (form.name.reveal().trim(), form.phone.reveal().trim());
        if self.registry != Registry::Volunteer || of_age || (name.is_empty() && phone.is_empty()) {
            return None;
        }
        let name = flaws.name("guardian-name", name);
        let phone = flaws.phone("guardian-phone", phone);
        let relation = flaws.short("guardian-relation", form.relation.reveal());
        Some(Relative { role: RelativeRole::Guardian, name, relation, phones: phone.into_iter().collect() })
    }
}
