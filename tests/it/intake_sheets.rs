//! Sheets as volunteers make them: other headings, other mess. Everybody is invented; order codes 880-995 and phone blocks believed unallocated.

use std::sync::LazyLock;

use chrono::NaiveDate;
use donor_registry::domain::Guarded;
use donor_registry::domain::person::{Abo, BirthDate, Rh, Sex};
use donor_registry::domain::problem::ProblemCode;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::domain::town::{TownCode, Towns};
use donor_registry::intake::{IntakeError, Profile, ReadOptions, Row, RowKind, RowOutcome, Sheet, read};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn try_read(bytes: Vec<u8>, registry: Registry) -> Result<Sheet, IntakeError> {
    static RULES: LazyLock<(Vec<Profile>, Towns)> = LazyLock::new(|| (Profile::shipped(), Towns::shipped()));
    let options =
        ReadOptions { registry, profiles: &RULES.0, towns: &RULES.1, judged_on: None, drive_date: None, today: day(2026, 11, 23) };
    read(Guarded::new(bytes), "sheet", &options, &mut |_, _| {})
}

pub fn of_csv(text: &str, registry: Registry) -> Sheet {
    try_read(text.as_bytes().to_vec(), registry).unwrap()
}

fn of_sheet(registry: Registry, fill: impl FnOnce(&mut Worksheet)) -> Sheet {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    try_read(book.save_to_buffer().unwrap(), registry).unwrap()
}

pub fn row(sheet: &Sheet, number: u32) -> &Row {
    sheet.rows.iter().find(|r| r.number == number).unwrap_or_else(|| panic!("no row {number}"))
}

fn kinds(sheet: &Sheet) -> Vec<RowKind> {
    sheet.rows.iter().map(|r| r.kind).collect()
}

pub fn codes(row: &Row) -> Vec<&'static str> {
    row.codes().into_iter().map(ProblemCode::code).collect()
}

pub fn name(row: &Row) -> String {
    row.draft.as_ref().unwrap().identity.reveal().name.as_str().to_owned()
}

pub fn id(row: &Row) -> String {
    row.draft.as_ref().unwrap().identity.reveal().documents.first().map(|d| d.number().to_owned()).unwrap_or_default()
}

pub fn phones(row: &Row) -> String {
    row.draft.as_ref().unwrap().contact.reveal().phones.iter().map(|p| p.as_str()).collect::<Vec<_>>().join(";")
}

pub fn town(row: &Row) -> Option<u32> {
    row.draft.as_ref().unwrap().contact.reveal().address.as_ref().and_then(|a| a.town).map(|TownCode(c)| c)
}

pub const LI: &str = "512002199002019123";
pub const WANG: &str = "512002198807159110";

#[test]
fn a_text_with_title_notes_and_other_words_is_read_from_its_header_down() {
    let sheet = of_csv(
        &format!(
            "雁江区2026年春季无偿献血报名表,,,,,\n填表说明：请如实填写,,,,,\n\n报名序号,您的姓名,证件号码,移动电话,镇/街道,最近一次献血时间\n1,李 梅,{LI},161 1804 7670,丰裕,2026.3.1\n2,王强,{WANG},16118047671、16118047672,莲花街办,无\n合计,2人,,,,\n制表人：张三,,审核人：李四,,日期：2026年4月1日,\n"
        ),
        Registry::Blood,
    );
    assert_eq!(sheet.header_row, 4);
    assert_eq!(kinds(&sheet), [RowKind::Header, RowKind::Data, RowKind::Data, RowKind::SubTotal, RowKind::Footer]);
    let first = row(&sheet, 5);
    assert_eq!((name(first), id(first), phones(first), town(first)), ("李梅".into(), LI.into(), "16118047670".into(), Some(512_002_116)));
    assert_eq!(first.draft.as_ref().unwrap().health.reveal().last_donation, Some(day(2026, 3, 1)));
    assert_eq!(phones(row(&sheet, 6)), "16118047671;16118047672");
    assert_eq!(codes(row(&sheet, 6)), [""; 0]);
    assert_eq!(row(&sheet, 6).outcome, RowOutcome::Accepted);
    let counts = sheet.counts();
    assert_eq!((counts.read, counts.accepted, counts.skipped), (5, 2, 3));
}

