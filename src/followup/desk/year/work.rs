//! A day of the sender and of the call desk.

use super::*;

impl Year {
    /// A day of the sender and of the call desk.
    pub(super) fn work_day(&mut self, day: NaiveDate) {
        let mut due: Vec<Key> =
            self.work.iter().filter(|(_, w)| w.state == State::Open && w.planned.due_on <= day).map(|(k, _)| k.clone()).collect();
        due.sort();
        for key in due {
            // An earlier call of the day may have told of a death, or was the one contact of these two weeks.
            if self.work[&key].state != State::Open || self.work[&key].planned.due_on > day {
                continue;
            }
            let channel = self.work[&key].planned.channel;
            match channel {
                Channel::Mail => self.mail(&key, day),
                Channel::Phone => self.call(&key, day),
                Channel::Letter => self.letter(&key, day),
                Channel::HandOff => self.message(&key, day),
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
                        rule: RuleId::parse(RETURNED).unwrap(),
                        occurrence: day,
                        due_on: day + Days::new(1),
                        channel: Channel::Phone,
                        kind: Kind::ContactCheck,
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
                let reach = self.people[i].subject.reach;
                let last = self.people[i].last_contact();
                let work = self.work.get_mut(key).unwrap();
                work.planned.channel = without_mail(&self.policies, (key.1.as_str(), key.2), reach, work.rounds > 0);
                work.planned.due_on = apart(&self.policies, &work.planned, last, day);
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
        // The day of the duty has come: a reminder is of no use. Without a number the next plan finds another rung.
        if self.over(key, day) || self.people[i].numbers == 0 {
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
        let next = beyond(&self.policies, (key.1.as_str(), key.2), next, someone.subject.reach, day);
        if next.hold.is_some() {
            let left = if next.hold == Some(HoldReason::RefusedCalls) { 0 } else { someone.numbers.saturating_sub(1) };
            someone.set_numbers(left);
            someone.wrong_number = false;
            let reach = &mut someone.subject.reach;
            reach.no_calls |= next.hold == Some(HoldReason::RefusedCalls);
            someone.subject.suppressed |= reach.no_calls && reach.mail == MailReach::None && !reach.address;
        }
        if next.verified {
            someone.subject.anchors.verified_on = Some(day);
        }
        match next.again {
            Some((due_on, channel)) => {
                let last = someone.last_contact();
                let work = self.work.get_mut(key).unwrap();
                (work.planned.channel, work.in_hand) = (channel, true);
                work.agreed = matches!(outcome, CallOutcome::CallOn(_));
                work.planned.due_on = if work.agreed { due_on } else { apart(&self.policies, &work.planned, last, due_on) };
                work.rounds += 1;
            }
            None => {
                let now = self.ten(day);
                self.note(key, day, now, Channel::Phone);
            }
        }
        if next.died {
            self.leave(i, ExitReason::Died, day);
        }
    }

    fn ten(&self, day: NaiveDate) -> Timestamp {
        let local = self.zone.from_local_datetime(&day.and_hms_opt(10, 0, 0).unwrap());
        local.earliest().map_or(Timestamp(0), |at| Timestamp::of(at.to_utc()))
    }

    /// Whether a reminder of a duty has come too late; then it ends.
    fn over(&mut self, key: &Key, day: NaiveDate) -> bool {
        let someone = &self.people[self.by_person[&key.0]];
        let kind = self.work[key].planned.kind;
        let over = kind == Kind::VolunteerDuty && someone.untrue(kind, day, self.limits(day).donation_interval);
        if over {
            let work = self.work.get_mut(key).unwrap();
            (work.state, work.done_on) = (State::Ended(NO_TURN), Some(day));
        }
        over
    }

    fn held(&self, key: &Key) -> bool {
        let subject = &self.people[self.by_person[&key.0]].subject;
        subject.origin == Origin::Import && !subject.first_contact_released
    }

    /// Printed and posted; one in five comes by or writes back.
    fn letter(&mut self, key: &Key, day: NaiveDate) {
        let i = self.by_person[&key.0];
        if self.held(key) || self.over(key, day) || !self.people[i].subject.reach.address {
            return;
        }
        let now = self.ten(day);
        self.note(key, day, now, Channel::Letter);
        if self.dice.happens(2_000) {
            self.people[i].subject.anchors.verified_on = Some(day);
        }
    }

    /// Given to the office's platform; what became of most is told, and some fail.
    fn message(&mut self, key: &Key, day: NaiveDate) {
        let i = self.by_person[&key.0];
        if self.held(key) || self.work[key].awaits || self.over(key, day) || !self.people[i].subject.reach.mobile {
            return;
        }
        let reach = self.people[i].subject.reach;
        let last = self.people[i].last_contact();
        match self.dice.below(10) {
            0..=6 => {
                let now = self.ten(day);
                self.note(key, day, now, Channel::HandOff);
            }
            7 | 8 => {
                let work = self.work.get_mut(key).unwrap();
                work.planned.channel = step(&self.policies, (key.1.as_str(), key.2), reach, Channel::HandOff);
                work.planned.due_on = apart(&self.policies, &work.planned, last, day + Days::new(1));
                work.in_hand = true;
            }
            _ => {
                let work = self.work.get_mut(key).unwrap();
                (work.awaits, work.in_hand) = (true, true);
                work.planned.due_on = gives_way(&self.policies, (key.1.as_str(), key.2), Channel::HandOff, day);
            }
        }
    }

    /// Somebody asks around: one in three finds a number.
    fn find(&mut self, key: &Key, day: NaiveDate) {
        let found = self.dice.happens(3_300);
        let someone = &mut self.people[self.by_person[&key.0]];
        let work = self.work.get_mut(key).unwrap();
        if found {
            someone.set_numbers(1);
            (work.planned.channel, work.rounds) = (Channel::Phone, 0);
            work.planned.due_on = apart(&self.policies, &work.planned, someone.last_contact(), day + Days::new(1));
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
        let state = match channel {
            Channel::Mail => State::Sent,
            Channel::Phone => State::Called,
            _ => State::ByHand,
        };
        (work.state, work.done_on) = (state, Some(day));
        let agreed = work.agreed;
        let someone = &mut self.people[i];
        let kind = work.planned.kind;
        // A mail is judged by what it says when it is sent.
        let planned = agreed || !keeps_apart(&self.policies, &key.1, key.2);
        let exempt = if channel == Channel::Mail { kind == Kind::VerifyMail } else { planned };
        someone.subject.contacted.push((kind, day));
        let address = someone.address.filter(|_| channel == Channel::Mail);
        self.last_at.extend(address.map(|a| (a, day)));
        self.made.push(Made { day, person: i, at, channel, exempt, untrue, address, key: key.clone() });
        for other in self.of_person.get(&key.0).map(Vec::as_slice).unwrap_or_default() {
            let work = self.work.get_mut(other).unwrap();
            let fixed = work.agreed || work.awaits;
            let (channel, due_on) = (work.planned.channel, work.planned.due_on);
            let waiting = Waiting { rule: &other.1, occurrence: other.2, channel, due_on, fixed };
            if work.state == State::Open
                && let Some(free) = put_off(&self.policies, &waiting, day)
            {
                work.planned.due_on = free;
            }
        }
    }
}
