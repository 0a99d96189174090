//! One row of a person: cells to a draft, and what is wrong with them.

use std::borrow::Cow;

use chrono::{Months, NaiveDate};

use crate::domain::Guarded;
use crate::domain::contact::{Address, Contact, Relative, RelativeRole};
use crate::domain::document::Document;
use crate::domain::name::PersonName;
use crate::domain::person::{BirthDate, Health, Identity, Sex};
use crate::domain::phone::Phone;
use crate::domain::problem::ProblemCode;
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::town::{TownCode, Towns};

use super::field::{Field, Party};
use super::grid::{Cell, Grid};
use super::layout::{Column, Layout};
use super::merges::Merges;
use super::problem_field::ProblemField;
use super::profile::Limits;
use super::repair::dates::{DateRead, Order};
use super::repair::documents::DocumentRead;
use super::repair::mails::MailRead;
use super::repair::names::NameRead;
use super::repair::numbers::HoursRead;
use super::repair::{self, blood, dates, documents, free, mails, names, numbers, phones, says_nothing, status};
use super::sheet::Problem;

/// Longest texts taken in, in characters.
const MAX_SHORT: usize = 200;
const MAX_ADDRESS: usize = 300;
const MAX_NOTE: usize = 2000;
/// Most characters of a value kept aside: enough to know it by.
const MAX_ASIDE: usize = 500;

/// How far ahead a day may lie that is to come, such as the end of a certificate.
const YEARS_AHEAD: Months = Months::new(12 * 20);

/// What every row of a sheet is read with.
pub(super) struct Context<'a> {
    pub(super) grid: &'a Grid,
    pub(super) merges: &'a Merges,
    pub(super) layout: &'a Layout,
    pub(super) towns: &'a Towns,
    pub(super) registry: Registry,
    pub(super) limits: Limits,
    /// No date of the row may lie after this day.
    pub(super) latest: NaiveDate,
    /// How a column writes days whose year stands last.
    pub(super) orders: &'a [(u32, Order)],
}

/// What carries over from row to row.
#[derive(Debug, Default)]
pub(super) struct Carried {
    /// The town of the section, where the sheet has no column for it.
    pub(super) section_town: Option<TownCode>,
    /// The last filled cell of columns that 同上 may repeat, as (column, row).
    pub(super) above: Vec<(u32, usize)>,
}

/// A row read, before it is judged.
pub(super) struct RawRow {
    pub(super) problems: Vec<Problem>,
    pub(super) identity: Option<Identity>,
    pub(super) contact: Contact,
    pub(super) health: Health,
    pub(super) details: Details,
    pub(super) status: EnrolmentStatus,
    pub(super) date: Option<NaiveDate>,
    pub(super) birth: Option<BirthDate>,
    /// Age as told, where no birth date is.
    pub(super) age_told: Option<u32>,
    /// The town the address itself names, where the sheet's own column was left blank.
    pub(super) address_town: Option<TownCode>,
}

impl<'a> Context<'a> {
    /// The cell that counts for a row and column: its own, or for columns that staff merge over several rows the merged one.
    fn cell(&self, row: usize, column: &Column) -> Option<&'a Cell> {
        let own = self.grid.cell(row, column.index).filter(|c| !c.is_blank());
        if own.is_some() {
            return own;
        }
        let field = column.reading?.field;
        if !fills_down(field) {
            return None;
        }
        let merge = self.merges.covering(row, column.index)?;
        self.grid.cell(merge.top as usize, merge.left).filter(|c| !c.is_blank())
    }

    fn first(&self, row: usize, field: Field) -> Option<&'a Cell> {
        self.layout.columns_of(field).find_map(|c| self.cell(row, c))
    }

    fn text(&self, row: usize, field: Field) -> Cow<'a, str> {
        self.first(row, field).map_or(Cow::Borrowed(""), Cell::shown)
    }

    fn order(&self, column: u32) -> Order {
        self.orders.iter().find(|(c, _)| *c == column).map_or(Order::Unknown, |(_, o)| *o)
    }

    /// Whether a row continues the one above: its name cell is part of a region that begins there.
    pub(super) fn continues(&self, row: usize) -> bool {
        let Some(column) = self.layout.column(Field::Name) else { return false };
        self.grid.cell(row, column).is_none_or(Cell::is_blank)
            && self.merges.covering(row, column).is_some_and(|m| (m.top as usize) < row && m.top as usize > self.layout.last)
    }

    /// Reads a row, and the rows that continue it.
    pub(super) fn read(&self, row: usize, more: &[usize], carried: &mut Carried) -> RawRow {
        let mut reading = Reading { context: self, row, more, out: RawRow::new() };
        reading.all(carried);
        reading.out
    }
}

