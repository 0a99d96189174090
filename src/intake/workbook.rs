//! Excel workbooks, in memory and within bounds.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xls, Xlsx};

use crate::domain::Guarded;

use super::error::IntakeError;
use super::grid::{Cell, Grid, MAX_COLUMNS, MAX_MERGES, MAX_ROWS, MAX_TEXT, Merge};

/// Most bytes a workbook may unpack to, in MB.
const MAX_UNPACKED_MB: u64 = 400;
/// Most bytes of a workbook of the old binary kind: its reader allocates whole rectangles.
const MAX_XLS_MB: u64 = 16;
/// Worksheets read at most; a workbook with more is no roster.
const MAX_SHEETS: usize = 60;

/// Whether the bytes are a zip archive, which `.xlsx` files are.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Whether the bytes are a compound file: `.xls`, and `.xlsx` with a password.
pub(super) fn is_compound(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

/// Reads every worksheet of an `.xlsx` workbook.
pub(super) fn read_xlsx(bytes: &[u8]) -> Result<Vec<Grid>, IntakeError> {
    within_bounds(bytes)?;
    // The reader may panic on a damaged file; nothing of it is kept then.
    catch_unwind(AssertUnwindSafe(|| xlsx(bytes))).unwrap_or(Err(IntakeError::Damaged))
}

/// Reads every worksheet of an `.xls` workbook.
pub(super) fn read_xls(bytes: &[u8]) -> Result<Vec<Grid>, IntakeError> {
    if bytes.len() as u64 > MAX_XLS_MB << 20 {
        return Err(IntakeError::FileTooLarge { limit_mb: MAX_XLS_MB });
    }
    // [MS-OFFCRYPTO] 2.3.4.1: an encrypted workbook keeps its content in this stream.
    let stream: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(stream.len()).any(|w| w == stream) {
        return Err(IntakeError::PasswordProtected);
    }
    catch_unwind(AssertUnwindSafe(|| xls(bytes))).unwrap_or(Err(IntakeError::Damaged))
}

/// Unpacks every part that will be read, counting, so that no archive can take the machine's memory, whatever sizes it declares.
fn within_bounds(bytes: &[u8]) -> Result<(), IntakeError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| IntakeError::Damaged)?;
    let mut left = MAX_UNPACKED_MB << 20;
    let mut workbook = false;
    for index in 0..archive.len() {
        let Ok(part) = archive.by_index(index) else {
            // Parts this archive reader cannot open are none a worksheet needs; the workbook reader will say so.
            continue;
        };
        let name = part.name().map(|n| n.to_ascii_lowercase()).unwrap_or_default();
        workbook |= name.ends_with("xl/workbook.xml");
        if name.contains("/media/") || name.contains("/embeddings/") {
            continue;
        }
        let mut limited = part.take(left + 1);
        let mut chunk = [0u8; 64 << 10];
        loop {
            match limited.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => {
                    left = left.checked_sub(n as u64).ok_or(IntakeError::UnpacksTooLarge { limit_mb: MAX_UNPACKED_MB })?;
                }
                Err(_) => return Err(IntakeError::Damaged),
            }
        }
        zeroize::Zeroize::zeroize(&mut chunk[..]);
    }
    if workbook { Ok(()) } else { Err(IntakeError::UnknownFormat) }
}

fn xlsx(bytes: &[u8]) -> Result<Vec<Grid>, IntakeError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsxError::Password => IntakeError::PasswordProtected,
        _ => IntakeError::Damaged,
    })?;
    let sheets: Vec<_> = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).take(MAX_SHEETS).cloned().collect();
    let mut grids = Vec::new();
    let mut text_left = MAX_TEXT;
    for sheet in sheets {
        let mut grid = Grid { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible, ..Grid::default() };
        let mut cells = book.worksheet_cells_reader(&sheet.name).map_err(|_| IntakeError::Damaged)?;
        while let Some(cell) = cells.next_cell().map_err(|_| IntakeError::Damaged)? {
            let (row, column) = cell.get_position();
            let Some(value) = of_ref(cell.get_value()) else { continue };
            put(&mut grid, row, column, value, &mut text_left)?;
        }
        drop(cells);
        for m in book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default().into_iter().take(MAX_MERGES) {
            if m.start.0 <= m.end.0 && m.start.1 <= m.end.1 {
                grid.merges.push(Merge { top: m.start.0, left: m.start.1, bottom: m.end.0, right: m.end.1 });
            }
        }
        grids.push(grid);
    }
    Ok(grids)
}

