//! Instants and civil dates. Nothing here reads a clock.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z. Stored as such in both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant of a chrono date-time, truncated to microseconds.
    pub fn of(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }

    /// The chrono date-time of this instant; instants outside chrono's range become its epoch.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    /// The civil date of this instant in an IANA zone.
    pub fn date_in(self, zone: chrono_tz::Tz) -> NaiveDate {
        self.utc().with_timezone(&zone).date_naive()
    }

    /// This instant moved by seconds.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

/// Reads a civil date of a rules file: a TOML date (`2025-01-31`) or the same in quotes. For `#[serde(deserialize_with)]`.
///
/// # Errors
/// A value that is neither.
pub fn rule_date<'de, D: serde::Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Toml(toml::value::Datetime),
        Text(String),
    }
    let text = match Written::deserialize(from)? {
        Written::Toml(date) => date.to_string(),
        Written::Text(text) => text,
    };
    text.parse().map_err(|_| serde::de::Error::custom("expected a date such as 2025-01-31"))
}

/// Reads several dates of a rule file, each as [`rule_date`].
///
/// # Errors
/// As there.
pub fn rule_dates<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<NaiveDate>, D::Error> {
    #[derive(Deserialize)]
    struct Written(#[serde(deserialize_with = "rule_date")] NaiveDate);
    Ok(Vec::<Written>::deserialize(from)?.into_iter().map(|date| date.0).collect())
}

/// Completed years of age on `day` of somebody born on `birth`; on 29 February, a year completes on 1 March of common years.
pub fn completed_years(birth: NaiveDate, day: NaiveDate) -> Option<u32> {
    day.years_since(birth)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).expect("a valid test date")
    }

    #[test]
    fn age_is_counted_in_completed_years() {
        assert_eq!(completed_years(day(1980, 4, 12), day(2025, 4, 12)), Some(45));
        assert_eq!(completed_years(day(1980, 4, 13), day(2025, 4, 12)), Some(44));
        assert_eq!(completed_years(day(2004, 2, 29), day(2025, 2, 28)), Some(20));
        assert_eq!(completed_years(day(2026, 1, 1), day(2025, 1, 1)), None);
    }
}
