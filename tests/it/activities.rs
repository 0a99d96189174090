//! Publicity and mobilisation: recorded once, added up by year and kind, struck out for good; and no place for anybody's name.

use chrono::{Days, NaiveDate};
use donor_registry::app::{Actor, AppError, Once};
use donor_registry::domain::activity::{Activity, ActivityKind, ActivityPlace, Crew, HeldOn, Reach};
use donor_registry::domain::id::ActivityId;
use donor_registry::domain::outside::NotNow;
use donor_registry::domain::registry::Registry;
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::town::TownCode;
use rocket::http::Status;

use crate::harness::desk::key as numbered;
use crate::urgent::{csrf, key};
use crate::web::{Desk, run, signed_in};

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

fn once(n: u64) -> Once {
    Once { key: numbered(n), fingerprint: [u8::try_from(n).unwrap(); 32] }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn told(kind: ActivityKind, on: &str, reached: i64) -> Activity {
    Activity {
        kind,
        registry: Registry::OrganBody,
        held_on: HeldOn::told(day(on), day("2026-11-23")).unwrap(),
        place: ActivityPlace::Community,
        town: Some(TownCode(512_002_116)),
        reached: Reach::of(reached).unwrap(),
        leaflets: Reach::of(reached * 2).unwrap(),
        staff: Crew::of(2).unwrap(),
        volunteers: Crew::of(6).unwrap(),
    }
}

#[test]
fn an_activity_is_recorded_once_added_up_and_struck_out_for_good() {
    use ActivityKind::{Mobilisation, Publicity};
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let recruiter = app.actor_named("recruiter").await.unwrap();
        let registrar = app.actor_named("registrar").await.unwrap();
        app.record_activity(recruiter, told(Publicity, "2026-11-20", 180), &once(1), NOW).await.unwrap();
        app.record_activity(recruiter, told(Publicity, "2026-11-20", 180), &once(1), NOW).await.unwrap();
        app.record_activity(registrar, told(Publicity, "2026-11-21", 20), &once(2), NOW).await.unwrap();
        app.record_activity(registrar, told(Mobilisation, "2025-12-31", 7), &once(3), NOW).await.unwrap();
        let page = app.activities(recruiter, None, None, 10).await.unwrap();
        let days: Vec<String> = page.lines.iter().map(|line| line.activity.held_on.day().to_string()).collect();
        assert_eq!(days, ["2026-11-21", "2026-11-20", "2025-12-31"], "sent twice, recorded once; the latest first");
        let wrong = &page.lines[1];
        assert_eq!((wrong.activity, wrong.at, wrong.by.as_deref()), (told(Publicity, "2026-11-20", 180), NOW, Some("recruiter")));
        let sums = |page: &donor_registry::app::ActivityPage| -> Vec<(i32, ActivityKind, u64, u64)> {
            page.totals.lines().into_iter().map(|(year, kind, total)| (year, kind, total.activities, total.reached)).collect()
        };
        assert_eq!(sums(&page), [(2026, Publicity, 2, 200), (2025, Mobilisation, 1, 7)]);

        let refused = app.strike_activity(recruiter, wrong.id, &once(4), NOW).await;
        assert!(matches!(refused, Err(AppError::Forbidden)), "{refused:?}");
        let later = NOW.plus_seconds(60);
        app.strike_activity(registrar, wrong.id, &once(5), later).await.unwrap();
        app.strike_activity(registrar, wrong.id, &once(5), later).await.unwrap();
        let again = app.strike_activity(registrar, wrong.id, &once(6), later).await;
        assert!(matches!(again, Err(AppError::NotNow(NotNow { key: "activity-struck-already" }))), "{again:?}");
        let unknown = app.strike_activity(registrar, ActivityId::fresh(), &once(7), later).await;
        assert!(matches!(unknown, Err(AppError::Missing("activity"))), "{unknown:?}");
        let page = app.activities(recruiter, None, None, 10).await.unwrap();
        assert_eq!(page.lines.len(), 3, "it stays");
        assert_eq!(page.lines[1].struck, Some((later, Some("registrar".to_owned()))));
        assert_eq!(page.lines[1].activity, told(Publicity, "2026-11-20", 180), "as it was told");
        assert_eq!(sums(&page), [(2026, Publicity, 1, 20), (2025, Mobilisation, 1, 7)]);

        let elsewhere = Activity { town: Some(TownCode(510_000_000)), ..told(Publicity, "2026-11-20", 1) };
        let refused = app.record_activity(registrar, elsewhere, &once(8), NOW).await;
        assert!(matches!(refused, Err(AppError::Input { field: "town", .. })), "{refused:?}");
        let team = Activity { registry: Registry::Volunteer, ..told(Publicity, "2026-11-20", 1) };
        let refused = app.record_activity(registrar, team, &once(9), NOW).await;
        assert!(matches!(refused, Err(AppError::Input { field: "registry", .. })), "{refused:?}");
        let caller = app.actor_named("caller").await.unwrap();
        assert!(matches!(app.activities(caller, None, None, 10).await, Err(AppError::Forbidden)));
        for reader in ["manager", "auditor"] {
            let reader = app.actor_named(reader).await.unwrap();
            assert_eq!(app.all_activities(reader, None).await.unwrap().len(), 3);
            let refused = app.record_activity(reader, told(Publicity, "2026-11-20", 1), &once(10), NOW).await;
            assert!(matches!(refused, Err(AppError::Forbidden)), "{refused:?}");
        }
        let log = app.log_page(Actor::Console, None, 50).await.unwrap();
        let count = |action: &str| log.iter().filter(|entry| entry.action == action).count();
        assert_eq!((count("activity.record"), count("activity.strike")), (3, 1));
    });
}

