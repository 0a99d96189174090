//! What comes in after somebody left, and what a planning decided before it.

use std::collections::BTreeMap;

use chrono::Days;

use super::*;
use crate::app::follow::{Letter, NewTask, TaskOutcome};
use crate::app::form::AccountForm;
use crate::app::import::{ImportOptions, Staged};
use crate::app::{Actor, MatchForm, Once, Taken, Unlock};
use crate::config::{Config, Purpose, Sources};
use crate::domain::Guarded;
use crate::domain::id::PublicId;
use crate::domain::national_id::check_character;
use crate::domain::registry::{ExitReason, Registry};
use crate::domain::role::Roles;
use crate::domain::time::Timestamp;
use crate::followup::compose::bounce_address;
use crate::store::{OutboxRow, OutboxState};

/// 2026-11-23T01:30:00Z: half past nine in the morning in the branch's zone.
const MORNING: Timestamp = Timestamp(1_795_397_400_000_000);
const DAY: i64 = 86_400;
/// The contact of everybody of [`donors`] is checked on this day.
const CHECKED: i64 = 365 * DAY;

async fn opened(folder: &std::path::Path) -> App {
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let environment = [("DONOR_REGISTRY_DATA", at("data")), ("DONOR_REGISTRY_KEY_FILE", at("root.key"))];
    let sources = Sources {
        environment: environment.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        working_folder: folder.to_owned(),
        command_line: BTreeMap::new(),
    };
    let app = App::open(Config::load(&sources, Purpose::Command).unwrap(), Unlock::default(), MORNING).await.unwrap().app;
    let form = AccountForm {
        login: "lin".to_owned(),
        name: "林样".to_owned(),
        password: Guarded::new("correct-horse-battery-9".to_owned()),
        roles: Roles::small_branch(),
    };
    app.add_account(Actor::Console, form, MORNING).await.unwrap();
    app
}

async fn taken_in(app: &App, registry: Registry, sheet: String) {
    let options = ImportOptions { registry: Some(registry), ..ImportOptions::default() };
    let staged = app.stage(Actor::Console, Guarded::new(sheet.into_bytes()), "s.csv", &options, MORNING, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(Actor::Console, id, MORNING).await.unwrap();
}

fn document(n: usize) -> String {
    let first17 = format!("5120021990050590{n}");
    format!("{first17}{}", char::from(check_character(first17.as_bytes()).unwrap()))
}

async fn found(app: &App, name: &str) -> (PublicId, PersonId) {
    let id = app.search(Actor::Console, &Guarded::new(name.to_owned())).await.unwrap().remove(0).public_id;
    let person = app.store.resolve(&id).await.unwrap().unwrap();
    (id, person)
}

/// Two donors of a blood sheet, released for contact: the first with a mail address besides the number.
async fn donors(app: &App) -> [(PublicId, PersonId); 2] {
    let line = |n: usize, name: &str, mail: &str| format!("{name},1640000002{n},{mail},{},正常\n", document(n));
    let sheet = format!("姓名,联系电话,邮箱,身份证号,状态\n{}{}", line(1, "谭秋霜", "tan@far.example"), line(2, "林春晓", ""));
    taken_in(app, Registry::Blood, sheet).await;
    let actor = app.actor_named("lin").await.unwrap();
    app.first_contact(actor, None, 2, MORNING).await.unwrap();
    [found(app, "谭秋霜").await, found(app, "林春晓").await]
}

/// A follow-up of staff, due today, as something that came late would open it.
async fn put(app: &App, person: PersonId, rule: &str, kind: &str) -> TaskRow {
    let subject = app.store.subjects_of(&[person]).await.unwrap().remove(0);
    let (rule, day, channel) = (rule.to_owned(), app.today(MORNING), TaskChannel::Phone);
    let row = app.new_task(NewTask { person, subject, rule, occurrence: day, kind, channel, due_on: day }, MORNING);
    let mut tx = app.store.begin().await.unwrap();
    tx.put_tasks(vec![row.clone()]).await.unwrap();
    tx.commit().await.unwrap();
    app.store.tasks_of(&[person]).await.unwrap().into_iter().find(|t| t.rule == row.rule).unwrap()
}

async fn sent(app: &App, person: PersonId, rule: &'static str) -> OutboxRow {
    let subject = app.store.subjects_of(&[person]).await.unwrap().remove(0);
    let (kind, occurrence) = ("contact_check", app.today(MORNING));
    let letter = Letter { person, subject, rule, occurrence, kind, lang: "zh", task: None, sensitive: false };
    let row = OutboxRow { state: OutboxState::Sent, ..app.message(&letter, MORNING) };
    let mut tx = app.store.begin().await.unwrap();
    tx.put_messages(vec![row.clone()]).await.unwrap();
    tx.commit().await.unwrap();
    row
}

async fn planned(app: &App, person: PersonId) -> Vec<TaskRow> {
    let tasks = app.store.tasks_of(&[person]).await.unwrap();
    tasks.into_iter().filter(|task| task.state == TaskState::Planned).collect()
}

const RETURNED_MAIL: &str = "Return-Path: <>\nFrom: MAILER-DAEMON@relay.example\nSubject: Undelivered Mail Returned to Sender\n\
    MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n--B\nContent-Type: text/plain\n\n\
    user unknown\n\n--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\n\
    Final-Recipient: rfc822; tan@far.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\n\n--B--\n";

#[tokio::test]
async fn a_mail_that_comes_back_or_is_refused_after_a_withdrawal_opens_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let app = opened(folder.path()).await;
    let [(id, person), (_, stays)] = donors(&app).await;
    let refused = [sent(&app, person, "contact-check").await, sent(&app, stays, "contact-check").await];
    let returned = [sent(&app, person, "family-told").await, sent(&app, stays, "family-told").await];
    app.leave(Actor::Console, &id, Registry::Blood, ExitReason::Withdrew, MORNING).await.unwrap();
    for mail in &refused {
        let mut tx = app.store.begin().await.unwrap();
        app.call_instead(&mut tx, mail, MORNING).await.unwrap();
        tx.commit().await.unwrap();
    }
    for mail in &returned {
        let path = bounce_address(mail.id, "bounce.example", &*app.vault);
        // One byte more or less: the same message again would change nothing.
        let bytes = format!("{RETURNED_MAIL}{}\n", mail.id.0);
        let taken = app.take_bounce(Actor::Console, bytes.as_bytes(), Some(&path), MORNING).await.unwrap();
        assert!(matches!(taken, Taken::Applied(_)), "{taken:?}");
    }
    assert!(planned(&app, person).await.is_empty(), "who left is not called");
    let mut rules: Vec<String> = planned(&app, stays).await.into_iter().map(|task| task.rule).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["contact-check-then-phone", "mail-returned"]);
    app.close().await.unwrap();
}

