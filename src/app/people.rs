//! People: search, a page, opening it, and what changes about a registration.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::domain::Guarded;
use crate::domain::consent::Purpose;
use crate::domain::contact::Contact;
use crate::domain::correction;
use crate::domain::death::Death;
use crate::domain::id::{CorrectionId, PersonId, PublicId, RecordId, SubjectId};
use crate::domain::leaving::HowTold;
use crate::domain::outside::NotNow;
use crate::domain::person::Identity;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::matching::linkage::FindQuery;
use crate::store::{AuditEntry, CorrectionRow, CorrectionState, EnrolmentRow, PersonView, Recorder, Tx, counted};

use super::donor::DonorPage;
use super::leaving::LeavingLine;
use super::{Actor, App, AppError};

/// People shown for one search.
const FOUND: usize = 50;

/// A line of a list: shown masked, which is no disclosure.
#[derive(Debug)]
pub struct PersonRow {
    /// Public id.
    pub public_id: PublicId,
    /// Who, as last told.
    pub identity: Option<Guarded<Identity>>,
    /// How to reach them, as last told.
    pub contact: Option<Guarded<Contact>>,
    /// Standing in each registry.
    pub standings: Vec<(Registry, EnrolmentStatus, NaiveDate)>,
    /// How many registrations it is made of.
    pub registrations: usize,
}

/// A person's page.
#[derive(Debug)]
pub struct PersonPage {
    /// Everything on file; shown masked unless `opened`.
    pub view: PersonView,
    /// Standing in each registry.
    pub standings: Vec<(Registry, EnrolmentStatus, NaiveDate)>,
    /// Whether the values may be shown in full: a disclosure was logged.
    pub opened: bool,
    /// Where each record came from.
    pub sources: HashMap<RecordId, Source>,
    /// Other public ids that open this person: of those who were joined to it.
    pub aliases: Vec<PublicId>,
    /// Donations, deferrals and from when blood may be given, where the page was opened.
    pub donor: Option<DonorPage>,
    /// A volunteer's teams, hours, certificates and skills, where the page was opened.
    pub volunteer: Option<super::VolunteerPage>,
    /// What other systems know of the registrations.
    pub outside: Vec<super::OutsideLine>,
    /// What is known of the GRID of a stem-cell registrant; none where there is no such registration.
    pub grid: Option<GridState>,
    /// Consents that rest on a text which has changed since.
    pub older: Vec<super::OlderConsent>,
    /// The day of the death and who told of it, where that is known.
    pub death: Option<Guarded<Death>>,
    /// How it was told that registries were left that are left now; without the note unless the page was opened.
    pub leavings: Vec<LeavingLine>,
    /// The registries that were left, with whether they said themselves since that they are no longer willing.
    pub own_words: Vec<super::OwnWord>,
    /// Match requests and death notices, open and closed: for whoever works on them.
    pub matters: Vec<super::MatterHead>,
}

/// What is known of a GRID.
#[derive(Debug)]
pub struct GridState {
    /// The day it was entered; none where none is.
    pub since: Option<NaiveDate>,
    /// Its characters, where the page was opened.
    pub text: Option<Guarded<String>>,
}

/// Where a record came from.
#[derive(Debug, Clone)]
pub struct Source {
    /// When it was recorded.
    pub at: Timestamp,
    /// On what occasion.
    pub how: Recorder,
    /// The member of staff; none at the console, or where the registrant filled in the form.
    pub by: Option<String>,
}

/// The day that is told of a standing which changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dated {
    /// The standing holds from that day on, also where it is entered later: what counts from it (care after a donation, the year of a plan) counts
    /// from what happened. No sheet undoes such a standing: [`EnrolmentStatus::is_behind`].
    From(NaiveDate),
    /// It happened on that day. The standing itself holds from today, so that a sheet of a day in between re-opens nothing.
    Of(NaiveDate),
}

impl Dated {
    const fn day(self) -> NaiveDate {
        match self {
            Self::From(day) | Self::Of(day) => day,
        }
    }
}

/// Why somebody opens a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// To call or write.
    Contact,
    /// To put data right.
    Correct,
    /// At the person's own request.
    Request,
    /// Anything else.
    Other,
}

impl Opening {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::Contact, Self::Correct, Self::Request, Self::Other];

    /// The word in forms, locale keys and the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Correct => "correct",
            Self::Request => "request",
            Self::Other => "other",
        }
    }

    /// The reason of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.word() == word)
    }
}

