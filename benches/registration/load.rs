//! Clients that register people one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use donor_registry::app::form::Saved;
use donor_registry::app::{Actor, App, Circumstances};
use donor_registry::domain::Guarded;
use donor_registry::domain::fact::Channel;
use donor_registry::domain::form::InterestForm;
use donor_registry::domain::registry::Registry as Kind;

use crate::fill::Newcomers;
use crate::harness::desk::{self, Desk};
use crate::harness::program::Server;
use crate::{now, say};

/// What was measured.
pub struct Series {
    took: Vec<Duration>,
    refused: usize,
    whole: Duration,
}

impl Series {
    fn of(parts: Vec<(Vec<Duration>, usize)>, whole: Duration) -> Self {
        let refused = parts.iter().map(|p| p.1).sum();
        let mut took: Vec<Duration> = parts.into_iter().flat_map(|p| p.0).collect();
        took.sort_unstable();
        Self { took, refused, whole }
    }

    /// Prints one line: how many, how many a second, and how long one took.
    pub fn tell(&self, what: &str) {
        let at = |share: usize| {
            let place = (self.took.len() * share / 1000).min(self.took.len().saturating_sub(1));
            self.took.get(place).copied().unwrap_or_default().as_secs_f64() * 1e3
        };
        let seconds = self.whole.as_secs_f64();
        say(format_args!(
            "{what}: {} in {seconds:.1} s, {:.0}/s; p50 {:.0} ms, p95 {:.0} ms, p99 {:.0} ms, p99.9 {:.0} ms, longest {:.0} ms; {} not saved",
            self.took.len(),
            self.took.len() as f64 / seconds,
            at(500),
            at(950),
            at(990),
            at(999),
            at(1000),
            self.refused
        ));
    }
}

/// Registers by the use case alone, without the fixed time after which a table is answered.
pub async fn by_the_use_case(app: &Arc<App>, people: &Newcomers, clients: usize, length: Duration) -> Series {
    let begun = Instant::now();
    let mut tasks = Vec::new();
    // One newcomer's text is made before the clock starts.
    let most = 600 * usize::try_from(length.as_secs()).unwrap_or(1);
    let people: Arc<Vec<_>> = Arc::new((0..most).map(|_| people.next()).collect());
    for client in 0..clients {
        let (app, people) = (Arc::clone(app), Arc::clone(&people));
        tasks.push(tokio::spawn(async move {
            let (mut took, mut refused) = (Vec::new(), 0);
            for (number, person) in people.iter().skip(client).step_by(clients) {
                if begun.elapsed() >= length {
                    break;
                }
                let text = |t: &str| Guarded::new(t.to_owned());
                let form = InterestForm {
                    name: text(&person.name),
                    phone: text(&person.phone),
                    mail: text(&person.mail),
                    registries: vec![Kind::StemCell],
                    consent: true,
                    english: false,
                };
                let mut fingerprint = [0; 32];
                for (to, from) in fingerprint.iter_mut().zip(number.to_be_bytes()) {
                    *to = from;
                }
                let key = desk::key(10_000_000 + u64::try_from(*number).unwrap_or_default());
                let how = Circumstances { key, fingerprint, drive: None, channel: Channel::Drive, now: now() };
                let start = Instant::now();
                match app.interest_unattended(Actor::Console, &form, how).await {
                    Ok(Saved::As { .. }) => took.push(start.elapsed()),
                    _ => refused += 1,
                }
            }
            (took, refused)
        }));
    }
    let mut parts = Vec::new();
    for task in tasks {
        parts.push(task.await.expect("a client does not panic"));
    }
    Series::of(parts, begun.elapsed())
}

/// Signs the clients in.
pub fn desks(server: &Server, clients: usize, account: impl Fn(usize) -> String, password: &str) -> Vec<Desk> {
    (0..clients).map(|n| Desk::sign_in(server, &account(n), password).expect("the server answers")).collect()
}

/// Waits.
pub fn after(length: Duration) {
    std::thread::sleep(length);
}

/// Every desk registers one person after the other until `until` returns.
pub fn over_http(desks: Vec<Desk>, people: &Newcomers, until: impl FnOnce()) -> (Vec<Desk>, Series) {
    let begun = Instant::now();
    let over = AtomicBool::new(false);
    let parts = std::thread::scope(|scope| {
        let clients: Vec<_> = desks
            .into_iter()
            .map(|mut desk| {
                let over = &over;
                scope.spawn(move || {
                    let (mut took, mut refused) = (Vec::new(), 0);
                    while !over.load(Ordering::Relaxed) {
                        let (number, person) = people.next();
                        let fields = [
                            ("name", person.name.as_str()),
                            ("phone", &person.phone),
                            ("mail", &person.mail),
                            ("registries", "stem-cell"),
                            ("consent", "yes"),
                        ];
                        let key = desk::key(20_000_000 + u64::try_from(number).unwrap_or_default());
                        match desk.post("/drive", &key, &fields) {
                            Ok(answer) if answer.status == 303 => took.push(answer.took),
                            _ => refused += 1,
                        }
                    }
                    (desk, (took, refused))
                })
            })
            .collect();
        until();
        over.store(true, Ordering::Relaxed);
        clients.into_iter().map(|c| c.join().expect("a client does not panic")).collect::<Vec<_>>()
    });
    let whole = begun.elapsed();
    let (desks, parts) = parts.into_iter().unzip();
    (desks, Series::of(parts, whole))
}
