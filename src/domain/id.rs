//! Identifiers. Every kind has a type of its own; none carries meaning.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id in order of creation (UUID version 7).
            pub fn fresh() -> Self {
                Self(Uuid::now_v7())
            }

            /// The sixteen bytes bound into ciphertexts and MACs.
            pub fn bytes(&self) -> [u8; 16] {
                *self.0.as_bytes()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// This installation.
    DeploymentId,
    /// The immutable owner of data keys and sealed rows.
    SubjectId,
    /// A person: a view over subjects.
    PersonId,
    /// A registration or accepted sheet row.
    RecordId,
    /// A subject's standing in one registry.
    EnrolmentId,
    /// A subject's belonging to a person over time.
    MembershipId,
    /// A consent given.
    ConsentId,
    /// A claim that a document number belongs to a subject.
    ClaimId,
    /// An import of one file.
    ImportId,
    /// One row of an import.
    ImportRowId,
    /// A kept-aside value on the correction list.
    CorrectionId,
    /// A pair of persons to be judged.
    PairId,
    /// A member of staff.
    StaffId,
    /// A recruitment drive.
    DriveId,
    /// A shift of a drive.
    ShiftId,
    /// A volunteer's place in a shift.
    TurnId,
    /// An activity of publicity or mobilisation.
    ActivityId,
    /// A planned follow-up.
    TaskId,
    /// A queued message.
    OutboxId,
    /// A link handed to a registrant.
    LinkId,
    /// A first-contact act.
    CampaignId,
    /// A statistics fact.
    FactId,
    /// Something recorded of a donor's health: a donation, a deferral, a blood group.
    HealthId,
    /// Something recorded of a volunteer: hours, a certificate, skills, a team.
    ServiceId,
    /// That somebody has died, as it was told.
    DeathId,
    /// How it was told that somebody leaves a registry.
    LeaveId,
    /// Something a registrant told on their own page.
    ToldId,
    /// What another system knows of a registration.
    OutsideId,
    /// A match request or death notice.
    MatterId,
    /// An emergency opening.
    OpeningId,
    /// A request to see an identity.
    DisclosureId,
}

/// The random identity under which a registrant is counted; it has no order and no tie to a subject but a sealed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatId(pub Uuid);

impl StatId {
    /// Sixteen random bytes (UUID version 4), so that the order of creation is not told.
    pub fn fresh() -> Self {
        Self(Uuid::new_v4())
    }

    /// Reads the sixteen bytes of an opened link from a subject to its statistics.
    pub fn from_guarded(bytes: &super::Guarded<Vec<u8>>) -> Option<Self> {
        Uuid::from_slice(bytes.reveal()).ok().map(Self)
    }
}

/// The public number of a person, as read over a telephone: eight symbols and a check symbol, e.g. `7K3M-9QXA-R`.
///
/// Symbols are Crockford's base 32 (no I, L, O, U). The ninth is a weighted check sum modulo 31 that finds any single wrong symbol
/// and any swap of neighbours but that of the symbols 31 apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicId(String);

const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl PublicId {
    /// A public id from forty random bits.
    pub fn from_random(bits: u64) -> Self {
        let mut out = String::with_capacity(11);
        let mut sum = 0u64;
        for i in 0..8u64 {
            let value = (bits >> (5 * (7 - i))) & 31;
            sum += (i + 2) * value;
            out.push(char::from(SYMBOLS[usize::try_from(value).unwrap_or(0)]));
            if i == 3 || i == 7 {
                out.push('-');
            }
        }
        out.push(char::from(SYMBOLS[usize::try_from(sum % 31).unwrap_or(0)]));
        Self(out)
    }

    /// Reads a public id as typed: case, dashes and spaces do not matter, O is 0, I and L are 1.
    pub fn parse(text: &str) -> Option<Self> {
        let mut values = Vec::with_capacity(9);
        for c in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let c = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = SYMBOLS.iter().position(|s| char::from(*s) == c)?;
            values.push(u64::try_from(value).ok()?);
        }
        let [data @ .., _check] = values.as_slice() else { return None };
        if data.len() != 8 {
            return None;
        }
        let bits = data.iter().fold(0u64, |acc, v| (acc << 5) | v);
        let id = Self::from_random(bits);
        let typed_check = values.last().copied()?;
        let expected = id.0.chars().last().and_then(|c| SYMBOLS.iter().position(|s| char::from(*s) == c))?;
        (u64::try_from(expected).ok()? == typed_check).then_some(id)
    }

    /// Reads a public id typed into a search field.
    pub fn typed(text: &super::Guarded<String>) -> Option<Self> {
        Self::parse(text.reveal())
    }

    /// The id as printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PublicId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_id_is_read_back_as_typed_on_a_phone() {
        let id = PublicId::from_random(0x12_3456_789a);
        let typed = id.as_str().to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(PublicId::parse(&typed), Some(id));
    }

    #[test]
    fn one_wrong_symbol_is_refused() {
        let id = PublicId::from_random(987_654_321_012);
        let text = id.as_str().to_owned();
        for (i, c) in text.char_indices().filter(|(_, c)| *c != '-') {
            let other = if c == '7' { '8' } else { '7' };
            let mut wrong: Vec<char> = text.chars().collect();
            wrong[i] = other;
            let wrong: String = wrong.into_iter().collect();
            assert_eq!(PublicId::parse(&wrong), None, "{wrong}");
        }
    }
}