#[test]
fn the_list_goes_on_where_it_ended_and_shows_one_year_where_one_is_asked_for() {
    run(|| async {
        let desk = Desk::open().await;
        let app = &desk.app;
        let actor = app.actor_named("coordinator").await.unwrap();
        let days = ["2026-03-01", "2025-07-07", "2026-03-01", "2026-03-02", "2025-12-31", "2026-01-01", "2026-03-01"];
        for (n, on) in (1..).zip(days) {
            app.record_activity(actor, told(ActivityKind::Publicity, on, 1), &once(n), NOW).await.unwrap();
        }
        let (mut seen, mut behind) = (Vec::new(), None);
        loop {
            let page = app.activities(actor, None, behind, 3).await.unwrap();
            assert!(page.lines.len() <= 3);
            seen.extend(page.lines.iter().map(|line| (line.activity.held_on.day(), line.id)));
            behind = page.older;
            if behind.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), days.len());
        assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "nothing twice and nothing left out: {seen:?}");
        assert!(app.activities(actor, None, None, 7).await.unwrap().older.is_none(), "nothing behind the last");
        let year = app.activities(actor, Some(2025), None, 7).await.unwrap();
        assert_eq!(year.lines.len(), 2);
        assert_eq!(year.totals.lines().len(), 2, "totals are told of every year");
        assert_eq!(app.all_activities(actor, Some(2026)).await.unwrap().len(), 5);
        assert!(matches!(app.activities(actor, Some(i32::MAX), None, 7).await, Err(AppError::Missing("year"))));
    });
}

fn filled<'a>(token: &'a str, key: &'a str, on: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", token),
        ("key", key),
        ("kind", "publicity"),
        ("registry", "organ-body"),
        ("day", on),
        ("place", "community"),
        ("town", "512002116"),
        ("reached", "1,180"),
        ("leaflets", "200"),
        ("staff", "2"),
        ("volunteers", "6"),
    ]
}