impl App {
    /// Finds people by name, phone, mail, document number or public id.
    pub async fn search(&self, actor: Actor, query: &Guarded<String>) -> Result<Vec<PersonRow>, AppError> {
        actor.needs(Right::People)?;
        let mut ids: Vec<PersonId> = Vec::new();
        if let Some(public) = PublicId::typed(query) {
            ids.extend(self.store.resolve(&public).await?);
        }
        self.catch_up().await?;
        {
            let live = self.live();
            for (subject, _) in live.index.find(&FindQuery::parse(query)) {
                if ids.len() == FOUND {
                    break;
                }
                if let Some(person) = live.index.person_of(subject).filter(|p| !ids.contains(p)) {
                    ids.push(person);
                }
            }
        }
        self.rows(&ids).await
    }

    /// A page of everybody, by key.
    pub async fn people_page(&self, actor: Actor, after: Option<&PublicId>, limit: u64) -> Result<Vec<PersonRow>, AppError> {
        actor.needs(Right::People)?;
        let after = match after {
            Some(id) => self.store.resolve(id).await?,
            None => None,
        };
        let ids = self.store.person_page(after, limit).await?;
        self.rows(&ids).await
    }

    pub(super) async fn rows(&self, ids: &[PersonId]) -> Result<Vec<PersonRow>, AppError> {
        let views = self.store.persons(&self.vault, ids).await?;
        Ok(views.into_iter().map(row).collect())
    }

    /// A person's page, masked.
    ///
    /// # Errors
    /// [`AppError::Missing`] for an unknown id.
    pub async fn person(&self, actor: Actor, id: &PublicId, now: Timestamp) -> Result<PersonPage, AppError> {
        actor.needs(Right::People)?;
        self.page(id, false, now).await
    }

    /// A person's page, opened: logged before anything is shown.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever has to ask first ([`App::ask_disclosure`]).
    pub async fn disclose(&self, actor: Actor, id: &PublicId, why: Opening, now: Timestamp) -> Result<PersonPage, AppError> {
        actor.needs(Right::People)?;
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        self.needs_access(actor, person, now).await?;
        let mut tx = self.store.begin().await?;
        tx.audit(&AuditEntry::on(now, actor.staff(), "person.open", "person", Some(person.0)).with("why", why.word())).await?;
        tx.commit().await?;
        self.page(id, true, now).await
    }

    pub(super) async fn page(&self, id: &PublicId, opened: bool, now: Timestamp) -> Result<PersonPage, AppError> {
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let view = self.store.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let standings = standings(view.enrolments());
        let subjects: Vec<SubjectId> = view.subjects.iter().map(|s| s.row.id).collect();
        let recorded = self.store.recorded(&subjects).await?;
        let staff: HashMap<_, _> = self.store.all_staff(&self.vault).await?.into_iter().map(|s| (s.id, s.display_name)).collect();
        let sources = view
            .records()
            .filter_map(|record| {
                let from = recorded.get(&record.id)?;
                let by = from.by.and_then(|id| staff.get(&id).cloned());
                Some((record.id, Source { at: record.recorded_at, how: from.how.clone(), by }))
            })
            .collect();
        let aliases = self.store.aliases_of(person, &subjects).await?;
        let donor = if opened { Some(self.donor(&view, &staff, now).await?) } else { None };
        let volunteer = if opened { self.volunteer(&view, &staff).await? } else { None };
        let outside = self.outside_of(&view, &standings).await?;
        let older = self.older_of(&view, now);
        let grid = if standings.iter().any(|(r, ..)| *r == Registry::StemCell) {
            let last = self.grids(&view).await?.pop();
            Some(GridState { since: last.as_ref().map(|g| g.day), text: last.and_then(|g| g.text).filter(|_| opened) })
        } else {
            None
        };
        let death = self.death_of(&view).await?;
        let leavings = self.leavings_of(&view, opened).await?;
        let matters = self.matters_with(&view).await?;
        let own_words = self.own_words(&view).await?;
        Ok(PersonPage {
            view,
            standings,
            opened,
            sources,
            aliases,
            donor,
            volunteer,
            outside,
            grid,
            older,
            death,
            leavings,
            own_words,
            matters,
        })
    }

    /// Takes a person out of a registry, at once: withdrawal without asking for a reason, or another exit. What is queued is cancelled. A death
    /// is told by [`App::died`]: it ends every registration. Told today, in person, by the registrant; else [`App::leave_as_told`].
    ///
    /// # Errors
    /// As there.
    pub async fn leave(&self, actor: Actor, id: &PublicId, registry: Registry, reason: ExitReason, now: Timestamp) -> Result<(), AppError> {
        self.leave_as_told(actor, id, (registry, reason), &HowTold::today(self.today(now)), now).await
    }

