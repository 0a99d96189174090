//! 急报: three taps, the page of a death notice, the sheet for when there is no network.

use askama::Template;

use super::people::{PersonLine, Shown};
use super::urgent::{StepFields, StepShown};
use super::{Field, Select, Shell, Slips};
use crate::app::{NoticeCase, PersonPage};
use crate::domain::Guarded;
use crate::domain::contact::{Relative, RelativeRole};
use crate::web::i18n::Text;

/// What was tapped so far, carried along.
#[derive(Debug)]
pub struct Tapped {
    /// Word of the caller.
    pub caller: String,
    /// The number to call back.
    pub call_back: Guarded<String>,
    /// The registrant's number; empty where nobody is registered.
    pub person: String,
}

/// The first tap: who calls, about whom.
#[derive(Debug, Template)]
#[template(path = "page/notice_who.html")]
pub struct NoticeWho {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Name or document number, and the number to call back.
    pub fields: [Field; 2],
    /// Word and label of every caller.
    pub callers: Vec<(&'static str, String)>,
}

/// The second tap: which of those found.
#[derive(Debug, Template)]
#[template(path = "page/notice_pick.html")]
pub struct NoticePick {
    /// The frame.
    pub s: Shell,
    /// What was tapped.
    pub tapped: Tapped,
    /// Who was found, masked.
    pub found: Vec<PersonLine>,
}

impl NoticePick {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// The third tap: died or dying, where and when.
#[derive(Debug, Template)]
#[template(path = "page/notice_when.html")]
pub struct NoticeWhen {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// What was tapped.
    pub tapped: Tapped,
    /// Where and when.
    pub fields: [Field; 2],
    /// When the call came in; empty is now.
    pub called: Field,
}

impl NoticeWhen {
    fn late(&self) -> bool {
        self.slips.of("called").is_some()
    }

    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// Somebody to call.
#[derive(Debug)]
pub struct DeskShown {
    /// Who.
    pub name: String,
    /// The number; empty where the branch entered none.
    pub phone: String,
    /// The time limit in words.
    pub limit: String,
    /// What is left of it, and whether it has passed.
    pub left: Option<(String, bool)>,
    /// Whether they were called already.
    pub called: bool,
    /// The word of the code that notes the call.
    pub code: &'static str,
}

/// An executor or relative.
#[derive(Debug)]
pub struct KinShown {
    /// Name and relation.
    pub who: Guarded<String>,
    /// The number.
    pub phone: Guarded<String>,
    /// What they are to the registrant.
    pub role: String,
}

/// Executors in order, then family.
pub fn kin(page: &PersonPage, text: Text) -> Vec<KinShown> {
    let mut records: Vec<_> = page.view.records().collect();
    records.sort_by_key(|r| std::cmp::Reverse((r.recorded_at, r.id)));
    let mut out: Vec<(u8, String, String, String)> = Vec::new();
    // Whoever was named anew takes the place of those named before; family that stood beside a number is added up.
    let mut told: Vec<RelativeRole> = Vec::new();
    let mut relatives: Vec<&Relative> = Vec::new();
    for contact in records.iter().filter_map(|r| r.contact.as_ref()) {
        let here = &contact.reveal().relatives;
        relatives.extend(here.iter().filter(|r| !told.contains(&r.role)));
        told.extend(here.iter().map(|r| r.role).filter(|role| *role != RelativeRole::Family));
    }
    for relative in relatives {
        let Relative { role, name, relation, phones } = relative;
        let (rank, word) = match role {
            RelativeRole::Executor => (0, text.t("kin-executor")),
            RelativeRole::Family => (1, text.t("kin-family")),
            RelativeRole::Guardian => (1, text.t("kin-guardian")),
            RelativeRole::Contact => (2, text.t("kin-contact")),
        };
        let who = [name.as_ref().map(|n| n.as_str()), relation.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let phone = phones.first().map(|p| p.as_str().to_owned()).unwrap_or_default();
        if !out.iter().any(|(_, known, number, _)| *known == who && *number == phone) {
            out.push((rank, who, phone, word));
        }
    }
    out.sort_by_key(|(rank, ..)| *rank);
    out.into_iter().map(|(_, who, phone, role)| KinShown { who: Guarded::new(who), phone: Guarded::new(phone), role }).collect()
}

/// One death notice.
#[derive(Debug, Template)]
#[template(path = "page/notice.html")]
pub struct NoticePage {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Its own path.
    pub path: String,
    /// Where it stands.
    pub phase: String,
    /// How long ago the death was; empty while dying.
    pub since: String,
    /// Who called, the number to call back, where.
    pub caller: String,
    /// The number to call back.
    pub call_back: Guarded<String>,
    /// Where.
    pub place: Guarded<String>,
    /// Whether the registrant's data are opened.
    pub opened: bool,
    /// The registrant: name, sex and age.
    pub name: Guarded<String>,
    /// The person's page; empty where nobody is registered.
    pub person: String,
    /// Whether a registration for organs or body stands, in words.
    pub standing: String,
    /// Whether it stands.
    pub stands: bool,
    /// Items consented to, each with its uses in words.
    pub items: Vec<(String, String)>,
    /// The words of the list they were read from; empty where the wish was taken down in depth.
    pub written: String,
    /// Items not consented to, in words.
    pub not: Vec<String>,
    /// What the family thought at enrolment.
    pub family: String,
    /// How it stands in other systems.
    pub outside: Vec<(String, String)>,
    /// Whom to call now.
    pub desks: Vec<DeskShown>,
    /// Whether number and time of all of them were confirmed by the branch, and when last.
    pub confirmed: Option<String>,
    /// What the next of kin think, with the day.
    pub opinions: Vec<super::wish::KinLine>,
    /// Whether one of them objects.
    pub objected: bool,
    /// Executors in order, then family; none until opened.
    pub kin: Vec<KinShown>,
    /// Fields of the person, once opened.
    pub fields: Vec<Shown>,
    /// Why the identity is opened.
    pub reason: Select,
    /// What was done.
    pub steps: Vec<StepShown>,
    /// When the step was; empty is now.
    pub when: Field,
    /// Whether the death may be noted: its time begins the limits, so that the field stands open.
    pub may_die: bool,
    /// The form that notes a step; none once it is over.
    pub form: Option<StepFields>,
    /// Where aid to the family and remembrance are taken down; empty before the family has decided.
    pub care: String,
    /// The version to give back.
    pub version: i64,
}

impl NoticePage {
    fn open<'a>(&self, value: &'a Guarded<String>) -> &'a str {
        value.reveal()
    }
}

/// Items consented to, each with its uses in words, and the words of the list they were read from.
pub fn consents(case: &NoticeCase, text: Text) -> (Vec<(String, String)>, String) {
    let wish = case.wish.reveal();
    let word = |written: &String| {
        let key = format!("item-{}", wish.word(written));
        if text.has(&key) { text.t(&key) } else { written.clone() }
    };
    let written = wish.written.iter().map(word).collect::<Vec<_>>().join(&text.t("list-comma"));
    (super::wish::consented(&case.wish, case.in_depth, text), written)
}

/// What the caller said: the number to call back and the place. Masked until the identity was opened.
pub fn told(case: &NoticeCase, opened: bool) -> (Guarded<String>, Guarded<String>) {
    let report = case.report.as_ref().map(Guarded::reveal);
    let value = |v: Option<&String>| {
        let text = v.cloned().unwrap_or_default();
        if opened { text } else { super::mask::raw(&text) }
    };
    let place = report.and_then(|r| r.place.clone()).unwrap_or_default();
    (Guarded::new(value(report.and_then(|r| r.call_back.as_ref()))), Guarded::new(place))
}

/// The sheet for when there is no network: filled in by hand.
#[derive(Debug, Template)]
#[template(path = "page/notice_paper.html")]
pub struct Paper {
    /// The frame.
    pub s: Shell,
    /// The branch's own number.
    pub phone: String,
    /// Whom to call.
    pub desks: Vec<DeskShown>,
}
