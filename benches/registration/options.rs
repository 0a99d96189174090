//! What may be typed behind `--`.

/// The sizes of a run.
pub struct Options {
    pub people: usize,
    pub seconds: u64,
    pub clients: usize,
    pub import: usize,
}

impl Options {
    /// Reads the command line; nothing where this is not a benchmark run (`cargo test --all-targets` starts the binary too).
    pub fn read() -> Option<Self> {
        let mut options = Self { people: 5_000, seconds: 10, clients: 32, import: 1_000 };
        let mut words = std::env::args().skip(1);
        let mut asked = false;
        while let Some(word) = words.next() {
            let mut number = || words.next().and_then(|n| n.parse::<usize>().ok());
            let known = match word.as_str() {
                "--bench" => {
                    asked = true;
                    Some(())
                }
                "--people" => number().map(|n| options.people = n),
                "--seconds" => number().map(|n| options.seconds = n as u64),
                "--clients" => number().map(|n| options.clients = n.clamp(1, 36)),
                "--import" => number().map(|n| options.import = n),
                _ => None,
            };
            if known.is_none() {
                crate::say("options: --people N --seconds S --clients C (at most 36) --import ROWS (0: none)");
                return None;
            }
        }
        asked.then_some(options)
    }
}
