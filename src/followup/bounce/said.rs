//! What a server says while a mail is handed over: classed by the rules of returned mails.

use super::Class;
use super::reason::{Clues, class_of};
use crate::followup::mailer::{Reply, SendOutcome, Stage, Status};

/// A refusal of the recipient that gives no status and no reason speaks of the address (RFC 5321 section 4.2.3). Weaker than any word: a status
/// that says "address" and nothing of what is wrong with it.
const ABOUT_THE_ADDRESS: Status = Status { class: 5, subject: 1, detail: 5 };

/// What the reply to a mail that was not taken means for its address. A mail that was taken, or of which nobody knows, means nothing.
pub fn class_of_reply(outcome: &SendOutcome) -> Class {
    let (reply, delayed) = match outcome {
        SendOutcome::Deferred { reply } => (reply, true),
        SendOutcome::Refused { reply } => (reply, false),
        SendOutcome::Sent { .. } => return Class::Delivered,
        SendOutcome::Uncertain { .. } => return Class::None,
    };
    match reply.stage {
        // Said before anybody was named: of us, of our password, or of the server. The operator's business.
        Stage::Connect | Stage::Tls | Stage::Auth | Stage::Sender => Class::Policy,
        Stage::Recipient => class_at(reply, delayed, "after rcpt to"),
        Stage::Data | Stage::Message => class_at(reply, delayed, "after end of data"),
    }
}

fn class_at(reply: &Reply, delayed: bool, step: &str) -> Class {
    // A connection that broke off says nothing of the address.
    let Some(code) = reply.code else { return Class::Soft };
    let said = format!("{code} {}", reply.text);
    let bare = (reply.stage == Stage::Recipient && matches!(code, 550 | 551 | 553)).then_some(ABOUT_THE_ADDRESS);
    class_of(&Clues { said: &said, around: step, status: reply.status.or(bare), delayed })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(stage: Stage, code: u16, text: &str) -> Reply {
        Reply { code: Some(code), status: text.split(' ').next().and_then(Status::parse), text: text.into(), stage }
    }

    fn refused(stage: Stage, code: u16, text: &str) -> Class {
        class_of_reply(&SendOutcome::Refused { reply: reply(stage, code, text) })
    }

    #[test]
    fn a_refusal_at_once_is_classed_as_the_same_words_in_a_returned_mail() {
        for (stage, code, text, class) in [
            (Stage::Recipient, 550, "5.1.1", Class::Hard),
            (Stage::Recipient, 550, "5.1.1 unknown", Class::Hard),
            (Stage::Recipient, 550, "5.1.1 user unknown", Class::Hard),
            (Stage::Recipient, 550, "", Class::Hard),
            (Stage::Message, 550, "5.1.1", Class::Hard),
            (Stage::Recipient, 552, "5.2.2 mailbox full", Class::Soft),
            (Stage::Recipient, 552, "5.2.2", Class::Soft),
            (Stage::Message, 552, "5.2.2 over quota", Class::Soft),
            (Stage::Recipient, 550, "5.7.1", Class::Policy),
            (Stage::Recipient, 550, "5.7.1 rejected by policy", Class::Policy),
            // The transaction failed, or the content displeased: neither speaks of the address.
            (Stage::Recipient, 554, "", Class::Policy),
            (Stage::Message, 550, "", Class::Policy),
            (Stage::Message, 550, "5.7.1 content rejected", Class::Policy),
            (Stage::Auth, 535, "5.7.8", Class::Policy),
            (Stage::Auth, 535, "5.7.8 authentication failed", Class::Policy),
            (Stage::Sender, 530, "5.7.0 must issue STARTTLS", Class::Policy),
        ] {
            assert_eq!(refused(stage, code, text), class, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn whoever_puts_us_off_until_we_give_up_has_not_found_the_address_bad() {
        for (code, text) in [(450, "4.2.0 greylisted"), (452, "4.2.2 mailbox full"), (451, "4.3.0 try again later"), (421, "busy")] {
            let outcome = SendOutcome::Deferred { reply: reply(Stage::Recipient, code, text) };
            assert_eq!(class_of_reply(&outcome), Class::Soft, "{code} {text}");
        }
        let broken = Reply { code: None, status: None, text: "the connection failed".into(), stage: Stage::Data };
        assert_eq!(class_of_reply(&SendOutcome::Deferred { reply: broken.clone() }), Class::Soft);
        let unreachable = SendOutcome::Deferred { reply: Reply { stage: Stage::Connect, ..broken } };
        assert_eq!(class_of_reply(&unreachable), Class::Policy, "our own server is the operator's business, not the person's");
    }
}
