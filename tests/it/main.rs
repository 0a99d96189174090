//! Integration tests: one binary, one module a subject. Tests that need something beside Rust say so: `#[ignore = "needs ..."]`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "a test stops where it finds something wrong and says what it measured"
)]

mod followup_bounces;
mod followup_smtp;
#[allow(dead_code, reason = "the tests that drive the server use the rest")]
mod harness;
mod intake_dev;
mod intake_sheets;
mod linkage_drives;
mod quiet_logs;
mod reports_flows;
mod reports_oracle;
mod reports_public;
mod reports_survival;
mod store;
mod web;
