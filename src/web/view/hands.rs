//! Letters and hand-offs: what goes out by the office's own hands.

use askama::Template;

use super::{Field, Shell, Slips};
use crate::app::{HandsWaiting, LetterOut};
use crate::domain::Guarded;
use crate::followup::compose::Addressee;

/// What waits, and the forms for it.
#[derive(Debug, Template)]
#[template(path = "page/hands.html")]
pub struct Hands {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// How much waits.
    pub waiting: HandsWaiting,
    /// What a short message says.
    pub message: Field,
    /// The results read back.
    pub results: Field,
}

/// The letters of a print run, one a page, the address where a window envelope shows it.
#[derive(Debug, Template)]
#[template(path = "page/letters.html")]
pub struct Letters {
    /// The frame.
    pub s: Shell,
    /// To whom.
    pub to: Vec<Guarded<Addressee>>,
}

impl Letters {
    /// The page of a print run.
    pub fn of(s: Shell, letters: Vec<LetterOut>) -> Self {
        Self { s, to: letters.into_iter().map(|letter| letter.to).collect() }
    }

    fn open<'a>(&self, to: &'a Guarded<Addressee>) -> &'a Addressee {
        to.reveal()
    }
}

/// The bytes of a file of numbers, for the answer that carries it.
pub fn bytes(file: &Guarded<Vec<u8>>) -> Vec<u8> {
    file.reveal().clone()
}

/// The text of a field of results: references and words, no personal data.
pub fn results(typed: &Guarded<String>) -> &str {
    typed.reveal()
}
