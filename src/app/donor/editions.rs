//! An administrator's editions of the rule sets: proposed, looked at, put in use; every version kept.

use chrono::NaiveDate;

use crate::domain::eligibility::{RuleFlaw, RuleSet, RuleSets};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, StoreError};

use super::super::{Actor, App, AppError};
use super::preview::{RulePreview, takes_effect};
use super::rules::{Edition, SETTING, Stored, read, stored};

/// A rule set as it stands, for its page.
#[derive(Debug)]
pub struct RuleEditions {
    /// The set in use.
    pub set: RuleSet,
    /// Its text.
    pub text: String,
    /// Every edition an administrator put in use: version, when.
    pub versions: Vec<(u32, Timestamp)>,
}

/// An edition that was proposed.
#[derive(Debug)]
pub struct ProposedRules {
    /// The set it would be.
    pub set: RuleSet,
    /// From when it would change anything; none where it is not in force.
    pub from: Option<NaiveDate>,
    /// Lines that go, and lines that come.
    pub lines: (Vec<String>, Vec<String>),
    /// Whom it changes anything for.
    pub preview: RulePreview,
}

/// The longest text of a rule set, in bytes.
const LONGEST: usize = 100_000;

impl App {
    /// A rule set with its text and versions.
    ///
    /// # Errors
    /// [`AppError::Missing`] where there is no such set.
    pub async fn rule_set(&self, id: &str) -> Result<RuleEditions, AppError> {
        let all = stored(self.store.setting(SETTING).await?.as_deref())?;
        let set = self.rule_sets().await?.named(id).cloned().ok_or(AppError::Missing("rule set"))?;
        let versions = all.editions.iter().filter(|e| e.set == id).map(|e| (e.version, e.at)).collect();
        Ok(RuleEditions { text: text_of(&all, id).ok_or(AppError::Missing("rule set"))?, set, versions })
    }

    /// Whether an edition waits to be looked at.
    pub async fn rules_proposed(&self) -> Result<bool, AppError> {
        Ok(stored(self.store.setting(SETTING).await?.as_deref())?.proposed.is_some())
    }

