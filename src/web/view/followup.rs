//! Follow-ups: today's tasks, one task with its outcome, the plan by month, sending, the first contact of imported people.

use askama::Template;

use super::{Choice, Field, Select, Shell, Slips};
use crate::domain::Guarded;

/// A task in the list.
#[derive(Debug, Clone)]
pub struct TaskLine {
    /// Its page.
    pub href: String,
    /// Whom, masked.
    pub name: String,
    /// Registry and kind, in words.
    pub why: String,
    /// Days overdue; nought is today.
    pub overdue: u64,
    /// Whether it is the one shown.
    pub current: bool,
}

/// One month of the plan.
#[derive(Debug, Clone)]
pub struct MonthLine {
    /// `2026-11`.
    pub month: String,
    /// Mails, calls.
    pub mails: u64,
    /// Calls.
    pub calls: u64,
}

/// What waits and what went.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mails {
    /// Queued and due.
    pub due: u64,
    /// Sent in the last thirty days.
    pub sent: u64,
    /// Refused for good.
    pub failed: u64,
    /// Nobody knows whether they arrived: a person decides.
    pub uncertain: u64,
}

/// The task shown.
#[derive(Debug)]
pub struct Task {
    /// Where its outcome is posted.
    pub href: String,
    /// Where the disclosure of the number is posted.
    pub open: String,
    /// Name; masked until opened.
    pub name: Guarded<String>,
    /// Sex, age, town, standing: in words.
    pub about: Vec<String>,
    /// Registry and kind.
    pub why: String,
    /// Phone; masked until opened.
    pub phone: Guarded<String>,
    /// Whether name and number are opened.
    pub opened: bool,
    /// Earlier rounds, in words.
    pub rounds: Vec<String>,
    /// Key of the words to say.
    pub script: String,
    /// The outcome.
    pub outcome: Choice,
    /// Asked when somebody was reached.
    pub willing: Choice,
    /// When to call again.
    pub again: Field,
}

/// Today's work.
#[derive(Debug, Template)]
#[template(path = "page/follow_ups.html")]
pub struct FollowUps {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// How many are due, and how many were done today.
    pub due: u64,
    /// Done today.
    pub done: u64,
    /// Due today.
    pub today: Vec<TaskLine>,
    /// Overdue.
    pub overdue: Vec<TaskLine>,
    /// The task shown.
    pub task: Option<Task>,
    /// The plan by month.
    pub months: Vec<MonthLine>,
    /// Mails.
    pub mails: Mails,
    /// People imported whom nobody contacted yet.
    pub uncontacted: u64,
}

impl FollowUps {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// The first contact in preparation.
#[derive(Debug, Clone)]
pub struct FirstPreview {
    /// Whom the filter means.
    pub people: u64,
    /// Of these, reachable by mail.
    pub by_mail: u64,
    /// Of these, by phone only: calls are planned.
    pub by_phone: u64,
    /// Left out: no way to reach them, undecided, exited.
    pub left_out: u64,
    /// The filter, in words.
    pub filter: Vec<String>,
}

/// A first contact that waits for the manager.
#[derive(Debug, Clone)]
pub struct FirstPending {
    /// Where the confirmation is posted.
    pub href: String,
    /// How many people.
    pub people: u64,
    /// Who asks.
    pub by: String,
    /// When.
    pub when: String,
    /// The filter, in words.
    pub filter: Vec<String>,
    /// Whether whoever reads the page may confirm it.
    pub may_confirm: bool,
}

/// 发起首次联系.
#[derive(Debug, Template)]
#[template(path = "page/first_contact.html")]
pub struct FirstContact {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Registries.
    pub registries: Choice,
    /// Which import.
    pub import: Select,
    /// The preview, once a filter was chosen.
    pub preview: Option<FirstPreview>,
    /// The count typed back.
    pub count: Field,
    /// The filter carried along: name and value, ours.
    pub carried: Vec<(String, String)>,
    /// What waits for the manager.
    pub pending: Vec<FirstPending>,
    /// Whether whoever reads the page may ask for one.
    pub may_ask: bool,
}
