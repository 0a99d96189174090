//! Taking prepared records in: subjects and their sealed rows, persons and memberships.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::domain::id::{MembershipId, PersonId, PublicId, StaffId, SubjectId};
use crate::domain::time::Timestamp;
use crate::vault::Vault;

use super::change::ChangeKind;
use super::entity::value::Opaque;
use super::entity::{
    barcode, consent, contact_index, correction, enrolment, fact, identifier_claim, membership, person, record, stat_link, subject,
    subject_key,
};
use super::error::StoreError;
use super::prepare::{PreparedConsent, PreparedFact, PreparedRecord};
use super::rowmac::Protected;
use super::tx::Tx;
use super::word::MembershipDecision;

/// How many ids a look-up puts into one statement.
pub(super) const IDS: usize = 500;

/// To which person a prepared subject belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It founds a new person with this id.
    New(PersonId),
    /// It joins a person on file, or one founded in the same call.
    Join(PersonId),
}

/// A subject taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Who.
    pub subject: SubjectId,
    /// As whom.
    pub person: PersonId,
    /// The person's public id.
    pub public_id: PublicId,
}

impl Tx {
    /// Takes new subjects in, each as a person or part of one, and notes the changes. Answers in the order given.
    ///
    /// # Errors
    /// [`StoreError::ClaimTaken`] where a verified document number belongs to another subject: nothing was written, and the transaction may
    /// go on. [`StoreError::KeyRetired`] where the keys were rotated since it was prepared ([`PreparedRecord::renew`]).
    /// [`StoreError::Missing`] where a person to join is not there.
    pub async fn admit(
        &mut self,
        vault: &Vault,
        records: Vec<(PreparedRecord, Place)>,
        by: Option<StaffId>,
        at: Timestamp,
    ) -> Result<Vec<Admitted>, StoreError> {
        let (records, places): (Vec<_>, Vec<_>) = records.into_iter().unzip();
        for record in &records {
            self.refuse_retired(record.keys_used()?).await?;
        }
        self.refuse_taken_claims(records.iter().flat_map(|r| &r.claims)).await?;
        let public_ids = self.public_ids(&places).await?;
        let mut admitted = Vec::with_capacity(records.len());
        let mut persons = Vec::new();
        let mut memberships = Vec::with_capacity(records.len());
        for (prepared, place) in records.iter().zip(&places) {
            let subject = prepared.subject();
            let (person, decision) = match *place {
                Place::New(person) => (person, MembershipDecision::Founding),
                Place::Join(person) => (person, MembershipDecision::Joined),
            };
            let public_id = public_ids.get(&person).ok_or(StoreError::Missing("person"))?.clone();
            if let Place::New(id) = *place {
                persons.push(person::Model { id, public_id: public_id.clone(), founding_subject: subject, created_at: at });
            }
            let mut row = membership::Model {
                id: MembershipId::fresh(),
                subject_id: subject,
                person_id: person,
                since: at,
                until: None,
                decision,
                decided_by: by,
                row_version: 1,
                row_mac: Opaque(Vec::new()),
            };
            row.protect(vault)?;
            memberships.push(row);
            self.note(ChangeKind::SubjectAdded, Some(subject), Some(person), None, at);
            admitted.push(Admitted { subject, person, public_id });
        }
        self.insert_prepared(records).await?;
        super::bulk::insert::<person::Entity, _>(&self.db, persons).await?;
        super::bulk::insert::<membership::Entity, _>(&self.db, memberships).await?;
        Ok(admitted)
    }

    /// Adds further records of subjects on file ([`super::prepare_further`]).
    pub async fn add_records(&mut self, records: Vec<PreparedRecord>, at: Timestamp) -> Result<(), StoreError> {
        self.refuse_taken_claims(records.iter().flat_map(|r| &r.claims)).await?;
        for record in &records {
            self.note(ChangeKind::RecordAdded, Some(record.subject()), None, None, at);
        }
        for record in &records {
            self.refuse_retired(record.keys_used()?).await?;
        }
        self.insert_prepared(records).await
    }

    /// Adds statistics facts.
    ///
    /// # Errors
    /// [`StoreError::KeyRetired`] where they are sealed under a key that was rotated away.
    pub async fn put_facts(&mut self, facts: Vec<PreparedFact>) -> Result<(), StoreError> {
        let used = facts.iter().map(|f| super::rotate::of_fact(&f.0)).collect::<Result<Vec<_>, _>>()?;
        self.refuse_retired(used).await?;
        super::bulk::insert::<fact::Entity, _>(&self.db, facts.into_iter().map(|f| f.0)).await
    }

    /// Adds consents.
    pub async fn put_consents(&mut self, consents: Vec<PreparedConsent>) -> Result<(), StoreError> {
        for consent in &consents {
            self.note(ChangeKind::Consent, Some(consent.0.subject_id), None, None, consent.0.given_at);
        }
        super::bulk::insert::<consent::Entity, _>(&self.db, consents.into_iter().map(|c| c.0)).await
    }

