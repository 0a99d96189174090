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
use crate::followup::plan::{Anchors, MailReach, Origin, PlanSubject, Planned, Reach, free_day, plan};
use crate::followup::policy::{Limits, Policies, Policy, RuleId, Span};

mod judge;
mod people;
mod work;

use people::{Dice, someone};

struct Someone {
    subject: PlanSubject,
    /// A second registry in which they stand.
    also: Option<Registry>,
    /// The address a mail goes to; some share one.
    address: Option<u64>,
    dead_address: bool,
    numbers: u32,
    /// Their numbers are mobile ones.
    mobile: bool,
    wrong_number: bool,
    silent_since: Option<NaiveDate>,
    first_contact: bool,
}

impl Someone {
    /// Every standing: the second one under a registration of its own, with the same contact data.
    fn standings(&self) -> impl Iterator<Item = PlanSubject> {
        let second = self.also.map(|registry| PlanSubject { registry, subject: SubjectId(self.subject.person.0), ..self.subject.clone() });
        std::iter::once(self.subject.clone()).chain(second)
    }

    fn last_contact(&self) -> Option<NaiveDate> {
        self.subject.contacted.iter().map(|(_, day)| *day).max()
    }

    /// So many numbers are left.
    fn set_numbers(&mut self, numbers: u32) {
        self.numbers = numbers;
        self.subject.reach.phone = numbers > 0;
        self.subject.reach.mobile = numbers > 0 && self.mobile;
    }

