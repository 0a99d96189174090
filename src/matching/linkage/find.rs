//! People search over the index.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::features::{Features, Tag};
use super::index::Index;
use super::keys;
use super::name::{Name, NameLevel};
use super::normalise_find::FindQuery;
use crate::domain::id::SubjectId;

/// Subjects returned by one search.
const FOUND: usize = 200;

impl Index {
    /// Who fits the question, the best first; at most 200. The score is 1 for an exact number, phone, mail or name and falls
    /// with the likeness of the name. Several parts of a question must all fit.
    pub fn find(&self, query: &FindQuery) -> Vec<(SubjectId, f64)> {
        if query.is_empty() {
            return Vec::new();
        }
        let mut found: BTreeMap<SubjectId, f64> = BTreeMap::new();
        let mut consider = |subject: SubjectId, features: &Features| {
            if let Some(score) = fits(query, features) {
                found.insert(subject, score);
            }
        };
        let mut asked: Vec<u32> = Vec::new();
        asked.extend(query.documents.iter().map(|d| keys::document_key(d)));
        asked.extend(query.phones.iter().map(|p| keys::phone_key(p.as_bytes())));
        asked.extend(query.mails.iter().map(|m| keys::mail_key(m.as_bytes())));
        for name in &query.names {
            let name = Name::new(name);
            asked.push(keys::name_key(&name));
            asked.extend(keys::sound_keys(&name));
        }
        for row in asked.into_iter().flat_map(|k| self.under(k)) {
            consider(row.subject, &row.features);
        }
        // Endings and parts of names have no key: everybody is looked at.
        let exact = found.values().any(|s| *s >= 1.0);
        if (found.is_empty() || !query.endings.is_empty()) && !exact {
            let more: Vec<(SubjectId, f64)> =
                self.rows.par_iter().filter_map(|(_, row)| fits(query, &row.features).map(|s| (row.subject, s))).collect();
            found.extend(more);
        }
        let mut out: Vec<(SubjectId, f64)> = found.into_iter().collect();
        out.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        out.truncate(FOUND);
        out
    }
}

/// The score of one subject, if every part of the question fits it.
fn fits(query: &FindQuery, f: &Features) -> Option<f64> {
    let mut score: f64 = 1.0;
    let exact = |tag, wanted: &[u8]| f.values(tag).any(|v| v == wanted);
    let documents = query.documents.iter().map(Vec::as_slice).collect::<Vec<_>>();
    if !documents.is_empty() && !documents.iter().any(|d| exact(Tag::Document, d)) {
        return None;
    }
    if query.phones.iter().any(|p| !exact(Tag::Phone, p.as_bytes())) || query.mails.iter().any(|m| !exact(Tag::Mail, m.as_bytes())) {
        return None;
    }
    for ending in &query.endings {
        let ends = |tag| f.values(tag).any(|v| v.ends_with(ending.as_bytes()));
        if !ends(Tag::Phone) && !ends(Tag::Document) {
            return None;
        }
        score = score.min(0.9);
    }
    for wanted in &query.names {
        let name = Name::new(wanted);
        let best = f.names().map(|(_, n)| likeness(&name, &n)).fold(0.0, f64::max);
        if best == 0.0 {
            return None;
        }
        score = score.min(best);
    }
    Some(score)
}

fn likeness(wanted: &Name<'_>, name: &Name<'_>) -> f64 {
    match wanted.compare(name) {
        NameLevel::Exact => 1.0,
        NameLevel::Reordered => 0.9,
        NameLevel::SameSound => 0.85,
        NameLevel::SameShape => 0.7,
        NameLevel::SimilarSound => 0.6,
        NameLevel::OneMissing => 0.5,
        NameLevel::OneDiffers if wanted.is_han() => 0.4,
        _ if name.text().contains(wanted.text()) => 0.55,
        _ => 0.0,
    }
}
