//! Dates in every form a sheet holds them.

use chrono::{Datelike, Duration, NaiveDate};

use super::numerals::western;
use super::plain;
use crate::intake::grid::Cell;

/// What a date cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::intake) enum DateRead {
    /// Nothing.
    Blank,
    /// A day.
    Day(NaiveDate),
    /// A year and a month.
    Month(i32, u32),
    /// A year.
    Year(i32),
    /// Something that is no date.
    Unreadable,
}

/// The order of the parts in a column of dates with slashes, where it is not the year that comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::intake) enum Order {
    /// Nothing in the column tells: only what can be read in one way is.
    #[default]
    Unknown,
    /// 4/28/2025, as a spreadsheet with American settings saves it.
    MonthFirst,
    /// 28/4/2025.
    DayFirst,
}

/// The day of a serial number: days since 1899-12-30, fractions being hours. Between 1900 and 2100, else `None`.
pub(in crate::intake) fn of_serial(days: f64) -> Option<NaiveDate> {
    if !days.is_finite() || !(1.0..73_416.0).contains(&days) {
        return None;
    }
    let days = days.floor() as i64;
    // Serials up to 59 count from a day later: the spreadsheet believes in a 29 February 1900.
    let epoch = NaiveDate::from_ymd_opt(1899, 12, if days < 60 { 31 } else { 30 })?;
    epoch.checked_add_signed(Duration::days(days))
}

/// Serials of unformatted numbers are taken for dates from here on (1927-05-18): below are years and codes.
const LEAST_BARE_SERIAL: f64 = 10_000.0;

/// Reads a date cell. Two-digit years are taken as the latest year that is not after `latest`.
pub(in crate::intake) fn read(cell: &Cell, order: Order, latest: NaiveDate) -> DateRead {
    if let Some(days) = cell.as_serial() {
        return of_serial(days).map_or(DateRead::Unreadable, DateRead::Day);
    }
    if let Some(n) = cell.as_number() {
        return of_number(n);
    }
    if cell.as_span().is_some() {
        return DateRead::Unreadable;
    }
    text(&cell.shown(), order, latest)
}

fn of_number(n: f64) -> DateRead {
    if n.fract() == 0.0 && (19_000_101.0..=21_001_231.0).contains(&n) {
        return compact(&format!("{n:.0}"));
    }
    if n.fract() == 0.0 && (190_001.0..=210_012.0).contains(&n) {
        return compact(&format!("{n:.0}"));
    }
    if n.fract() == 0.0 && (1900.0..=2100.0).contains(&n) {
        return DateRead::Year(n as i32);
    }
    // 2025.3 is a month that a spreadsheet made a number of; 2019.1 may be January or October.
    if n.fract() != 0.0 && (1900.0..2101.0).contains(&n) {
        return DateRead::Unreadable;
    }
    if n >= LEAST_BARE_SERIAL { of_serial(n).map_or(DateRead::Unreadable, DateRead::Day) } else { DateRead::Unreadable }
}

/// Reads a date from text.
pub(in crate::intake) fn text(text: &str, order: Order, latest: NaiveDate) -> DateRead {
    if text.len() > 200 {
        return DateRead::Unreadable;
    }
    let plain = plain(text);
    if super::says_nothing(&plain) || never(&plain) {
        return DateRead::Blank;
    }
    // The lunar calendar, the Republican era and reign years are other calendars.
    if ["农历", "农曆", "農曆", "農历", "阴历", "陰曆", "旧历", "民国", "民國", "正月", "腊月", "冬月", "初", "闰"]
        .iter()
        .any(|w| plain.contains(w))
    {
        return DateRead::Unreadable;
    }
    let plain = plain.trim_start_matches("公历").trim_start_matches("阳历").trim_start_matches(['(', '[']).trim();
    let without_time = cut_time(plain);
    let western = western(without_time);
    let date = western.trim().trim_end_matches(['.', '。', ',', ';', '/', '-', ')', ']', '日', '号', '生', '止', '起']).trim();
    if date.is_empty() {
        return DateRead::Unreadable;
    }
    if date.bytes().all(|b| b.is_ascii_digit()) {
        return match date.len() {
            8 | 6 => compact(date),
            5 => {
                date.parse::<f64>().ok().filter(|n| *n >= LEAST_BARE_SERIAL).and_then(of_serial).map_or(DateRead::Unreadable, DateRead::Day)
            }
            4 => date.parse().ok().filter(|y| plausible_year(*y)).map_or(DateRead::Unreadable, DateRead::Year),
            _ => DateRead::Unreadable,
        };
    }
    // 45678.5, 20250412.0
    if let Some((whole, fraction)) = date.split_once('.')
        && whole.len() >= 5
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return date.parse::<f64>().map_or(DateRead::Unreadable, |n| of_number(if n > 1e6 { n.trunc() } else { n }));
    }
    if let Some(day) = with_month_name(date, latest) {
        return DateRead::Day(day);
    }
    parts(date, order, latest)
}

