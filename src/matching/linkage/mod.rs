//! Record linkage: who on file may be the same person, and why. Pure, CPU only; may import `domain`.
//!
//! - [`features`] turns a person's sealed values, opened, into [`Features`]: normalised, packed, opaque, zeroised on drop.
//! - [`Index`] holds the features of all subjects in memory: [`Index::check`] before a save, [`Index::scan`] over everybody,
//!   [`Index::find`] for the people search, [`Index::exact_document`] for the warning at the table.
//! - [`Index::learn`] lets registrars' decisions move the weights, within bounds.
//! - A [`Decision`] comes with its [`Evidence`]: one weight in bits a comparison, the numbers that decided.
//!
//! Values are opened in `normalise` and `normalise_find` only.

mod chars;
mod decide;
pub mod engine;
mod features;
mod filling;
mod find;
mod index;
mod keys;
mod learn;
mod levels;
mod name;
mod normalise;
mod normalise_find;
mod postings;
mod rows;
mod weights;

pub use decide::{Decision, Evidence, Judgement};
pub use features::Features;
pub use filling::{Filling, Linked};
pub use index::{Index, Match, PairMatch};
pub use levels::{AddressLevel, BirthLevel, Comparison, DocumentLevel, MailLevel, PhoneLevel, SexLevel};
pub use name::NameLevel;
pub use normalise::{document_features, features};
pub use normalise_find::FindQuery;
