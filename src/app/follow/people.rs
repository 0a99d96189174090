//! Everybody as planning sees them: channels, standing, the days that rules count from.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use crate::domain::Guarded;
use crate::domain::contact::Contact;
use crate::domain::eligibility::RuleSets;
use crate::domain::hold::{self, HoldReason, Tag};
use crate::domain::id::{PersonId, ShiftId, SubjectId};
use crate::domain::person::{BirthDate, Identity, Sex};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::shift::TurnState;
use crate::domain::time::Timestamp;
use crate::domain::told::FamilyTold;
use crate::followup::desk::{NO_TURN, NOT_YET_ELIGIBLE};
use crate::followup::link::LinkPurpose;
use crate::followup::plan::{Anchors, MailReach, Origin as Came, PlanSubject};
use crate::followup::policy::Span;
use crate::followup::{Kind, Language};
use crate::store::{ContactKind, DaysTold, Origin, PersonEntry};

use super::super::answer::TOLD;
use super::super::kept::Work;
use super::super::{App, AppError};
use super::address::Marks;
use super::reach::reach_of;
use super::watched::{SaidOfFamily, Watched};

/// How far back contacts matter for spacing, in days: the longest spacing of a rule and some.
const LOOK_BACK: u64 = 500;

/// Links whose use confirms the contact data. "This is not me" and "no more mails" confirm nothing.
pub(super) const CONFIRMS: [&str; 2] = [LinkPurpose::VerifyMail.word(), LinkPurpose::ContactCheck.word()];

/// A person as planning sees it.
pub(super) struct Reachable {
    pub(super) person: PersonId,
    pub(super) subjects: Vec<SubjectId>,
    /// Whose contact data `contact` is.
    pub(super) contact_of: Option<SubjectId>,
    pub(super) held: bool,
    /// The contact data to be used, without what is on hold: those with a verified address first, then those told last.
    pub(super) contact: Option<Guarded<Contact>>,
    /// What a mail to them meets, and when they were told.
    contact_rank: (MailReach, Timestamp),
    /// The address a mail would go to, comparable in memory.
    pub(super) shared: Option<u64>,
    /// The language they chose last, over all registrations, and when.
    pub(super) language: Option<Language>,
    language_at: Timestamp,
    /// Whether the family knows of each registration.
    families: HashMap<Registry, (FamilyTold, NaiveDate)>,
    /// Sex, where told.
    sex: Option<Sex>,
    /// The last answer to a link, whatever it confirmed, or call in which they were reached.
    pub(super) answered_on: Option<NaiveDate>,
    pub(super) plans: Vec<PlanSubject>,
}

impl Reachable {
    /// Whether nobody may write to or call the person.
    pub(super) fn silent(&self) -> bool {
        self.died() || self.plans.iter().all(|p| p.suppressed || !p.status.may_follow_up(p.registry))
    }

    /// Whether the person left every registry, and nothing is asked after it, or has died. Who is undecided has not left.
    pub(super) fn gone(&self) -> bool {
        let left =
            |p: &PlanSubject| matches!(p.status, EnrolmentStatus::Exited(_)) && (p.suppressed || !p.status.may_follow_up(p.registry));
        self.died() || self.plans.iter().all(left)
    }

    /// A sheet of one registry may tell of a death that the others were never told.
    fn died(&self) -> bool {
        self.plans.iter().any(|p| p.status.tells_of_death(p.registry))
    }

    /// Until which day they asked to be left alone.
    pub(super) fn paused_until(&self) -> Option<NaiveDate> {
        self.plans.iter().filter_map(|p| p.anchors.paused_until).max()
    }

    /// Whether a contact of a kind would say on a day what is not, or no longer, true of the person; with the reason.
    pub(super) fn untrue(&self, kind: Kind, day: NaiveDate, interval: Span) -> Option<&'static str> {
        if self.plans.iter().any(|p| p.anchors.bars(kind, day, interval)) {
            return Some(NOT_YET_ELIGIBLE);
        }
        let duty = || self.plans.iter().any(|p| p.anchors.next_drive.is_some_and(|drive| drive > day));
        (kind == Kind::VolunteerDuty && !duty()).then_some(NO_TURN)
    }
}

