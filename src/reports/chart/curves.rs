//! Step curves on a proportion's axis from 0 to 100 %, with interval bands, marks of censoring and the numbers at risk below.

use super::draw::{Anchor, Pen, fit, mark_text, marks, n, text_width};
use super::{Width, Words};
use crate::reports::export::thousands;
use crate::reports::survival::{Curve, Observation};

/// One curve.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its name, printed at its end.
    pub label: String,
    /// From each time on, the value.
    pub steps: Vec<(f64, f64)>,
    /// From each time on, both ends of the interval; empty draws none.
    pub band: Vec<(f64, f64, f64)>,
    /// Where somebody's observation ended without event.
    pub censored: Vec<f64>,
    /// The last time observed: the curve is drawn up to it.
    pub until: f64,
    /// Entries and ends of observation, for the numbers at risk; empty prints none.
    pub observed: Vec<(f64, f64)>,
}

impl Line {
    /// The line of a Kaplan-Meier curve.
    pub fn of(label: &str, curve: &Curve, observations: &[Observation]) -> Self {
        let band = curve.rows.iter().filter_map(|r| match r.ci_loglog {
            [Some(low), Some(high)] => Some((r.time, low, high)),
            _ => None,
        });
        Self {
            label: label.to_owned(),
            steps: curve.rows.iter().filter(|r| r.events > 0).map(|r| (r.time, r.survival)).collect(),
            band: band.collect(),
            censored: curve.rows.iter().filter(|r| r.censored > 0).map(|r| r.time).collect(),
            until: curve.rows.last().map_or(0.0, |r| r.time),
            observed: observations.iter().map(|o| (o.entry, o.time)).collect(),
        }
    }

    fn at(&self, time: f64) -> f64 {
        let past = self.steps.partition_point(|s| s.0 <= time);
        past.checked_sub(1).and_then(|at| self.steps.get(at)).map_or(1.0, |s| s.1)
    }

    /// At risk at a time: entry < t ≤ end; at the start, who had entered by then.
    fn at_risk(&self, time: f64) -> usize {
        self.observed.iter().filter(|(entry, end)| (*entry < time || time == 0.0 && *entry <= 0.0) && *end >= time).count()
    }
}

/// Step curves.
#[derive(Debug, Clone)]
pub struct Curves {
    /// What the chart says of itself.
    pub words: Words,
    /// The curves; eight at most are told apart.
    pub lines: Vec<Line>,
    /// The unit of time printed at the axis' end, e.g. 年.
    pub unit: String,
    /// Whether values start at 1 and fall (survival) or at 0 and rise (incidence).
    pub rising: bool,
}

/// The dashes of further lines; the stylesheet knows the first two.
const DASHES: [&str; 8] = ["", "7 4", "2 3", "12 4", "12 4 2 4", "1 4", "7 2 1 2", "20 4"];
const COLOURS: [&str; 4] = ["#763256", "#272120", "#b9801f", "#aa7891"];

struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    max: f64,
    /// The marks of the axis of shares, from 0.
    shares: Vec<f64>,
}

impl Plot {
    fn x(&self, time: f64) -> f64 {
        self.left + (self.right - self.left) * (time / self.max).clamp(0.0, 1.0)
    }

    fn y(&self, value: f64) -> f64 {
        let full = self.shares.last().copied().unwrap_or(1.0);
        self.bottom - (self.bottom - self.top) * (value / full).clamp(0.0, 1.0)
    }
}

impl Curves {
    pub(super) fn svg(&self, width: Width) -> String {
        let mut pen = Pen::new(&self.words, width);
        let wide = width == Width::Wide;
        let top = if wide { 12.0 } else { self.legend(&mut pen) };
        let label_room = self.lines.iter().map(|l| text_width(&l.label, 14.0)).fold(40.0, f64::max).min(240.0) + 40.0;
        let max = self.lines.iter().map(|l| l.until).fold(0.0, f64::max);
        let times = marks(max, if wide { 8 } else { 5 });
        let plot = Plot {
            left: 48.0,
            right: width.units() - if wide { label_room } else { 14.0 },
            top,
            bottom: top + if wide { 278.0 } else { 190.0 },
            max: times.last().copied().unwrap_or(1.0),
            shares: self.shares(),
        };
        self.axes(&mut pen, &plot, &times);
        for (at, line) in self.lines.iter().enumerate() {
            self.band(&mut pen, &plot, at, line);
        }
        for (at, line) in self.lines.iter().enumerate() {
            self.line(&mut pen, &plot, at, line);
        }
        if wide {
            self.labels(&mut pen, &plot, label_room);
        }
        let bottom = self.at_risk(&mut pen, &plot, &times, width);
        pen.finish(&self.words, width, bottom)
    }

