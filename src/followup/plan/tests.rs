use super::*;
use crate::followup::policy::{Policy, RuleId};
use proptest::prelude::*;
use uuid::Uuid;

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

/// A stem-cell donor of our own with a verified mail address and a phone.
pub(super) fn subject(n: u128, registry: Registry, registered: &str) -> PlanSubject {
    PlanSubject {
        person: person(n),
        subject: SubjectId(Uuid::from_u128(1_000_000 + n)),
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

pub(super) fn run(subjects: &[PlanSubject], from: &str, until: &str) -> Plan {
    plan(&Policies::shipped(), subjects, day(from), day(until))
}

pub(super) fn lines(plan: &Plan) -> Vec<String> {
    plan.planned.iter().map(|p| format!("{} {} {} {}", p.rule, p.occurrence, p.due_on, p.channel.word())).collect()
}

#[test]
fn a_web_registration_with_a_mail_address_is_asked_to_verify_it_on_the_same_day() {
    let mut new = subject(1, Registry::Volunteer, "2026-11-23");
    new.reach = Reach { mail: MailReach::Unverified, phone: true, ..Reach::default() };
    let plan = run(&[new.clone()], "2026-11-23", "2026-11-23");
    assert_eq!(lines(&plan), ["verify-mail 2026-11-23 2026-11-23 mail"]);
    new.reach.mail = MailReach::Verified;
    let verified = run(&[new.clone()], "2026-11-23", "2026-11-23");
    assert_eq!(lines(&verified), [""; 0]);
    assert!(verified.not_planned.iter().any(|n| n.reason == Reason::ConditionNotMet), "the reason is recorded");
    new.reach.mail = MailReach::Unverified;
    new.origin = Origin::Import;
    assert_eq!(lines(&run(&[new], "2026-11-23", "2026-11-23")), [""; 0], "imported people are not asked by this rule");
}

#[test]
fn who_asked_to_be_left_alone_until_a_day_is_planned_nothing_before_it_but_what_cannot_wait() {
    let mut donor = subject(1, Registry::StemCell, "2026-08-31");
    let free = run(&[donor.clone()], "2026-09-01", "2029-12-31");
    donor.anchors.paused_until = Some(day("2028-06-01"));
    let paused = run(&[donor.clone()], "2026-09-01", "2029-12-31");
    assert!(free.planned.iter().any(|p| p.due_on < day("2028-06-01")), "the rules would ask before");
    assert!(paused.planned.iter().all(|p| p.due_on >= day("2028-06-01")), "{:?}", lines(&paused));
    assert!(!paused.planned.is_empty(), "asked again afterwards");
    let told = paused.not_planned.iter().filter(|n| n.reason == Reason::AskedLater && n.occurrence.is_some()).count();
    assert!(told > 0, "each has its reason");
    // Care after a donation of stem cells goes on.
    donor.status = EnrolmentStatus::Exited(ExitReason::Donated);
    donor.anchors.donated_on = Some(day("2026-08-31"));
    let care = run(&[donor], "2026-09-01", "2027-12-31");
    assert!(care.planned.iter().any(|p| p.urgent && p.due_on < day("2028-06-01")), "{:?}", lines(&care));
}

#[test]
fn a_stem_cell_donor_is_asked_every_year_and_checked_halfway_in_the_first_two() {
    let donor = subject(1, Registry::StemCell, "2026-08-31");
    assert_eq!(
        lines(&run(&[donor], "2026-09-01", "2030-12-31")),
        [
            "contact-check-stem-cell-early 2027-02-28 2027-02-28 mail",
            "availability 2027-08-31 2027-08-31 mail",
            "contact-check-stem-cell-early 2028-02-29 2028-02-29 mail",
            "availability 2028-08-31 2028-08-31 mail",
            "availability 2029-08-31 2029-08-31 mail",
            "availability 2030-08-31 2030-08-31 mail",
        ]
    );
}

#[test]
fn organ_and_body_donors_are_called_first_and_more_often_from_seventy_on() {
    let mut donor = subject(1, Registry::OrganBody, "2024-03-31");
    donor.anchors.birth = Some(BirthDate::Day(day("1957-01-15")));
    let plan = run(&[donor], "2025-03-01", "2027-12-31");
    assert!(plan.planned.iter().all(|p| p.channel == Channel::Phone && p.sensitive));
    let wish: Vec<_> = plan.planned.iter().filter(|p| p.kind == Kind::WishCheck).map(|p| (p.rule.as_str(), p.occurrence)).collect();
    assert_eq!(
        wish,
        [
            ("wish-check", day("2025-03-31")),
            ("wish-check", day("2026-03-31")),
            ("wish-check-from-70", day("2027-03-31")),
            ("wish-check-from-70", day("2027-09-30")),
        ]
    );
}

#[test]
fn the_exited_the_undecided_and_the_suppressed_are_planned_nothing_and_the_reason_is_recorded() {
    let mut all = Vec::new();
    for (n, reason) in ExitReason::ALL.into_iter().enumerate() {
        let mut gone = subject(n as u128, Registry::Blood, "2020-01-01");
        gone.status = EnrolmentStatus::Exited(reason);
        all.push(gone);
    }
    let mut undecided = subject(100, Registry::Blood, "2020-01-01");
    undecided.status = EnrolmentStatus::Undecided;
    let mut refused = subject(101, Registry::Blood, "2020-01-01");
    refused.suppressed = true;
    all.extend([undecided, refused]);
    let plan = run(&all, "2026-11-23", "2028-11-22");
    assert_eq!(plan.planned, []);
    let reasons: Vec<Reason> = plan.not_planned.iter().map(|n| n.reason).collect();
    let wanted: Vec<Reason> = ExitReason::ALL.into_iter().map(Reason::Exited).chain([Reason::Undecided, Reason::Suppressed]).collect();
    assert_eq!(reasons, wanted);
}

#[test]
fn a_death_in_one_registry_ends_every_contact_and_a_withdrawal_only_its_own() {
    let mut blood = subject(1, Registry::Blood, "2024-01-10");
    let stem = subject(1, Registry::StemCell, "2024-01-10");
    blood.status = EnrolmentStatus::Exited(ExitReason::Withdrew);
    let left_one = run(&[blood.clone(), stem.clone()], "2026-11-23", "2028-11-22");
    assert!(!left_one.planned.is_empty());
    assert!(left_one.planned.iter().all(|p| p.registry == Registry::StemCell && p.kind != Kind::ContactCheck), "{:?}", lines(&left_one));
    blood.status = EnrolmentStatus::Exited(ExitReason::Died);
    assert_eq!(run(&[blood, stem], "2026-11-23", "2028-11-22").planned, []);
}

#[test]
fn an_old_sheet_does_not_reopen_a_withdrawal_and_a_new_registration_does() {
    let mut withdrew = subject(1, Registry::Volunteer, "2023-05-01");
    withdrew.status = EnrolmentStatus::Exited(ExitReason::Withdrew);
    withdrew.status_since = Some(day("2025-06-01"));
    let mut sheet = subject(1, Registry::Volunteer, "2025-06-01");
    sheet.subject = SubjectId(Uuid::from_u128(7));
    assert_eq!(run(&[withdrew.clone(), sheet.clone()], "2026-11-23", "2028-11-22").planned, []);
    sheet.registered_on = Some(day("2025-06-02"));
    let again = run(&[withdrew, sheet.clone()], "2026-11-23", "2028-11-22");
    assert!(!again.planned.is_empty() && again.planned.iter().all(|p| p.subject == sheet.subject));
}

#[test]
fn nobody_is_forgotten_for_lack_of_an_address() {
    let mut no_mail = subject(1, Registry::Blood, "2025-12-01");
    no_mail.reach.mail = MailReach::None;
    let mut nothing = subject(2, Registry::Blood, "2025-12-01");
    nothing.reach = Reach::default();
    let plan = run(&[no_mail, nothing], "2026-11-23", "2028-11-22");
    let of = |n| plan.planned.iter().filter(|p| p.person == person(n)).map(|p| p.channel).collect::<Vec<_>>();
    assert_eq!(of(1), [Channel::Phone, Channel::Phone]);
    assert_eq!(of(2), [Channel::FindContact], "one search, not one a rule");
    assert!(plan.not_planned.iter().any(|n| n.person == person(2) && n.reason == Reason::NoChannel && n.occurrence.is_some()));
    let reach = plan.reach();
    assert_eq!(reach.get(&Channel::Phone), Some(&ChannelReach { contacts: 2, held: 0, people: 1 }));
    assert_eq!(reach.get(&Channel::FindContact), Some(&ChannelReach { contacts: 1, held: 0, people: 1 }));
}

#[test]
fn imported_people_are_planned_but_held_until_their_first_contact() {
    let mut imported = subject(1, Registry::Blood, "2019-05-17");
    imported.origin = Origin::Import;
    imported.recorded_on = day("2026-11-20");
    let held = run(&[imported.clone()], "2026-11-23", "2027-11-22");
    assert!(!held.planned.is_empty() && held.planned.iter().all(|p| p.held));
    imported.first_contact_released = true;
    let released = run(&[imported.clone()], "2026-11-23", "2027-11-22");
    assert!(!released.planned.is_empty() && released.planned.iter().all(|p| !p.held));
    imported.first_contact_released = false;
    let mut own = subject(1, Registry::Blood, "2026-11-22");
    own.subject = SubjectId(Uuid::from_u128(7));
    assert!(run(&[imported, own], "2026-11-23", "2027-11-22").planned.iter().all(|p| !p.held), "who registers here may be contacted");
}

#[test]
fn what_was_missed_is_caught_up_once_and_not_after_it_was_done() {
    let mut donor = subject(1, Registry::Blood, "2020-10-01");
    let first = |s: &PlanSubject| lines(&run(std::slice::from_ref(s), "2026-11-23", "2026-12-31"));
    assert_eq!(first(&donor), ["contact-check 2026-10-01 2026-11-23 mail"]);
    donor.contacted = vec![(Kind::ContactCheck, day("2026-10-02"))];
    assert_eq!(first(&donor), [""; 0]);
    donor.contacted = Vec::new();
    donor.anchors.verified_on = Some(day("2026-10-20"));
    assert_eq!(first(&donor), [""; 0], "verified since");
}

#[test]
fn contacts_of_several_registries_keep_their_distance_and_one_question_serves_all() {
    let registries = [Registry::Blood, Registry::StemCell, Registry::OrganBody, Registry::Volunteer];
    let person: Vec<PlanSubject> = registries.into_iter().map(|r| subject(1, r, "2023-06-07")).collect();
    let plan = run(&person, "2026-06-01", "2028-05-31");
    let mut days: Vec<NaiveDate> = plan.planned.iter().filter(|p| !p.urgent).map(|p| p.due_on).collect();
    days.sort();
    assert!(days.len() >= 6, "{:?}", lines(&plan));
    for pair in days.windows(2) {
        assert!((pair[1] - pair[0]).num_days() >= 14, "{pair:?}");
    }
    let checks = plan.planned.iter().filter(|p| p.kind == Kind::ContactCheck).count();
    assert_eq!(checks, 2, "one a year although two registries ask");
}

#[test]
fn a_blood_mail_is_never_due_before_the_eligible_day() {
    let mut donor = subject(1, Registry::Blood, "2025-08-31");
    donor.anchors.last_donation = Some(day("2025-08-31"));
    let eligible = |s: &PlanSubject| {
        let plan = run(std::slice::from_ref(s), "2025-09-01", "2026-12-31");
        plan.planned.iter().find(|p| p.kind == Kind::BloodEligible).map(|p| p.occurrence)
    };
    assert_eq!(eligible(&donor), Some(day("2026-02-28")));
    donor.anchors.deferred_until = Some(day("2026-05-10"));
    assert_eq!(eligible(&donor), Some(day("2026-05-10")));
}

#[test]
fn nobody_is_contacted_on_tomb_sweeping_day() {
    let mut donor = subject(1, Registry::Blood, "2024-04-05");
    donor.contacted = vec![(Kind::ContactCheck, day("2026-04-07"))];
    assert_eq!(lines(&run(&[donor], "2027-03-01", "2027-05-01")), ["contact-check 2027-04-05 2027-04-06 mail"]);
}

#[test]
fn what_falls_into_the_days_off_of_spring_festival_or_national_day_comes_on_the_first_day_after() {
    for (registered, contacted, occurrence, due) in [
        ("2024-02-17", "2025-02-20", "2026-02-17", "2026-02-24"), // 春节, as announced
        ("2024-10-01", "2025-10-09", "2026-10-01", "2026-10-08"), // 国庆节, as announced
        ("2024-02-06", "2026-02-10", "2027-02-06", "2027-02-09"), // 春节 by statute
    ] {
        let mut donor = subject(1, Registry::Blood, registered);
        donor.contacted = vec![(Kind::ContactCheck, day(contacted))];
        let from = day(occurrence) - chrono::Days::new(20);
        let plan = plan(&Policies::shipped(), &[donor], from, from + chrono::Days::new(40));
        let checks: Vec<String> = lines(&plan).into_iter().filter(|line| line.starts_with("contact-check ")).collect();
        assert_eq!(checks, [format!("contact-check {occurrence} {due} mail")]);
    }
}

#[test]
fn a_new_edition_rules_the_days_from_its_first_day_on() {
    let old = Policy::from_toml("old", include_str!("../../../rules/followup.toml")).unwrap();
    let mut new = old.clone();
    new.valid_from = day("2027-07-01");
    new.rules.retain(|r| r.id != RuleId::parse("contact-check").unwrap());
    let both = Policies::of(vec![old, new]).unwrap();
    let donors = [subject(1, Registry::Blood, "2025-06-30"), subject(2, Registry::Blood, "2025-07-01")];
    let plan = plan(&both, &donors, day("2027-01-01"), day("2029-12-31"));
    // Both get the check of 2026 caught up; only the one whose next check falls before July gets another, and that one is covered by nothing.
    let days: Vec<_> = plan.planned.iter().map(|p| (p.person, p.occurrence)).collect();
    assert_eq!(days, [(person(1), day("2026-06-30")), (person(2), day("2026-07-01")), (person(1), day("2027-06-30"))]);
}

#[test]
fn a_joined_person_with_two_records_is_contacted_once() {
    let mut twin = subject(1, Registry::StemCell, "2025-01-31");
    let other = twin.clone();
    twin.subject = SubjectId(Uuid::from_u128(7));
    twin.reach.mail = MailReach::None;
    let both = run(&[twin, other.clone()], "2026-11-23", "2028-11-22");
    assert_eq!(both.planned, run(&[other], "2026-11-23", "2028-11-22").planned);
}

#[test]
fn a_stem_cell_donor_is_asked_after_for_ten_years_and_a_realised_body_donor_never() {
    let mut donor = subject(1, Registry::StemCell, "2020-01-10");
    donor.status = EnrolmentStatus::Exited(ExitReason::Donated);
    donor.status_since = Some(day("2026-11-20"));
    donor.anchors.donated_on = donor.status_since;
    let mut body = subject(2, Registry::OrganBody, "2020-01-10");
    (body.status, body.status_since, body.anchors) = (donor.status, donor.status_since, donor.anchors);
    let plan = run(&[donor, body], "2026-11-21", "2037-12-31");
    assert!(plan.planned.iter().all(|p| p.person == person(1) && p.kind == Kind::PostDonation && p.channel == Channel::Phone));
    let days: Vec<String> = plan.planned.iter().map(|p| p.occurrence.to_string()).collect();
    assert_eq!(days[..5], ["2026-11-21", "2026-11-27", "2026-12-20", "2027-05-20", "2027-11-20"]);
    assert_eq!((days.len(), days.last().map(String::as_str)), (14, Some("2036-11-20")));
    assert!(plan.not_planned.iter().any(|n| n.person == person(2) && n.reason == Reason::Exited(ExitReason::Donated)));
}

#[test]
fn who_leaves_the_stem_cell_file_by_age_is_thanked_on_that_day_and_asked_nothing_more() {
    let mut gone = subject(1, Registry::StemCell, "2005-06-01");
    gone.anchors.birth = Some(BirthDate::Day(day("1971-11-24")));
    (gone.status, gone.status_since) = (EnrolmentStatus::Exited(ExitReason::AgedOut), Some(day("2026-11-24")));
    gone.registered_on = gone.status_since;
    assert_eq!(lines(&run(&[gone.clone()], "2026-11-24", "2030-12-31")), ["age-thanks 2026-11-24 2026-11-24 mail"]);
    assert_eq!(lines(&run(&[gone], "2027-02-01", "2030-12-31")), [""; 0], "not long after");
}

#[test]
fn volunteers_are_reminded_a_week_and_a_day_before_a_drive_and_never_after_it() {
    let mut helper = subject(1, Registry::Volunteer, "2026-10-01");
    helper.contacted = vec![(Kind::ContactCheck, day("2026-11-30"))];
    helper.anchors.next_drive = Some(day("2026-12-12"));
    let duty = |s: &PlanSubject, from: &str| {
        let mut found = run(std::slice::from_ref(s), from, "2026-12-31");
        found.planned.retain(|p| p.kind == Kind::VolunteerDuty);
        lines(&found)
    };
    let eve = "volunteer-duty-eve 2026-12-11 2026-12-11 mail";
    assert_eq!(duty(&helper, "2026-12-01"), ["volunteer-duty-week 2026-12-05 2026-12-05 mail", eve]);
    assert_eq!(duty(&helper, "2026-12-10"), [eve], "what was missed by more than four days is not caught up");
    assert_eq!(duty(&helper, "2026-12-12"), [""; 0]);
    helper.anchors.next_drive = None;
    assert_eq!(duty(&helper, "2026-12-01"), [""; 0], "without a place in a shift there is no duty to be reminded of");
}

#[test]
fn an_interest_in_stem_cells_is_asked_three_questions_and_a_student_before_leaving_school() {
    let mut new = subject(1, Registry::StemCell, "2026-11-20");
    new.status = EnrolmentStatus::Interest;
    assert_eq!(
        lines(&run(&[new.clone()], "2026-11-21", "2027-12-31")),
        [
            "pre-sampling 2026-11-23 2026-11-23 phone",
            "pre-sampling-again 2027-05-20 2027-05-20 phone",
            "contact-check-interest 2027-11-20 2027-11-20 mail"
        ]
    );
    (new.status, new.registered_on) = (EnrolmentStatus::Enrolled, Some(day("2022-11-20")));
    new.contacted = vec![(Kind::Availability, day("2027-02-01"))];
    let asked = |s: &PlanSubject| lines(&run(std::slice::from_ref(s), "2027-05-01", "2027-05-31"));
    assert_eq!(asked(&new), [""; 0]);
    new.anchors.student = true;
    assert_eq!(asked(&new), ["contact-check-students 2027-05-15 2027-05-15 mail"]);
}

#[test]
fn whoever_was_not_sampled_hears_before_it_is_too_late_and_who_is_on_file_does_not() {
    let mut new = subject(1, Registry::StemCell, "2026-03-20");
    new.status = EnrolmentStatus::Interest;
    new.anchors.birth = Some(BirthDate::Day(day("1982-01-15")));
    let told =
        |s: &PlanSubject| run(std::slice::from_ref(s), "2027-01-01", "2027-01-31").planned.iter().any(|p| p.kind == Kind::EnrolmentAge);
    assert!(told(&new));
    new.status = EnrolmentStatus::Enrolled;
    assert!(!told(&new));
}

#[test]
fn a_deferral_is_explained_within_a_week_or_not_at_all() {
    let mut donor = subject(1, Registry::Blood, "2026-11-01");
    donor.anchors.deferred_until = Some(day("2027-11-20"));
    donor.anchors.deferred_on = Some(day("2026-11-20"));
    let told = |from: &str| lines(&run(std::slice::from_ref(&donor), from, "2026-12-31"));
    assert_eq!(told("2026-11-21"), ["deferral-explained 2026-11-23 2026-11-23 mail"]);
    assert_eq!(told("2026-11-28"), [""; 0]);
}

fn any_subject() -> impl Strategy<Value = PlanSubject> {
    let status = prop::sample::select(vec![
        EnrolmentStatus::Interest,
        EnrolmentStatus::Registered,
        EnrolmentStatus::Registered,
        EnrolmentStatus::Enrolled,
        EnrolmentStatus::Undecided,
        EnrolmentStatus::Exited(ExitReason::Withdrew),
        EnrolmentStatus::Exited(ExitReason::Died),
        EnrolmentStatus::Exited(ExitReason::Duplicate),
    ]);
    let date = || (0i64..5_000).prop_map(|d| day("2014-01-01") + chrono::Duration::days(d));
    let mail = prop::sample::select(vec![MailReach::None, MailReach::Unverified, MailReach::Verified]);
    let dates = (
        prop::option::of(date()),
        date(),
        prop::option::of(date()),
        prop::option::of(date()),
        prop::option::of(date()),
        prop::option::of(date()),
    );
    (
        1u128..6,
        any::<u64>(),
        prop::sample::select(Registry::ALL.to_vec()),
        status,
        dates,
        (mail, any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()),
    )
        .prop_map(
            |(
                of,
                id,
                registry,
                status,
                (registered_on, recorded_on, since, verified_on, last_donation, contacted),
                (mail, phone, address, imported, released),
            )| PlanSubject {
                person: person(of),
                subject: SubjectId(Uuid::from_u128(u128::from(id))),
                registry,
                status,
                status_since: since,
                registered_on,
                recorded_on,
                origin: if imported { Origin::Import } else { Origin::Office },
                first_contact_released: released,
                reach: Reach { mail, phone, mobile: phone && address, address, no_calls: false },
                anchors: Anchors {
                    verified_on,
                    last_donation,
                    birth: Some(BirthDate::Day(day("1958-02-28"))),
                    deferred_until: since,
                    ..Anchors::default()
                },
                contacted: contacted.map(|d| (Kind::ContactCheck, d)).into_iter().collect(),
                suppressed: false,
            },
        )
}

proptest! {
    #[test]
    fn the_plan_is_unique_deterministic_in_time_and_against_no_limit(
        subjects in prop::collection::vec(any_subject(), 0..12), start in 4_000i64..5_000, length in 0i64..800, turn in 0usize..12,
    ) {
        let from = day("2014-01-01") + chrono::Duration::days(start);
        let until = from + chrono::Duration::days(length);
        let policies = Policies::shipped();
        let plan = plan(&policies, &subjects, from, until);
        let mut turned = subjects.clone();
        if !turned.is_empty() {
            let by = turn % turned.len();
            turned.rotate_left(by);
        }
        prop_assert_eq!(&super::plan(&policies, &turned, from, until), &plan, "the order of the subjects does not matter");

        let mut keys = BTreeSet::new();
        for p in &plan.planned {
            prop_assert!(keys.insert((p.rule.clone(), p.person, p.occurrence)), "twice: {:?}", p);
            prop_assert!(p.due_on >= from && p.due_on >= p.occurrence && p.occurrence <= until);
            let limits = &policies.on(p.occurrence).unwrap().limits;
            prop_assert!(p.urgent || !limits.closed_days.contains(&p.due_on));
            let of_registry: Vec<_> = subjects.iter().filter(|s| s.person == p.person && s.registry == p.registry).collect();
            prop_assert!(of_registry.iter().any(|s| s.status.may_contact()), "nobody stays in {:?}", p.registry);
            prop_assert!(of_registry.iter().all(|s| s.status != EnrolmentStatus::Undecided));
            prop_assert!(subjects.iter().filter(|s| s.person == p.person).all(|s| s.status != EnrolmentStatus::Exited(ExitReason::Died)));
            let from_subject = subjects.iter().find(|s| s.subject == p.subject).unwrap();
            prop_assert!(from_subject.status.may_contact());
            match p.channel {
                Channel::Mail => prop_assert!(from_subject.reach.mail == MailReach::Verified || (!p.sensitive && from_subject.reach.mail == MailReach::Unverified)),
                Channel::Phone => prop_assert!(from_subject.reach.phone),
                Channel::HandOff => prop_assert!(from_subject.reach.mobile && p.kind.fits_short_message()),
                Channel::Letter => prop_assert!(from_subject.reach.address),
                Channel::FindContact => {}
            }
        }
        for n in 1..6 {
            let mut days: Vec<_> = plan.planned.iter().filter(|p| p.person == person(n) && !p.urgent && p.channel != Channel::FindContact).map(|p| p.due_on).collect();
            days.sort();
            prop_assert!(days.windows(2).all(|w| (w[1] - w[0]).num_days() >= 14), "too near: {:?}", days);
        }
    }

    #[test]
    fn a_longer_period_only_adds(subjects in prop::collection::vec(any_subject(), 1..8), start in 4_000i64..5_000, length in 0i64..500, more in 0i64..500) {
        let from = day("2014-01-01") + chrono::Duration::days(start);
        let until = from + chrono::Duration::days(length);
        let short = plan(&Policies::shipped(), &subjects, from, until);
        let long = plan(&Policies::shipped(), &subjects, from, until + chrono::Duration::days(more));
        for p in &short.planned {
            prop_assert!(long.planned.contains(p), "lost or moved: {:?}", p);
        }
    }

    #[test]
    fn everybody_who_may_be_contacted_has_a_contact_within_a_year_and_a_half(mut subjects in prop::collection::vec(any_subject(), 1..8), start in 4_000i64..5_000) {
        let from = day("2014-01-01") + chrono::Duration::days(start);
        subjects.retain(|s| s.status.may_contact() && s.registered_on.unwrap_or(s.recorded_on) <= from);
        for s in &mut subjects {
            s.contacted.clear();
            s.anchors.verified_on = None;
        }
        let plan = plan(&Policies::shipped(), &subjects, from, from + chrono::Duration::days(550));
        for s in &subjects {
            prop_assert!(plan.planned.iter().any(|p| p.person == s.person), "forgotten: {:?}", s);
        }
    }
}
