//! Linking files: `donor-registry link` from outside, and the engine where the truth is known.

mod evaluation;
mod explanations;
mod files;
mod floors;
mod hostile;
mod people;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

/// A temporary folder in which the program runs, with an environment that is empty but for where a registry would be.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.at(name), bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.at(name)).unwrap()
    }

    /// Names of the files in the folder.
    fn names(&self) -> BTreeSet<String> {
        std::fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect()
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_donor-registry"));
        command.arg("link").args(arguments).env_clear().current_dir(self.0.path()).stdin(Stdio::null());
        command.env("DONOR_REGISTRY_DATA", self.at("data")).env("DONOR_REGISTRY_KEY_FILE", self.at("key")).env("HOME", self.at("home"));
        command.envs(variables.iter().copied()).output().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(arguments, &[])
    }

    /// Runs what must end with status 0; gives what it printed.
    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{arguments:?}: {:?}\n{said}", out.status);
        String::from_utf8(out.stdout).unwrap()
    }

    /// Runs what must end with status 2 and change nothing; gives the complaint.
    #[track_caller]
    fn refused(&self, arguments: &[&str]) -> String {
        let before = self.names();
        let out = self.run(arguments);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!(out.status.code(), Some(2), "{arguments:?}: {said}");
        assert_eq!(self.names(), before, "nothing is written");
        assert!(out.stdout.is_empty(), "an answer was printed");
        said
    }

    /// The pairs of a file: left id, right id, probability, weight, decision.
    #[track_caller]
    fn pairs(&self, name: &str) -> Vec<(String, String, f64, f64, String)> {
        let mut reader = csv::Reader::from_path(self.at(name)).unwrap();
        assert_eq!(reader.headers().unwrap(), vec!["unique_id_l", "unique_id_r", "match_probability", "match_weight", "decision"]);
        reader.deserialize().map(Result::unwrap).collect()
    }

    /// Pairs called the same.
    #[track_caller]
    fn same(&self, name: &str) -> BTreeSet<(String, String)> {
        self.pairs(name).into_iter().filter(|p| p.4 == "same").map(|p| (p.0, p.1)).collect()
    }

    /// Cluster of every id.
    #[track_caller]
    fn clusters(&self, name: &str) -> Vec<(String, String)> {
        let mut reader = csv::Reader::from_path(self.at(name)).unwrap();
        assert_eq!(reader.headers().unwrap(), vec!["unique_id", "cluster_id"]);
        reader.deserialize().map(Result::unwrap).collect()
    }
}
