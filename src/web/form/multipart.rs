//! `multipart/form-data` (RFC 7578), read out of memory. Nothing is spooled to disk.

use zeroize::Zeroizing;

use super::Entries;
use crate::domain::Guarded;

/// A file as uploaded.
pub struct Upload {
    /// Base name as the browser told it: of the office's making, shown to staff and sealed into the import's record.
    pub name: String,
    /// The bytes; zeroised on drop.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upload({} bytes)", self.bytes.len())
    }
}

/// The boundary of a content type, if it is one of this form.
pub fn boundary(content_type: &str) -> Option<&str> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let value = parameters.split(';').find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("boundary").then_some(value.trim())
    })?;
    let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
    // RFC 2046, 5.1.1: 1 to 70 characters.
    (1..=70).contains(&value.len()).then_some(value)
}

/// Reads a body into fields and at most one file; `None` where it is broken.
pub fn read(body: &[u8], boundary: &str) -> Option<(Entries, Option<Upload>)> {
    let opening = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut rest = body.get(find(body, opening.as_bytes())? + opening.len()..)?;
    let mut entries = Entries::default();
    let mut upload = None;
    loop {
        if rest.starts_with(b"--") {
            return Some((entries, upload));
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(rest.get(..head_end)?).ok()?;
        let content = rest.get(head_end + 4..)?;
        let end = find(content, between.as_bytes())?;
        let value = content.get(..end)?;
        let disposition = head.split("\r\n").find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.trim().eq_ignore_ascii_case("content-disposition").then_some(value)
        })?;
        let name = parameter(disposition, "name")?;
        match parameter(disposition, "filename") {
            // A file field without a file is sent with an empty name.
            Some(file) if file.is_empty() => {}
            Some(file) => {
                if upload.is_some() {
                    return None;
                }
                let base = file.rsplit(['/', '\\']).next().unwrap_or_default();
                let base: String = base.chars().filter(|c| !c.is_control()).take(120).collect();
                upload = Some(Upload { name: base, bytes: Zeroizing::new(value.to_vec()) });
            }
            None => {
                let text = std::str::from_utf8(value).ok()?;
                if name.len() > 64 || !entries.push(name, Guarded::new(text.to_owned())) {
                    return None;
                }
            }
        }
        rest = content.get(end + between.len()..)?;
    }
}

/// A quoted parameter of a content disposition; browsers escape `"` as `%22` and line breaks as `%0D%0A` (WHATWG HTML, 4.10.21.8).
fn parameter(disposition: &str, wanted: &str) -> Option<String> {
    for part in disposition.split(';').skip(1) {
        let (name, value) = part.split_once('=')?;
        if name.trim() == wanted {
            let value = value.trim();
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            return Some(value.replace("%22", "\"").replace("%0D", "").replace("%0A", ""));
        }
    }
    None
}

/// Where `needle` first stands; skips by its first byte, so that a sheet of 20 MiB is scanned at memory speed.
fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = hay.get(from..)?.iter().position(|b| *b == first) {
        let start = from + at;
        if hay.get(start..)?.starts_with(needle) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn body(file: &[u8]) -> Vec<u8> {
        let mut out = b"--XyZ\r\nContent-Disposition: form-data; name=\"registry\"\r\n\r\nblood\r\n--XyZ\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\Users\\a\\\xE8\xA1\xA8.csv\"\r\nContent-Type: text/csv\r\n\r\n".to_vec();
        out.extend_from_slice(file);
        out.extend_from_slice(b"\r\n--XyZ--\r\n");
        out
    }

    #[test]
    fn fields_and_the_file_are_read_with_its_base_name() {
        let (entries, upload) = read(&body(b"a,b\r\n1,2"), "XyZ").unwrap();
        let upload = upload.unwrap();
        assert!(entries.chose("registry", "blood"));
        assert_eq!((upload.name.as_str(), upload.bytes.as_slice()), ("表.csv", b"a,b\r\n1,2".as_slice()));
        assert_eq!(format!("{upload:?}"), "Upload(8 bytes)");
    }

    #[test]
    fn the_boundary_is_read_and_its_length_checked() {
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\""), Some("a b"));
        assert_eq!(boundary("multipart/form-data; boundary=----WebKit"), Some("----WebKit"));
        assert_eq!(boundary("application/x-www-form-urlencoded"), None);
        assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "a".repeat(71))), None);
    }

    #[test]
    fn a_cut_body_is_refused() {
        let whole = body(b"x");
        for end in 0..whole.len() - 4 {
            assert!(read(&whole[..end], "XyZ").is_none(), "{end}");
        }
    }

    proptest! {
        #[test]
        fn any_file_comes_back_as_sent(file in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assume!(find(&file, b"\r\n--XyZ").is_none());
            let (_, upload) = read(&body(&file), "XyZ").unwrap();
            let upload = upload.unwrap();
            prop_assert_eq!(upload.bytes.as_slice(), file.as_slice());
        }

        #[test]
        fn no_body_makes_it_panic(noise in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _outcome = read(&noise, "XyZ");
        }
    }
}
