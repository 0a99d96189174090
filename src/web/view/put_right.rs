//! The form by which the data of a person on file are put right.

use askama::Template;

use super::enrol::{Part, town_list};
use super::entries::Entries;
use super::people::registry_word;
use super::{Choice, Field, Select, Shell, Slips};
use crate::domain::Guarded;
use crate::domain::registry::Registry;
use crate::domain::town::Towns;
use crate::web::i18n::Text;

/// Name, relation and phone of the people named, in their order.
const NAMED: [(&str, &str, &str); 3] = [
    ("relative1-name", "relative1-relation", "relative1-phone"),
    ("relative2-name", "relative2-relation", "relative2-phone"),
    ("relative3-name", "relative3-relation", "relative3-phone"),
];

/// What stands in the fields.
#[derive(Debug, Clone, Copy)]
pub enum Filling<'a> {
    /// What is known, opened.
    Known(&'a [(&'static str, Guarded<String>)]),
    /// What was typed, and nothing else of the person.
    Typed(&'a Entries),
}

/// The form.
#[derive(Debug, Template)]
#[template(path = "page/put_right.html")]
pub struct PutRightPage {
    /// The frame.
    pub s: Shell,
    /// What keeps it from being saved.
    pub slips: Slips,
    /// The person's number.
    pub person: String,
    /// The word of the registration, in forms.
    pub registry: &'static str,
    /// Its word, to be read.
    pub word: String,
    /// The person's other registrations, to be put right apart: address and word.
    pub others: Vec<(String, String)>,
    /// The record that was the latest when the form was opened.
    pub version: String,
    /// Identity.
    pub identity: Vec<Part>,
    /// How to reach the registrant.
    pub contact: Vec<Part>,
    /// The people named, and the witnesses; empty where the registry has none.
    pub named: Vec<Part>,
}

