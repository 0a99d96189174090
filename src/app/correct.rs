//! The correction list: values that were kept aside, worked on by staff.

use crate::domain::Guarded;
use crate::domain::correction;
use crate::domain::fact::Channel;
use crate::domain::id::{CorrectionId, ImportId, PersonId, PublicId, SubjectId};
use crate::domain::problem::ProblemCode;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, CorrectionState, Occasion, Origin, prepare_further};

use super::form::Flaw;
use super::{Actor, App, AppError};

/// A line of the correction list, with what is needed to put it right.
#[derive(Debug)]
pub struct CorrectionItem {
    /// Which.
    pub id: CorrectionId,
    /// The version to give back.
    pub version: i64,
    /// Whose.
    pub subject: SubjectId,
    /// The person's public id.
    pub person: Option<PublicId>,
    /// The field.
    pub field: String,
    /// What is wrong.
    pub problem: Option<ProblemCode>,
    /// What was written.
    pub value: Option<Guarded<String>>,
    /// The name on file.
    pub name: Option<Guarded<crate::domain::name::PersonName>>,
    /// The row of the sheet it came from.
    pub row: Option<i64>,
}

impl App {
    /// Open corrections, oldest first; of one import where it is given. Opening the list is one disclosure with its ids.
    pub async fn corrections(
        &self,
        actor: Actor,
        import: Option<ImportId>,
        after: Option<CorrectionId>,
        limit: u64,
        now: Timestamp,
    ) -> Result<Vec<CorrectionItem>, AppError> {
        actor.needs(Right::Import)?;
        let rows = self.store.open_corrections(import, after, limit).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut entry = AuditEntry::on(now, actor.staff(), "corrections.open", "correction", None);
        entry.ids = rows.iter().map(|r| r.id.0).collect();
        let mut tx = self.store.begin().await?;
        tx.audit(&entry).await?;
        tx.commit().await?;
        let subjects: Vec<SubjectId> = rows.iter().map(|r| r.subject_id).collect();
        let mut names: std::collections::HashMap<SubjectId, _> = self
            .store
            .people_of(&self.vault, &subjects)
            .await?
            .into_iter()
            .filter_map(|p| Some((p.subject, p.records.into_iter().next_back()?.identity?.map(|i| i.name.clone()))))
            .collect();
        let persons: std::collections::HashMap<SubjectId, PersonId> = self.store.persons_of(&subjects).await?.into_iter().collect();
        let public = self.store.public_ids_of(&persons.values().copied().collect::<Vec<_>>()).await?;
        let mut numbers = std::collections::HashMap::new();
        for import in rows.iter().filter_map(|r| r.import_id).collect::<std::collections::HashSet<_>>() {
            for row in self.all_rows(import).await? {
                numbers.insert(row.id, row.number);
            }
        }
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let view = self.store.correction(&self.vault, row.id).await?.ok_or(AppError::Missing("correction"))?;
            items.push(CorrectionItem {
                id: row.id,
                version: row.row_version,
                subject: row.subject_id,
                person: persons.get(&row.subject_id).and_then(|person| public.get(person)).cloned(),
                field: row.field,
                problem: ProblemCode::from_code(&row.problem),
                value: view.value,
                name: names.remove(&row.subject_id),
                row: row.import_row_id.and_then(|id| numbers.get(&id).copied()),
            });
        }
        Ok(items)
    }

    /// How many corrections are open.
    pub async fn count_corrections(&self) -> Result<u64, AppError> {
        Ok(self.store.count_open_corrections().await?)
    }

    /// Puts a value right: the corrected value becomes a further record of the subject, the old one stays as history.
    ///
    /// # Errors
    /// [`AppError::Stale`]. Flaws of the value come back, and nothing is changed.
    pub async fn resolve(
        &self,
        actor: Actor,
        id: CorrectionId,
        version: i64,
        value: &Guarded<String>,
        now: Timestamp,
    ) -> Result<Result<(), Flaw>, AppError> {
        actor.needs(Right::Import)?;
        let view = self.store.correction(&self.vault, id).await?.ok_or(AppError::Missing("correction"))?;
        let subject = view.row.subject_id;
        let entry = self.store.people_of(&self.vault, &[subject]).await?.pop().ok_or(AppError::Missing("registration"))?;
        let (owner, told) = (entry.person, entry.records.len());
        // A registration nobody may write to yet, or any more, is not asked about its address.
        let asks = entry.standings.iter().any(|(_, s, _)| s.may_contact()) && !self.store.held_of(&[owner]).await?.contains(&owner);
        let last = entry.records.into_iter().next_back().ok_or(AppError::Missing("registration"))?;
        let (Some(identity), Some(contact)) = (last.identity, last.contact) else { return Err(AppError::Sealed("identity")) };
        let today = self.today(now);
        let draft = match correction::apply(&view.row.field, value, last.registry, identity, contact, &self.towns, today) {
            Ok(draft) => draft,
            Err(flaw) => return Ok(Err(flaw)),
        };
        let mut tx = self.store.begin().await?;
        tx.resolve_correction(id, version, CorrectionState::Corrected, actor.staff(), now).await?;
        if let Some(draft) = draft {
            let keys = self.store.subject_keys(&self.vault, subject).await?;
            let stat_id = self.store.stat_id(&self.vault, subject).await?.ok_or(AppError::Missing("registration"))?;
            let occasion =
                Occasion { origin: Origin::Web, channel: Channel::Office, at: now, today, drive: None, import: None, verified: false };
            let prepared = prepare_further(&self.vault, &keys, &draft, occasion, stat_id)?;
            tx.add_records(vec![prepared], now).await?;
            self.corrected_outside(&mut tx, actor, subject, now).await?;
            if view.row.field == "mail" && asks {
                self.verify_changed(&mut tx, (owner, subject), told + 1, "zh", now).await?;
            }
        }
        tx.audit(&AuditEntry::on(now, actor.staff(), "correction.resolve", "correction", Some(id.0))).await?;
        tx.commit().await?;
        self.catch_up().await?;
        Ok(Ok(()))
    }

    /// Takes a line off the list: the value cannot be had, or is right as it stands.
    pub async fn dismiss(&self, actor: Actor, id: CorrectionId, version: i64, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Import)?;
        let mut tx = self.store.begin().await?;
        tx.resolve_correction(id, version, CorrectionState::Dismissed, actor.staff(), now).await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "correction.dismiss", "correction", Some(id.0))).await?;
        tx.commit().await?;
        Ok(())
    }
}
