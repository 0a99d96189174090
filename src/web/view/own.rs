//! The registrant's own page: the second fact, then what is on file, masked, and the answer.

use askama::Template;

use super::{Field, Shell, Slips, mask};
use crate::app::{OwnPage, Pending};
use crate::domain::Guarded;
use crate::web::i18n::Text;

/// The page that asks for the second fact. Nothing personal stands on it.
#[derive(Debug, Template)]
#[template(path = "page/own_fact.html")]
pub struct OwnFact {
    /// The frame.
    pub s: Shell,
    /// The link's own path.
    pub path: String,
    /// The fact was wrong; another try is allowed.
    pub wrong: bool,
}

/// The page behind the second fact.
#[derive(Debug, Template)]
#[template(path = "page/own.html")]
pub struct Own {
    /// The frame.
    pub s: Shell,
    /// The link's own path.
    pub path: String,
    /// Carried along instead of the fact.
    pub proof: String,
    /// What is wrong.
    pub slips: Slips,
    /// The greeting.
    pub name: Guarded<String>,
    /// Registries in words, with the day.
    pub standings: Vec<(String, String)>,
    /// Other systems in which something is still to be done, in words, with the day since when.
    pub pending: Vec<(String, String)>,
    /// Phones, masked.
    pub phones: Vec<String>,
    /// Mail addresses, masked.
    pub mails: Vec<String>,
    /// Another phone.
    pub phone: Field,
    /// Another mail address.
    pub mail: Field,
    /// Until when not to be asked.
    pub until: Field,
}

/// A typed number or address that cannot be right: corrected without what is on file being shown again.
#[derive(Debug, Template)]
#[template(path = "page/own_flaw.html")]
pub struct OwnFlaw {
    /// The frame.
    pub s: Shell,
    /// The link's own path.
    pub path: String,
    /// Carried along instead of the fact.
    pub proof: String,
    /// The phone cannot be right.
    pub phone: bool,
    /// The mail address cannot be right.
    pub mail: bool,
}

impl Own {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }

    /// The page of what is on file.
    pub fn of(s: Shell, path: String, page: &OwnPage) -> Self {
        let text = s.text();
        let contact = page.contact.reveal();
        let name = page.salutation.reveal().as_ref().map(mask::name).unwrap_or_default();
        Self {
            path,
            proof: page.proof.clone(),
            slips: Slips::default(),
            name: Guarded::new(name),
            standings: page.standings.iter().map(|(r, day)| (text.t(&format!("registry-{}", r.word())), day.to_string())).collect(),
            pending: pending(&page.pending, text),
            phones: contact.phones.iter().map(mask::phone).collect(),
            mails: contact.mails.iter().map(mask::mail).collect(),
            phone: Field::new(text, "phone", "own-phone").optional(text).kind("tel").autocomplete("tel"),
            mail: Field::new(text, "mail", "own-mail").optional(text).kind("email").autocomplete("email"),
            until: Field::new(text, "until", "own-until").optional(text).kind("date").class("input--short"),
            s,
        }
    }
}

/// Other systems in which something is still to be done, in words, with the day since when.
pub fn pending(pending: &Pending, text: Text) -> Vec<(String, String)> {
    let line = |(system, state, day): &(_, _, _)| own_line(*system, *state, *day, text);
    pending.iter().map(line).collect()
}

fn own_line(
    system: crate::domain::outside::OutsideSystem,
    state: crate::domain::outside::OutsideState,
    day: chrono::NaiveDate,
    text: Text,
) -> (String, String) {
    let name = text.t(&format!("outside-{}", system.word()));
    (text.x(&format!("own-pending-{}", state.word()), name), day.to_string())
}