    async fn insert_prepared(&mut self, records: Vec<PreparedRecord>) -> Result<(), StoreError> {
        let mut all = Columns::default();
        records.into_iter().for_each(|record| all.take(record));
        let db = &self.db;
        super::bulk::insert::<subject::Entity, _>(db, all.subjects).await?;
        super::bulk::insert::<subject_key::Entity, _>(db, all.keys).await?;
        super::bulk::insert::<record::Entity, _>(db, all.records).await?;
        super::bulk::insert::<enrolment::Entity, _>(db, all.enrolments).await?;
        super::bulk::insert::<identifier_claim::Entity, _>(db, all.claims).await?;
        super::bulk::insert::<contact_index::Entity, _>(db, all.contacts).await?;
        super::bulk::insert::<stat_link::Entity, _>(db, all.stat_links).await?;
        super::bulk::insert::<fact::Entity, _>(db, all.facts).await?;
        super::bulk::insert::<correction::Entity, _>(db, all.corrections).await?;
        super::bulk::insert::<barcode::Entity, _>(db, all.barcodes).await?;
        super::bulk::insert::<consent::Entity, _>(db, all.consents).await
    }

    /// The constraint would refuse them too, but on PostgreSQL a refused statement ends the whole transaction, and it names nobody.
    async fn refuse_taken_claims(&self, claims: impl Iterator<Item = &identifier_claim::Model>) -> Result<(), StoreError> {
        let claims: Vec<_> = claims.filter(|c| c.verified).collect();
        let mut seen = HashSet::new();
        for claim in &claims {
            if !seen.insert((claim.kind, claim.key_version, claim.index_value.0.as_slice())) {
                return Err(StoreError::ClaimTaken { subject: claim.subject_id });
            }
        }
        for part in claims.chunks(IDS) {
            let values = part.iter().map(|c| c.index_value.clone());
            let taken = identifier_claim::Entity::find()
                .filter(identifier_claim::Column::Verified.eq(true))
                .filter(identifier_claim::Column::IndexValue.is_in(values))
                .all(&self.db)
                .await?;
            for row in taken {
                if seen.contains(&(row.kind, row.key_version, row.index_value.0.as_slice())) {
                    return Err(StoreError::ClaimTaken { subject: row.subject_id });
                }
            }
        }
        Ok(())
    }

    /// Public ids for new persons, drawn until none is taken, and those of the persons joined.
    async fn public_ids(&self, places: &[Place]) -> Result<HashMap<PersonId, PublicId>, StoreError> {
        let mut out = HashMap::new();
        let mut drawn = HashMap::new();
        let mut wanted: Vec<PersonId> = places.iter().filter_map(|p| if let Place::New(id) = p { Some(*id) } else { None }).collect();
        while !wanted.is_empty() {
            let mut again = Vec::new();
            for person in wanted.drain(..) {
                let id = draw();
                if out.contains_key(&person) || drawn.contains_key(&id) {
                    again.push(person);
                } else {
                    drawn.insert(id, person);
                }
            }
            for taken in taken_public_ids(&self.db, drawn.keys().cloned().collect()).await? {
                again.extend(drawn.remove(&taken));
            }
            out.extend(drawn.drain().map(|(id, person)| (person, id)));
            wanted = again;
        }
        let joined: Vec<PersonId> = places
            .iter()
            .filter_map(|p| if let Place::Join(id) = p { Some(*id) } else { None })
            .filter(|id| !out.contains_key(id))
            .collect::<HashSet<_>>()
            .into_iter()
            .collect();
        for part in joined.chunks(IDS) {
            let rows = person::Entity::find().filter(person::Column::Id.is_in(part.iter().copied())).all(&self.db).await?;
            out.extend(rows.into_iter().map(|row| (row.id, row.public_id)));
        }
        Ok(out)
    }
}

/// Forty random bits as a public id.
pub(super) fn draw() -> PublicId {
    let [a, b, c, d, e, ..] = *Uuid::new_v4().as_bytes();
    PublicId::from_random(u64::from_be_bytes([0, 0, 0, a, b, c, d, e]))
}

pub(super) async fn taken_public_ids(db: &impl ConnectionTrait, ids: Vec<PublicId>) -> Result<Vec<PublicId>, StoreError> {
    let mut out = Vec::new();
    for part in ids.chunks(IDS) {
        let rows = person::Entity::find().filter(person::Column::PublicId.is_in(part.iter().cloned())).all(db).await?;
        out.extend(rows.into_iter().map(|row| row.public_id));
    }
    Ok(out)
}

#[derive(Default)]
struct Columns {
    subjects: Vec<subject::Model>,
    keys: Vec<subject_key::Model>,
    records: Vec<record::Model>,
    enrolments: Vec<enrolment::Model>,
    claims: Vec<identifier_claim::Model>,
    contacts: Vec<contact_index::Model>,
    stat_links: Vec<stat_link::Model>,
    facts: Vec<fact::Model>,
    corrections: Vec<correction::Model>,
    consents: Vec<consent::Model>,
    barcodes: Vec<barcode::Model>,
}

impl Columns {
    fn take(&mut self, record: PreparedRecord) {
        self.subjects.extend(record.subject);
        self.keys.extend(record.keys);
        self.records.push(record.record);
        self.enrolments.extend(record.enrolment);
        self.enrolments.extend(record.further);
        self.claims.extend(record.claims);
        self.contacts.extend(record.contacts);
        self.stat_links.extend(record.stat_link);
        self.facts.extend(record.facts);
        self.corrections.extend(record.corrections);
        self.consents.extend(record.consents);
        self.barcodes.extend(record.barcode);
    }
}
