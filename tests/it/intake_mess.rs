//! More of what staff put into cells and headings. Everybody is invented, as in `intake_sheets`.

use donor_registry::domain::registry::Registry;
use donor_registry::intake::RowOutcome;

use super::intake_sheets::{LI, WANG, codes, id, name, of_csv, phones, row};

#[test]
fn phones_of_whoever_brought_or_served_the_registrant_are_not_theirs() {
    let sheet = of_csv(
        &format!("姓名,身份证号,手机,介绍人,介绍人电话,经办人手机号码\n李梅,{LI},16118047670,王强,16118047671,16118047672\n"),
        Registry::Blood,
    );
    assert_eq!((name(row(&sheet, 2)), phones(row(&sheet, 2))), ("李梅".into(), "16118047670".into()));
    assert_eq!(row(&sheet, 2).outcome, RowOutcome::Accepted);
}

#[test]
fn a_group_of_headings_called_information_keeps_its_person() {
    let sheet = of_csv(
        &format!(
            "姓名,身份证号,联系电话,执行人信息,,,见证人,状态\n,,,姓名,关系,电话,,\n李梅,{LI},16118047670,李大山,父亲,16118047680,张静,有效\n"
        ),
        Registry::OrganBody,
    );
    assert_eq!(name(row(&sheet, 3)), "李梅");
    let relatives = &row(&sheet, 3).draft.as_ref().unwrap().contact.reveal().relatives;
    assert_eq!((relatives.len(), relatives[0].name.as_ref().unwrap().as_str()), (1, "李大山"));
}

#[test]
fn a_group_tells_which_number_its_column_holds() {
    let sheet = of_csv(
        &format!("编号,姓名,身份证号,手机,救护员证,\n,,,,编号,有效期至\nV1,李梅,{LI},16118047670,川救护20211,27.4.8\n"),
        Registry::Volunteer,
    );
    let details = row(&sheet, 3).draft.as_ref().unwrap().details.reveal();
    assert_eq!((details.number.as_deref(), details.certificate.as_deref()), (Some("V1"), Some("川救护20211")));
    assert_eq!(details.certificate_until.map(|d| d.to_string()).as_deref(), Some("2027-04-08"));
}

#[test]
fn formulas_that_failed_and_numbers_still_to_come_are_missing() {
    let sheet = of_csv(&format!("姓名,身份证号,手机\n李梅,#N/A,16118047670\n王强,{WANG},#REF!\n赵云,忘带,16118047672\n"), Registry::Blood);
    assert_eq!(codes(row(&sheet, 2)), ["missing_id"]);
    assert_eq!(codes(row(&sheet, 3)), ["missing_phone"]);
    assert_eq!(codes(row(&sheet, 4)), ["missing_id"]);
}

#[test]
fn numbers_in_chinese_numerals_lists_and_boxes_are_read() {
    let sheet = of_csv(
        &format!(
            "姓名,身份证号,手机,服务时长\n李梅,{LI}（身份证）,1.16118047670 2.16118047671,三个半小时\n王强,{WANG},16118047672(短号66672),十二小时\n"
        ),
        Registry::Volunteer,
    );
    let hours = |n| row(&sheet, n).draft.as_ref().unwrap().details.reveal().hours;
    assert_eq!((hours(2), hours(3)), (Some(3.5), Some(12.0)));
    assert_eq!((id(row(&sheet, 2)), phones(row(&sheet, 2))), (LI.into(), "16118047670;16118047671".into()));
    assert_eq!(phones(row(&sheet, 3)), "16118047672");
    assert!((2..=3).all(|n| codes(row(&sheet, n)).is_empty()));

    let sheet = of_csv("姓名,手机,捐献项目\n李梅,16118047670,☑遗体 ☑角膜 □器官\n", Registry::OrganBody);
    assert_eq!(row(&sheet, 2).draft.as_ref().unwrap().details.reveal().items, ["遗体", "角膜"]);
}

#[test]
fn headings_of_another_office_are_told_by_their_parts() {
    let fields = |header: &str, registry| {
        let sheet = of_csv(&format!("姓名,手机,{header}\n李梅,16118047670,,\n"), registry);
        sheet.columns.iter().skip(2).map(|c| c.field.unwrap_or("")).collect::<Vec<_>>()
    };
    assert_eq!(fields("最近1次献血日期,总献血次数（次）", Registry::Blood), ["last-donation", "donations"]);
    assert_eq!(fields("血样管编码,现场采样年月日", Registry::StemCell), ["barcode", "date"]);
    assert_eq!(fields("拟捐献的器官组织,登记年月日", Registry::OrganBody), ["items", "date"]);
    assert_eq!(fields("加入服务队日期,急救员证到期时间", Registry::Volunteer), ["date", "certificate-until"]);
}

#[test]
fn a_line_above_the_headings_is_no_group_of_theirs() {
    for above in ["填报单位：雁江区红十字会,,,填报时间：2026年4月1日", "学校志愿服务单位名单,,,", "单位：区医院,,,"]
    {
        let sheet = of_csv(&format!("{above}\n编号,姓名,身份证号,手机\nV1,李梅,{LI},16118047670\n"), Registry::Volunteer);
        assert_eq!((sheet.header_row, sheet.rows.len()), (2, 2), "{above}");
        assert_eq!(row(&sheet, 3).draft.as_ref().unwrap().details.reveal().number.as_deref(), Some("V1"), "{above}");
    }
}
