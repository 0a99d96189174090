//! How the person of a row is reached, and who else the row names: phones, mails, address, contacts, executors, witnesses.

use std::borrow::Cow;

use crate::domain::contact::{Address, Relative, RelativeRole};
use crate::domain::phone::Phone;
use crate::domain::problem::ProblemCode;

use super::super::field::{Field, Party};
use super::super::grid::Cell;
use super::super::layout::Column;
use super::super::problem_field::ProblemField;
use super::super::repair::mails::MailRead;
use super::super::repair::names::NameRead;
use super::super::repair::{self, free, mails, names, phones, says_nothing};
use super::{Carried, MAX_ADDRESS, Reading};

impl<'a> Reading<'_, 'a> {
    pub(super) fn phones(&mut self) {
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

    pub(super) fn mails(&mut self) {
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

    pub(super) fn address(&mut self, carried: &mut Carried) {
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
        self.meant(column, carried).map_or(Cow::Borrowed(""), Cell::shown)
    }

    /// The cell, or the last filled one above it where it says 同上.
    pub(super) fn meant(&self, column: &Column, carried: &mut Carried) -> Option<&'a Cell> {
        let cell = self.context.cell(self.row, column)?;
        if repair::is_ditto(&cell.shown()) {
            return carried.above.iter().find(|(c, _)| *c == column.index).and_then(|(_, row)| self.context.cell(*row, column));
        }
        match carried.above.iter_mut().find(|(c, _)| *c == column.index) {
            Some(slot) => slot.1 = self.row,
            None => carried.above.push((column.index, self.row)),
        }
        Some(cell)
    }

    pub(super) fn parties(&mut self) {
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
                    let field = if party == Party::Guardian { ProblemField::Guardian } else { ProblemField::Contact2 };
                    self.flag(ProblemCode::PhoneInvalid, field, phone.as_deref());
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
                Party::Guardian => RelativeRole::Guardian,
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
        self.guardian();
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
}
