//! Readiness of stem-cell donors: the list, a person's reasons, and how well it foretold.

use askama::Template;

use super::{Shell, mask};
use crate::app::{Calibration, ReadinessLine, ReadinessList};
use crate::domain::Guarded;
use crate::followup::readiness::{Band, Edition, Factor, Line, Readiness};
use crate::web::i18n::{Lang, Text};

/// A line of the list of points, in words, with what it is worth.
pub type Worth = (String, String);

/// A donor of the list.
#[derive(Debug, Clone)]
pub struct Donor {
    /// The person's calendar, where the reasons stand in full.
    pub href: String,
    /// Who, masked.
    pub name: String,
    /// The number.
    pub points: i32,
    /// The band, in a word.
    pub band: String,
    /// The reasons, in words.
    pub reasons: String,
}

/// How the calls of a band came out.
#[derive(Debug, Clone)]
pub struct Came {
    /// The band, in a word.
    pub band: String,
    /// Donors on file.
    pub donors: u64,
    /// Reached and calls.
    pub calls: String,
    /// The share and its interval, or that there are too few calls.
    pub share: String,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "page/readiness.html")]
pub struct ReadinessPage {
    /// The frame.
    pub s: Shell,
    /// The edition's name.
    pub edition: String,
    /// Where it comes from.
    pub source: String,
    /// The list of points.
    pub points: Vec<Worth>,
    /// By band.
    pub came: Vec<Came>,
    /// In the order of the calls.
    pub donors: Vec<Donor>,
    /// When that order was worked out.
    pub as_of: String,
    /// Whether a newer one is being worked out.
    pub newer: bool,
}

/// Fewer calls than this give no share.
const FEW: u64 = 20;

impl ReadinessPage {
    /// The page of a list; `as_of` is when its order was worked out, as printed, `newer` whether that is done anew just now.
    pub fn of(s: Shell, list: &ReadinessList, as_of: String, newer: bool) -> Self {
        let text = s.text();
        let came = Band::ALL.into_iter().zip(list.bands).zip(&list.calibration).map(|((band, donors), calls)| Came {
            band: band_word(band, text),
            donors,
            calls: text.xy("readiness-of", calls.reached, calls.calls),
            share: share(calls, text),
        });
        Self {
            edition: list.edition.name.clone(),
            source: list.edition.source.clone(),
            points: list.edition.points.iter().map(|line| worth(line, text)).collect(),
            came: came.collect(),
            as_of,
            newer,
            donors: list.lines.iter().map(|line| donor(line, text)).collect(),
            s,
        }
    }
}

/// The number of one person with its reasons.
#[derive(Debug, Clone)]
pub struct Own {
    /// The number and the most anybody can have.
    pub points: String,
    /// The band, in a word.
    pub band: String,
    /// The reasons, each with what it is worth.
    pub reasons: Vec<Worth>,
    /// The edition's name.
    pub edition: String,
}

impl Own {
    /// As shown beside a person.
    pub fn of((edition, found): &(Edition, Readiness), text: Text) -> Self {
        Self {
            points: text.xy("readiness-of", found.points, edition.most()),
            band: band_word(found.band, text),
            reasons: found.reasons.iter().map(|line| worth(line, text)).collect(),
            edition: edition.name.clone(),
        }
    }
}

fn band_word(band: Band, text: Text) -> String {
    text.t(&format!("readiness-{}", band.word()))
}

fn worth(line: &Line, text: Text) -> Worth {
    let points = if line.points > 0 { format!("+{}", line.points) } else { line.points.to_string().replace('-', "−") };
    (reason(line, text), points)
}

fn reason(line: &Line, text: Text) -> String {
    let key = format!("readiness-factor-{}", line.factor.word());
    match line.factor {
        // Months are what people think in; the rule counts days.
        Factor::Verified | Factor::Answered | Factor::Recent => {
            text.n(&key, (f64::from(line.within_days.unwrap_or(0)) / 30.44).round() as i64)
        }
        Factor::Silent | Factor::Relatives => text.n(&key, line.at_least.unwrap_or(0)),
        Factor::Mail | Factor::Blood => text.t(&key),
    }
}

fn donor(line: &ReadinessLine, text: Text) -> Donor {
    let name = line.row.identity.as_ref().map(Guarded::reveal).map_or_else(|| text.t("empty-value"), |i| mask::name(&i.name));
    let comma = if text.0 == Lang::Chinese { "；" } else { "; " };
    let reasons: Vec<String> = line.readiness.reasons.iter().map(|r| reason(r, text)).collect();
    Donor {
        href: format!("/people/{}/calendar", line.row.public_id),
        name,
        points: line.readiness.points,
        band: band_word(line.readiness.band, text),
        reasons: reasons.join(comma),
    }
}

fn share(calls: &Calibration, text: Text) -> String {
    let percent = |share: f64| format!("{:.0}%", share * 100.0);
    match calls.interval {
        Some((low, high)) if calls.calls >= FEW => {
            let share = calls.reached as f64 / calls.calls as f64;
            text.xy("readiness-share", percent(share), format!("{}–{}", percent(low), percent(high)))
        }
        _ => text.t("readiness-few"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::followup::readiness::Editions;

    #[test]
    fn every_line_of_the_shipped_list_is_told_in_both_languages() {
        let edition = Editions::shipped().on(chrono::NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()).clone();
        for lang in Lang::ALL {
            let text = Text(lang);
            for line in &edition.points {
                assert!(text.has(&format!("readiness-factor-{}", line.factor.word())), "{line:?}");
                let (words, points) = worth(line, text);
                assert!(!words.is_empty() && (points.starts_with('+') || points.starts_with('−')), "{words} {points}");
            }
            for band in Band::ALL {
                assert!(text.has(&format!("readiness-{}", band.word())));
            }
        }
    }

    #[test]
    fn under_twenty_calls_no_share_is_told() {
        let text = Text(Lang::English);
        let of = |reached, calls| Calibration { band: Band::Low, reached, calls, interval: Some((0.25, 0.75)) };
        assert_eq!(share(&of(5, 19), text), text.t("readiness-few"));
        assert!(share(&of(10, 20), text).contains("50%") && share(&of(10, 20), text).contains("25%–75%"));
    }
}
