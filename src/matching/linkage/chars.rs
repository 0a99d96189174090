//! What is known of single characters: the simplified form, the toneless readings, the look-alikes.
//!
//! Simplified forms: the OpenCC table of traditional characters. Readings: the pinyin table with heteronyms
//! (surnames such as 单 shan or 仇 qiu are among them). Both are loaded once, at first use.

use std::sync::LazyLock;

use opencc_fmmseg::dictionary_lib::DictionaryMaxlength;
use pinyin::ToPinyinMulti;

/// First character of the table: CJK extension A.
const FIRST: u32 = 0x3400;
/// One past the last character of the table: the end of the unified ideographs.
const END: u32 = 0xA000;
/// Readings kept of one character; rarer ones are dropped.
pub(super) const READINGS: usize = 4;

struct Tables {
    simplified: Vec<char>,
    readings: Vec<[u16; READINGS]>,
    syllables: Vec<Syllable>,
    /// Pairs, the smaller first, sorted.
    look_alikes: Vec<(char, char)>,
}

/// A toneless syllable and the shape dialects leave of it.
struct Syllable {
    letters: &'static str,
    /// Equal for syllables that southern speakers do not tell apart.
    fuzzy: u16,
}

static TABLES: LazyLock<Tables> = LazyLock::new(load);

fn slot(c: char) -> Option<usize> {
    let code = u32::from(c);
    (FIRST..END).contains(&code).then(|| usize::try_from(code - FIRST).unwrap_or_default())
}

fn load() -> Tables {
    let size = usize::try_from(END - FIRST).unwrap_or_default();
    let mut simplified: Vec<char> = (FIRST..END).filter_map(char::from_u32).collect();
    simplified.resize(size, '\u{0}');
    // Without the table names stay as written: fewer pairs are found, none is wrongly joined.
    if let Ok(dictionary) = DictionaryMaxlength::new() {
        for (from, to) in &dictionary.ts_characters.map {
            if let (&[c], Some(t)) = (from.as_ref(), to.chars().next())
                && let Some(target) = slot(c).and_then(|i| simplified.get_mut(i))
            {
                *target = t;
            }
        }
    }
    for (variant, usual) in VARIANTS {
        if let Some(target) = slot(*variant).and_then(|i| simplified.get_mut(i)) {
            *target = *usual;
        }
    }
    let mut names: Vec<&'static str> = Vec::new();
    let mut readings = vec![[0u16; READINGS]; size];
    for (code, target) in (FIRST..END).zip(readings.iter_mut()) {
        let Some(multi) = char::from_u32(code).and_then(|c| c.to_pinyin_multi()) else { continue };
        let mut n = 0;
        for reading in multi {
            let plain = reading.plain();
            let id = match names.iter().position(|s| *s == plain) {
                Some(i) => i + 1,
                None => {
                    names.push(plain);
                    names.len()
                }
            };
            let id = u16::try_from(id).unwrap_or_default();
            if n < READINGS && !target.iter().take(n).any(|r| *r == id) {
                if let Some(t) = target.get_mut(n) {
                    *t = id;
                }
                n += 1;
            }
        }
    }
    let folds: Vec<String> = names.iter().map(|s| fold(s)).collect();
    let syllables = names
        .iter()
        .zip(&folds)
        .map(|(letters, f)| {
            let fuzzy = folds.iter().position(|other| other == f).unwrap_or_default();
            Syllable { letters, fuzzy: u16::try_from(fuzzy + 1).unwrap_or_default() }
        })
        .collect();
    let mut look_alikes: Vec<(char, char)> =
        LOOK_ALIKES.iter().flat_map(|g| g.chars().flat_map(|a| g.chars().filter(move |b| a < *b).map(move |b| (a, b)))).collect();
    look_alikes.sort_unstable();
    Tables { simplified, readings, syllables, look_alikes }
}

/// What is left of a syllable where n/l, z/zh, c/ch, s/sh, f/h before u, and final n/ng are not told apart.
fn fold(syllable: &str) -> String {
    let s = syllable.replace(['ü', 'v'], "u");
    let s = s.strip_suffix('g').filter(|r| r.ends_with('n')).map_or(s.clone(), str::to_owned);
    for (from, to) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("hu", "f")] {
        if let Some(rest) = s.strip_prefix(from) {
            return format!("{to}{}", if from == "hu" && rest.is_empty() { "u" } else { rest });
        }
    }
    s
}

