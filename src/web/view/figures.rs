//! Reports of every kind, what is to be published, plans: the frame around what the reports room writes.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::{Field, Select, Shell, Slips};
use crate::app::{ReportKind, StoredRelease};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::reports::document::{Report, Standing};

/// The sections of a report as the reports room wrote them: every word in them is escaped there, and nothing in them is personal.
#[derive(Debug)]
pub struct Body(String);

impl HtmlSafe for Body {}

impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Body {
    /// The body of a report.
    pub fn of(report: &Report) -> Self {
        Self(report.fragment())
    }
}

/// A way to another report.
#[derive(Debug, Clone)]
pub struct Way {
    /// Where it leads.
    pub href: String,
    /// Its word.
    pub label: String,
    /// Whether it is the page shown.
    pub current: bool,
}

/// The reports in their order; `current` is the path shown.
pub fn ways(s: &Shell, current: &str, query: &str) -> Vec<Way> {
    let all = [
        ("/reports", "report"),
        ("/reports/brief", "report-brief"),
        ("/reports/attrition", "report-attrition"),
        ("/reports/reneging", "report-reneging"),
        ("/reports/targets", "report-targets"),
        ("/reports/retention-stem-cell", "report-retention"),
        ("/reports/public", "report-public"),
        ("/activities", "activities-way"),
    ];
    let curves = |path: &str| path.contains("/retention-");
    let same = |path: &str| path == current || curves(path) && curves(current);
    all.into_iter()
        .map(|(path, word)| Way {
            // Activities go by calendar years, not by the days of a report.
            href: if query.is_empty() || path == "/activities" { path.to_owned() } else { format!("{path}?{query}") },
            label: s.t(word),
            current: same(path),
        })
        .collect()
}

/// The registries whose retention is shown.
pub fn retentions(s: &Shell, kind: ReportKind, query: &str) -> Vec<Way> {
    let ReportKind::Retention(shown) = kind else { return Vec::new() };
    Registry::ALL
        .into_iter()
        .map(|r| Way {
            href: format!("/reports/retention-{}?{query}", r.word()),
            label: s.t(&format!("registry-{}", r.word())),
            current: r == shown,
        })
        .collect()
}

/// A report of one kind.
#[derive(Debug, Template)]
#[template(path = "page/report_kind.html")]
pub struct Kind {
    /// The frame.
    pub s: Shell,
    /// Its title.
    pub title: String,
    /// What stands below the title.
    pub about: Vec<(String, String)>,
    /// The other reports.
    pub ways: Vec<Way>,
    /// The registries to choose from.
    pub choices: Vec<Way>,
    /// The form for other days.
    pub days: [Field; 2],
    /// Its path.
    pub path: String,
    /// The days as a query.
    pub query: String,
    /// The sections.
    pub body: Body,
    /// Whether a drawing can be had as a file.
    pub drawn: bool,
}

impl Kind {
    /// Whether plans and figures can be entered from here.
    fn may_enter(&self) -> bool {
        self.path == "/reports/targets" && self.s.may(Right::Publish)
    }
}

/// A release in a list.
#[derive(Debug, Clone)]
pub struct ReleaseLine {
    /// Its number.
    pub number: i64,
    /// Of which day.
    pub as_of: String,
    /// When it was made.
    pub prepared: String,
    /// When it was approved; empty while it waits.
    pub approved: String,
}

impl ReleaseLine {
    /// A line of a stored release; `printed` prints an instant.
    pub fn of(stored: &StoredRelease, printed: impl Fn(crate::domain::time::Timestamp) -> String) -> Self {
        Self {
            number: stored.number,
            as_of: stored.release.as_of.to_string(),
            prepared: printed(stored.prepared_at),
            approved: stored.approved_at.map(printed).unwrap_or_default(),
        }
    }
}

/// What is to be published: releases that wait, and those that are out.
#[derive(Debug, Template)]
#[template(path = "page/publication.html")]
pub struct Publication {
    /// The frame.
    pub s: Shell,
    /// The other reports.
    pub ways: Vec<Way>,
    /// Every release.
    pub releases: Vec<ReleaseLine>,
    /// The day to prepare one for.
    pub day: Field,
    /// What is wrong.
    pub slips: Slips,
}

impl Publication {
    fn may_publish(&self) -> bool {
        self.s.may(Right::Publish)
    }
}

/// One release as it would stand before the public.
#[derive(Debug, Template)]
#[template(path = "page/release.html")]
pub struct Release {
    /// The frame.
    pub s: Shell,
    /// Which.
    pub number: i64,
    /// Its title.
    pub title: String,
    /// What stands below the title.
    pub about: Vec<(String, String)>,
    /// The sections.
    pub body: Body,
    /// How far it is.
    pub standing: Standing,
}

impl Release {
    fn waits(&self) -> bool {
        !matches!(self.standing, Standing::Approved(..)) && self.s.may(Right::Publish)
    }
}

/// The page for everybody.
#[derive(Debug, Template)]
#[template(path = "page/public.html")]
pub struct Public {
    /// The frame.
    pub s: Shell,
    /// The release shown; none before the first.
    pub shown: Option<Shown>,
    /// Every release that is out.
    pub releases: Vec<ReleaseLine>,
}

/// The release on the page for everybody.
#[derive(Debug)]
pub struct Shown {
    /// Which.
    pub number: i64,
    /// What stands below the title.
    pub about: Vec<(String, String)>,
    /// The sections.
    pub body: Body,
}

/// Plans and their figures.
#[derive(Debug, Template)]
#[template(path = "page/plans.html")]
pub struct Plans {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Which figure is entered.
    pub indicator: Select,
    /// From, to, value, source, evidence.
    pub figure: [Field; 5],
    /// Name, from, to, indicators.
    pub plan: [Field; 4],
}
