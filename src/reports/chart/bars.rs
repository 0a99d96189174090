//! Horizontal bars, plain and stacked. A proportion's axis begins at 0.

use super::draw::{Anchor, Pen, fit, text_width};
use super::{Width, Words};

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Its name.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// The figure printed at its end.
    pub text: String,
    /// The interval drawn over its end.
    pub interval: Option<(f64, f64)>,
}

/// Horizontal bars.
#[derive(Debug, Clone)]
pub struct Bars {
    /// What the chart says of itself.
    pub words: Words,
    /// The bars from the top.
    pub bars: Vec<Bar>,
}

/// One bar of parts.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Its name.
    pub label: String,
    /// Its parts, as many as the chart names.
    pub parts: Vec<u64>,
}

/// Stacked bars, each as long as the others: the parts' shares are compared, totals are printed.
#[derive(Debug, Clone)]
pub struct Stacked {
    /// What the chart says of itself.
    pub words: Words,
    /// The parts' names, four at most.
    pub parts: Vec<String>,
    /// The bars from the top.
    pub stacks: Vec<Stack>,
}

const HEIGHT: f64 = 28.0;
/// Of a bar where there are many.
const LOW: f64 = 14.0;
const MANY: usize = 8;
const TEXT: f64 = 14.0;

/// Where labels, bars and figures lie.
struct Columns {
    label_above: bool,
    left: f64,
    right: f64,
    step: f64,
    label_width: f64,
}

impl Columns {
    fn of<'a>(width: Width, labels: impl Iterator<Item = &'a str>, figures: impl Iterator<Item = &'a str>) -> Self {
        let widest = |texts: &mut dyn Iterator<Item = &'a str>| texts.map(|t| text_width(t, TEXT)).fold(0.0, f64::max);
        let figure = widest(&mut { figures }) + 16.0;
        match width {
            Width::Wide | Width::Sheet => {
                let label = widest(&mut { labels }).clamp(60.0, width.units() / 4.0);
                // Paper has less room above and below than a screen, which scrolls.
                let step = if width == Width::Sheet { 36.0 } else { 44.0 };
                Self { label_above: false, left: label + 20.0, right: width.units() - figure, step, label_width: label }
            }
            Width::Narrow => {
                Self { label_above: true, left: 0.0, right: width.units() - 2.0, step: 62.0, label_width: width.units() - figure }
            }
        }
    }

    /// Baseline of the label and top of the bar.
    fn row(&self, top: f64) -> (f64, f64) {
        if self.label_above { (top + 17.0, top + 24.0) } else { (top + 25.0, top + 6.0) }
    }
}

impl Bars {
    pub(super) fn svg(&self, width: Width) -> String {
        let mut pen = Pen::new(&self.words, width);
        let columns = Columns::of(width, self.bars.iter().map(|b| b.label.as_str()), self.bars.iter().map(|b| b.text.as_str()));
        let longest = self.bars.iter().map(|b| b.interval.map_or(b.value, |i| i.1.max(b.value))).fold(0.0, f64::max);
        let scale = if longest > 0.0 { (columns.right - columns.left - 8.0) / longest } else { 0.0 };
        let many = self.bars.len() > MANY;
        let (height, step) = if many { (LOW, columns.step - HEIGHT + LOW) } else { (HEIGHT, columns.step) };
        for (at, bar) in self.bars.iter().enumerate() {
            let (base, top) = columns.row(at as f64 * step);
            let base = if many && !columns.label_above { base - 7.0 } else { base };
            pen.text("", Anchor::Start, 0.0, base, &fit(&bar.label, TEXT, columns.label_width));
            pen.text("m", Anchor::End, width.units(), base, &bar.text);
            pen.rect("p1", columns.left, top, (bar.value.max(0.0) * scale).max(if bar.value > 0.0 { 1.0 } else { 0.0 }), height);
            if let Some((low, high)) = bar.interval {
                let (a, b, y) = (columns.left + low.max(0.0) * scale, columns.left + high.max(0.0) * scale, top + height / 2.0);
                pen.line("axis", (a, y), (b, y));
                pen.line("axis", (a, y - 5.0), (a, y + 5.0));
                pen.line("axis", (b, y - 5.0), (b, y + 5.0));
            }
        }
        pen.line("axis", (columns.left, 0.0), (columns.left, self.bars.len() as f64 * step));
        pen.finish(&self.words, width, self.bars.len() as f64 * step + 4.0)
    }
}

