//! What a command prints.
#![expect(clippy::print_stdout, reason = "standard output is the answer of a command")]

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

use super::CliError;

/// A line of the answer.
pub fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// An answer for programs.
pub fn json(value: &impl serde::Serialize) {
    if let Ok(text) = serde_json::to_string_pretty(value) {
        println!("{text}");
    }
}

/// Something worth knowing beside the answer.
pub fn note(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// Why a command was not carried out.
pub fn complaint(error: &CliError) {
    eprintln!("donor-registry: {error}");
}

/// A progress bar on a terminal; elsewhere a plain line at each tenth.
pub struct Progress {
    bar: Option<ProgressBar>,
    what: &'static str,
    tenth: usize,
}

impl Progress {
    /// Begins.
    pub fn of(what: &'static str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len}").unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(0).with_style(style).with_message(what)
        });
        Self { bar, what, tenth: 0 }
    }

    /// So far.
    pub fn at(&mut self, done: usize, total: usize) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
            }
            None => {
                let tenth = (done * 10).checked_div(total).unwrap_or(0);
                if tenth > self.tenth {
                    self.tenth = tenth;
                    eprintln!("{}: {done}/{total}", self.what);
                }
            }
        }
    }
}

impl Progress {
    /// So far, as a share from 0 to 1.
    pub fn at_share(&mut self, share: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
        let percent = (100.0 * share.clamp(0.0, 1.0)) as usize;
        self.at(percent, 100);
    }
}

/// A line of an explanation: what was compared, the two values, the weight and the sum so far in bits. Long values are cut.
pub fn explained(what: &str, values: &(crate::domain::Guarded<String>, crate::domain::Guarded<String>), bits: f64, sum: f64) {
    let cut = |text: &str| {
        let mut short: String = text.chars().filter(|c| !c.is_control()).take(21).collect();
        if text.chars().count() > 21 {
            short.push('…');
        }
        short
    };
    let (left, right) = (cut(values.0.reveal()), cut(values.1.reveal()));
    println!("  {what:<36} {left:<22} {right:<22} {bits:>+9.2} {sum:>+9.2}");
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Writes bytes that name people into a file that was asked for.
pub fn into_file(file: &mut std::fs::File, bytes: &crate::domain::Guarded<Vec<u8>>) -> std::io::Result<()> {
    std::io::Write::write_all(file, bytes.reveal())?;
    file.sync_all()
}

/// A password made up for a new account, shown once to whoever made the account.
pub fn password(login: &str, password: &crate::domain::Guarded<String>) {
    println!("The account {login} was added. Its password, shown this once: {}", password.reveal());
}

/// Whether two passphrases typed are the same.
pub fn same(one: &crate::domain::Guarded<String>, other: &crate::domain::Guarded<String>) -> bool {
    one.reveal() == other.reveal()
}

/// A log-in of the demonstration.
pub fn log_in(login: &str, roles: &str, password: &crate::domain::Guarded<String>) {
    println!("  {login:<14} {:<24} {roles}", password.reveal());
}

/// The line of `followup bounces --classify` about one recipient.
pub fn report(file: &str, number: usize, report: &crate::followup::bounce::RecipientReport) -> Vec<String> {
    let status = report.status.map_or_else(String::new, |s| s.to_string());
    let recipient = report.recipient.as_ref().map_or_else(String::new, |r| r.reveal().clone());
    let action = report.action.map_or("", crate::followup::bounce::Action::word);
    vec![file.to_owned(), number.to_string(), report.class.word().to_owned(), status, recipient, action.to_owned()]
}
