//! Passwords of staff accounts: Argon2id (RFC 9106) in PHC form.

use crate::domain::Guarded;
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::entropy::Entropy;
use super::error::VaultError;
use super::{primitive, text};

/// What an Argon2id computation costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB, at least 8 a lane.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Cost {
    /// For log-ins: OWASP's and ASVS 5.0's 19 MiB, 2 passes, 1 lane (about 30 ms on one core).
    pub const LOGIN: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// For the passphrase of a root key, which is typed once a start and attacked offline: RFC 9106's 64 MiB, 3 passes, 4 lanes.
    pub const ROOT: Self = Self { memory_kib: 65_536, passes: 3, lanes: 4 };
    /// As cheap as the algorithm allows: for tests only.
    pub const MINIMAL: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };
}

/// Why a password is not acceptable. Composition is not judged (ASVS 5.0, 6.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFlaw {
    /// Fewer than [`MIN`] characters.
    #[error("the password is shorter than 8 characters; nothing was changed; choose a longer one, best a sentence of 15 or more")]
    TooShort,
    /// More than [`MAX`] characters.
    #[error("the password is longer than 1,024 characters; nothing was changed; choose a shorter one")]
    TooLong,
    /// One of the passwords tried first by everybody.
    #[error("the password is one of the commonest; nothing was changed; choose another, best a sentence of 15 or more")]
    Common,
}

/// The fewest characters (ASVS 5.0, 6.2.1).
pub const MIN: usize = 8;
/// The most characters.
pub const MAX: usize = 1024;

/// Of the commonest passwords those of eight and more characters, lower case. Repetitions and runs are found by rule.
const COMMON: &[&str] = &[
    "password",
    "password1",
    "password12",
    "password123",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "qwertyuiop",
    "qwerty123",
    "qwerty12",
    "qwer1234",
    "1q2w3e4r",
    "1q2w3e4r5t",
    "1qaz2wsx",
    "1qaz2wsx3edc",
    "qazwsxedc",
    "q1w2e3r4",
    "zaq12wsx",
    "asdfghjkl",
    "asdf1234",
    "zxcvbnm1",
    "zxcvbnm123",
    "iloveyou",
    "iloveyou1",
    "woaini1314",
    "woaini520",
    "woaini123",
    "5201314a",
    "a5201314",
    "52013141",
    "13145200",
    "a1234567",
    "a12345678",
    "a123456789",
    "aa123456",
    "aa12345678",
    "abc12345",
    "abcd1234",
    "abc123456",
    "abcd12345",
    "123456aa",
    "12345678a",
    "123456789a",
    "123456abc",
    "admin123",
    "admin1234",
    "admin888",
    "admin123456",
    "administrator",
    "welcome1",
    "welcome123",
    "letmein1",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "starwars",
    "computer",
    "internet",
    "whatever",
    "michael1",
    "dragon123",
    "monkey123",
    "changeme",
    "changeme1",
    "redcross",
    "redcross1",
    "redcross123",
    "hongshizi",
    "hongshizihui",
    "hongshizi123",
    "88888888a",
    "11223344",
    "112233445566",
    "12341234",
    "123123123",
    "123321123",
    "147258369",
    "159357123",
    "987654321",
    "0987654321",
    "31415926",
    "123qweasd",
    "qwe123456",
    "qweasdzxc",
    "123456qwe",
    "1234qwer",
    "q1234567",
    "q12345678",
    "wang1234",
    "zhang123",
    "woaizuguo",
    "zhongguo",
    "zhonghua",
    "guest1234",
    "root1234",
    "test1234",
    "temp1234",
    "user1234",
    "secret123",
    "master123",
    "hello123",
    "login123",
    "access14",
    "charlie1",
    "shadow12",
    "whoami12",
    "default1",
];

/// Judges a new password by length and against the commonest.
pub fn acceptable(password: &str) -> Result<(), PasswordFlaw> {
    let normal = normal(password);
    let count = normal.chars().count();
    if count < MIN {
        return Err(PasswordFlaw::TooShort);
    }
    if count > MAX {
        return Err(PasswordFlaw::TooLong);
    }
    let lower = Zeroizing::new(normal.to_lowercase());
    let mut steps = lower.chars().zip(lower.chars().skip(1)).map(|(a, b)| i64::from(u32::from(b)) - i64::from(u32::from(a)));
    let first = steps.next().unwrap_or_default();
    let run = first.abs() <= 1 && steps.all(|s| s == first);
    if run || COMMON.contains(&lower.as_str()) { Err(PasswordFlaw::Common) } else { Ok(()) }
}

