//! The registries and a registrant's standing in each.

use serde::{Deserialize, Serialize};

/// A registry of the branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Registry {
    /// 无偿献血
    Blood,
    /// 造血干细胞
    StemCell,
    /// 遗体和人体器官
    OrganBody,
    /// 献血志愿服务
    Volunteer,
}

impl Registry {
    /// All registries, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Blood, Self::StemCell, Self::OrganBody, Self::Volunteer];

    /// The stable code stored in the database.
    pub const fn code(self) -> i16 {
        match self {
            Self::Blood => 1,
            Self::StemCell => 2,
            Self::OrganBody => 3,
            Self::Volunteer => 4,
        }
    }

    /// The registry of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// The word used on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Blood => "blood",
            Self::StemCell => "stem-cell",
            Self::OrganBody => "organ-body",
            Self::Volunteer => "volunteer",
        }
    }

    /// The registry a command-line word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

/// Where a registrant stands in a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EnrolmentStatus {
    /// 意向登记: interested, contact consented.
    Interest,
    /// Registered, in the pool. For stem cells: registered and awaiting the accepted sample (待采样).
    Registered,
    /// 入库: stem cells only, the sample is accepted.
    Enrolled,
    /// The sheet's status was blank or unreadable: no contact until a registrar decides.
    Undecided,
    /// Left, for exactly one reason.
    Exited(ExitReason),
}

impl EnrolmentStatus {
    /// The stable code stored in the database: exits are 100 + the reason's code.
    pub const fn code(self) -> i16 {
        match self {
            Self::Interest => 1,
            Self::Registered => 2,
            Self::Enrolled => 3,
            Self::Undecided => 4,
            Self::Exited(reason) => 100 + reason.code(),
        }
    }

    /// The status of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        match code {
            1 => Some(Self::Interest),
            2 => Some(Self::Registered),
            3 => Some(Self::Enrolled),
            4 => Some(Self::Undecided),
            _ => ExitReason::from_code(code - 100).map(Self::Exited),
        }
    }

    /// Of two standings told for one day with nothing to say which came later, the one of the higher rank counts: the further one, an exit
    /// before all.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Interest => 0,
            Self::Undecided => 1,
            Self::Registered => 2,
            Self::Enrolled => 3,
            Self::Exited(_) => 4,
        }
    }

    /// Whether a sheet's standing is behind the one on file, whatever day the sheet says: an earlier stage than the one reached, or another reason
    /// for an exit that stands. Who left may come back, and a doubt is for a registrar, unless the sample was accepted: that no sheet undoes.
    pub fn is_behind(self, on_file: Self) -> bool {
        match (self, on_file) {
            (Self::Exited(told), Self::Exited(stands)) => told != stands,
            (Self::Exited(_), _) | (_, Self::Exited(_) | Self::Undecided) => false,
            (Self::Undecided, _) => on_file == Self::Enrolled,
            (stage, reached) => stage.rank() < reached.rank(),
        }
    }

    /// Whether what a sheet told of somebody leaves the standing of the person as it is to whom a registrar joins them: what
    /// [`Self::is_behind`], and what would let somebody back who died, or who left, by a sheet that says no day (`dayless`).
    pub fn is_left(self, on_file: Self, dayless: bool) -> bool {
        let back = self.may_contact() && matches!(on_file, Self::Exited(_));
        self.is_behind(on_file) || (back && (dayless || on_file == Self::Exited(ExitReason::Died)))
    }

    /// Whether the registrant counts in the pool.
    pub const fn in_pool(self) -> bool {
        matches!(self, Self::Registered | Self::Enrolled)
    }

    /// Whether planned contact is possible at all in this status.
    pub const fn may_contact(self) -> bool {
        matches!(self, Self::Interest | Self::Registered | Self::Enrolled)
    }

    /// Whether rules may still ask after the registrant: who may be contacted, and of the stem-cell file who has donated, whose health is
    /// followed up for ten years, and who left it by age, who is thanked. A realised organ or body donation is no such case: that donor has
    /// died.
    pub const fn may_follow_up(self, registry: Registry) -> bool {
        let ended = matches!(self, Self::Exited(ExitReason::Donated | ExitReason::AgedOut));
        self.may_contact() || (ended && matches!(registry, Registry::StemCell))
    }

    /// Whether it says that the registrant has died: a realised organ or body donation says so too.
    pub fn says_dead(self, registry: Registry) -> bool {
        match self {
            Self::Exited(ExitReason::Died) => true,
            Self::Exited(ExitReason::Donated) => registry == Registry::OrganBody,
            _ => false,
        }
    }

    /// The word used in policies and files; an exit is named by its reason.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Interest => "interest",
            Self::Registered => "registered",
            Self::Enrolled => "enrolled",
            Self::Undecided => "undecided",
            Self::Exited(reason) => reason.word(),
        }
    }
}

