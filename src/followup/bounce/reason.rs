//! What a refusal means: words first, codes second.
//!
//! Codes alone mislead: `550 5.7.1` is said of unknown users, `550 5.1.1` of full mailboxes. The lists hold phrases of mail servers and providers
//! in lower case; the first list with a phrase in the server's own words decides, then the words around them, then the status, then the reply.

use super::Class;
use super::status::reply;
use crate::followup::mailer::Status;

/// What is known of one recipient.
pub(super) struct Clues<'a> {
    /// The refusing server's own words.
    pub(super) said: &'a str,
    /// The report's words around them.
    pub(super) around: &'a str,
    /// The enhanced status.
    pub(super) status: Option<Status>,
    /// The report says delivery is still being tried.
    pub(super) delayed: bool,
}

/// The class of a failure.
pub(super) fn class_of(clues: &Clues<'_>) -> Class {
    // A program on the reporting machine, not a mail server, refused: the machine's trouble (RFC 3464 section 2.1.2 on types of diagnostics).
    if clues.said.trim_start().to_ascii_lowercase().starts_with("x-unix") {
        return Class::Soft;
    }
    let zone = super::text::before_copy(clues.around);
    let said: Vec<String> = clues.said.lines().map(|l| squeeze(super::status::innermost(l))).collect();
    let around = squeeze(&without_boilerplate(&zone));
    let step = refused_at(&format!("{} {around}", said.join(" ")));
    let strong = said.iter().find_map(|l| by_words(l, &STRONG));
    let told = strong
        .or_else(|| specific(clues.status))
        .or_else(|| said.iter().find_map(|l| by_words(l, &WEAK)))
        .or_else(|| by_words(&around, &STRONG));
    let told = told.or_else(|| general(clues.status)).or_else(|| by_words(&around, &WEAK));
    let class = told.or_else(|| said.iter().find_map(|l| by_reply(l))).or_else(|| by_reply(&around)).unwrap_or(Class::Soft);
    let class = match (class, step) {
        // Said of the sender, before a recipient was named.
        (Class::Hard, Some(Step::Sender)) => Class::Policy,
        (Class::Soft, Some(Step::Sender)) if strong.is_none() && by_words(&around, &[(Class::Soft, NOT_NOW)]).is_none() => Class::Policy,
        // The recipient had been accepted: a filter speaks, whatever it says (RFC 5321 section 3.3 wants unknown users refused at RCPT).
        (Class::Hard, Some(Step::Data)) if strong == Some(Class::Hard) => Class::Soft,
        // The status says mailbox or mail system, the words say nobody: undecided, unless the recipient itself was refused.
        (Class::Hard, step)
            if step != Some(Step::Recipient) && clues.status.is_some_and(|s| matches!((s.subject, s.detail), (2, 0 | 1) | (3, 0))) =>
        {
            Class::Soft
        }
        (class, _) => class,
    };
    // Whoever is still trying, or says "for the time being", has not found the address bad.
    let passing = clues.delayed || clues.status.is_some_and(|s| s.class == 4);
    if passing && class == Class::Hard { Class::Soft } else { class }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Sender,
    Recipient,
    Data,
}

/// At which step of the conversation the refusal came, where the report tells.
fn refused_at(text: &str) -> Option<Step> {
    let steps: [(Step, &[&str]); 3] = [
        (
            Step::Recipient,
            &["after rcpt to", "to rcpt to command", "in reply to rcpt", ">>> rcpt to", "did not like our rcpt", "does not like recipient"],
        ),
        (
            Step::Sender,
            &[
                "after mail from",
                "to mail from command",
                "in reply to mail",
                "after ehlo",
                "after helo",
                "to ehlo command",
                "to helo command",
                "after initial connection",
                ">>> mail from",
                "does not like sender",
            ],
        ),
        (Step::Data, &["after end of data", "to end of data", "to data command", "did not like our data"]),
    ];
    let mut found = steps.iter().filter(|(_, marks)| marks.iter().any(|m| text.contains(m)));
    match (found.next(), found.next()) {
        (Some((step, _)), None) => Some(*step),
        // A transcript may show several: a refused recipient is followed by a DATA that cannot work.
        (Some((step, _)), Some(_)) => Some(*step),
        (None, _) => None,
    }
}

/// The words around, without the sentences every report of a kind carries.
fn without_boilerplate(zone: &str) -> String {
    let stock = [
        "i'm not going to try again",
        "this is a permanent error",
        "please try again",
        "for further assistance",
        "if you do so, please",
        "no action is required",
        "try to fix",
        "send the message again",
        "you can try",
    ];
    zone.lines().filter(|l| !stock.iter().any(|s| l.to_lowercase().contains(s))).collect::<Vec<_>>().join("\n")
}