/// Whether the cell says that it never happened.
fn never(plain: &str) -> bool {
    let compact: String = plain.chars().filter(|c| !c.is_whitespace()).collect();
    matches!(
        compact.as_str(),
        "首次"
            | "首次献血"
            | "第一次"
            | "第一次献血"
            | "初次"
            | "初次献血"
            | "从未"
            | "从未献血"
            | "未献"
            | "未献过"
            | "未献血"
            | "没献过"
            | "没有献过"
            | "未捐献"
            | "0"
            | "否"
            | "长期"
            | "永久"
            | "长期有效"
            | "永久有效"
    )
}

/// The text without a time of day, a weekday or a zone.
fn cut_time(text: &str) -> &str {
    let mut text = text;
    for mark in ["星期", "周", "礼拜", "(星期", "(周", "上午", "下午", "中午", "晚", "早上", "凌晨", "(", "["] {
        if let Some((front, _)) = text.split_once(mark).filter(|(front, _)| front.chars().any(|c| c.is_ascii_digit() || c == '年')) {
            text = front;
        }
    }
    // 2006-03-31 00:00:00, 2006-03-31T00:00:00Z, 2025/4/12 9:30
    if let Some(colon) = text.find(':') {
        let front = text.get(..colon).unwrap_or(text);
        let cut = front
            .rfind([' ', 'T', 't', '\t', '\n', '日'])
            .map(|i| if front.get(i..).is_some_and(|r| r.starts_with('日')) { i + '日'.len_utf8() } else { i });
        if let Some(front) = cut.and_then(|i| front.get(..i)) {
            text = front;
        }
    }
    // 2025年4月12日9时30分
    for mark in ['日', '号'] {
        if let Some((front, back)) = text.split_once(mark).filter(|(front, _)| front.contains('月'))
            && back.contains(['时', '点', '午', '晚', '早'])
            && back.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "时点分秒整半许左右上下中午晚早凌晨:.".contains(c))
        {
            text = front;
        }
    }
    // 2025-04-12 08点
    if let Some((front, back)) = text.rsplit_once(' ')
        && (back.ends_with('点') || back.ends_with('时'))
    {
        text = front;
    }
    text.trim()
}

/// 20250412, 202504 (a month), 850412.
fn compact(digits: &str) -> DateRead {
    let number = |a: usize, b: usize| digits.get(a..b).and_then(|s| s.parse::<u32>().ok()).unwrap_or(0);
    if digits.len() == 8 {
        return ymd(number(0, 4) as i32, number(4, 6), number(6, 8));
    }
    let (year, month) = (number(0, 4) as i32, number(4, 6));
    if plausible_year(year) && (1..=12).contains(&month) { DateRead::Month(year, month) } else { DateRead::Unreadable }
}

fn ymd(year: i32, month: u32, day: u32) -> DateRead {
    match NaiveDate::from_ymd_opt(year, month, day).filter(|_| plausible_year(year)) {
        Some(day) => DateRead::Day(day),
        None => DateRead::Unreadable,
    }
}

fn plausible_year(year: i32) -> bool {
    (1900..=2100).contains(&year)
}

/// 12-Apr-25, April 12, 2025, 12 Apr 2025.
fn with_month_name(date: &str, latest: NaiveDate) -> Option<NaiveDate> {
    let lower = date.to_ascii_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let [a, b, c] = words.as_slice() else { return None };
    let month = |w: &str| {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        names.iter().position(|n| w.len() >= 3 && w.starts_with(n) && w.bytes().all(|b| b.is_ascii_alphabetic())).map(|i| i as u32 + 1)
    };
    let number = |w: &str| w.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok();
    let (m, d, y) = match (month(a), month(b)) {
        (None, Some(m)) => (m, number(a)?, c),
        (Some(m), None) => (m, number(b)?, c),
        _ => return None,
    };
    let year = year(y, latest)?;
    NaiveDate::from_ymd_opt(year, m, d).filter(|_| plausible_year(year))
}

