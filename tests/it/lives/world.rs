//! A registry with its people, and what must hold in it after every step.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use donor_registry::app::form::AccountForm;
use donor_registry::app::{Actor, App, AppError, Once, PersonPage, Sent, Unlock};
use donor_registry::config::{Argon2Cost, Config, MailRoute, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::{MatterId, PairId, PublicId, SubjectId};
use donor_registry::domain::registry::{EnrolmentStatus, Registry};
use donor_registry::domain::role::Roles;
use donor_registry::domain::time::Timestamp;
use donor_registry::store::{OutboxState, Store, StoreUrl, TaskState};

use super::model::{Case, Kind, Life, PEOPLE, TWIN};
use crate::harness::desk::key;

/// 2026-01-05T08:00:00Z.
const START: Timestamp = Timestamp(1_767_600_000_000_000);

/// How a person stands in each registry, and since when.
pub type Standings = Vec<(Registry, EnrolmentStatus, NaiveDate)>;

pub struct World {
    _folder: tempfile::TempDir,
    pub app: Arc<App>,
    store: Store,
    pub staff: Actor,
    pub now: Timestamp,
    pub lives: Vec<Life>,
    pub cases: Vec<Case>,
    /// Death notices of people who were erased: nothing of them is told any more.
    pub orphans: Vec<MatterId>,
    /// The pair by which the first person and the twin were joined, and how each stood before.
    pub joined: Option<(PairId, [Standings; 2])>,
    /// So that no two sheets have the same bytes, and no two forms one key.
    pub forms: u64,
}

pub fn text(of: impl Into<String>) -> Guarded<String> {
    Guarded::new(of.into())
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let sources = Sources { working_folder: folder.path().to_owned(), ..Sources::default() }.with("data", Some(data.display()));
        let mut config = Config::load(&sources, Purpose::Demo).unwrap();
        config.argon2 = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        // A file where the folder of mails should be: what is queued stays queued, as with a server that is down.
        let nowhere = folder.path().join("nowhere");
        std::fs::write(&nowhere, "").unwrap();
        config.mail.route = MailRoute::Folder(nowhere);
        let app = Arc::new(App::open(config, Unlock::default(), START).await.unwrap().app);
        let password = Guarded::new("correct horse battery staple".to_owned());
        let form = AccountForm { login: "lin".into(), name: "lin".into(), password, roles: Roles::small_branch() };
        app.add_account(Actor::Console, form, START).await.unwrap();
        let staff = app.actor_named("lin").await.unwrap();
        let store = Store::open(&StoreUrl::folder(&data)).await.unwrap();
        let (lives, cases, orphans) = (vec![Life::default(); PEOPLE], Vec::new(), Vec::new());
        Self { _folder: folder, app, store, staff, now: START, lives, cases, orphans, joined: None, forms: 0 }
    }

    pub fn today(&self) -> NaiveDate {
        self.app.today(self.now)
    }

    pub fn sent(&mut self) -> Sent {
        let Once { key, fingerprint } = self.once();
        Sent { key, fingerprint }
    }

    pub fn once(&mut self) -> Once {
        self.forms += 1;
        Once { key: key(self.forms), fingerprint: [1; 32] }
    }

    pub async fn people(&self) -> Vec<PublicId> {
        self.app.people_page(self.staff, None, 100).await.unwrap().into_iter().map(|row| row.public_id).collect()
    }

    pub async fn page(&self, id: &PublicId) -> PersonPage {
        self.app.person(self.staff, id, self.now).await.unwrap()
    }

    pub async fn status(&self, id: &PublicId, registry: Registry) -> Option<EnrolmentStatus> {
        self.page(id).await.standings.into_iter().find(|(r, ..)| *r == registry).map(|(_, status, _)| status)
    }

    /// Whether somebody is, for now, taken for one with another: then nothing happens to them, so that undoing it can be compared.
    pub fn is_held(&self, who: usize) -> bool {
        self.joined.is_some() && [0, TWIN].contains(&who)
    }

    /// The public id of somebody who is on file and to whom something may happen.
    pub fn free(&self, who: usize) -> Option<PublicId> {
        self.lives[who].id.clone().filter(|_| !self.is_held(who))
    }

    /// Whether what was tried was done; a refusal that tells so is an answer too.
    pub fn done(result: Result<(), AppError>) -> bool {
        match result {
            Ok(()) => true,
            Err(AppError::Stale | AppError::Missing(_) | AppError::CountDiffers) => false,
            Err(other) => panic!("{other}"),
        }
    }

    /// What must hold after every step.
    pub async fn check(&mut self) {
        let waiting = self.waiting().await;
        let mut pool: BTreeMap<Registry, u64> = BTreeMap::new();
        let mut seen: Vec<PublicId> = Vec::new();
        for who in 0..PEOPLE {
            let Some(id) = self.lives[who].id.clone() else { continue };
            let page = self.page(&id).await;
            if !self.is_held(who) {
                self.check_life(who, &page, &waiting);
            }
            // Two who are taken for one are counted once.
            if seen.contains(&page.view.row.public_id) {
                continue;
            }
            seen.push(page.view.row.public_id.clone());
            for (registry, _, _) in page.standings.iter().filter(|(_, status, _)| status.in_pool()) {
                *pool.entry(*registry).or_default() += 1;
            }
            if !page.standings.iter().any(|(registry, status, _)| status.may_follow_up(*registry)) {
                assert!(!asked(&page, &waiting), "nothing is queued for who left");
            }
        }
        let living: Vec<_> = self.lives.iter().filter_map(|life| life.id.clone()).collect();
        for id in self.people().await.into_iter().filter(|id| !living.contains(id)) {
            let page = self.page(&id).await;
            assert!(page.view.records().all(|r| r.identity.is_none() && r.contact.is_none()), "nothing of an erased person opens");
            assert!(page.standings.iter().all(|(_, status, _)| matches!(status, EnrolmentStatus::Exited(_))));
            assert!(!asked(&page, &waiting), "nothing is queued for who was erased");
        }
        self.check_cases().await;
        let today = self.today();
        let flows = self.app.flows(today - Days::new(200), today).await.unwrap();
        assert!(flows.reconciles(), "{flows:#?}");
        let counted = self.app.pool(today).await.unwrap();
        for registry in Registry::ALL {
            let told = counted.registry(registry).pool();
            assert_eq!(told, pool.get(&registry).copied().unwrap_or(0), "{registry:?}: the report counts whom the pages show in the pool");
        }
    }

    /// Of one person, what the model knows beside what the page says.
    fn check_life(&mut self, who: usize, page: &PersonPage, waiting: &[SubjectId]) {
        let today = self.today();
        let life = &mut self.lives[who];
        for (registry, status, _) in &page.standings {
            if life.left.contains_key(registry) {
                assert!(!status.may_contact(), "{registry:?} {status:?}: no sheet re-opens what was left, unless it says a later day");
            }
            assert!(!(life.dead && status.may_contact()), "{registry:?} {status:?}: nobody who died comes back");
            if *status == EnrolmentStatus::Enrolled {
                assert!(*registry == Registry::StemCell && life.accepted, "{registry:?}: 入库 only after an accepted sample");
            }
            // A deferral for good is undone by its own step, which opens the blood donor's registration again.
            if matches!(status, EnrolmentStatus::Exited(_)) && *registry != Registry::Blood {
                life.left.entry(*registry).or_insert(today);
                life.accepted &= *registry != Registry::StemCell;
            }
        }
        assert!(!(life.dead && asked(page, waiting)), "nobody calls or writes to who died");
        assert!(!(life.objected && asked(page, waiting)), "nobody calls or writes to who objected");
    }

    /// What is open stands where it should, and nothing else is open.
    async fn check_cases(&self) {
        let board = self.app.urgent_board(self.staff, self.now).await.unwrap();
        let mut told: BTreeMap<String, &'static str> = board.matches.iter().map(|m| (m.id.to_string(), m.phase.word())).collect();
        told.extend(board.notices.iter().filter(|n| !self.orphans.contains(&n.id)).map(|n| (n.id.to_string(), n.phase.word())));
        let open = self.cases.iter().filter(|case| case.kind != Kind::Sample && !case.is_over());
        let known: BTreeMap<String, &'static str> = open.map(|case| (case.id.to_string(), case.phase)).collect();
        assert_eq!(told, known, "match requests and death notices that are open");
        for case in self.cases.iter().filter(|case| case.kind == Kind::Sample) {
            assert_eq!(self.seen(case).await.0, case.phase, "{case:?}");
        }
    }

    /// For whom something is planned or queued.
    pub async fn waiting(&self) -> Vec<SubjectId> {
        let tasks = self.store.open_tasks().await.unwrap();
        let queued = tasks.iter().filter(|t| matches!(t.state, TaskState::Planned | TaskState::Queued)).map(|t| t.subject_id);
        let mut waiting: Vec<_> = queued.collect();
        for state in [OutboxState::Due, OutboxState::Retry, OutboxState::Uncertain] {
            waiting.extend(self.store.messages(state, 1_000).await.unwrap().into_iter().map(|m| m.subject_id));
        }
        waiting
    }
}

fn asked(page: &PersonPage, waiting: &[SubjectId]) -> bool {
    page.view.subjects.iter().any(|s| waiting.contains(&s.row.id))
}
