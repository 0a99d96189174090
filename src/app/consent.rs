//! Consents that rest on a text which has changed since: who they are of, and the same consent given anew. The older entry is kept; nobody is
//! written to by this.

use std::path::Path;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, ConsentText, ConsentTexts, GivenTo, Purpose};
use crate::domain::id::{PublicId, SubjectId};
use crate::domain::name::PersonName;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{AuditEntry, ConsentGiven, ConsentRow, PersonView, prepare_consent};

use super::urgent::Once;
use super::{Actor, App, AppError, PersonRow};

/// People on one page of the list.
const LISTED: usize = 50;

/// A consent that rests on an older text.
#[derive(Debug, Clone)]
pub struct OlderConsent {
    /// What for.
    pub purpose: Purpose,
    /// The version it was given to.
    pub version: String,
    /// When.
    pub given: Timestamp,
    /// The version in use.
    pub current: String,
    /// Since when that is in use.
    pub since: NaiveDate,
}

/// A consent given anew, as typed.
#[derive(Debug)]
pub struct RenewalForm {
    /// What for: those asked, each on its own.
    pub purposes: Vec<Purpose>,
    /// How it was given.
    pub how: ConsentHow,
    /// Whether the English text was shown or signed.
    pub english: bool,
    /// On which day.
    pub day: NaiveDate,
    /// Who witnessed it.
    pub witness: Option<Guarded<String>>,
}

/// How many registrants of a registry rest on older texts, by purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OlderCount {
    /// Which registry.
    pub registry: Registry,
    /// Each purpose with the version in use and the number of registrants.
    pub purposes: Vec<(Purpose, String, u64)>,
}

/// A consent of a person that stands while the registration it is for does.
fn stands(view: &PersonView, row: &ConsentRow) -> bool {
    let open = |registry: Option<Registry>| {
        super::people::standings(view.enrolments()).iter().any(|(r, status, _)| {
            registry.is_none_or(|asked| asked == *r) && !matches!(status, crate::domain::registry::EnrolmentStatus::Exited(_))
        })
    };
    row.withdrawn_at.is_none()
        && match row.purpose {
            Purpose::Contact => open(None),
            Purpose::Register(registry) | Purpose::Sensitive(registry) | Purpose::Guardian(registry) => open(Some(registry)),
        }
}

/// The consent texts: those shipped, and what stands in `consent*.toml` of the folder of rules.
pub(super) fn texts(folder: Option<&Path>) -> Result<ConsentTexts, AppError> {
    let mut texts = ConsentTexts::shipped();
    let Some(folder) = folder else { return Ok(texts) };
    let unreadable = || AppError::Input { field: "rules", hint: "the folder or a consent*.toml in it cannot be read; check the path" };
    for entry in std::fs::read_dir(folder).map_err(|_| unreadable())? {
        let path = entry.map_err(|_| unreadable())?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if !(name.starts_with("consent") && name.ends_with(".toml")) {
            continue;
        }
        let written = std::fs::read_to_string(&path).map_err(|_| unreadable())?;
        let own = ConsentTexts::from_toml(&written)
            .map_err(|_| AppError::Input { field: "rules", hint: "a consent*.toml is not written as rules/consent/texts.toml is" })?;
        texts = texts.with(own).map_err(|_| AppError::Input {
            field: "rules",
            hint: "a consent*.toml writes a version again, or for a purpose that is none; a text is never edited, it gets a new version",
        })?;
    }
    Ok(texts)
}

impl App {
    /// What of a person's consents rests on an older text today.
    pub(super) fn older_of(&self, view: &PersonView, now: Timestamp) -> Vec<OlderConsent> {
        let today = self.today(now);
        let rows = view.subjects.iter().flat_map(|s| &s.consents).filter(|row| stands(view, row));
        let given = rows.map(|row| GivenTo { purpose: row.purpose, version: &row.text_version, at: row.given_at });
        let older = self.texts.older(given, today).into_iter().filter_map(|given| {
            let current = self.texts.on(given.purpose, today)?;
            Some(OlderConsent {
                purpose: given.purpose,
                version: given.version.to_owned(),
                given: given.at,
                current: current.version.clone(),
                since: current.valid_from,
            })
        });
        older.collect()
    }

