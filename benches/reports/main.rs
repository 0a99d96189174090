//! Loading the facts and making reports. `cargo bench --bench reports`; `REPORTS_PEOPLE` (default 1,000,000) sets the size, `REPORTS_SEALED=1`
//! adds loading from a sealed SQLite database of the same size (written first, which takes minutes).

mod people;
mod sealed;

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use donor_registry::domain::registry::Registry;
use donor_registry::domain::town::Towns;
use donor_registry::reports::Lang;
use donor_registry::reports::axis::{AsOf, Names};
use donor_registry::reports::document::{
    Standing, attrition_report, flows_report, pool_report, public_report, retention_report, targets_report,
};
use donor_registry::reports::facts::FactBook;
use donor_registry::reports::flows::Period;
use donor_registry::reports::suppress::Pattern;
use donor_registry::reports::targets::Plans;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a valid date")
}

fn reports(c: &mut Criterion) {
    let people = std::env::var("REPORTS_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let facts: Vec<_> = people::facts(people, 7).collect();
    if std::env::var_os("REPORTS_SEALED").is_some() {
        sealed::measure(&facts);
    }
    let begin = Instant::now();
    let book = FactBook::new(facts);
    eprintln!("{book:?} indexed in {:.2} s", begin.elapsed().as_secs_f64());
    let towns = Towns::shipped();
    let names = Names { towns: &towns, drive: &|_| None, lang: Lang::Zh };
    let plans = Plans::shipped();
    let (plan, at) = (&plans.plans[0], AsOf::day(day(2026, 6, 30)));
    let year = Period::restated(day(2025, 7, 1), day(2026, 6, 30)).expect("in order");
    let frozen = Period::frozen(day(2011, 1, 1), day(2026, 6, 30)).expect("in order");
    let mut group = c.benchmark_group("reports");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    // Each from the facts in memory to the finished page.
    group.bench_function("pool", |b| b.iter(|| black_box(pool_report(&book.pool(at), &names).fragment())));
    group.bench_function("flows of a year", |b| b.iter(|| black_box(flows_report(&book.flows(year), &names).fragment())));
    group.bench_function("flows of fifteen years, frozen", |b| b.iter(|| black_box(flows_report(&book.flows(frozen), &names).fragment())));
    group.bench_function("attrition of a year", |b| {
        b.iter(|| black_box(attrition_report(&book.attrition(year), None, &names).fragment()));
    });
    group.bench_function("reneging", |b| b.iter(|| black_box(book.reneging(day(2025, 7, 1), day(2026, 6, 30)))));
    group.bench_function("targets", |b| {
        b.iter(|| black_box(targets_report(plan, &book.targets(plan, 20, day(2025, 12, 31)), day(2025, 12, 31), Lang::Zh).fragment()));
    });
    group.bench_function("public", |b| {
        b.iter(|| black_box(public_report(&book.release(at, &Pattern::default()), Standing::Preview, &names).fragment()));
    });
    group.bench_function("survival page, blood donors (six in eleven)", |b| {
        b.iter(|| black_box(retention_report(&book.retention(Registry::Blood, at), Lang::Zh).fragment()));
    });
    group.finish();
}

criterion_group!(benches, reports);
criterion_main!(benches);
