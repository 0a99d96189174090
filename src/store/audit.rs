//! The tamper-evident log: hash-chained leaves, written in the transaction of what they tell of.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::id::{DeploymentId, StaffId};
use crate::domain::time::Timestamp;
use crate::vault::chain;

use super::connect::Store;
use super::entity::audit_leaf;
use super::entity::value::Opaque;
use super::error::StoreError;
use super::hex;
use super::tx::Tx;

pub use super::entity::audit_leaf::Model as AuditLeaf;

/// The last leaf's number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of leaves.
    pub seq: i64,
    /// Hash of the last; before the first, what the deployment's log begins from.
    pub hash: [u8; 32],
}

/// What is to be told. Never a personal value: ids, codes and counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who; none for the program itself and for registrants.
    pub actor: Option<StaffId>,
    /// What was done, e.g. `person.open`.
    pub action: &'static str,
    /// What it was done to, e.g. `person`.
    pub object_type: &'static str,
    /// Its id, where it is one.
    pub object_id: Option<Uuid>,
    /// Further ids: all those on a page that was disclosed.
    pub ids: Vec<Uuid>,
    /// Codes and counts, as (name, value).
    pub detail: Vec<(&'static str, String)>,
}

impl AuditEntry {
    /// An entry on one object.
    pub fn on(at: Timestamp, actor: Option<StaffId>, action: &'static str, object_type: &'static str, object_id: Option<Uuid>) -> Self {
        Self { at, actor, action, object_type, object_id, ids: Vec::new(), detail: Vec::new() }
    }

    /// With a code or count.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.detail.push((name, value.to_string()));
        self
    }
}

/// The bytes that are hashed, as JSON with its fields in this order.
#[derive(Serialize)]
struct Canonical<'a> {
    v: u8,
    seq: i64,
    at: i64,
    actor: Option<Uuid>,
    action: &'a str,
    object_type: &'a str,
    object_id: Option<Uuid>,
    ids: &'a [Uuid],
    detail: &'a [(&'static str, String)],
}

impl Tx {
    /// How often somebody did something behind an instant, and when first, as this transaction sees it: for limits that hold over all
    /// processes.
    pub async fn done_since(&self, actor: Option<StaffId>, action: &str, since: Timestamp) -> Result<(u64, Option<Timestamp>), StoreError> {
        let mine = match actor {
            Some(id) => audit_leaf::Column::Actor.eq(id),
            None => audit_leaf::Column::Actor.is_null(),
        };
        let query = audit_leaf::Entity::find().filter(audit_leaf::Column::Action.eq(action)).filter(mine);
        let query = query.filter(audit_leaf::Column::At.gt(since)).order_by_asc(audit_leaf::Column::At);
        let at: Vec<Timestamp> = query.select_only().column(audit_leaf::Column::At).into_tuple().all(&self.db).await?;
        Ok((at.len() as u64, at.first().copied()))
    }

    /// Appends a leaf. Fails closed: without the leaf, nothing of the transaction is committed.
    pub async fn audit(&mut self, entry: &AuditEntry) -> Result<Head, StoreError> {
        let head = match self.head {
            Some(head) => head,
            None => head(&self.db, self.deployment).await?,
        };
        let seq = head.seq + 1;
        let canonical = serde_json::to_vec(&Canonical {
            v: 1,
            seq,
            at: entry.at.0,
            actor: entry.actor.map(|a| a.0),
            action: entry.action,
            object_type: entry.object_type,
            object_id: entry.object_id,
            ids: &entry.ids,
            detail: &entry.detail,
        })
        .map_err(|_| StoreError::Damaged("audit_leaf"))?;
        let hash = chain::leaf_hash(&head.hash, &canonical);
        let leaf = AuditLeaf {
            seq,
            prev_hash: Opaque(head.hash.to_vec()),
            hash: Opaque(hash.to_vec()),
            at: entry.at,
            actor: entry.actor,
            action: entry.action.to_owned(),
            object_type: entry.object_type.to_owned(),
            object_id: entry.object_id,
            canonical: Opaque(canonical),
        };
        super::bulk::insert::<audit_leaf::Entity, _>(&self.db, [leaf]).await?;
        let head = Head { seq, hash };
        self.head = Some(head);
        Ok(head)
    }
}

