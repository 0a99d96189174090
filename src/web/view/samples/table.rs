//! Signing in, the drive's table and the enrolment.

use super::*;

pub(super) fn pages(lang: Lang) -> Vec<(&'static str, String)> {
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
            preset: true,
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
    out
}
