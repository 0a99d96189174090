//! Importing a sheet: upload, staged preview, result; the correction list.

use askama::Template;

use super::chart::Svg;
use super::{Choice, Field, Select, Shell, Slips, mask};
use crate::app::CorrectionItem;
use crate::domain::Guarded;
use crate::domain::correction::told_as;
use crate::domain::problem::{ProblemCode, Severity};
use crate::domain::source::ImportSource;
use crate::web::i18n::Text;

/// Choosing a file.
#[derive(Debug, Template)]
#[template(path = "page/import.html")]
pub struct ImportStart {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The registry the sheet belongs to.
    pub registry: Choice,
    /// The day on which ages are judged.
    pub day: Field,
    /// The drive, where it belongs to one.
    pub drive: Select,
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, Default)]
pub struct Outcomes {
    /// Taken in.
    pub accepted: u64,
    /// Taken in with a field kept aside.
    pub review: u64,
    /// Nothing taken in.
    pub refused: u64,
    /// Blank, header, section, sub-total, footer.
    pub skipped: u64,
    /// Persons new to the registry.
    pub new: u64,
    /// Persons on file already.
    pub known: u64,
    /// Rows that resemble somebody and are queued.
    pub to_compare: u64,
}

impl Outcomes {
    /// Rows written.
    pub fn written(&self) -> u64 {
        self.accepted + self.review
    }
}

/// A problem in words, with how many rows have it.
#[derive(Debug, Clone)]
pub struct ProblemLine {
    /// The code.
    pub code: ProblemCode,
    /// What a row with it comes to.
    pub severity: Severity,
    /// How many rows.
    pub rows: u64,
}

/// One entry of the correction list.
#[derive(Debug, Clone)]
pub struct CorrectionLine {
    /// Where it is worked on.
    pub href: String,
    /// The row in the sheet.
    pub row: Option<i64>,
    /// The field's word.
    pub field: String,
    /// The registrant's name, masked.
    pub name: String,
    /// The code.
    pub code: ProblemCode,
    /// The value kept aside, masked; empty where there is none.
    pub value: String,
}

impl CorrectionLine {
    /// A line of the list, masked.
    pub fn of(item: &CorrectionItem, text: Text) -> Option<Self> {
        Some(Self {
            href: format!("/corrections/{}", item.id),
            row: item.row,
            field: field_word(&item.field, text),
            name: item.name.as_ref().map(|n| mask::name(n.reveal())).unwrap_or_default(),
            code: item.problem?,
            value: item.value.as_ref().map(|v| mask::raw(v.reveal())).unwrap_or_default(),
        })
    }
}

/// The word of a field of the correction list.
pub fn field_word(field: &str, text: Text) -> String {
    let key = format!("kept-{}", told_as(field));
    if text.has(&key) { text.t(&key) } else { text.t("kept-other") }
}

/// The name on file, opened for the registrar who puts its data right.
pub fn name_of(item: &CorrectionItem) -> Guarded<String> {
    Guarded::new(item.name.as_ref().map(|n| n.reveal().as_str().to_owned()).unwrap_or_default())
}

/// The staged import before it is written, or its result afterwards.
#[derive(Debug, Template)]
#[template(path = "page/import_preview.html")]
pub struct ImportPreview {
    /// The frame.
    pub s: Shell,
    /// Path of this import.
    pub href: String,
    /// What the office calls file and worksheet.
    pub source: Guarded<ImportSource>,
    /// Sheet, header rows, encoding: what was read, in words.
    pub read: Vec<String>,
    /// Counts.
    pub outcomes: Outcomes,
    /// The bar for a desk and for a phone.
    pub bars: (Svg, Svg),
    /// The problems, worst first.
    pub problems: Vec<ProblemLine>,
    /// Rows with problems: number, outcome key, codes.
    pub rows: Vec<(u32, String, Vec<String>)>,
    /// How many rows have problems beyond those shown.
    pub beyond: u64,
    /// Whether it was written.
    pub done: bool,
    /// Whether the file was imported before.
    pub again: bool,
}

impl ImportPreview {
    fn file(&self) -> &str {
        &self.source.reveal().file
    }

    fn sheet(&self) -> &str {
        &self.source.reveal().sheet
    }

    fn what(&self, code: &ProblemCode) -> String {
        self.s.text().t(&format!("problem-{code}"))
    }

    fn todo(&self, code: &ProblemCode) -> String {
        self.s.text().t(&format!("problem-{code}-do"))
    }

    fn outcome(&self, severity: &Severity) -> (&'static str, String) {
        outcome(&self.s, *severity)
    }
}

fn outcome(s: &Shell, severity: Severity) -> (&'static str, String) {
    match severity {
        Severity::Noted => ("tag", s.t("outcome-noted")),
        Severity::Review => ("tag tag--warn", s.t("outcome-review")),
        Severity::Refused => ("tag tag--stop", s.t("outcome-refused")),
    }
}

/// The correction list.
#[derive(Debug, Template)]
#[template(path = "page/corrections.html")]
pub struct Corrections {
    /// The frame.
    pub s: Shell,
    /// How many wait.
    pub total: u64,
    /// Those shown.
    pub rows: Vec<CorrectionLine>,
    /// Where the next ones are; empty where there are none.
    pub next: String,
}

impl Corrections {
    fn what(&self, code: &ProblemCode) -> String {
        self.s.text().t(&format!("problem-{code}"))
    }
}

/// One kept-aside value, opened for correcting.
#[derive(Debug, Template)]
#[template(path = "page/correction.html")]
pub struct Correction {
    /// The frame.
    pub s: Shell,
    /// Where it is posted.
    pub action: String,
    /// The field's word and the row of the sheet.
    pub field_name: String,
    /// The row of the sheet.
    pub row: Option<i64>,
    /// The registrant's name.
    pub name: Guarded<String>,
    /// The code.
    pub code: ProblemCode,
    /// The value kept aside.
    pub value: Guarded<String>,
    /// What is wrong with the correction.
    pub slips: Slips,
    /// The corrected value.
    pub field: Field,
    /// The row version the correction is made on.
    pub version: i64,
    /// Where a standing is decided: the person's page; empty for a value that is typed.
    pub standing: String,
}

impl Correction {
    fn what(&self) -> String {
        self.s.text().t(&format!("problem-{}", self.code))
    }

    fn todo(&self) -> String {
        self.s.text().t(&format!("problem-{}-do", self.code))
    }

    /// Whether the sheet's standing is behind the one on file: there is nothing to decide on the person's page, only to check.
    fn behind(&self) -> bool {
        self.code == ProblemCode::StatusBehind
    }

    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}
