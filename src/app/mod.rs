//! Use cases, one verb a file: what a page or a command may ask for.
//!
//! May import every room but `web` and `cli`. Offers [`App`], opened once a process, and its verbs:
//!
//! - `open`: makes or opens a data folder and unlocks it.
//! - `activity`: what was done of publicity and mobilisation, without a word about anybody.
//! - `account`: log-in, sessions, set-up link, accounts.
//! - `password`: changing, resetting, re-opening an account.
//! - `register`: interests and guided enrolments, checked against everybody before they are saved; `takeback`: undone within minutes.
//! - `import`: stage, preview, admit, discard, report.
//! - `care`: aid to donors' families and recipients, remembrance, calls to families that agreed to them.
//! - `consent`: consents given to a text that has changed since, and given anew.
//! - `correct`: the correction list; `put_right`: the data of a person on file, changed at the office.
//! - `review`: pairs that may be one person: queue, side by side, decide, undo; `joined`: how they stand then; `scan`: finding them, and their list.
//! - `people`: search, a person's page, disclosure, withdrawal, the decision on an unreadable status; `leaving`: how it was told; `death`: a death with its day and source; `age`: who leaves by age.
//! - `self_enrol`: an interest on the registrant's own phone.
//! - `follow`: plan, send, tasks, first contact, calendars, the coming policy; `answer`: the registrant's side of a link; `own_page`: what is behind its second fact; `own_tell`: what is told there.
//! - `said`: what registrants say of themselves, on their page or in a call, stored by one way.
//! - `grid`: the GRID of a stem-cell registrant.
//! - `list_state`: lists that are worked out from everybody's sealed data; `kept`: how they are kept.
//! - `in_error`: an exit, a death or an enrolment that was entered in error, taken back; `own_word`: what the registrant said themselves since stands.
//! - `notice`: mails of the office to itself.
//! - `sample`: samples of stem-cell registrants, and the enrolment by an accepted one.
//! - `release`: a barcode that was noted with the wrong person, freed for the right one.
//! - `barcode`: sample barcodes stored before it was noted whose they are; `old_number`: numbers of the national registry from before they were counted.
//! - `schedule`: what the running server does by itself.
//! - `erase`: erasure at request; `rights`: requests with their clocks, objection, proof of consent; `rights_answer`: how they are answered;
//!   `again`: contact allowed again; `export_person`: a copy of everything.
//! - `donor`: donations, deferrals, blood groups, and from when somebody may give; the rule sets that say so.
//! - `outside`: what other systems know of a registration; `urgent`: match notices, death notices, emergency openings, the look-up.
//! - `wish`: what an organ and body registrant wishes, in depth.
//! - `volunteer`: teams, hours, first-aid certificates, skills of volunteers; the call-out list.
//! - `report`: every report from the facts; releases for the public; plans.
//! - `drive`: drives and today's numbers; `shift`: targets, shifts, who came, and the hours that follow. `office`: keys, audit, backup; `rotate`: new keys, and the passphrase.

mod account;
mod activity;
mod actor;
mod again;
mod age;
mod answer;
mod barcode;
mod care;
mod consent;
mod correct;
mod death;
mod disclosure;
mod donor;
mod drive;
mod erase;
mod erasure_journal;
mod error;
mod export_person;
mod follow;
mod grid;
mod in_error;
mod joined;
mod kept;
mod leaving;
mod list_state;
mod live;
mod notice;
mod office;
mod old_number;
mod open;
mod outside;
mod own_family;
mod own_later;
mod own_page;
mod own_tell;
mod own_word;
mod password;
mod people;
mod put_right;
mod register;
mod release;
mod report;
mod review;
mod rights;
mod rights_answer;
mod rotate;
mod said;
mod sample;
mod scan;
mod schedule;
mod self_enrol;
mod shift;
mod takeback;
mod told;
mod told_as;
mod urgent;
mod volunteer;
mod wish;

pub mod demo;
pub mod form;
pub mod import;

use std::sync::{Arc, RwLock};

use crate::config::Config;
use crate::domain::consent::ConsentTexts;
use crate::domain::time::Timestamp;
use crate::domain::town::Towns;
use crate::followup::policy::Policies;
use crate::store::Store;
use crate::vault::{Cost, Vault};

