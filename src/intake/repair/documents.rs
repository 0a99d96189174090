//! Identity document cells.

use crate::domain::document::Document;
use crate::domain::national_id::NationalIdFlaw;
use crate::domain::problem::ProblemCode;
use crate::intake::grid::Cell;

/// What a document cell says.
pub(in crate::intake) enum DocumentRead {
    Blank,
    Document(Document),
    Flawed(ProblemCode),
}

/// Above this a spreadsheet's number no longer holds every digit (15 significant ones).
const EXACT: f64 = 1e15;

/// Reads a document cell; `kind` is the kind of document the row names.
pub(in crate::intake) fn read(cell: &Cell, kind: &str) -> DocumentRead {
    if cell.as_number().is_some_and(|n| n >= EXACT) {
        return DocumentRead::Flawed(ProblemCode::FloatDamagedId);
    }
    let shown = cell.shown();
    if super::says_nothing(&shown) || is_to_come(&shown) {
        return DocumentRead::Blank;
    }
    match Document::parse(without_marks(without_remark(&shown)), kind) {
        Ok(document) => DocumentRead::Document(document),
        Err(NationalIdFlaw::Missing) => DocumentRead::Blank,
        Err(NationalIdFlaw::Length | NationalIdFlaw::Character) => DocumentRead::Flawed(ProblemCode::IdLength),
        // A wrong digit in the birth part breaks the check character too.
        Err(NationalIdFlaw::BirthDate | NationalIdFlaw::Check) => DocumentRead::Flawed(ProblemCode::IdChecksum),
        Err(NationalIdFlaw::FloatDamaged) => DocumentRead::Flawed(ProblemCode::FloatDamagedId),
    }
}

/// Whether the cell only says that the number was not given yet.
fn is_to_come(shown: &str) -> bool {
    let plain = super::plain(shown);
    let compact: String = plain.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '.' | '。' | '!')).collect();
    matches!(
        compact.as_str(),
        "待补"
            | "待补充"
            | "待提供"
            | "后补"
            | "补"
            | "未带"
            | "没带"
            | "忘带"
            | "忘记带"
            | "未提供"
            | "未填"
            | "未填写"
            | "不详"
            | "未知"
            | "不清楚"
            | "未带身份证"
            | "忘带身份证"
            | "没带身份证"
            | "拒填"
            | "不愿提供"
            | "本人未提供"
            | "遗失"
            | "丢失"
            | "未办理"
    )
}

/// The number without quotation marks and full stops around it and without an English label: "5120...", ID: 5120... Labels in Chinese name
/// the kind of document and stay.
fn without_marks(shown: &str) -> &str {
    let around = |c: char| c.is_whitespace() || matches!(c, '"' | '“' | '”' | '\'' | '‘' | '’' | '`' | '。' | '，' | ',' | ';' | '；');
    let bare = shown.trim_matches(around);
    let labelled = bare.split_once([':', '：']).filter(|(label, _)| {
        let label = label.trim().to_ascii_lowercase();
        label.starts_with("id") && label.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '.'))
    });
    labelled.map_or(bare, |(_, number)| number.trim_matches(around))
}

/// The number without words in brackets behind it: 5120...（身份证）.
fn without_remark(shown: &str) -> &str {
    let trimmed = shown.trim_end();
    let remark = trimmed.ends_with([')', '）']).then(|| trimmed.rfind(['(', '（'])).flatten();
    match remark.map(|at| trimmed.split_at(at)) {
        Some((number, words)) if words.chars().all(|c| !c.is_alphanumeric() || !c.is_ascii()) && !number.trim().is_empty() => number,
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_still_to_come_is_missing_and_words_behind_one_are_dropped() {
        let read = |text: &str| match super::read(&Cell::text(text), "") {
            DocumentRead::Blank => "blank".to_owned(),
            DocumentRead::Document(d) => d.number().to_owned(),
            DocumentRead::Flawed(code) => code.code().to_owned(),
        };
        for text in ["待补", "忘带", "（未提供）", "不详", "/", "#N/A"] {
            assert_eq!(read(text), "blank", "{text}");
        }
        assert_eq!(read("11010519491231002X（身份证）"), "11010519491231002X");
        assert_eq!(read("11010519491231002Ⅹ"), "11010519491231002X");
        assert_eq!(read("H1234567(8)"), "H12345678");
        for text in ["\"11010519491231002X\"", "“11010519491231002X”", "ID:11010519491231002X", "ID No.：11010519491231002x。"] {
            assert_eq!(read(text), "11010519491231002X", "{text}");
        }
        assert_eq!(read("护照：E12345678"), "E12345678");
    }
}
