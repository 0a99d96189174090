//! A waterfall: how weights add up, bar after bar, to their sum.

use super::draw::{Anchor, Pen, fit, mark_text, text_width};
use super::{Width, Words};

/// One bar.
#[derive(Debug, Clone)]
pub struct Fall {
    /// Its name.
    pub label: String,
    /// How far it goes: right of where the bar before ended, or left where it is negative.
    pub size: f64,
}

/// A waterfall.
#[derive(Debug, Clone)]
pub struct Waterfall {
    /// What the chart says of itself.
    pub words: Words,
    /// The bars from the top.
    pub falls: Vec<Fall>,
    /// The name of the sum, which is drawn as the last bar.
    pub sum: String,
    /// A limit to compare the sum with, and its name.
    pub limit: (f64, String),
}

const HEIGHT: f64 = 22.0;
const STEP: f64 = 34.0;
const TOP: f64 = 20.0;
const TEXT: f64 = 14.0;

/// `+12.4`, `−2.1`, `0.0`.
pub fn signed(x: f64) -> String {
    let text = format!("{:.1}", x.abs());
    if text == "0.0" {
        text
    } else if x < 0.0 {
        format!("−{text}")
    } else {
        format!("+{text}")
    }
}

impl Waterfall {
    /// The sum of the bars.
    pub fn total(&self) -> f64 {
        self.falls.iter().map(|f| f.size).sum()
    }

    /// The lowest and highest place any bar touches, rounded outwards to the marks, and the marks' distance.
    fn reach(&self, width: Width) -> (f64, f64, f64) {
        let (mut low, mut high, mut sum) = (self.limit.0.min(0.0), self.limit.0.max(0.0), 0.0);
        for fall in &self.falls {
            sum += fall.size;
            low = low.min(sum);
            high = high.max(sum);
        }
        let most = if width == Width::Narrow { 5.0 } else { 10.0 };
        let step = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0].into_iter().find(|s| (high - low) / s <= most).unwrap_or(200.0);
        ((low / step).floor() * step, ((high / step).ceil() * step).max((low / step).floor() * step + step), step)
    }

    pub(super) fn svg(&self, width: Width) -> String {
        let mut pen = Pen::new(&self.words, width);
        let sizes: Vec<String> = self.falls.iter().map(|f| signed(f.size)).chain([signed(self.total())]).collect();
        let widest = |texts: &mut dyn Iterator<Item = &str>| texts.map(|t| text_width(t, TEXT)).fold(0.0, f64::max);
        let most = if width == Width::Narrow { 132.0 } else { width.units() / 4.0 };
        let left = widest(&mut self.falls.iter().map(|f| f.label.as_str()).chain([self.sum.as_str()])).clamp(40.0, most) + 16.0;
        let right = width.units() - widest(&mut sizes.iter().map(String::as_str)) - 14.0;
        let (low, high, step) = self.reach(width);
        let at = |x: f64| left + (right - left) * (x - low) / (high - low);
        let bottom = TOP + STEP * (self.falls.len() as f64 + 1.0);
        let mut mark = low;
        while mark <= high + step / 2.0 {
            pen.line("grid", (at(mark), TOP), (at(mark), bottom));
            pen.text("m", Anchor::Middle, at(mark), bottom + 18.0, &mark_text(mark).replace('-', "−"));
            mark += step;
        }
        pen.line("axis", (at(0.0), TOP), (at(0.0), bottom));
        pen.line("bandl", (at(self.limit.0), TOP - 4.0), (at(self.limit.0), bottom));
        pen.text("m", Anchor::Middle, at(self.limit.0), 12.0, &self.limit.1);
        let mut sum = 0.0;
        for (n, fall) in self.falls.iter().enumerate() {
            let y = TOP + 6.0 + STEP * n as f64;
            let next = sum + fall.size;
            let (from, to) = (at(f64::min(sum, next)), at(f64::max(sum, next)));
            pen.text("", Anchor::Start, 0.0, y + 16.0, &fit(&fall.label, TEXT, left - 16.0));
            pen.rect(if fall.size < 0.0 { "neg" } else { "p1" }, from, y, (to - from).max(1.5), HEIGHT);
            pen.text("b", Anchor::End, width.units(), y + 16.0, &sizes[n]);
            pen.line("link", (at(next), y + HEIGHT), (at(next), y + STEP));
            sum = next;
        }
        let y = TOP + 6.0 + STEP * self.falls.len() as f64;
        let (from, to) = (at(f64::min(sum, 0.0)), at(f64::max(sum, 0.0)));
        pen.line("axis", (0.0, y - 5.0), (width.units(), y - 5.0));
        pen.text("b", Anchor::Start, 0.0, y + 16.0, &fit(&self.sum, TEXT, left - 16.0));
        pen.rect("tot", from, y, (to - from).max(1.5), HEIGHT);
        pen.text("b", Anchor::End, width.units(), y + 16.0, &signed(sum));
        pen.finish(&self.words, width, bottom + 26.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::Lang;

    fn waterfall(sizes: &[f64]) -> Waterfall {
        Waterfall {
            words: Words { id: "w".into(), title: "<w>".into(), description: "d".into(), lang: Lang::En },
            falls: sizes.iter().map(|size| Fall { label: "given <name>".into(), size: *size }).collect(),
            sum: "sum".into(),
            limit: (0.0, "cut".into()),
        }
    }

    /// Left and right end of every bar of the drawing.
    fn bars(svg: &str) -> Vec<(f64, f64)> {
        let of = |rect: &str, name: &str| -> f64 {
            let at = rect.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
            rect[at..].split('"').next().unwrap().parse().unwrap()
        };
        svg.split("<rect ").skip(1).map(|r| (of(r, "x"), of(r, "x") + of(r, "width"))).collect()
    }

    #[test]
    fn every_bar_begins_where_the_one_before_ended_and_none_leaves_the_drawing() {
        let sizes = [-14.2, 9.5, -3.0, 12.0, 0.0, 30.0];
        for width in [Width::Wide, Width::Sheet, Width::Narrow] {
            let bars = bars(&waterfall(&sizes).svg(width));
            assert_eq!(bars.len(), sizes.len() + 1);
            assert!(bars.iter().all(|(a, b)| *a >= 0.0 && *b <= width.units()));
            for (n, pair) in bars.windows(2).take(sizes.len() - 1).enumerate() {
                let end = if sizes[n] < 0.0 { pair[0].0 } else { pair[0].1 };
                let begin = if sizes[n + 1] < 0.0 { pair[1].1 } else { pair[1].0 };
                assert!((end - begin).abs() <= 1.8, "{n}: a bar is drawn 1.5 wide at least: {end} {begin}");
            }
        }
    }

    #[test]
    fn its_words_are_escaped_and_it_draws_nothing_inline() {
        let svg = waterfall(&[3.0]).svg(Width::Wide);
        assert!(svg.contains("given &lt;name&gt;") && !svg.contains("<name>") && !svg.contains("style="));
        assert_eq!((signed(-2.06), signed(-0.01), signed(12.44)), ("−2.1".to_owned(), "0.0".to_owned(), "+12.4".to_owned()));
    }
}
