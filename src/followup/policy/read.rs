//! A policy file, parsed into rules that cannot be wrong.

use std::collections::HashSet;

use chrono::NaiveDate;
use toml::Table;

use super::fields::Fields;
use super::{Anchor, Limits, Only, Policy, Rule, RuleId, Waits};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::span::Span;
use crate::domain::urgent::{Clocks, Holiday};
use crate::followup::error::FollowupError;
use crate::followup::kind::{Channel, Kind};

/// Reads one edition.
pub(super) fn policy(file: &str, text: &str) -> Result<Policy, FollowupError> {
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| FollowupError::PolicySyntax { file: file.into(), detail: error.to_string().trim_end().into() })?;
    let mut top = Fields::new(file, None, table);
    let valid_from = top.need("valid_from", Fields::date)?;
    let mut limits = top.need("limits", Fields::table)?;
    let limits = {
        let mut read = Limits {
            quiet_from: limits.need("quiet_from", Fields::time)?,
            quiet_until: limits.need("quiet_until", Fields::time)?,
            min_days_between: limits.need("min_days_between", |f, name| f.number(name, 366))?,
            closed_days: limits.dates("closed_days")?,
            closed_holidays: limits.words("closed_holidays", &holidays(), Holiday::from_word)?.unwrap_or_default(),
            wait: waits(&mut limits, Waits::default())?,
            donation_interval: limits.need("donation_interval", Fields::span_ahead)?,
            inactive_after: limits.span_ahead("inactive_after")?,
        };
        if read.quiet_from == read.quiet_until {
            return Err(limits.wrong("quiet_until", "it equals quiet_from, so nothing could ever be sent"));
        }
        limits.finish()?;
        if !read.closed_holidays.is_empty() {
            read.closed_days.extend(Clocks::shipped().calendar.days_of(&read.closed_holidays));
            read.closed_days.sort_unstable();
            read.closed_days.dedup();
        }
        read
    };
    let mut seen = HashSet::new();
    let mut rules = Vec::new();
    for (i, table) in top.tables("rule")?.into_iter().enumerate() {
        let rule = rule(Fields::new(file, Some(format!("number {}", i + 1)), table), &limits)?;
        if !seen.insert(rule.id.clone()) {
            return Err(FollowupError::PolicyRule {
                file: file.into(),
                rule: rule.id.to_string(),
                field: "id".into(),
                problem: "an earlier rule has the same id".into(),
            });
        }
        rules.push(rule);
    }
    top.finish()?;
    Ok(Policy { valid_from, limits, rules })
}

/// The holidays that may be named.
fn holidays() -> String {
    Holiday::ALL.iter().map(|holiday| holiday.word()).collect::<Vec<_>>().join(", ")
}

fn rule(mut fields: Fields<'_>, limits: &Limits) -> Result<Rule, FollowupError> {
    let id = fields.need("id", Fields::text)?;
    let id = RuleId::parse(&id).ok_or_else(|| fields.wrong("id", "lower-case letters, digits and dashes are allowed, at most 60"))?;
    fields.name(id.as_str());
    let registries = fields.need("registries", |f, name| f.words(name, "blood, stem-cell, organ-body, volunteer", Registry::from_word))?;
    if registries.is_empty() {
        return Err(fields.wrong("registries", "an empty list means nobody; remove the rule instead"));
    }
    let statuses = fields.need("statuses", |f, name| {
        f.words(name, "interest, registered, enrolled, donated, aged-out (nobody else may be contacted)", status)
    })?;
    if statuses.is_empty() {
        return Err(fields.wrong("statuses", "an empty list means nobody; remove the rule instead"));
    }
    if statuses.iter().any(|s| registries.iter().any(|r| !s.may_follow_up(*r))) {
        return Err(
            fields.wrong("statuses", "`donated` and `aged-out` are followed up in the stem-cell file only; give them a rule of their own")
        );
    }
    let anchor = anchor(&mut fields)?;
    let offset = fields.span("offset")?.unwrap_or(Span::ZERO);
    let mut repeat = fields.span_ahead("repeat")?;
    if repeat.is_some_and(|r| r.about_microdays() < 1_000_000) {
        return Err(fields.wrong("repeat", "it must be a day at least"));
    }
    if matches!(anchor, Anchor::Yearly { .. }) {
        if repeat.is_some() {
            return Err(fields.wrong("repeat", "a fixed day comes every year by itself; remove the field"));
        }
        repeat = Some(Span::months(12));
    }
    let until = fields.span("until")?;
    let only = match fields.table("only")? {
        None => Only::default(),
        Some(mut only) => {
            let read = Only {
                age_from: only.number("age_from", 150)?,
                age_below: only.number("age_below", 150)?,
                own: only.flag("own")?,
                unverified_mail: only.flag("unverified_mail")?,
                first_time: only.flag("first_time")?,
                student: only.flag("student")?,
                family_unanswered: only.flag("family_unanswered")?,
            };
            only.finish()?;
            read
        }
    };
    let window = fields.window("window")?;
    let ladder = fields.need("ladder", |f, name| f.words(name, "mail, phone, hand-off, letter", rung))?;
    let repeated = ladder.iter().enumerate().any(|(i, c)| ladder.iter().skip(i + 1).any(|d| d == c));
    if ladder.is_empty() || repeated {
        return Err(fields.wrong("ladder", "name each channel once, and one at least"));
    }
    let kind = fields.need("kind", Fields::text)?;
    let kind = Kind::from_word(&kind).ok_or_else(|| {
        let words: Vec<_> = Kind::ALL.iter().map(|k| k.word()).collect();
        fields.wrong("kind", format!("`{kind}` is not one of {}", words.join(", ")))
    })?;
    if kind.spoken_only() && ladder.iter().any(|c| *c != Channel::Phone) {
        return Err(fields.wrong("ladder", "this kind is only spoken of; name phone alone"));
    }
    if ladder.contains(&Channel::HandOff) && !kind.fits_short_message() {
        return Err(fields
            .wrong("ladder", format!("`{}` may not be said in a short message that others may read; leave out hand-off", kind.word())));
    }
    let read = Rule {
        id,
        registries,
        statuses,
        per_person: fields.flag("per_person")?,
        anchor,
        offset,
        repeat,
        until,
        only,
        window,
        ladder,
        escalate_after_days: fields.number("escalate_after_days", 366)?,
        wait: waits(&mut fields, limits.wait)?,
        kind,
        sensitive: fields.flag("sensitive")?,
        urgent: fields.flag("urgent")?,
        catch_up: fields.span_ahead("catch_up")?.unwrap_or(Span::ZERO),
        spacing: fields.span_ahead("spacing")?.unwrap_or(Span::days(i32::try_from(limits.min_days_between).unwrap_or(0))),
    };
    fields.finish()?;
    Ok(read)
}

