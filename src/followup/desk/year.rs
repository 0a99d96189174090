//! A year of follow-up with everything that happens to people, day by day: nobody against the limits, nobody forgotten, all counts add up.
//!
//! The clock is an argument: a year takes seconds. `DONOR_REGISTRY_TEST_YEAR_PEOPLE` sets how many people (50,000 in the documented run).

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, Days, NaiveDate, TimeZone, Timelike};
use chrono_tz::Tz;
use uuid::Uuid;

use super::*;
use crate::domain::hold::HoldReason;
use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::person::BirthDate;
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::Timestamp;
use crate::followup::kind::{Channel, Kind};
use crate::followup::plan::{Anchors, MailReach, Origin, PlanSubject, Planned, Reach, plan};
use crate::followup::policy::{Limits, Policies, Policy, RuleId};

/// Repeatable chance (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// Whether something of so many in ten thousand happens.
    fn happens(&mut self, in_ten_thousand: u64) -> bool {
        self.below(10_000) < in_ten_thousand
    }
}

struct Someone {
    subject: PlanSubject,
    /// The address a mail goes to; some share one.
    address: Option<u64>,
    dead_address: bool,
    numbers: u32,
    wrong_number: bool,
    silent_since: Option<NaiveDate>,
    first_contact: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Open,
    Sent,
    Called,
    Ended(&'static str),
}

struct Work {
    id: TaskId,
    planned: Planned,
    state: State,
    rounds: i64,
    in_hand: bool,
    done_on: Option<NaiveDate>,
}

type Key = (PersonId, String, NaiveDate);

struct Made {
    day: NaiveDate,
    person: usize,
    at: Timestamp,
    channel: Channel,
    urgent: bool,
    address: Option<u64>,
    key: Key,
}

struct Year {
    dice: Dice,
    zone: Tz,
    policies: Policies,
    people: Vec<Someone>,
    by_person: HashMap<PersonId, usize>,
    work: HashMap<Key, Work>,
    by_task: HashMap<TaskId, Key>,
    of_person: HashMap<PersonId, Vec<Key>>,
    last_at: HashMap<u64, NaiveDate>,
    made: Vec<Made>,
    ever: u64,
}

fn person(n: u64) -> PersonId {
    PersonId(Uuid::from_u64_pair(1, n))
}

impl Year {
    fn new(people: u64, zone: Tz, policies: Policies, from: NaiveDate, seed: u64) -> Self {
        let mut dice = Dice(seed);
        let folk = (0..people).map(|n| someone(n, from, &mut dice)).collect::<Vec<_>>();
        let by_person = folk.iter().enumerate().map(|(i, s)| (s.subject.person, i)).collect();
        let (work, by_task, of_person, last_at) = (HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new());
        Self { dice, zone, policies, people: folk, by_person, work, by_task, of_person, last_at, made: Vec::new(), ever: 0 }
    }

    fn limits(&self, day: NaiveDate) -> Limits {
        self.policies.on(day).unwrap().limits.clone()
    }

    /// What happens to people on a day, before anybody works.
    fn happenings(&mut self, day: NaiveDate) {
        for i in 0..self.people.len() {
            if !self.dice.happens(60) {
                continue;
            }
            let what = self.dice.below(12);
            let someone = &mut self.people[i];
            if someone.silent_since.is_some() {
                continue;
            }
            match what {
                0 => self.leave(i, ExitReason::Died, day),
                1 | 2 => self.leave(i, ExitReason::Withdrew, day),
                // Moved house: another address, confirmed by themselves.
                3 | 4 => {
                    someone.address = Some(1_000_000_000 + u64::from(day.num_days_from_ce().unsigned_abs()) * 1_000_000 + i as u64);
                    someone.dead_address = false;
                    someone.subject.reach.mail = MailReach::Verified;
                    someone.subject.anchors.verified_on = Some(day);
                }
                5 | 6 => someone.dead_address = true,
                7 => someone.wrong_number = true,
                8 if someone.subject.registry == Registry::Blood => {
                    someone.subject.anchors.last_donation = Some(day);
                    someone.subject.anchors.donations = Some(someone.subject.anchors.donations.unwrap_or(0) + 1);
                }
                // Unsubscribed: calls go on.
                9 => someone.subject.reach.mail = MailReach::None,
                10 => someone.subject.first_contact_released = true,
                _ => {}
            }
            let someone = &mut self.people[i];
            someone.first_contact |= someone.subject.first_contact_released;
        }
    }

