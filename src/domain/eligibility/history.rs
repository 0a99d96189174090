//! What is known of a donor: donations, deferrals, blood group. Sealed under the `health` compartment; never a diagnosis or a reason.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use super::DonationKind;
use crate::domain::guarded::{Guarded, opaque_debug};
use crate::domain::person::{Abo, Health, Rh};
use crate::domain::recall::Said;
use crate::domain::registry::EnrolmentStatus;

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceOf {
    /// 自报: the registrant.
    SelfTold,
    /// 血站确认: the blood station.
    Station,
}

impl SourceOf {
    /// Both.
    pub const ALL: [Self; 2] = [Self::SelfTold, Self::Station];

    /// The word in forms and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::SelfTold => "self-told",
            Self::Station => "station",
        }
    }

    /// The source of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.word() == word)
    }
}

/// A donation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Donation {
    /// Of what.
    pub kind: DonationKind,
    /// When.
    pub day: NaiveDate,
    /// How much, in millilitres, where told.
    #[serde(default)]
    pub millilitres: Option<u32>,
    /// How many treatment units, where told.
    #[serde(default)]
    pub units: Option<u32>,
    /// Where, where told.
    #[serde(default)]
    pub place: Option<String>,
    /// Who says so.
    pub source: SourceOf,
}

/// A deferral: until when, never why.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Its last day; none for good (永久不宜).
    pub until: Option<NaiveDate>,
    /// Who says so.
    pub source: SourceOf,
    /// The standing among the blood donors that it ended, given back where the deferral was a mistake; none where it ended nothing.
    #[serde(default)]
    pub ended: Option<EnrolmentStatus>,
}

/// All deferrals that stand, as one: the latest end counts, whatever was recorded last, and one for good counts above all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deferred {
    /// None stands.
    No,
    /// Until this day, the last of it.
    Until(NaiveDate),
    /// For good.
    ForGood,
}

/// A blood group.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// ABO.
    pub abo: Abo,
    /// RhD.
    pub rh: Rh,
    /// Who says so.
    pub source: SourceOf,
}

/// One thing recorded of a donor's health. A correction is a further fact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HealthFact {
    /// A donation.
    Donation(Donation),
    /// A deferral.
    Deferral(Deferral),
    /// A blood group.
    Group(Group),
    /// Called for a blood station's request.
    Asked {
        /// Which request.
        request: Uuid,
        /// When.
        day: NaiveDate,
        /// What came of it.
        said: Said,
    },
    /// An earlier fact, by its id, was recorded by mistake.
    Undone(Uuid),
}

/// The first day taken in: nobody living gave before it.
const EARLIEST: (i32, u32, u32) = (1950, 1, 1);
/// The longest deferral until a day, in days from today: three years is the longest of any rule set.
const LONGEST: u64 = 366 * 10;

impl HealthFact {
    /// Which fact it undoes.
    pub fn undoes(fact: &Guarded<Self>) -> Option<Uuid> {
        if let Self::Undone(id) = fact.reveal() { Some(*id) } else { None }
    }

    /// The deferral it records.
    pub fn deferral(fact: &Guarded<Self>) -> Option<Deferral> {
        if let Self::Deferral(deferral) = fact.reveal() { Some(*deferral) } else { None }
    }

    /// The same, with the standing that a deferral for good ends.
    pub fn ending(mut fact: Guarded<Self>, standing: EnrolmentStatus) -> Guarded<Self> {
        if let Self::Deferral(deferral) = fact.reveal_mut() {
            deferral.ended = Some(standing);
        }
        fact
    }

    /// What cannot be right about it: the field, and what to do.
    pub fn flaw(fact: &Guarded<Self>, today: NaiveDate) -> Option<(&'static str, &'static str)> {
        let (year, month, day) = EARLIEST;
        let earliest = NaiveDate::from_ymd_opt(year, month, day)?;
        match fact.reveal() {
            Self::Donation(d) if d.day > today || d.day < earliest => Some(("day", "give the day of the donation, not after today")),
            Self::Donation(d) if d.millilitres.is_some_and(|ml| !(50..=1_000).contains(&ml)) => {
                Some(("volume", "give 50 to 1000 millilitres"))
            }
            Self::Donation(d) if d.units.is_some_and(|n| !(1..=4).contains(&n)) => Some(("units", "give 1 to 4 units")),
            Self::Donation(d) if d.place.as_ref().is_some_and(|p| p.chars().count() > 60 || p.chars().any(char::is_control)) => {
                Some(("place", "name the place in one line of at most 60 characters"))
            }
            Self::Deferral(Deferral { until: Some(until), .. })
                if *until < earliest || *until > today.checked_add_days(chrono::Days::new(LONGEST))? =>
            {
                Some(("until", "give the last day of the deferral, within ten years from today; one for good has a choice of its own"))
            }
            _ => None,
        }
    }
}

