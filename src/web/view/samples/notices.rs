//! Pages of death notices and of the duty.

use super::urgent_pages::{form, reason, slips_of, steps};
use super::wishes::kin_opinions;
use super::*;

fn desks(text: Text) -> Vec<notice::DeskShown> {
    let desk = |code: &'static str, phone: &str, left: Option<(String, bool)>, called| notice::DeskShown {
        name: text.t(&format!("desk-{code}")),
        phone: phone.into(),
        limit: text.n("desk-within", 12),
        left,
        called,
        code,
    };
    vec![
        desk("organ-coordinator", "0000 000 0003", None, true),
        desk("eye-bank", "0000 000 0001", Some((text.nm("time-left", 10, 47), false)), false),
        desk("school", "", Some((text.nm("time-over", 1, 2), true)), false),
    ]
}

fn notice_page(lang: Lang, opened: bool, slips: Slips) -> notice::NoticePage {
    let text = Text(lang);
    notice::NoticePage {
        s: shell(lang, "/urgent"),
        slips,
        path: "/urgent/notice/x".into(),
        phase: text.t("notice-phase-reported"),
        since: text.nm("time-over", 1, 13),
        caller: text.t("caller-family"),
        call_back: g("160****0932"),
        place: g("示例区样板医院"),
        opened,
        name: g("卫*年"),
        person: "/people/7K3M-9QXA-R".into(),
        standing: text.xy("notice-standing", text.t("status-registered"), "2024-04-10"),
        stands: true,
        items: vec![(text.t("item-cornea"), text.t("use-transplant")), (text.t("item-body"), text.t("use-teaching"))],
        written: if opened { String::new() } else { "遗体、眼角膜".into() },
        not: vec![text.t("item-liver")],
        family: text.t("answer-family-supports"),
        outside: vec![(text.t("outside-national-organ"), text.t("outside-state-entered"))],
        desks: desks(text),
        confirmed: opened.then(|| "2026-09-01".to_owned()),
        opinions: kin_opinions(opened, text),
        objected: !opened,
        kin: if opened {
            vec![notice::KinShown { who: g("卫样一 女儿"), phone: g("16000000932"), role: text.t("kin-executor") }]
        } else {
            Vec::new()
        },
        fields: Vec::new(),
        reason: reason(text),
        steps: steps(text, "notice"),
        care: if opened { "/care/family/x".into() } else { String::new() },
        when: Field::new(text, "when", "notice-step-at").hint(text, "notice-died-at-hint").kind("datetime-local"),
        may_die: !opened,
        form: Some(form(text, "notice", &["kin-agreed", "kin-objected"], false)),
        version: 2,
    }
}

/// Name and HTML.
pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let callers = || crate::domain::death_notice::Caller::ALL.iter().map(|c| (c.word(), text.t(&format!("caller-{}", c.word())))).collect();
    add(
        "notice-who",
        notice::NoticeWho {
            s: shell(lang, "/urgent"),
            slips: slips_of("query", "slip-notice-query"),
            fields: [
                field("query", "notice-query").hint(text, "notice-query-hint"),
                field("call_back", "notice-call-back").optional(text).kind("tel"),
            ],
            callers: callers(),
        }
        .render(),
    );
    let tapped = || notice::Tapped { caller: "family".into(), call_back: g("16000000932"), person: "7K3M-9QXA-R".into() };
    add(
        "notice-pick",
        notice::NoticePick {
            s: shell(lang, "/urgent"),
            tapped: tapped(),
            found: vec![people::PersonLine {
                person: "7K3M-9QXA-R".into(),
                name: "卫*年".into(),
                about: "女 78 岁".into(),
                town: "东桥街道".into(),
                phone: "160****0932".into(),
                document: "5120**********0094".into(),
                registries: text.t("registry-organ-body"),
            }],
        }
        .render(),
    );
    add(
        "notice-when",
        notice::NoticeWhen {
            s: shell(lang, "/urgent"),
            slips: slips_of("when", "slip-notice-when"),
            tapped: tapped(),
            fields: [
                field("place", "notice-place").optional(text),
                field("when", "notice-when").kind("datetime-local").value("2026-11-23T09:45"),
            ],
            called: field("called", "notice-called").hint(text, "notice-called-hint").kind("datetime-local"),
        }
        .render(),
    );
    add("notice", notice_page(lang, false, slips_of("what", "notice-family-first")).render());
    add("notice-open", notice_page(lang, true, Slips::default()).render());
    add("notice-paper", notice::Paper { s: shell(lang, "/urgent"), phone: "0000 000 0000".into(), desks: desks(text) }.render());
    for (name, may) in [("duty", true), ("duty-read", false)] {
        add(
            name,
            urgent::DutyPage {
                s: shell(lang, "/urgent"),
                slips: Slips::default(),
                may,
                desks: vec![urgent::DeskFields {
                    name: text.t("desk-eye-bank"),
                    word: "eye-bank",
                    phone: "0000 000 0001".into(),
                    hours: "12".into(),
                    confirmed: if may { String::new() } else { "2026-09-01".into() },
                }],
                since: if may { String::new() } else { "2026-09-01".into() },
                coming: vec![("2027-01-01".into(), format!("{} 0000 000 0001 {}", text.t("desk-eye-bank"), text.n("desk-within", 10)))],
                from: field("valid_from", "desks-from").hint(text, "desks-from-hint").kind("date"),
                phone: "0000 000 0000".into(),
                roster: if may { Vec::new() } else { vec![("2026-11-23".into(), "何样".into())] },
                day: field("day", "duty-day").kind("date"),
                staff: Select::new(text, "staff", "duty-who").option("x", "何样"),
            }
            .render(),
        );
    }
    out
}
