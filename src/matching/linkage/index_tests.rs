use chrono::NaiveDate;

use super::*;
use crate::domain::Guarded;
use crate::domain::contact::{Address, Contact};
use crate::domain::document::Document;
use crate::domain::name::PersonName;
use crate::domain::national_id::{NationalId, check_character};
use crate::domain::person::{BirthDate, Identity};
use crate::domain::phone::Phone;
use crate::domain::town::TownCode;
use crate::matching::linkage::{Decision, FindQuery, features};

fn id(seventeen: &str) -> Document {
    let check = check_character(seventeen.as_bytes()).expect("seventeen digits");
    Document::National(NationalId::parse(&format!("{seventeen}{}", char::from(check))).expect("a valid number"))
}

fn person(name: &str, document: Option<&str>, phone: Option<&str>, address: &str) -> Features {
    let identity = Identity {
        name: PersonName::parse(name).expect("a name"),
        former_names: Vec::new(),
        sex: None,
        birth: None,
        ethnic: None,
        documents: document.map(id).into_iter().collect(),
    };
    let contact = Contact {
        phones: phone.map(|p| Phone::parse(p).expect("a phone")).into_iter().collect(),
        address: Some(Address { text: address.to_owned(), town: Some(TownCode(512_002_104)) }),
        ..Contact::default()
    };
    features(&Guarded::new(identity), Some(&Guarded::new(contact)))
}

fn subject(n: u128) -> SubjectId {
    SubjectId(uuid::Uuid::from_u128(n))
}

fn owner(n: u128) -> PersonId {
    PersonId(uuid::Uuid::from_u128(n))
}

#[test]
fn a_person_is_found_before_the_save_and_not_after_the_removal() {
    let mut index = Index::new();
    index.insert(subject(1), owner(1), person("張曉燕", Some("51200219900101002"), Some("16400000001"), "保和镇和平村3组12号"));
    let again = person("张晓燕", None, Some("16400000001"), "");
    let found = index.check(&again);
    assert_eq!(found.iter().map(|m| (m.subject, m.decision)).collect::<Vec<_>>(), [(subject(1), Decision::Same)]);
    assert!(index.remove(subject(1)) && !index.remove(subject(1)));
    assert!(index.check(&again).is_empty() && index.is_empty());
}

#[test]
fn a_replaced_subject_is_found_by_its_new_values_only() {
    let mut index = Index::new();
    index.insert(subject(1), owner(1), person("王小明", None, Some("16400000001"), ""));
    index.insert(subject(1), owner(1), person("王小明", None, Some("16400000002"), ""));
    assert_eq!(index.len(), 1);
    assert!(index.check(&person("李四光", None, Some("16400000001"), "")).is_empty());
    assert_eq!(index.check(&person("王小明", None, Some("16400000002"), "")).len(), 1);
}

#[test]
fn the_warning_at_the_table_knows_the_same_registry_only() {
    let mut index = Index::new();
    index.insert(subject(1), owner(1), person("王小明", Some("51200219900101003"), None, ""));
    index.enrol(subject(1), Registry::Blood);
    let other = person("王晓敏", Some("51200219900101003"), None, "");
    assert_eq!(index.exact_document(&other, Registry::Blood), Some((subject(1), owner(1))));
    assert_eq!(index.exact_document(&other, Registry::StemCell), None);
    assert_eq!(index.exact_document(&person("王小明", None, None, ""), Registry::Blood), None);
}

