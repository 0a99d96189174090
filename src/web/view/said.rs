//! What was said in a call, in the form of its outcome: only what this kind of call asks, and nothing of it has to be filled in.

use super::{Choice, Field, Slips};
use crate::domain::told::FamilyTold;
use crate::followup::Kind;
use crate::followup::desk::asks;
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// The fields of a call that asks something.
#[derive(Debug)]
pub struct Said {
    /// Still willing, or not now.
    pub stays: Option<Choice>,
    /// The day from which they may be asked again.
    pub until: Option<Field>,
    /// Whether the family knows.
    pub family: Option<Choice>,
    /// New ways of contact, and a question to staff.
    pub more: Option<[Field; 3]>,
    /// Whether those stand open: something of them has to be put right.
    pub open: bool,
}

impl Said {
    /// The fields of a kind.
    pub fn of(kind: Option<Kind>, entries: Option<&Entries>, slips: &Slips, text: Text) -> Self {
        let asks = asks(kind);
        // What did not come up is chosen from the start: an outcome is saved in two taps.
        let one = |name, legend| Choice::one(text, name, legend).columns(2).option("", text.t("said-not-asked"));
        let stays = || {
            let choice = one("will", "said-will");
            let choice = if asks.still { choice.option("still", text.t("own-will-still")) } else { choice };
            choice.option("later", text.t("own-will-later"))
        };
        let family = || {
            let told = FamilyTold::ALL.iter();
            told.fold(one("family", "said-family"), |choice, told| choice.option(told.word(), text.t(&format!("family-{}", told.word()))))
        };
        let filled = |choice: Choice| choice.chosen("").refill(text, entries, slips);
        let field = |name: &'static str, label: &str| Field::new(text, name, label).optional(text);
        let more = || {
            [
                field("phone", "said-phone").kind("tel").live(text, "phone"),
                field("mail", "said-mail").kind("email").hint(text, "said-mail-hint").live(text, "mail"),
                field("question", "said-question").hint(text, "said-question-hint").rows(3).with("maxlength=\"500\""),
            ]
            .map(|field| field.refill(text, entries, slips))
        };
        let until = || field("until", "said-until").hint(text, "said-until-hint").kind("date").class("input--short");
        let typed = |name: &&str| slips.of(name).is_some() || entries.is_some_and(|entries| entries.filled(name));
        Self {
            stays: asks.later.then(|| filled(stays())),
            until: asks.later.then(|| until().refill(text, entries, slips)),
            family: asks.family.then(|| filled(family())),
            more: asks.more.then(more),
            open: ["phone", "mail", "question"].iter().any(typed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Lang;
    use askama::Template;

    #[test]
    fn a_call_shows_what_it_asks_and_what_did_not_come_up_is_chosen() {
        for lang in Lang::ALL {
            let of = |kind| Said::of(Some(kind), None, &Slips::default(), Text(lang));
            let wish = of(Kind::WishCheck);
            for (choice, options) in [(wish.stays.unwrap(), 3), (wish.family.unwrap(), 5)] {
                let html = choice.render().unwrap();
                assert_eq!((html.matches("type=\"radio\"").count(), html.matches("checked").count()), (options, 1), "{html}");
                assert!(html.contains("value=\"\" checked"), "{html}");
            }
            let duty = of(Kind::VolunteerDuty);
            assert!(duty.stays.is_none() && duty.until.is_none() && duty.family.is_none() && duty.more.is_some() && !duty.open);
            assert!(of(Kind::ConfirmInterest).more.is_none());
            assert_eq!(of(Kind::BloodLapsing).stays.unwrap().render().unwrap().matches("type=\"radio\"").count(), 2, "only when");
        }
    }
}
