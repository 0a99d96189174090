use chrono::NaiveDate;

use super::*;
use crate::domain::hold::HoldReason;
use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::registry::Registry;
use crate::domain::time::Timestamp;
use crate::followup::kind::{Channel, Kind};
use crate::followup::plan::{MailReach, NotPlanned, Plan, Planned, Reach, Reason};
use crate::followup::policy::{Policies, RuleId};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn planned(person: PersonId, rule: &str, occurrence: &str, channel: Channel) -> Planned {
    Planned {
        rule: RuleId::parse(rule).unwrap(),
        person,
        subject: SubjectId(person.0),
        registry: Registry::Volunteer,
        occurrence: day(occurrence),
        due_on: day(occurrence),
        channel,
        kind: Kind::ContactCheck,
        sensitive: false,
        urgent: false,
        held: false,
    }
}

fn open(of: &Planned) -> OpenTask {
    OpenTask {
        id: TaskId::fresh(),
        rule: of.rule.to_string(),
        person: of.person,
        subject: of.subject,
        occurrence: of.occurrence,
        channel: of.channel,
        due_on: of.due_on,
        queued: false,
        in_hand: false,
    }
}

#[test]
fn planning_again_without_a_change_changes_nothing() {
    let p = planned(PersonId::fresh(), "contact-check", "2027-01-10", Channel::Mail);
    let plan = Plan { planned: vec![p.clone()], ..Plan::default() };
    assert_eq!(reconcile(&[open(&p)], &plan, |_| true, day("2027-12-31")), Changes::default());
}

#[test]
fn a_changed_anchor_drops_the_unsent_and_adds_the_new_day() {
    let person = PersonId::fresh();
    let old = open(&planned(person, "contact-check", "2027-01-10", Channel::Mail));
    let new = planned(person, "contact-check", "2027-03-10", Channel::Mail);
    let plan = Plan { planned: vec![new.clone()], ..Plan::default() };
    let changes = reconcile(std::slice::from_ref(&old), &plan, |_| true, day("2027-12-31"));
    assert_eq!(changes, Changes { add: vec![new], moved: Vec::new(), drop: vec![(old.id, "anchor-changed")] });
}

#[test]
fn what_is_dropped_carries_the_plans_own_reason() {
    let person = PersonId::fresh();
    let old = open(&planned(person, "contact-check", "2027-01-10", Channel::Mail));
    let mut not = NotPlanned { person, registry: Registry::Volunteer, rule: None, occurrence: None, reason: Reason::Suppressed };
    let why = |not: &NotPlanned| {
        let plan = Plan { planned: Vec::new(), not_planned: vec![not.clone()], ..Plan::default() };
        reconcile(std::slice::from_ref(&old), &plan, |_| true, day("2027-12-31")).drop.first().map(|d| d.1)
    };
    assert_eq!(why(&not), Some("suppressed"));
    not.rule = RuleId::parse("contact-check");
    not.occurrence = Some(day("2027-01-10"));
    not.reason = Reason::Covered;
    assert_eq!(why(&not), Some("covered"));
}

#[test]
fn later_occurrences_and_rungs_are_left_alone_and_tasks_in_hand_are_not_moved() {
    let person = PersonId::fresh();
    let later = open(&planned(person, "contact-check", "2028-01-10", Channel::Mail));
    let rung = open(&planned(person, "contact-check-then-phone", "2027-01-10", Channel::Phone));
    let mut called = open(&planned(person, "availability", "2027-02-01", Channel::Phone));
    called.in_hand = true;
    let plan = Plan { planned: vec![planned(person, "availability", "2027-02-01", Channel::Mail)], ..Plan::default() };
    let changes = reconcile(&[later, rung, called], &plan, |rule| !rule.contains("-then-"), day("2027-12-31"));
    assert_eq!(changes, Changes::default());
}

