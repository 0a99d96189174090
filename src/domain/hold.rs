//! Ways of contact that are on hold: a mail address that bounced, a number that is somebody else's.
//!
//! An address is never stored for it. What is stored is a keyed tag over the subject, the channel and the address: a new address is free at
//! once, and equal addresses of two people do not show as equal tags.

use std::collections::HashSet;

use super::contact::Contact;
use super::id::SubjectId;
use super::mail::MailAddress;
use super::{Guarded, Keyed};

/// A tag as stored.
pub type Tag = [u8; 32];

/// Why a way of contact is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldReason {
    /// The address does not exist.
    Hard,
    /// It could not be reached three times in thirty days.
    Soft,
    /// It belongs to somebody else.
    NotThem,
    /// The number is not in service.
    NotInService,
    /// The registrant wants no further calls.
    RefusedCalls,
    /// The registrant wants no mails to this address.
    Unsubscribed,
    /// Somebody whom the registrant named wants no further calls: that number alone.
    Declined,
}

impl HoldReason {
    /// Every reason.
    pub const ALL: [Self; 7] =
        [Self::Hard, Self::Soft, Self::NotThem, Self::NotInService, Self::RefusedCalls, Self::Unsubscribed, Self::Declined];

    /// The word stored and used in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::NotThem => "not-them",
            Self::NotInService => "not-in-service",
            Self::RefusedCalls => "refused-calls",
            Self::Unsubscribed => "unsubscribed",
            Self::Declined => "declined",
        }
    }

    /// The reason of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// Whether somebody asked for it: nothing that is found or told later ends it but their own word.
    pub const fn was_asked_for(self) -> bool {
        matches!(self, Self::RefusedCalls | Self::Unsubscribed | Self::Declined)
    }

    /// Whether a caller who chose the wrong outcome may put it right: what was found of a number, never what somebody asked for.
    pub const fn may_be_lifted(self) -> bool {
        matches!(self, Self::NotThem | Self::NotInService)
    }
}

/// Why a registrant who had objected may be contacted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AgainWhy {
    /// Asked for by the registrant in person.
    InPerson,
    /// Asked for by the registrant on the phone.
    ByPhone,
    /// The objection had been entered in error.
    InError,
}

super::outside::words!(AgainWhy: InPerson = "in-person", ByPhone = "by-phone", InError = "in-error");

/// The tags of a contact's mail addresses, in their order.
pub fn mail_tags(contact: &Guarded<Contact>, subject: SubjectId, keyed: &dyn Keyed) -> Vec<Tag> {
    contact.reveal().mails.iter().map(|m| tag(subject, "mail", m.as_str(), keyed)).collect()
}

/// The tags of a contact's own phones, in their order.
pub fn phone_tags(contact: &Guarded<Contact>, subject: SubjectId, keyed: &dyn Keyed) -> Vec<Tag> {
    contact.reveal().phones.iter().map(|p| tag(subject, "phone", p.as_str(), keyed)).collect()
}

/// The contact without the addresses and numbers on hold.
pub fn without(contact: &Guarded<Contact>, subject: SubjectId, keyed: &dyn Keyed, held: &HashSet<Tag>) -> Guarded<Contact> {
    contact.map(|c| {
        let mut free = c.clone();
        free.mails.retain(|m| !held.contains(&tag(subject, "mail", m.as_str(), keyed)));
        free.phones.retain(|p| !held.contains(&tag(subject, "phone", p.as_str(), keyed)));
        free
    })
}

/// The mail address of a contact that a tag stands for.
pub fn mail_of(contact: &Guarded<Contact>, subject: SubjectId, keyed: &dyn Keyed, wanted: &[u8]) -> Option<Guarded<MailAddress>> {
    let mails = &contact.reveal().mails;
    mails.iter().find(|m| tag(subject, "mail", m.as_str(), keyed) == wanted).cloned().map(Guarded::new)
}

/// The tag of a mail address among a contact's, where it has it; hosts may tell case apart, people do not.
pub fn tag_of_mail(contact: &Guarded<Contact>, subject: SubjectId, keyed: &dyn Keyed, mail: &Guarded<MailAddress>) -> Option<Tag> {
    let wanted = mail.reveal().as_str();
    let mails = &contact.reveal().mails;
    mails.iter().find(|m| m.as_str().eq_ignore_ascii_case(wanted)).map(|m| tag(subject, "mail", m.as_str(), keyed))
}

/// A number for the address that a mail would go to, the same for everybody who shares it; for comparing in memory only.
pub fn shared_mail(contact: &Guarded<Contact>, keyed: &dyn Keyed) -> Option<u64> {
    let first = contact.reveal().mails.first()?;
    let digest = keyed.tag("followup/shared", first.as_str().to_ascii_lowercase().as_bytes());
    digest.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes))
}

/// The keyed tag of the domain that a mail would go to: what the pace of sending is counted by.
pub fn domain_tag(contact: &Guarded<Contact>, keyed: &dyn Keyed) -> Option<Tag> {
    let first = contact.reveal().mails.first()?;
    let (_, domain) = first.as_str().rsplit_once('@')?;
    Some(keyed.tag("followup/domain", domain.to_ascii_lowercase().as_bytes()))
}

pub(super) fn tag(subject: SubjectId, channel: &str, address: &str, keyed: &dyn Keyed) -> Tag {
    let mut bytes = subject.bytes().to_vec();
    bytes.extend_from_slice(channel.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(address.to_ascii_lowercase().as_bytes());
    let tag = keyed.tag("followup/hold", &bytes);
    zeroize::Zeroize::zeroize(&mut bytes);
    tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::phone::Phone;

    struct Toy;

    impl Keyed for Toy {
        fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
            let mut out = [0u8; 32];
            for (i, b) in label.bytes().chain(bytes.iter().copied()).enumerate() {
                out[i % 32] = out[i % 32].wrapping_mul(31).wrapping_add(b).rotate_left(3);
            }
            out
        }
    }

    fn contact() -> Guarded<Contact> {
        let mails = ["li@far.example", "old@far.example"].map(|m| MailAddress::parse(m).unwrap());
        Guarded::new(Contact { mails: mails.to_vec(), phones: vec![Phone::parse("13800000000").unwrap()], ..Contact::default() })
    }

    #[test]
    fn an_address_on_hold_is_left_out_and_the_next_one_is_used() {
        let (subject, contact) = (SubjectId::fresh(), contact());
        let held: HashSet<Tag> = mail_tags(&contact, subject, &Toy).into_iter().take(1).collect();
        let free = without(&contact, subject, &Toy, &held);
        assert_eq!(free.reveal().mails.iter().map(MailAddress::as_str).collect::<Vec<_>>(), ["old@far.example"]);
        assert_eq!(free.reveal().phones.len(), 1);
    }

    #[test]
    fn the_tag_of_a_shared_address_differs_from_person_to_person() {
        let contact = contact();
        let (a, b) = (SubjectId::fresh(), SubjectId::fresh());
        assert_ne!(mail_tags(&contact, a, &Toy), mail_tags(&contact, b, &Toy));
        let mail = Guarded::new(MailAddress::parse("LI@far.example").unwrap());
        assert_eq!(tag_of_mail(&contact, a, &Toy, &mail), mail_tags(&contact, a, &Toy).first().copied());
        assert_eq!(mail_of(&contact, a, &Toy, &mail_tags(&contact, a, &Toy)[1]).unwrap().reveal().as_str(), "old@far.example");
    }
}
