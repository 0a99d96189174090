//! Follow-ups: today's tasks, one task with its outcome, the plan by month, sending, the first contact of imported people.

use askama::Template;
use chrono::NaiveDate;

use super::said::Said;
use super::{Choice, Field, Shell, Slips, dial, mask};
use crate::app::NumberCounts;
use crate::domain::Guarded;
use crate::domain::person::Identity;
use crate::followup::Kind;
use crate::followup::desk::Script;
use crate::web::i18n::Text;

/// A task in the list.
#[derive(Debug, Clone)]
pub struct TaskLine {
    /// Its page.
    pub href: String,
    /// Whom, masked.
    pub name: String,
    /// Registry and kind, in words.
    pub why: String,
    /// Calls made so far.
    pub rounds: u64,
    /// Readiness in a word, for people on the stem-cell file.
    pub readiness: Option<String>,
    /// Days overdue; nought is today.
    pub overdue: u64,
    /// Whether it is the one shown.
    pub current: bool,
}

/// The task shown.
#[derive(Debug)]
pub struct Task {
    /// Where its outcome is posted.
    pub href: String,
    /// Where the disclosure of name and number is posted.
    pub open: String,
    /// The person's page.
    pub person: String,
    /// Name; masked until opened.
    pub name: Guarded<String>,
    /// Sex, age, town, standing: in words.
    pub about: Vec<String>,
    /// Registry and kind.
    pub why: String,
    /// What the person asked on their own page; none until opened.
    pub question: Option<Guarded<String>>,
    /// The registrant's own numbers; none until opened.
    pub numbers: Vec<dial::Line>,
    /// Numbers of the people they named for it; none until opened.
    pub named: Vec<dial::Line>,
    /// Which number was dialled; none until opened, and where there is no number.
    pub number: Option<Choice>,
    /// The day it comes up, where that is not yet.
    pub later: Option<String>,
    /// A search that ended: a registrar is asked; whether whoever reads the page is one.
    pub lost: Option<bool>,
    /// Where a registrar's answer is posted.
    pub lost_href: String,
    /// Whether name and number are opened.
    pub opened: bool,
    /// How the words are meant, in words.
    pub tone: String,
    /// The words to say after the greeting, each with a quieter note.
    pub say: Vec<(String, String)>,
    /// Whether nobody is called or looked for, because the person wants no calls.
    pub decides: bool,
    /// The outcome.
    pub outcome: Choice,
    /// The day to call again, for the outcome that asks for one.
    pub call_on: Field,
    /// What may have been said in the call.
    pub said: Said,
    /// Other people's calls to the same number that are due; none until opened.
    pub shared: Vec<TaskLine>,
    /// Calls made so far.
    pub rounds: u64,
    /// The row version the outcome is saved on.
    pub version: i64,
    /// Whether it waits for the first contact to be confirmed.
    pub held: bool,
}

/// Today's work.
#[derive(Debug, Template)]
#[template(path = "page/follow_ups.html")]
pub struct FollowUps {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// How many are due.
    pub due: u64,
    /// How many more wait for the first contact to be confirmed.
    pub held: u64,
    /// How many are listed, where not all are.
    pub first: Option<u64>,
    /// Where the list goes on; none on the last page.
    pub next: Option<String>,
    /// Whose day was agreed.
    pub agreed: Vec<TaskLine>,
    /// Due today.
    pub today: Vec<TaskLine>,
    /// Overdue.
    pub overdue: Vec<TaskLine>,
    /// The task shown.
    pub task: Option<Task>,
    /// Mails of which nobody knows whether they arrived.
    pub doubts: u64,
    /// Mails refused for what we are or send, and the latest status: an alert.
    pub refused: Option<(u64, String)>,
}

impl FollowUps {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }

    /// Nothing is listed, and nothing was asked for.
    fn is_empty(&self) -> bool {
        self.task.is_none() && self.today.is_empty() && self.overdue.is_empty() && self.agreed.is_empty()
    }
}

