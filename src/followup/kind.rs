//! What a contact is about, by which channel, and in which language.

use serde::{Deserialize, Serialize};

pub use crate::domain::language::Language;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $word:literal);+ $(;)?) => {
        /// What a contact is about: chooses subject, text and call script. Codes and words are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $word)] $name),+
        }

        impl Kind {
            /// Every kind, in the order of the codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The stable code stored in the database.
            pub const fn code(self) -> i16 {
                match self { $(Self::$name => $code),+ }
            }

            /// The word used in policies, template folders and locale keys.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }
        }
    };
}

kinds! {
    /// A new registration gave a mail address: is it theirs? (double opt-in)
    VerifyMail = 1, "verify_mail";
    /// Is this way of reaching you still good?
    ContactCheck = 2, "contact_check";
    /// The first message to somebody whose row was imported.
    FirstContact = 3, "first_contact";
    /// Thanks and aftercare on the day after a blood donation.
    BloodThanks = 4, "blood_thanks";
    /// When, where and how a first-time blood donor plans the next donation.
    BloodPlanNext = 5, "blood_plan_next";
    /// The interval since the last blood donation is over.
    BloodEligible = 6, "blood_eligible";
    /// A deferral ends.
    DeferralEnd = 7, "deferral_end";
    /// No blood donation for a year or more.
    BloodLapsing = 8, "blood_lapsing";
    /// The yearly questions on health and availability to people on the stem-cell file.
    Availability = 9, "availability";
    /// Thanks to somebody who reaches an age limit of the stem-cell file.
    AgeThanks = 10, "age_thanks";
    /// Have you told your family and executor?
    FamilyTold = 11, "family_told";
    /// The yearly check of an organ/body registration: wish unchanged, executor reachable, contacts good?
    WishCheck = 12, "wish_check";
    /// Is the executor reachable and willing?
    ExecutorCheck = 13, "executor_check";
    /// Thanks to the volunteers of the blood service teams.
    VolunteerThanks = 14, "volunteer_thanks";
    /// Before stem cells are sampled: does the family agree, is the process understood, willing if matched?
    PreSampling = 15, "pre_sampling";
    /// Some days after a deferral: what waiting means, without the reason.
    DeferralExplained = 16, "deferral_explained";
    /// How a stem-cell donor is after the donation, for ten years.
    PostDonation = 17, "post_donation";
    /// A drive is near: volunteers are reminded.
    VolunteerDuty = 18, "volunteer_duty";
    /// An interest typed in on the registrant's own phone: is it meant?
    ConfirmInterest = 19, "confirm_interest";
    /// A question to staff from the registrant's own page.
    Question = 20, "question";
    /// New stem-cell donors are sampled up to an age: a word to somebody who was not sampled yet and comes near it.
    EnrolmentAge = 21, "enrolment_age";
    /// A donor who agreed in a match: how do things stand, until the collection?
    MatchCheck = 22, "match_check";
    /// A registrant's family objects: what does the registrant wish now?
    FamilyObjects = 23, "family_objects";
}

impl Kind {
    /// Whether it asks somebody to come and give blood: never said before the first day on which they may.
    pub const fn invites_to_give(self) -> bool {
        matches!(self, Self::BloodEligible | Self::DeferralEnd | Self::BloodLapsing)
    }

    /// Whether it is spoken of in a call only: no message carries it, not even where nobody can be called.
    pub const fn spoken_only(self) -> bool {
        matches!(self, Self::MatchCheck | Self::FamilyObjects)
    }

    /// What a contact is about where it goes by a channel: what is only spoken of is in writing a check of the contact that names none of it.
    #[must_use]
    pub const fn by(self, channel: Channel) -> Self {
        match channel {
            Channel::Mail | Channel::HandOff | Channel::Letter if self.spoken_only() => Self::ContactCheck,
            _ => self,
        }
    }

    /// Whether somebody waits for it within days: who does not answer is called again on the next day.
    pub const fn cannot_rest(self) -> bool {
        matches!(self, Self::MatchCheck)
    }

    /// Whether it speaks of giving blood another time: nothing is said of it to somebody who may not give any more.
    pub const fn looks_ahead_to_giving(self) -> bool {
        self.invites_to_give() || matches!(self, Self::BloodPlanNext)
    }

    /// Whether it may be said in a short message that anybody may read on a screen: nothing about organs, bodies, stem cells or a match.
    pub const fn fits_short_message(self) -> bool {
        matches!(
            self,
            Self::ContactCheck
                | Self::BloodThanks
                | Self::BloodPlanNext
                | Self::BloodEligible
                | Self::BloodLapsing
                | Self::DeferralEnd
                | Self::VolunteerThanks
                | Self::VolunteerDuty
        )
    }

    /// The kind of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.code() == code)
    }

    /// The kind a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.word() == word)
    }
}

/// How a contact is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A mail, sent by the program.
    Mail,
    /// A call by staff.
    Phone,
    /// A letter, printed by the office.
    Letter,
    /// A neutral message by the office's SMS platform or WeChat.
    HandOff,
    /// No channel is left: staff look for a way to reach the person.
    FindContact,
}

impl Channel {
    /// All channels, in the order of their codes.
    pub const ALL: [Self; 5] = [Self::Mail, Self::Phone, Self::Letter, Self::HandOff, Self::FindContact];

    /// The channels a policy may name as rungs of a ladder.
    pub const RUNGS: [Self; 4] = [Self::Mail, Self::Phone, Self::HandOff, Self::Letter];

    /// The stable code stored in the database.
    pub const fn code(self) -> i16 {
        match self {
            Self::Mail => 1,
            Self::Phone => 2,
            Self::Letter => 3,
            Self::HandOff => 4,
            Self::FindContact => 9,
        }
    }

    /// The channel of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// The word used in policies, files and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Phone => "phone",
            Self::Letter => "letter",
            Self::HandOff => "hand-off",
            Self::FindContact => "find-contact",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_channels_are_read_back_from_their_codes_and_words() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(*kind));
            assert_eq!(Kind::from_word(kind.word()), Some(*kind));
        }
        for channel in Channel::ALL {
            assert_eq!(Channel::from_code(channel.code()), Some(channel));
        }
    }
}
