//! What an organ and body registrant wishes, in depth: consent per item and use, how the form was witnessed, notarisation, card, channel, and
//! what the next of kin think, each with its day.
//!
//! Sources: 《人体器官捐献和移植条例》 (State Council order 767, 2024): written or by will, revocable; 重庆市遗体捐献条例 article 8: whole body, organs,
//! tissues *and their use*; Civil Code 1134-1140: a handwritten will's witnesses. Who witnessed the form (登记见证人) is another fact than the
//! witnessing of the donation (捐献见证), which belongs to a death notice.

mod items;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::Guarded;
use super::guarded::opaque_debug;
use super::name::PersonName;
use super::outside::words;

pub use items::ITEMS;

/// What it may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Use {
    /// 移植
    Transplant,
    /// 教学
    Teaching,
    /// 科研
    Research,
}

words!(Use: Transplant = "transplant", Teaching = "teaching", Research = "research");

impl Use {
    /// Whether an item can be used so: a body is taught and researched with, never transplanted as a whole.
    pub fn fits(self, item: &str) -> bool {
        item != "body" || self != Self::Transplant
    }
}

/// How the form was witnessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Witnessing {
    /// The printed form, one witness.
    Form,
    /// Handwritten or a will: two witnesses.
    Handwritten,
}

words!(Witnessing: Form = "form", Handwritten = "handwritten");

/// By which way the registration came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WishChannel {
    /// 窗口
    Desk,
    /// 国家系统
    National,
    /// 施予受
    ShareLife,
    /// 遗嘱
    Will,
}

words!(WishChannel: Desk = "desk", National = "national", ShareLife = "share-life", Will = "will");

/// What a relative thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opinion {
    /// 支持
    Supports,
    /// 未表态
    Undecided,
    /// 反对
    Objects,
}

words!(Opinion: Supports = "supports", Undecided = "undecided", Objects = "objects");

/// One relative's opinion on one day. A later one of the same relative does not replace it: both are kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KinOpinion {
    /// Who.
    pub name: PersonName,
    /// Relation in words.
    pub relation: String,
    /// What they think.
    pub opinion: Opinion,
    /// When they said so.
    pub day: NaiveDate,
    /// Whether it was signed.
    pub signed: bool,
}

/// The wish as it stands. Sealed with the registry's own fields.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    /// Item and use, each consented to on its own.
    pub consents: Vec<(String, Use)>,
    /// How the form was witnessed.
    #[serde(default)]
    pub witnessing: Option<Witnessing>,
    /// Number of the notarial deed; none where it was not notarised.
    #[serde(default)]
    pub notarised: Option<String>,
    /// Number of the donor card.
    #[serde(default)]
    pub card: Option<String>,
    /// By which way it came.
    #[serde(default)]
    pub channel: Option<WishChannel>,
    /// The words of the list it was read from, where it was not taken down in depth.
    #[serde(default)]
    pub written: Vec<String>,
    /// Whether pancreas, intestine and tissue were asked apart from other organs; in older wishes these stand for all of them.
    #[serde(default)]
    pub apart: bool,
    /// What the next of kin think, oldest first.
    #[serde(default)]
    pub kin: Vec<KinOpinion>,
}

impl Zeroize for KinOpinion {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.relation.zeroize();
    }
}

impl Zeroize for Wish {
    fn zeroize(&mut self) {
        for (item, _) in &mut self.consents {
            item.zeroize();
        }
        self.consents.clear();
        self.notarised.zeroize();
        self.card.zeroize();
        self.written.zeroize();
        self.kin.zeroize();
    }
}

opaque_debug!(KinOpinion, Wish);

/// What is wrong with a wish: the field and the key of the sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WishFlaw {
    /// Which field.
    pub field: &'static str,
    /// Key of the sentence.
    pub key: &'static str,
}

/// A wish as typed; names and numbers as they were written.
#[derive(Debug)]
pub struct WishForm {
    /// Words of item and use.
    pub consents: Vec<(String, Use)>,
    /// How the form was witnessed.
    pub witnessing: Option<Witnessing>,
    /// Number of the notarial deed.
    pub notarised: Option<Guarded<String>>,
    /// Number of the donor card.
    pub card: Option<Guarded<String>>,
    /// By which way it came.
    pub channel: Option<WishChannel>,
}

fn short(typed: Option<&Guarded<String>>, field: &'static str) -> Result<Option<String>, WishFlaw> {
    match typed.map(|t| t.reveal().trim().to_owned()).filter(|t| !t.is_empty()) {
        Some(text) if text.chars().count() > 60 || text.chars().any(char::is_control) => Err(WishFlaw { field, key: "slip-wish-short" }),
        other => Ok(other),
    }
}

