//! Contact allowed again after an objection or refused calls, at the registrant's own word: a further act, with who and why. What was said
//! before stays, nothing is sent by it, and what was cancelled comes back with the next plan alone.

use std::collections::HashMap;

use crate::domain::hold::{AgainWhy, HoldReason, Tag};
use crate::domain::id::{PublicId, SubjectId};
use crate::domain::outside::NotNow;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::link::LinkPurpose;
use crate::store::{AuditEntry, HoldRow};

use super::urgent::Once;
use super::{Actor, App, AppError};

/// An act by which contact was allowed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgainLine {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: AgainWhy,
    /// By whom it was noted.
    pub by: Option<String>,
}

/// Whether somebody wants no contact, and when it was allowed again before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Silence {
    /// Whether calls or mails are refused now.
    pub stands: bool,
    /// The acts, the latest first.
    pub again: Vec<AgainLine>,
}

impl App {
    /// Whether a person refuses calls or mails now, and when contact was allowed again before.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id.
    pub async fn silence(&self, actor: Actor, id: &PublicId) -> Result<Silence, AppError> {
        actor.needs(Right::People)?;
        let subjects = self.subjects_behind(id).await?;
        let names = self.staff_names().await?;
        let stands = !self.refused(&subjects).await?.is_empty() || !self.unsubscribed(Some(&subjects)).await?.is_empty();
        let mut again: Vec<AgainLine> = Vec::new();
        for row in self.store.contact_again(&self.vault, Some(&subjects)).await?.into_iter().rev() {
            let Some(why) = AgainWhy::from_word(&row.why) else { continue };
            let line = AgainLine { at: row.at, why, by: row.by_staff.and_then(|id| names.get(&id).cloned()) };
            // Several registrations of one person are one act.
            if again.last() != Some(&line) {
                again.push(line);
            }
        }
        Ok(Silence { stands, again })
    }

    /// Notes that a person may be contacted again. What is on hold because an address or a number does not work stays on hold.
    ///
    /// # Errors
    /// [`AppError::NotNow`] where nothing was refused.
    pub async fn allow_contact(&self, actor: Actor, id: &PublicId, why: AgainWhy, once: &Once, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::ContactAgain)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        // Read within the transaction: a registration that joined the person a moment ago is meant too.
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let subjects: Vec<SubjectId> = view.subjects.iter().filter(|s| s.row.erased_at.is_none()).map(|s| s.row.id).collect();
        let refused = self.refused(&subjects).await?;
        if refused.is_empty() && self.unsubscribed(Some(&subjects)).await?.is_empty() {
            return Err(AppError::NotNow(NotNow { key: "again-nothing" }));
        }
        tx.put_contact_again(&self.vault, &subjects, why, (actor.staff(), now)).await?;
        tx.lift_holds(&refused, now).await?;
        let entry = AuditEntry::on(now, actor.staff(), "rights.contact-again", "person", Some(person.0));
        tx.audit(&entry.with("why", why.word())).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// Who wants no mails: who said so and did not allow contact again since. Of one instant the objection counts.
    pub(super) async fn unsubscribed(&self, of: Option<&[SubjectId]>) -> Result<Vec<SubjectId>, AppError> {
        let word = LinkPurpose::Unsubscribe.word();
        // What names an address is on hold there.
        let used = self.store.used_links(word).await?.into_iter().filter(|used| used.address_tag.is_none());
        let said = used.filter(|used| of.is_none_or(|of| of.contains(&used.subject))).map(|used| (used.subject, used.at)).collect();
        let again = self.store.contact_again(&self.vault, of).await?;
        Ok(standing(said, again.into_iter().map(|row| (row.subject_id, row.at))))
    }

    /// The numbers and addresses of subjects that are on hold because no calls or mails are wanted there.
    async fn refused(&self, subjects: &[SubjectId]) -> Result<Vec<Tag>, AppError> {
        let words = [HoldReason::RefusedCalls.word(), HoldReason::Unsubscribed.word()];
        let refused = |h: &HoldRow| h.lifted_at.is_none() && words.contains(&h.reason.as_str());
        let holds = self.store.holds_of(subjects).await?;
        Ok(holds.into_iter().filter(refused).filter_map(|h| Tag::try_from(h.address_tag.0).ok()).collect())
    }

    async fn subjects_behind(&self, id: &PublicId) -> Result<Vec<SubjectId>, AppError> {
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        Ok(self.store.subjects_of(&[person]).await?)
    }
}

/// Of what was said, what no later act has lifted.
fn standing(said: Vec<(SubjectId, Timestamp)>, again: impl Iterator<Item = (SubjectId, Timestamp)>) -> Vec<SubjectId> {
    let mut lifted: HashMap<SubjectId, Timestamp> = HashMap::new();
    for (subject, at) in again {
        let latest = lifted.entry(subject).or_insert(at);
        *latest = (*latest).max(at);
    }
    let mut stands: Vec<SubjectId> =
        said.into_iter().filter(|(subject, at)| lifted.get(subject).is_none_or(|again| at >= again)).map(|(subject, _)| subject).collect();
    stands.sort_unstable();
    stands.dedup();
    stands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objection_stands_until_a_later_act_and_again_after_the_next_objection() {
        let (a, b) = (SubjectId::fresh(), SubjectId::fresh());
        let said = |at: &[i64]| at.iter().map(|at| (a, Timestamp(*at))).collect::<Vec<_>>();
        let again = |at: i64| std::iter::once((a, Timestamp(at)));
        assert_eq!(standing(said(&[5]), std::iter::empty()), [a]);
        assert!(standing(said(&[5]), again(6)).is_empty());
        assert_eq!(standing(said(&[5, 7]), again(6)), [a], "objected again");
        assert_eq!(standing(said(&[6]), again(6)), [a], "of one instant the objection counts");
        assert_eq!(standing(said(&[5]), std::iter::once((b, Timestamp(6)))), [a], "somebody else's act lifts nothing");
    }
}
