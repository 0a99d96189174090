//! A whole sheet: every row told apart, read, and judged by its day.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::problem::{ProblemCode, Severity};
use crate::domain::record::RecordDraft;
use crate::domain::registry::EnrolmentStatus;
use crate::domain::town::TownCode;

use super::classify::Classifier;
use super::contents;
use super::field::Field;
use super::grid::{Cell, Grid};
use super::heading::Reader;
use super::layout::Layout;
use super::merges::Merges;
use super::options::ReadOptions;
use super::problem_field::ProblemField;
use super::profile::Limits;
use super::repair::dates::{self, DateRead, Order};
use super::row::{Carried, Context, RawRow, age_on};
use super::sheet::{ColumnRead, Judged, Problem, Row, RowKind, RowOutcome, Sheet};

/// Rows between two calls of the progress callback.
const STEP: usize = 200;

/// Reads the table of a grid.
pub(super) fn sheet(
    (grid, merges, mut layout): (&Grid, &Merges, Layout),
    reader: Reader<'_>,
    limits: Limits,
    file_name: &str,
    options: &ReadOptions<'_>,
    progress: &mut dyn FnMut(usize, usize),
) -> Sheet {
    let latest = options.judged_on.unwrap_or(options.today);
    contents::tell(&mut layout, grid, options.registry);
    let classifier = Classifier { grid, merges, reader, towns: options.towns };
    let columns = layout
        .columns
        .iter()
        .map(|c| ColumnRead { index: c.index, heading: c.heading.clone(), field: c.reading.map(|r| r.field.word()) })
        .collect();
    let header_row = number(layout.first);
    let title_date = title_date(grid, layout.first, file_name, latest);
    let mut rows: Vec<(usize, RowKind, Option<RawRow>)> = (layout.first..=layout.last).map(|r| (r, RowKind::Header, None)).collect();
    let mut current = layout;
    let mut orders = orders(grid, &current);
    let mut carried = Carried::default();
    let total = grid.rows.len();
    let mut at = current.last + 1;
    while at < total {
        let (kind, own) = classifier.row(&current, at);
        if let Some(mut own) = own {
            contents::tell(&mut own, grid, options.registry);
            // 同上 means nothing above another table's header.
            carried.above.clear();
            for row in at..=own.last {
                rows.push((row, RowKind::Header, None));
            }
            at = own.last + 1;
            orders = self::orders(grid, &own);
            current = own;
            continue;
        }
        if kind == RowKind::Section {
            carried.section_town = section_town(grid, at, options);
        }
        if kind != RowKind::Data {
            rows.push((at, kind, None));
            at += 1;
            continue;
        }
        let context =
            Context { grid, merges, layout: &current, towns: options.towns, registry: options.registry, limits, latest, orders: &orders };
        let mut more = Vec::new();
        while at + 1 + more.len() < total && context.continues(at + 1 + more.len()) {
            more.push(at + 1 + more.len());
        }
        rows.push((at, RowKind::Data, Some(context.read(at, &more, &mut carried))));
        rows.extend(more.iter().map(|row| (*row, RowKind::Continuation, None)));
        at += 1 + more.len();
        if at % STEP < 1 + more.len() {
            progress(at, total);
        }
    }
    progress(total, total);
    let usual = usual_date(&rows).or(title_date);
    barcodes(&mut rows, options);
    let rows = rows.into_iter().map(|(row, kind, raw)| finish(row, kind, raw, usual, limits, options)).collect();
    Sheet { sheet_name: grid.name.clone(), header_row, columns, ignored_sheets: Vec::new(), other_tables: Vec::new(), rows }
}

fn number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX).saturating_add(1)
}

/// How each date column writes days whose year stands last.
fn orders(grid: &Grid, layout: &Layout) -> Vec<(u32, Order)> {
    let wanted =
        |field| matches!(field, Field::Birth | Field::BirthMonthOnly | Field::Date | Field::LastDonation | Field::CertificateUntil);
    let columns = layout.columns.iter().filter(|c| c.reading.is_some_and(|r| wanted(r.field))).map(|c| c.index);
    columns
        .map(|c| {
            (c, dates::order_of((layout.last + 1..grid.rows.len()).filter_map(|r| grid.cell(r, c)).filter(|c| matches!(c, Cell::Text(_)))))
        })
        .collect()
}

/// A day told above the table or by the file's name: 活动日期：2025年6月14日, 2025世界献血者日.
fn title_date(grid: &Grid, header: usize, file_name: &str, latest: NaiveDate) -> Option<NaiveDate> {
    let mut cells: Vec<std::borrow::Cow<'_, str>> = Vec::new();
    for row in 0..header.min(20) {
        cells.extend(grid.filled(row).map(|(_, cell)| cell.shown()));
    }
    cells.push(file_name.into());
    let written = cells.iter().find_map(|text| written_day(text, latest));
    written.or_else(|| cells.iter().find_map(|text| feast(text))).filter(|day| *day <= latest)
}

fn written_day(text: &str, latest: NaiveDate) -> Option<NaiveDate> {
    let text: String = text.chars().take(300).map(crate::domain::written::narrow).collect();
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '年' | '月' | '日' | '-' | '/' | '.'))).find_map(|part| {
        let part = part.trim_matches(['-', '.', '/']);
        let whole = part.chars().filter(char::is_ascii_digit).count() >= 6;
        match whole.then(|| dates::text(part, Order::Unknown, latest)) {
            Some(DateRead::Day(day)) => Some(day),
            _ => None,
        }
    })
}

