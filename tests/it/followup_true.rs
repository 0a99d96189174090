//! What is said is still true when it is said: no invitation before the eligible day, no duty without a place in a shift; and what the mail
//! server answers is read as it is meant and shown to staff.

use std::sync::Arc;
use std::time::Duration;

use donor_registry::app::form::DriveForm;
use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, Once, Sent};
use donor_registry::domain::Guarded;
use donor_registry::domain::eligibility::{Deferral, Donation, DonationKind, HealthFact, SourceOf};
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::Registry as Enrolled;
use donor_registry::domain::shift::{ShiftTime, TurnAct};
use donor_registry::domain::time::Timestamp;
use donor_registry::followup::Kind;

use crate::followup_desk::{office_with, send};
use crate::harness::desk::{Desk, key};
use crate::harness::people::check_digit;
use crate::harness::program::Registry;
use crate::harness::sink::Sink;

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T01:30:00Z: half past nine in the morning in the branch's zone.
const MORNING: Timestamp = Timestamp(1_795_397_400_000_000);

fn day(text: &str) -> chrono::NaiveDate {
    text.parse().unwrap()
}

fn sent(n: u64) -> Sent {
    Sent { key: key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

fn once(n: u64) -> Once {
    Once { key: key(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

fn gave(on: &str) -> Guarded<HealthFact> {
    let (kind, source) = (DonationKind::WholeBlood, SourceOf::Station);
    Guarded::new(HealthFact::Donation(Donation { kind, day: day(on), millilitres: Some(400), units: None, place: None, source }))
}

/// Blood donors with phone and mail, released for contact, in the order of the lines.
async fn donors(app: &App, actor: Actor, names: &[&str]) -> Vec<PublicId> {
    let mut sheet = String::from("姓名,联系电话,邮箱,身份证号,状态\n");
    for (n, name) in names.iter().enumerate() {
        let first17 = format!("5120021990050590{n}");
        sheet.push_str(&format!("{name},1640000002{n},p{n}@far.example,{first17}{},正常\n", check_digit(&first17)));
    }
    let options = ImportOptions { registry: Some(Enrolled::Blood), ..ImportOptions::default() };
    let bytes = Guarded::new(sheet.into_bytes());
    let staged = app.stage(actor, bytes, "sheet.csv", &options, MORNING, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, MORNING).await.unwrap();
    app.first_contact(actor, None, names.len() as u64, MORNING).await.unwrap();
    let mut ids = Vec::new();
    for name in names {
        ids.push(app.search(actor, &Guarded::new((*name).to_owned())).await.unwrap()[0].public_id.clone());
    }
    ids
}

/// Who has an open follow-up of a kind until a day.
async fn open(app: &App, kind: Kind, until: &str) -> Vec<PublicId> {
    let tasks = app.tasks(Actor::Console, day(until), 1_000).await.unwrap();
    let mut ids: Vec<PublicId> = tasks.into_iter().filter(|t| t.kind == Some(kind)).map(|t| t.public_id).collect();
    ids.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    ids.dedup();
    ids
}

#[test]
fn a_donation_noted_in_the_morning_stops_the_invitation_of_the_evening() {
    let mut registry = Registry::new();
    let mails = registry.folder().join("mails").to_string_lossy().into_owned();
    registry.set("DONOR_REGISTRY_SMTP_FOLDER", &mails);
    registry.set("DONOR_REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000");
    registry.add_account("branch", PASSWORD, "small-branch");
    registry.look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let ids = donors(&app, actor, &["谭秋霜", "林春晓", "赵冬青"]).await;
        for (n, id) in (1..).zip(&ids) {
            app.record_health(actor, id, gave("2026-05-23"), sent(n), MORNING).await.unwrap();
        }
        app.plan(Actor::Console, day("2026-11-23"), 1, false, MORNING).await.unwrap();
        assert_eq!(open(&app, Kind::BloodEligible, "2026-11-23").await.len(), 3, "six months after they gave");

        let ten = MORNING.plus_seconds(30 * 60);
        app.record_health(actor, &ids[0], gave("2026-11-23"), sent(11), ten).await.unwrap();
        let deferral = Deferral { until: Some(day("2026-12-24")), source: SourceOf::Station, ended: None };
        app.record_health(actor, &ids[1], Guarded::new(HealthFact::Deferral(deferral)), sent(12), ten).await.unwrap();
        let left = open(&app, Kind::BloodEligible, "2026-12-23").await;
        assert_eq!(left, [ids[2].clone()], "the other two are not invited before their new day, by no channel");

        let evening = MORNING.plus_seconds(9 * 3_600);
        let tally = app.send(Actor::Console, day("2026-11-23"), false, evening, &mut |_, _| {}).await.unwrap();
        assert_eq!(tally.sent, 1, "{tally:?}");
        // Their new days are planned: the end of the deferral, and half a year after the donation.
        app.plan(Actor::Console, day("2026-11-24"), 7, false, evening).await.unwrap();
        assert!(open(&app, Kind::BloodEligible, "2026-12-26").await.contains(&ids[1]));
        assert!(!open(&app, Kind::BloodEligible, "2027-05-22").await.contains(&ids[0]));
        assert!(open(&app, Kind::BloodEligible, "2027-05-23").await.contains(&ids[0]));
    });
}

/// Two deferrals stand, and the one recorded last is the shorter: its end is nobody's day.
#[test]
fn a_second_shorter_deferral_brings_no_invitation_forward() {
    let mut registry = Registry::new();
    registry.set("DONOR_REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000");
    registry.add_account("branch", PASSWORD, "small-branch");
    registry.look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let ids = donors(&app, actor, &["谭秋霜", "林春晓"]).await;
        let deferral = |until: &str| {
            let until = Some(day(until));
            Guarded::new(HealthFact::Deferral(Deferral { until, source: SourceOf::Station, ended: None }))
        };
        // One of them has given before, one has never.
        app.record_health(actor, &ids[0], gave("2026-05-23"), sent(1), MORNING).await.unwrap();
        for (n, id) in (0..).zip(&ids) {
            app.record_health(actor, id, deferral("2027-03-01"), sent(10 + n), MORNING).await.unwrap();
            app.record_health(actor, id, deferral("2026-12-10"), sent(20 + n), MORNING.plus_seconds(60)).await.unwrap();
        }
        app.plan(Actor::Console, day("2026-11-24"), 12, false, MORNING.plus_seconds(120)).await.unwrap();
        let inviting = async |until: &str| {
            let mut found = open(&app, Kind::BloodEligible, until).await;
            found.extend(open(&app, Kind::DeferralEnd, until).await);
            found
        };
        assert!(inviting("2027-03-01").await.is_empty(), "the longer deferral runs to the end of this day");
        let invited = inviting("2027-03-31").await;
        assert!(ids.iter().all(|id| invited.contains(id)), "and then both hear of it");
    });
}

#[test]
fn only_who_has_a_place_in_a_shift_is_reminded_of_the_drive() {
    crate::volunteers::registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let ids = crate::volunteers::roster(&app, actor, "谭秋霜,16400000021,,,,,,\n林春晓,16400000022,,,,,,\n").await;
        let form =
            DriveForm { name: "秋季招募".into(), place: "广场".into(), town: None, day: Some(day("2026-12-05")), target: None };
        let drive = app.start_drive(actor, form, MORNING).await.unwrap();
        let plan = async || app.plan(Actor::Console, day("2026-11-23"), 1, false, MORNING).await.unwrap();
        plan().await;
        assert!(open(&app, Kind::VolunteerDuty, "2026-12-31").await.is_empty(), "a drive alone is nobody's duty");

        app.add_shift(actor, drive, (ShiftTime::parse("09:00", "12:00").unwrap(), 2), &once(1), MORNING).await.unwrap();
        let shift = app.drive_board(actor, drive).await.unwrap().shifts[0].id;
        app.assign(actor, shift, &Guarded::new(ids[0].as_str().to_owned()), &once(2), MORNING).await.unwrap();
        plan().await;
        assert_eq!(open(&app, Kind::VolunteerDuty, "2026-12-31").await, [ids[0].clone()]);

        let turn = app.drive_board(actor, drive).await.unwrap().shifts.remove(0).turns.remove(0);
        app.note_turn(actor, (turn.id, turn.version), TurnAct::Off, &once(3), MORNING).await.unwrap();
        assert!(open(&app, Kind::VolunteerDuty, "2026-12-31").await.is_empty(), "taken off the shift, reminded no more");
    });
}

