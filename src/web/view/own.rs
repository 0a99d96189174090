//! The registrant's own page: the second fact, then what is on file, masked, and the answer.

use askama::Template;

use super::{Choice, Field, Shell, Slips, mask};
use crate::app::{OwnPage, Pending, Served};
use crate::domain::Guarded;
use crate::domain::registry::Registry;
use crate::domain::told::FamilyTold;
use crate::web::form::Entries;
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
    /// The greeting.
    pub name: Guarded<String>,
    /// Registries in words, with the day.
    pub standings: Vec<(String, String)>,
    /// How long a volunteer served, in words; empty of anybody else.
    pub served: Vec<String>,
    /// Other systems in which something is still to be done, in words, with the day since when.
    pub pending: Vec<(String, String)>,
    /// Phones, masked.
    pub phones: Vec<String>,
    /// Mail addresses, masked.
    pub mails: Vec<String>,
    /// Which registrations are left, for who stands in several.
    pub leave: Option<Choice>,
    /// Another phone.
    pub phone: Field,
    /// Another mail address.
    pub mail: Field,
    /// Until when not to be asked.
    pub until: Field,
    /// Whether the family knows, where it decides.
    pub family: Option<Choice>,
    /// A question to staff.
    pub question: Field,
    /// What is asked for by right.
    pub requests: Choice,
}

/// What cannot be read is typed again; everything else that was told is carried along, and what is on file is not shown again.
#[derive(Debug, Template)]
#[template(path = "page/own_flaw.html")]
pub struct OwnFlaw {
    /// The frame.
    pub s: Shell,
    /// The link's own path.
    pub path: String,
    /// What is wrong.
    pub slips: Slips,
    /// Told before and right: field and value.
    pub carried: Vec<(String, Guarded<String>)>,
    /// What is to be chosen again: which registrations are left, where none was ticked; will and contact, where nothing was chosen.
    pub choices: Vec<Choice>,
    /// What is to be typed again.
    pub fields: Vec<Field>,
}

/// The fields a registrant fills in, as they are carried from one try to the next.
const CARRIED: [&str; 10] = ["proof", "will", "until", "leave", "contact", "phone", "mail", "family", "question", "requests"];

/// The fields of will and contact, with which the page begins.
const ASKED_FIRST: [&str; 6] = ["will", "until", "leave", "contact", "phone", "mail"];

impl Own {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }

    /// The page of what is on file.
    pub fn of(s: Shell, path: String, page: &OwnPage) -> Self {
        let text = s.text();
        let contact = page.contact.reveal();
        let name = page.salutation.reveal().as_ref().map(mask::name).unwrap_or_default();
        let registries: Vec<Registry> = page.standings.iter().map(|(registry, _)| *registry).collect();
        let asked = registries.iter().any(|registry| FamilyTold::asked_of(*registry));
        Self {
            path,
            proof: page.proof.clone(),
            name: Guarded::new(name),
            standings: page.standings.iter().map(|(r, day)| (text.t(&format!("registry-{}", r.word())), day.to_string())).collect(),
            served: served(page.served, text),
            pending: pending(&page.pending, text),
            phones: contact.phones.iter().map(mask::phone).collect(),
            mails: contact.mails.iter().map(mask::mail).collect(),
            leave: (registries.len() > 1).then(|| leave(&registries, text)),
            phone: field("phone", text),
            mail: field("mail", text),
            until: field("until", text),
            family: asked.then(|| family(text)),
            question: field("question", text),
            requests: requests(text),
            s,
        }
    }
}

impl OwnFlaw {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }

    /// The page of what is wrong in what was told.
    pub fn of(s: Shell, path: String, form: &Entries, slips: Slips, registries: &[Registry]) -> Self {
        let text = s.text();
        // Nothing was chosen at all: what the page asks first is asked once more.
        let nothing = slips.of("will").is_some();
        let wrong = |name: &str| slips.of(name).is_some() || (nothing && ASKED_FIRST.contains(&name));
        let carried = form.iter().filter(|(name, value)| CARRIED.contains(name) && !wrong(name) && !value.reveal().is_empty());
        let leaves = wrong("leave") && (!nothing || registries.len() > 1);
        let choices = [nothing.then(|| will(text)), leaves.then(|| leave(registries, text)), nothing.then(|| contact(text))];
        let choices = choices.into_iter().flatten();
        let typed_again = ["until", "phone", "mail", "question"].into_iter().filter(|name| wrong(name));
        Self {
            path,
            carried: carried.map(|(name, value)| (name.to_owned(), value.duplicate())).collect(),
            choices: choices.map(|choice| choice.refill(text, Some(form), &slips)).collect(),
            fields: typed_again.map(|name| field(name, text).refill(text, Some(form), &slips)).collect(),
            slips,
            s,
        }
    }
}

/// A field of the registrant's page.
fn field(name: &'static str, text: Text) -> Field {
    match name {
        "phone" => Field::new(text, "phone", "own-phone").optional(text).kind("tel").autocomplete("tel"),
        "mail" => Field::new(text, "mail", "own-mail").optional(text).kind("email").autocomplete("email"),
        "until" => Field::new(text, "until", "own-until").optional(text).kind("date").class("input--short"),
        _ => Field::new(text, "question", "own-question").optional(text).hint(text, "own-question-hint").rows(4).with("maxlength=\"500\""),
    }
}

fn leave(registries: &[Registry], text: Text) -> Choice {
    let choice = Choice::many(text, "leave", "own-leave").hint(text.t("own-leave-hint"));
    registries.iter().fold(choice, |choice, r| choice.option(r.word(), text.t(&format!("registry-{}", r.word()))))
}

fn will(text: Text) -> Choice {
    let options = ["still", "later", "no-longer"];
    options.iter().fold(Choice::one(text, "will", "own-will"), |choice, o| choice.option(*o, text.t(&format!("own-will-{o}"))))
}

fn contact(text: Text) -> Choice {
    let options = ["same", "changed"];
    options.iter().fold(Choice::one(text, "contact", "own-contact"), |choice, o| choice.option(*o, text.t(&format!("own-contact-{o}"))))
}

fn family(text: Text) -> Choice {
    let choice = Choice::one(text, "family", "own-family");
    FamilyTold::ALL.iter().fold(choice, |choice, told| choice.option(told.word(), text.t(&format!("family-{}", told.word()))))
}

fn requests(text: Text) -> Choice {
    Choice::many(text, "requests", "own-requests")
        .option("copy", text.t("own-ask-copy"))
        .option("erase", text.t("own-ask-erase"))
        .small(text.t("own-ask-erase-what"))
}

/// How long a volunteer served: what is recorded here, and what a roster told, which may hold some of the same hours.
fn served(served: Option<Served>, text: Text) -> Vec<String> {
    let Some(Served { recorded, told }) = served else { return Vec::new() };
    let told = told.map(|told| text.x("own-served-told", told));
    [text.x("own-served", recorded)].into_iter().chain(told).chain([text.t("own-served-what")]).collect()
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