#[test]
fn a_table_may_stand_anywhere_on_the_sheet_with_a_header_of_two_merged_rows() {
    let sheet = of_sheet(Registry::StemCell, |s| {
        let plain = Format::new();
        s.merge_range(1, 2, 1, 16, "资阳市雁江区造血干细胞志愿者采样登记（2025年11月8日）", &plain).unwrap();
        for (column, text) in [
            (2, "序号"),
            (3, "姓名"),
            (4, "性别"),
            (5, "身份证号"),
            (6, "手机"),
            (13, "体重（斤）"),
            (14, "样本条码"),
            (15, "所在镇街"),
            (16, "备注"),
        ] {
            s.merge_range(4, column, 5, column, text, &plain).unwrap();
        }
        s.merge_range(4, 7, 4, 9, "联系人一", &plain).unwrap();
        s.merge_range(4, 10, 4, 12, "联系人二", &plain).unwrap();
        for (column, text) in [(7, "姓名"), (8, "关系"), (9, "电话"), (10, "姓名"), (11, "关系"), (12, "电话")] {
            s.write(5, column, text).unwrap();
        }
        for (column, text) in [
            (3, "李梅"),
            (4, "女"),
            (5, LI),
            (6, "16118047670"),
            (7, "李大山"),
            (8, "父亲"),
            (9, "16118047680"),
            (10, "张静"),
            (11, "同事"),
            (12, "16118047681"),
            (14, "9001"),
            (15, "资溪街道"),
        ] {
            s.write(6, column, text).unwrap();
        }
        s.write(6, 2, 1).unwrap();
        s.write(6, 13, 86).unwrap();
        for (column, text) in
            [(3, "王强"), (4, "男"), (5, WANG), (6, "16118047671"), (7, "王小红"), (8, "妻子"), (9, "16118047671"), (14, "9001")]
        {
            s.write(7, column, text).unwrap();
        }
        s.write(7, 2, 2).unwrap();
    });
    assert_eq!((sheet.header_row, sheet.rows.len()), (5, 4));
    let first = row(&sheet, 7);
    let draft = first.draft.as_ref().unwrap();
    assert_eq!(codes(first), ["barcode_shared", "weight_low"]);
    assert_eq!(first.outcome, RowOutcome::Accepted);
    assert_eq!(draft.health.reveal().weight_kg, Some(43.0));
    assert_eq!(draft.status, EnrolmentStatus::Enrolled);
    let relatives = &draft.contact.reveal().relatives;
    assert_eq!(relatives.iter().map(|r| r.name.as_ref().unwrap().as_str()).collect::<Vec<_>>(), ["李大山", "张静"]);
    assert_eq!(relatives[1].phones[0].as_str(), "16118047681");
    assert_eq!(relatives[0].relation.as_deref(), Some("父亲"));
    // The title tells the day, and rows without their own are judged by it.
    assert_eq!(first.judged.unwrap().0, day(2025, 11, 8));
    let second = row(&sheet, 8);
    assert_eq!(codes(second), ["barcode_duplicate", "contact_phone_is_own", "second_contact_missing"]);
    assert!(second.draft.as_ref().unwrap().details.reveal().barcode.is_none());
}

#[test]
fn a_text_groups_its_headings_without_merging() {
    let sheet = of_csv(
        &format!(
            "姓名,身份证号码,联系电话,执行人,,,见证人\n,,,姓名,与捐献者关系,联系方式,\n李梅,{LI},16118047670,李大山,父亲,16118047680,张静、赵云\n王强,{WANG},16118047671,,,,\n"
        ),
        Registry::OrganBody,
    );
    assert_eq!(kinds(&sheet), [RowKind::Header, RowKind::Header, RowKind::Data, RowKind::Data]);
    let first = row(&sheet, 3);
    assert_eq!(first.outcome, RowOutcome::Accepted);
    let draft = first.draft.as_ref().unwrap();
    assert_eq!(draft.contact.reveal().relatives[0].phones[0].as_str(), "16118047680");
    assert_eq!(draft.details.reveal().witnesses.len(), 2);
    assert_eq!(codes(row(&sheet, 4)), ["missing_executor", "missing_witness"]);
}

