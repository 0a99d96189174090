//! 应急开启: one named person opens an identity for a match request or a death notice, with a reason; manager and auditor are alerted, somebody
//! else reviews it within two working days, and the report counts it.

use chrono::NaiveDate;

use crate::domain::approval::Act;
use crate::domain::id::{MatterId, OpeningId};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::reports::openings::{OpenedFor, Openings, Review};
use crate::store::{AuditEntry, MatterKind, OpeningRow, Verdict};

use super::super::{Actor, App, AppError, PersonPage};
use super::NoticeCase;

/// Why an identity is opened in a hurry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenReason {
    /// To call executors and family.
    CallFamily,
    /// To call the donor within the time.
    CallDonor,
    /// To compare the person with the caller's words.
    Compare,
}

impl OpenReason {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::CallFamily, Self::CallDonor, Self::Compare];

    /// The stored word, part of locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CallFamily => "call-family",
            Self::CallDonor => "call-donor",
            Self::Compare => "compare",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

/// An emergency opening, without anything of the person.
#[derive(Debug, Clone)]
pub struct OpeningLine {
    /// Which.
    pub id: OpeningId,
    /// Of which matter.
    pub matter: MatterId,
    /// Who opened.
    pub by: String,
    /// Word of the reason.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// By when somebody else has to look at it.
    pub review_by: NaiveDate,
    /// Word of what they thought.
    pub verdict: Option<&'static str>,
    /// Whether whoever asks opened it: nobody reviews their own.
    pub own: bool,
}

impl App {
    /// Opens the identity behind a death notice. The opening and its leaf are durable before anything is shown.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody but a named member of staff.
    pub async fn open_notice_person(&self, actor: Actor, id: MatterId, why: OpenReason, now: Timestamp) -> Result<NoticeCase, AppError> {
        let case = self.notice_case(actor, id, now).await?;
        if case.person.is_none() {
            return Err(AppError::Missing("person"));
        }
        self.note_opening(actor, id, MatterKind::Death, why, now).await?;
        self.notice_of(id, true, now).await
    }

    /// Opens the identity behind a match request, as [`App::open_notice_person`].
    ///
    /// # Errors
    /// As there.
    pub async fn open_match_person(&self, actor: Actor, id: MatterId, why: OpenReason, now: Timestamp) -> Result<PersonPage, AppError> {
        let case = self.match_case(actor, id, now).await?;
        let public = case.public_id.ok_or(AppError::Missing("person"))?;
        self.note_opening(actor, id, MatterKind::Match, why, now).await?;
        Ok(PersonPage { opened: true, ..self.page(&public, false, now).await? })
    }

    async fn note_opening(&self, actor: Actor, id: MatterId, kind: MatterKind, why: OpenReason, now: Timestamp) -> Result<(), AppError> {
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let mut tx = self.store.begin().await?;
        let fresh = tx.put_opening(&self.vault, id, by, why.word(), self.clocks.calendar.review_by(self.today(now)), now).await?;
        let entry = AuditEntry::on(now, Some(by), "emergency.open", "matter", Some(id.0))
            .with("kind", kind.word())
            .with("why", why.word())
            .with("to-review", fresh);
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Emergency openings that wait for a review, and how many there were since the year began.
    pub async fn openings(&self, actor: Actor, now: Timestamp) -> Result<(Vec<OpeningLine>, u64), AppError> {
        actor.needs(Right::ReviewOpening)?;
        let rows = self.store.openings_to_review(&self.vault).await?;
        let lines = self.opening_lines(rows, actor.staff()).await?;
        let since = self.begins(super::super::year_begins(self.today(now)));
        Ok((lines, self.store.count_openings(since).await?.1))
    }

    /// The emergency openings of a period, both days included, for the report. No compartment is opened for it.
    pub(in crate::app) async fn openings_counted(&self, from: NaiveDate, to: NaiveDate) -> Result<Openings, AppError> {
        let mut counted = Openings::default();
        for (row, kind) in self.store.openings_between(self.begins(from), self.begins(to.succ_opt().unwrap_or(to))).await? {
            let of = if kind == MatterKind::Match { OpenedFor::Match } else { OpenedFor::Notice };
            let reviewed = row.reviewed_at.map_or(to, |at| at.date_in(self.config.zone));
            // What was reviewed after the last day of the period was open on it.
            let review = match row.verdict.filter(|_| reviewed <= to) {
                Some(Verdict::Justified) => Review::Needed(reviewed),
                Some(Verdict::Questioned) => Review::Questioned(reviewed),
                None => Review::Open,
            };
            counted.count(of, review, row.review_by.0, to);
        }
        Ok(counted)
    }

    /// The instant at which a day begins where the branch is.
    fn begins(&self, day: NaiveDate) -> Timestamp {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let local = midnight.and_local_timezone(self.config.zone).earliest();
        Timestamp::of(local.map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&chrono::Utc)))
    }

    pub(super) async fn openings_of(&self, of: MatterId) -> Result<Vec<OpeningLine>, AppError> {
        let rows = self.store.openings_of(&self.vault, of).await?;
        self.opening_lines(rows, None).await
    }

    async fn opening_lines(&self, rows: Vec<OpeningRow>, reader: Option<crate::domain::id::StaffId>) -> Result<Vec<OpeningLine>, AppError> {
        let names = self.staff_names().await?;
        let line = |row: OpeningRow| OpeningLine {
            id: row.id,
            matter: row.matter_id,
            by: names.get(&row.staff_id).cloned().unwrap_or_default(),
            reason: row.reason,
            at: row.at,
            review_by: row.review_by.0,
            verdict: row.verdict.map(Verdict::word),
            own: reader == Some(row.staff_id),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Reviews an emergency opening: needed, or to be questioned.
    ///
    /// # Errors
    /// [`AppError::Missing`] where none waits for this reviewer: reviewed already, or their own.
    pub async fn review_opening(&self, actor: Actor, id: OpeningId, justified: bool, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Act::EmergencyOpening.right())?;
        let by = actor.staff().ok_or(AppError::Forbidden)?;
        let verdict = if justified { Verdict::Justified } else { Verdict::Questioned };
        let mut tx = self.store.begin().await?;
        tx.review_opening(&self.vault, id, by, verdict, now).await?;
        let entry = AuditEntry::on(now, Some(by), "emergency.review", "opening", Some(id.0)).with("verdict", verdict.word());
        tx.audit(&entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
