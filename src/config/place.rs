//! Where the data folder and the key file are.

use std::path::{Component, Path, PathBuf};

use super::{ConfigError, Purpose, Sources};

/// A path made absolute and rid of `.` and `..`, without asking the disk.
pub(super) fn absolute(working_folder: &Path, path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in working_folder.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(whole.pop()),
            other => whole.push(other),
        }
    }
    whole
}

/// The root key file: as configured, else in the user's configuration folder, in the demo beside the data.
///
/// The default name carries the data folder's name and a fingerprint of its place, so that two registries of one user never share a
/// key file and protecting the one with a passphrase leaves the other alone. Whoever moves a data folder names the key file.
pub(super) fn key_file(sources: &Sources, configured: Option<&Path>, data: &Path, purpose: Purpose) -> Result<PathBuf, ConfigError> {
    let file = match (configured, purpose) {
        (_, Purpose::Demo) => return Ok(data.join("root.key")),
        (Some(file), _) => absolute(&sources.working_folder, file),
        (None, _) => user_folder(sources).ok_or(ConfigError::NoUserFolder)?.join(default_name(data)),
    };
    if settled(&file).starts_with(settled(data)) {
        return Err(ConfigError::key(
            "key_file",
            "lies inside the data folder: a copy of that folder would carry its own key; choose a place outside",
        ));
    }
    Ok(file)
}

fn user_folder(sources: &Sources) -> Option<PathBuf> {
    let set = |name: &str| sources.environment.get(name).filter(|v| !v.is_empty()).map(PathBuf::from).filter(|p| p.is_absolute());
    let base = set("XDG_CONFIG_HOME").or_else(|| set("APPDATA")).or_else(|| Some(set("HOME")?.join(".config")))?;
    Some(base.join("donor-registry"))
}

fn default_name(data: &Path) -> String {
    let place = settled(data);
    let name: String = place
        .file_name()
        .map(|n| n.to_string_lossy().chars().filter(|c| c.is_alphanumeric() || "-_".contains(*c)).take(40).collect())
        .unwrap_or_default();
    // FNV-1a, 64 bits: a name, not a secret.
    let mark = place
        .as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01b3));
    format!("{name}-{mark:016x}.key")
}

/// A path with the links of its existing part followed, so that two spellings of one folder are equal.
fn settled(path: &Path) -> PathBuf {
    path.ancestors()
        .find_map(|existing| {
            let real = existing.canonicalize().ok()?;
            let rest = path.strip_prefix(existing).ok()?;
            // Joining an empty rest would add a slash and change the fingerprint once the folder exists.
            Some(if rest.as_os_str().is_empty() { real } else { real.join(rest) })
        })
        .unwrap_or_else(|| path.to_owned())
}