/// After a death was recorded: what to say, and what has stopped.
#[derive(Debug, Template)]
#[template(path = "page/condolence.html")]
pub struct Condolence {
    /// The frame.
    pub s: Shell,
}

/// The outcomes of a call, those that stop something last; each says what it does at once.
pub fn outcomes(kind: Option<Kind>, counts: NumberCounts, text: Text) -> Choice {
    if counts.decides {
        let outcomes = ["decided", "reached", "died-family", "died-other"];
        return outcomes.iter().fold(Choice::one(text, "outcome", "task-outcome").columns(2), |choice, outcome| {
            option(choice, outcome, counts.may_be_lost, text)
        });
    }
    let first: &[&str] = if kind == Some(Kind::ConfirmInterest) { &["meant", "not-meant"] } else { &["reached"] };
    let passed: &[&str] = if counts.named > 0 { &["passed-on"] } else { &[] };
    let rest = ["no-answer", "call-on", "not-in-service", "not-them", "refused-calls", "died-family", "died-other"];
    let found: &[&str] = if counts.searching { &["found"] } else { &[] };
    let last: &[&str] = if counts.searching { &["not-found"] } else { &[] };
    first
        .iter()
        .chain(found)
        .chain(passed)
        .chain(&rest)
        .chain(last)
        .fold(Choice::one(text, "outcome", "task-outcome").columns(2), |choice, outcome| option(choice, outcome, counts.may_be_lost, text))
}

fn option(choice: Choice, outcome: &str, may_be_lost: bool, text: Text) -> Choice {
    let choice = choice.option(outcome, text.t(&format!("outcome-{outcome}")));
    // Who is not counted as lost is looked for again at the next contact that a rule plans.
    let rests = outcome == "not-found" && !may_be_lost;
    let effect = if rests { "outcome-not-found-rests".to_owned() } else { format!("outcome-{outcome}-does") };
    if text.has(&effect) { choice.small(text.t(&effect)) } else { choice }
}

/// The sentences of a script, each with its note where there is one.
pub fn words(script: &Script, text: Text) -> Vec<(String, String)> {
    let note = |key: &str| {
        let note = format!("{key}-not");
        if text.has(&note) { text.t(&note) } else { String::new() }
    };
    script.say.iter().map(|key| (text.t(key), note(key))).collect()
}

/// The name of a task, masked or opened, with sex and age beside it.
pub fn who(identity: Option<&Guarded<Identity>>, opened: bool, day: NaiveDate, text: Text) -> (Guarded<String>, Vec<String>) {
    let Some(identity) = identity.map(Guarded::reveal) else { return (Guarded::new(text.t("empty-value")), Vec::new()) };
    let name = if opened { identity.name.as_str().to_owned() } else { mask::name(&identity.name) };
    let mut about = Vec::new();
    if identity.sex.is_some() {
        about.push(mask::sex(identity.sex, text));
    }
    if let Some(birth) = identity.birth {
        about.push(mask::age(birth, day, text));
    }
    (Guarded::new(name), about)
}

/// The masked name alone, for the list.
pub fn masked_name(identity: Option<&Guarded<Identity>>, text: Text) -> String {
    identity.map_or_else(|| text.t("empty-value"), |i| mask::name(&i.reveal().name))
}

/// What is planned, month by month.
#[derive(Debug, Template)]
#[template(path = "page/plan.html")]
pub struct Plan {
    /// The frame.
    pub s: Shell,
    /// Contacts planned.
    pub planned: u64,
    /// Of these, held until the first contact is confirmed.
    pub held: u64,
    /// Month and contacts.
    pub months: Vec<(String, u64)>,
    /// Channel, contacts, and people they go to.
    pub channels: Vec<(String, u64, u64)>,
    /// Everybody who may be contacted.
    pub people: u64,
    /// Channel and people it reaches; at the end those whom none does.
    pub reachable: Vec<(String, u64)>,
    /// Reason and registrations not planned.
    pub not_planned: Vec<(String, u64)>,
}

