//! `followup`: plan, leave by age, send, first contact.

use std::path::Path;

use crate::app::{Actor, AppError, CalendarLine};
use crate::domain::id::PublicId;
use crate::followup::policy::{Change, Policy, diff};

use super::args::{Followup, FollowupPolicy, Options};
use super::error::unreadable;
use super::{CliError, Outcome, open, show};

pub fn run(options: &Options, args: &Followup) -> Result<Outcome, CliError> {
    if let Followup::Bounces(bounces) = args {
        return super::bounces::run(options, bounces);
    }
    if let Followup::HandOff(hand_off) = args {
        return super::hand_off::run(options, hand_off);
    }
    if let Followup::Policy(FollowupPolicy::Diff { old, new }) = args {
        return policy_diff(options, old, new);
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
                for (way, people) in &outcome.reachable {
                    show::line(format_args!("  reachable by {way}: {people} of {} people", outcome.people));
                }
                for (reason, count) in &outcome.not_planned {
                    show::line(format_args!("  not planned, {reason}: {count}"));
                }
            }
            Followup::AgeOut { dry_run } => {
                let tally = app.age_out(Actor::Console, *dry_run, now).await?;
                if options.json {
                    show::json(&tally);
                    return Ok(Outcome::Done);
                }
                let done = if *dry_run { "would leave" } else { "left" };
                show::line(format_args!(
                    "{} {done} the stem-cell file by age; {} stay until their match request is over.",
                    tally.left, tally.waiting
                ));
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
                if tally.in_doubt > 0 {
                    show::line(format_args!(
                        "  {} were interrupted, and nobody knows whether they arrived: they are not sent again; call instead.",
                        tally.in_doubt
                    ));
                }
                for (reason, count) in &tally.not_sent {
                    show::line(format_args!("  not sent, {reason}: {count}"));
                }
                if let Some(reply) = &tally.last_reply {
                    show::line(format_args!("  the mail server said last: {reply}"));
                }
            }
            // Answered above.
            Followup::Bounces(_) | Followup::Policy(_) | Followup::HandOff(_) => {}
            Followup::Calendar { person } => {
                let id = PublicId::parse(person).ok_or(CliError::Argument("PERSON is no public id such as 7K3M-9QXA-R"))?;
                let calendar = app.calendar(Actor::Console, &id, now).await?;
                if options.json {
                    show::json(&calendar.lines);
                    return Ok(Outcome::Done);
                }
                let told = |line: &CalendarLine| {
                    let reason = line.reason.as_deref().unwrap_or_default();
                    let text = format!("{}  {:<9} {:<13} {:<24} {reason}", line.day, line.state, line.channel, line.rule);
                    show::line(text.trim_end());
                };
                calendar.lines.iter().for_each(told);
                if !calendar.cancelled.is_empty() {
                    show::line("Planned once, and no more:");
                    calendar.cancelled.iter().for_each(told);
                }
                if calendar.lines.is_empty() && calendar.cancelled.is_empty() {
                    show::line("No contact, past or to come.");
                }
            }
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
                            "{} people were never contacted: {} by mail, {} by phone, {} by letter, {} by none of them. Nobody is contacted by this preview; confirm with --manager LOGIN --count {}.",
                            preview.people, preview.by_mail, preview.by_phone, preview.by_letter, preview.unreachable, preview.people
                        ));
                    }
                }
                _ => return Err(CliError::Argument("--manager and --count belong together")),
            },
        }
        Ok(Outcome::Done)
    })
}

/// Prints what differs between two policy files.
fn policy_diff(options: &Options, old: &Path, new: &Path) -> Result<Outcome, CliError> {
    let read = |path: &Path| -> Result<Policy, CliError> {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        Ok(Policy::from_toml(&path.display().to_string(), &text).map_err(AppError::from)?)
    };
    let (old, new) = (read(old)?, read(new)?);
    let changes = diff(&old, &new);
    if options.json {
        show::json(&changes);
        return Ok(Outcome::Done);
    }
    show::line(format_args!("In force from {} on: {} differences.", new.valid_from, changes.len()));
    let shown = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    for change in &changes {
        match change {
            Change::Limit { field, old, new } => show::line(format_args!("  limit {field}: {} -> {}", shown(old), shown(new))),
            Change::Added { rule } => show::line(format_args!("  {rule}: new")),
            Change::Removed { rule } => show::line(format_args!("  {rule}: ends")),
            Change::Field { rule, field, old, new } => show::line(format_args!("  {rule}, {field}: {} -> {}", shown(old), shown(new))),
        }
    }
    Ok(Outcome::Done)
}
