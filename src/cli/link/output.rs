//! Files that are there whole or not at all: written beside their place and renamed at the end.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::cli::error::unwritable;

/// Where a file is to stand.
#[derive(Debug, PartialEq, Eq)]
pub struct Output {
    /// The place, links followed.
    place: PathBuf,
    /// The place is a device or a pipe and takes the text as it comes.
    stream: bool,
}

/// A finished file beside its place. Dropped, it leaves nothing behind, and what stood in its place stays as it was.
#[derive(Debug)]
pub struct Written {
    place: PathBuf,
    part: Option<PathBuf>,
}

impl Output {
    /// Looks at a place before the work, so that one that cannot be written is told before it. `taken` are files that are read, `others`
    /// outputs named before.
    pub fn at(path: &Path, taken: &[&Path], others: &[&Self]) -> Result<Self, CliError> {
        let wrong = |what| Err(CliError::Output { path: path.to_owned(), what });
        let Some(name) = path.file_name() else { return wrong("names no file") };
        let place = match std::fs::canonicalize(path) {
            Ok(there) => there,
            Err(_) => {
                let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
                std::fs::canonicalize(folder).map_err(|e| unwritable(path, &e))?.join(name)
            }
        };
        if taken.iter().any(|t| std::fs::canonicalize(t).is_ok_and(|t| t == place)) {
            return wrong("is one of the files to be read; name another file");
        }
        let stream = match std::fs::metadata(&place) {
            Ok(there) if there.is_dir() => return wrong("is a folder; name a file in it"),
            Ok(there) if there.permissions().readonly() => return wrong("may not be written over; name another file"),
            Ok(there) => !there.is_file(),
            Err(_) => false,
        };
        let output = Self { place, stream };
        if !stream {
            if others.contains(&&output) {
                return wrong("is named for two outputs; name two files");
            }
            let part = output.part();
            OpenOptions::new().write(true).create_new(true).open(&part).map_err(|e| unwritable(path, &e))?;
            std::fs::remove_file(&part).map_err(|e| unwritable(path, &e))?;
        }
        Ok(output)
    }

    /// The name beside the place.
    fn part(&self) -> PathBuf {
        let mut name = std::ffi::OsString::from(".");
        name.push(self.place.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        self.place.with_file_name(name)
    }

    /// Writes the whole file beside its place.
    pub fn write(&self, content: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<Written, CliError> {
        let failed = |e: &std::io::Error| unwritable(&self.place, e);
        if self.stream {
            let mut writer = BufWriter::new(OpenOptions::new().write(true).open(&self.place).map_err(|e| failed(&e))?);
            content(&mut writer).and_then(|()| writer.flush()).map_err(|e| failed(&e))?;
            return Ok(Written { place: self.place.clone(), part: None });
        }
        let part = self.part();
        let file = OpenOptions::new().write(true).create_new(true).open(&part).map_err(|e| failed(&e))?;
        let written = Written { place: self.place.clone(), part: Some(part) };
        let mut writer = BufWriter::with_capacity(1 << 18, file);
        content(&mut writer).and_then(|()| writer.flush()).and_then(|()| writer.get_ref().sync_all()).map_err(|e| failed(&e))?;
        Ok(written)
    }
}

impl Written {
    /// Puts finished files in their places.
    pub fn put(files: Vec<Self>) -> Result<(), CliError> {
        for mut file in files {
            if let Some(part) = file.part.take() {
                std::fs::rename(&part, &file.place).map_err(|e| {
                    file.part = Some(part);
                    unwritable(&file.place, &e)
                })?;
            }
        }
        Ok(())
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // Nothing more can be done for a part that cannot be removed.
            let _ = std::fs::remove_file(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_there_whole_or_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("out.csv");
        std::fs::write(&place, "before").unwrap();
        let output = Output::at(&place, &[], &[]).unwrap();
        let broken = output.write(|w| w.write_all(b"half").and(Err(std::io::Error::other("full"))));
        assert!(broken.is_err());
        drop(output.write(|w| w.write_all(b"whole")).unwrap());
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "before");
        Written::put(vec![output.write(|w| w.write_all(b"whole")).unwrap()]).unwrap();
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn places_that_cannot_be_written_are_told_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("in.csv");
        std::fs::write(&input, "a\n").unwrap();
        let other = Output::at(&folder.path().join("a.csv"), &[], &[]).unwrap();
        let at = |name: &str| Output::at(&folder.path().join(name), &[&input], &[&other]).is_err();
        assert!(at("in.csv") && at("./a.csv") && at("absent/a.csv"));
        assert!(Output::at(folder.path(), &[], &[]).is_err());
        assert!(!at("b.csv"));
    }
}
