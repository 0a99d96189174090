//! Random lives of a few people, against what must hold whatever happens: registrations by sheets old and new, withdrawals, deaths, erasures,
//! donations, deferrals, first contacts, plans. `PROPTEST_CASES=5500 cargo test --release --test it lives` is about 100,000 transitions.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use donor_registry::app::form::AccountForm;
use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, AppError, Sent, Unlock};
use donor_registry::config::{Argon2Cost, Config, Purpose, Sources};
use donor_registry::domain::Guarded;
use donor_registry::domain::death::{Death, DeathSource};
use donor_registry::domain::eligibility::{Deferral, Donation, DonationKind, HealthFact, SourceOf};
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::domain::role::Roles;
use donor_registry::domain::time::Timestamp;
use donor_registry::store::{OutboxState, Store, StoreUrl, TaskState};
use proptest::prelude::*;

use crate::harness::people::check_digit;

/// 2026-01-05T08:00:00Z.
const START: Timestamp = Timestamp(1_767_600_000_000_000);
const PEOPLE: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    /// A sheet of one person: which registry, and how many days old the row says it is; none: it says no day.
    Sheet(usize, Registry, Option<u64>),
    Withdraw(usize, Registry),
    Die(usize),
    Erase(usize, bool),
    Donate(usize, u64),
    Defer(usize, Option<u64>),
    Undo(usize),
    Release,
    Plan,
    Wait(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE;
    let registry = || prop::sample::select(vec![Registry::Blood, Registry::Volunteer]);
    prop_oneof![
        6 => (who(), registry(), prop::option::of(0u64..90)).prop_map(|(w, r, d)| Step::Sheet(w, r, d)),
        2 => (who(), registry()).prop_map(|(w, r)| Step::Withdraw(w, r)),
        1 => who().prop_map(Step::Die),
        1 => (who(), any::<bool>()).prop_map(|(w, bar)| Step::Erase(w, bar)),
        2 => (who(), 0u64..400).prop_map(|(w, d)| Step::Donate(w, d)),
        2 => (who(), prop::option::of(0u64..200)).prop_map(|(w, d)| Step::Defer(w, d)),
        1 => who().prop_map(Step::Undo),
        2 => Just(Step::Release),
        2 => Just(Step::Plan),
        2 => (1u64..60).prop_map(Step::Wait),
    ]
}

/// What is known of one person outside the program.
#[derive(Debug, Default, Clone)]
struct Life {
    id: Option<PublicId>,
    /// Asked to be erased and not to be taken in again.
    barred: bool,
    dead: bool,
    /// Left a registry of their own will on a day, and no sheet that says a later day came since.
    left: BTreeMap<Registry, NaiveDate>,
    /// Deferred for good, and that was not undone.
    for_good: bool,
}

struct World {
    _folder: tempfile::TempDir,
    app: Arc<App>,
    store: Store,
    staff: Actor,
    now: Timestamp,
    lives: Vec<Life>,
    /// So that no two sheets have the same bytes.
    sheets: u64,
}

fn document(who: usize) -> String {
    let first17 = format!("5120021985060{}01{}", who + 1, who + 3);
    format!("{first17}{}", check_digit(&first17))
}

