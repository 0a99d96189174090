//! The sum of a year.

use super::*;

impl Year {
    /// Nobody against the limits, everything once, all adds up.
    pub(super) fn judge(&self) -> BTreeMap<&'static str, u64> {
        let mut last_of_person: HashMap<usize, &Made> = HashMap::new();
        let mut last_at: HashMap<u64, NaiveDate> = HashMap::new();
        let mut keys = std::collections::HashSet::new();
        for made in &self.made {
            let someone = &self.people[made.person];
            assert!(someone.silent_since.is_none_or(|day| made.day <= day), "contacted after leaving: {:?}", made.key);
            assert!(someone.subject.origin != Origin::Import || someone.first_contact, "an imported person before the first contact");
            assert!(keys.insert(&made.key), "made twice: {:?}", made.key);
            assert!(!made.untrue, "invited too early, or reminded of a duty nobody has: {:?} on {}", made.key, made.day);
            let limits = self.limits(made.day);
            let near = |last: Option<&NaiveDate>| last.is_some_and(|l| (made.day - *l).num_days() < i64::from(limits.min_days_between));
            // A call, a letter and a message as much as a mail, about whatever registry.
            let before = last_of_person.insert(made.person, made);
            assert!(made.exempt || !near(before.map(|b| &b.day)), "too soon: {made:?} after {before:?}");
            if made.channel != Channel::Mail {
                continue;
            }
            let local = made.at.utc().with_timezone(&self.zone);
            if !made.exempt {
                assert!((9..21).contains(&local.hour()), "at {local}");
                assert!(!limits.closed_days.contains(&local.date_naive()), "on {local}");
                assert!(!near(made.address.and_then(|a| last_at.get(&a))), "too soon at a shared address: {:?}", made.key);
            }
            last_at.extend(made.address.map(|a| (a, made.day)));
        }
        let mut count: BTreeMap<&'static str, u64> = BTreeMap::new();
        for work in self.work.values() {
            let word = match work.state {
                State::Open => "open",
                State::Sent => "sent",
                State::Called => "called",
                State::ByHand => "by hand",
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
        assert_eq!(made(Channel::Letter) + made(Channel::HandOff), count.get("by hand").copied().unwrap_or(0));
        count
    }
}
