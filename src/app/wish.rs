//! An organ and body registrant's wish in depth: shown, changed by a further record, with the next of kin's opinions. What was told before stays
//! as history.

use crate::domain::Guarded;
use crate::domain::fact::Channel;
use crate::domain::id::{PublicId, SubjectId};
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::domain::wish::{KinForm, Wish, WishFlaw, WishForm};
use crate::store::{AuditEntry, Occasion, Origin, PersonView, prepare_further};

use super::outside::subject_in;
use super::urgent::Once;
use super::{Actor, App, AppError};

/// A wish as its page shows it.
#[derive(Debug)]
pub struct WishPage {
    /// Whose.
    pub public_id: PublicId,
    /// As it stands. Names of relatives are shown masked.
    pub wish: Guarded<Wish>,
    /// Whether it was taken down in depth, rather than told by a list of items.
    pub in_depth: bool,
    /// How many form witnesses are on file.
    pub witnesses: usize,
    /// How the registration stands.
    pub status: EnrolmentStatus,
}

/// The wish that a person's records tell: the latest taken down in depth, else what the latest list of items says.
pub fn wish_of(view: &PersonView) -> (Guarded<Wish>, bool) {
    let mut records: Vec<_> = view.records().filter(|r| r.registry == Registry::OrganBody).collect();
    records.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.id)));
    let details = || records.iter().filter_map(|r| r.details.as_ref());
    match details().find_map(Details::wish_of) {
        Some(wish) => (wish, true),
        None => (details().find_map(Details::listed).unwrap_or_else(|| Guarded::new(Wish::default())), false),
    }
}

/// The details that a person's records of a registry tell, those of forms before those of sheets, the latest first: who witnessed a form is
/// known better at the office than from an old sheet that comes in again.
pub(super) fn details_of(view: &PersonView, registry: Registry) -> Vec<&Guarded<Details>> {
    let mut records: Vec<_> = view.records().filter(|r| r.registry == registry).collect();
    records.sort_by_key(|r| (r.import_row.is_some(), std::cmp::Reverse((r.recorded_at, r.id))));
    records.into_iter().filter_map(|r| r.details.as_ref()).collect()
}

impl App {
    async fn wish_view(&self, person: &PublicId) -> Result<(PersonView, SubjectId, EnrolmentStatus), AppError> {
        let id = self.store.resolve(person).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, id).await?.ok_or(AppError::Missing("person"))?;
        let status = super::people::standings(view.enrolments()).into_iter().find(|(r, ..)| *r == Registry::OrganBody).map(|(_, s, _)| s);
        let subject = subject_in(&view, Registry::OrganBody);
        let (Some(subject), Some(status)) = (subject, status) else { return Err(AppError::Missing("registration")) };
        Ok((view, subject, status))
    }

    /// A registrant's wish.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is no registration for organs or body.
    pub async fn wish(&self, actor: Actor, person: &PublicId) -> Result<WishPage, AppError> {
        actor.needs(Right::Wish)?;
        let (view, _, status) = self.wish_view(person).await?;
        let (wish, in_depth) = wish_of(&view);
        let witnesses = Details::count_witnesses(&details_of(&view, Registry::OrganBody));
        Ok(WishPage { public_id: view.row.public_id, wish, in_depth, witnesses, status })
    }

    /// Takes a wish down: a further record; what other systems know is then to be corrected there.
    ///
    /// # Errors
    /// Inside: what is wrong, and nothing is changed. [`AppError::Stale`] where the registration has ended.
    pub async fn set_wish(
        &self,
        actor: Actor,
        person: &PublicId,
        form: &WishForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<Result<(), WishFlaw>, AppError> {
        let page = self.wish(actor, person).await?;
        match form.parse(page.witnesses, Some(&page.wish)) {
            Ok(wish) => self.store_wish(actor, person, &wish, ("wish.set", once), now).await.map(Ok),
            Err(flaw) => Ok(Err(flaw)),
        }
    }

    /// Adds what a relative thinks, with its day.
    ///
    /// # Errors
    /// As [`App::set_wish`].
    pub async fn add_kin(
        &self,
        actor: Actor,
        person: &PublicId,
        form: &KinForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<Result<(), WishFlaw>, AppError> {
        let page = self.wish(actor, person).await?;
        match form.add_to(&page.wish, self.today(now)) {
            Ok(wish) => self.store_wish(actor, person, &wish, ("wish.kin", once), now).await.map(Ok),
            Err(flaw) => Ok(Err(flaw)),
        }
    }

    async fn store_wish(
        &self,
        actor: Actor,
        person: &PublicId,
        wish: &Guarded<Wish>,
        (action, once): (&'static str, &Once),
        now: Timestamp,
    ) -> Result<(), AppError> {
        let (view, subject, status) = self.wish_view(person).await?;
        if !status.may_contact() {
            return Err(AppError::Stale);
        }
        let mut records: Vec<_> = view.records().filter(|r| r.subject == subject).collect();
        records.sort_by_key(|r| (r.recorded_at, r.id));
        let last = |f: fn(&crate::store::RecordView) -> bool| records.iter().rev().find(|r| f(r));
        let (Some(identity), Some(contact)) = (
            last(|r| r.identity.is_some()).and_then(|r| r.identity.as_ref()),
            last(|r| r.contact.is_some()).and_then(|r| r.contact.as_ref()),
        ) else {
            return Err(AppError::Sealed("identity"));
        };
        let draft = RecordDraft {
            registry: Registry::OrganBody,
            date: Some(self.today(now)),
            status,
            identity: identity.duplicate(),
            contact: contact.duplicate(),
            health: Guarded::new(crate::domain::person::Health::default()),
            details: Details::with_wish(wish),
        };
        let keys = self.store.subject_keys(&self.vault, subject).await?;
        let stat_id = self.store.stat_id(&self.vault, subject).await?.ok_or(AppError::Missing("registration"))?;
        let today = self.today(now);
        let occasion =
            Occasion { origin: Origin::Web, channel: Channel::Office, at: now, today, drive: None, import: None, verified: false };
        let prepared = prepare_further(&self.vault, &keys, &draft, occasion, stat_id)?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        tx.add_records(vec![prepared], now).await?;
        self.corrected_outside(&mut tx, actor, subject, now).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), action, "subject", Some(subject.0))).await?;
        self.commit_once(tx, actor, once, None, now).await
    }
}
