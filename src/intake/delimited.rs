//! CSV and its relatives: bytes to text, text to records. Every line counts as a record, empty ones too, so that numbers are those staff see.

use encoding_rs::{GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::domain::Guarded;

use super::error::IntakeError;
use super::grid::{Cell, Cells, Grid, MAX_COLUMNS, MAX_ROWS};

/// How files begin that are no tables though they may look like text: documents, pictures, other archives.
const OTHERS: [&[u8]; 9] =
    [b"%PDF-", b"%!PS", b"{\\rtf", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"7z\xbc\xaf\x27", b"Rar!\x1a", b"\x1f\x8b\x08"];

/// Reads a delimited text.
pub(super) fn read(bytes: &[u8]) -> Result<Grid, IntakeError> {
    if OTHERS.iter().any(|start| bytes.starts_with(start)) {
        return Err(IntakeError::UnknownFormat);
    }
    let text = decode(bytes).ok_or(IntakeError::UnknownFormat)?;
    let body = text.reveal();
    if body.chars().all(super::repair::is_blank_char) {
        return Err(IntakeError::Empty);
    }
    // Web systems save HTML tables and XML under the name of a workbook.
    let start = body.trim_start_matches(super::repair::is_blank_char);
    if ["<html", "<!doctype", "<table", "<?xml", "<meta", "<head"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|s| s.eq_ignore_ascii_case(tag)))
    {
        return Err(IntakeError::UnknownFormat);
    }
    let delimiter = delimiter(body);
    let mut grid = Grid::default();
    let mut records = Records::new(body, delimiter);
    while let Some(record) = records.next() {
        if grid.rows.len() >= MAX_ROWS as usize || records.too_wide {
            return Err(IntakeError::TooManyCells { rows: MAX_ROWS, columns: MAX_COLUMNS });
        }
        let cells: Cells =
            record.into_iter().zip(0u32..).filter(|(text, _)| !text.is_empty()).map(|(text, c)| (c, Cell::text(meant(text)))).collect();
        grid.rows.push(cells);
    }
    Ok(grid)
}

/// The text of ="512002...", which programs write so that a spreadsheet keeps every digit; any other text as it is.
fn meant(text: String) -> String {
    let inner = text.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.contains('"'));
    inner.map(str::to_owned).unwrap_or(text)
}

/// Lends a text file's bytes to a reader of UTF-8, whatever encoding it was saved in; bytes that are UTF-8 are not copied.
/// `None` for what is no text.
pub fn lend_text<T>(bytes: &Guarded<Vec<u8>>, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let raw = bytes.reveal();
    let other = raw.starts_with(b"\xff\xfe") || raw.starts_with(b"\xfe\xff") || raw.iter().take(4_096).any(|b| *b == 0);
    if !other && std::str::from_utf8(raw).is_ok() {
        return Some(read(raw));
    }
    decode(raw).map(|text| read(text.reveal().as_bytes()))
}

/// The text in whichever encoding it was saved: a byte-order mark, UTF-16 without one, UTF-8, else GB18030 (which holds GBK and GB2312).
/// `None` for what is no text.
fn decode(bytes: &[u8]) -> Option<Guarded<String>> {
    let utf16 = |encoding: &'static encoding_rs::Encoding| Guarded::new(encoding.decode_without_bom_handling(bytes).0.into_owned());
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Some(Guarded::new(UTF_8.decode_without_bom_handling(rest).0.into_owned()));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        let encoding = if bytes.starts_with(b"\xff\xfe") { UTF_16LE } else { UTF_16BE };
        return Some(Guarded::new(encoding.decode_with_bom_removal(bytes).0.into_owned()));
    }
    let sample = bytes.get(..4096).unwrap_or(bytes);
    let zeros = |odd: usize| sample.iter().enumerate().filter(|(i, b)| i % 2 == odd && **b == 0).count();
    // ASCII commas and digits in UTF-16 have a zero byte beside them; a text with a few stray zeros has not so many on one side.
    if sample.len() >= 16 && zeros(1) * 8 > sample.len() && zeros(0) * 16 < sample.len() {
        return Some(utf16(UTF_16LE));
    }
    if sample.len() >= 16 && zeros(0) * 8 > sample.len() && zeros(1) * 16 < sample.len() {
        return Some(utf16(UTF_16BE));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return binary(text).then_some(()).map_or_else(|| Some(Guarded::new(text.to_owned())), |()| None);
    }
    let flaws = |text: &str| text.chars().filter(|c| *c == '\u{fffd}').count();
    let (gb, utf8) = (
        Guarded::new(GB18030.decode_without_bom_handling(bytes).0.into_owned()),
        Guarded::new(String::from_utf8_lossy(bytes).into_owned()),
    );
    let chosen = if flaws(gb.reveal()) <= flaws(utf8.reveal()) { gb } else { utf8 };
    (!binary(chosen.reveal())).then_some(chosen)
}

