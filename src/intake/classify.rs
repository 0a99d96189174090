//! What a row below the header is: a person, or one of the other things staff put between persons.

use super::field::Field;
use super::grid::{Cell, Grid};
use super::heading::{Reader, fold};
use super::layout::{Layout, looks_like_data};
use super::merges::Merges;
use super::repair::plain;
use super::sheet::RowKind;
use crate::domain::name::PersonName;
use crate::domain::town::Towns;

/// Beginnings of a row of sums.
const SUMS: [&str; 21] = [
    "合计",
    "小计",
    "总计",
    "共计",
    "累计",
    "总数",
    "总人数",
    "人数合计",
    "合計",
    "小計",
    "總計",
    "平均",
    "本页合计",
    "本页小计",
    "本表合计",
    "以上合计",
    "以上小计",
    "汇总",
    "total",
    "subtotal",
    "grandtotal",
];

/// Words of those who made, checked or signed a sheet, before 人, 单位, 日期 or a colon.
const SIGNING: [&str; 24] = [
    "制表", "填表", "填报", "审核", "审批", "复核", "经办", "负责", "统计", "录入", "校对", "报送", "汇总", "打印", "导出", "制单", "主管",
    "核对", "签字", "签章", "盖章", "领导", "上报", "编制",
];

/// Endings of what is not a person's name: groups, places, lists.
const GROUPS: [&str; 36] = [
    "组", "队", "批", "批次", "镇", "街道", "村", "社区", "班", "单位", "学校", "医院", "名单", "人员", "部", "局", "科", "中心", "公司",
    "分队", "支部", "大队", "小组", "乡", "区", "县", "市", "省", "办", "团", "系", "学院", "中学", "小学", "年级", "登记",
];

/// Looks at rows one by one.
pub(super) struct Classifier<'a> {
    pub(super) grid: &'a Grid,
    pub(super) merges: &'a Merges,
    pub(super) reader: Reader<'a>,
    pub(super) towns: &'a Towns,
}