    fn leave(&mut self, i: usize, reason: ExitReason, day: NaiveDate) {
        let someone = &mut self.people[i];
        someone.subject.status = EnrolmentStatus::Exited(reason);
        someone.subject.status_since = Some(day);
        someone.silent_since = Some(day);
        let who = someone.subject.person;
        // As a withdrawal does in one transaction.
        for key in self.of_person.get(&who).map(Vec::as_slice).unwrap_or_default() {
            let work = self.work.get_mut(key).unwrap();
            if work.state == State::Open {
                (work.state, work.done_on) = (State::Ended("exited"), Some(day));
            }
        }
    }

    fn plan(&mut self, day: NaiveDate) {
        let until = day + Days::new(45);
        let subjects: Vec<PlanSubject> = self.people.iter().map(|s| s.subject.clone()).collect();
        let plan = plan(&self.policies, &subjects, day, until);
        let open: Vec<OpenTask> = self.work.values().filter(|w| w.state == State::Open).map(open_task).collect();
        let known = |rule: &str| RuleId::parse(rule).is_some_and(|id| self.policies.editions().any(|(p, _)| p.rule(&id).is_some()));
        let changes = reconcile(&open, &plan, known, until);
        for (id, reason) in &changes.drop {
            let work = self.work.get_mut(&self.by_task[id]).unwrap();
            (work.state, work.done_on) = (State::Ended(reason), Some(day));
        }
        for (id, planned) in changes.moved {
            self.work.get_mut(&self.by_task[&id]).unwrap().planned = planned;
        }
        for planned in changes.add {
            self.put(planned);
        }
        // Everybody who is due has a task or an outcome.
        for planned in &plan.planned {
            let key = (planned.person, planned.rule.to_string(), planned.occurrence);
            assert!(self.work.contains_key(&key), "forgotten: {} {}", planned.rule, planned.occurrence);
        }
        let mails: Vec<SentMail> = self
            .work
            .values()
            .filter(|w| w.state == State::Sent && w.done_on.is_some_and(|d| d + Days::new(120) > day))
            .map(|w| {
                let someone = &self.people[self.by_person[&w.planned.person]];
                SentMail {
                    rule: w.planned.rule.to_string(),
                    person: w.planned.person,
                    subject: w.planned.subject,
                    occurrence: w.planned.occurrence,
                    sent_on: w.done_on.unwrap(),
                    reach: someone.subject.reach,
                    answered_on: someone.subject.anchors.verified_on,
                }
            })
            .collect();
        for planned in unanswered(&self.policies, &mails, day) {
            if self.people[self.by_person[&planned.person]].silent_since.is_none() {
                self.put(planned);
            }
        }
    }

    /// As the database's unique key: what is stored stays, what was cancelled is planned again.
    fn put(&mut self, planned: Planned) {
        let key = (planned.person, planned.rule.to_string(), planned.occurrence);
        if let Some(work) = self.work.get_mut(&key) {
            if matches!(work.state, State::Ended(_)) {
                (work.planned, work.state, work.done_on) = (planned, State::Open, None);
            }
            return;
        }
        self.ever += 1;
        let id = TaskId::fresh();
        self.by_task.insert(id, key.clone());
        self.of_person.entry(key.0).or_default().push(key.clone());
        self.work.insert(key, Work { id, planned, state: State::Open, rounds: 0, in_hand: false, done_on: None });
    }

    /// A day of the sender and of the call desk.
    fn work_day(&mut self, day: NaiveDate) {
        let mut due: Vec<Key> =
            self.work.iter().filter(|(_, w)| w.state == State::Open && w.planned.due_on <= day).map(|(k, _)| k.clone()).collect();
        due.sort();
        for key in due {
            // An earlier call of the day may have told of a death.
            if self.work[&key].state != State::Open {
                continue;
            }
            let channel = self.work[&key].planned.channel;
            match channel {
                Channel::Mail => self.mail(&key, day),
                Channel::Phone => self.call(&key, day),
                Channel::FindContact => self.find(&key, day),
            }
        }
    }

    fn instant(&mut self, day: NaiveDate) -> Timestamp {
        // Somebody may start the sender at any hour of the day.
        let hour = u32::try_from(self.dice.below(24)).unwrap();
        let local = day.and_hms_opt(hour, 30, 0).unwrap();
        self.zone.from_local_datetime(&local).earliest().map_or_else(|| Timestamp::of(local.and_utc()), |at| Timestamp::of(at.to_utc()))
    }

