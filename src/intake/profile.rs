//! Header words and limits of one registry, as dated data.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;
use thiserror::Error;

use crate::domain::registry::Registry;

use super::field::Field;
use super::heading::fold;

/// The header words and limits of one registry, from a day on.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// For which registry; `None` for words that every registry shares.
    pub registry: Option<Registry>,
    /// First day these words hold.
    pub valid_from: NaiveDate,
    /// Whether an office gave it: its words win over the shipped ones.
    pub office: bool,
    /// Folded whole headings with their rank in the list.
    pub(super) words: BTreeMap<String, Vec<(Field, usize)>>,
    /// Parts of headings, longest first; of `a+b` both must stand in the heading.
    pub(super) parts: Vec<(Vec<String>, Field)>,
    /// Role words (contact, executor, guardian, witness).
    pub(super) roles: Vec<(String, RoleKind)>,
    /// What follows a role word.
    pub(super) role_words: BTreeMap<String, Field>,
    /// Limits of the registry.
    pub(super) limits: Option<Limits>,
}

/// Which sort of third person a heading names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoleKind {
    Contact,
    Executor,
    Guardian,
    Witness,
    /// Staff, and whoever brought the registrant.
    Other,
}

/// Ages in completed years, both ends included; weights in kg; what a form must carry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Limits {
    #[serde(default)]
    pub(super) age_min: Option<u32>,
    #[serde(default)]
    pub(super) age_max: Option<u32>,
    #[serde(default)]
    pub(super) weight_min_male: Option<f64>,
    #[serde(default)]
    pub(super) weight_min_female: Option<f64>,
    /// Named contacts the form asks for.
    #[serde(default)]
    pub(super) contacts: u8,
    /// Whether the form asks for a witness.
    #[serde(default)]
    pub(super) witness: bool,
    /// Whether the form asks for an executor.
    #[serde(default)]
    pub(super) executor: bool,
    /// Whether a blank status needs a decision.
    #[serde(default)]
    pub(super) status: bool,
}

/// Why a profile file was refused. Nothing was read; a profile holds no personal data, so its words may be quoted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProfileFlaw {
    /// Not TOML, or a key is missing.
    #[error("the column profile cannot be read: {0}")]
    Toml(String),
    /// A field no sheet can carry.
    #[error("the column profile names the field `{0}`, which does not exist; nothing was read")]
    UnknownField(String),
    /// A registry that does not exist.
    #[error("the column profile is for the registry `{0}`, which does not exist; nothing was read")]
    UnknownRegistry(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    registry: String,
    #[serde(deserialize_with = "crate::domain::time::rule_date")]
    valid_from: NaiveDate,
    #[serde(default)]
    words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    parts: toml::Table,
    #[serde(default)]
    roles: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    role_words: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    limits: Option<Limits>,
}

impl Profile {
    /// The profiles shipped with the program.
    pub fn shipped() -> Vec<Self> {
        [
            include_str!("../../rules/profiles/common.toml"),
            include_str!("../../rules/profiles/blood.toml"),
            include_str!("../../rules/profiles/stem-cell.toml"),
            include_str!("../../rules/profiles/organ-body.toml"),
            include_str!("../../rules/profiles/volunteer.toml"),
        ]
        .into_iter()
        .map(|text| Self::parse(text, false).expect("the shipped profiles are read by a test"))
        .collect()
    }

    /// An office's own profile (`--profile F.toml`): its words are added to the shipped ones and win over them; limits are taken over whole.
    ///
    /// The layout is that of `rules/profiles/*.toml`; `registry = "common"` makes it hold for every registry.
    ///
    /// # Errors
    /// The text is no profile.
    pub fn from_toml(text: &str) -> Result<Self, ProfileFlaw> {
        Self::parse(text, true)
    }

