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

const STEM_CELL: &[(&str, &str)] = &[("民族", "Ethnic group"), ("体重", "Weight, kg")];

const ORGAN_BODY: &[(&str, &str)] = &[("捐献项目", "To donate"), ("执行人", "Executor"), ("登记见证人", "Form witness")];

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
    use crate::domain::town::Towns;
    use crate::intake::{Profile, ReadOptions, read};

    #[test]
    fn every_column_of_the_paper_sheet_is_read_when_it_is_typed_up() {
        let (profiles, towns) = (Profile::shipped(), Towns::shipped());
        for registry in Registry::ALL {
            let headings: Vec<&str> = columns(registry).map(|(zh, _)| *zh).collect();
            let cells: Vec<&str> = headings.iter().map(|h| if *h == "姓名" { "谭秋霜" } else { "" }).collect();
            let sheet = format!("{}\n{}\n", headings.join(","), cells.join(","));
            let options = ReadOptions {
                registry,
                profiles: &profiles,
                towns: &towns,
                judged_on: None,
                drive_date: None,
                today: "2026-11-27".parse().unwrap(),
            };
            let read = read(Guarded::new(sheet.into_bytes()), "sheet.csv", &options, &mut |_, _| {}).unwrap();
            for column in &read.columns {
                assert!(column.field.is_some(), "{registry:?}: {} is not understood", column.heading);
            }
            assert_eq!(read.columns.len(), headings.len());
        }
    }
}
