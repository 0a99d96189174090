//! 急办: the board of the clocks, a match request, its answer for the province, the branch's own entries, openings, the look-up.

use std::fmt::Write as _;

use askama::Template;
use askama::filters::HtmlSafe;

use super::shell::Alarm;
use super::{Choice, Field, Select, Shell, Slips};
use crate::app::{MatchCase, OutsideLine, UrgentNow};
use crate::domain::Guarded;
use crate::domain::match_request::Phase;
use crate::domain::outside::OutsideState;
use crate::domain::role::{Right, Roles};
use crate::domain::time::Timestamp;
use crate::domain::urgent::{Reached, left};
use crate::web::i18n::Text;

/// Time left or passed, in words.
pub fn left_words(until: Timestamp, now: Timestamp, text: Text) -> (String, bool) {
    match left(until, now) {
        Ok((hours, minutes)) => (text.nm("time-left", hours, minutes), false),
        Err((hours, minutes)) => (text.nm("time-over", hours, minutes), true),
    }
}

/// What the first page says until it is done.
pub fn alarms(urgent: &UrgentNow, roles: Roles, now: Timestamp, text: Text) -> Vec<Alarm> {
    let mut out = Vec::new();
    if roles.may(Right::Urgent) {
        if let Some(until) = urgent.answer_by {
            let (words, over) = left_words(until, now, text);
            out.push(Alarm { href: "/urgent", text: text.x("alarm-match", words), stop: over });
        }
        if urgent.notices > 0 {
            out.push(Alarm { href: "/urgent", text: text.n("alarm-notices", urgent.notices), stop: true });
        }
    }
    if urgent.outside > 0 && (roles.may(Right::Urgent) || roles.may(Right::Outside)) {
        // Whoever may not close it reads it on the page of what is urgent.
        let href = if roles.may(Right::Outside) { "/outside" } else { "/urgent" };
        out.push(Alarm { href, text: text.n("alarm-outside", urgent.outside), stop: true });
    }
    if urgent.openings > 0 && roles.may(Right::ReviewOpening) {
        out.push(Alarm { href: "/urgent/openings", text: text.n("alarm-openings", urgent.openings), stop: false });
    }
    if urgent.disclosures > 0 && roles.may(Right::ApproveDisclosure) {
        out.push(Alarm { href: "/disclosures", text: text.n("alarm-disclosures", urgent.disclosures), stop: false });
    }
    out
}

/// A line of the red list.
#[derive(Debug, Clone)]
pub struct RedLine {
    /// Where it is closed; empty for whom it is not.
    pub href: String,
    /// The registrant's number.
    pub person: String,
    /// What is due where.
    pub what: String,
    /// Since when.
    pub since: String,
}

impl RedLine {
    /// The line of a state that is due, for whoever may close it or not.
    pub fn of(line: &OutsideLine, may: bool, text: Text) -> Self {
        let name = text.t(&format!("outside-{}", line.system.word()));
        let cause = line.cause.map(|c| text.t(&format!("outside-cause-{}", c.word()))).unwrap_or_default();
        let key = if line.state == OutsideState::CorrectionDue { "outside-correct-there" } else { "outside-withdraw-there" };
        Self {
            href: line.id.filter(|_| may).map(|id| format!("/outside/{id}")).unwrap_or_default(),
            person: line.public_id.to_string(),
            what: text.xy(key, cause, name),
            since: line.since.map(|d| d.to_string()).unwrap_or_default(),
        }
    }
}

/// The ruler of a match request: from the notice to the answer, with the rungs and now. Figures and words of ours only.
#[derive(Debug)]
pub struct ClockRuler(String);

impl HtmlSafe for ClockRuler {}

