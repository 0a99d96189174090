//! No later sheet turns anybody back: not who is enrolled to registered, not who is registered to an interest, and not one exit into another.

use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, Once};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::in_error::InErrorWhy;
use donor_registry::domain::problem::ProblemCode;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry as Kind};
use donor_registry::domain::sample::Act;
use donor_registry::domain::time::Timestamp;

use crate::harness::people::check_digit;
use crate::volunteers::registry;
use crate::web::{Desk, run, signed_in};

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

pub const fn day_heading(registry: Kind) -> &'static str {
    match registry {
        Kind::StemCell => "采样日期",
        Kind::Volunteer => "加入日期",
        Kind::Blood | Kind::OrganBody => "登记日期",
    }
}

/// Takes in a sheet of one person; `day` may be empty, a barcode says that a sample was taken.
async fn sheet(app: &App, registry: Kind, day: &str, status: &str, barcode: &str) {
    sheet_at(app, registry, (day, status, barcode), NOW).await;
}

/// As [`sheet`], at an instant.
async fn sheet_at(app: &App, registry: Kind, (day, status, barcode): (&str, &str, &str), now: Timestamp) {
    let first17 = "51200219850607011";
    let document = format!("{first17}{}", check_digit(first17));
    let text = format!(
        "姓名,身份证号,联系电话,{},登记状态,采样条码\n谭秋霜,{document},16400000031,{day},{status},{barcode}\n",
        day_heading(registry)
    );
    let options = ImportOptions { registry: Some(registry), ..ImportOptions::default() };
    let staged = app.stage(Actor::Console, Guarded::new(text.into_bytes()), "sheet.csv", &options, now, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    let totals = app.admit(Actor::Console, id, now).await.unwrap();
    assert_eq!((totals.refused, totals.accepted + totals.review), (0, 1));
}

async fn who(app: &App) -> PublicId {
    let found = app.search(Actor::Console, &Guarded::new("谭秋霜".to_owned())).await.unwrap();
    assert_eq!(found.len(), 1, "one person");
    found[0].public_id.clone()
}

async fn stands(app: &App, registry: Kind) -> EnrolmentStatus {
    let page = app.person(Actor::Console, &who(app).await, NOW).await.unwrap();
    page.standings.iter().find(|(r, ..)| *r == registry).expect("a registration").1
}

/// How many lines of the correction list say that a sheet was behind.
async fn asked(app: &App) -> usize {
    let lines = app.corrections(Actor::Console, None, None, 100, NOW).await.unwrap();
    lines.iter().filter(|line| line.problem == Some(ProblemCode::StatusBehind)).count()
}

/// In the pool, and of these enrolled, as the statistics count; every period reconciles.
pub async fn counted(app: &App, registry: Kind, on: &str) -> (u64, u64) {
    let day = on.parse().unwrap();
    let counts = app.pool(day).await.unwrap().registry(registry);
    assert!(app.flows("2024-01-01".parse().unwrap(), day).await.unwrap().reconciles());
    (counts.pool(), counts.enrolled)
}

/// A stage that a registry knows, and the sheet that would lower it.
pub const fn stages(registry: Kind) -> (EnrolmentStatus, [&'static str; 2], &'static str) {
    match registry {
        Kind::StemCell => (EnrolmentStatus::Enrolled, ["有效", "SC20240001"], "有效"),
        Kind::Blood | Kind::OrganBody | Kind::Volunteer => (EnrolmentStatus::Registered, ["有效", ""], "意向"),
    }
}

#[test]
fn a_later_sheet_lowers_no_stage_in_any_registry() {
    for kind in Kind::ALL {
        registry().look(|app| async move {
            let (reached, [status, barcode], lower) = stages(kind);
            sheet(&app, kind, "2024-05-01", status, barcode).await;
            assert_eq!(stands(&app, kind).await, reached, "{kind:?}");
            let before = counted(&app, kind, "2026-11-23").await;
            assert_eq!(before, (1, u64::from(kind == Kind::StemCell)), "{kind:?}");
            sheet(&app, kind, "2025-05-01", lower, "").await;
            assert_eq!(stands(&app, kind).await, reached, "{kind:?}: a later day");
            assert_eq!(asked(&app).await, 1, "{kind:?}: a registrar is asked");
            // A row without a day is of the day it comes.
            sheet(&app, kind, "", lower, "").await;
            assert_eq!(stands(&app, kind).await, reached, "{kind:?}: no day");
            assert_eq!(asked(&app).await, 2, "{kind:?}");
            for on in ["2024-05-01", "2025-05-01", "2026-11-23"] {
                assert_eq!(counted(&app, kind, on).await, before, "{kind:?} on {on}");
            }
        });
    }
}

#[test]
fn a_later_sheet_changes_no_reason_of_an_exit_in_any_registry() {
    for kind in Kind::ALL {
        registry().look(|app| async move {
            let withdrew = EnrolmentStatus::Exited(ExitReason::Withdrew);
            sheet(&app, kind, "2024-05-01", "撤销", "").await;
            assert_eq!(stands(&app, kind).await, withdrew, "{kind:?}");
            for (n, day) in ["2024-05-01", "2025-05-01", ""].into_iter().enumerate() {
                sheet(&app, kind, day, "失联", "").await;
                assert_eq!(stands(&app, kind).await, withdrew, "{kind:?} {day}");
                assert_eq!(asked(&app).await, n + 1, "{kind:?} {day}");
            }
            assert_eq!(counted(&app, kind, "2026-11-23").await, (0, 0), "{kind:?}");
        });
    }
}

#[test]
fn a_later_sheet_may_still_say_more_and_a_death_is_known_whatever_stood_before() {
    registry().look(|app| async move {
        let kind = Kind::StemCell;
        sheet(&app, kind, "2024-05-01", "有效", "").await;
        sheet(&app, kind, "2025-05-01", "有效", "SC20250001").await;
        assert_eq!(stands(&app, kind).await, EnrolmentStatus::Enrolled, "the sample was accepted since");
        sheet(&app, kind, "2025-09-01", "退出", "").await;
        assert_eq!(stands(&app, kind).await, EnrolmentStatus::Exited(ExitReason::Withdrew));
        assert_eq!(asked(&app).await, 0, "nothing was behind");
        sheet(&app, kind, "2025-10-01", "去世", "").await;
        assert_eq!(stands(&app, kind).await, EnrolmentStatus::Exited(ExitReason::Withdrew), "why they left stands");
        assert_eq!(asked(&app).await, 1);
        sheet(&app, kind, "2026-05-01", "有效", "").await;
        assert!(!stands(&app, kind).await.may_contact(), "nobody who died comes back by a sheet");
    });
}

#[test]
fn no_later_sheet_turns_a_donor_back_into_a_registrant() {
    registry().look(|app| async move {
        let (kind, donated) = (Kind::StemCell, EnrolmentStatus::Exited(ExitReason::Donated));
        sheet(&app, kind, "2024-05-01", "有效", "SC20240001").await;
        sheet(&app, kind, "2024-09-01", "已实现捐献", "").await;
        assert_eq!((stands(&app, kind).await, asked(&app).await), (donated, 0));
        for (n, status) in ["有效", "意向"].into_iter().enumerate() {
            sheet(&app, kind, "2025-05-01", status, "").await;
            assert_eq!(stands(&app, kind).await, donated, "{status}: care after the donation goes on");
            assert_eq!(asked(&app).await, n + 1, "{status}: a registrar is asked");
        }
        assert_eq!(counted(&app, kind, "2026-11-23").await, (0, 0));
    });
}

#[test]
fn the_line_that_asks_says_what_can_be_done_and_leaves_the_list_once_it_was_checked() {
    run(|| async {
        let desk = Desk::open().await;
        sheet(&desk.app, Kind::Volunteer, "2024-05-01", "撤销", "").await;
        sheet(&desk.app, Kind::Volunteer, "2025-05-01", "失联", "").await;
        let lines = desk.app.corrections(Actor::Console, None, None, 100, NOW).await.unwrap();
        let line = lines.iter().find(|line| line.problem == Some(ProblemCode::StatusBehind)).expect("a registrar is asked");
        let mut registrar = signed_in(&desk, "registrar").await;
        let path = format!("/corrections/{}", line.id);
        let page = registrar.get(&path).await;
        for told in ["登记库里是对的，从更正单去掉这一行", "录入有误", "已核对，去掉这一行"] {
            assert!(page.body.contains(told), "{told}: {}", page.body);
        }
        for untrue in ["请在此人的页面改", "这一行自动从更正单上去掉"] {
            assert!(!page.body.contains(untrue), "the person's page decides nothing here: {}", page.body);
        }
        let (csrf, version) = (page.field("csrf"), page.field("version"));
        let fields = [("csrf", csrf.as_str()), ("version", &version), ("step", "drop")];
        assert_eq!(registrar.post(&path, &fields).await.status, rocket::http::Status::SeeOther);
        assert_eq!(asked(&desk.app).await, 0);
    });
}

/// Two months before.
const EARLY: Timestamp = Timestamp(NOW.0 - 60 * 86_400_000_000);

fn once() -> Once {
    Once { key: uuid::Uuid::new_v4().to_string(), fingerprint: [7; 32] }
}

fn at(minutes: i64) -> Timestamp {
    NOW.plus_seconds(60 * minutes)
}

/// Takes back what was entered last, as the page says it would: to the status named there.
async fn taken_back(app: &App, when: Timestamp) -> EnrolmentStatus {
    let id = who(app).await;
    let line = app.in_error_page(Actor::Console, &id, when).await.unwrap().lines.remove(0);
    assert_eq!(line.refused, None);
    app.take_back_standing(Actor::Console, &id, (line.act, InErrorWhy::WrongPerson), &once(), when).await.unwrap();
    line.moves[0].to
}

/// Registered by a sheet, enrolled by an accepted sample, and told as registered by a later sheet.
async fn enrolled_and_told_again(app: &App) {
    let (kind, today) = (Kind::StemCell, app.today(EARLY));
    sheet_at(app, kind, ("2024-05-01", "有效", ""), EARLY).await;
    let (id, barcode) = (who(app).await, Guarded::new("TUBE-0001".to_owned()));
    app.take_sample(Actor::Console, &id, (&barcode, today), &once(), EARLY).await.unwrap();
    for act in [Act::Sent, Act::Accepted] {
        let sample = app.samples(Actor::Console, &id).await.unwrap().samples.remove(0);
        app.note_sample(Actor::Console, (sample.id, sample.version), (act, today), &once(), EARLY).await.unwrap();
    }
    sheet(app, kind, "2026-11-01", "有效", "").await;
    assert_eq!((stands(app, kind).await, asked(app).await), (EnrolmentStatus::Enrolled, 1));
    assert_eq!(counted(app, kind, "2026-11-23").await, (1, 1));
}

/// Takes the registration that a sheet told, and nothing else happened to, out of the person.
async fn taken_out(app: &App, status: EnrolmentStatus, when: Timestamp) {
    let id = who(app).await;
    let view = app.person(Actor::Console, &id, when).await.unwrap().view;
    let alone = view.subjects.iter().rfind(|s| s.enrolments[0].row_version == 1 && s.enrolments[0].status == status);
    app.take_out(Actor::Console, &id, alone.expect("a sheet's").row.id, when).await.unwrap();
}

#[test]
fn an_enrolment_that_is_taken_back_is_counted_nowhere_whatever_sheet_repeated_it() {
    registry().look(|app| async move {
        let kind = Kind::StemCell;
        enrolled_and_told_again(&app).await;
        assert_eq!(taken_back(&app, at(1)).await, EnrolmentStatus::Registered);
        assert_eq!(stands(&app, kind).await, EnrolmentStatus::Registered);
        assert_eq!(counted(&app, kind, "2026-11-23").await, (1, 0), "the pages and the statistics say the same");
        taken_out(&app, EnrolmentStatus::Registered, at(2)).await;
        assert_eq!(counted(&app, kind, "2026-11-23").await, (2, 0), "and of each, taken apart");
    });
}

#[test]
fn who_is_taken_out_counts_as_the_sheet_said_and_not_as_whom_they_were_taken_for() {
    registry().look(|app| async move {
        enrolled_and_told_again(&app).await;
        taken_out(&app, EnrolmentStatus::Registered, at(1)).await;
        assert_eq!(counted(&app, Kind::StemCell, "2026-11-23").await, (2, 1), "one of the two is enrolled");
    });
}

#[test]
fn a_wrong_exit_that_a_later_sheet_gives_another_reason_for_is_left_to_a_registrar() {
    for told in ["失联", "迁出"] {
        registry().look(|app| async move {
            let kind = Kind::Volunteer;
            sheet_at(&app, kind, ("2024-05-01", "有效", ""), EARLY).await;
            let id = who(&app).await;
            app.leave(Actor::Console, &id, kind, ExitReason::MovedOut, EARLY).await.unwrap();
            sheet(&app, kind, "2026-11-01", told, "").await;
            assert_eq!(stands(&app, kind).await, EnrolmentStatus::Exited(ExitReason::MovedOut), "{told}");
            assert_eq!(counted(&app, kind, "2026-11-23").await, (0, 0), "{told}");
            assert_eq!(
                taken_back(&app, at(1)).await,
                EnrolmentStatus::Undecided,
                "{told}: the page does not promise what the sheet denies"
            );
            assert_eq!(stands(&app, kind).await, EnrolmentStatus::Undecided, "{told}");
            assert_eq!(counted(&app, kind, "2026-11-23").await, (0, 0), "{told}: nobody counts who is asked about");
            let waits = async || {
                let lines = app.corrections(Actor::Console, None, None, 100, NOW).await.unwrap();
                lines.iter().filter(|line| line.problem == Some(ProblemCode::MissingStatus)).count()
            };
            assert_eq!(waits().await, 1, "{told}");
            app.decide_standing(Actor::Console, &id, kind, EnrolmentStatus::Registered, at(2)).await.unwrap();
            assert_eq!((stands(&app, kind).await, waits().await), (EnrolmentStatus::Registered, 0), "{told}");
            assert_eq!(counted(&app, kind, "2026-11-23").await, (1, 0), "{told}");
        });
    }
}