#[test]
fn the_data_sheet_is_found_among_others() {
    let mut book = Workbook::new();
    let fill = |s: &mut Worksheet, rows: u32| {
        for (c, text) in ["姓名", "身份证号码", "联系电话"].into_iter().enumerate() {
            s.write(0, u16::try_from(c).unwrap(), text).unwrap();
        }
        for r in 1..=rows {
            s.write(r, 0, "李梅").unwrap();
            s.write(r, 1, LI).unwrap();
            s.write(r, 2, "16118047670").unwrap();
        }
    };
    let guide = book.add_worksheet();
    guide.set_name("填表说明").unwrap();
    fill(guide, 9);
    let sums = book.add_worksheet();
    sums.set_name("汇总").unwrap();
    sums.write(0, 0, "镇街").unwrap();
    sums.write(0, 1, "人数").unwrap();
    let hidden = book.add_worksheet();
    hidden.set_name("旧").unwrap();
    hidden.set_hidden(true);
    fill(hidden, 20);
    let list = book.add_worksheet();
    list.set_name("名单").unwrap();
    fill(list, 3);
    let other = book.add_worksheet();
    other.set_name("名单2").unwrap();
    fill(other, 2);
    let sheet = try_read(book.save_to_buffer().unwrap(), Registry::Blood).unwrap();
    assert_eq!(sheet.sheet_name, "名单");
    assert_eq!(sheet.rows.len(), 4);
    assert_eq!(sheet.other_tables, ["名单2"]);
    assert_eq!(sheet.ignored_sheets.len(), 4);
}

#[test]
fn cells_keep_their_meaning_whatever_their_type() {
    let sheet = of_sheet(Registry::Volunteer, |s| {
        for (c, text) in ["姓名", "性别", "身份证", "电话", "入队时间", "累计服务时长（小时）", "所属镇街"].into_iter().enumerate()
        {
            s.write(0, u16::try_from(c).unwrap(), text).unwrap();
        }
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let span = Format::new().set_num_format("[h]:mm");
        s.write(1, 0, "李梅").unwrap();
        s.write(1, 1, 2).unwrap();
        s.write(1, 2, LI).unwrap();
        s.write(1, 3, 16_118_047_670_i64).unwrap();
        s.write_with_format(1, 4, &ExcelDateTime::from_ymd(2023, 5, 6).unwrap(), &date).unwrap();
        s.write_with_format(1, 5, 1.5, &span).unwrap();
        s.write(2, 0, "王强").unwrap();
        s.write(2, 2, 512_002_198_807_159_110_i64 as f64).unwrap();
        s.write(2, 3, "16118047671.0").unwrap();
        s.write(2, 4, 45_052).unwrap();
        s.write(2, 5, "12小时").unwrap();
        s.write(3, 0, "张静").unwrap();
        s.write(3, 3, "16118047672").unwrap();
        s.write(3, 4, 20_230_506).unwrap();
        s.write(3, 5, -3).unwrap();
        s.write(4, 0, "合　计").unwrap();
        s.write_formula(4, 5, Formula::new("=SUM(F2:F4)").set_result("48")).unwrap();
        s.merge_range(1, 6, 3, 6, "丹山镇", &Format::new()).unwrap();
    });
    for number in 2..=4 {
        assert_eq!(row(&sheet, number).draft.as_ref().unwrap().date, Some(day(2023, 5, 6)), "row {number}");
        assert_eq!(town(row(&sheet, number)), Some(512_002_107));
    }
    let hours = |number| row(&sheet, number).draft.as_ref().unwrap().details.reveal().hours;
    assert_eq!((hours(2), hours(3), hours(4)), (Some(36.0), Some(12.0), None));
    assert_eq!(row(&sheet, 2).draft.as_ref().unwrap().identity.reveal().sex, Some(Sex::Female));
    assert_eq!(phones(row(&sheet, 2)), "16118047670");
    assert_eq!(phones(row(&sheet, 3)), "16118047671");
    assert_eq!(codes(row(&sheet, 3)), ["float_damaged_id"]);
    assert_eq!(codes(row(&sheet, 4)), ["hours_invalid", "missing_id"]);
    assert_eq!(row(&sheet, 5).kind, RowKind::SubTotal);
}