/// Pictures and archives are full of control characters; a sheet has at most a few.
fn binary(text: &str) -> bool {
    let (mut controls, mut all) = (0usize, 0usize);
    for c in text.chars().take(20_000) {
        all += 1;
        controls += usize::from(c == '\u{fffd}' || (c.is_control() && !matches!(c, '\n' | '\r' | '\t')));
    }
    controls * 10 > all.max(1) * 3
}

/// The character that divides most lines most evenly.
fn delimiter(text: &str) -> char {
    let candidates = [',', '\t', ';', '，', '|'];
    let score = |d: char| {
        let widths: Vec<usize> =
            Records::new(text, d).take(60).map(|r| r.iter().rposition(|c| !c.trim().is_empty()).map_or(0, |i| i + 1)).collect();
        widths.iter().filter(|w| **w > 1).count() * 100 + widths.iter().copied().max().unwrap_or(0).min(99)
    };
    let mut best = (',', score(','));
    for d in candidates {
        let s = score(d);
        if s > best.1 {
            best = (d, s);
        }
    }
    best.0
}

/// Records of a delimited text (RFC 4180 and what programs make of it).
struct Records<'a> {
    text: &'a str,
    at: usize,
    delimiter: char,
    /// No quote is closed from here on: take them literally.
    literal: bool,
    /// A field with something in it stands beyond the last column.
    too_wide: bool,
}

impl<'a> Records<'a> {
    const fn new(text: &'a str, delimiter: char) -> Self {
        Self { text, at: 0, delimiter, literal: false, too_wide: false }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// A quoted field: its value, and where it ends; `None` where the quote is never closed.
    fn quoted(&self) -> Option<(String, usize)> {
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((i, c)) = chars.next() {
            if c != '"' {
                value.push(c);
            } else if chars.peek().is_some_and(|(_, next)| *next == '"') {
                value.push('"');
                chars.next();
            } else {
                return Some((value, self.at + i + 1));
            }
        }
        None
    }
}

impl Iterator for Records<'_> {
    type Item = Vec<String>;

