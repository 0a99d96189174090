//! Headings as staff write them, reduced to what can be compared, and told apart by a profile's words.

use unicode_normalization::UnicodeNormalization;

use super::field::{Field, Party};
use super::profile::{Profile, RoleKind};

/// Words in front of a heading that only say whose it is.
const OWNERS: [&str; 22] = [
    "志愿捐献者",
    "造血干细胞捐献者",
    "捐献志愿者",
    "献血志愿者",
    "志愿登记者",
    "申请登记人",
    "志愿者",
    "捐献者",
    "捐献人",
    "捐赠者",
    "捐赠人",
    "献血者",
    "献血人",
    "登记者",
    "登记人",
    "申请人",
    "报名人",
    "参加者",
    "供者",
    "本人",
    "您的",
    "个人",
];

/// Words behind or before a heading that add nothing.
const ADDED: [&str; 14] =
    ["必填", "选填", "请填写", "填写", "一栏", "信息", "请如实", "必填项", "选填项", "如有", "可不填", "请输入", "请选择", "(可选)"];

/// Brings a heading to its comparable form: NFKC, lower case, traditional forms of the header words, no spaces, stars, colons or other marks.
pub(super) fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace() && !c.is_control() && !is_mark(*c)).map(simplified).collect()
}

fn is_mark(c: char) -> bool {
    matches!(
        c,
        '*' | '★'
            | '☆'
            | '※'
            | '●'
            | '■'
            | '▲'
            | ':'
            | '、'
            | '。'
            | '.'
            | ','
            | '_'
            | '"'
            | '\''
            | '“'
            | '”'
            | '‘'
            | '’'
            | '?'
            | '!'
            | '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}'
    )
}

/// Traditional forms that stand in headings; anything else is left alone.
fn simplified(c: char) -> char {
    match c {
        '證' => '证',
        '號' => '号',
        '碼' => '码',
        '電' => '电',
        '話' => '话',
        '機' => '机',
        '聯' => '联',
        '繫' | '係' => '系',
        '絡' => '络',
        '別' => '别',
        '齡' => '龄',
        '鎮' => '镇',
        '鄉' => '乡',
        '郵' => '邮',
        '類' => '类',
        '體' => '体',
        '總' => '总',
        '條' => '条',
        '樣' => '样',
        '獻' => '献',
        '學' => '学',
        '歷' => '历',
        '業' => '业',
        '執' => '执',
        '關' => '关',
        '備' => '备',
        '註' => '注',
        '記' => '记',
        '錄' => '录',
        '狀' => '状',
        '態' => '态',
        '時' => '时',
        '長' => '长',
        '隊' => '队',
        '見' => '见',
        '間' => '间',
        other => other,
    }
}

/// A folded heading without its bracketed remarks, and the remarks.
pub(super) fn split_remarks(folded: &str) -> (String, Vec<String>) {
    let (mut base, mut remarks, mut depth) = (String::new(), Vec::<String>::new(), 0usize);
    for c in folded.chars() {
        match c {
            '(' | '[' | '【' | '〔' | '<' | '{' | '「' => {
                if depth == 0 {
                    remarks.push(String::new());
                }
                depth += 1;
            }
            ')' | ']' | '】' | '〕' | '>' | '}' | '」' => depth = depth.saturating_sub(1),
            _ if depth > 0 => {
                if let Some(last) = remarks.last_mut() {
                    last.push(c);
                }
            }
            _ => base.push(c),
        }
    }
    (base, remarks)
}

/// How sure a heading's reading is; smaller is surer. The second part ranks words of one list.
type Sureness = (u8, usize);

/// A heading understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) field: Field,
    pub(super) party: Party,
    pub(super) sureness: Sureness,
}

impl Reading {
    const fn own(field: Field, sureness: Sureness) -> Self {
        Self { field, party: Party::Own, sureness }
    }
}

