//! kill -9 under concurrent registrations: nothing acknowledged is lost, nothing is there twice.
//!
//! A few cycles by default; more with `DONOR_REGISTRY_TEST_KILL_CYCLES=100 cargo test --test it kill_nine -- --nocapture`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use donor_registry::app::Actor;
use donor_registry::domain::Guarded;

use crate::harness::desk::{self, Desk};
use crate::harness::kill::{Item, Plan, Target, run};
use crate::harness::people::Invented;
use crate::harness::program::{Registry, Server, free_port};

const CLIENTS: usize = 8;
const PASSWORD: &str = "correct-horse-battery-9";

struct Office {
    registry: Registry,
    port: u16,
    desks: Vec<Mutex<Desk>>,
}

impl Target for Office {
    type Life = Server;

    fn start(&self) -> Server {
        self.registry.serve_on(self.port)
    }

    fn register(&self, server: &Server, client: usize, item: Item) -> bool {
        let mut desk = self.desks[client].lock().unwrap();
        match desk.interest(&desk::key(item.0), &Invented::of(item.0), "stem-cell") {
            // The session survives the kill; only the line is gone, and the next request opens a new one.
            Err(_) => false,
            Ok(answer) if answer.status == 303 => true,
            Ok(answer) => panic!("item {}: status {}\n{}\n{}", item.0, answer.status, answer.text(), server.log_text()),
        }
    }

    fn kill(&self, server: &Server) {
        server.kill_9();
    }
}

#[test]
fn after_kill_nine_every_acknowledged_registration_is_there_once() {
    let registry = Registry::new();
    registry.add_account("recruiter", PASSWORD, "recruiter");
    let port = free_port();
    // Signed in once, before anything is killed: log-ins that are cut off count towards the limit, and sessions outlive the process.
    let server = registry.serve_on(port);
    let desks = (0..CLIENTS).map(|_| Mutex::new(Desk::sign_in(&server, "recruiter", PASSWORD).unwrap())).collect();
    server.stop();
    let office = Office { registry, port, desks };
    let plan = Plan { cycles: Plan::cycles_or(4), clients: CLIENTS, latest_kill: Duration::from_millis(400), seed: 20_261_123 };
    let begun = Instant::now();
    let account = run(&office, plan);
    let took = begun.elapsed();
    let sent: Vec<Item> = account.acknowledged.iter().chain(&account.unanswered).copied().collect();
    let stored = office.registry.look(|app| async move {
        let mut stored = BTreeMap::new();
        for item in sent {
            let rows = app.search(Actor::Console, &Guarded::new(Invented::of(item.0).phone)).await.expect("the registry answers");
            if !rows.is_empty() {
                stored.insert(item, rows.len());
            }
        }
        stored
    });
    println!(
        "{} cycles, {CLIENTS} clients, {:.1} s: {} acknowledged, {} of them when sent again, {} unanswered, {} stored",
        plan.cycles,
        took.as_secs_f64(),
        account.acknowledged.len(),
        account.acknowledged_again,
        account.unanswered.len(),
        stored.len()
    );
    let breaches = account.breaches(&stored);
    assert!(breaches.is_empty(), "{} breaches:\n{}", breaches.len(), breaches.join("\n"));
    assert!(account.acknowledged.len() >= CLIENTS, "too little happened to prove anything");
    office.registry.done(&["audit", "verify"]);
}
