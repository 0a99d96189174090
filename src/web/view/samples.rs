//! Every page with invented content, in both languages: what the tests of the look read, and what a person looks at.
//! People, numbers and places are invented.

mod reports;

use chrono::NaiveDate;

use super::chart::{Push, parts, ruler, waterfall};
use super::diff::{Marked, marked};
use super::shell::{Undo, Waiting, Who};
use super::*;
use crate::domain::Guarded;
use crate::domain::consent::ConsentTexts;
use crate::domain::eligibility::RuleSets;
use crate::domain::problem::{ProblemCode, Severity};
use crate::domain::registry::Registry;
use crate::domain::role::{Role, Roles};
use crate::domain::source::ImportSource;
use crate::domain::town::Towns;
use crate::web::i18n::{Lang, Text};
use askama::Template;

mod donors;
mod follow;
mod shifts;
#[path = "samples/urgent.rs"]
mod urgent_pages;
mod volunteers;

fn g(text: &str) -> Guarded<String> {
    Guarded::new(text.to_owned())
}

fn shell(lang: Lang, current: &str) -> Shell {
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let branch = if lang == Lang::Chinese { "示例区红十字会" } else { "Sample District Red Cross" };
    let who =
        Who { name: "林样".into(), roles: if current == "/admin" { Roles::of([Role::Administrator]) } else { Roles::small_branch() } };
    let mut s = Shell::open(lang, branch, day, "2026-11-23 10:58".into());
    if !current.is_empty() {
        s = s.staffed(who, current, Waiting { duplicates: 14, follow_ups: 15, urgent: 2 });
    }
    s.csrf = "0".repeat(64);
    s.key = "00000000-0000-4000-8000-000000000000".into();
    s
}

fn slips() -> Slips {
    let mut slips = Slips::default();
    slips.add("phone", "flaw-phone-invalid");
    slips.add("consent", "flaw-consent-missing");
    slips
}