/// Reads headings with the profiles in force, the first of them first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) profiles: &'a [&'a Profile],
}

impl Reader<'_> {
    /// The meaning of a heading; `group` is the heading above it in a header of two rows.
    pub(super) fn read(&self, group: &str, label: &str) -> Option<Reading> {
        let (group, label) = (fold(group), fold(label));
        if group.is_empty() || group == label {
            return self.read_one(&label);
        }
        if label.is_empty() {
            return self.read_one(&group);
        }
        let (group_base, _) = split_remarks(&group);
        // 执行人信息 over 姓名 | 电话 is the executor's.
        let bare = ["信息", "情况", "资料", "一栏"].iter().find_map(|w| group_base.strip_suffix(w)).filter(|b| !b.is_empty());
        let group_base = bare.unwrap_or(&group_base);
        let joined = format!("{group_base}/{label}");
        if let Some(reading) = self.words(&joined) {
            return Some(reading);
        }
        if let Some(reading) = self.role(&format!("{group_base}{label}")) {
            return Some(reading);
        }
        // 性别 | 男 女, 出生日期 | 年 月 日: the group's field decides what the parts are.
        let of_group = self.read_one(&group).filter(|r| r.party == Party::Own);
        if let Some(parts) = of_group.and_then(|g| part_of(g.field, &split_remarks(&label).0)) {
            return Some(Reading::own(parts, (0, 0)));
        }
        // 救护员证 over 编号 is the certificate's number, not the registrant's.
        let label_alone = self.read_one(&label);
        if label_alone.is_some_and(|r| matches!(r.field, Field::Number | Field::Sequence | Field::Date))
            && let Some(reading) = self.words(&format!("{group_base}{label}"))
        {
            return Some(reading);
        }
        match (label_alone, of_group) {
            (Some(label), _) => Some(label),
            (None, Some(group)) if group.field.repeats() => Some(group),
            (None, _) => self.read_one(&format!("{group_base}{label}")),
        }
    }

    fn read_one(&self, folded: &str) -> Option<Reading> {
        if folded.is_empty() || folded.chars().count() > 40 {
            return None;
        }
        if let Some(reading) = self.words(folded) {
            return Some(reading);
        }
        if let Some(first) = first_language(folded)
            && let Some(reading) = self.words(first).or_else(|| self.role(first))
        {
            return Some(Reading { sureness: (reading.sureness.0 + 1, reading.sureness.1), ..reading });
        }
        let (base, remarks) = split_remarks(folded);
        let base = trimmed(&base);
        if let Some(mut reading) = self.words(base) {
            // 联系电话（家属） is not the registrant's own phone.
            if reading.field == Field::Phone && remarks.iter().any(|r| self.begins_with_role(r)) {
                reading = Reading { field: Field::PartyPhone, party: Party::Contact(0), sureness: reading.sureness };
            }
            // 所在地（镇街） asks for the town.
            if reading.field == Field::Address && self.remarks_name(&remarks, Field::Town) {
                reading.field = Field::Town;
            }
            return Some(Reading { sureness: (reading.sureness.0 + 1, reading.sureness.1), ..reading });
        }
        // 紧急联系人（一）电话: the remark may hold the order.
        if let Some(reading) = self.role(folded).or_else(|| self.role(base)) {
            return Some(reading);
        }
        for owner in OWNERS {
            if let Some(rest) = base.strip_prefix(owner).map(|r| r.trim_start_matches('的'))
                && let Some(reading) = self.words(rest)
            {
                return Some(Reading { sureness: (3, reading.sureness.1), ..reading });
            }
        }
        if base.is_empty() {
            return remarks.iter().find_map(|r| self.words(r)).map(|r| Reading { sureness: (4, r.sureness.1), ..r });
        }
        // A sentence is no heading, whatever words it holds; a heading in two languages is.
        if base.chars().filter(|c| !c.is_ascii()).count() > 16 {
            return None;
        }
        self.profiles
            .iter()
            .flat_map(|p| &p.parts)
            .find(|(words, _)| words.iter().all(|word| base.contains(word.as_str())))
            .map(|(_, field)| Reading::own(*field, (5, 0)))
    }

    fn words(&self, folded: &str) -> Option<Reading> {
        self.profiles
            .iter()
            .find_map(|p| p.words.get(folded))
            .and_then(|list| list.first())
            .map(|(field, rank)| Reading::own(*field, (0, *rank)))
    }

    fn remarks_name(&self, remarks: &[String], field: Field) -> bool {
        remarks.iter().any(|r| self.words(r).is_some_and(|r| r.field == field))
    }

    fn begins_with_role(&self, folded: &str) -> bool {
        self.profiles.iter().flat_map(|p| &p.roles).any(|(word, _)| folded.starts_with(word.as_str()))
    }

    /// What follows a role word: phone, and 's phone as one says in English.
    fn role_word(&self, text: &str) -> Option<Field> {
        let of = |text: &str| self.profiles.iter().find_map(|p| p.role_words.get(text)).copied();
        of(text).or_else(|| text.strip_prefix('s').filter(|rest| !rest.is_empty()).and_then(of))
    }

    /// 联系人1姓名, 第二联系人电话, 执行人(一), 家属联系电话, 与执行人关系 ...
    fn role(&self, folded: &str) -> Option<Reading> {
        let folded: String = folded.chars().filter(|c| !matches!(c, '/' | '-' | '(' | ')' | '[' | ']' | '的')).collect();
        for (word, kind) in self.profiles.iter().flat_map(|p| &p.roles) {
            let Some((before, after)) = folded.split_once(word.as_str()) else { continue };
            // 与执行人关系: the words stand around the role.
            let (before, after) = match before.strip_suffix('与') {
                Some(front) if after.starts_with("关系") => (front, "关系"),
                _ => (before, after),
            };
            let (first, before) = take_ordinal(before);
            // consent begins with a letter that numbers persons.
            let whole = self.role_word(after).is_some();
            let (second, after) = if whole { (None, after) } else { take_ordinal(after) };
            let (third, after) = if whole { (None, after) } else { take_last_ordinal(after) };
            let ordinal = first.or(second).or(third).unwrap_or(0);
            if !(before.is_empty()
                || matches!(
                    before,
                    "紧急" | "第" | "备用" | "其他" | "家庭" | "直系" | "亲属" | "登记" | "捐献" | "遗体捐献" | "指定" | "在场"
                ))
            {
                continue;
            }
            if *kind == RoleKind::Other {
                return Some(Reading::own(Field::Ignored, (2, 0)));
            }
            let Some(field) = self.role_word(after) else {
                // 联系人身份证号, 执行人住址: known to be about somebody else, not taken in.
                if self.words(after).is_some() {
                    return Some(Reading::own(Field::Ignored, (2, 0)));
                }
                continue;
            };
            let party = match kind {
                RoleKind::Contact => Party::Contact(ordinal),
                RoleKind::Executor => Party::Executor(ordinal),
                RoleKind::Guardian => Party::Guardian,
                RoleKind::Witness | RoleKind::Other => Party::Witness,
            };
            let field = match (kind, field) {
                (RoleKind::Witness, Field::PartyName) => Field::Witness,
                (RoleKind::Witness, _) => Field::Ignored,
                (RoleKind::Contact | RoleKind::Executor, Field::PartyConsent) => Field::Ignored,
                (_, field) => field,
            };
            return Some(Reading { field, party, sureness: (2, 0) });
        }
        // 与本人关系, 关系 alone: whose is told by the columns beside it.
        let (ordinal, rest) = take_last_ordinal(&folded);
        let known = self.role_word(rest) == Some(Field::PartyRelation);
        let relation = (known && rest.contains("关系"))
            || (rest.starts_with('与') && rest.ends_with("关系"))
            || matches!(rest, "relation" | "relationship");
        relation.then_some(Reading { field: Field::PartyRelation, party: Party::Contact(ordinal.unwrap_or(0)), sureness: (6, 0) })
    }
}