impl WishForm {
    /// Reads the form, carrying over what the next of kin said. `witnesses` is how many form witnesses are on file.
    ///
    /// # Errors
    /// What is wrong: an item and use that do not go together, a handwritten form without its second witness, a number too long.
    pub fn parse(&self, witnesses: usize, before: Option<&Guarded<Wish>>) -> Result<Guarded<Wish>, WishFlaw> {
        if self.consents.iter().any(|(item, of)| !ITEMS.contains(&item.as_str()) || !of.fits(item)) {
            return Err(WishFlaw { field: "consents", key: "slip-wish-use" });
        }
        if self.witnessing == Some(Witnessing::Handwritten) && witnesses < 2 {
            return Err(WishFlaw { field: "witnessing", key: "slip-wish-witnesses" });
        }
        let mut consents = self.consents.clone();
        consents.sort();
        consents.dedup();
        Ok(Guarded::new(Wish {
            consents,
            witnessing: self.witnessing,
            notarised: short(self.notarised.as_ref(), "notarised")?,
            card: short(self.card.as_ref(), "card")?,
            channel: self.channel,
            written: Vec::new(),
            apart: true,
            kin: before.map(|w| w.reveal().kin.clone()).unwrap_or_default(),
        }))
    }
}

/// A relative's opinion as typed.
#[derive(Debug)]
pub struct KinForm {
    /// Name.
    pub name: Guarded<String>,
    /// Relation.
    pub relation: Guarded<String>,
    /// What they think.
    pub opinion: Opinion,
    /// When they said so.
    pub day: NaiveDate,
    /// Whether it was signed.
    pub signed: bool,
}

impl KinForm {
    /// Adds the opinion to a wish. `today` bounds its day.
    ///
    /// # Errors
    /// What is wrong.
    pub fn add_to(&self, wish: &Guarded<Wish>, today: NaiveDate) -> Result<Guarded<Wish>, WishFlaw> {
        let name = PersonName::parse(self.name.reveal()).map_err(|_| WishFlaw { field: "kin-name", key: "flaw-name-missing" })?;
        let relation = short(Some(&self.relation), "kin-relation")?;
        let relation = relation.ok_or(WishFlaw { field: "kin-relation", key: "slip-wish-relation" })?;
        if self.day > today {
            return Err(WishFlaw { field: "kin-day", key: "slip-wish-day" });
        }
        let mut with = wish.duplicate();
        with.reveal_mut().kin.push(KinOpinion { name, relation, opinion: self.opinion, day: self.day, signed: self.signed });
        with.reveal_mut().kin.sort_by_key(|k| k.day);
        Ok(with)
    }
}

impl Wish {
    /// Whether a relative's latest word is that they object.
    pub fn objected(wish: &Guarded<Self>) -> bool {
        let kin = &wish.reveal().kin;
        kin.iter().any(|k| {
            let latest = kin.iter().filter(|o| o.name == k.name).max_by_key(|o| o.day);
            latest.is_some_and(|o| o.opinion == Opinion::Objects)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(consents: &[(&str, Use)]) -> WishForm {
        WishForm {
            consents: consents.iter().map(|(i, u)| ((*i).to_owned(), *u)).collect(),
            witnessing: None,
            notarised: None,
            card: None,
            channel: None,
        }
    }

    fn opinion(name: &str, opinion: Opinion, day: u32) -> KinForm {
        let text = |t: &str| Guarded::new(t.to_owned());
        let day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        KinForm { name: text(name), relation: text("女儿"), opinion, day, signed: true }
    }

    #[test]
    fn each_item_is_consented_to_for_each_use_and_a_body_is_never_transplanted() {
        let wish = form(&[("cornea", Use::Transplant), ("body", Use::Teaching), ("cornea", Use::Transplant)]).parse(1, None).unwrap();
        assert_eq!(wish.reveal().consents.len(), 2);
        assert_eq!(Wish::items(&wish), ["body", "cornea"]);
        assert_eq!(form(&[("body", Use::Transplant)]).parse(1, None).err().map(|f| f.field), Some("consents"));
        let new = form(&[("pancreas", Use::Transplant), ("intestine", Use::Transplant), ("tissue", Use::Research)]).parse(1, None).unwrap();
        assert_eq!(Wish::items(&new), ["intestine", "pancreas", "tissue"]);
        assert_eq!(form(&[("soul", Use::Teaching)]).parse(1, None).err().map(|f| f.field), Some("consents"));
    }

    #[test]
    fn a_handwritten_form_needs_two_witnesses() {
        let mut handwritten = form(&[]);
        handwritten.witnessing = Some(Witnessing::Handwritten);
        assert_eq!(handwritten.parse(1, None).err().map(|f| f.field), Some("witnessing"));
        assert!(handwritten.parse(2, None).is_ok());
    }

    #[test]
    fn opinions_are_added_and_the_latest_of_each_relative_counts() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let wish = form(&[("cornea", Use::Transplant)]).parse(1, None).unwrap();
        let wish = opinion("赵甲一", Opinion::Objects, 1).add_to(&wish, today).unwrap();
        assert!(Wish::objected(&wish));
        let wish = opinion("赵甲一", Opinion::Supports, 20).add_to(&wish, today).unwrap();
        assert!(!Wish::objected(&wish), "the later word counts");
        assert_eq!(wish.reveal().kin.len(), 2, "and the earlier one is kept");
        assert!(opinion("赵甲一", Opinion::Supports, 28).add_to(&wish, today).is_err(), "not in the future");
        let again = form(&[]).parse(1, Some(&wish)).unwrap();
        assert_eq!(again.reveal().kin.len(), 2, "a changed wish keeps what the kin said");
    }
}