pub use crate::store::{DriveRow, Recorder};
pub use account::{SessionStart, Staff, fresh_password};
pub use activity::{ActivityLine, ActivityPage, Behind};
pub use actor::Actor;
pub use again::{AgainLine, Silence};
pub use age::AgeTally;
pub use answer::{Answer, LinkPage};
pub use barcode::BarcodeTally;
pub use care::{AidCase, AidForm, AidStep, FamilyForm, FamilyLine, RemembranceForm, RemembranceLine};
pub use consent::{OlderConsent, OlderCount, RenewalForm};
pub use correct::CorrectionItem;
pub use disclosure::{Access, DisclosureLine, Refused};
pub use donor::{DonorFact, DonorPage, ProposedRules, Recall, RecallLine, RuleEditions, RulePreview, Sent};
pub use drive::DrivePage;
pub use erasure_journal::erasure_list;
pub use error::AppError;
pub use export_person::{CopyPart, PARTS as COPY_PARTS, PersonCopy};
pub use follow::{
    Calendar, CalendarLine, Calibration, CallNumbers, Called, Doubt, DoubtVerdict, FirstContact, HandOne, HandOver, HandsWaiting, Heard,
    HoldLine, LetterOut, NumberCounts, PlanOutcome, PolicyPreview, ReadinessLine, ReadinessList, Results, ResultsRead, SendTally, Taken,
    TaskItem, TaskOutcome, TaskPlace, ToldBy, Trial, TrialState,
};
pub use in_error::{InErrorLine, InErrorPage, Restored, TakenBackLine};
pub use kept::Progress;
pub use leaving::LeavingLine;
pub use list_state::{ListState, SlowList};
pub use office::{KeysStatus, LogEntry, restore};
pub use open::{Opened, Unlock, root_key};
pub use outside::{OutsideItem, OutsideLine, OutsideStep};
pub use own_page::{FactCheck, OwnPage, Pending};
pub use own_tell::{Done, Told, Unclear, Will};
pub use own_word::OwnWord;
pub use people::{GridState, Opening, PersonPage, PersonRow, Source};
pub use put_right::PutRight;
pub use register::Circumstances;
pub use release::CodeOf;
pub use report::{EntryForm, PlanForm, ReportKind, StoredRelease, UnitForm, year_begins};
pub use review::{PairPage, QueueItem, Verdict};
pub use rights::{ConsentItem, RightsItem};
pub use rotate::{FOLLOW_KEYS, Rotated, protect_root};
pub use said::Stays;
pub use sample::{SampleCase, SamplePage};
pub use scan::ScanTally;
pub use schedule::{Round, Schedule};
pub use self_enrol::SelfSaved;
pub use shift::{DriveBoard, ShiftCase, Targets, TurnCase};
pub use takeback::{TakenBack, UNDO_SECONDS};
pub use urgent::{
    DeskLine, Duty, DutyDay, Found, LookUpWhy, MatchCase, MatchForm, MatterHead, MatterOf, NoticeCase, NoticeForm, NoticeHead, Once,
    OpenReason, OpeningLine, StepForm, StepLine, UrgentBoard, UrgentNow,
};
pub use volunteer::{CallOut, CallOutLine, Expiring, RUNS_OUT, Served, ServiceLine, VolunteerPage};
pub use wish::{WishPage, wish_of};

/// An open registry: database, keys, rules, and the index over everybody.
pub struct App {
    /// Settings.
    pub config: Config,
    /// The branch's towns.
    pub towns: Towns,
    /// Consent texts.
    pub texts: ConsentTexts,
    /// What runs against the clock.
    pub clocks: crate::domain::urgent::Clocks,
    /// Up to which age a registration stays on file.
    pub ages: crate::domain::age::AgeLimits,
    policies: Policies,
    /// The rule sets of eligibility, with the setting they were read from.
    rules: donor::Cached,
    readiness: crate::followup::readiness::Editions,
    /// The order of the calls as it was worked out last.
    call_order: kept::Kept<follow::CallOrder>,
    /// Everybody who serves, as of which change.
    volunteers: kept::Kept<volunteer::Serving>,
    /// Blood donors by group and town, as of which change.
    grouped: kept::Kept<donor::Grouped>,
    experiments: Vec<follow::Declared>,
    store: Store,
    vault: Arc<Vault>,
    cost: Cost,
    live: RwLock<live::Live>,
    facts: tokio::sync::RwLock<report::Book>,
    /// How many pairs wait for a registrar, and as of which change.
    waiting: std::sync::Mutex<Option<(i64, u64)>>,
    /// One follower of the change feed at a time.
    following: tokio::sync::Mutex<()>,
    /// One save at a time in this process, so that only other processes can make a check out of date.
    saving: tokio::sync::Mutex<()>,
    hashing: Arc<tokio::sync::Semaphore>,
}

impl App {
    /// The branch's name.
    pub fn branch(&self, english: bool) -> &str {
        if english { &self.config.branch.en } else { &self.config.branch.zh }
    }

    /// Today in the branch's zone.
    pub fn today(&self, now: Timestamp) -> chrono::NaiveDate {
        now.date_in(self.config.zone)
    }

    /// The keyed digests of this registry, for tokens that pages carry.
    pub fn keyed(&self) -> &dyn crate::domain::Keyed {
        &*self.vault
    }
}
