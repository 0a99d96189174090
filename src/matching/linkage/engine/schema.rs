//! What the columns of a file mean: the only thing a user tells the engine.

use serde::Deserialize;

use super::EngineError;

/// The meaning of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Meaning {
    UniqueId,
    FullName,
    Surname,
    GivenName,
    DateOfBirth,
    BirthYear,
    BirthMonth,
    BirthDay,
    Sex,
    /// A Chinese resident identity number.
    NationalId,
    /// Any other number of a person.
    Identifier,
    Phone,
    Email,
    Address,
    StreetNumber,
    Postcode,
    Locality,
    Region,
    Occupation,
    BirthPlace,
    Other,
}

impl Meaning {
    /// The word used in a schema.
    pub const fn word(self) -> &'static str {
        match self {
            Self::UniqueId => "unique_id",
            Self::FullName => "full_name",
            Self::Surname => "surname",
            Self::GivenName => "given_name",
            Self::DateOfBirth => "date_of_birth",
            Self::BirthYear => "birth_year",
            Self::BirthMonth => "birth_month",
            Self::BirthDay => "birth_day",
            Self::Sex => "sex",
            Self::NationalId => "national_id",
            Self::Identifier => "identifier",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Address => "address",
            Self::StreetNumber => "street_number",
            Self::Postcode => "postcode",
            Self::Locality => "locality",
            Self::Region => "region",
            Self::Occupation => "occupation",
            Self::BirthPlace => "birth_place",
            Self::Other => "other",
        }
    }

    const ALL: [Self; 21] = [
        Self::UniqueId,
        Self::FullName,
        Self::Surname,
        Self::GivenName,
        Self::DateOfBirth,
        Self::BirthYear,
        Self::BirthMonth,
        Self::BirthDay,
        Self::Sex,
        Self::NationalId,
        Self::Identifier,
        Self::Phone,
        Self::Email,
        Self::Address,
        Self::StreetNumber,
        Self::Postcode,
        Self::Locality,
        Self::Region,
        Self::Occupation,
        Self::BirthPlace,
        Self::Other,
    ];
}

/// The `[columns]` of a schema file: column name and meaning, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// Column and meaning.
    pub columns: Vec<(String, Meaning)>,
}

impl Schema {
    /// Reads a schema file.
    ///
    /// # Errors
    /// [`EngineError::Schema`] where it is no TOML or has no `[columns]`, [`EngineError::Meaning`] for an unknown meaning.
    pub fn from_toml(text: &str) -> Result<Self, EngineError> {
        #[derive(Deserialize)]
        struct File {
            columns: toml::Table,
        }
        let file: File = toml::from_str(text).map_err(|e| EngineError::Schema { reason: e.message().to_owned() })?;
        let mut columns = Vec::with_capacity(file.columns.len());
        for (column, word) in file.columns {
            let meaning = word.as_str().and_then(|w| Meaning::ALL.into_iter().find(|m| m.word() == w.trim()));
            let Some(meaning) = meaning else { return Err(EngineError::Meaning { column }) };
            columns.push((column.trim().to_owned(), meaning));
        }
        if columns.iter().filter(|(_, m)| *m == Meaning::UniqueId).count() > 1 {
            return Err(EngineError::Schema { reason: "two columns are called unique_id".to_owned() });
        }
        Ok(Self { columns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_read_and_an_unknown_meaning_is_named_by_its_column() {
        let schema = Schema::from_toml("[columns]\nrec_id = \"unique_id\"\nby = \"birth_year\"\n").expect("a schema");
        assert!(schema.columns.contains(&("by".to_owned(), Meaning::BirthYear)));
        assert!(matches!(Schema::from_toml("[columns]\nx = \"shoe_size\"\n"), Err(EngineError::Meaning { column }) if column == "x"));
        assert!(matches!(Schema::from_toml("nothing"), Err(EngineError::Schema { .. })));
    }
}
