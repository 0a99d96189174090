//! Cells with one or several telephone numbers and what stands beside them.

use crate::domain::phone::Phone;

use super::plain;

/// The numbers of a cell.
#[derive(Debug, Default)]
pub(in crate::intake) struct PhonesRead {
    /// Numbers with the relation that stands beside them (家属, 妻 ...), in order, without repeats.
    pub(in crate::intake) phones: Vec<(Phone, Option<String>)>,
    /// Whether something stands there that should be a number and is none.
    pub(in crate::intake) invalid: bool,
    /// The digits of what is no number, to compare with other numbers of the row.
    pub(in crate::intake) odd_digits: Vec<String>,
}

/// Words that say whose number it is.
const KIN: [&str; 34] = [
    "家属", "家人", "妻子", "丈夫", "老公", "老婆", "爱人", "配偶", "父亲", "母亲", "爸爸", "妈妈", "儿子", "女儿", "哥哥", "弟弟", "姐姐",
    "妹妹", "儿媳", "女婿", "亲属", "亲友", "朋友", "同事", "妻", "夫", "父", "母", "子", "女", "兄", "弟", "姐", "妹",
];

/// Latin words and letters that only say what kind of number it is.
const LABELS: [&str; 14] =
    ["telephone", "cellphone", "mobile", "phone", "wechat", "cell", "home", "work", "tel", "mob", "wx", "h", "m", "t"];

/// Most characters of a cell that are looked at.
const MOST: usize = 300;

/// Reads the numbers of a cell. `None` where nothing stands there.
pub(in crate::intake) fn read(text: &str) -> Option<PhonesRead> {
    let plain = plain(text);
    let failed = plain.starts_with('#') && super::says_nothing(&plain);
    if failed || plain.chars().all(|c| c.is_whitespace() || matches!(c, '/' | '\\' | '-' | '.' | '_' | '~' | '*')) {
        return None;
    }
    let mut out = PhonesRead::default();
    let plain = without_ordinals(&plain);
    // Two numbers with a dash drawn between them: 161...--161...
    let apart = plain.contains("--") && plain.split("--").all(|part| Phone::parse(part).is_ok());
    let plain = if apart { zeroize::Zeroizing::new(plain.replace("--", "/")) } else { plain };
    if plain.chars().count() > MOST {
        out.invalid = true;
        return Some(out);
    }
    for segment in plain.split([',', ';', '，', '；', '、', '/', '|', '\\', '\n', '\r', '\t', '或', '和', '及', '与', '&']) {
        read_segment(segment, &mut out);
    }
    // Words without any number (无, 同上, 微信同号 beside a number) are only wrong where they are all there is.
    if out.phones.is_empty() {
        out.invalid = true;
    }
    Some(out)
}

/// The text without the ordinals of a list: 1.163... 2.154..., 1、163... 2、154...
fn without_ordinals(text: &str) -> zeroize::Zeroizing<String> {
    let chars: zeroize::Zeroizing<Vec<char>> = zeroize::Zeroizing::new(text.chars().collect());
    let mut out = zeroize::Zeroizing::new(String::with_capacity(text.len()));
    let mut at = 0;
    while let Some(c) = chars.get(at).copied() {
        let begins = at.checked_sub(1).and_then(|before| chars.get(before)).is_none_or(|b| !b.is_alphanumeric() && !"+-().".contains(*b));
        let marked = begins && ('1'..='9').contains(&c) && chars.get(at + 1).is_some_and(|m| matches!(m, '.' | '、' | ')' | ':' | ','));
        let digits = || {
            let after = chars.iter().skip(at + 2).take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '(' | ')'));
            after.filter(|c| c.is_ascii_digit()).count()
        };
        if marked && digits() >= 7 {
            out.push(' ');
            at += 2;
        } else {
            out.push(c);
            at += 1;
        }
    }
    out
}

/// Words before a number that is none to call from outside: within a group of telephones, a desk, a messenger.
const INNER: [&str; 8] = ["短号", "小号", "虚拟", "内线", "集团", "分机", "微信号", "工号"];

/// A stretch of number characters, or of words.
enum Piece {
    Number(String),
    Words(String),
}

