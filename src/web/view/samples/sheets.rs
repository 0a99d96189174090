//! Sheets, what is to be corrected in them, and duplicates.

use super::*;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
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
    out
}
