//! What can go wrong in this room.

use chrono::NaiveDate;

use super::kind::{Kind, Language};

/// An error of the follow-up room. No message quotes personal data: policies and templates are the office's own texts.
#[derive(Debug, thiserror::Error)]
pub enum FollowupError {
    /// The policy file is not TOML.
    #[error("{file}: not valid TOML: {detail}. The policy in force is unchanged; correct the file and load it again.")]
    PolicySyntax {
        /// The file's name.
        file: String,
        /// The TOML reader's message, with line and column.
        detail: String,
    },
    /// A field outside the rules is wrong.
    #[error("{file}: field `{field}`: {problem}. The policy in force is unchanged; correct the file and load it again.")]
    PolicyField {
        /// The file's name.
        file: String,
        /// The field.
        field: String,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// A field of a rule is wrong.
    #[error("{file}: rule `{rule}`, field `{field}`: {problem}. The policy in force is unchanged; correct the file and load it again.")]
    PolicyRule {
        /// The file's name.
        file: String,
        /// The rule's id, or its place in the file where it has none.
        rule: String,
        /// The field.
        field: String,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// No edition of the policy holds on the day.
    #[error(
        "no follow-up policy is valid on {day}: the earliest edition begins later. Nothing was planned; add an edition with an earlier valid_from."
    )]
    NoPolicy {
        /// The day judged.
        day: NaiveDate,
    },
    /// A mail text cannot be used.
    #[error("mail text {}/{}.txt: {problem}. The shipped text stays in use; correct the file and start again.", kind.word(), language.word())]
    Template {
        /// Which kind.
        kind: Kind,
        /// Which language.
        language: Language,
        /// What is wrong.
        problem: String,
    },
    /// A setting of the mail system is wrong.
    #[error("mail settings, `{field}`: {problem}. No mail was sent; correct the setting and start again.")]
    Settings {
        /// The setting.
        field: &'static str,
        /// What is wrong and what is allowed.
        problem: String,
    },
    /// A mail could not be put together.
    #[error("the mail could not be composed: {problem}. It stays queued; correct the cause and send again.")]
    Message {
        /// What is wrong, without any value.
        problem: &'static str,
    },
}
