//! Leaving a registry: the form, with when, how and by whom it was told, and the line that says so afterwards.

use chrono::NaiveDate;

use super::people::registry_word;
use super::{Choice, Field, Select, Slips};
use crate::app::LeavingLine;
use crate::domain::Guarded;
use crate::domain::death::DeathSource;
use crate::domain::leaving::{HowTold, LeaveChannel, LeaveEvidence, LeavingTold, ToldBy};
use crate::domain::registry::{ExitReason, Registry};
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// The form by which somebody leaves a registry, or is noted as dead.
#[derive(Debug)]
pub struct LeaveFields {
    /// Which registry.
    pub registry: Select,
    /// Why.
    pub why: Choice,
    /// The day of a death.
    pub day: Field,
    /// Who told of a death.
    pub told_by: Select,
    /// When, how and by whom anything else was told.
    pub how: HowFields,
}

/// When, how and by whom it was told. Why is not asked.
#[derive(Debug)]
pub struct HowFields {
    /// The day.
    pub day: Field,
    /// The channel, who told it, what was kept.
    pub choices: [Select; 3],
    /// Where that is filed.
    pub note: Field,
}

impl HowFields {
    const NAMES: [&'static str; 5] = ["left_day", "left_channel", "left_by", "left_evidence", "left_note"];

    fn of(today: NaiveDate, entries: Option<&Entries>, slips: &Slips, text: Text) -> Self {
        let channel = LeaveChannel::AT_THE_OFFICE.iter().fold(Select::new(text, "left_channel", "left-channel"), |s, c| {
            s.option(c.word(), text.t(&format!("left-channel-{}", c.word())))
        });
        let by = ToldBy::ALL
            .iter()
            .fold(Select::new(text, "left_by", "left-by"), |s, by| s.option(by.word(), text.t(&format!("left-by-{}", by.word()))));
        let evidence = LeaveEvidence::ALL.iter().fold(
            Select::new(text, "left_evidence", "left-evidence").optional(text).option("", text.t("left-evidence-none")),
            |s, kept| s.option(kept.word(), text.t(&format!("left-evidence-{}", kept.word()))),
        );
        Self {
            day: Field::new(text, "left_day", "left-day")
                .class("input--short")
                .live(text, "date")
                .value(today.to_string())
                .refill(text, entries, slips),
            choices: [channel, by, evidence].map(|select| select.refill(text, entries, slips)),
            note: Field::new(text, "left_note", "left-note").hint(text, "left-note-hint").optional(text).refill(text, entries, slips),
        }
    }
}

/// What was typed of how it was told; what was left out is today, in person, the registrant. None where a field cannot be read.
pub fn how_told(entries: &Entries, today: NaiveDate, slips: &mut Slips) -> Option<HowTold> {
    fn chosen<T>(entries: &Entries, name: &'static str, known: impl Fn(&str) -> Option<T>, slips: &mut Slips) -> Option<T> {
        let read = entries.read(name, known)?;
        if read.is_none() {
            slips.add(name, "slip-choose");
        }
        read
    }
    let plain = HowTold::today(today);
    let day = entries.read("left_day", |text| text.parse::<NaiveDate>().ok());
    if day == Some(None) {
        slips.add("left_day", "slip-date-bad");
    }
    let at_the_office = |word: &str| LeaveChannel::from_word(word).filter(|channel| LeaveChannel::AT_THE_OFFICE.contains(channel));
    let channel = chosen(entries, "left_channel", at_the_office, slips);
    let by = chosen(entries, "left_by", ToldBy::from_word, slips);
    let evidence = chosen(entries, "left_evidence", LeaveEvidence::from_word, slips);
    HowFields::NAMES.iter().all(|field| slips.of(field).is_none()).then(|| HowTold {
        day: day.flatten().unwrap_or(plain.day),
        channel: channel.unwrap_or(plain.channel),
        by: by.unwrap_or(plain.by),
        evidence,
        note: entries.text("left_note"),
    })
}

/// How it was told that a registry was left.
#[derive(Debug)]
pub struct LeftShown {
    /// In words.
    pub words: String,
    /// Where what was kept is filed; empty unless the page was opened.
    pub note: Guarded<String>,
}

impl LeftShown {
    /// The line of a registry that was left.
    pub fn of(line: &LeavingLine, text: Text) -> Self {
        let LeavingTold { registry, exit, day, told, evidence } = line.told;
        let mut words =
            vec![text.xy("left-told", registry_word(registry, text), format!("{day} {}", text.t(&format!("exit-{}", exit.word()))))];
        if let Some((channel, by)) = told {
            words.push(text.t(&format!("left-channel-{}", channel.word())));
            words.push(text.x("left-told-by", text.t(&format!("left-by-{}", by.word()))));
        }
        words.extend(evidence.map(|kept| text.t(&format!("left-evidence-{}", kept.word()))));
        Self {
            words: words.join(&text.t("list-comma")),
            note: line.note.as_ref().map_or_else(|| Guarded::new(String::new()), Guarded::duplicate),
        }
    }

    /// The note, as text.
    pub fn text(&self) -> &str {
        self.note.reveal()
    }
}

impl LeaveFields {
    /// The form for the registries that can be left, with the reasons that may be told by hand in one of them.
    pub fn of(open: &[Registry], today: NaiveDate, entries: Option<&Entries>, slips: &Slips, text: Text) -> Option<Self> {
        if open.is_empty() {
            return None;
        }
        let registry = open.iter().fold(Select::new(text, "registry", "leave-from"), |s, r| s.option(r.word(), registry_word(*r, text)));
        let offered = |reason: &ExitReason| open.iter().any(|r| ExitReason::by_hand(*r).contains(reason));
        let why = ExitReason::ALL
            .into_iter()
            .filter(offered)
            .fold(Choice::one(text, "why", "leave-why"), |c, reason| c.option(reason.word(), text.t(&format!("exit-{}", reason.word()))));
        let told_by = DeathSource::ALL.iter().fold(Select::new(text, "told_by", "death-by").option("", text.t("choose")), |s, by| {
            s.option(by.word(), text.t(&format!("death-by-{}", by.word())))
        });
        Some(Self {
            registry: registry.refill(text, entries, slips),
            why: why.refill(text, entries, slips),
            day: Field::new(text, "death_day", "death-day")
                .hint(text, "death-day-hint")
                .class("input--short")
                .live(text, "date")
                .value(today.to_string())
                .refill(text, entries, slips),
            told_by: told_by.refill(text, entries, slips),
            how: HowFields::of(today, entries, slips, text),
        })
    }

    /// Whether something is wrong with what was sent by it.
    pub fn has_slips(slips: &Slips) -> bool {
        ["why", "death_day", "told_by"].iter().chain(&HowFields::NAMES).any(|field| slips.of(field).is_some())
    }

    /// Whether something is wrong with how it was told.
    pub fn wrong_how(slips: &Slips) -> bool {
        HowFields::NAMES.iter().any(|field| slips.of(field).is_some())
    }
}
