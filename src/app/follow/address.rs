//! Answers belong to the address they were given from: verified, somebody else's, no more mails. A new address is free of them and unverified.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use crate::domain::contact::Contact;
use crate::domain::hold::{self, HoldReason, Tag};
use crate::domain::id::{PersonId, SubjectId};
use crate::domain::time::Timestamp;
use crate::domain::{Guarded, Keyed};
use crate::followup::Kind;
use crate::followup::desk::base_rule;
use crate::followup::link::LinkPurpose;
use crate::followup::policy::RuleId;
use crate::store::{ContactKind, EntryRecord, HoldRow, LinkRow, PersonEntry, TaskChannel, Tx, UsedLink};

use super::super::{App, AppError};
use super::{Letter, VERIFY_RULE};

/// Whose an address is, over all registrations of the person.
pub(in crate::app) struct Addressed {
    pub(in crate::app) person: PersonId,
    /// Every registration of the person.
    pub(in crate::app) subjects: Vec<SubjectId>,
    /// The registrations that have the address, each with its own tag of it.
    pub(in crate::app) tags: Vec<(SubjectId, Tag)>,
    /// Every address on file now, of every registration.
    on_file: Vec<(SubjectId, Tag)>,
}

/// Answers of one purpose, as planning reads them.
#[derive(Default)]
pub(super) struct Marks {
    /// Addresses, and when last.
    tags: HashMap<Tag, Timestamp>,
    /// Answers that name no address, kept by older versions: they hold for what was on file then.
    older: HashMap<SubjectId, Timestamp>,
}

impl Marks {
    pub(super) fn of(used: impl IntoIterator<Item = UsedLink>) -> Self {
        let mut marks = Self::default();
        for link in used {
            let at = match link.address_tag {
                Some(tag) => marks.tags.entry(tag).or_insert(link.at),
                None => marks.older.entry(link.subject).or_insert(link.at),
            };
            *at = (*at).max(link.at);
        }
        marks
    }

    /// Takes out the addresses of which somebody said since that they are not theirs.
    pub(super) fn but_for(mut self, denied: &[UsedLink]) -> Self {
        for link in denied {
            if let Some(tag) = link.address_tag
                && self.tags.get(&tag).is_some_and(|at| *at <= link.at)
            {
                self.tags.remove(&tag);
            }
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tags.is_empty() && self.older.is_empty()
    }

    /// Whether an answer holds for an address of a subject, whose records are given oldest first.
    pub(super) fn holds(&self, tag: &Tag, subject: SubjectId, records: &[EntryRecord], last_at: Timestamp, keyed: &dyn Keyed) -> bool {
        let had = |record: &EntryRecord| record.contact.as_ref().is_some_and(|c| hold::mail_tags(c, subject, keyed).contains(tag));
        let older = |at: &Timestamp| last_at <= *at || records.iter().any(|record| record.recorded_at <= *at && had(record));
        self.tags.contains_key(tag) || self.older.get(&subject).is_some_and(older)
    }
}

impl App {
    /// Whose the address is that a link went to; of a link that names none, the addresses on file under its subject.
    pub(in crate::app) async fn address_behind(&self, row: &LinkRow) -> Result<Addressed, AppError> {
        let tag = row.address_tag.as_ref().and_then(|tag| Tag::try_from(tag.0.clone()).ok());
        self.addressed(row.subject_id, tag).await
    }