#[test]
fn a_call_in_hand_goes_on_when_its_day_is_no_longer_caught_up_and_nothing_speaks_against_it() {
    let person = PersonId::fresh();
    let mut called = open(&planned(person, "blood-thanks", "2027-03-01", Channel::Phone));
    let rule = RuleId::parse("blood-thanks").unwrap();
    let seen_from = |first: &str| Plan { looks_from: [(rule.clone(), day(first))].into(), ..Plan::default() };
    let dropped =
        |task: &OpenTask, plan: &Plan| reconcile(std::slice::from_ref(task), plan, |_| true, day("2027-12-31")).drop.first().map(|d| d.1);
    // Nobody began it: what was missed is missed.
    assert_eq!(dropped(&called, &seen_from("2027-03-04")), Some("anchor-changed"));
    called.in_hand = true;
    assert_eq!(dropped(&called, &seen_from("2027-03-04")), None);
    // The plan sees the day and has nothing for it: the donation was struck.
    assert_eq!(dropped(&called, &seen_from("2027-03-01")), Some("anchor-changed"));
    let reason = Reason::Exited(crate::domain::registry::ExitReason::Withdrew);
    let left = NotPlanned { person, registry: crate::domain::registry::Registry::Blood, rule: None, occurrence: None, reason };
    assert!(dropped(&called, &Plan { not_planned: vec![left], ..seen_from("2027-03-04") }).is_some());
}

#[test]
fn a_lost_address_moves_the_task_to_the_phone() {
    let person = PersonId::fresh();
    let old = open(&planned(person, "contact-check", "2027-01-10", Channel::Mail));
    let plan = Plan { planned: vec![planned(person, "contact-check", "2027-01-10", Channel::Phone)], ..Plan::default() };
    let changes = reconcile(std::slice::from_ref(&old), &plan, |_| true, day("2027-12-31"));
    assert_eq!(changes.moved.iter().map(|(id, p)| (*id, p.channel)).collect::<Vec<_>>(), [(old.id, Channel::Phone)]);
}

#[test]
fn at_the_moment_of_sending_everything_is_judged_again() {
    let limits = &Policies::shipped().on(day("2026-11-26")).unwrap().limits.clone();
    let zone = chrono_tz::Asia::Shanghai;
    // 2026-11-26 12:00 in Shanghai.
    let now = Timestamp(1_795_665_600_000_000);
    assert_eq!(now.utc().with_timezone(&zone).to_string(), "2026-11-26 12:00:00 CST");
    let fine = Facts { known: true, address: true, ..Facts::default() };
    let judge = |facts: &Facts| recheck(facts, limits, zone, now).map_err(|n| n.word());
    assert_eq!(judge(&fine), Ok(()));
    assert_eq!(judge(&Facts { known: false, ..fine }), Err("nobody-to-contact"));
    assert_eq!(judge(&Facts { silent: true, ..fine }), Err("may-not-be-contacted"));
    assert_eq!(judge(&Facts { held: true, ..fine }), Err("first-contact-not-confirmed"));
    assert_eq!(judge(&Facts { not_yet_eligible: true, ..fine }), Err("not-yet-eligible"));
    assert_eq!(judge(&Facts { no_turn: true, urgent: true, ..fine }), Err("no-turn"));
    assert_eq!(judge(&Facts { address: false, ..fine }), Err("no-address"));
    assert_eq!(judge(&Facts { sensitive: true, ..fine }), Err("address-not-verified"));
    assert_eq!(judge(&Facts { sensitive: true, verified: true, ..fine }), Ok(()));
    assert_eq!(judge(&Facts { last_contact: Some(day("2026-11-13")), ..fine }), Err("too-soon"));
    assert_eq!(judge(&Facts { last_contact: Some(day("2026-11-12")), ..fine }), Ok(()));
    assert_eq!(judge(&Facts { last_at_address: Some(day("2026-11-20")), ..fine }), Err("shared-address"));
    assert_eq!(judge(&Facts { last_at_address: Some(day("2026-11-20")), urgent: true, ..fine }), Ok(()));
    assert_eq!(judge(&Facts { paused_until: Some(day("2026-11-27")), ..fine }), Err("asked-later"));
    assert_eq!(judge(&Facts { paused_until: Some(day("2026-11-26")), ..fine }), Ok(()), "on the day itself they may be asked");
    let night = now.plus_seconds(10 * 3600);
    assert_eq!(recheck(&fine, limits, zone, night), Err(NotNow::Later("quiet-hours", now.plus_seconds(21 * 3600))));
}

#[test]
fn three_rounds_without_an_answer_lead_to_the_search_for_a_way() {
    let today = day("2027-01-10");
    let mut rounds = 0;
    let mut days = vec![today];
    loop {
        let next = after_call(CallOutcome::NoAnswer, rounds, false, *days.last().unwrap());
        rounds += 1;
        let (day, channel) = next.again.expect("the task stays open");
        days.push(day);
        if channel == Channel::FindContact {
            break;
        }
    }
    assert_eq!(rounds, ROUNDS);
    assert!((days[2] - days[0]).num_days() >= 28, "over four weeks at least");
}