#[test]
fn values_spread_over_columns_are_put_together() {
    let sheet = of_csv(
        "姓,名,男,女,年,月,日,省,市,区,镇街,详细地址,手机1,手机2\n李,梅,,√,1990,2,1,四川省,资阳市,雁江区,东峰镇,东门村3组,16118047670,028-26112233\n",
        Registry::Volunteer,
    );
    let draft = row(&sheet, 2).draft.as_ref().unwrap();
    assert_eq!(name(row(&sheet, 2)), "李梅");
    assert_eq!(draft.identity.reveal().sex, Some(Sex::Female));
    assert_eq!(phones(row(&sheet, 2)), "16118047670;02826112233");
    assert_eq!(town(row(&sheet, 2)), Some(512_002_112));
    assert_eq!(draft.contact.reveal().address.as_ref().unwrap().text, "四川省资阳市雁江区东门村3组");

    let sheet = of_csv("姓名,出生日期,,,电话\n,年,月,日,\n李梅,1990,2,1,16118047670\n王强,1985,13,1,16118047671\n", Registry::Volunteer);
    let birth = |n| row(&sheet, n).draft.as_ref().unwrap().identity.reveal().birth;
    assert!(birth(3) == Some(BirthDate::Day(day(1990, 2, 1))));
    assert!(birth(4).is_none() && codes(row(&sheet, 4)).contains(&"unparseable_date"));
}

#[test]
fn one_address_and_one_document_are_taken_of_several() {
    let sheet = of_csv(
        &format!(
            "姓名,户籍地址,现居住地址,通讯地址,身份证号,护照号,手机\n李梅,成都市武侯区,雁江区东峰镇东门村,同上,{LI},,16118047670\nAnna Lee,,雁江区丹山镇,,,E12345678,16118047671\n"
        ),
        Registry::Volunteer,
    );
    let address = row(&sheet, 2).draft.as_ref().unwrap().contact.reveal().address.as_ref().unwrap().text.clone();
    assert_eq!(address, "雁江区东峰镇东门村");
    assert_eq!((id(row(&sheet, 2)), id(row(&sheet, 3))), (LI.into(), "E12345678".into()));
    assert_eq!((row(&sheet, 2).outcome, row(&sheet, 3).outcome), (RowOutcome::Accepted, RowOutcome::Accepted));
}

#[test]
fn what_stands_between_persons_is_skipped_and_persons_are_not() {
    let sheet = of_csv(
        &format!(
            "序号,姓名,身份证号,电话,备注\n1,2,3,4,5\n例,张三,51200219900101000X,16000000000,示例\n一、莲花街道,,,,\n1,李梅,{LI},16118047670,\n—— 第二批 ——,,,,\n序号,姓名,身份证号,电话,备注\n2,王强,{WANG},16118047671,\n3,,,,\n4,赵云,,,\n,,,,\n小 计,,,3人,\n以上共4人,,,,\n注：以上名单由各镇街报送,,,,\n填表人,陈晨,审核人,刘洋,\n（盖章）,,,2026年4月1日,\n"
        ),
        Registry::Volunteer,
    );
    use RowKind::*;
    assert_eq!(
        kinds(&sheet),
        [Header, Header, Example, Section, Data, Section, Header, Data, Data, Data, Blank, SubTotal, SubTotal, Note, Footer, Footer]
    );
    assert_eq!(codes(row(&sheet, 9)), ["empty_record", "missing_name"]);
    assert_eq!(row(&sheet, 9).outcome, RowOutcome::Refused);
    assert_eq!(codes(row(&sheet, 10)), ["missing_id", "missing_phone"]);
    // The section names the town where no column does.
    assert_eq!(town(row(&sheet, 5)), Some(512_002_001));
}

#[test]
fn a_repeated_header_may_order_its_columns_differently() {
    let sheet = of_csv(
        &format!("姓名,身份证号码,联系电话\n李梅,{LI},16118047670\n\n联系电话,姓名,身份证号码\n16118047671,王强,{WANG}\n"),
        Registry::Blood,
    );
    assert_eq!(row(&sheet, 4).kind, RowKind::Header);
    assert_eq!((name(row(&sheet, 5)), id(row(&sheet, 5)), phones(row(&sheet, 5))), ("王强".into(), WANG.into(), "16118047671".into()));
}

#[test]
fn english_headings_are_read_too() {
    let sheet = of_csv(
        &format!(
            "No.,Full Name,Gender,ID Number,Mobile Phone,E-mail,Town,Blood Type,Last Donation Date\n1,Li Mei,F,{LI},+86 161 1804 7670,li@x.example,Danshan Town,AB+,\"Mar 1, 2026\"\n"
        ),
        Registry::Blood,
    );
    let draft = row(&sheet, 2).draft.as_ref().unwrap();
    assert_eq!(row(&sheet, 2).outcome, RowOutcome::Accepted, "{:?}", codes(row(&sheet, 2)));
    assert_eq!(name(row(&sheet, 2)), "Li Mei");
    assert!(draft.health.reveal().abo == Some(Abo::AB) && draft.health.reveal().rh == Some(Rh::Positive));
    assert_eq!(draft.health.reveal().last_donation, Some(day(2026, 3, 1)));
    assert_eq!(town(row(&sheet, 2)), Some(512_002_107));
}

