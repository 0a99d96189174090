//! Published tables against the disclosure checker, over ten successive monthly releases.

#[path = "../../benches/reports/people.rs"]
mod people;

use std::path::PathBuf;
use std::process::Command;

use chrono::{Months, NaiveDate};
use donor_registry::domain::town::Towns;
use donor_registry::reports::Lang;
use donor_registry::reports::axis::{AsOf, Names};
use donor_registry::reports::document::{Standing, public_report};
use donor_registry::reports::facts::FactBook;
use donor_registry::reports::suppress::Pattern;

fn env(name: &str) -> PathBuf {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is needed")).into()
}

#[test]
#[ignore = "needs DONOR_REGISTRY_TEST_DATA with ../tools/check_disclosure.py, and python3 with numpy and scipy (or DONOR_REGISTRY_TEST_PYTHON)"]
fn the_checker_recovers_no_cell_of_ten_monthly_releases() {
    let checker = env("DONOR_REGISTRY_TEST_DATA").join("../tools/check_disclosure.py");
    let python = std::env::var_os("DONOR_REGISTRY_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let folder = tempfile::tempdir().unwrap();
    let towns = Towns::shipped();
    let names = Names { towns: &towns, drive: &|_| None, lang: Lang::Zh };
    let mut stars = 0;
    for (people, seed) in [(120, 1), (600, 2), (3000, 3)] {
        let book = FactBook::new(people::facts(people, seed));
        let mut pattern = Pattern::default();
        for month in 0..10 {
            let day = NaiveDate::from_ymd_opt(2022, 1, 31).unwrap() + Months::new(month);
            let release = book.release(AsOf::day(day), &pattern);
            pattern = release.pattern.clone();
            stars += release.tables.iter().flat_map(|t| t.cells.iter().flatten()).filter(|c| c.is_none()).count();
            let mut files = Vec::new();
            for (at, section) in public_report(&release, Standing::Preview, &names).sections.iter().enumerate() {
                if let Some(table) = &section.table {
                    let file = folder.path().join(format!("{people}-{month}-{at}.csv"));
                    std::fs::write(&file, table.to_csv().unwrap()).unwrap();
                    files.push(file);
                }
            }
            if files.is_empty() {
                continue;
            }
            let checked = Command::new(&python).arg(&checker).args(&files).arg("--linked").output().unwrap();
            assert!(checked.status.success(), "{people} people, month {month}: {}", String::from_utf8_lossy(&checked.stdout));
        }
    }
    assert!(stars > 100, "the releases hold too few stars to show anything: {stars}");
}
