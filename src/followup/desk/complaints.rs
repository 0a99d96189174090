//! What users of other registries complain about, each as a test: reminders, bounces, merging. The numbers are those of the public issues.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeZone, Timelike};
use uuid::Uuid;

use super::*;
use crate::domain::id::{PersonId, SubjectId, TaskId};
use crate::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use crate::domain::time::Timestamp;
use crate::followup::bounce::{Class, classify};
use crate::followup::plan::{Anchors, MailReach, Origin, Plan, PlanSubject, Reach, Reason, plan};
use crate::followup::policy::{Policies, Policy};
use crate::followup::window;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn subject(n: u128, registry: Registry, registered: &str) -> PlanSubject {
    PlanSubject {
        person: PersonId(Uuid::from_u128(n)),
        subject: SubjectId(Uuid::from_u128(1_000 + n)),
        registry,
        status: EnrolmentStatus::Registered,
        status_since: None,
        registered_on: Some(day(registered)),
        recorded_on: day(registered),
        origin: Origin::Drive,
        first_contact_released: false,
        reach: Reach { mail: MailReach::Verified, phone: true, ..Reach::default() },
        anchors: Anchors::default(),
        contacted: Vec::new(),
        suppressed: false,
    }
}

fn year(subjects: &[PlanSubject], from: &str) -> Plan {
    plan(&Policies::shipped(), subjects, day(from), day(from) + Days::new(365))
}

fn left_open(plan: &Plan) -> Vec<OpenTask> {
    let open = |p: &crate::followup::plan::Planned| OpenTask {
        id: TaskId::fresh(),
        rule: p.rule.to_string(),
        person: p.person,
        subject: p.subject,
        occurrence: p.occurrence,
        channel: p.channel,
        due_on: p.due_on,
        queued: false,
        in_hand: false,
    };
    plan.planned.iter().map(open).collect()
}

/// CiviCRM #31600: unsent duplicates pile up for the same contact.
#[test]
fn planning_every_day_piles_up_no_unsent_duplicates() {
    let people: Vec<PlanSubject> = (1..40).map(|n| subject(n, Registry::ALL[(n % 4) as usize], "2024-05-31")).collect();
    let first = year(&people, "2026-11-26");
    let open = left_open(&first);
    for later in ["2026-11-26", "2026-11-27", "2026-12-03"] {
        let changes = reconcile(&open, &year(&people, later), |_| true, day("2027-11-26"));
        let stored: BTreeSet<_> = open.iter().map(|t| (t.person, t.rule.clone(), t.occurrence)).collect();
        assert!(changes.add.iter().all(|p| !stored.contains(&(p.person, p.rule.to_string(), p.occurrence))));
        assert!(changes.add.iter().all(|p| p.occurrence > day("2027-11-26")), "only what the later horizon reaches");
    }
}

/// CiviCRM #11239 and CRM-18236: a fix against double sends made the second year under-send; changing the reference date sent several.
#[test]
fn the_second_year_is_not_forgotten_and_a_changed_reference_date_sends_once() {
    let mut someone = subject(1, Registry::Volunteer, "2024-01-10");
    let checks = |s: &PlanSubject, from: &str| {
        let plan = year(std::slice::from_ref(s), from);
        plan.planned.iter().filter(|p| p.rule.as_str() == "contact-check").map(|p| p.occurrence).collect::<Vec<_>>()
    };
    assert_eq!(checks(&someone, "2025-01-01"), [day("2025-01-10")]);
    someone.contacted.push((crate::followup::Kind::ContactCheck, day("2025-01-10")));
    assert_eq!(checks(&someone, "2026-01-01"), [day("2026-01-10")], "the second year");
    someone.anchors.verified_on = Some(day("2025-03-01"));
    assert_eq!(checks(&someone, "2026-01-01"), [day("2026-03-01")], "one, on the new day");
}

/// CiviCRM #6606, CRM-17028, CRM-16514: a yearly repeat sends on every run for a day.
#[test]
fn a_yearly_contact_is_made_once_however_often_the_planner_runs_on_its_day() {
    let mut someone = subject(1, Registry::Volunteer, "2024-06-08");
    let due = |s: &PlanSubject| plan(&Policies::shipped(), std::slice::from_ref(s), day("2026-06-07"), day("2026-06-07")).planned;
    let made = due(&someone);
    assert!(!made.is_empty());
    someone.contacted.extend(made.iter().map(|p| (p.kind, day("2026-06-07"))));
    for _ in 0..24 {
        let again: Vec<_> = due(&someone).into_iter().filter(|p| p.due_on == day("2026-06-07")).collect();
        assert!(again.is_empty(), "{again:?}");
    }
}