/// The one reason for which a registrant left a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExitReason {
    /// Withdrew willingness (改变捐献意愿).
    Withdrew,
    /// Donated and retired (实现捐献).
    Donated,
    /// Died.
    Died,
    /// Over the registry's age (超龄).
    AgedOut,
    /// Medically unsuitable for good; never with the diagnosis.
    Medical,
    /// Moved out of the branch's area.
    MovedOut,
    /// Could not be contacted (失联).
    Lost,
    /// Erased at the person's request.
    Erased,
    /// Counted twice: joined with a known person.
    Duplicate,
}

impl ExitReason {
    /// All reasons, in the order of their codes.
    pub const ALL: [Self; 9] = [
        Self::Withdrew,
        Self::Donated,
        Self::Died,
        Self::AgedOut,
        Self::Medical,
        Self::MovedOut,
        Self::Lost,
        Self::Erased,
        Self::Duplicate,
    ];

    /// The reasons for which staff may take somebody out of a registry by hand. A donation is told by its own process: of stem cells by the match
    /// request, of organs and body by the death notice; an erasure and a duplicate have theirs; only the stem-cell file is left by age.
    pub const fn by_hand(registry: Registry) -> &'static [Self] {
        match registry {
            Registry::StemCell => &[Self::Withdrew, Self::Died, Self::MovedOut, Self::Lost, Self::Medical, Self::AgedOut],
            Registry::Blood | Registry::OrganBody | Registry::Volunteer => {
                &[Self::Withdrew, Self::Died, Self::MovedOut, Self::Lost, Self::Medical]
            }
        }
    }

    /// Why a reason is not told by hand in a registry, as a locale key; none where it is.
    pub fn not_by_hand(self, registry: Registry) -> Option<&'static str> {
        match self {
            reason if Self::by_hand(registry).contains(&reason) => None,
            Self::Donated => Some("leave-donated"),
            Self::Erased => Some("leave-erased"),
            Self::Duplicate => Some("leave-duplicate"),
            _ => Some("leave-other-registry"),
        }
    }

    /// The stable code.
    pub const fn code(self) -> i16 {
        match self {
            Self::Withdrew => 1,
            Self::Donated => 2,
            Self::Died => 3,
            Self::AgedOut => 4,
            Self::Medical => 5,
            Self::MovedOut => 6,
            Self::Lost => 7,
            Self::Erased => 8,
            Self::Duplicate => 9,
        }
    }

    /// The reason of a stored code.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// The word used in files and locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Withdrew => "withdrew",
            Self::Donated => "donated",
            Self::Died => "died",
            Self::AgedOut => "aged-out",
            Self::Medical => "medical",
            Self::MovedOut => "moved-out",
            Self::Lost => "lost",
            Self::Erased => "erased",
            Self::Duplicate => "duplicate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_back_from_its_code() {
        let exits = ExitReason::ALL.into_iter().map(EnrolmentStatus::Exited);
        let others = [EnrolmentStatus::Interest, EnrolmentStatus::Registered, EnrolmentStatus::Enrolled, EnrolmentStatus::Undecided];
        for status in exits.chain(others) {
            assert_eq!(EnrolmentStatus::from_code(status.code()), Some(status));
        }
    }

    #[test]
    fn a_sheet_is_behind_where_it_would_lower_a_stage_or_change_the_kind_of_an_exit() {
        use EnrolmentStatus::{Enrolled, Exited, Interest, Registered, Undecided};
        let (left, died) = (Exited(ExitReason::Withdrew), Exited(ExitReason::Died));
        for (told, on_file) in [(Interest, Registered), (Interest, Enrolled), (Registered, Enrolled), (Undecided, Enrolled), (left, died)] {
            assert!(told.is_behind(on_file), "{told:?} after {on_file:?}");
        }
        for (told, on_file) in [
            (Registered, Interest),
            (Enrolled, Registered),
            (Registered, Registered),
            (Registered, Undecided),
            (Undecided, Registered),
            (left, Enrolled),
            (left, left),
            (Registered, left),
        ] {
            assert!(!told.is_behind(on_file), "{told:?} after {on_file:?}");
        }
    }

    #[test]
    fn donations_erasures_and_duplicates_are_never_told_by_hand_and_age_in_the_stem_cell_file_alone() {
        for registry in Registry::ALL {
            for reason in [ExitReason::Donated, ExitReason::Erased, ExitReason::Duplicate] {
                assert!(reason.not_by_hand(registry).is_some(), "{reason:?} {registry:?}");
            }
            for reason in [ExitReason::Withdrew, ExitReason::Died] {
                assert_eq!(reason.not_by_hand(registry), None, "{reason:?} {registry:?}");
            }
            let age = ExitReason::AgedOut.not_by_hand(registry);
            assert_eq!(age.is_none(), registry == Registry::StemCell, "{registry:?}");
        }
    }

    #[test]
    fn who_left_the_stem_cell_file_by_age_may_be_thanked_and_nobody_else_who_left_by_age() {
        let aged = EnrolmentStatus::Exited(ExitReason::AgedOut);
        for registry in Registry::ALL {
            assert_eq!(aged.may_follow_up(registry), registry == Registry::StemCell, "{registry:?}");
        }
        assert!(!aged.may_contact());
    }
}
