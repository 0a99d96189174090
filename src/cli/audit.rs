//! `audit`: the log of who saw and did what.

use crate::app::Actor;

use super::args::{Audit, Options};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Audit) -> Result<Outcome, CliError> {
    open::with_app(options, |app| async move {
        match args {
            Audit::Verify { checkpoint } => {
                let head = app.verify_log(Actor::Console, *checkpoint).await?;
                let hash: String = head.hash.iter().map(|b| format!("{b:02x}")).collect();
                show::line(format_args!("The log is whole: {} entries, last hash {hash}.", head.seq));
            }
            Audit::Checkpoint => show::line(format_args!("{}", app.verify_log(Actor::Console, None).await?)),
        }
        Ok(Outcome::Done)
    })
}