#[test]
fn a_number_of_somebody_else_is_on_hold_at_once_and_the_person_is_still_followed() {
    let today = day("2027-01-10");
    for (outcome, hold) in [(CallOutcome::NotThem, HoldReason::NotThem), (CallOutcome::NotInService, HoldReason::NotInService)] {
        let next = after_call(outcome, 0, true, today);
        assert_eq!((next.hold, next.again.map(|a| a.1)), (Some(hold), Some(Channel::Phone)));
        assert_eq!(after_call(outcome, 0, false, today).again.map(|a| a.1), Some(Channel::FindContact));
    }
    let refused = after_call(CallOutcome::Refused, 0, true, today);
    assert_eq!((refused.hold, refused.again), (Some(HoldReason::RefusedCalls), None));
    assert!(after_call(CallOutcome::Died(ToldBy::Family), 0, true, today).died);
    assert_eq!(after_call(CallOutcome::CallOn(day("2027-02-01")), 0, true, today).again, Some((day("2027-02-01"), Channel::Phone)));
    assert!(after_call(CallOutcome::Reached, 0, true, today).verified);
}

#[test]
fn a_search_goes_on_two_weeks_apart_until_the_person_is_found_or_a_registrar_is_asked() {
    let today = day("2027-01-10");
    let silent = after_search(CallOutcome::NoAnswer, today);
    assert_eq!(silent.again, Some((day("2027-01-24"), Channel::FindContact)), "not every day, and by no number that is silent");
    assert_eq!(after_search(CallOutcome::PassedOn, today).again, Some((day("2027-01-17"), Channel::FindContact)));
    let given_up = after_search(CallOutcome::NotFound, today);
    assert!(given_up.lost && given_up.again.is_none() && !given_up.died && !given_up.dropped, "{given_up:?}");
    assert!(after_search(CallOutcome::Reached, today).verified);
    assert_eq!(after_search(CallOutcome::NotThem, today).again.map(|a| a.1), Some(Channel::FindContact));
    assert_eq!(after_search(CallOutcome::CallOn(day("2027-02-01")), today).again, Some((day("2027-02-01"), Channel::Phone)));
}

#[test]
fn a_named_persons_answer_confirms_no_contact_data_and_their_no_stops_their_number_alone() {
    let today = day("2027-01-10");
    let of = |outcome| after_third_party(outcome, after_call(outcome, 0, false, today), Channel::Phone, today);
    assert!(!of(CallOutcome::Reached).verified && of(CallOutcome::Reached).again.is_none());
    let refused = of(CallOutcome::Refused);
    assert_eq!((refused.hold, refused.again), (Some(HoldReason::Declined), Some((day("2027-01-11"), Channel::Phone))));
    let wrong = of(CallOutcome::NotThem);
    assert_eq!((wrong.hold, wrong.again), (Some(HoldReason::NotThem), Some((day("2027-01-11"), Channel::Phone))));
    assert!(of(CallOutcome::Died(ToldBy::Family)).died);
}

/// A mail that was sent the day after it was due, to somebody who is reached so.
fn a_check(reach: Reach) -> SentMail {
    SentMail {
        rule: "contact-check".into(),
        channel: Channel::Mail,
        called: false,
        person: PersonId::fresh(),
        subject: SubjectId::fresh(),
        occurrence: day("2027-01-10"),
        sent_on: day("2027-01-11"),
        reach,
        answered_on: None,
        last_contact: None,
        not_yet_eligible: false,
    }
}

#[test]
fn a_mail_without_an_answer_is_followed_by_a_call_once_the_rule_says_so() {
    let mail = a_check(Reach { mail: MailReach::Verified, phone: true, ..Reach::default() });
    let policies = Policies::shipped();
    let follow = |mail: &SentMail, on: &str| unanswered(&policies, std::slice::from_ref(mail), &[], day(on));
    assert!(follow(&mail, "2027-01-24").is_empty());
    let next = follow(&mail, "2027-01-25");
    assert_eq!(next.iter().map(|p| (p.rule.as_str(), p.channel)).collect::<Vec<_>>(), [("contact-check-then-phone", Channel::Phone)]);
    assert_eq!(base_rule("contact-check-then-phone"), "contact-check");
    let answered = SentMail { answered_on: Some(day("2027-01-12")), ..mail.clone() };
    assert!(follow(&answered, "2027-02-25").is_empty());
    let gave = SentMail { not_yet_eligible: true, ..mail.clone() };
    assert!(follow(&gave, "2027-02-25").is_empty(), "who came is not called to come");
    let no_phone = SentMail { reach: Reach { mail: MailReach::Verified, ..Reach::default() }, ..mail };
    assert_eq!(follow(&no_phone, "2027-01-25").first().map(|p| p.channel), Some(Channel::FindContact));
}

