//! The keys under which a subject is found: what two rows of one person are likely to share at least one of.

use super::features::{Features, Tag};
use super::name::Name;

/// Combinations of readings of a name that get a key of their own.
const READINGS: usize = 4;

/// What a key is made of; part of the hash.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Kind {
    Document = 1,
    Phone,
    Mail,
    Name,
    Sound,
    Birth,
    House,
    ShortNameTown,
    ShortNameYear,
}

/// All keys of a subject, the most telling first, each once.
pub(super) fn keys(f: &Features) -> Vec<u32> {
    let mut out = Vec::with_capacity(16);
    let mut add = |key: u32| {
        if !out.contains(&key) {
            out.push(key);
        }
    };
    for (tag, kind) in [(Tag::Document, Kind::Document), (Tag::Phone, Kind::Phone), (Tag::Mail, Kind::Mail)] {
        f.values(tag).for_each(|v| add(hash(kind, &[v])));
    }
    if let (Some(street), Some(house)) = (f.values(Tag::Street).next(), f.values(Tag::House).next()) {
        add(hash(Kind::House, &[street, house]));
    }
    for (_, name) in f.names() {
        add(name_key(&name));
        sound_keys(&name).for_each(&mut add);
        shortened(&name, |part| {
            if f.town != 0 {
                add(hash(Kind::ShortNameTown, &[part.as_bytes(), &f.town.to_le_bytes()]));
            }
            if let Some(year) = birth_year(f.birth) {
                add(hash(Kind::ShortNameYear, &[part.as_bytes(), &year.to_le_bytes()]));
            }
        });
    }
    if f.birth > 0 {
        add(hash(Kind::Birth, &[&f.birth.to_le_bytes()]));
    }
    out
}

/// The key of a whole name, whatever the order of its characters.
pub(super) fn name_key(name: &Name<'_>) -> u32 {
    hash(Kind::Name, &[name.sorted().as_bytes()])
}

/// The keys of the letters a name is spelled with.
pub(super) fn sound_keys(name: &Name<'_>) -> impl Iterator<Item = u32> {
    name.letter_counts(READINGS).into_iter().map(|counts| hash(Kind::Sound, &[&counts]))
}

/// The key of a document as packed.
pub(super) fn document_key(packed: &[u8]) -> u32 {
    hash(Kind::Document, &[packed])
}

/// The key of a phone.
pub(super) fn phone_key(digits: &[u8]) -> u32 {
    hash(Kind::Phone, &[digits])
}

/// The key of a mail address in lower case.
pub(super) fn mail_key(mail: &[u8]) -> u32 {
    hash(Kind::Mail, &[mail])
}

fn birth_year(birth: i32) -> Option<i32> {
    use chrono::{Datelike, NaiveDate};
    match birth {
        0 => None,
        y if y < 0 => Some(-y),
        d => NaiveDate::from_num_days_from_ce_opt(d).map(|d| d.year()),
    }
}

/// A Chinese name and the name without each of its characters (deletion neighbourhood): two names one character apart share one.
/// Of names in letters, the words.
fn shortened(name: &Name<'_>, mut each: impl FnMut(&str)) {
    let chars = name.chars();
    if !name.is_han() {
        name.text().split(' ').filter(|w| w.len() >= 2).take(4).for_each(each);
        return;
    }
    match chars {
        [_, _] => each(name.text()),
        [_, _, _] | [_, _, _, _] => (0..chars.len()).for_each(|skip| {
            let mut part = Few::default();
            chars.iter().enumerate().filter(|(i, _)| *i != skip).for_each(|(_, c)| part.push(*c));
            each(part.text());
        }),
        // Long names of minorities: the first three and the last three characters.
        _ => {
            let (mut first, mut last) = (Few::default(), Few::default());
            chars.iter().take(3).for_each(|c| first.push(*c));
            chars.iter().rev().take(3).for_each(|c| last.push(*c));
            each(first.text());
            each(last.text());
        }
    }
}

/// Up to three characters, without a place on the heap.
#[derive(Default)]
struct Few {
    bytes: [u8; 12],
    len: usize,
}

impl Few {
    fn push(&mut self, c: char) {
        if let Some(room) = self.bytes.get_mut(self.len..).filter(|room| room.len() >= c.len_utf8()) {
            self.len += c.encode_utf8(room).len();
        }
    }

    fn text(&self) -> &str {
        self.bytes.get(..self.len).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

/// A 32-bit hash (FNV-1a with a final mix); a chance collision costs one comparison and nothing else.
fn hash(kind: Kind, parts: &[&[u8]]) -> u32 {
    let mut h = 0xcbf2_9ce4_8422_2325u64 ^ (kind as u64);
    for part in parts {
        for byte in *part {
            h = (h ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        h = (h ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    }
    h ^= h >> 33;
    h = h.wrapping_mul(0xff51_afd7_ed55_8ccd);
    u32::try_from(h >> 32).unwrap_or_default()
}
