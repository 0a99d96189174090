//! What may be typed after `report` and `survival`.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::{Args, ValueEnum};

use super::registry;
use crate::domain::registry::Registry;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportKind {
    /// Who is on file.
    Pool,
    /// Who came in and went out.
    Flows,
    /// Losses in person-time, beside the share verified.
    Attrition,
    /// Match requests by stage, follow-ups, donations among deaths.
    Reneging,
    /// How far the plan is.
    Targets,
    /// What may be published: small counts held back. Prepares a release that stays as it is.
    Public,
    /// Curves of staying, by cohort (--registry).
    Retention,
    /// One page for the superior.
    Brief,
    /// Follow-up figures of another source (--figures), checked for people without an outcome.
    Funnel,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Html,
    Svg,
    Csv,
    Xlsx,
    Json,
}

#[derive(Debug, Args)]
#[command(after_help = "A period begins with --from, else with the year of --as-of. Reports open nothing but the statistics key.

Examples:
  donor-registry report pool --as-of 2026-11-23 --format xlsx --output pool.xlsx
  donor-registry report attrition --from 2026-01-01 --as-of 2026-06-30 --format html --output attrition.html
  donor-registry report public --as-of 2026-10-31 --format csv --output public.csv     (further tables: public.2.csv, public.3.csv)
  donor-registry report retention --registry stem-cell --as-of 2026-11-23 --format svg --output retention.svg
  donor-registry report funnel --figures figures.csv --as-of 2024-07-16 --format html --output funnel.html")]
pub struct Report {
    /// Which report.
    #[arg(value_enum)]
    pub kind: ReportKind,
    /// The day it speaks of.
    #[arg(long)]
    pub as_of: NaiveDate,
    /// The first day of the period; the first of January where it is left out.
    #[arg(long)]
    pub from: Option<NaiveDate>,
    /// Whose retention.
    #[arg(long, value_parser = registry, default_value = "stem-cell")]
    pub registry: Registry,
    /// A CSV file with an item and a count a row: due, tried, reached, followed_up, and the outcomes.
    #[arg(long, value_name = "F.csv")]
    pub figures: Option<PathBuf>,
    /// The form of the answer.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    pub format: Format,
    /// In English instead of Chinese.
    #[arg(long)]
    pub english: bool,
    /// The file.
    #[arg(long, value_name = "F")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Kaplan-Meier with log-log intervals; with --group the log-rank test; with several causes Aalen-Johansen incidence.
At risk at t is who has entry < t <= time. Empty lines are passed over; a cell that cannot be ends the command with its row number.

Examples:
  donor-registry survival trial.csv --time weeks --event relapse --group arm
  donor-registry survival donors.csv --time years --event reason --entry verified --format html > retention.html
  donor-registry survival donors.csv --time years --event reason --format svg --english > retention.svg")]
pub struct Survival {
    /// The file (UTF-8 CSV with a header).
    pub file: PathBuf,
    /// The column of times.
    #[arg(long)]
    pub time: String,
    /// The column of events: 0 censored, 1, 2 ... causes.
    #[arg(long)]
    pub event: String,
    /// The column of entry times (delayed entry).
    #[arg(long)]
    pub entry: Option<String>,
    /// The column of groups.
    #[arg(long)]
    pub group: Option<String>,
    /// The form of the answer: json, svg or html.
    #[arg(long, value_enum, default_value_t = Format::Json)]
    pub format: Format,
    /// Words of the drawing and the page in English instead of Chinese.
    #[arg(long)]
    pub english: bool,
}
