//! One file a table: ids, instants, dates, enums, sealed and keyed bytes; never a text of personal data.

pub mod value;

pub mod attempt;
pub mod audit_leaf;
pub mod bounce;
pub mod campaign;
pub mod change;
pub mod consent;
pub mod contact_index;
pub mod correction;
pub mod drive;
pub mod enrolment;
pub mod erasure;
pub mod fact;
pub mod health_fact;
pub mod hold;
pub mod idempotency;
pub mod identifier_claim;
pub mod import;
pub mod import_row;
pub mod keyring;
pub mod lease;
pub mod link;
pub mod membership;
pub mod outbox;
pub mod pair;
pub mod person;
pub mod record;
pub mod release;
pub mod session;
pub mod setting;
pub mod staff;
pub mod stat_link;
pub mod subject;
pub mod subject_key;
pub mod task;
