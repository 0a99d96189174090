//! Volunteers found among all: certificates that run out; the call-out list.

use askama::Template;
use chrono::NaiveDate;

use super::enrol::town_name;
use super::volunteer::{skill_word, skill_words, validity_words};
use super::{Choice, Field, Shell, Slips, mask};
use crate::app::{CallOut, CallOutLine, Expiring, RUNS_OUT};
use crate::domain::Guarded;
use crate::domain::id::PublicId;
use crate::domain::role::Right;
use crate::domain::town::Towns;
use crate::domain::volunteer::Skill;
use crate::web::form::Entries;
use crate::web::i18n::{Lang, Text};

/// A certificate that runs out, masked.
#[derive(Debug, Clone)]
pub struct CertificateLine {
    /// Whose, also the address.
    pub person: String,
    /// Masked name.
    pub name: String,
    /// Teams.
    pub teams: String,
    /// Its last day.
    pub last: String,
}

/// The certificates that run out.
#[derive(Debug, Template)]
#[template(path = "page/certificates.html")]
pub struct Certificates {
    /// The frame.
    pub s: Shell,
    /// How many days ahead.
    pub days: u64,
    /// The soonest first.
    pub lines: Vec<CertificateLine>,
    /// The next page.
    pub next: Option<String>,
    /// Where it is not of this moment, of when, as printed.
    pub older: Option<String>,
}

impl Certificates {
    /// The page, and behind whom the next one begins; where it is not of this moment, of when.
    pub fn of(s: Shell, lines: &[Expiring], next: Option<(NaiveDate, PublicId)>, older: Option<String>) -> Self {
        let text = s.text();
        let next = next.map(|(day, person)| format!("/volunteers/certificates?from={day}&after={person}"));
        let line = |one: &Expiring| CertificateLine {
            person: one.person.to_string(),
            name: one.name.as_ref().map_or_else(|| text.t("empty-value"), |n| mask::name(n.reveal())),
            teams: one.teams.join(&text.t("list-comma")),
            last: one.last.to_string(),
        };
        Self { lines: lines.iter().map(line).collect(), next, older, days: RUNS_OUT, s }
    }
}

/// Somebody to be called.
#[derive(Debug)]
pub struct CalledOut {
    /// Public id.
    pub person: String,
    name: Guarded<String>,
    phones: Guarded<Vec<String>>,
    town: Guarded<String>,
    skills: Guarded<String>,
    /// The certificate, and its class.
    pub certificate: (String, &'static str),
}

impl CalledOut {
    fn of(line: &CallOutLine, towns: &Towns, text: Text) -> Self {
        Self {
            person: line.person.to_string(),
            name: Guarded::new(line.name.as_ref().map(|n| n.reveal().as_str().to_owned()).unwrap_or_default()),
            phones: Guarded::new(line.contact.reveal().phones.iter().map(|p| p.as_str().to_owned()).collect()),
            town: Guarded::new(town_name(line.town, towns, text)),
            skills: Guarded::new(skill_words(&line.skills, text)),
            certificate: validity_words(line.certificate, text),
        }
    }

    fn name(&self) -> &str {
        self.name.reveal()
    }

    fn phones(&self) -> impl Iterator<Item = &str> {
        self.phones.reveal().iter().map(String::as_str)
    }

    fn town(&self) -> &str {
        self.town.reveal()
    }

    fn skills(&self) -> &str {
        self.skills.reveal()
    }
}

/// The list asked for.
#[derive(Debug)]
pub struct CallOutList {
    /// What for.
    pub purpose: String,
    /// The filter in words.
    pub asked: String,
    /// Whom to call, in order.
    pub people: Vec<CalledOut>,
}

/// The form, and the list where it was asked for.
#[derive(Debug, Template)]
#[template(path = "page/callout.html")]
pub struct CallOutPage {
    /// The frame.
    pub s: Shell,
    /// What is wrong with the form.
    pub slips: Slips,
    /// Skills, towns, purpose.
    pub form: (Choice, Choice, Field),
    /// The list.
    pub list: Option<CallOutList>,
    /// Whether the reader may see the teams.
    pub may_serve: bool,
}

impl CallOutPage {
    /// The page.
    pub fn of(s: Shell, towns: &Towns, entries: Option<&Entries>, found: Option<(&CallOut, &[CallOutLine])>, slips: Slips) -> Self {
        let text = s.text();
        let english = text.0 == Lang::English;
        let skills = Skill::ALL
            .iter()
            .fold(Choice::many(text, "skills", "callout-skills").columns(2), |c, skill| c.option(skill.word(), skill_word(*skill, text)));
        let named = towns.towns.iter().fold(Choice::many(text, "towns", "callout-towns").columns(2), |c, town| {
            let name = if english && !town.name_en.is_empty() { &town.name_en } else { &town.name };
            c.option(town.code.to_string(), name.clone())
        });
        let purpose = Field::new(text, "purpose", "callout-purpose").hint(text, "callout-purpose-hint");
        let list = found.map(|(asked, lines)| {
            let mut parts: Vec<String> = Vec::new();
            if !asked.skills.is_empty() {
                parts.push(skill_words(&asked.skills, text));
            }
            if !asked.towns.is_empty() {
                let named: Vec<String> = asked.towns.iter().map(|town| town_name(Some(*town), towns, text)).collect();
                parts.push(named.join(&text.t("list-comma")));
            }
            CallOutList {
                purpose: asked.purpose.trim().to_owned(),
                asked: parts.join(" · "),
                people: lines.iter().map(|line| CalledOut::of(line, towns, text)).collect(),
            }
        });
        Self {
            form: (skills.refill(text, entries, &slips), named.refill(text, entries, &slips), purpose.refill(text, entries, &slips)),
            list,
            may_serve: s.may(Right::Service),
            slips,
            s,
        }
    }
}