/// Days on which drives are held every year: World Blood Donor Day (14 June, WHA58.13) and World Red Cross Day (8 May).
fn feast(text: &str) -> Option<NaiveDate> {
    let text: String = text.chars().take(300).map(crate::domain::written::narrow).filter(|c| !c.is_whitespace()).collect();
    let year = text.split(|c: char| !c.is_ascii_digit()).find(|d| d.len() == 4 && d.starts_with("20"))?.parse().ok()?;
    if text.contains("献血者日") || text.to_lowercase().contains("worldblooddonorday") {
        NaiveDate::from_ymd_opt(year, 6, 14)
    } else if text.contains("世界红十字日") {
        NaiveDate::from_ymd_opt(year, 5, 8)
    } else {
        None
    }
}

/// The day that most rows with a date bear: the drive's.
fn usual_date(rows: &[(usize, RowKind, Option<RawRow>)]) -> Option<NaiveDate> {
    let mut days: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for date in rows.iter().filter_map(|(_, _, raw)| raw.as_ref()?.date) {
        *days.entry(date).or_default() += 1;
    }
    let all: usize = days.values().sum();
    days.into_iter().max_by_key(|(_, n)| *n).filter(|(_, n)| *n >= 3 && n * 2 > all).map(|(day, _)| day)
}

fn section_town(grid: &Grid, row: usize, options: &ReadOptions<'_>) -> Option<TownCode> {
    let (_, cell) = grid.filled(row).next()?;
    let shown = cell.shown();
    let bare = shown.trim_matches(|c: char| !c.is_alphanumeric());
    let bare = bare.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十、.".contains(c));
    options.towns.named(bare).map(|t| t.code)
}

/// Sample barcodes that stand on several rows: the first keeps it, the later ones do not.
fn barcodes(rows: &mut [(usize, RowKind, Option<RawRow>)], options: &ReadOptions<'_>) {
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut shared: Vec<usize> = Vec::new();
    for at in 0..rows.len() {
        let Some((_, _, Some(raw))) = rows.get_mut(at) else { continue };
        let Some(code) = raw.details.barcode.clone() else { continue };
        match first.get(&code) {
            None => {
                first.insert(code, at);
            }
            Some(before) => {
                shared.push(*before);
                raw.details.barcode = None;
                raw.problems.push(problem(ProblemCode::BarcodeDuplicate, ProblemField::Barcode, Some(code), options));
                if raw.status == EnrolmentStatus::Enrolled {
                    raw.status = EnrolmentStatus::Registered;
                }
            }
        }
    }
    shared.sort_unstable();
    shared.dedup();
    for at in shared {
        if let Some((_, _, Some(raw))) = rows.get_mut(at) {
            raw.problems.push(problem(ProblemCode::BarcodeShared, ProblemField::Barcode, None, options));
        }
    }
}

fn problem(code: ProblemCode, field: ProblemField, kept: Option<String>, options: &ReadOptions<'_>) -> Problem {
    Problem { code, field, severity: code.severity(options.registry), kept_aside: kept.map(Guarded::new), hint: code.hint() }
}

fn finish(row: usize, kind: RowKind, raw: Option<RawRow>, usual: Option<NaiveDate>, limits: Limits, options: &ReadOptions<'_>) -> Row {
    let number = number(row);
    let Some(mut raw) = raw else {
        return Row { number, kind, outcome: RowOutcome::Skipped, problems: Vec::new(), draft: None, judged: None, address_town: None };
    };
    let judged = options
        .judged_on
        .map(|d| (d, Judged::Told))
        .or(raw.date.map(|d| (d, Judged::Row)))
        .or(options.drive_date.or(usual).map(|d| (d, Judged::Drive)))
        .unwrap_or((options.today, Judged::Today));
    // An empty row has no age; any other has one even where it lacks a name.
    if !raw.problems.iter().any(|p| p.code == ProblemCode::EmptyRecord) {
        let age = age_on(&raw, judged.0);
        if let Some(code) = age.and_then(|age| age_problem(age, limits)) {
            raw.problems.push(problem(code, ProblemField::Birth, None, options));
        }
        raw.judge_guardian(options.registry, age, judged.0);
    }
    raw.problems.sort_by_key(|p| (p.code.code(), p.field));
    let worst = raw.problems.iter().map(|p| p.severity).max();
    let outcome = match (worst, &raw.identity) {
        (Some(Severity::Refused), _) | (_, None) => RowOutcome::Refused,
        (Some(Severity::Review), _) => RowOutcome::Review,
        _ => RowOutcome::Accepted,
    };
    // By which letters and mails address them: whoever writes to people need not open who they are.
    raw.contact.salutation = raw.identity.as_ref().map(|identity| identity.name.clone());
    let draft = raw.identity.filter(|_| outcome != RowOutcome::Refused).map(|identity| RecordDraft {
        registry: options.registry,
        date: raw.date,
        status: raw.status,
        identity: Guarded::new(identity),
        contact: Guarded::new(raw.contact),
        health: Guarded::new(raw.health),
        details: Guarded::new(raw.details),
    });
    Row { number, kind, outcome, problems: raw.problems, draft, judged: Some(judged), address_town: raw.address_town }
}

/// Whether the age on the day judged lies outside the registry's limits. Where only a year or an age is told, only what is sure.
fn age_problem((least, most): (u32, u32), limits: Limits) -> Option<ProblemCode> {
    if limits.age_max.is_some_and(|max| least > max) {
        Some(ProblemCode::AgeOver)
    } else if limits.age_min.is_some_and(|min| most < min) {
        Some(ProblemCode::AgeUnder)
    } else {
        None
    }
}
