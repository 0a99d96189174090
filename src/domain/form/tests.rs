use super::*;
use crate::domain::contact::Contact;
use crate::domain::name::PersonName;
use crate::domain::person::Sex;
use crate::domain::registry::EnrolmentStatus;
use crate::domain::town::TownCode;

fn typed(text: &str) -> Typed {
    Guarded::new(text.to_owned())
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date")
}

fn stem_cell() -> EnrolForm {
    let relative = |n: &str, p: &str| RelativeForm { name: typed(n), relation: typed("朋友"), phone: typed(p) };
    EnrolForm {
        registry: Registry::StemCell,
        as_interest: false,
        name: typed("钱乙二"),
        sex: None,
        birth: typed(""),
        ethnic: typed("汉"),
        document: typed("51200219990101904x"),
        phone: typed("160 0000 0417"),
        mail: typed(""),
        address: typed("东桥广场"),
        town: Some(TownCode(512_002_001)),
        weight: typed("54"),
        abo: "A".to_owned(),
        rh: "+".to_owned(),
        relatives: vec![relative("赵甲一", "16000000418"), relative("孙丙三", "16000000419")],
        witnesses: Vec::new(),
        items: Vec::new(),
        barcode: typed(""),
        answers: [("read-out", "heard"), ("family", "supports"), ("process", "understood"), ("willing", "yes")]
            .map(|(q, a)| (q.to_owned(), a.to_owned()))
            .to_vec(),
        consent: true,
        sensitive_consent: true,
        guardian: false,
        guardian_is: relative("", ""),
        english: false,
        despite_warning: false,
    }
}

fn valid_document() -> String {
    let check = super::super::national_id::check_character(b"51200219990101904").expect("seventeen digits");
    format!("51200219990101904{}", char::from(check))
}

#[test]
fn a_complete_form_registers_and_the_document_tells_birth_and_sex() {
    let form = EnrolForm { document: Guarded::new(valid_document()), ..stem_cell() };
    let understood = form.parse(day()).expect("a complete form");
    assert_eq!(understood.draft.status, EnrolmentStatus::Registered);
    assert!(understood.complete.is_some());
    assert_eq!(understood.draft.identity.reveal().sex, Some(Sex::Female));
}

#[test]
fn without_the_separate_consent_it_is_an_interest_without_health_data() {
    let refused = EnrolForm { document: Guarded::new(valid_document()), sensitive_consent: false, ..stem_cell() };
    let flaws = refused.parse(day()).expect_err("no separate consent");
    assert_eq!(flaws, vec![Flaw { field: "sensitive-consent", key: "lack-sensitive-consent".to_owned() }]);
    let interest = EnrolForm { as_interest: true, ..refused };
    let understood = interest.parse(day()).expect("an interest");
    assert_eq!(understood.draft.status, EnrolmentStatus::Interest);
    assert!(understood.draft.health.reveal().weight_kg.is_none());
}

#[test]
fn a_contacts_phone_must_not_be_the_registrants_own() {
    let mut form = EnrolForm { document: Guarded::new(valid_document()), ..stem_cell() };
    form.relatives = vec![
        RelativeForm { name: typed("赵甲一"), relation: typed(""), phone: typed("16000000417") },
        RelativeForm { name: typed("孙丙三"), relation: typed(""), phone: typed("16000000419") },
    ];
    let flaws = form.parse(day()).expect_err("own phone");
    assert!(flaws.iter().any(|f| f.key == "flaw-contact-phone-is-own"));
}

/// A volunteer born on a day, with a guardian who agreed.
fn volunteer(birth: &str, (name, phone): (&str, &str)) -> EnrolForm {
    EnrolForm {
        registry: Registry::Volunteer,
        birth: typed(birth),
        document: typed(""),
        relatives: Vec::new(),
        answers: vec![("duties".to_owned(), "understood".to_owned())],
        guardian: true,
        guardian_is: RelativeForm { name: typed(name), relation: typed("母亲"), phone: typed(phone) },
        ..stem_cell()
    }
}

#[test]
fn the_guardian_of_a_minor_is_kept_and_nobody_is_kept_for_whoever_is_of_age() {
    let understood = volunteer("2009-05-01", ("周戊五", "16000000421")).parse(day()).expect("a complete form");
    let contact = understood.draft.contact.reveal();
    let [guardian] = contact.relatives.as_slice() else { panic!("one relative") };
    assert_eq!(guardian.role, RelativeRole::Guardian);
    assert_eq!(guardian.name.as_ref().map(PersonName::as_str), Some("周戊五"));
    assert_eq!((guardian.relation.as_deref(), guardian.phones.len()), (Some("母亲"), 1));
    assert!(Contact::names_guardian(&understood.draft.contact));
    assert_eq!(Contact::people_to_ask(&understood.draft.contact), 0, "named for something else");

    let grown = volunteer("2008-11-23", ("周戊五", "16000000421")).parse(day()).expect("of age today");
    assert!(grown.draft.contact.reveal().relatives.is_empty());
}

#[test]
fn a_guardian_without_name_or_phone_is_told_by_field() {
    let fields = |who| {
        let flaws = volunteer("2009-05-01", who).parse(day()).expect_err("a guardian is missing");
        flaws.into_iter().map(|f| (f.field, f.key)).collect::<Vec<_>>()
    };
    assert_eq!(fields(("", "")), [("guardian-name", "lack-guardian-named".to_owned())]);
    assert_eq!(fields(("周戊五", "")), [("guardian-phone", "flaw-phone-missing".to_owned())]);
    assert_eq!(fields(("", "16000000421")), [("guardian-name", "flaw-name-missing".to_owned())]);
    let interest = EnrolForm { as_interest: true, guardian: false, ..volunteer("2009-05-01", ("", "")) };
    assert!(interest.parse(day()).is_ok(), "an interest can be saved without");
}

#[test]
fn a_mistyped_number_is_refused_and_not_taken_for_another_document() {
    for wrong in ["512002199901019041", "51200219990101904", "51200219991301904X"] {
        let form = EnrolForm { document: typed(wrong), ..stem_cell() };
        assert!(form.parse(day()).expect_err("a slip").iter().any(|f| f.field == "document"), "{wrong}");
    }
}

#[test]
fn an_interest_needs_a_name_a_phone_a_registry_and_consent() {
    let form =
        InterestForm { name: typed(" "), phone: typed("12"), mail: typed("no"), registries: Vec::new(), consent: false, english: false };
    let fields: Vec<_> = form.parse(day()).expect_err("nothing is right").into_iter().map(|f| f.field).collect();
    assert_eq!(fields, ["registries", "name", "phone", "mail", "consent"]);
}