    fn parse(text: &str, office: bool) -> Result<Self, ProfileFlaw> {
        let file: File = toml::from_str(text).map_err(|e| ProfileFlaw::Toml(e.message().to_owned()))?;
        let registry = match file.registry.as_str() {
            "common" => None,
            word => Some(Registry::from_word(word).ok_or_else(|| ProfileFlaw::UnknownRegistry(word.to_owned()))?),
        };
        let field = |word: &str| Field::from_word(word).ok_or_else(|| ProfileFlaw::UnknownField(word.to_owned()));
        let mut words: BTreeMap<String, Vec<(Field, usize)>> = BTreeMap::new();
        for (key, list) in &file.words {
            let field = field(key)?;
            for (rank, word) in list.iter().enumerate() {
                let entry = words.entry(fold(word)).or_default();
                if !entry.iter().any(|(f, _)| *f == field) {
                    entry.push((field, rank));
                }
            }
        }
        let mut parts: Vec<(Vec<String>, Field)> = Vec::new();
        for (key, list) in &file.parts {
            let field = field(key)?;
            for word in list.as_array().into_iter().flatten().filter_map(toml::Value::as_str) {
                parts.push((word.split('+').map(fold).collect(), field));
            }
        }
        parts.sort_by_key(|(words, _)| std::cmp::Reverse(words.iter().map(|w| w.chars().count()).sum::<usize>()));
        let mut roles = Vec::new();
        for (key, list) in &file.roles {
            let kind = match key.as_str() {
                "contact" => RoleKind::Contact,
                "executor" => RoleKind::Executor,
                "guardian" => RoleKind::Guardian,
                "witness" => RoleKind::Witness,
                "other" => RoleKind::Other,
                other => return Err(ProfileFlaw::UnknownField(other.to_owned())),
            };
            roles.extend(list.iter().map(|word| (fold(word), kind)));
        }
        roles.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        let mut role_words = BTreeMap::new();
        for (key, list) in &file.role_words {
            let field = match key.as_str() {
                "name" => Field::PartyName,
                "relation" => Field::PartyRelation,
                "phone" => Field::PartyPhone,
                "consent" => Field::PartyConsent,
                other => return Err(ProfileFlaw::UnknownField(other.to_owned())),
            };
            role_words.extend(list.iter().map(|word| (fold(word), field)));
        }
        Ok(Self { registry, valid_from: file.valid_from, office, words, parts, roles, role_words, limits: file.limits })
    }

    /// The profiles in force for a registry on a day: offices' first, then the registry's own, then the common one. Of several shipped
    /// for the same registry only the latest holds.
    pub(super) fn in_force(all: &[Self], registry: Registry, day: NaiveDate) -> Vec<&Self> {
        let due = |p: &&Self| p.valid_from <= day && p.registry.is_none_or(|r| r == registry);
        let mut out: Vec<&Self> = all.iter().filter(due).filter(|p| p.office).collect();
        out.sort_by_key(|p| (p.registry.is_none(), std::cmp::Reverse(p.valid_from)));
        for own in [Some(registry), None] {
            out.extend(all.iter().filter(due).filter(|p| !p.office && p.registry == own).max_by_key(|p| p.valid_from));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_profiles_are_read_and_cover_every_registry() {
        let shipped = Profile::shipped();
        let day = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
        for registry in Registry::ALL {
            assert_eq!(Profile::in_force(&shipped, registry, day).len(), 2);
        }
    }

    #[test]
    fn a_profile_with_an_unknown_field_is_refused_by_name() {
        let flaw = Profile::from_toml("registry = \"blood\"\nvalid-from = 2024-01-01\n[words]\nshoe-size = [\"鞋码\"]").unwrap_err();
        assert!(matches!(flaw, ProfileFlaw::UnknownField(ref f) if f == "shoe-size") || matches!(flaw, ProfileFlaw::Toml(_)));
    }

    #[test]
    fn the_latest_profile_in_force_is_chosen_by_the_day_judged() {
        let mut all = Profile::shipped();
        let mut later = all[1].clone();
        later.valid_from = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        all.push(later);
        let before = Profile::in_force(&all, Registry::Blood, NaiveDate::from_ymd_opt(2025, 12, 31).unwrap());
        let after = Profile::in_force(&all, Registry::Blood, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap());
        assert_ne!(before[0].valid_from, after[0].valid_from);
    }
}
