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
        rule: kind.replace('_', "-"),
    };
    let calendar = |lines: Vec<calendar::Line>| calendar::CalendarPage {
        s: shell(lang, "/people"),
        person: "7K3M-9QXA-R".into(),
        not: if lines.is_empty() { Vec::new() } else { vec![(text.t("kind-blood_lapsing"), text.t("not-planned-anchor-unknown"))] },
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
            waiting: crate::app::HandsWaiting { letters: 12, hand_offs: 48 },
            message: field("message", "hands-message").hint(text, "hands-message-hint").rows(3),
            results: field("results", "hands-results").hint(text, "hands-results-hint").rows(6),
        }
        .render(),
    );
    let to =
        |name: &str| Guarded::new(crate::followup::compose::Addressee { name: name.into(), address: "东桥街道新桥路 9 号".into() });
    add("letters", hands::Letters { s: shell(lang, "/follow-up"), to: vec![to("赵甲一"), to("钱乙二")] }.render());
    out
}
