//! A member of staff at a browser, as the pages' own forms would send it.

use std::io;

use super::http::{Answer, Client};
use super::people::Invented;
use super::program::Server;

pub struct Desk {
    pub client: Client,
    csrf: String,
}

impl Desk {
    /// Signs in.
    ///
    /// # Errors
    /// A line that broke. A refused log-in is a panic: the tests know their passwords.
    pub fn sign_in(server: &Server, login: &str, password: &str) -> io::Result<Self> {
        let mut client = server.client();
        let page = client.get("/sign-in")?;
        let csrf = page.field("csrf").unwrap_or_default();
        let answer = client.post("/sign-in", &[("csrf", &csrf), ("user", login), ("password", password), ("next", "/")])?;
        assert_eq!(answer.status, 303, "log-in of {login}: {}\n{}", answer.text(), server.log_text());
        let csrf = client.get("/drive")?.field("csrf").unwrap_or_default();
        Ok(Self { client, csrf })
    }

    /// Posts a form of the signed-in pages.
    pub fn post(&mut self, path: &str, key: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        let secret = [("csrf", self.csrf.clone()), ("key", key.to_owned())];
        let all: Vec<(&str, &str)> = secret.iter().map(|(k, v)| (*k, v.as_str())).chain(fields.iter().copied()).collect();
        self.client.post(path, &all)
    }

    /// 意向登记 at the table.
    pub fn interest(&mut self, key: &str, person: &Invented, registry: &str) -> io::Result<Answer> {
        let fields = [("name", person.name.as_str()), ("phone", &person.phone), ("mail", ""), ("registries", registry), ("consent", "yes")];
        self.post("/drive", key, &fields)
    }

    /// A full enrolment, every question answered: `stem-cell` or `blood`.
    pub fn enrol(&mut self, key: &str, person: &Invented, registry: &str) -> io::Result<Answer> {
        let mut fields = vec![
            ("name", person.name.as_str()),
            ("document", &person.document),
            ("phone", &person.phone),
            ("consent", "yes"),
            ("sensitive-consent", "yes"),
            ("step", "save"),
        ];
        fields.extend_from_slice(if registry == "blood" { BLOOD } else { STEM_CELL });
        self.post(&format!("/enrol/{registry}"), key, &fields)
    }
}

const BLOOD: &[(&str, &str)] = &[("station-decides", "understood"), ("remind", "yes")];

const STEM_CELL: &[(&str, &str)] = &[
    ("relative1-name", "王建国"),
    ("relative1-relation", "父亲"),
    ("relative1-phone", "13900000001"),
    ("relative2-name", "李桂英"),
    ("relative2-relation", "母亲"),
    ("relative2-phone", "13900000002"),
    ("read-out", "heard"),
    ("family", "supports"),
    ("process", "understood"),
    ("willing", "yes"),
];

/// An idempotency key that nobody used: a UUID of version 8 (RFC 9562 section 5.8).
pub fn key(of: u64) -> String {
    format!("00000000-0000-8000-8000-{of:012x}")
}
