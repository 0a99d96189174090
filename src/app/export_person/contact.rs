//! What was said and sent: mails, answers by a link, ways of contact on hold, contact allowed again.

use serde_json::{Value, json};

use crate::domain::id::SubjectId;

use super::super::{App, AppError};
use super::LISTED;

impl App {
    /// Mails, by kind: what they said is a text of the office with name and link put in.
    pub(super) async fn mails_to(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let rows = self.store.mails_of(subjects, LISTED as u64).await?;
        let entry = |row: &crate::store::OutboxRow| json!({ "kind": row.kind, "state": row.state.word(), "sent_at": row.sent_at.map(|at| self.moment(at)) });
        Ok(rows.iter().map(entry).collect())
    }

    /// What the person answered by a link, or was noted to have answered.
    pub(super) async fn said_by(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let answers = self.store.answers_of(subjects).await?;
        Ok(answers.iter().take(LISTED).map(|(_, what, at)| json!({ "answer": what, "at": self.moment(*at) })).collect())
    }

    /// Ways of contact that are or were on hold. The address itself stands with the registration it was told in.
    pub(super) async fn holds_on(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let holds = self.store.holds_of(subjects).await?;
        let entry = |hold: &crate::store::HoldRow| {
            json!({
                "channel": hold.channel.word(),
                "reason": hold.reason,
                "since": self.today(hold.since),
                "until": hold.lifted_at.map(|at| self.today(at)),
            })
        };
        let pause = |pause: &crate::store::PauseRow| {
            json!({
                "reason": "asked-later",
                "since": self.today(pause.since),
                "until": pause.ended_at.map_or(pause.until_on.0, |at| self.today(at)),
            })
        };
        let pauses = self.store.pauses_of(subjects).await?;
        Ok(holds.iter().map(entry).chain(pauses.iter().map(pause)).collect())
    }

    /// When contact was allowed again, and why.
    pub(super) async fn allowed_again(&self, subjects: &[SubjectId]) -> Result<Vec<Value>, AppError> {
        let rows = self.store.contact_again(&self.vault, Some(subjects)).await?;
        Ok(rows.iter().map(|row| json!({ "at": self.moment(row.at), "reason": row.why })).collect())
    }
}
