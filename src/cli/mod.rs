//! The command line, one subcommand a file.
//!
//! For: parsing arguments, calling one use case, printing its outcome. May import `app` and what it returns.
//! Exit status: 0 done, 1 done but some rows refused, 2 not done and nothing changed.

mod account;
mod args;
mod audit;
mod backup;
mod bounces;
mod demo;
mod duplicates;
mod error;
mod followup;
mod hand_off;
mod import;
mod keys;
mod link;
mod open;
mod passphrase;
mod report;
mod serve;
mod show;
mod survival;

use std::process::ExitCode;

use clap::Parser;

pub use error::CliError;

/// How a command ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was done.
    Done,
    /// Done, but some rows were refused.
    SomeRefused,
}

/// Runs the program on the process's arguments.
pub fn run() -> ExitCode {
    crate::telemetry::start(std::env::var("DONOR_REGISTRY_LOG").ok().as_deref());
    let args = args::Args::parse();
    match dispatch(args) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::SomeRefused) => ExitCode::from(1),
        Err(error) => {
            show::complaint(&error);
            ExitCode::from(2)
        }
    }
}

fn dispatch(args: args::Args) -> Result<Outcome, CliError> {
    use args::Command;
    let options = args.options;
    match args.command {
        Command::Serve(a) => serve::run(&options, &a),
        Command::Demo(a) => demo::run(&options, &a),
        Command::Import(a) => import::run(&options, &a),
        Command::Duplicates(a) => duplicates::run(&options, &a),
        Command::Link(a) => link::run(options.json, &a),
        Command::Followup(a) => followup::run(&options, &a),
        Command::Report(a) => report::run(&options, &a),
        Command::Survival(a) => survival::run(&a),
        Command::Keys(a) => keys::run(&options, &a),
        Command::Audit(a) => audit::run(&options, &a),
        Command::Backup(a) => backup::back_up(&options, &a),
        Command::Restore(a) => backup::restore(&options, &a),
        Command::Account(a) => account::run(&options, &a),
        Command::Migrate => serve::migrate(&options),
    }
}
