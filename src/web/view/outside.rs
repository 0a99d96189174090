//! What other systems know of a registration.

use askama::Template;

use super::urgent::RedLine;
use super::{Field, Shell, Slips};
use crate::app::{GridState, OutsideLine, OutsideStep};
use crate::domain::Guarded;
use crate::domain::outside::OutsideState;
use crate::web::i18n::Text;

/// A system on a person's page.
#[derive(Debug)]
pub struct OutsideShown {
    /// The system's word, as forms send it.
    pub system: &'static str,
    /// Its name.
    pub name: String,
    /// How it stands there.
    pub state: String,
    /// `ok`, `warn`, `stop` or nothing.
    pub class: &'static str,
    /// Since when.
    pub since: String,
    /// The number there; masked until the page was opened.
    number: Guarded<String>,
    /// Where what is due is closed; empty where nothing is.
    pub href: String,
    /// Whether a number may be entered now.
    pub enter: bool,
}

impl OutsideShown {
    /// The line of a system.
    pub fn of(line: &OutsideLine, opened: bool, may: bool, text: Text) -> Self {
        let state = if line.state == OutsideState::NotEntered {
            text.t(&format!("outside-not-entered-{}", line.system.word()))
        } else {
            text.t(&format!("outside-state-{}", line.state.word()))
        };
        let number = line.number.as_ref().map(Guarded::reveal);
        let shown = number.map(|n| if opened { n.clone() } else { super::mask::raw(n) }).unwrap_or_default();
        Self {
            system: line.system.word(),
            name: text.t(&format!("outside-{}", line.system.word())),
            state,
            class: match line.state {
                OutsideState::NotEntered => "warn",
                OutsideState::Entered => "ok",
                OutsideState::CorrectionDue | OutsideState::WithdrawalDue => "stop",
                OutsideState::Withdrawn => "",
            },
            since: line.since.map(|d| d.to_string()).unwrap_or_default(),
            number: Guarded::new(shown),
            href: line.id.filter(|_| line.state.is_due() && may).map(|id| format!("/outside/{id}")).unwrap_or_default(),
            enter: may && line.state != OutsideState::WithdrawalDue,
        }
    }

    /// The number, as far as it is shown.
    pub fn number(&self) -> &str {
        self.number.reveal()
    }
}

/// The GRID on a person's page.
#[derive(Debug)]
pub struct GridShown {
    /// Whether and since when one is entered, in words.
    pub state: String,
    /// `ok` or `warn`.
    pub class: &'static str,
    /// Whether it may be entered.
    pub enter: bool,
    number: Guarded<String>,
}

impl GridShown {
    /// What is known of a GRID. Its characters stand in it only where the page was opened.
    pub fn of(grid: &GridState, may: bool, text: Text) -> Self {
        Self {
            state: grid.since.map_or_else(|| text.t("grid-none"), |day| text.x("grid-since", day)),
            class: if grid.since.is_some() { "ok" } else { "warn" },
            enter: may,
            number: grid.text.as_ref().map_or_else(|| Guarded::new(String::new()), Guarded::duplicate),
        }
    }

    /// The characters, as far as they are shown.
    pub fn number(&self) -> &str {
        self.number.reveal()
    }
}

/// The red list.
#[derive(Debug, Template)]
#[template(path = "page/outside_list.html")]
pub struct RedList {
    /// The frame.
    pub s: Shell,
    /// What is due.
    pub red: Vec<RedLine>,
    /// Where it goes on; none on the last page.
    pub next: Option<String>,
    /// Registrations never entered in the national organ system.
    pub unentered: u64,
}

/// Something that happened there.
#[derive(Debug)]
pub struct Happened {
    /// What.
    pub what: String,
    /// When and by whom.
    pub when: String,
    evidence: Guarded<String>,
}

impl Happened {
    /// A step in words. `printed` tells an instant.
    pub fn of(step: &OutsideStep, printed: &str, text: Text) -> Self {
        let cause = step.cause.map(|c| text.t(&format!("outside-cause-{}", c.word())));
        let act = text.t(&format!("outside-act-{}", step.act.word()));
        let what = cause.map_or_else(|| act.clone(), |c| text.xy("outside-act-why", &act, c));
        let when = format!("{} {printed}", step.day);
        Self {
            what,
            when: step.by.as_ref().map_or_else(|| when.clone(), |by| text.xy("source-by", &when, by)),
            evidence: step.evidence.as_ref().map_or_else(|| Guarded::new(String::new()), Guarded::duplicate),
        }
    }

    fn text(&self) -> &str {
        self.evidence.reveal()
    }
}

/// Closing what is due in one system.
#[derive(Debug, Template)]
#[template(path = "page/outside.html")]
pub struct OutsidePage {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Its own path.
    pub path: String,
    /// The registrant's number.
    pub person: String,
    /// What is due where.
    pub what: String,
    /// The number there, as it is typed into the other system.
    pub number: Guarded<String>,
    /// Whether something is due.
    pub due: bool,
    /// Day and evidence.
    pub fields: [Field; 2],
    /// What happened, oldest first.
    pub steps: Vec<Happened>,
    /// The version to give back.
    pub version: i64,
}

impl OutsidePage {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}
