//! Problems found in a row, by code. The sentences that tell staff what to do stand in `locales/`, key `problem-<code>`.

use serde::{Deserialize, Serialize};

use super::registry::Registry;

/// What a row with this problem comes to. The row's outcome is the worst of its problems'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Taken in; worth a note.
    Noted,
    /// Taken in; the field is kept aside and put on the correction list.
    Review,
    /// Nothing is taken in.
    Refused,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// The code of a problem. Codes are stable: reports and other programs name them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum ProblemCode {
            $($(#[$doc])* #[serde(rename = $code)] $name),+
        }

        impl ProblemCode {
            /// All codes, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as printed in reports.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The locale key of the sentence that tells staff what to do.
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$name => concat!("problem-", $code)),+ }
            }

            /// The problem of a printed code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

problems! {
    /// Over the registry's age on the day judged.
    AgeOver = "age_over",
    /// Under the registry's age on the day judged.
    AgeUnder = "age_under",
    /// The sample barcode stands on an earlier row too.
    BarcodeDuplicate = "barcode_duplicate",
    /// A later row repeats this sample barcode.
    BarcodeShared = "barcode_shared",
    /// Another registrant's sample is under this barcode.
    BarcodeTaken = "barcode_taken",
    /// The named contact's phone is the registrant's own.
    ContactPhoneIsOwn = "contact_phone_is_own",
    /// A date after the day judged.
    DateInFuture = "date_in_future",
    /// The birth date differs from that of the identity number.
    DobIdMismatch = "dob_id_mismatch",
    /// Not a mail address.
    EmailInvalid = "email_invalid",
    /// Nothing but a number in the row.
    EmptyRecord = "empty_record",
    /// The holder of the document number asked to be erased and not to be taken in again from a sheet.
    ErasedOnRequest = "erased_on_request",
    /// The identity number was turned into a floating-point value.
    FloatDamagedId = "float_damaged_id",
    /// Hours that cannot be.
    HoursInvalid = "hours_invalid",
    /// The identity number's check character does not fit.
    IdChecksum = "id_checksum",
    /// The document number belongs to somebody whose name and birth date disagree.
    IdInUse = "id_in_use",
    /// The identity number has a wrong length or a wrong character.
    IdLength = "id_length",
    /// An organ or body registration without executor.
    MissingExecutor = "missing_executor",
    /// A volunteer under age without a guardian who agrees and can be reached.
    MissingGuardian = "missing_guardian",
    /// No identity number.
    MissingId = "missing_id",
    /// No name.
    MissingName = "missing_name",
    /// No telephone number.
    MissingPhone = "missing_phone",
    /// The status is blank or unreadable.
    MissingStatus = "missing_status",
    /// An organ or body registration without form witness.
    MissingWitness = "missing_witness",
    /// A note stands beside the name.
    NameHasNote = "name_has_note",
    /// The name holds signs that are not part of a name.
    NameInvalid = "name_invalid",
    /// The name holds the replacement character.
    NameReplacementChar = "name_replacement_char",
    /// The name is longer than any name.
    NameTooLong = "name_too_long",
    /// Not a telephone number.
    PhoneInvalid = "phone_invalid",
    /// The second named contact is missing.
    SecondContactMissing = "second_contact_missing",
    /// The sex differs from that of the identity number.
    SexIdMismatch = "sex_id_mismatch",
    /// The status is behind what is on file: an earlier stage, or another reason for an exit that stands.
    StatusBehind = "status_behind",
    /// A text longer than its field.
    TextTooLong = "text_too_long",
    /// No town of the branch.
    TownUnknown = "town_unknown",
    /// A date nobody can read.
    UnparseableDate = "unparseable_date",
    /// Under the weight for giving blood or cells.
    WeightLow = "weight_low",
}

impl ProblemCode {
    /// What the problem does to a row of a registry. A stem-cell donor of the wrong age cannot be enrolled (中华骨髓库: 18 to 45); a blood
    /// donor's age is reviewed, because the station decides.
    pub const fn severity(self, registry: Registry) -> Severity {
        match self {
            Self::MissingName | Self::EmptyRecord | Self::NameTooLong | Self::ErasedOnRequest => Severity::Refused,
            Self::AgeOver | Self::AgeUnder if matches!(registry, Registry::StemCell) => Severity::Refused,
            Self::MissingId | Self::MissingPhone | Self::WeightLow | Self::BarcodeShared => Severity::Noted,
            _ => Severity::Review,
        }
    }
}

impl std::fmt::Display for ProblemCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back_and_stand_in_order() {
        let codes: Vec<_> = ProblemCode::ALL.iter().map(|p| p.code()).collect();
        let mut sorted = codes.clone();
        sorted.sort_unstable();
        assert_eq!(codes, sorted);
        for problem in ProblemCode::ALL {
            assert_eq!(ProblemCode::from_code(problem.code()), Some(*problem));
        }
    }
}