/// CiviCRM #4471, CRM-15500: an empty choice of recipients goes to everybody.
#[test]
fn an_empty_choice_of_recipients_is_nobody() {
    let text = include_str!("../../../rules/followup.toml");
    for field in ["registries = [\"volunteer\"]", "statuses = [\"registered\", \"enrolled\"]"] {
        let name = field.split(' ').next().unwrap();
        let emptied = text.replacen(field, &format!("{name} = []"), 1);
        assert_ne!(text, emptied);
        let refused = Policy::from_toml("policy.toml", &emptied).unwrap_err().to_string();
        assert!(refused.contains("nobody"), "{refused}");
    }
    let nobody = year(&[], "2026-11-26");
    assert!(nobody.planned.is_empty() && nobody.not_planned.is_empty());
}

/// CiviCRM #15778: people who said no were mailed, because it was looked at when queueing only.
#[test]
fn whoever_says_no_between_queueing_and_sending_gets_nothing() {
    let limits = &Policies::shipped().on(day("2026-11-26")).unwrap().limits.clone();
    let noon = Timestamp(1_795_665_600_000_000);
    let queued = Facts { known: true, address: true, ..Facts::default() };
    assert_eq!(recheck(&queued, limits, chrono_tz::Asia::Shanghai, noon), Ok(()));
    let said_no = Facts { silent: true, ..queued };
    assert_eq!(recheck(&said_no, limits, chrono_tz::Asia::Shanghai, noon), Err(NotNow::Never("may-not-be-contacted")));
    let on_hold = Facts { address: false, ..queued };
    assert_eq!(recheck(&on_hold, limits, chrono_tz::Asia::Shanghai, noon), Err(NotNow::OtherChannel("no-address")));
}

/// CiviCRM #2132 (CRM-13885), SuiteCRM #822 and #1279: reminders an hour off by the time zone.
#[test]
fn a_reminder_leaves_at_the_local_hour_on_both_sides_of_a_clock_change() {
    let limits = &Policies::shipped().on(day("2026-11-26")).unwrap().limits.clone();
    for zone in [chrono_tz::Asia::Shanghai, chrono_tz::America::New_York, chrono_tz::Europe::Berlin] {
        for date in ["2027-03-13", "2027-03-14", "2027-03-15", "2027-10-30", "2027-10-31", "2027-11-01", "2027-11-07", "2027-11-08"] {
            let midnight = zone.from_local_datetime(&day(date).and_hms_opt(0, 0, 0).unwrap()).earliest().unwrap();
            let at = window::earliest_send(limits, zone, day(date), Timestamp::of(midnight.to_utc()), false);
            let local = at.utc().with_timezone(&zone);
            assert_eq!((local.date_naive(), local.hour(), local.minute()), (day(date), 9, 0), "{zone}");
        }
    }
}

/// openstreetmap/operations #196: a tenth of the reminders is missing, and nothing in the logs.
#[test]
fn of_every_registration_and_rule_there_is_a_contact_or_a_recorded_reason() {
    let policies = Policies::shipped();
    let policy = policies.on(day("2026-11-26")).unwrap();
    for registry in Registry::ALL {
        for mail in [MailReach::None, MailReach::Unverified, MailReach::Verified] {
            for phone in [false, true] {
                let mut someone = subject(1, registry, "2025-11-20");
                someone.reach = Reach { mail, phone, ..Reach::default() };
                let plan = plan(&policies, std::slice::from_ref(&someone), day("2026-11-26"), day("2031-11-26"));
                for rule in policy.rules.iter().filter(|r| r.registries.contains(&registry) && r.statuses.contains(&someone.status)) {
                    let planned = plan.planned.iter().any(|p| p.rule == rule.id);
                    let told = plan.not_planned.iter().any(|n| n.rule.as_ref() == Some(&rule.id));
                    // A day that lies in the past altogether is neither.
                    let over = rule.repeat.is_none() || rule.until.is_some();
                    assert!(planned || told || over, "{registry:?} {mail:?} {phone}: {} is neither planned nor explained", rule.id);
                }
            }
        }
    }
}

/// CiviCRM #28192: one bad mail stops all bounce processing; #23910: automatic answers of people on leave count as bounces.
#[test]
fn a_bad_mail_stops_nothing_and_an_automatic_answer_is_no_bounce() {
    let hard = b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n<li@far.example>:\n550 5.1.1 user unknown\n".to_vec();
    let leave = b"From: li@far.example\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday.\n".to_vec();
    let bad = vec![0xff, 0xfe, 0, b'\n', 0x80];
    let classes: Vec<Vec<Class>> = [hard, bad, leave].iter().map(|m| classify(m).iter().map(|r| r.class).collect()).collect();
    assert_eq!(classes, [vec![Class::Hard], vec![], vec![Class::Vacation]]);
}

