//! Recall of donors of a rare group: the requests of blood stations, and whom to call in which order.

use askama::Template;

use super::donor::kind_word;
use super::enrol::{abo_word, town_name};
use super::{Choice, Field, Shell, Slips};
use crate::app::{Recall, RecallLine};
use crate::domain::Guarded;
use crate::domain::eligibility::DonationKind;
use crate::domain::person::{Abo, Rh};
use crate::domain::recall::Said;
use crate::domain::town::Towns;
use crate::web::form::Entries;
use crate::web::i18n::{Lang, Text};

/// A request in words.
#[derive(Debug)]
pub struct RecallWords {
    /// Its id, also the address.
    pub id: String,
    /// The station's number.
    pub number: String,
    /// The group and kind.
    pub wanted: String,
    /// The towns.
    pub towns: String,
    /// The last day.
    pub until: String,
    /// Whether people may still be called.
    pub open: bool,
}

impl RecallWords {
    /// A request.
    pub fn of(recall: &Recall, towns: &Towns, text: Text) -> Self {
        let abo = recall.wanted.abo.map_or_else(|| text.t("recall-any-abo"), |abo| abo_word(abo).to_owned());
        let key = if recall.wanted.rh == Rh::Positive { "group-positive" } else { "group-negative" };
        let names: Vec<String> = recall.wanted.towns.iter().map(|town| town_name(Some(*town), towns, text)).collect();
        Self {
            id: recall.id.to_string(),
            number: recall.number.clone(),
            wanted: format!("{} · {}", text.x(key, abo), kind_word(recall.wanted.kind, text)),
            towns: names.join(&text.t("list-comma")),
            until: recall.until.to_string(),
            open: recall.open,
        }
    }
}

/// The requests, and the form of a new one.
#[derive(Debug, Template)]
#[template(path = "page/recalls.html")]
pub struct Recalls {
    /// The frame.
    pub s: Shell,
    /// What is wrong with the form.
    pub slips: Slips,
    /// The requests, the latest first.
    pub recalls: Vec<RecallWords>,
    /// Where they go on; none on the last page.
    pub next: Option<String>,
    /// Number, ABO, RhD, kind, towns, last day.
    pub fresh: (Field, Choice, Choice, Choice, Choice, Field),
}

impl Recalls {
    /// The page.
    pub fn of(s: Shell, recalls: &[Recall], towns: &Towns, entries: Option<&Entries>, slips: Slips) -> Self {
        let text = s.text();
        let abo = [Abo::A, Abo::B, Abo::AB, Abo::O]
            .into_iter()
            .fold(Choice::one(text, "abo", "donor-abo").columns(2), |c, abo| c.option(abo_word(abo), abo_word(abo).to_owned()))
            .option("any", text.t("recall-any-abo"));
        let rh = Choice::one(text, "rh", "donor-rh")
            .columns(2)
            .option("negative", text.t("donor-rh-negative"))
            .option("positive", text.t("donor-rh-positive"));
        let kinds = DonationKind::ALL
            .into_iter()
            .fold(Choice::one(text, "kind", "donor-kind").columns(2), |c, k| c.option(k.word(), kind_word(k, text)));
        let english = text.0 == Lang::English;
        let named = towns.towns.iter().fold(Choice::many(text, "towns", "recall-towns").columns(2), |c, town| {
            let name = if english && !town.name_en.is_empty() { &town.name_en } else { &town.name };
            c.option(town.code.to_string(), name.clone())
        });
        Self {
            recalls: recalls.iter().map(|recall| RecallWords::of(recall, towns, text)).collect(),
            next: None,
            fresh: (
                Field::new(text, "number", "recall-number")
                    .hint(text, "recall-number-hint")
                    .class("input--short")
                    .refill(text, entries, &slips),
                abo.refill(text, entries, &slips),
                rh.refill(text, entries, &slips),
                kinds.refill(text, entries, &slips),
                named.refill(text, entries, &slips),
                Field::new(text, "until", "recall-until")
                    .hint(text, "hint-date")
                    .class("input--short")
                    .live(text, "date")
                    .refill(text, entries, &slips),
            ),
            slips,
            s,
        }
    }
}

/// Somebody to be called.
#[derive(Debug)]
pub struct CallLine {
    /// Public id.
    pub person: String,
    name: Guarded<String>,
    phones: Guarded<Vec<String>>,
    /// When they were called last.
    pub last: String,
}

impl CallLine {
    /// A line.
    pub fn of(line: &RecallLine, text: Text) -> Self {
        Self {
            person: line.person.to_string(),
            name: Guarded::new(line.name.as_ref().map(|n| n.reveal().as_str().to_owned()).unwrap_or_default()),
            phones: Guarded::new(line.contact.reveal().phones.iter().map(|p| p.as_str().to_owned()).collect()),
            last: line.last_asked.map_or_else(|| text.t("recall-never"), |day| day.to_string()),
        }
    }

    fn name(&self) -> &str {
        self.name.reveal()
    }

    fn phones(&self) -> impl Iterator<Item = &str> {
        self.phones.reveal().iter().map(String::as_str)
    }
}

/// One request, and whom to call where the list was opened.
#[derive(Debug, Template)]
#[template(path = "page/recall.html")]
pub struct RecallPage {
    /// The frame.
    pub s: Shell,
    /// The request.
    pub recall: RecallWords,
    /// Whom to call, in order; none before the list is opened.
    pub people: Option<Vec<CallLine>>,
    /// Outcomes of a call: word and text.
    pub said: Vec<(&'static str, String)>,
}

impl RecallPage {
    /// The page.
    pub fn of(s: Shell, recall: &Recall, towns: &Towns, people: Option<&[RecallLine]>) -> Self {
        let text = s.text();
        Self {
            recall: RecallWords::of(recall, towns, text),
            people: people.map(|people| people.iter().map(|line| CallLine::of(line, text)).collect()),
            said: Said::ALL.into_iter().map(|said| (said.word(), text.t(&format!("said-{}", said.word())))).collect(),
            s,
        }
    }
}
