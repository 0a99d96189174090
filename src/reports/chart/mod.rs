//! Charts drawn on the server as SVG.
//!
//! Readable without colour: parts differ by lightness, hatch and outline, lines by dashes and a label at their end. Every chart has a title and a
//! description that assistive technology reads; a table stands beside it. Colours and type come from the page's stylesheet by class (`.chart`, `.p1` … `.p4`,
//! `.l1` …, `.axis`, `.grid`, `.m`), never from inline styles, so a strict content policy holds and dark mode and print follow. Each is drawn three times, for a
//! desk, a sheet of paper and a telephone, rather than shrunk.

mod bars;
mod curves;
mod draw;
mod waterfall;

pub use bars::{Bar, Bars, Stack, Stacked};
pub use curves::{Curves, Line};
pub use waterfall::{Fall, Waterfall, signed};

use super::Lang;

/// The drawings of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// 1,200 units: a desk.
    Wide,
    /// 660 units: the 17 cm that A4 leaves between its margins, at the size of the print around it.
    Sheet,
    /// 358 units: a telephone of 390 pixels.
    Narrow,
}

impl Width {
    /// How many units wide.
    pub const fn units(self) -> f64 {
        match self {
            Self::Wide => 1200.0,
            Self::Sheet => 660.0,
            Self::Narrow => 358.0,
        }
    }
}

/// What every chart says of itself.
#[derive(Debug, Clone)]
pub struct Words {
    /// A name that no other chart of the page has; letters, digits and dashes.
    pub id: String,
    /// What it shows, in a few words.
    pub title: String,
    /// What one sees in it, for those who do not.
    pub description: String,
    /// The language of its words.
    pub lang: Lang,
}

/// A chart.
#[derive(Debug, Clone)]
pub enum Chart {
    /// Horizontal bars.
    Bars(Bars),
    /// Horizontal bars of up to four parts each.
    Stacked(Stacked),
    /// Step curves with intervals and numbers at risk.
    Curves(Curves),
    /// Weights that add up, bar after bar.
    Waterfall(Waterfall),
}

impl Chart {
    /// The drawing of one width, as an `<svg class="chart">`.
    pub fn svg(&self, width: Width) -> String {
        match self {
            Self::Bars(bars) => bars.svg(width),
            Self::Stacked(stacked) => stacked.svg(width),
            Self::Curves(curves) => curves.svg(width),
            Self::Waterfall(waterfall) => waterfall.svg(width),
        }
    }

    /// The drawings for a page, of which the stylesheet shows one.
    pub fn html(&self) -> String {
        [("only-l no-print", Width::Wide), ("only-s no-print", Width::Narrow), ("only-p", Width::Sheet)]
            .map(|(class, width)| format!("<div class=\"{class}\">{}</div>", self.svg(width)))
            .concat()
    }

    /// The wide drawing as a file of its own, with its colours.
    pub fn file(&self) -> String {
        let svg = self.svg(Width::Wide);
        match svg.split_once('>') {
            Some((head, rest)) => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{head} xmlns=\"http://www.w3.org/2000/svg\"><style>{STYLE}</style>{rest}\n"
            ),
            None => svg,
        }
    }
}

/// The stylesheet's chart rules, for files that stand alone.
pub(super) const STYLE: &str = "\
svg.chart{background:#fff}\
.chart text{font-family:'PingFang SC','Noto Sans SC','Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',sans-serif;font-size:14px;fill:#272120}\
.chart .m{fill:#625955;font-size:13px}.chart .b{font-weight:600}.chart .w{fill:#fff}\
.chart .axis{stroke:#857b76;stroke-width:1;fill:none}.chart .grid{stroke:#e6e0dc;stroke-width:1;fill:none}\
.chart .p1{fill:#763256}.chart .p2{fill:#aa7891}.chart .p3{fill:#b9801f}.chart .p4{fill:#e4dcd7;stroke:#857b76;stroke-width:1}\
.chart .hat{stroke:#272120;stroke-width:1.2;opacity:.5}\
.chart .neg{fill:#596b72}.chart .tot{fill:#272120}.chart .link{stroke:#857b76;stroke-width:1;stroke-dasharray:2 3;fill:none}\
.chart .bandl{stroke:#8a5a00;stroke-width:1.5;stroke-dasharray:4 3}\
.chart .l1{stroke:#763256;stroke-width:2.5;fill:none}.chart .l2{stroke:#272120;stroke-width:2;fill:none;stroke-dasharray:7 4}\
.chart .a1{fill:#763256;opacity:.13}.chart .a2{fill:#272120;opacity:.08}\
.chart .tick{stroke:#763256;stroke-width:1.5}.chart .tick2{stroke:#272120;stroke-width:1.5}";