fn read_segment(segment: &str, out: &mut PhonesRead) {
    if let Ok(phone) = Phone::parse(segment) {
        push(out, phone, None);
        return;
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for c in segment.trim().chars() {
        let number =
            c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '.' | '转' | '#') || c.is_ascii_alphabetic() || matches!(c, '(' | ')');
        match (pieces.last_mut(), number) {
            (Some(Piece::Number(run)), true) => run.push(c),
            (Some(Piece::Words(run)), false) => run.push(c),
            (_, true) => pieces.push(Piece::Number(c.to_string())),
            (_, false) => pieces.push(Piece::Words(c.to_string())),
        }
    }
    let mut pending: Option<String> = None;
    let mut last: Option<usize> = None;
    let mut inner = false;
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Words(words) => {
                inner = INNER.iter().any(|w| words.contains(w));
                let kin = KIN.iter().find(|w| words.contains(**w)).map(|w| (*w).to_owned());
                // （妻） follows its number; 妻：138... goes before it.
                let follows = last.is_some() && !words.contains(':') && (at + 1 == pieces.len() || !digits_follow(&pieces, at));
                match (kin, last) {
                    (Some(kin), Some(index)) if follows => {
                        if let Some(slot) = out.phones.get_mut(index) {
                            slot.1 = Some(kin);
                        }
                    }
                    (Some(kin), _) => pending = Some(kin),
                    (None, _) => {}
                }
            }
            Piece::Number(run) => {
                if std::mem::take(&mut inner) && run.bytes().filter(u8::is_ascii_digit).count() < 7 {
                    continue;
                }
                let before = out.phones.len();
                let mut run = run.as_str();
                run = run.trim_matches(|c: char| c == ' ' || c == '.' || c == '#');
                // Brackets that held the words are left over: 139...( 妻 ).
                let run = unbracketed(run);
                if run.is_empty() || !run.chars().any(|c| c.is_ascii_digit()) && is_label(&run) {
                    continue;
                }
                read_run(&run, out);
                for slot in out.phones.iter_mut().skip(before) {
                    slot.1 = slot.1.take().or_else(|| pending.take());
                }
                last = (out.phones.len() > before).then(|| out.phones.len() - 1).or(last);
            }
        }
    }
}

fn digits_follow(pieces: &[Piece], at: usize) -> bool {
    pieces.iter().skip(at + 1).any(|p| matches!(p, Piece::Number(run) if run.bytes().filter(u8::is_ascii_digit).count() >= 7))
}

/// The run without brackets that are not closed or not opened.
fn unbracketed(run: &str) -> String {
    if run.matches('(').count() == run.matches(')').count() && !run.starts_with(')') && run != "()" {
        return run.trim().to_owned();
    }
    run.chars().filter(|c| !matches!(c, '(' | ')')).collect::<String>().trim().to_owned()
}

fn is_label(run: &str) -> bool {
    let lower: String = run.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    lower.is_empty() || LABELS.contains(&lower.as_str()) || lower == "qq"
}

/// A stretch of number characters: one number written with gaps, or several apart by spaces.
fn read_run(run: &str, out: &mut PhonesRead) {
    let lower = run.to_ascii_lowercase();
    let unlabelled = LABELS
        .iter()
        .find_map(|l| lower.strip_prefix(l).filter(|r| r.starts_with(|c: char| !c.is_ascii_alphabetic())))
        .map_or(run, |rest| run.get(run.len() - rest.len()..).unwrap_or(run));
    let run = unlabelled.trim_start_matches([' ', '.', '-', ':']).trim();
    if let Ok(phone) = Phone::parse(run) {
        push(out, phone, None);
        return;
    }
    let tokens: Vec<&str> = run.split_whitespace().take(12).collect();
    let mut at = 0;
    while at < tokens.len() {
        let longest = (at + 1..=tokens.len()).rev().find_map(|end| {
            let joined = tokens.get(at..end)?.join(" ");
            let rest_fits = end == tokens.len() || splits(tokens.get(end..)?);
            Phone::parse(&joined).ok().filter(|_| rest_fits).map(|phone| (end, phone))
        });
        let any = longest.or_else(|| {
            (at + 1..=tokens.len()).find_map(|end| Phone::parse(&tokens.get(at..end)?.join(" ")).ok().map(|phone| (end, phone)))
        });
        match any {
            Some((end, phone)) => {
                push(out, phone, None);
                at = end;
            }
            None => {
                let token = tokens.get(at).copied().unwrap_or_default();
                if token.chars().any(|c| c.is_ascii_digit()) {
                    out.invalid = true;
                    out.odd_digits.push(token.chars().filter(char::is_ascii_digit).collect());
                } else if !is_label(token) {
                    out.invalid = true;
                }
                at += 1;
            }
        }
    }
}

