//! The rights of registrants: requests with their clocks, the copy of everything, the proof of consent, erasure.

use askama::Template;

use super::{Choice, Field, Select, Shell, Slips};
use crate::app::{ConsentItem, CopyPart, PersonCopy, RightsItem, Silence};
use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, ConsentTexts, Purpose};
use crate::domain::hold::AgainWhy;
use crate::domain::rights::{Asker, DoneHow, Proof, Refusal, Requester, RightsAnswer, RightsKind};
use crate::domain::time::Timestamp;
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// A request in a list.
#[derive(Debug)]
pub struct RequestLine {
    /// Its id.
    pub id: String,
    /// Whose, where known.
    pub person: String,
    /// What is asked for.
    pub kind: String,
    /// Received on.
    pub received: String,
    /// Due on.
    pub due: String,
    /// The clock in words; empty for one that was answered.
    pub left: String,
    /// `ok`, `warn` or `stop`.
    pub class: &'static str,
    /// The answer in words; empty for an open one.
    pub answer: String,
    /// Who asks, and what was seen; empty for the registrants themselves.
    pub asker: String,
    /// How it may have been carried out: word and label; of one way nothing is asked.
    pub ways: Vec<(&'static str, String)>,
    /// Why it may be refused: word and label.
    pub refusals: Vec<(&'static str, String)>,
}

/// From so many days left on, a request is shown as pressing.
const PRESSING: i64 = 7;

impl RequestLine {
    /// A line.
    pub fn of(item: &RightsItem, printed: &dyn Fn(Timestamp) -> String, text: Text) -> Self {
        let left = match item.days_left {
            _ if item.answered.is_some() => String::new(),
            days if days < 0 => text.n("rights-overdue", -days),
            days => text.n("rights-left", days),
        };
        let class = match item.days_left {
            days if days < 0 => "stop",
            days if days <= PRESSING => "warn",
            _ => "ok",
        };
        let answer = item.answered.map(|(at, answer)| answer_words(answer, printed(at), text));
        let who = item.asker.map_or(Requester::Myself, Asker::who);
        let ways: &[DoneHow] = match DoneHow::of(item.kind) {
            [_] => &[],
            several => several,
        };
        Self {
            asker: asker_words(item.asker, text),
            ways: ways.iter().map(|how| (how.word(), text.t(&format!("rights-how-{}", how.word())))).collect(),
            refusals: Refusal::ALL
                .iter()
                .filter(|why| why.fits(item.kind, who))
                .map(|why| (why.word(), text.t(&format!("refusal-{}", why.word()))))
                .collect(),
            id: item.id.to_string(),
            person: item.person.as_ref().map(ToString::to_string).unwrap_or_default(),
            kind: text.t(&format!("rights-kind-{}", item.kind.word())),
            received: item.received.to_string(),
            due: item.due.to_string(),
            left,
            class,
            answer: answer.unwrap_or_default(),
        }
    }
}

fn answer_words(answer: RightsAnswer, at: String, text: Text) -> String {
    match answer {
        RightsAnswer::Done(DoneHow::Here) => text.x("rights-granted", at),
        RightsAnswer::Done(how) => text.xy("rights-granted-how", text.t(&format!("rights-how-{}", how.word())), at),
        RightsAnswer::Refused(Some(why)) => text.xy("rights-refused-why", text.t(&format!("refusal-{}", why.word())), at),
        RightsAnswer::Refused(None) => text.x("rights-refused", at),
    }
}

fn asker_words(asker: Option<Asker>, text: Text) -> String {
    let Some(asker) = asker.filter(|asker| asker.who() != Requester::Myself) else { return String::new() };
    let who = text.t(&format!("asker-{}", asker.who().word()));
    match asker.proof() {
        Some(proof) => text.xy("asker-proved", who, text.t(&format!("asker-proof-{}", proof.word()))),
        None => who,
    }
}

/// Contact allowed again.
#[derive(Debug)]
pub struct Again {
    /// Why, for whoever may note it while contact is refused.
    pub why: Option<Choice>,
    /// When it was allowed before, why, and by whom it was noted.
    pub acts: Vec<(String, String)>,
}

impl Again {
    /// What the page shows of it.
    pub fn of(
        silence: &Silence,
        may: bool,
        printed: &dyn Fn(Timestamp) -> String,
        text: Text,
        (entries, slips): (Option<&Entries>, &Slips),
    ) -> Self {
        let word = |why: AgainWhy| text.t(&format!("again-{}", why.word()));
        let choice = || {
            let choice = Choice::one(text, "again", "again-why");
            AgainWhy::ALL.iter().fold(choice, |c, why| c.option(why.word(), word(*why))).refill(text, entries, slips)
        };
        let act = |line: &crate::app::AgainLine| {
            let when = printed(line.at);
            (word(line.why), line.by.as_ref().map_or_else(|| when.clone(), |by| text.xy("source-by", &when, by)))
        };
        Self { why: (may && silence.stands).then(choice), acts: silence.again.iter().map(act).collect() }
    }
}

/// The choice of who asks, and of what was seen that proves it.
pub fn requesters(text: Text) -> (Select, Select) {
    let who = Select::new(text, "who", "asker");
    let who = Requester::ALL.into_iter().fold(who, |s, who| s.option(who.word(), text.t(&format!("asker-{}", who.word()))));
    let proof = Select::new(text, "proof", "asker-proof").optional(text).option("", text.t("choose"));
    let proof = Proof::ALL.iter().fold(proof, |s, proof| s.option(proof.word(), text.t(&format!("asker-proof-{}", proof.word()))));
    (who.chosen("self"), proof)
}

/// One person's rights.
#[derive(Debug, Template)]
#[template(path = "page/rights.html")]
pub struct RightsPage {
    /// The frame.
    pub s: Shell,
    /// The person's public id.
    pub person: String,
    /// What is wrong with a form.
    pub slips: Slips,
    /// What was asked for.
    pub requests: Vec<RequestLine>,
    /// A new request: what, when.
    pub fresh: (Choice, Field),
    /// Who asks, and what was seen.
    pub asker: (Select, Select),
    /// Whether whoever reads may take the copy, in which the identity stands.
    pub copy: bool,
    /// Contact allowed again.
    pub again: Again,
    /// Erasure: the number typed back, and whether the person wants not to be taken in again; for whom may.
    pub erase: Option<(Field, Choice)>,
}

/// The choice of a new request.
pub fn kinds(text: Text) -> Choice {
    RightsKind::ALL
        .into_iter()
        .fold(Choice::one(text, "kind", "rights-what"), |c, kind| c.option(kind.word(), text.t(&format!("rights-kind-{}", kind.word()))))
}

/// Everything that is not answered yet.
#[derive(Debug, Template)]
#[template(path = "page/rights_open.html")]
pub struct RightsOpen {
    /// The frame.
    pub s: Shell,
    /// Those that are due first.
    pub requests: Vec<RequestLine>,
}

/// A part of the copy.
#[derive(Debug)]
pub struct CopySection<'a> {
    /// Its title.
    pub title: String,
    part: &'a CopyPart,
    text: Text,
}

impl CopySection<'_> {
    /// Each entry: label and value.
    pub fn entries(&self) -> impl Iterator<Item = Vec<(String, &str)>> {
        self.part.entries.iter().map(|entry| entry.iter().map(|(path, value)| (label(path, self.text), value.reveal().as_str())).collect())
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.part.entries.iter().all(Vec::is_empty)
    }
}

