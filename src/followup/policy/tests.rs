use super::*;

const HEAD: &str = r#"
valid_from = 2026-01-01
[limits]
quiet_from = "21:00"
quiet_until = "09:00"
min_days_between = 14
donation_interval = "6 months"
"#;

const RULE: &str = r#"
[[rule]]
id = "contact-check"
registries = ["blood"]
statuses = ["registered"]
anchor = "verified"
offset = "12 months"
repeat = "12 months"
ladder = ["mail", "phone"]
kind = "contact_check"
"#;

fn read(text: &str) -> Result<Policy, FollowupError> {
    Policy::from_toml("test.toml", text)
}

fn refused(text: &str) -> String {
    read(text).expect_err("the policy is wrong").to_string()
}

#[test]
fn the_shipped_policy_is_read_and_holds_what_the_branch_needs() {
    let shipped = Policies::shipped();
    let policy = shipped.on("2026-11-23".parse().unwrap()).unwrap();
    let rule = |id: &str| policy.rule(&RuleId::parse(id).unwrap()).unwrap_or_else(|| panic!("rule {id}"));
    assert!(rule("verify-mail").only.own && rule("verify-mail").only.unverified_mail);
    assert_eq!(rule("contact-check").repeat, Some(Span::months(12)));
    let halfway = rule("contact-check-stem-cell-early");
    assert_eq!((halfway.offset, halfway.repeat), (Span::months(6), Some(Span::months(12))));
    assert_eq!((rule("availability").offset, rule("availability").repeat), (Span::months(12), Some(Span::months(12))));
    for kind in [Kind::BloodEligible, Kind::DeferralEnd, Kind::BloodLapsing] {
        let of_kind = |r: &&Rule| r.kind == kind && r.statuses == [EnrolmentStatus::Interest, EnrolmentStatus::Registered];
        assert!(policy.rules.iter().any(|r| of_kind(&r)), "{kind:?} reaches who showed interest too");
    }
    assert_eq!(rule("wish-check").ladder, [Channel::Phone, Channel::Mail, Channel::Letter]);
    assert_eq!(policy.limits.min_days_between, 14);
    for rule in &policy.rules {
        assert!(rule.statuses.iter().all(|s| rule.registries.iter().all(|r| s.may_follow_up(*r))), "{}", rule.id);
        if rule.registries.contains(&Registry::OrganBody) && rule.kind != Kind::VerifyMail {
            assert_eq!(rule.ladder.first(), Some(&Channel::Phone), "{}: organ and body donors are called first", rule.id);
        }
        if rule.kind == Kind::BloodEligible {
            assert_eq!(rule.anchor, Anchor::Eligible, "{}", rule.id);
            assert!(rule.offset.months >= 0 && rule.offset.days >= 0, "{}: never before the eligible day", rule.id);
        }
    }
}

#[test]
fn the_days_off_of_the_holidays_named_are_closed_and_those_of_no_other() {
    let closed = |policy: &Policy, day: &str| policy.limits.closed_days.contains(&day.parse().unwrap());
    let shipped = Policies::shipped();
    let policy = shipped.on("2026-11-23".parse().unwrap()).unwrap();
    for day in ["2026-02-15", "2026-02-23", "2026-10-01", "2026-10-07", "2027-02-06", "2027-10-01", "2026-04-05"] {
        assert!(closed(policy, day), "{day}");
    }
    for day in ["2026-02-24", "2026-05-01", "2026-10-08", "2026-04-06"] {
        assert!(!closed(policy, day), "{day}");
    }
    let named = HEAD.replace("min_days", "closed_holidays = [\"labour-day\"]\nmin_days");
    let labour = read(&format!("{named}{RULE}")).unwrap();
    assert!(closed(&labour, "2026-05-01") && !closed(&labour, "2026-10-01"));
    let changes = diff(&read(&format!("{HEAD}{RULE}")).unwrap(), &labour);
    assert!(matches!(&changes[..], [Change::Limit { field: "closed_holidays", new, .. }] if new == "labour-day"), "{changes:?}");
    let message = refused(&format!("{}{RULE}", named.replace("labour-day", "thanksgiving")));
    assert!(message.contains("closed_holidays") && message.contains("spring-festival"), "{message}");
}

#[test]
fn an_error_names_the_rule_and_the_field() {
    for (wrong, field) in [
        (RULE.replace("\"verified\"", "\"sunrise\""), "anchor"),
        (RULE.replace("offset = \"12 months\"", "offset = \"12 moons\""), "offset"),
        (RULE.replace("[\"registered\"]", "[\"exited\"]"), "statuses"),
        (RULE.replace("[\"registered\"]", "[\"donated\"]"), "statuses"),
        (format!("{RULE}window = \"20:00-18:00\"\n"), "window"),
        (format!("{RULE}window = \"evening\"\n"), "window"),
        (RULE.replace("[\"blood\"]", "[]"), "registries"),
        (RULE.replace("[\"blood\"]", "[\"plasma\"]"), "registries"),
        (RULE.replace("[\"mail\", \"phone\"]", "[\"mail\", \"pigeon\"]"), "ladder"),
        (RULE.replace("[\"mail\", \"phone\"]", "[\"mail\", \"mail\"]"), "ladder"),
        (RULE.replace("[\"mail\", \"phone\"]", "[\"hand-off\"]").replace("contact_check", "wish_check"), "ladder"),
        (format!("{RULE}wait_days = {{ letters = 20 }}\n"), "letters"),
        (RULE.replace("\"contact_check\"", "\"advert\""), "kind"),
        (RULE.replace("\"contact_check\"", "\"match_check\""), "ladder"),
        (RULE.replace("repeat = \"12 months\"", "repeat = \"0 days\""), "repeat"),
        (RULE.replace("repeat = \"12 months\"", "repeat = 12"), "repeat"),
        (format!("{RULE}urgnet = true\n"), "urgnet"),
        (format!("{RULE}only = {{ age_form = 70 }}\n"), "age_form"),
        (RULE.replace("kind = \"contact_check\"", ""), "kind"),
        (format!("{RULE}day = \"06-14\"\n"), "day"),
    ] {
        let message = refused(&format!("{HEAD}{wrong}"));
        assert!(message.starts_with(&format!("test.toml: rule `contact-check`, field `{field}`: ")), "{message}");
        assert!(message.contains("unchanged"), "{message}");
    }
}

