//! The one binary; everything lives in the library.

fn main() -> std::process::ExitCode {
    donor_registry::cli::run()
}
