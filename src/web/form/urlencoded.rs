//! `application/x-www-form-urlencoded` (WHATWG URL, 5.1).

use zeroize::Zeroize;

use super::Entries;
use crate::domain::Guarded;

/// Reads a body; `None` where it is no such form: too many fields, broken escapes, or not UTF-8.
pub fn read(body: &[u8]) -> Option<Entries> {
    let mut entries = Entries::default();
    for pair in body.split(|b| *b == b'&').filter(|pair| !pair.is_empty()) {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        let name = decode(halves.next().unwrap_or_default())?;
        let value = Guarded::new(decode(halves.next().unwrap_or_default())?);
        if name.len() > 64 || !entries.push(name, value) {
            return None;
        }
    }
    Some(entries)
}

fn decode(text: &[u8]) -> Option<String> {
    // As long as the escaped text at most: the buffer never moves and leaves no copy behind.
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = bytes.next().and_then(digit);
                let low = bytes.next().and_then(digit);
                match (high, low) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => {
                        out.zeroize();
                        return None;
                    }
                }
            }
            other => other,
        });
    }
    String::from_utf8(out)
        .map_err(|broken| {
            let mut bytes = broken.into_bytes();
            bytes.zeroize();
        })
        .ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn escape(text: &str) -> String {
        text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
    }

    #[test]
    fn plus_and_escapes_are_read() {
        let entries = read("name=%E8%B5%B5+%E7%94%B2&registries=blood&registries=volunteer&empty=".as_bytes()).unwrap();
        assert!(entries.chose("name", "赵 甲"));
        assert!(entries.chose("registries", "blood") && entries.chose("registries", "volunteer"));
        assert!(!entries.filled("empty") && entries.get("empty").is_some());
    }

    #[test]
    fn broken_bodies_are_refused() {
        for body in ["a=%", "a=%4", "a=%zz", "a=%ff"] {
            assert!(read(body.as_bytes()).is_none(), "{body}");
        }
        assert!(read("a=1&".repeat(Entries::MOST + 1).as_bytes()).is_none());
        assert!(read("b".repeat(65).as_bytes()).is_none());
    }

    proptest! {
        #[test]
        fn any_text_comes_back_as_sent(text in "\\PC{0,40}") {
            let body = format!("field={}", escape(&text));
            prop_assert!(read(body.as_bytes()).unwrap().chose("field", &text));
        }

        #[test]
        fn no_body_makes_it_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _outcome = read(&body);
        }
    }
}