fn status(word: &str) -> Option<EnrolmentStatus> {
    match word {
        "interest" => Some(EnrolmentStatus::Interest),
        "registered" => Some(EnrolmentStatus::Registered),
        "enrolled" => Some(EnrolmentStatus::Enrolled),
        "donated" => Some(EnrolmentStatus::Exited(ExitReason::Donated)),
        "aged-out" => Some(EnrolmentStatus::Exited(ExitReason::AgedOut)),
        _ => None,
    }
}

fn rung(word: &str) -> Option<Channel> {
    Channel::RUNGS.into_iter().find(|c| c.word() == word)
}

/// The days given to each rung; what the table leaves out is `usual`.
fn waits(fields: &mut Fields<'_>, usual: Waits) -> Result<Waits, FollowupError> {
    let Some(mut table) = fields.table("wait_days")? else { return Ok(usual) };
    let read = Waits {
        phone: table.number("phone", 366)?.unwrap_or(usual.phone),
        hand_off: table.number("hand-off", 366)?.unwrap_or(usual.hand_off),
        letter: table.number("letter", 366)?.unwrap_or(usual.letter),
    };
    table.finish()?;
    Ok(read)
}

fn anchor(fields: &mut Fields<'_>) -> Result<Anchor, FollowupError> {
    let word = fields.need("anchor", Fields::text)?;
    let day = fields.text("day")?;
    let anchor = match word.as_str() {
        "registered" => Anchor::Registered,
        "enrolled" => Anchor::Enrolled,
        "verified" => Anchor::Verified,
        "born" => Anchor::Born,
        "last-donation" => Anchor::LastDonation,
        "eligible" => Anchor::Eligible,
        "deferral-end" => Anchor::DeferralEnd,
        "deferred" => Anchor::Deferred,
        "donated" => Anchor::Donated,
        "drive" => Anchor::Drive,
        "match-agreed" => Anchor::MatchAgreed,
        "work-up" => Anchor::WorkUp,
        "family-unaware" => Anchor::FamilyUnaware,
        "yearly" => {
            let text = day.clone().ok_or_else(|| fields.wrong("day", "missing: the yearly anchor wants a day such as \"06-14\""))?;
            // Judged in a leap year, so that 29 February may be named.
            let date: NaiveDate =
                format!("2024-{text}").parse().map_err(|_| fields.wrong("day", format!("`{text}` is not a day such as \"06-14\"")))?;
            Anchor::Yearly { month: chrono::Datelike::month(&date), day: chrono::Datelike::day(&date) }
        }
        _ => {
            return Err(fields.wrong(
                "anchor",
                format!("`{word}` is not one of registered, enrolled, verified, born, last-donation, eligible, deferral-end, deferred, donated, drive, match-agreed, work-up, family-unaware, yearly"),
            ));
        }
    };
    if day.is_some() && !matches!(anchor, Anchor::Yearly { .. }) {
        return Err(fields.wrong("day", "only the yearly anchor takes a day"));
    }
    Ok(anchor)
}
