//! An organ and body registrant's wish in depth.

use askama::Template;

use super::{Choice, Field, Select, Shell, Slips, mask};
use crate::app::WishPage;
use crate::domain::Guarded;
use crate::domain::wish::{ITEMS, Opinion, Use, Wish};
use crate::web::i18n::Text;

/// A use of one item, to be ticked.
#[derive(Debug, Clone)]
pub struct Box {
    /// What is sent.
    pub value: String,
    /// The use's word.
    pub label: String,
    /// Whether it is consented to.
    pub on: bool,
}

/// An item with its uses.
#[derive(Debug, Clone)]
pub struct ItemRow {
    /// The item's word.
    pub name: String,
    /// Its uses.
    pub uses: Vec<Box>,
}

/// What a relative thinks.
#[derive(Debug, Clone)]
pub struct KinLine {
    /// Masked name and relation.
    pub who: String,
    /// What they think.
    pub opinion: String,
    /// When.
    pub day: String,
    /// `ok`, `stop` or nothing.
    pub class: &'static str,
    /// Whether it was signed.
    pub signed: bool,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "page/wish.html")]
pub struct WishView {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The registrant's number.
    pub person: String,
    /// Whether it may be changed.
    pub open: bool,
    /// Whether it was taken down in depth.
    pub in_depth: bool,
    /// Items with their uses.
    pub items: Vec<ItemRow>,
    /// How many form witnesses are on file.
    pub witnesses: u64,
    /// How the form was witnessed.
    pub witnessing: Choice,
    /// By which way it came.
    pub channel: Select,
    /// Number of the notarial deed, and of the card.
    pub fields: [Field; 2],
    /// What the next of kin think.
    pub kin: Vec<KinLine>,
    /// Whether a relative objects.
    pub objected: bool,
    /// A relative's name, relation, day.
    pub kin_fields: [Field; 3],
    /// What they think.
    pub opinion: Choice,
    /// Whether it was signed.
    pub signed: Choice,
}

/// The items of a wish with their uses. `ticked` says what was ticked on a form that is shown again.
pub fn items(page: &WishPage, ticked: Option<&[String]>, text: Text) -> Vec<ItemRow> {
    let wish = page.wish.reveal();
    ITEMS
        .into_iter()
        .map(|item| ItemRow {
            name: text.t(&format!("item-{}", wish.word(item))),
            uses: Use::ALL
                .iter()
                .filter(|of| of.fits(item))
                .map(|of| {
                    let value = format!("{item}:{}", of.word());
                    let on = ticked.map_or_else(|| wish.consents.iter().any(|(i, u)| i == item && u == of), |t| t.contains(&value));
                    Box { on, value, label: text.t(&format!("use-{}", of.word())) }
                })
                .collect(),
        })
        .collect()
}

/// The items consented to in the words they were asked in, each with its uses.
pub fn consented(wish: &Guarded<Wish>, in_depth: bool, text: Text) -> Vec<(String, String)> {
    let wish = wish.reveal();
    let mut out: Vec<(&str, Vec<String>)> = Vec::new();
    for (item, of) in &wish.consents {
        let used = if in_depth { text.t(&format!("use-{}", of.word())) } else { text.t("use-not-asked") };
        match out.iter_mut().find(|(known, _)| known == item) {
            Some((_, uses)) => uses.push(used),
            None => out.push((item.as_str(), vec![used])),
        }
    }
    let comma = text.t("list-comma");
    out.into_iter().map(|(item, uses)| (text.t(&format!("item-{}", wish.word(item))), uses.join(&comma))).collect()
}

/// What the next of kin think, the latest first; names masked until the identity was opened.
pub fn kin_lines(wish: &Guarded<Wish>, opened: bool, text: Text) -> Vec<KinLine> {
    let line = |k: &crate::domain::wish::KinOpinion| KinLine {
        who: format!("{} {}", if opened { k.name.as_str().to_owned() } else { mask::name(&k.name) }, k.relation),
        opinion: text.t(&format!("opinion-{}", k.opinion.word())),
        day: k.day.to_string(),
        class: match k.opinion {
            Opinion::Supports => "ok",
            Opinion::Objects => "stop",
            Opinion::Undecided => "",
        },
        signed: k.signed,
    };
    wish.reveal().kin.iter().rev().map(line).collect()
}

/// How the form was witnessed and by which way it came, as words; deed and card numbers.
pub fn told(page: &WishPage) -> (Option<&'static str>, Option<&'static str>, Guarded<String>, Guarded<String>) {
    let wish = page.wish.reveal();
    let number = |n: &Option<String>| Guarded::new(n.clone().unwrap_or_default());
    (wish.witnessing.map(|w| w.word()), wish.channel.map(|c| c.word()), number(&wish.notarised), number(&wish.card))
}
