//! The calendar feed of the call desk: how many follow-ups are due on which day, as iCalendar (RFC 5545). Counts and days, nobody's data. Pure.

use chrono::{Days, NaiveDate};

use crate::domain::time::Timestamp;

/// A day with something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedDay {
    /// The day.
    pub day: NaiveDate,
    /// What a calendar shows: words and counts.
    pub summary: String,
}

/// The longest line, in octets, without its line break (RFC 5545, 3.1).
const LINE: usize = 75;

/// The feed. `host` names the events apart from those of other calendars; `link` is the page of follow-ups.
pub fn feed(name: &str, host: &str, link: &str, days: &[FeedDay], now: Timestamp) -> String {
    let stamp = chrono::DateTime::from_timestamp_micros(now.0).unwrap_or_default().format("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    let mut line = |text: &str| fold(text, &mut out);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//donor-registry//follow-ups//EN");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("X-WR-CALNAME:{}", escape(name)));
    line("REFRESH-INTERVAL;VALUE=DURATION:PT2H");
    for day in days {
        let next = day.day.checked_add_days(Days::new(1)).unwrap_or(day.day);
        line("BEGIN:VEVENT");
        // The same day is the same event, whatever it holds when it is fetched again.
        line(&format!("UID:follow-ups-{}@{host}", day.day));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART;VALUE=DATE:{}", day.day.format("%Y%m%d")));
        line(&format!("DTEND;VALUE=DATE:{}", next.format("%Y%m%d")));
        line(&format!("SUMMARY:{}", escape(&day.summary)));
        line(&format!("URL:{link}"));
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// Text as RFC 5545, 3.3.11 wants it.
fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n").replace('\r', "")
}

/// Writes a line, broken where it is too long; never within a character.
fn fold(text: &str, out: &mut String) {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LINE {
            out.push_str("\r\n ");
            used = 1;
        }
        out.push(c);
        used += c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(summary: &str) -> String {
        let day = FeedDay { day: "2026-12-31".parse().unwrap(), summary: summary.into() };
        feed("回访", "dj.example.org", "https://dj.example.org/follow-up", &[day], Timestamp(1_790_000_000_000_000))
    }

    #[test]
    fn every_line_ends_with_a_line_break_and_is_no_longer_than_the_standard_allows() {
        let text = made(&"回访十二项，其中约好两项；".repeat(12));
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        for line in text.split("\r\n") {
            assert!(line.len() <= LINE, "{} octets: {line}", line.len());
            assert!(!line.contains('\n'));
        }
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&"回访十二项，其中约好两项；".repeat(12)), "nothing is lost in folding");
    }

    #[test]
    fn a_day_is_one_event_that_ends_on_the_next_day_and_keeps_its_name() {
        let text = made("3");
        assert!(text.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"), "{text}");
        assert!(text.contains("UID:follow-ups-2026-12-31@dj.example.org\r\n"));
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
        assert!(made("a; b, c\\d").contains("SUMMARY:a\\; b\\, c\\\\d\r\n"));
    }
}