/// Every page: name and HTML.
pub fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));

    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let sign_in = |failed| enter::SignIn {
        s: shell(lang, ""),
        failed,
        ended: false,
        user: field("user", "field-user").autocomplete("username"),
        password: field("password", "field-password").kind("password").autocomplete("current-password"),
        next: "/".into(),
    };
    add("sign-in", sign_in(true).render());
    let account = |a: [&'static str; 4]| {
        [
            field(a[0], "field-account-name"),
            field(a[1], "field-user").hint(text, "hint-user"),
            field(a[2], "field-password").kind("password").hint(text, "hint-password"),
            field(a[3], "field-password-again").kind("password"),
        ]
    };
    add(
        "set-up",
        enter::SetUp {
            s: shell(lang, ""),
            action: "/set-up/x".into(),
            slips: Slips::default(),
            work: account(["name", "user", "password", "again"]),
            admin: account(["admin-name", "admin-user", "admin-password", "admin-again"]),
        }
        .render(),
    );
    add("set-up-gone", enter::SetUpGone { s: shell(lang, "") }.render());
    let drive = |slips: Slips, flash: bool| {
        let mut s = shell(lang, "/drive");
        if flash {
            s.flash = Some(Flash { text: text.x("drive-done", "037"), undo: None });
        }
        drive::Drive {
            drive: Some(drive::DriveLine { name: "秋季招募".into(), place: "东桥广场".into(), day: "2026-11-23".into() }),
            board: "/drives/00000000-0000-4000-8000-000000000000".into(),
            count: 37,
            target: Some(60),
            rulers: (
                ruler(220, 37, 60, &text.nm("drive-ruler", 37, 60), &text.t("drive-target")),
                ruler(250, 37, 60, &text.nm("drive-ruler", 37, 60), &text.t("drive-target")),
            ),
            saved: ["037", "036", "035", "034"].map(|n| drive::SavedLine { number: n.into(), time: "10:58".into() }).to_vec(),
            registries: Registry::ALL
                .into_iter()
                .fold(Choice::many(text, "registries", "interest-registries").columns(2).note(text.t("interest-many")), |c, r| {
                    c.option(r.word(), text.t(&format!("registry-{}", r.word())))
                })
                .chosen("stem-cell"),
            fields: [
                field("name", "field-name").refill(text, None, &slips),
                field("phone", "field-mobile").hint(text, "hint-mobile").live(text, "mobile").refill(text, None, &slips),
                field("mail", "field-mail").optional(text).hint(text, "hint-mail").live(text, "mail"),
            ],
            consent: Choice::tick(text, "consent", "interest-consent")
                .small(text.x("interest-consent-small", "2026-01"))
                .refill(text, None, &slips),
            consent_text: ConsentTexts::shipped()
                .on(crate::domain::consent::Purpose::Contact, s.today)
                .unwrap()
                .shown(lang == Lang::English, &s.branch),
            slips,
            s,
        }
    };
    add("drive", drive(Slips::default(), true).render());
    add("drive-slips", drive(slips(), false).render());
    add(
        "drive-new",
        drive::DriveNew {
            s: shell(lang, "/drive"),
            slips: Slips::default(),
            fields: [
                field("name", "field-drive-name"),
                field("place", "field-drive-place"),
                field("day", "field-drive-day"),
                field("target", "field-drive-target").optional(text),
            ],
        }
        .render(),
    );
    add("enrol-start", enrol::EnrolStart::new(shell(lang, "/drive")).render());
    let towns = Towns::shipped();
    let texts = ConsentTexts::shipped();
    for (name, registry) in [
        ("enrol-blood", Registry::Blood),
        ("enrol-stem-cell", Registry::StemCell),
        ("enrol-organ-body", Registry::OrganBody),
        ("enrol-volunteer", Registry::Volunteer),
    ] {
        let mut slips = Slips::default();
        if registry == Registry::StemCell {
            slips.add("willing", "lack-unanswered-willing");
            slips.add("sensitive-consent", "lack-sensitive-consent");
        }
        let blank = enrol::Blank { registry, towns: &towns, texts: &texts, typed: None, slips: &slips };
        add(name, enrol::Enrol::new(shell(lang, "/drive"), blank).render());
    }
    let rows = vec![
        (text.t("field-name"), g("钱乙二")),
        (text.t("field-document"), g("512002199001010017")),
        (text.t("field-birth"), g("1990-01-01")),
    ];
    add("enrol-review", enrol::EnrolReview::new(shell(lang, "/drive"), Registry::StemCell, rows, true, &Default::default()).render());
    add(
        "import",
        import::ImportStart {
            s: shell(lang, "/people"),
            slips: Slips::default(),
            registry: Registry::ALL
                .into_iter()
                .fold(Choice::one(text, "registry", "import-registry").columns(2), |c, r| {
                    c.option(r.word(), text.t(&format!("registry-{}", r.word())))
                })
                .chosen("blood"),
            day: field("day", "import-day").hint(text, "hint-import-day").optional(text).class("input--short").live(text, "date"),
            drive: Select::new(text, "drive", "import-drive").optional(text).option("", text.t("import-drive-none")),
        }
        .render(),
    );
    let lines = |n: usize| {
        [
            (17, "赵*一", ProblemCode::IdChecksum, "5120**********004?"),
            (58, "钱*二", ProblemCode::FloatDamagedId, "512************000"),
            (103, "孙*三", ProblemCode::UnparseableDate, "***"),
            (211, "李*四", ProblemCode::MissingStatus, ""),
        ]
        .into_iter()
        .take(n)
        .map(|(row, name, code, value)| import::CorrectionLine {
            href: "/corrections/1".into(),
            row: Some(row),
            field: import::field_word("document", text),
            name: name.into(),
            code,
            value: value.into(),
        })
        .collect::<Vec<_>>()
    };
    let preview = |done: bool| import::ImportPreview {
        s: shell(lang, "/people"),
        href: "/import/1".into(),
        source: Guarded::new(ImportSource::of("造血干细胞采样登记_2026秋.xlsx", "登记表")),
        read: vec![text.n("import-rows", 412)],
        outcomes: import::Outcomes { accepted: 353, review: 31, refused: 6, skipped: 22, new: 337, known: 47, to_compare: 5 },
        bars: (
            parts(1200, &[("r1", 353), ("r2", 31), ("r3", 6), ("r4", 22)], "353, 31, 6, 22"),
            parts(358, &[("r1", 353), ("r2", 31), ("r3", 6), ("r4", 22)], "353, 31, 6, 22"),
        ),
        problems: [
            (ProblemCode::AgeOver, Severity::Refused, 4),
            (ProblemCode::IdChecksum, Severity::Review, 9),
            (ProblemCode::MissingId, Severity::Noted, 12),
        ]
        .map(|(code, severity, rows)| import::ProblemLine { code, severity, rows })
        .to_vec(),
        rows: vec![(17, text.t("outcome-review"), vec![text.t("problem-id_checksum")])],
        beyond: 12,
        done,
        again: false,
    };
    add("import-preview", preview(false).render());
    add("import-result", preview(true).render());
    add(
        "corrections",
        import::Corrections { s: shell(lang, "/people"), total: 31, rows: lines(4), next: "/corrections?after=1".into() }.render(),
    );
    add("corrections-none", import::Corrections { s: shell(lang, "/people"), total: 0, rows: lines(0), next: String::new() }.render());
    add(
        "correction",
        import::Correction {
            s: shell(lang, "/people"),
            action: "/corrections/1".into(),
            field_name: import::field_word("document", text),
            row: Some(17),
            name: g("赵甲一"),
            version: 1,
            standing: String::new(),
            code: ProblemCode::IdChecksum,
            value: g("512002199001010041"),
            slips: Slips::default(),
            field: field("value", "correct-to"),
        }
        .render(),
    );
    let compare = |label: &str, a: &str, b: &str, agreement| {
        let (left, right) = marked(a, b);
        duplicates::Compared {
            label: text.t(label),
            left,
            right,
            agreement,
            word: String::new(),
            kept: (agreement == duplicates::Agreement::Alike, false),
        }
    };
    let steps: Vec<Push> = [
        ("waterfall-start", -18.9),
        ("field-birth", 12.4),
        ("field-name", 9.8),
        ("field-address", 4.6),
        ("field-sex", 1.0),
        ("field-phone", -2.1),
    ]
    .map(|(key, bits)| Push { label: text.t(key), short: text.t(key), bits })
    .to_vec();
    let chart = |wide| {
        waterfall(wide, &steps, (0.6, 7.6), (&text.t("waterfall-band"), &text.t("waterfall-sum")), &text.x("waterfall-label", "+6.8"))
    };
    let mut s = shell(lang, "/duplicates");
    s.flash = Some(Flash {
        text: text.xy("joined-done", "7K3M-9QXA-R", "2B4C-7HQK-0"),
        undo: Some(Undo { action: "/duplicates/undo".into(), label: text.t("undo-last"), key: "u" }),
    });
    add(
        "duplicates",
        duplicates::Duplicates {
            s,
            waiting: 14,
            position: 3,
            pair: Some(duplicates::Pair {
                href: "/duplicates/1".into(),
                sides: (
                    duplicates::Side { person: "7K3M-9QXA-R".into(), registries: text.t("registry-blood") },
                    duplicates::Side { person: "2B4C-7HQK-0".into(), registries: text.t("registry-volunteer") },
                ),
                rows: vec![
                    compare("field-name", "陈癸莲", "陳癸蓮", duplicates::Agreement::Alike),
                    compare("field-birth", "1988-04-16", "1988-04-16", duplicates::Agreement::Same),
                    compare("field-sex", &text.t("sex-female"), &text.t("sex-female"), duplicates::Agreement::Same),
                    duplicates::Compared {
                        label: text.t("field-document"),
                        left: Marked::plain("5120**********0029"),
                        right: Marked::plain(text.t("empty-value")),
                        agreement: duplicates::Agreement::OneSided,
                        word: String::new(),
                        kept: (false, false),
                    },
                    compare("field-phone", "160****2207", "161****8843", duplicates::Agreement::Different),
                    compare("field-address", "东桥街道新桥路 9 号", "东桥街道新桥社区", duplicates::Agreement::Alike),
                ],
                warning: "warning-twins".into(),
                judged: true,
                per_mille: 871,
                next: "/duplicates?after=1".into(),
                interval: ("5%".into(), "99%".into()),
                waterfalls: (chart(true), chart(false)),
                version: 1,
            }),
        }
        .render(),
    );
    add("duplicates-none", duplicates::Duplicates { s: shell(lang, "/duplicates"), waiting: 0, position: 0, pair: None }.render());
    let line = |name: &str, overdue, current: bool| followup::TaskLine {
        href: "/follow-up/1".into(),
        name: name.into(),
        why: format!("{} · {}", text.t("registry-stem-cell"), text.t("kind-contact_check")),
        rounds: 1,
        readiness: current.then(|| text.x("readiness-tag", 7)),
        overdue,
        current,
    };
    let tasks = |opened: bool| followup::FollowUps {
        s: shell(lang, "/follow-up"),
        slips: Slips::default(),
        due: 4,
        agreed: vec![line("孙*三", 0, false)],
        today: vec![line("周*五", 0, true), line("吴*六", 0, false), line("郑*七", 0, false)],
        overdue: vec![line("王*八", 3, false)],
        task: Some(followup::Task {
            href: "/follow-up/1".into(),
            open: "/follow-up/1/open".into(),
            person: "/people/7K3M-9QXA-R".into(),
            name: g(if opened { "周戊五" } else { "周*五" }),
            about: vec![text.t("sex-female"), text.n("age", 29)],
            why: text.t("kind-contact_check"),
            phones: if opened { vec![g("16000005678")] } else { Vec::new() },
            opened,
            tone: text.t("script-tone-motivating"),
            say: followup::words(
                &crate::followup::desk::script(
                    Some(crate::followup::Kind::Availability),
                    crate::followup::desk::CallStanding { stem_cell_in_file: true, ..Default::default() },
                ),
                text,
            ),
            outcome: followup::outcomes(Some(crate::followup::Kind::Availability), text),
            call_on: Field::new(text, "call_on", "task-call-on").optional(text).kind("date").class("input--short"),
            rounds: 1,
            version: 1,
            held: false,
        }),
        doubts: u64::from(opened),
        refused: opened.then(|| (2, "5.7.1".to_owned())),
    };
    add("follow-ups", tasks(false).render());
    add("follow-ups-opened", tasks(true).render());
    add(
        "plan",
        followup::Plan {
            s: shell(lang, "/follow-up"),
            planned: 840,
            held: 384,
            months: (1..=6).map(|m| (format!("2027-0{m}"), 40 * m)).collect(),
            channels: vec![(text.t("channel-mail"), 500), (text.t("channel-phone"), 340)],
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
            by_phone: 264,
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
            },
            people::Standing {
                registry: text.t("registry-stem-cell"),
                status: text.t("status-undecided"),
                since: "2026-10-18".into(),
                class: "warn",
                decide: "/people/7K3M-9QXA-R/decide".into(),
            },
        ],
        wish: "/people/7K3M-9QXA-R/wish".into(),
        sample: "/people/7K3M-9QXA-R/sample".into(),
        outside: urgent_pages::outside(opened, text),
        history: vec![people::Happened { when: "2026-10-18".into(), what: text.t("import-written") }],
        donor: opened.then(|| donors::part(text)),
        volunteer: opened.then(|| volunteers::part(text)),
        volunteer_forms: Some(volunteers::forms(text, &Slips::default())),
        donor_forms: Some(super::donor::DonorForms::of(&RuleSets::shipped(), None, &Slips::default(), donors::today(), text)),
        reason: ["contact", "correct", "request", "other"]
            .into_iter()
            .fold(Choice::one(text, "reason", "disclosure-why"), |c, r| c.option(r, text.t(&format!("reason-{r}")))),
        joined: vec![(text.t("registry-volunteer"), "00000000-0000-4000-8000-000000000000".into())],
        leave: Some((
            Select::new(text, "registry", "leave-from").option("blood", text.t("registry-blood")),
            Choice::one(text, "why", "leave-why").option("withdrew", text.t("exit-withdrew")).option("died", text.t("exit-died")),
        )),
    };
    add("person", one(false).render());
    add("person-opened", one(true).render());
    for (name, state) in [
        ("link", link::LinkState::Ready),
        ("link-verified", link::LinkState::Verified),
        ("link-not-me", link::LinkState::NotMe),
        ("link-gone", link::LinkState::Gone),
        ("link-unsubscribe", link::LinkState::Unsubscribe),
        ("link-not-me-asked", link::LinkState::NotMeAsked),
    ] {
        add(
            name,
            link::Link {
                s: shell(lang, ""),
                path: "/l/x".into(),
                state,
                pending: vec![(text.x("own-pending-withdrawal-due", text.t("outside-cmdp")), "2026-11-23".into())],
            }
            .render(),
        );
    }
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
    out.extend(follow::all(lang));
    out.extend(urgent_pages::all(lang));
    out.extend(donors::pages(lang));
    out.extend(volunteers::pages(lang));
    out.extend(shifts::pages(lang));
    out.extend(reports::pages(lang));
    out
}