impl Stacked {
    pub(super) fn svg(&self, width: Width) -> String {
        let mut pen = Pen::new(&self.words, width);
        let totals: Vec<u64> = self.stacks.iter().map(|s| s.parts.iter().sum()).collect();
        let printed: Vec<String> =
            totals.iter().map(|t| crate::reports::export::thousands(i64::try_from(*t).unwrap_or(i64::MAX))).collect();
        let columns = Columns::of(width, self.stacks.iter().map(|s| s.label.as_str()), printed.iter().map(String::as_str));
        let begin = self.legend(&mut pen, width);
        for (at, stack) in self.stacks.iter().enumerate() {
            let (base, top) = columns.row(begin + at as f64 * columns.step);
            pen.text("", Anchor::Start, 0.0, base, &fit(&stack.label, TEXT, columns.label_width));
            pen.text("m", Anchor::End, width.units(), base, &printed[at]);
            if totals[at] == 0 {
                pen.line("axis", (columns.left, top), (columns.left, top + HEIGHT));
                continue;
            }
            let full = columns.right - columns.left;
            let mut x = columns.left;
            for (part, count) in stack.parts.iter().enumerate().filter(|(_, c)| **c > 0) {
                let share = *count as f64 / totals[at] as f64;
                // A gap of two units sets the parts apart without colour.
                let w = (share * full - 2.0).max(1.0);
                swatch(&mut pen, part, x, top, w, HEIGHT);
                let text = format!("{:.0}%", 100.0 * share);
                if part == 0 && w > text_width(&text, TEXT) + 20.0 {
                    pen.text("b w", Anchor::Start, x + 10.0, top + 19.0, &text);
                }
                x += share * full;
            }
        }
        pen.finish(&self.words, width, begin + self.stacks.len() as f64 * columns.step + 4.0)
    }

    /// The parts' names above the bars; gives where the bars begin.
    fn legend(&self, pen: &mut Pen, width: Width) -> f64 {
        let (mut x, mut y) = (0.0, 0.0);
        for (at, name) in self.parts.iter().enumerate() {
            let w = 30.0 + text_width(name, TEXT);
            if x > 0.0 && x + w > width.units() {
                (x, y) = (0.0, y + 24.0);
            }
            swatch(pen, at, x, y + 3.0, 22.0, 14.0);
            pen.text("", Anchor::Start, x + 30.0, y + 15.0, name);
            x += w + 24.0;
        }
        y + 36.0
    }
}

fn swatch(pen: &mut Pen, part: usize, x: f64, y: f64, width: f64, height: f64) {
    pen.rect(["p1", "p2", "p3", "p4"][part.min(3)], x, y, width, height);
    if part == 2 {
        pen.hatched(x, y, width, height);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Chart;
    use super::*;
    use crate::reports::Lang;

    pub fn words() -> Words {
        Words { id: "pool".into(), title: "库容<四部分>".into(), description: "四个登记".into(), lang: Lang::Zh }
    }

    fn stacked() -> Stacked {
        Stacked {
            words: words(),
            parts: ["已核实可联系", "尚未核实", "已知失联", "暂不可用"].map(String::from).to_vec(),
            stacks: vec![
                Stack { label: "无偿献血".into(), parts: vec![1204, 486, 231, 79] },
                Stack { label: "遗体和人体器官".into(), parts: vec![0, 0, 0, 0] },
            ],
        }
    }

    #[test]
    fn a_chart_can_be_read_without_colour_and_by_a_screen_reader() {
        for width in [Width::Wide, Width::Sheet, Width::Narrow] {
            let svg = stacked().svg(width);
            assert!(svg.contains("<title id=") && svg.contains("库容&lt;四部分&gt;") && svg.contains("role=\"img\""));
            assert!(svg.contains("<pattern") && svg.contains("60%"));
            assert!(!svg.contains("style=") && !svg.contains("<style"), "the content policy forbids inline styles");
        }
    }

    #[test]
    fn no_part_of_a_bar_leaves_the_drawing() {
        let bars = Bars {
            words: words(),
            bars: (0..5)
                .map(|i| Bar {
                    label: format!("镇{i}"),
                    value: f64::from(i) * 1000.0,
                    text: format!("{i},000"),
                    interval: Some((0.0, 9000.0)),
                })
                .collect(),
        };
        for svg in [bars.svg(Width::Wide), stacked().svg(Width::Wide)] {
            for rect in svg.split("<rect ").skip(1) {
                let of = |name: &str| -> f64 {
                    let at = rect.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
                    rect[at..].split('"').next().unwrap().parse().unwrap()
                };
                assert!(of(" x") >= 0.0 && of(" x") + of("width") <= 1200.0, "{rect}");
            }
        }
    }

    #[test]
    fn a_file_carries_its_colours_and_name_space() {
        let file = Chart::Stacked(stacked()).file();
        assert!(file.contains("xmlns=\"http://www.w3.org/2000/svg\"") && file.contains("<style>"));
        assert!(file.ends_with("</svg>\n"));
    }
}
