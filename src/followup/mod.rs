//! Plans (pure), composed mails, the mailer, links. May import `domain`.