#[test]
fn every_page_is_free_of_what_the_content_policy_forbids_and_of_missing_texts() {
    for lang in Lang::ALL {
        for (name, html) in all(lang) {
            assert!(!html.contains(" style=") && !html.contains("<style"), "{name}: inline style");
            assert!(!html.contains(" onclick") && !html.contains("javascript:"), "{name}: inline script");
            assert!(
                !html.contains("://") || html.matches("://").count() == html.matches("http://www.w3.org").count(),
                "{name}: other origin"
            );
            assert_eq!(html.matches("<script").count(), 1, "{name}");
            assert_eq!(
                html.matches("<h1").count() + html.matches("class=\"note note--ok\" role=\"status\"").count().min(1),
                1,
                "{name}: one title"
            );
            assert!(html.contains("id=\"main\""), "{name}: the skip link leads somewhere");
        }
    }
}

#[test]
fn every_input_has_a_label_and_every_post_a_token() {
    for (name, html) in all(Lang::English) {
        for input in html.split("<input ").skip(1).chain(html.split("<select ").skip(1)).chain(html.split("<textarea ").skip(1)) {
            let tag = input.split('>').next().unwrap();
            if ["type=\"hidden\"", "type=\"radio\"", "type=\"checkbox\""].iter().any(|kind| tag.contains(kind)) {
                continue;
            }
            let id = tag.split("id=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{name}: no id in {tag}"));
            assert!(html.contains(&format!("for=\"{id}\"")), "{name}: no label for {id}");
        }
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            if form.contains("method=\"post\"") && !form.contains("action=\"/l/") {
                assert!(form.contains("name=\"csrf\""), "{name}: a post without token");
            }
        }
    }
}

#[test]
fn ids_are_unique_on_every_page() {
    for (name, html) in all(Lang::Chinese) {
        let mut seen = std::collections::BTreeSet::new();
        for id in html.split(" id=\"").skip(1) {
            let id = id.split('"').next().unwrap();
            assert!(seen.insert(id), "{name}: {id} twice");
        }
    }
}

#[test]
#[ignore = "needs a folder to write the pages to: DONOR_REGISTRY_TEST_PAGES"]
fn pages_are_written_for_looking_at() {
    let folder = std::path::PathBuf::from(std::env::var("DONOR_REGISTRY_TEST_PAGES").expect("DONOR_REGISTRY_TEST_PAGES"));
    for lang in Lang::ALL {
        for (name, html) in all(lang) {
            let html =
                ["app.css", "app.js", "favicon.svg"].iter().fold(html, |html, file| html.replace(&crate::web::assets::address(file), file));
            std::fs::write(folder.join(format!("{name}.{}.html", lang.tag())), html).unwrap();
        }
    }
}
