//! What can go wrong in the vault.

use std::path::PathBuf;

use crate::domain::Compartment;

use super::purpose::KeyPurpose;

/// An error of the vault. No message carries key material, plaintext or ciphertext.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random numbers; nothing was written; try again")]
    Entropy,
    /// A key file could not be read or written.
    #[error("the key file {path} could not be {act}: {kind}; nothing was changed; check the path and its permissions")]
    File {
        /// Which file.
        path: PathBuf,
        /// `read` or `written`.
        act: &'static str,
        /// The operating system's reason.
        kind: std::io::ErrorKind,
    },
    /// A key file would be overwritten.
    #[error("a key file {0} exists already and is never overwritten; nothing was changed; choose another path or use the file there")]
    FileExists(PathBuf),
    /// A key file may be read by other accounts of the machine.
    #[error("the key file {0} can be read by other accounts; it was not used; take their rights away (chmod 600) and try again")]
    FileOpenToOthers(PathBuf),
    /// A key file is not what was expected.
    #[error("this is not a whole {0}; nothing was changed; use the file as it was written, or the recovery sheet")]
    FileForm(&'static str),
    /// A passphrase does not open a protected root key.
    #[error("the passphrase does not open this root key; nothing was changed; type it again")]
    WrongPassphrase,
    /// A passphrase or password is not acceptable.
    #[error("{0}")]
    Password(#[from] super::password::PasswordFlaw),
    /// Lines of a typed recovery sheet are wrong or missing.
    #[error("these lines of the recovery sheet are missing or mistyped: {}; nothing was changed; compare them with the paper", Lines(.0))]
    Sheet(Vec<u8>),
    /// No key of the keyring opens under this root key.
    #[error("this root key belongs to another registry; nothing was changed; use the key file or recovery sheet of this one")]
    WrongRoot,
    /// One key of the keyring does not open.
    #[error("key {0} of the keyring was changed or damaged; nothing was opened; restore the keyring from a backup")]
    KeyDamaged(u32),
    /// The keyring as a whole is not one that this program writes.
    #[error("the keyring is not in order ({0}); nothing was opened; restore the keyring from a backup")]
    Keyring(&'static str),
    /// This process was not given the keys of a compartment.
    #[error("this process was started without the keys of the compartment {}; nothing was changed; use a process that holds them", .0.word())]
    Closed(Compartment),
    /// This process was not given a key.
    #[error("this process was started without the key for {}; nothing was changed; use a process that holds it", .0.word())]
    NoKey(KeyPurpose),
    /// A row names a key that this process does not hold.
    #[error("key {0} is not in the keyring or was destroyed; what it wrapped stays closed")]
    KeyUnknown(u32),
    /// A subject has no data key for a compartment: erased, or not asked for.
    #[error("the subject has no data key for the compartment {}: its data were erased or the key was not loaded", .0.word())]
    NoDataKey(Compartment),
    /// A wrapped data key does not open.
    #[error("a data key of the compartment {} was changed, damaged or belongs elsewhere; nothing was opened", .0.word())]
    DataKeyRefused(Compartment),
    /// Keys of one subject were used for a slot of another, or a compartment that has no subject.
    #[error("a value was to be sealed or opened with keys that are not its subject's; nothing was done; this is a fault of the program")]
    WrongSubject,
    /// A ciphertext is too short, or its header is none that this program writes.
    #[error("a sealed value is damaged: its header is not readable; nothing was opened")]
    Form,
    /// A ciphertext was written by an algorithm suite this program does not know.
    #[error("a sealed value was written by a newer program; nothing was opened; update this one")]
    Suite,
    /// A ciphertext is not the one sealed for this place under this key.
    #[error("a sealed value was changed, moved from another place or sealed with another key; nothing was opened")]
    Refused,
    /// What was sealed is not a value of the type asked for, or the value has no sealed form.
    #[error("a sealed value does not have the shape this program expects; nothing was opened or written")]
    Shape,
    /// A row's MAC does not fit.
    #[error("a row was changed outside this program or its check value is damaged; it was not used")]
    Mac,
    /// A step of key rotation is not possible in the key's status.
    #[error("key {0} cannot take this step of rotation in its present status; nothing was changed")]
    Rotation(u32),
}

struct Lines<'a>(&'a [u8]);

impl std::fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, line) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{line}")?;
        }
        Ok(())
    }
}
