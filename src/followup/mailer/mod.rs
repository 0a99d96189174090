//! Sends mails, and says what became of each.
//!
//! Async. A mail is handed over once a call: whether and when to try again is the outbox's decision.

mod folder;
mod outcome;
mod smtp;

use super::compose::WireMail;

pub use folder::FolderMailer;
pub use outcome::{Reply, SendOutcome, Stage, Status};
pub use smtp::{Secret, Security, SmtpMailer, SmtpSettings, TimeLimits};

/// Where mails go.
#[derive(Debug)]
pub enum Mailer {
    /// To a mail server.
    Smtp(SmtpMailer),
    /// To a folder. The mails lie there in plain text: for the demo, tests and offices that print, never beside encrypted data.
    Folder(FolderMailer),
}

impl Mailer {
    /// Hands one mail over and waits for the answer, within the mailer's own time limits.
    ///
    /// Never run inside a database transaction. Dropping the future may leave the mail `Uncertain`.
    pub async fn send(&self, mail: &WireMail) -> SendOutcome {
        match self {
            Self::Smtp(smtp) => smtp.send(mail).await,
            Self::Folder(folder) => folder.send(mail).await,
        }
    }
}

#[cfg(test)]
mod tests;
