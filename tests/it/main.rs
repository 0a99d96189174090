//! Tests of the whole, in one binary.

mod linkage_drives;
mod reports_flows;
mod reports_oracle;
mod reports_survival;
