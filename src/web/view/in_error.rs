//! What was entered in error, and what taking it back would change.

use askama::Template;

use super::people::{registry_word, status_word};
use super::{Choice, Shell, Slips};
use crate::app::{InErrorLine, InErrorPage, Restored, TakenBackLine};
use crate::domain::in_error::InErrorWhy;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::Timestamp;
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// Whether a standing is one that staff may have entered in error: an exit or an enrolment by hand.
pub const fn may_be_in_error(status: EnrolmentStatus) -> bool {
    match status {
        EnrolmentStatus::Enrolled => true,
        EnrolmentStatus::Exited(reason) => !matches!(reason, ExitReason::Donated | ExitReason::Erased | ExitReason::Duplicate),
        EnrolmentStatus::Interest | EnrolmentStatus::Registered | EnrolmentStatus::Undecided => false,
    }
}

/// Something that was entered, in words.
#[derive(Debug)]
pub struct EnteredShown {
    /// What.
    pub what: String,
    /// When and by whom.
    pub when: String,
    /// Why it is not taken back, or was.
    pub why: String,
}

/// The form.
#[derive(Debug)]
pub struct InErrorForm {
    /// Which act, each with what would change.
    pub act: Choice,
    /// Why.
    pub why: Choice,
    /// That the change was read.
    pub sure: Choice,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "page/in_error.html")]
pub struct InError {
    /// The frame.
    pub s: Shell,
    /// Whose.
    pub person: String,
    /// What is wrong with what was sent.
    pub slips: Slips,
    /// The form; none where nothing may be taken back.
    pub form: Option<InErrorForm>,
    /// What stands.
    pub refused: Vec<EnteredShown>,
    /// What was taken back before.
    pub done: Vec<EnteredShown>,
}

/// How instants are printed.
pub type Printed<'a> = &'a dyn Fn(Timestamp) -> String;

impl InError {
    /// The page of a person.
    pub fn of(s: Shell, page: &InErrorPage, printed: Printed<'_>, text: Text, (entries, slips): (Option<&Entries>, Slips)) -> Self {
        let by = |at: Timestamp, by: Option<&String>| by.map_or_else(|| printed(at), |by| text.xy("source-by", printed(at), by));
        let open: Vec<&InErrorLine> = page.lines.iter().filter(|line| line.refused.is_none()).collect();
        let form = (!open.is_empty()).then(|| {
            let act = open.iter().fold(Choice::one(text, "act", "in-error-which"), |choice, line| {
                let label = text.xy("in-error-entered", what(line, text), by(line.at, line.by.as_ref()));
                choice.option(line.act.to_string(), label).small(effects(line, text))
            });
            let why = InErrorWhy::ALL.iter().fold(Choice::one(text, "why", "in-error-why"), |choice, why| {
                choice.option(why.word(), text.t(&format!("in-error-why-{}", why.word())))
            });
            InErrorForm {
                act: act.refill(text, entries, &slips),
                why: why.refill(text, entries, &slips),
                sure: Choice::tick(text, "sure", "in-error-sure").refill(text, entries, &slips),
            }
        });
        let refused = page.lines.iter().filter_map(|line| {
            let why = text.t(line.refused?);
            Some(EnteredShown { what: what(line, text), when: by(line.at, line.by.as_ref()), why })
        });
        let done = page.done.iter().map(|line: &TakenBackLine| EnteredShown {
            what: if line.was.is_empty() { text.t("exit-died") } else { standing_words(line.was.iter().copied(), text) },
            when: by(line.at, line.by.as_ref()),
            why: text.t(&format!("in-error-why-{}", line.why.word())),
        });
        Self { person: page.public_id.to_string(), form, refused: refused.collect(), done: done.collect(), s, slips }
    }
}

fn standing_words(of: impl Iterator<Item = (Registry, EnrolmentStatus)>, text: Text) -> String {
    let one = |(registry, status)| format!("{} {}", registry_word(registry, text), status_word(registry, status, text));
    of.map(one).collect::<Vec<_>>().join(&text.t("list-comma"))
}

/// What was entered.
fn what(line: &InErrorLine, text: Text) -> String {
    if line.death { text.t("exit-died") } else { standing_words(line.moves.iter().map(|m| (m.registry, m.from)), text) }
}

/// What would change, in one line.
fn effects(line: &InErrorLine, text: Text) -> String {
    let mut out: Vec<String> =
        line.moves.iter().map(|m| text.xy("in-error-move", registry_word(m.registry, text), status_word(m.registry, m.to, text))).collect();
    if line.death && line.moves.is_empty() {
        out.push(text.t("in-error-lives"));
    }
    out.extend(line.outside.iter().map(|system| text.x("in-error-outside", text.t(&format!("outside-{}", system.word())))));
    if line.consents {
        out.push(text.t("in-error-consents"));
    }
    if line.sample {
        out.push(text.t("in-error-sample"));
    }
    let left = |of: Registry| line.moves.iter().find(|m| m.registry == of && matches!(m.from, EnrolmentStatus::Exited(_)));
    let stays = |m: &Restored| matches!(m.to, EnrolmentStatus::Undecided | EnrolmentStatus::Exited(_));
    if let Some(m) = left(Registry::StemCell) {
        out.push(text.t(if stays(m) { "in-error-tubes-stay" } else { "in-error-tubes" }));
    }
    if let Some(m) = left(Registry::Volunteer) {
        out.push(text.t(if stays(m) { "in-error-turns-stay" } else { "in-error-turns" }));
    }
    out.join(&text.t("list-comma"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::in_error::REFUSALS;
    use crate::domain::outside::OutsideSystem;
    use crate::web::i18n::Lang;

    #[test]
    fn every_reason_and_every_refusal_is_told_in_both_languages() {
        let mut keys: Vec<String> = REFUSALS.iter().map(|key| (*key).to_owned()).collect();
        keys.extend(InErrorWhy::ALL.iter().map(|why| format!("in-error-why-{}", why.word())));
        keys.extend(OutsideSystem::ALL.iter().map(|system| format!("outside-{}", system.word())));
        keys.extend(["sample-act-in-error", "sample-act-restored", "outside-act-in-error", "action-person-in-error"].map(str::to_owned));
        for lang in Lang::ALL {
            for key in &keys {
                assert!(Text(lang).has(key), "{key} in {}", lang.tag());
            }
        }
    }
}
