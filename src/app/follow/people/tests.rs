use uuid::Uuid;

use super::*;
use crate::followup::plan::Reach;

fn registration(n: u128, origin: Came, since: &str) -> PlanSubject {
    let since: NaiveDate = since.parse().unwrap();
    PlanSubject {
        person: PersonId(Uuid::from_u128(1)),
        subject: SubjectId(Uuid::from_u128(n)),
        registry: Registry::Blood,
        status: EnrolmentStatus::Registered,
        status_since: Some(since),
        registered_on: Some(since),
        recorded_on: since,
        origin,
        first_contact_released: false,
        reach: Reach::default(),
        anchors: Anchors::default(),
        contacted: Vec::new(),
        suppressed: false,
    }
}

#[test]
fn who_came_of_their_own_accord_did_so_whatever_sheet_lists_them_again() {
    let mut plans = vec![registration(2, Came::Office, "2026-01-05"), registration(3, Came::Import, "2026-11-20")];
    one_standing_a_registry(&mut plans);
    let kept: Vec<_> = plans.iter().map(|plan| (plan.subject, plan.origin)).collect();
    assert_eq!(kept, [(SubjectId(Uuid::from_u128(3)), Came::Office)]);
    let mut sheets = vec![registration(2, Came::Import, "2026-01-05"), registration(3, Came::Import, "2026-11-20")];
    one_standing_a_registry(&mut sheets);
    assert_eq!(sheets.iter().map(|plan| plan.origin).collect::<Vec<_>>(), [Came::Import]);
}
