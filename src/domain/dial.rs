//! The numbers that may be dialled for somebody: their own, and those of the people they named for it. One list: what a caller is shown is
//! what an outcome puts on hold.

use std::collections::HashSet;
use std::fmt::Write;

use super::contact::{Contact, RelativeRole};
use super::hold::{Tag, tag};
use super::id::SubjectId;
use super::name::PersonName;
use super::phone::Phone;
use super::{Guarded, Keyed};

/// Bytes of a tag that tell a person's numbers apart.
const TOKEN: usize = 8;
/// The channel of a named person's number: the same number as somebody's own is another thing to hold.
const NAMED: &str = "named-phone";

/// A number that may be dialled.
#[derive(Debug)]
pub struct Dial {
    /// It.
    pub number: Guarded<Phone>,
    /// Whose it is, where it is not the registrant's own.
    pub named: Option<Named>,
    /// What would go on hold with it: the same number in several registrations is one number.
    pub tags: Vec<(SubjectId, Tag)>,
}

/// Somebody whom the registrant named.
#[derive(Debug)]
pub struct Named {
    /// What for.
    pub role: RelativeRole,
    /// Name, where given.
    pub name: Option<Guarded<PersonName>>,
    /// The relation in words, where given.
    pub relation: Option<Guarded<String>>,
}

impl Dial {
    /// Whether it rings the same telephone.
    pub fn same_number(&self, other: &Self) -> bool {
        self.number.reveal() == other.number.reveal()
    }

    /// What a form says in the place of the number. It says nothing of the number to whoever does not hold the key.
    pub fn token(&self) -> String {
        let bytes = self.tags.first().map(|(_, tag)| tag.iter().take(TOKEN));
        bytes.into_iter().flatten().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
    }
}

/// A person's own numbers, best registration and best number first. A number that is on hold in one registration is on hold in all.
pub fn own(contacts: &[(SubjectId, &Guarded<Contact>)], keyed: &dyn Keyed, held: &HashSet<Tag>) -> Vec<Dial> {
    let mut out: Vec<Dial> = Vec::new();
    for (subject, contact) in contacts {
        for phone in &contact.reveal().phones {
            let held_by = (*subject, tag(*subject, "phone", phone.as_str(), keyed));
            match out.iter_mut().find(|dial| dial.number.reveal() == phone) {
                Some(known) if known.tags.contains(&held_by) => {}
                Some(known) => known.tags.push(held_by),
                None => out.push(Dial { number: Guarded::new(phone.clone()), named: None, tags: vec![held_by] }),
            }
        }
    }
    free(out, held)
}

/// The numbers of those whom a person named for one purpose, in the order named. Who is named with one of the registrant's own numbers is no
/// third person, and is left out.
pub fn named(contacts: &[(SubjectId, &Guarded<Contact>)], role: RelativeRole, keyed: &dyn Keyed, held: &HashSet<Tag>) -> Vec<Dial> {
    let mut out: Vec<Dial> = Vec::new();
    for (subject, contact) in contacts {
        let contact = contact.reveal();
        for relative in contact.relatives.iter().filter(|relative| relative.role == role) {
            for phone in relative.phones.iter().filter(|phone| !contact.phones.contains(phone)) {
                let held_by = (*subject, tag(*subject, NAMED, phone.as_str(), keyed));
                match out.iter_mut().find(|dial| dial.number.reveal() == phone) {
                    Some(known) if known.tags.contains(&held_by) => {}
                    Some(known) => known.tags.push(held_by),
                    None => out.push(Dial {
                        number: Guarded::new(phone.clone()),
                        named: Some(Named {
                            role,
                            name: relative.name.clone().map(Guarded::new),
                            relation: relative.relation.clone().map(Guarded::new),
                        }),
                        tags: vec![held_by],
                    }),
                }
            }
        }
    }
    free(out, held)
}

/// Adds the numbers of people named for another purpose. Who is named for several is one person with one number.
pub fn join(into: &mut Vec<Dial>, more: Vec<Dial>) {
    for dial in more {
        if !into.iter().any(|known| known.same_number(&dial)) {
            into.push(dial);
        }
    }
}

fn free(mut all: Vec<Dial>, held: &HashSet<Tag>) -> Vec<Dial> {
    all.retain(|dial| !dial.tags.iter().any(|(_, tag)| held.contains(tag)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::Relative;

    struct Toy;

    impl Keyed for Toy {
        fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
            let mix = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            let mut state = label.bytes().chain(bytes.iter().copied()).fold(0xcbf2_9ce4_8422_2325, mix);
            let mut out = [0u8; 32];
            for part in out.chunks_mut(8) {
                state = mix(state, 1);
                part.copy_from_slice(&state.to_le_bytes());
            }
            out
        }
    }

    fn phone(text: &str) -> Phone {
        Phone::parse(text).unwrap()
    }

    fn contact(phones: &[&str], relatives: &[(RelativeRole, &str)]) -> Guarded<Contact> {
        Guarded::new(Contact {
            phones: phones.iter().map(|p| phone(p)).collect(),
            relatives: relatives
                .iter()
                .map(|(role, number)| Relative { role: *role, name: None, relation: Some("母亲".into()), phones: vec![phone(number)] })
                .collect(),
            ..Contact::default()
        })
    }

    fn numbers(of: &[Dial]) -> Vec<&str> {
        of.iter().map(|dial| dial.number.reveal().as_str()).collect()
    }

    #[test]
    fn a_number_of_two_registrations_is_one_number_and_on_hold_in_both() {
        let (a, b) = (SubjectId::fresh(), SubjectId::fresh());
        let (first, second) = (contact(&["16000000001", "16000000002"], &[]), contact(&["16000000002", "16000000003"], &[]));
        let contacts = [(a, &first), (b, &second)];
        let all = own(&contacts, &Toy, &HashSet::new());
        assert_eq!(numbers(&all), ["16000000001", "16000000002", "16000000003"]);
        assert_eq!(all[1].tags.len(), 2);
        let tokens: HashSet<String> = all.iter().map(Dial::token).collect();
        assert!(tokens.len() == 3 && tokens.iter().all(|token| token.len() == 16), "{tokens:?}");
        let held: HashSet<Tag> = all[1].tags.iter().skip(1).map(|(_, tag)| *tag).collect();
        assert_eq!(numbers(&own(&contacts, &Toy, &held)), ["16000000001", "16000000003"]);
    }

    #[test]
    fn only_those_named_for_the_purpose_are_listed_and_a_hold_of_theirs_is_not_the_registrants() {
        let subject = SubjectId::fresh();
        let all = [
            (RelativeRole::Contact, "16000000011"),
            (RelativeRole::Executor, "16000000012"),
            (RelativeRole::Family, "16000000013"),
            (RelativeRole::Contact, "16000000001"),
        ];
        let told = contact(&["16000000001"], &all);
        let contacts = [(subject, &told)];
        let free = HashSet::new();
        assert_eq!(numbers(&named(&contacts, RelativeRole::Contact, &Toy, &free)), ["16000000011"], "nobody's own number, no family");
        let executors = named(&contacts, RelativeRole::Executor, &Toy, &free);
        assert_eq!(numbers(&executors), ["16000000012"]);
        let held: HashSet<Tag> = executors[0].tags.iter().map(|(_, tag)| *tag).collect();
        assert!(named(&contacts, RelativeRole::Executor, &Toy, &held).is_empty());
        let same = contact(&["16000000012"], &[]);
        assert_eq!(own(&[(subject, &same)], &Toy, &held).len(), 1, "the same number as one's own is another thing");
    }
}
