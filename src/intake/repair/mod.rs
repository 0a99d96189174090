//! Cells as staff fill them in, brought to values. Each file repairs one kind of cell; what cannot be repaired is told, never guessed.

pub(super) mod blood;
pub(super) mod consent;
pub(super) mod dates;
pub(super) mod documents;
pub(super) mod mails;
pub(super) mod names;
pub(super) mod numbers;
pub(super) mod numerals;
pub(super) mod phones;
pub(super) mod status;

use crate::domain::person::{EthnicGroup, Sex};

pub(super) use crate::domain::written::{is_blank as is_blank_char, is_invisible, plain};

/// Free text as taken in: without control and invisible characters, inner white space as single spaces, trimmed.
pub(super) fn free(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(4096));
    let mut gap = false;
    for c in text.chars().filter(|c| !is_invisible(*c)) {
        if c.is_whitespace() || c.is_control() {
            gap = !out.is_empty();
        } else {
            if gap {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    let apostrophe = out.strip_prefix('\'').map(str::to_owned);
    apostrophe.unwrap_or(out)
}

/// Whether the cell says that there is nothing to say: blank, or one of the marks staff put into a field that does not apply.
pub(super) fn says_nothing(text: &str) -> bool {
    let plain = plain(text);
    let compact: String = plain.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    compact.chars().all(|c| matches!(c, '/' | '\\' | '-' | '.' | '_' | '~' | '*' | '、' | '，' | '。' | '…' | '×'))
        || matches!(
            compact.as_str(),
            // What a spreadsheet shows where a formula failed, saved as text.
            "#n/a"
                | "#ref!"
                | "#value!"
                | "#name?"
                | "#div/0!"
                | "#null!"
                | "#num!"
                | "#spill!"
                | "#getting_data"
                | "无"
                | "没有"
                | "暂无"
                | "暂时没有"
                | "未有"
                | "none"
                | "n/a"
                | "na"
                | "nil"
                | "(无)"
                | "(空)"
                | "空"
                | "(跳过)"
                | "略"
        )
}

/// Whether the cell repeats the one above it.
pub(super) fn is_ditto(text: &str) -> bool {
    matches!(plain(text).as_str(), "同上" | "同前" | "同上行" | "〃" | "″" | "\"" | "''" | "”" | "″″" | "ditto" | "々" | "\"\"")
}

/// Sex as written, ticked or coded (GB/T 2261.1).
pub(super) fn sex(text: &str) -> Option<Sex> {
    let plain = plain(text).to_lowercase();
    let compact: String = plain.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '。' | '，' | ',' | '性')).collect();
    match compact.as_str() {
        "男" | "m" | "male" | "1" | "1.0" | "先生" | "男士" | "男生" | "man" | "♂" | "boy" | "1男" | "男1" => {
            return Some(Sex::Male);
        }
        "女" | "f" | "female" | "2" | "2.0" | "女士" | "小姐" | "女生" | "woman" | "♀" | "girl" | "2女" | "女2" => {
            return Some(Sex::Female);
        }
        _ => {}
    }
    // 男☑女□: the mark beside the word decides.
    let (man, woman) = (compact.contains('男'), compact.contains('女'));
    match (man, woman) {
        (true, false) if compact.chars().count() <= 4 => Some(Sex::Male),
        (false, true) if compact.chars().count() <= 4 => Some(Sex::Female),
        (true, true) => ticked(&compact),
        _ => None,
    }
}

