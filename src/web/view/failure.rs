//! Error pages: what happened, what is unchanged, what to do. They never quote what was asked for.

use askama::Template;

use super::Shell;

/// A page for a status of 400 and above.
#[derive(Debug, Template)]
#[template(path = "page/failure.html")]
pub struct Failure {
    /// The frame.
    pub s: Shell,
    /// The status.
    pub status: u16,
}

impl Failure {
    /// The statuses with a text of their own; any other below 500 reads as 400, any other from 500 as 500.
    pub const KNOWN: [u16; 13] = [400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503];

    /// The page with the navigation of whoever is signed in.
    pub fn inside(self) -> FailureInside {
        let (what, todo) = (self.what(), self.todo());
        FailureInside { s: self.s, status: self.status, what, todo }
    }

    fn known(&self) -> u16 {
        match self.status {
            status if Self::KNOWN.contains(&status) => status,
            status if status < 500 => 400,
            _ => 500,
        }
    }

    fn what(&self) -> String {
        self.s.text().t(&format!("failure-{}", self.known()))
    }

    fn todo(&self) -> String {
        self.s.text().t(&format!("failure-{}-do", self.known()))
    }
}

/// The same for somebody who is signed in: with the navigation, so that they go on where they want to.
#[derive(Debug, Template)]
#[template(path = "page/failure_inside.html")]
pub struct FailureInside {
    s: Shell,
    status: u16,
    what: String,
    todo: String,
}
