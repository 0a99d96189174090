//! The primitives against published vectors.

use crate::vault::bytes::Canon;
use crate::vault::chain;
use crate::vault::primitive::{Aead, Kdf, Prf, sha256};
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

#[test]
fn the_tree_meets_the_vectors_of_certificate_transparency() {
    let leaves: Vec<[u8; 32]> = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
        .into_iter()
        .map(|leaf| sha256(&[&[0], &unhex(leaf)]))
        .collect();
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    for (size, root) in roots.into_iter().enumerate() {
        assert_eq!(*hex(&chain::tree_root(&leaves[..size])), root, "{size} leaves");
    }
}