/// The simplified, usual form of a character; every other character is itself.
pub(super) fn simplify(c: char) -> char {
    slot(c).and_then(|i| TABLES.simplified.get(i).copied()).unwrap_or(c)
}

/// Whether the character is a Chinese character the tables know of.
pub(super) fn is_han(c: char) -> bool {
    slot(c).is_some() || matches!(u32::from(c), 0x2_0000..=0x3_FFFF | 0xF900..=0xFAFF)
}

/// The toneless readings of a character as syllable numbers; zero ends the list.
pub(super) fn readings(c: char) -> [u16; READINGS] {
    slot(c).and_then(|i| TABLES.readings.get(i).copied()).unwrap_or_default()
}

/// The letters of a syllable, `ü` as the pinyin table writes it.
pub(super) fn letters(syllable: u16) -> &'static str {
    usize::from(syllable).checked_sub(1).and_then(|i| TABLES.syllables.get(i)).map_or("", |s| s.letters)
}

fn fuzzy(syllable: u16) -> u16 {
    usize::from(syllable).checked_sub(1).and_then(|i| TABLES.syllables.get(i)).map_or(0, |s| s.fuzzy)
}

/// Whether two characters share a toneless reading.
pub(super) fn same_sound(a: char, b: char) -> bool {
    a == b || shares(a, b, |s| s)
}

/// Whether two characters sound alike where n/l, zh/z, ng/n and their like are not told apart.
pub(super) fn similar_sound(a: char, b: char) -> bool {
    a == b || shares(a, b, fuzzy)
}

fn shares(a: char, b: char, f: impl Fn(u16) -> u16) -> bool {
    let (ra, rb) = (readings(a), readings(b));
    ra.iter().take_while(|s| **s != 0).any(|x| rb.iter().take_while(|s| **s != 0).any(|y| f(*x) == f(*y)))
}

/// Whether two different characters are easily taken for one another in handwriting or on a poor copy.
pub(super) fn same_shape(a: char, b: char) -> bool {
    a != b && TABLES.look_alikes.binary_search(&(a.min(b), a.max(b))).is_ok()
}

/// Variant forms that occur in names and that the table of traditional characters leaves alone.
const VARIANTS: &[(char, char)] = &[
    ('喆', '哲'),
    ('堃', '坤'),
    ('昇', '升'),
    ('陞', '升'),
    ('峯', '峰'),
    ('珎', '珍'),
    ('钜', '巨'),
    ('甯', '宁'),
    ('寗', '宁'),
    ('邨', '村'),
    ('菴', '庵'),
    ('詠', '咏'),
    ('燄', '焰'),
    ('勛', '勋'),
    ('祐', '佑'),
    ('佈', '布'),
    ('溼', '湿'),
    ('羣', '群'),
    ('嶽', '岳'),
    ('穌', '稣'),
    ('艷', '艳'),
    ('豔', '艳'),
    ('艶', '艳'),
    ('呂', '吕'),
    ('吳', '吴'),
    ('黃', '黄'),
    ('溫', '温'),
    ('晉', '晋'),
    ('彊', '强'),
    ('衞', '卫'),
    ('脩', '修'),
    ('槑', '梅'),
    ('燁', '烨'),
    ('曄', '晔'),
    ('囯', '国'),
    ('囶', '国'),
];

