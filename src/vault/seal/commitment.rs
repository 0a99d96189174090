//! AES-GCM does not commit to a key: one ciphertext can be made that opens under two. The commitment refuses it.

use super::super::tests::support::{slot, subject, vault};
use super::*;

/// Product in GF(2^128) as GCM writes it (SP 800-38D, 6.3): bit 0 is the leftmost.
fn times(x: u128, y: u128) -> u128 {
    let (mut z, mut v) = (0u128, y);
    for i in (0..128).rev() {
        if (x >> i) & 1 == 1 {
            z ^= v;
        }
        v = if v & 1 == 1 { (v >> 1) ^ (0xe1 << 120) } else { v >> 1 };
    }
    z
}

const ONE: u128 = 1 << 127;

fn power(x: u128, n: usize) -> u128 {
    (0..n).fold(ONE, |acc, _| times(acc, x))
}

/// x^(2^128 - 2).
fn inverse(x: u128) -> u128 {
    let (mut result, mut square) = (ONE, x);
    for _ in 1..128 {
        square = times(square, square);
        result = times(result, square);
    }
    result
}

/// GHASH key and tag mask of a key, read off GCM itself.
fn hash_key_and_mask(aead: &Aead, nonce: &[u8; NONCE]) -> (u128, u128) {
    // Nothing to authenticate: GHASH is 0, the tag is the mask.
    let mask = u128::from_be_bytes(aead.encrypt(nonce, b"", &mut []).expect("a tag"));
    // One zero block of AAD: GHASH is the length block times H.
    let tag = u128::from_be_bytes(aead.encrypt(nonce, &[0; 16], &mut []).expect("a tag"));
    (times(tag ^ mask, inverse(128u128 << 64)), mask)
}

fn blocks(bytes: &[u8]) -> Vec<u128> {
    let block = |c: &[u8]| {
        let mut b = [0; 16];
        b[..c.len()].copy_from_slice(c);
        u128::from_be_bytes(b)
    };
    bytes.chunks(16).map(block).collect()
}

#[test]
fn a_ciphertext_made_to_open_under_two_keys_is_refused() {
    let (vault, _) = vault();
    let (first, _) = vault.new_subject(subject(1)).expect("keys are made");
    let (second, _) = vault.new_subject(subject(1)).expect("keys are made");
    let slot = slot(subject(1), Compartment::Identity);
    let honest = vault.seal_bytes(&first, &slot, &Guarded::new(vec![7; 40])).expect("sealed").into_bytes();
    let (head, rest) = honest.split_at(HEADER);
    let salt: [u8; SALT] = head[8..24].try_into().expect("a salt");
    let nonce: [u8; NONCE] = head[24..].try_into().expect("a nonce");
    let mut text = rest[32..rest.len() - TAG].to_vec();

    let aad = {
        let mut place = vault.place(&slot);
        place.aad.raw(head).as_bytes().to_vec()
    };
    let keys: Vec<(Key, Key)> =
        [&first, &second].into_iter().map(|k| vault.place(&slot).keys(k.newest(Compartment::Identity).expect("a key").1, &salt)).collect();
    let aeads: Vec<Aead> = keys.iter().map(|(enc, _)| Aead::new(enc)).collect();

    // Solve the last ciphertext block so that both tags come out equal.
    let last = text.len() - 16;
    text[last..].fill(0);
    let lengths = (u128::try_from(aad.len()).expect("small") * 8) << 64 | (u128::try_from(text.len()).expect("small") * 8);
    let mut all = blocks(&aad);
    all.extend(blocks(&text));
    all.push(lengths);
    let ghash = |h: u128| all.iter().fold(0, |acc, b| times(acc ^ b, h));
    let (h1, mask1) = hash_key_and_mask(&aeads[0], &nonce);
    let (h2, mask2) = hash_key_and_mask(&aeads[1], &nonce);
    // The block stands second from the end: it is multiplied by H^2.
    let solved = times(ghash(h1) ^ ghash(h2) ^ mask1 ^ mask2, inverse(power(h1, 2) ^ power(h2, 2)));
    text[last..].copy_from_slice(&solved.to_be_bytes());
    let slot_block = all.len() - 2;
    all[slot_block] = solved;
    let tag = (all.iter().fold(0, |acc, b| times(acc ^ b, h1)) ^ mask1).to_be_bytes();

    for aead in &aeads {
        assert_eq!(aead.decrypt(&nonce, &aad, &mut text.clone(), &tag), Ok(()), "plain GCM opens it under both keys");
    }
    for (committed, own, other) in [(0, &first, &second), (1, &second, &first)] {
        let forged = [head, &*keys[committed].1, &text, &tag].concat();
        let forged = Sealed::from_bytes(forged);
        assert_eq!(vault.unseal_bytes(other, &slot, &forged).err(), Some(VaultError::Refused));
        // Under the key it commits to it decrypts, and fails only because nobody can also choose the plaintext's form.
        assert_eq!(vault.unseal_bytes(own, &slot, &forged).err(), Some(VaultError::Form));
    }
    let neither = Sealed::from_bytes([head, &[0; 32], &text, &tag].concat());
    for keys in [&first, &second] {
        assert_eq!(vault.unseal_bytes(keys, &slot, &neither).err(), Some(VaultError::Refused));
    }
}
