//! Standings and consented items as sheets write them.

use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};

use super::plain;

/// The standing a status cell declares; `None` for blank and unreadable cells, which only a registrar can decide.
pub(in crate::intake) fn read(text: &str, registry: Registry) -> Option<EnrolmentStatus> {
    let plain = plain(text).to_lowercase();
    let compact: String = plain.chars().filter(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '.' | '。' | '*')).collect();
    if compact.is_empty() || compact.chars().count() > 24 {
        return None;
    }
    let has = |words: &[&str]| words.iter().any(|w| compact.contains(w));
    use EnrolmentStatus::{Enrolled, Exited, Interest, Registered};
    if has(&["?", "？", "待核", "待定", "不详", "未知", "待确认", "疑似", "拟", "可能"]) {
        return None;
    }
    // 未撤销, 未实现捐献, 未退出 say the opposite of their words.
    let compact = compact
        .replace("未撤销", "有效")
        .replace("未撤回", "有效")
        .replace("未退出", "有效")
        .replace("未注销", "有效")
        .replace("未实现捐献", "有效")
        .replace("未捐献", "有效")
        .replace("未实现", "有效")
        .replace("未去世", "有效")
        .replace("健在", "有效");
    let has = |words: &[&str]| words.iter().any(|w| compact.contains(w));
    if has(&["去世", "死亡", "已故", "身故", "逝世", "病故", "离世", "亡故", "过世", "deceased", "died", "dead"])
        && !has(&["实现", "已捐", "捐献完成", "完成捐献"])
    {
        return Some(Exited(ExitReason::Died));
    }
    if has(&[
        "已实现",
        "实现捐献",
        "已捐献",
        "已捐",
        "捐献完成",
        "完成捐献",
        "捐献成功",
        "成功捐献",
        "已完成",
        "realised",
        "realized",
        "donated",
    ]) {
        return Some(Exited(ExitReason::Donated));
    }
    if has(&["重复", "duplicate"]) {
        return Some(Exited(ExitReason::Duplicate));
    }
    if has(&["超龄", "退龄", "年龄超限", "agedout"]) {
        return Some(Exited(ExitReason::AgedOut));
    }
    if has(&["失联", "联系不上", "无法联系", "失访", "lost"]) {
        return Some(Exited(ExitReason::Lost));
    }
    if has(&["迁出", "转出", "搬离", "moved"]) {
        return Some(Exited(ExitReason::MovedOut));
    }
    if has(&["医学", "体检不合格", "永久不宜", "健康原因", "medical"]) {
        return Some(Exited(ExitReason::Medical));
    }
    if has(&[
        "撤销",
        "撤消",
        "撤回",
        "撤",
        "取消",
        "退出",
        "注销",
        "反悔",
        "变更意愿",
        "改变捐献意愿",
        "改变意愿",
        "放弃",
        "不愿",
        "不再",
        "无效",
        "失效",
        "作废",
        "终止",
        "withdr",
        "cancel",
        "revoked",
        "退队",
        "离队",
        "拒绝",
        "出库",
        "inactive",
        "quit",
        "left",
    ]) {
        return Some(Exited(ExitReason::Withdrew));
    }
    if has(&["意向", "interest"]) {
        return Some(Interest);
    }
    if has(&["已入库", "在库", "入库"]) && !has(&["未入库", "待入库"]) {
        return Some(if registry == Registry::StemCell { Enrolled } else { Registered });
    }
    if has(&[
        "有效",
        "正常",
        "在册",
        "在籍",
        "在队",
        "在岗",
        "已登记",
        "登记",
        "生效",
        "有意愿",
        "愿意",
        "同意",
        "保持",
        "存续",
        "在职",
        "活跃",
        "待采样",
        "未入库",
        "待入库",
        "已注册",
        "注册",
        "active",
        "valid",
        "registered",
        "在世",
    ]) || matches!(compact.as_str(), "是" | "√" | "1" | "y" | "yes")
    {
        return Some(Registered);
    }
    None
}

