//! The pen: escaping, numbers, widths of Chinese and Latin text, the frame of a chart.

use std::fmt::Write as _;

use super::{Width, Words};
use crate::reports::export::escape;

/// An `<svg>` in the making.
pub(super) struct Pen {
    body: String,
    id: String,
}

impl Pen {
    pub fn new(words: &Words, width: Width) -> Self {
        let clean: String = words.id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let of = match width {
            Width::Wide => "w",
            Width::Sheet => "p",
            Width::Narrow => "n",
        };
        Self { body: String::new(), id: format!("{clean}-{of}") }
    }

    /// The reference of the hatch.
    pub fn hatch(&self) -> String {
        format!("url(#{}-h)", self.id)
    }

    pub fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64) {
        let _ =
            write!(self.body, "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", n(x), n(y), n(width), n(height));
    }

    /// The hatch over a rectangle already drawn.
    pub fn hatched(&mut self, x: f64, y: f64, width: f64, height: f64) {
        let fill = self.hatch();
        let _ = write!(self.body, "<rect fill=\"{fill}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", n(x), n(y), n(width), n(height));
    }

    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let _ =
            write!(self.body, "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", n(from.0), n(from.1), n(to.0), n(to.1));
    }

    /// A path; `more` holds further attributes.
    pub fn path(&mut self, class: &str, more: &str, data: &str) {
        let _ = write!(self.body, "<path class=\"{class}\"{more} d=\"{data}\"/>");
    }

    pub fn text(&mut self, class: &str, anchor: Anchor, x: f64, y: f64, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let _ = write!(self.body, "<text{class} x=\"{}\" y=\"{}\"{anchor}>{}</text>", n(x), n(y), escape(text));
    }

    /// Closes the drawing.
    pub fn finish(self, words: &Words, width: Width, height: f64) -> String {
        let id = &self.id;
        let hatch = if self.body.contains(&format!("url(#{id}-h)")) {
            format!(
                "<defs><pattern id=\"{id}-h\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
                 <line class=\"hat\" x1=\"0\" x2=\"0\" y1=\"0\" y2=\"7\"/></pattern></defs>"
            )
        } else {
            String::new()
        };
        format!(
            "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title>\
             <desc id=\"{id}-d\">{}</desc>{hatch}{}</svg>",
            n(width.units()),
            n(height),
            escape(&words.title),
            escape(&words.description),
            self.body
        )
    }
}

/// Where a text's point lies in it.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A coordinate with one decimal at most.
pub(super) fn n(x: f64) -> String {
    let x = if x.is_finite() { (x * 10.0).round() / 10.0 } else { 0.0 };
    if x == 0.0 { "0".to_owned() } else { format!("{x}") }
}

/// About how wide a text is drawn: Chinese and full-width characters take the size itself, Latin letters and figures 0.58 of it.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    text.chars()
        .map(|c| {
            if c >= '\u{2e80}' {
                size
            } else if c.is_ascii_uppercase() {
                size * 0.68
            } else {
                size * 0.58
            }
        })
        .sum()
}

/// A text cut to a width, with an ellipsis where something was cut.
pub(super) fn fit(text: &str, size: f64, width: f64) -> String {
    if text_width(text, size) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if text_width(&out, size) > width - size {
            out.pop();
            break;
        }
    }
    out.push('…');
    out
}

/// Marks from 0 to at least `max` at a step of 1, 2 or 5 times a power of ten, at most `most` steps.
pub(super) fn marks(max: f64, most: usize) -> Vec<f64> {
    if max.is_nan() || max <= 0.0 || !max.is_finite() {
        return vec![0.0, 1.0];
    }
    let raw = max / most.max(1) as f64;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|s| max / s <= most as f64 + 1e-9).unwrap_or(10.0 * power);
    let count = (max / step - 1e-9).ceil().max(1.0) as usize;
    (0..=count).map(|at| at as f64 * step).collect()
}

/// A mark as printed, without superfluous decimals.
pub(super) fn mark_text(x: f64) -> String {
    let text = format!("{x:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_reach_the_largest_value() {
        assert_eq!(marks(6.0, 6), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        assert_eq!(marks(1022.0, 6).last(), Some(&1200.0));
        for max in [0.003, 0.7, 35.0, 99.9, 1e6] {
            let m = marks(max, 6);
            assert!(m.len() <= 7 && *m.last().unwrap() >= max, "{max}: {m:?}");
        }
        assert_eq!(marks(0.0, 6), [0.0, 1.0]);
        assert_eq!(mark_text(0.5), "0.5");
        assert_eq!(mark_text(200.0), "200");
    }

    #[test]
    fn long_texts_are_cut_to_their_width() {
        assert_eq!(fit("莲花街道", 14.0, 56.0), "莲花街道");
        let cut = fit("资阳市雁江区莲花街道办事处", 14.0, 70.0);
        assert!(cut.ends_with('…') && text_width(&cut, 14.0) <= 70.0 + 14.0, "{cut}");
    }
}
