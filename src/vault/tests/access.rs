//! Passwords, tokens, the audit chain.

use super::support::{DEPLOYMENT, vault};
use crate::vault::password::{PasswordFlaw, acceptable, dummy_verify, hash, needs_rehash, verify};
use crate::vault::token::{LinkToken, SessionToken};
use crate::vault::{Cost, VaultError, chain};

#[test]
fn hashes_of_the_reference_program_are_verified() {
    // Test vectors of the Password Hashing Competition's reference implementation (test.c): password "password", salt "somesalt".
    let login_like = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let small = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert!(verify("password", login_like));
    assert!(verify("password", small));
    assert!(!verify("passwore", small));
}

#[test]
fn a_password_is_verified_by_its_own_hash_alone() {
    let stored = hash("一句很长的口令 2026", Cost::MINIMAL).expect("hashed");
    assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
    assert_ne!(stored, hash("一句很长的口令 2026", Cost::MINIMAL).expect("hashed"), "every hash has a salt of its own");
    assert!(verify("一句很长的口令 2026", &stored));
    assert!(verify("一句很长的口令 ２０２６", &stored), "full-width digits are the same password");
    assert!(!verify("一句很长的口令 2025", &stored));
    assert!(!verify("", &stored));
    assert!(!verify("x", "not a hash"));
    assert!(!dummy_verify("一句很长的口令 2026", Cost::MINIMAL));
    assert!(needs_rehash(&stored, Cost::LOGIN) && !needs_rehash(&stored, Cost::MINIMAL));
}

#[test]
fn the_cost_of_logins_is_at_least_the_recommended_one() {
    let stored = hash("correct horse battery", Cost::LOGIN).expect("hashed");
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(verify("correct horse battery", &stored));
}

#[test]
fn short_and_common_passwords_are_refused_and_nothing_else() {
    let flaw = |p: &str| acceptable(p).err();
    for (password, expected) in [
        ("1234567", PasswordFlaw::TooShort),
        ("密码密码密码密", PasswordFlaw::TooShort),
        ("PASSWORD", PasswordFlaw::Common),
        ("12345678", PasswordFlaw::Common),
        ("87654321", PasswordFlaw::Common),
        ("88888888", PasswordFlaw::Common),
        ("abcdefgh", PasswordFlaw::Common),
        ("ａｄｍｉｎ１２３", PasswordFlaw::Common),
        ("Woaini1314", PasswordFlaw::Common),
    ] {
        assert_eq!(flaw(password), Some(expected), "{password}");
    }
    assert_eq!(flaw(&"x1".repeat(513)), Some(PasswordFlaw::TooLong));
    for good in ["12345687x", "correct horse", "雁江区红十字会的人", &"long ".repeat(30), "        x"] {
        assert_eq!(flaw(good), None, "{good}");
    }
    assert_eq!(hash("1234567", Cost::MINIMAL), Err(VaultError::Password(PasswordFlaw::TooShort)));
}

#[test]
fn tokens_are_stored_as_hashes_and_read_back() {
    let (vault, _) = vault();
    let token = LinkToken::generate().expect("a token");
    assert_eq!(token.as_str().len(), 32);
    assert!(token.as_str().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    let read = LinkToken::parse(token.as_str()).expect("read back");
    assert_eq!(read.hash(), token.hash());
    assert_eq!(vault.link_hashes(&read), [vault.link_hash(&token).expect("a hash")]);
    assert_ne!(vault.link_hash(&token).expect("a hash"), token.hash());
    assert_eq!(format!("{token:?}"), "LinkToken(..)");
    for bad in ["", "abc", "'; drop table", &"a".repeat(31), &"a".repeat(33), "+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        assert!(LinkToken::parse(bad).is_none(), "{bad}");
    }
    assert_eq!(SessionToken::generate().expect("a token").as_str().len(), 43);
}

#[test]
fn any_change_of_the_log_changes_its_head() {
    let head = |leaves: &[&[u8]]| leaves.iter().fold(chain::genesis(DEPLOYMENT), |prev, leaf| chain::leaf_hash(&prev, leaf));
    let base = head(&[b"a", b"b", b"c"]);
    for other in [&[b"a".as_slice(), b"c", b"b"][..], &[b"a", b"b"], &[b"ab", b"c"], &[b"a", b"b", b"c", b""], &[b"a", b"b", b"d"]] {
        assert_ne!(head(other), base);
    }
}