fn xls(bytes: &[u8]) -> Result<Vec<Grid>, IntakeError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        calamine::XlsError::Password => IntakeError::PasswordProtected,
        _ => IntakeError::Damaged,
    })?;
    let sheets: Vec<_> = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).take(MAX_SHEETS).cloned().collect();
    let mut grids = Vec::new();
    let mut text_left = MAX_TEXT;
    for sheet in sheets {
        let mut grid = Grid { name: sheet.name.clone(), hidden: sheet.visible != SheetVisible::Visible, ..Grid::default() };
        let range = book.worksheet_range(&sheet.name).map_err(|_| IntakeError::Damaged)?;
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let Some(value) = of_data(value) else { continue };
            let (row, column) = (u32::try_from(row).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX));
            put(&mut grid, top.saturating_add(row), left.saturating_add(column), value, &mut text_left)?;
        }
        for m in book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default().into_iter().take(MAX_MERGES) {
            if m.start.0 <= m.end.0 && m.start.1 <= m.end.1 {
                grid.merges.push(Merge { top: m.start.0, left: m.start.1, bottom: m.end.0, right: m.end.1 });
            }
        }
        grids.push(grid);
    }
    Ok(grids)
}

fn put(grid: &mut Grid, row: u32, column: u32, value: Cell, text_left: &mut usize) -> Result<(), IntakeError> {
    if row >= MAX_ROWS || column >= MAX_COLUMNS {
        // Blanks typed by accident at the far end of a sheet do no harm.
        return if value.is_blank() { Ok(()) } else { Err(IntakeError::TooManyCells { rows: MAX_ROWS, columns: MAX_COLUMNS }) };
    }
    if let Cell::Text(text) = &value {
        *text_left =
            text_left.checked_sub(text.reveal().len()).ok_or(IntakeError::UnpacksTooLarge { limit_mb: (MAX_TEXT >> 20) as u64 })?;
    }
    let row = row as usize;
    while grid.rows.len() <= row {
        grid.rows.push(Vec::new());
    }
    if let Some(cells) = grid.rows.get_mut(row) {
        match cells.binary_search_by_key(&column, |(c, _)| *c) {
            Ok(at) => {
                if let Some(slot) = cells.get_mut(at) {
                    slot.1 = value;
                }
            }
            Err(at) => cells.insert(at, (column, value)),
        }
    }
    Ok(())
}

fn of_ref(value: &DataRef<'_>) -> Option<Cell> {
    match value {
        DataRef::Int(n) => Some(Cell::number(*n as f64)),
        DataRef::Float(n) => Some(Cell::number(*n)),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => text(s),
        DataRef::SharedString(s) => text(s),
        DataRef::Bool(b) => Some(Cell::text(if *b { "TRUE" } else { "FALSE" })),
        DataRef::DateTime(at) => Some(moment(at)),
        // #REF! and its kin hold nothing of the registrant.
        DataRef::Error(_) | DataRef::Empty => None,
    }
}

fn of_data(value: &Data) -> Option<Cell> {
    match value {
        Data::Int(n) => Some(Cell::number(*n as f64)),
        Data::Float(n) => Some(Cell::number(*n)),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => text(s),
        Data::Bool(b) => Some(Cell::text(if *b { "TRUE" } else { "FALSE" })),
        Data::DateTime(at) => Some(moment(at)),
        Data::Error(_) | Data::Empty => None,
    }
}

fn text(s: &str) -> Option<Cell> {
    (!s.is_empty()).then(|| Cell::text(s))
}

/// Days between the epochs of 1900 and 1904 (Excel for Mac).
const MAC_EPOCH: f64 = 1462.0;

fn moment(at: &ExcelDateTime) -> Cell {
    if at.is_duration() {
        return Cell::Span(Guarded::new(at.as_f64()));
    }
    // The value of a Mac workbook counts from 1904; what it says of the year tells which it is.
    let days = at.as_f64();
    let (year, ..) = at.to_ymd_hms_milli();
    let plain = super::repair::dates::of_serial(days).map(|d| chrono::Datelike::year(&d));
    let shift = plain.is_some_and(|y| i32::from(year) - y >= 3);
    Cell::Serial(Guarded::new(if shift { days + MAC_EPOCH } else { days }))
}