    fn mail(&mut self, key: &Key, day: NaiveDate) {
        let now = self.instant(day);
        let i = self.by_person[&key.0];
        let work = &self.work[key];
        let someone = &self.people[i];
        let subject = &someone.subject;
        let last_at_address = someone.address.and_then(|a| self.last_at.get(&a).copied());
        let facts = Facts {
            known: true,
            held: subject.origin == Origin::Import && !subject.first_contact_released,
            silent: !subject.status.may_contact(),
            address: subject.reach.mail != MailReach::None && someone.address.is_some(),
            verified: subject.reach.mail == MailReach::Verified,
            sensitive: work.planned.sensitive,
            urgent: work.planned.kind == Kind::VerifyMail,
            last_contact: subject.contacted.iter().map(|(_, d)| *d).max(),
            last_at_address,
        };
        match recheck(&facts, &self.limits(day), self.zone, now) {
            Ok(()) => {
                self.note(key, day, now, Channel::Mail);
                let answers = self.dice.happens(4_000);
                let someone = &mut self.people[i];
                if someone.dead_address {
                    // It comes back: on hold, and a call.
                    someone.subject.reach.mail = MailReach::None;
                    let planned = Planned {
                        rule: RuleId::parse("mail-returned").unwrap(),
                        occurrence: day,
                        due_on: day + Days::new(1),
                        channel: Channel::Phone,
                        ..self.work[key].planned.clone()
                    };
                    self.put(planned);
                } else if answers {
                    someone.subject.anchors.verified_on = Some(day);
                    someone.subject.reach.mail = MailReach::Verified;
                }
            }
            Err(NotNow::Later(_, at)) => self.work.get_mut(key).unwrap().planned.due_on = at.date_in(self.zone).max(day),
            Err(NotNow::OtherChannel(_)) => {
                let phone = self.people[i].subject.reach.phone;
                let work = self.work.get_mut(key).unwrap();
                work.planned.channel = if phone { Channel::Phone } else { Channel::FindContact };
                work.in_hand = true;
            }
            Err(NotNow::Never("first-contact-not-confirmed")) => {}
            Err(NotNow::Never(reason)) => {
                let work = self.work.get_mut(key).unwrap();
                (work.state, work.done_on) = (State::Ended(reason), Some(day));
            }
        }
    }

    fn call(&mut self, key: &Key, day: NaiveDate) {
        let i = self.by_person[&key.0];
        if self.people[i].subject.origin == Origin::Import && !self.people[i].subject.first_contact_released {
            return;
        }
        let dice = self.dice.below(100);
        let someone = &mut self.people[i];
        let outcome = match dice {
            _ if someone.wrong_number => CallOutcome::NotThem,
            0..=31 => CallOutcome::Reached,
            32..=89 => CallOutcome::NoAnswer,
            90..=93 => CallOutcome::NotInService,
            94 => CallOutcome::Refused,
            95 => CallOutcome::Died,
            _ => CallOutcome::CallOn(day + Days::new(9)),
        };
        let rounds = self.work[key].rounds;
        let next = after_call(outcome, rounds, someone.numbers > 1, day);
        if next.hold.is_some() {
            someone.numbers = if next.hold == Some(HoldReason::RefusedCalls) { 0 } else { someone.numbers.saturating_sub(1) };
            someone.subject.reach.phone = someone.numbers > 0;
            someone.wrong_number = false;
            someone.subject.suppressed |= next.hold == Some(HoldReason::RefusedCalls) && someone.subject.reach.mail == MailReach::None;
        }
        if next.verified {
            someone.subject.anchors.verified_on = Some(day);
        }
        match next.again {
            Some((due_on, channel)) => {
                let work = self.work.get_mut(key).unwrap();
                (work.planned.due_on, work.planned.channel, work.in_hand) = (due_on, channel, true);
                work.rounds += 1;
            }
            None => {
                let now = self
                    .zone
                    .from_local_datetime(&day.and_hms_opt(10, 0, 0).unwrap())
                    .earliest()
                    .map_or(Timestamp(0), |at| Timestamp::of(at.to_utc()));
                self.note(key, day, now, Channel::Phone);
            }
        }
        if next.died {
            self.leave(i, ExitReason::Died, day);
        }
    }

