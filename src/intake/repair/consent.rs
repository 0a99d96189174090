//! Cells in which somebody else agrees.

use super::{plain, says_nothing};

/// Marks that stand for a yes by themselves.
const TICKS: &str = "√✓✔☑✅";

/// Whether the cell says that they agree: as a whole a tick, a yes, 已签, or the name by which they signed. What is not surely a yes is none.
pub(in crate::intake) fn is_given(text: &str, name: Option<&str>) -> bool {
    if says_nothing(text) {
        return false;
    }
    let compact: String = plain(text).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    let signed = name.is_some_and(|name| compact == plain(name).chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase());
    if signed {
        return true;
    }
    // Whole cells only: 需补签字, 撤回同意 and "to be signed" hold a yes word too, and a list of refusals is never whole.
    let said = compact.trim_end_matches(['。', '.', '！', '!']);
    let yes = matches!(
        said,
        "同意"
            | "已同意"
            | "是"
            | "已签"
            | "已签字"
            | "已签名"
            | "已签同意"
            | "已签字同意"
            | "同意已签字"
            | "agree"
            | "agreed"
            | "signed"
            | "yes"
            | "y"
    );
    let ticked = !said.is_empty() && said.chars().all(|c| TICKS.contains(c));
    yes || ticked
}

#[cfg(test)]
mod tests {
    use super::is_given;

    #[test]
    fn only_a_sure_yes_is_a_consent() {
        for yes in
            ["同意", "已同意", "√", "☑", "是", "已签", "已签字", "已签名", "√ ", "同意。", "Yes", "Agreed", "signed", "周戊五", " 周 戊五 "]
        {
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
            "需补签字",
            "缺签字",
            "请签字",
            "撤回同意",
            "同意书后补",
            "签字",
            "Don't agree",
            "to be signed",
            "agreed by phone?",
            "√?",
            "v",
            "1",
        ] {
            assert!(!is_given(no, Some("周戊五")), "{no}");
        }
        assert!(!is_given("周戊五", None), "a name nobody was named by");
    }
}