    fn start(&self) -> f64 {
        if self.rising { 0.0 } else { 1.0 }
    }

    /// Curves that fall have the whole axis; those that rise have what the highest needs, so that small incidences are told apart.
    fn shares(&self) -> Vec<f64> {
        let highest = self.lines.iter().flat_map(|l| l.steps.iter().map(|s| s.1)).fold(0.0, f64::max);
        let top = if self.rising && highest > 0.0 { highest.min(1.0) } else { 1.0 };
        marks(100.0 * top, 5).into_iter().map(|percent| (percent / 100.0).min(1.0)).collect()
    }

    fn axes(&self, pen: &mut Pen, plot: &Plot, times: &[f64]) {
        for share in &plot.shares {
            let y = plot.y(*share);
            pen.line(if *share == 0.0 { "axis" } else { "grid" }, (plot.left, y), (plot.right, y));
            pen.text("m", Anchor::End, plot.left - 8.0, y + 5.0, &format!("{}%", mark_text(100.0 * share)));
        }
        for (at, time) in times.iter().enumerate() {
            let x = plot.x(*time);
            pen.line("axis", (x, plot.bottom), (x, plot.bottom + 5.0));
            let text = if at + 1 == times.len() { format!("{} {}", mark_text(*time), self.unit) } else { mark_text(*time) };
            let anchor = if at + 1 == times.len() { Anchor::End } else { Anchor::Middle };
            let x = if at + 1 == times.len() { x + 12.0 } else { x };
            pen.text("m", anchor, x, plot.bottom + 20.0, text.trim_end());
        }
    }

    fn band(&self, pen: &mut Pen, plot: &Plot, at: usize, line: &Line) {
        if line.band.is_empty() || at > 1 {
            return;
        }
        let edge = |pick: fn(&(f64, f64, f64)) -> f64| {
            let mut points = Vec::new();
            let mut before: Option<f64> = None;
            for step in &line.band {
                if let Some(y) = before {
                    points.push((step.0, y));
                }
                points.push((step.0, pick(step)));
                before = Some(pick(step));
            }
            // The curve runs on to the end of observation, unless it ended at nought, where there is no interval.
            let end = line.steps.last().filter(|s| s.1 <= 0.0).map_or(line.until, |s| s.0);
            if let Some(y) = before.filter(|_| end > 0.0) {
                points.push((end, y));
            }
            points
        };
        let (low, high) = (edge(|s| s.1), edge(|s| s.2));
        let data: Vec<String> = high.iter().chain(low.iter().rev()).map(|(t, v)| format!("{} {}", n(plot.x(*t)), n(plot.y(*v)))).collect();
        pen.path(if at == 0 { "a1" } else { "a2" }, "", &format!("M{}Z", data.join("L")));
    }

    fn line(&self, pen: &mut Pen, plot: &Plot, at: usize, line: &Line) {
        let mut data = format!("M{} {}", n(plot.x(0.0)), n(plot.y(self.start())));
        for (time, value) in &line.steps {
            data.push_str(&format!("H{}V{}", n(plot.x(*time)), n(plot.y(*value))));
        }
        data.push_str(&format!("H{}", n(plot.x(line.until))));
        let (class, more) = look(at);
        pen.path(&class, &more, &data);
        // Marks closer than five units are one on the drawing.
        let mut last = f64::NEG_INFINITY;
        for time in &line.censored {
            let x = plot.x(*time);
            if x - last < 5.0 {
                continue;
            }
            last = x;
            let y = plot.y(if self.rising && line.steps.first().is_none_or(|s| *time < s.0) { 0.0 } else { line.at(*time) });
            pen.line(if at % 2 == 0 { "tick" } else { "tick2" }, (x, y - 3.5), (x, y + 3.5));
        }
    }

    /// The names at the lines' ends, moved apart where they would overlap.
    fn labels(&self, pen: &mut Pen, plot: &Plot, room: f64) {
        let end = |l: &Line| l.steps.last().map_or(self.start(), |s| s.1);
        let mut places: Vec<(f64, &str)> = self.lines.iter().map(|l| (plot.y(end(l)) + 5.0, l.label.as_str())).collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut floor = f64::NEG_INFINITY;
        for place in &mut places {
            place.0 = place.0.max(floor + 18.0);
            floor = place.0;
        }
        let over = (floor - plot.bottom).max(0.0);
        let mut ceiling = f64::INFINITY;
        for place in places.iter_mut().rev() {
            if over > 0.0 {
                place.0 = place.0.min(ceiling - 18.0).min(plot.bottom);
                ceiling = place.0;
            }
            pen.text("b", Anchor::Start, plot.right + 14.0, place.0, &fit(place.1, 14.0, room - 16.0));
        }
    }

