//! Blood groups.

use crate::domain::person::{Abo, Rh};

use super::plain;

/// ABO and RhD of a cell: `O型`, `o`, `0`, `AB+`, `A型Rh阴性`, `A RH(D)+`, `阳`, `（+）`. What is unknown is `None`.
pub(in crate::intake) fn read(text: &str) -> (Option<Abo>, Option<Rh>) {
    let plain = plain(text).to_uppercase();
    if plain.len() > 40 {
        return (None, None);
    }
    let compact: String = plain
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '/' | ',' | '，' | '、' | ':' | '.' | '[' | ']' | '\''))
        .collect();
    let rest = compact
        .replace("ABO", "")
        .replace("RHD", "RH")
        .replace("RH因子", "RH")
        .replace("血型", "型")
        .replace("POSITIVE", "+")
        .replace("NEGATIVE", "-")
        .replace("POS", "+")
        .replace("NEG", "-");
    let positive = rest.contains('+') || rest.contains('阳') || rest.contains('陽') || rest == "P";
    let negative = rest.contains('-') || rest.contains('阴') || rest.contains('陰') || rest.contains("熊猫") || rest == "N";
    let rh = match (positive, negative) {
        (true, false) => Some(Rh::Positive),
        (false, true) => Some(Rh::Negative),
        _ => None,
    };
    let group: String = rest.replace("RH", "").chars().filter(|c| matches!(c, 'A' | 'B' | 'O' | '0' | 'Ο' | '〇')).collect();
    let abo = match group.as_str() {
        "A" => Some(Abo::A),
        "B" => Some(Abo::B),
        "AB" => Some(Abo::AB),
        "O" | "0" | "Ο" | "〇" => Some(Abo::O),
        _ => None,
    };
    // 1,0 or prose is no blood group.
    let foreign = rest.chars().any(|c| c.is_ascii_digit() && c != '0') || rest.chars().count() > 12;
    (abo.filter(|_| !foreign), rh.filter(|_| !foreign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_in_every_dress() {
        let read = |t: &str| {
            let (abo, rh) = read(t);
            let abo = abo.map_or("", |a| match a {
                Abo::A => "A",
                Abo::B => "B",
                Abo::AB => "AB",
                Abo::O => "O",
            });
            format!("{abo}{}", rh.map_or("", |r| if r == Rh::Positive { "+" } else { "-" }))
        };
        for (text, expected) in [
            ("O", "O"),
            ("o", "O"),
            ("0", "O"),
            ("Ｏ", "O"),
            ("O型", "O"),
            ("AB型", "AB"),
            ("ab", "AB"),
            ("ＡＢ", "AB"),
            ("A+", "A+"),
            ("O型（+）", "O+"),
            ("A RH(D)+", "A+"),
            ("AB型Rh阴性", "AB-"),
            ("B，Rh(-)", "B-"),
            ("RH阳", "+"),
            ("阳性", "+"),
            ("（-）", "-"),
            ("Rh+", "+"),
            ("'+", "+"),
            ("未知", ""),
            ("不详", ""),
            ("A/B", "AB"),
            ("", ""),
            ("+/-", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
