//! Volunteers: what is known of one on the person's page, with the forms that record more; teams.

use std::collections::HashMap;

use askama::Template;
use uuid::Uuid;

use super::enrol::town_name;
use super::people::Shown;
use super::{Choice, Field, Select, Shell, Slips};
use crate::app::{ServiceLine, VolunteerPage};
use crate::domain::Guarded;
use crate::domain::town::Towns;
use crate::domain::volunteer::{Certificate, ServiceFact, Skill, Team, Validity};
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// The word of a skill.
pub fn skill_word(skill: Skill, text: Text) -> String {
    text.t(&format!("skill-{}", skill.word()))
}

pub(super) fn skill_words(skills: &[Skill], text: Text) -> String {
    skills.iter().map(|skill| skill_word(*skill, text)).collect::<Vec<_>>().join(&text.t("list-comma"))
}

fn team_name(teams: &[Team], number: u32) -> String {
    teams.iter().find(|t| t.number == number).map_or_else(|| number.to_string(), |t| t.name.clone())
}

/// A certificate's validity in words, with `ok`, `warn`, `stop` or nothing.
pub fn validity_words(validity: Validity, text: Text) -> (String, &'static str) {
    match validity {
        Validity::Through(last) => (text.x("cert-through", last), "ok"),
        Validity::Undated => (text.t("cert-undated"), "warn"),
        Validity::Expired(last) => (text.x("cert-expired", last), "stop"),
        Validity::Without => (String::new(), ""),
    }
}

/// Something recorded of a volunteer.
#[derive(Debug)]
pub struct ServiceShown {
    what: Guarded<String>,
    /// When and by whom.
    pub from: String,
    /// Whether it was undone.
    pub undone: bool,
    /// Its id, where it may be undone.
    pub undo: String,
}

impl ServiceShown {
    /// In words.
    pub fn what(&self) -> &str {
        self.what.reveal()
    }
}

fn fact_words(fact: &ServiceFact, teams: &[Team], drives: &HashMap<Uuid, String>, towns: &Towns, text: Text) -> String {
    match fact {
        ServiceFact::Team { team, day, joined } => {
            text.xy(if *joined { "service-joined" } else { "service-left" }, day, team_name(teams, *team))
        }
        ServiceFact::Hours { day, quarters, what, drive, .. } => {
            let mut parts = vec![day.to_string(), text.x("service-hours", quarters)];
            parts.extend(drive.map(|id| drives.get(&id).cloned().unwrap_or_else(|| text.t("drive"))));
            parts.extend((!what.is_empty()).then(|| what.clone()));
            parts.join(" · ")
        }
        ServiceFact::Certificate { number, issued, expires } => {
            format!("{} {number} · {}", text.t("cert"), text.xy("cert-from-to", issued, expires))
        }
        ServiceFact::Skills { skills, town } => {
            let listed = if skills.is_empty() { text.t("skills-none") } else { skill_words(skills, text) };
            match town {
                Some(town) => format!("{}: {listed} · {}", text.t("skills"), town_name(Some(*town), towns, text)),
                None => format!("{}: {listed}", text.t("skills")),
            }
        }
        ServiceFact::Undone(_) => String::new(),
    }
}

/// What is known of a volunteer, opened.
#[derive(Debug)]
pub struct VolunteerPart {
    /// Teams, hours, certificates, skills, town.
    pub lines: Vec<Shown>,
    /// What was recorded.
    pub facts: Vec<ServiceShown>,
}

impl VolunteerPart {
    /// Of an opened page; `at` tells when and by whom a fact was recorded.
    pub fn of(
        page: &VolunteerPage,
        may_undo: bool,
        at: &dyn Fn(&ServiceLine) -> String,
        today: chrono::NaiveDate,
        towns: &Towns,
        text: Text,
    ) -> Self {
        let known = &page.known;
        let mut lines = Vec::new();
        let mut add = |label: &str, value: String| lines.push(Shown::new(text.t(label), Guarded::new(value)));
        let teams: Vec<String> = known.teams.iter().map(|number| team_name(&page.teams, *number)).collect();
        if !teams.is_empty() {
            add("teams", teams.join(&text.t("list-comma")));
        }
        for team in &known.told_teams {
            add("team-told", team.reveal().clone());
        }
        add("service-total", text.x("service-hours", known.hours));
        if let Some(told) = known.told_hours {
            add("service-total-told", text.x("service-hours", told));
        }
        let certificate = |c: &Certificate| {
            let held = c
                .expires
                .map_or_else(|| text.t("cert-undated"), |last| text.x(if last < today { "cert-expired" } else { "cert-through" }, last));
            format!("{} · {held}", c.number.reveal())
        };
        for one in &known.certificates {
            add("cert", certificate(one));
        }
        if !known.skills.is_empty() {
            add("skills", skill_words(&known.skills, text));
        }
        if let Some(town) = known.town {
            add("skill-town", town_name(Some(town), towns, text));
        }
        let facts = page.facts.iter().map(|line| ServiceShown {
            what: Guarded::new(fact_words(line.fact.reveal(), &page.teams, &page.drives, towns, text)),
            from: at(line),
            undone: line.undone,
            undo: if may_undo && !line.undone && ServiceFact::turn(&line.fact).is_none() { line.id.to_string() } else { String::new() },
        });
        Self { lines, facts: facts.collect() }
    }
}

