//! A throw-away registry of synthetic people.

pub mod people;
