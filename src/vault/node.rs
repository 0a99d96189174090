//! Node key files: what a process needs that opens some compartments and no others.
//!
//! The file carries the wrapping keys of its purposes (see `keyring.rs`: one-way derived from the root key, one for each purpose) and a root of
//! its own for what is local to the node. With the stored keyring it opens the present and future keys of those purposes, so a KEK rotation
//! needs no new file; a rotation of the root key ends all node files.
//!
//! What goes in with which compartment:
//! - always: the row MAC key, since a row must not be believed unchecked (a MAC is symmetric: a node could also forge one; THREATS.md);
//! - `identity` or `contact`: the blind index key, for look-up;
//! - `contact`: the key for links in mails, since the mailer makes them;
//! - never: sessions, audit checkpoints, request fingerprints, and the registry's own [`crate::domain::Keyed`] key: tags made on a node are
//!   the node's own and comparable within it only.

use std::path::Path;

use zeroize::{Zeroize, Zeroizing};

use crate::domain::Compartment;
use crate::domain::id::DeploymentId;

use super::entropy::Entropy;
use super::error::VaultError;
use super::keyring::{KeyRow, Vault, Wrapping};
use super::primitive::{self, Kdf, Key, same, sha256};
use super::purpose::KeyPurpose;
use super::{files, text};

pub(super) const TITLE: &str = "donor-registry node key 1";

/// The keys of a node. Zeroised on drop.
pub struct NodeKeyFile {
    deployment: DeploymentId,
    root: Key,
    keys: Vec<(KeyPurpose, Key)>,
}

impl std::fmt::Debug for NodeKeyFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NodeKeyFile(..)")
    }
}

impl Drop for NodeKeyFile {
    fn drop(&mut self) {
        self.root.zeroize();
    }
}

/// The purposes that a set of compartments brings along.
fn purposes(compartments: &[Compartment]) -> Vec<KeyPurpose> {
    let has = |c| compartments.contains(&c);
    let wanted = |purpose: &KeyPurpose| match purpose {
        KeyPurpose::Kek(c) => has(*c),
        KeyPurpose::RowMac => true,
        KeyPurpose::BlindIndex => has(Compartment::Identity) || has(Compartment::Contact),
        KeyPurpose::Mail => has(Compartment::Contact),
        KeyPurpose::Audit | KeyPurpose::Session | KeyPurpose::Keyed | KeyPurpose::Idempotency => false,
    };
    KeyPurpose::ALL.into_iter().filter(wanted).collect()
}

impl Vault {
    /// The keys of a node that shall open these compartments.
    ///
    /// # Errors
    /// [`VaultError::Closed`] where this process does not hold one of them itself.
    pub fn export_node(&self, compartments: &[Compartment]) -> Result<NodeKeyFile, VaultError> {
        if let Some(closed) = compartments.iter().find(|c| !self.opens(**c)) {
            return Err(VaultError::Closed(*closed));
        }
        let mut keys = Vec::new();
        for purpose in purposes(compartments) {
            keys.push((purpose, self.wrapping.key(purpose).ok_or(VaultError::NoKey(purpose))?.clone()));
        }
        Ok(NodeKeyFile { deployment: self.deployment, root: primitive::random_key(&self.entropy)?, keys })
    }

    /// Opens the stored keyring as a node: its compartments and nothing else. Rows of other purposes are passed over.
    ///
    /// # Errors
    /// As [`Vault::open`]; [`VaultError::WrongRoot`] also after the root key was rotated.
    pub fn open_node(file: &NodeKeyFile, rows: &[KeyRow]) -> Result<Self, VaultError> {
        let wrapping = Wrapping(file.keys.iter().map(|(p, k)| (*p, k.clone())).collect());
        let tag = Kdf::extract(b"dv1/node/keyed", &*file.root);
        Self::build(wrapping, file.deployment, rows, Entropy::System, Some(tag))
    }
}

impl NodeKeyFile {
    /// The installation it belongs to.
    pub fn deployment(&self) -> DeploymentId {
        self.deployment
    }

    /// The compartments it opens.
    pub fn compartments(&self) -> Vec<Compartment> {
        let kek = |purpose: &KeyPurpose| match purpose {
            KeyPurpose::Kek(c) => Some(*c),
            _ => None,
        };
        self.keys.iter().filter_map(|(p, _)| kek(p)).collect()
    }

    /// The text form, zeroised on drop.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut out = Zeroizing::new(String::with_capacity(2048));
        out.push_str(&format!("{TITLE}\ndeployment {}\n", self.deployment));
        let mut line = |word: &str, key: &Key| {
            for part in ["key ", word, " ", &text::hex(&**key), "\n"] {
                out.push_str(part);
            }
        };
        line("root", &self.root);
        for (purpose, key) in &self.keys {
            line(purpose.word(), key);
        }
        let check = text::hex(&sha256(&[b"dv1/node/file", out.as_bytes()]));
        out.push_str("check ");
        out.push_str(&check);
        out.push('\n');
        out
    }

    /// Reads the text form.
    pub fn from_text(file: &str) -> Result<Self, VaultError> {
        Self::parse(file).ok_or(VaultError::FileForm("node key file"))
    }

    /// Writes a new file of mode 0600.
    pub fn write(&self, path: &Path) -> Result<(), VaultError> {
        files::write_private(path, &self.to_text())
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, VaultError> {
        Self::from_text(&files::read_private(path)?)
    }

    fn parse(file: &str) -> Option<Self> {
        let (body, check) = file.split_once("check ")?;
        let check = text::from_hex::<32>(check.trim())?;
        if body.lines().next()? != TITLE || !same(&sha256(&[b"dv1/node/file", body.as_bytes()]), &*check) {
            return None;
        }
        let deployment = DeploymentId(files::field(body, "deployment")?.parse().ok()?);
        let (mut root, mut keys) = (None, Vec::new());
        for line in body.lines().filter_map(|l| l.strip_prefix("key ")) {
            let (word, hex) = line.split_once(' ')?;
            let key = text::from_hex::<32>(hex)?;
            match KeyPurpose::from_word(word) {
                Some(purpose) => keys.push((purpose, key)),
                None if word == "root" => root = Some(key),
                None => return None,
            }
        }
        Some(Self { deployment, root: root?, keys })
    }
}
