//! Loading the facts and making reports. `cargo bench --bench reports`; `REPORTS_PEOPLE` (default 1,000,000) sets the size.

#![expect(missing_docs, reason = "criterion's macros make undocumented items")]

mod people;

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use criterion::{Criterion, criterion_group, criterion_main};
use donor_registry::reports::axis::AsOf;
use donor_registry::reports::facts::FactBook;
use donor_registry::reports::flows::Period;

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).expect("a valid date")
}

fn reports(c: &mut Criterion) {
    let people = std::env::var("REPORTS_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let begin = Instant::now();
    let book = FactBook::new(people::facts(people, 7));
    eprintln!("{book:?} drawn and loaded in {:.2} s", begin.elapsed().as_secs_f64());
    let mut group = c.benchmark_group("reports");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function("pool", |b| b.iter(|| black_box(book.pool(AsOf::day(day(2026, 6, 30))))));
    let year = Period::restated(day(2025, 7, 1), day(2026, 6, 30)).expect("in order");
    group.bench_function("flows of a year", |b| b.iter(|| black_box(book.flows(year))));
    let frozen = Period::frozen(day(2011, 1, 1), day(2026, 6, 30)).expect("in order");
    group.bench_function("flows of fifteen years, frozen", |b| b.iter(|| black_box(book.flows(frozen))));
    group.finish();
}

criterion_group!(benches, reports);
criterion_main!(benches);