/// The word of a value's last name, or the path as it stands in the JSON where it has no word.
fn label(path: &str, text: Text) -> String {
    let last = path.rsplit('.').next().unwrap_or(path);
    let key = format!("copy-{}", last.replace('_', "-"));
    if text.has(&key) { text.t(&key) } else { path.to_owned() }
}

/// A copy of everything, to read and print.
#[derive(Template)]
#[template(path = "page/person_copy.html")]
pub struct CopyPage<'a> {
    /// The frame.
    pub s: Shell,
    /// The person's public id.
    pub person: String,
    /// The parts.
    pub parts: Vec<CopySection<'a>>,
}

impl<'a> CopyPage<'a> {
    /// The page of a copy.
    pub fn of(s: Shell, copy: &'a PersonCopy) -> Self {
        let text = s.text();
        let parts = copy.parts.iter().map(|part| CopySection { title: text.t(&format!("copy-part-{}", part.key)), part, text });
        Self { person: copy.person.to_string(), parts: parts.collect(), s }
    }
}

/// The bytes of the JSON, as they are sent.
pub fn json_of(copy: &PersonCopy) -> Vec<u8> {
    copy.json.reveal().clone()
}

/// One consent of the proof.
#[derive(Debug)]
pub struct ConsentLine {
    /// What for.
    pub purpose: String,
    /// Which version of the text.
    pub version: String,
    /// Its SHA-256 in hexadecimal.
    pub hash: String,
    /// The text itself, where the version shipped is that one.
    pub wording: String,
    /// How it was given.
    pub how: String,
    /// When.
    pub given: String,
    /// When it was withdrawn; empty while it stands.
    pub withdrawn: String,
    /// In front of whom, or recorded by whom; empty where by nobody of staff.
    pub by: String,
    witness: Guarded<String>,
}

