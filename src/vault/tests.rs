//! Tests of the room as a whole.

mod keys;
mod support;
