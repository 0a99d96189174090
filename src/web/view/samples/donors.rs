//! A donor of one's own making.

use askama::Template;
use chrono::NaiveDate;

use super::{g, shell};
use crate::app::{
    AgainLine, ConsentItem, CopyPart, DonorFact, DonorPage, OlderConsent, OlderCount, PersonCopy, ProposedRules, Recall, RecallLine,
    RightsItem, RuleEditions, RulePreview, Silence,
};
use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, ConsentTexts, Purpose};
use crate::domain::contact::Contact;
use crate::domain::eligibility::{self, Deferral, Donation, DonationKind, Donor, Group, HealthFact, History, RuleSets, SourceOf, When};
use crate::domain::hold::AgainWhy;
use crate::domain::id::{HealthId, PublicId};
use crate::domain::name::PersonName;
use crate::domain::person::{Abo, Rh};
use crate::domain::phone::Phone;
use crate::domain::recall::Wanted;
use crate::domain::registry::Registry;
use crate::domain::rights::{Asker, DoneHow, Proof, Refusal, Relation, Requester, RightsAnswer, RightsKind};
use crate::domain::time::Timestamp;
use crate::domain::town::Towns;
use crate::web::i18n::{Lang, Text};
use crate::web::view::consent::{CountLine, OlderCounts, OlderPeople, Renewal, RenewalPrint, Shown, Wording};
use crate::web::view::donor::DonorPart;
use crate::web::view::people::PersonLine;
use crate::web::view::print::{Card, Filled, OrganForm, SignUpSheet};
use crate::web::view::recall::{RecallPage, Recalls};
use crate::web::view::rights::{Again, ConsentProof, CopyPage, RequestLine, RightsOpen, RightsPage, kinds, requesters};
use crate::web::view::rules::{RuleProposed, RuleSetPage, Rules};
use crate::web::view::{Choice, Field, Slips};

fn older_consent(lang: Lang) -> Shown {
    let text = Text(lang);
    let older = OlderConsent {
        purpose: Purpose::Contact,
        version: "2025-03".into(),
        given: Timestamp(0),
        current: "2026-01".into(),
        since: NaiveDate::from_ymd_opt(2026, 1, 1).unwrap(),
    };
    let texts = ConsentTexts::shipped();
    let written = texts.on(Purpose::Contact, today()).unwrap();
    let wordings = Lang::ALL.map(|lang| Wording::of(lang, written.shown(lang == Lang::English, &shell(lang, "").branch), &[7; 32]));
    Shown::of(&older, wordings, "2025-06-14 10:58", text)
}

fn line(text: Text) -> PersonLine {
    PersonLine {
        person: "7K3M-9QXA-R".into(),
        name: "赵*一".into(),
        about: format!("{} {}", text.t("sex-female"), text.n("age", 34)),
        town: "东桥街道".into(),
        phone: "160****0417".into(),
        document: "5120**********0020".into(),
        registries: text.t("registry-blood"),
    }
}

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
        HealthFact::Deferral(Deferral { until: NaiveDate::from_ymd_opt(2027, 1, 15), source: SourceOf::Station, ended: None }),
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

