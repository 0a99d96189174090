//! Who the row speaks of: name, document, sex and birth date.

use crate::domain::document::Document;
use crate::domain::name::PersonName;
use crate::domain::person::{BirthDate, Identity, Sex};
use crate::domain::problem::ProblemCode;

use super::super::field::Field;
use super::super::grid::Cell;
use super::super::problem_field::ProblemField;
use super::super::repair::dates::DateRead;
use super::super::repair::documents::DocumentRead;
use super::super::repair::names::NameRead;
use super::super::repair::{self, dates, documents, names, numbers};
use super::Reading;

impl<'a> Reading<'_, 'a> {
    pub(super) fn name(&mut self) -> Option<PersonName> {
        let shown = self.text(Field::Name);
        let joined;
        let text: &str = if shown.trim().is_empty() {
            // Surname and given name in columns of their own.
            let (surname, given) = (self.text(Field::Surname), self.text(Field::GivenName));
            let latin = surname.is_ascii() && given.is_ascii();
            joined = zeroize::Zeroizing::new(if latin {
                format!("{} {}", given.trim(), surname.trim())
            } else {
                format!("{}{}", surname.trim(), given.trim())
            });
            &joined
        } else {
            &shown
        };
        match names::read(text) {
            NameRead::Missing => {
                self.flag(ProblemCode::MissingName, ProblemField::Name, None);
                None
            }
            NameRead::Name(name) => Some(name),
            NameRead::Flawed(code, name) => {
                self.flag(code, ProblemField::Name, Some(text));
                Some(name)
            }
        }
    }

    pub(super) fn document(&mut self) -> Option<Document> {
        let kind = self.text(Field::DocumentKind).into_owned();
        let filled = self.columns(Field::Document).into_iter().find_map(|c| self.context.cell(self.row, c).map(|cell| (c, cell)));
        let cell = filled.map(|(_, cell)| cell);
        let heading = filled.map(|(column, _)| column.heading.clone()).unwrap_or_default();
        // A column headed 护照号码 names the kind.
        let kind = if kind.trim().is_empty() && !heading.contains("身份证") { heading } else { kind };
        match cell.map_or(DocumentRead::Blank, |cell| documents::read(cell, &kind)) {
            DocumentRead::Blank => {
                self.flag(ProblemCode::MissingId, ProblemField::Document, None);
                None
            }
            DocumentRead::Document(document) => {
                let born_later = matches!(&document, Document::National(id) if id.birth_date().is_some_and(|d| d > self.context.latest));
                if born_later {
                    self.flag(ProblemCode::IdChecksum, ProblemField::Document, cell.map(Cell::shown).as_deref());
                    return None;
                }
                Some(document)
            }
            DocumentRead::Flawed(code) => {
                self.flag(code, ProblemField::Document, cell.map(Cell::shown).as_deref());
                None
            }
        }
    }

    pub(super) fn sex_and_birth(&mut self, name: Option<PersonName>, document: Option<Document>) {
        let national = document.as_ref().and_then(|d| if let Document::National(id) = d { Some(id) } else { None });
        let (id_sex, id_birth) = (national.and_then(|id| id.sex()), national.and_then(|id| id.birth_date()));
        let shown = self.text(Field::Sex);
        let told = repair::sex(&shown).or_else(|| {
            let ticked = |field| {
                self.context.first(self.row, field).is_some_and(|c| repair::is_ticked(&c.shown()) || c.as_number().is_some_and(|n| n > 0.0))
            };
            match (ticked(Field::SexMale), ticked(Field::SexFemale)) {
                (true, false) => Some(Sex::Male),
                (false, true) => Some(Sex::Female),
                _ => None,
            }
        });
        if let (Some(told), Some(of_id)) = (told, id_sex)
            && told != of_id
        {
            self.flag(ProblemCode::SexIdMismatch, ProblemField::Sex, Some(if told == Sex::Male { "男" } else { "女" }));
        }
        let (read, kept) = self.birth();
        let told_birth = match read {
            DateRead::Blank => None,
            DateRead::Day(day) if day > self.context.latest => {
                self.flag(ProblemCode::DateInFuture, ProblemField::Birth, Some(&kept));
                None
            }
            DateRead::Day(day) if self.context.latest.years_since(day).is_some_and(|years| years > 120) => {
                self.flag(ProblemCode::UnparseableDate, ProblemField::Birth, Some(&kept));
                None
            }
            DateRead::Day(day) => Some(BirthDate::Day(day)),
            DateRead::Month(year, _) | DateRead::Year(year)
                if self.context.layout.has(Field::BirthMonthOnly) || !self.context.layout.has(Field::Birth) =>
            {
                Some(BirthDate::Year(year))
            }
            DateRead::Month(..) | DateRead::Year(_) | DateRead::Unreadable => {
                self.flag(ProblemCode::UnparseableDate, ProblemField::Birth, Some(&kept));
                None
            }
        };
        if let (Some(told), Some(of_id)) = (told_birth, id_birth) {
            let month_differs = matches!(read, DateRead::Month(_, month) if chrono::Datelike::month(&of_id) != month);
            if told.day().is_some_and(|d| d != of_id) || told.year() != chrono::Datelike::year(&of_id) || month_differs {
                self.flag(ProblemCode::DobIdMismatch, ProblemField::Birth, Some(&kept));
            }
        }
        self.out.birth = id_birth.map(BirthDate::Day).or(told_birth);
        if self.out.birth.is_none() {
            self.out.age_told = self.context.first(self.row, Field::Age).and_then(numbers::age);
        }
        let former = self
            .columns(Field::FormerName)
            .into_iter()
            .filter_map(|c| self.context.cell(self.row, c))
            .filter_map(|c| PersonName::parse(&c.shown()).ok())
            .collect();
        let ethnic = repair::ethnic(&self.text(Field::Ethnic));
        self.out.identity = name.map(|name| Identity {
            name,
            former_names: former,
            sex: id_sex.or(told),
            birth: self.out.birth,
            ethnic,
            documents: document.into_iter().collect(),
        });
    }

    /// The birth date as told, in one column or three, and as written.
    fn birth(&self) -> (DateRead, String) {
        for field in [Field::Birth, Field::BirthMonthOnly] {
            for column in self.columns(field) {
                if let Some(cell) = self.context.cell(self.row, column) {
                    return (dates::read(cell, self.context.order(column.index), self.context.latest), cell.shown().into_owned());
                }
            }
        }
        self.of_parts(Field::BirthYear, Field::BirthMonth, Field::BirthDay)
    }
}
