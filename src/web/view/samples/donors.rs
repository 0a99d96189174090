//! A donor of one's own making.

use chrono::NaiveDate;

use crate::app::{DonorFact, DonorPage};
use crate::domain::Guarded;
use crate::domain::eligibility::{self, Deferral, Donation, DonationKind, Donor, Group, HealthFact, History, RuleSets, SourceOf};
use crate::domain::id::HealthId;
use crate::domain::person::{Abo, Rh};
use crate::domain::time::Timestamp;
use crate::web::i18n::Text;
use crate::web::view::donor::DonorPart;

pub(super) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).expect("a day")
}

pub(super) fn part(text: Text) -> DonorPart {
    let facts = [
        HealthFact::Donation(Donation {
            kind: DonationKind::WholeBlood,
            day: NaiveDate::from_ymd_opt(2026, 8, 31).expect("a day"),
            millilitres: Some(400),
            units: None,
            place: Some("献血屋".into()),
            source: SourceOf::Station,
        }),
        HealthFact::Deferral(Deferral { until: NaiveDate::from_ymd_opt(2027, 1, 15), source: SourceOf::Station }),
        HealthFact::Group(Group { abo: Abo::O, rh: Rh::Negative, source: SourceOf::SelfTold }),
    ];
    let facts: Vec<DonorFact> = facts
        .into_iter()
        .enumerate()
        .map(|(n, fact)| DonorFact {
            id: HealthId(uuid::Uuid::from_u128(n as u128)),
            at: Timestamp(0),
            by: Some("林".into()),
            fact: Guarded::new(fact),
            undone: n == 1,
        })
        .collect();
    let known: Vec<_> = facts.iter().map(|f| (f.id.0, &f.fact)).collect();
    let history = History::of([], &known);
    let sets = RuleSets::shipped();
    let verdicts = DonationKind::ALL.map(|kind| eligibility::next(&sets, Donor::default(), &history, kind, today())).to_vec();
    let page = DonorPage { history, verdicts, sets: sets.into(), facts };
    DonorPart::of(&page, true, &|_| "2026-11-27 09:00".to_owned(), today(), text)
}
