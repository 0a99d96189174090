//! The database: SQLite by default, PostgreSQL by URL, one schema and one behaviour.
//!
//! For: every row of a registry. Seals on write, opens on read; keeps no key: whoever calls hands in the vault. The only room that names
//! sea_orm. May import: `domain`, `vault`. Async throughout; time and keys come in as arguments.
//!
//! Three kinds of verbs:
//!
//! - *Preparing* ([`prepare`], [`prepare_with`], [`prepare_further`], [`prepare_consent`], [`prepare_fact`], [`prepare_health`], [`prepare_service`]): pure but for entropy; all sealing,
//!   indexing and MACs of a registration, before any transaction.
//! - *Reading* (methods of [`Store`]): keyring, settings, people (pages, [`PersonView`], [`Store::resolve`]), exact look-ups, queues, imports,
//!   the change feed, the audit log; [`Store::people`], [`Store::facts`], [`Store::standings`] stream whole columns at unlock.
//! - *Writing* (methods of [`Tx`], from [`Store::begin`]): one transaction at a time over all processes; changes and audit leaves are numbered
//!   in it, in the order of commits; [`Tx::commit`] is durable when it returns, dropping rolls back. Never wrap one in a time limit.
//!
//! [`backup`] and [`restore`] move a whole registry, between the two databases too.
//!
//! Rows that hold no personal text are handed out as they are (`...Row`). A row version given back with a change is compared: a stale edit is
//! [`StoreError::Stale`]. Rows with a MAC are checked when read; one changed outside the program is [`StoreError::Tampered`].

mod activity;
mod admit;
mod answered;
mod audit;
mod backup;
mod barcode;
mod barred;
mod base64;
mod behind;

mod bulk;
mod cancelled;
mod care;
mod change;
mod connect;
mod consent;
mod corrected;
mod death;
mod delivery;
mod desk;
mod disclosure;
mod dump;
mod entity;
mod error;
mod facts;
mod followup;
mod grid;
mod health;
mod held;
mod hex;
mod import;
mod latest;
mod leaving;
mod matter;
mod merged;
mod meta;
mod office;
mod old_barcode;
mod old_number;
mod outside;
mod pages;
mod pause;
mod person;
mod prepare;
mod readiness;
mod recall;
mod release;
mod restore;
mod returned;
mod review;
mod rights;
mod rotate;
mod rowmac;
mod sealed_fact;
mod service;
mod shift;
mod source;
mod staff;
mod stand;
mod standing;
mod standing_step;
mod stream;
mod takeback;
mod tally;
mod task;
mod told;
mod tx;
mod watched;
mod word;

pub use activity::{ActivityRow, ActivityView, StrikeRow};
pub use admit::{Admitted, Place};
pub use answered::UsedLink;
pub use audit::{AuditEntry, AuditLeaf, Head};
pub use backup::{BackupReport, DATA_FILE, KEYS_FILE, backup};
pub use barcode::{BarcodeTag, barcode_taken};
pub use care::{CareRow, CaseOwner};
pub use change::{Change, ChangeKind};
pub use connect::{PostgresUrl, SQLITE_FILE, Store, StoreUrl};
pub use corrected::{prepare_corrected, prepare_phoned};
pub use death::{DeathView, PreparedDeath, prepare_death};
pub use delivery::DeliveryRow;
pub use disclosure::DisclosureRow;
pub use entity::value::{Day, Opaque};
pub use error::StoreError;
pub use followup::{Claimed, LinkRow, LinkUse, OutboxRow, TaskRow};
pub use grid::{GridView, SealedGrid};
pub use health::{HealthView, PreparedHealth, prepare_health};
pub use import::{AdmittedRow, CorrectionRow, ImportRow, RowAdmission, StagedRow, seal_source};
pub use latest::{Latest, LatestStream};
pub use leaving::{LeavingView, PreparedLeaving, prepare_leaving};
pub use matter::{MatterDraft, MatterRow, MatterStepRow, OpeningRow, StepDraft};
pub use meta::settings;
pub use office::{Begun, CampaignRow, DriveRow};
pub use old_barcode::{OldBarcode, OldBarcodes};
pub use old_number::{OldNumber, OldNumbers};
pub use outside::{OutsideRow, OutsideStepRow, OutsideView, SealedEvidence, SealedNumber};
pub use pause::PauseRow;
pub use person::{ConsentRow, EnrolmentRow, MembershipRow, PersonRow, PersonView, RecordView, SubjectRow, SubjectView};
pub use prepare::{
    ConsentGiven, Occasion, Preparation, PreparedConsent, PreparedFact, PreparedRecord, SCHEMA, prepare, prepare_consent, prepare_fact,
    prepare_further, prepare_with,
};
pub use readiness::ReadinessSeen;
pub use recall::RecallRow;
pub use release::ReleaseRow;
pub use restore::restore;
pub use returned::{AgainRow, BounceRow, HoldRow};
pub use review::{CorrectionView, PairFound, PairRow};
pub use rights::RightsRow;
pub use rotate::{DekPlace, Renewed};
pub use service::{PreparedService, ServiceView, prepare_service};
pub use shift::{ShiftRow, TurnRow};
pub use source::{Recorded, Recorder};
pub use staff::{SessionRow, StaffDraft, StaffRow};
pub use stand::{Stands, counted};
pub use standing::ErasureRow;
pub use standing_step::{StandingAct, StandingMove, StandingStepRow};
pub use stream::{DaysTold, EntryRecord, PeopleStream, PersonEntry, StandingEntry};
pub use told::{PreparedTold, ToldView, prepare_told};
pub use tx::Tx;
pub use word::{
    CampaignState, ContactKind, CorrectionState, ImportState, MatterKind, MembershipDecision, Origin, OutboxState, PairBasis, PairDecision,
    RowOutcome, TaskChannel, TaskState, Verdict,
};