impl std::fmt::Display for ClockRuler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl ClockRuler {
    /// A ruler of a width in pixels.
    pub fn of(case: &MatchCase, width: i64, now: Timestamp, text: Text) -> Self {
        let (from, span) = (6, width - 12);
        let whole = (case.answer_by.0 - case.received.0).max(1);
        let at = |t: Timestamp| from + span * (t.0 - case.received.0).clamp(0, whole) / whole;
        let here = at(now);
        let (words, _) = left_words(case.answer_by, now, text);
        let mut out = format!(
            r#"<svg class="chart" viewBox="0 0 {width} 66" role="img" aria-label="{words}"><rect class="track" x="{from}" y="26" width="{span}" height="8" rx="4"/><rect class="t1" x="{from}" y="26" width="{}" height="8" rx="4"/><circle class="dot" cx="{here}" cy="30" r="8"/>"#,
            here - from
        );
        let mut mark = |x: i64, anchor: &str, word: &str| {
            // Writing to a text cannot fail.
            let _ = write!(
                out,
                r#"<line class="axis" x1="{x}" x2="{x}" y1="40" y2="46"/><text class="m" x="{x}" y="62" text-anchor="{anchor}">{word}</text>"#
            );
        };
        mark(from, "start", &text.t("clock-received"));
        for rung in case.rungs.iter().filter(|r| r.act != "answer") {
            mark(at(rung.at), "middle", &text.n("clock-hours", rung.hours));
        }
        mark(from + span, "end", &text.t("clock-answer"));
        out.push_str("</svg>");
        Self(out)
    }
}

/// A match request in the list.
#[derive(Debug)]
pub struct MatchCard {
    /// Its page.
    pub href: String,
    /// Who, by pseudonym, with age and sex.
    pub who: String,
    /// Where it stands.
    pub phase: String,
    /// The hours left, where an answer is due.
    pub left: Option<(String, bool)>,
    /// By when.
    pub until: String,
}

/// A death notice in the list.
#[derive(Debug, Clone)]
pub struct NoticeLine {
    /// Its page.
    pub href: String,
    /// Who, by pseudonym.
    pub who: String,
    /// Where it stands.
    pub phase: String,
    /// How long ago.
    pub since: String,
}

/// The board.
#[derive(Debug, Template)]
#[template(path = "page/urgent.html")]
pub struct Board {
    /// The frame.
    pub s: Shell,
    /// Who is on duty now, and the day on which the duty began.
    pub duty: Option<(String, String)>,
    /// What is due in other systems.
    pub red: Vec<RedLine>,
    /// Registrations never entered in the national organ system.
    pub unentered: u64,
    /// Families that may be called today.
    pub families: u64,
    /// Open match requests.
    pub matches: Vec<MatchCard>,
    /// Open death notices.
    pub notices: Vec<NoticeLine>,
}

/// The form of a match notice.
#[derive(Debug, Template)]
#[template(path = "page/match_new.html")]
pub struct MatchNew {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// CMDP number, request number, received, answer by, registrant.
    pub fields: [Field; 5],
}

/// A step that was noted or is to come.
#[derive(Debug)]
pub struct StepShown {
    /// What.
    pub what: String,
    /// When, and by whom.
    pub when: String,
    /// The note.
    pub note: Guarded<String>,
    /// Whether it was done.
    pub done: bool,
}

impl StepShown {
    /// The note, for templates.
    pub fn text(&self) -> &str {
        self.note.reveal()
    }
}

/// The form that notes a step.
#[derive(Debug)]
pub struct StepFields {
    /// Where it is posted.
    pub action: String,
    /// What happened.
    pub what: Choice,
    /// How it ended, with its reason.
    pub end: Option<Select>,
    /// The day.
    pub day: Option<Field>,
    /// A note.
    pub note: Field,
    /// The version to give back.
    pub version: i64,
}

