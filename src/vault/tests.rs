//! Tests of the room as a whole.

mod access;
mod keys;
mod lookup;
mod primitives;
mod sealing;
mod sheets;
pub(super) mod support;
mod vectors;
