//! Registering: an interest at a table, or a guided enrolment.
//!
//! Check before save: the likenesses found are queued in the same transaction. If somebody else committed a person after the check, the
//! transaction is given up, the index catches up, and the check is made again: two processes that save one person at the same time cannot
//! both miss the other.

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::consent::{ConsentHow, ConsentText, Purpose};
use crate::domain::contact::Contact;
use crate::domain::fact::Channel;
use crate::domain::form::{EnrolForm, Flaw, InterestForm, Understood};
use crate::domain::id::{DriveId, PersonId, SubjectId};
use crate::domain::language::Language;
use crate::domain::person::Identity;
use crate::domain::record::Details;
use crate::domain::registry::{EnrolmentStatus, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::followup::Kind;
use crate::matching::linkage::{self, Match};
use crate::store::{
    AuditEntry, Begun, ChangeKind, ConsentGiven, Occasion, Origin, PairBasis, PairFound, Place, StoreError, TaskChannel, Tx, prepare_with,
};

use super::follow::NewTask;
use super::form::Saved;
use super::{Actor, App, AppError};

/// How often a save is tried again after somebody else's commit.
const TRIES: usize = 20;
/// No registration is answered sooner. Several times what one takes on a slow machine; it costs nobody at a table anything.
const FLOOR: std::time::Duration = std::time::Duration::from_millis(60);
/// Likenesses queued for one registration.
pub(super) const LIKENESSES: usize = 8;

/// What a registration is made of, beside the form.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// The form's idempotency key.
    pub key: String,
    /// The keyed digest of the form's fields: the same key with another form is refused.
    pub fingerprint: [u8; 32],
    /// At which drive.
    pub drive: Option<(DriveId, u32)>,
    /// How the registrant came.
    pub channel: Channel,
    /// When.
    pub now: Timestamp,
}

impl App {
    /// Saves an interest.
    ///
    /// # Errors
    /// [`AppError::Forbidden`], [`AppError::Conflict`], [`AppError::Busy`].
    pub async fn interest(&self, actor: Actor, form: &InterestForm, how: Circumstances) -> Result<Saved, AppError> {
        actor.needs(Right::Enrol)?;
        let day = how.now.date_in(self.config.zone);
        match form.parse(day) {
            Ok(understood) => self.save(actor, understood, &[Purpose::Contact], form.english, false, how).await,
            Err(flaws) => Ok(Saved::Flawed(flaws)),
        }
    }

    /// As [`App::interest`], answered as soon as it is saved: for callers that show nobody at a table when. Benchmarks measure by it what a
    /// registration takes, without the wait.
    ///
    /// # Errors
    /// As [`App::interest`].
    pub async fn interest_unattended(&self, actor: Actor, form: &InterestForm, how: Circumstances) -> Result<Saved, AppError> {
        actor.needs(Right::Enrol)?;
        let day = how.now.date_in(self.config.zone);
        match form.parse(day) {
            Ok(understood) => self.save_now(actor, understood, &[Purpose::Contact], form.english, false, how).await,
            Err(flaws) => Ok(Saved::Flawed(flaws)),
        }
    }

    /// Saves a guided enrolment, or what there is of it as an interest.
    ///
    /// # Errors
    /// As [`App::interest`].
    pub async fn enrol(&self, actor: Actor, form: &EnrolForm, how: Circumstances) -> Result<Saved, AppError> {
        actor.needs(Right::Enrol)?;
        let day = how.now.date_in(self.config.zone);
        let understood = match form.parse(day) {
            Ok(understood) => understood,
            Err(flaws) => return Ok(Saved::Flawed(flaws)),
        };
        let registry = form.registry;
        let mut purposes = vec![Purpose::Contact];
        if form.consent {
            purposes.push(Purpose::Register(registry));
        }
        if form.sensitive_consent {
            purposes.push(Purpose::Sensitive(registry));
        }
        if form.guardian && Contact::names_guardian(&understood.draft.contact) {
            purposes.push(Purpose::Guardian(registry));
        }
        self.save(actor, understood, &purposes, form.english, !form.despite_warning, how).await
    }

    /// Whether a document number stands in a registry already: the live check at the table. Nothing else is told.
    pub async fn document_known(&self, actor: Actor, registry: Registry, document: &Guarded<String>) -> Result<bool, AppError> {
        actor.needs(Right::Enrol)?;
        self.catch_up().await?;
        let Some(features) = linkage::document_features(document) else { return Ok(false) };
        Ok(self.live().index.exact_document(&features, registry).is_some())
    }

