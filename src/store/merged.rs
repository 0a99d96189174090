//! Follow-ups of several subjects who are one person. What is planned or queued for one occasion more than once is kept once, and the others
//! are set aside with a note of what they were; where one of them left for good later than the others came, or has died, all of them are. Who is
//! one person, and where they stand, is all that decides it: the same persons always give the same rows, so that a merge that is undone gives
//! everybody their own back.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::domain::id::{PersonId, SubjectId};
use crate::vault::Vault;

use super::entity::value::Day;
use super::entity::{membership, outbox, task};
use super::error::StoreError;
use super::stand::Stands;
use super::standing::next_version;
use super::tx::Tx;
use super::word::{OutboxState, TaskState};

/// Begins the note of a row that was set aside: `merged:<the state it had>:<the row that is kept>`. Such a row is `cancelled`.
pub(super) const ASIDE: &str = "merged:";
const CANCELLED: &str = "cancelled";
/// Kinds that go on with whoever has left: what the registrant asked, and the check of a donor in a match, which ends with the match.
const GOES_ON: [&str; 2] = ["question", "match_check"];

/// The two tables; in both at most one row a rule, person and occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Tasks,
    Outbox,
}

/// A planned follow-up or a queued message.
#[derive(Clone)]
struct Item {
    id: Uuid,
    subject: SubjectId,
    person: PersonId,
    what: (String, Day),
    kind: String,
    state: String,
    /// Why a task ended, what the mail server said, or the note of a row set aside.
    note: Option<String>,
}

impl From<task::Model> for Item {
    fn from(row: task::Model) -> Self {
        let what = (row.rule, row.occurrence);
        Self {
            id: row.id.0,
            subject: row.subject_id,
            person: row.person_id,
            what,
            kind: row.kind,
            state: row.state.word().to_owned(),
            note: row.reason,
        }
    }
}

impl From<outbox::Model> for Item {
    fn from(row: outbox::Model) -> Self {
        let what = (row.rule, row.occurrence);
        Self {
            id: row.id.0,
            subject: row.subject_id,
            person: row.person_id,
            what,
            kind: row.kind,
            state: row.state.word().to_owned(),
            note: row.reply,
        }
    }
}

impl Item {
    /// The state and note it has by itself, whatever was set aside.
    fn own(&self) -> (String, Option<String>) {
        let aside = self.note.as_deref().filter(|_| self.state == CANCELLED).and_then(|n| n.strip_prefix(ASIDE)?.split_once(':'));
        aside.map_or_else(|| (self.state.clone(), self.note.clone()), |(state, _)| (state.to_owned(), None))
    }

    /// How far it is by itself: 0 ended, 1 planned or due, 2 a task whose message is in the outbox, 3 done or perhaps done.
    fn progress(&self, table: Table) -> u8 {
        match (table, self.own().0.as_str()) {
            (Table::Tasks, "planned") | (Table::Outbox, "due" | "retry") => 1,
            (Table::Tasks, "queued") => 2,
            (Table::Tasks, "done") | (Table::Outbox, "sending" | "sent" | "uncertain") => 3,
            _ => 0,
        }
    }
}

impl Tx {
    /// After subjects moved: of the follow-ups of each of these persons for one occasion the one that is furthest along is kept, of two alike
    /// the older. Of a person who has left or died none is.
    pub(super) async fn settle_open(&mut self, vault: &Vault, persons: &[PersonId]) -> Result<(), StoreError> {
        let stands = self.stands_of(vault, persons).await?;
        let mut owners: HashMap<SubjectId, PersonId> = HashMap::new();
        for part in persons.chunks(super::admit::IDS) {
            let open = membership::Entity::find()
                .filter(membership::Column::PersonId.is_in(part.iter().copied()))
                .filter(membership::Column::Until.is_null());
            owners.extend(open.all(&self.db).await?.into_iter().map(|m| (m.subject_id, m.person_id)));
        }
        let subjects: Vec<SubjectId> = owners.keys().copied().collect();
        let homes = self.homes(&subjects).await?;
        for table in [Table::Tasks, Table::Outbox] {
            let items = self.items_of(table, &subjects).await?;
            let mut groups: BTreeMap<(PersonId, (String, Day)), Vec<&Item>> = BTreeMap::new();
            for item in &items {
                if let Some(owner) = owners.get(&item.subject) {
                    groups.entry((*owner, item.what.clone())).or_default().push(item);
                }
            }
            let mut changed = Vec::new();
            for ((owner, _), group) in &groups {
                changed.extend(wanted(table, *owner, group, &homes, stands.get(owner).is_some_and(Stands::gone)));
            }
            self.rewrite(table, &items, changed).await?;
        }
        Ok(())
    }

    /// To whom each subject belonged first.
    async fn homes(&self, subjects: &[SubjectId]) -> Result<HashMap<SubjectId, PersonId>, StoreError> {
        let mut out = HashMap::with_capacity(subjects.len());
        for part in subjects.chunks(super::admit::IDS) {
            let rows = membership::Entity::find().filter(membership::Column::SubjectId.is_in(part.iter().copied()));
            for row in rows.order_by_asc(membership::Column::Id).all(&self.db).await? {
                out.entry(row.subject_id).or_insert(row.person_id);
            }
        }
        Ok(out)
    }