/// So few people are asked about by name; of more, everybody's shifts are read.
const FEW: usize = 500;

/// What registrants said to links, and what is on hold.
struct Said {
    verified: Marks,
    not_me: Marks,
    /// Who objected to mails, whatever the address.
    unsubscribed: HashSet<SubjectId>,
    paused: HashMap<SubjectId, NaiveDate>,
    held: HashSet<Tag>,
    refused_calls: HashSet<SubjectId>,
}

/// What is known beside the records: the days that health data tell.
struct Beside {
    days: HashMap<SubjectId, Vec<DaysTold>>,
    /// The next drive after today in a shift of which a volunteer has a place.
    turns: HashMap<SubjectId, NaiveDate>,
    /// From which day donors may give again.
    rules: Arc<RuleSets>,
    /// Who agreed in a match request that goes on.
    watched: HashMap<SubjectId, Watched>,
    /// Whose family knows, or does not.
    families: HashMap<SubjectId, Vec<SaidOfFamily>>,
}

impl App {
    /// Everybody as planning sees them on a day.
    pub(super) async fn reachable(&self, now: Timestamp) -> Result<HashMap<PersonId, Reachable>, AppError> {
        let beside = Beside {
            days: self.store.days_told(&self.vault, None).await?,
            turns: self.next_turns(None, now).await?,
            rules: self.rule_sets().await?,
            watched: self.watched().await?,
            families: self.families(None).await?,
        };
        self.everybody(&beside, &mut Work::unwatched(), now).await
    }

    /// As [`App::reachable`], in the course of work that tells how far it is, for what asks neither for donations and deferrals nor for shifts,
    /// matches and families: health data stay closed.
    pub(super) async fn reachable_in(&self, work: &mut Work<'_>, now: Timestamp) -> Result<HashMap<PersonId, Reachable>, AppError> {
        let beside = Beside {
            days: HashMap::new(),
            turns: HashMap::new(),
            rules: self.rule_sets().await?,
            watched: HashMap::new(),
            families: HashMap::new(),
        };
        self.everybody(&beside, work, now).await
    }

    async fn everybody(&self, beside: &Beside, work: &mut Work<'_>, now: Timestamp) -> Result<HashMap<PersonId, Reachable>, AppError> {
        work.goes_through(self.known() as u64);
        let said = self.said(now).await?;
        let mut out: HashMap<PersonId, Reachable> = HashMap::new();
        let mut stream = self.store.people(&self.vault);
        if work.rests() {
            stream = stream.page_by_page();
        }
        while let Some(page) = stream.next().await? {
            let read = page.len();
            for entry in page {
                self.add_registration(&mut out, entry, &said, beside);
            }
            work.did(read).await?;
        }
        self.finish(&mut out, beside, now).await?;
        Ok(out)
    }

    /// One person as planning sees them; none where nobody has the id.
    ///
    /// # Errors
    /// [`StoreError::Tampered`](crate::store::StoreError) as [`AppError`] where one of the rows was changed outside the program.
    pub(super) async fn reachable_one(&self, person: PersonId, now: Timestamp) -> Result<Option<Reachable>, AppError> {
        if self.store.person(&self.vault, person).await?.is_none() {
            return Ok(None);
        }
        Ok(self.reachable_of(&[person], now).await?.remove(&person))
    }

    /// Some people as planning sees them; who is not there is left out.
    pub(super) async fn reachable_of(&self, persons: &[PersonId], now: Timestamp) -> Result<HashMap<PersonId, Reachable>, AppError> {
        let subjects = self.store.subjects_of(persons).await?;
        if subjects.is_empty() {
            return Ok(HashMap::new());
        }
        let said = self.said(now).await?;
        let beside = Beside {
            days: self.store.days_told(&self.vault, Some(&subjects)).await?,
            turns: self.next_turns(Some(&subjects), now).await?,
            rules: self.rule_sets().await?,
            watched: self.watched().await?,
            families: self.families(Some(&subjects)).await?,
        };
        let mut out = HashMap::new();
        // In the order in which everybody is read: of two registrations told in one instant the same one counts.
        let mut entries = self.store.people_of(&self.vault, &subjects).await?;
        entries.sort_unstable_by_key(|entry| entry.subject);
        for entry in entries {
            self.add_registration(&mut out, entry, &said, &beside);
        }
        self.finish(&mut out, &beside, now).await?;
        Ok(out)
    }

