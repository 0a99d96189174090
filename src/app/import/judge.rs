//! Which rows of a sheet are people on file, or people of earlier rows.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::domain::id::{PersonId, SubjectId};
use crate::matching::linkage::{Decision, Features, Index};
use crate::store::Place;

use super::super::register::LIKENESSES;

/// A row to be judged.
pub struct Candidate {
    pub subject: SubjectId,
    pub features: Features,
}

/// What a row was judged to be.
#[derive(Debug, Clone)]
pub struct Judged {
    pub subject: SubjectId,
    pub place: Place,
    /// The subject whose person the row joins.
    pub joined: Option<SubjectId>,
    /// Somebody else it may be: subject, weight, probability, decision.
    pub likenesses: Vec<Likeness>,
}

/// A subject that a row may be.
#[derive(Debug, Clone, Copy)]
pub struct Likeness {
    pub subject: SubjectId,
    pub weight: f64,
    pub probability: f64,
    pub decision: Decision,
}

impl Judged {
    pub fn person(&self) -> PersonId {
        match self.place {
            Place::New(id) | Place::Join(id) => id,
        }
    }

    pub fn known(&self) -> bool {
        matches!(self.place, Place::Join(_))
    }
}

/// By how many bits the likeliest person must lead one whom a registrar told apart from it, for a row to join it.
const LEAD: f64 = 6.0;

/// Judges the rows of one sheet in their order against everybody on file and against earlier rows. Deterministic. `apart`: persons that a
/// registrar told apart, in both orders; who joins the one is not asked about the other, and who is like both is left to a registrar.
///
/// Names and towns weigh by how frequent they are in the larger of the two: the registry, or the sheet where the registry is still small.
pub fn judge_rows(on_file: &Index, apart: &HashSet<(PersonId, PersonId)>, rows: Vec<Candidate>) -> Vec<Judged> {
    let order: HashMap<SubjectId, usize> = rows.iter().enumerate().map(|(i, r)| (r.subject, i)).collect();
    let founding: Vec<PersonId> = rows.iter().map(|_| PersonId::fresh()).collect();
    let subjects: Vec<SubjectId> = rows.iter().map(|r| r.subject).collect();
    let mut sheet = Index::new();
    sheet.extend(rows.into_iter().zip(&founding).map(|(row, person)| (row.subject, *person, row.features)).collect());
    sheet.weigh_as(on_file);
    let yardstick = if on_file.len() >= sheet.len() { on_file } else { &sheet };

    let found: Vec<Vec<Likeness>> = subjects
        .par_iter()
        .enumerate()
        .map(|(at, subject)| {
            let Some(features) = sheet.features_of(*subject) else { return Vec::new() };
            let filed = on_file.candidates(features).into_iter().filter_map(|s| Some((s, on_file.features_of(s)?)));
            let earlier = sheet
                .candidates(features)
                .into_iter()
                .filter(|s| order.get(s).is_some_and(|other| *other < at))
                .filter_map(|s| Some((s, sheet.features_of(s)?)));
            let mut likenesses: Vec<Likeness> = filed
                .chain(earlier)
                .filter_map(|(subject, other)| {
                    let judged = yardstick.judge_pair(features, other);
                    (judged.decision != Decision::Different).then_some(Likeness {
                        subject,
                        weight: judged.weight,
                        probability: judged.probability,
                        decision: judged.decision,
                    })
                })
                .collect();
            likenesses.sort_by(|a, b| {
                let same = |l: &Likeness| l.decision == Decision::Same;
                same(b).cmp(&same(a)).then(b.weight.total_cmp(&a.weight)).then(a.subject.cmp(&b.subject))
            });
            likenesses
        })
        .collect();

    let mut persons: HashMap<SubjectId, PersonId> = HashMap::with_capacity(subjects.len());
    let mut out = Vec::with_capacity(subjects.len());
    for ((subject, likenesses), fresh) in subjects.into_iter().zip(found).zip(founding) {
        let person_of = |s: SubjectId, persons: &HashMap<SubjectId, PersonId>| on_file.person_of(s).or_else(|| persons.get(&s).copied());
        let best = likenesses.first().filter(|l| l.decision == Decision::Same);
        let joined = best.and_then(|l| Some((l.subject, person_of(l.subject, &persons)?))).filter(|(_, person)| {
            let rival = |l: &&Likeness| person_of(l.subject, &persons).is_some_and(|other| apart.contains(&(*person, other)));
            let lead = |l: &Likeness| best.map_or(0.0, |b| b.weight - l.weight);
            !likenesses.iter().filter(|l| l.decision == Decision::Same).filter(rival).any(|l| lead(l) < LEAD)
        });
        let place = joined.map_or(Place::New(fresh), |(_, person)| Place::Join(person));
        let mine = match place {
            Place::New(id) | Place::Join(id) => id,
        };
        persons.insert(subject, mine);
        let mut seen = vec![mine];
        let mut kept = Vec::new();
        for likeness in likenesses {
            let Some(person) = person_of(likeness.subject, &persons) else { continue };
            if kept.len() < LIKENESSES && !seen.contains(&person) && !apart.contains(&(mine, person)) {
                seen.push(person);
                kept.push(likeness);
            }
        }
        out.push(Judged { subject, place, joined: joined.map(|(s, _)| s), likenesses: kept });
    }
    out
}
