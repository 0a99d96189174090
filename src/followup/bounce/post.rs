//! Messages as they lie about: files of a folder or a Maildir, or one on a pipe.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What is read of one message, in bytes. A report stands at the beginning; what follows is the mail that came back.
pub const MOST: u64 = 8 << 20;
/// Folders within folders that are looked into; more is a loop of links.
const DEPTH: usize = 12;

/// A message in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The path below the folder, with `/` on every system; of a flat folder the file's name.
    pub name: String,
    /// The file.
    pub path: PathBuf,
}

/// Every message of a folder and the folders in it, in the order of their names. The `tmp` of a Maildir is left out: what lies there is
/// still being delivered.
///
/// # Errors
/// Where the folder itself cannot be listed. One that lies in it and cannot is given as a letter, so that reading it says so.
pub fn letters(folder: &Path) -> io::Result<Vec<Letter>> {
    let mut out = Vec::new();
    collect(folder, "", DEPTH, &mut out)?;
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

fn collect(folder: &Path, prefix: &str, depth: usize, out: &mut Vec<Letter>) -> io::Result<()> {
    let maildir = folder.join("new").is_dir() && folder.join("cur").is_dir();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let own = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let name = format!("{prefix}{own}");
        if path.is_dir() {
            if !(maildir && own == "tmp") && depth > 0 && collect(&path, &format!("{name}/"), depth - 1, out).is_err() {
                out.push(Letter { name, path });
            }
        } else {
            out.push(Letter { name, path });
        }
    }
    Ok(())
}

/// The beginning of a message, up to [`MOST`] bytes.
///
/// # Errors
/// As the source's.
pub fn read(source: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MOST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The beginning of a message in a file.
///
/// # Errors
/// As the file system's. A pipe or device in the folder is refused: it might never end.
pub fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    read(File::open(path)?)
}

/// Moves a message that was read from the `new` of a Maildir to its `cur`, marked as seen. Files elsewhere stay where they are.
///
/// # Errors
/// As the file system's.
pub fn mark_read(path: &Path) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let Some(maildir) = folder.parent().filter(|m| folder.ends_with("new") && m.join("cur").is_dir()) else { return Ok(()) };
    let mut seen = name.to_owned();
    seen.push(":2,S");
    fs::rename(path, maildir.join("cur").join(seen))
}

/// Moves a message that cannot be read out of `folder` into the folder `<name>.quarantine` beside it, made for its owner alone: it is not met
/// again by the next run, and nothing of it is lost. Answers that folder.
///
/// # Errors
/// As the file system's; the message then lies where it lay. A folder is never moved.
pub fn set_aside(folder: &Path, letter: &Path) -> io::Result<PathBuf> {
    if fs::symlink_metadata(letter)?.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = folder.canonicalize()?;
    let (Some(above), Some(name), Some(own)) = (folder.parent(), folder.file_name(), letter.file_name()) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let mut beside = name.to_owned();
    beside.push(".quarantine");
    let quarantine = above.join(beside);
    make_private(&quarantine)?;
    // Two folders of a Maildir may hold messages of one name.
    for n in 0..1_000 {
        let mut name = own.to_owned();
        if n > 0 {
            name.push(format!(".{n}"));
        }
        let to = quarantine.join(name);
        if fs::symlink_metadata(&to).is_err() {
            fs::rename(letter, &to)?;
            return Ok(quarantine);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_maildir_is_read_without_what_is_still_being_delivered() {
        let folder = tempfile::tempdir().unwrap();
        for part in ["new", "cur", "tmp"] {
            fs::create_dir(folder.path().join(part)).unwrap();
            fs::write(folder.path().join(part).join("1.host"), part).unwrap();
        }
        let names: Vec<String> = letters(folder.path()).unwrap().into_iter().map(|l| l.name).collect();
        assert_eq!(names, ["cur/1.host", "new/1.host"]);
    }

    #[test]
    fn a_flat_folder_gives_the_names_of_its_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.eml", "a.eml", "tmp"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let names: Vec<String> = letters(folder.path()).unwrap().into_iter().map(|l| l.name).collect();
        assert_eq!(names, ["a.eml", "b.eml", "tmp"]);
    }

    #[test]
    fn of_a_huge_message_only_the_beginning_is_read() {
        assert_eq!(read(io::repeat(b'x')).unwrap().len() as u64, MOST);
    }

    #[cfg(unix)]
    #[test]
    fn a_message_that_cannot_be_read_lies_beside_the_folder_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("box");
        for part in ["new", "cur"] {
            fs::create_dir_all(folder.join(part)).unwrap();
            fs::write(folder.join(part).join("1.host"), part).unwrap();
        }
        let first = set_aside(&folder, &folder.join("new/1.host")).unwrap();
        let second = set_aside(&folder, &folder.join("cur/1.host")).unwrap();
        assert_eq!((first.file_name(), &first), (Some("box.quarantine".as_ref()), &second));
        assert_eq!(fs::metadata(&first).unwrap().permissions().mode() & 0o777, 0o700);
        let kept: Vec<String> = ["1.host", "1.host.1"].iter().map(|name| fs::read_to_string(first.join(name)).unwrap()).collect();
        assert_eq!(kept, ["new", "cur"], "neither took the other's place");
        assert!(letters(&folder).unwrap().is_empty(), "the next run does not meet them");
        assert!(set_aside(&folder, &folder.join("new")).is_err(), "a folder stays where it is");
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_comes_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.eml"), "a").unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert!(letters(folder.path()).unwrap().len() <= DEPTH + 1);
    }
}