    /// The next drive, after today, at which each volunteer is expected in a shift. Who has no place in one has no duty to be reminded of.
    async fn next_turns(&self, of: Option<&[SubjectId]>, now: Timestamp) -> Result<HashMap<SubjectId, NaiveDate>, AppError> {
        let today = self.today(now);
        let mut days: HashMap<ShiftId, NaiveDate> = HashMap::new();
        for drive in self.store.drives().await?.into_iter().filter(|drive| drive.day.0 > today) {
            days.extend(self.store.shifts_of(drive.id).await?.into_iter().map(|shift| (shift.id, drive.day.0)));
        }
        if days.is_empty() {
            return Ok(HashMap::new());
        }
        let turns = match of.filter(|subjects| subjects.len() <= FEW) {
            Some(subjects) => self.store.turns_of(&self.vault, subjects).await?,
            None => self.store.turns_in(&self.vault, &days.keys().copied().collect::<Vec<_>>()).await?,
        };
        let mut next: HashMap<SubjectId, NaiveDate> = HashMap::new();
        for turn in turns.into_iter().filter(|turn| turn.state == TurnState::Planned) {
            let Some(on) = days.get(&turn.shift_id).copied() else { continue };
            let day = next.entry(turn.subject_id).or_insert(on);
            *day = (*day).min(on);
        }
        Ok(next)
    }

    async fn finish(&self, people: &mut HashMap<PersonId, Reachable>, beside: &Beside, now: Timestamp) -> Result<(), AppError> {
        self.add_contacts(people, now).await?;
        self.hush_the_dead(people).await?;
        for person in people.values_mut() {
            // Before one registration stands for several of a registry: what any of them tells of donations, deferrals and duties holds.
            let known = person.plans.iter().fold(Anchors::default(), |all, plan| all.with(plan.anchors));
            let known = self.with_giving(known, person.sex, &person.subjects, (&beside.days, &*beside.rules));
            let reach = person.reach();
            // Nobody who wants no calls and cannot be written to is looked for; while a patient waits, a person decides.
            let left_alone = reach.no_calls && reach.mail == MailReach::None && !reach.address && known.watched.is_none();
            for plan in &mut person.plans {
                let Anchors { enrolled_on, donated_on, .. } = plan.anchors;
                let family = person.families.get(&plan.registry).copied();
                plan.anchors = Anchors { enrolled_on, donated_on, family, ..known };
                plan.suppressed |= left_alone;
                // Released is the person, whatever sheet lists them again.
                plan.first_contact_released |= !person.held;
            }
            one_standing_a_registry(&mut person.plans);
        }
        Ok(())
    }

    /// Nobody asks the dead any more, in whichever registry: a standing may be open of somebody who was joined to who died in another one, and who
    /// donated stem cells or left by age was followed up after it. No standing says so of who had left every registry before.
    async fn hush_the_dead(&self, people: &mut HashMap<PersonId, Reachable>) -> Result<(), AppError> {
        let asked = |person: &&Reachable| person.plans.iter().any(|p| p.status.may_follow_up(p.registry));
        let mut subjects: Vec<SubjectId> = people.values().filter(asked).flat_map(|person| person.subjects.iter().copied()).collect();
        if subjects.len() > FEW {
            let kept = self.store.with_a_death().await?;
            subjects.retain(|subject| kept.contains(subject));
        }
        let dead = self.told_dead(&subjects).await?;
        for person in people.values_mut() {
            let died = person.plans.iter().any(|plan| plan.status.tells_of_death(plan.registry));
            if died || person.subjects.iter().any(|s| dead.contains(s)) {
                person.plans.iter_mut().for_each(|plan| plan.suppressed = true);
            }
        }
        Ok(())
    }

