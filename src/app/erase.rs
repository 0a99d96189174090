//! Erasure at the registrant's own request (个人信息保护法, article 47): the data keys are destroyed, what is queued is cancelled, the counts stay.

use crate::domain::Guarded;
use crate::domain::id::{PublicId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, ExitReason};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, Begun};

use super::people::standings;
use super::{Actor, App, AppError, Sent};

impl App {
    /// Erases a person: every registration of theirs. The public number is typed back, so that nobody is erased by a slip of the hand.
    ///
    /// With `bar_return`, on the person's wish, a keyed digest of each document number is kept and nothing else: a later sheet that names the
    /// number is refused with 此人曾要求删除，须本人重新签署同意, and an enrolment that they sign themselves takes the digest away again.
    ///
    /// # Errors
    /// [`AppError::Input`] where the number typed back is another; [`AppError::Missing`] where nobody, or nobody any more, has the id.
    pub async fn erase_person(
        &self,
        actor: Actor,
        id: &PublicId,
        typed: &Guarded<String>,
        bar_return: bool,
        sent: Sent,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Erase)?;
        let owner = actor.key_owner();
        if let Begun::Repeated { .. } = self.store.seen_request(&sent.key, owner, &sent.fingerprint).await? {
            return Ok(());
        }
        if PublicId::typed(typed).as_ref() != Some(id) {
            return Err(AppError::Input { field: "confirm", hint: "type the person's number as it stands at the top of the page" });
        }
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        if let Begun::Repeated { .. } = tx.begin_request(&sent.key, owner, &sent.fingerprint).await? {
            return Ok(());
        }
        // Read inside the transaction: a registration that joined the person a moment ago is erased with it.
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).map(|s| s.row.id).collect();
        if subjects.is_empty() {
            return Err(AppError::Missing("person"));
        }
        if bar_return {
            let identities = view.records().filter_map(|r| r.identity.as_ref());
            let mut digests: Vec<[u8; 32]> = identities.flat_map(|i| Identity::return_digests(i, &*self.vault)).collect();
            digests.sort_unstable();
            digests.dedup();
            tx.bar_return(&digests, now).await?;
        }
        for (registry, status, _) in standings(view.enrolments()) {
            if !matches!(status, EnrolmentStatus::Exited(_)) {
                self.settle_in(&mut tx, actor, person, registry, EnrolmentStatus::Exited(ExitReason::Erased), now).await?;
            }
        }
        tx.erase(&self.vault, &subjects, now).await?;
        let mut entry = AuditEntry::on(now, actor.staff(), "person.erase", "person", Some(person.0)).with("bar_return", bar_return);
        entry.ids = subjects.iter().map(|s| s.0).collect();
        tx.audit(&entry).await?;
        tx.finish_request(&sent.key, owner, &sent.fingerprint, 303, None, now).await?;
        tx.commit().await?;
        self.catch_up().await
    }
}
