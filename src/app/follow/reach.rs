//! By which channels a person can be reached, and from whose contact data.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::hold::{self, Tag};
use crate::domain::id::SubjectId;
use crate::followup::Channel;
use crate::followup::plan::{MailReach, PlanSubject, Reach};
use crate::store::PersonEntry;

use super::super::{App, AppError};
use super::people::Reachable;

impl Reachable {
    /// The channels over all registrations.
    pub(super) fn reach(&self) -> Reach {
        let mail = self.plans.iter().map(|p| p.reach.mail).max().unwrap_or_default();
        let any = |has: fn(&Reach) -> bool| self.plans.iter().any(|p| has(&p.reach));
        let phone = any(|r| r.phone);
        Reach { mail, phone, mobile: any(|r| r.mobile), address: any(|r| r.address), no_calls: !phone && any(|r| r.no_calls) }
    }

    /// From whose contact data a contact by a channel is made: of several registrations the one by which it can be made, the latest among equals.
    pub(super) fn subject_for(&self, channel: Channel) -> Option<SubjectId> {
        let fits = |p: &PlanSubject| match channel {
            Channel::Mail => p.reach.mail > MailReach::None,
            Channel::Phone | Channel::FindContact => p.reach.phone,
            Channel::HandOff => p.reach.mobile,
            Channel::Letter => p.reach.address,
        };
        self.plans.iter().max_by_key(|p| (fits(p), p.reach.mail, p.registered_on, p.subject)).map(|p| p.subject)
    }

    /// The last contact with the person, by any channel and about any registry.
    pub(super) fn last_contact(&self) -> Option<NaiveDate> {
        self.plans.iter().flat_map(|p| &p.contacted).map(|(_, day)| *day).max()
    }
}

impl App {
    /// The contact data of registrations, without what is on hold.
    pub(super) async fn free_contacts(&self, subjects: &[SubjectId]) -> Result<HashMap<SubjectId, Guarded<Contact>>, AppError> {
        let holds = self.store.holds_of(subjects).await?;
        let held: HashSet<Tag> =
            holds.into_iter().filter(|h| h.lifted_at.is_none()).filter_map(|h| Tag::try_from(h.address_tag.0).ok()).collect();
        let entries = self.store.people_of(&self.vault, subjects).await?;
        let free = |entry: PersonEntry| {
            let contact = entry.records.last()?.contact.as_ref()?;
            Some((entry.subject, hold::without(contact, entry.subject, &*self.vault, &held)))
        };
        Ok(entries.into_iter().filter_map(free).collect())
    }
}

pub(super) fn reach_of(contact: Option<&Guarded<Contact>>, verified: bool, no_mail: bool, no_calls: bool) -> Reach {
    let (mail, phone) = contact.map_or((false, false), Contact::channels);
    let mail = match (mail && !no_mail, verified) {
        (false, _) => MailReach::None,
        (true, false) => MailReach::Unverified,
        (true, true) => MailReach::Verified,
    };
    Reach {
        mail,
        phone: phone && !no_calls,
        mobile: !no_calls && contact.is_some_and(Contact::has_mobile),
        address: contact.is_some_and(Contact::takes_letters),
        no_calls,
    }
}