    /// Somebody asks around: one in three finds a number.
    fn find(&mut self, key: &Key, day: NaiveDate) {
        let found = self.dice.happens(3_300);
        let someone = &mut self.people[self.by_person[&key.0]];
        let work = self.work.get_mut(key).unwrap();
        if found {
            someone.numbers = 1;
            someone.subject.reach.phone = true;
            (work.planned.channel, work.planned.due_on, work.rounds) = (Channel::Phone, day + Days::new(1), 0);
        } else {
            work.planned.due_on = day + Days::new(30);
        }
        work.in_hand = true;
    }

    fn note(&mut self, key: &Key, day: NaiveDate, at: Timestamp, channel: Channel) {
        let i = self.by_person[&key.0];
        let work = self.work.get_mut(key).unwrap();
        assert_eq!(work.state, State::Open, "made twice: {key:?}");
        (work.state, work.done_on) = (if channel == Channel::Mail { State::Sent } else { State::Called }, Some(day));
        let someone = &mut self.people[i];
        let (kind, urgent) = (work.planned.kind, work.planned.kind == Kind::VerifyMail);
        someone.subject.contacted.push((kind, day));
        let address = someone.address.filter(|_| channel == Channel::Mail);
        self.last_at.extend(address.map(|a| (a, day)));
        self.made.push(Made { day, person: i, at, channel, urgent, address, key: key.clone() });
    }

    /// Nobody against the limits, everything once, all adds up.
    fn judge(&self) -> BTreeMap<&'static str, u64> {
        let mut last_of_person: HashMap<usize, NaiveDate> = HashMap::new();
        let mut last_at: HashMap<u64, NaiveDate> = HashMap::new();
        let mut keys = std::collections::HashSet::new();
        for made in &self.made {
            let someone = &self.people[made.person];
            assert!(someone.silent_since.is_none_or(|day| made.day <= day), "contacted after leaving: {:?}", made.key);
            assert!(someone.subject.origin != Origin::Import || someone.first_contact, "an imported person before the first contact");
            assert!(keys.insert(&made.key), "made twice: {:?}", made.key);
            if made.channel != Channel::Mail {
                last_of_person.insert(made.person, made.day);
                continue;
            }
            let limits = self.limits(made.day);
            let local = made.at.utc().with_timezone(&self.zone);
            if !made.urgent {
                assert!((9..21).contains(&local.hour()), "at {local}");
                assert!(!limits.closed_days.contains(&local.date_naive()), "on {local}");
                let near = |last: Option<&NaiveDate>| last.is_some_and(|l| (made.day - *l).num_days() < i64::from(limits.min_days_between));
                assert!(!near(last_of_person.get(&made.person)), "too soon: {:?}", made.key);
                assert!(!near(made.address.and_then(|a| last_at.get(&a))), "too soon at a shared address: {:?}", made.key);
            }
            last_of_person.insert(made.person, made.day);
            last_at.extend(made.address.map(|a| (a, made.day)));
        }
        let mut count: BTreeMap<&'static str, u64> = BTreeMap::new();
        for work in self.work.values() {
            let word = match work.state {
                State::Open => "open",
                State::Sent => "sent",
                State::Called => "called",
                State::Ended(reason) => {
                    assert!(!reason.is_empty());
                    "ended with a reason"
                }
            };
            *count.entry(word).or_default() += 1;
        }
        assert_eq!(count.values().sum::<u64>(), self.ever, "{count:?}");
        let made = |channel: Channel| self.made.iter().filter(|m| m.channel == channel).count() as u64;
        assert_eq!(made(Channel::Mail), count.get("sent").copied().unwrap_or(0));
        assert_eq!(made(Channel::Phone), count.get("called").copied().unwrap_or(0));
        count
    }
}

fn open_task(work: &Work) -> OpenTask {
    let p = &work.planned;
    OpenTask {
        id: work.id,
        rule: p.rule.to_string(),
        person: p.person,
        subject: p.subject,
        occurrence: p.occurrence,
        channel: p.channel,
        due_on: p.due_on,
        queued: false,
        in_hand: work.in_hand,
    }
}

