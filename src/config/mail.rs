//! How mail leaves: to a server, or into a folder.

use std::path::{Path, PathBuf};

use super::net::is_loopback_host;
use super::raw::{Raw, RawSmtp};
use super::{ConfigError, Purpose, Sources, place};

/// The sender's side of every mail, and the way it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The sender's address (`From`), without a name.
    pub from: String,
    /// Where answers go, if not to `from`.
    pub reply_to: Option<String>,
    /// The office's address that is told when a release waits for approval; none: nobody is told by mail.
    pub manager: Option<String>,
    /// The office's address that is told every morning how much waits at the call desk; none: nobody is told by mail.
    pub digest: Option<String>,
    /// The domain of the envelope senders that bounces come back to, if bounces are processed.
    pub bounce_domain: Option<String>,
    /// How fast mails may leave; none: as fast as they are taken (a folder, or a server of one's own).
    pub pace: Option<Pace>,
    /// The way.
    pub route: MailRoute,
}

/// How fast mails may leave, over all processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Within an hour.
    pub per_hour: u64,
    /// Within a day; none: no limit of its own.
    pub per_day: Option<u64>,
    /// Seconds between two mails to one domain, on average.
    pub seconds_between: u32,
}

/// The way a mail goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailRoute {
    /// Into files of a folder; nothing leaves the machine.
    Folder(PathBuf),
    /// To a server.
    Server(MailServer),
}

/// A mail server that takes our mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is secured.
    pub security: Security,
    /// The log-in and the file that holds its password (one line).
    pub account: Option<(String, PathBuf)>,
    /// A PEM file with the certificate authority to trust instead of the public ones.
    pub ca_file: Option<PathBuf>,
}

/// How the line to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS, required (RFC 3207); port 587 unless set.
    StartTls,
    /// TLS from the first byte (RFC 8314); port 465 unless set.
    Tls,
    /// None: to a loopback host only.
    None,
}

pub(super) fn check(raw: &Raw, sources: &Sources, data: &Path, purpose: Purpose) -> Result<Mail, ConfigError> {
    let smtp = &raw.smtp;
    let route = match smtp.mode.as_str() {
        // A demo writes to nobody, whatever else is configured on the machine.
        _ if purpose == Purpose::Demo => MailRoute::Folder(data.join("mails")),
        "folder" => MailRoute::Folder(match &smtp.folder {
            Some(folder) => place::absolute(&sources.working_folder, folder),
            None => data.join("mails"),
        }),
        "smtp" => MailRoute::Server(server(smtp, sources)?),
        _ => return Err(ConfigError::key("smtp.mode", "must be \"smtp\" or \"folder\"")),
    };
    Ok(Mail {
        from: address("smtp.from", &smtp.from)?,
        reply_to: smtp.reply_to.as_deref().map(|a| address("smtp.reply_to", a)).transpose()?,
        manager: smtp.manager.as_deref().map(|a| address("smtp.manager", a)).transpose()?,
        digest: smtp.digest.as_deref().map(|a| address("smtp.digest", a)).transpose()?,
        bounce_domain: smtp.bounce_domain.as_deref().map(domain).transpose()?,
        // Providers in China limit a sender by the hour; 0 sets no pace at all, for a server of one's own.
        pace: (smtp.per_hour > 0 && matches!(route, MailRoute::Server(_))).then_some(Pace {
            per_hour: u64::from(smtp.per_hour),
            per_day: (smtp.per_day > 0).then_some(u64::from(smtp.per_day)),
            seconds_between: smtp.seconds_between,
        }),
        route,
    })
}

fn server(smtp: &RawSmtp, sources: &Sources) -> Result<MailServer, ConfigError> {
    let host = smtp
        .host
        .clone()
        .filter(|h| !h.is_empty())
        .ok_or_else(|| ConfigError::key("smtp.host", "is missing: with `smtp.mode = \"smtp\"` name the mail server"))?;
    let (security, usual_port) = match smtp.security.as_str() {
        "starttls" => (Security::StartTls, 587),
        "tls" => (Security::Tls, 465),
        "none" if is_loopback_host(&host) => (Security::None, 25),
        "none" => return Err(ConfigError::key("smtp.security", "may be \"none\" for a loopback host only: use \"starttls\" or \"tls\"")),
        _ => return Err(ConfigError::key("smtp.security", "must be \"starttls\", \"tls\" or \"none\"")),
    };
    let file = |p: &PathBuf| place::absolute(&sources.working_folder, p);
    let account = match (&smtp.user, &smtp.password_file) {
        (Some(_), Some(_)) if security == Security::None => {
            return Err(ConfigError::key("smtp.user", "would send its password in clear: set `smtp.security` to \"starttls\" or \"tls\""));
        }
        (Some(user), Some(password)) => Some((user.clone(), file(password))),
        (None, None) => None,
        (Some(_), None) => {
            return Err(ConfigError::key("smtp.password_file", "is missing: `smtp.user` needs the file that holds its password"));
        }
        (None, Some(_)) => return Err(ConfigError::key("smtp.user", "is missing: `smtp.password_file` needs the user's name")),
    };
    Ok(MailServer { host, port: smtp.port.unwrap_or(usual_port), security, account, ca_file: smtp.ca_file.as_ref().map(file) })
}

/// The branch's own address: one `local@domain` without blanks. Registrants' addresses are judged by the domain's parser, not here.
fn address(key: &str, text: &str) -> Result<String, ConfigError> {
    let shaped = text.split_once('@').is_some_and(|(local, rest)| !local.is_empty() && is_domain(rest))
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c));
    if shaped {
        Ok(text.to_owned())
    } else {
        Err(ConfigError::key(key, "must be one mail address, such as \"registry@example.org\", without a name"))
    }
}

fn domain(text: &str) -> Result<String, ConfigError> {
    if is_domain(text) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err(ConfigError::key("smtp.bounce_domain", "must be a domain, such as \"bounces.example.org\""))
    }
}

fn is_domain(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}
