//! What the tests of the running program share.
//!
//! - [`http`]: a small HTTP client with cookies, over the standard library, that measures and compares answers.
//! - [`program`]: the binary on a data folder of its own: run a command, serve, kill -9, stop.
//! - [`kill`]: cycles of concurrent registrations and kill -9, with the account of what was acknowledged.
//! - [`canary`]: values planted in personal fields, and the byte search for every shape they could take on a disk.
//! - [`sink`]: a mail server that records what it takes.
//! - [`timing`]: whether two kinds of request can be told apart by time (Welch's t).
//! - [`desk`]: a member of staff at a browser, without the browser.
//! - [`browser`]: a real one, driven over WebDriver.
//! - [`postgres`]: databases of a private cluster, one a test.
//! - [`people`]: invented people, each from a number.
//! - [`policy`]: the follow-up policy of tests that bring their own.
//! - [`dice`]: repeatable chance.

pub mod browser;
pub mod canary;
pub mod desk;
pub mod dice;
pub mod http;
pub mod kill;
pub mod paper;
pub mod people;
pub mod policy;
pub mod postgres;
pub mod program;
pub mod sink;
pub mod timing;

/// A variable that a test with a need reads; inside an ignored test a missing one is a failure, not a pass.
pub fn needed(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable} is not set: run this test through .ci/run"))
}