impl Classifier<'_> {
    /// What a row is under a layout; a header of its own kind comes with its layout.
    pub(super) fn row(&self, layout: &Layout, row: usize) -> (RowKind, Option<Layout>) {
        let filled: Vec<(u32, &Cell)> = self.grid.filled(row).collect();
        let Some((first_column, first)) = filled.first().copied() else { return (RowKind::Blank, None) };
        if layout.is_repeated(self.grid, row) {
            return (RowKind::Header, None);
        }
        if let Some(own) = self.other_header(&filled, row) {
            return (RowKind::Header, Some(own));
        }
        if is_index(&filled) {
            return (RowKind::Header, None);
        }
        let lead = compact(&first.shown());
        let identified = self.identifies(layout, row);
        if !identified {
            if self.is_sum(layout, row, &lead) {
                return (RowKind::SubTotal, None);
            }
            // A person may be a 统计员 by occupation; who has a name is no footer.
            let named = layout.column(Field::Name).is_some_and(|c| is_name(&compact(&self.grid.shown(row, c))));
            if is_signing(&lead) || (!named && filled.iter().any(|(_, cell)| is_signing(&compact(&cell.shown())))) {
                return (RowKind::Footer, None);
            }
            if filled.len() <= 2 && is_note(&lead) {
                return (RowKind::Note, None);
            }
            if filled.len() >= 2 && filled.iter().filter(|(_, cell)| is_instruction(&compact(&cell.shown()))).count() * 2 >= filled.len() {
                return (RowKind::Note, None);
            }
            if let Some(kind) = self.alone(layout, row, &filled, first_column, &lead) {
                return (kind, None);
            }
        }
        if is_example(&lead) || layout.column(Field::Name).is_some_and(|c| marks_example(&compact(&self.grid.shown(row, c)))) {
            return (RowKind::Example, None);
        }
        if !layout.columns.iter().any(|c| c.reading.is_some() && filled.iter().any(|(index, _)| *index == c.index)) {
            return (RowKind::Note, None);
        }
        (RowKind::Data, None)
    }

    /// A header in the middle of the sheet whose columns stand differently.
    fn other_header(&self, filled: &[(u32, &Cell)], row: usize) -> Option<Layout> {
        // Cheap look first: headings are short texts.
        if filled.len() < 3 || filled.iter().any(|(_, cell)| !matches!(cell, Cell::Text(_)) || looks_like_data(&fold(&cell.shown()))) {
            return None;
        }
        let layout = Layout::at(self.grid, self.merges, self.reader, row)?;
        let known = layout.columns.iter().filter(|c| c.reading.is_some_and(|r| r.sureness.0 <= 4)).count();
        (layout.is_header() && known >= 3 && (known * 10 >= layout.columns.len() * 7 || layout.tells_people())).then_some(layout)
    }

    /// Whether the row carries a document or phone number where they stand.
    fn identifies(&self, layout: &Layout, row: usize) -> bool {
        layout.columns.iter().any(|c| {
            let wanted = c.reading.is_some_and(|r| matches!(r.field, Field::Document | Field::Phone | Field::Mail));
            wanted
                && self.grid.cell(row, c.index).is_some_and(|cell| {
                    let shown = cell.shown();
                    let digits = shown.chars().map(crate::domain::written::narrow).filter(char::is_ascii_digit).count();
                    let text = compact(&shown);
                    (digits >= 7 && !text.contains('年') && !is_signing(&text)) || shown.contains(['@', '＠'])
                })
        })
    }

    fn is_sum(&self, layout: &Layout, row: usize, lead: &str) -> bool {
        let name = layout.column(Field::Name).map(|c| compact(&self.grid.shown(row, c))).unwrap_or_default();
        [lead, name.as_str()].into_iter().any(|text| {
            let text = text.trim_start_matches(['-', '*', '(', '【', '[', '=']);
            let head: String = text.chars().take(16).collect();
            SUMS.iter().any(|w| head.starts_with(w) || (head.ends_with(w) && text.chars().count() <= 12))
                || ((head.starts_with('共') || head.starts_with("以上") || head.starts_with("总共"))
                    && head.chars().any(|c| c.is_ascii_digit())
                    && head.contains(['人', '名', '条', '份']))
        })
    }

    /// A row with one filled cell: a person of whom only a name or number is known, or a line between persons.
    fn alone(&self, layout: &Layout, row: usize, filled: &[(u32, &Cell)], column: u32, lead: &str) -> Option<RowKind> {
        let field = layout.columns.iter().find(|c| c.index == column).and_then(|c| c.reading).map(|r| r.field);
        let long = lead.chars().count() > 40;
        let between = if long { RowKind::Note } else { RowKind::Section };
        if filled.len() == 1 {
            if self.merges.covering(row, column).is_some_and(|m| m.top as usize == row && m.right - m.left >= 2) {
                return Some(if is_note(lead) { RowKind::Note } else { between });
            }
            let numberish =
                lead.chars().any(|c| c.is_ascii_digit()) && lead.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '/'));
            return match field {
                Some(Field::Sequence | Field::Number) if numberish => None,
                Some(Field::Name) if !self.heads_a_part(lead) && is_name(lead) => None,
                Some(f) if f.shows_a_person() && f != Field::Name && numberish => None,
                Some(Field::Team | Field::Town | Field::Note | Field::Status) if column != first_of(layout) => None,
                _ => Some(between),
            };
        }
        // 第二批 | 2025-04-13: a section with a remark.
        let shows = filled
            .iter()
            .any(|(index, _)| layout.columns.iter().any(|c| c.index == *index && c.reading.is_some_and(|r| r.field.shows_a_person())));
        let numbered = matches!(field, Some(Field::Sequence | Field::Number));
        let marked = ["第", "以下", "以上", "--", "==", "补录", "【"].iter().any(|w| lead.starts_with(w))
            && !lead.chars().all(|c| c.is_ascii_digit());
        (!shows && filled.len() <= 3 && numbered && (marked || (self.heads_a_part(lead) && !lead.chars().any(|c| c.is_ascii_digit()))))
            .then_some(between)
    }

    /// Whether a text heads a part of the sheet: 第二批, 莲花街道, 以下为补录人员.
    fn heads_a_part(&self, lead: &str) -> bool {
        let bare =
            lead.trim_matches(|c: char| matches!(c, '-' | '=' | '*' | '#' | '(' | ')' | '【' | '】' | '[' | ']' | ':' | '~' | '_' | '·'));
        bare.len() != lead.len()
            || self.towns.named(bare).is_some()
            || GROUPS.iter().any(|g| bare.ends_with(g))
            || ["第", "以下", "以上", "补录", "新增", "附", "续"].iter().any(|w| bare.starts_with(w))
    }
}

