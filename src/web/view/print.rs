//! Forms to print: the paper sign-up sheet, the confirmation of an enrolment, the organ and body form and its card.

use askama::Template;

use super::Shell;
use super::people::{registry_word, status_word, told};
use super::wish::consented;
use super::{mask, relative};
use crate::app::{PersonPage, wish_of};
use crate::domain::Guarded;
use crate::domain::consent::{ConsentTexts, Purpose};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::survivor::{Field as Kind, survivors};
use crate::domain::volunteer::{Quarters, ServiceFact};
use crate::domain::wish::{ITEMS, Use, Wish};
use crate::intake::paper;
use crate::web::i18n::{Lang, Text};

/// Registrants on a sign-up sheet: with two lines of 10 mm for each, as many as leave room on an A4 page in landscape for the texts signed, in either
/// language.
const LINES: usize = 5;

/// A heading of the sign-up sheet.
#[derive(Debug)]
pub struct Heading {
    /// As the import reads it.
    pub heading: &'static str,
    /// In the page's language where that is another; else empty.
    pub other: &'static str,
    /// Its width.
    pub width: u8,
}

/// The paper sign-up sheet.
#[derive(Debug, Template)]
#[template(path = "print/sheet.html")]
pub struct SignUpSheet {
    /// The frame.
    pub s: Shell,
    /// The registry's word.
    pub registry: String,
    /// The headings of the upper line, and of the lower one.
    pub lines: [Vec<Heading>; 2],
    /// The width of a line.
    pub width: u8,
    /// Blank places.
    pub places: std::ops::Range<usize>,
    /// What is signed: each consent in the words of today, with the version of its text.
    pub consents: Vec<(String, String)>,
}

impl SignUpSheet {
    /// The sheet of a registry.
    pub fn of(s: Shell, registry: Registry, texts: &ConsentTexts) -> Self {
        let text = s.text();
        let english = text.0 == Lang::English;
        // Under age a guardian signs too, and reads what for.
        let guardian = (registry == Registry::Volunteer).then_some(Purpose::Guardian(registry));
        let written = Purpose::of(registry).into_iter().chain(guardian).filter_map(|purpose| texts.on(purpose, s.today));
        let consents = written.map(|written| (written.shown(english, &s.branch), written.version.clone())).collect();
        let heading = |column: &paper::Column| Heading {
            heading: column.heading,
            other: if english { column.english } else { "" },
            width: column.width,
        };
        let lines = paper::lines(registry).map(|line| line.iter().map(heading).collect());
        Self { registry: registry_word(registry, text), lines, width: paper::WIDTH, places: 0..LINES, consents, s }
    }
}

/// What a form says of a person; blank where it is filled in by hand.
#[derive(Debug)]
pub struct Filled {
    /// Public id.
    pub person: String,
    fields: Guarded<Vec<(String, String)>>,
    /// Registry, standing, since when.
    pub standings: Vec<(String, String, String)>,
    executors: Guarded<Vec<String>>,
    items: Guarded<Vec<String>>,
    card: Guarded<String>,
    name: Guarded<String>,
}

impl Filled {
    /// Label and value of each field.
    pub fn fields(&self) -> &[(String, String)] {
        self.fields.reveal()
    }

    /// The executors in their order: name, relation, phone.
    pub fn executors(&self) -> &[String] {
        self.executors.reveal()
    }

    /// What is to be donated, each with its uses.
    pub fn items(&self) -> &[String] {
        self.items.reveal()
    }

    /// The number of the donor card; empty where there is none.
    pub fn card(&self) -> &str {
        self.card.reveal()
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.name.reveal()
    }

    /// Nothing: to be filled in by hand.
    pub fn blank(text: Text) -> Self {
        let labels = ["field-name", "field-sex", "field-birth", "field-document", "field-phone", "field-address"];
        Self {
            person: String::new(),
            fields: Guarded::new(labels.iter().map(|label| (text.t(label), String::new())).collect()),
            standings: Vec::new(),
            executors: Guarded::new(vec![String::new(); 3]),
            items: Guarded::new(Vec::new()),
            card: Guarded::new(String::new()),
            name: Guarded::new(String::new()),
        }
    }

