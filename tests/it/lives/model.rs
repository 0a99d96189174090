//! What is known of the people outside the program, and what it has to let happen or refuse.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use donor_registry::domain::id::{MatterId, PublicId};
use donor_registry::domain::registry::Registry;

use crate::harness::people::check_digit;

pub const PEOPLE: usize = 4;
/// Reaches the age of the stem-cell file some weeks after the beginning.
pub const OLD: usize = 2;
/// Has a name that sounds as the first one's and tells no number: a registrar may take the two for one person. Volunteers, and nothing else.
pub const TWIN: usize = 3;

/// What is known of one person outside the program.
#[derive(Debug, Default, Clone)]
pub struct Life {
    pub id: Option<PublicId>,
    /// Asked to be erased and not to be taken in again.
    pub barred: bool,
    pub dead: bool,
    /// Left a registry on a day, and no sheet that says a later day came since.
    pub left: BTreeMap<Registry, NaiveDate>,
    /// Wants no contact, and did not take that back.
    pub objected: bool,
    /// A sample was accepted since the stem-cell file was last left.
    pub accepted: bool,
}

pub fn name(who: usize) -> &'static str {
    ["谭秋霜", "罗建国", "欧阳明珠", "谭秋双"][who]
}

pub fn birth(who: usize) -> Option<NaiveDate> {
    match who {
        TWIN => None,
        OLD => NaiveDate::from_ymd_opt(1971, 2, 10),
        _ => NaiveDate::from_ymd_opt(1985, 6, u32::try_from(who).unwrap() + 1),
    }
}

/// Whether somebody has had the birthday on which the stem-cell file lets them go, the 55th.
pub fn is_of_age(who: usize, today: NaiveDate) -> bool {
    birth(who).is_some_and(|born| today.years_since(born).is_some_and(|years| years >= 55))
}

pub fn document(who: usize) -> String {
    let Some(born) = birth(who) else { return String::new() };
    let first17 = format!("512002{}01{}", born.format("%Y%m%d"), who + 3);
    format!("{first17}{}", check_digit(&first17))
}

/// The registries a person comes to: the two who may be one share none, so that joining them changes no number.
pub fn registry_of(who: usize, drawn: Registry) -> Registry {
    match (who, drawn) {
        (TWIN, _) => Registry::Volunteer,
        (0, Registry::Volunteer) => Registry::OrganBody,
        (_, other) => other,
    }
}

/// The day that the row of a sheet says. Whoever is too old to enrol today did so long ago, and whoever tells no number comes by an old list.
pub fn row_day(who: usize, registry: Registry, age: Option<u64>, today: NaiveDate) -> Option<NaiveDate> {
    let long_ago = NaiveDate::from_ymd_opt(2012, 6, 1).unwrap();
    match (who, registry) {
        (TWIN, _) => Some(long_ago),
        (OLD, Registry::StemCell) => age.map(|age| long_ago - chrono::Days::new(age)),
        _ => age.map(|age| today - chrono::Days::new(age)),
    }
}

/// What runs step by step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sample,
    Match,
    Notice,
}

/// One of them, and where it stands.
#[derive(Debug, Clone)]
pub struct Case {
    pub id: MatterId,
    pub who: usize,
    pub kind: Kind,
    pub phase: &'static str,
}

