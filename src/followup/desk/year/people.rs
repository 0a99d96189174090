//! Invented people, and what happens to them.

use super::*;

/// Repeatable chance (splitmix64).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    /// Whether something of so many in ten thousand happens.
    pub(super) fn happens(&mut self, in_ten_thousand: u64) -> bool {
        self.below(10_000) < in_ten_thousand
    }
}

impl Year {
    /// What happens to people on a day, before anybody works.
    pub(super) fn happenings(&mut self, day: NaiveDate) {
        for i in 0..self.people.len() {
            let anchors = &mut self.people[i].subject.anchors;
            anchors.next_drive = anchors.next_drive.filter(|drive| *drive > day);
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
                // A place in a shift.
                8 if someone.subject.registry == Registry::Volunteer => {
                    someone.subject.anchors.next_drive.get_or_insert(day + Days::new(10));
                }
                11 if someone.subject.registry == Registry::Blood => {
                    someone.subject.anchors.deferred_until = Some(day + Days::new(40));
                    someone.subject.anchors.deferred_on = Some(day);
                }
                // Unsubscribed: calls go on.
                9 => someone.subject.reach.mail = MailReach::None,
                10 => someone.subject.first_contact_released = true,
                _ => {}
            }
            let someone = &mut self.people[i];
            someone.first_contact |= someone.subject.first_contact_released;
            self.drop_untrue(i, day);
        }
    }

    /// As recording a donation or a deferral does: what would now come too early is not made.
    fn drop_untrue(&mut self, i: usize, day: NaiveDate) {
        let interval = self.limits(day).donation_interval;
        let someone = &self.people[i];
        for key in self.of_person.get(&someone.subject.person).map(Vec::as_slice).unwrap_or_default() {
            let work = self.work.get_mut(key).unwrap();
            let invites = work.planned.kind.looks_ahead_to_giving();
            if work.state == State::Open && invites && someone.untrue(work.planned.kind, work.planned.due_on.max(day), interval) {
                (work.state, work.done_on) = (State::Ended(NOT_YET_ELIGIBLE), Some(day));
            }
        }
    }

    pub(super) fn leave(&mut self, i: usize, reason: ExitReason, day: NaiveDate) {
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
}

pub(super) fn someone(n: u64, from: NaiveDate, dice: &mut Dice) -> Someone {
    let registry = Registry::ALL[usize::try_from(dice.below(4)).unwrap()];
    let registered = from - Days::new(dice.below(1_500));
    let imported = dice.happens(4_000);
    let mail = match dice.below(10) {
        0..=4 => MailReach::None,
        5..=6 => MailReach::Unverified,
        _ => MailReach::Verified,
    };
    let numbers = u32::try_from(dice.below(3)).unwrap();
    let mobile = dice.happens(7_000);
    // One in six stands in the next registry as well.
    let next = (Registry::ALL.iter().position(|r| *r == registry).unwrap() + 1) % Registry::ALL.len();
    let also = dice.happens(1_600).then(|| Registry::ALL[next]);
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
            reach: Reach { mail, phone: numbers > 0, mobile: numbers > 0 && mobile, address: dice.happens(6_000), no_calls: false },
            anchors: Anchors {
                birth: NaiveDate::from_yo_opt(1_945 + i32::try_from(dice.below(60)).unwrap(), 100).map(BirthDate::Day),
                last_donation: donated,
                donations: donated.map(|_| 1),
                ..Anchors::default()
            },
            contacted: Vec::new(),
            suppressed: false,
        },
        also,
        // One in five shares a mail address with a neighbour.
        address: (mail != MailReach::None).then(|| if dice.happens(2_000) { n / 2 * 2 + 7_000_000 } else { n + 100_000_000 }),
        dead_address: dice.happens(800),
        numbers,
        mobile,
        wrong_number: dice.happens(500),
        silent_since: None,
        first_contact: false,
    }
}
