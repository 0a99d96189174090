//! Tests of the whole, in one binary.

mod linkage_drives;
mod store;
