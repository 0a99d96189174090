//! `followup`: plan, send, first contact.

use crate::app::Actor;

use super::args::{Followup, Options};
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Followup) -> Result<Outcome, CliError> {
    if let Followup::Bounces(bounces) = args {
        return super::bounces::run(options, bounces);
    }
    open::with_app(options, |app| async move {
        let now = open::now();
        match args {
            Followup::Plan { as_of, months, dry_run } => {
                let from = as_of.unwrap_or_else(|| app.today(now));
                let outcome = app.plan(Actor::Console, from, *months, *dry_run, now).await?;
                if options.json {
                    show::json(&outcome);
                    return Ok(Outcome::Done);
                }
                show::line(format_args!(
                    "{} contacts fall due, {} of them new, {} held until the first contact is confirmed.",
                    outcome.planned, outcome.new, outcome.held
                ));
                for (channel, count) in &outcome.by_channel {
                    show::line(format_args!("  {channel}: {count}"));
                }
                for (reason, count) in &outcome.not_planned {
                    show::line(format_args!("  not planned, {reason}: {count}"));
                }
            }
            Followup::Send { as_of, dry_run } => {
                let day = as_of.unwrap_or_else(|| app.today(now));
                let mut progress = show::Progress::of("mails");
                let mut step = |done: u64, total: u64| progress.at(usize::try_from(done).unwrap_or(0), usize::try_from(total).unwrap_or(0));
                let tally = app.send(Actor::Console, day, *dry_run, now, &mut step).await?;
                drop(progress);
                if options.json {
                    show::json(&tally);
                    return Ok(Outcome::Done);
                }
                show::line(format_args!(
                    "{} queued, {} sent, {} to be tried again, {} refused, {} uncertain.",
                    tally.queued, tally.sent, tally.deferred, tally.refused, tally.uncertain
                ));
                for (reason, count) in &tally.not_sent {
                    show::line(format_args!("  not sent, {reason}: {count}"));
                }
                if let Some(reply) = &tally.last_reply {
                    show::line(format_args!("  the mail server said last: {reply}"));
                }
            }
            // Answered above: classifying opens no registry.
            Followup::Bounces(_) => {}
            Followup::Resume => {
                app.resume_queues(Actor::Console, now).await?;
                show::line("Messages may go out again.");
            }
            Followup::FirstContact { registry, manager, count } => match (manager, count) {
                (Some(login), Some(count)) => {
                    let actor = app.actor_named(login).await?;
                    let released = app.first_contact(actor, *registry, *count, now).await?;
                    show::line(format_args!("{released} people may be contacted from now on."));
                }
                (None, None) => {
                    let preview = app.first_contact_preview(Actor::Console, *registry, now).await?;
                    if options.json {
                        show::json(&preview);
                    } else {
                        show::line(format_args!(
                            "{} people were never contacted: {} by mail, {} by phone, {} without either. Nobody is contacted by this preview; confirm with --manager LOGIN --count {}.",
                            preview.people, preview.by_mail, preview.by_phone, preview.unreachable, preview.people
                        ));
                    }
                }
                _ => return Err(CliError::Argument("--manager and --count belong together")),
            },
        }
        Ok(Outcome::Done)
    })
}
