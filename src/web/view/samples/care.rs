//! Samples of the pages of aid and remembrance.

use super::*;
use crate::app::{AidCase, RemembranceLine};
use crate::domain::care::{AidPhase, Beneficiary, CareKind, Cents, Fund, Remembered, Told};
use crate::domain::id::MatterId;

fn aid_case(phase: AidPhase) -> AidCase {
    let day = NaiveDate::from_ymd_opt(2026, 11, 22);
    let decided = matches!(phase, AidPhase::Granted | AidPhase::Paid | AidPhase::Refused);
    AidCase {
        id: MatterId(uuid::Uuid::nil()),
        version: 1,
        kind: CareKind::DonorFamily,
        notice: None,
        phase,
        mistaken: false,
        asked: day,
        decided: day.filter(|_| decided),
        cents: decided.then_some(Cents(500_000)),
        fund: decided.then_some(Fund::Province),
        beneficiary: Beneficiary::of(&g("卫样一"), &g("女儿"), &g("16000000932")).ok(),
        steps: Vec::new(),
    }
}

/// Name and HTML.
pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let remembered = |name: Option<&str>| {
        let family = Beneficiary::of(&g("卫样一"), &g("女儿"), &g("16000000932")).unwrap();
        RemembranceLine {
            id: MatterId(uuid::Uuid::nil()),
            version: 1,
            remembered: Remembered::of(name.map(g).as_ref(), &family).ok(),
            since: NaiveDate::from_ymd_opt(2026, 11, 22).unwrap(),
            told: Some(Told::Signed),
            by: Some("何样".into()),
        }
    };
    let family = |calls: usize, opened: bool| {
        use crate::domain::family_contact::{FamilyCalls, Heard, Made, Occasion};
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
        let made = [(Occasion::Week, day(10, 30), Heard::NoAnswer), (Occasion::Week, day(11, 3), Heard::Spoken)];
        let made: Vec<Made> = made.into_iter().take(calls).map(|(occasion, day, heard)| Made { occasion, day, heard }).collect();
        let next = FamilyCalls::shipped().on(day(11, 23)).and_then(|rules| rules.next(day(10, 22), day(10, 23), &made, day(11, 23)));
        let line = crate::app::FamilyLine {
            id: MatterId(uuid::Uuid::nil()),
            version: 1,
            family: Beneficiary::of(&g("卫样一"), &g("女儿"), &g("16000000932")).ok(),
            since: day(10, 23),
            told: Some(Told::InPerson),
            by: Some("何样".into()),
            due: calls > 0,
            next: next.filter(|_| calls > 0),
            made,
        };
        family::FamilyShown::of(&line, opened, text)
    };
    let lines = |opened: bool| -> Vec<care::RememberedShown> {
        [Some("卫老师"), None].map(|n| care::RememberedShown::of(&remembered(n), opened, text)).into()
    };
    let notice = urgent::NoticeLine {
        href: "/urgent/notice/x".into(),
        who: "7K3M-9QXA-R".into(),
        phase: text.t("notice-phase-agreed"),
        since: text.nm("time-over", 13, 5),
    };
    let list = |full: bool| care::CarePage {
        s: shell(lang, "/urgent"),
        aid: if full {
            [AidPhase::Asked, AidPhase::Paid, AidPhase::Refused].map(|p| care::AidShown::of(&aid_case(p), false, text)).into()
        } else {
            Vec::new()
        },
        families: if full { vec![family(2, false)] } else { Vec::new() },
        remembered: if full { lines(false) } else { Vec::new() },
        notices: if full { vec![("x".to_owned(), notice.clone())] } else { Vec::new() },
    };
    let family_page =
        |calls: usize, opened: bool| family::FamilyCallPage { s: shell(lang, "/urgent"), line: family(calls, opened), opened };
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let mut slips = Slips::default();
    slips.add("contact", "slip-care-contact");
    let form = |told: bool, slips: Slips| care::CareNew {
        s: shell(lang, "/urgent"),
        path: "/care/family/x/aid".into(),
        title: text.t(if told { "remember-new" } else { "aid-new-family" }),
        lead: text.t(if told { "remember-new-lead" } else { "aid-new-family-lead" }),
        fields: vec![
            field("name", "field-name"),
            field("relation", "care-relation-family"),
            field("contact", "care-contact").hint(text, "care-contact-hint").refill(text, None, &slips),
            field("day", "care-day").hint(text, "hint-date"),
        ],
        told: told.then(|| Choice::one(text, "told", "remember-told").option("signed", text.t("remember-told-signed"))),
        slips,
    };
    let page = |phase: AidPhase, opened: bool, forgotten: bool| care::AidPage {
        s: shell(lang, "/urgent"),
        slips: Slips::default(),
        opened,
        forgotten,
        steps: urgent_pages::steps(text, "aid"),
        form: (!phase.is_end()).then(|| {
            let what = phase
                .acts()
                .iter()
                .fold(Choice::one(text, "what", "urgent-what"), |c, a| c.option(a.word(), text.t(&format!("aid-act-{}", a.word()))));
            let fund = Select::new(text, "fund", "aid-fund").optional(text).option("province", text.t("aid-fund-province"));
            let amount = field("amount", "aid-amount").optional(text).hint(text, "aid-amount-hint");
            (what, fund, [amount, field("day", "urgent-day").hint(text, "hint-date")])
        }),
        forget: phase.is_end() && !forgotten,
        version: 1,
        case: care::AidShown::of(&aid_case(phase), opened, text),
    };
    [
        ("care", list(true).render()),
        ("care-none", list(false).render()),
        ("care-aid-new", form(false, slips).render()),
        ("care-family-due", family_page(2, false).render()),
        ("care-family-opened", family_page(2, true).render()),
        ("care-family-waits", family_page(0, false).render()),
        ("care-remember-new", form(true, Slips::default()).render()),
        ("care-aid", page(AidPhase::Asked, false, false).render()),
        ("care-aid-opened", page(AidPhase::Granted, true, false).render()),
        ("care-aid-over", page(AidPhase::Paid, false, false).render()),
        ("care-aid-forgotten", page(AidPhase::Refused, false, true).render()),
        ("print-remembrance", care::RemembrancePrint { s: shell(lang, "/urgent"), lines: lines(true) }.render()),
    ]
    .map(|(name, page): (&'static str, Result<String, askama::Error>)| (name, page.unwrap()))
    .into()
}
