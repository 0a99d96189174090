//! CSV.

use super::{Table, Value};
use crate::reports::ReportError;

/// Puts an apostrophe before text that a spreadsheet would take for a formula. The full-width signs count: Chinese and Japanese Excel reads them alike.
pub fn guard_formula(text: &str) -> std::borrow::Cow<'_, str> {
    let dangerous = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    if text.starts_with(dangerous) { format!("'{text}").into() } else { text.into() }
}

pub(super) fn csv(table: &Table) -> Result<Vec<u8>, ReportError> {
    let mut out = b"\xef\xbb\xbf".to_vec();
    {
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
        writer.write_record(table.columns.iter().map(|c| guard_formula(&c.heading).into_owned()))?;
        for row in &table.rows {
            writer.write_record((0..table.columns.len()).map(|at| row.get(at).map_or_else(String::new, field)))?;
        }
        writer.flush().map_err(csv::Error::from)?;
    }
    Ok(out)
}

fn field(value: &Value) -> String {
    match value {
        Value::Text(text) => guard_formula(text).into_owned(),
        Value::Personal(text) => guard_formula(text.reveal()).into_owned(),
        figure => printed(figure, false),
    }
}

/// A figure as printed; with thousands separators for people, without for programs.
pub(super) fn printed(value: &Value, grouped: bool) -> String {
    match value {
        Value::Empty => String::new(),
        Value::Text(text) => text.clone(),
        Value::Personal(text) => text.reveal().clone(),
        Value::Whole(n) if grouped => thousands(*n),
        Value::Whole(n) => n.to_string(),
        Value::Decimal(x, places) => finite(*x).map_or_else(String::new, |x| format!("{x:.*}", usize::from(*places))),
        Value::Share(x, places) => finite(*x).map_or_else(String::new, |x| format!("{:.*}%", usize::from(*places), x * 100.0)),
        Value::Day(day) => day.format("%Y-%m-%d").to_string(),
        Value::Suppressed => "*".to_owned(),
    }
}

fn finite(x: f64) -> Option<f64> {
    x.is_finite().then_some(x)
}

/// `1,234,567`, with a true minus sign.
pub(crate) fn thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::new();
    if n < 0 {
        out.push('−');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::Column;
    use super::*;
    use crate::domain::Guarded;

    #[test]
    fn text_that_begins_like_a_formula_gets_an_apostrophe() {
        for text in ["=1+1", "+86 138", "-3", "@SUM(A1)", "\tx", "\rx", "＝1", "＠x"] {
            assert_eq!(guard_formula(text), format!("'{text}"));
        }
        assert_eq!(guard_formula("张三"), "张三");
        assert_eq!(guard_formula(""), "");
    }

    #[test]
    fn a_csv_opens_in_excel_with_its_chinese_text_and_quotes_what_needs_it() {
        let mut table = Table::new("名单", vec![Column::text("name", "姓名"), Column::number("n", "次数"), Column::number("rate", "率")]);
        table.rows.push(vec![Value::Personal(Guarded::new("=张,三".to_owned())), Value::Whole(-3), Value::Share(0.125, 1)]);
        table.rows.push(vec![Value::text("李\"四")]);
        let csv = String::from_utf8(table.to_csv().unwrap()).unwrap();
        assert_eq!(csv, "\u{feff}姓名,次数,率\r\n\"'=张,三\",-3,12.5%\r\n\"李\"\"四\",,\r\n");
    }

    #[test]
    fn thousands_are_grouped_for_people() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(-1234), "−1,234");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
