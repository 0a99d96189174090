//! The paper sign-up sheet: the columns that the profiles read, so that what was written on paper is typed up and imported as it stands.
//!
//! Two lines for each registrant: in one, sixteen columns share the width of an A4 sheet, and nobody writes eighteen digits into 17 mm.

use crate::domain::registry::Registry;

/// A column of the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The heading as the profiles read it.
    pub heading: &'static str,
    /// The same in English, which they read too.
    pub english: &'static str,
    /// Its width, of the [`WIDTH`] of a line.
    pub width: u8,
}

/// The width of a line. On A4 in landscape one is nearly 8 mm, a digit's box half of it.
pub const WIDTH: u8 = 30;

const fn of(heading: &'static str, english: &'static str, width: u8) -> Column {
    Column { heading, english, width }
}

/// The two lines of a registry's sheet: the upper one begins with who it is, the lower one with mail, address and day, whose widths are given;
/// each goes on with columns of the registry's own.
macro_rules! sheet {
    ([$($upper:expr),+], [$mail:literal, $address:literal, $date:literal], [$($lower:expr),+]) => {
        [
            &[
                of("姓名", "Name", 5),
                of("性别", "Sex", 2),
                of("身份证号", "Document number", 10),
                of("联系电话", "Phone", 7),
                $($upper),+
            ],
            &[
                of("电子邮箱", "Mail", $mail),
                of("家庭住址", "Address", $address),
                of("登记日期", "Date", $date),
                $($lower),+
            ],
        ]
    };
}

const BLOOD: [&[Column]; 2] = sheet!(
    [of("血型", "Blood group", 3), of("体重", "Weight, kg", 3)],
    [9, 10, 4],
    [of("献血次数", "Donations", 3), of("上次献血日期", "Last donation", 4)]
);

const STEM_CELL: [&[Column]; 2] = sheet!(
    [of("民族", "Ethnic group", 3), of("体重", "Weight, kg", 3)],
    [5, 6, 3],
    [
        of("联系人1", "Contact 1", 3),
        of("联系人1电话", "Contact 1's phone", 5),
        of("联系人2", "Contact 2", 3),
        of("联系人2电话", "Contact 2's phone", 5)
    ]
);

const ORGAN_BODY: [&[Column]; 2] = sheet!(
    [of("捐献项目", "Donation items", 6)],
    [6, 7, 3],
    [of("执行人", "Executor", 4), of("执行人电话", "Executor's phone", 6), of("登记见证人", "Witness", 4)]
);

const VOLUNTEER: [&[Column]; 2] = sheet!(
    [of("服务队", "Team", 3), of("特长", "Skills", 3)],
    [6, 7, 3],
    [of("监护人", "Guardian", 4), of("监护人电话", "Guardian's phone", 6), of("监护人同意", "Guardian's consent", 4)]
);

/// The two lines that a registrant fills in.
pub const fn lines(registry: Registry) -> [&'static [Column]; 2] {
    match registry {
        Registry::Blood => BLOOD,
        Registry::StemCell => STEM_CELL,
        Registry::OrganBody => ORGAN_BODY,
        Registry::Volunteer => VOLUNTEER,
    }
}

/// The columns of a registry's sheet in the order in which they are read and typed up: the upper line, then the lower one.
pub fn columns(registry: Registry) -> impl Iterator<Item = &'static Column> {
    lines(registry).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Guarded;
    use crate::domain::contact::RelativeRole;
    use crate::domain::town::Towns;
    use crate::intake::{Profile, ReadOptions, Sheet, read};

    /// Of somebody who was 17 on 2026-11-27.
    const MINOR: &str = "512002200901010021";

    /// The sheet typed up with one person on it; a column that `told` does not name stays empty.
    fn typed_up(registry: Registry, told: &[(&str, &str)]) -> Sheet {
        let (profiles, towns) = (Profile::shipped(), Towns::shipped());
        let headings: Vec<&str> = columns(registry).map(|column| column.heading).collect();
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
    fn each_line_fills_the_width_and_leaves_room_to_write() {
        for registry in Registry::ALL {
            for line in lines(registry) {
                assert_eq!(line.iter().map(|column| column.width).sum::<u8>(), WIDTH, "{registry:?}");
            }
            for column in columns(registry) {
                // Eighteen digits, eleven digits, a name of three characters, a day.
                let least = match column.english {
                    "Document number" => 9,
                    english if english.ends_with("phone") || english == "Phone" => 5,
                    "Sex" => 2,
                    _ => 3,
                };
                assert!(column.width >= least, "{registry:?}: {}", column.heading);
            }
        }
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
        let guardian = [("监护人", "周戊五"), ("监护人电话", "16400000024"), ("监护人同意", "周戊五"), ("身份证号", MINOR)];
        let sheet = typed_up(Registry::Volunteer, &[person.as_slice(), guardian.as_slice()].concat());
        assert_eq!(relatives(&sheet), [told(RelativeRole::Guardian, "周戊五", "16400000024")]);
        let executor = [("执行人", "赵甲一"), ("执行人电话", "16400000022")];
        let sheet = typed_up(Registry::OrganBody, &[person.as_slice(), executor.as_slice()].concat());
        assert_eq!(relatives(&sheet), [told(RelativeRole::Executor, "赵甲一", "16400000022")]);
    }
}