    /// Saves, and answers no sooner than after [`FLOOR`], whatever was found: the time tells nothing of whether somebody is on file.
    pub(super) async fn save(
        &self,
        actor: Actor,
        understood: Understood,
        purposes: &[Purpose],
        english: bool,
        warn: bool,
        how: Circumstances,
    ) -> Result<Saved, AppError> {
        let (saved, ()) = tokio::join!(self.save_now(actor, understood, purposes, english, warn, how), tokio::time::sleep(FLOOR));
        saved
    }

    async fn save_now(
        &self,
        actor: Actor,
        mut understood: Understood,
        purposes: &[Purpose],
        english: bool,
        warn: bool,
        how: Circumstances,
    ) -> Result<Saved, AppError> {
        // The language they registered in is the one they are written to in, by whatever mail address they give one day.
        Contact::choose_language(&mut understood.draft.contact, Language::of_page(english));
        let today = how.now.date_in(self.config.zone);
        if let Begun::Repeated { status, .. } = self.store.seen_request(&how.key, actor.key_owner(), &how.fingerprint).await? {
            return Ok(Saved::Before { number: u32::try_from(status).unwrap_or_default() });
        }
        let draft = &understood.draft;
        let registries: Vec<Registry> = std::iter::once(draft.registry).chain(understood.also.iter().copied()).collect();
        let features = linkage::features(&draft.identity, Some(&draft.contact));
        let (mails, _) = Contact::channels(&draft.contact);
        let consents = self.consents(purposes, english, actor, today, how.now)?;
        let occasion =
            Occasion { origin: Origin::Web, channel: how.channel, at: how.now, today, drive: how.drive, import: None, verified: true };
        // Who is enrolled with the tube beside them has a sample under way from now on.
        let barcode = Details::barcode_of(&draft.details).filter(|_| draft.registry == Registry::StemCell && draft.status.in_pool());
        let prepare = || {
            let mut sample = None;
            let prepared = prepare_with(&self.vault, draft, occasion, |p| {
                for consent in &consents {
                    p.consent(consent)?;
                }
                for registry in &understood.also {
                    p.also(*registry, EnrolmentStatus::Interest)?;
                }
                if let Some(barcode) = &barcode {
                    sample = Some(self.sample_of(p.keys(), barcode, today, actor, how.now)?);
                }
                Ok(())
            })?;
            Ok::<_, StoreError>((prepared, sample))
        };
        let (mut prepared, mut sample) = prepare()?;

        let _turn = self.saving.lock().await;
        for _ in 0..TRIES {
            self.catch_up().await?;
            let (seq, matches, here, anywhere) = {
                let live = self.live();
                let known = |r: &Registry| live.index.exact_document(&features, *r).is_some();
                (live.seq, live.index.check(&features), registries.iter().any(known), Registry::ALL.iter().any(known))
            };
            if warn && here {
                return Ok(Saved::AlreadyInThisRegistry);
            }
            if anywhere && prepared.claims_documents() {
                // The number belongs to somebody on file: the registrar's queue tells whether it is the same person.
                prepared.unverify(&self.vault)?;
            }
            let mut tx = self.store.begin().await?;
            let since = tx.changes_since(seq).await?;
            if since.iter().any(|c| concerns_people(c.kind)) {
                tx.rollback().await?;
                continue;
            }
            if let Begun::Repeated { status, .. } = tx.begin_request(&how.key, actor.key_owner(), &how.fingerprint).await? {
                tx.rollback().await?;
                return Ok(Saved::Before { number: u32::try_from(status).unwrap_or_default() });
            }
            let person = PersonId::fresh();
            let subject = prepared.subject();
            let admitted = match tx.admit(&self.vault, vec![(prepared.clone(), Place::New(person))], actor.staff(), how.now).await {
                Err(StoreError::ClaimTaken { .. }) => {
                    tx.rollback().await?;
                    prepared.unverify(&self.vault)?;
                    continue;
                }
                Err(StoreError::KeyRetired) => {
                    tx.rollback().await?;
                    self.follow_keys().await?;
                    // Made anew, not brought under the new key: the old one may be destroyed already.
                    (prepared, sample) = prepare()?;
                    continue;
                }
                other => other?,
            };
            if let Some(sample) = &sample
                && !self.put_sample(&mut tx, sample, &[subject], actor, how.now).await?
            {
                tx.rollback().await?;
                return Ok(Saved::Flawed(vec![Flaw { field: "barcode", key: "flaw-barcode-taken".to_owned() }]));
            }
            if purposes.iter().any(|purpose| matches!(purpose, Purpose::Register(_))) {
                // Who once asked to be erased has signed again, in person.
                tx.let_return(&Identity::return_digests(&draft.identity, &*self.vault)).await?;
            }
            tx.put_pairs(&likenesses(&matches, subject, person), how.now).await?;
            if mails && purposes.contains(&Purpose::Contact) {
                self.queue_verification(&mut tx, subject, person, english, today, how.now).await?;
            }
            if how.channel == Channel::SelfService {
                // Typed in by nobody of ours: somebody asks whether it is meant, at the table or by a call.
                let rule = super::self_enrol::CONFIRM_RULE.to_owned();
                let (kind, channel) = (Kind::ConfirmInterest.word(), TaskChannel::Phone);
                let task = NewTask { person, subject, rule, occurrence: today, kind, channel, due_on: today };
                tx.put_tasks(vec![self.new_task(task, how.now)]).await?;
            }
            let number = super::drive::next_number(&mut tx, today).await?;
            let location = subject.0.to_string();
            tx.finish_request(&how.key, actor.key_owner(), &how.fingerprint, i64::from(number), Some(&location), how.now).await?;
            let entry = AuditEntry::on(how.now, actor.staff(), "person.register", "subject", Some(subject.0))
                .with("registry", draft.registry.word())
                .with("likenesses", matches.len().min(LIKENESSES));
            tx.audit(&entry).await?;
            let last = tx.commit().await?;
            drop(admitted);
            if since.is_empty() {
                self.take_in_own((seq, last), (subject, person), features, &registries);
            }
            return Ok(Saved::As { number });
        }
        Err(AppError::Busy)
    }

