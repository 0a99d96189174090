//! A day of the sender and of the call desk.

use super::*;

impl Year {
    /// A day of the sender and of the call desk.
    pub(super) fn work_day(&mut self, day: NaiveDate) {
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
        let kind = work.planned.kind;
        let untrue = someone.untrue(kind, day, self.limits(day).donation_interval);
        let facts = Facts {
            known: true,
            not_yet_eligible: untrue && kind != Kind::VolunteerDuty,
            no_turn: untrue && kind == Kind::VolunteerDuty,
            held: subject.origin == Origin::Import && !subject.first_contact_released,
            silent: !subject.status.may_contact(),
            address: subject.reach.mail != MailReach::None && someone.address.is_some(),
            verified: subject.reach.mail == MailReach::Verified,
            sensitive: work.planned.sensitive,
            urgent: work.planned.kind == Kind::VerifyMail,
            paused_until: subject.anchors.paused_until,
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
        let planned = &self.work[key].planned;
        if planned.kind == Kind::VolunteerDuty && self.people[i].untrue(planned.kind, day, self.limits(day).donation_interval) {
            // The day of the duty has come: a reminder is of no use.
            let work = self.work.get_mut(key).unwrap();
            (work.state, work.done_on) = (State::Ended(NO_TURN), Some(day));
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
            95 => CallOutcome::Died(ToldBy::Other),
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
        let interval = self.limits(day).donation_interval;
        let untrue = self.people[i].untrue(self.work[key].planned.kind, day, interval);
        let work = self.work.get_mut(key).unwrap();
        assert_eq!(work.state, State::Open, "made twice: {key:?}");
        (work.state, work.done_on) = (if channel == Channel::Mail { State::Sent } else { State::Called }, Some(day));
        let someone = &mut self.people[i];
        let (kind, urgent) = (work.planned.kind, work.planned.kind == Kind::VerifyMail);
        someone.subject.contacted.push((kind, day));
        let address = someone.address.filter(|_| channel == Channel::Mail);
        self.last_at.extend(address.map(|a| (a, day)));
        self.made.push(Made { day, person: i, at, channel, urgent, untrue, address, key: key.clone() });
    }
}
