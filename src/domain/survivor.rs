//! Survivorship: which record's value counts for each field of a person of several registrations. Computed from the records each time and
//! stored nowhere, so that a merge that is undone leaves nothing behind.
//!
//! The latest record that tells a field counts. Two exceptions: a full birth date counts before a year alone, and what one may have several
//! of (documents, phones, mail addresses, other names) is kept from every record, each value once, from the latest that tells it. The answer
//! names records and places in them, never a value.

use super::Guarded;
use super::contact::Contact;
use super::id::RecordId;
use super::person::{Health, Identity};
use super::time::Timestamp;

/// A field of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The name in use.
    Name,
    /// Former names, and names in use that other records tell.
    OtherName,
    /// Sex.
    Sex,
    /// Birth date or year.
    Birth,
    /// Document numbers.
    Document,
    /// Phones.
    Phone,
    /// Mail addresses.
    Mail,
    /// Town and address.
    Address,
    /// Ethnic group.
    Ethnic,
    /// ABO and Rh.
    Group,
    /// Relatives, contacts and executors.
    Relative,
}

/// What a record tells, as far as this process may open it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The record.
    pub record: RecordId,
    /// When it was recorded.
    pub at: Timestamp,
    /// Who.
    pub identity: Option<&'a Guarded<Identity>>,
    /// How to reach them.
    pub contact: Option<&'a Guarded<Contact>>,
    /// Blood group.
    pub health: Option<&'a Guarded<Health>>,
}

/// A value that counts: where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The field.
    pub field: Field,
    /// The record that tells it.
    pub record: RecordId,
    /// Which of the record's values of this field; of other names the name in use is 0, the former names follow.
    pub at: usize,
}

/// What counts, in the order of fields, several values the latest first. The order of the records given does not matter.
pub fn survivors(records: &[Told<'_>]) -> Vec<Kept> {
    let mut latest: Vec<Told<'_>> = records.to_vec();
    latest.sort_by_key(|t| std::cmp::Reverse((t.at, t.record)));
    let identities = || latest.iter().filter_map(|t| Some((t.record, t.identity?.reveal())));
    let contacts = || latest.iter().filter_map(|t| Some((t.record, t.contact?.reveal())));
    let mut out = Vec::new();
    let mut one = |field, record: Option<RecordId>| out.extend(record.map(|record| Kept { field, record, at: 0 }));
    one(Field::Name, identities().next().map(|(r, _)| r));
    one(Field::Sex, identities().find(|(_, i)| i.sex.is_some()).map(|(r, _)| r));
    let full = identities().find(|(_, i)| i.birth.is_some_and(|b| b.day().is_some()));
    one(Field::Birth, full.or_else(|| identities().find(|(_, i)| i.birth.is_some())).map(|(r, _)| r));
    let placed = |c: &Contact| c.address.as_ref().is_some_and(|a| !a.text.is_empty() || a.town.is_some());
    one(Field::Address, contacts().find(|(_, c)| placed(c)).map(|(r, _)| r));
    one(Field::Ethnic, identities().find(|(_, i)| i.ethnic.is_some()).map(|(r, _)| r));
    let grouped = latest.iter().find(|t| t.health.is_some_and(|h| h.reveal().abo.is_some()));
    one(Field::Group, grouped.map(|t| t.record));
    one(Field::Relative, contacts().find(|(_, c)| !c.relatives.is_empty()).map(|(r, _)| r));

    let documents = identities().flat_map(|(r, i)| i.documents.iter().enumerate().map(move |(at, d)| (r, at, (d.kind_code(), d.number()))));
    each_once(Field::Document, documents, &mut out);
    let phones = contacts().flat_map(|(r, c)| c.phones.iter().enumerate().map(move |(at, p)| (r, at, p.as_str())));
    each_once(Field::Phone, phones, &mut out);
    let mails = contacts().flat_map(|(r, c)| c.mails.iter().enumerate().map(move |(at, m)| (r, at, m.as_str())));
    each_once(Field::Mail, mails, &mut out);
    let in_use = identities().next().map(|(_, i)| i.name.as_str());
    let names = identities().flat_map(|(r, i)| {
        let all = std::iter::once(i.name.as_str()).chain(i.former_names.iter().map(super::name::PersonName::as_str));
        all.enumerate().map(move |(at, name)| (r, at, name))
    });
    each_once(Field::OtherName, names.filter(|(_, _, name)| Some(*name) != in_use), &mut out);
    out.sort_by_key(|k| k.field);
    out
}

fn each_once<T: PartialEq>(field: Field, values: impl Iterator<Item = (RecordId, usize, T)>, out: &mut Vec<Kept>) {
    let mut seen: Vec<T> = Vec::new();
    for (record, at, value) in values {
        if !seen.contains(&value) {
            seen.push(value);
            out.push(Kept { field, record, at });
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use uuid::Uuid;

    use super::super::contact::Address;
    use super::super::name::PersonName;
    use super::super::person::{BirthDate, Sex};
    use super::super::phone::Phone;
    use super::*;

    fn identity(name: &str, birth: Option<BirthDate>, sex: Option<Sex>) -> Guarded<Identity> {
        Guarded::new(Identity {
            name: PersonName::parse(name).unwrap(),
            former_names: Vec::new(),
            sex,
            birth,
            ethnic: None,
            documents: Vec::new(),
        })
    }

    fn contact(phones: &[&str], address: &str) -> Guarded<Contact> {
        Guarded::new(Contact {
            phones: phones.iter().map(|p| Phone::parse(p).unwrap()).collect(),
            address: (!address.is_empty()).then(|| Address { text: address.to_owned(), town: None }),
            ..Contact::default()
        })
    }

    fn id(n: u128) -> RecordId {
        RecordId(Uuid::from_u128(n))
    }

    #[test]
    fn the_latest_record_that_tells_a_field_counts_and_lists_keep_every_value_once() {
        let day = NaiveDate::from_ymd_opt(1990, 3, 8).map(BirthDate::Day);
        let old = (identity("王晓燕", day, Some(Sex::Female)), contact(&["16400000001", "16400000002"], "和平村3组"));
        let new = (identity("王小燕", Some(BirthDate::Year(1990)), None), contact(&["16400000003", "16400000001"], ""));
        let records = [(1, &old), (2, &new)].map(|(n, (identity, contact))| Told {
            record: id(n),
            at: Timestamp(10 * i64::try_from(n).unwrap()),
            identity: Some(identity),
            contact: Some(contact),
            health: None,
        });
        let kept = survivors(&records);
        let of = |field| kept.iter().filter(|k| k.field == field).map(|k| (k.record, k.at)).collect::<Vec<_>>();
        assert_eq!(of(Field::Name), [(id(2), 0)]);
        assert_eq!(of(Field::OtherName), [(id(1), 0)], "the older spelling is not lost");
        assert_eq!(of(Field::Sex), [(id(1), 0)], "the newer record does not tell");
        assert_eq!(of(Field::Birth), [(id(1), 0)], "a full date before a year");
        assert_eq!(of(Field::Address), [(id(1), 0)]);
        assert_eq!(of(Field::Phone), [(id(2), 0), (id(2), 1), (id(1), 1)]);
        let backwards = [records[1], records[0]];
        assert_eq!(survivors(&backwards), kept);
        assert!(survivors(&[]).is_empty());
    }
}
