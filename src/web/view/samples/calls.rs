//! The call desk, plans, first contacts, and the report of all.

use super::*;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let line = |name: &str, overdue, current: bool| followup::TaskLine {
        href: "/follow-up/1".into(),
        name: name.into(),
        why: format!("{} · {}", text.t("registry-stem-cell"), text.t("kind-contact_check")),
        rounds: 1,
        readiness: current.then(|| text.x("readiness-tag", 7)),
        overdue,
        current,
    };
    let dialled = |at: &str, whose: &str, number: &str| dial::Line { at: at.into(), whose: g(whose), number: g(number) };
    let which = Choice::one(text, "number", "task-number")
        .columns(2)
        .option("a1", text.xy("task-number-of", 1, "160****5678"))
        .option("b2", text.xy("task-number-of", 2, "160****0418"))
        .small(text.t("task-number-named"));
    let counts = crate::app::NumberCounts { own: 1, named: 1, searching: true, may_be_lost: true, decides: false };
    // The first page rendered is the opened one: a form part is rendered once.
    let which = std::cell::RefCell::new(Some(which));
    let tasks = |opened: bool, lost: Option<bool>| followup::FollowUps {
        s: shell(lang, "/follow-up"),
        slips: Slips::default(),
        due: if opened { 240 } else { 4 },
        held: if opened { 384 } else { 0 },
        first: opened.then_some(200),
        next: opened.then(|| "/follow-up?after=4.2026-11-23.x".to_owned()),
        agreed: vec![line("孙*三", 0, false)],
        today: vec![line("周*五", 0, true), line("吴*六", 0, false), line("郑*七", 0, false)],
        overdue: vec![line("王*八", 3, false)],
        task: Some(followup::Task {
            href: "/follow-up/1".into(),
            open: "/follow-up/1/open".into(),
            person: "/people/7K3M-9QXA-R".into(),
            name: g(if opened { "周戊五" } else { "周*五" }),
            about: vec![text.t("sex-female"), text.n("age", 29)],
            question: opened.then(|| g("采集以后要休息多久？")),
            why: text.t(if lost.is_some() { "kind-lost_contact" } else { "kind-contact_check" }),
            numbers: if opened { vec![dialled("1", "", "16000005678")] } else { Vec::new() },
            named: if opened { vec![dialled("2", "赵甲一 · 母亲", "16000000418")] } else { Vec::new() },
            number: which.borrow_mut().take().filter(|_| opened),
            later: opened.then(|| "2026-12-01".to_owned()),
            lost,
            lost_href: "/follow-up/1/lost".into(),
            decides: false,
            opened,
            tone: text.t("script-tone-motivating"),
            say: followup::words(
                &crate::followup::desk::script(
                    Some(crate::followup::Kind::Availability),
                    crate::followup::desk::CallStanding { stem_cell_in_file: true, ..Default::default() },
                ),
                text,
            ),
            outcome: followup::outcomes(
                Some(crate::followup::Kind::Availability),
                if opened { counts } else { crate::app::NumberCounts::default() },
                text,
            ),
            call_on: Field::new(text, "call_on", "task-call-on").optional(text).kind("date").class("input--short"),
            said: said::Said::of(
                Some(if opened { crate::followup::Kind::WishCheck } else { crate::followup::Kind::BloodThanks }),
                None,
                &Slips::default(),
                text,
            ),
            shared: if opened { vec![line("周*六", 0, false)] } else { Vec::new() },
            rounds: 1,
            version: 1,
            held: false,
        }),
        doubts: u64::from(opened),
        refused: opened.then(|| (2, "5.7.1".to_owned())),
    };
    add("follow-ups-opened", tasks(true, None).render());
    add("follow-ups", tasks(false, None).render());
    add("follow-ups-lost", tasks(false, Some(true)).render());
    add("follow-ups-lost-waits", tasks(false, Some(false)).render());
    add(
        "plan",
        followup::Plan {
            s: shell(lang, "/follow-up"),
            planned: 840,
            held: 384,
            months: (1..=6).map(|m| (format!("2027-0{m}"), 40 * m)).collect(),
            channels: vec![
                (text.t("channel-mail"), 500, 410),
                (text.t("channel-phone"), 340, 300),
                (text.t("channel-letter"), 25, 25),
                (text.t("channel-hand-off"), 12, 12),
            ],
            people: 812,
            reachable: [("mail", 430), ("phone", 760), ("hand-off", 741), ("letter", 120), ("none", 9)]
                .map(|(word, n)| (text.t(&format!("channel-{word}")), n))
                .into(),
            not_planned: vec![(text.t("not-planned-exited"), 40), (text.t("not-planned-undecided"), 12)],
        }
        .render(),
    );
    let first = |found: bool| followup::FirstContact {
        s: shell(lang, "/follow-up"),
        slips: Slips::default(),
        registry: Registry::ALL
            .into_iter()
            .fold(Choice::one(text, "registry", "first-which").columns(2).hint(text.t("first-which-hint")), |c, r| {
                c.option(r.word(), text.t(&format!("registry-{}", r.word())))
            })
            .option("all", text.t("first-which-all")),
        preview: found.then(|| followup::FirstPreview {
            people: 384,
            by_mail: 120,
            by_phone: 224,
            by_letter: 40,
            unreachable: 28,
            filter: text.t("registry-stem-cell"),
            registry: "stem-cell".into(),
        }),
        count: field("count", "first-count").hint(text, "first-count-hint").class("input--short"),
        may_confirm: true,
    };
    add("first-contact", first(false).render());
    add("first-contact-preview", first(true).render());
    let flow = |class: &'static str, key: &str, n: [i64; 5]| report::FlowLine {
        class,
        label: text.t(key),
        day: String::new(),
        counts: n.into_iter().map(Some).collect(),
    };
    add(
        "report",
        report::Report {
            s: shell(lang, "/reports"),
            as_of: "2026-11-23".into(),
            from: "2026-01-01".into(),
            days: [field("as-of", "report-as-of").value("2026-11-23"), field("from", "report-from").value("2026-01-01")],
            persons: 2511,
            enrolments: 2745,
            came: 393,
            went: 197,
            pool: [
                ("blood", [1204, 486, 231, 79]),
                ("stem-cell", [148, 37, 21, 9]),
                ("organ-body", [41, 12, 5, 0]),
                ("volunteer", [322, 96, 40, 14]),
            ]
            .into_iter()
            .map(|(word, parts)| report::PoolLine { label: text.t(&format!("registry-{word}")), parts })
            .collect(),
            flows: vec![
                report::FlowLine { day: "2026-01-01".into(), ..flow("open", "flow-opening", [1873, 196, 49, 431, 2549]) },
                flow("plus", "flow-in", [255, 42, 14, 76, 387]),
                flow("plus", "flow-correction", [4, -1, 0, 2, 5]),
                flow("minus", "exit-withdrew", [18, 4, 2, 11, 35]),
                report::FlowLine { day: "2026-11-23".into(), ..flow("sum", "flow-closing", [2000, 215, 58, 472, 2745]) },
            ],
            balanced: true,
            registries: Registry::ALL.iter().map(|r| text.t(&format!("registry-short-{}", r.word()))).collect(),
            tables: vec![(
                text.t("report-by-sex"),
                report::Table {
                    head: text.t("field-sex"),
                    columns: vec![
                        text.t("report-column-persons"),
                        text.t("report-column-enrolments"),
                        text.t("report-came"),
                        text.t("report-went"),
                    ],
                    rows: vec![
                        (text.t("sex-female"), vec![Some(1320), Some(1410), Some(190), Some(80)]),
                        (text.t("unknown"), vec![Some(12), Some(12), None, Some(1)]),
                    ],
                    sum: vec![Some(1332), Some(1422), Some(190), Some(81)],
                },
            )],
            ways: super::figures::ways(&shell(lang, "/reports"), "/reports", ""),
            query: "as-of=2026-11-23&from=2026-01-01".into(),
            definitions: vec![("库容", "某日终了时处于“已登记”或“已入库”状态的登记项数。")],
            beside: (120, 14),
        }
        .render(),
    );
    out
}
