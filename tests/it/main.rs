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

mod accounts;
mod activities;
mod approvals;
mod barcodes;
mod behind;
mod by_itself;
mod call_answers;
mod call_desk;
mod call_numbers;
mod canaries;
mod care;
mod consents;
mod disk_alone;
mod donors;
mod enrolment_ages;
mod erased;
mod exits;
mod family_calls;
mod followup_answers;
mod followup_bounces;
mod followup_desk;
mod followup_experiment;
mod followup_ladder;
mod followup_language;
mod followup_match;
mod followup_pace;
mod followup_self;
mod followup_sensitive;
mod followup_served;
mod followup_smtp;
mod followup_told;
mod followup_true;
mod guardian;
mod held;
mod import_runs;
mod in_error;
mod index_currency;
mod indistinguishable;
mod intake_dev;
mod intake_guardian;
mod intake_hostile;
mod intake_mess;
mod intake_sheets;
mod joined;
mod keys;
mod kill_nine;
mod link;
mod linkage_drives;
mod linkage_seasons;
mod lives;
mod look_up_limit;
mod match_walk;
mod offered;
mod own_days;
mod own_word;
mod pages_in_a_browser;
mod paper_sheets;
mod prints;
mod put_right;
mod quiet_logs;
mod reports_flows;
mod reports_oracle;
mod reports_program;
mod reports_public;
mod reports_releases;
mod reports_survival;
mod review_queue;
mod rights;
mod route_matrix;
mod same_moment;
mod samples;
mod shifts;
mod slow_lists;
mod store;
mod taken_back;
mod unentered;
mod urgent;
mod volunteers;
mod web;
