//! Key files on disk: text, mode 0600, written whole or not at all, never over another.

use std::io::{Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::VaultError;
use super::node::NodeKeyFile;
use super::protect::ProtectedRoot;
use super::root::RootKey;

/// The largest key file taken in.
const MAX: u64 = 64 * 1024;

/// What a key file turned out to be.
#[derive(Debug)]
pub enum KeyFile {
    /// A root key, ready for use.
    Root(RootKey),
    /// A root key behind a passphrase.
    Protected(ProtectedRoot),
    /// The keys of some compartments.
    Node(NodeKeyFile),
}

impl KeyFile {
    /// Reads a key file of any kind.
    ///
    /// # Errors
    /// [`VaultError::FileOpenToOthers`] where other accounts may read it, [`VaultError::FileForm`] where it is none.
    pub fn read(path: &Path) -> Result<Self, VaultError> {
        let text = read_private(path)?;
        match text.lines().next().map(str::trim) {
            Some(super::root::TITLE) => RootKey::from_text(&text).map(Self::Root),
            Some(super::protect::TITLE) => ProtectedRoot::from_text(&text).map(Self::Protected),
            Some(super::node::TITLE) => NodeKeyFile::from_text(&text).map(Self::Node),
            _ => Err(VaultError::FileForm("key file")),
        }
    }
}

/// Reads a file that only its owner may read.
pub(super) fn read_private(path: &Path) -> Result<Zeroizing<String>, VaultError> {
    let fail = |e: std::io::Error| VaultError::File { path: path.to_owned(), act: "read", kind: e.kind() };
    let mut file = std::fs::File::open(path).map_err(fail)?;
    let meta = file.metadata().map_err(fail)?;
    if !meta.is_file() || meta.len() > MAX {
        return Err(VaultError::FileForm("key file"));
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o077 != 0 {
        return Err(VaultError::FileOpenToOthers(path.to_owned()));
    }
    let len = usize::try_from(meta.len()).map_err(|_| VaultError::FileForm("key file"))?;
    let mut bytes = Zeroizing::new(vec![0; len]);
    file.read_exact(&mut bytes).map_err(fail)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| VaultError::FileForm("key file"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Writes a new file that only its owner may read, durable before the answer; folders above it are made. A file that could not be
/// written whole is taken away again.
pub(super) fn write_private(path: &Path, text: &str) -> Result<(), VaultError> {
    let fail = |e: std::io::Error| match e.kind() {
        std::io::ErrorKind::AlreadyExists => VaultError::FileExists(path.to_owned()),
        kind => VaultError::File { path: path.to_owned(), act: "written", kind },
    };
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(fail)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(fail)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    #[cfg(unix)]
    let written = written.and_then(|()| std::fs::File::open(folder)?.sync_all());
    written.map_err(|e| {
        // Best effort: the error that is reported is the one that came first.
        let _ = std::fs::remove_file(path);
        fail(e)
    })
}

/// Puts a new file in the place of one of the owner's, durable before the answer, and overwrites the bytes of the old one.
pub(super) fn replace_private(path: &Path, text: &str) -> Result<(), VaultError> {
    let fail = |e: std::io::Error| VaultError::File { path: path.to_owned(), act: "replaced", kind: e.kind() };
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = std::path::PathBuf::from(beside);
    let mut old = std::fs::OpenOptions::new().write(true).open(path).map_err(fail)?;
    let len = usize::try_from(old.metadata().map_err(fail)?.len()).map_err(|_| VaultError::FileForm("key file"))?;
    // Left behind by a run that was killed; it was never in use.
    if beside.exists() {
        std::fs::remove_file(&beside).map_err(fail)?;
    }
    write_private(&beside, text)?;
    std::fs::rename(&beside, path).map_err(fail)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::File::open(folder).and_then(|f| f.sync_all()).map_err(fail)?;
    }
    old.write_all(&vec![0; len.min(64 * 1024)]).and_then(|()| old.sync_all()).map_err(fail)
}

/// The value behind `name ` on a line of its own.
pub(super) fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|l| l.trim().strip_prefix(name)?.strip_prefix(' ').map(str::trim))
}
