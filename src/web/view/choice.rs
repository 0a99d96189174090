//! Choices of forms: radio and tick options in frames, and lists.

use askama::Template;
use askama::filters::HtmlSafe;

use super::field::Slips;
use super::icon::{Icon, icon};
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// One option.
#[derive(Debug, Clone)]
pub struct Opt {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A second, quieter line.
    pub small: String,
    /// Whether it is chosen.
    pub on: bool,
}

/// A group of options with a legend.
#[derive(Debug, Template)]
#[template(path = "part/choice.html")]
pub struct Choice {
    name: &'static str,
    legend: String,
    note: String,
    hint: String,
    error: String,
    many: bool,
    columns: u8,
    options: Vec<Opt>,
}

impl HtmlSafe for Choice {}

impl Choice {
    /// One of several.
    pub fn one(text: Text, name: &'static str, legend: &str) -> Self {
        Self {
            name,
            legend: text.t(legend),
            note: String::new(),
            hint: String::new(),
            error: String::new(),
            many: false,
            columns: 1,
            options: Vec::new(),
        }
    }

    /// Any of several.
    pub fn many(text: Text, name: &'static str, legend: &str) -> Self {
        Self { many: true, ..Self::one(text, name, legend) }
    }

    /// A single statement to tick; it has no legend of its own.
    pub fn tick(text: Text, name: &'static str, label: &str) -> Self {
        let mut choice = Self { many: true, legend: String::new(), ..Self::one(text, name, label) };
        choice.options.push(Opt { value: "yes".to_owned(), label: text.t(label), small: String::new(), on: false });
        choice
    }

    /// A quiet word after the legend.
    pub fn note(mut self, note: String) -> Self {
        self.note = note;
        self
    }

    /// A hint under the legend.
    pub fn hint(mut self, hint: String) -> Self {
        self.hint = hint;
        self
    }

    /// How many columns on a desk.
    pub fn columns(mut self, columns: u8) -> Self {
        self.columns = columns;
        self
    }

    /// Adds an option.
    pub fn option(mut self, value: impl Into<String>, label: String) -> Self {
        self.options.push(Opt { value: value.into(), label, small: String::new(), on: false });
        self
    }

    /// A second line under the last option.
    pub fn small(mut self, small: String) -> Self {
        if let Some(last) = self.options.last_mut() {
            last.small = small;
        }
        self
    }

    /// Chooses an option.
    pub fn chosen(mut self, value: &str) -> Self {
        for option in &mut self.options {
            option.on = option.value == value || (self.many && option.on);
        }
        self
    }

    /// What was chosen before, and what was wrong with it.
    pub fn refill(mut self, text: Text, entries: Option<&Entries>, slips: &Slips) -> Self {
        if let Some(error) = refilled(&mut self.options, self.name, text, entries, slips) {
            self.error = error;
        }
        self
    }

    fn icon(&self, name: &str) -> Icon {
        icon(name)
    }

    fn is_tick(&self) -> bool {
        self.legend.is_empty()
    }

    fn kind(&self) -> &'static str {
        if self.many { "checkbox" } else { "radio" }
    }
}

/// Marks what was chosen before; answers what was wrong with it, in words.
fn refilled(options: &mut [Opt], name: &str, text: Text, entries: Option<&Entries>, slips: &Slips) -> Option<String> {
    if let Some(entries) = entries {
        for option in options {
            option.on = entries.chose(name, &option.value);
        }
    }
    slips.of(name).map(|slip| slip.says(text))
}

/// A drop-down list.
#[derive(Debug, Template)]
#[template(path = "part/select.html")]
pub struct Select {
    name: &'static str,
    label: String,
    optional: String,
    error: String,
    autosubmit: bool,
    options: Vec<Opt>,
}

impl HtmlSafe for Select {}

impl Select {
    /// A list whose label stands under `label`.
    pub fn new(text: Text, name: &'static str, label: &str) -> Self {
        Self { name, label: text.t(label), optional: String::new(), error: String::new(), autosubmit: false, options: Vec::new() }
    }

    /// Marks the list as optional, in a word.
    pub fn optional(mut self, text: Text) -> Self {
        self.optional = text.t("optional");
        self
    }

    /// Adds an option.
    pub fn option(mut self, value: impl Into<String>, label: impl Into<String>) -> Self {
        self.options.push(Opt { value: value.into(), label: label.into(), small: String::new(), on: false });
        self
    }

    /// Chooses an option.
    pub fn chosen(mut self, value: &str) -> Self {
        for option in &mut self.options {
            option.on = option.value == value;
        }
        self
    }

    /// What was chosen before, and what was wrong with it.
    pub fn refill(mut self, text: Text, entries: Option<&Entries>, slips: &Slips) -> Self {
        if let Some(error) = refilled(&mut self.options, self.name, text, entries, slips) {
            self.error = error;
        }
        self
    }

    fn icon(&self, name: &str) -> Icon {
        icon(name)
    }
}