#[test]
fn the_scan_leaves_out_pairs_of_one_person_and_does_not_depend_on_the_order() {
    let people = [
        (1, 1, person("于国华", Some("51200219900101004"), Some("16400000001"), "")),
        (2, 1, person("于国华", None, Some("16400000001"), "")),
        (3, 3, person("国华于", None, Some("16400000001"), "")),
        (4, 4, person("赵四", None, Some("16400000004"), "")),
    ];
    let build = |order: &[usize]| {
        let mut index = Index::new();
        for i in order {
            if let Some((s, p, f)) = people.get(*i) {
                index.insert(subject(*s), owner(*p), f.clone());
            }
        }
        index.scan(&|_, _| ())
    };
    let one = build(&[0, 1, 2, 3]);
    assert_eq!(one, build(&[3, 2, 1, 0]));
    assert_eq!(one.iter().map(|p| (p.subject_l, p.subject_r)).collect::<Vec<_>>(), [(subject(1), subject(3)), (subject(2), subject(3))]);
    let mut bulk = Index::new();
    bulk.extend(people.iter().map(|(s, p, f)| (subject(*s), owner(*p), f.clone())).collect());
    assert_eq!(one, bulk.scan(&|_, _| ()));
}

#[test]
fn a_pair_is_judged_alike_from_both_sides() {
    let mut index = Index::new();
    let names = ["张伟", "Zhang Wei", "张炜", "伟张", "单小平", "善小平", "张三", "张三丰"];
    for (i, name) in names.iter().enumerate() {
        let n = u128::try_from(i).expect("small");
        index.insert(subject(n), owner(n), person(name, None, Some("16400000001"), "和平村3组12号"));
    }
    for i in 0..8 {
        for j in 0..8 {
            let (a, b) = (index.compare(subject(i), subject(j)).expect("on file"), index.compare(subject(j), subject(i)).expect("on file"));
            assert_eq!((a.weight, a.decision), (b.weight, b.decision), "{i} {j}");
        }
    }
}

#[test]
fn a_hundred_thousand_identical_rows_stay_a_bounded_check() {
    let mut index = Index::new();
    let one = person("王伟", None, Some("16400000001"), "和平村3组12号");
    index.extend((0..100_000u128).map(|n| (subject(n), owner(n), one.clone())).collect());
    assert!(index.candidates(&one).len() <= CANDIDATES + BLOCK);
    assert_eq!(index.check(&one).len(), MATCHES);
}

#[test]
fn the_search_finds_by_number_phone_mail_name_sound_and_ending() {
    let mut index = Index::new();
    index.insert(subject(1), owner(1), person("欧阳静", Some("51200219900101005"), Some("16400005678"), ""));
    index.insert(subject(2), owner(2), person("王静", None, Some("16400000002"), ""));
    let ask = |text: &str| index.find(&FindQuery::parse(&Guarded::new(text.to_owned()))).into_iter().map(|(s, _)| s).collect::<Vec<_>>();
    let number = id("51200219900101005");
    assert_eq!(ask(number.number()), [subject(1)]);
    assert_eq!(ask("164-0000-5678"), [subject(1)]);
    assert_eq!(ask("５６７８"), [subject(1)]);
    assert_eq!(ask("歐陽靜"), [subject(1)]);
    assert_eq!(ask("ouyang jing"), [subject(1)]);
    assert_eq!(ask("静"), [subject(1), subject(2)]);
    assert_eq!(ask("欧阳静 16400000002"), []);
    assert!(ask("").is_empty() && ask("9999").is_empty());
}

#[test]
fn birth_date_and_sex_are_read_off_the_number() {
    let by_number = person("王静", Some("51200219900101004"), None, "");
    let mut told = Identity {
        name: PersonName::parse("王静").expect("a name"),
        former_names: Vec::new(),
        sex: None,
        birth: NaiveDate::from_ymd_opt(1990, 1, 1).map(BirthDate::Day),
        ethnic: None,
        documents: Vec::new(),
    };
    let mut index = Index::new();
    index.insert(subject(1), owner(1), by_number);
    assert_eq!(index.check(&features(&Guarded::new(told.clone()), None)).first().map(|m| m.decision), Some(Decision::Same));
    told.sex = Some(crate::domain::person::Sex::Male);
    assert_eq!(index.check(&features(&Guarded::new(told), None)).first().map(|m| m.decision), Some(Decision::Review));
}
