//! 献血志愿服务者 at work: teams, hours of service, first-aid certificates (救护员证), skills, and the town they serve in. One fact a row, never
//! changed: what was recorded by mistake is undone by a further fact. Sealed under the `contact` compartment.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroize;

use super::guarded::{Guarded, opaque_debug};
use super::outside::words;
use super::record::Details;
use super::town::TownCode;

/// What a volunteer can do: a short list, so that a call-out finds people by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skill {
    /// 急救
    FirstAid,
    /// 驾驶
    Driving,
    /// 翻译、方言
    Languages,
    /// 医护
    Medical,
    /// 人群引导
    Crowd,
    /// 计算机
    Computer,
    /// 摄影
    Photography,
    /// Anything else.
    Other,
}

words!(Skill: FirstAid = "first-aid", Driving = "driving", Languages = "languages", Medical = "medical", Crowd = "crowd",
    Computer = "computer", Photography = "photography", Other = "other");

/// Words of rosters that name a skill of the list; a text that holds none of them is [`Skill::Other`].
const TOLD: [(Skill, &[&str]); 7] = [
    (Skill::FirstAid, &["急救", "救护", "心肺复苏", "cpr", "first aid", "first-aid"]),
    (Skill::Driving, &["驾驶", "驾照", "司机", "开车", "driv"]),
    (Skill::Languages, &["翻译", "方言", "外语", "英语", "手语", "彝语", "藏语", "language", "translat", "english"]),
    (Skill::Medical, &["医", "护士", "护理", "nurs", "medic", "doctor"]),
    (Skill::Crowd, &["引导", "秩序", "疏导", "crowd", "steward"]),
    (Skill::Computer, &["电脑", "计算机", "办公软件", "编程", "录入", "computer", "software"]),
    (Skill::Photography, &["摄影", "摄像", "拍照", "photo", "camera"]),
];

impl Skill {
    /// The skills that a roster's text names.
    fn told(text: &str) -> Vec<Self> {
        let text = text.to_lowercase();
        let named: Vec<Self> = TOLD.iter().filter(|(_, words)| words.iter().any(|w| text.contains(w))).map(|(skill, _)| *skill).collect();
        if named.is_empty() && text.chars().any(|c| !super::written::is_blank(c)) { vec![Self::Other] } else { named }
    }
}

/// A time served, in quarter hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quarters(pub u32);

/// A day has so many quarter hours.
const A_DAY: u32 = 96;

impl Quarters {
    /// The time that a text names in hours: `2`, `1.5`, `0.25`; none where it is not a number of quarter hours within a day.
    pub fn parse(text: &str) -> Option<Self> {
        let text = super::written::plain(text);
        let (hours, part) = text.split_once('.').unwrap_or((text.as_str(), "0"));
        let digits = |s: &str| !s.is_empty() && s.len() <= 2 && s.bytes().all(|b| b.is_ascii_digit());
        let part = match part {
            "0" | "00" => 0,
            "25" => 1,
            "5" | "50" => 2,
            "75" => 3,
            _ => return None,
        };
        let quarters = if digits(hours) { hours.parse::<u32>().ok()? * 4 + part } else { return None };
        (1..=A_DAY).contains(&quarters).then_some(Self(quarters))
    }

    /// The hours of a roster, to the nearest quarter.
    fn told(hours: f64) -> Self {
        // A roster's sum is judged at the import (0 to 100,000 hours); the cast saturates.
        Self((hours * 4.0).round().max(0.0) as u32)
    }
}

impl std::fmt::Display for Quarters {
    /// In hours: `2`, `1.5`, `0.25`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.0 / 4, ["", ".25", ".5", ".75"][self.0 as usize % 4])
    }
}

impl std::iter::Sum for Quarters {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        Self(all.fold(0, |sum, q| sum.saturating_add(q.0)))
    }
}

/// One thing recorded of a volunteer. A correction is a further fact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceFact {
    /// Joined or left a team.
    Team {
        /// The team's number.
        team: u32,
        /// When.
        day: NaiveDate,
        /// Whether they joined; else they left.
        joined: bool,
    },
    /// Hours served.
    Hours {
        /// When.
        day: NaiveDate,
        /// How long.
        quarters: Quarters,
        /// What for, in words; empty where the drive says it.
        what: String,
        /// At which drive.
        #[serde(default)]
        drive: Option<Uuid>,
        /// The place in a shift that the hours follow from; none where they were entered by hand.
        #[serde(default)]
        turn: Option<Uuid>,
    },
    /// A first-aid certificate, or its renewal.
    Certificate {
        /// Its number.
        number: String,
        /// When it was issued.
        issued: NaiveDate,
        /// Its last day.
        expires: NaiveDate,
    },
    /// What they can do and where they serve: the latest word counts.
    Skills {
        /// Skills of the list.
        skills: Vec<Skill>,
        /// The town; none where it is that of the address.
        #[serde(default)]
        town: Option<TownCode>,
    },
    /// An earlier fact, by its id, was recorded by mistake.
    Undone(Uuid),
}