fn town_options(towns: &Towns, text: Text, first: Select) -> Select {
    towns.towns.iter().fold(first, |select, t| select.option(t.code.to_string(), town_name(Some(t.code), towns, text)))
}

/// The forms that record a team, hours, a certificate, skills.
#[derive(Debug)]
pub struct VolunteerForms {
    /// Which form was sent with slips: `team`, `served`, `cert`, `skill` or nothing.
    pub open: &'static str,
    /// Join or leave, which, when; none where there is no team yet.
    pub team: Option<(Choice, Select, Field)>,
    /// When, how long, at which drive, what for.
    pub served: (Field, Field, Select, Field),
    /// Number, issued, expires.
    pub cert: [Field; 3],
    /// Skills, town.
    pub skill: (Choice, Select),
}

impl VolunteerForms {
    /// The forms, as they were filled in. `drives`: id and name, the latest first.
    pub fn of(teams: &[Team], drives: &[(String, String)], towns: &Towns, entries: Option<&Entries>, slips: &Slips, text: Text) -> Self {
        let field = |name, label| Field::new(text, name, label);
        let date = |name, label| field(name, label).hint(text, "hint-date").class("input--short").live(text, "date");
        let standing: Vec<&Team> = teams.iter().filter(|t| t.closed.is_none()).collect();
        let team = (!teams.is_empty()).then(|| {
            let how = Choice::one(text, "team-how", "team-how").columns(2);
            let how = how.option("join", text.t("team-join")).option("leave", text.t("team-leave"));
            // A closed team can still be left.
            let all = standing.iter().copied().chain(teams.iter().filter(|t| t.closed.is_some()));
            let which = all.fold(Select::new(text, "team-which", "team"), |s, t| {
                s.option(t.number.to_string(), if t.closed.is_some() { text.x("team-closed-named", &t.name) } else { t.name.clone() })
            });
            let on = date("team-day", "team-day");
            (how.refill(text, entries, slips), which.refill(text, entries, slips), on.refill(text, entries, slips))
        });
        let none = Select::new(text, "served-drive", "served-drive").optional(text).option("", "");
        let listed = drives.iter().take(DRIVES).fold(none, |s, (id, name)| s.option(id.clone(), name.clone()));
        let skills = Skill::ALL
            .iter()
            .fold(Choice::many(text, "skill-which", "skills").columns(2), |c, skill| c.option(skill.word(), skill_word(*skill, text)));
        let town = town_options(towns, text, Select::new(text, "skill-town", "skill-town").option("", text.t("skill-town-home")));
        let open = ["team", "served", "cert", "skill"].into_iter().find(|form| slips.0.iter().any(|slip| slip.field.starts_with(form)));
        Self {
            team,
            served: (
                date("served-day", "served-day").refill(text, entries, slips),
                field("served-hours", "served-hours")
                    .hint(text, "served-hours-hint")
                    .class("input--short")
                    .with(r#"inputmode="decimal""#)
                    .refill(text, entries, slips),
                listed.refill(text, entries, slips),
                field("served-what", "served-what").hint(text, "served-what-hint").refill(text, entries, slips),
            ),
            cert: [
                field("cert-number", "cert-number").class("input--short").refill(text, entries, slips),
                date("cert-issued", "cert-issued").refill(text, entries, slips),
                date("cert-expires", "cert-expires").refill(text, entries, slips),
            ],
            skill: (skills.refill(text, entries, slips), town.refill(text, entries, slips)),
            open: open.unwrap_or_default(),
        }
    }
}

/// Drives offered for hours, the latest first.
const DRIVES: usize = 50;

/// A team in the list.
#[derive(Debug, Clone)]
pub struct TeamLine {
    /// Its number.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its town; empty for the whole branch.
    pub town: String,
    /// Its last day; empty while it stands.
    pub closed: String,
}

/// The teams, and the form for another.
#[derive(Debug, Template)]
#[template(path = "page/volunteers.html")]
pub struct Teams {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Every team.
    pub lines: Vec<TeamLine>,
    /// Name, town.
    pub fresh: (Field, Select),
}

impl Teams {
    /// The page.
    pub fn of(s: Shell, teams: &[Team], towns: &Towns, entries: Option<&Entries>, slips: Slips) -> Self {
        let text = s.text();
        let line = |team: &Team| TeamLine {
            number: team.number,
            name: team.name.clone(),
            town: team.town.map_or_else(|| text.t("team-whole"), |town| town_name(Some(town), towns, text)),
            closed: team.closed.map(|day| day.to_string()).unwrap_or_default(),
        };
        let town = town_options(towns, text, Select::new(text, "town", "team-town").option("", text.t("team-whole")));
        Self {
            lines: teams.iter().map(line).collect(),
            fresh: (Field::new(text, "name", "team-name").refill(text, entries, &slips), town.refill(text, entries, &slips)),
            slips,
            s,
        }
    }
}
