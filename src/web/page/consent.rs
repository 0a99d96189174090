//! Consents that rest on a text which has changed: how many, who, the new text to sign, and the consent given anew.

use rocket::http::Status;
use rocket::{Route, get, post, routes};

use super::people::public_id;
use super::{Answer, Reply, day, once, slip_of};
use crate::app::RenewalForm;
use crate::domain::consent::{ConsentHow, Purpose};
use crate::domain::id::PublicId;
use crate::domain::registry::Registry;
use crate::web::error::Fault;
use crate::web::form::{Entries, Posted};
use crate::web::guard::{CanRenewConsent, CanSeePeople, Notice};
use crate::web::i18n::Lang;
use crate::web::view::consent::{CountLine, OlderCounts, OlderPeople, Renewal, RenewalPrint, Shown, Wording, language};
use crate::web::view::people::{PersonLine, registry_word};
use crate::web::view::{Choice, Field, Slips};

/// How a consent is given anew in front of staff; a registrant's own link has its own page.
const WAYS: [(&str, ConsentHow); 2] = [("on-paper", ConsentHow::OnPaper), ("on-screen", ConsentHow::OnScreen)];

#[get("/consents")]
async fn counts(staff: CanSeePeople<'_>) -> Answer {
    let counts = staff.app.older_counts(staff.actor(), staff.now).await?;
    let s = staff.shell("/people").await?;
    Reply::page(&OlderCounts { lines: counts.iter().map(|c| CountLine::of(c, staff.text())).collect(), s })
}

#[get("/consents/<registry>?<after>")]
async fn people(staff: CanSeePeople<'_>, registry: &str, after: Option<&str>) -> Answer {
    let registry = Registry::from_word(registry).ok_or(Fault(Status::NotFound))?;
    let after = after.and_then(PublicId::parse);
    let (rows, more) = staff.app.older_people(staff.actor(), registry, after.as_ref(), staff.now).await?;
    let lines: Vec<PersonLine> = rows.iter().map(|row| PersonLine::of(row, staff.today(), &staff.app.towns, staff.text())).collect();
    Reply::page(&OlderPeople {
        next: lines.last().filter(|_| more).map(|l| format!("/consents/{}?after={}", registry.word(), l.person)),
        registry: registry_word(registry, staff.text()),
        lines,
        s: staff.shell("/people").await?,
    })
}

async fn shown(staff: &CanRenewConsent<'_>, id: &PublicId) -> Result<Vec<Shown>, Fault> {
    let text = staff.text();
    let older = staff.app.older_consents(staff.actor(), id, staff.now).await?;
    let of = |older: &crate::app::OlderConsent| {
        let written = staff.app.texts.on(older.purpose, staff.today())?;
        let wordings = Lang::ALL.map(|lang| {
            let english = lang == Lang::English;
            let shown = written.shown(english, staff.app.branch(english));
            let digest = staff.app.text_digest(&shown);
            Wording::of(lang, shown, &digest)
        });
        Some(Shown::of(older, wordings, &staff.printed(older.given), text))
    };
    Ok(older.iter().filter_map(of).collect())
}

async fn page(staff: &CanRenewConsent<'_>, id: &PublicId, entries: Option<&Entries>, slips: Slips) -> Result<Renewal, Fault> {
    let text = staff.text();
    let older = shown(staff, id).await?;
    let purposes = older.iter().fold(Choice::many(text, "purposes", "renew-which"), |c, o| c.option(o.word.clone(), o.purpose.clone()));
    let ways = WAYS.iter().fold(Choice::one(text, "how", "renew-how"), |c, (word, _)| c.option(*word, text.t(&format!("proof-{word}"))));
    let languages = [("zh", Lang::Chinese), ("en", Lang::English)];
    let of_page = languages.iter().find(|(_, lang)| *lang == text.0).map_or("zh", |(word, _)| *word);
    let languages = languages
        .into_iter()
        .fold(Choice::one(text, "language", "renew-language").columns(2), |c, (word, lang)| c.option(word, language(lang).to_owned()));
    Ok(Renewal {
        s: staff.shell("/people").await?,
        person: id.to_string(),
        purposes: purposes.refill(text, entries, &slips),
        how: ways.chosen("on-paper").refill(text, entries, &slips),
        language: languages.chosen(of_page).refill(text, entries, &slips),
        fields: [
            Field::new(text, "day", "renew-day")
                .hint(text, "hint-date")
                .class("input--short")
                .live(text, "date")
                .value(staff.today().to_string())
                .refill(text, entries, &slips),
            Field::new(text, "witness", "renew-witness").optional(text).hint(text, "renew-witness-hint").refill(text, entries, &slips),
        ],
        older,
        slips,
    })
}

#[get("/people/<id>/consents")]
async fn renewal(staff: CanRenewConsent<'_>, id: &str) -> Answer {
    Reply::page(&page(&staff, &public_id(id)?, None, Slips::default()).await?)
}

/// The new texts alone, to sign: with the registrant's number and nothing else of them.
#[get("/people/<id>/consents/print")]
async fn print(staff: CanRenewConsent<'_>, id: &str) -> Answer {
    let id = public_id(id)?;
    Reply::page(&RenewalPrint { older: shown(&staff, &id).await?, person: id.to_string(), s: staff.shell("/people").await? })
}

#[post("/people/<id>/consents", data = "<form>")]
async fn renew(staff: CanRenewConsent<'_>, id: &str, form: Posted) -> Answer {
    let (id, entries, mut slips) = (public_id(id)?, &form.0, Slips::default());
    let once = once(entries, &staff.app)?;
    let purposes: Option<Vec<Purpose>> = entries.read_all("purposes", Purpose::from_word).into_iter().collect();
    let how = entries.read("how", |word| WAYS.iter().find(|(w, _)| *w == word).map(|(_, how)| *how)).flatten();
    let (Some(purposes), Some(how)) = (purposes, how) else { return Err(Status::BadRequest.into()) };
    let english = entries.chose("language", "en");
    let on = day(entries, "day", &mut slips);
    if on.is_none() && slips.is_empty() {
        slips.add("day", "slip-date-bad");
    }
    if let Some(on) = on {
        let form = RenewalForm { purposes, how, english, day: on, witness: entries.text("witness") };
        match staff.app.renew_consents(staff.actor(), &id, &form, &once, staff.now).await {
            Ok(()) => {
                staff.tell(&Notice::plain("renewed"));
                return Ok(Reply::go(format!("/people/{id}")));
            }
            Err(error) => slip_of(error, "renew", &mut slips)?,
        }
    }
    Reply::again(&page(&staff, &id, Some(entries), slips).await?)
}

/// The routes.
pub fn routes() -> Vec<Route> {
    routes![counts, people, renewal, print, renew]
}