    fn next(&mut self) -> Option<Vec<String>> {
        if self.at >= self.text.len() {
            return None;
        }
        let mut record = Vec::new();
        loop {
            let mut value = String::new();
            if !self.literal && self.rest().starts_with('"') {
                match self.quoted() {
                    Some((quoted, end)) => {
                        value = quoted;
                        self.at = end;
                    }
                    None => self.literal = true,
                }
            }
            let rest = self.rest();
            let end = rest.find(|c| c == self.delimiter || c == '\n' || c == '\r').unwrap_or(rest.len());
            value.push_str(rest.get(..end).unwrap_or_default());
            if record.len() < MAX_COLUMNS as usize {
                record.push(value);
            } else {
                // Programs fill lines up with separators; only a value is too much.
                self.too_wide |= !value.chars().all(super::repair::is_blank_char);
            }
            self.at += end;
            let rest = self.rest();
            if rest.is_empty() {
                return Some(record);
            }
            if let Some(after) = rest.strip_prefix(self.delimiter) {
                self.at = self.text.len() - after.len();
                if after.is_empty() {
                    return Some(record);
                }
                continue;
            }
            self.at += if rest.starts_with("\r\n") { 2 } else { 1 };
            return Some(record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Vec<Vec<String>> {
        let grid = read(bytes).unwrap();
        (0..grid.rows.len()).map(|r| (0..3).map(|c| grid.shown(r, c).into_owned()).collect()).collect()
    }

    #[test]
    fn every_encoding_an_office_saves_is_read() {
        let text = "姓名,电话,备注\n张三,13800000000,好\n";
        let expected = vec![vec!["姓名".to_owned(), "电话".into(), "备注".into()], vec!["张三".into(), "13800000000".into(), "好".into()]];
        let utf16 =
            |be: bool| -> Vec<u8> { text.encode_utf16().flat_map(|u| if be { u.to_be_bytes() } else { u.to_le_bytes() }).collect() };
        let with_bom = |bom: &[u8], body: Vec<u8>| [bom, &body].concat();
        for bytes in [
            text.as_bytes().to_vec(),
            with_bom(b"\xef\xbb\xbf", text.as_bytes().to_vec()),
            GB18030.encode(text).0.into_owned(),
            with_bom(b"\xff\xfe", utf16(false)),
            with_bom(b"\xfe\xff", utf16(true)),
            utf16(false),
            utf16(true),
            text.replace(',', "\t").into_bytes(),
            text.replace(',', ";").into_bytes(),
            text.replace('\n', "\r\n").into_bytes(),
            text.replace('\n', "\r").into_bytes(),
        ] {
            assert_eq!(shown(&bytes), expected);
        }
    }

    #[test]
    fn a_reader_of_utf8_is_lent_any_encoding() {
        let text = "姓名,电话\n张三,13800000000\n";
        let utf16: Vec<u8> = std::iter::once(0xfeffu16).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes().to_vec(), GB18030.encode(text).0.into_owned(), utf16] {
            assert_eq!(lend_text(&Guarded::new(bytes), |b| b == text.as_bytes()), Some(true));
        }
        assert_eq!(lend_text(&Guarded::new(vec![0u8; 400]), <[u8]>::len), None);
    }

    #[test]
    fn empty_lines_count_and_quoted_breaks_do_not() {
        let rows = shown("姓名,备注\n\n\"张\n三\",\"他说\"\"好\"\"\"\n李四,5\"管\n".as_bytes());
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[2][0], "张\n三");
        assert_eq!(rows[2][1], "他说\"好\"");
        assert_eq!(rows[3][1], "5\"管");
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_only_itself() {
        let rows = shown("姓名,备注\n\"张三,x\n李四,y\n".as_bytes());
        assert_eq!(rows[1][0], "\"张三");
        assert_eq!(rows[2][0], "李四");
    }

    #[test]
    fn a_line_filled_up_with_separators_is_read_and_one_with_a_value_too_far_is_not() {
        let wide = |last: &str| format!("姓名,备注{}{last}\n张三,好\n", ",".repeat(3_000)).into_bytes();
        assert_eq!(shown(&wide(""))[1][0], "张三");
        assert!(matches!(read(&wide("x")), Err(IntakeError::TooManyCells { .. })));
    }

    #[test]
    fn a_text_written_as_a_formula_keeps_its_digits() {
        let rows = shown("姓名,证号,备注\n张三,=\"0123\",=1+1\n李四,\"=\"\"0124\"\"\",\"=A(\"\"x\"\",\"\"y\"\")\"\n".as_bytes());
        assert_eq!(rows[1], ["张三", "0123", "=1+1"]);
        assert_eq!(rows[2], ["李四", "0124", "=A(\"x\",\"y\")"]);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert_eq!(read(b"").unwrap_err(), IntakeError::Empty);
        assert_eq!(read("\u{feff} \n\u{3000}".as_bytes()).unwrap_err(), IntakeError::Empty);
        for other in [b"<html><table>".as_slice(), b"%PDF-1.7\n1 0 obj\n<< >>", b"{\\rtf1 ,,}", b"\x1f\x8b\x08 gz"] {
            assert_eq!(read(other).unwrap_err(), IntakeError::UnknownFormat);
        }
        let noise: Vec<u8> = (0u32..4096).map(|i| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).unwrap() % 32).collect();
        assert_eq!(read(&noise).unwrap_err(), IntakeError::UnknownFormat);
    }
}
