//! The file of people, a registrant's link, accounts, the log and failures.

use super::*;
use crate::domain::time::Timestamp;

/// A withdrawal by phone, with where its note is filed on an opened page.
fn left(opened: bool, text: Text) -> leaving::LeftShown {
    use crate::app::LeavingLine;
    use crate::domain::leaving::{HowTold, LeaveChannel, LeaveEvidence, Leaving, ToldBy};
    use crate::domain::registry::ExitReason;
    let how = HowTold {
        day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
        channel: LeaveChannel::Phone,
        by: ToldBy::Relative,
        evidence: Some(LeaveEvidence::CallNoted),
        note: Some(g("2026-17")),
    };
    let told = Leaving::of(Registry::Volunteer, ExitReason::Withdrew, &how);
    leaving::LeftShown::of(&LeavingLine { told: Leaving::told(&told), note: Leaving::note(&told).filter(|_| opened) }, text)
}

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let person = |person: &str, name: &str| people::PersonLine {
        person: person.into(),
        name: name.into(),
        about: format!("{} {}", text.t("sex-female"), text.n("age", 34)),
        town: "东桥街道".into(),
        phone: "160****0417".into(),
        document: "5120**********0020".into(),
        registries: text.t("registry-blood"),
    };
    let search = |found| people::People {
        s: shell(lang, "/people"),
        query: field("query", "people-query").with("data-search"),
        registry: Select::new(text, "registry", "registry").option("", text.t("people-all")),
        town: Select::new(text, "town", "field-town").option("", text.t("people-all")),
        found,
        more: false,
        next: None,
    };
    add("people", search(None).render());
    add(
        "people-found",
        search(Some(vec![person("7K3M-9QXA-R", "赵*一"), person("2B4C-7HQK-0", "钱*二"), person("9QXA-7K3M-1", "孙*三")])).render(),
    );
    add("people-none", search(Some(Vec::new())).render());
    let told = || text.xy("source-by", text.xy("source", "2026-10-18 09:30", text.x("source-import-row", 17)), "登记员");
    let one = |opened: bool| people::Person {
        s: shell(lang, "/people"),
        person: "7K3M-9QXA-R".into(),
        slips: Slips::default(),
        name: people::Shown::new(text.t("field-name"), g(if opened { "赵甲一" } else { "赵*一" })).told(told()),
        opened,
        access: crate::app::Access::Open,
        refused: None,
        aliases: vec!["2B4C-7HQK-0".into()],
        fields: vec![
            people::Shown::new(text.t("field-document"), g(if opened { "512002199001010020" } else { "5120**********0020" })).told(told()),
            people::Shown::new(text.t("field-phone"), g(if opened { "16000000417" } else { "160****0417" })),
            people::Shown::new(text.t("field-mail"), g("")),
        ],
        standings: vec![
            people::Standing {
                registry: text.t("registry-blood"),
                status: text.t("status-registered"),
                since: "2025-06-14".into(),
                class: "ok",
                decide: String::new(),
                own_word: String::new(),
                said: false,
            },
            people::Standing {
                registry: text.t("registry-stem-cell"),
                status: text.t("status-undecided"),
                since: "2026-10-18".into(),
                class: "warn",
                decide: "/people/7K3M-9QXA-R/decide".into(),
                own_word: String::new(),
                said: false,
            },
            people::Standing {
                registry: text.t("registry-volunteer"),
                status: text.t("exit-lost"),
                since: "2026-10-20".into(),
                class: "",
                decide: String::new(),
                own_word: if opened { String::new() } else { "/people/7K3M-9QXA-R/own-word/volunteer".into() },
                said: opened,
            },
        ],
        wish: "/people/7K3M-9QXA-R/wish".into(),
        correct: if opened { "/people/7K3M-9QXA-R/correct".into() } else { String::new() },
        sample: "/people/7K3M-9QXA-R/sample".into(),
        in_error: "/people/7K3M-9QXA-R/in-error".into(),
        grid: Some(urgent_pages::grid(opened, text)),
        older: vec![(text.t("proof-contact"), text.xy("older-rests", "2025-03", "2025-06-14 10:58"))],
        renew: "/people/7K3M-9QXA-R/consents".into(),
        outside: urgent_pages::outside(opened, text),
        matters: urgent_pages::matter_lines(text),
        history: vec![people::Happened { when: "2026-10-18".into(), what: text.t("import-written") }],
        donor: opened.then(|| donors::part(text)),
        volunteer: opened.then(|| volunteers::part(text)),
        volunteer_forms: Some(volunteers::forms(text, &Slips::default())),
        donor_forms: Some(super::donor::DonorForms::of(&RuleSets::shipped(), None, &Slips::default(), donors::today(), text)),
        reason: ["contact", "correct", "request", "other"]
            .into_iter()
            .fold(Choice::one(text, "reason", "disclosure-why"), |c, r| c.option(r, text.t(&format!("reason-{r}")))),
        joined: vec![(text.t("registry-volunteer"), "00000000-0000-4000-8000-000000000000".into())],
        leave: leaving::LeaveFields::of(
            &[Registry::Blood, Registry::StemCell],
            NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
            None,
            &Slips::default(),
            text,
        ),
        left: vec![left(opened, text)],
        death: if opened { text.xy("death-told", "2026-11-20", text.t("death-by-hospital")) } else { String::new() },
    };
    add("person", one(false).render());
    add("person-opened", one(true).render());
    let known = [
        ("name", g("赵甲一")),
        ("document", g("512002199001010020")),
        ("sex", g("female")),
        ("birth", g("1990-01-01")),
        ("phone", g("16000000417")),
        ("relative1-name", g("钱乙二")),
        ("relative1-phone", g("16000000418")),
        ("witness", g("李丁四")),
    ];
    let form = |registry: Registry, with: put_right::Filling<'_>, slips: Slips| {
        let of = ("7K3M-9QXA-R".to_owned(), "00000000-0000-4000-8000-000000000000".to_owned());
        let page = put_right::PutRightPage::new(shell(lang, "/people"), of, registry, &Towns::shipped(), with, slips);
        page.beside(&[Registry::OrganBody, Registry::Blood])
    };
    for (name, registry) in
        [("put-right", Registry::OrganBody), ("put-right-stem-cell", Registry::StemCell), ("put-right-blood", Registry::Blood)]
    {
        add(name, form(registry, put_right::Filling::Known(&known), Slips::default()).render());
    }
    let mut typed = crate::web::form::Entries::default();
    assert!(typed.push("phone".to_owned(), g("12")));
    add("put-right-slips", form(Registry::OrganBody, put_right::Filling::Typed(&typed), slips()).render());
    for (name, state) in [
        ("link", link::LinkState::Ready),
        ("link-verified", link::LinkState::Verified),
        ("link-not-me", link::LinkState::NotMe),
        ("link-gone", link::LinkState::Gone),
        ("link-unsubscribe", link::LinkState::Unsubscribe),
        ("link-not-me-asked", link::LinkState::NotMeAsked),
        ("link-told", link::LinkState::Told),
        ("link-left", link::LinkState::Left),
        ("link-withdrawn", link::LinkState::Withdrawn),
    ] {
        add(
            name,
            link::Link {
                s: shell(lang, ""),
                path: "/l/x".into(),
                state,
                pending: vec![(text.x("own-pending-withdrawal-due", text.t("outside-cmdp")), "2026-11-23".into())],
                more: link::More {
                    left: vec![text.t("registry-blood")],
                    unread: state == link::LinkState::Left,
                    asked: true,
                    answered_by: Some("2026-12-23".into()),
                },
            }
            .render(),
        );
    }
    let own = |standings: &[Registry]| {
        let contact = crate::domain::contact::Contact {
            phones: vec![crate::domain::phone::Phone::parse("16000005678").unwrap()],
            mails: vec![crate::domain::mail::MailAddress::parse("zhao@mail.example").unwrap()],
            ..Default::default()
        };
        let page = crate::app::OwnPage {
            proof: "0".repeat(32),
            salutation: Guarded::new(Some(crate::domain::name::PersonName::parse("赵甲一").unwrap())),
            contact: Guarded::new(contact),
            standings: standings.iter().map(|registry| (*registry, NaiveDate::from_ymd_opt(2025, 6, 14).unwrap())).collect(),
            served: standings.contains(&Registry::Volunteer).then_some(crate::app::Served {
                recorded: crate::domain::volunteer::Quarters(50),
                told: Some(crate::domain::volunteer::Quarters(48)),
            }),
            pending: Vec::new(),
        };
        own::Own::of(shell(lang, ""), "/l/x".into(), &page)
    };
    add("own", own(&[Registry::Blood]).render());
    add("own-several", own(&[Registry::Blood, Registry::OrganBody]).render());
    add("own-volunteer", own(&[Registry::Volunteer]).render());
    for (name, wrong) in [("own-fact", false), ("own-fact-wrong", true)] {
        add(name, own::OwnFact { s: shell(lang, ""), path: "/l/x".into(), wrong }.render());
    }
    let mut typed = entries::Entries::default();
    for (name, value) in [("proof", "0"), ("will", "no-longer"), ("phone", "12"), ("mail", "zhao@mail.example")] {
        typed.push(name.to_owned(), g(value));
    }
    let mut wrong = Slips::default();
    wrong.add("phone", "flaw-phone-invalid");
    wrong.add("leave", "flaw-leave-none");
    let registries = [Registry::Blood, Registry::OrganBody];
    add("own-flaw", own::OwnFlaw::of(shell(lang, ""), "/l/x".into(), &typed, wrong, &registries).render());
    let mut nothing = Slips::default();
    nothing.add("will", "flaw-nothing-chosen");
    let empty = entries::Entries::default();
    add("own-nothing", own::OwnFlaw::of(shell(lang, ""), "/l/x".into(), &empty, nothing, &registries).render());
    let mut s = shell(lang, "/admin");
    s.nag = true;
    add(
        "admin",
        admin::Admin {
            s,
            slips: Slips::default(),
            accounts: vec![admin::AccountLine {
                href: "/admin/accounts/1".into(),
                name: "林样".into(),
                user: "lin".into(),
                roles: text.t("role-small-branch"),
                since: "2026-11-23 08:59".into(),
                active: true,
                own: false,
            }],
            fields: [
                field("name", "field-account-name"),
                field("user", "field-user").hint(text, "hint-user"),
                field("password", "field-password").kind("password").hint(text, "hint-password"),
            ],
            roles: Role::ALL
                .into_iter()
                .fold(Choice::many(text, "roles", "roles").columns(2), |c, r| c.option(r.word(), text.t(&format!("role-{}", r.word())))),
            recovered: false,
            recovery: field("sheet", "recovery-code").rows(8),
            facts: vec![(text.t("fact-version"), "0.1.0".into())],
        }
        .render(),
    );
    add(
        "account",
        enter::Account {
            s: shell(lang, "/account"),
            user: "lin".into(),
            slips: Slips::default(),
            fields: [
                field("old", "field-password-old").kind("password"),
                field("password", "field-password-new").kind("password").hint(text, "hint-password"),
                field("again", "field-password-again").kind("password"),
            ],
        }
        .render(),
    );
    add(
        "password-fresh",
        admin::FreshPassword {
            s: shell(lang, "/admin"), name: "林样".into(), user: "lin".into(), password: g("abcde-fghjk-mnpqr-stuvw")
        }
        .render(),
    );
    let whole = Some(admin::Whole::BrokenAt(1204));
    let lines = vec![admin::LogLine {
        number: 1204,
        at: "2026-11-23 10:58".into(),
        who: "林样".into(),
        what: text.t("action-person-open"),
        object: Some("3f9a1c".into()),
        more: "why contact".into(),
    }];
    let request = |own: bool| disclosure::DisclosureShown {
        href: "/disclosures/x".into(),
        by: "何样".into(),
        person: if own { String::new() } else { "7K3M-9QXA-R".into() },
        reason: text.t("reason-contact"),
        at: "2026-11-23 10:58".into(),
        own,
    };
    add("disclosures", disclosure::Disclosures { s: shell(lang, "/people"), lines: vec![request(false), request(true)] }.render());
    add("disclosures-none", disclosure::Disclosures { s: shell(lang, "/people"), lines: Vec::new() }.render());
    let refused = crate::app::Refused { at: Timestamp(0), by: Some("王样".into()), why: Some(crate::app::Opening::Contact) };
    for (name, access) in [
        ("person-ask", crate::app::Access::Ask),
        ("person-waits", crate::app::Access::Waits),
        ("person-refused", crate::app::Access::Refused(refused.clone())),
    ] {
        let told = (name == "person-refused").then(|| disclosure::RefusedShown::of(&refused, &|_| "2026-11-23 10:58".into(), text));
        add(name, people::Person { access, refused: told, ..one(false) }.render());
    }
    add("log", admin::Log { s: shell(lang, "/log"), lines, next: "/log?before=1204".into(), whole }.render());
    add("failure-inside", failure::Failure { s: shell(lang, "/drive"), status: 409 }.inside().render());
    for status in [400u16, 404, 503] {
        let name = match status {
            400 => "failure-400",
            404 => "failure-404",
            _ => "failure-503",
        };
        add(name, failure::Failure { s: shell(lang, ""), status }.render());
    }
    out
}