#[test]
fn a_day_to_come_is_refused_with_everything_typed_kept_and_no_name_has_a_place() {
    run(|| async {
        let desk = Desk::open().await;
        let today = desk.app.today(Timestamp::of(chrono::Utc::now()));
        let ahead = today.checked_add_days(Days::new(2)).unwrap().to_string();
        let mut recruiter = signed_in(&desk, "recruiter").await;
        let empty = recruiter.get("/activities").await;
        assert!(empty.status == Status::Ok && empty.body.contains("还没有宣传动员记录"), "{}", empty.body);
        let token = empty.field("csrf");
        let future = recruiter.post("/activities", &filled(&token, &key(), &ahead)).await;
        assert_eq!(future.status, Status::UnprocessableEntity);
        assert!(future.body.contains("不能晚于今天") && future.body.contains("href=\"#day\""), "{}", future.body);
        for kept in [
            format!("value=\"{ahead}\""),
            "value=\"1,180\"".into(),
            "value=\"community\" selected".into(),
            "value=\"512002116\" selected".into(),
        ] {
            assert!(future.body.contains(&kept), "{kept}: {}", future.body);
        }
        let name = "卫样年家里";
        let on = today.to_string();
        let fresh = key();
        let mut odd = filled(&token, &fresh, &on);
        for (field, value) in &mut odd {
            match *field {
                "place" => *value = name,
                "reached" => *value = "100001",
                _ => {}
            }
        }
        let refused = recruiter.post("/activities", &odd).await;
        assert_eq!(refused.status, Status::UnprocessableEntity);
        for field in ["place", "reached"] {
            assert!(refused.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", refused.body);
        }
        let mut more = filled(&token, &fresh, &on);
        more.push(("note", name));
        assert_eq!(recruiter.post("/activities", &more).await.status, Status::SeeOther, "a field that no form has is not read");
        assert_eq!(desk.app.all_activities(Actor::Console, None).await.unwrap().len(), 1);
        let bytes = desk.bytes();
        assert!(!bytes.windows(name.len()).any(|part| part == name.as_bytes()), "what no column can hold is stored nowhere");
    });
}

#[test]
fn the_page_shows_totals_and_what_was_struck_out_to_whoever_may_read_it() {
    run(|| async {
        let desk = Desk::open().await;
        let on = desk.app.today(Timestamp::of(chrono::Utc::now())).pred_opt().unwrap();
        let year = on.format("%Y").to_string();
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        let recorded = registrar.post("/activities", &filled(&token, &key(), &on.to_string())).await;
        assert_eq!((recorded.status, recorded.location.as_deref()), (Status::SeeOther, Some("/activities")), "{}", recorded.body);
        let page = registrar.get("/activities").await.body;
        for shown in ["1,180", "丰裕镇", "村（社区）", "遗体和人体器官", "按年份合计", "活动已登记", "data-print"]
        {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let mut recruiter = signed_in(&desk, "recruiter").await;
        let page_of_recruiter = recruiter.get("/activities").await.body;
        assert!(page_of_recruiter.contains("1,180") && !page_of_recruiter.contains("/strike"), "{page_of_recruiter}");
        assert!(recruiter.get("/drives").await.body.contains("href=\"/activities\""));
        let id = page.split("action=\"/activities/").nth(1).and_then(|rest| rest.split('/').next()).expect("one activity").to_owned();
        let path = format!("/activities/{id}/strike");
        let own = csrf(&mut recruiter).await;
        assert_eq!(recruiter.post(&path, &[("csrf", &own), ("key", &key())]).await.status, Status::Forbidden);
        assert_eq!(registrar.post(&path, &[("csrf", &token), ("key", &key())]).await.status, Status::SeeOther);
        assert_eq!(registrar.post(&path, &[("csrf", &token), ("key", &key())]).await.status, Status::Conflict);
        let page = registrar.get(&format!("/activities?year={year}")).await.body;
        assert!(page.contains("已划去") && page.contains("<s>1,180</s>"), "{page}");
        assert!(!page.contains("按年份合计") && !page.contains("/strike"), "nothing left to count or to strike out: {page}");

        let mut manager = signed_in(&desk, "manager").await;
        let seen = manager.get("/activities?lang=en").await;
        assert!(seen.status == Status::Ok && seen.body.contains("Struck out"), "{}", seen.body);
        assert!(!seen.body.contains("action=\"/activities"), "a manager reads");
        let file = manager.get(&format!("/activities.csv?year={year}")).await;
        assert!(
            file.status == Status::Ok && file.body.lines().any(|line| line.contains("1180") && line.contains("Struck out")),
            "{}",
            file.body
        );
        assert!(!file.body.contains("registrar"), "whoever recorded it is not in the file");
        assert_eq!(manager.get("/activities?before=nonsense").await.status, Status::Ok);
        assert_eq!(manager.get("/activities?year=2147483647").await.status, Status::NotFound);
        assert_eq!(signed_in(&desk, "caller").await.get("/activities").await.status, Status::Forbidden);
    });
}
