//! What an office calls the sheets it imports.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::guarded::opaque_debug;

/// The names of an imported file and of the worksheet that was read. Offices name both after people, so they are personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize)]
pub struct ImportSource {
    /// The file's base name.
    pub file: String,
    /// The worksheet; empty for CSV.
    pub sheet: String,
}

opaque_debug!(ImportSource);

impl ImportSource {
    /// The last part of a path, at most 200 characters, and the worksheet's name, both without control characters.
    pub fn of(path: &str, sheet: &str) -> Self {
        let base = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(200).collect();
        Self { file: clean(base), sheet: clean(sheet) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_keeps_the_base_name_and_no_control_characters() {
        let source = ImportSource::of("C:\\桌面\\张三\n.xlsx", "表\u{7}1");
        assert_eq!((source.file.as_str(), source.sheet.as_str()), ("张三.xlsx", "表1"));
        assert_eq!(ImportSource::of("a/b.csv", "").file, "b.csv");
        assert_eq!(format!("{source:?}"), "ImportSource(..)");
    }
}
