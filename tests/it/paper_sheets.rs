//! The printed sign-up sheet, typed into a spreadsheet heading by heading: whoever types the Chinese headings, the English ones or both has a sheet
//! that the import reads.

use donor_registry::domain::Guarded;
use donor_registry::domain::contact::Relative;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::town::Towns;
use donor_registry::intake::{Profile, ReadOptions, Sheet, paper, read};

use super::web::{Desk, run, signed_in};

/// A heading as printed: as the import reads it, and in English below where the page is in English.
type Printed = (String, String);

/// Every heading of the printed table, in the order in which they are read.
fn headings(page: &str) -> Vec<Printed> {
    let head = page.split("<thead>").nth(1).and_then(|rest| rest.split("</thead>").next()).expect("a table with a head");
    let text = |html: &str| html.replace("&#39;", "'").replace("&#x27;", "'").trim().to_owned();
    let cells = head.split("<th").skip(1).map(|cell| {
        let inside = cell.split_once('>').expect("a tag ends").1.split("</th>").next().expect("so does the cell");
        let (heading, small) = inside.split_once("<small").unwrap_or((inside, ""));
        let other = small.split_once('>').map(|(_, rest)| rest.split("</small>").next().unwrap_or_default());
        (text(heading), text(other.unwrap_or_default()))
    });
    cells.collect()
}

/// What somebody wrote under a heading.
fn written(registry: Registry, column: &paper::Column) -> &'static str {
    match column.heading {
        "姓名" => "谭秋霜",
        "性别" => "女",
        // A guardian is asked for under age, and a stem-cell registrant is of age.
        "身份证号" if registry == Registry::Volunteer => "512002200901010021",
        "身份证号" => "512002199001010020",
        "联系电话" => "16400000021",
        "电子邮箱" => "tan@example.org",
        "登记日期" => "2026-11-20",
        "联系人1" | "执行人" | "监护人" | "监护人同意" => "赵甲一",
        "联系人1电话" | "执行人电话" | "监护人电话" => "16400000022",
        "联系人2" => "孙丙三",
        "联系人2电话" => "16400000023",
        "登记见证人" => "李丁四",
        _ => "",
    }
}

fn typed(registry: Registry, printed: &[Printed], heading: impl Fn(&Printed) -> String) -> Sheet {
    let of =
        |(zh, _): &Printed| paper::columns(registry).find(|column| column.heading == zh).map_or("", |column| written(registry, column));
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(printed.iter().map(heading)).unwrap();
    csv.write_record(printed.iter().map(of)).unwrap();
    let bytes = Guarded::new(csv.into_inner().unwrap());
    let (profiles, towns, today) = (Profile::shipped(), Towns::shipped(), "2026-11-27".parse().unwrap());
    let options = ReadOptions { registry, profiles: &profiles, towns: &towns, judged_on: None, drive_date: None, today };
    read(bytes, "sheet.csv", &options, &mut |_, _| {}).unwrap()
}

fn meanings(registry: Registry, printed: &[Printed], sheet: &Sheet) -> Vec<&'static str> {
    let ours = |(zh, _): &Printed| paper::columns(registry).any(|column| column.heading == zh);
    let columns = printed.iter().zip(&sheet.columns).filter(|(heading, _)| ours(heading));
    columns.map(|(heading, column)| column.field.unwrap_or_else(|| panic!("{registry:?}: {heading:?} is not understood"))).collect()
}

fn relatives(sheet: &Sheet) -> Vec<Relative> {
    let draft = sheet.rows.iter().find_map(|row| row.draft.as_ref()).expect("one person");
    draft.contact.reveal().relatives.clone()
}

#[test]
fn the_printed_headings_typed_up_in_either_language_or_both_are_read_alike() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "recruiter").await;
        for lang in ["zh-CN", "en"] {
            table.get(&format!("/account?lang={lang}")).await;
            for registry in Registry::ALL {
                let page = table.get(&format!("/print/sheet/{}", registry.word())).await.body;
                let printed = headings(&page);
                let asked: Vec<&str> = paper::columns(registry).map(|column| column.heading).collect();
                let found: Vec<&str> = printed.iter().map(|(zh, _)| zh.as_str()).filter(|zh| asked.contains(zh)).collect();
                assert_eq!(found, asked, "every column of the profile's sheet, in its order: {registry:?} in {lang}");
                assert_eq!(printed.len(), asked.len() + 3, "beside the number and two signatures");

                let plain = typed(registry, &printed, |(zh, _)| zh.clone());
                let expected = (meanings(registry, &printed, &plain), relatives(&plain));
                assert_eq!(expected.1.is_empty(), registry == Registry::Blood, "whom else the sheet asks for is read: {registry:?}");
                if lang == "zh-CN" {
                    assert!(printed.iter().all(|(_, other)| other.is_empty()), "{page}");
                    continue;
                }
                let english = |(zh, en): &Printed| if en.is_empty() { zh.clone() } else { en.clone() };
                let both = |(zh, en): &Printed| format!("{zh} {en}").trim().to_owned();
                for sheet in [typed(registry, &printed, english), typed(registry, &printed, both)] {
                    assert_eq!(meanings(registry, &printed, &sheet), expected.0, "{registry:?}");
                    assert!(relatives(&sheet) == expected.1, "{registry:?}");
                }
            }
        }
    });
}

#[test]
fn a_registrant_has_two_lines_as_wide_as_the_sheet() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "recruiter").await;
        for registry in Registry::ALL {
            let page = table.get(&format!("/print/sheet/{}", registry.word())).await.body;
            let place = page.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).expect("a place to write");
            let lines: Vec<&str> = place.split("<tr>").skip(1).collect();
            assert_eq!(lines.len(), 2, "{registry:?}: {place}");
            for line in lines {
                let widths = line.split("colspan=\"").skip(1).map(|rest| rest.split('"').next().unwrap().parse::<u8>().unwrap());
                assert_eq!(widths.sum::<u8>(), paper::WIDTH, "{registry:?}: {line}");
            }
        }
        let volunteer = table.get("/print/sheet/volunteer").await.body;
        assert!(volunteer.contains("我是登记者的监护人"), "what the guardian signs: {volunteer}");
        assert!(!table.get("/print/sheet/blood").await.body.contains("我是登记者的监护人"));
    });
}