    /// Proposes an edition: read and kept, not in use. A flaw comes back, and nothing is kept.
    pub async fn propose_rules(&self, actor: Actor, text: &str, now: Timestamp) -> Result<Result<(), RuleFlaw>, AppError> {
        actor.needs(Right::Administer)?;
        if text.len() > LONGEST {
            return Ok(Err(RuleFlaw::Shape("the text is too long".to_owned())));
        }
        let set = match RuleSet::from_toml(text) {
            Ok(set) => set,
            Err(flaw) => return Ok(Err(flaw)),
        };
        let mut tx = self.store.begin().await?;
        let mut all = stored(tx.setting(SETTING).await?.as_deref())?;
        let version = all.editions.iter().map(|e| e.version).max().unwrap_or(0) + 1;
        let edition = Edition { version, set: set.id.to_string(), text: text.to_owned(), at: now, by: actor.staff() };
        // All of them have to fit together: a set amended has to be there, and no two begin on one day.
        if let Err(flaw) = read(&all.editions.iter().chain([&edition]).cloned().collect::<Vec<_>>()) {
            return Ok(Err(flaw));
        }
        all.proposed = Some(edition);
        tx.put_setting(SETTING, &written(&all)?).await?;
        tx.audit(&entry(now, actor, "rules.propose", &set.id, version)).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Proposes that a set is in force from a day on, or not at all, its values as they are.
    ///
    /// # Errors
    /// As [`App::propose_rules`]; [`AppError::Missing`] where there is no such set.
    pub async fn date_rules(
        &self,
        actor: Actor,
        id: &str,
        from: Option<NaiveDate>,
        now: Timestamp,
    ) -> Result<Result<(), RuleFlaw>, AppError> {
        actor.needs(Right::Administer)?;
        let all = stored(self.store.setting(SETTING).await?.as_deref())?;
        let text = text_of(&all, id).ok_or(AppError::Missing("rule set"))?;
        self.propose_rules(actor, &dated(&text, from), now).await
    }

    /// The edition proposed, and whom it changes anything for: their number, and who they are for those who may see people.
    pub async fn proposed_rules(&self, actor: Actor, now: Timestamp) -> Result<Option<ProposedRules>, AppError> {
        if [Right::Administer, Right::Publish].into_iter().all(|right| actor.needs(right).is_err()) {
            return Err(AppError::Forbidden);
        }
        let all = stored(self.store.setting(SETTING).await?.as_deref())?;
        let Some(edition) = &all.proposed else { return Ok(None) };
        let coming =
            read(&all.editions.iter().chain([edition]).cloned().collect::<Vec<_>>()).map_err(|_| StoreError::Damaged("setting"))?;
        let set = coming.named(&edition.set).cloned().ok_or(StoreError::Damaged("setting"))?;
        let lines = differences(&text_of(&all, &edition.set).unwrap_or_default(), &edition.text);
        let preview = self.rule_preview(actor, &coming, now).await?;
        if !preview.people.is_empty() {
            // Public ids with the day from which somebody may give: one disclosure of a list.
            let mut leaf = entry(now, actor, "rules.preview", &edition.set, edition.version);
            leaf.detail.push(("people", preview.people.len().to_string()));
            let mut tx = self.store.begin().await?;
            tx.audit(&leaf).await?;
            tx.commit().await?;
        }
        Ok(Some(ProposedRules { from: takes_effect(&coming, &edition.set, self.today(now)), set, lines, preview }))
    }

    /// Puts the proposed edition in use, or drops it.
    ///
    /// # Errors
    /// [`AppError::Stale`] where nothing is proposed any more, or another version than was looked at.
    pub async fn decide_rules(&self, actor: Actor, id: &str, take: bool, now: Timestamp) -> Result<(), AppError> {
        actor.needs(Right::Administer)?;
        let mut tx = self.store.begin().await?;
        let mut all = stored(tx.setting(SETTING).await?.as_deref())?;
        let edition = all.proposed.take().filter(|e| e.set == id).ok_or(AppError::Stale)?;
        let leaf = entry(now, actor, if take { "rules.put" } else { "rules.drop" }, &edition.set, edition.version);
        if take {
            all.editions.push(edition);
        }
        tx.put_setting(SETTING, &written(&all)?).await?;
        tx.audit(&leaf).await?;
        tx.commit().await?;
        Ok(())
    }
}

fn entry(now: Timestamp, actor: Actor, action: &'static str, set: &str, version: u32) -> AuditEntry {
    AuditEntry::on(now, actor.staff(), action, "rule-set", None).with("set", set).with("version", version)
}

fn written(all: &Stored) -> Result<String, StoreError> {
    serde_json::to_string(all).map_err(|_| StoreError::Damaged("setting"))
}

/// The text of a set in use: that of its latest edition, else the shipped one.
fn text_of(all: &Stored, id: &str) -> Option<String> {
    let own = all.editions.iter().rev().find(|e| e.set == id).map(|e| e.text.clone());
    let shipped = || RuleSets::shipped_texts().iter().find(|text| RuleSet::from_toml(text).is_ok_and(|set| &*set.id == id));
    own.or_else(|| shipped().map(|text| (*text).to_owned()))
}

/// A set's text with the day it is in force from; comments and values stay as they are.
fn dated(text: &str, from: Option<NaiveDate>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut head = true;
    for line in text.lines() {
        head = head && !line.trim_start().starts_with('[');
        if head && line.trim_start().starts_with("valid_from") {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if head && line.trim_start().starts_with("id ") || head && line.trim_start().starts_with("id=") {
            if let Some(from) = from {
                out.push_str(&format!("valid_from = {from}\n"));
            }
        }
    }
    out
}

/// Lines of the one text that the other lacks, and the other way round, without comments and blanks.
fn differences(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(str::to_owned).collect()
    };
    let (old, new) = (lines(old), lines(new));
    let minus = |a: &[String], b: &[String]| {
        let mut left = b.to_vec();
        let mut out = Vec::new();
        for line in a {
            match left.iter().position(|other| other == line) {
                Some(at) => drop(left.swap_remove(at)),
                None => out.push(line.clone()),
            }
        }
        out
    };
    (minus(&old, &new), minus(&new, &old))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_dated_and_undated_without_touching_its_values() {
        let draft = RuleSets::shipped_texts()[1];
        let day: NaiveDate = "2027-01-01".parse().unwrap();
        let with = dated(draft, Some(day));
        let read = RuleSet::from_toml(&with).unwrap();
        assert_eq!(read.valid_from, Some(day));
        assert_eq!(RuleSet { valid_from: None, ..read }, RuleSet::from_toml(draft).unwrap());
        assert_eq!(RuleSet::from_toml(&dated(&dated(&with, Some(day)), None)).unwrap(), RuleSet::from_toml(draft).unwrap());
        assert_eq!(differences(draft, &with), (Vec::new(), vec!["valid_from = 2027-01-01".to_owned()]));
        assert_eq!(RuleSet::from_toml(&dated(RuleSets::shipped_texts()[0], None)).unwrap().valid_from, None);
    }

    #[test]
    fn a_line_that_stands_twice_and_then_once_is_told() {
        let (gone, come) = differences("a = 1\nb = 2\na = 1\n# x", "b = 2\na = 1\nc = 3\n\n# y");
        assert_eq!((gone, come), (vec!["a = 1".to_owned()], vec!["c = 3".to_owned()]));
    }
}