impl Store {
    /// The last leaves, newest first.
    pub async fn audit_latest(&self, before: Option<i64>, limit: u64) -> Result<Vec<AuditLeaf>, StoreError> {
        let mut query = audit_leaf::Entity::find();
        if let Some(before) = before {
            query = query.filter(audit_leaf::Column::Seq.lt(before));
        }
        Ok(query.order_by_desc(audit_leaf::Column::Seq).limit(limit).all(&self.reader).await?)
    }

    /// The leaves on one object, oldest first.
    pub async fn audit_of(&self, object: Uuid) -> Result<Vec<AuditLeaf>, StoreError> {
        let query = audit_leaf::Entity::find().filter(audit_leaf::Column::ObjectId.eq(object));
        Ok(query.order_by_asc(audit_leaf::Column::Seq).all(&self.reader).await?)
    }

    /// Walks the whole log: numbers without gaps, every hash, and every column against the hashed bytes. With a checkpoint kept elsewhere
    /// it also finds a tail that was cut off or a chain that was written anew.
    ///
    /// # Errors
    /// [`StoreError::ChainBroken`] with the first entry that does not fit.
    pub async fn verify_audit(&self, checkpoint: Option<Head>) -> Result<Head, StoreError> {
        verify(&self.reader, self.deployment(), checkpoint).await
    }
}

const PAGE: u64 = 5_000;

pub(super) async fn verify(db: &impl ConnectionTrait, deployment: DeploymentId, checkpoint: Option<Head>) -> Result<Head, StoreError> {
    let mut head = Head { seq: 0, hash: chain::genesis(deployment) };
    loop {
        let page = leaves(db, head.seq, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for leaf in page {
            let seq = head.seq + 1;
            let hash = chain::leaf_hash(&head.hash, &leaf.canonical.0);
            if leaf.seq != seq || leaf.prev_hash.0 != head.hash || leaf.hash.0 != hash || !columns_fit(&leaf) {
                return Err(StoreError::ChainBroken { seq });
            }
            head = Head { seq, hash };
            if checkpoint.is_some_and(|c| c.seq == seq && c.hash != hash) {
                return Err(StoreError::ChainBroken { seq });
            }
        }
    }
    match checkpoint {
        Some(c) if c.seq > head.seq => Err(StoreError::ChainBroken { seq: head.seq + 1 }),
        _ => Ok(head),
    }
}

/// The columns beside the hashed bytes are there to be searched; they must say the same.
fn columns_fit(leaf: &AuditLeaf) -> bool {
    let Ok(told) = serde_json::from_slice::<serde_json::Value>(&leaf.canonical.0) else { return false };
    let id = |name: &str| told.get(name).and_then(|v| v.as_str()).and_then(|t| Uuid::parse_str(t).ok());
    let text = |name: &str| told.get(name).and_then(|v| v.as_str());
    let number = |name: &str| told.get(name).and_then(serde_json::Value::as_i64);
    number("seq") == Some(leaf.seq)
        && number("at") == Some(leaf.at.0)
        && id("actor") == leaf.actor.map(|a| a.0)
        && text("action") == Some(leaf.action.as_str())
        && text("object_type") == Some(leaf.object_type.as_str())
        && id("object_id") == leaf.object_id
}

async fn leaves(db: &impl ConnectionTrait, after: i64, limit: u64) -> Result<Vec<AuditLeaf>, StoreError> {
    Ok(audit_leaf::Entity::find()
        .filter(audit_leaf::Column::Seq.gt(after))
        .order_by_asc(audit_leaf::Column::Seq)
        .limit(limit)
        .all(db)
        .await?)
}

async fn head(db: &impl ConnectionTrait, deployment: DeploymentId) -> Result<Head, StoreError> {
    let Some(leaf) = audit_leaf::Entity::find().order_by_desc(audit_leaf::Column::Seq).limit(1).one(db).await? else {
        return Ok(Head { seq: 0, hash: chain::genesis(deployment) });
    };
    let hash = <[u8; 32]>::try_from(leaf.hash.0.as_slice()).map_err(|_| StoreError::ChainBroken { seq: leaf.seq })?;
    Ok(Head { seq: leaf.seq, hash })
}

impl std::fmt::Display for Head {
    /// `NUMBER-HASH`, as printed and read back for a checkpoint.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.seq, hex::encode(&self.hash))
    }
}

impl Head {
    /// Reads a printed checkpoint.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hash) = text.trim().split_once('-')?;
        Some(Self { seq: seq.parse().ok()?, hash: hex::decode(hash)?.try_into().ok()? })
    }
}
