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
    if (has(&[
        "去世",
        "死亡",
        "已故",
        "身故",
        "逝世",
        "病故",
        "离世",
        "亡故",
        "过世",
        "辞世",
        "病逝",
        "不在世",
        "不在人世",
        "deceased",
        "died",
        "dead",
    ]) || matches!(compact.as_str(), "亡" | "殁" | "故"))
        && !has(&["实现", "已捐", "捐献完成", "完成捐献", "并捐献", "已遗体捐献", "已器官捐献", "已角膜捐献", "遗体已接收", "已接收遗体"])
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
        "已遗体捐献",
        "已器官捐献",
        "已角膜捐献",
        "并捐献",
        "遗体已接收",
        "已接收遗体",
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
    if has(&["失联", "联系不上", "联系不到", "无法联系", "无法取得联系", "失访", "lost"]) {
        return Some(Exited(ExitReason::Lost));
    }
    if has(&["迁出", "外迁", "迁往", "转出", "搬离", "moved"]) {
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
        "invalid",
        "deregistered",
        "quit",
        "left",
    ]) || matches!(compact.as_str(), "退" | "已退")
    {
        return Some(Exited(ExitReason::Withdrew));
    }
    // 不同意, 未登记, 不在册: no standing that holds, and no exit of a known kind.
    if has(&[
        "不同意",
        "未同意",
        "未登记",
        "没登记",
        "没有登记",
        "未注册",
        "未生效",
        "不生效",
        "不在",
        "不正常",
        "非正常",
        "不活跃",
        "没有意愿",
        "unregistered",
    ]) {
        return None;
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

/// The exit that a note declares, where one of its parts says nothing else: 已离队; 本人已去世，家属告知. A note that only touches on one
/// (拒绝接听电话, 家属去世) declares none, nor does one of somebody who came back.
pub(in crate::intake) fn exit_in_note(note: &str, registry: Registry) -> Option<ExitReason> {
    const BEFORE: [&str; 13] =
        ["该同志", "该志愿者", "该登记者", "志愿者", "登记者", "捐献者", "本人", "现", "已经", "已", "主动", "要求", "申请"];
    let plain = plain(note);
    if ["重新", "恢复", "又", "?", "？", "误", "拟", "可能"].iter().any(|w| plain.contains(w)) {
        return None;
    }
    let ends = |c: char| c.is_whitespace() || c == '!' || matches!(c, ',' | '，' | ';' | '；' | '、' | '。' | '.' | ':' | '：' | '(' | ')');
    plain.split(ends).find_map(|whole| {
        let part = BEFORE.iter().fold(whole, |part, word| part.strip_prefix(word).unwrap_or(part));
        match part.strip_suffix('了').unwrap_or(part) {
            "去世" | "死亡" | "身故" | "逝世" | "病故" | "离世" | "过世" | "亡故" | "辞世" | "病逝" | "故" => {
                Some(ExitReason::Died)
            }
            "离队" | "退队" | "退出" | "退出服务队" | "退出队伍" | "退出登记" | "退出志愿服务" | "撤销" | "撤销登记" | "撤回登记"
            | "注销" | "注销登记" | "取消登记" | "放弃捐献" | "放弃登记" | "反悔" => Some(ExitReason::Withdrew),
            "迁出" | "迁出本区" | "迁出本市" | "外迁" | "搬离本区" => Some(ExitReason::MovedOut),
            "实现捐献" | "捐献成功" | "成功捐献" | "完成捐献" | "捐献"
                if matches!(registry, Registry::StemCell | Registry::OrganBody) && whole.contains('已') =>
            {
                Some(ExitReason::Donated)
            }
            _ => None,
        }
    })
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
            ("外迁", Some(Exited(ExitReason::MovedOut))),
            ("联系不到", Some(Exited(ExitReason::Lost))),
            ("殁", Some(Exited(ExitReason::Died))),
            ("已不在世", Some(Exited(ExitReason::Died))),
            ("已去世并捐献遗体", Some(Exited(ExitReason::Donated))),
            ("遗体已接收", Some(Exited(ExitReason::Donated))),
            ("退", Some(Exited(ExitReason::Withdrew))),
            ("登记遗体捐献后去世", Some(Exited(ExitReason::Died))),
            ("不同意", None),
            ("未登记", None),
            ("没有意愿", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(super::read("已入库", Registry::StemCell), Some(Enrolled));
    }

    #[test]
    fn a_note_that_says_nothing_but_an_exit_is_one() {
        let read = |t: &str| exit_in_note(t, Registry::StemCell);
        for (text, expected) in [
            ("已离队", Some(ExitReason::Withdrew)),
            ("本人要求退出", Some(ExitReason::Withdrew)),
            ("外出务工，已去世", Some(ExitReason::Died)),
            ("本人已申请退出", Some(ExitReason::Withdrew)),
            ("已登记，捐献", None),
            ("曾退出，现重新加入", None),
            ("已迁出", Some(ExitReason::MovedOut)),
            ("已捐献", Some(ExitReason::Donated)),
            ("拒绝接听电话", None),
            ("家属去世", None),
            ("退役军人", None),
            ("电话打不通", None),
            ("未退出", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(exit_in_note("已捐献", Registry::Blood), None);
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
