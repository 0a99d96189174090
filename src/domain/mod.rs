//! The words and rules of the registry, as types.
//!
//! Pure: no database, no network, no clock of its own, no randomness. Time and entropy come in as arguments.
//! May import: nothing of this crate. Offers: ids, [`Guarded`], [`Keyed`], the value types of a person
//! (name, documents, phones, mail, address), registries and their statuses, consents, problems, roles.
//! Plaintext personal data is held in [`Guarded`] only; the value types have no `Display` and an opaque `Debug`.

mod guarded;
mod keyed;

pub mod activity;
pub mod age;
pub mod approval;
pub mod care;
pub mod compartment;
pub mod consent;
pub mod contact;
pub mod correction;
pub mod death;
pub mod death_notice;
pub mod dial;
pub mod document;
pub mod eligibility;
pub mod entry_age;
pub mod fact;
pub mod family_contact;
pub mod form;
pub mod grid;
pub mod guided;
pub mod hold;
pub mod id;
pub mod in_error;
pub mod joined;
pub mod language;
pub mod leaving;
pub mod mail;
pub mod match_request;
pub mod name;
pub mod national_id;
pub mod outside;
pub mod person;
pub mod phone;
pub mod place;
pub mod problem;
pub mod recall;
pub mod record;
pub mod registry;
pub mod rights;
pub mod role;
pub mod sample;
pub mod second_fact;
pub mod shift;
pub mod source;
pub mod span;
pub mod survivor;
pub mod time;
pub mod told;
pub mod town;
pub mod urgent;
pub mod volunteer;
pub mod wish;
pub mod written;

pub use compartment::Compartment;
pub use guarded::Guarded;
pub use keyed::Keyed;
