//! The rules of eligibility: which are in force, what each says with its clause, and an edition that is proposed.

use askama::Template;

use super::donor::{cap_words, kind_word, span_words};
use super::{Field, Shell};
use crate::app::{ProposedRules, RuleEditions};
use crate::domain::eligibility::{Basis, Cite, Donors, RuleSet, RuleSets, When};
use crate::web::i18n::{Lang, Text};

/// One set of the list.
#[derive(Debug)]
pub struct SetLine {
    /// Its id, also the address.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where it was published.
    pub source: String,
    /// From when it is in force; empty where it is not.
    pub from: String,
    /// Whether it is in force today.
    pub now: bool,
}

/// The list.
#[derive(Debug, Template)]
#[template(path = "page/rules.html")]
pub struct Rules {
    /// The frame.
    pub s: Shell,
    /// The sets.
    pub sets: Vec<SetLine>,
    /// Whether an edition waits, for those who may look at it.
    pub proposed: bool,
}

fn title(set: &RuleSet, text: Text) -> String {
    if text.0 == Lang::English { set.title_en.clone() } else { set.title.clone() }
}

impl Rules {
    /// The list of what is known.
    pub fn of(s: Shell, sets: &RuleSets, today: chrono::NaiveDate, proposed: bool) -> Self {
        let text = s.text();
        let now = sets.on(today).map(|set| set.id.clone());
        let sets = sets.all().iter().map(|set| SetLine {
            id: set.id.to_string(),
            title: title(set, text),
            source: set.source.clone(),
            from: set.valid_from.map(|day| day.to_string()).unwrap_or_default(),
            now: now.as_ref() == Some(&set.id),
        });
        Self { sets: sets.collect(), proposed, s }
    }
}

/// One rule in words, with its clause.
#[derive(Debug)]
pub struct RuleLine {
    /// Of what.
    pub what: String,
    /// What it says.
    pub says: String,
    /// Its clause.
    pub clause: String,
    /// Whether somebody should check it against the text.
    pub unchecked: bool,
}

/// One set.
#[derive(Debug, Template)]
#[template(path = "page/rule_set.html")]
pub struct RuleSetPage {
    /// The frame.
    pub s: Shell,
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Where it was published.
    pub source: String,
    /// From when it is in force; empty where it is not.
    pub from: String,
    /// Its rules.
    pub rules: Vec<RuleLine>,
    /// Temporary deferrals.
    pub waits: Vec<RuleLine>,
    /// Version and when, of every edition put in use.
    pub versions: Vec<(String, String)>,
    /// The day and the text, for an administrator.
    pub edit: Option<(Field, Field)>,
    /// Why the text was refused, in the reader's own words.
    pub refused: String,
}

fn rule_line(what: String, says: String, cite: &Cite) -> RuleLine {
    RuleLine { what, says, clause: cite.clause.clone(), unchecked: cite.basis == Basis::Known }
}

