//! States and kinds stored as words, so that a database is readable without the program.

use sea_orm::sea_query::{ArrayType, ColumnType};
use serde::{Deserialize, Serialize};

use super::entity::value::column;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The variant of a stored word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }

        column!($name, String, ColumnType::Text, ArrayType::String, |v| v.word().to_owned(), |raw| $name::from_word(&raw));
    )+};
}

words! {
    /// How a subject came in.
    Origin {
        /// A sheet was imported: nobody is contacted before a first contact was confirmed.
        Import = "import",
        /// A form was filled in.
        Web = "web",
    }

    /// Why a subject belongs to a person.
    MembershipDecision {
        /// The first subject of a new person.
        Founding = "founding",
        /// Joined by the program: surely the same person.
        Joined = "joined",
        /// Joined by a registrar.
        Merged = "merged",
        /// Taken out again.
        Split = "split",
    }

    /// What became of an imported row.
    RowOutcome {
        /// Taken in.
        Accepted = "accepted",
        /// Taken in; a field is kept aside.
        Review = "review",
        /// Nothing taken in.
        Refused = "refused",
        /// Blank, header, section, sub-total or footer.
        Skipped = "skipped",
    }

    /// Where an import stands.
    ImportState {
        /// Staged: seen by nobody but its preview.
        Draft = "draft",
        /// In the registry.
        Admitted = "admitted",
        /// Thrown away.
        Discarded = "discarded",
    }

    /// Where a correction stands.
    CorrectionState {
        /// To be worked on.
        Open = "open",
        /// Put right.
        Corrected = "corrected",
        /// The value is right as it stands, or cannot be had.
        Dismissed = "dismissed",
    }

    /// What was decided about two persons.
    PairDecision {
        /// One person.
        Same = "same",
        /// A registrar has to look.
        Review = "review",
        /// Two persons.
        Different = "different",
    }

    /// Who found or decided a pair.
    PairBasis {
        /// An import.
        Import = "import",
        /// A scan of the whole registry.
        Scan = "scan",
        /// A registrar.
        Registrar = "registrar",
        /// The check before a form was saved.
        Web = "web",
    }

    /// How a follow-up is made.
    TaskChannel {
        /// By mail.
        Mail = "mail",
        /// By telephone.
        Phone = "phone",
        /// By a printed letter.
        Letter = "letter",
        /// By the office's SMS platform or WeChat.
        HandOff = "hand_off",
        /// Somebody has to look; nothing is sent.
        Desk = "desk",
    }

    /// Where a follow-up stands.
    TaskState {
        /// Planned.
        Planned = "planned",
        /// A message is in the outbox.
        Queued = "queued",
        /// Done.
        Done = "done",
        /// Cancelled by withdrawal, death, erasure or staff.
        Cancelled = "cancelled",
        /// Due, but not to be sent; the reason stands beside.
        NotSent = "not_sent",
    }

    /// Where a message stands.
    OutboxState {
        /// Waiting for its time.
        Due = "due",
        /// Handed to the mail server; committed before the first byte.
        Sending = "sending",
        /// The mail server took it.
        Sent = "sent",
        /// To be tried again at its new time.
        Retry = "retry",
        /// Nobody knows whether the mail server took it.
        Uncertain = "uncertain",
        /// Given up.
        Dead = "dead",
        /// Not to be sent any more.
        Cancelled = "cancelled",
    }

    /// Where a first-contact act stands.
    CampaignState {
        /// Asked for.
        Requested = "requested",
        /// Confirmed by a manager.
        Confirmed = "confirmed",
        /// Refused or withdrawn.
        Dropped = "dropped",
    }

    /// What a blind index of a contact covers.
    ContactKind {
        /// A telephone number.
        Phone = "phone",
        /// A mail address.
        Mail = "mail",
    }

    /// What is worked on step by step.
    MatterKind {
        /// A match notice of the province.
        Match = "match",
        /// A death notice.
        Death = "death",
        /// A stem-cell registrant's sample.
        Sample = "sample",
        /// Humanitarian aid to a donor's family or a recipient.
        Aid = "aid",
        /// A family's wish to have a donor remembered.
        Remembrance = "remembrance",
        /// A family's agreement to be called after a donation.
        FamilyContact = "family-contact",
    }

    /// What a second person thought of an emergency opening.
    Verdict {
        /// It was needed.
        Justified = "justified",
        /// It was not: to be followed up by the manager.
        Questioned = "questioned",
    }
}
