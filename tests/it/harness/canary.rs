//! Values planted in personal fields, and the byte search for every shape they could take on a disk.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// A value that must not be found, with the field it was planted in.
#[derive(Debug, Clone)]
pub struct Canary {
    pub field: &'static str,
    pub value: String,
}

/// A canary that was found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sighting {
    pub file: PathBuf,
    pub field: &'static str,
    /// In which encoding.
    pub shape: &'static str,
    /// Offset in bytes.
    pub at: usize,
}

/// How much was searched: an empty search proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Searched {
    pub files: usize,
    pub bytes: u64,
}

struct Pattern {
    field: &'static str,
    shape: &'static str,
    bytes: Vec<u8>,
}

/// Looks for canaries in any number of files; the patterns are prepared once.
pub struct Search {
    patterns: Vec<Pattern>,
    /// Patterns by their first four bytes, so that one look at each position is enough.
    by_start: HashMap<[u8; 4], Vec<usize>>,
}

impl Search {
    /// # Panics
    /// When a value is so short that it would be found by chance.
    pub fn new(canaries: &[Canary]) -> Self {
        let mut patterns = Vec::new();
        for canary in canaries {
            assert!(canary.value.len() >= 6, "the canary of `{}` is too short to be told from chance", canary.field);
            for (shape, bytes) in shapes(&canary.value) {
                if bytes.len() >= 6 && !patterns.iter().any(|p: &Pattern| p.bytes == bytes) {
                    patterns.push(Pattern { field: canary.field, shape, bytes });
                }
            }
        }
        let mut by_start: HashMap<[u8; 4], Vec<usize>> = HashMap::new();
        for (n, pattern) in patterns.iter().enumerate() {
            by_start.entry([pattern.bytes[0], pattern.bytes[1], pattern.bytes[2], pattern.bytes[3]]).or_default().push(n);
        }
        Self { patterns, by_start }
    }

    /// Everything found in one piece of bytes, as (field, shape, offset).
    pub fn in_bytes(&self, bytes: &[u8]) -> Vec<(&'static str, &'static str, usize)> {
        let mut found = Vec::new();
        for (at, start) in bytes.windows(4).enumerate() {
            let Some(candidates) = self.by_start.get(start) else { continue };
            for pattern in candidates.iter().map(|n| &self.patterns[*n]) {
                if bytes[at..].starts_with(&pattern.bytes) {
                    found.push((pattern.field, pattern.shape, at));
                }
            }
        }
        found
    }

    /// Everything found under a folder, names of files included. Links are not followed.
    pub fn in_folder(&self, folder: &Path) -> (Vec<Sighting>, Searched) {
        let mut sightings = Vec::new();
        let mut searched = Searched::default();
        let mut open = vec![folder.to_owned()];
        while let Some(path) = open.pop() {
            let Ok(kind) = path.symlink_metadata() else { continue };
            for (field, shape, at) in self.in_bytes(path.strip_prefix(folder).unwrap_or(&path).as_os_str().as_encoded_bytes()) {
                sightings.push(Sighting { file: path.clone(), field, shape, at });
            }
            if kind.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            } else if kind.is_file() {
                let bytes = std::fs::read(&path).unwrap();
                searched.files += 1;
                searched.bytes += bytes.len() as u64;
                sightings.extend(self.in_bytes(&bytes).into_iter().map(|(field, shape, at)| Sighting {
                    file: path.clone(),
                    field,
                    shape,
                    at,
                }));
            }
        }
        sightings.sort();
        (sightings, searched)
    }
}