/// 年 under 出生日期 is the year of birth.
fn part_of(group: Field, label: &str) -> Option<Field> {
    match (group, label) {
        (Field::Birth | Field::BirthMonthOnly, "年" | "年份" | "year") => Some(Field::BirthYear),
        (Field::Birth | Field::BirthMonthOnly, "月" | "月份" | "month") => Some(Field::BirthMonth),
        (Field::Birth | Field::BirthMonthOnly, "日" | "day") => Some(Field::BirthDay),
        (Field::Date, "年" | "年份" | "year") => Some(Field::DateYear),
        (Field::Date, "月" | "月份" | "month") => Some(Field::DateMonth),
        (Field::Date, "日" | "day") => Some(Field::DateDay),
        (Field::Sex, "男" | "male" | "m") => Some(Field::SexMale),
        (Field::Sex, "女" | "female" | "f") => Some(Field::SexFemale),
        (Field::Name, "姓") => Some(Field::Surname),
        (Field::Name, "名") => Some(Field::GivenName),
        (Field::Items, _) => Some(Field::ItemTick),
        _ => None,
    }
}

/// Of 姓名 Name the first: a heading that is said again in English, as the printed sheets have it. A letter or two are part of the heading.
fn first_language(folded: &str) -> Option<&str> {
    let at = folded.find(|c: char| c.is_ascii_alphabetic())?;
    let (first, again) = folded.split_at_checked(at)?;
    let said_again = again.is_ascii() && again.chars().filter(char::is_ascii_alphabetic).count() >= 3;
    (said_again && !first.is_ascii()).then_some(first)
}

