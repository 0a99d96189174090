//! Follow-up: who is contacted when, about what, by which channel; the words of a mail; sending it; the links in it.
//!
//! May import: [`crate::domain`] only. Everything but [`mailer`] is pure: dates, randomness and keys come in as arguments.
//!
//! Offers:
//! - [`policy`]: dated rules read from TOML (`rules/followup.toml` is shipped);
//! - [`plan`]: people and rules in, due contacts and the reasons for every contact not planned out;
//! - [`desk`]: what becomes of a plan from day to day: re-planning, the check at the moment of sending, calls, mails without an answer;
//! - [`window`]: quiet hours, resolved in an IANA zone;
//! - [`experiment`]: which of two ways of asking works better, declared before it is tried;
//! - [`feed`]: the call desk's calendar feed;
//! - [`readiness`]: how likely a stem-cell donor is reached, as a published list of points;
//! - [`pace`]: how fast mails may leave, over all processes;
//! - [`compose`]: the fixed subjects, the texts with their four variables, the wire form, the VERP return path;
//! - [`mailer`]: SMTP or a folder, and what became of a mail;
//! - [`bounce`]: what a returned mail or an automatic answer says of each recipient;
//! - [`link`]: purposes, lifetimes and rules of the links handed to registrants.
//!
//! A value in custody is opened in `compose/` only (and in tests); the mailer sees bytes ready for the wire.

mod error;
mod kind;

pub mod bounce;
pub mod compose;
pub mod desk;
pub mod experiment;
pub mod feed;
pub mod link;
pub mod mailer;
pub mod pace;
pub mod plan;
pub mod policy;
pub mod readiness;
pub mod window;

pub use error::FollowupError;
pub use kind::{Channel, Kind, Language};