/// [`acceptable`] of a password in custody.
pub fn acceptable_guarded(password: &Guarded<String>) -> Result<(), PasswordFlaw> {
    acceptable(password.reveal())
}

/// [`hash`] of a password in custody.
pub fn hash_guarded(password: &Guarded<String>, cost: Cost) -> Result<String, VaultError> {
    hash(password.reveal(), cost)
}

/// [`verify`] of a password in custody.
pub fn verify_guarded(password: &Guarded<String>, stored: &str) -> bool {
    verify(password.reveal(), stored)
}

/// [`dummy_verify`] of a password in custody.
pub fn dummy_verify_guarded(password: &Guarded<String>, cost: Cost) -> bool {
    dummy_verify(password.reveal(), cost)
}

/// Hashes a new password after [`acceptable`]; the answer is stored: `$argon2id$v=19$m=..,t=..,p=..$salt$hash`. Slow by design: call it on a
/// blocking thread and never inside a transaction.
pub fn hash(password: &str, cost: Cost) -> Result<String, VaultError> {
    hash_with(password, cost, &Entropy::System)
}

pub(super) fn hash_with(password: &str, cost: Cost, entropy: &Entropy) -> Result<String, VaultError> {
    acceptable(password)?;
    let salt: [u8; 16] = entropy.draw()?;
    let mut out = Zeroizing::new([0; 32]);
    stretch(password, &salt, cost, &mut *out)?;
    let Cost { memory_kib, passes, lanes } = cost;
    Ok(format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${}${}", *text::base64(&salt), *text::base64(&*out)))
}

/// Whether a password is the one that was hashed. A stored text that is no such hash is answered with `false` after the same work.
pub fn verify(password: &str, stored: &str) -> bool {
    let Some((cost, salt, expected)) = parse(stored) else {
        dummy_verify(password, Cost::LOGIN);
        return false;
    };
    let mut out = Zeroizing::new([0; 32]);
    stretch(password, &salt, cost, &mut *out).is_ok() && primitive::same(&*out, &expected)
}

/// The work of [`verify`] for an account that does not exist, so that the answer takes as long; always `false`.
pub fn dummy_verify(password: &str, cost: Cost) -> bool {
    let mut out = Zeroizing::new([0; 32]);
    let worked = stretch(password, &[0x5a; 16], cost, &mut *out).is_ok();
    // The comparison keeps the work from being left out; no password is known to give these bytes.
    worked && primitive::same(&*out, &[0; 32])
}

/// Whether a stored hash was made at another cost and should be renewed at the next log-in.
pub fn needs_rehash(stored: &str, cost: Cost) -> bool {
    parse(stored).is_none_or(|(made, ..)| made != cost)
}

fn parse(stored: &str) -> Option<(Cost, Vec<u8>, Vec<u8>)> {
    let rest = stored.strip_prefix("$argon2id$v=19$m=")?;
    let mut parts = rest.split('$');
    let mut numbers = parts.next()?.split(',');
    let memory_kib = numbers.next()?.parse().ok()?;
    let passes = numbers.next()?.strip_prefix("t=")?.parse().ok()?;
    let lanes = numbers.next()?.strip_prefix("p=")?.parse().ok()?;
    let salt = text::from_base64(parts.next()?)?.to_vec();
    let hash = text::from_base64(parts.next()?)?.to_vec();
    let whole = parts.next().is_none() && numbers.next().is_none() && hash.len() == 32 && salt.len() >= 8;
    whole.then_some((Cost { memory_kib, passes, lanes }, salt, hash))
}

/// The same password typed on different keyboards gives the same bytes: NFKC (NIST SP 800-63B).
fn normal(password: &str) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(password.len() * 4));
    out.extend(password.nfkc());
    out
}

/// Argon2id of a password in its normal form.
pub(super) fn stretch(password: &str, salt: &[u8], cost: Cost, out: &mut [u8]) -> Result<(), VaultError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(out.len())).map_err(|_| VaultError::Shape)?;
    let mut memory = Zeroizing::new(vec![argon2::Block::new(); params.block_count()]);
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into_with_memory(normal(password).as_bytes(), salt, out, memory.as_mut_slice()).map_err(|_| VaultError::Shape)
}
