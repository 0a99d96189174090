//! The tables of a backup, each read in pages by its key and inserted again in batches. The order is that of foreign keys.

use sea_orm::ConnectionTrait;
use sea_orm::EntityTrait;

use super::backup::{Reader, Writer, split};
use super::entity;
use super::error::StoreError;
use super::word::ImportState;

const PAGE: u64 = 1_000;
const BATCH: usize = 2_000;

/// Writes one table, page by page; `$kept` may change a row or leave it out.
macro_rules! write_table {
    ($db:ident, $out:ident, $table:ident, $columns:expr, $key:expr, $kept:expr) => {{
        use entity::$table::*;
        let key: fn(&Model) -> _ = $key;
        let mut after = None;
        loop {
            let mut page = Entity::find().cursor_by($columns);
            if let Some(after) = after.take() {
                page.after(after);
            }
            let rows = page.first(PAGE).all($db).await?;
            let Some(last) = rows.last() else { break };
            after = Some(key(last));
            for row in rows {
                let keep: fn(Model, &mut Writer) -> Option<Model> = $kept;
                if let Some(row) = keep(row, $out) {
                    $out.row(stringify!($table), &row)?;
                }
            }
        }
    }};
}

/// Reads the rows of named tables back in.
macro_rules! part {
    ($write:ident, $read:ident: $($table:ident ($columns:expr, $key:expr $(, $kept:expr)?);)+) => {
        pub(super) async fn $write(db: &impl ConnectionTrait, out: &mut Writer) -> Result<(), StoreError> {
            $(write_table!(db, out, $table, $columns, $key, part!(@kept $($kept)?));)+
            Ok(())
        }

        pub(super) async fn $read(db: &impl ConnectionTrait, from: &mut Reader) -> Result<(), StoreError> {
            #[derive(Default)]
            struct Batch { $($table: Vec<entity::$table::Model>,)+ rows: usize }

            async fn flush(db: &impl ConnectionTrait, batch: Batch) -> Result<(), StoreError> {
                $(super::bulk::insert::<entity::$table::Entity, _>(db, batch.$table).await?;)+
                Ok(())
            }

            let mut batch = Batch::default();
            while let Some(line) = from.next()? {
                let (t, r) = split(&line).ok_or(StoreError::Backup("a line that cannot be read"))?;
                match t {
                    $(stringify!($table) => {
                        let row = serde_json::from_str(r).map_err(|_| StoreError::Backup("a row that cannot be read"))?;
                        batch.$table.push(row);
                    })+
                    _ => return Err(StoreError::Backup("a table this program does not know")),
                }
                from.count(t);
                batch.rows += 1;
                if batch.rows >= BATCH {
                    flush(db, std::mem::take(&mut batch)).await?;
                }
            }
            flush(db, batch).await
        }
    };
    (@kept) => { |row, _| Some(row) };
    (@kept $kept:expr) => { $kept };
}

part! { data, restore_data:
    setting (Column::Key, |r| r.key.clone());
    audit_leaf (Column::Seq, |r| r.seq);
    change (Column::Seq, |r| r.seq);
    staff (Column::Id, |r| r.id);
    idempotency ((Column::Key, Column::Actor), |r| (r.key.clone(), r.actor));
    drive (Column::Id, |r| r.id);
    import (Column::Id, |r| r.id, |mut row, out| {
        if row.state == ImportState::Draft {
            row.state = ImportState::Discarded;
            out.drafts.insert(row.id);
        }
        Some(row)
    });
    import_row (Column::Id, |r| r.id, |row, out| (!out.drafts.contains(&row.import_id)).then_some(row));
    subject (Column::Id, |r| r.id);
    person (Column::Id, |r| r.id);
    membership (Column::Id, |r| r.id);
    record (Column::Id, |r| r.id);
    enrolment (Column::Id, |r| r.id);
    consent (Column::Id, |r| r.id);
    standing_step (Column::Id, |r| r.id);
    health_fact (Column::Id, |r| r.id);
    service_fact (Column::Id, |r| r.id);
    death_fact (Column::Id, |r| r.id);
    leave_fact (Column::Id, |r| r.id);
    told_fact (Column::Id, |r| r.id);
    identifier_claim (Column::Id, |r| r.id);
    contact_index (Column::Id, |r| r.id);
    stat_link (Column::SubjectId, |r| r.subject_id);
    fact (Column::Id, |r| r.id);
    erasure (Column::Id, |r| r.id);
    correction (Column::Id, |r| r.id);
    pair (Column::Id, |r| r.id);
    task (Column::Id, |r| r.id);
    outbox (Column::Id, |r| r.id);
    delivery (Column::Id, |r| r.id);
    link (Column::Id, |r| r.id);
    campaign (Column::Id, |r| r.id);
    hold (Column::Id, |r| r.id);
    contact_again (Column::Id, |r| r.id);
    pause (Column::SubjectId, |r| r.subject_id);
    bounce (Column::Id, |r| r.id);
    release (Column::Number, |r| r.number);
    readiness_seen (Column::Id, |r| r.id);
    outside (Column::Id, |r| r.id);
    outside_step (Column::Id, |r| r.id);
    grid (Column::Id, |r| r.id);
    matter (Column::Id, |r| r.id);
    matter_step (Column::Id, |r| r.id);
    barcode (Column::Id, |r| r.id);
    care (Column::Id, |r| r.id);
    opening (Column::Id, |r| r.id);
    disclosure (Column::Id, |r| r.id);
    barred (Column::Digest, |r| r.digest.clone());
    rights_request (Column::Id, |r| r.id);
    recall (Column::Id, |r| r.id);
    shift (Column::Id, |r| r.id);
    turn (Column::Id, |r| r.id);
    activity (Column::Id, |r| r.id);
    activity_strike (Column::Id, |r| r.id);
}

part! { keys, restore_keys:
    keyring (Column::KeyId, |r| r.key_id);
    subject_key ((Column::SubjectId, Column::Compartment, Column::Version), |r| (r.subject_id, r.compartment, r.version));
}