#[test]
fn ages_are_judged_on_the_rows_own_day() {
    let line = |name: &str, birth: &str, date: &str| format!("{name},{birth},1611804767{},{date}\n", name.len() % 10);
    let text = [
        "姓名,出生年月日,电话,采样日期\n".to_owned(),
        line("甲某", "1979-04-12", "2025-04-11"),
        line("乙某", "1979-04-12", "2025-04-12"),
        line("丙某", "2007-04-13", "2025-04-12"),
        line("丁某", "2007-04-12", "2025-04-12"),
        line("戊某", "1990-01-01", "2031-01-01"),
    ]
    .concat();
    let sheet = of_csv(&text, Registry::StemCell);
    let told = |n| (codes(row(&sheet, n)), row(&sheet, n).outcome);
    assert_eq!(told(2), (vec!["missing_id"], RowOutcome::Accepted));
    assert_eq!(told(3), (vec!["age_over", "missing_id"], RowOutcome::Refused));
    assert_eq!(told(4), (vec!["age_under", "missing_id"], RowOutcome::Refused));
    assert_eq!(told(5), (vec!["missing_id"], RowOutcome::Accepted));
    assert_eq!(told(6), (vec!["date_in_future", "missing_id"], RowOutcome::Review));
    assert!(row(&sheet, 6).draft.as_ref().unwrap().date.is_none());
}

#[test]
fn standings_of_registrants_are_taken_over() {
    let rows: String = ["有效", "已撤销", "已实现捐献", "去世", "", "待核实"]
        .iter()
        .enumerate()
        .map(|(i, s)| format!("李梅,1611804767{i},遗体、角膜,张静,2020-1-1,{s}\n"))
        .collect();
    let sheet = of_csv(&format!("登记人,电话,捐献意愿,见证人,登记时间,当前状态\n{rows}"), Registry::OrganBody);
    let status: Vec<EnrolmentStatus> = sheet.rows.iter().filter_map(|r| r.draft.as_ref()).map(|d| d.status).collect();
    use EnrolmentStatus::*;
    assert_eq!(
        status,
        [Registered, Exited(ExitReason::Withdrew), Exited(ExitReason::Donated), Exited(ExitReason::Died), Undecided, Undecided]
    );
    assert_eq!(codes(row(&sheet, 6)), ["missing_id", "missing_status"]);
}

#[test]
fn lines_of_one_person_over_merged_cells_are_one_person() {
    let sheet = of_sheet(Registry::StemCell, |s| {
        for (c, text) in ["姓名", "身份证号码", "联系电话", "联系人姓名", "联系人电话"].into_iter().enumerate() {
            s.write(0, u16::try_from(c).unwrap(), text).unwrap();
        }
        s.merge_range(1, 0, 2, 0, "李梅", &Format::new()).unwrap();
        s.merge_range(1, 1, 2, 1, LI, &Format::new()).unwrap();
        s.merge_range(1, 2, 2, 2, "16118047670", &Format::new()).unwrap();
        for (r, who, phone) in [(1, "李大山", "16118047680"), (2, "张静", "16118047681")] {
            s.write(r, 3, who).unwrap();
            s.write(r, 4, phone).unwrap();
        }
    });
    assert_eq!(kinds(&sheet), [RowKind::Header, RowKind::Data, RowKind::Continuation]);
    assert_eq!(codes(row(&sheet, 2)), Vec::<&str>::new());
    assert_eq!(row(&sheet, 2).draft.as_ref().unwrap().contact.reveal().relatives.len(), 2);
}