    /// As [`App::address_behind`], for the tag of an address of one of the person's registrations.
    pub(in crate::app) async fn addressed(&self, subject: SubjectId, tag: Option<Tag>) -> Result<Addressed, AppError> {
        let person = self.store.person_of(subject).await?.ok_or(AppError::Missing("registration"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("registration"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).map(|s| s.row.id).collect();
        let entries = self.store.people_of(&self.vault, &subjects).await?;
        // Earlier records too: the address may have been replaced since the mail left.
        let contacts = || entries.iter().flat_map(|e| e.records.iter().filter_map(move |r| Some((e.subject, r.contact.as_ref()?))));
        let mut tags: Vec<(SubjectId, Tag)> = match tag {
            Some(tag) => {
                let mail = contacts().find_map(|(owner, contact)| hold::mail_of(contact, owner, &*self.vault, &tag));
                let same = |(owner, contact)| Some((owner, hold::tag_of_mail(contact, owner, &*self.vault, mail.as_ref()?)?));
                contacts().filter_map(same).chain([(subject, tag)]).collect()
            }
            None => {
                let own = entries.iter().find(|e| e.subject == subject).and_then(|e| e.records.last()?.contact.as_ref());
                own.map(|c| hold::mail_tags(c, subject, &*self.vault)).unwrap_or_default().into_iter().map(|tag| (subject, tag)).collect()
            }
        };
        let all = |entry: &PersonEntry| {
            let tags = contact_of(entry).map(|c| hold::mail_tags(c, entry.subject, &*self.vault)).unwrap_or_default();
            tags.into_iter().map(|tag| (entry.subject, tag)).collect::<Vec<_>>()
        };
        let on_file = entries.iter().flat_map(all).collect();
        // Whoever has the tag first is its owner: the subject of a link need not be.
        let mut seen = HashSet::new();
        tags.retain(|(_, tag)| seen.insert(*tag));
        Ok(Addressed { person, subjects, tags, on_file })
    }

    /// No more mails to an address; who wants none at all gets none to the others on file either. What is on its way is cancelled.
    pub(in crate::app) async fn stop_mails(
        &self,
        tx: &mut Tx,
        whose: &Addressed,
        reason: HoldReason,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let others = whose.on_file.iter().filter(|_| reason == HoldReason::Unsubscribed);
        let rows = whose.tags.iter().chain(others).map(|(subject, tag)| HoldRow {
            id: Uuid::now_v7(),
            subject_id: *subject,
            channel: ContactKind::Mail,
            address_tag: tag.to_vec().into(),
            reason: reason.word().to_owned(),
            since: now,
            lifted_at: None,
        });
        tx.put_holds(rows.collect()).await?;
        let said = if reason == HoldReason::NotThem { LinkPurpose::NotMe.word() } else { reason.word() };
        tx.cancel_mails(&whose.subjects, said).await?;
        Ok(())
    }

    /// Keeps an answer as the used link of its purpose, for each registration that has the address; where none is known, for the subject.
    pub(in crate::app) async fn note_answer(
        &self,
        tx: &mut Tx,
        purpose: LinkPurpose,
        subject: SubjectId,
        whose: &Addressed,
        now: Timestamp,
    ) -> Result<(), AppError> {
        if whose.tags.is_empty() {
            return self.note_use(tx, purpose, subject, now).await;
        }
        for (subject, tag) in &whose.tags {
            let row = self.link_row(&self.link_token()?, purpose, *subject, now);
            tx.put_link(LinkRow { used_at: Some(now), address_tag: Some(tag.to_vec().into()), ..row }).await?;
        }
        Ok(())
    }

    /// By which channel staff reach a person: a call, or a way is looked for; none where nobody may contact them.
    pub(in crate::app) async fn staff_channel(&self, person: PersonId, now: Timestamp) -> Result<Option<TaskChannel>, AppError> {
        let found = self.reachable_one(person, now).await?.filter(|p| !p.silent() && !p.held);
        Ok(found.map(|p| if p.reach().phone { TaskChannel::Phone } else { TaskChannel::Desk }))
    }

    /// Asks the owner of a changed address to verify it. Each change asks once, several of one day too: `records` is how many the registration
    /// has told with the new one.
    pub(in crate::app) async fn verify_changed(
        &self,
        tx: &mut Tx,
        (person, subject): (PersonId, SubjectId),
        records: usize,
        lang: &str,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let rule = format!("{VERIFY_RULE}-{records}-{}", subject.0.simple());
        let (kind, occurrence) = (Kind::VerifyMail.word(), self.today(now));
        let letter = Letter { person, subject, rule: &rule, occurrence, kind, lang, task: None, sensitive: false };
        tx.put_messages(vec![self.message(&letter, now)]).await?;
        Ok(())
    }

    /// The contact data of one registration without what is on hold; none where no mail address is left.
    pub(super) async fn free_contact(&self, subject: SubjectId) -> Result<Option<Guarded<Contact>>, AppError> {
        let Some(entry) = self.store.people_of(&self.vault, &[subject]).await?.pop() else { return Ok(None) };
        let held = self.store.holds_of(&[subject]).await?.into_iter().filter(|h| h.lifted_at.is_none());
        let held: HashSet<Tag> = held.filter_map(|h| Tag::try_from(h.address_tag.0).ok()).collect();
        let free = contact_of(&entry).map(|c| hold::without(c, subject, &*self.vault, &held));
        Ok(free.filter(|c| Contact::channels(c).0))
    }

    /// Whether a contact of a rule cannot wait; of a rule that is gone, no.
    pub(in crate::app) fn cannot_wait(&self, rule: &str, occurrence: NaiveDate) -> bool {
        let of_policy = || self.policies.on(occurrence).ok()?.rule(&RuleId::parse(base_rule(rule))?).map(|r| r.urgent);
        of_policy().unwrap_or(false)
    }

    /// Whether a contact was planned by a rule of the policy, and may be put off.
    pub(in crate::app) fn may_wait(&self, rule: &str, occurrence: NaiveDate) -> bool {
        let known = || self.policies.on(occurrence).ok()?.rule(&RuleId::parse(base_rule(rule))?).map(|r| !r.urgent);
        known().unwrap_or(false)
    }
}

/// The contact data that were told last.
fn contact_of(entry: &PersonEntry) -> Option<&Guarded<Contact>> {
    entry.records.last()?.contact.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::RecordId;
    use crate::domain::mail::MailAddress;
    use crate::domain::registry::Registry;

    struct Toy;

    impl Keyed for Toy {
        fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
            let mut out = [0u8; 32];
            for (i, b) in label.bytes().chain(bytes.iter().copied()).enumerate() {
                out[i % 32] = out[i % 32].wrapping_mul(31).wrapping_add(b).rotate_left(3);
            }
            out
        }
    }

    fn record(mail: &str, at: i64) -> EntryRecord {
        let contact = Contact { mails: vec![MailAddress::parse(mail).unwrap()], ..Contact::default() };
        let contact = Some(Guarded::new(contact));
        EntryRecord { id: RecordId::fresh(), registry: Registry::Blood, recorded_at: Timestamp(at), identity: None, contact }
    }

    #[test]
    fn an_answer_holds_for_its_address_and_an_older_one_for_what_was_on_file_then() {
        let subject = SubjectId::fresh();
        let tag = |record: &EntryRecord| hold::mail_tags(record.contact.as_ref().unwrap(), subject, &Toy)[0];
        let (old, new) = (record("old@far.example", 10), record("new@far.example", 30));
        let earlier = [record("old@far.example", 10)];
        let judge = |marks: &Marks, record: &EntryRecord| marks.holds(&tag(record), subject, &earlier, Timestamp(30), &Toy);

        let named = Marks::of(vec![UsedLink { subject, at: Timestamp(20), address_tag: Some(tag(&old)) }]);
        assert!(judge(&named, &old) && !judge(&named, &new), "of the address and of no other");
        for (at, of_old, of_new) in [(20, true, false), (30, true, true), (5, false, false)] {
            let older = Marks::of(vec![UsedLink { subject, at: Timestamp(at), address_tag: None }]);
            assert_eq!((judge(&older, &old), judge(&older, &new)), (of_old, of_new), "answered at {at}");
        }
        assert!(Marks::default().is_empty() && !named.is_empty());
        // Verified, denied, and verified again.
        let answer = |at: i64| UsedLink { subject, at: Timestamp(at), address_tag: Some(tag(&old)) };
        assert!(!judge(&Marks::of([answer(20)]).but_for(&[answer(25)]), &old));
        assert!(judge(&Marks::of([answer(20), answer(28)]).but_for(&[answer(25)]), &old));
    }
}
