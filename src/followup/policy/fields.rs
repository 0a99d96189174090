//! One TOML table, read field by field, so that every error names rule and field.

use chrono::{NaiveDate, NaiveTime};
use toml::{Table, Value};

use crate::domain::span::Span;
use crate::followup::error::FollowupError;

/// A table whose fields are taken out one by one; what is left at the end is unknown.
pub(super) struct Fields<'a> {
    file: &'a str,
    rule: Option<String>,
    table: Table,
}

impl<'a> Fields<'a> {
    /// The fields of a table; `rule` names the rule it is.
    pub(super) fn new(file: &'a str, rule: Option<String>, table: Table) -> Self {
        Self { file, rule, table }
    }

    /// Names the rule from here on.
    pub(super) fn name(&mut self, rule: &str) {
        self.rule = Some(rule.to_owned());
    }

    /// An error at a field.
    pub(super) fn wrong(&self, field: &str, problem: impl Into<String>) -> FollowupError {
        let (file, field, problem) = (self.file.to_owned(), field.to_owned(), problem.into());
        match &self.rule {
            Some(rule) => FollowupError::PolicyRule { file, rule: rule.clone(), field, problem },
            None => FollowupError::PolicyField { file, field, problem },
        }
    }

    /// A required field.
    pub(super) fn need<T>(
        &mut self,
        field: &str,
        take: impl FnOnce(&mut Self, &str) -> Result<Option<T>, FollowupError>,
    ) -> Result<T, FollowupError> {
        take(self, field)?.ok_or_else(|| self.wrong(field, "missing"))
    }

    /// A text.
    pub(super) fn text(&mut self, field: &str) -> Result<Option<String>, FollowupError> {
        match self.table.remove(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(field, format!("a text in quotes is wanted, not {}", other.type_str()))),
        }
    }

    /// True or false; absent is false.
    pub(super) fn flag(&mut self, field: &str) -> Result<bool, FollowupError> {
        match self.table.remove(field) {
            None => Ok(false),
            Some(Value::Boolean(flag)) => Ok(flag),
            Some(other) => Err(self.wrong(field, format!("true or false is wanted, not {}", other.type_str()))),
        }
    }

    /// A whole number from 0 to `most`.
    pub(super) fn number(&mut self, field: &str, most: u32) -> Result<Option<u32>, FollowupError> {
        match self.table.remove(field) {
            None => Ok(None),
            Some(Value::Integer(number)) => match u32::try_from(number) {
                Ok(number) if number <= most => Ok(Some(number)),
                _ => Err(self.wrong(field, format!("{number} lies outside 0 to {most}"))),
            },
            Some(other) => Err(self.wrong(field, format!("a whole number is wanted, not {}", other.type_str()))),
        }
    }

    /// A calendar distance.
    pub(super) fn span(&mut self, field: &str) -> Result<Option<Span>, FollowupError> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let span = Span::parse(&text)
            .ok_or_else(|| self.wrong(field, format!("`{text}` is not a distance such as \"12 months\" or \"6 months 14 days\"")))?;
        Ok(Some(span))
    }

    /// A calendar distance that does not point backwards.
    pub(super) fn span_ahead(&mut self, field: &str) -> Result<Option<Span>, FollowupError> {
        let span = self.span(field)?;
        if span.is_some_and(|s| s.months < 0 || s.days < 0) {
            return Err(self.wrong(field, "it must not be negative"));
        }
        Ok(span)
    }

    /// A date, as a TOML date or in quotes.
    pub(super) fn date(&mut self, field: &str) -> Result<Option<NaiveDate>, FollowupError> {
        match self.table.remove(field) {
            None => Ok(None),
            Some(value) => self.read_date(field, &value).map(Some),
        }
    }

    /// A list of dates; absent is empty.
    pub(super) fn dates(&mut self, field: &str) -> Result<Vec<NaiveDate>, FollowupError> {
        match self.table.remove(field) {
            None => Ok(Vec::new()),
            Some(Value::Array(values)) => values.iter().map(|v| self.read_date(field, v)).collect(),
            Some(other) => Err(self.wrong(field, format!("a list of dates is wanted, not {}", other.type_str()))),
        }
    }

    fn read_date(&self, field: &str, value: &Value) -> Result<NaiveDate, FollowupError> {
        let text = match value {
            Value::Datetime(at) if at.time.is_none() => at.to_string(),
            Value::String(text) => text.clone(),
            other => return Err(self.wrong(field, format!("a date such as 2026-01-31 is wanted, not {}", other.type_str()))),
        };
        text.parse().map_err(|_| self.wrong(field, format!("`{text}` is not a date of the calendar")))
    }

    /// A local time of day, e.g. `"21:00"`.
    pub(super) fn time(&mut self, field: &str) -> Result<Option<NaiveTime>, FollowupError> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let time = NaiveTime::parse_from_str(&text, "%H:%M")
            .map_err(|_| self.wrong(field, format!("`{text}` is not a time such as \"21:00\"")))?;
        Ok(Some(time))
    }

    /// A stretch of the day, e.g. `"18:00-20:00"`.
    pub(super) fn window(&mut self, field: &str) -> Result<Option<(NaiveTime, NaiveTime)>, FollowupError> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        let time = |part: &str| NaiveTime::parse_from_str(part, "%H:%M").ok();
        let read = text.split_once('-').and_then(|(from, until)| time(from).zip(time(until))).filter(|(from, until)| from < until);
        read.map(Some).ok_or_else(|| self.wrong(field, format!("`{text}` is not a stretch of one day such as \"18:00-20:00\"")))
    }

    /// A list of words, each read by `read`; `allowed` is what an error names.
    pub(super) fn words<T>(
        &mut self,
        field: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<Vec<T>>, FollowupError> {
        let values = match self.table.remove(field) {
            None => return Ok(None),
            Some(Value::Array(values)) => values,
            Some(other) => return Err(self.wrong(field, format!("a list of words is wanted, not {}", other.type_str()))),
        };
        let mut out = Vec::with_capacity(values.len());
        for value in values {
            let word = value.as_str().and_then(&read);
            out.push(word.ok_or_else(|| self.wrong(field, format!("{value} is not one of {allowed}")))?);
        }
        Ok(Some(out))
    }

    /// A table within.
    pub(super) fn table(&mut self, field: &str) -> Result<Option<Fields<'a>>, FollowupError> {
        match self.table.remove(field) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(Fields { file: self.file, rule: self.rule.clone(), table })),
            Some(other) => Err(self.wrong(field, format!("a table is wanted, not {}", other.type_str()))),
        }
    }

    /// A list of tables; absent is empty.
    pub(super) fn tables(&mut self, field: &str) -> Result<Vec<Table>, FollowupError> {
        let values = match self.table.remove(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(values)) => values,
            Some(other) => return Err(self.wrong(field, format!("tables [[{field}]] are wanted, not {}", other.type_str()))),
        };
        values
            .into_iter()
            .map(|value| match value {
                Value::Table(table) => Ok(table),
                other => Err(self.wrong(field, format!("tables [[{field}]] are wanted, not {}", other.type_str()))),
            })
            .collect()
    }

    /// Refuses fields nobody asked for: a typing error must not switch a rule's condition off.
    pub(super) fn finish(self) -> Result<(), FollowupError> {
        match self.table.keys().next() {
            None => Ok(()),
            Some(field) => Err(self.wrong(field, "no such field; check its spelling")),
        }
    }
}
