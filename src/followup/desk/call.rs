//! What follows a call.

use chrono::{Days, NaiveDate};

use crate::domain::hold::HoldReason;
use crate::followup::kind::{Channel, Kind};

/// Rounds of calls before a number counts as not answering (CMDP's retention project calls each number three rounds).
pub const ROUNDS: i64 = 3;
/// Days between two rounds: three rounds spread over four weeks.
const BETWEEN: u64 = 14;
/// Days given to somebody who promised to pass it on.
const PASSED_ON: u64 = 7;
/// The reason that stands beside a task whose day was agreed with the person.
pub const CALL_ON: &str = "call-on";

/// The reason of what a person decided.
pub const DECIDED: &str = "decided";

/// Who said that somebody has died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldBy {
    /// The family.
    Family,
    /// Somebody else: a neighbour, the village or neighbourhood committee, an employer.
    Other,
}

impl ToldBy {
    /// The word of the log and of locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Other => "other",
        }
    }
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallOutcome {
    /// Spoken with; the contact data are right.
    Reached,
    /// Nobody answered.
    NoAnswer,
    /// The number is not in service.
    NotInService,
    /// The number is somebody else's.
    NotThem,
    /// Wants no further calls.
    Refused,
    /// Died; somebody who knows said so.
    Died(ToldBy),
    /// Asked to be called on a day.
    CallOn(NaiveDate),
    /// An interest typed in on their own phone is meant.
    Meant,
    /// It is not: they never typed it in, or do not want it any more.
    NotMeant,
    /// Somebody the registrant named will ask them to call back.
    PassedOn,
    /// Everybody who may be asked was asked, and nobody knows the way.
    NotFound,
    /// The person wants no calls and no other way is left: somebody decided what becomes of it.
    Decided,
}

impl CallOutcome {
    /// The word stored and used in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::NoAnswer => "no-answer",
            Self::NotInService => "not-in-service",
            Self::NotThem => "not-them",
            Self::Refused => "refused-calls",
            Self::Died(_) => "died",
            Self::CallOn(_) => CALL_ON,
            Self::Meant => "meant",
            Self::NotMeant => "not-meant",
            Self::PassedOn => "passed-on",
            Self::NotFound => "not-found",
            Self::Decided => DECIDED,
        }
    }
}

/// What a call leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// The task stays open, on this day and by this channel; none: it is done.
    pub again: Option<(NaiveDate, Channel)>,
    /// The number called is on hold from now on.
    pub hold: Option<HoldReason>,
    /// The contact data count as confirmed.
    pub verified: bool,
    /// Everything stops: the person has died.
    pub died: bool,
    /// The registration is taken off the file: nobody meant it.
    pub dropped: bool,
    /// A registrar is asked whether the person counts as lost.
    pub lost: bool,
}

/// What an outcome leads to. `rounds` counts the calls made before this one; `another` says whether a further number is left.
pub fn after_call(outcome: CallOutcome, rounds: i64, another: bool, today: NaiveDate) -> Next {
    let day = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
    let done = Next { again: None, hold: None, verified: false, died: false, dropped: false, lost: false };
    // With another number on file the person is called there; without one somebody looks for a way.
    let elsewhere = Some((day(1), if another { Channel::Phone } else { Channel::FindContact }));
    match outcome {
        CallOutcome::Reached | CallOutcome::Meant => Next { verified: true, ..done },
        CallOutcome::NoAnswer if rounds + 1 < ROUNDS => Next { again: Some((day(BETWEEN), Channel::Phone)), ..done },
        CallOutcome::NoAnswer => Next { again: Some((day(1), Channel::FindContact)), ..done },
        CallOutcome::NotInService => Next { again: elsewhere, hold: Some(HoldReason::NotInService), ..done },
        CallOutcome::NotThem => Next { again: elsewhere, hold: Some(HoldReason::NotThem), ..done },
        CallOutcome::Refused => Next { hold: Some(HoldReason::RefusedCalls), ..done },
        CallOutcome::Died(_) => Next { died: true, ..done },
        CallOutcome::NotMeant => Next { dropped: true, ..done },
        CallOutcome::CallOn(wished) => Next { again: Some((wished.max(day(1)), Channel::Phone)), ..done },
        CallOutcome::PassedOn => Next { again: Some((day(PASSED_ON), Channel::Phone)), ..done },
        CallOutcome::NotFound => Next { lost: true, ..done },
        CallOutcome::Decided => done,
    }
}

/// What an outcome leads to while somebody looks for a way: the search goes on until the person is found, leaves, or counts as lost.
pub fn after_search(outcome: CallOutcome, today: NaiveDate) -> Next {
    let next = after_call(outcome, 0, false, today);
    let days = match outcome {
        CallOutcome::NoAnswer => BETWEEN,
        CallOutcome::PassedOn => PASSED_ON,
        _ => return next,
    };
    Next { again: Some((today.checked_add_days(Days::new(days)).unwrap_or(today), Channel::FindContact)), ..next }
}

/// The same for a kind that cannot wait for the next round: it is tried again on the next day.
pub fn without_rest(kind: Option<Kind>, outcome: CallOutcome, next: Next, today: NaiveDate) -> Next {
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    let waits = matches!(outcome, CallOutcome::NoAnswer | CallOutcome::PassedOn) && kind.is_some_and(Kind::cannot_rest);
    match next.again {
        Some((_, channel)) if waits => Next { again: Some((tomorrow, channel)), ..next },
        _ => next,
    }
}

/// What is left of it where the number dialled is that of somebody the registrant named: they confirm nobody's contact data but their own,
/// and who of them wants no calls stops none to the registrant.
pub fn after_third_party(outcome: CallOutcome, next: Next, channel: Channel, today: NaiveDate) -> Next {
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    match outcome {
        CallOutcome::Refused => Next { again: Some((tomorrow, channel)), hold: Some(HoldReason::Declined), ..next },
        CallOutcome::NotInService | CallOutcome::NotThem => Next { again: Some((tomorrow, channel)), ..next },
        _ => Next { verified: false, ..next },
    }
}

/// The order of a day's calls: what cannot wait first. Smaller is sooner.
///
/// A donor for whom a patient waits, and care after a donation, come before anything; then what somebody did and waits for; then organs and bodies, where a question to the family
/// left too late is never answered (ISODP 2025); then the stem-cell file; then blood; thanks and duties last.
pub const fn urgency(kind: Option<Kind>) -> u8 {
    match kind {
        Some(Kind::MatchCheck | Kind::PostDonation) => 0,
        Some(Kind::ConfirmInterest | Kind::Question | Kind::VerifyMail | Kind::FirstContact) => 1,
        Some(Kind::PreSampling) => 2,
        Some(Kind::FamilyTold | Kind::FamilyObjects | Kind::WishCheck | Kind::ExecutorCheck) => 3,
        Some(Kind::Availability | Kind::AgeThanks | Kind::EnrolmentAge) => 4,
        Some(Kind::ContactCheck) | None => 5,
        Some(Kind::BloodPlanNext | Kind::BloodEligible | Kind::DeferralEnd | Kind::BloodLapsing) => 6,
        Some(Kind::BloodThanks | Kind::DeferralExplained | Kind::VolunteerThanks | Kind::VolunteerDuty) => 7,
    }
}