    /// Adds a registration to the person it belongs to.
    fn add_registration(&self, out: &mut HashMap<PersonId, Reachable>, mut entry: PersonEntry, said: &Said, beside: &Beside) {
        let waits = entry.waits();
        let Some(last) = entry.records.pop() else { return };
        let subject = entry.subject;
        let contact = last.contact.map(|c| if said.held.is_empty() { c } else { hold::without(&c, subject, &*self.vault, &said.held) });
        // The address that a mail would go to, where there is something to be known about it.
        let asks = !said.verified.is_empty() || !said.not_me.is_empty();
        let tag = contact.as_ref().filter(|_| asks).and_then(|c| hold::mail_tags(c, subject, &*self.vault).first().copied());
        let said_of = |marks: &Marks| tag.is_some_and(|t| marks.holds(&t, subject, &entry.records, last.recorded_at, &*self.vault));
        let verified = said_of(&said.verified);
        let no_mail = said_of(&said.not_me) || said.unsubscribed.contains(&subject);
        let no_calls = said.refused_calls.contains(&subject);
        let reach = reach_of(contact.as_ref(), verified, no_mail, no_calls);
        let recorded_on = last.recorded_at.date_in(self.config.zone);
        let student = beside.days.get(&subject).and_then(|days| days.last()).is_some_and(|d| d.student);
        let birth = last.identity.as_ref().and_then(birth_of);
        let sex = last.identity.as_ref().and_then(Identity::sex_of);
        let person = out.entry(entry.person).or_insert_with(|| Reachable {
            person: entry.person,
            subjects: Vec::new(),
            contact_of: None,
            held: true,
            contact: None,
            contact_rank: (MailReach::None, Timestamp(i64::MIN)),
            shared: None,
            language: None,
            language_at: Timestamp(i64::MIN),
            families: HashMap::new(),
            sex: None,
            answered_on: None,
            plans: Vec::new(),
        });
        person.subjects.push(subject);
        person.sex = person.sex.or(sex);
        for told in beside.families.get(&subject).into_iter().flatten() {
            // An answer that does not say what was asked about is about the registration it was given from.
            let own = || entry.standings.iter().map(|(registry, ..)| *registry).collect();
            let asked: Vec<Registry> = if told.of.is_empty() { own() } else { told.of.clone() };
            for registry in asked {
                let known = person.families.get(&registry).copied();
                person.families.extend(FamilyTold::later(known, Some(told.told)).map(|told| (registry, told)));
            }
        }
        // One registration that may be contacted releases the person: they were in touch with the branch of their own accord.
        person.held &= waits;
        let language = contact.as_ref().and_then(Contact::language_of);
        if language.is_some() && last.recorded_at >= person.language_at {
            (person.language, person.language_at) = (language, last.recorded_at);
        }
        let rank = (reach.mail, last.recorded_at);
        let better = person.contact.is_none() || (reach.mail != MailReach::None && rank >= person.contact_rank);
        if better && contact.is_some() {
            person.shared = contact.as_ref().filter(|_| reach.mail != MailReach::None).and_then(|c| hold::shared_mail(c, &*self.vault));
            person.contact_of = Some(subject);
            person.contact_rank = rank;
            person.contact = contact;
        }
        for (registry, status, since) in entry.standings {
            let day = Some(since.0);
            person.plans.push(PlanSubject {
                person: person.person,
                subject,
                registry,
                status,
                status_since: day,
                registered_on: day,
                recorded_on,
                origin: if entry.origin == Origin::Import { Came::Import } else { Came::Office },
                first_contact_released: entry.first_contact_at.is_some(),
                reach,
                anchors: Anchors {
                    enrolled_on: day.filter(|_| status == EnrolmentStatus::Enrolled),
                    donated_on: day.filter(|_| status == EnrolmentStatus::Exited(ExitReason::Donated)),
                    paused_until: said.paused.get(&subject).copied(),
                    next_drive: beside.turns.get(&subject).copied(),
                    watched: beside.watched.get(&subject).map(|watched| (watched.watch, watched.since(no_calls))),
                    birth,
                    student,
                    ..Anchors::default()
                },
                contacted: Vec::new(),
                // Nobody who wants neither mails nor calls is looked for.
                suppressed: reach.mail == MailReach::None && said.unsubscribed.contains(&subject) && !reach.phone,
            });
        }
    }

