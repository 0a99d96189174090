//! Judging duplicates: two records side by side, differences marked, weights as a waterfall.

use askama::Template;

use super::chart::{Push, Svg, signed, waterfall};
use super::diff::{Marked, marked};
use super::enrol::town_name;
use super::people::{registry_word, told};
use super::{Shell, mask};
use crate::app::PairPage;
use crate::domain::Guarded;
use crate::domain::survivor::{Field, survivors};
use crate::domain::town::Towns;
use crate::matching::linkage::{Comparison, Judgement};
use crate::web::i18n::Text;

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
    /// Which side's value is shown first once they are one person; neither where both are kept or nothing differs.
    pub kept: (bool, bool),
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
    /// Whether there are weights to show.
    pub judged: bool,
    /// The estimate, in tenths of a percent.
    pub per_mille: u32,
    /// The review interval in percent.
    pub interval: (String, String),
    /// The waterfall for a desk and for a phone.
    pub waterfalls: (Svg, Svg),
    /// The row version the decision is taken on.
    pub version: i64,
    /// Where the next pair is.
    pub next: String,
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

/// Both sides of a pair, compared field by field. Numbers stay masked: the differing characters that are seen are marked, and the word beside
/// them counts the hidden ones too.
pub fn compared(page: &PairPage, towns: &Towns, text: Text) -> Vec<Compared> {
    let judgement = page.judgement.as_ref();
    let (a, b) = (Told::of(page, Of::Left, towns, text), Told::of(page, Of::Right, towns, text));
    let level = |comparison: Comparison| judgement.and_then(|j| j.evidence.iter().find(|e| e.comparison == comparison)).map(|e| e.level);
    let mut rows = Vec::new();
    for (key, comparison, a, b) in [
        ("field-name", Some(Comparison::Name), &a.name, &b.name),
        ("field-birth", Some(Comparison::Birth), &a.birth, &b.birth),
        ("field-sex", Some(Comparison::Sex), &a.sex, &b.sex),
        ("field-document", Some(Comparison::Document), &a.document, &b.document),
        ("field-phone", Some(Comparison::Phone), &a.phone, &b.phone),
        ("field-mail", Some(Comparison::Mail), &a.mail, &b.mail),
        ("field-address", Some(Comparison::Address), &a.address, &b.address),
        ("registry", None, &a.registries, &b.registries),
    ] {
        let level = comparison.and_then(level);
        let agreement = match (a.is_empty(), b.is_empty()) {
            (true, true) => Agreement::Silent,
            (true, false) | (false, true) => Agreement::OneSided,
            // A village's group is no house number to the comparison, but to the reader the same text is the same.
            (false, false) if comparison == Some(Comparison::Address) && a == b => Agreement::Same,
            (false, false) => level.map_or(Agreement::Silent, agreement_of),
        };
        let word = match agreement {
            Agreement::Alike | Agreement::Different => level.map(|l| text.t(&format!("level-{l}"))).unwrap_or_default(),
            _ => String::new(),
        };
        let differs = matches!(agreement, Agreement::Alike | Agreement::Different);
        let side = |value: &str| if value.is_empty() { Marked::plain(text.t("empty-value")) } else { Marked::plain(value) };
        let (left, right) = if differs { marked(a, b) } else { (side(a), side(b)) };
        let kept = if differs { comparison.map_or((false, false), |c| kept_of(page, c)) } else { (false, false) };
        rows.push(Compared { label: text.t(key), left, right, agreement, word, kept });
    }
    rows
}

/// Whose value would count for a field that a person has one of.
fn kept_of(page: &PairPage, comparison: Comparison) -> (bool, bool) {
    let field = match comparison {
        Comparison::Name => Field::Name,
        Comparison::Birth => Field::Birth,
        Comparison::Sex => Field::Sex,
        Comparison::Address => Field::Address,
        _ => return (false, false),
    };
    let left = told(&page.left);
    let all: Vec<_> = left.iter().copied().chain(page.right.iter().flat_map(told)).collect();
    let Some(kept) = survivors(&all).into_iter().find(|k| k.field == field) else { return (false, false) };
    let of_left = left.iter().any(|t| t.record == kept.record);
    (of_left, !of_left)
}

/// How a level of the linkage reads.
fn agreement_of(level: &str) -> Agreement {
    match level {
        "same" | "exact" | "same-house" => Agreement::Same,
        "different" | "surname-only" => Agreement::Different,
        "missing" => Agreement::OneSided,
        _ => Agreement::Alike,
    }
}

