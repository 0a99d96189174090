//! Cells in which somebody else agrees.

use super::{is_ticked, plain, says_nothing};

/// Whether the cell says that they agree: a tick, a yes, 已签, or the name by which they signed. What is not surely a yes is none.
pub(in crate::intake) fn is_given(text: &str, name: Option<&str>) -> bool {
    if says_nothing(text) {
        return false;
    }
    let compact: String = plain(text).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let signed = name.is_some_and(|name| compact == plain(name).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase());
    if signed {
        return true;
    }
    // A refusal may stand behind who refuses: 家长不同意.
    let refused =
        ["不", "否", "未", "没", "无", "拒", "待", "别", "no", "refus", "pending", "disagree", "unsigned", "without", "denie", "declin"];
    let crossed = |c: char| "×✗✘✕✖❌☒".contains(c);
    if compact == "x" || compact == "n" || compact.chars().any(crossed) || refused.iter().any(|word| compact.contains(word)) {
        return false;
    }
    is_ticked(text) || ["同意", "已签", "签字", "签名", "agree", "signed", "consent"].iter().any(|word| compact.contains(word))
}

#[cfg(test)]
mod tests {
    use super::is_given;

    #[test]
    fn only_a_sure_yes_is_a_consent() {
        for yes in ["同意", "已同意", "√", "☑", "是", "已签字", "Yes", "Agreed", "周戊五", " 周 戊五 "] {
            assert!(is_given(yes, Some("周戊五")), "{yes}");
        }
        for no in [
            "",
            "/",
            "不同意",
            "未签",
            "否",
            "无",
            "待确认",
            "×",
            "x",
            "No",
            "not yet",
            "周己六",
            "电话再问",
            "家长不同意",
            "尚未同意",
            "监护人未签字",
            "Disagree",
            "unsigned",
            "does not consent",
            "✗",
            "☒",
            "✕",
        ] {
            assert!(!is_given(no, Some("周戊五")), "{no}");
        }
        assert!(!is_given("周戊五", None), "a name nobody was named by");
    }
}