    async fn items_of(&self, table: Table, subjects: &[SubjectId]) -> Result<Vec<Item>, StoreError> {
        let mut items: Vec<Item> = Vec::new();
        for part in subjects.chunks(super::admit::IDS) {
            items.extend(match table {
                Table::Tasks => items_in::<task::Entity>(&self.db, task::Column::SubjectId, part).await?,
                Table::Outbox => items_in::<outbox::Entity>(&self.db, outbox::Column::SubjectId, part).await?,
            });
        }
        items.sort_by_key(|i| i.id);
        Ok(items)
    }

    /// Writes what changed. Rows that take each other's place pass through persons that do not exist, so that no two ever stand for one
    /// occasion of one person.
    async fn rewrite(&mut self, table: Table, before: &[Item], after: Vec<Item>) -> Result<(), StoreError> {
        let was: HashMap<Uuid, &Item> = before.iter().map(|i| (i.id, i)).collect();
        let changes =
            |item: &Item| was.get(&item.id).is_some_and(|o| (o.person, &o.state, &o.note) != (item.person, &item.state, &item.note));
        let changed: Vec<Item> = after.into_iter().filter(changes).collect();
        let moving = |item: &Item| was.get(&item.id).is_some_and(|old| old.person != item.person);
        let mut places: HashSet<(PersonId, (String, Day))> = HashSet::new();
        for item in changed.iter().filter(|i| moving(i)) {
            self.write(table, &Item { person: PersonId(Uuid::now_v7()), ..item.clone() }).await?;
        }
        for item in &changed {
            let mut item = item.clone();
            let free =
                !moving(&item) || places.insert((item.person, item.what.clone())) && !self.stands(table, item.person, &item.what).await?;
            if !free {
                // Somebody else's row is there: this one waits where it is in nobody's way.
                item.person = PersonId(Uuid::now_v7());
            }
            self.write(table, &item).await?;
        }
        Ok(())
    }

    /// Whether a row stands for an occasion of a person.
    async fn stands(&self, table: Table, person: PersonId, (rule, occurrence): &(String, Day)) -> Result<bool, StoreError> {
        let found = match table {
            Table::Tasks => {
                let query = task::Entity::find().filter(task::Column::PersonId.eq(person)).filter(task::Column::Rule.eq(rule.as_str()));
                query.filter(task::Column::Occurrence.eq(*occurrence)).count(&self.db).await?
            }
            Table::Outbox => {
                let query =
                    outbox::Entity::find().filter(outbox::Column::PersonId.eq(person)).filter(outbox::Column::Rule.eq(rule.as_str()));
                query.filter(outbox::Column::Occurrence.eq(*occurrence)).count(&self.db).await?
            }
        };
        Ok(found > 0)
    }

    async fn write(&mut self, table: Table, item: &Item) -> Result<(), StoreError> {
        match table {
            Table::Tasks => {
                let state = TaskState::from_word(&item.state).ok_or(StoreError::Damaged("task"))?;
                let update = task::Entity::update_many()
                    .col_expr(task::Column::PersonId, item.person.into())
                    .col_expr(task::Column::State, state.into())
                    .col_expr(task::Column::Reason, item.note.clone().into())
                    .col_expr(task::Column::RowVersion, next_version(task::Column::RowVersion));
                update.filter(task::Column::Id.eq(item.id)).exec(&self.db).await?;
            }
            Table::Outbox => {
                let state = OutboxState::from_word(&item.state).ok_or(StoreError::Damaged("outbox"))?;
                let update = outbox::Entity::update_many()
                    .col_expr(outbox::Column::PersonId, item.person.into())
                    .col_expr(outbox::Column::State, state.into())
                    .col_expr(outbox::Column::Reply, item.note.clone().into());
                update.filter(outbox::Column::Id.eq(item.id)).exec(&self.db).await?;
            }
        }
        Ok(())
    }
}

/// The rows of a table that belong to some subjects.
async fn items_in<E>(db: &DatabaseTransaction, subject: E::Column, of: &[SubjectId]) -> Result<Vec<Item>, StoreError>
where
    E: EntityTrait,
    Item: From<E::Model>,
{
    let rows = E::find().filter(subject.is_in(of.iter().copied())).all(db).await?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// How the items of one person, who may be gone, should stand for one occasion.
fn wanted(table: Table, owner: PersonId, group: &[&Item], homes: &HashMap<SubjectId, PersonId>, gone: bool) -> Vec<Item> {
    let Some(kept) = group.iter().max_by_key(|i| (i.progress(table), std::cmp::Reverse(i.id))) else { return Vec::new() };
    let home = |item: &Item| homes.get(&item.subject).copied().unwrap_or(item.person);
    group
        .iter()
        .map(|item| {
            let (state, note) = item.own();
            let mut item = Item { state, note, ..(*item).clone() };
            let stays = item.id == kept.id;
            item.person = match (stays, home(&item) == owner) {
                (true, _) => owner,
                // The place of the kept one is free where this one's own is taken by it.
                (false, true) => home(kept),
                (false, false) => home(&item),
            };
            let ends = !stays || (gone && !GOES_ON.contains(&item.kind.as_str()));
            if ends && matches!(item.progress(table), 1 | 2) {
                item.note = Some(format!("{ASIDE}{}:{}", item.state, kept.id));
                item.state = CANCELLED.to_owned();
            }
            item
        })
        .collect()
}
