//! XLSX. The workbook is made in memory; the writer's constant-memory mode would use temporary files.

use chrono::Datelike;
use rust_xlsxwriter::{ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet};

use super::{Table, Value};
use crate::reports::definitions::Definition;
use crate::reports::{Lang, ReportError};

pub(super) fn workbook(tables: &[&Table], definitions: &[&Definition], lang: Lang) -> Result<Vec<u8>, ReportError> {
    let mut book = Workbook::new();
    let formats = Formats::new();
    let mut names: Vec<String> = Vec::new();
    for table in tables {
        let name = sheet_name(&table.title, &names);
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        names.push(name.to_lowercase());
        fill(sheet, table, &formats)?;
    }
    if !definitions.is_empty() {
        let name = sheet_name(lang.pick("定义", "Definitions"), &names);
        let sheet = book.add_worksheet();
        sheet.set_name(&name)?;
        define(sheet, definitions, lang, &formats)?;
    }
    Ok(book.save_to_buffer()?)
}

struct Formats {
    heading: Format,
    right: Format,
    wrapped: Format,
    whole: Format,
    day: Format,
}

impl Formats {
    fn new() -> Self {
        let heading = Format::new().set_bold().set_border_bottom(FormatBorder::Thin);
        Self {
            right: heading.clone().set_align(FormatAlign::Right),
            heading,
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            whole: Format::new().set_num_format("#,##0"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
        }
    }

    fn number(places: u8, percent: bool) -> Format {
        let mut pattern = String::from("0");
        if places > 0 {
            pattern.push('.');
            pattern.extend(std::iter::repeat_n('0', usize::from(places)));
        }
        if percent {
            pattern.push('%');
        }
        Format::new().set_num_format(pattern)
    }
}

fn fill(sheet: &mut Worksheet, table: &Table, formats: &Formats) -> Result<(), ReportError> {
    let mut widths: Vec<usize> = table.columns.iter().map(|c| width(&c.heading)).collect();
    for (at, column) in (0u16..).zip(&table.columns) {
        sheet.write_string_with_format(0, at, &column.heading, if column.numeric { &formats.right } else { &formats.heading })?;
    }
    for (line, row) in (1u32..).zip(&table.rows) {
        for (at, value) in (0u16..).zip(row.iter().take(table.columns.len())) {
            match value {
                Value::Empty => {}
                Value::Text(text) => {
                    sheet.write_string(line, at, text)?;
                }
                Value::Personal(text) => {
                    sheet.write_string(line, at, text.reveal())?;
                }
                // A whole number beyond 2^53 would be rounded as a spreadsheet number, so it is written as text.
                Value::Whole(n) if n.unsigned_abs() > 1 << 53 => {
                    sheet.write_string(line, at, n.to_string())?;
                }
                Value::Whole(n) => {
                    sheet.write_number_with_format(line, at, *n as f64, &formats.whole)?;
                }
                Value::Decimal(x, places) if x.is_finite() => {
                    sheet.write_number_with_format(line, at, *x, &Formats::number(*places, false))?;
                }
                Value::Share(x, places) if x.is_finite() => {
                    sheet.write_number_with_format(line, at, *x, &Formats::number(*places, true))?;
                }
                Value::Decimal(..) | Value::Share(..) => {}
                // Excel's calendar begins in 1900; an earlier day is written as text.
                Value::Day(day) => match u16::try_from(day.year()).ok().filter(|y| *y >= 1900) {
                    Some(year) => {
                        let date = ExcelDateTime::from_ymd(year, day.month0() as u8 + 1, day.day0() as u8 + 1)?;
                        sheet.write_datetime_with_format(line, at, date, &formats.day)?;
                    }
                    None => {
                        sheet.write_string(line, at, super::text::printed(value, false))?;
                    }
                },
                Value::Suppressed => {
                    sheet.write_string(line, at, "*")?;
                }
            }
            if let Some(widest) = widths.get_mut(usize::from(at)) {
                *widest = (*widest).max(width(&super::text::printed(value, true)));
            }
        }
    }
    for (at, widest) in (0u16..).zip(widths) {
        sheet.set_column_width(at, (widest + 2).clamp(6, 60) as f64)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

fn define(sheet: &mut Worksheet, definitions: &[&Definition], lang: Lang, formats: &Formats) -> Result<(), ReportError> {
    let headings = [lang.pick("项目", "Figure"), lang.pick("定义", "Definition"), lang.pick("依据", "Source")];
    for (at, heading) in (0u16..).zip(headings) {
        sheet.write_string_with_format(0, at, heading, &formats.heading)?;
    }
    for (line, d) in (1u32..).zip(definitions) {
        sheet.write_string_with_format(line, 0, d.name(lang), &formats.wrapped)?;
        sheet.write_string_with_format(line, 1, d.text(lang), &formats.wrapped)?;
        sheet.write_string_with_format(line, 2, d.source, &formats.wrapped)?;
    }
    for (at, w) in [(0u16, 24.0), (1, 90.0), (2, 40.0)] {
        sheet.set_column_width(at, w)?;
    }
    Ok(())
}

/// Width in half-width characters: Chinese takes two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum()
}

/// A name that Excel accepts (ECMA-376: at most 31 characters, none of `[]:*?/\`, no apostrophe at the ends) and that no earlier sheet has.
fn sheet_name(title: &str, taken: &[String]) -> String {
    let clean: String =
        title.chars().map(|c| if matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\') || c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    let clean = if clean.is_empty() || clean.eq_ignore_ascii_case("history") { "Sheet" } else { clean };
    // Excel counts UTF-16 units; characters beyond the basic plane take two.
    let cut = |limit: usize| -> String {
        let mut units = 0;
        clean
            .chars()
            .take_while(|c| {
                units += c.len_utf16();
                units <= limit
            })
            .collect()
    };
    let mut name = cut(31);
    let mut number = 2;
    while taken.contains(&name.to_lowercase()) {
        name = format!("{} {number}", cut(26));
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::super::Column;
    use super::*;
    use crate::domain::Guarded;

    fn read(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn text_stays_text_and_no_cell_is_a_formula() {
        let mut table = Table::new("库容", vec![Column::text("a", "姓名"), Column::number("n", "人数")]);
        table.rows.push(vec![Value::Personal(Guarded::new("=HYPERLINK(\"http://x\")".to_owned())), Value::Whole(12)]);
        table.rows.push(vec![Value::text("512002199001011234"), Value::Suppressed]);
        let mut book = read(workbook(&[&table], &[], Lang::Zh).unwrap());
        let sheet = book.worksheet_range("库容").unwrap();
        assert_eq!(sheet.get_value((1, 0)), Some(&Data::String("=HYPERLINK(\"http://x\")".into())));
        assert_eq!(sheet.get_value((1, 1)), Some(&Data::Float(12.0)));
        assert_eq!(sheet.get_value((2, 0)), Some(&Data::String("512002199001011234".into())));
        assert!(book.worksheet_formula("库容").unwrap().used_cells().next().is_none());
    }

    #[test]
    fn every_title_becomes_a_name_that_excel_accepts_once() {
        let one = sheet_name("进出：2026/01 [全部]", &[]);
        assert!(!one.contains('/') && !one.contains('['));
        assert_eq!(sheet_name("''", &[]), "Sheet");
        assert_eq!(sheet_name("a", &["a".to_owned()]), "a 2");
        assert!(sheet_name(&"长".repeat(40), &[]).encode_utf16().count() <= 31);
    }

    #[test]
    fn the_definitions_stand_on_a_last_sheet() {
        let table = Table::new("t", vec![Column::text("a", "a")]);
        let defs: Vec<_> = crate::reports::definitions::ALL.iter().collect();
        let book = read(workbook(&[&table], &defs, Lang::Zh).unwrap());
        assert_eq!(book.sheet_names().last().map(String::as_str), Some("定义"));
    }
}