/// One match request.
#[derive(Debug, Template)]
#[template(path = "page/match.html")]
pub struct MatchPage {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Its own path.
    pub path: String,
    /// The hours and minutes left, and whether they have passed; none once it is answered.
    pub left: Option<((i64, i64), bool)>,
    /// By when an answer is due.
    pub until: String,
    /// The ruler for a phone and for a desk.
    pub rulers: (ClockRuler, ClockRuler),
    /// The request's number and the donor's.
    pub numbers: (Guarded<String>, Guarded<String>),
    /// When it came in.
    pub received: String,
    /// The pseudonym with age and sex.
    pub who: String,
    /// The person's page; empty where there is none any more.
    pub person: String,
    /// Where it stands.
    pub phase: String,
    /// What the CMDP itself says, with source and day.
    pub cmdp: Option<(String, Guarded<String>)>,
    /// Name and ways of contact, once opened.
    pub opened: Vec<super::people::Shown>,
    /// Why the identity is opened.
    pub reason: Select,
    /// What was done and what is to come.
    pub steps: Vec<StepShown>,
    /// The form that notes a step; none once it is over and the CMDP has nothing to say.
    pub form: StepFields,
    /// Whether there is an answer to print.
    pub answered: bool,
}

impl MatchPage {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// The answer for the province, on paper.
#[derive(Debug, Template)]
#[template(path = "page/match_answer.html")]
pub struct MatchAnswer {
    /// The frame.
    pub s: Shell,
    /// Labels with what stands beside them.
    pub rows: Vec<(String, Guarded<String>)>,
    /// Back to the request.
    pub back: String,
}

impl MatchAnswer {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// The numbers of a case, or empty ones.
pub fn number(value: Option<&Guarded<String>>) -> Guarded<String> {
    value.map_or_else(|| Guarded::new(String::new()), Guarded::duplicate)
}

/// A number of a case: masked until the identity was opened.
pub fn masked(value: Option<&Guarded<String>>, opened: bool) -> Guarded<String> {
    let shown = |n: &Guarded<String>| if opened { n.reveal().clone() } else { super::mask::raw(n.reveal()) };
    Guarded::new(value.map(shown).unwrap_or_default())
}

/// Whether a rung is still to come.
pub fn ahead(reached: Reached) -> bool {
    reached == Reached::Ahead
}

/// The word of a phase.
pub fn phase_word(phase: Phase, text: Text) -> String {
    text.t(&format!("match-phase-{}", phase.word()))
}

/// A desk as it is entered.
#[derive(Debug)]
pub struct DeskFields {
    /// Whom.
    pub name: String,
    /// Its word, part of the field names.
    pub word: &'static str,
    /// The number.
    pub phone: String,
    /// Hours.
    pub hours: String,
    /// When it was confirmed; empty where it was not.
    pub confirmed: String,
}

/// What the branch enters for the clocks.
#[derive(Debug, Template)]
#[template(path = "page/duty.html")]
pub struct DutyPage {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Whether the reader may change it.
    pub may: bool,
    /// Whom to call.
    pub desks: Vec<DeskFields>,
    /// From which day on that holds; empty where the branch entered nothing.
    pub since: String,
    /// What was entered for later: the day, and whom within what time.
    pub coming: Vec<(String, String)>,
    /// From which day on what is entered holds.
    pub from: Field,
    /// The branch's own number.
    pub phone: String,
    /// The roster: day and name.
    pub roster: Vec<(String, String)>,
    /// The day to be filled.
    pub day: Field,
    /// By whom.
    pub staff: Select,
}

/// An emergency opening in the list.
#[derive(Debug)]
pub struct OpeningShown {
    /// Where its review is posted.
    pub href: String,
    /// Who opened.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: String,
    /// By when it is to be reviewed.
    pub until: String,
    /// Whether that day has passed.
    pub late: bool,
    /// Whether the reader opened it.
    pub own: bool,
}

/// The emergency openings.
#[derive(Debug, Template)]
#[template(path = "page/openings.html")]
pub struct Openings {
    /// The frame.
    pub s: Shell,
    /// How many there were this year.
    pub year: u64,
    /// Those that wait.
    pub lines: Vec<OpeningShown>,
}

/// The look-up.
#[derive(Debug, Template)]
#[template(path = "page/look_up.html")]
pub struct LookUp {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Document number and case number.
    pub fields: [Field; 2],
    /// Why.
    pub why: Choice,
    /// The answer: none before it is asked; registered since when for what, or not.
    pub found: Option<Option<(String, String)>>,
    /// From when on one may ask again; empty while one may.
    pub again: String,
}
