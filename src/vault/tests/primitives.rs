//! The primitives against published vectors.

use crate::vault::bytes::Canon;
use crate::vault::primitive::{Aead, Kdf, Prf};
use crate::vault::text::hex;

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hexadecimal")).collect()
}

#[test]
fn hmac_meets_rfc_4231() {
    let tag = Prf::new(&[0x0b; 20]).mac(&[b"Hi ", b"There"]);
    assert_eq!(*hex(&tag), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    let tag = Prf::new(&[0xaa; 131]).mac(&[b"Test Using Larger Than Block-Size Key - Hash Key First"]);
    assert_eq!(*hex(&tag), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

#[test]
fn hkdf_meets_rfc_5869() {
    // Test case 1, the first 32 bytes of its 42.
    let salt = unhex("000102030405060708090a0b0c");
    let mut info = Canon::empty();
    info.raw(&unhex("f0f1f2f3f4f5f6f7f8f9"));
    let key = Kdf::extract(&salt, &[0x0b; 22]).expand(&info);
    assert_eq!(*hex(&*key), "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

#[test]
fn aes_256_gcm_meets_case_16_of_its_authors() {
    let key: [u8; 32] = unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308").try_into().expect("32 bytes");
    let nonce: [u8; 12] = unhex("cafebabefacedbaddecaf888").try_into().expect("12 bytes");
    let aad = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    let mut text =
        unhex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    let tag = Aead::new(&key).encrypt(&nonce, &aad, &mut text).expect("encrypted");
    assert_eq!(*hex(&tag), "76fc6ece0f4e1768cddf8853bb2d551b");
    assert_eq!(
        *hex(&text),
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
    );
}
