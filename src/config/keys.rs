//! Every key: its dotted name, its kind, its default. The name in the environment follows from it.

/// How the text of an environment variable or of the command line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    YesNo,
    /// Separated by commas.
    List,
}

impl Kind {
    /// What belongs there, for an error message.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "must be text in quotes",
            Self::Number => "must be a whole number in range",
            Self::YesNo => "must be true or false",
            Self::List => "must be a list of texts",
        }
    }
}

/// All keys. `docs/DEPLOYMENT.md` explains each; a test holds the two together.
pub(super) const KEYS: &[(&str, Kind)] = &[
    ("data", Kind::Text),
    ("database_url", Kind::Text),
    ("key_file", Kind::Text),
    ("address", Kind::Text),
    ("port", Kind::Number),
    ("public_url", Kind::Text),
    ("behind_proxy", Kind::List),
    ("branch.zh", Kind::Text),
    ("branch.en", Kind::Text),
    ("branch.phone", Kind::Text),
    ("branch.address", Kind::Text),
    ("branch.language", Kind::Text),
    ("zone", Kind::Text),
    ("small_branch", Kind::YesNo),
    ("smtp.mode", Kind::Text),
    ("smtp.host", Kind::Text),
    ("smtp.port", Kind::Number),
    ("smtp.security", Kind::Text),
    ("smtp.user", Kind::Text),
    ("smtp.password_file", Kind::Text),
    ("smtp.ca_file", Kind::Text),
    ("smtp.from", Kind::Text),
    ("smtp.reply_to", Kind::Text),
    ("smtp.manager", Kind::Text),
    ("smtp.digest", Kind::Text),
    ("smtp.bounce_domain", Kind::Text),
    ("smtp.folder", Kind::Text),
    ("smtp.per_hour", Kind::Number),
    ("smtp.per_day", Kind::Number),
    ("smtp.seconds_between", Kind::Number),
    ("schedule", Kind::YesNo),
    ("upload_limit_mib", Kind::Number),
    ("lookups_per_hour", Kind::Number),
    ("argon2.memory_kib", Kind::Number),
    ("argon2.passes", Kind::Number),
    ("argon2.lanes", Kind::Number),
    ("rules", Kind::Text),
    ("mail_texts", Kind::Text),
];

/// Every variable of ours starts so.
pub(super) const PREFIX: &str = "DONOR_REGISTRY_";

/// Variables of ours that are no settings: read by the logs, by key unlocking and by the tests.
pub(super) fn is_not_a_setting(variable: &str) -> bool {
    let rest = variable.strip_prefix(PREFIX).unwrap_or(variable);
    matches!(rest, "CONFIG" | "LOG" | "PASSPHRASE_FILE") || rest.starts_with("TEST_")
}

/// `smtp.host` is `DONOR_REGISTRY_SMTP_HOST`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_ascii_uppercase())
}

/// The kind of a key.
pub(super) fn kind(key: &str) -> Option<Kind> {
    KEYS.iter().find(|(k, _)| *k == key).map(|(_, kind)| *kind)
}

/// The defaults, as the file that would set them.
pub(super) const DEFAULTS: &str = r#"
data = "data"
address = "127.0.0.1"
port = 8000
behind_proxy = []
zone = "Asia/Shanghai"
small_branch = true
schedule = true
upload_limit_mib = 20
lookups_per_hour = 30

[branch]
zh = "红十字会捐献登记处"
en = "Red Cross Donor Registry"
language = "zh"

[smtp]
mode = "folder"
security = "starttls"
from = "registry@localhost.localdomain"
per_hour = 200
per_day = 1000
seconds_between = 10

[argon2]
memory_kib = 47104
passes = 1
lanes = 1
"#;
