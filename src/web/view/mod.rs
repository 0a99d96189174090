//! What pages show: view models with masked, escaped texts, the parts of forms, charts.
//!
//! The one place of this room that opens [`Guarded`](crate::domain::Guarded) values: into masked texts, into the fields a member of staff
//! has just typed, and into a person's page after an explicit disclosure.

pub mod chart;
pub mod choice;
pub mod consent;
pub mod diff;
pub mod entries;
pub mod escape;
pub mod field;
pub mod icon;
pub mod mask;
pub mod qr;
pub mod shell;
pub mod swipe;

pub mod activity;
pub mod admin;
pub mod calendar;
pub mod callout;
pub mod care;
pub mod closed;
pub mod desk;
pub mod dial;
pub mod disclosure;
pub mod donor;
pub mod drive;
pub mod duplicates;
pub mod enrol;
pub mod enter;
pub mod experiment;
pub mod failure;
pub mod family;
pub mod figures;
pub mod followup;
pub mod hands;
pub mod import;
pub mod in_error;
pub mod leaving;
pub mod link;
pub mod notice;
pub mod outside;
pub mod own;
pub mod people;
pub mod print;
pub mod put_right;
pub mod readiness;
pub mod recall;
pub mod relative;
pub mod report;
pub mod rights;
pub mod rules;
pub mod sample;
pub mod self_enrol;
pub mod shift;
pub mod underway;
pub mod units;
pub mod urgent;
pub mod volunteer;
pub mod wish;

#[cfg(test)]
mod samples;

pub use choice::{Choice, Select};
pub use field::{Field, Slip, Slips};
pub use icon::{Icon, icon};
pub use shell::{Flash, Shell};
