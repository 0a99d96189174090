//! Towns and subdistricts (镇/街道) of the branch, from `rules/towns.toml`.

use serde::{Deserialize, Serialize};

use super::written::plain;

/// Nine-digit administrative code of a town or subdistrict (GB/T 10114).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TownCode(pub u32);

impl std::fmt::Display for TownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

/// A town of the branch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Town {
    /// Administrative code.
    pub code: TownCode,
    /// Full official name, e.g. 莲花街道.
    pub name: String,
    /// English name for the English pages.
    pub name_en: String,
    /// Other spellings and former names.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// The towns of the branch, as dated data.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Towns {
    /// The district, e.g. 雁江区.
    pub district: String,
    /// Six-digit code of the district (GB/T 2260).
    pub district_code: u32,
    /// First day these towns hold.
    #[serde(deserialize_with = "super::time::rule_date")]
    pub valid_from: chrono::NaiveDate,
    /// The towns, in the order of their codes.
    #[serde(rename = "town")]
    pub towns: Vec<Town>,
}

impl Towns {
    /// Reads `towns.toml`.
    ///
    /// # Errors
    /// The TOML reader's message, which names line and column.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The towns shipped with the program.
    pub fn shipped() -> Self {
        Self::from_toml(include_str!("../../rules/towns.toml")).expect("the shipped rules are read by a test")
    }

    /// The town of a code.
    pub fn by_code(&self, code: TownCode) -> Option<&Town> {
        self.towns.iter().find(|t| t.code == code)
    }
}

/// Ways to write what a town is, longest first.
const KINDS: [&str; 16] = [
    "镇人民政府",
    "街道办事处",
    "人民政府",
    "街道办",
    "镇政府",
    "办事处",
    "街道辦事處",
    "街办",
    "街道",
    "政府",
    "鎮",
    "镇",
    "乡",
    "鄉",
    "办",
    "街",
];

impl Towns {
    /// The town a cell of its own names: `莲花街道`, `丰裕`, `雁江区堪嘉镇`, `莲花街道办事处`, `三贤祠街办`, a former name, the English name or the
    /// code. `None` for anything else, and where two towns are named.
    pub fn named(&self, text: &str) -> Option<&Town> {
        let text = compact(text);
        if text.is_empty() || text.chars().count() > 40 {
            return None;
        }
        if let Ok(code) = text.parse::<u32>() {
            // Statistical division codes may carry three zeros for the town itself.
            return self.by_code(TownCode(code));
        }
        if let Some(town) = self.towns.iter().find(|t| {
            compact(&t.name_en) == text || (text.len() == 12 && text.ends_with("000") && text.get(..9) == Some(t.code.to_string().as_str()))
        }) {
            return Some(town);
        }
        let found: Vec<&Town> = self.towns.iter().filter(|t| self.fronts(&text).any(|front| is_whole(t, front))).collect();
        if let [one] = found.as_slice() {
            return Some(one);
        }
        // 莲花街道凤岭社区: more than the town, but beginning with its full name.
        let full = |t: &&Town| forms(t).any(|stem| kinds_of(t).iter().any(|kind| text.contains(&format!("{stem}{kind}"))));
        if found.is_empty() && self.towns.iter().filter(full).count() == 1 { self.at_front(&text) } else { None }
    }

    /// The town an address lies in: the full name (with 镇, 街道 ...) after province, city and district, else the only full name in it. An
    /// address in another district or county has none.
    pub fn in_address(&self, text: &str) -> Option<&Town> {
        let text = compact(text);
        let text: String = text.chars().take(120).collect();
        if let Some(town) = self.at_front(&text) {
            return Some(town);
        }
        let elsewhere = self.fronts(&text).last().is_some_and(|rest| {
            let head: String = rest.chars().take(8).collect();
            ["县", "区", "市", "省"].iter().any(|w| head.contains(w))
                && !["小区", "社区", "片区", "城区", "新区", "园区", "市场"].iter().any(|w| head.contains(w))
        });
        if elsewhere {
            return None;
        }
        let mut named =
            self.towns.iter().filter(|t| forms(t).any(|stem| kinds_of(t).iter().any(|kind| text.contains(&format!("{stem}{kind}")))));
        named.next().filter(|_| named.next().is_none())
    }

    /// The town whose full name begins the text, after what stands in front of it.
    fn at_front(&self, text: &str) -> Option<&Town> {
        let begins = |t: &&Town, front: &str| {
            forms(t).any(|stem| front.strip_prefix(stem).is_some_and(|rest| kinds_of(t).iter().any(|kind| rest.starts_with(kind))))
        };
        self.fronts(text).find_map(|front| {
            let mut found = self.towns.iter().filter(|t| begins(t, front));
            found.next()
        })
    }

