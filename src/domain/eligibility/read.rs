//! A rule set's file, read strictly: an unknown word, a missing clause or a value that cannot be is an error with its place.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use super::{
    AgeRule, Basis, CapRule, Cite, DeferralRule, DonationKind, Donors, IntervalRule, Limit, RuleSet, StationRule, VolumeRule, Window,
};
use crate::domain::person::Sex;
use crate::domain::span::Span;

/// Why a rule set cannot be used. It quotes the rules as written, which name nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFlaw {
    /// Not TOML, or not of this shape; the reader's message names the line.
    #[error("the rule set cannot be read: {0}")]
    Shape(String),
    /// A value that cannot be.
    #[error("{place}: {what}")]
    Value {
        /// Which part of the file.
        place: &'static str,
        /// What is wrong and what to write.
        what: &'static str,
    },
    /// It amends a set that is not there, or one that amends it.
    #[error("`amends` names a rule set that is not there or that amends this one")]
    Amends,
    /// Two sets begin on one day, so that neither could be chosen.
    #[error("another rule set is in force from the same day")]
    SameDay,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct RuleDay(#[serde(deserialize_with = "crate::domain::time::rule_date")] NaiveDate);

fn span<'de, D: Deserializer<'de>>(from: D) -> Result<Span, D::Error> {
    let text = String::deserialize(from)?;
    let forward = Span::parse(&text).filter(|span| span.months >= 0 && span.days >= 0);
    forward.ok_or_else(|| serde::de::Error::custom("expected a time such as `6 months`, `90 days` or `2 weeks`"))
}

fn maybe_span<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Span>, D::Error> {
    span(from).map(Some)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: String,
    title_en: String,
    source: String,
    valid_from: Option<RuleDay>,
    amends: Option<String>,
    #[serde(default)]
    age: Vec<Age>,
    #[serde(default)]
    interval: Vec<Interval>,
    #[serde(default)]
    cap: Vec<Cap>,
    #[serde(default)]
    volume: Vec<Volume>,
    #[serde(default)]
    station: Vec<Station>,
    #[serde(default)]
    deferral: Vec<Deferral>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Age {
    of: Donors,
    min: u32,
    max: Option<u32>,
    #[serde(default)]
    by_physician: bool,
    clause: String,
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Interval {
    after: DonationKind,
    before: DonationKind,
    #[serde(deserialize_with = "span")]
    span: Span,
    #[serde(default, deserialize_with = "maybe_span")]
    by_physician: Option<Span>,
    clause: String,
    basis: Basis,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenSex {
    Male,
    Female,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cap {
    kind: DonationKind,
    sex: Option<WrittenSex>,
    most: Option<u32>,
    millilitres: Option<u32>,
    window: Window,
    clause: String,
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Volume {
    kind: DonationKind,
    #[serde(default)]
    millilitres: Vec<u32>,
    #[serde(default)]
    units: Vec<u32>,
    clause: String,
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Station {
    zh: String,
    en: String,
    clause: String,
    basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deferral {
    zh: String,
    en: String,
    #[serde(deserialize_with = "span")]
    span: Span,
    clause: String,
    basis: Basis,
}

const fn flaw(place: &'static str, what: &'static str) -> RuleFlaw {
    RuleFlaw::Value { place, what }
}

/// An id: small letters, digits and dashes, at most forty.
fn is_id(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

impl RuleSet {
    /// Reads a rule set.
    ///
    /// # Errors
    /// [`RuleFlaw`] naming the place: an unknown word, a missing clause, a value that cannot be.
    pub fn from_toml(text: &str) -> Result<Self, RuleFlaw> {
        let file: File = toml::from_str(text).map_err(|e| RuleFlaw::Shape(e.to_string()))?;
        if !is_id(&file.id) {
            return Err(flaw("id", "write small letters, digits and dashes, at most forty"));
        }
        let id: Arc<str> = file.id.into();
        let cite = |place, clause: String, basis| {
            let clause = clause.trim().to_owned();
            if clause.is_empty() { Err(flaw(place, "every value names its clause")) } else { Ok(Cite { set: id.clone(), clause, basis }) }
        };
        let mut set = Self {
            title: file.title,
            title_en: file.title_en,
            source: file.source,
            valid_from: file.valid_from.map(|day| day.0),
            amends: file.amends,
            ages: Vec::new(),
            intervals: Vec::new(),
            caps: Vec::new(),
            volumes: Vec::new(),
            station: Vec::new(),
            deferrals: Vec::new(),
            id: id.clone(),
        };
        if set.source.trim().is_empty() || set.title.trim().is_empty() || set.title_en.trim().is_empty() {
            return Err(flaw("title and source", "both names and the source have to be there"));
        }
        for age in file.age {
            if !(1..=120).contains(&age.min) || age.max.is_some_and(|max| max < age.min || max > 120) {
                return Err(flaw("[[age]]", "ages are from 1 to 120, and the oldest is not below the youngest"));
            }
            if set.ages.iter().any(|a| a.of == age.of) {
                return Err(flaw("[[age]]", "one rule for `first` and one for `repeat`"));
            }
            let cite = cite("[[age]]", age.clause, age.basis)?;
            set.ages.push(AgeRule { of: age.of, min: age.min, max: age.max, by_physician: age.by_physician, cite });
        }
        for i in file.interval {
            if set.intervals.iter().any(|other| (other.after, other.before) == (i.after, i.before)) {
                return Err(flaw("[[interval]]", "one interval for each `after` and `before`"));
            }
            if i.span == Span::ZERO {
                return Err(flaw("[[interval]]", "leave an interval of nothing out"));
            }
            let cite = cite("[[interval]]", i.clause, i.basis)?;
            set.intervals.push(IntervalRule { after: i.after, before: i.before, span: i.span, by_physician: i.by_physician, cite });
        }
        for cap in file.cap {
            let limit = match (cap.most, cap.millilitres) {
                (Some(most), None) if (1..=366).contains(&most) => Limit::Donations(most),
                (None, Some(ml)) if ml >= 1 => Limit::Millilitres(ml),
                _ => return Err(flaw("[[cap]]", "write either `most` (1 to 366) or `millilitres`")),
            };
            let sex = cap.sex.map(|sex| match sex {
                WrittenSex::Male => Sex::Male,
                WrittenSex::Female => Sex::Female,
            });
            let cite = cite("[[cap]]", cap.clause, cap.basis)?;
            set.caps.push(CapRule { kind: cap.kind, sex, limit, window: cap.window, cite });
        }
        for v in file.volume {
            if v.millilitres.is_empty() && v.units.is_empty() || v.millilitres.iter().chain(&v.units).any(|n| *n == 0) {
                return Err(flaw("[[volume]]", "list the millilitres or the units that may be given"));
            }
            let cite = cite("[[volume]]", v.clause, v.basis)?;
            set.volumes.push(VolumeRule { kind: v.kind, millilitres: v.millilitres, units: v.units, cite });
        }
        for s in file.station {
            let cite = cite("[[station]]", s.clause, s.basis)?;
            set.station.push(StationRule { zh: s.zh, en: s.en, cite });
        }
        for d in file.deferral {
            if d.span == Span::ZERO {
                return Err(flaw("[[deferral]]", "leave a deferral of nothing out"));
            }
            let cite = cite("[[deferral]]", d.clause, d.basis)?;
            set.deferrals.push(DeferralRule { zh: d.zh, en: d.en, span: d.span, cite });
        }
        Ok(set)
    }
}
