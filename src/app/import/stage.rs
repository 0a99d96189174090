//! Reading a sheet and staging its sealed rows.

use std::collections::HashSet;

use crate::domain::fact::Channel;
use crate::domain::id::{DriveId, ImportId, ImportRowId};
use crate::domain::person::Identity;
use crate::domain::problem::ProblemCode;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::source::ImportSource;
use crate::domain::time::Timestamp;
use crate::domain::{Guarded, Keyed};
use crate::intake::{self, Judged, Problem, ProblemField, Profile, ReadOptions, Row, Sheet};
use crate::matching::linkage::{self, Decision};
use crate::store::{ImportRow, ImportState, Occasion, Origin, RowOutcome, StagedRow, prepare_with, seal_source};

use super::super::{Actor, App, AppError};
use super::{ImportOptions, Staged};

/// Rows staged in one transaction.
const BATCH: usize = 500;
/// Drafts that nobody admitted are thrown away after a day.
const DRAFT_SECONDS: i64 = 24 * 3600;

impl App {
    /// Reads and judges a sheet without writing anything.
    pub fn read_sheet(
        &self,
        bytes: Guarded<Vec<u8>>,
        file_name: &str,
        options: &ImportOptions,
        drive_day: Option<chrono::NaiveDate>,
        now: Timestamp,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<Sheet, AppError> {
        let mut profiles = Profile::shipped();
        if let Some(text) = &options.profile {
            profiles.push(Profile::from_toml(text).map_err(AppError::Profile)?);
        }
        let reading = ReadOptions {
            registry: options.registry.unwrap_or(Registry::Blood),
            profiles: &profiles,
            towns: &self.towns,
            judged_on: options.judged_on,
            drive_date: drive_day,
            today: now.date_in(self.config.zone),
        };
        Ok(intake::read(bytes, file_name, &reading, progress)?)
    }

    /// Reads a sheet, seals its rows and stages them as a draft.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Intake`] for a file that cannot be read; nothing is staged then.
    pub async fn stage(
        &self,
        actor: Actor,
        bytes: Guarded<Vec<u8>>,
        file_name: &str,
        options: &ImportOptions,
        now: Timestamp,
        progress: &mut (dyn FnMut(usize, usize) + Send),
    ) -> Result<Staged, AppError> {
        actor.needs(Right::Import)?;
        let registry = options.registry.unwrap_or(Registry::Blood);
        let fingerprint = intake::fingerprint(&bytes, |b| self.vault.tag("import", b));
        if let Some(before) = self.store.admitted_import(&fingerprint, registry).await? {
            return Ok(Staged::Before(before.id));
        }
        let drive = match options.drive {
            Some(id) => Some(self.store.drive(id).await?.ok_or(AppError::Missing("drive"))?),
            None => None,
        };
        let mut sheet = self.read_sheet(bytes, file_name, options, drive.as_ref().map(|d| d.day.0), now, progress)?;
        self.catch_up().await?;
        self.complete_drafts(&mut sheet)?;
        self.refuse_barred(&mut sheet).await?;

        let id = ImportId::fresh();
        let occasion = Occasion {
            origin: Origin::Import,
            channel: Channel::Import,
            at: now,
            today: now.date_in(self.config.zone),
            drive: drive.as_ref().map(|d| (d.id, u32::try_from(d.number).unwrap_or_default())),
            import: None,
            verified: true,
        };
        let mut rows = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            rows.push(self.staged_row(id, row, occasion)?);
        }
        let source = Guarded::new(ImportSource::of(file_name, &sheet.sheet_name));
        let sealed_source = Some(seal_source(&self.vault, id, &source)?);
        let mut tx = self.store.begin().await?;
        tx.expire_drafts(now.plus_seconds(-DRAFT_SECONDS)).await?;
        tx.put_import(ImportRow {
            id,
            fingerprint: fingerprint.to_vec().into(),
            registry,
            sealed_source,
            profile: if options.profile.is_some() { "office" } else { "shipped" }.to_owned(),
            judged_on: options.judged_on.map(Into::into),
            drive_id: drive.as_ref().map(|d: &crate::store::DriveRow| -> DriveId { d.id }),
            state: ImportState::Draft,
            created_at: now,
            created_by: actor.staff(),
            admitted_at: None,
            totals: "{}".to_owned(),
        })
        .await?;
        tx.commit().await?;
        for batch in rows.chunks(BATCH) {
            let mut tx = self.store.begin().await?;
            tx.stage_rows(id, batch).await?;
            tx.commit().await?;
        }
        Ok(Staged::Draft(id))
    }

