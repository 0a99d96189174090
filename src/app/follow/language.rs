//! In which language somebody is written to, judged in one place: what they chose when they registered or on their own page, else that of the
//! mails they had, else the branch's.

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::id::SubjectId;
use crate::domain::language::Language;

use super::super::{App, AppError};

impl App {
    /// The language of somebody who chose one or did not, and who was written to in one or was not.
    pub(super) fn language(&self, chosen: Option<Language>, written: Option<Language>) -> Language {
        chosen.or(written).unwrap_or(Language::of_page(self.config.branch.english))
    }

    /// The language in which a registration would be written to now.
    pub(in crate::app) async fn language_of(&self, subject: SubjectId, contact: Option<&Guarded<Contact>>) -> Result<Language, AppError> {
        let written = self.store.last_written_in(subject).await?.and_then(|word| Language::from_word(&word));
        Ok(self.language(contact.and_then(Contact::language_of), written))
    }
}
