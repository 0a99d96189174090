//! Pages of a stem-cell registrant's samples.

use super::*;

/// Name and HTML.
pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let tube = |phase: &str, acts: Vec<(&'static str, String)>| sample::SampleShown {
        href: "/samples/x".into(),
        barcode: g("700000001"),
        phase: text.t(&format!("sample-phase-{phase}")),
        class: "warn",
        acts,
        steps: vec![urgent::StepShown { what: text.t("sample-act-taken"), when: "2026-11-22".into(), note: g(""), done: true }],
        version: 1,
    };
    let release = |of: &str| {
        (of != "sample-not" && of != "sample-none").then(|| sample::ReleaseForm {
            code: Choice::one(text, "code", "release-which")
                .option("record:x", text.xy("release-code", "700****01", text.t("release-told"))),
            why: Choice::one(text, "why", "release-why").option("sheet", text.t("sample-code-sheet")),
            evidence: field("evidence", "release-evidence").hint(text, "release-evidence-hint").rows(3),
        })
    };
    for (name, samples, more) in [
        ("sample", vec![tube("taken", vec![("sent", text.t("sample-act-sent"))])], false),
        ("sample-new", vec![tube("rejected", Vec::new())], true),
        ("sample-none", Vec::new(), true),
        ("sample-not", Vec::new(), false),
    ] {
        add(
            name,
            sample::Samples {
                s: shell(lang, "/people"),
                slips: Slips::default(),
                person: "7K3M-9QXA-R".into(),
                status: text.t("status-registered-stem-cell"),
                samples,
                release: release(name),
                holder: if name == "sample-new" { "4H2P-7WQB-K".into() } else { String::new() },
                fields: more.then(|| [field("barcode", "field-barcode").hint(text, "hint-barcode"), field("day", "sample-day")]),
                day: "2026-11-23".into(),
            }
            .render(),
        );
    }
    out
}