/// The people a first contact would reach.
#[derive(Debug, Clone)]
pub struct FirstPreview {
    /// How many people.
    pub people: u64,
    /// Of these, by mail.
    pub by_mail: u64,
    /// Of these, by phone only: calls are planned.
    pub by_phone: u64,
    /// Of these, by letter only.
    pub by_letter: u64,
    /// Of these, without any way to reach them.
    pub unreachable: u64,
    /// The selection, in words.
    pub filter: String,
    /// The selection, carried along.
    pub registry: String,
}

/// 发起首次联系.
#[derive(Debug, Template)]
#[template(path = "page/first_contact.html")]
pub struct FirstContact {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Which people.
    pub registry: Choice,
    /// The preview, once a selection was made.
    pub preview: Option<FirstPreview>,
    /// The count typed back.
    pub count: Field,
    /// Whether whoever reads the page may confirm it.
    pub may_confirm: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::desk::{CallStanding, script};
    use crate::web::i18n::Lang;

    #[test]
    fn every_kind_has_a_name_and_every_script_its_words_in_both_languages() {
        for lang in Lang::ALL {
            let text = Text(lang);
            for kind in Kind::ALL {
                assert!(text.has(&format!("kind-{}", kind.word())), "{kind:?}");
                for in_file in [false, true] {
                    let words = script(Some(*kind), CallStanding { stem_cell_in_file: in_file, ..CallStanding::default() });
                    for key in words.say {
                        assert!(text.has(key), "{key} in {}", lang.tag());
                    }
                }
            }
        }
    }

    #[test]
    fn a_search_ends_without_a_way_and_a_message_is_passed_on_only_where_that_is_possible() {
        use askama::Template;
        let of = |counts| outcomes(Some(Kind::Availability), counts, Text(Lang::English)).render().unwrap();
        let plain = of(NumberCounts { own: 2, ..NumberCounts::default() });
        assert!(!plain.contains("not-found") && !plain.contains("passed-on"));
        assert!(of(NumberCounts { named: 1, ..NumberCounts::default() }).contains("value=\"passed-on\""));
        let search = of(NumberCounts { searching: true, may_be_lost: true, ..NumberCounts::default() });
        assert!(search.contains("value=\"not-found\"") && search.contains("value=\"found\"") && search.contains("lost"), "{search}");
        let rests = of(NumberCounts { searching: true, ..NumberCounts::default() });
        assert!(rests.contains("value=\"not-found\"") && !rests.contains("lost"), "{rests}");
        let decides = of(NumberCounts { decides: true, ..NumberCounts::default() });
        assert!(decides.contains("value=\"decided\"") && !decides.contains("no-answer") && !plain.contains("decided"));
    }

    #[test]
    fn a_third_party_hears_one_sentence_and_nobody_is_greeted_as_a_registrant() {
        assert_eq!(Text(Lang::Chinese).t("script-third"), "“区红十字会，请他方便时回电。”");
        for lang in Lang::ALL {
            let hello = Text(lang).x("script-hello", "B");
            for word in ["回访", "登记", "捐", "donor", "regist", "follow"] {
                assert!(!hello.to_lowercase().contains(word), "{hello}");
            }
        }
    }

    #[test]
    fn every_outcome_is_told_and_those_that_stop_something_say_so() {
        for lang in Lang::ALL {
            let text = Text(lang);
            for outcome in [
                "reached",
                "meant",
                "not-meant",
                "no-answer",
                "call-on",
                "not-in-service",
                "not-them",
                "refused-calls",
                "passed-on",
                "not-found",
                "found",
            ] {
                assert!(text.has(&format!("outcome-{outcome}")), "{outcome}");
            }
            for outcome in
                ["not-meant", "not-in-service", "not-them", "refused-calls", "died-family", "died-other", "not-found", "passed-on", "found"]
            {
                assert!(text.has(&format!("outcome-{outcome}-does")), "{outcome}");
            }
        }
    }
}
