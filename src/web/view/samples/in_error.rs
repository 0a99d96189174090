//! What was entered in error, and what taking it back would change.

use super::*;
use crate::app::{InErrorLine, InErrorPage, Restored, TakenBackLine};
use crate::domain::id::PublicId;
use crate::domain::in_error::InErrorWhy;
use crate::domain::outside::OutsideSystem;
use crate::domain::registry::{EnrolmentStatus, ExitReason};
use crate::domain::time::Timestamp;
use crate::web::view::in_error::InError;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let line = |registry, from, to, death, refused| InErrorLine {
        act: uuid::Uuid::nil(),
        at: Timestamp(0),
        by: Some("林样".into()),
        moves: vec![Restored { registry, from, to }],
        death,
        refused,
        outside: if death { vec![OutsideSystem::NationalOrgan] } else { Vec::new() },
        consents: !death && refused.is_none(),
        sample: from == EnrolmentStatus::Enrolled,
    };
    let (withdrew, died) = (EnrolmentStatus::Exited(ExitReason::Withdrew), EnrolmentStatus::Exited(ExitReason::Died));
    let (registered, enrolled) = (EnrolmentStatus::Registered, EnrolmentStatus::Enrolled);
    let printed = |_: Timestamp| "2026-11-23 10:58".to_owned();
    let mut out = Vec::new();
    for (name, lines, slips) in [
        ("in-error-none", Vec::new(), Slips::default()),
        (
            "in-error",
            vec![
                line(Registry::Volunteer, withdrew, registered, false, None),
                line(Registry::OrganBody, died, EnrolmentStatus::Undecided, true, None),
                line(Registry::StemCell, enrolled, registered, false, None),
                line(Registry::StemCell, withdrew, enrolled, false, Some("in-error-match-ended")),
            ],
            {
                let mut slips = Slips::default();
                slips.add("sure", "in-error-read-first");
                slips
            },
        ),
    ] {
        let was = vec![(Registry::Blood, withdrew)];
        let page = InErrorPage {
            public_id: PublicId::from_random(1),
            lines,
            done: vec![TakenBackLine { at: Timestamp(0), by: None, why: InErrorWhy::WrongPerson, was }],
        };
        out.push((name, InError::of(shell(lang, "/people"), &page, &printed, text, (None, slips)).render().unwrap()));
    }
    out
}