#[tokio::test]
async fn a_call_that_came_in_late_is_on_no_list_and_dialled_by_nobody_and_a_question_is_still_answered() {
    let folder = tempfile::tempdir().unwrap();
    let app = opened(folder.path()).await;
    let [(id, person), (_, stays)] = donors(&app).await;
    let today = app.today(MORNING);
    put(&app, person, "contact-check-then-phone", "contact_check").await;
    put(&app, stays, "contact-check-then-phone", "contact_check").await;
    let items = app.staff_tasks(Actor::Console, today, 10).await.unwrap();
    assert_eq!(items.len(), 2);
    let item = items.into_iter().find(|item| item.public_id == id).unwrap();
    app.leave(Actor::Console, &id, Registry::Blood, ExitReason::Withdrew, MORNING).await.unwrap();

    let late = put(&app, person, "contact-check-then-phone", "contact_check").await;
    let asked = put(&app, person, "question-0193", "question").await;
    let shown: Vec<TaskId> = app.staff_tasks(Actor::Console, today, 10).await.unwrap().iter().map(|item| item.id).collect();
    assert!(shown.len() == 2 && shown.contains(&asked.id) && !shown.contains(&late.id));
    assert!(app.staff_task(Actor::Console, late.id).await.unwrap().is_none());
    assert!(matches!(app.open_numbers(Actor::Console, &item, MORNING).await, Err(AppError::Stale)), "a page that was open before");
    let ended = app.store.task(late.id).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.reason.as_deref()), (TaskState::Cancelled, Some(SILENT)));
    let question = app.staff_task(Actor::Console, asked.id).await.unwrap().unwrap();
    assert_eq!(app.open_numbers(Actor::Console, &question, MORNING).await.unwrap().own.len(), 1);

    // Of a call that was made all the same its outcome is kept, and nobody calls again.
    let late = put(&app, person, "contact-check-then-phone", "contact_check").await;
    app.finish_task(Actor::Console, late.id, late.row_version, TaskOutcome::NoAnswer, MORNING).await.unwrap();
    assert_eq!(app.store.task(late.id).await.unwrap().unwrap().state, TaskState::Done);

    // And every day the planning takes off what came in since.
    let returned = put(&app, person, "mail-returned", "contact_check").await;
    app.plan(Actor::Console, today, 1, false, MORNING).await.unwrap();
    let ended = app.store.task(returned.id).await.unwrap().unwrap();
    assert_eq!((ended.state, ended.reason.as_deref()), (TaskState::Cancelled, Some(SILENT)));
    assert_eq!(planned(&app, person).await.iter().map(|task| task.id).collect::<Vec<_>>(), [asked.id]);
    assert!(planned(&app, stays).await.iter().any(|task| task.rule == "contact-check-then-phone"));
    app.close().await.unwrap();
}

