//! The paper sign-up sheet: the columns that the profiles read, so that what was written on paper is typed up and imported as it stands.

use crate::domain::registry::Registry;

/// Columns that every registry's sheet has: heading as the profiles read it, and in English.
const COMMON: &[(&str, &str)] = &[
    ("姓名", "Name"),
    ("性别", "Sex"),
    ("身份证号", "Document number"),
    ("联系电话", "Phone"),
    ("电子邮箱", "Mail"),
    ("家庭住址", "Address"),
    ("登记日期", "Date"),
];

const BLOOD: &[(&str, &str)] =
    &[("血型", "Blood group"), ("献血次数", "Donations"), ("上次献血日期", "Last donation"), ("体重", "Weight, kg")];

const STEM_CELL: &[(&str, &str)] = &[
    ("民族", "Ethnic group"),
    ("体重", "Weight, kg"),
    ("联系人1", "First contact"),
    ("联系人1电话", "First contact's phone"),
    ("联系人2", "Second contact"),
    ("联系人2电话", "Second contact's phone"),
];

const ORGAN_BODY: &[(&str, &str)] =
    &[("捐献项目", "To donate"), ("执行人", "Executor"), ("执行人电话", "Executor's phone"), ("登记见证人", "Form witness")];

const VOLUNTEER: &[(&str, &str)] = &[("服务队", "Team"), ("特长", "Skills")];

/// The columns of a registry's sheet, in their order.
pub fn columns(registry: Registry) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let own = match registry {
        Registry::Blood => BLOOD,
        Registry::StemCell => STEM_CELL,
        Registry::OrganBody => ORGAN_BODY,
        Registry::Volunteer => VOLUNTEER,
    };
    COMMON.iter().chain(own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Guarded;
    use crate::domain::contact::RelativeRole;
    use crate::domain::town::Towns;
    use crate::intake::{Profile, ReadOptions, Sheet, read};

    /// The sheet typed up with one person on it; a column that `told` does not name stays empty.
    fn typed_up(registry: Registry, told: &[(&str, &str)]) -> Sheet {
        let (profiles, towns) = (Profile::shipped(), Towns::shipped());
        let headings: Vec<&str> = columns(registry).map(|(zh, _)| *zh).collect();
        assert!(told.iter().all(|(heading, _)| headings.contains(heading)), "{registry:?} is asked for what is told");
        let cell = |heading: &&str| told.iter().find(|(h, _)| h == heading).map_or("", |(_, value)| *value);
        let cells: Vec<&str> = headings.iter().map(cell).collect();
        let sheet = format!("{}\n{}\n", headings.join(","), cells.join(","));
        let options = ReadOptions {
            registry,
            profiles: &profiles,
            towns: &towns,
            judged_on: None,
            drive_date: None,
            today: "2026-11-27".parse().unwrap(),
        };
        read(Guarded::new(sheet.into_bytes()), "sheet.csv", &options, &mut |_, _| {}).unwrap()
    }

    #[test]
    fn every_column_of_the_paper_sheet_is_read_when_it_is_typed_up() {
        for registry in Registry::ALL {
            let read = typed_up(registry, &[("姓名", "谭秋霜")]);
            for column in &read.columns {
                assert!(column.field.is_some(), "{registry:?}: {} is not understood", column.heading);
            }
            assert_eq!(read.columns.len(), columns(registry).count());
        }
    }

    /// Role, name and phone of each relative of the one person.
    fn relatives(sheet: &Sheet) -> Vec<(RelativeRole, String, String)> {
        let draft = sheet.rows.iter().find_map(|row| row.draft.as_ref()).expect("one person");
        let told = |r: &crate::domain::contact::Relative| {
            let name = r.name.as_ref().map(|n| n.as_str().to_owned()).unwrap_or_default();
            (r.role, name, r.phones.iter().map(|p| p.as_str()).collect())
        };
        draft.contact.reveal().relatives.iter().map(told).collect()
    }

    #[test]
    fn whom_the_registry_asks_for_is_read_from_the_paper_sheet_with_a_phone() {
        let told = |role, name: &str, phone: &str| (role, name.to_owned(), phone.to_owned());
        let person = [("姓名", "谭秋霜"), ("联系电话", "16400000021")];
        let contacts = [("联系人1", "赵甲一"), ("联系人1电话", "16400000022"), ("联系人2", "孙丙三"), ("联系人2电话", "16400000023")];
        let sheet = typed_up(Registry::StemCell, &[person.as_slice(), contacts.as_slice()].concat());
        let expected = [told(RelativeRole::Contact, "赵甲一", "16400000022"), told(RelativeRole::Contact, "孙丙三", "16400000023")];
        assert_eq!(relatives(&sheet), expected);
        let executor = [("执行人", "赵甲一"), ("执行人电话", "16400000022")];
        let sheet = typed_up(Registry::OrganBody, &[person.as_slice(), executor.as_slice()].concat());
        assert_eq!(relatives(&sheet), [told(RelativeRole::Executor, "赵甲一", "16400000022")]);
    }
}
