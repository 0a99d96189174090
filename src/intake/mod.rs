//! Sheets as staff make them, read into drafts with problems.
//!
//! Pure: bytes, profiles, towns and dates come in as arguments; nothing is written, logged or asked of a clock. Uploads stay in memory,
//! cells are [`Guarded`](crate::domain::Guarded) from the reader on. May import: `domain`.
//! Offers: [`read`] (a file's bytes to a [`Sheet`] of judged rows), [`Profile`] (dated header words of one registry),
//! [`ProblemField`] (the fields a correction list names), [`lend_text`] (a text file in any encoding, for another reader),
//! [`MAX_FILE_BYTES`], [`IntakeError`].

mod classify;
mod contents;
mod delimited;
mod error;
mod field;
mod grid;
mod heading;
mod judge;
mod layout;
mod merges;
mod options;
pub mod paper;
mod problem_field;
mod profile;
mod repair;
mod row;
mod sheet;
mod workbook;

pub use delimited::lend_text;
pub use error::IntakeError;
pub use options::ReadOptions;
pub use problem_field::ProblemField;
pub use profile::{Profile, ProfileFlaw};
pub use sheet::{ColumnRead, Judged, Problem, Row, RowKind, RowOutcome, Sheet, SheetCounts, fingerprint};

use crate::domain::Guarded;

use grid::Grid;
use heading::Reader;
use layout::Layout;
use merges::Merges;

/// Most bytes of a file, in MB.
const MAX_FILE_MB: u64 = 64;
/// Most bytes of a file.
pub const MAX_FILE_BYTES: u64 = MAX_FILE_MB << 20;

/// Reads the bytes of an XLSX, XLS or CSV file (also separated by tabs or semicolons; UTF-8, UTF-16 or GB18030) into judged rows.
///
/// The format is told by the bytes; of `file_name` only a date in it is used, where nothing else tells the drive's day. `progress` is called with (rows done, rows in
/// all), now and then.
///
/// # Errors
/// The file is none of the formats, too large, holds no table with a header the profiles know, or a profile is missing. Nothing of a cell is echoed.
pub fn read(
    bytes: Guarded<Vec<u8>>,
    file_name: &str,
    options: &ReadOptions<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Sheet, IntakeError> {
    let raw = bytes.reveal();
    if raw.len() as u64 > MAX_FILE_BYTES {
        return Err(IntakeError::FileTooLarge { limit_mb: MAX_FILE_MB });
    }
    if raw.is_empty() {
        return Err(IntakeError::Empty);
    }
    let grids = if workbook::is_zip(raw) {
        workbook::read_xlsx(raw)?
    } else if workbook::is_compound(raw) {
        workbook::read_xls(raw)?
    } else {
        vec![delimited::read(raw)?]
    };
    drop(bytes);
    let day = options.judged_on.or(options.drive_date).unwrap_or(options.today);
    let profiles = Profile::in_force(options.profiles, options.registry, day);
    if !profiles.iter().any(|p| p.registry == Some(options.registry)) {
        return Err(IntakeError::NoProfile);
    }
    let limits = profiles.iter().find_map(|p| p.limits).unwrap_or_default();
    let reader = Reader { profiles: &profiles };
    let (chosen, layout, others) = choose(&grids, reader)?;
    let grid = grids.get(chosen).ok_or(IntakeError::NoTable)?;
    let merges = Merges::of(grid);
    let mut sheet = judge::sheet((grid, &merges, layout), reader, limits, file_name, options, progress);
    let name = |index: &usize| grids.get(*index).map(|g| g.name.clone());
    sheet.ignored_sheets = (0..grids.len()).filter(|i| *i != chosen).filter_map(|i| name(&i)).collect();
    sheet.other_tables = others.iter().filter_map(name).collect();
    Ok(sheet)
}

/// Sheets that explain, sum up or show how to fill in.
const ASIDE: [&str; 24] = [
    "说明",
    "填表",
    "填写须知",
    "须知",
    "示例",
    "样例",
    "样表",
    "范例",
    "模板",
    "汇总",
    "统计",
    "字典",
    "选项",
    "参数",
    "代码",
    "目录",
    "封面",
    "图表",
    "透视",
    "readme",
    "example",
    "template",
    "summary",
    "instruction",
];

/// The sheet with the roster: of those whose header tells nearly as much as the best one's, visible ones that do not explain or sum up come
/// first, then the one with most rows. The other sheets that hold such tables are named.
fn choose(grids: &[Grid], reader: Reader<'_>) -> Result<(usize, Layout, Vec<usize>), IntakeError> {
    let mut tables: Vec<(usize, Layout, bool, usize)> = Vec::new();
    for (index, grid) in grids.iter().enumerate() {
        let merges = Merges::of(grid);
        if let Some(layout) = Layout::find(grid, &merges, reader) {
            let name = grid.name.to_lowercase();
            let aside = grid.hidden || ASIDE.iter().any(|w| name.contains(w));
            let rows = (layout.last + 1..grid.rows.len()).filter(|r| grid.filled(*r).count() >= 2).count();
            tables.push((index, layout, aside, rows));
        }
    }
    if tables.is_empty() {
        let empty = grids.iter().all(|g| g.rows.iter().flatten().all(|(_, cell)| cell.is_blank()));
        let nameless = grids.iter().any(|g| Layout::lacks_only_names(g, &Merges::of(g), reader));
        return Err(match (empty, nameless) {
            (true, _) => IntakeError::Empty,
            (false, true) => IntakeError::NoNameColumn,
            (false, false) => IntakeError::NoTable,
        });
    }
    let eligible = |aside: bool| {
        let best = tables.iter().filter(|t| t.2 == aside).map(|t| t.1.score()).max().unwrap_or(0);
        tables.iter().filter(|t| t.2 == aside && t.1.score() * 10 >= best * 6).max_by_key(|t| (t.3, std::cmp::Reverse(t.0))).map(|t| t.0)
    };
    let chosen = eligible(false).or_else(|| eligible(true)).ok_or(IntakeError::NoTable)?;
    let others = tables.iter().filter(|t| t.0 != chosen && !t.2 && t.3 > 0).map(|t| t.0).collect();
    let layout = tables.into_iter().find(|t| t.0 == chosen).map(|t| t.1).ok_or(IntakeError::NoTable)?;
    Ok((chosen, layout, others))
}
