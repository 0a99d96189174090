//! Recall of donors of a rare group for a blood station's request.

use std::collections::HashMap;

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::eligibility::{self, DonationKind, HealthFact};
use crate::domain::id::{PersonId, PublicId};
use crate::domain::name::PersonName;
use crate::domain::person::{Abo, Identity, Rh};
use crate::domain::place::page_end;
use crate::domain::recall::{self, Candidate, RecallRule, RecallRules, Said, Wanted};
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::town::TownCode;
use crate::store::{AuditEntry, RecallRow, StoreError};

use super::super::{Actor, App, AppError, Sent};

/// Requests on one page.
const LISTED: u64 = 100;
/// The longest number of a request, in characters; letters, digits and dashes only, so that no name can stand in it.
const NUMBER: usize = 30;

/// People opened at first: more than a list holds, since some of them may not be called.
const OPENED: usize = 64;
/// People opened at a time at most.
const OPENED_MOST: usize = 512;

/// A request of a blood station.
#[derive(Clone)]
pub struct Recall {
    /// Which.
    pub id: Uuid,
    /// The station's own number of it.
    pub number: String,
    /// What is asked for.
    pub wanted: Wanted,
    /// Its last day.
    pub until: NaiveDate,
    /// Whether people may still be called for it.
    pub open: bool,
}

/// Somebody to be called.
pub struct RecallLine {
    /// Public id.
    pub person: PublicId,
    /// The name.
    pub name: Option<Guarded<PersonName>>,
    /// Numbers that are not on hold.
    pub contact: Guarded<Contact>,
    /// When they were called last for any recall.
    pub last_asked: Option<NaiveDate>,
}

impl std::fmt::Debug for RecallLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecallLine(..)")
    }
}

/// Somebody who may be called today.
struct Due {
    person: PersonId,
    contact: Guarded<Contact>,
    last_asked: Option<NaiveDate>,
}

/// The word of an ABO group in the request's row.
const fn abo_word(abo: Abo) -> &'static str {
    match abo {
        Abo::A => "A",
        Abo::B => "B",
        Abo::AB => "AB",
        Abo::O => "O",
    }
}

impl App {
    fn recall_of(&self, row: RecallRow, today: NaiveDate) -> Result<Recall, AppError> {
        let damaged = || StoreError::Damaged("recall");
        let abo = match row.abo.as_deref() {
            None => None,
            Some(word) => Some([Abo::A, Abo::B, Abo::AB, Abo::O].into_iter().find(|a| abo_word(*a) == word).ok_or_else(damaged)?),
        };
        let rh = match row.rh.as_str() {
            "positive" => Rh::Positive,
            "negative" => Rh::Negative,
            _ => return Err(damaged().into()),
        };
        let kind = DonationKind::from_word(&row.kind).ok_or_else(damaged)?;
        let towns = row.towns.split(',').filter_map(|code| code.parse().ok().map(TownCode)).collect();
        let open = row.closed_at.is_none() && row.until.0 >= today;
        Ok(Recall { id: row.id, number: row.number, wanted: Wanted { abo, rh, kind, towns }, until: row.until.0, open })
    }

    /// The requests, the latest first, a page behind one; and behind which the next page begins, where there is more.
    pub async fn recalls(&self, actor: Actor, after: Option<Uuid>, now: Timestamp) -> Result<(Vec<Recall>, Option<Uuid>), AppError> {
        actor.needs(Right::Health)?;
        let today = self.today(now);
        let mut rows = self.store.recalls(after, LISTED + 1).await?;
        let next = page_end(&mut rows, LISTED, |row| row.id);
        Ok((rows.into_iter().map(|row| self.recall_of(row, today)).collect::<Result<_, AppError>>()?, next))
    }

    /// A request.
    pub async fn recall(&self, actor: Actor, id: Uuid, now: Timestamp) -> Result<Recall, AppError> {
        actor.needs(Right::Health)?;
        let row = self.store.recall(id).await?.ok_or(AppError::Missing("request"))?;
        self.recall_of(row, self.today(now))
    }

