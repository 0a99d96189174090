//! Chinese numerals in Western digits.

const SIGNS: &str = "〇零○一二三四五六七八九十百两廿卅";

/// The text with every run of Chinese numerals in Western digits: 二〇二五 is 2025, 十二 is 12, 一百二十 is 120. A text without any is left
/// alone, and so is a run that is no number.
pub(in crate::intake) fn western(text: &str) -> String {
    if !text.contains(is_sign) {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if is_sign(c) {
            run.push(c);
            continue;
        }
        if !run.is_empty() {
            out.push_str(&numeral(&run).unwrap_or_else(|| run.clone()));
            run.clear();
        }
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

fn is_sign(c: char) -> bool {
    SIGNS.contains(c)
}

fn digit(c: char) -> Option<usize> {
    match c {
        '零' | '○' => Some(0),
        '两' => Some(2),
        _ => "〇一二三四五六七八九".chars().position(|d| d == c),
    }
}

fn numeral(run: &str) -> Option<String> {
    if !run.contains(['十', '百', '廿', '卅']) {
        return run.chars().map(|c| digit(c).and_then(|d| char::from_digit(u32::try_from(d).ok()?, 10))).collect();
    }
    let spread = run.replace('廿', "二十").replace('卅', "三十");
    let one = |s: &str, empty: usize| match s.trim_start_matches('零') {
        "" => Some(empty),
        s => s.chars().next().filter(|_| s.chars().count() == 1).and_then(digit),
    };
    let below_hundred = |s: &str| match s.split_once('十') {
        Some((tens, ones)) => Some(one(tens, 1)? * 10 + one(ones, 0)?),
        None => one(s, 0),
    };
    let number = match spread.split_once('百') {
        Some((hundreds, rest)) => one(hundreds, 1)? * 100 + below_hundred(rest)?,
        None => below_hundred(&spread)?,
    };
    Some(number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_written_in_digits_and_the_rest_is_left_alone() {
        for (text, expected) in [
            ("二〇二五年四月十二日", "2025年4月12日"),
            ("二零二四年十一月二十日", "2024年11月20日"),
            ("三次", "3次"),
            ("十二小时", "12小时"),
            ("一百二十斤", "120斤"),
            ("一百零五", "105"),
            ("两次", "2次"),
            ("廿三", "23"),
            ("十十", "十十"),
            ("12小时", "12小时"),
        ] {
            assert_eq!(western(text), expected, "{text}");
        }
    }
}