    /// The consents given, each with the very text shown.
    fn consents(
        &self,
        purposes: &[Purpose],
        english: bool,
        actor: Actor,
        today: NaiveDate,
        now: Timestamp,
    ) -> Result<Vec<ConsentGiven>, AppError> {
        purposes
            .iter()
            .map(|purpose| {
                let text = self.texts.on(*purpose, today).ok_or(AppError::Missing("consent text for today"))?;
                let shown = text.shown(english, self.branch(english));
                Ok(ConsentGiven {
                    purpose: *purpose,
                    text: ConsentText { version: text.version.clone(), sha256: crate::vault::chain::digest(shown.as_bytes()) },
                    how: if actor.staff().is_some() { ConsentHow::OnScreen } else { ConsentHow::SelfService },
                    at: now,
                    staff: actor.staff(),
                    witness: None,
                })
            })
            .collect()
    }

    async fn queue_verification(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        person: PersonId,
        english: bool,
        today: NaiveDate,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let lang = Language::of_page(english).word();
        let letter = super::follow::Letter {
            person,
            subject,
            rule: super::follow::VERIFY_RULE,
            occurrence: today,
            kind: Kind::VerifyMail.word(),
            lang,
            task: None,
            sensitive: false,
        };
        let message = self.message(&letter, now);
        tx.put_messages(vec![message]).await?;
        Ok(())
    }
}

/// Whether a change can make a duplicate check out of date.
pub(super) const fn concerns_people(kind: ChangeKind) -> bool {
    matches!(kind, ChangeKind::SubjectAdded | ChangeKind::RecordAdded | ChangeKind::Joined | ChangeKind::Split)
}

/// What a new subject may be: the likeliest first, one pair a person.
pub(super) fn likenesses(matches: &[Match], subject: SubjectId, person: PersonId) -> Vec<PairFound> {
    let mut found: Vec<PairFound> = Vec::new();
    for other in matches.iter().filter(|m| m.person != person) {
        if found.len() < LIKENESSES && found.iter().all(|f| f.left.1 != other.person) {
            found.push(PairFound {
                left: (other.subject, other.person),
                right: (subject, person),
                weight: other.weight,
                probability: other.probability,
                decision: super::review::decision_of(other.decision),
                basis: PairBasis::Web,
            });
        }
    }
    found
}