/// The heading without running numbers in front and filler words around it.
fn trimmed(base: &str) -> &str {
    let mut base = base;
    loop {
        let before = base;
        let digits = base.trim_start_matches(|c: char| c.is_ascii_digit());
        // 1姓名: a numbered question; a heading that is all digits stays.
        if !digits.is_empty() && digits.len() < base.len() && base.len() - digits.len() <= 2 {
            base = digits;
        }
        base = base.trim_matches(|c: char| matches!(c, '-' | '/' | '\\' | '|' | ';' | '~' | '—' | '·' | '+' | '^' | '#'));
        for word in ADDED {
            base = base.strip_prefix(word).filter(|r| !r.is_empty()).unwrap_or(base);
            base = base.strip_suffix(word).filter(|r| !r.is_empty()).unwrap_or(base);
        }
        if base == before {
            return base;
        }
    }
}

fn ordinal(c: char) -> Option<u8> {
    match c {
        '1' | '一' | '①' | '甲' | 'a' | '壹' => Some(1),
        '2' | '二' | '②' | '乙' | 'b' | '贰' => Some(2),
        '3' | '三' | '③' | '丙' | 'c' | '叁' => Some(3),
        '4' | '四' | '④' => Some(4),
        _ => None,
    }
}

/// An ordinal at the front (with 第 before and 个/位 after), and the rest.
fn take_ordinal(text: &str) -> (Option<u8>, &str) {
    let rest = text.strip_prefix('第').unwrap_or(text);
    let mut chars = rest.chars();
    match chars.next().and_then(ordinal) {
        Some(n) => {
            let rest = chars.as_str();
            (Some(n), rest.strip_prefix('个').or_else(|| rest.strip_prefix('位')).unwrap_or(rest))
        }
        None => (None, text),
    }
}

fn take_last_ordinal(text: &str) -> (Option<u8>, &str) {
    match text.char_indices().next_back() {
        Some((at, c)) if ordinal(c).is_some() => (ordinal(c), text.get(..at).unwrap_or(text)),
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests;
