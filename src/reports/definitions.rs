//! What every figure means, in both languages. A report prints the definitions of the figures it shows.

use serde::Serialize;

use super::Lang;

/// The definition of one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Definition {
    /// The key that reports name it by.
    pub key: &'static str,
    /// Its Chinese name.
    pub name_zh: &'static str,
    /// Its English name.
    pub name_en: &'static str,
    /// Its Chinese text.
    pub text_zh: &'static str,
    /// Its English text.
    pub text_en: &'static str,
    /// Where it comes from.
    pub source: &'static str,
}

impl Definition {
    /// The name in a language.
    pub const fn name(&self, lang: Lang) -> &'static str {
        lang.pick(self.name_zh, self.name_en)
    }

    /// The text in a language.
    pub const fn text(&self, lang: Lang) -> &'static str {
        lang.pick(self.text_zh, self.text_en)
    }
}

/// The definition of a key.
pub fn by_key(key: &str) -> Option<&'static Definition> {
    ALL.iter().find(|d| d.key == key)
}

macro_rules! definitions {
    ($($key:literal, $name_zh:literal, $name_en:literal, $text_zh:literal, $text_en:literal, $source:literal;)+) => {
        /// Every definition.
        pub const ALL: &[Definition] = &[$(Definition {
            key: $key, name_zh: $name_zh, name_en: $name_en, text_zh: $text_zh, text_en: $text_en, source: $source,
        }),+];
    };
}

