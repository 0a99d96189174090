//! What may be given, and what the words of forms and sheets stand for.
//!
//! 《人体器官捐献和移植条例》 (State Council order 767, 2024) article 2 names heart, lung, liver, kidney, pancreas and small intestine as organs;
//! tissues are asked on their own. A word is never read as more than it says.

use super::super::Guarded;
use super::{Use, Wish};

/// What may be given.
pub const ITEMS: [&str; 10] = ["body", "cornea", "kidney", "liver", "heart", "lung", "pancreas", "intestine", "tissue", OTHER];

const OTHER: &str = "other-organs";

/// What [`OTHER`] stood for too, before each was asked on its own.
const ONCE_OTHER: [&str; 3] = ["pancreas", "intestine", "tissue"];

const ORGANS: &[&str] = &["kidney", "liver", "heart", "lung", "pancreas", "intestine", OTHER];

/// The items a word of a form or sheet stands for; none for a word that is not known.
fn items_of(word: &str) -> &'static [&'static str] {
    match word {
        "body" | "遗体" => &["body"],
        "cornea" | "角膜" | "眼角膜" => &["cornea"],
        "kidney" | "肾脏" => &["kidney"],
        "liver" | "肝脏" => &["liver"],
        "heart" | "心脏" => &["heart"],
        "lung" | "肺脏" => &["lung"],
        "pancreas" | "胰腺" => &["pancreas"],
        "intestine" | "小肠" => &["intestine"],
        "tissue" | "组织" => &["tissue"],
        OTHER | "其他器官" => &[OTHER],
        "器官" | "器官全部" => ORGANS,
        "全部" => &ITEMS,
        _ => &[],
    }
}

impl Wish {
    /// The wish that a registration's list of items tells, where none was taken down in depth: each for transplantation, a body for teaching,
    /// as the usual form has it. The words themselves are kept beside it, for whoever has to act on them. `apart` is whether the form asked
    /// pancreas, intestine and tissue on their own; a sheet always says what it says.
    pub fn of_items(items: &[String], apart: bool) -> Guarded<Self> {
        let mut consents: Vec<(String, Use)> = items
            .iter()
            .flat_map(|item| items_of(item))
            .map(|item| ((*item).to_owned(), if *item == "body" { Use::Teaching } else { Use::Transplant }))
            .collect();
        consents.sort();
        consents.dedup();
        let apart = apart || !items.iter().any(|item| item == OTHER);
        Guarded::new(Self { consents, written: items.to_vec(), apart, ..Self::default() })
    }

    /// Words of the items consented to, each once.
    pub fn items(wish: &Guarded<Self>) -> Vec<String> {
        let mut items: Vec<String> = wish.reveal().consents.iter().map(|(item, _)| item.clone()).collect();
        items.dedup();
        items.extend(Self::unread(wish));
        items
    }

    /// Words of the list it was read from that no item here is called: they stand as they were written.
    pub fn unread(wish: &Guarded<Self>) -> Vec<String> {
        wish.reveal().written.iter().filter(|word| items_of(word).is_empty()).cloned().collect()
    }

    /// The items consented to by the words they were asked in.
    pub fn asked(wish: &Guarded<Self>) -> Vec<String> {
        Self::items(wish).iter().map(|item| wish.reveal().word(item).to_owned()).collect()
    }

    /// The items that are not consented to. What was not asked on its own was not declined by leaving it out.
    pub fn declined(wish: &Guarded<Self>) -> Vec<&'static str> {
        let unasked = wish.reveal().is_mixed();
        let given = Self::items(wish);
        ITEMS.into_iter().filter(|item| !given.iter().any(|g| g == item) && !(unasked && ONCE_OTHER.contains(item))).collect()
    }

    /// The word that an item was asked in: the last part of its locale key.
    pub fn word<'a>(&self, item: &'a str) -> &'a str {
        if item == OTHER && self.is_mixed() { "other-organs-and-tissue" } else { item }
    }

    fn is_mixed(&self) -> bool {
        !self.apart && self.consents.iter().any(|(item, _)| item == OTHER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(list: &[&str]) -> Vec<String> {
        list.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn what_a_sheet_calls_its_items_is_read_and_an_unknown_word_is_never_lost() {
        let items = |list: &[&str]| Wish::items(&Wish::of_items(&words(list), false));
        assert_eq!(items(&["遗体", "眼角膜"]), ["body", "cornea"]);
        assert_eq!(items(&["器官"]), ["heart", "intestine", "kidney", "liver", "lung", "other-organs", "pancreas"]);
        assert_eq!(items(&["全部"]).len(), ITEMS.len());
        assert_eq!(items(&["cornea", "皮肤"]), ["cornea", "皮肤"]);
    }

    #[test]
    fn a_word_is_never_read_as_more_than_it_says() {
        for (word, item) in [("胰腺", "pancreas"), ("小肠", "intestine"), ("组织", "tissue"), ("其他器官", "other-organs")] {
            let wish = Wish::of_items(&words(&[word]), false);
            assert_eq!(Wish::asked(&wish), [item], "{word}");
            assert_eq!(Wish::declined(&wish).len(), ITEMS.len() - 1, "{word}: everything else is not given");
            assert!(!Wish::declined(&wish).contains(&item), "{word}");
        }
        assert!(Wish::declined(&Wish::of_items(&words(&["器官"]), false)).contains(&"tissue"), "an organ is no tissue");
    }

    #[test]
    fn who_was_asked_for_other_organs_and_tissue_in_one_has_declined_none_of_them() {
        let old = Wish::of_items(&words(&["kidney", OTHER]), false);
        assert_eq!(Wish::asked(&old), ["kidney", "other-organs-and-tissue"]);
        assert_eq!(Wish::declined(&old), ["body", "cornea", "liver", "heart", "lung"]);
        let new = Wish::of_items(&words(&["kidney", OTHER]), true);
        assert_eq!(Wish::asked(&new), ["kidney", "other-organs"]);
        assert_eq!(Wish::declined(&new), ["body", "cornea", "liver", "heart", "lung", "pancreas", "intestine", "tissue"]);
    }
}
