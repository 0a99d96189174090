//! A blood donor on the person's page: what is known, from when what may be given and why, and the forms that record more.

use super::enrol::abo_word;
use super::people::Shown;
use super::{Choice, Field, Select, Slips};
use crate::app::{DonorFact, DonorPage};
use crate::domain::Guarded;
use crate::domain::eligibility::{
    Deferral, Donation, DonationKind, Group, HealthFact, Limit, Reason, RuleSets, SourceOf, Verdict, When, Why, Window,
};
use crate::domain::person::{Abo, Rh};
use crate::domain::span::Span;
use crate::web::form::Entries;
use crate::web::i18n::{Lang, Text};

/// The word of a kind of donation.
pub fn kind_word(kind: DonationKind, text: Text) -> String {
    text.t(&format!("kind-{}", kind.word()))
}

/// A time in words: `6 months`, `90 days`, `1 year`.
pub fn span_words(span: Span, text: Text) -> String {
    let part = |key: &str, n: i32| (n != 0).then(|| text.n(key, n));
    let (years, months) = if span.months % 12 == 0 { (span.months / 12, 0) } else { (0, span.months) };
    let parts = [part("span-years", years), part("span-months", months), part("span-days", span.days)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A rule set's name.
pub fn set_title(sets: &RuleSets, id: &str, text: Text) -> String {
    sets.named(id).map(|set| if text.0 == Lang::English { set.title_en.clone() } else { set.title.clone() }).unwrap_or_default()
}

/// A yearly cap in words.
pub fn cap_words(limit: Limit, window: Window, text: Text) -> String {
    let window = text.t(if window == Window::Rolling { "cap-rolling" } else { "cap-calendar" });
    match limit {
        Limit::Donations(most) => text.nx("cap-donations", most, window),
        Limit::Millilitres(most) => text.nx("cap-millilitres", most, window),
    }
}

/// From when one kind may be given.
#[derive(Debug)]
pub struct VerdictLine {
    /// The kind.
    pub kind: String,
    when: Guarded<String>,
    /// `ok`, `warn` or `stop`.
    pub class: &'static str,
    /// By which rule set.
    pub set: String,
    /// Its id.
    pub set_id: String,
    reasons: Vec<(Guarded<String>, String)>,
}

impl VerdictLine {
    fn of(verdict: &Verdict, sets: &RuleSets, today: chrono::NaiveDate, text: Text) -> Self {
        let (when, class) = match verdict.when {
            When::From(day) if day <= today => (text.t("donor-now"), "ok"),
            When::From(day) => (text.x("donor-from", day), "warn"),
            When::Never => (text.t("donor-never"), "stop"),
            When::NoRules => (text.t("donor-no-rules"), "stop"),
        };
        Self {
            kind: kind_word(verdict.kind, text),
            when: Guarded::new(when),
            class,
            set_id: verdict.set.as_deref().unwrap_or_default().to_owned(),
            set: verdict.set.as_deref().map(|id| set_title(sets, id, text)).unwrap_or_default(),
            reasons: verdict.reasons.iter().map(|reason| (Guarded::new(why(reason, text)), clause(reason, text))).collect(),
        }
    }

    /// The answer.
    pub fn when(&self) -> &str {
        self.when.reveal()
    }

    /// Each reason with its clause.
    pub fn reasons(&self) -> impl Iterator<Item = (&str, &str)> {
        self.reasons.iter().map(|(why, clause)| (why.reveal().as_str(), clause.as_str()))
    }
}

fn why(reason: &Reason, text: Text) -> String {
    let sentence = match reason.why {
        Why::Interval { after, on, span } => text.xy("why-interval", format!("{on} {}", kind_word(after, text)), span_words(span, text)),
        Why::Deferred => text.t("why-deferred"),
        Why::ForGood => text.t("why-for-good"),
        Why::TooYoung(min) => text.n("why-too-young", min),
        Why::TooOld(max) => text.n("why-too-old", max),
        Why::PhysicianDecides(max) => text.n("why-physician", max),
        Why::Cap(limit, window) => cap_words(limit, window, text),
        Why::RulesBegin => text.t("why-rules-begin"),
        Why::AgeUnknown => text.t("why-age-unknown"),
        Why::NoInterval => text.t("why-no-interval"),
    };
    match reason.until {
        Some(until) => text.xy("why-until", sentence, until),
        None => sentence,
    }
}

fn clause(reason: &Reason, text: Text) -> String {
    let Some(cite) = &reason.cite else { return String::new() };
    match cite.basis {
        crate::domain::eligibility::Basis::Stated => cite.clause.clone(),
        crate::domain::eligibility::Basis::Known => text.x("clause-unchecked", &cite.clause),
    }
}

/// Something recorded.
#[derive(Debug)]
pub struct FactLine {
    what: Guarded<String>,
    /// When and by whom.
    pub from: String,
    /// Whether it was undone.
    pub undone: bool,
    /// Its id, where it may be undone.
    pub undo: String,
}

impl FactLine {
    /// In words.
    pub fn what(&self) -> &str {
        self.what.reveal()
    }
}

fn source_word(source: SourceOf, text: Text) -> String {
    text.t(&format!("source-of-{}", source.word()))
}

fn fact_words(fact: &HealthFact, text: Text) -> String {
    match fact {
        HealthFact::Donation(Donation { kind, day, millilitres, units, place, source }) => {
            let mut parts = vec![day.to_string(), kind_word(*kind, text)];
            parts.extend(millilitres.map(|n| format!("{n} mL")));
            parts.extend(units.map(|n| text.n("donor-units", n)));
            parts.extend(place.clone());
            parts.push(source_word(*source, text));
            parts.join(" · ")
        }
        HealthFact::Deferral(Deferral { until: Some(until), source, .. }) => {
            format!("{} · {}", text.x("donor-deferred-until", until), source_word(*source, text))
        }
        HealthFact::Deferral(Deferral { until: None, source, .. }) => {
            format!("{} · {}", text.t("donor-deferred-for-good"), source_word(*source, text))
        }
        HealthFact::Group(group) => group_words(*group, text),
        HealthFact::Asked { day, said, .. } => text.xy("donor-asked", day, text.t(&format!("said-{}", said.word()))),
        HealthFact::Undone(_) => String::new(),
    }
}

fn group_words(group: Group, text: Text) -> String {
    let key = if group.rh == Rh::Positive { "group-positive" } else { "group-negative" };
    format!("{} · {}", text.x(key, abo_word(group.abo)), source_word(group.source, text))
}

/// What is known of a donor, opened.
#[derive(Debug)]
pub struct DonorPart {
    /// Blood group, number of donations, the last ones.
    pub lines: Vec<Shown>,
    /// From when what may be given.
    pub verdicts: Vec<VerdictLine>,
    /// What was recorded.
    pub facts: Vec<FactLine>,
}

/// Last donations shown.
const SHOWN: usize = 10;

impl DonorPart {
    /// Of an opened page; `at` tells when and by whom a fact was recorded.
    pub fn of(page: &DonorPage, may_undo: bool, at: &dyn Fn(&DonorFact) -> String, today: chrono::NaiveDate, text: Text) -> Self {
        let mut lines = Vec::new();
        let mut add = |label: &str, value: String| lines.push(Shown::new(text.t(label), Guarded::new(value)));
        if let Some(group) = page.history.group {
            add("field-group", group_words(group, text));
        }
        if !page.history.donations.is_empty() {
            add("donor-known", text.n("donor-times", page.history.donations.len() as i64));
            let last: Vec<String> =
                page.history.donations.iter().take(SHOWN).map(|d| format!("{} {}", d.day, kind_word(d.kind, text))).collect();
            add("donor-last", last.join(&text.t("list-comma")));
        }
        Self {
            lines,
            verdicts: page.verdicts.iter().map(|v| VerdictLine::of(v, &page.sets, today, text)).collect(),
            facts: page
                .facts
                .iter()
                .map(|fact| FactLine {
                    what: Guarded::new(fact_words(fact.fact.reveal(), text)),
                    from: at(fact),
                    undone: fact.undone,
                    undo: if may_undo && !fact.undone { fact.id.to_string() } else { String::new() },
                })
                .collect(),
        }
    }
}

/// The forms that record a donation, a deferral or a blood group.
#[derive(Debug)]
pub struct DonorForms {
    /// Which form was sent with slips: `given`, `defer`, `group` or nothing.
    pub open: &'static str,
    /// Kind; day, millilitres, units, place; source.
    pub given: (Choice, [Field; 4], Choice),
    /// How, last day, from when, how long, source.
    pub defer: (Choice, Field, Field, Select, Choice),
    /// ABO, RhD, source.
    pub group: (Choice, Choice, Choice),
    /// Occasion, time and clause of the temporary deferrals in force.
    pub waits: Vec<[String; 3]>,
}

fn source_choice(name: &'static str, text: Text) -> Choice {
    SourceOf::ALL.into_iter().fold(Choice::one(text, name, "donor-source").columns(2), |c, s| c.option(s.word(), source_word(s, text)))
}

impl DonorForms {
    /// The forms, as they were filled in.
    pub fn of(sets: &RuleSets, entries: Option<&Entries>, slips: &Slips, today: chrono::NaiveDate, text: Text) -> Self {
        let field = |name, label| Field::new(text, name, label);
        let date = |name, label| field(name, label).hint(text, "hint-date").class("input--short").live(text, "date");
        let number = |name, label| field(name, label).optional(text).class("input--short").with(r#"inputmode="numeric""#);
        let kinds = DonationKind::ALL
            .into_iter()
            .fold(Choice::one(text, "given-kind", "donor-kind").columns(2), |c, k| c.option(k.word(), kind_word(k, text)));
        let rules = sets.on(today);
        let mut spans: Vec<Span> = rules.map(|set| set.deferrals.iter().map(|d| d.span).collect()).unwrap_or_default();
        spans.sort_by_key(|span| span.about_microdays());
        spans.dedup();
        // What is sent is a time that many occasions share, never the occasion.
        let times = spans.into_iter().fold(Select::new(text, "defer-span", "defer-span").option("", ""), |s, span| {
            s.option(span.to_string(), span_words(span, text))
        });
        let how = ["until", "span", "for-good"]
            .into_iter()
            .fold(Choice::one(text, "defer-how", "defer-how"), |c, how| c.option(how, text.t(&format!("defer-how-{how}"))));
        let abo = [Abo::A, Abo::B, Abo::AB, Abo::O]
            .into_iter()
            .fold(Choice::one(text, "group-abo", "donor-abo").columns(2), |c, abo| c.option(abo_word(abo), abo_word(abo).to_owned()));
        let rh = Choice::one(text, "group-rh", "donor-rh")
            .columns(2)
            .option("positive", text.t("donor-rh-positive"))
            .option("negative", text.t("donor-rh-negative"));
        let english = text.0 == Lang::English;
        let open = ["given", "defer", "group"].into_iter().find(|form| slips.0.iter().any(|slip| slip.field.starts_with(form)));
        Self {
            given: (
                kinds.refill(text, entries, slips),
                [
                    date("given-day", "donor-day").refill(text, entries, slips),
                    number("given-ml", "donor-ml").refill(text, entries, slips),
                    number("given-units", "donor-units-label").refill(text, entries, slips),
                    field("given-place", "donor-place").optional(text).refill(text, entries, slips),
                ],
                source_choice("given-source", text).refill(text, entries, slips),
            ),
            defer: (
                how.refill(text, entries, slips),
                date("defer-until", "defer-until").optional(text).refill(text, entries, slips),
                date("defer-from", "defer-from").optional(text).refill(text, entries, slips),
                times.refill(text, entries, slips),
                source_choice("defer-source", text).refill(text, entries, slips),
            ),
            group: (
                abo.refill(text, entries, slips),
                rh.refill(text, entries, slips),
                source_choice("group-source", text).refill(text, entries, slips),
            ),
            waits: rules
                .map(|set| {
                    let line = |d: &crate::domain::eligibility::DeferralRule| {
                        [if english { d.en.clone() } else { d.zh.clone() }, span_words(d.span, text), d.cite.clause.clone()]
                    };
                    set.deferrals.iter().map(line).collect()
                })
                .unwrap_or_default(),
            open: open.unwrap_or_default(),
        }
    }
}