impl ConsentLine {
    fn witness(&self) -> &str {
        self.witness.reveal()
    }
}

/// What somebody consented to, to print and sign.
#[derive(Debug, Template)]
#[template(path = "page/consent_proof.html")]
pub struct ConsentProof {
    /// The frame.
    pub s: Shell,
    /// The person's public id.
    pub person: String,
    /// Each consent.
    pub consents: Vec<ConsentLine>,
}

impl ConsentProof {
    /// The page. `branch` is the branch's name in Chinese and in English, `hash` the digest of a text as it was shown.
    pub fn of(
        s: Shell,
        person: String,
        rows: &[ConsentItem],
        texts: &ConsentTexts,
        branch: (&str, &str),
        hash: &dyn Fn(&str) -> Vec<u8>,
        printed: &dyn Fn(Timestamp) -> String,
    ) -> Self {
        let text = s.text();
        let line = |row: &ConsentItem| {
            // The wording is shown where it is the very text that was shown then: in either language with the name the branch has in it,
            // whatever the language of this page, by its hash.
            let wording = texts.versions(row.purpose).flat_map(|t| [t.shown(false, branch.0), t.shown(true, branch.1)]);
            let wording = wording.into_iter().find(|shown| hash(shown) == row.sha256);
            ConsentLine {
                purpose: purpose_word(row.purpose, text),
                version: row.version.clone(),
                hash: row.sha256.iter().map(|b| format!("{b:02x}")).collect(),
                wording: wording.unwrap_or_default(),
                how: text.t(match row.how {
                    ConsentHow::OnScreen => "proof-on-screen",
                    ConsentHow::OnPaper => "proof-on-paper",
                    ConsentHow::SelfService => "proof-self-service",
                }),
                given: printed(row.given),
                withdrawn: row.withdrawn.map(printed).unwrap_or_default(),
                by: row.by.clone().unwrap_or_default(),
                witness: Guarded::new(row.witness.as_ref().map(|name| name.reveal().as_str().to_owned()).unwrap_or_default()),
            }
        };
        Self { person, consents: rows.iter().map(line).collect(), s }
    }
}

/// What a consent is given for, in words.
pub fn purpose_word(purpose: Purpose, text: Text) -> String {
    match purpose {
        Purpose::Contact => text.t("proof-contact"),
        Purpose::Register(registry) => text.x("proof-register", super::people::registry_word(registry, text)),
        Purpose::Sensitive(registry) => text.x("proof-sensitive", super::people::registry_word(registry, text)),
        Purpose::Guardian(registry) => text.x("proof-guardian", super::people::registry_word(registry, text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::COPY_PARTS;
    use crate::web::i18n::Lang;

    #[test]
    fn every_word_of_a_request_and_every_part_of_the_copy_is_told_in_both_languages() {
        let mut keys: Vec<String> = COPY_PARTS.iter().map(|part| format!("copy-part-{part}")).collect();
        keys.extend(Requester::ALL.iter().map(|who| format!("asker-{}", who.word())));
        keys.extend(Proof::ALL.iter().map(|proof| format!("asker-proof-{}", proof.word())));
        keys.extend(Refusal::ALL.iter().map(|why| format!("refusal-{}", why.word())));
        keys.extend(DoneHow::ALL.iter().map(|how| format!("rights-how-{}", how.word())));
        keys.extend(AgainWhy::ALL.iter().map(|why| format!("again-{}", why.word())));
        keys.extend(RightsKind::ALL.iter().map(|kind| format!("rights-{}-first", kind.word())));
        keys.extend(["who", "proof", "received", "how", "refusal"].map(|field| format!("slip-rights-{field}")));
        keys.extend(["again-nothing", "sample-barcode-taken", "flaw-barcode-taken"].map(str::to_owned));
        for lang in Lang::ALL {
            for key in &keys {
                assert!(Text(lang).has(key), "{key} in {}", lang.tag());
            }
        }
    }
}