/// What to think of before joining: a text key, or nothing.
pub fn warning_of(judgement: &Judgement) -> &'static str {
    let level = |comparison: Comparison| judgement.evidence.iter().find(|e| e.comparison == comparison).map_or("missing", |e| e.level);
    if level(Comparison::Document) == "different" {
        "warning-document"
    } else if level(Comparison::Birth) == "same" && !matches!(level(Comparison::Name), "exact" | "same-shape" | "reordered") {
        "warning-twins"
    } else if level(Comparison::Phone) == "same" && !matches!(level(Comparison::Birth), "same" | "missing") {
        "warning-family"
    } else {
        ""
    }
}

/// The waterfall of a judgement, for a desk and for a phone.
pub fn waterfalls(judgement: &Judgement, text: Text) -> (Svg, Svg) {
    let steps: Vec<Push> = judgement
        .evidence
        .iter()
        .map(|e| Push {
            short: text.t(if e.comparison == Comparison::Prior { "waterfall-start-short" } else { comparison_word(e.comparison) }),
            label: match e.comparison {
                Comparison::Prior => text.t("waterfall-start"),
                other => text.xy("waterfall-step", text.t(comparison_word(other)), text.t(&format!("level-{}", e.level))),
            },
            bits: e.bits,
        })
        .collect();
    let (band, total) = (text.t("waterfall-band"), text.t("waterfall-sum"));
    let label = text.x("waterfall-label", signed(judgement.weight));
    let draw = |wide| waterfall(wide, &steps, BAND, (&band, &total), &label);
    (draw(true), draw(false))
}

/// The review interval in bits: 5 % and 99 % (matching::linkage::decide).
const BAND: (f64, f64) = (-4.248, 6.629);

const fn comparison_word(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Prior => "waterfall-start",
        Comparison::Name => "field-name",
        Comparison::Birth => "field-birth",
        Comparison::Sex => "field-sex",
        Comparison::Document => "field-document",
        Comparison::Phone => "field-phone",
        Comparison::Mail => "field-mail",
        Comparison::Address => "field-address",
    }
}

/// A side of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The left.
    Left,
    /// The right.
    Right,
}

/// What one side tells, latest first.
#[derive(Default)]
struct Told {
    name: String,
    birth: String,
    sex: String,
    document: String,
    phone: String,
    mail: String,
    address: String,
    registries: String,
}

impl Told {
    fn of(page: &PairPage, side: Of, towns: &Towns, text: Text) -> Self {
        let person = match (side, &page.right) {
            (Of::Left, _) => &page.left,
            (Of::Right, Some(right)) => right,
            (Of::Right, None) => return Self::default(),
        };
        let mut records: Vec<_> = person.records().collect();
        records.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.id)));
        let identities: Vec<_> = records.iter().filter_map(|r| r.identity.as_ref()).map(Guarded::reveal).collect();
        let contacts: Vec<_> = records.iter().filter_map(|r| r.contact.as_ref()).map(Guarded::reveal).collect();
        let mut registries: Vec<String> = Vec::new();
        for enrolment in person.enrolments() {
            let word = registry_word(enrolment.registry, text);
            if !registries.contains(&word) {
                registries.push(word);
            }
        }
        let address = contacts.iter().find_map(|c| c.address.as_ref());
        Self {
            name: identities.first().map(|i| i.name.as_str().to_owned()).unwrap_or_default(),
            birth: identities
                .iter()
                .find_map(|i| i.birth)
                .map(|b| b.day().map_or_else(|| b.year().to_string(), |d| d.to_string()))
                .unwrap_or_default(),
            sex: identities.iter().find(|i| i.sex.is_some()).map(|i| mask::sex(i.sex, text)).unwrap_or_default(),
            document: identities.iter().flat_map(|i| &i.documents).map(mask::document).next().unwrap_or_default(),
            phone: contacts.iter().flat_map(|c| &c.phones).map(mask::phone).next().unwrap_or_default(),
            mail: contacts.iter().flat_map(|c| &c.mails).map(mask::mail).next().unwrap_or_default(),
            address: address.map(|a| if a.text.is_empty() { town_name(a.town, towns, text) } else { a.text.clone() }).unwrap_or_default(),
            registries: registries.join(&text.t("list-comma")),
        }
    }
}

/// The registries of one side, in words.
pub fn registries_of(page: &PairPage, side: Of, towns: &Towns, text: Text) -> String {
    Told::of(page, side, towns, text).registries
}