/// Rock RMS #4215 and #5552, CiviCRM #8385: a merged person gets several copies, or stops the job.
#[test]
fn a_merged_person_gets_one_copy_and_what_the_other_had_open_is_dropped_with_a_reason() {
    let (kept, gone) = (subject(1, Registry::Volunteer, "2024-01-10"), subject(2, Registry::Volunteer, "2024-01-10"));
    let before = year(&[kept.clone(), gone.clone()], "2026-11-26");
    let mut joined = gone.clone();
    joined.person = kept.person;
    let after = year(&[kept.clone(), joined], "2026-11-26");
    assert!(after.planned.iter().all(|p| p.person == kept.person));
    let keys: BTreeSet<_> = after.planned.iter().map(|p| (p.rule.clone(), p.occurrence)).collect();
    assert_eq!(keys.len(), after.planned.len(), "one copy each");
    let changes = reconcile(&left_open(&before), &after, |_| true, day("2027-11-26"));
    assert!(changes.add.is_empty() && !changes.drop.is_empty() && changes.drop.iter().all(|(_, reason)| !reason.is_empty()));
}

/// Rock RMS #1109: a family that shares an address gets several mails at once.
#[test]
fn a_family_at_one_address_gets_one_mail_in_two_weeks() {
    let limits = &Policies::shipped().on(day("2026-11-26")).unwrap().limits.clone();
    let noon = Timestamp(1_795_665_600_000_000);
    let second = Facts { known: true, address: true, last_at_address: Some(day("2026-11-26")), ..Facts::default() };
    let Err(NotNow::Later("shared-address", at)) = recheck(&second, limits, chrono_tz::Asia::Shanghai, noon) else {
        panic!("sent at once")
    };
    assert_eq!(at.date_in(chrono_tz::Asia::Shanghai), day("2026-12-10"));
}

/// Rock RMS #3028: automation made people inactive of whom little was known, new ones among them.
#[test]
fn who_told_little_is_followed_up_like_everybody_else() {
    for registry in Registry::ALL {
        let mut new = subject(1, registry, "2026-11-25");
        new.reach = Reach::default();
        let plan = plan(&Policies::shipped(), &[new], day("2026-11-26"), day("2028-11-26"));
        assert!(!plan.planned.is_empty(), "{registry:?}: no donation, no birth date, no channel, and somebody looks for them");
        assert!(plan.not_planned.iter().all(|n| n.reason != Reason::Inactive), "{registry:?}");
    }
}

/// Rock RMS #3824: people who were made inactive never leave that state.
#[test]
fn an_inactive_donor_is_active_again_by_giving_coming_or_answering() {
    let mut donor = subject(1, Registry::Blood, "2020-06-01");
    donor.contacted = vec![(crate::followup::Kind::ContactCheck, day("2026-11-01"))];
    donor.anchors.last_donation = Some(day("2022-01-10"));
    donor.anchors.deferred_until = Some(day("2027-02-01"));
    let invited = |s: &PlanSubject| {
        let plan = year(std::slice::from_ref(s), "2026-11-26");
        let inactive = plan.not_planned.iter().any(|n| n.reason == Reason::Inactive);
        (plan.planned.iter().any(|p| p.kind.invites_to_give()), inactive)
    };
    assert_eq!(invited(&donor), (false, true), "almost five years without a word");
    let back = |change: fn(&mut Anchors)| {
        let mut again = donor.clone();
        change(&mut again.anchors);
        invited(&again)
    };
    assert_eq!(back(|a| a.last_donation = Some(day("2026-11-01"))), (true, false), "gave");
    assert_eq!(back(|a| a.deferred_on = Some(day("2026-11-20"))), (true, false), "came, and has to wait");
    assert_eq!(back(|a| a.verified_on = Some(day("2026-11-20"))), (true, false), "answered");
}

/// SORMAS #4820: people who left or were lost are still asked; #1934, #1710: a follow-up never ends because its last day is missing.
#[test]
fn who_has_left_is_asked_nothing_and_a_missed_contact_ends_with_its_reason() {
    for reason in [ExitReason::Lost, ExitReason::Withdrew, ExitReason::Died] {
        let mut left = subject(1, Registry::StemCell, "2024-01-10");
        left.status = EnrolmentStatus::Exited(reason);
        let open = left_open(&year(&[subject(1, Registry::StemCell, "2024-01-10")], "2026-11-26"));
        let changes = reconcile(&open, &year(&[left], "2026-11-26"), |_| true, day("2027-11-26"));
        assert_eq!(changes.drop.len(), open.len());
        assert!(changes.drop.iter().all(|(_, why)| *why == "exited"));
    }
    let someone = subject(1, Registry::Volunteer, "2024-06-08");
    let missed = left_open(&plan(&Policies::shipped(), std::slice::from_ref(&someone), day("2026-06-01"), day("2026-06-07")));
    let summer = plan(&Policies::shipped(), std::slice::from_ref(&someone), day("2026-08-01"), day("2026-08-31"));
    let changes = reconcile(&missed, &summer, |_| true, day("2026-08-31"));
    assert!(changes.drop.iter().any(|(id, why)| missed.iter().any(|t| t.id == *id && t.rule == "volunteer-614") && !why.is_empty()));
}