#[test]
fn a_rule_without_an_id_is_named_by_its_place() {
    let message = refused(&format!("{HEAD}{RULE}{}", RULE.replace("id = \"contact-check\"", "")));
    assert!(message.contains("rule `number 2`, field `id`"), "{message}");
}

#[test]
fn two_rules_of_one_id_are_refused() {
    assert!(refused(&format!("{HEAD}{RULE}{RULE}")).contains("an earlier rule has the same id"));
}

#[test]
fn fields_outside_the_rules_are_named_too() {
    assert!(refused(&HEAD.replace("14", "\"often\"")).contains("field `min_days_between`"));
    assert!(refused(&HEAD.replace("\"09:00\"", "\"21:00\"")).contains("field `quiet_until`"));
    assert!(refused(&HEAD.replace("2026-01-01", "2026-02-30")).contains("test.toml"));
    assert!(refused("valid_from = 2026-01-01").contains("field `limits`"));
    assert!(matches!(read("valid_from = = 3"), Err(FollowupError::PolicySyntax { .. })));
}

#[test]
fn the_edition_is_chosen_by_the_day_judged() {
    let early = read(HEAD).unwrap();
    let late = read(&HEAD.replace("2026-01-01", "2027-07-01").replace("14", "30")).unwrap();
    let both = Policies::of(vec![late, early]).unwrap();
    let days = |day: &str| both.on(day.parse().unwrap()).map(|p| p.limits.min_days_between);
    assert_eq!(days("2026-01-01").unwrap(), 14);
    assert_eq!(days("2027-06-30").unwrap(), 14);
    assert_eq!(days("2027-07-01").unwrap(), 30);
    assert!(matches!(days("2025-12-31"), Err(FollowupError::NoPolicy { .. })));
}

#[test]
fn an_offices_own_edition_takes_the_place_of_one_that_begins_on_its_day() {
    let first = read(HEAD).unwrap();
    let own = read(&HEAD.replace("14", "7")).unwrap();
    let late = read(&HEAD.replace("2026-01-01", "2027-07-01").replace("14", "30")).unwrap();
    let all = Policies::of(vec![first]).unwrap().with(vec![late, own]).unwrap();
    let today: NaiveDate = "2026-11-26".parse().unwrap();
    assert_eq!(all.editions().count(), 2);
    assert_eq!(all.on(today).unwrap().limits.min_days_between, 7);
    assert_eq!(all.after(today).unwrap().limits.min_days_between, 30);
    assert_eq!(all.up_to(today).unwrap().editions().count(), 1);
    assert!(all.after("2027-07-01".parse().unwrap()).is_none() && all.up_to("2025-12-31".parse().unwrap()).is_err());
}

#[test]
fn letters_and_hand_offs_are_rungs_with_days_of_their_own() {
    let text = format!(
        "{HEAD}wait_days = {{ letter = 45 }}\n{}wait_days = {{ hand-off = 3 }}\n",
        RULE.replace("\"phone\"]", "\"phone\", \"hand-off\", \"letter\"]")
    );
    let policy = read(&text).unwrap();
    assert_eq!(policy.limits.wait, Waits { letter: 45, ..Waits::default() });
    let rule = &policy.rules[0];
    assert_eq!(rule.ladder, [Channel::Mail, Channel::Phone, Channel::HandOff, Channel::Letter]);
    assert_eq!(rule.wait, Waits { phone: 1, hand_off: 3, letter: 45 });
    let changed = diff(&policy, &read(&text.replace("hand-off = 3", "hand-off = 9").replace(", \"letter\"", "")).unwrap());
    let named = |field: &str, old: &str, new: &str| {
        changed.contains(&Change::Field {
            rule: "contact-check".into(),
            field: if field == "ladder" { "ladder" } else { "wait_days" },
            old: old.into(),
            new: new.into(),
        })
    };
    assert!(named("ladder", "mail, phone, hand-off, letter", "mail, phone, hand-off"), "{changed:?}");
    assert!(named("wait_days", "phone = 1, hand-off = 3, letter = 45", "phone = 1, hand-off = 9, letter = 45"), "{changed:?}");
    for rule in &Policies::shipped().on("2026-11-23".parse().unwrap()).unwrap().rules {
        let organ = rule.registries == [Registry::OrganBody];
        assert!(!organ || !rule.ladder.contains(&Channel::HandOff), "{}: nothing of organs and bodies in a short message", rule.id);
        assert!(!organ || rule.ladder.ends_with(&[Channel::Letter]), "{}: a letter is better than nothing", rule.id);
    }
}
