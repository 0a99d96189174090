//! Bodies of posts: read into zeroised memory up to a limit, never spooled, parsed here, never logged.

pub mod body;
pub mod multipart;
pub mod urlencoded;

pub use super::view::entries::Entries;
pub use body::{LinkPosted, Posted, Uploaded};
