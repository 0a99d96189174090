//! Matching in memory: pure, CPU only. May import `domain`.

pub mod linkage;