impl PutRightPage {
    /// The form of a registration, filled.
    pub fn new(s: Shell, (person, version): (String, String), registry: Registry, towns: &Towns, with: Filling<'_>, slips: Slips) -> Self {
        let text = s.text();
        let form = Form { text, with, slips: &slips };
        let identity = vec![
            form.field(Field::new(text, "name", "field-name"), "name"),
            form.field(
                Field::new(text, "document", "field-document")
                    .optional(text)
                    .hint(text, "put-right-document-hint")
                    .live(text, "id")
                    .with(r#"data-birth="birth" data-sex="sex" autocapitalize="characters""#),
                "document",
            ),
            form.choice(
                Choice::one(text, "sex", "field-sex").columns(2).option("female", text.t("sex-female")).option("male", text.t("sex-male")),
                "sex",
            ),
            form.field(
                Field::new(text, "birth", "field-birth")
                    .hint(text, "hint-date")
                    .class("input--short")
                    .with(r#"inputmode="numeric" placeholder="1990-01-31""#),
                "birth",
            ),
            form.field(Field::new(text, "ethnic", "field-ethnic").optional(text).class("input--short"), "ethnic"),
        ];
        let phone = |name: &'static str, label: &str| form.field(form.phone(Field::new(text, name, label).optional(text)), name);
        let mail = |name: &'static str, label: &str| {
            form.field(Field::new(text, name, label).optional(text).with(r#"inputmode="email""#).live(text, "mail"), name)
        };
        let contact = vec![
            phone("phone", "field-phone"),
            phone("phone2", "put-right-phone2"),
            mail("mail", "field-mail"),
            mail("mail2", "put-right-mail2"),
            form.select(town_list(text, towns), "town"),
            form.field(Field::new(text, "address", "field-address").optional(text), "address"),
        ];
        let named = match registry {
            Registry::StemCell => form.named(&["enrol-contact-1", "enrol-contact-2"]),
            Registry::OrganBody => {
                let mut parts = form.named(&["enrol-executor", "enrol-executor-2", "enrol-executor-3"]);
                parts.push(Part::Heading(text.t("enrol-witnesses")));
                parts.push(form.field(Field::new(text, "witness", "field-witness1").optional(text), "witness"));
                parts.push(form.field(Field::new(text, "witness2", "field-witness2").optional(text), "witness2"));
                parts
            }
            Registry::Blood | Registry::Volunteer => Vec::new(),
        };
        Self {
            person,
            registry: registry.word(),
            word: registry_word(registry, text),
            others: Vec::new(),
            version,
            identity,
            contact,
            named,
            s,
            slips,
        }
    }

    /// The same, with the person's other registrations.
    pub fn beside(mut self, registries: &[Registry]) -> Self {
        let others = registries.iter().filter(|r| r.word() != self.registry);
        let link = |r: &Registry| (format!("/people/{}/correct?registry={}", self.person, r.word()), registry_word(*r, self.s.text()));
        self.others = others.map(link).collect();
        self
    }
}

/// Fills the parts of the form.
struct Form<'a> {
    text: Text,
    with: Filling<'a>,
    slips: &'a Slips,
}

impl Form<'_> {
    fn known(&self, name: &str) -> Option<&Guarded<String>> {
        match self.with {
            Filling::Known(values) => values.iter().find(|(field, _)| *field == name).map(|(_, value)| value),
            Filling::Typed(_) => None,
        }
    }

    fn typed(&self) -> Option<&Entries> {
        match self.with {
            Filling::Known(_) => None,
            Filling::Typed(entries) => Some(entries),
        }
    }

    fn field(&self, field: Field, name: &str) -> Part {
        let field = match self.known(name) {
            Some(value) => field.guarded(value.duplicate()),
            None => field,
        };
        Part::Field(field.refill(self.text, self.typed(), self.slips))
    }

    fn choice(&self, choice: Choice, name: &str) -> Part {
        let choice = match self.known(name) {
            Some(value) => choice.chosen(value.reveal()),
            None => choice,
        };
        Part::Choice(choice.refill(self.text, self.typed(), self.slips))
    }

    fn select(&self, select: Select, name: &str) -> Part {
        let select = match self.known(name) {
            Some(value) => select.chosen(value.reveal()),
            None => select,
        };
        Part::Select(select.refill(self.text, self.typed(), self.slips))
    }

    fn phone(&self, field: Field) -> Field {
        field.with(r#"inputmode="tel""#).live(self.text, "phone")
    }

    /// The people named, each under a heading.
    fn named(&self, headings: &[&str]) -> Vec<Part> {
        let text = self.text;
        let one = |(heading, (name, relation, phone)): (&&str, (&'static str, &'static str, &'static str))| {
            [
                Part::Heading(text.t(heading)),
                self.field(Field::new(text, name, "field-name").optional(text), name),
                self.field(Field::new(text, relation, "field-relation").optional(text), relation),
                self.field(self.phone(Field::new(text, phone, "field-phone").optional(text)), phone),
            ]
        };
        headings.iter().zip(NAMED).flat_map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use crate::web::i18n::Lang;

    fn page(name: &str) -> String {
        samples::all(Lang::English).into_iter().find(|(n, _)| *n == name).expect("a sample").1
    }

    #[test]
    fn whoever_may_correct_is_led_to_the_form_from_what_is_open_and_from_nothing_else() {
        for (opened, masked) in [("person-opened", "person"), ("follow-ups-opened", "follow-ups")] {
            assert!(page(opened).contains("href=\"/people/7K3M-9QXA-R/correct\""), "{opened}");
            assert!(!page(masked).contains("/correct\""), "{masked}");
        }
    }

    #[test]
    fn a_form_with_slips_holds_what_was_typed_and_nothing_else_of_the_person() {
        let (known, again) = (page("put-right"), page("put-right-slips"));
        assert!(known.contains("value=\"赵甲一\"") && known.contains("value=\"female\" checked"), "{known}");
        assert!(again.contains("value=\"12\"") && !again.contains("赵甲一"), "{again}");
        assert!(page("put-right-stem-cell").contains("id=\"relative2-name\"") && !page("put-right-stem-cell").contains("id=\"witness\""));
        assert!(!page("put-right-blood").contains("relative1-name"));
    }
}
