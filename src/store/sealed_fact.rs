//! What is recorded of a subject as one sealed fact a row, never changed. Which kind of fact a row is stands inside the seal; a row has a MAC, and
//! nothing of it opens without the subject's data key.

/// The verbs of a table of sealed facts: preparing, adding, reading.
macro_rules! sealed_facts {
    ($table:ident in $compartment:ident: $id:ident of $fact:ty; $prepared:ident by $prepare:ident, $view:ident; $put:ident, $of:ident) => {
        use std::collections::HashMap;

        use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

        use $crate::domain::id::{StaffId, SubjectId};
        use $crate::domain::time::Timestamp;
        use $crate::domain::{Compartment, Guarded};
        use $crate::vault::{Slot, SubjectKeys, Vault};

        use super::change::ChangeKind;
        use super::connect::Store;
        use super::entity::value::Opaque;
        use super::entity::{subject_key, $table};
        use super::error::StoreError;
        use super::prepare::SCHEMA;
        use super::rowmac::Protected;
        use super::tx::Tx;

        /// A fact ready to be inserted.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $prepared($table::Model);

        /// A fact, opened.
        #[derive(Debug)]
        pub struct $view {
            /// Which.
            pub id: $id,
            /// Whose.
            pub subject: SubjectId,
            /// When it was recorded.
            pub at: Timestamp,
            /// By whom; none for the program.
            pub by: Option<StaffId>,
            /// What.
            pub fact: Guarded<$fact>,
        }

        /// Seals a fact of a known subject.
        ///
        /// # Errors
        /// [`StoreError::Vault`] where this process lacks the key of the compartment.
        pub fn $prepare(
            vault: &Vault,
            keys: &SubjectKeys,
            fact: &Guarded<$fact>,
            by: Option<StaffId>,
            at: Timestamp,
        ) -> Result<$prepared, StoreError> {
            let id = $id::fresh();
            let subject = keys.subject();
            let mut row = $table::Model {
                id,
                subject_id: subject,
                recorded_at: at,
                staff_id: by,
                sealed: Opaque(vault.seal(keys, &slot(id, subject), fact)?.into_bytes()),
                schema: SCHEMA.into(),
                row_version: 1,
                row_mac: Opaque(Vec::new()),
            };
            row.protect(vault)?;
            Ok($prepared(row))
        }

        impl $prepared {
            /// Which fact it is.
            pub fn id(&self) -> $id {
                self.0.id
            }
        }

        impl Tx {
            /// Adds facts.
            pub async fn $put(&mut self, facts: Vec<$prepared>) -> Result<(), StoreError> {
                for fact in &facts {
                    self.note(ChangeKind::RecordAdded, Some(fact.0.subject_id), None, None, fact.0.recorded_at);
                }
                super::bulk::insert::<$table::Entity, _>(&self.db, facts.into_iter().map(|f| f.0)).await
            }
        }

        impl Store {
            /// The facts of some subjects in the order they were recorded; nothing of one that was erased, nor where this process lacks the key.
            ///
            /// # Errors
            /// [`StoreError::Tampered`] where a row was changed outside the program.
            pub async fn $of(&self, vault: &Vault, subjects: &[SubjectId]) -> Result<Vec<$view>, StoreError> {
                let mut out = Vec::new();
                for part in subjects.chunks(super::admit::IDS) {
                    let rows = $table::Entity::find()
                        .filter($table::Column::SubjectId.is_in(part.iter().copied()))
                        .order_by_asc($table::Column::Id)
                        .all(&self.reader)
                        .await?;
                    if rows.is_empty() {
                        continue;
                    }
                    let mut deks: HashMap<SubjectId, Vec<_>> = HashMap::new();
                    let keys = subject_key::Entity::find()
                        .filter(subject_key::Column::SubjectId.is_in(rows.iter().map(|r| r.subject_id)))
                        .filter(subject_key::Column::Compartment.eq(Compartment::$compartment));
                    for row in keys.all(&self.reader).await? {
                        deks.entry(row.subject_id).or_default().push(super::meta::dek_row(row)?);
                    }
                    for row in rows {
                        row.check(vault)?;
                        let keys = vault.subject_keys(row.subject_id, deks.get(&row.subject_id).map_or(&[], Vec::as_slice))?;
                        out.extend(opened(vault, &keys, row)?);
                    }
                }
                Ok(out)
            }
        }

        /// A fact, where its key is there.
        pub(super) fn opened(vault: &Vault, keys: &SubjectKeys, row: $table::Model) -> Result<Option<$view>, StoreError> {
            let (id, subject) = (row.id, row.subject_id);
            let fact = super::person::open(vault, keys, slot(id, subject), Some(row.sealed))?;
            Ok(fact.map(|fact| $view { id, subject, at: row.recorded_at, by: row.staff_id, fact }))
        }

        fn slot(id: $id, subject: SubjectId) -> Slot {
            Slot { compartment: Compartment::$compartment, table: stringify!($table), column: "sealed", row: id.0, subject, schema: SCHEMA }
        }
    };
}
pub(super) use sealed_facts;
