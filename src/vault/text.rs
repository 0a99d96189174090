//! Keys as text: hexadecimal, base64 (RFC 4648) and base 32 (Crockford's symbols, which are safe to copy by hand).

use zeroize::Zeroizing;

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Regroups bits: `input` in groups of `from` bits, answer in groups of `to` bits, the last filled with zero bits when `pad`.
fn regroup(input: impl IntoIterator<Item = u8>, from: u32, to: u32, pad: bool, mut put: impl FnMut(u8)) -> bool {
    let (mut held, mut bits) = (0u32, 0u32);
    for group in input {
        held = (held << from) | u32::from(group);
        bits += from;
        while bits >= to {
            bits -= to;
            put(u8::try_from((held >> bits) & ((1 << to) - 1)).unwrap_or_default());
        }
        held &= (1 << bits) - 1;
    }
    if pad && bits > 0 {
        put(u8::try_from((held << (to - bits)) & ((1 << to) - 1)).unwrap_or_default());
    }
    pad || (bits < from && held == 0)
}

fn symbol(alphabet: &[u8], value: u8, url: bool) -> char {
    match (alphabet.get(usize::from(value)).copied().unwrap_or_default(), url) {
        (b'+', true) => '-',
        (b'/', true) => '_',
        (other, _) => char::from(other),
    }
}

fn encode(alphabet: &[u8], bits: u32, url: bool, bytes: &[u8]) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(bytes.len() * 2 + 1));
    regroup(bytes.iter().copied(), 8, bits, true, |v| out.push(symbol(alphabet, v, url)));
    out
}

fn decode(values: Option<Vec<u8>>, bits: u32) -> Option<Zeroizing<Vec<u8>>> {
    let values = Zeroizing::new(values?);
    let mut out = Zeroizing::new(Vec::with_capacity(values.len()));
    let whole = regroup(values.iter().copied(), bits, 8, false, |v| out.push(v));
    whole.then_some(out)
}

fn value_of(alphabet: &[u8], c: u8) -> Option<u8> {
    alphabet.iter().position(|a| *a == c).and_then(|p| u8::try_from(p).ok())
}

/// URL-safe base64 without padding.
pub(super) fn base64url(bytes: &[u8]) -> Zeroizing<String> {
    encode(BASE64, 6, true, bytes)
}

/// Reads [`base64url`]; only the canonical spelling.
pub(super) fn from_base64url(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let value = |c| match c {
        b'-' => Some(62),
        b'_' => Some(63),
        b'+' | b'/' => None,
        other => value_of(BASE64, other),
    };
    decode(text.bytes().map(value).collect(), 6)
}

/// Base64 without padding, as password hashes in PHC form carry it.
pub(super) fn base64(bytes: &[u8]) -> Zeroizing<String> {
    encode(BASE64, 6, false, bytes)
}

/// Reads [`base64`].
pub(super) fn from_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    decode(text.bytes().map(|c| value_of(BASE64, c)).collect(), 6)
}

/// Crockford's base 32.
pub(super) fn base32(bytes: &[u8]) -> Zeroizing<String> {
    encode(BASE32, 5, false, bytes)
}

/// The value of a typed base 32 symbol: case does not matter, O is 0, I and L are 1.
pub(super) fn base32_value(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    value_of(BASE32, u8::try_from(c).ok()?)
}

/// Reads base 32 values; leftover bits must be zero.
pub(super) fn from_base32(values: Vec<u8>) -> Option<Zeroizing<Vec<u8>>> {
    decode(Some(values), 5)
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> Zeroizing<String> {
    let digit = |v: u8| char::from_digit(u32::from(v), 16).unwrap_or_default();
    let mut out = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        out.push(digit(byte >> 4));
        out.push(digit(byte & 15));
    }
    out
}

/// Reads hexadecimal of exactly `N` bytes.
pub(super) fn from_hex<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut out = Zeroizing::new([0; N]);
    let mut digits = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()));
    for byte in out.iter_mut() {
        *byte = (digits.next()?? << 4) | digits.next()??;
    }
    digits.next().is_none().then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_are_met() {
        for (plain, text) in
            [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(*base64(plain.as_bytes()), text);
            assert_eq!(from_base64(text).map(|b| b.to_vec()), Some(plain.as_bytes().to_vec()));
        }
        assert_eq!(*base64url(&[0xfb, 0xff]), "-_8");
        assert_eq!(from_base64url("-_8").map(|b| b.to_vec()), Some(vec![0xfb, 0xff]));
        assert_eq!(from_base64url("-_9").map(|b| b.to_vec()), None, "leftover bits must be zero");
        assert_eq!(from_base64url("A").map(|b| b.to_vec()), None);
    }

    #[test]
    fn base_32_survives_handwriting() {
        let text = base32(&[0, 68, 50, 20]);
        assert_eq!(*text, "0123450");
        let typed: Vec<u8> = "oi23450".chars().map(|c| base32_value(c).expect("a symbol")).collect();
        assert_eq!(from_base32(typed).map(|b| b.to_vec()), Some(vec![0, 68, 50, 20]));
        assert_eq!(base32_value('U'), None);
    }

    #[test]
    fn hexadecimal_is_read_back() {
        assert_eq!(*hex(&[0, 255, 16]), "00ff10");
        assert_eq!(from_hex::<3>("00fF10").map(|b| *b), Some([0, 255, 16]));
        assert_eq!(from_hex::<3>("00ff1").map(|b| *b), None);
        assert_eq!(from_hex::<3>("00ff1000").map(|b| *b), None);
    }
}
