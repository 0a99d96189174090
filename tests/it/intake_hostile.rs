//! Files made to harm, and files that are something else: each is read within bounds or refused by a sentence, never a crash or a wait.

use std::io::Write;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use donor_registry::domain::Guarded;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::town::Towns;
use donor_registry::intake::{IntakeError, Profile, ReadOptions, RowOutcome, Sheet, read};

/// No file takes seconds on an idle machine; what has not ended by now hangs.
const PATIENCE: Duration = Duration::from_secs(240);

fn try_read(bytes: Vec<u8>) -> Result<Sheet, IntakeError> {
    let (profiles, towns) = (Profile::shipped(), Towns::shipped());
    let options = ReadOptions {
        registry: Registry::Volunteer,
        profiles: &profiles,
        towns: &towns,
        judged_on: None,
        drive_date: None,
        today: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
    };
    let begun = Instant::now();
    let outcome = read(Guarded::new(bytes), "sheet", &options, &mut |_, _| {});
    assert!(begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    outcome
}

/// A workbook of one worksheet, given as the XML inside `worksheet`.
fn workbook(inside: &str) -> Vec<u8> {
    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    archive(&[
        (
            "[Content_Types].xml",
            format!(
                "{HEAD}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{kind}.sheet.main+xml\"/><Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"{kind}.worksheet+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "{HEAD}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"名单\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "{HEAD}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("{HEAD}<worksheet xmlns=\"{MAIN}\">{inside}</worksheet>")),
    ])
}

fn archive(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for (name, text) in parts {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>")
}

fn header() -> String {
    format!("<row r=\"1\">{}{}</row>", cell("A1", "姓名"), cell("B1", "手机"))
}

fn person(row: usize) -> String {
    format!("<row r=\"{row}\">{}{}</row>", cell(&format!("A{row}"), "李梅"), cell(&format!("B{row}"), "16118047670"))
}

#[test]
fn a_sheet_that_claims_to_be_as_large_as_can_be_is_read_for_what_it_holds() {
    let sheet = try_read(workbook(&format!("<dimension ref=\"A1:XFD1048576\"/><sheetData>{}{}</sheetData>", header(), person(2)))).unwrap();
    assert_eq!(sheet.rows.len(), 2);
    // Blanks at the far end do no harm; a value there is too much, and says so.
    let far = |text: &str| {
        workbook(&format!("<sheetData>{}{}<row r=\"1048576\">{}</row></sheetData>", header(), person(2), cell("XFD1048576", text)))
    };
    assert_eq!(try_read(far(" ")).unwrap().counts().accepted, 1);
    assert!(matches!(try_read(far("x")), Err(IntakeError::TooManyCells { .. })));
}

#[test]
fn rows_by_the_million_are_refused_and_many_rows_are_read() {
    let rows = |count: usize| (2..=count).map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\"><v>1</v></c></row>")).collect::<String>();
    assert!(matches!(
        try_read(workbook(&format!("<sheetData>{}{}</sheetData>", header(), rows(1_000_000)))),
        Err(IntakeError::TooManyCells { .. })
    ));
    let text = format!("姓名,手机\n{}", "李梅,16118047670\n".repeat(20_000));
    assert_eq!(try_read(text.into_bytes()).unwrap().counts().accepted, 20_000);
    assert!(matches!(try_read("姓名,手机\n".repeat(300_000).into_bytes()), Err(IntakeError::TooManyCells { .. })));
    assert!(matches!(try_read([b"a".as_slice(), &vec![b','; 4 << 20], b"x"].concat()), Err(IntakeError::TooManyCells { .. })));
}

#[test]
fn merged_regions_by_the_hundred_thousand_over_each_other_cost_no_time() {
    let merges: String = (0..120_000).map(|n| format!("<mergeCell ref=\"A{}:XFD{}\"/>", 3 + n % 50_000, 3 + n)).collect();
    let rows: String = (3..30_000).map(|row| format!("<row r=\"{row}\">{}</row>", cell(&format!("A{row}"), "莲花街道"))).collect();
    let sheet =
        try_read(workbook(&format!("<sheetData>{}{}{rows}</sheetData><mergeCells count=\"1\">{merges}</mergeCells>", header(), person(2))))
            .unwrap();
    assert_eq!(sheet.rows.iter().find(|r| r.number == 2).unwrap().outcome, RowOutcome::Accepted);
}

#[test]
fn cells_of_ten_thousand_characters_and_of_every_hostile_kind_are_kept_apart_from_names() {
    let long = "长".repeat(10_000);
    let hostile =
        ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "<script>alert(1)</script>", "张\u{202e}伟", "\u{2067}李\u{2069}", "{{7*7}}", "$(id)"];
    let rows: String = hostile.iter().map(|h| format!("\"{h}\",16118047670,{h}\n")).collect();
    let sheet = try_read(format!("姓名,手机,备注\n{long},16118047670,x\n李梅,{long},{long}\n{rows}").into_bytes()).unwrap();
    assert_eq!(sheet.rows[1].outcome, RowOutcome::Refused);
    assert_eq!(sheet.rows[2].outcome, RowOutcome::Review);
    for row in &sheet.rows[3..] {
        assert_eq!(row.outcome, RowOutcome::Review, "row {}", row.number);
        let draft = row.draft.as_ref().unwrap();
        let name = draft.identity.reveal().name.as_str().to_owned();
        assert!(name.chars().all(|c| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')));
    }
}

#[test]
fn files_of_other_programs_are_refused_with_what_to_do() {
    let says = |bytes: Vec<u8>| try_read(bytes).unwrap_err().to_string();
    let ods = archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet".to_owned()),
        ("content.xml", "<office:document-content/>".to_owned()),
    ]);
    let word = archive(&[("word/document.xml", "<w:document/>".to_owned())]);
    for bytes in [ods, word, b"%PDF-1.7 1 0 obj".to_vec(), vec![0u8; 4096], b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec()] {
        let told = says(bytes);
        assert!(told.contains(".xlsx or .csv") || told.contains("headings") || told.contains("empty"), "{told}");
        assert!(told.contains("nothing was read"), "{told}");
    }
    let whole = workbook(&format!("<sheetData>{}{}</sheetData>", header(), person(2)));
    for cut in (4..whole.len()).step_by(61) {
        let _ = try_read(whole[..cut].to_vec()).map(|sheet| sheet.rows.len());
    }
    for broken in ["<sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>99</v></c></row></sheetData>", "<sheetData><row>", "&bomb;", ""] {
        let _ = try_read(workbook(broken)).map(|sheet| sheet.rows.len());
    }
}