    /// As [`App::leave`], told on an earlier day, over another channel or by somebody else. The statistics count it on that day; it takes effect
    /// now, and what was told is kept with the registrations.
    ///
    /// # Errors
    /// [`AppError::NotNow`] with the reason where this exit is not told by hand; [`AppError::Stale`] where the registry was left already;
    /// [`AppError::Input`] naming the field.
    pub async fn leave_as_told(
        &self,
        actor: Actor,
        id: &PublicId,
        (registry, reason): (Registry, ExitReason),
        how: &HowTold,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::People)?;
        if let Some(key) = reason.not_by_hand(registry) {
            return Err(NotNow { key }.into());
        }
        let page = self.page(id, false, now).await?;
        match reason {
            ExitReason::Died => return Err(NotNow { key: "leave-died" }.into()),
            ExitReason::AgedOut => {
                let birth = super::donor::who(&page.view).birth;
                if birth.is_some_and(|birth| !self.ages.reached(registry, birth, self.today(now))) {
                    return Err(NotNow { key: "leave-not-of-age" }.into());
                }
            }
            _ => {}
        }
        // Nobody leaves twice: the first reason stands.
        if !page.standings.iter().any(|(r, status, _)| *r == registry && !is_exit(*status)) {
            return Err(AppError::Stale);
        }
        if let Some(field) = how.flaw(super::donor::who(&page.view).birth, self.today(now)) {
            return Err(AppError::Input { field, hint: "today or earlier and not before the birth; a note of 120 characters at most" });
        }
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let status = EnrolmentStatus::Exited(reason);
        let mut tx = self.store.begin().await?;
        let left = self.settle_on(&mut tx, actor, person, (registry, status), Dated::Of(how.day), now).await?;
        self.note_leaving(&mut tx, actor, &left, (reason, how), now).await?;
        self.keep_act(&mut tx, actor, left, status, now).await?;
        tx.commit().await?;
        self.catch_up().await
    }

    /// Decides the standing of a registration whose sheet left it blank or unreadable.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it is decided already.
    pub async fn decide_standing(
        &self,
        actor: Actor,
        id: &PublicId,
        registry: Registry,
        status: EnrolmentStatus,
        now: Timestamp,
    ) -> Result<(), AppError> {
        actor.needs(Right::Import)?;
        let page = self.page(id, false, now).await?;
        let undecided = page.standings.iter().any(|(r, s, _)| *r == registry && *s == EnrolmentStatus::Undecided);
        if !undecided {
            return Err(AppError::Stale);
        }
        self.settle(actor, id, registry, status, now).await
    }

    /// The open lines of the correction list that ask for a person's standing in any registry.
    pub(super) async fn asked_anywhere(&self, person: PersonId) -> Result<Vec<(CorrectionId, i64)>, AppError> {
        let mut asked = Vec::new();
        for registry in Registry::ALL {
            asked.extend(self.asked_standings(person, registry).await?);
        }
        Ok(asked)
    }

    async fn settle(
        &self,
        actor: Actor,
        id: &PublicId,
        registry: Registry,
        status: EnrolmentStatus,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let person = self.store.resolve(id).await?.ok_or(AppError::Missing("person"))?;
        let mut tx = self.store.begin().await?;
        let left = self.settle_in(&mut tx, actor, person, registry, status, now).await?;
        if is_exit(status) {
            self.keep_act(&mut tx, actor, left, status, now).await?;
        }
        tx.commit().await?;
        self.catch_up().await
    }

    /// As [`App::settle`], within a transaction that does more, with all that follows at once: what is queued is cancelled, match requests end,
    /// and what is due in other systems is opened. Answers the registrations as they were.
    ///
    /// # Errors
    /// [`AppError::Stale`] where the standing is that already.
    pub(super) async fn settle_in(
        &self,
        tx: &mut Tx,
        actor: Actor,
        person: PersonId,
        registry: Registry,
        status: EnrolmentStatus,
        now: Timestamp,
    ) -> Result<Vec<EnrolmentRow>, AppError> {
        self.settle_on(tx, actor, person, (registry, status), Dated::From(self.today(now)), now).await
    }

    /// As [`App::settle_in`], of something that happened on an earlier day: that day is what the statistics are told.
    ///
    /// # Errors
    /// [`AppError::Stale`] where the standing is that already.
    pub(super) async fn settle_on(
        &self,
        tx: &mut Tx,
        actor: Actor,
        person: PersonId,
        (registry, status): (Registry, EnrolmentStatus),
        dated: Dated,
        now: Timestamp,
    ) -> Result<Vec<EnrolmentRow>, AppError> {
        let asked = self.asked_standings(person, registry).await?;
        let view = tx.person(&self.vault, person).await?.ok_or(AppError::Missing("person"))?;
        let mut left: Vec<EnrolmentRow> = Vec::new();
        let day = not_before(&view, registry, dated.day()).min(self.today(now));
        let since = match dated {
            Dated::From(_) => day,
            Dated::Of(_) => self.today(now),
        };
        // A registration that was left keeps its reason: who died and then leaves by a later sheet's registration has died all the same.
        let keeps = |row: &EnrolmentRow| is_exit(row.status) && is_exit(status);
        for row in view.enrolments().filter(|e| e.registry == registry && e.status != status && !keeps(e)) {
            tx.set_standing(&self.vault, row.id, row.row_version, status, since, now).await?;
            left.push(row.clone());
        }
        let touched: Vec<SubjectId> = left.iter().map(|row| row.subject_id).collect();
        if touched.is_empty() {
            return Err(AppError::Stale);
        }
        if let EnrolmentStatus::Exited(reason) = status {
            // An earlier registration that ended with a donation was still followed up.
            let here: Vec<SubjectId> = view.enrolments().filter(|e| e.registry == registry).map(|e| e.subject_id).collect();
            tx.cancel_exited(&here, now).await?;
            self.after_exit(tx, actor, &touched, registry, reason, now).await?;
        }
        if status == EnrolmentStatus::Exited(ExitReason::Withdrew) {
            for subject in &touched {
                self.take_consents_back(tx, *subject, registry, now).await?;
            }
        }
        self.tell_left(tx, &view, &touched, (registry, status), day, now).await?;
        let entry = AuditEntry::on(now, actor.staff(), "person.standing", "person", Some(person.0))
            .with("registry", registry.word())
            .with("status", status.code());
        tx.audit(&entry).await?;
        // With the standing settled, the line that asked for it is done.
        for (correction, version) in asked {
            tx.resolve_correction(correction, version, CorrectionState::Corrected, actor.staff(), now).await?;
        }
        Ok(left)
    }

    /// Takes the consents to a registry back, of whoever withdraws from it.
    pub(super) async fn take_consents_back(
        &self,
        tx: &mut Tx,
        subject: SubjectId,
        registry: Registry,
        now: Timestamp,
    ) -> Result<(), AppError> {
        for purpose in Purpose::ends_with(registry) {
            tx.withdraw_consent(&self.vault, subject, purpose, now).await?;
        }
        Ok(())
    }

    /// The open lines of the correction list that ask for a person's standing in a registry.
    async fn asked_standings(&self, person: PersonId, registry: Registry) -> Result<Vec<(CorrectionId, i64)>, AppError> {
        let Some(view) = self.store.person(&self.vault, person).await? else { return Ok(Vec::new()) };
        let mut asked = Vec::new();
        for subject in &view.subjects {
            let rows = self.store.corrections_of(subject.row.id).await?;
            let of_record = |row: &CorrectionRow| subject.records.iter().find(|r| r.id == row.record_id).map(|r| r.registry);
            let here = |row: &CorrectionRow| of_record(row).and_then(|of| correction::asks_standing(&row.field, of)) == Some(registry);
            let open = rows.into_iter().filter(|row| row.state == CorrectionState::Open && here(row));
            asked.extend(open.map(|row| (row.id, row.row_version)));
        }
        Ok(asked)
    }
}

