//! A Maildir-like folder: one `.eml` file a mail, written under `tmp`, moved into `new`.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::outcome::{Reply, SendOutcome, Stage};
use crate::followup::compose::WireMail;
use crate::followup::error::FollowupError;

/// Writes mails into a folder, in plain text. For the demo, tests and offices that print.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    folder: PathBuf,
}

impl FolderMailer {
    /// Creates `folder/tmp` and `folder/new`, readable by the owner alone.
    ///
    /// # Errors
    /// [`FollowupError::Settings`] where the folder cannot be made.
    pub fn open(folder: &Path) -> Result<Self, FollowupError> {
        for part in ["tmp", "new"] {
            let mut builder = std::fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder
                .create(folder.join(part))
                .map_err(|e| FollowupError::Settings { field: "mail folder", problem: format!("it cannot be created ({})", e.kind()) })?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Writes one mail. The file is named by the outbox row: sending the same row again replaces the same file.
    pub async fn send(&self, mail: &WireMail) -> SendOutcome {
        let reply = |text: String| Reply { code: None, status: None, text, stage: Stage::Message };
        // A few kilobytes: not worth a thread of its own.
        match self.write(mail) {
            Ok(()) => SendOutcome::Sent { reply: reply("written to the mail folder".into()) },
            Err(error) => SendOutcome::Deferred {
                reply: Reply { stage: Stage::Connect, ..reply(format!("the mail folder cannot be written ({})", error.kind())) },
            },
        }
    }

    fn write(&self, mail: &WireMail) -> std::io::Result<()> {
        let name = format!("{}.eml", mail.outbox());
        let (tmp, new) = (self.folder.join("tmp").join(&name), self.folder.join("new").join(&name));
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&tmp)?;
        file.write_all(mail.open().1)?;
        file.sync_all()?;
        drop(file);
        std::fs::rename(&tmp, &new)
    }
}