/// The items consented to, split and under one name each: `眼角膜` is 角膜, `所有` is 全部, `器官（全部）` is 器官全部.
pub(in crate::intake) fn items(text: &str) -> Vec<String> {
    let plain = ticked_of(&plain(text));
    let mut out: Vec<String> = Vec::new();
    let joined: String = plain.chars().filter(|c| !matches!(c, '(' | ')' | '[' | ']' | '"' | '☑' | '√' | '✓' | '■')).collect();
    for part in joined.split(|c: char| {
        c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、' | '/' | '|' | '\\' | '+' | '&' | '和' | '及' | '。' | '.')
    }) {
        let part = part.trim().trim_start_matches("捐献").trim_start_matches("捐赠");
        let item = match part {
            "" | "-" | "无" => continue,
            "眼角膜" | "角膜捐献" | "眼组织" | "眼" | "眼球" => "角膜",
            "所有" | "全部捐献" | "全捐" | "全部器官组织" | "全部器官和组织" => "全部",
            "全部器官" | "所有器官" | "器官所有" => "器官全部",
            "肾" => "肾脏",
            "肝" => "肝脏",
            "心" => "心脏",
            "肺" | "肺部" => "肺脏",
            "胰" => "胰腺",
            "人体组织" => "组织",
            "其它器官" => "其他器官",
            "整体遗体" | "遗体捐献" | "身体" | "尸体" => "遗体",
            other => other,
        };
        if item.chars().count() <= 40 && out.len() < 20 && !out.iter().any(|known| known == item) {
            out.push(item.to_owned());
        }
    }
    out
}

/// What is ticked of a list with empty boxes: ☑遗体 □角膜, 遗体√ 角膜□. A list without empty boxes says what it names.
fn ticked_of(text: &str) -> String {
    let empty = |c: char| matches!(c, '□' | '☐' | '◻' | '〇' | '○');
    let mark = |c: char| empty(c) || super::is_tick(c);
    if !text.contains(empty) {
        return text.to_owned();
    }
    let before = text.trim_start().starts_with(mark);
    let mut out: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(mark) {
        let (front, back) = rest.split_at(at);
        let ticked = back.starts_with(super::is_tick);
        rest = back.get(back.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
        let words = if before { rest.split(mark).next().unwrap_or_default() } else { front };
        if ticked {
            out.push(words);
        }
    }
    out.join("、")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn standings_are_read_and_doubts_are_left_to_a_registrar() {
        use EnrolmentStatus::*;
        let read = |t: &str| read(t, Registry::OrganBody);
        for (text, expected) in [
            ("有效", Some(Registered)),
            ("有效 ", Some(Registered)),
            ("正常", Some(Registered)),
            ("已撤销", Some(Exited(ExitReason::Withdrew))),
            ("撤销", Some(Exited(ExitReason::Withdrew))),
            ("本人退出", Some(Exited(ExitReason::Withdrew))),
            ("已实现", Some(Exited(ExitReason::Donated))),
            ("已实现捐献", Some(Exited(ExitReason::Donated))),
            ("去世，已捐献", Some(Exited(ExitReason::Donated))),
            ("已去世", Some(Exited(ExitReason::Died))),
            ("未撤销", Some(Registered)),
            ("未实现捐献", Some(Registered)),
            ("失联", Some(Exited(ExitReason::Lost))),
            ("", None),
            ("/", None),
            ("待核实", None),
            ("不详", None),
            ("撤销？", None),
            ("xx", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(super::read("已入库", Registry::StemCell), Some(Enrolled));
    }

    #[test]
    fn items_have_one_name_each() {
        let items = |t: &str| items(t).join("+");
        assert_eq!(items("遗体,器官"), "遗体+器官");
        assert_eq!(items("肝脏；肾脏"), "肝脏+肾脏");
        assert_eq!(items("角膜 遗体"), "角膜+遗体");
        assert_eq!(items("☑遗体 ☑角膜 □器官"), "遗体+角膜");
        assert_eq!(items("遗体√ 角膜□ 器官√"), "遗体+器官");
        assert_eq!(items("□遗体 □角膜"), "");
        assert_eq!(items("√遗体、√角膜"), "遗体+角膜");
        assert_eq!(items("眼角膜"), "角膜");
        assert_eq!(items("所有"), "全部");
        assert_eq!(items("器官（全部）"), "器官全部");
        assert_eq!(items("肺脏/胰腺"), "肺脏+胰腺");
        assert_eq!(items("胰、小肠和人体组织，其它器官"), "胰腺+小肠+组织+其他器官");
    }
}