#[test]
fn a_donor_for_whom_a_patient_waits_is_tried_again_on_the_next_day_but_on_the_day_they_named() {
    let today: NaiveDate = "2026-11-27".parse().unwrap();
    let day = |kind, outcome| {
        let next = without_rest(Some(kind), outcome, after_call(outcome, 0, false, today), today);
        next.again.map(|(day, channel)| (day.to_string(), channel.word()))
    };
    let tomorrow = Some(("2026-11-28".to_owned(), "phone"));
    assert_eq!(day(Kind::MatchCheck, CallOutcome::NoAnswer), tomorrow);
    assert_eq!(day(Kind::MatchCheck, CallOutcome::PassedOn), tomorrow);
    assert_eq!(day(Kind::Availability, CallOutcome::NoAnswer), Some(("2026-12-11".to_owned(), "phone")));
    let named = CallOutcome::CallOn("2026-12-01".parse().unwrap());
    assert_eq!(day(Kind::MatchCheck, named), Some(("2026-12-01".to_owned(), "phone")));
    assert_eq!(day(Kind::MatchCheck, CallOutcome::Reached), None);
    // The third round without an answer becomes a search, on the next day as well.
    let third = without_rest(Some(Kind::MatchCheck), CallOutcome::NoAnswer, after_call(CallOutcome::NoAnswer, 2, false, today), today);
    assert_eq!(third.again.map(|(day, channel)| (day.to_string(), channel)), Some(("2026-11-28".to_owned(), Channel::FindContact)));
}

#[test]
fn the_last_rung_of_a_chain_is_followed_and_none_while_another_is_open() {
    let policies = Policies::shipped();
    let reach = Reach { mail: MailReach::Verified, phone: true, mobile: true, address: true, no_calls: false };
    let mail = SentMail { last_contact: Some(day("2027-01-11")), ..a_check(reach) };
    // Three rounds of calls came to nothing, and the message that took their place was delivered.
    let message = SentMail {
        rule: "contact-check-then-phone".into(),
        channel: Channel::HandOff,
        called: true,
        sent_on: day("2027-03-01"),
        last_contact: Some(day("2027-03-01")),
        ..mail.clone()
    };
    let both = [message.clone(), mail.clone()];
    let follow = |made: &[SentMail], open: &[OpenTask], on: &str| -> Vec<(String, Channel, NaiveDate)> {
        unanswered(&policies, made, open, day(on)).into_iter().map(|p| (p.rule.to_string(), p.channel, p.due_on)).collect()
    };
    assert!(follow(&both, &[], "2027-03-07").is_empty());
    // A week after the message, and two weeks after any contact.
    let letter = ("contact-check-then-letter".to_owned(), Channel::Letter, day("2027-03-15"));
    assert_eq!(follow(&both, &[], "2027-03-08"), [letter.clone()]);
    let mut waits = planned(mail.person, "contact-check-then-letter", "2027-01-10", Channel::Letter);
    waits.due_on = letter.2;
    assert!(follow(&both, &[open(&waits)], "2027-03-20").is_empty(), "one rung at a time");
    let printed = SentMail { rule: letter.0, channel: Channel::Letter, called: false, sent_on: letter.2, ..message.clone() };
    let all = [message.clone(), mail.clone(), printed];
    assert!(follow(&all, &[], "2027-04-13").is_empty());
    let search = ("contact-check-then-find-contact".to_owned(), Channel::FindContact, day("2027-04-14"));
    assert_eq!(follow(&all, &[], "2027-04-14"), [search]);
    // The server refused the mail, and a letter took the place of the calls: the mail is not tried once more.
    let instead = SentMail { channel: Channel::Letter, ..message.clone() };
    let next = follow(std::slice::from_ref(&instead), &[], "2027-04-01");
    assert_eq!(next.iter().map(|(_, channel, _)| *channel).collect::<Vec<_>>(), [Channel::HandOff]);
    // Whoever was spoken with, or wants no calls, is asked nothing more by this chain.
    let spoken = SentMail { channel: Channel::Phone, ..message };
    assert!(follow(&[mail, spoken], &[], "2027-06-01").is_empty());
}
