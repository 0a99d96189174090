//! What the row says for its registry's record: blood group and weight, the sheet's own particulars, the standing.

use crate::domain::person::Sex;
use crate::domain::problem::ProblemCode;
use crate::domain::registry::{EnrolmentStatus, Registry};

use super::super::field::Field;
use super::super::problem_field::ProblemField;
use super::super::repair::numbers::HoursRead;
use super::super::repair::{self, blood, free, numbers, says_nothing, status};
use super::{MAX_NOTE, MAX_SHORT, Reading};

impl<'a> Reading<'_, 'a> {
    pub(super) fn health(&mut self) {
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

    pub(super) fn details(&mut self) {
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

    pub(super) fn status(&mut self) {
        let registry = self.context.registry;
        // A labelled sample has been taken: 入库.
        let sampled = registry == Registry::StemCell && self.out.details.barcode.is_some();
        self.out.status = if sampled { EnrolmentStatus::Enrolled } else { EnrolmentStatus::Registered };
        let noted = self.out.details.note.as_deref().and_then(|note| status::exit_in_note(note, registry));
        let shown = self.text(Field::Status);
        if !self.context.layout.has(Field::Status) || (says_nothing(&shown) && !self.context.limits.status) {
            if let Some(reason) = noted {
                self.out.status = EnrolmentStatus::Exited(reason);
            }
            return;
        }
        // 有效 in one column and 已去世 in the note: a registrar decides.
        let told = status::read(&shown, registry).filter(|told| noted.is_none() || matches!(told, EnrolmentStatus::Exited(_)));
        match told {
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