#[tokio::test]
async fn a_planning_writes_over_nothing_that_a_caller_did_meanwhile_and_plans_nobody_who_left_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let app = opened(folder.path()).await;
    let [(leaves, gone), (_, person)] = donors(&app).await;
    let due = MORNING.plus_seconds(CHECKED);
    let today = app.today(due);

    let (before, mut outcome) = app.decide_plan(today, 1, false, due).await.unwrap();
    app.leave(Actor::Console, &leaves, Registry::Blood, ExitReason::Withdrew, due).await.unwrap();
    app.store_plan(&before, today, due, &mut outcome).await.unwrap();
    assert!(planned(&app, gone).await.is_empty(), "who left between reading and storing");
    let call = planned(&app, person).await.remove(0);
    assert_eq!((call.channel, call.due_on.0), (TaskChannel::Phone, today));

    // The next day the call is overdue: the plan moves it, unless somebody has agreed on a day by then.
    let next = due.plus_seconds(DAY);
    let tomorrow = app.today(next);
    let (before, mut outcome) = app.decide_plan(tomorrow, 1, false, next).await.unwrap();
    assert_eq!(outcome.moved, 1);
    let wished = tomorrow + Days::new(9);
    app.finish_task(Actor::Console, call.id, call.row_version, TaskOutcome::CallOn(wished), next).await.unwrap();
    app.store_plan(&before, tomorrow, next, &mut outcome).await.unwrap();
    let agreed = app.store.task(call.id).await.unwrap().unwrap();
    assert_eq!((agreed.state, agreed.due_on.0, agreed.reason.as_deref(), agreed.rounds), (TaskState::Planned, wished, Some("call-on"), 1));
    app.close().await.unwrap();
}

#[tokio::test]
async fn who_leaves_or_dies_by_a_sheet_is_called_no_more_and_no_patient_waits_for_them() {
    for (word, reason) in [("本人退出", ExitReason::Withdrew), ("已去世", ExitReason::Died)] {
        let folder = tempfile::tempdir().unwrap();
        let app = opened(folder.path()).await;
        taken_in(&app, Registry::StemCell, format!("姓名,身份证号,联系电话,采样日期\n谭秋霜,{},16400000021,2020-05-01\n", document(1)))
            .await;
        let (id, person) = found(&app, "谭秋霜").await;
        let text = |of: &str| Guarded::new(of.to_owned());
        let form =
            MatchForm { cmdp: text("CMDP-2026-0055"), request: text("REQ-0055"), received: MORNING, answer_by: None, person: Some(id) };
        let once = Once { key: "00000000-0000-4000-8000-000000000001".to_owned(), fingerprint: [1; 32] };
        let request = app.open_match(Actor::Console, &form, &once, MORNING).await.unwrap();
        let call = put(&app, person, "contact-check-stem-cell-early-then-phone", "contact_check").await;
        assert!(!app.match_case(Actor::Console, request, MORNING).await.unwrap().closed);

        let sheet = format!("姓名,身份证号,联系电话,登记日期,状态\n谭秋霜,{},16400000021,2026-11-20,{word}\n", document(1));
        taken_in(&app, Registry::StemCell, sheet).await;
        let stands = app.store.stands_of(&app.vault, &[person]).await.unwrap().remove(&person).unwrap();
        assert_eq!(stands.of_registries().first().map(|(_, status, _)| *status), Some(EnrolmentStatus::Exited(reason)), "{word}");
        assert_eq!(app.store.task(call.id).await.unwrap().unwrap().state, TaskState::Cancelled, "{word}");
        assert!(app.match_case(Actor::Console, request, MORNING).await.unwrap().closed, "{word}");
        let subject = app.store.subjects_of(&[person]).await.unwrap();
        let mut due = 0;
        for subject in subject {
            due += app.pending_outside(subject).await.unwrap().len();
        }
        assert_eq!(due, 1, "{word}: the CMDP is to be told");
        assert_eq!(app.store.count_messages(OutboxState::Due).await.unwrap(), 0, "an import sends nothing");
        app.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_call_about_the_family_waits_for_the_day_somebody_asks_for_and_a_question_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let app = opened(folder.path()).await;
    let [(_, person), _] = donors(&app).await;
    let today = app.today(MORNING);
    let until = today + Days::new(60);
    let subject = app.store.subjects_of(&[person]).await.unwrap().remove(0);
    for rule in ["family-objects", "mail-returned", "question-0193"] {
        put(&app, person, rule, if rule == "question-0193" { "question" } else { "contact_check" }).await;
    }
    let day_of = async |rule: &str| planned(&app, person).await.into_iter().find(|task| task.rule == rule).unwrap().due_on.0;
    let mut tx = app.store.begin().await.unwrap();
    app.put_off_until(&mut tx, &planned(&app, person).await, until).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((day_of("family-objects").await, day_of("mail-returned").await), (until, until));
    assert_eq!(day_of("question-0193").await, today, "what they asked is answered");

    // What is opened after that waits for the day too: the next planning sees to it.
    let mut tx = app.store.begin().await.unwrap();
    tx.put_pause(crate::store::PauseRow { subject_id: subject, until_on: until.into(), since: MORNING, ended_at: None }).await.unwrap();
    tx.commit().await.unwrap();
    put(&app, person, "not-me", "contact_check").await;
    app.plan(Actor::Console, today, 1, false, MORNING).await.unwrap();
    assert_eq!((day_of("not-me").await, day_of("question-0193").await), (until, today));
    app.close().await.unwrap();
}