fn name(who: usize) -> &'static str {
    ["谭秋霜", "罗建国", "欧阳明珠"][who]
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let sources = Sources { working_folder: folder.path().to_owned(), ..Sources::default() }.with("data", Some(data.display()));
        let mut config = Config::load(&sources, Purpose::Demo).unwrap();
        config.argon2 = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        let app = Arc::new(App::open(config, Unlock::default(), START).await.unwrap().app);
        let password = Guarded::new("correct horse battery staple".to_owned());
        let form = AccountForm { login: "lin".into(), name: "lin".into(), password, roles: Roles::small_branch() };
        app.add_account(Actor::Console, form, START).await.unwrap();
        let staff = app.actor_named("lin").await.unwrap();
        let store = Store::open(&StoreUrl::folder(&data)).await.unwrap();
        Self { _folder: folder, app, store, staff, now: START, lives: vec![Life::default(); PEOPLE], sheets: 0 }
    }

    fn today(&self) -> NaiveDate {
        self.app.today(self.now)
    }

    fn sent(&mut self) -> Sent {
        self.sheets += 1;
        Sent { key: crate::harness::desk::key(self.sheets), fingerprint: [1; 32] }
    }

    async fn people(&self) -> Vec<PublicId> {
        self.app.people_page(self.staff, None, 100).await.unwrap().into_iter().map(|row| row.public_id).collect()
    }

    /// Whether what was tried was done; a refusal that tells so is an answer too.
    fn done(result: Result<(), AppError>) -> bool {
        match result {
            Ok(()) => true,
            Err(AppError::Stale | AppError::Missing(_) | AppError::CountDiffers) => false,
            Err(other) => panic!("{other}"),
        }
    }

    async fn take(&mut self, step: &Step) {
        self.now = self.now.plus_seconds(3_600);
        let (app, staff, now, today) = (Arc::clone(&self.app), self.staff, self.now, self.today());
        match *step {
            Step::Sheet(who, registry, age) => {
                self.sheets += 1;
                let day = age.map(|age| today - Days::new(age));
                let date = day.map(|d| d.to_string()).unwrap_or_default();
                let sheet = format!(
                    "姓名,联系电话,电子邮箱,身份证号,登记日期,备注\n{},1640000002{who},p{who}@far.example,{},{date},第{}张\n",
                    name(who),
                    document(who),
                    self.sheets
                );
                let options = ImportOptions { registry: Some(registry), ..ImportOptions::default() };
                let staged = app.stage(staff, Guarded::new(sheet.into_bytes()), "sheet.csv", &options, now, &mut |_, _| {}).await.unwrap();
                let Staged::Draft(import) = staged else { panic!("every sheet has its own bytes") };
                let before = self.people().await;
                let totals = app.admit(staff, import, now).await.unwrap();
                let after = self.people().await;
                let life = &mut self.lives[who];
                if life.barred {
                    assert_eq!((totals.refused, totals.accepted + totals.review), (1, 0), "who asked not to return is refused");
                    assert_eq!(before, after);
                    return;
                }
                assert_eq!(totals.refused, 0);
                match &life.id {
                    Some(_) => assert_eq!(before, after, "a known person is joined"),
                    None => life.id = after.into_iter().find(|id| !before.contains(id)),
                }
                if let (Some(day), Some(left)) = (day, life.left.get(&registry))
                    && day > *left
                {
                    life.left.remove(&registry);
                }
            }
            Step::Withdraw(who, registry) => {
                let Some(id) = self.lives[who].id.clone() else { return };
                if Self::done(app.leave(staff, &id, registry, ExitReason::Withdrew, now).await) {
                    self.lives[who].left.insert(registry, today);
                }
            }
            Step::Die(who) => {
                let Some(id) = self.lives[who].id.clone() else { return };
                let open =
                    app.person(staff, &id, now).await.unwrap().standings.iter().any(|(_, s, _)| !matches!(s, EnrolmentStatus::Exited(_)));
                // Told some days after it happened, more often than not.
                let day = today - Days::new(self.sheets % 9);
                app.died(staff, &id, Death { day, told_by: DeathSource::Family }, now).await.unwrap();
                self.lives[who].dead |= open;
            }
            Step::Erase(who, bar) => {
                let Some(id) = self.lives[who].id.clone() else { return };
                let (sent, typed) = (self.sent(), Guarded::new(id.to_string()));
                app.erase_person(staff, &id, &typed, bar, sent, now).await.unwrap();
                self.lives[who] = Life { barred: bar, ..Life::default() };
                let found = app.search(staff, &Guarded::new(document(who))).await.unwrap();
                assert!(found.is_empty(), "nobody is found by the number of an erased person");
            }
            Step::Donate(who, back) => {
                let fact = HealthFact::Donation(Donation {
                    kind: DonationKind::WholeBlood,
                    day: today - Days::new(back),
                    millilitres: Some(400),
                    units: None,
                    place: None,
                    source: SourceOf::Station,
                });
                self.record(who, fact).await;
            }
            Step::Defer(who, ahead) => {
                let fact =
                    HealthFact::Deferral(Deferral { until: ahead.map(|n| today + Days::new(n)), source: SourceOf::Station, ended: None });
                if self.record(who, fact).await && ahead.is_none() {
                    self.lives[who].for_good = true;
                }
            }
            Step::Undo(who) => {
                let Some(id) = self.lives[who].id.clone() else { return };
                let page = app.disclose(staff, &id, donor_registry::app::Opening::Correct, now).await.unwrap();
                let Some(fact) = page.donor.unwrap().facts.into_iter().find(|f| !f.undone) else { return };
                let sent = self.sent();
                app.undo_health(staff, &id, fact.id, sent, now).await.unwrap();
                let page = app.disclose(staff, &id, donor_registry::app::Opening::Correct, now).await.unwrap();
                self.lives[who].for_good = page.donor.unwrap().history.deferrals.iter().any(|d| d.until.is_none());
            }
            Step::Release => {
                let count = app.first_contact_preview(staff, None, now).await.unwrap().people;
                Self::done(app.first_contact(staff, None, count, now).await.map(drop));
            }
            Step::Plan => {
                app.plan(staff, today, 12, false, now).await.unwrap();
            }
            Step::Wait(days) => self.now = now.plus_seconds(i64::try_from(days).unwrap() * 86_400),
        }
    }

    async fn record(&mut self, who: usize, fact: HealthFact) -> bool {
        let Some(id) = self.lives[who].id.clone() else { return false };
        let sent = self.sent();
        self.app.record_health(self.staff, &id, Guarded::new(fact), sent, self.now).await.unwrap();
        true
    }

    /// What must hold after every step.
    async fn check(&self) {
        let mut pool: BTreeMap<Registry, u64> = BTreeMap::new();
        let mut silent = Vec::new();
        for life in &self.lives {
            let Some(id) = &life.id else { continue };
            let page = self.app.person(self.staff, id, self.now).await.unwrap();
            for (registry, status, _) in &page.standings {
                if status.in_pool() {
                    *pool.entry(*registry).or_default() += 1;
                }
                if life.left.contains_key(registry) {
                    assert!(!status.may_contact(), "{registry:?} {status:?}: no sheet re-opens what was left, unless it says a later day");
                }
                assert!(!(life.dead && status.may_contact()), "{registry:?} {status:?}: nobody who died comes back");
            }
            if !page.standings.iter().any(|(_, status, _)| status.may_contact()) {
                silent.extend(page.view.subjects.iter().map(|s| s.row.id));
            }
        }
        let living: Vec<_> = self.lives.iter().filter_map(|life| life.id.clone()).collect();
        for id in self.people().await.into_iter().filter(|id| !living.contains(id)) {
            let page = self.app.person(self.staff, &id, self.now).await.unwrap();
            assert!(page.view.records().all(|r| r.identity.is_none() && r.contact.is_none()), "nothing of an erased person opens");
            assert!(page.standings.iter().all(|(_, status, _)| matches!(status, EnrolmentStatus::Exited(_))));
            silent.extend(page.view.subjects.iter().map(|s| s.row.id));
        }
        let tasks = self.store.open_tasks().await.unwrap();
        let queued = tasks.iter().filter(|t| matches!(t.state, TaskState::Planned | TaskState::Queued)).map(|t| t.subject_id);
        let mut waiting: Vec<_> = queued.collect();
        for state in [OutboxState::Due, OutboxState::Retry, OutboxState::Uncertain] {
            waiting.extend(self.store.messages(state, 1_000).await.unwrap().into_iter().map(|m| m.subject_id));
        }
        assert!(waiting.iter().all(|subject| !silent.contains(subject)), "nothing is queued for who left");
        let today = self.today();
        let flows = self.app.flows(today - Days::new(200), today).await.unwrap();
        assert!(flows.reconciles(), "{flows:#?}");
        let counted = self.app.pool(today).await.unwrap();
        for registry in [Registry::Blood, Registry::Volunteer] {
            let told = counted.registry(registry).pool();
            assert_eq!(told, pool.get(&registry).copied().unwrap_or(0), "{registry:?}: the report counts whom the pages show in the pool");
        }
    }
}

/// Few by default, since every case makes a registry of its own.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

fn live(steps: &[Step]) {
    let runtime = rocket::tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new().await;
        for step in steps {
            world.take(step).await;
            world.check().await;
        }
    });
}

#[test]
fn who_died_and_leaves_once_more_by_a_later_sheet_has_died_all_the_same() {
    use Registry::{Blood, Volunteer};
    live(&[
        Step::Sheet(1, Volunteer, None),
        Step::Die(1),
        Step::Sheet(1, Volunteer, None),
        Step::Withdraw(1, Volunteer),
        Step::Sheet(1, Blood, None),
    ]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nobody_is_counted_twice_called_after_leaving_or_brought_back_by_an_old_sheet(
        steps in prop::collection::vec(step(), 10..30),
    ) {
        live(&steps);
    }
}
