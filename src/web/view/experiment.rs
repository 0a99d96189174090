//! Experiments: what was declared, how it stands, and at the end what came of it.

use askama::Template;

use super::Shell;
use crate::app::{Results, Trial, TrialState};
use crate::followup::experiment::{Arm, Way, detectable};
use crate::reports::intervals::{newcombe, wilson};
use crate::web::i18n::Text;

/// An arm as declared.
#[derive(Debug, Clone)]
pub struct ArmLine {
    /// Its name.
    pub name: String,
    /// What is done, in words.
    pub way: String,
    /// Its share.
    pub share: u32,
}

/// An arm's result.
#[derive(Debug, Clone)]
pub struct Came {
    /// Its name.
    pub name: String,
    /// With the outcome, of how many.
    pub counts: String,
    /// The share with its interval.
    pub share: String,
    /// The difference from the usual arm with its interval; none for the usual arm itself.
    pub apart: Option<String>,
}

/// One experiment.
#[derive(Debug, Clone)]
pub struct TrialCard {
    /// What it is about.
    pub title: String,
    /// Its rules.
    pub rules: String,
    /// Its days.
    pub days: String,
    /// The outcome, in words.
    pub outcome: String,
    /// Size and effect, in words.
    pub power: String,
    /// How it stands, in words.
    pub state: String,
    /// Whether it is not carried out.
    pub stopped: bool,
    /// The arms.
    pub arms: Vec<ArmLine>,
    /// The results, once told.
    pub came: Vec<Came>,
    /// Whether an arm has fewer people than declared.
    pub few: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "page/experiments.html")]
pub struct Experiments {
    /// The frame.
    pub s: Shell,
    /// In the order of their files.
    pub trials: Vec<TrialCard>,
}

impl Experiments {
    /// The page of some experiments.
    pub fn of(s: Shell, trials: &[Trial]) -> Self {
        let text = s.text();
        Self { trials: trials.iter().map(|trial| card(trial, text)).collect(), s }
    }
}

fn card(trial: &Trial, text: Text) -> TrialCard {
    let e = &trial.experiment;
    let (state, stopped) = match &trial.state {
        TrialState::Declared => (text.x("trial-declared", e.starts), false),
        TrialState::TooLate => (text.t("trial-too-late"), true),
        TrialState::Changed => (text.t("trial-changed"), true),
        TrialState::Running => (text.x("trial-running", e.told_from()), false),
        TrialState::Told(results) => (text.x("trial-told", results.counted_on), false),
    };
    let came = if let TrialState::Told(results) = &trial.state { results_of(results, text) } else { Vec::new() };
    let few = matches!(&trial.state, TrialState::Told(results) if results.arms.iter().any(|(_, people, _)| *people < e.size));
    let sees = detectable(e.usual_share, e.size).map_or_else(|| text.t("empty-value"), percent);
    TrialCard {
        title: e.title.clone(),
        rules: e.rules.iter().map(|rule| rule.as_str()).collect::<Vec<_>>().join(" "),
        days: text.xy("trial-days", e.starts, e.ends),
        outcome: text.nx("trial-outcome", e.within_days, text.t(&format!("trial-{}", e.outcome.word()))),
        power: text.nx("trial-power", i64::try_from(e.size).unwrap_or(i64::MAX), format!("{} / {sees}", percent(e.effect))),
        state,
        stopped,
        arms: e.arms.iter().map(|arm| arm_line(arm, text)).collect(),
        came,
        few,
    }
}

fn arm_line(arm: &Arm, text: Text) -> ArmLine {
    let way = match &arm.way {
        Way::Usual => text.t("trial-usual"),
        Way::Words(..) => text.t("trial-words"),
        Way::Hours(from, until) => text.xy("trial-hours", from.format("%H:%M"), until.format("%H:%M")),
        Way::By(channel) => text.t(&format!("channel-{}", channel.word())),
        Way::Nothing => text.t("trial-nothing"),
    };
    ArmLine { name: arm.name.clone(), way, share: arm.share }
}

fn results_of(results: &Results, text: Text) -> Vec<Came> {
    let usual = results.arms.first().map_or((0, 0), |(_, people, hits)| (*hits, *people));
    let line = |(at, (name, people, hits)): (usize, &(String, u64, u64))| {
        let range = |low: f64, high: f64| format!("{}–{}", percent(low), percent(high));
        let share = wilson(*hits, *people).map_or_else(
            || text.t("empty-value"),
            |i| text.xy("readiness-share", percent(*hits as f64 / *people as f64), range(i.low, i.high)),
        );
        let apart = (at > 0).then(|| {
            newcombe((*hits, *people), usual)
                .map_or_else(|| text.t("empty-value"), |(apart, i)| text.xy("trial-apart", percent(apart), range(i.low, i.high)))
        });
        Came { name: name.clone(), counts: text.xy("readiness-of", *hits, *people), share, apart }
    };
    results.arms.iter().enumerate().map(line).collect()
}

fn percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0).replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Lang;

    #[test]
    fn the_usual_arm_is_compared_with_nobody_and_the_others_with_it() {
        for lang in Lang::ALL {
            let results = Results {
                counted_on: chrono::NaiveDate::from_ymd_opt(2028, 2, 1).unwrap(),
                arms: vec![("usual".into(), 80, 48), ("evening".into(), 70, 56), ("nobody".into(), 0, 0)],
            };
            let came = results_of(&results, Text(lang));
            assert!(came[0].apart.is_none() && came[0].share.contains("60.0%"));
            let apart = came[1].apart.as_ref().unwrap();
            assert!(apart.contains("20.0%") && apart.contains("5.2%–33.4%"), "{apart}");
            assert_eq!(came[2].share, Text(lang).t("empty-value"));
        }
    }
}
