//! special.rs
