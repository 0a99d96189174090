//! survival/mod.rs