    /// Of an opened page: the value of each field that counts.
    pub fn of(page: &PersonPage, text: Text) -> Self {
        let mut fields = Vec::new();
        let mut name = String::new();
        for kept in survivors(&told(&page.view)) {
            let Some(row) = page.view.records().find(|r| r.id == kept.record) else { continue };
            let identity = row.identity.as_ref().map(Guarded::reveal);
            let contact = row.contact.as_ref().map(Guarded::reveal);
            let told = match kept.field {
                Kind::Name => {
                    name = identity.map(|i| i.name.as_str().to_owned()).unwrap_or_default();
                    Some(("field-name", name.clone()))
                }
                Kind::Sex => Some(("field-sex", mask::sex(identity.and_then(|i| i.sex), text))),
                Kind::Birth => identity
                    .and_then(|i| i.birth)
                    .map(|b| ("field-birth", b.day().map_or_else(|| b.year().to_string(), |day| day.to_string()))),
                Kind::Document => identity.and_then(|i| i.documents.get(kept.at)).map(|d| ("field-document", d.number().to_owned())),
                Kind::Phone => contact.and_then(|c| c.phones.get(kept.at)).map(|p| ("field-phone", p.as_str().to_owned())),
                Kind::Address => contact.and_then(|c| c.address.as_ref()).map(|a| ("field-address", a.text.clone())),
                _ => None,
            };
            fields.extend(told.map(|(label, value)| (text.t(label), value)));
        }
        let (wish, in_depth) = wish_of(&page.view);
        let mut items: Vec<String> =
            consented(&wish, in_depth, text).into_iter().map(|(item, uses)| text.xy("print-item-uses", item, uses)).collect();
        items.extend(Wish::unread(&wish));
        let standing = |(registry, status, since): &(Registry, EnrolmentStatus, chrono::NaiveDate)| {
            (registry_word(*registry, text), status_word(*registry, *status, text), since.to_string())
        };
        Self {
            person: page.view.row.public_id.to_string(),
            fields: Guarded::new(fields),
            standings: page.standings.iter().map(standing).collect(),
            executors: Guarded::new(relative::executors(page)),
            items: Guarded::new(items),
            card: wish.map(|wish| wish.card.clone().unwrap_or_default()),
            name: Guarded::new(name),
        }
    }
}

/// The confirmation of an enrolment.
#[derive(Debug, Template)]
#[template(path = "print/confirmation.html")]
pub struct Confirmation {
    /// The frame.
    pub s: Shell,
    /// Of whom.
    pub of: Filled,
}

/// The registration form of organ and body donation, blank or filled in.
#[derive(Debug, Template)]
#[template(path = "print/organ_form.html")]
pub struct OrganForm {
    /// The frame.
    pub s: Shell,
    /// Of whom.
    pub of: Filled,
    /// Items to tick, each with the uses to tick.
    pub choices: Vec<(String, String)>,
}

impl OrganForm {
    /// The form.
    pub fn of(s: Shell, of: Filled) -> Self {
        let text = s.text();
        let boxes = |item: &str| {
            let uses = Use::ALL.iter().filter(|u| u.fits(item)).map(|u| format!("☐ {}", text.t(&format!("use-{}", u.word()))));
            uses.collect::<Vec<_>>().join(" ")
        };
        Self { choices: ITEMS.into_iter().map(|item| (text.t(&format!("item-{item}")), boxes(item))).collect(), of, s }
    }
}

/// The card that a registrant carries.
#[derive(Debug, Template)]
#[template(path = "print/card.html")]
pub struct Card {
    /// The frame.
    pub s: Shell,
    /// The branch's number that is answered around the clock; empty where none was entered.
    pub phone: String,
    /// Of whom.
    pub of: Filled,
}

/// Hours served on a day.
#[derive(Debug)]
pub struct ServedLine {
    /// The day.
    pub day: String,
    /// How many.
    pub hours: String,
    what: Guarded<String>,
}

impl ServedLine {
    /// The drive, and what was done.
    pub fn what(&self) -> &str {
        self.what.reveal()
    }
}

/// A volunteer's statement of hours: what is recorded here and was not undone, and the sum.
#[derive(Debug, Template)]
#[template(path = "print/service.html")]
pub struct ServiceStatement {
    /// The frame.
    pub s: Shell,
    /// Of whom.
    pub of: Filled,
    /// What makes up the sum, the earliest first.
    pub lines: Vec<ServedLine>,
    /// The sum.
    pub total: String,
    /// What the latest roster told; empty where none did.
    pub told: String,
}

impl ServiceStatement {
    /// Of an opened page; none of who is no volunteer.
    pub fn of(s: Shell, of: Filled, page: &PersonPage) -> Option<Self> {
        let volunteer = page.volunteer.as_ref()?;
        let counted = volunteer.facts.iter().filter(|line| !line.undone);
        let mut served: Vec<_> = counted
            .filter_map(|line| match line.fact.reveal() {
                ServiceFact::Hours { day, quarters, what, drive, .. } => {
                    let drive = drive.and_then(|id| volunteer.drives.get(&id).cloned());
                    let words: Vec<String> = drive.into_iter().chain((!what.is_empty()).then(|| what.clone())).collect();
                    Some((*day, *quarters, words.join(" · ")))
                }
                _ => None,
            })
            .collect();
        served.sort();
        let line = |(day, hours, what): (chrono::NaiveDate, Quarters, String)| ServedLine {
            day: day.to_string(),
            hours: hours.to_string(),
            what: Guarded::new(what),
        };
        Some(Self {
            lines: served.into_iter().map(line).collect(),
            total: volunteer.known.hours.to_string(),
            told: volunteer.known.told_hours.map(|told| told.to_string()).unwrap_or_default(),
            of,
            s,
        })
    }
}
