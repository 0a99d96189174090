//! The comparisons and their levels: what two persons have in common, without any weight.

use chrono::{Datelike, NaiveDate};

use super::features::{Features, Tag};
use super::name::NameLevel;

/// A value that is compared; `Prior` stands for what is assumed before any value is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Comparison {
    Prior,
    Name,
    Birth,
    Sex,
    Document,
    Phone,
    Mail,
    Address,
}

impl Comparison {
    /// The stable key, used in locale keys.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Prior => "prior",
            Self::Name => "name",
            Self::Birth => "birth",
            Self::Sex => "sex",
            Self::Document => "document",
            Self::Phone => "phone",
            Self::Mail => "mail",
            Self::Address => "address",
        }
    }
}

macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($(#[$vdoc])* $variant),+
        }
        impl $name {
            /// The stable key of the level.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }
        }
    )+};
}

levels! {
    /// Birth dates, the strongest first.
    BirthLevel {
        /// The same day.
        Same = "same",
        /// Day and month exchanged.
        Swapped = "swapped",
        /// One digit differs, or the year by one.
        OneDigit = "one-digit",
        /// The same month and day, the year within three.
        YearOff = "year-off",
        /// 17 to 50 days apart within a year: a lunar date against the solar one.
        Lunar = "lunar",
        /// Only years known on one side at least, and they are the same.
        SameYear = "same-year",
        /// Not told on one side.
        Missing = "missing",
        /// Another day.
        Different = "different",
    }
    /// Sex.
    SexLevel {
        /// The same.
        Same = "same",
        /// Not told on one side.
        Missing = "missing",
        /// Different.
        Different = "different",
    }
    /// Identity documents.
    DocumentLevel {
        /// One and the same number.
        Same = "same",
        /// Documents of the same kind without a check character, one sign or two neighbours apart.
        Near = "near",
        /// No documents of the same kind on both sides.
        Missing = "missing",
        /// Two valid numbers of the same kind that differ.
        Different = "different",
    }
    /// Own phones.
    PhoneLevel {
        /// A number in common.
        Same = "same",
        /// Numbers one digit or two neighbouring digits apart.
        Near = "near",
        /// The one's own number is the other's relative's.
        OfRelative = "of-relative",
        /// Not told on one side.
        Missing = "missing",
        /// None in common.
        Different = "different",
    }
    /// Mail addresses.
    MailLevel {
        /// An address in common.
        Same = "same",
        /// The same or nearly the same name before the @.
        Near = "near",
        /// Not told on one side.
        Missing = "missing",
        /// None in common.
        Different = "different",
    }
    /// Town, street or village, and house: one comparison, because they depend on each other.
    AddressLevel {
        /// The same street or village and the same numbers.
        SameHouse = "same-house",
        /// The same street or village.
        SameStreet = "same-street",
        /// The same town.
        SameTown = "same-town",
        /// Not told on one side.
        Missing = "missing",
        /// Another town.
        Different = "different",
    }
}

/// What two persons have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Levels {
    pub name: NameLevel,
    /// A former name was needed for the name's level.
    pub former: bool,
    pub birth: BirthLevel,
    pub sex: SexLevel,
    pub document: DocumentLevel,
    pub phone: PhoneLevel,
    pub mail: MailLevel,
    pub address: AddressLevel,
}

/// Compares two persons value by value; symmetric.
pub(super) fn compare(a: &Features, b: &Features) -> Levels {
    let (name, former) = names(a, b);
    Levels {
        name,
        former,
        birth: births(a.birth, b.birth),
        sex: sexes(a.sex, b.sex),
        document: documents(a, b),
        phone: phones(a, b),
        mail: mails(a, b),
        address: addresses(a, b),
    }
}

fn names(a: &Features, b: &Features) -> (NameLevel, bool) {
    let mut best = (NameLevel::Different, false);
    for (was_a, x) in a.names() {
        for (was_b, y) in b.names() {
            let candidate = (x.compare(&y), was_a || was_b);
            if candidate < best {
                best = candidate;
            }
        }
    }
    best
}

fn sexes(a: u8, b: u8) -> SexLevel {
    match (a, b) {
        (0, _) | (_, 0) => SexLevel::Missing,
        _ if a == b => SexLevel::Same,
        _ => SexLevel::Different,
    }
}

fn births(a: i32, b: i32) -> BirthLevel {
    if a == 0 || b == 0 {
        return BirthLevel::Missing;
    }
    if a < 0 || b < 0 {
        let year = |v: i32| if v < 0 { -v } else { NaiveDate::from_num_days_from_ce_opt(v).map_or(0, |d| d.year()) };
        return if year(a) == year(b) { BirthLevel::SameYear } else { BirthLevel::Different };
    }
    if a == b {
        return BirthLevel::Same;
    }
    let (Some(x), Some(y)) = (NaiveDate::from_num_days_from_ce_opt(a), NaiveDate::from_num_days_from_ce_opt(b)) else {
        return BirthLevel::Different;
    };
    if x.year() == y.year() && x.month() == y.day() && x.day() == y.month() {
        return BirthLevel::Swapped;
    }
    let digits =
        |d: NaiveDate| [d.year() / 1000, d.year() / 100 % 10, d.year() / 10 % 10, d.year() % 10].map(|v| u32::try_from(v).unwrap_or(0));
    let rest = |d: NaiveDate| [d.month() / 10, d.month() % 10, d.day() / 10, d.day() % 10];
    let differing =
        digits(x).iter().zip(&digits(y)).filter(|(p, q)| p != q).count() + rest(x).iter().zip(&rest(y)).filter(|(p, q)| p != q).count();
    if differing == 1 {
        return BirthLevel::OneDigit;
    }
    if x.month() == y.month() && x.day() == y.day() && (x.year() - y.year()).abs() <= 3 {
        return BirthLevel::YearOff;
    }
    if (17..=50).contains(&(a - b).abs()) { BirthLevel::Lunar } else { BirthLevel::Different }
}

