//! Judging duplicates: two records side by side, differences marked, weights as a waterfall.

use askama::Template;

use super::Shell;
use super::chart::Svg;
use super::diff::Marked;

/// How two values compare, named in a word beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// The same.
    Same,
    /// Alike: traditional and simplified, same sound, one character off, same town.
    Alike,
    /// Different.
    Different,
    /// One side is empty.
    OneSided,
    /// Nothing to compare.
    Silent,
}

/// One row of the comparison.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The field's word.
    pub label: String,
    /// The left value, marked.
    pub left: Marked,
    /// The right value, marked.
    pub right: Marked,
    /// How they compare.
    pub agreement: Agreement,
    /// The word for it; empty takes the agreement's own.
    pub word: String,
}

/// The head of one side.
#[derive(Debug, Clone)]
pub struct Side {
    /// Public id.
    pub person: String,
    /// Registries, in words.
    pub registries: String,
}

/// A pair to be judged.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Path of this pair.
    pub href: String,
    /// Both heads.
    pub sides: (Side, Side),
    /// The rows.
    pub rows: Vec<Compared>,
    /// A warning: twins, father and son, a family's phone; a text key, or empty.
    pub warning: String,
    /// The estimate, in tenths of a percent.
    pub per_mille: u32,
    /// The review interval in percent.
    pub interval: (String, String),
    /// The waterfall for a desk and for a phone.
    pub waterfalls: (Svg, Svg),
    /// The row version the decision is taken on.
    pub version: i64,
}

/// The queue with the pair on top.
#[derive(Debug, Template)]
#[template(path = "page/duplicates.html")]
pub struct Duplicates {
    /// The frame.
    pub s: Shell,
    /// How many wait.
    pub waiting: u64,
    /// Which of them this is.
    pub position: u64,
    /// The pair, if any waits.
    pub pair: Option<Pair>,
}

impl Duplicates {
    fn word(&self, row: &Compared) -> String {
        if !row.word.is_empty() {
            return row.word.clone();
        }
        match row.agreement {
            Agreement::Same => self.s.t("agree-same"),
            Agreement::Alike => self.s.t("agree-alike"),
            Agreement::Different => self.s.t("agree-different"),
            Agreement::OneSided => self.s.t("agree-one-sided"),
            Agreement::Silent => String::new(),
        }
    }

    fn class(&self, row: &Compared) -> &'static str {
        match row.agreement {
            Agreement::Same => "tag tag--ok",
            Agreement::Alike => "tag tag--warn",
            Agreement::Different => "tag tag--stop",
            Agreement::OneSided | Agreement::Silent => "tag",
        }
    }

    fn differs(&self, row: &Compared) -> bool {
        matches!(row.agreement, Agreement::Alike | Agreement::Different)
    }

    fn percent(&self, pair: &Pair) -> String {
        format!("{}.{}%", pair.per_mille / 10, pair.per_mille % 10)
    }
}

/// A decision taken.
#[derive(Debug, Clone)]
pub struct DecidedLine {
    /// Public ids.
    pub persons: (String, String),
    /// Key of the decision: `same`, `different`, `later`.
    pub decision: String,
    /// By whom.
    pub by: String,
    /// When.
    pub when: String,
    /// Where its undoing is posted; empty where nothing can be undone.
    pub undo: String,
}

/// Decisions taken, newest first.
#[derive(Debug, Template)]
#[template(path = "page/decided.html")]
pub struct Decided {
    /// The frame.
    pub s: Shell,
    /// The decisions.
    pub rows: Vec<DecidedLine>,
}

impl Decided {
    fn word(&self, row: &DecidedLine) -> String {
        self.s.text().t(&format!("decision-{}", row.decision))
    }
}
