//! Phrases of mail servers and providers, in lower case, by what they mean. Short enough to meet the many wordings of one thing,
//! long enough not to meet a sentence about another.

pub(super) mod hard;
pub(super) mod policy;
pub(super) mod soft;
