//! Experiments as policy: which of two ways of asking works better, found out by chance and counting. Pure.
//!
//! A file of the office (`experiment*.toml` in the folder of rules) declares everything before the start: the arms, the outcome, how many
//! people, the difference it must be able to see. One that could not see it is refused, and so is one on anything that may not be tried
//! upon: withdrawal, safety, sensitive questions, people a patient matched. Nobody is left without a contact check in order to learn
//! something; only thanks and blood reminders may be held out.

mod power;

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use crate::domain::Keyed;
use crate::domain::id::PersonId;
use crate::domain::registry::Registry;

use super::compose::Texts;
use super::error::FollowupError;
use super::kind::{Channel, Kind};
use super::policy::{Policies, Rule, RuleId};

pub use power::{detectable, needed};

/// No trial of reminders, calls or wordings moved a share by more than about twelve points (Wevers 2015; Godin 2012): who expects more has
/// not looked, and would call a real effect none.
const PLAUSIBLE: f64 = 0.15;
/// Arms at most: more need more people than a district has.
const ARMS: usize = 4;

/// What counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Answered a link or was reached by a call.
    Answered,
    /// Gave blood.
    Donated,
}

impl Outcome {
    /// The word in files and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Donated => "donated",
        }
    }
}

/// What is done differently in an arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// As the rule says.
    Usual,
    /// The mail has these words: Chinese, English.
    Words(String, String),
    /// The mail leaves between these hours.
    Hours(NaiveTime, NaiveTime),
    /// By another channel, where the person has it.
    By(Channel),
    /// Nothing at all.
    Nothing,
}

/// An arm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// Its name, for the results.
    pub name: String,
    /// Its share of the people, among those of all arms.
    pub share: u32,
    /// What is done.
    pub way: Way,
}

/// An experiment, as declared.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// Its id: lower-case letters, digits, dashes.
    pub id: String,
    /// What it is about, for staff.
    pub title: String,
    /// The rules it changes.
    pub rules: Vec<RuleId>,
    /// The first day a contact may fall due in it.
    pub starts: NaiveDate,
    /// The last one.
    pub ends: NaiveDate,
    /// Days after a contact within which the outcome counts.
    pub within_days: u32,
    /// What counts.
    pub outcome: Outcome,
    /// People in each arm at least.
    pub size: u64,
    /// The share expected in the usual arm.
    pub usual_share: f64,
    /// The difference it must be able to see.
    pub effect: f64,
    /// The usual arm first.
    pub arms: Vec<Arm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    id: String,
    title: String,
    rules: Vec<String>,
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    starts: NaiveDate,
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    ends: NaiveDate,
    within_days: u32,
    outcome: Outcome,
    size: u64,
    usual_share: f64,
    effect: f64,
    #[serde(rename = "arm")]
    arms: Vec<ReadArm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReadArm {
    name: String,
    #[serde(default = "one")]
    share: u32,
    text_zh: Option<String>,
    text_en: Option<String>,
    hours: Option<String>,
    channel: Option<Channel>,
    #[serde(default)]
    nothing: bool,
}

const fn one() -> u32 {
    1
}

impl Experiment {
    /// Reads a declaration and holds it against the follow-up policy of its first day.
    ///
    /// # Errors
    /// [`FollowupError::PolicySyntax`] and [`FollowupError::PolicyField`], with what is wrong and what is allowed.
    pub fn from_toml(file: &str, text: &str, policies: &Policies) -> Result<Self, FollowupError> {
        let read: Read = toml::from_str(text)
            .map_err(|error| FollowupError::PolicySyntax { file: file.into(), detail: error.to_string().trim_end().into() })?;
        let wrong = |field: &str, problem: String| FollowupError::PolicyField { file: file.into(), field: field.into(), problem };
        if RuleId::parse(&read.id).is_none() {
            return Err(wrong("id", "lower-case letters, digits and dashes are allowed, at most 60".into()));
        }
        if read.starts >= read.ends || !(1..=366).contains(&read.within_days) {
            return Err(wrong("ends", "it must lie after starts, and within_days between 1 and 366".into()));
        }
        let arms = read.arms.into_iter().map(arm).collect::<Result<Vec<Arm>, &str>>().map_err(|problem| wrong("arm", problem.into()))?;
        if !(2..=ARMS).contains(&arms.len()) || arms.iter().any(|arm| arm.share == 0 || arm.share > 100) {
            return Err(wrong("arm", format!("two to {ARMS} arms, each with a share of 1 to 100")));
        }
        let usual = arms.iter().filter(|arm| arm.way == Way::Usual).count();
        if usual != 1 || arms.first().is_none_or(|first| first.way != Way::Usual) {
            return Err(wrong("arm", "the first arm, and no other, does what the rule says".into()));
        }
        let policy = policies.on(read.starts)?;
        let mut rules = Vec::new();
        for word in &read.rules {
            let id = RuleId::parse(word).ok_or_else(|| wrong("rules", "a rule's id is wanted".into()))?;
            let rule = policy.rule(&id).ok_or_else(|| wrong("rules", "no rule of this id is in force on the first day".into()))?;
            for arm in &arms {
                if let Way::Words(zh, en) = &arm.way {
                    Texts::with_words(None, &[rule.kind], zh, en)?;
                }
            }
            may_be_tried(rule, &arms).map_err(|problem| wrong("rules", format!("{id}: {problem}")))?;
            rules.push(id);
        }
        if rules.is_empty() {
            return Err(wrong("rules", "an empty list means nobody".into()));
        }
        let shares = 0.0 < read.usual_share && read.usual_share < 1.0 && read.usual_share + read.effect < 1.0;
        if !shares || read.effect <= 0.0 {
            return Err(wrong("effect", "usual_share and usual_share + effect must lie between 0 and 1, and effect above 0".into()));
        }
        if read.effect > PLAUSIBLE {
            return Err(wrong("effect", format!("more than {PLAUSIBLE} is not plausible: no trial of such a change found as much")));
        }
        let least = needed(read.usual_share, read.effect);
        if least > read.size as f64 {
            let sees = detectable(read.usual_share, read.size).map_or("none".to_owned(), |d| format!("{d:.3}"));
            return Err(wrong(
                "size",
                format!("{} an arm cannot see this effect: {least:.0} are needed; the smallest it can see is {sees}", read.size),
            ));
        }
        Ok(Self {
            id: read.id,
            title: read.title,
            rules,
            starts: read.starts,
            ends: read.ends,
            within_days: read.within_days,
            outcome: read.outcome,
            size: read.size,
            usual_share: read.usual_share,
            effect: read.effect,
            arms,
        })
    }