impl Kind {
    const fn ends(self) -> &'static [&'static str] {
        match self {
            Self::Sample => &["accepted", "rejected", "dropped"],
            Self::Match => &["donated", "refused", "reneged-after-conditioning", "unavailable", "patient-cancelled", "not-matched"],
            Self::Notice => &["realised", "not-realised", "recovered"],
        }
    }

    /// What may be noted, with its code.
    pub const fn acts(self) -> &'static [(&'static str, Option<&'static str>)] {
        match self {
            Self::Sample => &[("sent", None), ("accepted", None), ("rejected", None)],
            Self::Match => &[
                ("no-answer", None),
                ("contacted", None),
                ("agreed", None),
                ("refused", Some("own-will")),
                ("unavailable", Some("moved")),
                ("typing", None),
                ("confirmed", None),
                ("not-matched", None),
                ("work-up", None),
                ("fit", None),
                ("scheduled", None),
                ("mobilised", None),
                ("conditioned", None),
                ("collected", None),
                ("patient-cancelled", Some("fnd")),
            ],
            Self::Notice => &[
                ("called", Some("kin")),
                ("died", None),
                ("kin-agreed", None),
                ("kin-objected", None),
                ("assessed", None),
                ("witnessed", None),
                ("realised", None),
                ("not-realised", Some("late")),
                ("recovered", None),
            ],
        }
    }

    /// The act that leads on to the donation, or to 入库; where it is over already, one that has to be refused.
    fn onward(self, phase: &str) -> &'static str {
        match (self, phase) {
            (Self::Sample, "taken") => "sent",
            (Self::Sample, _) => "accepted",
            (Self::Match, "agreed") => "typing",
            (Self::Match, "typing") => "confirmed",
            (Self::Match, "confirmed") => "work-up",
            (Self::Match, "work-up") => "fit",
            (Self::Match, "fit") => "scheduled",
            (Self::Match, "scheduled") => "conditioned",
            (Self::Match, "conditioned") => "collected",
            (Self::Match, _) => "agreed",
            (Self::Notice, "dying" | "reported") => "kin-agreed",
            (Self::Notice, "agreed-dying") => "died",
            (Self::Notice, "agreed") => "assessed",
            (Self::Notice, "assessed") => "witnessed",
            (Self::Notice, _) => "realised",
        }
    }

    /// The onward act with its code.
    pub fn next(self, phase: &str) -> (&'static str, Option<&'static str>) {
        let word = self.onward(phase);
        *self.acts().iter().find(|(act, _)| *act == word).unwrap()
    }
}

impl Case {
    pub fn is_over(&self) -> bool {
        self.kind.ends().contains(&self.phase)
    }

    /// Where it stands after an act; none where the act has to be refused.
    pub fn after(&self, act: &str) -> Option<&'static str> {
        if self.is_over() {
            return None;
        }
        match self.kind {
            Kind::Sample => sample_after(self.phase, act),
            Kind::Match => match_after(self.phase, act),
            Kind::Notice => notice_after(self.phase, act),
        }
    }
}

fn sample_after(phase: &'static str, act: &str) -> Option<&'static str> {
    Some(match (phase, act) {
        ("taken", "sent") => "sent",
        ("sent", "accepted") => "accepted",
        ("sent", "rejected") => "rejected",
        ("taken" | "sent", "dropped") => "dropped",
        _ => return None,
    })
}

fn match_after(phase: &'static str, act: &str) -> Option<&'static str> {
    Some(match (phase, act) {
        (same, "no-answer") | (same @ ("scheduled" | "conditioned"), "mobilised") => same,
        ("conditioned", "refused") => "reneged-after-conditioning",
        (_, "refused") => "refused",
        (_, "unavailable") => "unavailable",
        (_, "patient-cancelled") => "patient-cancelled",
        ("notified", "contacted") => "contacted",
        ("notified" | "contacted", "agreed") => "agreed",
        ("agreed", "typing") => "typing",
        ("typing", "confirmed") => "confirmed",
        ("typing", "not-matched") => "not-matched",
        ("confirmed", "work-up") => "work-up",
        ("work-up", "fit") => "fit",
        ("fit", "scheduled") => "scheduled",
        ("scheduled", "conditioned") => "conditioned",
        ("scheduled" | "conditioned", "collected") => "donated",
        _ => return None,
    })
}

fn notice_after(phase: &'static str, act: &str) -> Option<&'static str> {
    Some(match (phase, act) {
        (same, "called") => same,
        (_, "kin-objected" | "not-realised") => "not-realised",
        ("dying", "died") => "reported",
        ("agreed-dying", "died") => "agreed",
        ("dying" | "agreed-dying", "recovered") => "recovered",
        ("dying", "kin-agreed") => "agreed-dying",
        ("reported", "kin-agreed") => "agreed",
        ("agreed", "assessed") => "assessed",
        ("assessed", "witnessed") => "witnessed",
        ("witnessed", "realised") => "realised",
        _ => return None,
    })
}

/// Whether the registrant of a notice has died where it stands.
pub fn is_dead(phase: &str) -> bool {
    matches!(phase, "reported" | "agreed" | "assessed" | "witnessed" | "realised")
}