/// Fields whose cells staff merge over the rows of several persons.
const fn fills_down(field: Field) -> bool {
    matches!(
        field,
        Field::Town
            | Field::Address
            | Field::Team
            | Field::Date
            | Field::DateYear
            | Field::DateMonth
            | Field::DateDay
            | Field::Employer
            | Field::Status
            | Field::Note
            | Field::Items
            | Field::Witness
            | Field::Ethnic
    )
}

impl RawRow {
    fn new() -> Self {
        Self {
            problems: Vec::new(),
            identity: None,
            contact: Contact::default(),
            health: Health::default(),
            details: Details::default(),
            status: EnrolmentStatus::Registered,
            date: None,
            birth: None,
            age_told: None,
            address_town: None,
        }
    }
}

struct Reading<'c, 'a> {
    context: &'c Context<'a>,
    row: usize,
    more: &'c [usize],
    out: RawRow,
}

impl<'a> Reading<'_, 'a> {
    fn flag(&mut self, code: ProblemCode, field: ProblemField, kept: Option<&str>) {
        if self.out.problems.iter().any(|p| p.code == code && p.field == field) {
            return;
        }
        let kept_aside = kept.map(|text| Guarded::new(text.trim().chars().take(MAX_ASIDE).collect::<String>()));
        self.out.problems.push(Problem { code, field, severity: code.severity(self.context.registry), kept_aside, hint: code.hint() });
    }

    fn columns(&self, field: Field) -> Vec<&'a Column> {
        self.context.layout.columns_of(field).collect()
    }

    fn text(&self, field: Field) -> Cow<'a, str> {
        self.context.text(self.row, field)
    }

    /// A short text of a field, cut where it is too long.
    fn short(&mut self, field: Field) -> Option<String> {
        let shown = self.text(field);
        if says_nothing(&shown) {
            return None;
        }
        Some(self.cut(free(&shown), MAX_SHORT, &shown))
    }

    fn cut(&mut self, text: String, most: usize, kept: &str) -> String {
        if text.chars().count() <= most {
            return text;
        }
        self.flag(ProblemCode::TextTooLong, ProblemField::Text, Some(kept));
        text.chars().take(most).collect()
    }

    fn all(&mut self, carried: &mut Carried) {
        let empty = !self.context.layout.columns.iter().any(|c| {
            c.reading.is_some_and(|r| r.field.shows_a_person())
                && self.context.grid.cell(self.row, c.index).is_some_and(|cell| !says_nothing(&cell.shown()))
        });
        let name = self.name();
        if empty {
            self.flag(ProblemCode::MissingName, ProblemField::Name, None);
            self.flag(ProblemCode::EmptyRecord, ProblemField::Row, None);
            return;
        }
        let document = self.document();
        self.sex_and_birth(name, document);
        self.phones();
        self.mails();
        self.address(carried);
        self.dates();
        self.parties();
        self.health();
        self.details();
        self.status();
    }

    fn name(&mut self) -> Option<PersonName> {
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

    fn document(&mut self) -> Option<Document> {
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

    fn sex_and_birth(&mut self, name: Option<PersonName>, document: Option<Document>) {
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

    fn of_parts(&self, year: Field, month: Field, day: Field) -> (DateRead, String) {
        let part = |field| {
            let shown = self.text(field);
            repair::plain(&shown).trim_end_matches(['年', '月', '日', '份']).trim().to_owned()
        };
        let (y, m, d) = (part(year), part(month), part(day));
        if y.is_empty() {
            return (DateRead::Blank, String::new());
        }
        // 1985.03 in the column of years holds the month too.
        let written = [y.as_str(), m.as_str(), d.as_str()].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-");
        (dates::text(&written, Order::Unknown, self.context.latest), written)
    }

    fn phones(&mut self) {
        let mut any = false;
        for row in std::iter::once(self.row).chain(self.more.iter().copied()) {
            for column in self.columns(Field::Phone) {
                let Some(cell) = self.context.cell(row, column) else { continue };
                let shown = cell.shown();
                let Some(read) = phones::read(&shown) else { continue };
                any = true;
                if read.invalid {
                    self.flag(ProblemCode::PhoneInvalid, ProblemField::Phone, Some(&shown));
                }
                for (phone, relation) in read.phones {
                    if self.out.contact.phones.contains(&phone) {
                        continue;
                    }
                    if let Some(relation) = relation {
                        // The registrant gave it to be reached by, so it is called like their own, with the relation beside it.
                        self.out.contact.relatives.push(Relative {
                            role: RelativeRole::Family,
                            name: None,
                            relation: Some(relation),
                            phones: vec![phone.clone()],
                        });
                    }
                    self.out.contact.phones.push(phone);
                }
            }
        }
        if !any {
            self.flag(ProblemCode::MissingPhone, ProblemField::Phone, None);
        }
    }

    fn mails(&mut self) {
        for row in std::iter::once(self.row).chain(self.more.iter().copied()) {
            for column in self.columns(Field::Mail) {
                let Some(cell) = self.context.cell(row, column) else { continue };
                let shown = cell.shown();
                match mails::read(&shown) {
                    MailRead::Blank => {}
                    MailRead::Mail(mail) => {
                        if !self.out.contact.mails.contains(&mail) {
                            self.out.contact.mails.push(mail);
                        }
                    }
                    MailRead::Invalid => self.flag(ProblemCode::EmailInvalid, ProblemField::Mail, Some(&shown)),
                }
            }
        }
    }

    fn address(&mut self, carried: &mut Carried) {
        let mut text = String::new();
        for column in self.columns(Field::Address) {
            let shown = self.repeated(column, carried);
            let part = free(&shown);
            if !says_nothing(&part) && !text.ends_with(&part) && text.len() < 64 << 10 {
                text.push_str(&part);
            }
        }
        let text = self.cut(text.clone(), MAX_ADDRESS, &text);
        let of_address = self.context.towns.in_address(&text).map(|t| t.code);
        let town = match self.columns(Field::Town).first().copied() {
            Some(column) => {
                let shown = self.repeated(column, carried);
                if says_nothing(&shown) {
                    self.out.address_town = of_address;
                    None
                } else {
                    let named = self.context.towns.named(&shown).map(|t| t.code);
                    if named.is_none() {
                        self.flag(ProblemCode::TownUnknown, ProblemField::Town, Some(&shown));
                    }
                    named
                }
            }
            None => of_address.or(carried.section_town),
        };
        if !text.is_empty() || town.is_some() {
            self.out.contact.address = Some(Address { text, town });
        }
    }

    /// The text of a cell, or of the last filled one above it where it says 同上.
    fn repeated(&self, column: &Column, carried: &mut Carried) -> Cow<'a, str> {
        let Some(cell) = self.context.cell(self.row, column) else { return Cow::Borrowed("") };
        let shown = cell.shown();
        if repair::is_ditto(&shown) {
            let above = carried.above.iter().find(|(c, _)| *c == column.index).and_then(|(_, row)| self.context.cell(*row, column));
            return above.map_or(Cow::Borrowed(""), Cell::shown);
        }
        match carried.above.iter_mut().find(|(c, _)| *c == column.index) {
            Some(slot) => slot.1 = self.row,
            None => carried.above.push((column.index, self.row)),
        }
        shown
    }

    /// A day of a field; what is none, or after the latest day allowed, is kept aside.
    fn day(&mut self, read: DateRead, kept: &str, may_come: bool) -> Option<NaiveDate> {
        match read {
            DateRead::Blank => None,
            DateRead::Day(day) if !may_come && day > self.context.latest => {
                self.flag(ProblemCode::DateInFuture, ProblemField::Date, Some(kept));
                None
            }
            // Nothing a branch keeps is older than sixty years.
            DateRead::Day(day) if self.context.latest.years_since(day).is_some_and(|years| years > 60) => {
                self.flag(ProblemCode::UnparseableDate, ProblemField::Date, Some(kept));
                None
            }
            DateRead::Day(day) => Some(day),
            DateRead::Month(..) | DateRead::Year(_) | DateRead::Unreadable => {
                self.flag(ProblemCode::UnparseableDate, ProblemField::Date, Some(kept));
                None
            }
        }
    }

    fn day_of(&mut self, field: Field, may_come: bool) -> Option<NaiveDate> {
        for column in self.columns(field) {
            if let Some(cell) = self.context.cell(self.row, column) {
                // 27.4.8 as the end of a certificate lies ahead: two-digit years of such columns reach so far.
                let ahead = if may_come { YEARS_AHEAD } else { Months::new(0) };
                let latest = self.context.latest.checked_add_months(ahead).unwrap_or(self.context.latest);
                let read = dates::read(cell, self.context.order(column.index), latest);
                return self.day(read, &cell.shown(), may_come);
            }
        }
        None
    }

    fn dates(&mut self) {
        self.out.date = self.day_of(Field::Date, false);
        if self.out.date.is_none() && !self.context.layout.has(Field::Date) {
            let (read, kept) = self.of_parts(Field::DateYear, Field::DateMonth, Field::DateDay);
            self.out.date = self.day(read, &kept, false);
        }
        self.out.health.last_donation = self.day_of(Field::LastDonation, false);
        self.out.details.certificate_until = self.day_of(Field::CertificateUntil, true);
    }

    fn parties(&mut self) {
        let own: Vec<Phone> = self.out.contact.phones.clone();
        let odd: Vec<String> = self
            .columns(Field::Phone)
            .into_iter()
            .filter_map(|c| self.context.cell(self.row, c))
            .filter_map(|c| phones::read(&c.shown()))
            .flat_map(|r| r.odd_digits)
            .collect();
        let mut wanted: Vec<(Party, usize)> = Vec::new();
        for row in std::iter::once(self.row).chain(self.more.iter().copied()) {
            let mut parties: Vec<Party> = self
                .context
                .layout
                .columns
                .iter()
                .filter_map(|c| c.reading)
                .filter(|r| matches!(r.field, Field::PartyName | Field::PartyPhone | Field::PartyRelation))
                .map(|r| r.party)
                .collect();
            parties.sort_unstable();
            parties.dedup();
            wanted.extend(parties.into_iter().map(|p| (p, row)));
        }
        let (mut contacts, mut executors) = (0u8, 0usize);
        for (party, row) in wanted {
            let cell = |field| {
                self.context
                    .layout
                    .columns
                    .iter()
                    .filter(|c| c.reading.is_some_and(|r| r.field == field && r.party == party))
                    .find_map(|c| self.context.cell(row, c))
            };
            let (name, relation, phone) = (cell(Field::PartyName), cell(Field::PartyRelation), cell(Field::PartyPhone));
            let name = name.map(Cell::shown).filter(|t| !says_nothing(t));
            let relation = relation.map(Cell::shown).filter(|t| !says_nothing(t)).map(|t| free(&t).chars().take(40).collect::<String>());
            let phone = phone.map(Cell::shown);
            let mut numbers = Vec::new();
            let mut own_given = false;
            if let Some(read) = phone.as_deref().and_then(phones::read) {
                if read.invalid {
                    self.flag(ProblemCode::PhoneInvalid, ProblemField::Contact2, phone.as_deref());
                }
                for (number, _) in read.phones {
                    // The registrant's own number with a digit too many is still their own.
                    if matches!(party, Party::Contact(_))
                        && (own.contains(&number) || odd.iter().any(|o| o.len() <= 14 && o.contains(number.as_str())))
                    {
                        own_given = true;
                    } else {
                        numbers.push(number);
                    }
                }
            }
            if own_given {
                self.flag(ProblemCode::ContactPhoneIsOwn, ProblemField::Contact2, phone.as_deref());
            }
            let named = name.is_some();
            if !named && numbers.is_empty() && !own_given {
                continue;
            }
            let role = match party {
                Party::Executor(_) => {
                    executors += 1;
                    RelativeRole::Executor
                }
                _ => {
                    contacts = contacts.saturating_add(1);
                    RelativeRole::Contact
                }
            };
            let name = name.and_then(|t| match names::read(&t) {
                NameRead::Missing => None,
                NameRead::Name(name) | NameRead::Flawed(_, name) => Some(name),
            });
            self.out.contact.relatives.push(Relative { role, name, relation, phones: numbers });
        }
        let limits = self.context.limits;
        if limits.contacts > contacts && self.context.layout.has_party(|p| matches!(p, Party::Contact(_))) {
            self.flag(ProblemCode::SecondContactMissing, ProblemField::Contact2, None);
        }
        if limits.executor && executors == 0 && self.context.layout.has_party(|p| matches!(p, Party::Executor(_))) {
            self.flag(ProblemCode::MissingExecutor, ProblemField::Executor, None);
        }
        for column in self.columns(Field::Witness) {
            let Some(cell) = self.context.cell(self.row, column) else { continue };
            for part in cell.shown().split([',', '，', '、', ';', '；', '/', '\n']).take(8) {
                if let NameRead::Name(name) | NameRead::Flawed(_, name) = names::read(part) {
                    self.out.details.witnesses.push(name);
                }
            }
        }
        if limits.witness && self.out.details.witnesses.is_empty() && self.context.layout.has(Field::Witness) {
            self.flag(ProblemCode::MissingWitness, ProblemField::Witness, None);
        }
    }

    fn health(&mut self) {
        let (abo, rh) = blood::read(&self.text(Field::BloodGroup));
        let (_, rh_apart) = blood::read(&self.text(Field::Rh));
        self.out.health.abo = abo;
        self.out.health.rh = rh_apart.or(rh);
        self.out.health.prior_donations = self.context.first(self.row, Field::Donations).and_then(numbers::count);
        let weight = self
            .columns(Field::Weight)
            .into_iter()
            .find_map(|c| self.context.cell(self.row, c).map(|cell| (numbers::weight(cell, c.in_jin()), cell)));
        let Some((Some(kilograms), cell)) = weight else { return };
        self.out.health.weight_kg = Some(kilograms);
        let limits = self.context.limits;
        let least = match self.out.identity.as_ref().and_then(|i| i.sex) {
            Some(Sex::Male) => limits.weight_min_male,
            // Where the sex is not known the lower limit is the one that surely applies.
            Some(Sex::Female) | None => limits.weight_min_female,
        };
        if least.is_some_and(|least| kilograms < least) {
            self.flag(ProblemCode::WeightLow, ProblemField::Weight, Some(&cell.shown()));
        }
    }

    fn details(&mut self) {
        self.out.details.number = self.short(Field::Number);
        self.out.details.education = self.short(Field::Education);
        let occupation = self.short(Field::Occupation);
        let employers: Vec<String> = self
            .columns(Field::Employer)
            .into_iter()
            .filter_map(|c| self.context.cell(self.row, c))
            .map(|c| free(&c.shown()))
            .filter(|t| !says_nothing(t))
            .collect();
        let mut work: Vec<String> = occupation.into_iter().chain(employers).collect();
        work.dedup();
        if !work.is_empty() {
            let joined = work.join("，");
            self.out.details.occupation = Some(self.cut(joined.clone(), MAX_SHORT, &joined));
        }
        self.out.details.team = self.short(Field::Team);
        self.out.details.certificate = self.short(Field::Certificate);
        self.out.details.barcode = self.short(Field::Barcode).map(|b| {
            b.chars().filter(|c| !c.is_whitespace()).map(crate::domain::written::narrow).map(|c| c.to_ascii_uppercase()).collect()
        });
        for column in self.columns(Field::Skills) {
            if let Some(cell) = self.context.cell(self.row, column) {
                let shown = free(&cell.shown());
                self.out.details.skills.extend(
                    shown
                        .split([',', '，', '、', ';', '；', '/'])
                        .map(str::trim)
                        .filter(|s| !says_nothing(s))
                        .map(|s| s.chars().take(60).collect::<String>())
                        .take(20),
                );
            }
        }
        self.out.details.items = status::items(&self.text(Field::Items));
        for column in self.columns(Field::ItemTick) {
            if self.context.cell(self.row, column).is_some_and(|c| repair::is_ticked(&c.shown()) || c.as_number().is_some_and(|n| n > 0.0))
            {
                let label = column.heading.rsplit('/').next().unwrap_or_default();
                for item in status::items(label) {
                    if !self.out.details.items.contains(&item) {
                        self.out.details.items.push(item);
                    }
                }
            }
        }
        if let Some(cell) = self.context.first(self.row, Field::Hours) {
            match numbers::hours(cell) {
                HoursRead::Blank => {}
                HoursRead::Hours(hours) => self.out.details.hours = Some(hours),
                HoursRead::Invalid => self.flag(ProblemCode::HoursInvalid, ProblemField::Hours, Some(&cell.shown())),
            }
        }
        let mut note = String::new();
        for row in std::iter::once(self.row).chain(self.more.iter().copied()) {
            for column in self.columns(Field::Note) {
                let Some(cell) = self.context.cell(row, column) else { continue };
                let part = free(&cell.shown());
                if !says_nothing(&part) && !note.contains(&part) && note.len() < 256 << 10 {
                    if !note.is_empty() {
                        note.push('；');
                    }
                    note.push_str(&part);
                }
            }
        }
        if !note.is_empty() {
            self.out.details.note = Some(self.cut(note.clone(), MAX_NOTE, &note));
        }
    }

    fn status(&mut self) {
        let registry = self.context.registry;
        // A labelled sample has been taken: 入库.
        let sampled = registry == Registry::StemCell && self.out.details.barcode.is_some();
        self.out.status = if sampled { EnrolmentStatus::Enrolled } else { EnrolmentStatus::Registered };
        if !self.context.layout.has(Field::Status) {
            return;
        }
        let shown = self.text(Field::Status);
        if says_nothing(&shown) && !self.context.limits.status {
            return;
        }
        match status::read(&shown, registry) {
            Some(EnrolmentStatus::Registered) if sampled => {}
            Some(told) => self.out.status = told,
            None => {
                self.out.status = EnrolmentStatus::Undecided;
                let kept = (!shown.trim().is_empty()).then_some(shown.as_ref());
                self.flag(ProblemCode::MissingStatus, ProblemField::Status, kept);
            }
        }
    }
}
