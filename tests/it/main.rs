//! Integration tests: one binary, one module a subject. Tests that need something beside Rust say so: `#[ignore = "needs ..."]`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test stops where it finds something wrong and says what it measured"
)]

#[allow(dead_code, reason = "not every part of it has a test that uses it")]
mod harness;

mod canaries;
mod followup_bounces;
mod followup_smtp;
mod indistinguishable;
mod intake_dev;
mod intake_sheets;
mod keys;
mod kill_nine;
mod linkage_drives;
mod quiet_logs;
mod reports_flows;
mod reports_oracle;
mod reports_public;
mod reports_survival;
mod same_moment;
mod store;
mod web;
