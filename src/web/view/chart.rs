//! Small charts as inline SVG. Widths that depend on data go into SVG attributes; colours come from the stylesheet's classes,
//! so that light, dark and print each draw right. Each chart is drawn for a desk and for a phone rather than shrunk.

use std::fmt::{self, Write as _};

use askama::filters::HtmlSafe;

use super::escape::Escaped;
use crate::web::i18n::group;

/// SVG built here from numbers and escaped words.
#[derive(Debug, Clone, Default)]
pub struct Svg(String);

impl HtmlSafe for Svg {}

impl Svg {
    /// A square picture of so many units from shapes written by the caller; `label` is read out.
    pub(super) fn drawn(side: usize, label: &str, shapes: &str) -> Self {
        Self(format!(r#"<svg class="qr" viewBox="0 0 {side} {side}" role="img" aria-label="{}">{shapes}</svg>"#, Escaped(label)))
    }
}

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn escape(text: &str) -> Escaped<'_> {
    Escaped(text)
}

/// A ruler from zero to the target with the count as its filled part.
pub fn ruler(width: u32, count: u64, target: u64, label: &str, target_word: &str) -> Svg {
    let span = f64::from(width - 4);
    let top = target.max(count).max(1);
    let at = |n: u64| 2.0 + span * n as f64 / top as f64;
    let mut svg = format!(
        r#"<svg class="chart" viewBox="0 0 {width} 50" role="img" aria-label="{}"><rect class="track" x="2" y="14" width="{span}" height="8" rx="4"/>"#,
        escape(label)
    );
    if count > 0 {
        let _ = write!(svg, r#"<rect class="t1" x="2" y="14" width="{:.1}" height="8" rx="4"/>"#, (at(count) - 2.0).max(8.0));
    }
    let step = nice_step(top, 3);
    let mut tick = 0;
    while tick < top && (top - tick) * 10 > top * 2 || tick == 0 {
        let anchor = if tick == 0 { "start" } else { "middle" };
        let _ = write!(
            svg,
            r#"<line class="axis" x1="{0:.1}" x2="{0:.1}" y1="26" y2="31"/><text class="m" x="{0:.1}" y="46" text-anchor="{anchor}">{1}</text>"#,
            at(tick),
            group(&tick.to_string())
        );
        tick += step;
    }
    let _ = write!(
        svg,
        r#"<line class="axis" x1="{0:.1}" x2="{0:.1}" y1="26" y2="31"/><text class="m" x="{1}" y="46" text-anchor="end">{2} {3}</text></svg>"#,
        at(target.max(1)),
        width - 2,
        escape(target_word),
        group(&target.to_string())
    );
    Svg(svg)
}

/// A step of 1, 2 or 5 times a power of ten that divides `top` into about `parts`.
fn nice_step(top: u64, parts: u64) -> u64 {
    let rough = (top / parts.max(1)).max(1);
    let mut power = 1;
    while power * 10 <= rough {
        power *= 10;
    }
    [1, 2, 5, 10].into_iter().map(|m| m * power).find(|s| *s >= rough).unwrap_or(10 * power)
}

/// One bar in parts: the outcome of an import. `classes` are the stylesheet's (`r1` … `r4`).
pub fn parts(width: u32, counts: &[(&str, u64)], label: &str) -> Svg {
    let total: u64 = counts.iter().map(|(_, n)| n).sum();
    let shown: Vec<_> = counts.iter().filter(|(_, n)| *n > 0).collect();
    let gaps = 3.0 * shown.len().saturating_sub(1) as f64;
    // Every part that is there stays visible.
    let least = 6.0;
    let free = f64::from(width) - gaps - least * shown.len() as f64;
    let mut x = 0.0;
    let mut svg = format!(r#"<svg class="chart" viewBox="0 0 {width} 16" role="img" aria-label="{}">"#, escape(label));
    for (class, n) in shown {
        let w = least + free * *n as f64 / total.max(1) as f64;
        let _ = write!(svg, r#"<rect class="{class}" x="{x:.1}" y="0" width="{w:.1}" height="16" rx="3"/>"#);
        x += w + 3.0;
    }
    svg.push_str("</svg>");
    Svg(svg)
}

/// One row of a stacked-bar chart: its word and the four parts.
#[derive(Debug, Clone)]
pub struct Stack {
    /// The word.
    pub label: String,
    /// The parts, in the order of the legend.
    pub parts: [u64; 4],
}

/// Rows of bars that are all as long as the chart is wide, each in four parts; the total stands at the right.
pub fn stacks(wide: bool, rows: &[Stack], label: &str) -> Svg {
    let width = if wide { 1200.0 } else { 358.0 };
    let (left, right, pitch, bar_y) = if wide { (150.0, 66.0, 44.0, 6.0) } else { (0.0, 0.0, 62.0, 24.0) };
    let span = width - left - right;
    let height = pitch * rows.len() as f64;
    let hatch = if wide { "hatch-w" } else { "hatch-n" };
    let mut svg = format!(
        r#"<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{}"><defs><pattern id="{hatch}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hat" x1="0" x2="0" y1="0" y2="7"/></pattern></defs>"#,
        escape(label)
    );
    for (i, row) in rows.iter().enumerate() {
        let y = pitch * i as f64;
        let text_y = if wide { y + 25.0 } else { y + 17.0 };
        let total: u64 = row.parts.iter().sum();
        let _ = write!(
            svg,
            r#"<text x="0" y="{text_y}">{}</text><text class="m" x="{width}" y="{text_y}" text-anchor="end">{}</text>"#,
            escape(&row.label),
            group(&total.to_string())
        );
        let mut x = left;
        for (k, n) in row.parts.iter().enumerate().filter(|(_, n)| **n > 0) {
            let w = (span * *n as f64 / total.max(1) as f64 - 2.0).max(1.0);
            let y = y + bar_y;
            let _ = write!(svg, r#"<rect class="p{}" x="{x:.1}" y="{y}" width="{w:.1}" height="28"/>"#, k + 1);
            if k == 2 {
                let _ = write!(svg, r##"<rect fill="url(#{hatch})" x="{x:.1}" y="{y}" width="{w:.1}" height="28"/>"##);
            }
            if k == 0 && w > 48.0 {
                let percent = (*n * 100 + total / 2) / total.max(1);
                let _ = write!(svg, r#"<text class="b w" x="{:.1}" y="{}">{percent}%</text>"#, x + 10.0, y + 19.0);
            }
            x += w + 2.0;
        }
    }
    svg.push_str("</svg>");
    Svg(svg)
}

/// One step of a waterfall: the reason and its weight in bits.
#[derive(Debug, Clone)]
pub struct Push {
    /// The reason in words.
    pub label: String,
    /// The same in a word or two, for a phone.
    pub short: String,
    /// Bits: right of zero speaks for one person, left against.
    pub bits: f64,
}

/// How match weights add up from the prior to the total; the review band is drawn behind.
///
/// `band` is the review interval in bits; `words` are the words for the band and the total.
pub fn waterfall(wide: bool, steps: &[Push], band: (f64, f64), words: (&str, &str), label: &str) -> Svg {
    let (width, left, right) = if wide { (1180.0, 204.0, 90.0) } else { (358.0, 132.0, 52.0) };
    let mut low = band.0.min(0.0);
    let mut high = band.1.max(0.0);
    let mut sum = 0.0;
    for step in steps {
        sum += step.bits;
        low = low.min(sum);
        high = high.max(sum);
    }
    let (low, high) = ((low / 10.0).floor() * 10.0, (high / 10.0).ceil() * 10.0);
    let at = |bits: f64| left + (width - left - right) * (bits - low) / (high - low).max(1.0);
    let rows = steps.len() + 1;
    let bottom = 20.0 + 34.0 * rows as f64;
    let mut svg = format!(r#"<svg class="chart" viewBox="0 0 {width} {}" role="img" aria-label="{}">"#, bottom + 30.0, escape(label));
    let _ = write!(
        svg,
        r#"<text class="m" x="{:.1}" y="12" text-anchor="middle">{}</text><rect class="band" x="{:.1}" y="20" width="{:.1}" height="{:.1}"/>"#,
        (at(band.0) + at(band.1)) / 2.0,
        escape(words.0),
        at(band.0),
        at(band.1) - at(band.0),
        bottom - 20.0
    );
    let step = if (high - low) > if wide { 60.0 } else { 40.0 } { 20.0 } else { 10.0 };
    let mut mark = (low / step).ceil() * step;
    while mark <= high {
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{0:.1}" x2="{0:.1}" y1="20" y2="{bottom}"/><text class="m" x="{0:.1}" y="{1}" text-anchor="middle">{2}</text>"#,
            at(mark),
            bottom + 18.0,
            group(&format!("{mark:.0}"))
        );
        mark += step;
    }
    for edge in [band.0, band.1] {
        let _ = write!(svg, r#"<line class="bandl" x1="{0:.1}" x2="{0:.1}" y1="20" y2="{bottom}"/>"#, at(edge));
    }
    let mut sum: f64 = 0.0;
    for (i, step) in steps.iter().enumerate() {
        let y = 26.0 + 34.0 * i as f64;
        let next = sum + step.bits;
        let (x, w) = (at(sum.min(next)), (at(sum.max(next)) - at(sum.min(next))).max(1.5));
        let class = if step.bits < 0.0 { "neg" } else { "p1" };
        let _ = write!(
            svg,
            r#"<text x="0" y="{0:.1}">{1}</text><rect class="{class}" x="{x:.1}" y="{y:.1}" width="{w:.1}" height="22" rx="2"/><text class="b" x="{width}" y="{0:.1}" text-anchor="end">{2}</text><line class="link" x1="{3:.1}" x2="{3:.1}" y1="{4:.1}" y2="{5:.1}"/>"#,
            y + 16.0,
            escape(if wide { &step.label } else { &step.short }),
            signed(step.bits),
            at(next),
            y + 22.0,
            y + 34.0
        );
        sum = next;
    }
    let y = 26.0 + 34.0 * steps.len() as f64;
    let (x, w) = (at(sum.min(0.0)), (at(sum.max(0.0)) - at(sum.min(0.0))).max(1.5));
    let _ = write!(
        svg,
        r#"<line class="axis" x1="0" x2="{width}" y1="{0:.1}" y2="{0:.1}"/><text class="b" x="0" y="{1:.1}">{2}</text><rect class="tot" x="{x:.1}" y="{y:.1}" width="{w:.1}" height="22" rx="2"/><text class="b" x="{width}" y="{1:.1}" text-anchor="end">{3}</text></svg>"#,
        y - 5.0,
        y + 16.0,
        escape(words.1),
        signed(sum)
    );
    Svg(svg)
}

/// `+12.4`, `−2.1`, `0.0`.
pub fn signed(bits: f64) -> String {
    let text = format!("{:.1}", bits.abs());
    match () {
        () if text == "0.0" => text,
        () if bits < 0.0 => format!("−{text}"),
        () => format!("+{text}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_charts_are_escaped_and_no_inline_style_is_drawn() {
        let svg =
            waterfall(true, &[Push { label: "<b>".into(), short: "b".into(), bits: 3.0 }], (0.5, 8.0), ("a\"b", "c"), "d").to_string();
        assert!(!svg.contains("<b>") && svg.contains("&#60;b&#62;"));
        assert!(!svg.contains("style="));
    }

    #[test]
    fn a_part_that_is_there_is_seen_however_small() {
        let svg = parts(358, &[("r1", 100_000), ("r3", 1)], "x").to_string();
        assert_eq!(svg.matches("<rect").count(), 2);
        assert!(svg.contains(r#"width="6.0""#) || svg.contains(r#"width="6.1""#));
    }

    #[test]
    fn steps_are_round_numbers() {
        assert_eq!(nice_step(60, 3), 20);
        assert_eq!(nice_step(200, 3), 100);
        assert_eq!(nice_step(7, 3), 2);
    }

    #[test]
    fn weights_carry_their_sign() {
        assert_eq!(signed(12.44), "+12.4");
        assert_eq!(signed(-2.06), "−2.1");
        assert_eq!(signed(-0.01), "0.0");
    }
}
