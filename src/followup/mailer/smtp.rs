//! SMTP (RFC 5321) step by step, so that a failure is known by its step: before the mail was handed over nothing is uncertain.
//!
//! lettre's pooled transport is not used: its time limit covers connecting only (lettre #1027), a pooled connection may be stale (#743), and its
//! error does not tell whether the mail was already handed over.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::sync::Mutex;
use tokio::time::timeout;
use zeroize::Zeroize;

use super::outcome::{Reply, SendOutcome, Stage, Status};
use crate::followup::compose::WireMail;
use crate::followup::error::FollowupError;

/// A password of the mail server. Opaque in `Debug`, zeroised on drop.
#[derive(Clone, Zeroize)]
#[zeroize(drop)]
pub struct Secret(String);

impl Secret {
    /// Takes a password into custody.
    pub fn new(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// STARTTLS, required (submission, port 587).
    Starttls,
    /// TLS from the first byte (port 465).
    Tls,
    /// None: a server on this very machine only.
    Loopback,
}

/// The mailer's own time limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimits {
    /// Looking up, connecting, encrypting, signing in.
    pub connect: Duration,
    /// Everything from `MAIL FROM` to the answer after the mail. Slow relays answer minutes after the mail.
    pub whole: Duration,
    /// A connection left unused for longer is not used again.
    pub idle: Duration,
}

impl Default for TimeLimits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(20), whole: Duration::from_secs(120), idle: Duration::from_secs(15) }
    }
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub security: Security,
    /// User and password, where the server wants them. Refused over a connection that is not encrypted, but for loopback.
    pub login: Option<(String, Secret)>,
    /// PEM of a private certificate authority to trust besides the public ones.
    pub authority: Option<Vec<u8>>,
    /// The name given in `EHLO`.
    pub hello: String,
    /// Time limits.
    pub limits: TimeLimits,
}

struct Open {
    connection: AsyncSmtpConnection,
    used: Instant,
}

/// Sends by SMTP, one mail at a time over one connection.
pub struct SmtpMailer {
    settings: SmtpSettings,
    tls: Option<TlsParameters>,
    hello: ClientId,
    open: Arc<Mutex<Option<Open>>>,
}