    /// The consents of a person that rest on an older text.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id.
    pub async fn older_consents(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<Vec<OlderConsent>, AppError> {
        actor.needs(Right::Consent)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        Ok(self.older_of(&view, now))
    }

    /// Records that consents were given anew, to the texts in use: further entries of the ledger, the older ones stay as they are.
    ///
    /// # Errors
    /// [`AppError::Input`] naming the field; [`AppError::Stale`] where one of them does not rest on an older text any more, or was withdrawn.
    pub async fn renew_consents(
        &self,
        actor: Actor,
        id: &PublicId,
        form: &RenewalForm,
        once: &Once,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Consent)?;
        let flaw = |field, hint| AppError::Input { field, hint };
        if form.purposes.is_empty() {
            return Err(flaw("purposes", "at least one"));
        }
        let witness = form.witness.as_ref().map(PersonName::of_typed).transpose();
        let witness = witness.map_err(|_| flaw("witness", "a name, or nothing"))?;
        let today = self.today(now);
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let Some(mut tx) = self.begin_once(actor, once).await? else { return Ok(()) };
        // Read again within the transaction: who withdrew meanwhile has not consented anew.
        let view = tx.person(&self.vault, view.row.id).await?.ok_or(AppError::Missing("person"))?;
        let older = self.older_of(&view, now);
        let mut given: Vec<(SubjectId, ConsentGiven)> = Vec::new();
        for purpose in &form.purposes {
            let Some(known) = older.iter().find(|o| o.purpose == *purpose) else { return Err(AppError::Stale) };
            let text = self.texts.on(*purpose, form.day).filter(|text| text.version == known.current && form.day <= today);
            let text = text.ok_or(flaw("day", "between the first day of the text in use and today"))?;
            let rows = view.subjects.iter().flat_map(|s| &s.consents).filter(|row| row.purpose == *purpose && stands(&view, row));
            let subject = rows.max_by_key(|row| (row.given_at, row.id)).map(|row| row.subject_id).ok_or(AppError::Stale)?;
            let shown = text.shown(form.english, self.branch(form.english));
            let consent = ConsentGiven {
                purpose: *purpose,
                text: ConsentText { version: text.version.clone(), sha256: crate::vault::chain::digest(shown.as_bytes()) },
                how: form.how,
                at: self.at_noon(form.day, now),
                staff: actor.staff(),
                witness: witness.as_ref().map(Guarded::duplicate),
            };
            given.push((subject, consent));
        }
        let mut prepared = Vec::new();
        for (subject, consent) in &given {
            let keys = self.store.subject_keys(&self.vault, *subject).await?;
            prepared.push(prepare_consent(&self.vault, &keys, consent)?);
        }
        tx.put_consents(prepared).await?;
        let words: Vec<String> = form.purposes.iter().map(|p| p.word()).collect();
        let entry = AuditEntry::on(now, actor.staff(), "consent.renew", "person", Some(view.row.id.0));
        tx.audit(&entry.with("purposes", words.join(" "))).await?;
        self.commit_once(tx, actor, once, None, now).await
    }

    /// An instant of a day: now where it is today, else noon of it.
    pub(super) fn at_noon(&self, day: NaiveDate, now: Timestamp) -> Timestamp {
        let noon = day.and_hms_opt(12, 0, 0).and_then(|civil| civil.and_local_timezone(self.config.zone).earliest());
        match noon {
            Some(noon) if day != self.today(now) => Timestamp::of(noon.with_timezone(&chrono::Utc)),
            _ => now,
        }
    }

    /// How many registrants rest on older texts, registry by registry.
    pub async fn older_counts(&self, actor: Actor, now: Timestamp) -> Result<Vec<OlderCount>, AppError> {
        actor.needs(Right::People)?;
        let today = self.today(now);
        let mut out = Vec::new();
        for registry in Registry::ALL {
            let mut purposes = Vec::new();
            for purpose in Purpose::of(registry) {
                let Some(text) = self.texts.on(purpose, today) else { continue };
                let count = self.store.count_older(registry, purpose, &text.version).await?;
                purposes.push((purpose, text.version.clone(), count));
            }
            out.push(OlderCount { registry, purposes });
        }
        Ok(out)
    }

    /// Who of a registry rests on an older text, masked, by key behind `after`; and whether there are more.
    ///
    /// # Errors
    /// None of its own.
    pub async fn older_people(
        &self,
        actor: Actor,
        registry: Registry,
        after: Option<&PublicId>,
        now: Timestamp,
    ) -> Result<(Vec<PersonRow>, bool), AppError> {
        actor.needs(Right::People)?;
        let after = match after {
            Some(id) => self.store.resolve(id).await?,
            None => None,
        };
        let today = self.today(now);
        let mut found = std::collections::BTreeSet::new();
        for purpose in Purpose::of(registry) {
            let Some(text) = self.texts.on(purpose, today) else { continue };
            found.extend(self.store.older(registry, purpose, &text.version, (after, LISTED as u64 + 1)).await?);
        }
        let more = found.len() > LISTED;
        let ids: Vec<_> = found.into_iter().take(LISTED).collect();
        Ok((self.rows(&ids).await?, more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offices_own_texts_are_read_from_the_folder_of_rules_and_a_version_is_never_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let later = "[[text]]\npurpose = \"contact\"\nversion = \"2030\"\nvalid_from = 2030-01-01\nzh = \"新\"\nen = \"new\"\n";
        std::fs::write(folder.path().join("consent-2030.toml"), later).unwrap();
        std::fs::write(folder.path().join("towns.toml"), "not = 'a text'").unwrap();
        let read = texts(Some(folder.path())).unwrap();
        assert_eq!(read.on(Purpose::Contact, "2030-01-01".parse().unwrap()).unwrap().version, "2030");
        assert_eq!(read.on(Purpose::Contact, "2029-12-31".parse().unwrap()).unwrap().version, "2026-01");
        for wrong in [later.replace("2030\"", "2026-01\""), later.replace("contact", "anything"), "zh = 1".to_owned()] {
            std::fs::write(folder.path().join("consent-2031.toml"), wrong).unwrap();
            assert!(matches!(texts(Some(folder.path())), Err(AppError::Input { field: "rules", .. })));
        }
        assert!(texts(Some(&folder.path().join("nowhere"))).is_err());
    }
}
