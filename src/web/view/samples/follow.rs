//! Samples of the pages around follow-up: calendars, the coming policy, self-enrolment.

use super::*;

/// Name and HTML.
pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let line = |day: &str, kind: &str, channel: &str, state: &str, class| calendar::Line {
        day: day.into(),
        kind: text.t(&format!("kind-{kind}")),
        channel: text.t(&format!("channel-{channel}")),
        state: text.t(&format!("calendar-{state}")),
        class,
        reason: if class == "ok" { text.t("outcome-reached") } else { String::new() },
        rule: kind.replace('_', "-"),
    };
    let edition = crate::followup::readiness::Editions::shipped().on(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()).clone();
    let donor = crate::followup::readiness::Known {
        verified_on: NaiveDate::from_ymd_opt(2026, 9, 1),
        silent: 1,
        relatives: 2,
        ..Default::default()
    };
    let judged = (edition.clone(), edition.judge(&donor, NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()));
    let readiness_page = |lines: Vec<crate::app::ReadinessLine>| {
        let list = crate::app::ReadinessList {
            edition: edition.clone(),
            bands: [12, 80, 31],
            lines,
            as_of: crate::domain::time::Timestamp(0),
            calibration: crate::followup::readiness::Band::ALL
                .into_iter()
                .zip([(5, 18), (61, 90), (40, 44)])
                .map(|(band, (reached, calls))| crate::app::Calibration { band, reached, calls, interval: Some((0.55, 0.81)) })
                .collect(),
        };
        readiness::ReadinessPage::of(shell(lang, "/follow-up"), &list, "2026-11-23 10:58".into(), true)
    };
    let ready = crate::app::ReadinessLine {
        row: crate::app::PersonRow {
            public_id: crate::domain::id::PublicId::from_random(0x12_3456_789a),
            identity: None,
            contact: None,
            standings: Vec::new(),
            registrations: 1,
        },
        readiness: judged.1.clone(),
    };
    add("readiness", readiness_page(vec![ready]).render());
    add("readiness-none", readiness_page(Vec::new()).render());
    let progress = crate::app::Progress { done: 81_920, of: 200_000 };
    add("underway", underway::Underway::of(shell(lang, "/follow-up"), "readiness", "/follow-up/readiness", progress).render());
    let calendar = |lines: Vec<calendar::Line>| calendar::CalendarPage {
        s: shell(lang, "/people"),
        person: "7K3M-9QXA-R".into(),
        not: if lines.is_empty() { Vec::new() } else { vec![(text.t("kind-blood_lapsing"), text.t("not-planned-anchor-unknown"))] },
        holds: if lines.is_empty() {
            Vec::new()
        } else {
            vec![
                calendar::Hold {
                    way: text.t("hold-by-phone"),
                    why: text.t("hold-not-them"),
                    when: text.x("hold-since", "2026-11-12"),
                    lift: Some("/follow-up/hold/1/lift".into()),
                },
                calendar::Hold {
                    way: text.t("hold-by-mail"),
                    why: text.t("hold-hard"),
                    when: text.x("hold-since", "2026-11-02"),
                    lift: None,
                },
            ]
        },
        family: (!lines.is_empty()).then(|| (text.t("family-not-yet"), "2026-11-02".into())),
        readiness: (!lines.is_empty()).then(|| readiness::Own::of(&judged, text)),
        cancelled: if lines.is_empty() { Vec::new() } else { vec![line("2026-08-01", "contact_check", "phone", "cancelled", "")] },
        lines,
    };
    add(
        "calendar",
        calendar(vec![
            line("2026-06-14", "verify_mail", "mail", "done", "ok"),
            line("2026-11-23", "contact_check", "phone", "open", ""),
            line("2027-06-14", "contact_check", "mail", "future", ""),
        ])
        .render(),
    );
    add("calendar-none", calendar(Vec::new()).render());
    let policy = |next: Option<&str>| calendar::PolicyPage {
        s: shell(lang, "/follow-up"),
        since: "2021-01-01".into(),
        next: next.map(str::to_owned),
        changes: next
            .map(|_| calendar::ChangeLine {
                what: "contact-check".into(),
                field: "offset".into(),
                old: "12 months".into(),
                new: "6 months".into(),
            })
            .into_iter()
            .collect(),
        contacts: next.map(|_| (text.t("kind-contact_check"), 840, 1610)).into_iter().collect(),
    };
    add("policy", policy(Some("2027-01-01")).render());
    add("policy-none", policy(None).render());
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let enrol = |slips: Slips| self_enrol::SelfEnrol {
        s: shell(lang, ""),
        path: "/d/0123456789abcdef0123456789abcdef".into(),
        drive: "秋季招募".into(),
        registries: Registry::ALL.into_iter().fold(Choice::many(text, "registries", "interest-registries").columns(2), |c, r| {
            c.option(r.word(), text.t(&format!("registry-{}", r.word())))
        }),
        fields: [
            field("name", "field-name").refill(text, None, &slips),
            field("phone", "field-mobile").hint(text, "hint-mobile").live(text, "mobile").refill(text, None, &slips),
            field("mail", "field-mail").optional(text).hint(text, "hint-mail").live(text, "mail"),
        ],
        consent: Choice::tick(text, "consent", "interest-consent")
            .small(text.x("interest-consent-small", "2026-01"))
            .refill(text, None, &slips),
        consent_text: "……".into(),
        slips,
    };
    add("self-enrol", enrol(Slips::default()).render());
    add("self-enrol-slips", enrol(slips()).render());
    for (name, taken) in [("self-done", true), ("self-gone", false)] {
        add(name, self_enrol::SelfDone { s: shell(lang, ""), taken }.render());
    }
    let address = "registry.example.org/d/0123456789abcdef0123456789abcdef";
    add(
        "drive-code",
        self_enrol::DriveCode {
            s: shell(lang, "/drive"),
            drive: "秋季招募".into(),
            about: "东桥广场 2026-11-23".into(),
            code: qr::Code::of(address).map(|code| code.svg(&text.t("code-label"))),
            address: address.into(),
        }
        .render(),
    );
    add(
        "hands",
        hands::Hands {
            s: shell(lang, "/follow-up"),
            slips: Slips::default(),
            waiting: crate::app::HandsWaiting { letters: 12, hand_offs: 48, resting: 3, resting_until: None, result_days: 14 },
            rests_until: Some("2026-11-24 09:00".into()),
            gives_out: true,
            message: field("message", "hands-message").hint(text, "hands-message-hint").rows(3),
            results: field("results", "hands-results").hint(text, "hands-results-hint").rows(6),
        }
        .render(),
    );
    let in_hand = |name: &str, day: &str, rounds| desk::InHand {
        href: "/follow-up/1#task".into(),
        day: day.into(),
        name: name.into(),
        why: text.t("kind-availability"),
        rounds,
    };
    let hand_over = |agreed: Vec<desk::InHand>, tried: Vec<desk::InHand>| desk::HandOverPage {
        s: shell(lang, "/follow-up"),
        overdue: if agreed.is_empty() { Vec::new() } else { vec![(text.t("kind-contact_check"), 4, "2026-11-02".into())] },
        ended: if agreed.is_empty() { Vec::new() } else { vec![(text.t("outcome-reached"), 31), (text.t("exit-died"), 1)] },
        agreed,
        tried,
    };
    add("hand-over", hand_over(vec![in_hand("孙*三", "2026-11-24", 1)], vec![in_hand("李*四", "2026-12-07", 2)]).render());
    add("hand-over-none", hand_over(Vec::new(), Vec::new()).render());
    add("condolence", followup::Condolence { s: shell(lang, "/follow-up") }.render());
    let waiting = |lines: Vec<desk::WaitingLine>| desk::SelfWaiting { s: shell(lang, "/drive"), lines };
    let one = desk::WaitingLine { id: "1".into(), name: "钱*二".into(), version: 1 };
    add("self-waiting", waiting(vec![one]).render());
    add("self-waiting-none", waiting(Vec::new()).render());
    let doubt = |sensitive| desk::DoubtLine {
        id: "1".into(),
        person: Some("/people/7K3M-9QXA-R".into()),
        name: "周*五".into(),
        why: text.t(if sensitive { "kind-wish_check" } else { "kind-contact_check" }),
        sensitive,
        tries: vec![("2026-11-23 10:12".into(), None), ("2026-11-23 10:44".into(), Some("451 4.3.0 try again later".into()))],
        message_id: "0198f6f2c0de7a3b8c1d2e3f4a5b6c7d@bounce.redcross.example".into(),
    };
    let doubts = |lines: Vec<desk::DoubtLine>| desk::Doubts {
        s: shell(lang, "/follow-up"),
        slips: Slips::default(),
        not_taken: vec![("2026-11-23 10:44".into(), text.t("delivery-refused"), "550 5.7.1 content rejected".into())],
        lines,
    };
    add("doubts", doubts(vec![doubt(false), doubt(true)]).render());
    let policies = crate::followup::policy::Policies::shipped();
    let declared = "id = \"evening\"\ntitle = \"傍晚发信 / evening mails\"\nrules = [\"blood-eligible\"]\nstarts = 2026-01-01\nends = 2026-06-30\nwithin_days = 30\noutcome = \"answered\"\nsize = 356\nusual_share = 0.3\neffect = 0.1\n[[arm]]\nname = \"usual\"\n[[arm]]\nname = \"evening\"\nhours = \"18:00-20:00\"\n";
    let tried = crate::followup::experiment::Experiment::from_toml("experiment.toml", declared, &policies).unwrap();
    let told = crate::app::Results {
        counted_on: NaiveDate::from_ymd_opt(2026, 8, 1).unwrap(),
        arms: vec![("usual".into(), 360, 104), ("evening".into(), 341, 139)],
    };
    let trials: Vec<crate::app::Trial> =
        [crate::app::TrialState::Told(told), crate::app::TrialState::Running, crate::app::TrialState::Changed]
            .into_iter()
            .map(|state| crate::app::Trial { experiment: tried.clone(), state })
            .collect();
    add("experiments", experiment::Experiments::of(shell(lang, "/follow-up"), &trials).render());
    add("experiments-none", experiment::Experiments::of(shell(lang, "/follow-up"), &[]).render());
    for (name, address) in [("feed", Some("registry.example.org/feed/0123456789abcdef0123456789abcdef01234567")), ("feed-none", None)] {
        add(name, desk::FeedPage { s: shell(lang, "/follow-up"), address: address.map(str::to_owned) }.render());
    }
    add("doubts-none", doubts(Vec::new()).render());
    let to =
        |name: &str| Guarded::new(crate::followup::compose::Addressee { name: name.into(), address: "东桥街道新桥路 9 号".into() });
    let link = g("registry.example.org/l/0123456789abcdefghjkmnpqrstvwxyz");
    let letter = |name: &str, link| hands::Letter::of(to(name), link, &text.t("letter-code"));
    add(
        "letters",
        hands::Letters {
            s: shell(lang, "/follow-up"),
            to: vec![letter("赵甲一", Some(&link)), letter("钱乙二", Some(&link))],
            left: 12,
            phone: Some("028-0000 0000".into()),
            address: Some("示例市示例路 1 号".into()),
        }
        .render(),
    );
    add(
        "letters-no-office",
        hands::Letters { s: shell(lang, "/follow-up"), to: vec![letter("赵甲一", None)], left: 0, phone: None, address: None }.render(),
    );
    add(
        "hand-one",
        hands::HandOnePage {
            s: shell(lang, "/follow-up"),
            waiting: 48,
            task: "1".into(),
            version: 1,
            person: "/people/7K3M-9QXA-R".into(),
            name: g("钱乙二"),
            number: g("16000000418"),
            message: field("message", "hands-message").hint(text, "hands-message-hint").rows(3).value(text.x("hands-message-text", "B")),
        }
        .render(),
    );
    out
}
