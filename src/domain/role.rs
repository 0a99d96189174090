//! Who may do what.

use serde::{Deserialize, Serialize};

/// A staff role. One person may hold several; [`Roles::conflict`] names the pairs nobody may hold together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 招募员
    Recruiter,
    /// 登记员
    Registrar,
    /// 回访员
    Caller,
    /// 协调员
    Coordinator,
    /// 负责人
    Manager,
    /// 审计员
    Auditor,
    /// 管理员
    Administrator,
}

impl Role {
    /// All roles, in the order of their bits.
    pub const ALL: [Self; 7] =
        [Self::Recruiter, Self::Registrar, Self::Caller, Self::Coordinator, Self::Manager, Self::Auditor, Self::Administrator];

    const fn bit(self) -> i32 {
        1 << (self as i32)
    }

    /// The word used on the command line and in locale keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Recruiter => "recruiter",
            Self::Registrar => "registrar",
            Self::Caller => "caller",
            Self::Coordinator => "coordinator",
            Self::Manager => "manager",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
        }
    }

    /// The role a command-line word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.word() == word)
    }
}

/// What a page or command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// Register interest and enrol at a drive.
    Enrol,
    /// Search and open people.
    People,
    /// Import sheets and work the correction list.
    Import,
    /// Record donations, deferrals and blood groups.
    Health,
    /// Record what volunteers do and can: teams, hours, certificates, skills.
    Service,
    /// Erase a person at their own request.
    Erase,
    /// Judge duplicates, join and un-merge.
    Review,
    /// Work through follow-ups.
    FollowUp,
    /// Confirm a first contact.
    ConfirmFirstContact,
    /// Read reports.
    Report,
    /// Approve what is published; enter plans and figures.
    Publish,
    /// Accounts, keys, settings.
    Administer,
    /// Verify the log.
    Audit,
    /// Work on match notices and death notices.
    Urgent,
    /// Note what other systems know of a registration, and what was done there.
    Outside,
    /// Ask whether a named person is registered, and for what.
    LookUp,
    /// Enter whom to call, within what time, and who is on duty.
    Duty,
    /// Review emergency openings; nobody their own.
    ReviewOpening,
    /// Open the identity of a person on file, without being asked to by anybody.
    Disclose,
    /// Agree that an identity is opened to whoever asked; nobody to their own.
    ApproveDisclosure,
    /// Take down what organ and body registrants wish, and what their next of kin think.
    Wish,
    /// Note samples of stem-cell registrants and what became of them.
    Sample,
    /// Record that a consent was given anew, to a text that has changed.
    Consent,
    /// Record activities of publicity and mobilisation.
    Activities,
    /// Strike out an activity that was recorded wrongly.
    StrikeActivity,
    /// Put the data of a person on file right.
    Correct,
    /// Note that somebody who had refused it may be contacted again.
    ContactAgain,
    /// Take back an exit, a death or an enrolment that was entered in error: one's own of the same day.
    TakeBack,
    /// Take back anybody's, of any day.
    TakeBackAny,
}

/// A set of roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(i32);

impl Roles {
    /// The set of the roles given.
    pub fn of(roles: impl IntoIterator<Item = Role>) -> Self {
        Self(roles.into_iter().fold(0, |bits, r| bits | r.bit()))
    }

    /// The preset 小型单位 (small branch): every working role in one hand, without administrator and auditor.
    pub fn small_branch() -> Self {
        Self::of([Role::Recruiter, Role::Registrar, Role::Caller, Role::Coordinator, Role::Manager])
    }

    /// The bits stored in the database.
    pub const fn bits(self) -> i32 {
        self.0
    }

    /// The set of stored bits; unknown bits are dropped.
    pub fn from_bits(bits: i32) -> Self {
        Self(bits & Role::ALL.into_iter().fold(0, |all, r| all | r.bit()))
    }

    /// Whether the set holds a role.
    pub const fn has(self, role: Role) -> bool {
        self.0 & role.bit() != 0
    }

    /// The roles of the set.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |r| self.has(*r))
    }

    /// Two roles that nobody may hold together (administrator and auditor), if the set holds both.
    pub fn conflict(self) -> Option<(Role, Role)> {
        (self.has(Role::Administrator) && self.has(Role::Auditor)).then_some((Role::Administrator, Role::Auditor))
    }

    /// Whether a right is granted. Administrator and auditor see no personal data.
    pub fn may(self, right: Right) -> bool {
        use Role::{Administrator, Auditor, Caller, Coordinator, Manager, Recruiter, Registrar};
        let roles: &[Role] = match right {
            Right::Enrol => &[Recruiter, Registrar],
            Right::People => &[Registrar, Caller, Coordinator, Manager],
            Right::Import | Right::Review | Right::ContactAgain => &[Registrar],
            Right::Erase => &[Registrar, Manager],
            Right::Health | Right::Service => &[Registrar, Coordinator],
            Right::FollowUp => &[Caller, Coordinator, Registrar],
            Right::Disclose => &[Registrar, Caller, Manager],
            Right::ConfirmFirstContact | Right::Publish | Right::ApproveDisclosure => &[Manager],
            Right::Report => &[Manager, Coordinator, Registrar, Auditor],
            Right::Administer => &[Administrator],
            Right::Audit => &[Auditor],
            Right::Urgent => &[Coordinator, Manager],
            Right::Outside | Right::Wish | Right::Sample | Right::Consent | Right::StrikeActivity | Right::Correct | Right::TakeBack => {
                &[Coordinator, Registrar]
            }
            Right::Activities => &[Recruiter, Registrar, Coordinator],
            Right::LookUp | Right::TakeBackAny => &[Coordinator],
            Right::Duty => &[Manager],
            Right::ReviewOpening => &[Manager, Auditor],
        };
        roles.iter().any(|r| self.has(*r))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrator_and_auditor_see_no_people() {
        let both = Roles::of([Role::Administrator, Role::Auditor]);
        assert!(!both.may(Right::People));
        assert_eq!(both.conflict(), Some((Role::Administrator, Role::Auditor)));
        assert_eq!(Roles::small_branch().conflict(), None);
    }
}