definitions! {
    "pool", "库容", "Pool",
    "某日终了时在某一登记中处于“已登记”或“已入库”状态的登记项数。意向登记和状态待确认的不计入，单独列出。",
    "Registrations that stand as registered or enrolled in a registry at the end of the day. Interest and undecided standings are not counted; they are listed apart.", "DESIGN 2.3";
    "persons", "在册人数（去重）", "Distinct persons",
    "至少在一个登记的库容之内的人数，每人只计一次；已合并的重复登记按一人计。",
    "People in the pool of one registry at least, each counted once; joined registrations count as one person.", "DESIGN 2.3";
    "parts", "库容四部分", "The pool's four parts",
    "每一项登记只属于一个部分，按以下次序判定：暂缓期未满的为暂不可用；号码已失效、仍在寻找的为已知失联；24 个月内核实过联系方式的为已核实可联系；其余为尚未核实。四部分相加等于库容。",
    "Each registration is in exactly one part, judged in this order: deferred beyond the day is unavailable; every way of contact dead and still looked for is known lost; contact verified within 24 months is verified; the rest is unverified. The four sum to the pool.", "docs/domain.md 4.2 (V = 24)";
    "unentered", "未录入国家系统", "Not entered in the national registry",
    "遗体和器官库容之内、到该日为止没有记入国家人体器官捐献志愿登记系统编号的登记项数；与已录入的相加等于该库容。",
    "Registrations of the organ and body pool for which no number of the national registry of organ donation was entered by the day; with those entered they sum to that pool.", "人体器官捐献和移植条例 (State Council order 767); issue 4";
    "age", "年龄", "Age",
    "统计日所在年份减去出生年份。统计资料只存出生年份。",
    "The year of the day minus the year of birth. The statistics hold the year of birth alone.", "DESIGN 3";
    "unknown", "未注明", "Not stated",
    "资料中没有这一项的登记。单独成一格，因此各分组相加都等于合计。",
    "Registrations without this item. They form a cell of their own, so that every breakdown sums to the total.", "DESIGN 2.3";
    "flows", "进出", "Flows",
    "期末 ＝ 期初 ＋ 更正以往期间 ＋ 新登记 ＋ 找回 ＋ 恢复 ＋ 移入 ＋ 合并重复（负数）－ 移出 － 转待确认 － 离开。每一格、每一期间都成立；每一项登记离开时只有一个原因。",
    "Closing = opening + corrections + new + recovered + resumed + moved in + duplicates (negative) − moved out − set aside − left. It holds in every cell and period; a registration leaves for one reason.", "docs/domain.md 4.1";
    "corrections", "更正以往期间", "Corrections of earlier periods",
    "上一期结束以后才录入、但发生在上一期结束以前的事实，对期初数的影响。已定稿的报表不变。",
    "What facts that happened before the previous close but were recorded after it change in the opening figure. Frozen reports stay as they are.", "DESIGN 2.3";
    "recovered", "找回", "Recovered", "曾因失联离开、又恢复在册的登记。", "Registrations that had left as lost and count again.", "issue 6";
    "resumed", "恢复", "Resumed", "曾因其他原因离开或转待确认、又恢复在册的登记。", "Registrations that had left for another reason, or had been set aside, and count again.", "docs/domain.md 4.1";
    "moved", "移入、移出", "Moved in, moved out",
    "在同一分组内换了一格：迁居、跨入另一年龄段、由登记转为入库。在一个分组内移入之和等于移出之和。",
    "Changed cell within a breakdown: a move, a birthday into another band, from registered to enrolled. Within a breakdown, moves in equal moves out.", "DESIGN 2.3";
    "duplicates", "合并重复登记", "Duplicates merged",
    "查明为同一人的登记合并时，多计的项数（负数）；撤销合并时加回。",
    "Registrations counted in excess, when found to be one person's (negative); added back when the joining is undone.", "DESIGN 2.3";
    "set-aside", "转待确认", "Set aside", "退回意向或待确认状态，没有离开。", "Returned to interest or undecided, without leaving.", "DESIGN 2.3";
    "exits", "离开", "Left",
    "改变捐献意愿、实现捐献、去世、超龄、永久不宜、迁出、失联、应本人要求删除，各计一个原因。",
    "Withdrew, donated, died, aged out, permanently deferred, moved out of the area, lost, erased at the person's request: one reason each.", "docs/domain.md 4.1";
    "attrition", "流失率", "Attrition rate",
    "（撤回 ＋ 失联 ＋ 迁出下落不明）÷ 在册人年。去世、超龄、已捐献不算流失，单独列出。区间为精确泊松 95% 区间。",
    "(Withdrew + lost + moved untraced) ÷ person-years in the pool. Died, aged out and donated are no losses; they stand beside it. The interval is the exact Poisson one at 95%.", "docs/domain.md 4.2; Garwood 1936";
    "attrition-crude", "粗流失率", "Crude attrition rate", "流失数 ÷（期初与期末库容的平均数）。", "Losses ÷ the mean of opening and closing pool.", "docs/domain.md 4.2";
    "verified-share", "24 个月内核实比例", "Share verified within 24 months",
    "库容中 24 个月内核实过联系方式的比例。流失率要与这一项同看：核实得越少，流失发现得越少。区间为威尔逊 95% 区间。",
    "Share of the pool whose contact data were verified within 24 months. Read the attrition rate beside it: who verifies less finds fewer losses. Wilson interval at 95%.", "issue 6; Wilson 1927";
    "losses-new", "本期新失、历史积压清查发现", "New losses, backlog found",
    "最后一次有效联系在本期之内的为本期新失；在本期以前的为历史积压清查发现。",
    "A loss whose last good contact lies within the period is new; one whose last good contact lies before it is backlog found.", "issue 6";
    "reneging", "反悔率", "Reneging rate",
    "某一阶段本人改变意愿的人数 ÷ 到达该阶段、且未被患者一方取消的人数。区间为威尔逊 95% 区间。",
    "Donor-side refusals at a stage ÷ those who reached the stage and whose request the patient's side did not cancel. Wilson interval at 95%.", "docs/domain.md 4.2";
    "availability", "可及率", "Availability",
    "同意的人数 ÷ 到达该阶段、未被患者一方取消、且已有结果的人数。区间为威尔逊 95% 区间。",
    "Those who agreed ÷ those who reached the stage, were not cancelled by the patient's side and have an outcome. Wilson interval at 95%.", "docs/domain.md 4.2";
    "comparison", "与上期比较", "Comparison with the period before",
    "两期的核实比例相差不超过 10 个百分点、且两期都有足够的人年，才作比较；否则多核实的一期只是多发现了失联。",
    "Two periods are compared only where their shares verified differ by 10 points at most and both have enough person-years; else the one that looked harder merely found more losses.", "issue 6";
    "funnel", "回访漏斗", "Follow-up funnel",
    "到期、已联系、联系上、本人答复、核实无误。每一个被联系的人必须恰好有一个结果；结果之和与人数不符时，差数单独标出。",
    "Due, tried, reached, answered, verified. Everyone tried has exactly one outcome; where outcomes do not sum to people, the difference is flagged.", "docs/domain.md 4.1";
    "success", "捐献成功率（遗体和器官）", "Success (organs and body)",
    "实现捐献的人数 ÷ 我们已知的去世者人数。不以登记人数为分母。",
    "Donations ÷ deaths known to us. Registrants are never the denominator.", "docs/domain.md 4.2";
    "notices", "急报及时与到场", "Notices of death",
    "及时：在可捐献的时限以内通知到我们；通知及时率 = 及时收到的急报 ÷（及时收到 + 未及时通知）。急报结束时计入；到场时间从接到通知起，到接收一方到场评估止。",
    "In time: we were told within the limits of what was consented to. Share in time: notices in time ÷ (in time + known too late). A notice counts when it ends; arrival: from the notice until whoever receives the donation is there and assesses.", "docs/domain.md 1c, 4.2";
    "openings", "应急开启", "Emergency openings",
    "期间内为初配通知或急报由一人说明原因打开身份的次数；同一人对同一事项在复核前再次打开不另计。由另一人在两个工作日内复核。",
    "How often within the period one named person opened an identity for a match request or a death notice, with a reason; opening the same matter again before its review counts once. Somebody else reviews it within two working days.", "DESIGN 1";
    "cohort", "分组", "Cohorts",
    "按首次进入库容时的情况分组：年份、来源、当年年龄、是否知情（登记引导中的各问均已回答；问及家属的，家属是否支持；无引导记录的单列）。时间从首次进入库容起，以年计；观察到首次离开、转待确认或统计日为止。重复登记合并不算离开。",
    "By the first entry into the pool: its year, channel, the age reached in that year, and how well informed the registrant was (every question of the guided enrolment answered, and whether the family supports it; without such a record, apart). Time runs in years from that day to the first leaving, the setting aside, or the day of the report. A duplicate found is no leaving.", "issue 6";
    "targets", "规划指标", "Plan targets",
    "新增：规划期内首次计入的人数，按人去重，同一人在几个登记中只计一次；撤回不从新增中扣除，另列。每月尚需：（目标 － 新增）÷ 剩余月数，不足一月按一月计。",
    "New: persons counted for the first time within the plan's period, each once whatever the number of registries; withdrawals are not taken off but stand beside. Needed a month: (target − new) ÷ months left, parts of a month counted as one.", "docs/domain.md 4.2";
    "small-numbers", "小数规则", "Small numbers", "分母不足 20 时只列人数（3 人中 1 人），不列百分比，也不排名。", "With a denominator under 20, counts are printed (1 of 3), no percentage and no ranking.", "issue 6";
    "survival", "保留曲线", "Retention curve",
    "卡普兰－迈耶估计，延迟进入：导入的既往登记从首次核实起才算在险。区间为格林伍德方差的双对数 95% 区间。",
    "Kaplan-Meier estimate with delayed entry: imported older registrations are at risk from their first verification on. Greenwood variance, log-log interval at 95%.", "docs/domain.md 4.2";
    "incidence", "累积发生率", "Cumulative incidence",
    "各离开原因的 Aalen-Johansen 估计；各原因之和加保留比例恒等于 1。",
    "Aalen-Johansen estimate for each reason of leaving; they and the retained share sum to 1 at all times.", "docs/domain.md 4.2";
    "units", "基层组织覆盖", "Coverage by grass-roots units",
    "当日有基层组织的镇（街道）数，除以本区镇（街道）总数。一个镇（街道）有几个基层组织只计一次；已撤销的自撤销次日起不计。",
    "Towns in which a grass-roots unit stands on the day, of all towns of the district. A town with several counts once; a closed unit counts up to its last day.", "资阳市雁江区红十字事业发展规划（2021—2025年）";
    "publication", "信息公开的小格处理", "Small cells in publication",
    "小于 5 的数字不公布（以 * 表示），并同时隐去其他必要的格，使任何一格都不能由合计推算。合计小于 5 的镇街或类别与其他的合并列示，没有人的不列出；已公布的合并和隐去在以后各期保持不变。",
    "Counts under 5 are not published (shown as *), and further cells are hidden so that none can be worked out from the totals. Towns and categories with a total under 5 are shown together with others, those with nobody are not listed; what was joined or hidden in a published table stays so in later releases.", "docs/domain.md 4.3";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_has_a_key_of_its_own_and_words_in_both_languages() {
        for (at, d) in ALL.iter().enumerate() {
            assert!(ALL[..at].iter().all(|other| other.key != d.key), "{} stands twice", d.key);
            for text in [d.name_zh, d.name_en, d.text_zh, d.text_en, d.source] {
                assert!(!text.trim().is_empty(), "{}", d.key);
            }
        }
    }
}
