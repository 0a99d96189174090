use chrono::NaiveDate;

use super::*;

fn typed(text: &str) -> Typed {
    Guarded::new(text.to_owned())
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

fn name(text: &str) -> PersonName {
    PersonName::parse(text).unwrap()
}

fn named(role: RelativeRole, who: Option<&str>, phone: &str) -> Relative {
    let phones = Phone::parse(phone).into_iter().collect();
    Relative { role, name: who.map(name), relation: None, phones }
}

fn known(relatives: Vec<Relative>, witnesses: &[&str]) -> Known {
    let identity = Identity {
        name: name("赵甲一"),
        former_names: Vec::new(),
        sex: None,
        birth: Some(BirthDate::Year(1949)),
        ethnic: None,
        documents: Vec::new(),
    };
    let contact = Contact {
        salutation: Some(name("赵甲一")),
        phones: ["16000000417", "16000000418", "16000000419"].map(|p| Phone::parse(p).unwrap()).to_vec(),
        relatives,
        ..Contact::default()
    };
    let details = Details { witnesses: witnesses.iter().map(|w| name(w)).collect(), ..Details::default() };
    let (identity, contact, details) = (Guarded::new(identity), Guarded::new(contact), Guarded::new(details));
    Known::of(&[&identity], &[&contact], Some(&contact), &[&details]).unwrap()
}

/// The form as it is served: filled with what is known.
fn form(known: &Known, registry: Registry) -> CorrectForm {
    let shown = known.shown(registry);
    let text = |field: &str| shown.iter().find(|(f, _)| *f == field).map_or_else(|| typed(""), |(_, t)| t.duplicate());
    CorrectForm {
        registry,
        name: text("name"),
        sex: None,
        birth: text("birth"),
        ethnic: text("ethnic"),
        document: text("document"),
        phones: PHONES.iter().map(|f| text(f)).collect(),
        mails: MAILS.iter().map(|f| text(f)).collect(),
        address: text("address"),
        town: None,
        relatives: NAMED.iter().map(|(n, r, p)| RelativeForm { name: text(n), relation: text(r), phone: text(p) }).collect(),
        witnesses: WITNESSES.iter().map(|f| text(f)).collect(),
    }
}

#[test]
fn a_form_sent_back_as_it_was_served_changes_nothing_even_where_it_could_not_be_typed_anew() {
    let relatives = vec![
        named(RelativeRole::Executor, Some("钱乙二"), ""),
        named(RelativeRole::Executor, None, "16000000420"),
        named(RelativeRole::Family, None, "16000000421"),
    ];
    let known = known(relatives, &["李丁四"]);
    for registry in Registry::ALL {
        let corrected = form(&known, registry).parse(&known, day()).unwrap();
        assert_eq!(corrected.changed, [""; 0], "{}", registry.word());
        assert_eq!(corrected.contact.reveal().relatives.len(), 3, "nobody is lost");
        assert_eq!(corrected.contact.reveal().phones.len(), 3, "a third number has no field and stays");
    }
}

#[test]
fn what_differs_is_named_and_the_rest_stays() {
    let known = known(Vec::new(), &[]);
    let mut form = form(&known, Registry::Blood);
    (form.name, form.document, form.phones[0]) = (typed("赵甲乙"), typed("11010519491231002X"), typed("160 0000 0422"));
    let corrected = form.parse(&known, day()).unwrap();
    assert_eq!(corrected.changed, ["name", "document", "sex", "birth", "phone"]);
    let (identity, contact) = (corrected.identity.reveal(), corrected.contact.reveal());
    assert_eq!(identity.birth.and_then(BirthDate::day), NaiveDate::from_ymd_opt(1949, 12, 31), "the document tells the day of the year");
    assert_eq!(identity.sex, Some(Sex::Female));
    assert_eq!(contact.salutation, Some(name("赵甲乙")), "whoever was called by the old name is called by the new one");
    assert_eq!(contact.phones.iter().map(Phone::as_str).collect::<Vec<_>>(), ["16000000422", "16000000418", "16000000419"]);
}

#[test]
fn everything_wrong_is_named_at_once() {
    let known = known(vec![named(RelativeRole::Executor, Some("钱乙二"), "16000000420")], &["李丁四"]);
    let mut form = form(&known, Registry::OrganBody);
    (form.name, form.birth, form.document) = (typed(""), typed("1950-02-30"), typed("110105194912310021"));
    (form.phones[0], form.mails[0]) = (typed("12"), typed("x"));
    form.relatives[0] = RelativeForm { name: typed(""), relation: typed("女儿"), phone: typed("") };
    form.witnesses[1] = typed("李丁四");
    let flaws = form.parse(&known, day()).unwrap_err();
    let fields: Vec<&str> = flaws.iter().map(|f| f.field).collect();
    assert_eq!(fields, ["name", "document", "birth", "phone", "mail", "relative1-name", "witness2"]);
    assert!(flaws.iter().any(|f| f.key == "lack-executor"), "an executor is replaced, not lost");
}

#[test]
fn executors_stand_in_the_order_typed_and_the_contacts_of_another_registry_stay() {
    let contact = named(RelativeRole::Contact, Some("孙丙三"), "16000000423");
    let known = known(vec![named(RelativeRole::Executor, Some("钱乙二"), "16000000420"), contact.clone()], &["李丁四"]);
    let mut form = form(&known, Registry::OrganBody);
    let row = |n: &str, p: &str| RelativeForm { name: typed(n), relation: typed("子女"), phone: typed(p) };
    form.relatives = vec![row("周戊五", "16000000424"), row("钱乙二", "16000000420"), row("吴己六", "16000000425")];
    form.witnesses[1] = typed("郑庚七");
    let corrected = form.parse(&known, day()).unwrap();
    assert_eq!(corrected.changed, ["executor", "witness"]);
    let relatives = &corrected.contact.reveal().relatives;
    let names: Vec<_> = relatives.iter().filter_map(|r| r.name.as_ref()).map(PersonName::as_str).collect();
    assert_eq!(names, ["周戊五", "钱乙二", "吴己六", "孙丙三"]);
    assert_eq!(relatives.last(), Some(&contact));
    assert_eq!(corrected.details.reveal().witnesses, [name("李丁四"), name("郑庚七")]);
}

#[test]
fn a_number_taken_off_is_not_told_again_and_what_another_registration_tells_is() {
    let (identity, with) = {
        let known = known(Vec::new(), &[]);
        (known.identity.duplicate(), known.contact.duplicate())
    };
    let without = with.map(|c| Contact { phones: Vec::new(), ..c.clone() });
    let phones = |own: &Guarded<Contact>| {
        let known = Known::of(&[&identity], &[&without, &with], Some(own), &[]).unwrap();
        known.shown(Registry::Blood).iter().filter(|(field, _)| PHONES.contains(field)).count()
    };
    assert_eq!(phones(&without), 0, "this registration's own last word");
    assert_eq!(phones(&with), 2, "the other registration, which is later, does not tell");
}