fn someone(n: u64, from: NaiveDate, dice: &mut Dice) -> Someone {
    let registry = Registry::ALL[usize::try_from(dice.below(4)).unwrap()];
    let registered = from - Days::new(dice.below(1_500));
    let imported = dice.happens(4_000);
    let mail = match dice.below(10) {
        0..=4 => MailReach::None,
        5..=6 => MailReach::Unverified,
        _ => MailReach::Verified,
    };
    let numbers = u32::try_from(dice.below(3)).unwrap();
    let donated = (registry == Registry::Blood && dice.happens(7_000)).then(|| from - Days::new(dice.below(700)));
    Someone {
        subject: PlanSubject {
            person: person(n),
            subject: SubjectId(Uuid::from_u64_pair(2, n)),
            registry,
            status: EnrolmentStatus::Registered,
            status_since: Some(registered),
            registered_on: Some(registered),
            recorded_on: registered,
            origin: if imported { Origin::Import } else { Origin::Drive },
            first_contact_released: imported && dice.happens(8_000),
            reach: Reach { mail, phone: numbers > 0 },
            anchors: Anchors {
                birth: NaiveDate::from_yo_opt(1_945 + i32::try_from(dice.below(60)).unwrap(), 100).map(BirthDate::Day),
                last_donation: donated,
                donations: donated.map(|_| 1),
                ..Anchors::default()
            },
            contacted: Vec::new(),
            suppressed: false,
        },
        // One in five shares a mail address with a neighbour.
        address: (mail != MailReach::None).then(|| if dice.happens(2_000) { n / 2 * 2 + 7_000_000 } else { n + 100_000_000 }),
        dead_address: dice.happens(800),
        numbers,
        wrong_number: dice.happens(500),
        silent_since: None,
        first_contact: false,
    }
}

/// The shipped policy, and from half the year on a second edition with other limits and a rule of its own.
fn two_policies(change: NaiveDate) -> Policies {
    let text = include_str!("../../../rules/followup.toml");
    let second = text
        .replace("valid_from = 2021-01-01", &format!("valid_from = {change}"))
        .replace("min_days_between = 14", "min_days_between = 21");
    assert_ne!(text, second);
    let edition = |text: &str| Policy::from_toml("year.toml", text).unwrap();
    Policies::of(vec![edition(text), edition(&second)]).unwrap()
}

fn simulate(people: u64, zone: Tz, from: NaiveDate, seed: u64) -> BTreeMap<&'static str, u64> {
    let mut year = Year::new(people, zone, two_policies(from + Days::new(180)), from, seed);
    for someone in &mut year.people {
        someone.first_contact = someone.subject.first_contact_released;
    }
    for n in 0..365 {
        let day = from + Days::new(n);
        year.happenings(day);
        if n % 7 == 0 {
            year.plan(day);
        }
        year.work_day(day);
    }
    year.judge()
}

#[test]
fn a_year_passes_with_nobody_forgotten_and_nobody_contacted_against_the_limits() {
    let people = std::env::var("DONOR_REGISTRY_TEST_YEAR_PEOPLE").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let begun = std::time::Instant::now();
    let count = simulate(people, chrono_tz::Asia::Shanghai, "2026-11-26".parse().unwrap(), 1);
    println!("{people} people, one year: {count:?}, {:?}", begun.elapsed());
    assert!(count.get("sent").copied().unwrap_or(0) > people / 10 && count.get("called").copied().unwrap_or(0) > people / 10, "{count:?}");
}

#[test]
fn a_year_is_the_same_across_zones_and_month_ends() {
    for (zone, from) in [
        (chrono_tz::America::New_York, "2027-01-31"),
        (chrono_tz::Europe::Berlin, "2027-02-28"),
        (chrono_tz::Pacific::Apia, "2027-08-31"),
        (chrono_tz::Australia::Lord_Howe, "2028-02-29"),
    ] {
        let count = simulate(300, zone, from.parse().unwrap(), 7);
        assert!(count.contains_key("sent") && count.contains_key("called"), "{zone} {count:?}");
    }
}

#[test]
#[ignore = "needs a minute: prints figures"]
fn figures_of_planning_a_hundred_thousand_people_who_are_due() {
    let from: NaiveDate = "2026-11-26".parse().unwrap();
    let mut dice = Dice(3);
    let subjects: Vec<PlanSubject> = (0..100_000)
        .map(|n| {
            let mut subject = someone(n, from, &mut dice).subject;
            subject.registered_on = Some(from - Days::new(365));
            subject
        })
        .collect();
    let begun = std::time::Instant::now();
    let made = plan(&Policies::shipped(), &subjects, from, from + Days::new(31));
    let planned = begun.elapsed();
    let changes = reconcile(&[], &made, |_| true, from + Days::new(31));
    println!(
        "100,000 people, {} contacts planned in {planned:?}, {} added in {:?}",
        made.planned.len(),
        changes.add.len(),
        begun.elapsed()
    );
    assert!(made.planned.len() > 50_000);
}