/// The first day taken in.
const EARLIEST: (i32, u32, u32) = (1980, 1, 1);
/// No certificate holds longer, in months: those of the field hold three to five years.
const LONGEST: u32 = 120;
/// Most characters of what hours were served for.
const WHAT: usize = 60;

impl ServiceFact {
    /// Which fact it undoes.
    pub fn undoes(fact: &Guarded<Self>) -> Option<Uuid> {
        if let Self::Undone(id) = fact.reveal() { Some(*id) } else { None }
    }

    /// The place in a shift that hours follow from.
    pub fn turn(fact: &Guarded<Self>) -> Option<Uuid> {
        if let Self::Hours { turn, .. } = fact.reveal() { *turn } else { None }
    }

    /// How long was served.
    pub fn hours(fact: &Guarded<Self>) -> Option<Quarters> {
        if let Self::Hours { quarters, .. } = fact.reveal() { Some(*quarters) } else { None }
    }

    /// The drive that hours were served at.
    pub fn drive(fact: &Guarded<Self>) -> Option<Uuid> {
        if let Self::Hours { drive, .. } = fact.reveal() { *drive } else { None }
    }

    /// The team joined or left, and whether joined.
    pub fn team(fact: &Guarded<Self>) -> Option<(u32, bool)> {
        if let Self::Team { team, joined, .. } = fact.reveal() { Some((*team, *joined)) } else { None }
    }

    /// What cannot be right about it: the field, and what to do.
    pub fn flaw(fact: &Guarded<Self>, today: NaiveDate) -> Option<(&'static str, &'static str)> {
        let (year, month, day) = EARLIEST;
        let earliest = NaiveDate::from_ymd_opt(year, month, day)?;
        let told = |day: NaiveDate| (earliest..=today).contains(&day);
        match fact.reveal() {
            Self::Team { day, .. } if !told(*day) => Some(("team-day", "give the day, not after today")),
            Self::Hours { day, .. } if !told(*day) => Some(("day", "give the day of the service, not after today")),
            Self::Hours { quarters, .. } if !(1..=A_DAY).contains(&quarters.0) => Some(("hours", "give a quarter of an hour to 24 hours")),
            Self::Hours { what, drive, .. } if what.trim().is_empty() && drive.is_none() => {
                Some(("what", "say what for, or choose the drive"))
            }
            Self::Hours { what, .. } if what.chars().count() > WHAT || what.chars().any(char::is_control) => {
                Some(("what", "say what for in one line of at most 60 characters"))
            }
            Self::Certificate { number, .. }
                if !(2..=40).contains(&number.trim().chars().count()) || number.chars().any(char::is_control) =>
            {
                Some(("number", "give the number on the certificate, 2 to 40 characters"))
            }
            Self::Certificate { issued, .. } if !told(*issued) => Some(("issued", "give the day of issue, not after today")),
            Self::Certificate { issued, expires, .. }
                if expires <= issued || *expires > issued.checked_add_months(Months::new(LONGEST))? =>
            {
                Some(("expires", "give its last day, after the day of issue and within ten years of it"))
            }
            _ => None,
        }
    }
}

impl Zeroize for ServiceFact {
    fn zeroize(&mut self) {
        match self {
            Self::Hours { what: text, .. } | Self::Certificate { number: text, .. } => text.zeroize(),
            Self::Skills { skills, .. } => skills.clear(),
            Self::Team { .. } | Self::Undone(_) => {}
        }
        // An undoing of nothing: it holds no value of anybody.
        *self = Self::Undone(Uuid::nil());
    }
}

opaque_debug!(ServiceFact);

/// A certificate as it is known: recorded here, or told by a roster.
#[derive(Debug)]
pub struct Certificate {
    /// Its number.
    pub number: Guarded<String>,
    /// When it was issued, where told.
    pub issued: Option<NaiveDate>,
    /// Its last day, where told.
    pub expires: Option<NaiveDate>,
}

/// Whether somebody's first-aid certificate holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// Through that day.
    Through(NaiveDate),
    /// There is one, and nobody told until when it holds.
    Undated,
    /// No more since after that day.
    Expired(NaiveDate),
    /// There is none.
    Without,
}

