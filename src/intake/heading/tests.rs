//! Tests of reading headings.

use super::*;
use crate::domain::registry::Registry;
use chrono::NaiveDate;

fn read(registry: Registry, group: &str, label: &str) -> Option<(Field, Party)> {
    let shipped = Profile::shipped();
    let profiles = Profile::in_force(&shipped, registry, NaiveDate::from_ymd_opt(2025, 6, 1).unwrap());
    Reader { profiles: &profiles }.read(group, label).map(|r| (r.field, r.party))
}

#[test]
fn headings_are_told_apart_whatever_their_dress() {
    let own = |label| read(Registry::StemCell, "", label).map(|(f, _)| f);
    for (label, field) in [
        ("*姓名", Field::Name),
        ("姓　名", Field::Name),
        ("姓\n名", Field::Name),
        ("体重(kg)", Field::Weight),
        ("体重（斤）", Field::Weight),
        ("联系电话（手机）", Field::Phone),
        ("身份证号码（18位）", Field::Document),
        ("1、您的姓名：", Field::Name),
        ("2.身份证号【必填】", Field::Document),
        ("捐献者手机号码", Field::Phone),
        ("Ｅ－ｍａｉｌ", Field::Mail),
        ("ID No.", Field::Document),
        ("Date of Birth", Field::Birth),
        ("出生年月日(公历)", Field::Birth),
        ("出生年月", Field::BirthMonthOnly),
        ("所属镇（街道）", Field::Town),
        ("採樣條碼", Field::Barcode),
        ("采样时间（年月日）", Field::Date),
        ("采样日期 Sampling date", Field::Date),
        ("性别 / Gender", Field::Sex),
        ("血样管编码", Field::Barcode),
        ("现场采样年月日", Field::Date),
        ("所在地（镇街）", Field::Town),
    ] {
        assert_eq!(own(label), Some(field), "{label}");
    }
}

#[test]
fn third_persons_keep_their_columns() {
    let read = |label| read(Registry::StemCell, "", label);
    assert_eq!(read("联系人1姓名"), Some((Field::PartyName, Party::Contact(1))));
    assert_eq!(read("联系人2与本人关系"), Some((Field::PartyRelation, Party::Contact(2))));
    assert_eq!(read("第二联系人联系电话"), Some((Field::PartyPhone, Party::Contact(2))));
    assert_eq!(read("紧急联系人（一）电话"), Some((Field::PartyPhone, Party::Contact(1))));
    assert_eq!(read("亲友姓名①"), Some((Field::PartyName, Party::Contact(1))));
    assert_eq!(read("家属联系电话"), Some((Field::PartyPhone, Party::Contact(0))));
    assert_eq!(read("执行人身份证号"), Some((Field::Ignored, Party::Own)));
    assert_eq!(read("与执行人关系"), Some((Field::PartyRelation, Party::Executor(0))));
    assert_eq!(read("与捐献志愿者关系"), Some((Field::PartyRelation, Party::Contact(0))));
    assert_eq!(read("第一联系人"), Some((Field::PartyName, Party::Contact(1))));
    assert_eq!(read("联系人1（姓名）"), Some((Field::PartyName, Party::Contact(1))));
    assert_eq!(read("见证人1"), Some((Field::Witness, Party::Witness)));
    assert_eq!(read("Contact 2 phone"), Some((Field::PartyPhone, Party::Contact(0))));
    // Whoever brought or served the registrant is no contact of theirs.
    for label in ["介绍人电话", "推荐人", "经办人手机号码", "采血护士", "班主任联系方式"] {
        assert_eq!(read(label), Some((Field::Ignored, Party::Own)), "{label}");
    }
}

#[test]
fn a_header_of_two_rows_is_read_as_one() {
    let read = |group, label| read(Registry::StemCell, group, label);
    assert_eq!(read("联系人一", "姓名"), Some((Field::PartyName, Party::Contact(1))));
    assert_eq!(read("联系人一", "与本人关系"), Some((Field::PartyRelation, Party::Contact(1))));
    assert_eq!(read("联系人二", "电话"), Some((Field::PartyPhone, Party::Contact(2))));
    assert_eq!(read("出生日期", "年"), Some((Field::BirthYear, Party::Own)));
    assert_eq!(read("性别", "男"), Some((Field::SexMale, Party::Own)));
    assert_eq!(read("基本信息", "姓名"), Some((Field::Name, Party::Own)));
    let of_roster = super::tests::read(Registry::Volunteer, "救护员证", "编号");
    assert_eq!(of_roster, Some((Field::Certificate, Party::Own)));
    assert_eq!(read("执行人信息", "姓名"), Some((Field::PartyName, Party::Executor(0))));
    assert_eq!(read("紧急联系人情况", "电话"), Some((Field::PartyPhone, Party::Contact(0))));
    assert_eq!(read("姓名", "姓名"), Some((Field::Name, Party::Own)));
    assert_eq!(read("家庭住址", "镇街"), Some((Field::Town, Party::Own)));
}