    async fn said(&self, now: Timestamp) -> Result<Said, AppError> {
        let used = async |purpose: LinkPurpose| self.store.used_links(purpose.word()).await;
        // An answer that names an address is on hold there.
        let (denied, not_me): (Vec<_>, Vec<_>) = used(LinkPurpose::NotMe).await?.into_iter().partition(|u| u.address_tag.is_some());
        let holds = self.store.holds().await?;
        let refused_calls = holds
            .iter()
            .filter(|h| h.channel == ContactKind::Phone && h.reason == HoldReason::RefusedCalls.word())
            .map(|h| h.subject_id)
            .collect();
        Ok(Said {
            verified: Marks::of(used(LinkPurpose::VerifyMail).await?).but_for(&denied),
            not_me: Marks::of(not_me),
            unsubscribed: self.unsubscribed(None).await?.into_iter().collect(),
            paused: self.store.pauses_on(self.today(now)).await?.into_iter().map(|p| (p.subject_id, p.until_on.0)).collect(),
            held: holds.into_iter().filter_map(|h| Tag::try_from(h.address_tag.0).ok()).collect(),
            refused_calls,
        })
    }

    /// Contacts that were made, and the day the contact data were last confirmed.
    async fn add_contacts(&self, people: &mut HashMap<PersonId, Reachable>, now: Timestamp) -> Result<(), AppError> {
        let since = self.today(now).checked_sub_days(Days::new(LOOK_BACK)).unwrap_or(NaiveDate::MIN);
        let mut made: HashMap<SubjectId, Vec<(Kind, NaiveDate)>> = HashMap::new();
        for (subject, kind, day) in self.store.contacts_made(since).await? {
            if let Some(kind) = Kind::from_word(&kind) {
                made.entry(subject).or_default().push((kind, day.0));
            }
        }
        let mut confirmed: HashMap<SubjectId, NaiveDate> = HashMap::new();
        for (subject, at) in self.store.answers_since(Timestamp(0), &CONFIRMS).await? {
            let day = at.date_in(self.config.zone);
            let latest = confirmed.entry(subject).or_insert(day);
            *latest = (*latest).max(day);
        }
        let mut told: HashMap<SubjectId, NaiveDate> = HashMap::new();
        for (subject, at) in self.store.answers_since(Timestamp(0), &[TOLD]).await? {
            let day = at.date_in(self.config.zone);
            let latest = told.entry(subject).or_insert(day);
            *latest = (*latest).max(day);
        }
        for person in people.values_mut() {
            let verified = person.subjects.iter().filter_map(|s| confirmed.get(s)).max().copied();
            person.answered_on = verified.max(person.subjects.iter().filter_map(|s| told.get(s)).max().copied());
            let paused = person.paused_until();
            let contacted: Vec<(Kind, NaiveDate)> = person.subjects.iter().filter_map(|s| made.remove(s)).flatten().collect();
            for plan in &mut person.plans {
                plan.anchors.verified_on = verified;
                plan.anchors.paused_until = paused;
                plan.contacted.clone_from(&contacted);
            }
        }
        Ok(())
    }
}

pub(super) fn of_registry(person: &Reachable, registry: Option<Registry>) -> bool {
    person.plans.iter().any(|p| p.status.may_contact() && !p.suppressed && registry.is_none_or(|r| r == p.registry))
}

fn birth_of(identity: &Guarded<Identity>) -> Option<BirthDate> {
    Identity::birth_of(identity)
}

/// Of several registrations of one person in one registry only the standing that counts is planned for. What was said against being contacted
/// holds for the newer ones too, and so does that the person came of their own accord.
fn one_standing_a_registry(plans: &mut Vec<PlanSubject>) {
    // Of one day the further standing counts, as it does on every page.
    let key = |p: &PlanSubject| (p.status_since, p.status.rank(), p.reach.mail, p.subject);
    plans.sort_by(|a, b| (a.registry, key(b)).cmp(&(b.registry, key(a))));
    plans.dedup_by(|older, kept| {
        let same = older.registry == kept.registry;
        kept.suppressed |= same && older.suppressed;
        if same && kept.origin == Came::Import {
            kept.origin = older.origin;
        }
        same
    });
}

#[cfg(test)]
mod tests;