/// Vaultwarden #3308: a provider refuses the content, and nobody sees what it said.
#[test]
fn what_the_mail_server_said_stands_on_the_operators_page_and_a_full_mailbox_is_no_alert() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(1, &sink, None, None);
    let joined = chrono::Utc::now().date_naive() - chrono::Days::new(500);
    let sheet = format!(
        "姓名,性别,手机,邮箱,加入日期\n谭秋霜,女,16409999991,overquota@far.example,{joined}\n林春晓,女,16409999992,filtered@far.example,{joined}\n"
    );
    std::fs::write(registry.folder().join("more.csv"), sheet).unwrap();
    registry.done(&["import", "more.csv", "--registry", "volunteer"]);
    registry.done(&["followup", "first-contact", "--manager", "boss", "--count", "2"]);
    registry.done(&["followup", "plan", "--months", "1"]);
    let tally = send(&registry);
    assert_eq!((tally["sent"].as_u64(), tally["refused"].as_u64()), (Some(1), Some(2)), "{tally}");
    registry.look(|app: Arc<App>| async move {
        let now = Timestamp::of(chrono::Utc::now()).plus_seconds(60);
        let alert = app.policy_alert(now).await.unwrap();
        assert_eq!(alert, Some((1, "5.7.1".to_owned())), "the full mailbox is not the operator's business");
    });
    registry.add_account("caller", PASSWORD, "caller");
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "caller", PASSWORD).unwrap();
    let page = desk.client.get("/follow-up/doubt").unwrap().text();
    assert!(page.contains("content rejected") && page.contains("mailbox full"), "{page}");
    assert!(!page.contains("far.example"), "no address in what is shown");
    server.stop();
}

