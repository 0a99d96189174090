//! Whom a registrant named: a line for each.

use crate::app::PersonPage;
use crate::domain::Guarded;
use crate::domain::contact::{Relative, RelativeRole};
use crate::domain::id::RecordId;
use crate::domain::record::Details;
use crate::domain::registry::Registry;
use crate::store::RecordView;
use crate::web::i18n::Text;

/// Name, relation and phone.
pub fn line(relative: &Relative) -> String {
    let phone = relative.phones.first().map(|phone| phone.as_str());
    let parts = [relative.name.as_ref().map(|name| name.as_str()), relative.relation.as_deref(), phone];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The executors in their order, as the latest record of organs and body tells them: one that was put right names those who are left.
pub fn executors(page: &PersonPage) -> Vec<String> {
    let of = |row: &RecordView| {
        let relatives = &row.contact.as_ref()?.reveal().relatives;
        Some(relatives.iter().filter(|r| r.role == RelativeRole::Executor).map(line).collect())
    };
    latest(page).into_iter().filter(|row| row.registry == Registry::OrganBody).find_map(of).unwrap_or_default()
}

/// The guardian named last, and in which record: a later record of somebody of age names none, and who once agreed stays on file.
/// Whether the guardian agreed is told where a sheet said so; a consent given at a table stands in the ledger.
pub fn guardian(page: &PersonPage, text: Text) -> Option<(Guarded<String>, RecordId)> {
    latest(page).into_iter().find_map(|row| {
        let relatives = &row.contact.as_ref()?.reveal().relatives;
        let guardian = relatives.iter().find(|r| r.role == RelativeRole::Guardian)?;
        let agreed = row.details.as_ref().is_some_and(Details::says_guardian_agreed);
        let told = line(guardian);
        Some((Guarded::new(if agreed { format!("{told} {}", text.t("guardian-agreed")) } else { told }), row.id))
    })
}

fn latest(page: &PersonPage) -> Vec<&RecordView> {
    let mut records: Vec<_> = page.view.records().collect();
    records.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.id)));
    records
}