fn ticked(compact: &str) -> Option<Sex> {
    let chars: Vec<char> = compact.chars().collect();
    let near = |word: char| {
        let at = chars.iter().position(|c| *c == word)?;
        let marked = |i: Option<usize>| i.and_then(|i| chars.get(i)).copied().is_some_and(is_tick);
        Some((marked(at.checked_sub(1)), marked(Some(at + 1))))
    };
    let (man, woman) = (near('男')?, near('女')?);
    let signs = chars.iter().filter(|c| is_tick(**c)).count();
    if signs != 1 {
        return None;
    }
    // With one tick between the two words, an empty box tells on which side the boxes stand.
    let boxes_before = chars.first().is_some_and(|c| matches!(c, '□' | '☐' | '○') || is_tick(*c));
    let (man, woman) = if boxes_before { (man.0, woman.0) } else { (man.1, woman.1) };
    match (man, woman) {
        (true, false) => Some(Sex::Male),
        (false, true) => Some(Sex::Female),
        _ => None,
    }
}

fn is_tick(c: char) -> bool {
    matches!(c, '√' | '✓' | '✔' | '☑' | '■' | '●' | '☒' | '✅' | '▲' | '◆' | '✗' | '✕')
}

/// Whether a column to tick is ticked.
pub(super) fn is_ticked(text: &str) -> bool {
    let plain = plain(text).to_lowercase();
    plain.chars().any(is_tick)
        || matches!(plain.trim(), "1" | "是" | "有" | "y" | "yes" | "v" | "x" | "true" | "对" | "愿意" | "同意" | "o")
}

/// The 56 recognised groups (GB/T 3304), by their names without 族.
const GROUPS: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// The ethnic group by its Chinese name without 族, or as written.
pub(super) fn ethnic(text: &str) -> Option<EthnicGroup> {
    if says_nothing(text) {
        return None;
    }
    let plain = plain(text);
    let name: String = plain
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '漢' => '汉',
            '滿' => '满',
            '羗' => '羌',
            '維' => '维',
            '爾' => '尔',
            '壯' => '壮',
            '朝' => '朝',
            '鮮' => '鲜',
            '瑤' => '瑶',
            '傜' => '瑶',
            '苖' => '苗',
            other => other,
        })
        .collect();
    // GB/T 3304 also numbers the groups.
    if let Ok(code) = name.parse::<usize>() {
        return code.checked_sub(1).and_then(|i| GROUPS.get(i)).map(|g| EthnicGroup((*g).to_owned()));
    }
    let stem = name.strip_suffix('族').unwrap_or(&name);
    let stem = match stem.to_lowercase().as_str() {
        "han" | "汗" => "汉".to_owned(),
        "hui" => "回".to_owned(),
        "yi" | "夷" => "彝".to_owned(),
        "qiang" => "羌".to_owned(),
        "tibetan" | "zang" => "藏".to_owned(),
        _ => stem.to_owned(),
    };
    (!stem.is_empty() && stem.chars().count() <= 20).then_some(EthnicGroup(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sex_is_read_in_every_way_staff_write_it() {
        for text in ["男", "男性", "M", "male", "1", "先生", " 男 ", "男☑女□", "√男 □女", "■男□女"] {
            assert_eq!(sex(text), Some(Sex::Male), "{text}");
        }
        for text in ["女", "女性", "F", "2", "女士", "男□女☑", "□男 √女", "２"] {
            assert_eq!(sex(text), Some(Sex::Female), "{text}");
        }
        for text in ["", "不详", "男女", "0", "/"] {
            assert_eq!(sex(text), None, "{text}");
        }
    }

    #[test]
    fn ethnic_groups_lose_their_dress() {
        for (text, group) in
            [("汉", "汉"), ("漢族", "汉"), ("汉 族", "汉"), ("01", "汉"), ("彝族", "彝"), ("Han", "汉"), ("穿青人", "穿青人")]
        {
            assert!(ethnic(text).is_some_and(|g| g.0 == group), "{text}");
        }
        assert!(ethnic("/").is_none());
    }

    #[test]
    fn nothing_is_said_by_blanks_and_strokes() {
        for text in ["", " ", "\u{3000}", "/", "-", "——", "无", "N/A", "\u{200b}", "#N/A", "#REF!"] {
            assert!(says_nothing(text), "{text:?}");
        }
        assert!(!says_nothing("不详"));
        assert!(!says_nothing("NULL"));
    }
}
