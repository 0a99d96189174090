//! Weights, hours and counts.

use super::numerals::western;
use super::plain;
use crate::intake::grid::Cell;

/// More hours than anybody can have served.
const MOST_HOURS: f64 = 20_000.0;

/// What an hours cell says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::intake) enum HoursRead {
    Blank,
    Hours(f64),
    Invalid,
}

/// Hours served: `12`, `12.5小时`, `330小时30分`, `90分钟`, `14.5h`, `1,184`, a time span. "About forty" is not a number of hours.
pub(in crate::intake) fn hours(cell: &Cell) -> HoursRead {
    if let Some(days) = cell.as_span().or_else(|| cell.as_serial()) {
        return checked(days * 24.0);
    }
    if let Some(n) = cell.as_number() {
        return checked(n);
    }
    let shown = cell.shown();
    let text = plain(&shown);
    if text.is_empty() {
        return HoursRead::Blank;
    }
    if text.len() > 40 {
        return HoursRead::Invalid;
    }
    if matches!(text.as_str(), "无" | "没有" | "暂无") {
        return HoursRead::Hours(0.0);
    }
    let compact: String = western(&text).to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.trim_start_matches(['累', '计', '共', '总']);
    let compact = compact
        .replace("个半小时", ".5h")
        .replace("半个小时", "0.5h")
        .replace("半小时", "0.5h")
        .replace("个小时", "小时")
        .replace("hours", "h")
        .replace("hour", "h")
        .replace("hrs", "h")
        .replace("hr", "h")
        .replace("小时", "h")
        .replace("时", "h")
        .replace("点", "h");
    let compact = compact.replace("分钟", "m").replace("minutes", "m").replace("mins", "m").replace("min", "m").replace('分', "m");
    let number = |s: &str| decimal(s);
    if let Some((h, m)) = compact.split_once(':') {
        return match (number(h), number(m.split(':').next().unwrap_or_default())) {
            (Some(h), Some(m)) if m < 60.0 => checked(h + m / 60.0),
            _ => HoursRead::Invalid,
        };
    }
    let (hours, rest) = match compact.split_once('h') {
        Some((h, rest)) => (number(h), rest),
        None => match compact.strip_suffix('m') {
            Some(m) => return number(m).map_or(HoursRead::Invalid, |m| checked(m / 60.0)),
            None => return number(&compact).map_or(HoursRead::Invalid, checked),
        },
    };
    let minutes = match rest {
        "" | "整" => Some(0.0),
        "半" => Some(30.0),
        rest => number(rest.trim_end_matches('m')).filter(|m| *m < 60.0),
    };
    match (hours, minutes) {
        (Some(h), Some(m)) => checked(h + m / 60.0),
        _ => HoursRead::Invalid,
    }
}

fn checked(hours: f64) -> HoursRead {
    if hours.is_finite() && (0.0..=MOST_HOURS).contains(&hours) {
        HoursRead::Hours((hours * 100.0).round() / 100.0)
    } else {
        HoursRead::Invalid
    }
}

/// A plain decimal number, thousands separated by commas allowed.
fn decimal(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let shape =
        !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.') && digits.starts_with(|c: char| c.is_ascii_digit());
    shape.then(|| digits.parse().ok()).flatten()
}

/// Body weight in kilograms; a number without unit is in `jin` (500 g) where the heading says so. Between 20 and 300, else `None`.
pub(in crate::intake) fn weight(cell: &Cell, heading_in_jin: bool) -> Option<f64> {
    let shown = cell.shown();
    let text = western(&plain(&shown)).to_lowercase();
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let end = compact.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(compact.len());
    let number: f64 = compact.get(..end)?.trim_end_matches('.').parse().ok()?;
    let kilograms = match compact.get(end..).unwrap_or_default() {
        "" if heading_in_jin => number / 2.0,
        "" | "kg" | "kgs" | "k" | "公斤" | "千克" | "㎏" | "kg左右" | "kg以上" => number,
        "斤" | "市斤" | "斤左右" => number / 2.0,
        _ => return None,
    };
    (20.0..=300.0).contains(&kilograms).then_some((kilograms * 100.0).round() / 100.0)
}

