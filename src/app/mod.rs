//! Use cases, one verb a file. May import every room but `web` and `cli`.

pub mod demo;
