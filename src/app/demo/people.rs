//! Synthetic people for the demonstration: invented from short lists of our own, addressing nobody.
//!
//! Identity numbers use order codes 880-995, phones use blocks believed unallocated (160, 161, 163, 164, 168), mail domains end in `.example`.

use chrono::{Datelike, Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::contact::{Address, Contact, Relative, RelativeRole};
use crate::domain::document::Document;
use crate::domain::entry_age::EntryAges;
use crate::domain::mail::MailAddress;
use crate::domain::name::PersonName;
use crate::domain::national_id::{NationalId, check_character};
use crate::domain::person::{Abo, BirthDate, Health, Identity, Rh, Sex};
use crate::domain::phone::Phone;
use crate::domain::record::{Details, RecordDraft};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::town::Towns;

use super::history::LEFT;

const SURNAMES: &[&str] = &[
    "李", "王", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "罗", "梁", "宋", "郑",
    "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡", "贾",
    "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "欧阳", "司马", "诸葛", "上官",
];
const FIRST: &[&str] = &[
    "晓", "文", "志", "春", "玉", "永", "建", "国", "海", "丽", "雪", "嘉", "子", "思", "雨", "浩", "俊", "佳", "明", "秀", "红", "家",
    "德", "正", "天", "清", "若", "一", "宏", "少", "彦", "瑞", "静", "慧", "可", "立", "新", "桂", "艳", "光",
];
const SECOND: &[&str] = &[
    "东", "燕", "强", "兰", "梅", "军", "平", "华", "英", "琳", "涛", "杰", "宇", "轩", "怡", "宁", "菲", "鹏", "龙", "霞", "芳", "云",
    "峰", "林", "琴", "成", "超", "辉", "凯", "颖", "洁", "莹", "博", "睿", "彤", "欣", "荣", "莉", "岚", "川",
];
const STREETS: &[&str] = &["幸福路", "滨江路", "建设路", "书院街", "广场路", "和平路", "车站路", "桂花街"];
const VILLAGES: &[&str] = &["桂花村", "青龙村", "石桥村", "柏林村", "新堰村", "大河村"];

/// A small deterministic generator (SplitMix64, Steele et al. 2014), so that a demonstration can be repeated.
pub struct Dice {
    state: u64,
    uneven: bool,
}

impl Dice {
    /// A generator from a seed.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed, uneven: false }
    }

    /// A generator under which the first names of each list are much more frequent than the last, as in a real population: of a million
    /// people some hundreds carry the most frequent name.
    pub const fn uneven(seed: u64) -> Self {
        Self { state: seed, uneven: true }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 where `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        if n == 0 { 0 } else { usize::try_from(self.next() % n as u64).unwrap_or(0) }
    }

    /// True in `percent` of a hundred throws.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from.get(self.below(from.len())).copied().unwrap_or_default()
    }

    /// A part of a name.
    fn name<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let mut at = self.below(from.len());
        if self.uneven {
            at = at.min(self.below(from.len())).min(self.below(from.len()));
        }
        from.get(at).copied().unwrap_or_default()
    }
}

/// An invented person, before any form was filled in.
#[derive(Clone)]
pub struct Invented {
    name: String,
    sex: Sex,
    birth: NaiveDate,
    id: String,
    phone: String,
    mail: Option<String>,
    town: usize,
    house: usize,
}

/// Invents a person of 18 to 75 years on `today`.
pub fn invent(dice: &mut Dice, towns: &Towns, today: NaiveDate) -> Option<Invented> {
    let sex = if dice.chance(50) { Sex::Male } else { Sex::Female };
    let surname = dice.name(SURNAMES);
    let given = if dice.chance(22) { dice.name(SECOND).to_owned() } else { format!("{}{}", dice.name(FIRST), dice.name(SECOND)) };
    let days = 18 * 366 + dice.below(57 * 365);
    let birth = today.checked_sub_days(Days::new(days as u64))?;
    let order = 880 + dice.below(116);
    let order = match (sex, order % 2) {
        (Sex::Male, 0) | (Sex::Female, 1) => order.saturating_sub(1).max(880 + usize::from(sex == Sex::Male)),
        _ => order,
    };
    let body = format!("{}{:04}{:02}{:02}{order}", towns.district_code, birth.year(), birth.month(), birth.day());
    let check = check_character(body.as_bytes())?;
    let block = dice.pick(&["160", "161", "163", "164", "168"]);
    let phone = format!("{block}{:08}", dice.below(100_000_000));
    let mail = dice.chance(55).then(|| format!("m{:07}@{}.example", dice.below(10_000_000), dice.pick(&["post", "mail", "box"])));
    Some(Invented {
        name: format!("{surname}{given}"),
        sex,
        birth,
        id: format!("{body}{}", char::from(check)),
        phone,
        mail,
        town: dice.below(towns.towns.len()),
        house: dice.below(300) + 1,
    })
}

impl Invented {
    /// The same person as another sheet knows them: another phone, no identity number, or a homophone in the name.
    pub fn seen_again(&self, dice: &mut Dice) -> Self {
        let mut again = self.clone();
        match dice.below(4) {
            0 => again.phone = format!("160{:08}", dice.below(100_000_000)),
            1 => again.id = String::new(),
            2 => {
                again.id = String::new();
                again.mail = None;
            }
            _ => {
                again.name = again.name.replace('晓', "小").replace('丽', "莉").replace('霞', "夏");
                again.id = String::new();
            }
        }
        again
    }

    /// Somebody of the same household: a brother or sister born the same day, or a parent or child with the same telephone.
    pub fn kin(&self, dice: &mut Dice) -> Self {
        let mut kin = self.clone();
        let given: String = self.name.chars().take(1).chain(dice.pick(FIRST).chars()).chain(dice.pick(SECOND).chars()).collect();
        kin.name = given;
        kin.id = String::new();
        kin.mail = None;
        if dice.chance(50) {
            kin.phone = format!("163{:08}", dice.below(100_000_000));
        } else {
            let years = 20 + dice.below(12) as i32;
            let year = if self.birth.year() > 1980 { self.birth.year() - years } else { self.birth.year() + years };
            kin.birth = NaiveDate::from_ymd_opt(year, dice.below(12) as u32 + 1, dice.below(28) as u32 + 1).unwrap_or(self.birth);
        }
        kin
    }

    /// Age in completed years.
    pub fn age(&self, on: NaiveDate) -> u32 {
        on.years_since(self.birth).unwrap_or_default()
    }

    /// What a form of `registry`, filled in on `day`, tells of this person; nothing where the person is outside the registry's ages.
    pub fn draft(&self, dice: &mut Dice, towns: &Towns, registry: Registry, day: NaiveDate) -> Option<RecordDraft> {
        if !EntryAges::shipped().of(registry, day).is_some_and(|rule| rule.allows(self.age(day))) {
            return None;
        }
        let town = towns.towns.get(self.town)?;
        let address = if town.name.ends_with("街道") {
            format!("{}{}{}{}号", towns.district, town.name, STREETS.get(self.house % STREETS.len())?, self.house)
        } else {
            format!("{}{}{}{}组", towns.district, town.name, VILLAGES.get(self.house % VILLAGES.len())?, self.house % 14 + 1)
        };
        let name = PersonName::parse(&self.name).ok()?;
        let relatives = match registry {
            Registry::StemCell => (0..2).filter_map(|_| relative(dice, RelativeRole::Contact)).collect(),
            Registry::OrganBody => relative(dice, RelativeRole::Executor).into_iter().collect(),
            Registry::Blood | Registry::Volunteer => Vec::new(),
        };
        let identity = Identity {
            name: name.clone(),
            former_names: Vec::new(),
            sex: Some(self.sex),
            birth: Some(BirthDate::Day(self.birth)),
            ethnic: None,
            documents: NationalId::parse(&self.id).ok().map(Document::National).into_iter().collect(),
        };
        let contact = Contact {
            salutation: Some(name),
            phones: Phone::parse(&self.phone).ok().into_iter().collect(),
            mails: self.mail.as_deref().and_then(|m| MailAddress::parse(m).ok()).into_iter().collect(),
            address: Some(Address { text: address, town: Some(town.code) }),
            relatives,
            language: None,
        };
        let health = match registry {
            Registry::Blood => Health {
                abo: Some([Abo::A, Abo::B, Abo::O, Abo::AB][dice.below(4)]),
                rh: Some(if dice.chance(1) { Rh::Negative } else { Rh::Positive }),
                prior_donations: Some(u32::try_from(dice.below(6)).unwrap_or(0)),
                ..Health::default()
            },
            Registry::StemCell => Health { weight_kg: Some(46.0 + dice.below(400) as f64 / 10.0), ..Health::default() },
            Registry::OrganBody | Registry::Volunteer => Health::default(),
        };
        let details = match registry {
            Registry::StemCell => Details { barcode: Some(format!("7{:08}", dice.below(100_000_000))), ..Details::default() },
            Registry::OrganBody => Details {
                items: vec![["遗体", "器官", "眼角膜"][dice.below(3)].to_owned()],
                witnesses: PersonName::parse(&format!("{}{}", dice.pick(SURNAMES), dice.pick(SECOND))).into_iter().collect(),
                ..Details::default()
            },
            Registry::Volunteer => Details { hours: Some(dice.below(120) as f64), ..Details::default() },
            Registry::Blood => Details::default(),
        };
        Some(RecordDraft {
            registry,
            date: Some(day),
            status: status(dice, registry),
            identity: Guarded::new(identity),
            contact: Guarded::new(contact),
            health: Guarded::new(health),
            details: Guarded::new(details),
        })
    }
}

fn status(dice: &mut Dice, registry: Registry) -> EnrolmentStatus {
    match (registry, dice.below(100)) {
        (Registry::OrganBody, 0..=1) => EnrolmentStatus::Exited(ExitReason::Died),
        (Registry::Volunteer | Registry::OrganBody | Registry::Blood, 0..=6) => EnrolmentStatus::Exited(LEFT[dice.below(9)]),
        (Registry::StemCell, 0..=8) => EnrolmentStatus::Exited(LEFT[dice.below(LEFT.len())]),
        (Registry::StemCell, 9..=14) | (Registry::Blood, 7..=10) => EnrolmentStatus::Interest,
        (Registry::StemCell, 15..=85) => EnrolmentStatus::Enrolled,
        _ => EnrolmentStatus::Registered,
    }
}

fn relative(dice: &mut Dice, role: RelativeRole) -> Option<Relative> {
    Some(Relative {
        role,
        name: PersonName::parse(&format!("{}{}{}", dice.pick(SURNAMES), dice.pick(FIRST), dice.pick(SECOND))).ok(),
        relation: Some(dice.pick(&["配偶", "母亲", "父亲", "朋友", "姐姐"]).to_owned()),
        phones: vec![Phone::parse(&format!("161{:08}", dice.below(100_000_000))).ok()?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invented_people_are_valid_and_the_same_seed_gives_the_same_people() {
        let towns = Towns::shipped();
        let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a date");
        let mut dice = Dice::new(7);
        let mut again = Dice::new(7);
        for _ in 0..500 {
            let person = invent(&mut dice, &towns, today).expect("dates far from the calendar's ends");
            let id = NationalId::parse(&person.id).expect("a valid number");
            assert_eq!(id.sex(), Some(person.sex));
            assert_eq!(id.birth_date(), Some(person.birth));
            assert!(person.age(today) >= 18);
            assert_eq!(invent(&mut again, &towns, today).map(|p| p.id), Some(person.id));
        }
    }
}
