//! Towns and subdistricts (镇/街道) of the branch, from `rules/towns.toml`.

use serde::{Deserialize, Serialize};

/// Nine-digit administrative code of a town or subdistrict (GB/T 10114).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TownCode(pub u32);

impl std::fmt::Display for TownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

/// A town of the branch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Town {
    /// Administrative code.
    pub code: TownCode,
    /// Full official name, e.g. 莲花街道.
    pub name: String,
    /// English name for the English pages.
    pub name_en: String,
    /// Other spellings and former names.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// The towns of the branch, as dated data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Towns {
    /// The district, e.g. 雁江区.
    pub district: String,
    /// Six-digit code of the district (GB/T 2260).
    pub district_code: u32,
    /// First day these towns hold.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: chrono::NaiveDate,
    /// The towns, in the order of their codes.
    #[serde(rename = "town")]
    pub towns: Vec<Town>,
}

impl Towns {
    /// Reads `towns.toml`.
    ///
    /// # Errors
    /// The TOML reader's message, which names line and column.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The towns shipped with the program.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../../rules/towns.toml")).expect("the shipped rules are read by a test")
    }

    /// The town of a code.
    pub fn by_code(&self, code: TownCode) -> Option<&Town> {
        self.towns.iter().find(|t| t.code == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_towns_are_read() {
        let towns = Towns::shipped();
        assert_eq!(towns.district_code, 512_002);
        assert!(towns.by_code(TownCode(512_002_100)).is_some_and(|t| t.name == "雁江镇"));
    }
}