/// All that is known of a volunteer, over every registration of theirs.
#[derive(Debug, Default)]
pub struct Volunteer {
    /// The teams they belong to, in the order in which they joined.
    pub teams: Vec<u32>,
    /// Teams as rosters wrote them.
    pub told_teams: Vec<Guarded<String>>,
    /// Hours recorded here.
    pub hours: Quarters,
    /// The sum that the latest roster told. It may hold hours that are recorded here too, so that the two are never added up.
    pub told_hours: Option<Quarters>,
    /// Certificates, the one that holds longest first.
    pub certificates: Vec<Certificate>,
    /// Skills, in the order of the list.
    pub skills: Vec<Skill>,
    /// The town they serve in, where it was recorded.
    pub town: Option<TownCode>,
}

impl Volunteer {
    /// All that counts of what rosters told (oldest first) and what was recorded (in the order of recording).
    pub fn of<'a>(told: impl IntoIterator<Item = &'a Guarded<Details>>, facts: &[(Uuid, &'a Guarded<ServiceFact>)]) -> Self {
        let mut out = Self::default();
        for details in told {
            out.take_told(details.reveal());
        }
        let undone: Vec<Uuid> = facts.iter().filter_map(|(_, fact)| ServiceFact::undoes(fact)).collect();
        // What a roster told of skills stands until somebody records them here.
        for (_, fact) in facts.iter().filter(|(id, _)| !undone.contains(id)) {
            match fact.reveal() {
                ServiceFact::Team { team, joined, .. } => {
                    out.teams.retain(|t| t != team);
                    out.teams.extend(joined.then_some(*team));
                }
                ServiceFact::Hours { quarters, .. } => out.hours = [out.hours, *quarters].into_iter().sum(),
                ServiceFact::Certificate { number, issued, expires } => {
                    let number = Guarded::new(number.clone());
                    out.certificates.push(Certificate { number, issued: Some(*issued), expires: Some(*expires) });
                }
                ServiceFact::Skills { skills, town } => {
                    out.skills.clone_from(skills);
                    out.town = *town;
                }
                ServiceFact::Undone(_) => {}
            }
        }
        out.skills.sort_unstable();
        out.skills.dedup();
        out.certificates.sort_by_key(|c| std::cmp::Reverse(c.expires));
        out
    }

    fn take_told(&mut self, details: &Details) {
        if let Some(team) = details.team.as_ref().filter(|team| !self.told_teams.iter().any(|t| t.reveal() == *team)) {
            self.told_teams.push(Guarded::new(team.clone()));
        }
        self.told_hours = details.hours.map(Quarters::told).or(self.told_hours);
        self.skills.extend(details.skills.iter().flat_map(|text| Skill::told(text)));
        if let Some(number) = &details.certificate
            && !self.certificates.iter().any(|c| c.number.reveal() == number && c.expires == details.certificate_until)
        {
            self.certificates.push(Certificate { number: Guarded::new(number.clone()), issued: None, expires: details.certificate_until });
        }
    }

    /// Whether a certificate holds on a day.
    pub fn certificate_on(&self, day: NaiveDate) -> Validity {
        let one = |c: &Certificate| match c.expires {
            Some(last) if last >= day => Validity::Through(last),
            Some(last) => Validity::Expired(last),
            None => Validity::Undated,
        };
        // Ordered by the last day: of several that hold the longest stands first.
        let mut all: Vec<Validity> = self.certificates.iter().map(one).collect();
        all.sort_by_key(|v| match v {
            Validity::Through(_) => 0,
            Validity::Undated => 1,
            _ => 2,
        });
        all.first().copied().unwrap_or(Validity::Without)
    }

    /// The last day of the certificate that holds longest; none where there is none, or none that names a day.
    pub fn certified_until(&self) -> Option<NaiveDate> {
        self.certificates.iter().filter_map(|c| c.expires).max()
    }

    /// The last day of the certificate that holds longest, where it is over within so many days and was not renewed.
    pub fn expiring(&self, today: NaiveDate, days: u64) -> Option<NaiveDate> {
        match self.certificate_on(today) {
            Validity::Through(last) => (last <= today.checked_add_days(Days::new(days))?).then_some(last),
            _ => None,
        }
    }

    /// Whether they have one of the skills asked for; where none is asked for, everybody has.
    pub fn has_one(&self, wanted: &[Skill]) -> bool {
        wanted.is_empty() || wanted.iter().any(|skill| self.skills.contains(skill))
    }
}

/// A team of volunteers. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its number, never given twice.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its town; none for a team of the whole branch.
    pub town: Option<TownCode>,
    /// Its last day, once it was closed.
    #[serde(default)]
    pub closed: Option<NaiveDate>,
}

#[cfg(test)]
mod tests;
