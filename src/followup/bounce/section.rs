//! What a text says of each of several recipients.

use std::collections::HashMap;

use super::text::{addresses, leading_address};

/// The most that is said of one recipient, in bytes, and the same where a report names very many: the work stays in bounds.
const LONG: usize = 8 << 10;
const SHORT: usize = 300;
const MANY: usize = 50;

/// A text by the addresses in its lines; looked through once, however many recipients are asked for.
pub(super) struct Sections<'a> {
    lines: Vec<&'a str>,
    /// The address that begins a line, in lower case.
    leading: Vec<Option<String>>,
    /// The lines that name an address in lower case.
    naming: HashMap<String, Vec<usize>>,
    most: usize,
}

impl<'a> Sections<'a> {
    /// Looks through a text for `recipients` recipients.
    pub(super) fn of(text: &'a str, recipients: usize) -> Self {
        let lines: Vec<&str> = text.lines().collect();
        let leading = lines.iter().map(|l| leading_address(l).map(|a| a.to_ascii_lowercase())).collect();
        let mut naming: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, line) in lines.iter().enumerate() {
            for address in addresses(&line.to_ascii_lowercase()) {
                naming.entry(address).or_default().push(at);
            }
        }
        Self { lines, leading, naming, most: if recipients > MANY { SHORT } else { LONG } }
    }

    /// From each line that names the recipient to the line that begins with another.
    pub(super) fn of_recipient(&self, address: &str) -> String {
        let wanted = address.to_ascii_lowercase();
        let mut out = String::new();
        let mut next = 0;
        for &from in self.naming.get(&wanted).map(Vec::as_slice).unwrap_or_default() {
            if from < next {
                continue;
            }
            next = from;
            while let (Some(line), Some(leading)) = (self.lines.get(next), self.leading.get(next)) {
                let other = next > from && leading.as_deref().is_some_and(|a| a != wanted);
                if other || out.len() + line.len() > self.most {
                    break;
                }
                out.push_str(line);
                out.push('\n');
                next += 1;
            }
        }
        out
    }
}