/// A count: `4`, `4次`, `４`, 无 = 0.
pub(in crate::intake) fn count(cell: &Cell) -> Option<u32> {
    let shown = cell.shown();
    let text = plain(&shown);
    if matches!(text.as_str(), "无" | "首次" | "没有" | "未献" | "未献过" | "否" | "第一次" | "首次献血" | "从未") {
        return Some(0);
    }
    let digits: String = western(&text).chars().filter(|c| !c.is_whitespace()).collect();
    let number = digits.trim_start_matches(['第', '共', '约']).trim_end_matches(['次', '回', '度']);
    number.parse::<f64>().ok().filter(|n| n.fract() == 0.0 && (0.0..10_000.0).contains(n)).map(|n| n as u32)
}

/// Age in completed years: `35`, `35岁`, `35周岁`.
pub(in crate::intake) fn age(cell: &Cell) -> Option<u32> {
    let shown = cell.shown();
    let text = plain(&shown);
    let text = western(&text);
    let digits = text.trim_end_matches('岁').trim_end_matches('周').trim();
    digits.parse::<f64>().ok().filter(|n| n.fract() == 0.0 && (0.0..=130.0).contains(n)).map(|n| n as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_with_their_units() {
        for (text, expected) in [
            ("12", 12.0),
            ("12.5小时", 12.5),
            ("330小时30分", 330.5),
            ("0小时30分", 0.5),
            ("1110h", 1110.0),
            ("３６", 36.0),
            ("1,184", 1184.0),
            ("90分钟", 1.5),
            ("12:30", 12.5),
            ("3个小时", 3.0),
            ("2小时半", 2.5),
            ("三小时", 3.0),
            ("十二个小时", 12.0),
            ("三个半小时", 3.5),
            ("半小时", 0.5),
            ("累计12.5小时", 12.5),
        ] {
            assert_eq!(hours(&Cell::text(text)), HoursRead::Hours(expected), "{text}");
        }
        for text in ["若干", "—", "约40", "-3", "abc", "45.6.7", "99999", "40+", "1e400", "NaN", "12小时99分"] {
            assert_eq!(hours(&Cell::text(text)), HoursRead::Invalid, "{text}");
        }
        assert_eq!(hours(&Cell::text(" ")), HoursRead::Blank);
        assert_eq!(hours(&Cell::number(-1.0)), HoursRead::Invalid);
        assert_eq!(hours(&Cell::Span(crate::domain::Guarded::new(1.25))), HoursRead::Hours(30.0));
    }

    #[test]
    fn weights_are_kilograms() {
        for (text, expected) in
            [("51", 51.0), ("120斤", 60.0), ("50.7公斤", 50.7), ("62.2kg", 62.2), ("62.2 KG", 62.2), ("96.2斤", 48.1), ("５５", 55.0)]
        {
            assert_eq!(weight(&Cell::text(text), false), Some(expected), "{text}");
        }
        assert_eq!(weight(&Cell::text("110"), true), Some(55.0));
        assert_eq!(weight(&Cell::text("110kg"), true), Some(110.0));
        assert_eq!(weight(&Cell::text("重"), false), None);
        assert_eq!(weight(&Cell::text("9999"), false), None);
    }

    #[test]
    fn counts_are_whole_numbers() {
        for (text, expected) in [
            ("4次", Some(4)),
            ("三次", Some(3)),
            ("共十二次", Some(12)),
            ("无", Some(0)),
            ("１２", Some(12)),
            ("5 ", Some(5)),
            ("多次", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(count(&Cell::text(text)), expected, "{text}");
        }
    }
}