/// The pages of rules and rights, with their names.
pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let sets = RuleSets::shipped();
    let printed = |_: Timestamp| "2026-11-27 09:00".to_owned();
    let editions = |id: &str| RuleEditions {
        set: sets.named(id).expect("a shipped set").clone(),
        text: RuleSets::shipped_texts()[0].to_owned(),
        versions: vec![(1, Timestamp(0))],
    };
    let edit = || {
        let day = Field::new(text, "from", "rules-from").optional(text).hint(text, "rules-from-hint").live(text, "date");
        (day, Field::new(text, "text", "rules-text").rows(24).value(RuleSets::shipped_texts()[1]))
    };
    let set = |id: &str, edit, refused: &str| RuleSetPage::of(shell(lang, "/admin"), &editions(id), &printed, edit, refused.to_owned());
    let proposed = ProposedRules {
        set: sets.named("blood-law-draft-2025").expect("a shipped set").clone(),
        from: NaiveDate::from_ymd_opt(2027, 1, 1),
        lines: (Vec::new(), vec!["valid_from = 2027-01-01".to_owned()]),
        preview: RulePreview {
            donors: 1_204,
            sooner: 310,
            later: 0,
            gained: 12,
            lost: 0,
            people: vec![(
                PublicId::from_random(7),
                DonationKind::WholeBlood,
                When::From(today()),
                When::From(NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day")),
            )],
        },
    };
    let child = Asker::of(Requester::Relative(Relation::Child), Some(Proof::HouseholdRegister));
    let request = |days_left: i64, asker: Option<Asker>, answered| {
        let item = RightsItem {
            id: uuid::Uuid::from_u128(1),
            person: Some(PublicId::from_random(7)),
            kind: RightsKind::Copy,
            received: today(),
            due: today(),
            days_left,
            asker,
            answered,
        };
        RequestLine::of(&item, &printed, text)
    };
    let lines = || {
        vec![
            request(21, Some(Asker::MYSELF), None),
            request(-2, child, None),
            request(0, child, Some((Timestamp(0), RightsAnswer::Done(DoneHow::OnPaper)))),
            request(0, child, Some((Timestamp(0), RightsAnswer::Refused(Some(Refusal::NotProved))))),
        ]
    };
    let consent = |withdrawn| ConsentItem {
        purpose: Purpose::Register(Registry::Blood),
        version: "2026-01".into(),
        sha256: vec![7; 32],
        how: ConsentHow::OnScreen,
        given: Timestamp(0),
        withdrawn,
        witness: PersonName::parse("李丁四").ok().map(Guarded::new),
        by: Some("何样".into()),
    };
    let texts = ConsentTexts::shipped();
    let proof = |rows: &[ConsentItem]| {
        ConsentProof::of(shell(lang, "/people"), "7K3M-9QXA-R".into(), rows, &texts, ("示例", "Sample"), &|_| vec![7; 32], &printed)
            .render()
    };
    let copy = PersonCopy {
        person: PublicId::from_random(7),
        parts: vec![
            CopyPart { key: "registrations", entries: vec![vec![("identity.name".into(), g("赵甲一")), ("weight_kg".into(), g("60"))]] },
            CopyPart { key: "health", entries: Vec::new() },
        ],
        json: Guarded::new(Vec::new()),
    };
    let mut slips = Slips::default();
    slips.add("confirm", "slip-erase-confirm");
    let silence =
        |stands| Silence { stands, again: vec![AgainLine { at: Timestamp(0), why: AgainWhy::ByPhone, by: Some("何样".into()) }] };
    let rights = |slips: Slips, erase: bool| RightsPage {
        s: shell(lang, "/people"),
        person: "7K3M-9QXA-R".into(),
        requests: if erase { lines() } else { Vec::new() },
        fresh: (kinds(text), Field::new(text, "received", "rights-received").hint(text, "hint-date").live(text, "date")),
        asker: requesters(text),
        copy: erase,
        again: Again::of(&silence(erase), true, &printed, text, (None, &Slips::default())),
        erase: erase.then(|| {
            let confirm = Field::new(text, "confirm", "erase-confirm").hint(text, "erase-confirm-hint").refill(text, None, &slips);
            (confirm, Choice::tick(text, "bar", "erase-bar").small(text.t("erase-bar-what")))
        }),
        slips,
    };
    let towns = Towns::shipped();
    let recall = |open: bool| Recall {
        id: uuid::Uuid::from_u128(9),
        number: "XZ-2026-117".into(),
        wanted: Wanted { abo: Some(Abo::O), rh: Rh::Negative, kind: DonationKind::WholeBlood, towns: vec![towns.towns[0].code] },
        until: today(),
        open,
    };
    let call = RecallLine {
        person: PublicId::from_random(7),
        name: None,
        contact: Guarded::new(Contact { phones: vec![Phone::parse("16000000417").expect("a phone")], ..Contact::default() }),
        last_asked: None,
    };
    let older = |none: bool| if none { Vec::new() } else { vec![older_consent(lang)] };
    let renewal = |none: bool, slips: Slips| Renewal {
        s: shell(lang, "/people"),
        person: "7K3M-9QXA-R".into(),
        older: older(none),
        purposes: Choice::many(text, "purposes", "renew-which").option("contact", text.t("proof-contact")).refill(text, None, &slips),
        how: Choice::one(text, "how", "renew-how").option("on-paper", text.t("proof-on-paper")).chosen("on-paper"),
        language: Choice::one(text, "language", "renew-language").option("zh", "中文".into()).option("en", "English".into()),
        fields: [
            Field::new(text, "day", "renew-day").hint(text, "hint-date").live(text, "date"),
            Field::new(text, "witness", "renew-witness").optional(text).hint(text, "renew-witness-hint"),
        ],
        slips,
    };
    let mut unticked = Slips::default();
    unticked.add("purposes", "slip-renew-purposes");
    let counts = [0, 12].map(|n| {
        let purposes = Purpose::of(Registry::Blood).map(|p| (p, "2026-01".to_owned(), n)).to_vec();
        CountLine::of(&OlderCount { registry: Registry::Blood, purposes }, text)
    });
    let listed = |none: bool| OlderPeople {
        s: shell(lang, "/people"),
        registry: text.t("registry-blood"),
        lines: if none { Vec::new() } else { vec![line(text)] },
        next: (!none).then(|| "/consents/blood?after=7K3M-9QXA-R".to_owned()),
    };
    let pages: [(&'static str, Result<String, askama::Error>); 26] = [
        ("consents-older", OlderCounts { s: shell(lang, "/people"), lines: counts.into() }.render()),
        ("consents-people", listed(false).render()),
        ("consents-people-none", listed(true).render()),
        ("consent-renew", renewal(false, unticked).render()),
        ("consent-renew-none", renewal(true, Slips::default()).render()),
        ("print-consents", RenewalPrint { s: shell(lang, "/people"), person: "7K3M-9QXA-R".into(), older: older(false) }.render()),
        ("rules", Rules::of(shell(lang, "/admin"), &sets, today(), true).render()),
        ("rule-set", set("gb-18467-2011", None, "").render()),
        ("rule-set-edit", set("blood-law-draft-2025", Some(edit()), "[[age]]: every value names its clause").render()),
        ("rule-proposed", RuleProposed::of(shell(lang, "/admin"), Some(&proposed), true).render()),
        ("rule-proposed-none", RuleProposed::of(shell(lang, "/admin"), None, false).render()),
        ("rights", rights(Slips::default(), false).render()),
        ("rights-erase", rights(slips, true).render()),
        ("rights-open", RightsOpen { s: shell(lang, "/people"), requests: lines() }.render()),
        ("rights-open-none", RightsOpen { s: shell(lang, "/people"), requests: Vec::new() }.render()),
        ("person-copy", CopyPage::of(shell(lang, "/people"), &copy).render()),
        ("recalls", Recalls::of(shell(lang, "/people"), &[recall(true), recall(false)], &towns, None, Slips::default()).render()),
        ("recalls-none", Recalls::of(shell(lang, "/people"), &[], &towns, None, Slips::default()).render()),
        ("recall", RecallPage::of(shell(lang, "/people"), &recall(true), &towns, None).render()),
        ("recall-list", RecallPage::of(shell(lang, "/people"), &recall(true), &towns, Some(&[call])).render()),
        ("recall-over", RecallPage::of(shell(lang, "/people"), &recall(false), &towns, None).render()),
        ("print-sheet", SignUpSheet::of(shell(lang, "/drive"), Registry::OrganBody, &texts).render()),
        ("print-organ", OrganForm::of(shell(lang, "/drive"), Filled::blank(text)).render()),
        ("print-card", Card { s: shell(lang, "/people"), phone: "0000 000 0000".into(), of: Filled::blank(text) }.render()),
        ("print-card-no-phone", Card { s: shell(lang, "/people"), phone: String::new(), of: Filled::blank(text) }.render()),
        ("consent-proof", proof(&[consent(None), consent(Some(Timestamp(0)))])),
    ];
    pages.into_iter().map(|(name, page)| (name, page.unwrap())).collect()
}