impl std::fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpMailer").field("host", &self.settings.host).field("port", &self.settings.port).finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// Checks the settings; connects at the first mail.
    ///
    /// # Errors
    /// [`FollowupError::Settings`] for an unprotected connection to another machine, or a certificate that cannot be read.
    pub fn new(settings: SmtpSettings) -> Result<Self, FollowupError> {
        let wrong = |field, problem: &str| FollowupError::Settings { field, problem: problem.to_owned() };
        let loopback = settings.host == "localhost" || settings.host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        if settings.security == Security::Loopback && !loopback {
            return Err(wrong(
                "security",
                "a connection without TLS is allowed to this machine only (127.0.0.1, ::1, localhost); use starttls or tls",
            ));
        }
        let tls = if settings.security == Security::Loopback {
            None
        } else {
            let mut builder = TlsParameters::builder(settings.host.clone());
            if let Some(pem) = &settings.authority {
                let authority = Certificate::from_pem(pem).map_err(|_| wrong("authority", "the file holds no PEM certificate"))?;
                builder = builder.add_root_certificate(authority);
            }
            Some(builder.build().map_err(|_| wrong("host", "no TLS settings can be made for this name"))?)
        };
        let hello = ClientId::Domain(settings.hello.clone());
        Ok(Self { settings, tls, hello, open: Arc::default() })
    }

    /// Sends one mail.
    pub async fn send(&self, mail: &WireMail) -> SendOutcome {
        let mut open = self.open.lock().await;
        let kept = open.take().filter(|o| o.used.elapsed() < self.settings.limits.idle);
        let reused = kept.is_some();
        let mut outcome = self.attempt(mail, kept, &mut open).await;
        // A kept connection may have been closed by the server meanwhile: before the recipient was named, a second go on a fresh one is safe.
        let stale = reused
            && matches!(&outcome, SendOutcome::Deferred { reply } if reply.stage <= Stage::Sender && reply.code.is_none_or(|c| c == 421));
        if stale {
            outcome = self.attempt(mail, None, &mut open).await;
        }
        outcome
    }

    async fn attempt(&self, mail: &WireMail, kept: Option<Open>, keep: &mut Option<Open>) -> SendOutcome {
        let limits = self.settings.limits;
        let mut stage = Stage::Connect;
        let mut connection = match kept {
            Some(open) => open.connection,
            None => match timeout(limits.connect, self.connect(&mut stage)).await {
                Ok(Ok(connection)) => connection,
                Ok(Err(error)) => return self.failed(mail, stage, &error),
                Err(_) => return no_answer(stage, "no answer within the time limit"),
            },
        };
        stage = Stage::Sender;
        match timeout(limits.whole, hand_over(&mut connection, mail, &mut stage)).await {
            Ok(Ok(response)) => {
                let reply = reply_of(mail, stage, &response);
                *keep = Some(Open { connection, used: Instant::now() });
                SendOutcome::Sent { reply }
            }
            // The connection is dropped with whatever state it is in: the next mail gets a fresh one.
            Ok(Err(error)) => self.failed(mail, stage, &error),
            Err(_) => no_answer(stage, "no answer within the time limit"),
        }
    }

    async fn connect(&self, stage: &mut Stage) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let settings = &self.settings;
        let wrapped = if settings.security == Security::Tls { self.tls.clone() } else { None };
        let server = (settings.host.as_str(), settings.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(settings.limits.connect), &self.hello, wrapped, None).await?;
        if let (Security::Starttls, Some(tls)) = (settings.security, &self.tls) {
            *stage = Stage::Tls;
            // Fails where the server does not offer it: the mail never falls back to an open line.
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some((user, Secret(password))) = &settings.login {
            *stage = Stage::Auth;
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &Credentials::new(user.clone(), password.clone())).await?;
        }
        Ok(connection)
    }

    /// What a failed step means.
    fn failed(&self, mail: &WireMail, stage: Stage, error: &lettre::transport::smtp::Error) -> SendOutcome {
        let code = error.status().map(u16::from);
        let source = std::error::Error::source(error).map_or_else(String::new, ToString::to_string);
        let status = source.split_whitespace().next().and_then(Status::parse);
        let text = if code.is_some() || !source.is_empty() { mail.clean_reply(&source) } else { "the connection failed".into() };
        let reply = Reply { code, status, text, stage };
        match code {
            Some(400..=499) => SendOutcome::Deferred { reply },
            // A refused sign-in or greeting says nothing about this mail: it is tried again when the settings are right.
            Some(500..=599) if stage >= Stage::Sender => SendOutcome::Refused { reply },
            Some(_) => SendOutcome::Deferred { reply },
            None if stage == Stage::Message => SendOutcome::Uncertain { reply },
            None => SendOutcome::Deferred { reply },
        }
    }
}

/// `MAIL FROM`, `RCPT TO`, `DATA`, the mail.
async fn hand_over(
    connection: &mut AsyncSmtpConnection,
    mail: &WireMail,
    stage: &mut Stage,
) -> Result<Response, lettre::transport::smtp::Error> {
    let (envelope, bytes) = mail.open();
    connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await?;
    *stage = Stage::Recipient;
    for recipient in envelope.to() {
        connection.command(Rcpt::new(recipient.clone(), Vec::new())).await?;
    }
    *stage = Stage::Data;
    connection.command(Data).await?;
    *stage = Stage::Message;
    connection.message(bytes).await
}

fn no_answer(stage: Stage, text: &str) -> SendOutcome {
    let reply = Reply { code: None, status: None, text: text.to_owned(), stage };
    if stage == Stage::Message { SendOutcome::Uncertain { reply } } else { SendOutcome::Deferred { reply } }
}

fn reply_of(mail: &WireMail, stage: Stage, response: &Response) -> Reply {
    let text = response.message().collect::<Vec<_>>().join(" ");
    let status = text.split_whitespace().next().and_then(Status::parse);
    Reply { code: Some(u16::from(response.code())), status, text: mail.clean_reply(&text), stage }
}
