//! Text fields of forms and the slips found in them.

use askama::Template;
use askama::filters::HtmlSafe;

use super::icon::{Icon, icon};
use crate::domain::Guarded;
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// One thing wrong with a form: which field, and the text key that says what to do. Never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The field's name, which is also the id the summary links to.
    pub field: &'static str,
    /// Key of the sentence.
    pub key: String,
    /// What the sentence names, where it names something: its two texts.
    pub names: Option<(String, String)>,
}

impl Slip {
    /// The sentence.
    pub fn says(&self, text: Text) -> String {
        match &self.names {
            Some((x, y)) => text.xy(&self.key, x, y),
            None => text.t(&self.key),
        }
    }
}

/// All slips of a form, gathered before anything is said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slips(pub Vec<Slip>);

impl Slips {
    /// Notes a slip.
    pub fn add(&mut self, field: &'static str, key: impl Into<String>) {
        self.0.push(Slip { field, key: key.into(), names: None });
    }

    /// Whether the form can be used.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first slip of a field.
    pub fn of(&self, field: &str) -> Option<&Slip> {
        self.0.iter().find(|slip| slip.field == field)
    }
}

/// A labelled text field: label above, hint, error, input.
#[derive(Debug, Template)]
#[template(path = "part/field.html")]
pub struct Field {
    name: &'static str,
    label: String,
    hint: String,
    optional: String,
    error: String,
    kind: &'static str,
    /// Extra attributes, fixed in the source: never built from input.
    attributes: &'static str,
    autocomplete: &'static str,
    class: &'static str,
    rows: u8,
    list: Vec<String>,
    live: Option<(&'static str, String, String)>,
    value: Guarded<String>,
}

impl HtmlSafe for Field {}

impl Field {
    /// A field whose label stands under `label`.
    pub fn new(text: Text, name: &'static str, label: &str) -> Self {
        Self {
            name,
            label: text.t(label),
            hint: String::new(),
            optional: String::new(),
            error: String::new(),
            kind: "text",
            attributes: "",
            autocomplete: "off",
            class: "",
            rows: 0,
            list: Vec::new(),
            live: None,
            value: Guarded::new(String::new()),
        }
    }

    /// Marks the field as optional, in a word.
    pub fn optional(mut self, text: Text) -> Self {
        self.optional = text.t("optional");
        self
    }

    /// A hint between label and input.
    pub fn hint(mut self, text: Text, key: &str) -> Self {
        self.hint = text.t(key);
        self
    }

    /// The input's type.
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Fixed extra attributes.
    pub fn with(mut self, attributes: &'static str) -> Self {
        self.attributes = attributes;
        self
    }

    /// What a browser may fill in; nothing by default, because the person at the keyboard is not the person registered.
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }

    /// An extra class of the input, e.g. `input--short`.
    pub fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Several lines.
    pub fn rows(mut self, rows: u8) -> Self {
        self.rows = rows;
        self
    }

    /// Suggestions.
    pub fn list(mut self, list: Vec<String>) -> Self {
        self.list = list;
        self
    }

    /// A check of the form while typing: `id`, `mobile`, `phone`, `mail` or `date`. The server decides all the same.
    pub fn live(mut self, text: Text, check: &'static str) -> Self {
        let (good, bad) = match check {
            "id" => ("live-id-good", "live-id-bad"),
            "mobile" => ("live-mobile-good", "live-mobile-bad"),
            "mail" => ("live-mail-good", "live-mail-bad"),
            "date" => ("live-date-good", "live-date-bad"),
            _ => ("live-phone-good", "live-phone-bad"),
        };
        self.live = Some((check, text.t(good), text.t(bad)));
        self
    }

    /// A value of our own, such as today's date.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Guarded::new(value.into());
        self
    }

    /// A value that is in custody.
    pub fn guarded(mut self, value: Guarded<String>) -> Self {
        self.value = value;
        self
    }

    /// What was typed before, and what was wrong with it.
    pub fn refill(mut self, text: Text, entries: Option<&Entries>, slips: &Slips) -> Self {
        if let Some(typed) = entries.and_then(|e| e.get(self.name)) {
            self.value = typed.duplicate();
        }
        if let Some(slip) = slips.of(self.name) {
            self.error = slip.says(text);
        }
        self
    }

    fn icon(&self, name: &str) -> Icon {
        icon(name)
    }

    fn typed(&self) -> &str {
        self.value.reveal()
    }

    fn is_area(&self) -> bool {
        self.rows > 0
    }

    fn described(&self) -> String {
        let mut ids = Vec::new();
        if !self.hint.is_empty() {
            ids.push(format!("{}-h", self.name));
        }
        if !self.error.is_empty() {
            ids.push(format!("{}-e", self.name));
        }
        ids.join(" ")
    }
}
