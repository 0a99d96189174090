//! More of what staff put into cells and headings. Everybody is invented, as in `intake_sheets`.

use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::intake::RowOutcome;

use super::intake_sheets::{LI, WANG, codes, id, name, of_csv, phones, row, town};

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
    assert_eq!(fields("目前状况,志愿服务总时数", Registry::Volunteer), ["status", "hours"]);
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

#[test]
fn a_small_table_above_a_larger_one_is_read_too() {
    let sheet = of_csv(
        &format!(
            "莲花街道志愿者名单\n姓名,联系电话,身份证号码\n李梅,16118047670,{LI}\n小计,,\n\n丰裕镇志愿者名单\n序号,姓名,性别,证件号码,联系电话,服务时间(小时),住址,加入日期\n1,王强,男,{WANG},16118047671,7,丰裕镇,2024.3.5\n\n三、补录人员\n姓名,身份证号码,联系电话,补录人,补录原因\n赵云,,16118047672,甲,漏报\n"
        ),
        Registry::Volunteer,
    );
    assert_eq!(sheet.header_row, 2);
    assert_eq!((name(row(&sheet, 3)), id(row(&sheet, 3)), phones(row(&sheet, 3))), ("李梅".into(), LI.into(), "16118047670".into()));
    assert_eq!((name(row(&sheet, 8)), id(row(&sheet, 8))), ("王强".into(), WANG.into()));
    assert_eq!((name(row(&sheet, 12)), phones(row(&sheet, 12))), ("赵云".into(), "16118047672".into()));
    assert_eq!(sheet.counts().accepted, 3);
}

#[test]
fn a_column_is_told_by_what_stands_in_it_where_its_heading_is_strange() {
    let sheet = of_csv(
        &format!(
            "姓名,个人识别码,随时可拨打,去向,见证人,执行人,体温\n李梅,{LI},16118047670,有效,张静,李大山,正常\n王强,{WANG},16118047671,已撤销,张静,王小红,正常\n赵云,512002198807159110,16118047672,有效,张静,赵小,正常\n"
        ),
        Registry::OrganBody,
    );
    let fields: Vec<&str> = sheet.columns.iter().skip(1).take(3).map(|c| c.field.unwrap_or("")).collect();
    assert_eq!(fields, ["document", "phone", "status"]);
    assert_eq!((id(row(&sheet, 2)), phones(row(&sheet, 2))), (LI.into(), "16118047670".into()));
    assert_eq!(row(&sheet, 3).draft.as_ref().unwrap().status, EnrolmentStatus::Exited(ExitReason::Withdrew));
}

#[test]
fn an_exit_told_by_the_note_alone_is_one_and_against_the_status_is_a_question() {
    let sheet =
        of_csv("姓名,手机,备注\n李梅,16118047670,已离队\n王强,16118047671,退役军人\n赵云,16118047672,已去世\n", Registry::Volunteer);
    let status = |n| row(&sheet, n).draft.as_ref().unwrap().status;
    assert_eq!(status(2), EnrolmentStatus::Exited(ExitReason::Withdrew));
    assert_eq!(status(3), EnrolmentStatus::Registered);
    assert_eq!(status(4), EnrolmentStatus::Exited(ExitReason::Died));
    let sheet = of_csv("姓名,手机,目前状况,备注\n李梅,16118047670,在队,已去世\n", Registry::Volunteer);
    assert_eq!(row(&sheet, 2).draft.as_ref().unwrap().status, EnrolmentStatus::Undecided);
    assert!(codes(row(&sheet, 2)).contains(&"missing_status"));
}

#[test]
fn same_as_above_is_a_day_and_is_no_name() {
    let sheet = of_csv(
        &format!("姓名,身份证号,手机,登记日期\n李梅,{LI},16118047670,2026.3.5\n王强,{WANG},16118047671,同上\n同上,,16118047672,〃\n"),
        Registry::Volunteer,
    );
    assert_eq!(row(&sheet, 3).draft.as_ref().unwrap().date.map(|d| d.to_string()).as_deref(), Some("2026-03-05"));
    assert_eq!(codes(row(&sheet, 3)), [""; 0]);
    assert!(codes(row(&sheet, 4)).contains(&"name_invalid"));
}

#[test]
fn an_export_of_a_form_keeps_numbers_as_formulas_and_asks_in_sentences() {
    let sheet = of_csv(
        &format!(
            "1、您的姓名：,3、您的身份证号：,4、您的手机号：,5、您所在的镇（街道）：,6、电子信箱：\n李梅,=\"{LI}\",16118047670,莲花街道,li@qq\n"
        ),
        Registry::Blood,
    );
    assert_eq!((id(row(&sheet, 2)), town(row(&sheet, 2))), (LI.into(), Some(512_002_001)));
    assert_eq!(codes(row(&sheet, 2)), ["email_invalid"]);
}