/// Whether the tokens can be joined into whole numbers without anything left.
fn splits(tokens: &[&str]) -> bool {
    tokens.is_empty()
        || (1..=tokens.len())
            .any(|end| tokens.get(..end).is_some_and(|t| Phone::parse(&t.join(" ")).is_ok()) && tokens.get(end..).is_some_and(splits))
}

fn push(out: &mut PhonesRead, phone: Phone, relation: Option<String>) {
    if !out.phones.iter().any(|(known, _)| *known == phone) {
        out.phones.push((phone, relation));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> (Vec<String>, bool) {
        read(text)
            .map(|r| (r.phones.iter().map(|(p, rel)| format!("{}{}", p.as_str(), rel.as_deref().unwrap_or(""))).collect(), r.invalid))
            .unwrap_or_default()
    }

    #[test]
    fn several_numbers_in_one_cell_are_told_apart() {
        for (text, expected) in [
            ("16352499425\n028-60960614", vec!["16352499425", "02860960614"]),
            ("169 0047 8892 028-20780274", vec!["16900478892", "02820780274"]),
            ("16132747382 16195716268", vec!["16132747382", "16195716268"]),
            ("16857244373或16085222045(家属)", vec!["16857244373", "16085222045家属"]),
            ("16949410425、16392893561（妻）", vec!["16949410425", "16392893561妻"]),
            ("(+86)16099966883 15426294931(家属)", vec!["16099966883", "15426294931家属"]),
            ("160-7049-3783或16451696870(家属)", vec!["16070493783", "16451696870家属"]),
            ("16931354565/028-69953632", vec!["16931354565", "02869953632"]),
            ("163 9447 0139，0832-6980873", vec!["16394470139", "08326980873"]),
            ("手机：16394470139", vec!["16394470139"]),
            ("本人16394470139 妻:16394470140", vec!["16394470139", "16394470140妻"]),
            ("Tel: 16394470139", vec!["16394470139"]),
            ("16394470139（微信同号）", vec!["16394470139"]),
            ("16394470139;16394470139", vec!["16394470139"]),
            ("028-67916876转801", vec!["02867916876"]),
            ("028-67916876(转801)", vec!["02867916876"]),
            ("（028）67916876", vec!["02867916876"]),
            ("1.16394470139 2.16394470140", vec!["16394470139", "16394470140"]),
            ("1、16394470139 2、16394470140", vec!["16394470139", "16394470140"]),
            ("16394470139(短号66139)", vec!["16394470139"]),
            ("+86 163 5343 5751", vec!["16353435751"]),
            ("16394470139--16394470140", vec!["16394470139", "16394470140"]),
            ("163--9447--0139", vec!["16394470139"]),
            ("086-16394470139", vec!["16394470139"]),
        ] {
            assert_eq!(numbers(text), (expected.into_iter().map(str::to_owned).collect(), false), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_told_and_the_rest_is_read() {
        for text in ["无", "同上", "169742336813", "15480l62835", "068562901", "1549783298", "一三八零零一三八零零零"] {
            assert_eq!(numbers(text), (vec![], true), "{text}");
        }
        assert_eq!(numbers("16394470139、1234"), (vec!["16394470139".to_owned()], true));
        assert!(read("").is_none() && read("/").is_none() && read(" \u{3000}").is_none());
        assert_eq!(numbers(&"1".repeat(5000)), (vec![], true));
        assert_eq!(numbers(&"+86".repeat(400)), (vec![], true));
    }
}
