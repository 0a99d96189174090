//! chart/mod.rs
