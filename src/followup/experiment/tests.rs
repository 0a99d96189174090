use std::collections::BTreeMap;

use super::*;

struct Toy;

impl Keyed for Toy {
    fn tag(&self, label: &str, bytes: &[u8]) -> [u8; 32] {
        // FNV-1a and a finaliser, eight bytes four times over: spreads well enough to count arms.
        let mut hash = label
            .bytes()
            .chain(bytes.iter().copied())
            .fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
        hash ^= hash >> 33;
        hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
        hash ^= hash >> 33;
        let eight = hash.to_be_bytes();
        std::array::from_fn(|i| eight[i % 8])
    }
}

fn declared(rules: &str, size: u64, usual: f64, effect: f64, arms: &str) -> String {
    format!(
        "id = \"try\"\ntitle = \"x\"\nrules = [{rules}]\nstarts = 2027-01-01\nends = 2027-12-31\nwithin_days = 30\noutcome = \"answered\"\nsize = {size}\nusual_share = {usual}\neffect = {effect}\n[[arm]]\nname = \"usual\"\n{arms}"
    )
}

const EVENING: &str = "[[arm]]\nname = \"evening\"\nhours = \"18:00-20:00\"\n";
const NOTHING: &str = "[[arm]]\nname = \"none\"\nnothing = true\n";

fn read(text: &str) -> Result<Experiment, String> {
    Experiment::from_toml("experiment.toml", text, &Policies::shipped()).map_err(|error| error.to_string())
}

#[test]
fn a_declaration_that_could_not_see_its_effect_is_refused_with_what_it_could_see() {
    assert!(read(&declared("\"blood-eligible\"", 356, 0.3, 0.1, EVENING)).is_ok());
    let refused = read(&declared("\"blood-eligible\"", 100, 0.3, 0.1, EVENING)).unwrap_err();
    assert!(refused.contains("356 are needed") && refused.contains("smallest it can see is 0."), "{refused}");
    let refused = read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.4, EVENING)).unwrap_err();
    assert!(refused.contains("not plausible"), "{refused}");
    for (usual, effect) in [(0.0, 0.1), (0.95, 0.1), (0.3, 0.0), (0.3, -0.1)] {
        assert!(read(&declared("\"blood-eligible\"", 100_000, usual, effect, EVENING)).is_err(), "{usual} {effect}");
    }
}

#[test]
fn nothing_is_tried_with_sensitive_kinds_care_or_safety() {
    for rule in [
        "wish-check",
        "family-told-early",
        "executor-check",
        "pre-sampling",
        "post-donation-day",
        "blood-thanks",
        "deferral-explained",
        "verify-mail",
    ] {
        let refused = read(&declared(&format!("\"{rule}\""), 1_000, 0.3, 0.1, EVENING)).unwrap_err();
        assert!(refused.contains(rule) && refused.contains("nothing is tried"), "{refused}");
    }
    assert!(read(&declared("\"no-such-rule\"", 1_000, 0.3, 0.1, EVENING)).is_err());
    assert!(read(&declared("", 1_000, 0.3, 0.1, EVENING)).is_err(), "an empty list is nobody");
}

#[test]
fn nobody_is_held_out_from_a_contact_check_or_a_yearly_question() {
    assert!(read(&declared("\"blood-lapsing-12\"", 1_000, 0.3, 0.1, NOTHING)).is_ok());
    for rule in ["contact-check", "contact-check-stem-cell-early", "contact-check-students", "availability", "deferral-end"] {
        let refused = read(&declared(&format!("\"{rule}\""), 1_000, 0.3, 0.1, NOTHING)).unwrap_err();
        assert!(refused.contains("nobody is left without"), "{rule}: {refused}");
        assert!(read(&declared(&format!("\"{rule}\""), 1_000, 0.3, 0.1, EVENING)).is_ok(), "another hour may be tried with {rule}");
    }
}

#[test]
fn an_arm_differs_in_one_thing_and_the_first_one_in_none() {
    let both = "[[arm]]\nname = \"b\"\nhours = \"18:00-20:00\"\nchannel = \"phone\"\n";
    assert!(read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.1, both)).is_err());
    let usual_twice = "[[arm]]\nname = \"again\"\n";
    assert!(read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.1, usual_twice)).is_err());
    assert!(read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.1, "")).is_err(), "one arm is none");
    let half = "[[arm]]\nname = \"b\"\ntext_zh = \"x\"\n";
    assert!(read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.1, half)).is_err());
}

#[test]
fn arms_are_drawn_by_their_shares_and_always_the_same() {
    let thirds = "[[arm]]\nname = \"evening\"\nshare = 2\nhours = \"18:00-20:00\"\n";
    let experiment = read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.1, thirds)).unwrap();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for n in 0..30_000u128 {
        let person = PersonId(uuid::Uuid::from_u128(n * 7_919));
        let arm = experiment.arm_of(person, &Toy);
        assert_eq!(arm, experiment.arm_of(person, &Toy));
        *counts.entry(&arm.name).or_default() += 1;
    }
    let evening = f64::from(counts["evening"]) / 30_000.0;
    // Five standard errors.
    assert!((evening - 2.0 / 3.0).abs() < 5.0 * (2.0 / 9.0 / 30_000.0f64).sqrt(), "{counts:?}");
    let other = Experiment { id: "another".into(), ..experiment.clone() };
    let moved = (0..1_000u128)
        .map(|n| PersonId(uuid::Uuid::from_u128(n)))
        .filter(|p| experiment.arm_of(*p, &Toy).name != other.arm_of(*p, &Toy).name)
        .count();
    assert!(moved > 300, "two experiments draw apart: {moved}");
}

#[test]
fn results_wait_until_every_outcome_had_its_time_and_two_on_one_rule_collide() {
    let experiment = read(&declared("\"blood-eligible\"", 1_000, 0.3, 0.1, EVENING)).unwrap();
    assert_eq!(experiment.told_from(), "2028-01-31".parse().unwrap());
    let later = Experiment { starts: "2027-12-31".parse().unwrap(), ends: "2028-06-30".parse().unwrap(), ..experiment.clone() };
    assert!(collide(&experiment, &later));
    assert!(!collide(&experiment, &Experiment { starts: "2028-01-01".parse().unwrap(), ..later }));
    let rule = |text: &str| RuleId::parse(text).unwrap();
    assert!(experiment.covers(&rule("blood-eligible"), "2027-12-31".parse().unwrap()));
    assert!(!experiment.covers(&rule("blood-eligible"), "2028-01-01".parse().unwrap()));
    assert!(!experiment.covers(&rule("contact-check"), "2027-06-01".parse().unwrap()));
}

#[test]
fn the_example_of_the_handbook_is_a_declaration() {
    let example = read(include_str!("../../../docs/deploy/experiment.toml")).unwrap();
    assert_eq!(example.arms.len(), 2);
    assert!(matches!(example.arms[1].way, Way::Words(..)));
    // Words that name what a text may not name, or no link, are refused.
    for (from, to) in [("{{ link }}", ""), ("{{ branch }}", "{{ phone }}")] {
        let wrong = include_str!("../../../docs/deploy/experiment.toml").replace(from, to);
        assert!(read(&wrong).is_err(), "{to}");
    }
}