/// Lower case, one space between words.
fn squeeze(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

type Lists<const N: usize> = [(Class, &'static [&'static str]); N];

fn by_words<const N: usize>(text: &str, lists: &Lists<N>) -> Option<Class> {
    if text.is_empty() {
        return None;
    }
    let (class, _) = lists.iter().find(|(_, phrases)| phrases.iter().any(|p| text.contains(p)))?;
    Some(*class)
}

/// Statuses whose meaning is settled enough to go before the words around (RFC 3463 and the IANA registry).
fn specific(status: Option<Status>) -> Option<Class> {
    let status = status?;
    match (status.class, status.subject, status.detail) {
        (4, 4, 1 | 2 | 7) | (_, 2, 2) | (_, 4, 1 | 3 | 6 | 7) => Some(Class::Soft),
        (_, 7, _) | (_, 6, _) | (_, 3, 4) | (_, 2, 3) => Some(Class::Policy),
        (5, 1, 1 | 2 | 3 | 6 | 10) | (5, 4, 4) => Some(Class::Hard),
        _ => None,
    }
}

fn general(status: Option<Status>) -> Option<Class> {
    let status = status?;
    match (status.class, status.subject, status.detail) {
        (4, ..) | (_, 2..=5, _) => Some(Class::Soft),
        (_, 1, 7 | 8 | 9) => Some(Class::Policy),
        (5, 1, _) => Some(Class::Hard),
        _ => None,
    }
}

fn by_reply(text: &str) -> Option<Class> {
    match reply(text)? {
        400..=499 | 552 => Some(Class::Soft),
        551 | 553 => Some(Class::Hard),
        550 | 554 | 521 | 530 | 571 => Some(Class::Policy),
        _ => None,
    }
}

/// Phrases that settle the matter, in the order in which they decide.
const STRONG: Lists<8> = [
    (Class::Soft, FILTERED),
    (Class::Policy, AUTHENTICATION),
    (Class::Soft, FULL),
    (Class::Policy, TOO_BIG),
    (Class::Hard, UNKNOWN_USER),
    (Class::Policy, UNWANTED),
    (Class::Hard, UNKNOWN_HOST),
    (Class::Soft, SUSPENDED),
];

/// Phrases that a status may overrule.
const WEAK: Lists<2> = [(Class::Soft, NOT_NOW), (Class::Policy, REFUSED)];

/// Words of carriers whose filters answer like this after the mail was taken, whoever the recipient is.
const FILTERED: &[&str] = &["550 : user unknown", "550: : user unknown", "550 :user unknown"];

/// SPF, DKIM, DMARC, reverse DNS: what we are.
const AUTHENTICATION: &[&str] = &[
    "dmarc",
    "dkim",
    "spf ",
    "spf:",
    "spf)",
    "(spf",
    "spf-",
    "sender policy framework",
    "unauthenticated email",
    "not authenticated",
    "5.7.26",
    "sender id (pra)",
    "purported responsible address",
    "envelope blocked",
    "reverse dns",
    "rdns",
    "ptr record",
    " ptr ",
    "no ptr",
    "reverse hostname",
    "reverse host name",
    "reverse mapping",
    "reverse lookup",
    "cannot find your hostname",
    "client host rejected",
    "helo command rejected",
    "helo/ehlo",
    "my name was rejected",
    "your ip address is not",
    "arc validation",
    "sender address rejected",
    "sender verification failed",
    "sender verify failed",
    "sender domain",
    "domain of sender",
    "sender's domain",
    "valid sender",
    "valid from:",
    "from: domain is invalid",
    "return path",
    "mail from domain",
    "from address not verified",
    "email address is not verified",
];

/// The mailbox has no room.
const FULL: &[&str] = &[
    "mailbox full",
    "mailbox is full",
    "mailbox too full",
    "mailbox exceed",
    "mailbox has exceeded",
    "mailbox over",
    "mailbox is over",
    "mailbox quota",
    "mailbox size limit",
    "mailbox would exceed",
    "full mailbox",
    "mailfolder is full",
    "inbox is full",
    "inbox is out of storage",
    "out of storage space",
    "over quota",
    "over the quota",
    "over-quota",
    "overquota",
    "over disk quota",
    "over the allowed quota",
    "over its quota",
    "over their quota",
    "quota exceed",
    "quotaexceeded",
    "exceeded quota",
    "exceeds quota",
    "exceeded the quota",
    "exceeding their quota",
    "exceeding its",
    "exceeded its quota",
    "exceeded the storage",
    "exceeded storage",
    "exceeds allowed size",
    "disk quota",
    "disc quota",
    "diskquota",
    "quota violation",
    "quota full",
    "not enough disk space",
    "not enough storage",
    "not enough space",
    "insufficient storage",
    "insufficient disk",
    "insufficient system storage",
    "no space left",
    "space has been used up",
    "too many messages on the server",
    "maildir over",
    "storage quota",
    "boite du destinataire pleine",
    "邮箱已满",
    "邮箱满",
    "空间不足",
    "容量不足",
    "容量已满",
    "超出邮箱",
];

