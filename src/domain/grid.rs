//! The global registration identifier of a stem-cell donor (GRID): 19 characters, of which the last two are a check.
//!
//! Four digits of the issuing organisation (ION), thirteen letters or digits of the registration (RDI), two digits of the check character of
//! ISO/IEC 7064 MOD 37-2 over the seventeen before (docs/domain 1c; EMDIS data dictionary, field 448).

use super::Guarded;
use super::guarded::opaque_debug;
use zeroize::Zeroize;

/// Characters of the issuing organisation.
const ION: usize = 4;
/// Characters before the check.
const BODY: usize = 17;
/// Characters in all.
const WHOLE: usize = 19;
/// The modulus of the check.
const MODULUS: u32 = 37;

/// A GRID whose check fits, in capital letters and without spaces.
#[derive(Clone, PartialEq, Eq)]
pub struct Grid(String);

impl Zeroize for Grid {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

opaque_debug!(Grid);

/// Why a text is no GRID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridFlaw {
    /// Not 19 characters.
    Length,
    /// A character that none has, or letters where the issuing organisation or the check stands.
    Form,
    /// The last two digits do not fit the rest.
    Check,
}

impl GridFlaw {
    /// The locale key of the sentence that says so.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Length => "slip-grid-length",
            Self::Form => "slip-grid-form",
            Self::Check => "slip-grid-check",
        }
    }
}

/// The value of a character in MOD 37-2.
fn value(c: u8) -> Option<u32> {
    match c {
        b'0'..=b'9' => Some(u32::from(c - b'0')),
        b'A'..=b'Z' => Some(u32::from(c - b'A') + 10),
        _ => None,
    }
}

/// The check of ISO/IEC 7064 MOD 37-2 as a number from 0 to 36 (36 is the star of the standard); none where a character has no value.
pub fn check_of(body: &str) -> Option<u32> {
    let sum = body.bytes().try_fold(0, |sum, c| Some((sum + value(c)?) * 2 % MODULUS))?;
    Some((MODULUS + 1 - sum) % MODULUS)
}

impl Grid {
    /// Reads a GRID as typed: spaces and hyphens between groups and small letters are taken.
    ///
    /// # Errors
    /// [`GridFlaw`], without the text.
    pub fn of_typed(typed: &Guarded<String>) -> Result<Guarded<Self>, GridFlaw> {
        let plain = super::written::plain(typed.reveal());
        let mut text: String = plain.chars().filter(|c| !c.is_whitespace() && *c != '-').flat_map(char::to_uppercase).collect();
        let read = Self::parse(&text);
        text.zeroize();
        read.map(Guarded::new)
    }

    fn parse(text: &str) -> Result<Self, GridFlaw> {
        if text.chars().count() != WHOLE {
            return Err(GridFlaw::Length);
        }
        let bytes = text.as_bytes();
        let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
        if bytes.len() != WHOLE || !digits(&bytes[..ION]) || !digits(&bytes[BODY..]) {
            return Err(GridFlaw::Form);
        }
        let (body, check) = text.split_at(BODY);
        let found = check_of(body).ok_or(GridFlaw::Form)?;
        if check.parse() != Ok(found) {
            return Err(GridFlaw::Check);
        }
        Ok(Self(text.to_owned()))
    }

    /// The characters, for sealing and for whoever may see them.
    pub fn text(of: &Guarded<Self>) -> Guarded<String> {
        Guarded::new(of.reveal().0.clone())
    }

    /// The keyed digest it is found by.
    pub fn tag(of: &Guarded<Self>, keyed: &dyn super::Keyed) -> [u8; 32] {
        keyed.tag("outside/grid", of.reveal().0.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of an NMDP FHIR guide.
    const EXAMPLE: &str = "6939DKM001392612726";

    fn read(text: &str) -> Result<String, GridFlaw> {
        Grid::of_typed(&Guarded::new(text.to_owned())).map(|grid| Grid::text(&grid).reveal().clone())
    }

    #[test]
    fn the_vectors_of_the_standard_fit() {
        assert_eq!(check_of("6939DKM0013926127"), Some(26));
        // A donation number of the JPAC Red Book, annex 2: its check character is H.
        assert_eq!(check_of("G123498654321"), Some(17));
        assert_eq!(read(EXAMPLE).as_deref(), Ok(EXAMPLE));
        assert_eq!(read(" 6939 dkm0 0139 2612 726 ").as_deref(), Ok(EXAMPLE), "groups and small letters");
        assert_eq!(read("６９３９-DKM0-0139-2612-726").as_deref(), Ok(EXAMPLE), "full width and hyphens");
    }

    #[test]
    fn what_is_wrong_is_told_apart() {
        assert_eq!(read(""), Err(GridFlaw::Length));
        assert_eq!(read("6939DKM00139261272"), Err(GridFlaw::Length));
        assert_eq!(read("6939DKM0013926127260"), Err(GridFlaw::Length));
        assert_eq!(read("A939DKM001392612726"), Err(GridFlaw::Form));
        assert_eq!(read("6939DKM0013926127AA"), Err(GridFlaw::Form));
        assert_eq!(read("6939DKM00139261_726"), Err(GridFlaw::Form));
        assert_eq!(read("6939DKM00139261红726"), Err(GridFlaw::Form));
        assert_eq!(read("6939DKM001392612774"), Err(GridFlaw::Check), "the check of MOD 97-10 is another one");
        let over: String = ["6939DKM0013926127", "63"].concat();
        assert_eq!(read(&over), Err(GridFlaw::Check), "26 and 37 more is no check: there are 37 of them");
    }

    fn whole() -> impl Strategy<Value = String> {
        "[0-9]{4}[0-9A-Z]{13}".prop_map(|body| {
            let check = check_of(&body).expect("every character has a value");
            format!("{body}{check:02}")
        })
    }

    proptest! {
        #[test]
        fn any_single_character_that_is_changed_is_found(grid in whole(), at in 0..WHOLE, other in "[0-9A-Z]") {
            prop_assert_eq!(read(&grid), Ok(grid.clone()));
            let mut changed = grid.clone();
            changed.replace_range(at..=at, &other);
            prop_assume!(changed != grid);
            prop_assert!(read(&changed).is_err());
        }

        // What the standard promises is about one check character; where it is written as two digits, the swap of its first digit with the
        // character before it is a change of two values and may pass.
        #[test]
        fn two_neighbours_that_are_swapped_are_found(grid in whole(), at in 0..WHOLE - 1) {
            prop_assume!(at != BODY - 1);
            let mut swapped = grid.clone().into_bytes();
            swapped.swap(at, at + 1);
            let swapped = String::from_utf8(swapped).expect("letters and digits");
            prop_assume!(swapped != grid);
            prop_assert!(read(&swapped).is_err());
        }
    }
}
