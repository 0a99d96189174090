//! Who sends, in which words, and by which way.

use std::path::Path;

use crate::config::{MailRoute, MailServer};
use crate::followup::compose::{Sender, Texts};
use crate::followup::mailer::{FolderMailer, Mailer, Secret, Security, SmtpMailer, SmtpSettings, TimeLimits};

use super::super::{App, AppError};

/// What sending needs.
pub(in crate::app) struct Desk {
    pub(in crate::app) sender: Sender,
    pub(super) texts: Texts,
    pub(in crate::app) mailer: Mailer,
}

impl App {
    pub(in crate::app) fn desk(&self) -> Result<Desk, AppError> {
        Ok(Desk { sender: self.sender()?, texts: self.mail_texts()?, mailer: self.mailer()? })
    }

    fn sender(&self) -> Result<Sender, AppError> {
        let mail = &self.config.mail;
        let reply_to = mail.reply_to.as_deref().unwrap_or(&mail.from);
        let domain = mail.bounce_domain.clone().unwrap_or_else(|| domain_of(&mail.from));
        Ok(Sender::new(&self.config.branch.zh, &self.config.branch.en, &mail.from, reply_to, &domain)?)
    }

    fn mail_texts(&self) -> Result<Texts, AppError> {
        Ok(match &self.config.mail_texts {
            Some(folder) => Texts::with_overrides(folder)?,
            None => Texts::shipped(),
        })
    }

    fn mailer(&self) -> Result<Mailer, AppError> {
        Ok(match &self.config.mail.route {
            MailRoute::Folder(folder) => Mailer::Folder(FolderMailer::open(folder)?),
            MailRoute::Server(server) => Mailer::Smtp(SmtpMailer::new(smtp_settings(server, &domain_of(&self.config.mail.from))?)?),
        })
    }
}

fn smtp_settings(server: &MailServer, hello: &str) -> Result<SmtpSettings, AppError> {
    let read = |path: &Path| {
        std::fs::read(path).map_err(|_| AppError::Input { field: "smtp", hint: "a file it names (password or certificate) cannot be read" })
    };
    let login = match &server.account {
        Some((user, file)) => {
            let text = String::from_utf8(read(file)?)
                .map_err(|_| AppError::Input { field: "smtp.password_file", hint: "one line of text is wanted" })?;
            Some((user.clone(), Secret::new(text.lines().next().unwrap_or_default().to_owned())))
        }
        None => None,
    };
    Ok(SmtpSettings {
        host: server.host.clone(),
        port: server.port,
        security: match server.security {
            crate::config::Security::StartTls => Security::Starttls,
            crate::config::Security::Tls => Security::Tls,
            crate::config::Security::None => Security::Loopback,
        },
        login,
        authority: server.ca_file.as_deref().map(read).transpose()?,
        hello: hello.to_owned(),
        limits: TimeLimits::default(),
    })
}

pub(super) fn domain_of(address: &str) -> String {
    address.rsplit('@').next().unwrap_or("localhost").to_owned()
}
