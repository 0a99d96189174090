//! Letters and hand-offs: what goes out by the office's own hands.

use askama::Template;
use askama::filters::HtmlSafe;

use super::qr::Code;
use super::{Field, Shell, Slips};
use crate::app::{HandOne, HandsWaiting, LetterOut};
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
    /// Until when messages rest for quiet hours or a closed day, where some do.
    pub rests_until: Option<String>,
    /// Whether whoever looks may open what is given out.
    pub gives_out: bool,
    /// What a short message says.
    pub message: Field,
    /// The results read back.
    pub results: Field,
}

/// A letter.
#[derive(Debug)]
pub struct Letter {
    /// To whom.
    pub to: Guarded<Addressee>,
    /// The registrant's own link, as typed; none where no public address is set.
    pub link: Option<Guarded<String>>,
    /// The same as a code.
    pub code: Option<Guarded<String>>,
}

impl Letter {
    /// The letter of a print run; `label` names the code where it is read out.
    pub fn of(to: Guarded<Addressee>, link: Option<&Guarded<String>>, label: &str) -> Self {
        let code = link.and_then(|link| Code::of(link.reveal())).map(|code| Guarded::new(code.svg(label).to_string()));
        let typed = |link: &Guarded<String>| link.map(|link| link.split_once("://").map_or(link.as_str(), |(_, rest)| rest).to_owned());
        Self { to, link: link.map(typed), code }
    }
}

/// The letters of a print run, one a page, the address where a window envelope shows it.
#[derive(Debug, Template)]
#[template(path = "page/letters.html")]
pub struct Letters {
    /// The frame.
    pub s: Shell,
    /// To whom.
    pub to: Vec<Letter>,
    /// How many more wait for the next print run.
    pub left: u64,
    /// The office's telephone.
    pub phone: Option<String>,
    /// The office's address.
    pub address: Option<String>,
}

impl Letters {
    /// The page of a print run; `left` wait for the next one, `office` is its telephone and address.
    pub fn of(s: Shell, letters: Vec<LetterOut>, left: u64, office: (Option<String>, Option<String>)) -> Self {
        let label = s.t("letter-code");
        let to = letters.into_iter().map(|letter| Letter::of(letter.to, letter.link.as_ref(), &label)).collect();
        Self { s, to, left, phone: office.0, address: office.1 }
    }

    fn open<'a>(&self, to: &'a Guarded<Addressee>) -> &'a Addressee {
        to.reveal()
    }

    fn open_link<'a>(&self, link: &'a Guarded<String>) -> &'a str {
        link.reveal()
    }

    /// Drawn by us: no text of anybody's stands in it.
    fn open_code<'a>(&self, code: &'a Guarded<String>) -> Drawn<'a> {
        Drawn(code.reveal())
    }
}

/// A drawing of ours, written out as it is.
struct Drawn<'a>(&'a str);

impl std::fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl HtmlSafe for Drawn<'_> {}

/// One message that takes the place of a call.
#[derive(Debug, Template)]
#[template(path = "page/hand_one.html")]
pub struct HandOnePage {
    /// The frame.
    pub s: Shell,
    /// How many wait.
    pub waiting: u64,
    /// The task.
    pub task: String,
    /// The row version the result is saved on.
    pub version: i64,
    /// The person's page.
    pub person: String,
    /// How they are addressed.
    pub name: Guarded<String>,
    /// Where the message goes.
    pub number: Guarded<String>,
    /// What it says.
    pub message: Field,
}

impl HandOnePage {
    /// The page of a message.
    pub fn of(s: Shell, one: &HandOne, message: Field) -> Self {
        let nobody = s.t("empty-value");
        let name = one.contact.map(|c| c.salutation.as_ref().map_or_else(|| nobody.clone(), |name| name.as_str().to_owned()));
        let number = one.contact.map(|c| c.message_number().map(|phone| phone.as_str().to_owned()).unwrap_or_default());
        Self {
            waiting: one.waiting,
            task: one.task.to_string(),
            version: one.version,
            person: format!("/people/{}", one.person),
            name,
            number,
            message,
            s,
        }
    }

    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::web::i18n::Lang;

    #[test]
    fn a_letter_says_where_to_call_where_to_come_and_which_link_to_open_in_both_languages() {
        for lang in Lang::ALL {
            let shell = || Shell::open(lang, "B", Timestamp(0).date_in(chrono_tz::UTC), String::new());
            let out = || LetterOut {
                task: crate::domain::id::TaskId::fresh(),
                to: Guarded::new(Addressee { name: "赵甲一".into(), address: "东桥街道新桥路9号".into() }),
                link: Some(Guarded::new("https://r.example/l/0123456789abcdefghjkmnpqrstvwxyz".into())),
            };
            let office = (Some("028-0000 0000".to_owned()), Some("示例路 1 号".to_owned()));
            let page = Letters::of(shell(), vec![out()], 7, office).render().unwrap();
            for told in ["028-0000 0000", "示例路 1 号", "r.example/l/0123456789abcdefghjkmnpqrstvwxyz", "class=\"qr\""] {
                assert!(page.contains(told), "{told} in {page}");
            }
            let plain = LetterOut { link: None, ..out() };
            let bare = Letters::of(shell(), vec![plain], 0, (None, None)).render().unwrap();
            assert!(
                !bare.contains("class=\"qr\"")
                    && bare.contains(&Letters::of(shell(), Vec::new(), 0, (None, None)).s.t("letters-no-office"))
            );
            let more = shell().n("letters-left", 7_u64);
            assert!(page.contains(&more) && !bare.contains(&more), "{more}");
        }
    }
}
