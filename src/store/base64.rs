//! Bytes as base 64 text (RFC 4648, section 4, without padding), for staged rows and backup files.

const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of some bytes.
pub(super) fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0_u32, |bits, byte| (bits << 8) | u32::from(*byte)) << (8 * (3 - group.len()));
        for symbol in 0..=group.len() {
            let value = usize::try_from((bits >> (18 - 6 * symbol)) & 63).expect("six bits");
            out.push(char::from(SYMBOLS[value]));
        }
    }
    out
}

/// The bytes of a text; none where it is not what [`encode`] writes.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        let bits = group.iter().try_fold(0_u32, |bits, symbol| Some((bits << 6) | value(*symbol)?))? << (6 * (4 - group.len()));
        let [_, bytes @ ..] = bits.to_be_bytes();
        let kept = group.len().checked_sub(1).filter(|n| *n > 0)?;
        // What lies past the last whole byte is zero in a text written here.
        if bytes.iter().skip(kept).any(|b| *b != 0) {
            return None;
        }
        out.extend(bytes.iter().take(kept));
    }
    Some(out)
}

fn value(symbol: u8) -> Option<u32> {
    match symbol {
        b'A'..=b'Z' => Some(u32::from(symbol - b'A')),
        b'a'..=b'z' => Some(u32::from(symbol - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(symbol - b'0') + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_rfc_hold() {
        for (plain, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(plain.as_bytes()));
        }
    }

    #[test]
    fn every_byte_comes_back_and_other_text_is_refused() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&bytes)), Some(bytes));
        for wrong in ["Z", "Zm9v=", "Zh", "Zm 9"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
    }
}