    /// The text, and what is left of it without province, city and district in front.
    fn fronts<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let district = self.district.as_str();
        let short = district.trim_end_matches(['区', '县', '市']);
        let mut levels = vec![text];
        let mut rest = text;
        for names in [["中国", "中华人民共和国"], ["四川省", "四川"], ["资阳市", "资阳"], [district, short]] {
            for name in names {
                if let Some(after) = rest.strip_prefix(name).filter(|a| !a.is_empty()) {
                    rest = after.trim_start_matches(['-', '/', ',', '·', ' ', '_']);
                    levels.push(rest);
                    break;
                }
            }
        }
        levels.into_iter()
    }
}

/// Without spaces, brackets with what they hold, marks; simplified where a town's name needs it.
fn compact(text: &str) -> String {
    let plain = plain(text);
    let mut depth = 0usize;
    let mut out = String::new();
    for c in plain.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            c if depth > 0 || c.is_whitespace() || matches!(c, '.' | '。' | ',' | '、' | ';' | ':' | '"' | '*') => {}
            '鎮' => out.push('镇'),
            '蓮' => out.push('莲'),
            '寶' => out.push('宝'),
            '資' => out.push('资'),
            '獅' => out.push('狮'),
            '賢' => out.push('贤'),
            '豐' => out.push('丰'),
            '鄉' => out.push('乡'),
            '區' => out.push('区'),
            '東' => out.push('东'),
            '臺' | '台' => out.push('台'),
            '嶺' => out.push('岭'),
            '濤' => out.push('涛'),
            '臨' => out.push('临'),
            '陽' => out.push('阳'),
            c => out.extend(c.to_lowercase()),
        }
    }
    out
}

/// The names of a town without what kind it is.
fn forms(town: &Town) -> impl Iterator<Item = &str> {
    std::iter::once(town.name.as_str()).chain(town.aliases.iter().map(String::as_str)).map(stem)
}

fn stem(name: &str) -> &str {
    KINDS.iter().find_map(|kind| name.strip_suffix(kind)).filter(|s| !s.is_empty()).unwrap_or(name)
}

/// The kinds a town's full name may end with in an address: towns were 乡 before they were 镇.
fn kinds_of(town: &Town) -> &'static [&'static str] {
    if town.name.ends_with("街道") { &["街道", "街办", "办事处"] } else { &["镇", "乡", "人民政府"] }
}

fn is_whole(town: &Town, text: &str) -> bool {
    forms(town).any(|stem| text.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || KINDS.contains(&rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_towns_are_read() {
        let towns = Towns::shipped();
        assert_eq!(towns.district_code, 512_002);
        assert!(towns.by_code(TownCode(512_002_100)).is_some_and(|t| t.name == "雁江镇"));
    }

    fn named(text: &str) -> Option<u32> {
        Towns::shipped().named(text).map(|t| t.code.0)
    }

    #[test]
    fn a_town_is_known_by_every_way_to_write_it() {
        for text in [
            "丰裕镇",
            "丰裕",
            "雁江区丰裕镇",
            "资阳市雁江区丰裕镇",
            "四川省资阳市雁江区丰裕镇",
            "丰裕镇 ",
            "豐裕鎮",
            "丰裕镇人民政府",
            "丰裕乡",
            "512002116",
            "512002116000",
            "Fengyu Town",
            "丰 裕 镇",
            "丰裕镇（含原忠义）",
            "丰裕镇新民村",
        ] {
            assert_eq!(named(text), Some(512_002_116), "{text}");
        }
        for text in ["三贤祠街道", "三贤祠", "三贤祠街办", "三贤祠街道办事处", "三贤祠办事处", "雁江区三贤祠街道", "资阳雁江三贤祠街道"]
        {
            assert_eq!(named(text), Some(512_002_002), "{text}");
        }
        for text in ["雁江", "雁江镇", "雁江区雁江镇"] {
            assert_eq!(named(text), Some(512_002_100), "{text}");
        }
    }

    #[test]
    fn what_is_no_town_of_the_branch_is_not_guessed() {
        for text in ["", "其他", "简阳", "忠义镇", "碑记镇", "雁江区", "莲花街道/宝莲街道", "资阳市", "镇", "街道", "外地"]
        {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_tells_its_town() {
        let towns = Towns::shipped();
        let town = |text: &str| towns.in_address(text).map(|t| t.code.0);
        assert_eq!(town("四川资阳雁江雁江镇青龙村10组11号"), Some(512_002_100));
        assert_eq!(town("雁江镇柏林村3组32号"), Some(512_002_100));
        assert_eq!(town("四川省资阳市雁江区狮子山街道凤岭路267号"), Some(512_002_004));
        assert_eq!(town("雁江区莲花街道测试路1号"), Some(512_002_001));
        assert_eq!(town("仁德西路117号（狮子山街道）"), None);
        assert_eq!(town("凤岭路117号狮子山街道"), Some(512_002_004));
        assert_eq!(town("成都市武侯区丹山镇"), None);
        assert_eq!(town("政府西路310号"), None);
    }
}