/// The mail itself is too large.
const TOO_BIG: &[&str] = &[
    "message too big",
    "message too large",
    "message is too large",
    "message size exceeds",
    "message exceeds",
    "message exceeded",
    "exceeds the maximum message size",
    "exceeds maximum message size",
    "exceeded maximum inbound message size",
    "maximum message size",
    "max message size",
    "message length exceeds",
    "size limit exceeded",
    "exceeds size limit",
    "exceeded the max",
    "file size exceeds",
    "recipsizelimit",
    "sendersizelimit",
    "too big for",
    "mail too large",
    "邮件过大",
    "超过大小限制",
];

/// Nobody of this name.
const UNKNOWN_USER: &[&str] = &[
    "user unknown",
    "unknown user",
    "user not known",
    "user not found",
    "user is unknown",
    "user does not exist",
    "user doesn't exist",
    "user doesn't have",
    "user not exist",
    "user missing home directory",
    "no such user",
    "no such local user",
    "no such recipient",
    "no such mailbox",
    "no such address",
    "no such person",
    "no such account",
    "no such email",
    "no mailbox",
    "no mail box",
    "no account by that name",
    "no longer available",
    "no longer valid",
    "no longer accepts mail",
    "no longer in use",
    "no longer on server",
    "no longer active",
    "no one at this address",
    "non-existent",
    "nonexistent",
    "non existent",
    "not a valid recipient",
    "not a valid user",
    "not a valid mailbox",
    "not a known user",
    "not a local",
    "not local",
    "not our customer",
    "unknown recipient",
    "unknown address",
    "unknown mailbox",
    "unknown or illegal user",
    "unknown or illegal alias",
    "unknown local",
    "unknown account",
    "recipient unknown",
    "recipient not found",
    "recipient not exist",
    "recipient not ok",
    "recipient does not exist",
    "recipient no longer",
    "recipient name is not recognized",
    "recipient is not accepted",
    "recipient address rejected: invalid",
    "recipient address rejected: unknown",
    "recipient address rejected: access denied",
    "recipient address rejected: undeliverable",
    "recipient address rejected: bad",
    "recipient address invalid",
    "recipnotfound",
    "recipientnotfound",
    "resolver.adr",
    "invalid recipient",
    "invalid mailbox",
    "invalid address",
    "invalid user",
    "invalid destination",
    "invalid-recipient",
    "mailbox not found",
    "mailbox does not exist",
    "mailbox doesn't exist",
    "mailbox invalid",
    "mailbox unknown",
    "mailbox unavailable (or access denied)",
    "mailbox name not allowed",
    "action not taken: mailbox unavailable",
    "mailbox not present",
    "address unknown",
    "address does not exist",
    "address doesn't exist",
    "address not found",
    "address not present",
    "address not exist",
    "address couldn't be found",
    "address could not be found",
    "address wasn't found",
    "address wasn",
    "address invalid",
    "address is invalid",
    "address no longer",
    "account does not exist",
    "account that you tried to reach does not exist",
    "account not found",
    "account is unavailable",
    "account unavailable",
    "account has been deleted",
    "not listed in",
    "not in my validrcptto",
    "badrcptto",
    "bad destination",
    "bad address",
    "allowed rcpthosts",
    "relaying to this user",
    "unrouteable user",
    "unable to find recipient",
    "undeliverable address",
    "deactivated mailbox",
    "local user only",
    "wrong or no longer",
    "name is not found",
    "ambiguous",
    "vdeliver: invalid",
    "account or domain may not exist",
    "ディレクトリ",
    "宛先が見つかりません",
    "存在しません",
    "utilisateur inconnu",
    "nessun utente simile",
    "no existe",
    "destinatario desconocido",
    "用户不存在",
    "邮箱不存在",
    "地址不存在",
    "账号不存在",
    "帐号不存在",
    "收件人不存在",
    "不存在，邮件无法送达",
    "has moved",
    "has been replaced",
    "address has changed",
];

/// Taken for spam, listed, infected.
const UNWANTED: &[&str] = &[
    "blacklist",
    "black list",
    "blocklist",
    "block list",
    "blocked using",
    "blocked by",
    "is blocked",
    "been blocked",
    "was blocked",
    "dnsbl",
    "rbl",
    "spamhaus",
    "spamcop",
    "sorbs",
    "barracuda",
    "abuseat",
    "senderbase",
    "reputation",
    "spam",
    "unsolicited",
    "bulk mail",
    "bulk email",
    "ube ",
    "junk mail",
    "virus",
    "malware",
    "infected",
    "phishing",
    "banned",
    "content reject",
    "content filter",
    "message content",
    "dangerous",
    "垃圾邮件",
    "拒收",
];

