//! Pages of the wishes of organ and body registrants.

use super::urgent_pages::slips_of;
use super::*;
use crate::domain::id::PublicId;

fn a_wish() -> Guarded<crate::domain::wish::Wish> {
    use crate::domain::wish::{KinForm, Opinion, Wish};
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let kin = KinForm { name: g("卫样一"), relation: g("女儿"), opinion: Opinion::Supports, day: today, signed: true };
    kin.add_to(&Wish::of_items(&["cornea".to_owned(), "body".to_owned()], true), today).unwrap()
}

pub(super) fn kin_opinions(opened: bool, text: Text) -> Vec<wish::KinLine> {
    wish::kin_lines(&a_wish(), opened, text)
}

/// Name and HTML.
pub(super) fn all(lang: Lang) -> Vec<(&'static str, String)> {
    let text = Text(lang);
    let mut out = Vec::new();
    let mut add = |name: &'static str, page: Result<String, askama::Error>| out.push((name, page.unwrap()));
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let page = crate::app::WishPage {
        public_id: PublicId::from_random(7),
        wish: a_wish(),
        in_depth: true,
        witnesses: 1,
        status: crate::domain::registry::EnrolmentStatus::Registered,
    };
    for (name, open) in [("wish", true), ("wish-ended", false)] {
        add(
            name,
            wish::WishView {
                s: shell(lang, "/people"),
                slips: if open { slips_of("witnessing", "slip-wish-witnesses") } else { Slips::default() },
                person: "7K3M-9QXA-R".into(),
                open,
                in_depth: open,
                items: wish::items(&page, None, text),
                witnesses: 1,
                witnessing: Choice::one(text, "witnessing", "wish-witnessing").option("form", text.t("witnessing-form")),
                channel: Select::new(text, "channel", "wish-channel").option("desk", text.t("wish-channel-desk")),
                fields: [field("notarised", "wish-notarised").hint(text, "wish-notarised-hint"), field("card", "wish-card")],
                kin: if open { kin_opinions(false, text) } else { Vec::new() },
                objected: open,
                kin_fields: [field("kin-name", "field-name"), field("kin-relation", "field-relation"), field("kin-day", "kin-day")],
                opinion: Choice::one(text, "opinion", "kin-opinion").option("supports", text.t("opinion-supports")),
                signed: Choice::tick(text, "signed", "kin-signed"),
            }
            .render(),
        );
    }
    out
}