    fn legend(&self, pen: &mut Pen) -> f64 {
        for (at, line) in self.lines.iter().enumerate() {
            let y = 14.0 + 22.0 * at as f64;
            let (class, more) = look(at);
            pen.path(&class, &more, &format!("M0 {}H28", n(y - 5.0)));
            pen.text("", Anchor::Start, 38.0, y, &fit(&line.label, 14.0, 310.0));
        }
        22.0 * self.lines.len() as f64 + 16.0
    }

    /// The numbers at risk; gives the bottom of the drawing.
    fn at_risk(&self, pen: &mut Pen, plot: &Plot, times: &[f64], width: Width) -> f64 {
        let mut y = plot.bottom + 30.0;
        if self.lines.iter().all(|l| l.observed.is_empty()) {
            return y;
        }
        y += 16.0;
        pen.text("b", Anchor::Start, 0.0, y, self.words.lang.pick("在险人数", "At risk"));
        for (at, line) in self.lines.iter().enumerate() {
            y += 20.0;
            if width != Width::Wide {
                let (class, more) = look(at);
                pen.path(&class, &more, &format!("M0 {}H20", n(y - 5.0)));
            } else {
                pen.text("m", Anchor::Start, plot.right + 32.0, y, &fit(&line.label, 13.0, width.units() - plot.right - 34.0));
            }
            for (place, time) in times.iter().enumerate() {
                let count = i64::try_from(line.at_risk(*time)).unwrap_or(i64::MAX);
                let last = place + 1 == times.len();
                let anchor = if last { Anchor::End } else { Anchor::Middle };
                pen.text("m", anchor, plot.x(*time) + if last { 12.0 } else { 0.0 }, y, &thousands(count));
            }
        }
        y + 10.0
    }
}

/// Class and further attributes of a line. The stylesheet draws the first two; the others bring their look as presentation attributes.
fn look(at: usize) -> (String, String) {
    let class = format!("l{}", at + 1);
    if at < 2 {
        return (class, String::new());
    }
    let dash = DASHES[at % DASHES.len()];
    (class, format!(" fill=\"none\" stroke=\"{}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"", COLOURS[at % COLOURS.len()]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::Lang;
    use crate::reports::survival::kaplan_meier;

    fn curves(groups: usize) -> Curves {
        let lines = (0..groups)
            .map(|g| {
                let all: Vec<Observation> = (1u32..=20)
                    .map(|t| Observation {
                        entry: f64::NEG_INFINITY,
                        time: f64::from(t),
                        cause: u32::from(!(t as usize + g).is_multiple_of(3)),
                        group: g,
                    })
                    .collect();
                Line::of(&format!("第{g}组"), &kaplan_meier(&all), &all)
            })
            .collect();
        Curves {
            words: Words { id: "s".into(), title: "保留".into(), description: "曲线".into(), lang: Lang::Zh },
            lines,
            unit: "年".into(),
            rising: false,
        }
    }

    fn label_places(svg: &str) -> Vec<f64> {
        let texts = svg.split("<text class=\"b\"").skip(1).filter(|t| t.split("</text>").next().is_some_and(|t| t.contains("组")));
        texts.map(|t| t.split("y=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()).collect()
    }

    #[test]
    fn labels_at_the_lines_ends_never_overlap() {
        for groups in 1..=8 {
            let mut places = label_places(&curves(groups).svg(Width::Wide));
            assert_eq!(places.len(), groups);
            places.sort_by(f64::total_cmp);
            assert!(places.windows(2).all(|p| p[1] - p[0] >= 17.9), "{places:?}");
        }
    }

    #[test]
    fn every_line_has_a_dash_of_its_own_and_the_numbers_at_risk_stand_below() {
        let svg = curves(4).svg(Width::Narrow);
        let dashes: std::collections::HashSet<_> = (0..8).map(|at| look(at).1).collect();
        assert_eq!(dashes.len(), 7, "the first two are the stylesheet's");
        assert!(svg.contains("在险人数") && svg.contains("class=\"l4\""));
        assert!(!svg.contains("style="));
    }

    #[test]
    fn small_incidences_fill_their_axis_and_retention_has_the_whole_one() {
        let mut rising = curves(1);
        rising.rising = true;
        rising.lines[0].steps = vec![(1.0, 0.01), (9.0, 0.037)];
        let svg = rising.svg(Width::Wide);
        assert!(svg.contains(">4%<") && !svg.contains(">100%<"), "{svg}");
        assert!(curves(1).svg(Width::Wide).contains(">100%<"));
    }

    #[test]
    fn a_curve_of_nobody_is_still_a_drawing() {
        let mut none = curves(1);
        none.lines[0] = Line::of("无", &kaplan_meier(&[]), &[]);
        assert!(none.svg(Width::Wide).ends_with("</svg>"));
    }
}
