//! An organ and body registrant's wish in depth: shown, changed, with the next of kin's opinions.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::{Answer, Reply, day, once, typed};
use crate::domain::id::PublicId;
use crate::domain::wish::{KinForm, Opinion, Use, Wish, WishChannel, WishForm, Witnessing};
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanKeepWish, Notice};
use crate::web::view::wish::{WishView, items, kin_lines, told};
use crate::web::view::{Choice, Field, Select, Slips};

fn public_id(text: &str) -> Result<PublicId, Fault> {
    PublicId::parse(text).ok_or(Fault(Status::NotFound))
}

async fn page(staff: &CanKeepWish<'_>, id: &PublicId, entries: Option<&Entries>, slips: Slips) -> Result<WishView, Fault> {
    let text = staff.text();
    let page = staff.app.wish(staff.actor(), id).await?;
    let (witnessing, channel, notarised, card) = told(&page);
    let ticked = entries.map(|e| e.read_all("consents", str::to_owned));
    let ways = Witnessing::ALL
        .iter()
        .fold(Choice::one(text, "witnessing", "wish-witnessing"), |c, w| c.option(w.word(), text.t(&format!("witnessing-{}", w.word()))));
    let channels = WishChannel::ALL.iter().fold(Select::new(text, "channel", "wish-channel").option("", text.t("choose")), |s, c| {
        s.option(c.word(), text.t(&format!("wish-channel-{}", c.word())))
    });
    let field = |name: &'static str, key: &str| Field::new(text, name, key);
    let opinions = Opinion::ALL
        .iter()
        .fold(Choice::one(text, "opinion", "kin-opinion"), |c, o| c.option(o.word(), text.t(&format!("opinion-{}", o.word()))));
    Ok(WishView {
        s: staff.shell("/people").await?,
        person: page.public_id.to_string(),
        open: page.status.may_contact(),
        in_depth: page.in_depth,
        items: items(&page, ticked.as_deref(), text),
        witnesses: page.witnesses as u64,
        witnessing: ways.chosen(witnessing.unwrap_or_default()).refill(text, entries, &slips),
        channel: channels.chosen(channel.unwrap_or_default()).refill(text, entries, &slips),
        fields: [
            field("notarised", "wish-notarised")
                .hint(text, "wish-notarised-hint")
                .optional(text)
                .guarded(notarised)
                .refill(text, entries, &slips),
            field("card", "wish-card").optional(text).guarded(card).refill(text, entries, &slips),
        ],
        kin: kin_lines(&page.wish, false, text),
        objected: Wish::objected(&page.wish),
        kin_fields: [
            field("kin-name", "field-name").refill(text, entries, &slips),
            field("kin-relation", "field-relation").refill(text, entries, &slips),
            field("kin-day", "kin-day")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(staff.today().to_string())
                .refill(text, entries, &slips),
        ],
        opinion: opinions.refill(text, entries, &slips),
        signed: Choice::tick(text, "signed", "kin-signed").refill(text, entries, &slips),
        slips,
    })
}

#[get("/people/<id>/wish")]
async fn wish(staff: CanKeepWish<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, &public_id(id)?, None, Slips::default()).await?)
}

#[post("/people/<id>/wish", data = "<form>")]
async fn save(staff: CanKeepWish<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (public_id(id)?, &form.0);
    let once = once(entries, &staff.app)?;
    let consents = entries.read_all("consents", |pair| {
        let (item, of) = pair.split_once(':')?;
        Some((item.to_owned(), Use::from_word(of)?))
    });
    let asked = WishForm {
        consents: consents.into_iter().flatten().collect(),
        witnessing: entries.read("witnessing", Witnessing::from_word).flatten(),
        notarised: entries.text("notarised"),
        card: entries.text("card"),
        channel: entries.read("channel", WishChannel::from_word).flatten(),
    };
    match staff.app.set_wish(staff.actor(), &id, &asked, &once, staff.now).await? {
        Ok(()) => {
            staff.tell(&Notice::plain("wish-saved"));
            Ok(Reply::go(format!("/people/{id}/wish")))
        }
        Err(flaw) => {
            let mut slips = Slips::default();
            slips.add(flaw.field, flaw.key);
            Reply::again(&page(&staff, &id, Some(entries), slips).await?)
        }
    }
}

#[post("/people/<id>/kin", data = "<form>")]
async fn add(staff: CanKeepWish<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries) = (public_id(id)?, &form.0);
    let once = once(entries, &staff.app)?;
    let mut slips = Slips::default();
    let opinion = entries.read("opinion", Opinion::from_word).flatten();
    let on = day(entries, "kin-day", &mut slips);
    match (opinion, on) {
        (None, _) => slips.add("opinion", "slip-kin-opinion"),
        (_, None) if slips.is_empty() => slips.add("kin-day", "slip-date-bad"),
        (Some(opinion), Some(on)) => {
            let asked = KinForm {
                name: typed(entries, "kin-name"),
                relation: typed(entries, "kin-relation"),
                opinion,
                day: on,
                signed: entries.chose("signed", "yes"),
            };
            match staff.app.add_kin(staff.actor(), &id, &asked, &once, staff.now).await? {
                Ok(()) => {
                    staff.tell(&Notice::plain("kin-added"));
                    return Ok(Reply::go(format!("/people/{id}/wish")));
                }
                Err(flaw) => slips.add(flaw.field, flaw.key),
            }
        }
        _ => {}
    }
    Reply::again(&page(&staff, &id, Some(entries), slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![wish, save, add]
}