#[test]
fn an_office_may_name_its_own_headings() {
    let own =
        Profile::from_toml("registry = \"blood\"\nvalid-from = 2020-01-01\n[words]\nname = [\"同志\"]\nphone = [\"叫号\"]\n").unwrap();
    let mut profiles = Profile::shipped();
    profiles.push(own);
    let towns = Towns::shipped();
    let options = ReadOptions {
        registry: Registry::Blood,
        profiles: &profiles,
        towns: &towns,
        judged_on: None,
        drive_date: None,
        today: day(2026, 1, 1),
    };
    let text = "同志,叫号\n李梅,16118047670\n".as_bytes().to_vec();
    let sheet = read(Guarded::new(text.clone()), "x.csv", &options, &mut |_, _| {}).unwrap();
    assert_eq!(phones(row(&sheet, 2)), "16118047670");
    assert_eq!(try_read(text, Registry::Blood).unwrap_err(), IntakeError::NoTable);
}

#[test]
fn files_that_are_no_sheet_are_refused_by_kind() {
    let error = |bytes: &[u8]| try_read(bytes.to_vec(), Registry::Blood).unwrap_err();
    assert_eq!(error(b""), IntakeError::Empty);
    assert_eq!(error(b"PK\x03\x04 not really"), IntakeError::Damaged);
    assert_eq!(error(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 not really"), IntakeError::Damaged);
    assert_eq!(error(b"<html><body><table>"), IntakeError::UnknownFormat);
    assert_eq!(error("今天,天气\n很好,吗\n".as_bytes()), IntakeError::NoTable);
    assert_eq!(error("身份证号码,联系电话,出生日期\n1,2,3\n".as_bytes()), IntakeError::NoNameColumn);
    let mut book = Workbook::new();
    book.add_worksheet();
    assert_eq!(error(&book.save_to_buffer().unwrap()), IntakeError::Empty);
    assert_eq!(error(&vec![b'a'; (64 << 20) + 1]), IntakeError::FileTooLarge { limit_mb: 64 });
}

#[test]
fn an_archive_that_unpacks_without_end_is_refused() {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("xl/workbook.xml", options).unwrap();
    zip.write_all(b"<workbook/>").unwrap();
    zip.start_file("xl/sharedStrings.xml", options).unwrap();
    let chunk = vec![b'a'; 1 << 20];
    for _ in 0..401 {
        zip.write_all(&chunk).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(try_read(bytes, Registry::Blood).unwrap_err(), IntakeError::UnpacksTooLarge { limit_mb: 400 });
}

#[test]
fn a_cell_at_the_end_of_the_sheet_takes_no_memory() {
    let mut book = Workbook::new();
    let s = book.add_worksheet();
    s.write(0, 0, "姓名").unwrap();
    s.write(0, 1, "电话").unwrap();
    s.write(1_048_575, 16_383, "x").unwrap();
    assert!(matches!(try_read(book.save_to_buffer().unwrap(), Registry::Blood), Err(IntakeError::TooManyCells { .. })));
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[0-9xX＋+()（）\\-、/;，或 转]{0,24}",
            "[0-9年月日./\\-一二三十〇初]{0,14}",
            Just(LI.to_owned()),
            Just("莲花街道".to_owned()),
            Just("合计".to_owned()),
            Just("同上".to_owned()),
            "[李王张·. （(组)）?😀\u{202e}\u{200b}]{0,8}",
        ]
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_make_a_reading_fail_otherwise_than_by_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0usize..4) {
            let start: &[u8] = [&b""[..], b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "姓名,电话\n".as_bytes()][kind];
            for registry in Registry::ALL {
                let _ = try_read([start, &bytes].concat(), registry);
            }
        }

        #[test]
        fn no_cells_whatever_break_a_row(cells in proptest::collection::vec(cell(), 60)) {
            let header = "序号,姓名,性别,身份证号码,出生日期,联系电话,邮箱,住址,镇街,血型,上次献血日期,体重,联系人1姓名,联系人1电话,联系人2姓名,联系人2电话,样本条码,服务时长,状态,备注";
            let rows: String = cells.chunks(20).map(|c| c.iter().map(|v| format!("\"{}\"", v.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + "\n").collect();
            for registry in Registry::ALL {
                let sheet = of_csv(&format!("{header}\n{rows}"), registry);
                let counts = sheet.counts();
                prop_assert_eq!(counts.read, counts.accepted + counts.review + counts.refused + counts.skipped);
                prop_assert_eq!(sheet.rows.len(), 1 + cells.len() / 20);
                for row in &sheet.rows {
                    prop_assert_eq!(row.draft.is_some(), matches!(row.outcome, RowOutcome::Accepted | RowOutcome::Review));
                }
            }
        }
    }
}
