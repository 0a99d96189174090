//! Whom a coming edition of the rules lets give sooner or later, before it takes effect.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::domain::eligibility::{self, DonationKind, Donor, History, RuleSets, When};
use crate::domain::id::{PersonId, PublicId, SubjectId};
use crate::domain::person::Identity;
use crate::domain::registry::Registry;
use crate::domain::role::Right;
use crate::domain::time::Timestamp;
use crate::store::{DaysTold, PersonEntry};

use super::super::{Actor, App, AppError};

/// People named at most.
const NAMED: usize = 200;

/// What changes for the blood donors on file.
#[derive(Debug, Default)]
pub struct RulePreview {
    /// Donors looked at.
    pub donors: u64,
    /// Who may give a kind sooner.
    pub sooner: u64,
    /// Who may give a kind later.
    pub later: u64,
    /// Who could not give a kind any more, and may.
    pub gained: u64,
    /// Who may not give a kind any more.
    pub lost: u64,
    /// Who they are, with the kind and both days, for those who may see people; at most two hundred.
    pub people: Vec<(PublicId, DonationKind, When, When)>,
}

/// What is known of one donor over all registrations.
#[derive(Default)]
pub(super) struct Known {
    pub(super) donor: Donor,
    pub(super) history: History,
}

impl App {
    /// Judges every blood donor by the rules in use and by others.
    pub(super) async fn rule_preview(&self, actor: Actor, coming: &RuleSets, now: Timestamp) -> Result<RulePreview, AppError> {
        let named = actor.needs(Right::People).is_ok();
        let (present, today) = (self.rule_sets().await?, self.today(now));
        let mut out = RulePreview::default();
        let mut people = Vec::new();
        for (person, known) in self.donors().await? {
            out.donors += 1;
            let when = |sets: &RuleSets, kind| eligibility::next(sets, known.donor, &known.history, kind, today).when;
            let change =
                DonationKind::ALL.into_iter().map(|kind| (kind, when(&present, kind), when(coming, kind))).find(|(_, a, b)| a != b);
            let Some((kind, before, after)) = change else { continue };
            match (before, after) {
                (When::From(a), When::From(b)) if b < a => out.sooner += 1,
                (When::From(_), When::From(_)) => out.later += 1,
                (When::From(_), _) => out.lost += 1,
                _ => out.gained += 1,
            }
            if named && people.len() < NAMED {
                people.push((person, kind, before, after));
            }
        }
        if !people.is_empty() {
            let ids: Vec<PersonId> = people.iter().map(|(person, ..)| *person).collect();
            let public = self.store.public_ids_of(&ids).await?;
            let line = |(person, kind, a, b)| Some((public.get(&person)?.clone(), kind, a, b));
            out.people = people.into_iter().filter_map(line).collect();
        }
        Ok(out)
    }

    /// Everybody who is or wants to be a blood donor, with all that counts.
    pub(super) async fn donors(&self) -> Result<BTreeMap<PersonId, Known>, AppError> {
        let mut persons = BTreeMap::new();
        let mut out = BTreeMap::new();
        let mut stream = self.store.people(&self.vault);
        while let Some(page) = stream.next().await? {
            add_donors(&mut persons, &mut out, &page);
        }
        let told = self.store.days_told(&self.vault, None).await?;
        add_histories(&mut out, persons, told);
        Ok(out)
    }

    /// As [`App::donors`], of some people.
    pub(super) async fn donors_of(&self, among: &[PersonId]) -> Result<BTreeMap<PersonId, Known>, AppError> {
        let mut persons = BTreeMap::new();
        let mut out = BTreeMap::new();
        add_donors(&mut persons, &mut out, &self.entries_of(among).await?);
        let subjects: Vec<SubjectId> = persons.keys().copied().collect();
        let told = self.store.days_told(&self.vault, Some(&subjects)).await?;
        add_histories(&mut out, persons, told);
        Ok(out)
    }
}

/// Whether a registration is a blood donor's who may be contacted.
pub(super) fn gives(entry: &PersonEntry) -> bool {
    entry.standings.iter().any(|(registry, status, _)| *registry == Registry::Blood && status.may_contact())
}

fn add_donors(persons: &mut BTreeMap<SubjectId, PersonId>, out: &mut BTreeMap<PersonId, Known>, entries: &[PersonEntry]) {
    for entry in entries.iter().filter(|entry| gives(entry)) {
        persons.insert(entry.subject, entry.person);
        let known = out.entry(entry.person).or_default();
        for identity in entry.records.iter().rev().filter_map(|r| r.identity.as_ref()) {
            known.donor.birth = known.donor.birth.or(Identity::birth_of(identity));
            known.donor.sex = known.donor.sex.or(Identity::sex_of(identity));
        }
    }
}

/// In the order of the registrations: of two groups that two of them tell the same one counts each time.
fn add_histories(out: &mut BTreeMap<PersonId, Known>, persons: BTreeMap<SubjectId, PersonId>, mut told: HashMap<SubjectId, Vec<DaysTold>>) {
    for (subject, person) in persons {
        if let Some(known) = out.get_mut(&person) {
            told.remove(&subject).into_iter().flatten().for_each(|more| known.history.join(more.history));
        }
    }
}

/// The first day on which any rule differs: that of the edition's own beginning, or today.
pub(super) fn takes_effect(coming: &RuleSets, id: &str, today: NaiveDate) -> Option<NaiveDate> {
    coming.named(id).and_then(|set| set.valid_from).map(|from| from.max(today))
}
