//! The guided enrolment: one long page a registry, then a page to check before saving.

use askama::Template;
use chrono::NaiveDate;

use super::entries::Entries;
use super::mask;
use super::{Choice, Field, Select, Shell, Slips};
use crate::domain::Guarded;
use crate::domain::consent::{ConsentTexts, Purpose};
use crate::domain::contact::RelativeRole;
use crate::domain::entry_age::{EntryAge, EntryAges};
use crate::domain::guided::{self, Lack};
use crate::domain::person::{Abo, Rh};
use crate::domain::record::RecordDraft;
use crate::domain::registry::Registry;
use crate::domain::town::{TownCode, Towns};
use crate::web::i18n::{Lang, Text};

/// Which registry to enrol in.
#[derive(Debug, Template)]
#[template(path = "page/enrol_start.html")]
pub struct EnrolStart {
    /// The frame.
    pub s: Shell,
    /// Path, word and age rule of every registry.
    pub registries: Vec<(String, String, String)>,
}

impl EnrolStart {
    /// The page with every registry.
    pub fn new(s: Shell) -> Self {
        let registries = Registry::ALL
            .into_iter()
            .map(|registry| {
                (
                    format!("/enrol/{}", registry.word()),
                    s.text().t(&format!("registry-{}", registry.word())),
                    ages_on(registry, s.today, s.text()),
                )
            })
            .collect();
        Self { s, registries }
    }
}

/// The ages of a registry on a day; nothing where no rule holds.
fn ages_on(registry: Registry, day: NaiveDate, text: Text) -> String {
    EntryAges::shipped().of(registry, day).map_or_else(String::new, |rule| age_rule(text, rule))
}

fn age_rule(text: Text, rule: &EntryAge) -> String {
    match rule.to {
        Some(to) => text.nm("enrol-age-between", rule.from, to),
        None => text.n("enrol-age-from", rule.from),
    }
}

/// What is wrong with an enrolment, with the rules that an age does not fit.
pub fn age_named(mut slips: Slips, registry: Registry, day: NaiveDate, text: Text) -> Slips {
    let rule = EntryAges::shipped().of(registry, day);
    for slip in slips.0.iter_mut().filter(|slip| slip.key == Lack::Age.key()) {
        slip.names = rule.map(|rule| {
            let name = if text.0 == Lang::English { &rule.name_en } else { &rule.name };
            (name.clone(), age_rule(text, rule))
        });
    }
    slips
}

/// A consent as it is shown.
#[derive(Debug, Clone)]
pub struct ConsentShown {
    /// The text.
    pub text: String,
    /// Its version.
    pub version: String,
    /// Field of the tick.
    pub field: &'static str,
}

/// The form.
#[derive(Debug, Template)]
#[template(path = "page/enrol.html")]
pub struct Enrol {
    /// The frame.
    pub s: Shell,
    /// The registry.
    pub registry: Registry,
    /// Its word.
    pub word: String,
    /// What keeps the form from being saved at all.
    pub slips: Slips,
    /// Whether an interest could be saved although an enrolment cannot.
    pub lacking: bool,
    /// Identity.
    pub identity: Vec<Part>,
    /// Conditions: blood group, weight, deferral.
    pub conditions: Vec<Part>,
    /// How to reach the registrant.
    pub contact: Vec<Part>,
    /// What only this registry's form carries.
    pub special: Vec<Part>,
    /// Heading of the special part; empty where there is none.
    pub special_word: String,
    /// The questions nobody may skip.
    pub questions: Vec<Choice>,
    /// Words to be read out before the questions.
    pub read_out: String,
    /// Consent to being registered, and the separate one.
    pub consents: Vec<(ConsentShown, Choice)>,
    /// The age rule in words.
    pub ages: String,
}

/// A part of a form.
#[derive(Debug)]
pub enum Part {
    /// A text field.
    Field(Field),
    /// Options.
    Choice(Choice),
    /// A list.
    Select(Select),
    /// A heading within a section.
    Heading(String),
}

impl askama::filters::HtmlSafe for Part {}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Field(part) => part.fmt(f),
            Self::Choice(part) => part.fmt(f),
            Self::Select(part) => part.fmt(f),
            Self::Heading(text) => write!(f, "<h3 class=\"field\">{}</h3>", super::escape::Escaped(text)),
        }
    }
}

