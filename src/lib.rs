//! A registry of blood donors and volunteers, stem-cell donors and organ/body registrants, on encrypted data.
//!
//! # Layout
//!
//! - [`domain`]: the words and rules as types; pure.
//! - [`vault`]: keys, sealing, blind indexes, MACs, tokens, passwords; the only room that names the crypto crates.
//! - [`intake`]: sheets as staff make them, read into drafts with problems.
//! - [`matching`]: record linkage; pure, CPU only.
//! - [`store`]: the only room that names the database; seals on write, opens on read.
//! - [`followup`]: plans (pure), composed mails, the mailer, links.
//! - [`reports`]: facts, tallies, charts, exports.
//! - [`app`]: use cases, one verb a file.
//! - [`web`]: the only room that names the web framework.
//! - [`cli`]: one subcommand a file.
//! - [`config`], [`telemetry`]: leaves.
//!
//! # The layering rule
//!
//! `domain <- {vault, intake, matching, followup, reports}`; `domain + vault <- store`;
//! `{domain, vault, intake, matching, store, followup, reports} <- app <- {web, cli}`. `tests/layering.rs` holds the sources to it.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod followup;
pub mod intake;
pub mod matching;
pub mod reports;
pub mod store;
pub mod telemetry;
pub mod vault;
pub mod web;