    /// Refuses the rows of people who asked to be erased and not to be taken in again from a sheet.
    async fn refuse_barred(&self, sheet: &mut Sheet) -> Result<(), AppError> {
        let digests: Vec<Vec<[u8; 32]>> = sheet
            .rows
            .iter()
            .map(|row| row.draft.as_ref().map(|d| Identity::return_digests(&d.identity, &*self.vault)).unwrap_or_default())
            .collect();
        let barred: HashSet<[u8; 32]> = self.store.barred(&digests.concat()).await?.into_iter().collect();
        for (row, mine) in sheet.rows.iter_mut().zip(&digests) {
            if mine.iter().any(|digest| barred.contains(digest)) {
                row.refuse(ProblemCode::ErasedOnRequest, ProblemField::Document);
            }
        }
        Ok(())
    }

    fn staged_row(&self, import: ImportId, row: &Row, occasion: Occasion) -> Result<StagedRow, AppError> {
        let id = ImportRowId::fresh();
        let prepared = row
            .draft
            .as_ref()
            .map(|draft| {
                let occasion = Occasion { import: Some((import, id)), ..occasion };
                prepare_with(&self.vault, draft, occasion, |p| {
                    p.claim_barcode(draft.registry, &draft.details)?;
                    for problem in row.problems.iter().filter(|p| p.kept_aside.is_some() || needs_a_person(p.code)) {
                        p.correction(problem.field.word(), problem.code, problem.kept_aside.as_ref())?;
                    }
                    Ok(())
                })
            })
            .transpose()?;
        Ok(StagedRow {
            id,
            number: i64::from(row.number),
            outcome: match row.outcome {
                intake::RowOutcome::Accepted => RowOutcome::Accepted,
                intake::RowOutcome::Review => RowOutcome::Review,
                intake::RowOutcome::Refused => RowOutcome::Refused,
                intake::RowOutcome::Skipped => RowOutcome::Skipped,
            },
            problems: codes(&row.problems),
            prepared,
            admitted: None,
        })
    }

    /// Dates rows that have no date of their own, and keeps document numbers aside that belong to somebody whose other data disagree.
    fn complete_drafts(&self, sheet: &mut Sheet) -> Result<(), AppError> {
        let live = self.live();
        for row in &mut sheet.rows {
            let Some(draft) = &mut row.draft else { continue };
            // A row without a date of its own speaks of the day of the drive.
            if draft.date.is_none() {
                draft.date = row.judged.filter(|(_, why)| *why != Judged::Today).map(|(day, _)| day);
            }
            let features = linkage::features(&draft.identity, Some(&draft.contact));
            let holder = Registry::ALL.into_iter().find_map(|registry| live.index.exact_document(&features, registry));
            let Some((subject, _)) = holder else { continue };
            let disagrees = live.index.compare_with(&features, subject).is_some_and(|j| j.decision != Decision::Same);
            if disagrees && let Some(number) = draft.set_document_aside() {
                row.keep_aside(ProblemCode::IdInUse, ProblemField::Document, number, "problem-id_in_use");
            }
        }
        Ok(())
    }
}

/// Problems without a value that staff still have to work on.
const fn needs_a_person(code: ProblemCode) -> bool {
    matches!(
        code,
        ProblemCode::MissingStatus
            | ProblemCode::MissingExecutor
            | ProblemCode::MissingGuardian
            | ProblemCode::MissingWitness
            | ProblemCode::SecondContactMissing
    )
}

pub(super) fn codes(problems: &[Problem]) -> String {
    let mut codes: Vec<&str> = problems.iter().map(|p| p.code.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.join(";")
}
