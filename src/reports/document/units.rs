//! Grass-roots units beside the plan's targets.

use super::{Report, Section, defined};
use crate::reports::axis::{Cell, Names};
use crate::reports::export::{Column, Table, Value};
use crate::reports::units::Coverage;

impl Report {
    /// Adds which towns have a unit, and which have none.
    #[must_use]
    pub fn with_units(mut self, coverage: &Coverage, names: &Names<'_>) -> Self {
        let lang = names.lang;
        let mut section = Section::new(lang.pick("基层组织", "Grass-roots units"));
        let (covered, all) = (coverage.covered(), coverage.towns.len());
        section.lead = Some(format!("{covered} / {all} {}", lang.pick("个镇（街道）已建立基层组织。", "towns have a grass-roots unit.")));
        let mut table = Table::new(
            lang.pick("基层组织", "Grass-roots units"),
            vec![
                Column::text("town", lang.pick("镇街", "Town")),
                Column::text("unit", lang.pick("基层组织", "Unit")),
                Column::text("founded", lang.pick("成立日期", "Founded")),
                Column::text("contact", lang.pick("联系岗位", "Post to ask")),
            ],
        );
        for (town, units) in &coverage.towns {
            let town = names.cell(Cell::Town(Some(*town)));
            if units.is_empty() {
                let none = lang.pick("尚未建立", "None yet");
                table.rows.push(vec![Value::text(town.as_str()), Value::text(none), Value::Empty, Value::Empty]);
            }
            table.rows.extend(units.iter().map(|unit| {
                let founded = Value::text(unit.founded.to_string());
                vec![Value::text(town.as_str()), Value::text(unit.name.as_str()), founded, Value::text(unit.contact.as_str())]
            }));
        }
        section.table = Some(table);
        self.sections.push(section);
        self.definitions.extend(defined(&["units"]));
        self
    }
}
