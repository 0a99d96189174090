//! Statistics facts: what reports are counted from, without anybody's identity.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::guided::Informed;
use super::id::StatId;
use super::person::{BirthDate, Sex};
use super::record::RecordDraft;
use super::registry::{EnrolmentStatus, Registry};
use super::town::TownCode;

/// Something that happened to one registrant in one registry on one day. Sealed under `statistics`, loaded into memory at unlock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Under which random identity it is counted.
    pub stat_id: StatId,
    /// In which registry.
    pub registry: Registry,
    /// The day it happened, as told.
    pub day: NaiveDate,
    /// The day it was recorded: a fact recorded after a period's close is a correction of that period (更正以往期间).
    pub recorded: NaiveDate,
    /// What.
    pub event: FactEvent,
    /// Town at the event, where known.
    pub town: Option<TownCode>,
    /// Sex, where known.
    pub sex: Option<Sex>,
    /// Year of birth, where known.
    pub birth_year: Option<i16>,
    /// How the registrant came.
    pub channel: Channel,
    /// The drive, by its running number in this deployment.
    pub drive: Option<u32>,
    /// Of what is told of one registrant for one day, the later has the higher turn. Facts have random identities and no time of day, so that
    /// nobody can be recognised by when something was entered; a count of changes tells the order and no more. Ranks equal turns as the pages
    /// do: the further standing counts.
    #[serde(default)]
    pub turn: u16,
    /// Whether the day is only the one on which it was recorded, since nobody told one: such a standing of a sheet re-opens nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dayless: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FactEvent {
    /// The standing in the registry became this one.
    Status(EnrolmentStatus),
    /// The contact data were verified by the registrant.
    Verified,
    /// The `stat_id` was found to be the same person as another: counts as that one from now on.
    JoinedInto(StatId),
    /// An earlier joining was undone.
    SplitFrom(StatId),
    /// Every known way of contact was found dead; still looked for (已知失联). Ends with the next `Verified`.
    Unreachable,
    /// Deferred in this registry until the day (暂缓), the day itself included; never with the reason.
    Deferred(NaiveDate),
    /// How well informed the registrant was when enrolling, told on the day of the enrolment.
    Informed(Informed),
    /// What became of the news that an organ or body registrant was dying or dead.
    Notice(Notice),
    /// The standing that was told of this day, in this turn, was entered in error (录入有误): once this is recorded, it never happened. A report
    /// of before counts it still.
    TakenBack(EnrolmentStatus),
    /// A step of a match request for this donor (stem cells): reached, or how it ended.
    Match(MatchStage, StageOutcome),
    /// A number of the national organ registry was entered for this registration (organ and body).
    Numbered,
}

/// The news of a registrant's death (急报), as far as it can be counted without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// It came in time for what was consented to.
    Received,
    /// Whoever receives the donation arrived, this many minutes after the notice.
    Arrived(u32),
    /// The death became known too late for any donation (未及时通知).
    TooLate,
}

/// The stages of a match request, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchStage {
    /// 初配
    Preliminary,
    /// 再动员
    Availability,
    /// 高分辨确认
    Verification,
    /// 体检
    Medical,
    /// 采集
    Collection,
    /// After the patient's conditioning has begun (预处理后): refusing now endangers a life, so it is reported alone.
    Conditioned,
}

impl MatchStage {
    /// All stages in their order.
    pub const ALL: [Self; 6] =
        [Self::Preliminary, Self::Availability, Self::Verification, Self::Medical, Self::Collection, Self::Conditioned];
}

/// What became of a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageOutcome {
    /// The request reached the stage; open until one of the others.
    Reached,
    /// The donor agreed, or the stage was passed.
    Available,
    /// The donor refused (反悔).
    Refused,
    /// The donor could not take part: not found, deferred.
    Unavailable,
    /// The patient's side cancelled.
    CancelledByPatient,
}

impl StageOutcome {
    /// All outcomes.
    pub const ALL: [Self; 5] = [Self::Reached, Self::Available, Self::Refused, Self::Unavailable, Self::CancelledByPatient];
}

/// How a registrant came to the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A sheet was imported.
    Import,
    /// At a drive's table.
    Drive,
    /// At the office.
    Office,
    /// By the registrant's own link or QR code.
    SelfService,
}

impl Fact {
    /// The fact that a draft's standing held on the day it speaks of, else on the day it is recorded.
    pub fn of_draft(draft: &RecordDraft, stat_id: StatId, recorded: NaiveDate, channel: Channel, drive: Option<u32>) -> Self {
        let identity = draft.identity.reveal();
        let birth_year = identity.birth.map(BirthDate::year).and_then(|year| i16::try_from(year).ok());
        Self {
            stat_id,
            registry: draft.registry,
            day: draft.date.unwrap_or(recorded),
            recorded,
            event: FactEvent::Status(draft.status),
            town: draft.contact.reveal().address.as_ref().and_then(|a| a.town),
            sex: identity.sex,
            birth_year,
            channel,
            drive,
            turn: 0,
            dayless: draft.date.is_none(),
        }
    }
}