#[cfg(unix)]
#[test]
fn a_message_that_cannot_be_read_is_met_once_and_kept_beside_the_folder() {
    use std::os::unix::fs::PermissionsExt;
    let registry = Registry::new();
    registry.add_account("caller", PASSWORD, "caller");
    let new = registry.folder().join("box/new");
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(registry.folder().join("box").join(part)).unwrap();
    }
    std::os::unix::fs::symlink("/nowhere/at/all", new.join("1.host")).unwrap();
    std::fs::write(new.join("2.host"), "From: li@far.example\nSubject: hello\n\nhow are you\n").unwrap();
    let run = || -> (serde_json::Value, String) {
        let output = registry.run(&["followup", "bounces", "box", "--json"]);
        assert!(output.status.success(), "a message set aside leaves the run well: {}", String::from_utf8_lossy(&output.stderr));
        (serde_json::from_slice(&output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (tally, told) = run();
    assert_eq!(
        (tally["messages"].as_u64(), tally["quarantined"].as_u64(), tally["nobody"].as_u64()),
        (Some(2), Some(1), Some(1)),
        "{tally}"
    );
    assert!(told.contains("1.host") && told.contains("box.quarantine"), "{told}");
    let beside = registry.folder().join("box.quarantine");
    assert_eq!(std::fs::metadata(&beside).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(std::fs::symlink_metadata(beside.join("1.host")).is_ok());
    let (again, _) = run();
    assert_eq!((again["messages"].as_u64(), again["quarantined"].as_u64()), (Some(1), Some(0)), "{again}");
}