fn documents(a: &Features, b: &Features) -> DocumentLevel {
    let mut best = DocumentLevel::Missing;
    let mut differ = false;
    for x in a.values(Tag::Document) {
        for y in b.values(Tag::Document) {
            if x == y {
                return DocumentLevel::Same;
            }
            if x.first() == y.first() {
                // Two resident numbers that both pass their check character are never one slip apart.
                if x.first() != Some(&1) && one_slip(x, y) {
                    best = DocumentLevel::Near;
                } else {
                    differ = true;
                }
            }
        }
    }
    if best == DocumentLevel::Missing && differ { DocumentLevel::Different } else { best }
}

fn phones(a: &Features, b: &Features) -> PhoneLevel {
    let mut best = PhoneLevel::Missing;
    for x in a.values(Tag::Phone) {
        for y in b.values(Tag::Phone) {
            if x == y {
                return PhoneLevel::Same;
            }
            if one_slip(x, y) {
                best = PhoneLevel::Near;
            } else if best == PhoneLevel::Missing {
                best = PhoneLevel::Different;
            }
        }
    }
    if best == PhoneLevel::Near {
        return best;
    }
    let named = |p: &Features, q: &Features| p.values(Tag::Phone).any(|x| q.values(Tag::RelativePhone).any(|y| x == y));
    if named(a, b) || named(b, a) { PhoneLevel::OfRelative } else { best }
}

fn mails(a: &Features, b: &Features) -> MailLevel {
    let mut best = MailLevel::Missing;
    for x in a.values(Tag::Mail) {
        for y in b.values(Tag::Mail) {
            if x == y {
                return MailLevel::Same;
            }
            let local = |m: &[u8]| m.iter().position(|c| *c == b'@').map_or(m.len(), |n| n);
            let (lx, ly) = (x.get(..local(x)).unwrap_or_default(), y.get(..local(y)).unwrap_or_default());
            let near = (lx == ly && lx.len() >= 6) || (lx.len().min(ly.len()) >= 5 && one_slip(x, y));
            if near {
                best = MailLevel::Near;
            } else if best == MailLevel::Missing {
                best = MailLevel::Different;
            }
        }
    }
    best
}

fn addresses(a: &Features, b: &Features) -> AddressLevel {
    let (street_a, street_b) = (a.values(Tag::Street).next(), b.values(Tag::Street).next());
    let towns_clash = a.town != 0 && b.town != 0 && a.town != b.town;
    if let (Some(x), Some(y)) = (street_a, street_b)
        && x == y
        && !towns_clash
    {
        let (house_a, house_b) = (a.values(Tag::House).next(), b.values(Tag::House).next());
        return if house_a.is_some() && house_a == house_b { AddressLevel::SameHouse } else { AddressLevel::SameStreet };
    }
    match (a.town, b.town) {
        (0, _) | (_, 0) => AddressLevel::Missing,
        (x, y) if x == y => AddressLevel::SameTown,
        _ => AddressLevel::Different,
    }
}

/// Whether one substitution, one insertion or one exchange of neighbours turns the one into the other.
pub(super) fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (rest_short, rest_long) = (short.get(same..).unwrap_or_default(), long.get(same..).unwrap_or_default());
    match rest_long.len() - rest_short.len() {
        0 => match (rest_short, rest_long) {
            ([x1, x2, x @ ..], [y1, y2, y @ ..]) => rest_short.get(1..) == rest_long.get(1..) || (x1 == y2 && x2 == y1 && x == y),
            ([_], [_]) => true,
            _ => false,
        },
        1 => rest_long.get(1..) == Some(rest_short),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> i32 {
        NaiveDate::from_ymd_opt(y, m, d).expect("a day").num_days_from_ce()
    }

    #[test]
    fn birth_dates_fall_into_the_level_of_their_difference() {
        let base = day(1990, 3, 8);
        for (other, expected) in [
            (base, BirthLevel::Same),
            (day(1990, 8, 3), BirthLevel::Swapped),
            (day(1990, 3, 18), BirthLevel::OneDigit),
            (day(1998, 3, 8), BirthLevel::OneDigit),
            (day(1989, 3, 8), BirthLevel::YearOff),
            (day(1990, 4, 12), BirthLevel::Lunar),
            (-1990, BirthLevel::SameYear),
            (-1991, BirthLevel::Different),
            (0, BirthLevel::Missing),
            (day(1975, 12, 24), BirthLevel::Different),
        ] {
            assert_eq!(births(base, other), expected, "{other}");
            assert_eq!(births(other, base), expected, "{other}");
        }
    }

    #[test]
    fn one_slip_is_one_change_one_sign_more_or_two_neighbours_exchanged() {
        for (a, b) in [("13812345678", "13812345679"), ("13812345678", "1381234567"), ("13812345678", "13812354678"), ("ab", "ba")] {
            assert!(one_slip(a.as_bytes(), b.as_bytes()) && one_slip(b.as_bytes(), a.as_bytes()), "{a} {b}");
        }
        for (a, b) in [("13812345678", "13812346688"), ("13812345678", "138123456"), ("abc", "cba")] {
            assert!(!one_slip(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }
}
