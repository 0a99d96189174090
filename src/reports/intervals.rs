//! intervals.rs