/// No such domain, or one that takes no mail.
const UNKNOWN_HOST: &[&str] = &[
    "host unknown",
    "unknown host",
    "host not found",
    "host or domain name not found",
    "domain not found",
    "domain does not exist",
    "domain doesn't exist",
    "domain must exist",
    "domain name not found",
    "domain unknown",
    "unknown domain",
    "no such domain",
    "no such host",
    "name or service not known",
    "couldn't find any host",
    "unrouteable address",
    "unrouteable mail domain",
    "unroutable",
    "account or domain may not exist",
    "illegal host",
    "nullmx",
    "null mx",
    "does not accept mail",
    "doesn't accept mail",
    "no mx record",
    "domain has no mail",
    "mail receiving disabled",
    "domain isn't in my list",
    "domain is not reachable",
    "domain not reachable",
    "域名不存在",
];

/// There is somebody, who gets no mail for now or chose so.
const SUSPENDED: &[&str] = &[
    "suspended",
    "mailbox disabled",
    "mailbox is disabled",
    "account disabled",
    "account is disabled",
    "account has been disabled",
    "is inactive",
    "tried to reach is disabled",
    "inactive user",
    "inactive account",
    "inactive recipient",
    "temporarily inactive",
    "temporary locked",
    "temporarily locked",
    "account is locked",
    "is frozen",
    "extended inactivity",
    "not currently being accepted",
    "not accepting any mail",
    "not accepting messages",
    "not accepting mail",
    "refuse to receive",
    "refused by recipient",
    "recipient preferences",
    "user rules",
    "accepting mail from specific",
    "user reject",
    "user refused",
    "message filtered",
    "mail is filtered",
    "rejected by recipient",
    "blocked by the recipient",
    "recipient's mailbox",
    "mailbox unavailable",
    "mailbox temporarily",
    "mailbox currently",
    "notauthorized",
    "账号被",
    "帐号被",
];

/// Time, network, the other machine.
const NOT_NOW: &[&str] = &[
    "timed out",
    "timeout",
    "time out",
    "time limit",
    "delivery time expired",
    "message expired",
    "delivery expired",
    "expired",
    "too long",
    "retry time not reached",
    "retry timeout",
    "not reachable",
    "unreachable",
    "could not be delivered for more than",
    "not been collected",
    "connection refused",
    "connection reset",
    "connection lost",
    "lost connection",
    "connection dropped",
    "network error",
    "no route to host",
    "could not connect",
    "unable to connect",
    "couldn't connect",
    "cannot connect",
    "establish an smtp connection",
    "server did not respond",
    "did not respond",
    "name server",
    "nameserver",
    "host lookup",
    "name service error",
    "dns query",
    "dns lookup",
    "loop",
    "too many hops",
    "hop count",
    "too many connections",
    "too many concurrent",
    "too many sessions",
    "too many recipients",
    "too many errors",
    "too many messages",
    "too many invalid",
    "concurrent connections",
    "connection limit",
    "rate limit",
    "rate-limit",
    "ratelimit",
    "too fast",
    "throttl",
    "unusual rate",
    "slow down",
    "greylist",
    "graylist",
    "try again",
    "try later",
    "temporary failure",
    "temporary error",
    "temporary problem",
    "temporarily unavailable",
    "temporarily unable",
    "temporarily deferred",
    "local error in processing",
    "system resources",
    "system error",
    "system config",
    "configuration error",
    "internal error",
    "internal server",
    "queue file",
    "service unavailable",
    "command died",
    "command failed",
    "command output",
    "cannot open",
    "can't create",
    "cannot append",
    "pipe to",
    "i/o error",
    "input/output error",
    "procmail",
    "local configuration",
    "local delivery failed",
    "mailer error",
    "syntax error",
    "command not recognized",
    "frequency",
    "频率",
    "连接超时",
    "稍后",
];

/// Refused by rule.
const REFUSED: &[&str] = &[
    "relay",
    "policy",
    "not permitted",
    "not allowed",
    "not authorized",
    "unauthorized",
    "access denied",
    "permission denied",
    "denied",
    "restricted",
    "prohibited",
    "refused",
    "rejected",
    "not accepted",
    "authentication required",
    "authentication failed",
    "must issue a starttls",
    "encryption",
    "tls ",
    "certificate",
    "rfc 5322",
    "rfc5322",
    "rfc 2822",
    "rfc2822",
    "rfc 822",
    "rfc822",
    "not rfc",
    "non-rfc",
    "malformed",
    "bare lf",
    "duplicate header",
    "invalid header",
    "header too long",
    "too long header",
    "missing header",
    "from: header",
    "transaction failed",
    "blocked",
];