    /// Whether a contact by a rule for a day is part of it.
    pub fn covers(&self, rule: &RuleId, occurrence: NaiveDate) -> bool {
        (self.starts..=self.ends).contains(&occurrence) && self.rules.contains(rule)
    }

    /// The arm of a person: by a keyed hash, the same on every machine and every day, and not to be foreseen without the key.
    pub fn arm_of(&self, person: PersonId, keyed: &dyn Keyed) -> &Arm {
        let mut bytes = self.id.clone().into_bytes();
        bytes.push(0);
        bytes.extend_from_slice(&person.bytes());
        let tag = keyed.tag("followup/experiment", &bytes);
        let number = tag.first_chunk::<8>().map_or(0, |eight| u64::from_be_bytes(*eight));
        let all: u64 = self.arms.iter().map(|arm| u64::from(arm.share)).sum();
        // A share of at most 400 of 2^64: the bias is far below one in a million.
        let mut at = number % all.max(1);
        for arm in &self.arms {
            if at < u64::from(arm.share) {
                return arm;
            }
            at -= u64::from(arm.share);
        }
        &self.arms[0]
    }

    /// The first day on which results may be looked at: once every outcome has had its time.
    pub fn told_from(&self) -> NaiveDate {
        self.ends.checked_add_days(chrono::Days::new(u64::from(self.within_days) + 1)).unwrap_or(NaiveDate::MAX)
    }
}

fn arm(read: ReadArm) -> Result<Arm, &'static str> {
    let words = match (read.text_zh, read.text_en) {
        (Some(zh), Some(en)) => Some(Way::Words(zh, en)),
        (None, None) => None,
        _ => return Err("text_zh and text_en belong together"),
    };
    let hours = match read.hours.as_deref().map(stretch) {
        None => None,
        Some(Some((from, until))) => Some(Way::Hours(from, until)),
        Some(None) => return Err("hours are a stretch of one day such as \"18:00-20:00\""),
    };
    let ways: Vec<Way> = [words, hours, read.channel.map(Way::By), read.nothing.then_some(Way::Nothing)].into_iter().flatten().collect();
    match ways.as_slice() {
        [] => Ok(Arm { name: read.name, share: read.share, way: Way::Usual }),
        [Way::By(Channel::FindContact | Channel::Letter | Channel::HandOff)] => Err("the channel is mail or phone"),
        [way] => Ok(Arm { name: read.name, share: read.share, way: way.clone() }),
        _ => Err("one arm differs in one thing alone, or nobody can tell what made the difference"),
    }
}

fn stretch(text: &str) -> Option<(NaiveTime, NaiveTime)> {
    let time = |part: &str| NaiveTime::parse_from_str(part, "%H:%M").ok();
    let (from, until) = text.split_once('-')?;
    time(from).zip(time(until)).filter(|(from, until)| from < until)
}

/// Whether a rule may be tried upon with these arms.
fn may_be_tried(rule: &Rule, arms: &[Arm]) -> Result<(), &'static str> {
    let kind = matches!(
        rule.kind,
        Kind::ContactCheck
            | Kind::Availability
            | Kind::BloodPlanNext
            | Kind::BloodEligible
            | Kind::BloodLapsing
            | Kind::DeferralEnd
            | Kind::VolunteerThanks
            | Kind::VolunteerDuty
    );
    if !kind || rule.sensitive {
        return Err("nothing is tried with sensitive questions, care, safety, or what somebody waits for");
    }
    let may_be_left_out = matches!(rule.kind, Kind::BloodPlanNext | Kind::BloodEligible | Kind::BloodLapsing | Kind::VolunteerThanks)
        && rule.registries.iter().all(|registry| matches!(registry, Registry::Blood | Registry::Volunteer));
    if arms.iter().any(|arm| arm.way == Way::Nothing) && !may_be_left_out {
        return Err("nobody is left without a contact check or a yearly question; only thanks and blood reminders may be held out");
    }
    Ok(())
}

/// Whether two experiments would touch the same contacts.
pub fn collide(one: &Experiment, other: &Experiment) -> bool {
    one.starts <= other.ends && other.starts <= one.ends && one.rules.iter().any(|rule| other.rules.contains(rule))
}

#[cfg(test)]
mod tests;
