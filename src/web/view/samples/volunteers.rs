//! A volunteer of one's own making, teams, certificates that run out, a call-out list.

use std::collections::HashMap;

use askama::Template;
use chrono::NaiveDate;
use uuid::Uuid;

use super::shell;
use crate::app::{CallOut, CallOutLine, Expiring, ServiceLine, VolunteerPage};
use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::{PublicId, ServiceId};
use crate::domain::name::PersonName;
use crate::domain::phone::Phone;
use crate::domain::time::Timestamp;
use crate::domain::town::Towns;
use crate::domain::volunteer::{Quarters, ServiceFact, Skill, Team, Validity, Volunteer};
use crate::web::i18n::{Lang, Text};
use crate::web::view::Slips;
use crate::web::view::callout::{CallOutPage, Certificates};
use crate::web::view::volunteer::{Teams, VolunteerForms, VolunteerPart};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn teams() -> Vec<Team> {
    let town = Some(Towns::shipped().towns[0].code);
    vec![
        Team { number: 1, name: "示例一队".into(), town, closed: None },
        Team { number: 2, name: "示例救护队".into(), town: None, closed: Some(day("2026-06-30")) },
    ]
}

pub(super) fn part(text: Text) -> VolunteerPart {
    let drive = Uuid::from_u128(9);
    let hours = |quarters, drive, what: &str| ServiceFact::Hours {
        day: day("2026-11-20"),
        quarters: Quarters(quarters),
        what: what.into(),
        drive,
        turn: None,
    };
    let facts = [
        ServiceFact::Team { team: 1, day: day("2026-01-10"), joined: true },
        hours(10, Some(drive), ""),
        hours(6, None, "献血宣传"),
        ServiceFact::Certificate { number: "JH-2026-0417".into(), issued: day("2026-01-05"), expires: day("2029-01-04") },
        ServiceFact::Skills { skills: vec![Skill::FirstAid, Skill::Driving], town: Some(Towns::shipped().towns[1].code) },
    ];
    let facts: Vec<ServiceLine> = facts
        .into_iter()
        .enumerate()
        .map(|(n, fact)| ServiceLine {
            id: ServiceId(Uuid::from_u128(n as u128)),
            at: Timestamp(0),
            by: Some("林".into()),
            fact: Guarded::new(fact),
            undone: n == 2,
        })
        .collect();
    let known: Vec<_> = facts.iter().map(|f| (f.id.0, &f.fact)).collect();
    let page =
        VolunteerPage {
            known: Volunteer::of([], &known), teams: teams(), drives: HashMap::from([(drive, "秋季招募".to_owned())]), facts
        };
    VolunteerPart::of(&page, true, &|_| "2026-11-27 09:00".to_owned(), day("2026-11-27"), &Towns::shipped(), text)
}

pub(super) fn forms(text: Text, slips: &Slips) -> VolunteerForms {
    let drives = [(Uuid::from_u128(9).to_string(), "2026-11-23 秋季招募".to_owned())];
    VolunteerForms::of(&teams(), &drives, &Towns::shipped(), None, slips, text)
}

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let towns = Towns::shipped();
    let name = || PersonName::parse("赵甲一").ok().map(Guarded::new);
    let line = |phones: &[&str], certificate| CallOutLine {
        person: PublicId::from_random(7),
        name: name(),
        contact: Guarded::new(Contact { phones: phones.iter().filter_map(|p| Phone::parse(p).ok()).collect(), ..Contact::default() }),
        town: Some(towns.towns[0].code),
        skills: vec![Skill::FirstAid, Skill::Languages],
        certificate,
    };
    let lines = [
        line(&["16000000417"], Validity::Through(day("2029-01-04"))),
        line(&["16000000418", "16000000419"], Validity::Expired(day("2026-01-04"))),
        line(&["16000000420"], Validity::Without),
    ];
    let asked = CallOut { skills: vec![Skill::FirstAid], towns: vec![towns.towns[0].code], purpose: "汛期转移".into() };
    let expiring = Expiring { person: PublicId::from_random(7), name: name(), teams: vec!["示例一队".into()], last: day("2026-12-31") };
    let mut slips = Slips::default();
    slips.add("skills", "slip-callout-skills");
    slips.add("purpose", "slip-callout-purpose");
    let callout = |found, slips| CallOutPage::of(shell(lang, "/people"), &towns, None, found, slips).render();
    let pages: [(&'static str, Result<String, askama::Error>); 8] = [
        ("teams", Teams::of(shell(lang, "/people"), &teams(), &towns, None, Slips::default()).render()),
        ("teams-none", Teams::of(shell(lang, "/people"), &[], &towns, None, Slips::default()).render()),
        (
            "certificates",
            Certificates::of(
                shell(lang, "/people"),
                &[expiring],
                NaiveDate::from_ymd_opt(2026, 12, 24).zip(PublicId::parse("7K3M-9QXA-R")),
                Some("2026-11-23 10:51".into()),
            )
            .render(),
        ),
        ("certificates-none", Certificates::of(shell(lang, "/people"), &[], None, None).render()),
        ("callout", callout(None, Slips::default())),
        ("callout-slips", callout(None, slips)),
        ("callout-list", callout(Some((&asked, &lines)), Slips::default())),
        ("callout-nobody", callout(Some((&asked, &[])), Slips::default())),
    ];
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}