pub use crate::domain::wish::ITEMS;

/// The branch's towns, to choose from.
pub fn town_list(text: Text, towns: &Towns) -> Select {
    let mut select = Select::new(text, "town", "field-town").optional(text).option("", text.t("choose"));
    for town in &towns.towns {
        let name = if text.0 == Lang::English && !town.name_en.is_empty() { &town.name_en } else { &town.name };
        select = select.option(town.code.to_string(), name.clone());
    }
    select.option("elsewhere", text.t("town-elsewhere"))
}

/// What the form of a registry is built from.
#[derive(Debug, Clone, Copy)]
pub struct Blank<'a> {
    /// The registry.
    pub registry: Registry,
    /// The towns offered.
    pub towns: &'a Towns,
    /// The consent texts.
    pub texts: &'a ConsentTexts,
    /// What was typed before.
    pub typed: Option<&'a Entries>,
    /// What keeps it from being saved.
    pub slips: &'a Slips,
}

impl Enrol {
    /// The form, blank or as typed.
    pub fn new(s: Shell, blank: Blank<'_>) -> Self {
        let text = s.text();
        let Blank { registry, towns, texts, typed, slips } = blank;
        let fill = |field: Field| Part::Field(field.refill(text, typed, slips));
        let pick = |choice: Choice| Part::Choice(choice.refill(text, typed, slips));
        let list = |select: Select| Part::Select(select.refill(text, typed, slips));
        let identity = vec![
            fill(Field::new(text, "name", "field-name")),
            fill(
                Field::new(text, "document", "field-document")
                    .live(text, "id")
                    .with(r#"data-birth="birth" data-sex="sex" autocapitalize="characters""#),
            ),
            pick(
                Choice::one(text, "sex", "field-sex").columns(2).option("female", text.t("sex-female")).option("male", text.t("sex-male")),
            ),
            fill(
                Field::new(text, "birth", "field-birth")
                    .hint(text, "hint-date")
                    .class("input--short")
                    .with(r#"inputmode="numeric" placeholder="1990-01-31""#)
                    .live(text, "date"),
            ),
            fill(Field::new(text, "ethnic", "field-ethnic").optional(text).class("input--short")),
        ];
        let contact = vec![
            fill(Field::new(text, "phone", "field-mobile").hint(text, "hint-mobile").with(r#"inputmode="tel""#).live(text, "phone")),
            fill(
                Field::new(text, "mail", "field-mail")
                    .optional(text)
                    .hint(text, "hint-mail")
                    .with(r#"inputmode="email""#)
                    .live(text, "mail"),
            ),
            list(town_list(text, towns)),
            fill(Field::new(text, "address", "field-address").optional(text)),
        ];
        let conditions = match registry {
            Registry::Blood | Registry::StemCell => {
                let mut groups = Select::new(text, "group", "field-group").optional(text).option("", text.t("not-known"));
                for group in ["A", "B", "AB", "O"] {
                    groups = groups
                        .option(format!("{group}+"), text.x("group-positive", group))
                        .option(format!("{group}-"), text.x("group-negative", group));
                }
                vec![
                    list(groups),
                    fill(Field::new(text, "weight", "field-weight").optional(text).class("input--short").with(r#"inputmode="decimal""#)),
                ]
            }
            Registry::OrganBody | Registry::Volunteer => Vec::new(),
        };
        let english = text.0 == Lang::English;
        let (special_word, special) = match registry {
            Registry::Blood => (String::new(), Vec::new()),
            Registry::StemCell => (
                text.t("enrol-contacts"),
                vec![
                    Part::Heading(text.t("enrol-contact-1")),
                    fill(Field::new(text, "relative1-name", "field-name")),
                    fill(Field::new(text, "relative1-relation", "field-relation").optional(text)),
                    fill(Field::new(text, "relative1-phone", "field-phone").with(r#"inputmode="tel""#).live(text, "phone")),
                    Part::Heading(text.t("enrol-contact-2")),
                    fill(Field::new(text, "relative2-name", "field-name")),
                    fill(Field::new(text, "relative2-relation", "field-relation").optional(text)),
                    fill(Field::new(text, "relative2-phone", "field-phone").with(r#"inputmode="tel""#).live(text, "phone")),
                    Part::Heading(text.t("enrol-sample")),
                    fill(Field::new(text, "barcode", "field-barcode").optional(text).hint(text, "hint-barcode")),
                ],
            ),
            Registry::OrganBody => (
                text.t("enrol-wish"),
                vec![
                    pick(ITEMS.into_iter().fold(Choice::many(text, "items", "field-items").columns(2), |c, item| {
                        c.option(item, text.t(&format!("item-{item}")))
                    })),
                    Part::Heading(text.t("enrol-executor")),
                    fill(Field::new(text, "relative1-name", "field-name")),
                    fill(Field::new(text, "relative1-relation", "field-relation").optional(text)),
                    fill(Field::new(text, "relative1-phone", "field-phone").with(r#"inputmode="tel""#).live(text, "phone")),
                    Part::Heading(text.t("enrol-executor-2")),
                    fill(Field::new(text, "relative2-name", "field-name").optional(text)),
                    fill(Field::new(text, "relative2-relation", "field-relation").optional(text)),
                    fill(Field::new(text, "relative2-phone", "field-phone").optional(text).with(r#"inputmode="tel""#).live(text, "phone")),
                    Part::Heading(text.t("enrol-executor-3")),
                    fill(Field::new(text, "relative3-name", "field-name").optional(text)),
                    fill(Field::new(text, "relative3-relation", "field-relation").optional(text)),
                    fill(Field::new(text, "relative3-phone", "field-phone").optional(text).with(r#"inputmode="tel""#).live(text, "phone")),
                    Part::Heading(text.t("enrol-witnesses")),
                    fill(Field::new(text, "witness", "field-witness1")),
                    fill(Field::new(text, "witness2", "field-witness2").optional(text)),
                ],
            ),
            Registry::Volunteer => {
                let agreed = texts.on(Purpose::Guardian(registry), s.today).map(|written| written.shown(english, &s.branch));
                (
                    text.t("enrol-guardian"),
                    vec![
                        fill(Field::new(text, "guardian-name", "field-name").hint(text, "guardian-hint")),
                        fill(Field::new(text, "guardian-relation", "field-relation").optional(text)),
                        fill(Field::new(text, "guardian-phone", "field-phone").with(r#"inputmode="tel""#).live(text, "phone")),
                        pick(Choice::tick(text, "guardian", "field-guardian").small(agreed.unwrap_or_default())),
                    ],
                )
            }
        };
        let questions = guided::questions(registry)
            .iter()
            .map(|question| {
                let choice = Choice::one(text, question.key, &format!("question-{}", question.key))
                    .hint(text.t(&format!("question-{}-hint", question.key)))
                    .columns(u8::from(question.answers.len() == 2) + 1);
                let choice = question.answers.iter().fold(choice, |choice, answer| {
                    let choice = choice.option(answer.key, text.t(&format!("answer-{}-{}", question.key, answer.key)));
                    if answer.enough { choice } else { choice.small(text.t("answer-not-yet")) }
                });
                choice.refill(text, typed, slips)
            })
            .collect();
        let consents = [
            (Purpose::Register(registry), "consent", "consent-register"),
            (Purpose::Sensitive(registry), "sensitive-consent", "consent-sensitive"),
        ]
        .into_iter()
        .filter_map(|(purpose, field, label)| {
            let written = texts.on(purpose, s.today)?;
            let shown = ConsentShown { text: written.shown(english, &s.branch), version: written.version.clone(), field };
            Some((shown, Choice::tick(text, field, label).refill(text, typed, slips)))
        })
        .collect();
        Self {
            registry,
            word: text.t(&format!("registry-{}", registry.word())),
            slips: slips.clone(),
            lacking: slips.0.iter().any(|slip| slip.key.starts_with("lack-")),
            identity,
            conditions,
            contact,
            special,
            special_word,
            questions,
            read_out: match registry {
                Registry::StemCell => text.t("read-out-words"),
                Registry::OrganBody => text.t("read-out-words-organ-body"),
                Registry::Blood | Registry::Volunteer => String::new(),
            },
            consents,
            ages: ages_on(registry, s.today, text),
            s,
        }
    }
}

/// A field carried through the check page.
#[derive(Debug)]
pub struct Carried {
    /// Its name.
    pub name: String,
    value: Guarded<String>,
}

impl Carried {
    fn typed(&self) -> &str {
        self.value.reveal()
    }
}

/// The check before saving: everything as it was understood, read back to the registrant.
#[derive(Debug, Template)]
#[template(path = "page/enrol_review.html")]
pub struct EnrolReview {
    /// The frame.
    pub s: Shell,
    /// The registry.
    pub registry: Registry,
    /// Its word.
    pub word: String,
    /// Label and value.
    pub rows: Vec<(String, Guarded<String>)>,
    /// The same registry already holds exactly this document number (DESIGN 2.7).
    pub known: bool,
    /// The form, carried along.
    pub carried: Vec<Carried>,
}

impl EnrolReview {
    /// The page for what was typed.
    pub fn new(s: Shell, registry: Registry, rows: Vec<(String, Guarded<String>)>, known: bool, typed: &Entries) -> Self {
        let carried = typed
            .iter()
            .filter(|(name, _)| !matches!(*name, "csrf" | "step" | "swipe" | "despite"))
            .map(|(name, value)| Carried { name: name.to_owned(), value: value.duplicate() })
            .collect();
        Self { word: s.text().t(&format!("registry-{}", registry.word())), s, registry, rows, known, carried }
    }

    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// What a form was understood to say, line by line, for the registrant to check.
pub fn read_back(text: Text, draft: &RecordDraft, towns: &Towns) -> Vec<(String, Guarded<String>)> {
    let mut rows = Vec::new();
    let mut add = |label: String, value: String| {
        if !value.is_empty() {
            rows.push((label, Guarded::new(value)));
        }
    };
    let (identity, contact) = (draft.identity.reveal(), draft.contact.reveal());
    let (health, details) = (draft.health.reveal(), draft.details.reveal());
    add(text.t("field-name"), identity.name.as_str().to_owned());
    for document in &identity.documents {
        add(text.t("field-document"), document.number().to_owned());
    }
    if identity.sex.is_some() {
        add(text.t("field-sex"), mask::sex(identity.sex, text));
    }
    if let Some(birth) = identity.birth {
        add(text.t("field-birth"), birth.day().map_or_else(|| birth.year().to_string(), |day| day.to_string()));
    }
    if let Some(ethnic) = &identity.ethnic {
        add(text.t("field-ethnic"), ethnic.0.clone());
    }
    for phone in &contact.phones {
        add(text.t("field-phone"), phone.as_str().to_owned());
    }
    for mail in &contact.mails {
        add(text.t("field-mail"), mail.as_str().to_owned());
    }
    if let Some(address) = &contact.address {
        add(text.t("field-town"), town_name(address.town, towns, text));
        add(text.t("field-address"), address.text.clone());
    }
    if let (Some(abo), Some(rh)) = (health.abo, health.rh) {
        let key = if rh == Rh::Positive { "group-positive" } else { "group-negative" };
        add(text.t("field-group"), text.x(key, abo_word(abo)));
    }
    if let Some(weight) = health.weight_kg {
        add(text.t("field-weight"), weight.to_string());
    }
    for relative in &contact.relatives {
        let key = match relative.role {
            RelativeRole::Executor => "enrol-executor",
            RelativeRole::Guardian => "field-guardian-is",
            RelativeRole::Contact | RelativeRole::Family => "enrol-contact",
        };
        add(text.t(key), super::relative::line(relative));
    }
    for witness in &details.witnesses {
        add(text.t("enrol-witnesses"), witness.as_str().to_owned());
    }
    let items: Vec<String> = details.items.iter().map(|item| text.t(&format!("item-{item}"))).collect();
    add(text.t("field-items"), items.join(&text.t("list-comma")));
    add(text.t("field-barcode"), details.barcode.clone().unwrap_or_default());
    for (question, answer) in &details.answers {
        add(text.t(&format!("question-{question}")), text.t(&format!("answer-{question}-{answer}")));
    }
    rows
}

/// The name of a town of the branch; empty for none.
pub fn town_name(code: Option<TownCode>, towns: &Towns, text: Text) -> String {
    let Some(town) = code.and_then(|code| towns.by_code(code)) else { return String::new() };
    if text.0 == Lang::English && !town.name_en.is_empty() { town.name_en.clone() } else { town.name.clone() }
}

/// The letters of an ABO group.
pub const fn abo_word(abo: Abo) -> &'static str {
    match abo {
        Abo::A => "A",
        Abo::B => "B",
        Abo::AB => "AB",
        Abo::O => "O",
    }
}