/// A year of four or two digits.
fn year(text: &str, latest: NaiveDate) -> Option<i32> {
    let n: i32 = text.parse().ok()?;
    match text.len() {
        4 => Some(n),
        2 if 2000 + n <= latest.year() => Some(2000 + n),
        2 => Some(1900 + n),
        _ => None,
    }
}

/// Year, month and day between separators or 年月日.
fn parts(date: &str, order: Order, latest: NaiveDate) -> DateRead {
    let mut numbers: Vec<&str> = Vec::new();
    let mut gaps: Vec<&str> = Vec::new();
    let mut rest = date;
    loop {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        if digits == 0 {
            return DateRead::Unreadable;
        }
        numbers.push(rest.get(..digits).unwrap_or_default());
        rest = rest.get(digits..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        let gap = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        gaps.push(rest.get(..gap).unwrap_or_default().trim());
        rest = rest.get(gap..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        if numbers.len() > 3 {
            return DateRead::Unreadable;
        }
    }
    let separator = |g: &&str| {
        matches!(
            *g,
            "" | "-" | "/" | "." | "," | "，" | "、" | "\\" | "_" | "--" | "//" | ".." | "·" | "。" | "年" | "月" | "年." | "年/" | "年-"
        )
    };
    if !gaps.iter().all(|g| separator(g) || *g == "月份") {
        return DateRead::Unreadable;
    }
    let number = |i: usize| numbers.get(i).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
    let length = |i: usize| numbers.get(i).map_or(0, |n| n.len());
    let words_fit = gaps.first().is_none_or(|g| !g.contains('月')) && gaps.get(1).is_none_or(|g| !g.contains('年'));
    // 2023年3、4月 names two months.
    let words_fit = words_fit
        && gaps.get(2).is_none_or(|g| !g.contains(['年', '月']))
        && !(gaps.first().is_some_and(|g| g.contains('年')) && gaps.get(1).is_some_and(|g| matches!(*g, "、" | "," | "，")));
    match numbers.len() {
        3 if length(1) > 2 || !words_fit => DateRead::Unreadable,
        3 if length(0) == 4 && length(2) <= 2 => ymd(number(0) as i32, number(1), number(2)),
        3 if length(0) == 2 && length(2) <= 2 => {
            year(numbers.first().copied().unwrap_or_default(), latest).map_or(DateRead::Unreadable, |y| ymd(y, number(1), number(2)))
        }
        3 if length(2) == 4 && length(0) <= 2 => {
            let (first, second, year) = (number(0), number(1), number(2) as i32);
            match order {
                Order::MonthFirst => ymd(year, first, second),
                Order::DayFirst => ymd(year, second, first),
                Order::Unknown if first > 12 || first == second => ymd(year, second, first),
                Order::Unknown if second > 12 => ymd(year, first, second),
                Order::Unknown => DateRead::Unreadable,
            }
        }
        2 if length(0) == 4
            && length(1) <= 2
            && plausible_year(number(0) as i32)
            && (1..=12).contains(&number(1))
            && !gaps.first().is_some_and(|g| g.contains('月')) =>
        {
            DateRead::Month(number(0) as i32, number(1))
        }
        1 if length(0) == 4 && plausible_year(number(0) as i32) && gaps.first().is_some_and(|g| *g == "年") => {
            DateRead::Year(number(0) as i32)
        }
        _ => DateRead::Unreadable,
    }
}

/// Which order a column's dates with the year last must have, told by those that can be read in one way only.
pub(in crate::intake) fn order_of<'a>(cells: impl Iterator<Item = &'a Cell>) -> Order {
    let (mut month_first, mut day_first) = (0usize, 0usize);
    for cell in cells {
        let shown = cell.shown();
        if shown.len() > 40 {
            continue;
        }
        let plain = plain(&shown);
        let numbers: Vec<&str> = cut_time(&plain).split(['/', '-', '.']).collect();
        if let [a, b, y] = numbers.as_slice()
            && y.len() == 4
            && let (Ok(a), Ok(b)) = (a.parse::<u32>(), b.parse::<u32>())
        {
            month_first += usize::from(a <= 12 && b > 12);
            day_first += usize::from(a > 12 && b <= 12);
        }
    }
    match (month_first, day_first) {
        (0, 0) => Order::Unknown,
        (m, 0) if m > 0 => Order::MonthFirst,
        (0, _) => Order::DayFirst,
        _ => Order::Unknown,
    }
}

#[cfg(test)]
mod tests;