/// The shapes a text takes in databases, logs, mails, URLs and dumps.
fn shapes(value: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf8 = value.as_bytes();
    let gbk = encoding_rs::GBK.encode(value).0.into_owned();
    let mut all: Vec<(&'static str, Vec<u8>)> = vec![
        ("UTF-8", utf8.to_vec()),
        ("UTF-16LE", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("UTF-16BE", value.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        ("GBK", gbk.clone()),
        ("hex", each(utf8, |b| format!("{b:02x}")).into_bytes()),
        ("HEX", each(utf8, |b| format!("{b:02X}")).into_bytes()),
        ("hex of GBK", each(&gbk, |b| format!("{b:02x}")).into_bytes()),
        (
            "URL",
            each(utf8, |b| if b.is_ascii_alphanumeric() || b"-._~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
                .into_bytes(),
        ),
        (
            "url",
            each(utf8, |b| if b.is_ascii_alphanumeric() || b"-._~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02x}") })
                .into_bytes(),
        ),
        (
            "quoted-printable",
            each(utf8, |b| if (33..=126).contains(&b) && b != b'=' { char::from(b).to_string() } else { format!("={b:02X}") }).into_bytes(),
        ),
        ("bytes as a list", each(utf8, |b| format!("{b}, ")).trim_end_matches(", ").as_bytes().to_vec()),
        (
            "JSON escapes",
            value
                .encode_utf16()
                .fold(String::new(), |mut s, u| {
                    let _ = if u < 128 { write!(s, "{}", char::from(u as u8)) } else { write!(s, "\\u{u:04x}") };
                    s
                })
                .into_bytes(),
        ),
        (
            "Rust escapes",
            value
                .chars()
                .map(|c| if c.is_ascii() { c.to_string() } else { c.escape_unicode().to_string() })
                .collect::<String>()
                .into_bytes(),
        ),
        (
            "HTML entities",
            value
                .chars()
                .map(|c| if c.is_ascii() { c.to_string() } else { format!("&#{};", u32::from(c)) })
                .collect::<String>()
                .into_bytes(),
        ),
        ("upper case", value.to_uppercase().into_bytes()),
        ("lower case", value.to_lowercase().into_bytes()),
        ("reversed", value.chars().rev().collect::<String>().into_bytes()),
    ];
    for (shape, text) in [("base64", utf8), ("base64 of GBK", gbk.as_slice())] {
        for shift in 0..3 {
            all.push((shape, base64_core(text, shift, b"+/")));
            all.push((shape, base64_core(text, shift, b"-_")));
        }
    }
    // Numbers: as text they are found above; a database may keep them as integers (SQLite: big-endian, as many bytes as needed).
    if let Ok(number) = value.parse::<u64>() {
        all.push(("integer, big-endian", number.to_be_bytes().to_vec()));
        all.push(("integer, little-endian", number.to_le_bytes().to_vec()));
        all.push(("integer, 6 bytes", number.to_be_bytes()[2..].to_vec()));
    }
    all
}

fn each(bytes: &[u8], shape: impl Fn(u8) -> String) -> String {
    bytes.iter().map(|b| shape(*b)).collect()
}

/// The base64 characters that do not depend on what stands before and after the text, for one of the three alignments.
fn base64_core(text: &[u8], shift: usize, last_two: &[u8; 2]) -> Vec<u8> {
    let mut alphabet: Vec<u8> = (b'A'..=b'Z').chain(b'a'..=b'z').chain(b'0'..=b'9').collect();
    alphabet.extend(last_two);
    let padded: Vec<u8> = std::iter::repeat_n(0, shift).chain(text.iter().copied()).collect();
    let mut out = Vec::new();
    for three in padded.chunks(3) {
        let bits = three.iter().enumerate().fold(0_u32, |n, (i, b)| n | u32::from(*b) << (16 - 8 * i));
        out.extend((0..4).map(|i| alphabet[(bits >> (18 - 6 * i) & 63) as usize]));
    }
    // A character counts only if all its six bits come from the text.
    let first = (shift * 8).div_ceil(6);
    let end = padded.len() * 8 / 6;
    out[first..end].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search() -> Search {
        Search::new(&[
            Canary { field: "name", value: "金丝雀啁啾".to_owned() },
            Canary { field: "phone", value: "13912345067".to_owned() },
            Canary { field: "mail", value: "Canary.One@example.org".to_owned() },
        ])
    }

    /// A table of base64 from RFC 4648 section 10, embedded at every alignment.
    #[test]
    fn base64_is_found_at_every_alignment() {
        assert_eq!(base64_core(b"foobar", 0, b"+/"), b"Zm9vYmFy");
        let find = Search::new(&[Canary { field: "word", value: "foobarbaz".to_owned() }]);
        // echo -n "<prefix>foobarbaz<suffix>" | base64
        for whole in ["Zm9vYmFyYmF6", "eGZvb2JhcmJheg==", "eHhmb29iYXJiYXo=", "eHh4Zm9vYmFyYmF6eXl5", "eGZvb2JhcmJhenl5eQ=="] {
            assert!(find.in_bytes(whole.as_bytes()).iter().any(|(_, shape, _)| *shape == "base64"), "{whole}");
        }
    }

    #[test]
    fn a_canary_is_found_in_every_shape() {
        let search = search();
        let find = |bytes: &[u8]| search.in_bytes(bytes).into_iter().map(|(field, _, _)| field).collect::<Vec<_>>();
        assert_eq!(find("姓名：金丝雀啁啾，".as_bytes()), ["name"]);
        assert_eq!(find(&encoding_rs::GB18030.encode("x金丝雀啁啾").0), ["name"]);
        assert_eq!(find(b"INSERT ... X'E98791E4B89DE99B80E59581E595BE'"), ["name"]);
        assert_eq!(find(b"GET /search?q=%E9%87%91%E4%B8%9D%E9%9B%80%E5%95%81%E5%95%BE HTTP/1.1"), ["name"]);
        assert_eq!(find(br#"{"name":"\u91d1\u4e1d\u96c0\u5541\u557e"}"#), ["name"]);
        assert_eq!(find(b"[233, 135, 145, 228, 184, 157, 233, 155, 128, 229, 149, 129, 229, 149, 190]"), ["name"]);
        assert_eq!(find(b"tel 13912345067."), ["phone"]);
        assert_eq!(find(&13_912_345_067_i64.to_be_bytes()), ["phone", "phone"]);
        assert_eq!(find(b"CANARY.ONE@EXAMPLE.ORG"), ["mail"]);
        assert_eq!(find(&"金丝雀啁啾".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()), ["name"]);
        assert!(find("金丝雀啁 1391234506 canary.two@example.org".as_bytes()).is_empty());
    }

    #[test]
    fn a_folder_is_searched_to_its_depth_names_included() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::write(folder.path().join("a/b/registry.db-wal"), [&[0; 5000][..], "13912345067".as_bytes()].concat()).unwrap();
        std::fs::write(folder.path().join("a/金丝雀啁啾.xlsx"), "nothing").unwrap();
        let (sightings, searched) = search().in_folder(folder.path());
        assert_eq!(sightings.iter().map(|s| (s.field, s.at)).collect::<Vec<_>>(), [("phone", 5000), ("name", 2)]);
        assert_eq!(searched, Searched { files: 2, bytes: 5018 });
    }
}