/// Groups of look-alikes; every two of a group are taken for each other. Written from the lists primary schools teach as 形近字.
const LOOK_ALIKES: &[&str] = &[
    "己已巳",
    "未末",
    "土士",
    "日曰",
    "大太犬",
    "天夫",
    "干千于",
    "人入八",
    "刀力",
    "木本",
    "田由甲申",
    "贝见",
    "午牛",
    "龙尤",
    "万方",
    "今令",
    "白百",
    "目自",
    "云去",
    "元无",
    "开升井",
    "井并",
    "友发",
    "北比",
    "东车",
    "风凤",
    "冈岗",
    "乌鸟",
    "从丛",
    "爪瓜",
    "矛予",
    "戊戌戍成",
    "斤斥",
    "外处",
    "兰三",
    "主生",
    "永水",
    "冰水",
    "代伐",
    "仁仕",
    "任仟",
    "他她",
    "何河",
    "伟炜玮",
    "伟韦",
    "佳桂",
    "住佳往",
    "侯候",
    "俊峻",
    "俊骏",
    "浚俊",
    "竣峻",
    "凌陵",
    "凌菱",
    "冶治",
    "冷泠",
    "冻栋",
    "刘浏",
    "列烈",
    "利和",
    "刚钢",
    "勤勒",
    "勇湧",
    "华桦",
    "卓桌",
    "历厉",
    "圆园",
    "坤坪",
    "垒磊",
    "埋理",
    "培陪",
    "境镜",
    "壮状",
    "妹姝",
    "姗珊",
    "娇骄",
    "娟捐",
    "娜那",
    "婉碗",
    "婷停",
    "媛嫒",
    "媛援",
    "孙逊",
    "宇字",
    "安宴",
    "宣宜",
    "家嫁",
    "寒塞",
    "峰锋",
    "峰蜂",
    "峰烽",
    "锋蜂",
    "崇祟",
    "巧功",
    "帆忛",
    "帅师",
    "平苹",
    "庭廷",
    "延廷",
    "建健",
    "弘宏",
    "彤彬",
    "彬杉",
    "彬林",
    "形彤",
    "徐除",
    "微徽",
    "心必",
    "志忠",
    "怡治",
    "怡贻",
    "恒桓",
    "恒垣",
    "恩思",
    "悦说",
    "惠慧",
    "情晴",
    "情清",
    "清晴",
    "清青",
    "晴睛",
    "愉喻",
    "愉瑜",
    "瑜喻",
    "渝愉",
    "渝瑜",
    "成城",
    "成诚",
    "城诚",
    "扬杨",
    "扬场",
    "杨场",
    "抗杭",
    "杭航",
    "拾抬",
    "振震",
    "捷婕",
    "掌拿",
    "敏海",
    "敏梅",
    "海梅",
    "梅悔",
    "文丈",
    "文纹",
    "斌武",
    "斌赋",
    "旋族",
    "旭九",
    "旺汪",
    "昂昴",
    "昊吴",
    "昌吕",
    "明朋",
    "明萌",
    "昕欣",
    "昕听",
    "晋普",
    "晨辰",
    "晨曼",
    "晓哓",
    "晓烧",
    "晖辉",
    "晖珲",
    "辉挥",
    "浑珲",
    "晗哈",
    "晗含",
    "曼蔓",
    "曾会",
    "曾增",
    "月丹",
    "朵杂",
    "朱失",
    "朱未",
    "朱珠",
    "杏查",
    "杏呆",
    "李季",
    "李秀",
    "季秀",
    "村材",
    "材才",
    "杜社",
    "松柏",
    "林材",
    "林琳",
    "林淋",
    "果杲",
    "枝技",
    "柏拍",
    "柏伯",
    "柔揉",
    "柱桂",
    "柳卯",
    "栋拣",
    "桃挑",
    "桐铜",
    "梁粱",
    "梓样",
    "棋琪",
    "棋祺",
    "琪祺",
    "琪淇",
    "祺淇",
    "楠南",
    "榕蓉",
    "榕溶",
    "蓉容",
    "榕容",
    "欣饮",
    "欧殴",
    "正止",
    "武式",
    "毅殷",
    "民氏",
    "气乞",
    "江红",
    "江汪",
    "汉汊",
    "汤扬",
    "沛柿",
    "沈沉",
    "泉原",
    "泓弘",
    "法洁",
    "波坡",
    "泽译",
    "泽择",
    "洁吉",
    "洋样",
    "洋祥",
    "祥样",
    "洪供",
    "洪拱",
    "津律",
    "浩皓",
    "浩诰",
    "皓皎",
    "皓豪",
    "浪狼",
    "涛海",
    "涛寿",
    "涛焘",
    "润闰",
    "涵函",
    "淑叔",
    "淋琳",
    "淳谆",
    "深琛",
    "渊洲",
    "温湿",
    "湘相",
    "源原",
    "滨宾",
    "漫慢",
    "潘番",
    "潇萧",
    "澄登",
    "炳柄",
    "炳丙",
    "烁铄",
    "烨桦",
    "焕换",
    "焕唤",
    "照熙",
    "煜昱",
    "爱受",
    "特持",
    "玫枚",
    "环坏",
    "玲铃",
    "玲冷",
    "珂坷",
    "珍诊",
    "珍珎",
    "珠株",
    "班斑",
    "珲挥",
    "琦绮",
    "琦倚",
    "琼凉",
    "琼惊",
    "瑞端",
    "瑶摇",
    "瑶遥",
    "璐路",
    "璐露",
    "璇旋",
    "甫浦",
    "畅肠",
    "疆僵",
    "盈盎",
    "真直",
    "睿客",
    "祖租",
    "祝视",
    "禄碌",
    "福副",
    "福富",
    "科料",
    "秋秒",
    "程理",
    "稳隐",
    "筠均",
    "粉纷",
    "紫素",
    "纪记",
    "纯钝",
    "纲钢",
    "绍招",
    "绍昭",
    "经轻",
    "维唯",
    "维惟",
    "绿缘",
    "群郡",
    "翔祥",
    "翠萃",
    "耀跃",
    "胡湖",
    "良艮",
    "芊芋",
    "芝艺",
    "芬芳",
    "芬纷",
    "芳方",
    "芳苏",
    "苏办",
    "花化",
    "若苦",
    "苗田",
    "英央",
    "茂茜",
    "茜西",
    "茵菌",
    "茹如",
    "荣菜",
    "荷何",
    "莉利",
    "莉俐",
    "莎沙",
    "莹萤",
    "莹营",
    "萍苹",
    "萍平",
    "萱宣",
    "蒙豪",
    "蓝篮",
    "蔚尉",
    "蕊芯",
    "薇微",
    "薇徽",
    "虎虚",
    "虹红",
    "虹江",
    "衣农",
    "袁哀",
    "裴斐",
    "襄囊",
    "西酉",
    "解懈",
    "警惊",
    "谊宜",
    "谦廉",
    "谨瑾",
    "豪毫",
    "豪亳",
    "贤坚",
    "贵责",
    "贺驾",
    "赵趟",
    "超起",
    "越趋",
    "轩杆",
    "达大",
    "达过",
    "迁千",
    "远运",
    "进近",
    "连莲",
    "迪由",
    "遥摇",
    "邓邢",
    "邢刑",
    "那郁",
    "郎朗",
    "郎即",
    "郑郊",
    "郭孰",
    "金全",
    "钦饮",
    "钧均",
    "铭名",
    "锐税",
    "锐悦",
    "锐说",
    "锦绵",
    "锦棉",
    "锦帛",
    "长张",
    "闻间",
    "问间",
    "阳阴",
    "阳杨",
    "陈阵",
    "陈陆",
    "雪雷",
    "雯文",
    "雯斐",
    "霖森",
    "霞露",
    "露路",
    "静净",
    "靖清",
    "靖静",
    "韵均",
    "顺须",
    "颖颍",
    "颖颜",
    "香杳",
    "驰池",
    "驰弛",
    "骏峻",
    "高亮",
    "魏巍",
    "鸣呜",
    "鸿鸣",
    "鹏朋",
    "鹏鹂",
    "麟鳞",
    "黎藜",
    "黎梨",
    "黛袋",
    "齐斋",
    "彭膨",
    "占古",
    "占点",
    "邹郭",
    "冯马",
    "叶什",
    "叶汁",
    "史吏",
    "姚桃",
    "姜羌",
    "尹伊",
    "崔催",
    "康唐",
    "廖寥",
    "曹槽",
    "江汇",
    "汤场",
    "洗冼",
    "石右",
    "程呈",
    "米来",
    "罗萝",
    "罗岁",
    "范苑",
    "范茫",
    "莫美",
    "萧肖",
    "董重",
    "蒋将",
    "蔡察",
    "薛薜",
    "许评",
    "谭潭",
    "贾贯",
    "赖懒",
    "邵绍",
    "钟钱",
    "钟忠",
    "雷需",
    "韩朝",
    "顾颐",
    "龚袭",
    "乔桥",
    "汪注",
    "宋来",
    "余佘",
    "余徐",
    "涂徐",
    "毛手",
    "王玉",
    "夏厦",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traditional_character_is_simplified_and_others_stay() {
        assert_eq!(simplify('張'), '张');
        assert_eq!(simplify('张'), '张');
        assert_eq!(simplify('a'), 'a');
        assert_eq!(simplify('峯'), '峰');
    }

    #[test]
    fn surnames_with_two_readings_meet_both() {
        assert!(same_sound('仇', '球'), "qiu, the surname");
        assert!(same_sound('仇', '筹'), "chou, the word");
        assert!(!same_sound('李', '张'));
    }

    #[test]
    fn southern_mergers_are_similar_but_not_the_same() {
        for (a, b) in [('兰', '南'), ('林', '玲'), ('张', '脏')] {
            assert!(!same_sound(a, b) && similar_sound(a, b), "{a}{b}");
        }
    }

    #[test]
    fn look_alikes_are_symmetric() {
        assert!(same_shape('龙', '尤') && same_shape('尤', '龙') && !same_shape('龙', '龙'));
    }
}