fn first_of(layout: &Layout) -> u32 {
    layout.columns.first().map_or(0, |c| c.index)
}

/// ASCII forms, lower case, no spaces.
fn compact(text: &str) -> String {
    let short: String = text.chars().take(400).collect();
    plain(&short).chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

fn is_name(lead: &str) -> bool {
    let count = lead.chars().count();
    PersonName::parse(lead).is_ok() && (2..=12).contains(&count)
}

fn is_note(lead: &str) -> bool {
    ["注:", "注1", "注意", "备注:", "说明:", "附:", "附注", "※", "*注", "注.", "填表说明", "填写说明", "温馨提示", "提示:"]
        .iter()
        .any(|w| lead.starts_with(w))
        || lead == "注"
        || lead == "说明"
}

fn is_instruction(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')', '[', ']', '【', '】', '*']);
    [
        "必填",
        "选填",
        "文本格式",
        "格式",
        "例如",
        "如:",
        "请填",
        "请输入",
        "下拉选择",
        "18位",
        "11位",
        "yyyy",
        "男/女",
        "自动计算",
        "自动生成",
    ]
    .iter()
    .any(|w| bare.starts_with(w))
}

fn is_example(lead: &str) -> bool {
    ["示例", "样例", "范例", "示范", "填写示例", "例:", "举例", "example", "sample", "e.g"].iter().any(|w| lead.starts_with(w))
        || matches!(lead, "例" | "样" | "(例)" | "例1")
}

fn marks_example(name: &str) -> bool {
    ["(示例)", "(例)", "(样例)", "示例:", "(example)"].iter().any(|w| name.contains(w)) || name == "示例"
}

/// 制表人：…, 审核：…, 填表日期, (盖章), 2025年6月14日 for itself.
fn is_signing(text: &str) -> bool {
    if text.chars().count() > 60 {
        return false;
    }
    let text = text.trim_start_matches(['(', '[', '【']);
    SIGNING.iter().any(|w| {
        text.strip_prefix(w).is_some_and(|rest| {
            let rest = ["人员", "单位", "日期", "时间", "人", "员", "者", "机构", "部门"]
                .iter()
                .find_map(|k| rest.strip_prefix(k))
                .unwrap_or(rest);
            let rest = ["签字", "签名", "签章", "盖章", "(签字)", "(签名)", "(盖章)", "(签章)", "(公章)"]
                .iter()
                .find_map(|k| rest.strip_prefix(k))
                .unwrap_or(rest);
            let rest = rest.trim_start_matches([')', ']', '】']);
            rest.is_empty() || rest.starts_with([':', '_']) || rest.starts_with("  ")
        })
    }) || ["日期:", "单位(盖章)", "单位盖章", "公章", "联系人:"].iter().any(|w| text.starts_with(w))
}

/// A row that numbers the columns: 1 2 3 4, (1) (2) (3), 甲 乙 丙.
fn is_index(filled: &[(u32, &Cell)]) -> bool {
    if filled.len() < 4 {
        return false;
    }
    let numbers: Vec<Option<u32>> = filled
        .iter()
        .map(|(_, cell)| {
            let text = compact(&cell.shown());
            text.trim_matches(['(', ')', '[', ']', '栏', '列', '.']).parse::<u32>().ok()
        })
        .collect();
    numbers.windows(2).all(|w| matches!(w, [Some(a), Some(b)] if *b == a + 1))
}
