//! Cycles of concurrent registrations and kill -9, with the account of what was acknowledged.
//!
//! Each client does what a tablet does: it sends an item under an idempotency key of its own and, when no answer came, sends the same item
//! under the same key again after the restart. At the end every acknowledged item must be there once, and every other at most once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::dice::Dice;

/// One thing to be registered; everything about it follows from its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item(pub u64);

/// What is being killed.
pub trait Target: Sync {
    /// One life of the server.
    type Life: Sync;

    /// Starts it and waits until it answers.
    fn start(&self) -> Self::Life;

    /// One client's whole conversation for one item in this life: `true` only if the server said that it is saved. Opens what it needs
    /// itself; a broken line is `false`.
    fn register(&self, life: &Self::Life, client: usize, item: Item) -> bool;

    /// SIGKILL, while clients wait for answers.
    fn kill(&self, life: &Self::Life);
}

/// How hard.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub cycles: u32,
    pub clients: usize,
    /// The kill comes at a random moment up to this long after the first answer of the cycle.
    pub latest_kill: Duration,
    pub seed: u64,
}

impl Plan {
    /// The number of cycles from `DONOR_REGISTRY_TEST_KILL_CYCLES`, else the given one.
    pub fn cycles_or(default: u32) -> u32 {
        std::env::var("DONOR_REGISTRY_TEST_KILL_CYCLES").ok().and_then(|n| n.parse().ok()).unwrap_or(default)
    }
}

/// What the clients were told.
#[derive(Debug, Default)]
pub struct Account {
    pub acknowledged: BTreeSet<Item>,
    /// Sent at least once, never acknowledged.
    pub unanswered: BTreeSet<Item>,
    /// Acknowledged only when sent again.
    pub acknowledged_again: u64,
}

impl Account {
    /// Holds the account against what is stored: how often each item is there.
    ///
    /// Gives every breach: lost after acknowledgement, there twice, or never sent.
    pub fn breaches(&self, stored: &BTreeMap<Item, usize>) -> Vec<String> {
        let lost =
            self.acknowledged.iter().filter(|i| !stored.contains_key(i)).map(|i| format!("item {} was acknowledged and is lost", i.0));
        let doubled = stored.iter().filter(|(_, n)| **n > 1).map(|(i, n)| format!("item {} is there {n} times", i.0));
        let strange = stored
            .keys()
            .filter(|i| !self.acknowledged.contains(i) && !self.unanswered.contains(i))
            .map(|i| format!("item {} was never sent", i.0));
        lost.chain(doubled).chain(strange).collect()
    }
}

/// Runs the cycles. The server is dead afterwards; the caller starts it once more and looks.
///
/// # Panics
/// When a life acknowledges nothing within 30 s.
pub fn run<T: Target>(target: &T, plan: Plan) -> Account {
    let mut dice = Dice::new(plan.seed);
    let next = AtomicU64::new(1);
    let account = Mutex::new(Account::default());
    // What each client has to send again.
    let mut open: Vec<Option<Item>> = vec![None; plan.clients];
    for cycle in 0..plan.cycles {
        let life = target.start();
        let over = AtomicBool::new(false);
        let answered = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for (client, unfinished) in open.iter_mut().enumerate() {
                let (life, over, answered, next, account) = (&life, &over, &answered, &next, &account);
                scope.spawn(move || {
                    while !over.load(Ordering::Acquire) {
                        let again = unfinished.is_some();
                        let item = unfinished.take().unwrap_or_else(|| Item(next.fetch_add(1, Ordering::Relaxed)));
                        let saved = target.register(life, client, item);
                        let mut account = account.lock().expect("no client panics while it holds the account");
                        if saved {
                            answered.store(true, Ordering::Release);
                            account.acknowledged.insert(item);
                            account.unanswered.remove(&item);
                            account.acknowledged_again += u64::from(again);
                        } else {
                            account.unanswered.insert(item);
                            *unfinished = Some(item);
                        }
                    }
                });
            }
            let begun = Instant::now();
            while !answered.load(Ordering::Acquire) && begun.elapsed() < Duration::from_secs(30) {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(Duration::from_micros(
                dice.below(u64::try_from(plan.latest_kill.as_micros()).expect("kills come within years") + 1),
            ));
            // Nobody begins anything new, and those who wait for an answer lose the server.
            over.store(true, Ordering::Release);
            target.kill(&life);
        });
        assert!(answered.load(Ordering::Acquire), "cycle {cycle}: nothing was acknowledged within 30 s");
    }
    account.into_inner().expect("no client panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server in memory: what it saves before it answers is its disk.
    #[derive(Default)]
    struct Toy {
        disk: Mutex<Vec<Item>>,
        dead: AtomicBool,
        /// Answers before it writes, and forgets what was not written when it is killed.
        answers_early: bool,
        /// Does not look at the key.
        forgets_keys: bool,
        unwritten: Mutex<Vec<Item>>,
    }

    impl Target for Toy {
        type Life = ();

        fn start(&self) {
            self.dead.store(false, Ordering::SeqCst);
        }

        fn register(&self, (): &(), _client: usize, item: Item) -> bool {
            std::thread::sleep(Duration::from_micros(200));
            if self.dead.load(Ordering::SeqCst) {
                return false;
            }
            if self.answers_early {
                let mut unwritten = self.unwritten.lock().unwrap();
                unwritten.push(item);
                if unwritten.len() >= 8 {
                    self.disk.lock().unwrap().append(&mut unwritten);
                }
                return true;
            }
            let mut disk = self.disk.lock().unwrap();
            if self.forgets_keys || !disk.contains(&item) {
                disk.push(item);
            }
            drop(disk);
            // The moment between the commit and the answer.
            std::thread::sleep(Duration::from_micros(200));
            !self.dead.load(Ordering::SeqCst)
        }

        fn kill(&self, (): &()) {
            self.dead.store(true, Ordering::SeqCst);
            self.unwritten.lock().unwrap().clear();
        }
    }

    fn breaches(toy: &Toy) -> (Account, Vec<String>) {
        let account = run(toy, Plan { cycles: 30, clients: 8, latest_kill: Duration::from_millis(4), seed: 5 });
        let mut stored = BTreeMap::new();
        for item in toy.disk.lock().unwrap().iter() {
            *stored.entry(*item).or_insert(0) += 1;
        }
        let breaches = account.breaches(&stored);
        (account, breaches)
    }

    #[test]
    fn a_server_that_writes_before_it_answers_and_knows_its_keys_passes() {
        let (account, breaches) = breaches(&Toy::default());
        assert!(breaches.is_empty(), "{breaches:?}");
        assert!(
            account.acknowledged.len() > 100 && account.acknowledged_again > 10,
            "{} {}",
            account.acknowledged.len(),
            account.acknowledged_again
        );
    }

    #[test]
    fn a_server_that_answers_before_it_writes_is_caught() {
        let (_, breaches) = breaches(&Toy { answers_early: true, ..Toy::default() });
        assert!(breaches.iter().any(|b| b.contains("is lost")), "{breaches:?}");
    }

    #[test]
    fn a_server_that_forgets_keys_is_caught() {
        let (_, breaches) = breaches(&Toy { forgets_keys: true, ..Toy::default() });
        assert!(breaches.iter().any(|b| b.contains("times")), "{breaches:?}");
    }
}
