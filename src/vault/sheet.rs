//! The recovery sheet: the root key on paper.
//!
//! Four lines carry eight bytes of the key each, a fifth carries a check over the whole key. Every line is ten bytes in Crockford's base 32:
//! eight bytes and the first two of `SHA-256("dv1/sheet" ‖ line number ‖ the eight bytes)`, so a wrong or swapped line is found by its number.

use zeroize::{Zeroize, Zeroizing};

use crate::domain::id::DeploymentId;

use super::error::VaultError;
use super::primitive::{Key, same, sha256};
use super::text;

const LINES: u8 = 5;
const SYMBOLS: usize = 16;

/// A printable recovery sheet in Chinese and English. It holds the root key: print it, do not save it. Zeroised on drop.
pub struct RecoverySheet(String);

impl std::fmt::Debug for RecoverySheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoverySheet(..)")
    }
}

impl Drop for RecoverySheet {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl RecoverySheet {
    pub(super) fn of(key: &Key, deployment: DeploymentId) -> Self {
        let mut lines = Zeroizing::new(String::with_capacity(256));
        for number in 1..=LINES {
            let symbols = text::base32(&*line(key, number));
            lines.push_str(&format!("    {number}:"));
            for (i, c) in symbols.chars().enumerate() {
                if i % 4 == 0 {
                    lines.push(' ');
                }
                lines.push(c);
            }
            lines.push('\n');
        }
        Self(format!(
            "捐献者登记系统 密钥恢复单 / Donor registry: key recovery sheet\n\
             系统编号 / Registry: {deployment}\n\n\
             请打印后锁入保险柜，不要拍照，不要存入电脑。密钥文件丢失或损坏时，只有凭此单才能读出数据。\n\
             Print this and lock it away. Take no photo, save no copy. If the key file is lost, this sheet alone opens the data.\n\n\
             {}\n\
             不含字母 I、L、O、U；大小写、空格不限。/ No letters I, L, O or U; case and spaces do not matter.\n\
             录入 / To use: donor-registry restore\n",
            *lines
        ))
    }

    /// The sheet's text.
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// The ten bytes of a line.
fn line(key: &Key, number: u8) -> Zeroizing<[u8; 10]> {
    let digest = Zeroizing::new(sha256(&[b"dv1/sheet/key", &**key]));
    let source: &[u8] = if number == LINES { &*digest } else { &**key };
    let start = if number == LINES { 0 } else { usize::from(number - 1) * 8 };
    let mut out = Zeroizing::new([0; 10]);
    let (data, check) = out.split_at_mut(8);
    data.copy_from_slice(source.get(start..start + 8).expect("a line takes its eight bytes of 32"));
    check.copy_from_slice(&check_of(number, data));
    out
}

fn check_of(number: u8, data: &[u8]) -> [u8; 2] {
    let [a, b, ..] = sha256(&[b"dv1/sheet", &[number], data]);
    [a, b]
}

/// Reads a typed sheet.
pub(super) fn read(typed: &str) -> Result<Key, VaultError> {
    let mut key: Key = Zeroizing::new([0; 32]);
    let mut total = None;
    let mut wrong = Vec::new();
    let candidates: Vec<(Option<u8>, Zeroizing<Vec<u8>>)> = typed.lines().filter_map(candidate).collect();
    for number in 1..=LINES {
        let fits = |bytes: &[u8]| bytes.split_at_checked(8).is_some_and(|(data, check)| same(&check_of(number, data), check));
        let found = candidates.iter().find(|(label, bytes)| label.is_none_or(|l| l == number) && fits(bytes));
        match found.and_then(|(_, bytes)| bytes.first_chunk::<8>()) {
            None => wrong.push(number),
            Some(data) if number == LINES => total = Some(*data),
            Some(data) => {
                let start = usize::from(number - 1) * 8;
                key.get_mut(start..start + 8).expect("a line fills its eight bytes of 32").copy_from_slice(data);
            }
        }
    }
    let expected = line(&key, LINES);
    if wrong.is_empty() && !total.is_some_and(|t| same(&t, expected.split_at(8).0)) {
        // Every line fits its own check, the whole does not: lines of two different sheets.
        wrong.extend(1..=LINES);
    }
    if wrong.is_empty() { Ok(key) } else { Err(VaultError::Sheet(wrong)) }
}

/// A line that carries sixteen symbols, with the number in front of it where there is one.
fn candidate(typed: &str) -> Option<(Option<u8>, Zeroizing<Vec<u8>>)> {
    let typed = typed.trim();
    let labelled = typed.split_once([':', '：', '.', '、', ')', '）']).map(|(label, rest)| (label.trim().parse::<u8>().ok(), rest));
    let (label, symbols) = match labelled {
        Some((Some(label), rest)) => (Some(label), rest),
        _ => (None, typed),
    };
    let ignored = |c: &char| c.is_whitespace() || matches!(c, '-' | '－' | '–' | '_' | '·');
    let half_width = |c: char| match u32::from(c) {
        // Full-width forms as a Chinese input method types them.
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    };
    let values: Option<Vec<u8>> = symbols.chars().filter(|c| !ignored(c)).map(half_width).map(text::base32_value).collect();
    let mut values = values?;
    let label = match (label, values.as_slice()) {
        // The number was typed without the colon behind it.
        (None, [number @ 1..=LINES, rest @ ..]) if rest.len() == SYMBOLS => {
            let number = *number;
            values.remove(0);
            Some(number)
        }
        (label, rest) if rest.len() == SYMBOLS => label,
        _ => return None,
    };
    text::from_base32(values).map(|bytes| (label, bytes))
}