pub(super) const fn is_exit(status: EnrolmentStatus) -> bool {
    matches!(status, EnrolmentStatus::Exited(_))
}

fn row(mut view: PersonView) -> PersonRow {
    let standings = standings(view.enrolments());
    let registrations = view.subjects.len();
    let latest = view.subjects.iter_mut().flat_map(|s| s.records.drain(..)).max_by_key(|r| (r.recorded_at, r.id));
    let (identity, contact) = latest.map_or((None, None), |r| (r.identity, r.contact));
    PersonRow { public_id: view.row.public_id, identity, contact, standings, registrations }
}

/// A person's standing in each registry, over all registrations: the latest counts, and of two on one day the exit, so that a sheet dated
/// on or before a withdrawal never re-opens a registration.
pub(super) fn standings<'a>(rows: impl Iterator<Item = &'a EnrolmentRow>) -> Vec<(Registry, EnrolmentStatus, NaiveDate)> {
    counted(rows)
}

/// A day, or the one from which the present standing in a registry holds where that is later.
fn not_before(view: &PersonView, registry: Registry, day: NaiveDate) -> NaiveDate {
    let before = view.enrolments().filter(|row| row.registry == registry).map(|row| row.since.0).max();
    before.map_or(day, |since| day.max(since))
}

/// Whether a death was noted in any registry, or follows from a realised donation.
pub(super) fn died(view: &PersonView) -> bool {
    super::death::has_died(view)
}