    /// Records a request of a blood station, by its own number.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field.
    pub async fn open_recall(
        &self,
        actor: Actor,
        number: &str,
        wanted: &Wanted,
        until: NaiveDate,
        sent: Sent,
        now: Timestamp,
    ) -> Result<Uuid, AppError> {
        actor.needs(Right::Health)?;
        let input = |field, hint| AppError::Input { field, hint };
        let number = number.trim();
        let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if number.is_empty() || number.len() > NUMBER || !plain {
            return Err(input("number", "give the station's own number of the request: letters, digits and dashes, at most thirty"));
        }
        if wanted.towns.is_empty() || wanted.towns.iter().any(|town| !self.towns.towns.iter().any(|t| t.code == *town)) {
            return Err(input("towns", "choose the towns: none means nobody"));
        }
        let today = self.today(now);
        if until < today || (until - today).num_days() > 60 {
            return Err(input("until", "give the last day of the request, within sixty days"));
        }
        let owner = actor.key_owner();
        let mut tx = self.store.begin().await?;
        if let crate::store::Begun::Repeated { location, .. } = tx.begin_request(&sent.key, owner, &sent.fingerprint).await? {
            return location.and_then(|id| Uuid::parse_str(&id).ok()).ok_or(AppError::Stale);
        }
        let id = Uuid::now_v7();
        let row = RecallRow {
            id,
            number: number.to_owned(),
            abo: wanted.abo.map(|abo| abo_word(abo).to_owned()),
            rh: if wanted.rh == Rh::Positive { "positive" } else { "negative" }.to_owned(),
            kind: wanted.kind.word().to_owned(),
            towns: wanted.towns.iter().map(|t| t.0.to_string()).collect::<Vec<_>>().join(","),
            until: until.into(),
            recorded_at: now,
            recorded_by: actor.staff(),
            closed_at: None,
        };
        tx.put_recall(row).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "recall.open", "recall", Some(id)).with("number", number)).await?;
        tx.finish_request(&sent.key, owner, &sent.fingerprint, 303, Some(&id.to_string()), now).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Ends a request.
    pub async fn close_recall(&self, actor: Actor, id: Uuid, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Health)?;
        let mut tx = self.store.begin().await?;
        tx.close_recall(id, now).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "recall.close", "recall", Some(id))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who may be called for a request today, in order, with name and number: one leaf with all ids, before anything is shown.
    ///
    /// # Errors
    /// [`AppError::Stale`] where the request is over.
    pub async fn recall_list(&self, actor: Actor, id: Uuid, now: Timestamp) -> Result<Vec<RecallLine>, AppError> {
        let request = self.recall(actor, id, now).await?;
        if !request.open {
            return Err(AppError::Stale);
        }
        let today = self.today(now);
        let rules = RecallRules::shipped();
        let rule = rules.on(today).ok_or(AppError::Missing("rule for recalls"))?;
        let due = self.to_recall(&request.wanted, rule, now).await?;
        let order: Vec<PersonId> = due.iter().map(|due| due.person).collect();
        let mut entry = AuditEntry::on(now, actor.staff(), "recall.list", "recall", Some(id));
        entry.ids = order.iter().map(|person| person.0).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        let mut views: HashMap<PersonId, _> =
            self.store.persons(&self.vault, &order).await?.into_iter().map(|view| (view.row.id, view)).collect();
        let line = |due: Due| {
            let view = views.remove(&due.person)?;
            let last = view.records().max_by_key(|r| (r.recorded_at, r.id)).and_then(|r| r.identity.as_ref());
            let name = last.map(|identity: &Guarded<Identity>| identity.map(|i| i.name.clone()));
            Some(RecallLine { name, person: view.row.public_id, contact: due.contact, last_asked: due.last_asked })
        };
        Ok(due.into_iter().filter_map(line).collect())
    }

    /// Whom to call, in order. Only who may be meant is opened, in the order of the calls until the list is full, where that is known: until what
    /// is kept of the donors has been read, everybody is.
    async fn to_recall(&self, wanted: &Wanted, rule: &RecallRule, now: Timestamp) -> Result<Vec<Due>, AppError> {
        let Some(meant) = self.may_be_recalled(wanted, rule, now).await? else {
            return self.to_recall_of(None, wanted, rule, now).await;
        };
        let mut out = Vec::new();
        let (mut rest, mut size) = (meant.as_slice(), OPENED);
        while out.len() < rule.listed && !rest.is_empty() {
            let (part, others) = rest.split_at(size.min(rest.len()));
            out.extend(self.to_recall_of(Some(part), wanted, rule, now).await?);
            // Where few of many may be called, a part costs more than who is in it.
            (rest, size) = (others, (2 * size).min(OPENED_MOST));
        }
        out.truncate(rule.listed);
        Ok(out)
    }

    /// Whom to call of some people, or of everybody, in order.
    async fn to_recall_of(
        &self,
        among: Option<&[PersonId]>,
        wanted: &Wanted,
        rule: &RecallRule,
        now: Timestamp,
    ) -> Result<Vec<Due>, AppError> {
        let (sets, today) = (self.rule_sets().await?, self.today(now));
        let mut known = match among {
            Some(persons) => self.donors_of(persons).await?,
            None => self.donors().await?,
        };
        // Contact data are opened of those alone whose group is asked for.
        known.retain(|_, donor| wanted.takes(donor.history.group));
        let among: Vec<PersonId> = known.keys().copied().collect();
        let mut contacts: HashMap<PersonId, Guarded<Contact>> = HashMap::new();
        let mut candidates = Vec::new();
        for person in self.callable(Registry::Blood, Some(&among), now).await? {
            let Some(donor) = known.remove(&person.person) else { continue };
            let when = eligibility::next(&sets, donor.donor, &donor.history, wanted.kind, today).when;
            let town = Contact::town_of(&person.contact);
            candidates.push(Candidate { id: person.person, group: donor.history.group, town, when, asked: donor.history.asked.clone() });
            contacts.insert(person.person, person.contact);
        }
        let asked: HashMap<PersonId, Option<NaiveDate>> = candidates.iter().map(|c| (c.id, c.asked.iter().max().copied())).collect();
        let due = |person: PersonId| Some(Due { person, contact: contacts.remove(&person)?, last_asked: asked.get(&person).copied()? });
        Ok(recall::who(wanted, rule, today, &candidates).into_iter().filter_map(due).collect())
    }

    /// Records that somebody was called for a request, and what they said: sealed with the donor's other facts.
    ///
    /// # Errors
    /// [`AppError::Stale`] where the request is over.
    pub async fn note_recall(
        &self,
        actor: Actor,
        id: Uuid,
        person: &PublicId,
        said: Said,
        sent: Sent,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let request = self.recall(actor, id, now).await?;
        if !request.open {
            return Err(AppError::Stale);
        }
        let fact = HealthFact::Asked { request: id, day: self.today(now), said };
        self.record_health(actor, person, Guarded::new(fact), sent, now).await
    }
}

#[cfg(test)]
mod tests;