/// The rules of a set in words, and its temporary deferrals.
fn lines(set: &RuleSet, text: Text) -> (Vec<RuleLine>, Vec<RuleLine>) {
    let english = text.0 == Lang::English;
    let mut out = Vec::new();
    for age in &set.ages {
        let what = text.t(if age.of == Donors::First { "rules-age-first" } else { "rules-age-repeat" });
        let mut says = age.max.map_or_else(|| text.n("rules-age-from", age.min), |max| text.nm("rules-age-between", age.min, max));
        if age.by_physician {
            says = text.x("rules-by-physician", says);
        }
        out.push(rule_line(what, says, &age.cite));
    }
    for rule in &set.intervals {
        let what = text.xy("rules-interval", kind_word(rule.after, text), kind_word(rule.before, text));
        let says = match rule.by_physician {
            Some(least) => text.xy("rules-interval-physician", span_words(rule.span, text), span_words(least, text)),
            None => span_words(rule.span, text),
        };
        out.push(rule_line(what, says, &rule.cite));
    }
    for cap in &set.caps {
        let kind = kind_word(cap.kind, text);
        let what = match cap.sex {
            Some(_) => format!("{kind} · {}", super::mask::sex(cap.sex, text)),
            None => kind,
        };
        out.push(rule_line(what, cap_words(cap.limit, cap.window, text), &cap.cite));
    }
    for volume in &set.volumes {
        let list = |values: &[u32]| values.iter().map(u32::to_string).collect::<Vec<_>>().join(" / ");
        let parts = [(list(&volume.millilitres), "mL".to_owned()), (list(&volume.units), text.t("rules-units"))];
        let says: Vec<String> = parts.into_iter().filter(|(n, _)| !n.is_empty()).map(|(n, unit)| format!("{n} {unit}")).collect();
        out.push(rule_line(text.x("rules-volume", kind_word(volume.kind, text)), says.join(&text.t("list-comma")), &volume.cite));
    }
    for told in &set.station {
        let says = if english { told.en.clone() } else { told.zh.clone() };
        out.push(rule_line(text.t("rules-station"), says, &told.cite));
    }
    let wait = |d: &crate::domain::eligibility::DeferralRule| {
        rule_line(if english { d.en.clone() } else { d.zh.clone() }, span_words(d.span, text), &d.cite)
    };
    (out, set.deferrals.iter().map(wait).collect())
}

impl RuleSetPage {
    /// The page of a set; `edit` for an administrator.
    pub fn of(
        s: Shell,
        found: &RuleEditions,
        printed: &dyn Fn(crate::domain::time::Timestamp) -> String,
        edit: Option<(Field, Field)>,
        refused: String,
    ) -> Self {
        let text = s.text();
        let (rules, waits) = lines(&found.set, text);
        Self {
            id: found.set.id.to_string(),
            title: title(&found.set, text),
            source: found.set.source.clone(),
            from: found.set.valid_from.map(|day| day.to_string()).unwrap_or_default(),
            rules,
            waits,
            versions: found.versions.iter().map(|(n, at)| (n.to_string(), printed(*at))).collect(),
            edit,
            refused,
            s,
        }
    }
}

/// An edition that is proposed, and whom it changes anything for.
#[derive(Debug, Template)]
#[template(path = "page/rule_proposed.html")]
pub struct RuleProposed {
    /// The frame.
    pub s: Shell,
    /// The edition: id and name; none where nothing waits.
    pub set: Option<(String, String)>,
    /// From when it would change anything; empty where it is not in force.
    pub from: String,
    /// Lines that go.
    pub gone: Vec<String>,
    /// Lines that come.
    pub come: Vec<String>,
    /// Donors looked at, sooner, later, may again, may no more.
    pub figures: [u64; 5],
    /// Public id, kind, before, after.
    pub people: Vec<[String; 4]>,
    /// Whether this member of staff may decide.
    pub may_decide: bool,
}

impl RuleProposed {
    /// The page.
    pub fn of(s: Shell, found: Option<&ProposedRules>, may_decide: bool) -> Self {
        let text = s.text();
        let when = |when: When| match when {
            When::From(day) => day.to_string(),
            When::Never => text.t("donor-never"),
            When::NoRules => text.t("donor-no-rules"),
        };
        let preview = found.map(|f| &f.preview);
        Self {
            set: found.map(|f| (f.set.id.to_string(), title(&f.set, text))),
            from: found.and_then(|f| f.from).map(|day| day.to_string()).unwrap_or_default(),
            gone: found.map(|f| f.lines.0.clone()).unwrap_or_default(),
            come: found.map(|f| f.lines.1.clone()).unwrap_or_default(),
            figures: preview.map(|p| [p.donors, p.sooner, p.later, p.gained, p.lost]).unwrap_or_default(),
            people: preview
                .map(|p| p.people.iter().map(|(id, kind, a, b)| [id.to_string(), kind_word(*kind, text), when(*a), when(*b)]).collect())
                .unwrap_or_default(),
            may_decide,
            s,
        }
    }
}
