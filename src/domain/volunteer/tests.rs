use super::*;
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn known(facts: &[ServiceFact]) -> Volunteer {
    let facts: Vec<Guarded<ServiceFact>> = facts.iter().cloned().map(Guarded::new).collect();
    let numbered: Vec<_> = facts.iter().enumerate().map(|(n, fact)| (Uuid::from_u128(n as u128), fact)).collect();
    Volunteer::of([], &numbered)
}

fn served(quarters: u32) -> ServiceFact {
    ServiceFact::Hours { day: day("2026-11-20"), quarters: Quarters(quarters), what: "献血宣传".into(), drive: None, turn: None }
}

fn certificate(issued: &str, expires: &str) -> ServiceFact {
    ServiceFact::Certificate { number: "JH-0417".into(), issued: day(issued), expires: day(expires) }
}

#[test]
fn hours_are_read_in_quarters_and_nothing_else() {
    for (text, quarters) in [("2", 8), ("0.25", 1), ("1.5", 6), ("1.50", 6), ("24", 96), (" ３.75 ", 15)] {
        assert_eq!(Quarters::parse(text), Some(Quarters(quarters)), "{text}");
    }
    for wrong in ["", "0", "0.0", "1.3", "24.25", "-1", "1,5", "1e1", ".5", "100", "两"] {
        assert_eq!(Quarters::parse(wrong), None, "{wrong}");
    }
    assert_eq!(Quarters(9).to_string(), "2.25");
    assert_eq!(Quarters(8).to_string(), "2");
}

proptest! {
    #[test]
    fn hours_written_are_read_back(quarters in 1u32..=96) {
        prop_assert_eq!(Quarters::parse(&Quarters(quarters).to_string()), Some(Quarters(quarters)));
    }

    #[test]
    fn the_total_is_the_sum_of_what_was_not_undone(entries in prop::collection::vec((1u32..=96, any::<bool>()), 0..20)) {
        let mut facts: Vec<ServiceFact> = entries.iter().map(|(q, _)| served(*q)).collect();
        facts.extend(entries.iter().enumerate().filter(|(_, (_, undone))| *undone).map(|(n, _)| ServiceFact::Undone(Uuid::from_u128(n as u128))));
        let left: u32 = entries.iter().filter(|(_, undone)| !undone).map(|(q, _)| q).sum();
        prop_assert_eq!(known(&facts).hours, Quarters(left));
    }
}

#[test]
fn who_joins_two_teams_and_leaves_one_belongs_to_the_other() {
    let team = |team, joined| ServiceFact::Team { team, day: day("2026-01-01"), joined };
    assert_eq!(known(&[team(2, true), team(1, true), team(2, true)]).teams, [1, 2], "joined twice is joined once");
    assert_eq!(known(&[team(1, true), team(2, true), team(1, false)]).teams, [2]);
    assert_eq!(known(&[team(1, true), team(1, false), ServiceFact::Undone(Uuid::from_u128(1))]).teams, [1]);
}

#[test]
fn a_certificate_runs_out_after_its_last_day_and_a_renewal_takes_it_off_the_list() {
    let today = day("2026-11-27");
    let old = certificate("2023-12-02", "2026-12-01");
    assert_eq!(known(std::slice::from_ref(&old)).certificate_on(day("2026-12-01")), Validity::Through(day("2026-12-01")));
    assert_eq!(known(std::slice::from_ref(&old)).certificate_on(day("2026-12-02")), Validity::Expired(day("2026-12-01")));
    assert_eq!(known(std::slice::from_ref(&old)).expiring(today, 90), Some(day("2026-12-01")));
    assert_eq!(known(std::slice::from_ref(&old)).expiring(today, 3), None);
    let renewed = known(&[old.clone(), certificate("2026-11-20", "2029-11-19")]);
    assert_eq!(renewed.certificate_on(today), Validity::Through(day("2029-11-19")));
    assert_eq!(renewed.expiring(today, 90), None);
    assert_eq!(known(&[]).certificate_on(today), Validity::Without);
}

#[test]
fn what_a_roster_told_counts_until_it_is_recorded_here() {
    let roster = Guarded::new(Details {
        team: Some("一队".into()),
        skills: vec!["心肺复苏".into(), "会开车、摄影".into()],
        certificate: Some("JH-7".into()),
        certificate_until: Some(day("2027-01-31")),
        hours: Some(12.4),
        ..Details::default()
    });
    let told = Volunteer::of([&roster, &roster], &[]);
    assert_eq!(told.skills, [Skill::FirstAid, Skill::Driving, Skill::Photography]);
    assert_eq!((told.told_hours, told.hours), (Some(Quarters(50)), Quarters(0)));
    assert_eq!((told.certificates.len(), told.told_teams.len()), (1, 1));
    assert_eq!(told.certificate_on(day("2026-11-27")), Validity::Through(day("2027-01-31")));
    let fact = Guarded::new(ServiceFact::Skills { skills: vec![Skill::Medical], town: Some(TownCode(1)) });
    let both = Volunteer::of([&roster], &[(Uuid::from_u128(1), &fact)]);
    assert_eq!((both.skills.as_slice(), both.town), ([Skill::Medical].as_slice(), Some(TownCode(1))));
    assert!(both.has_one(&[Skill::Medical, Skill::Driving]) && !both.has_one(&[Skill::Driving]) && both.has_one(&[]));
    assert_eq!(Skill::told("下围棋"), [Skill::Other]);
    assert!(Skill::told(" ").is_empty());
}

#[test]
fn what_cannot_be_right_is_named_by_its_field() {
    let today = day("2026-11-27");
    let flaw = |fact: ServiceFact| ServiceFact::flaw(&Guarded::new(fact), today).map(|(field, _)| field);
    assert_eq!(flaw(served(4)), None);
    assert_eq!(flaw(served(97)), Some("hours"));
    let hours =
        |what: &str, on: &str| ServiceFact::Hours { day: day(on), quarters: Quarters(1), what: what.into(), drive: None, turn: None };
    assert_eq!(flaw(hours(" ", "2026-11-27")), Some("what"));
    assert_eq!(flaw(hours("送水", "2026-11-28")), Some("day"));
    assert_eq!(flaw(certificate("2026-11-20", "2029-11-19")), None);
    assert_eq!(flaw(certificate("2026-11-20", "2026-11-20")), Some("expires"));
    assert_eq!(flaw(certificate("2026-11-28", "2029-11-19")), Some("issued"));
    let nameless = ServiceFact::Certificate { number: " ".into(), issued: day("2026-01-01"), expires: day("2027-01-01") };
    assert_eq!(flaw(nameless), Some("number"));
    assert_eq!(flaw(ServiceFact::Team { team: 1, day: day("2027-01-01"), joined: true }), Some("team-day"));
}

#[test]
fn every_skill_is_read_back_from_its_word() {
    for skill in Skill::ALL {
        assert_eq!(Skill::from_word(skill.word()), Some(*skill));
    }
}