impl Zeroize for HealthFact {
    fn zeroize(&mut self) {
        if let Self::Donation(donation) = self {
            donation.place.zeroize();
        }
        // An undoing of nothing: it holds no value of anybody.
        *self = Self::Undone(Uuid::nil());
    }
}

opaque_debug!(Donation, Deferral, Group, HealthFact);

/// All that counts of what is known of a donor, over every registration of theirs.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct History {
    /// Donations, the latest first.
    pub donations: Vec<Donation>,
    /// Deferrals.
    pub deferrals: Vec<Deferral>,
    /// Whether there were donations whose days nobody told.
    pub gave_before: bool,
    /// The group: what a station confirmed before what was told, else the latest.
    pub group: Option<Group>,
    /// The days on which they were called for a recall.
    pub asked: Vec<NaiveDate>,
}

opaque_debug!(History);

impl History {
    /// From what registrations told, in the order they were recorded, and what was recorded since, in order. What was undone does not count.
    pub fn of<'a>(told: impl IntoIterator<Item = &'a Guarded<Health>>, facts: &[(Uuid, &'a Guarded<HealthFact>)]) -> Self {
        let mut out = Self::default();
        for health in told {
            let health = health.reveal();
            // Sheets and forms ask for the last donation of whole blood.
            if let Some(day) = health.last_donation {
                let whole = Donation {
                    kind: DonationKind::WholeBlood,
                    day,
                    millilitres: None,
                    units: None,
                    place: None,
                    source: SourceOf::SelfTold,
                };
                out.donations.push(whole);
            }
            out.deferrals.extend(health.deferred_until.map(|until| Deferral {
                until: Some(until),
                source: SourceOf::SelfTold,
                ended: None,
            }));
            out.gave_before |= health.prior_donations.is_some_and(|n| n > 0);
            if let Some((abo, rh)) = health.abo.zip(health.rh) {
                out.take_group(Group { abo, rh, source: if health.group_confirmed { SourceOf::Station } else { SourceOf::SelfTold } });
            }
        }
        let undone: Vec<Uuid> =
            facts.iter().filter_map(|(_, fact)| if let HealthFact::Undone(id) = fact.reveal() { Some(*id) } else { None }).collect();
        for (_, fact) in facts.iter().filter(|(id, _)| !undone.contains(id)) {
            match fact.reveal() {
                HealthFact::Donation(donation) => {
                    // One donation told twice, by the donor and by the sheet, is one.
                    out.donations.retain(|d| (d.kind, d.day) != (donation.kind, donation.day));
                    out.donations.push(donation.clone());
                }
                HealthFact::Deferral(deferral) => out.deferrals.push(*deferral),
                HealthFact::Group(group) => out.take_group(*group),
                HealthFact::Asked { day, .. } => out.asked.push(*day),
                HealthFact::Undone(_) => {}
            }
        }
        out.donations.sort_by_key(|d| std::cmp::Reverse((d.day, d.kind)));
        out.donations.dedup_by_key(|d| (d.kind, d.day));
        out
    }

    fn take_group(&mut self, group: Group) {
        if self.group.is_none_or(|known| known.source == SourceOf::SelfTold || group.source == SourceOf::Station) {
            self.group = Some(group);
        }
    }

    /// The deferrals as one. The donor's page and follow-up both count from this.
    pub fn deferred(&self) -> Deferred {
        let ends = self.deferrals.iter().map(|d| d.until.map_or(Deferred::ForGood, Deferred::Until));
        ends.max().unwrap_or(Deferred::No)
    }

    /// The last donation of a kind.
    pub fn last(&self, kind: DonationKind) -> Option<NaiveDate> {
        self.donations.iter().filter(|d| d.kind == kind).map(|d| d.day).max()
    }

    /// Takes in what another registration of the donor tells.
    pub fn join(&mut self, other: Self) {
        self.donations.extend(other.donations);
        self.donations.sort_by_key(|d| std::cmp::Reverse((d.day, d.kind, d.millilitres)));
        self.donations.dedup_by_key(|d| (d.kind, d.day));
        self.deferrals.extend(other.deferrals);
        self.gave_before |= other.gave_before;
        self.asked.extend(other.asked);
        if let Some(group) = other.group {
            self.take_group(group);
        }
    }

    /// Whether the donor has given before.
    pub fn repeat(&self) -> bool {
        self.gave_before || !self.donations.is_empty()
    }
}
