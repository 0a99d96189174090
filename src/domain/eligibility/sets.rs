//! Every rule set known, and which of them is in force on a day.

use chrono::NaiveDate;

use super::read::RuleFlaw;
use super::{AgeRule, CapRule, IntervalRule, RuleSet, VolumeRule};

/// All rule sets, each complete: what a set does not say is taken from the one it amends, with its clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSets {
    /// Those in force on some day, by that day; then the others by id.
    sets: Vec<RuleSet>,
}

/// The files shipped with the program.
const SHIPPED: [&str; 4] = [
    include_str!("../../../rules/eligibility/gb-18467-2011.toml"),
    include_str!("../../../rules/eligibility/blood-law-draft-2025.toml"),
    include_str!("../../../rules/eligibility/uk-jpac.toml"),
    include_str!("../../../rules/eligibility/eu-2004-33.toml"),
];

impl RuleSets {
    /// The text of each shipped file.
    pub const fn shipped_texts() -> &'static [&'static str] {
        &SHIPPED
    }

    /// The sets shipped with the program.
    pub fn shipped() -> Self {
        Self::read(&SHIPPED).expect("the shipped rule sets are read by a test")
    }

    /// Reads sets; of two with one id the later counts.
    ///
    /// # Errors
    /// [`RuleFlaw`] of the first that cannot be used.
    pub fn read(texts: &[&str]) -> Result<Self, RuleFlaw> {
        let mut raw: Vec<RuleSet> = Vec::new();
        for text in texts {
            let set = RuleSet::from_toml(text)?;
            match raw.iter_mut().find(|other| other.id == set.id) {
                Some(other) => *other = set,
                None => raw.push(set),
            }
        }
        let mut sets = raw.iter().map(|set| complete(set, &raw, raw.len())).collect::<Result<Vec<_>, _>>()?;
        sets.sort_by(|a, b| (a.valid_from.is_none(), a.valid_from, &a.id).cmp(&(b.valid_from.is_none(), b.valid_from, &b.id)));
        let dated = || sets.iter().filter_map(|set| set.valid_from);
        if dated().zip(dated().skip(1)).any(|(a, b)| a == b) {
            return Err(RuleFlaw::SameDay);
        }
        Ok(Self { sets })
    }

    /// Every set: those in force by their day, then the others.
    pub fn all(&self) -> &[RuleSet] {
        &self.sets
    }

    /// A set by its id.
    pub fn named(&self, id: &str) -> Option<&RuleSet> {
        self.sets.iter().find(|set| &*set.id == id)
    }

    /// The sets in force at some time, with the first day of each, by that day.
    pub fn in_force(&self) -> impl Iterator<Item = (NaiveDate, &RuleSet)> {
        self.sets.iter().filter_map(|set| set.valid_from.map(|from| (from, set)))
    }

    /// The set in force on a day.
    pub fn on(&self, day: NaiveDate) -> Option<&RuleSet> {
        self.in_force().take_while(|(from, _)| *from <= day).last().map(|(_, set)| set)
    }
}

/// A set with what it does not say taken from the one it amends.
fn complete(set: &RuleSet, all: &[RuleSet], depth: usize) -> Result<RuleSet, RuleFlaw> {
    let Some(base) = &set.amends else { return Ok(set.clone()) };
    let deeper = depth.checked_sub(1).ok_or(RuleFlaw::Amends)?;
    let base = all.iter().find(|other| *other.id == **base).ok_or(RuleFlaw::Amends)?;
    let base = complete(base, all, deeper)?;
    let mut out = set.clone();
    out.ages.extend(missing(base.ages, &set.ages, |a: &AgeRule, b| a.of == b.of));
    out.intervals.extend(missing(base.intervals, &set.intervals, |a: &IntervalRule, b| (a.after, a.before) == (b.after, b.before)));
    out.caps.extend(missing(base.caps, &set.caps, |a: &CapRule, b| (a.kind, a.sex) == (b.kind, b.sex)));
    out.volumes.extend(missing(base.volumes, &set.volumes, |a: &VolumeRule, b| a.kind == b.kind));
    if out.station.is_empty() {
        out.station = base.station;
    }
    if out.deferrals.is_empty() {
        out.deferrals = base.deferrals;
    }
    Ok(out)
}

/// What of a base no rule of one's own replaces.
fn missing<'a, T>(base: Vec<T>, own: &'a [T], same: impl Fn(&T, &T) -> bool + 'a) -> impl Iterator<Item = T> + 'a
where
    T: 'a,
{
    base.into_iter().filter(move |rule| !own.iter().any(|mine| same(rule, mine)))
}