    /// Whether a contact of a kind would say what is not true of them on a day.
    fn untrue(&self, kind: Kind, day: NaiveDate, interval: Span) -> bool {
        let duty = self.subject.anchors.next_drive.is_some_and(|drive| drive > day);
        self.subject.anchors.bars(kind, day, interval) || (kind == Kind::VolunteerDuty && !duty)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Open,
    Sent,
    Called,
    /// A letter, or a message by the office's platform.
    ByHand,
    Ended(&'static str),
}

struct Work {
    id: TaskId,
    planned: Planned,
    state: State,
    rounds: i64,
    in_hand: bool,
    /// The day was agreed with the person.
    agreed: bool,
    /// Handed off, and nobody told what became of it.
    awaits: bool,
    done_on: Option<NaiveDate>,
}

type Key = (PersonId, String, NaiveDate);

#[derive(Debug)]
struct Made {
    day: NaiveDate,
    person: usize,
    at: Timestamp,
    channel: Channel,
    /// Exempt from the distance: urgent, agreed with the person, or in the place of a mail that came back.
    exempt: bool,
    /// It said what was not true on its day.
    untrue: bool,
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

    fn plan(&mut self, day: NaiveDate) {
        let until = day + Days::new(45);
        let subjects: Vec<PlanSubject> = self.people.iter().flat_map(Someone::standings).collect();
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
        self.restep(day);
        // Everybody who is due has a task or an outcome.
        for planned in &plan.planned {
            let key = (planned.person, planned.rule.to_string(), planned.occurrence);
            assert!(self.work.contains_key(&key), "forgotten: {} {}", planned.rule, planned.occurrence);
        }
        let made = |state| matches!(state, State::Sent | State::Called | State::ByHand);
        let mails: Vec<SentMail> = self
            .work
            .values()
            .filter(|w| made(w.state) && w.done_on.is_some_and(|d| d + Days::new(120) > day))
            .map(|w| {
                let someone = &self.people[self.by_person[&w.planned.person]];
                SentMail {
                    rule: w.planned.rule.to_string(),
                    channel: w.planned.channel,
                    called: w.rounds > 0,
                    person: w.planned.person,
                    subject: w.planned.subject,
                    occurrence: w.planned.occurrence,
                    sent_on: w.done_on.unwrap(),
                    reach: someone.subject.reach,
                    answered_on: someone.subject.anchors.verified_on,
                    last_contact: someone.last_contact(),
                    not_yet_eligible: someone.untrue(w.planned.kind, day, self.limits(day).donation_interval),
                }
            })
            .collect();
        let open: Vec<OpenTask> = self.work.values().filter(|w| w.state == State::Open).map(open_task).collect();
        for planned in unanswered(&self.policies, &mails, &open, day) {
            if self.people[self.by_person[&planned.person]].silent_since.is_none() {
                self.put(planned);
            }
        }
    }

    /// Rungs whose channel is gone, or whose result nobody told.
    fn restep(&mut self, day: NaiveDate) {
        for work in self.work.values_mut().filter(|w| w.state == State::Open) {
            let someone = &self.people[self.by_person[&work.planned.person]];
            let task = open_task(work);
            let Some(channel) = restep(&self.policies, &task, someone.subject.reach, work.awaits, day) else {
                let (rule, occurrence, due_on) = (task.rule.as_str(), task.occurrence, task.due_on.max(day));
                let waiting = Waiting { rule, occurrence, channel: task.channel, due_on, fixed: work.agreed || work.awaits };
                if let Some(free) = someone.last_contact().and_then(|last| put_off(&self.policies, &waiting, last)) {
                    work.planned.due_on = free;
                }
                continue;
            };
            work.planned.channel = channel;
            work.planned.due_on = apart(&self.policies, &work.planned, someone.last_contact(), work.planned.due_on.max(day));
            (work.in_hand, work.awaits, work.agreed) = (true, false, false);
        }
    }

    /// As the database's unique key: what is stored stays, what was cancelled is planned again.
    fn put(&mut self, planned: Planned) {
        let key = (planned.person, planned.rule.to_string(), planned.occurrence);
        if let Some(work) = self.work.get_mut(&key) {
            if matches!(work.state, State::Ended(_)) {
                (work.planned, work.state, work.done_on) = (planned, State::Open, None);
                (work.agreed, work.awaits) = (false, false);
            }
            return;
        }
        self.ever += 1;
        let id = TaskId::fresh();
        self.by_task.insert(id, key.clone());
        self.of_person.entry(key.0).or_default().push(key.clone());
        self.work
            .insert(key, Work { id, planned, state: State::Open, rounds: 0, in_hand: false, agreed: false, awaits: false, done_on: None });
    }
}

/// The first day on which something that moves to another rung may be done.
fn apart(policies: &Policies, planned: &Planned, last: Option<NaiveDate>, due_on: NaiveDate) -> NaiveDate {
    let far = planned.channel == Channel::FindContact || !keeps_apart(policies, planned.rule.as_str(), planned.occurrence);
    if far { due_on } else { free_day(policies, last, due_on) }
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

/// The shipped policy, and from half the year on a second edition with other limits and a rule of its own.
fn two_policies(change: NaiveDate) -> Policies {
    let text = include_str!("../../../../rules/followup.toml");
    let second = text
        .replace("valid_from = 2021-01-01", &format!("valid_from = {change}"))
        .replace("min_days_between = 14", "min_days_between = 21");
    assert_ne!(text, second);
    let edition = |text: &str| Policy::from_toml("year.toml", text).unwrap();
    Policies::of(vec![edition(text), edition(&second)]).unwrap()
}

/// The day of the year on which the second edition comes into force.
const CHANGE: u64 = 180;

fn simulate(people: u64, zone: Tz, from: NaiveDate, seed: u64) -> BTreeMap<&'static str, u64> {
    let mut year = Year::new(people, zone, two_policies(from + Days::new(CHANGE)), from, seed);
    for someone in &mut year.people {
        someone.first_contact = someone.subject.first_contact_released;
    }
    for n in 0..365 {
        let day = from + Days::new(n);
        year.happenings(day);
        // The server plans every day: a new edition is planned by on its first one.
        if n % 7 == 0 || n == CHANGE {
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
    assert!(count.get("by hand").copied().unwrap_or(0) > people / 20, "letters and messages are rungs as well: {count:?}");
}

#[test]
fn a_year_comes_to_the_same_in_every_zone_and_from_every_months_end() {
    for from in ["2027-01-31", "2027-02-28", "2027-08-31", "2028-02-29"] {
        let from = from.parse().unwrap();
        let at_home = simulate(150, chrono_tz::Asia::Shanghai, from, 7);
        assert!(at_home.contains_key("sent") && at_home.contains_key("called"), "{from} {at_home:?}");
        for zone in [chrono_tz::America::New_York, chrono_tz::Europe::Berlin, chrono_tz::Pacific::Apia, chrono_tz::Australia::Lord_Howe] {
            assert_eq!(simulate(150, zone, from, 7), at_home, "{zone} from {from}");
        }
    }
}
