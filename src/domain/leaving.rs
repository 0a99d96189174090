//! How it was told that somebody leaves a registry: on which day, over which channel, by whom, and what was kept of it. Never why: no reason is asked
//! of anybody. One sealed fact of each registration that was left, never changed (docs/domain.md 1c: withdrawal with date, channel and who).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::{Guarded, opaque_debug};
use super::outside::words;
use super::person::BirthDate;
use super::registry::{ExitReason, Registry};
use super::written::is_text;

/// Characters of a note at most: where a letter is filed, not what it says.
const NOTE: usize = 120;

/// Over which channel it was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaveChannel {
    /// 当面
    InPerson,
    /// 电话
    Phone,
    /// 邮件、短信、微信
    Mail,
    /// 书信
    Letter,
    /// 本人页面
    OwnPage,
}

words!(LeaveChannel: InPerson = "in-person", Phone = "phone", Mail = "mail", Letter = "letter", OwnPage = "own-page");

impl LeaveChannel {
    /// Those that staff are told over. What is told on the registrant's own page is noted there.
    pub const AT_THE_OFFICE: [Self; 4] = [Self::InPerson, Self::Phone, Self::Mail, Self::Letter];
}

/// Who told it: a closed list, and nobody by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToldBy {
    /// 本人
    Myself,
    /// 近亲属
    Relative,
    /// 监护人
    Guardian,
}

words!(ToldBy: Myself = "self", Relative = "relative", Guardian = "guardian");

/// What was kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeaveEvidence {
    /// 签字的书面声明
    Signed,
    /// 来信、邮件或截图
    Kept,
    /// 通话记录
    CallNoted,
}

words!(LeaveEvidence: Signed = "signed", Kept = "kept", CallNoted = "call-noted");

/// How it was told, as typed.
#[derive(Debug)]
pub struct HowTold {
    /// The day it was told.
    pub day: NaiveDate,
    /// Over which channel.
    pub channel: LeaveChannel,
    /// By whom.
    pub by: ToldBy,
    /// What was kept.
    pub evidence: Option<LeaveEvidence>,
    /// Where that is filed.
    pub note: Option<Guarded<String>>,
}

/// As it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaving {
    /// Which registry was left.
    pub registry: Registry,
    /// As what it counts.
    pub exit: ExitReason,
    /// The day it was told or, where nobody told it, found.
    pub day: NaiveDate,
    /// The channel and who told it; none where the branch found out itself.
    pub told: Option<(LeaveChannel, ToldBy)>,
    /// What was kept of it.
    pub evidence: Option<LeaveEvidence>,
    /// Where that is filed.
    pub note: Option<String>,
}

opaque_debug!(Leaving);

/// What a page tells of it: everything but the note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeavingTold {
    /// Which registry was left.
    pub registry: Registry,
    /// As what it counts.
    pub exit: ExitReason,
    /// On which day.
    pub day: NaiveDate,
    /// The channel and who told it; none where the branch found out itself.
    pub told: Option<(LeaveChannel, ToldBy)>,
    /// What was kept of it.
    pub evidence: Option<LeaveEvidence>,
}

impl HowTold {
    /// Told today, in person, by the registrant.
    pub const fn today(day: NaiveDate) -> Self {
        Self { day, channel: LeaveChannel::InPerson, by: ToldBy::Myself, evidence: None, note: None }
    }

    /// Told today, on the registrant's own page.
    pub const fn on_own_page(day: NaiveDate) -> Self {
        Self { day, channel: LeaveChannel::OwnPage, by: ToldBy::Myself, evidence: None, note: None }
    }

    /// The field that cannot be kept, where there is one: a day to come or before the birth, a note that is none.
    pub fn flaw(&self, birth: Option<BirthDate>, today: NaiveDate) -> Option<&'static str> {
        if self.day > today || birth.is_some_and(|born| !born.is_by(self.day)) {
            return Some("left_day");
        }
        self.note.as_ref().is_some_and(|note| !is_text(note, NOTE)).then_some("left_note")
    }
}

impl Leaving {
    /// That a registry was left, as it was told. An age or that somebody cannot be found is told by nobody: then the channel is left out.
    pub fn of(registry: Registry, exit: ExitReason, how: &HowTold) -> Guarded<Self> {
        Guarded::new(Self {
            registry,
            exit,
            day: how.day,
            told: exit.is_told().then_some((how.channel, how.by)),
            evidence: how.evidence,
            note: how.note.as_ref().map(|note| note.reveal().trim().to_owned()).filter(|note| !note.is_empty()),
        })
    }

    /// What a page tells.
    pub fn told(leaving: &Guarded<Self>) -> LeavingTold {
        let Self { registry, exit, day, told, evidence, .. } = *leaving.reveal();
        LeavingTold { registry, exit, day, told, evidence }
    }

    /// Where what was kept is filed.
    pub fn note(leaving: &Guarded<Self>) -> Option<Guarded<String>> {
        leaving.reveal().note.clone().map(Guarded::new)
    }
}

impl Zeroize for Leaving {
    fn zeroize(&mut self) {
        self.note.zeroize();
        self.day = NaiveDate::MIN;
        (self.told, self.evidence) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn it_is_told_no_later_than_today_not_before_the_birth_and_with_a_short_note() {
        let today = day("2026-11-27");
        let told = |on: &str| HowTold { channel: LeaveChannel::Letter, ..HowTold::today(day(on)) };
        let born = Some(BirthDate::Year(1990));
        assert_eq!(told("2026-11-27").flaw(born, today), None);
        assert_eq!(told("2025-01-02").flaw(born, today), None);
        assert_eq!(told("2026-11-28").flaw(None, today), Some("left_day"));
        assert_eq!(told("1989-12-31").flaw(born, today), Some("left_day"));
        let noted = |note: String| HowTold { note: Some(Guarded::new(note)), ..told("2026-11-27") };
        assert_eq!(noted("文件夹 2026-17".to_owned()).flaw(born, today), None);
        assert_eq!(noted("长".repeat(121)).flaw(born, today), Some("left_note"));
    }

    #[test]
    fn what_nobody_tells_has_a_day_and_no_channel() {
        let how = HowTold::today(day("2026-11-27"));
        let kept = |exit| Leaving::told(&Leaving::of(Registry::StemCell, exit, &how)).told;
        for exit in [ExitReason::Withdrew, ExitReason::MovedOut, ExitReason::Medical] {
            assert_eq!(kept(exit), Some((LeaveChannel::InPerson, ToldBy::Myself)), "{exit:?}");
        }
        for exit in [ExitReason::AgedOut, ExitReason::Lost] {
            assert_eq!(kept(exit), None, "{exit:?}");
        }
    }
}
