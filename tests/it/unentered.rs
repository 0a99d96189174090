//! 未录入国家系统: organ and body registrations without a number of the national registry are reported apart.

use donor_registry::app::{self, Actor, App, Unlock};
use donor_registry::config::{Argon2Cost, Config, Purpose, Sources};
use donor_registry::domain::time::Timestamp;
use rocket::http::Status;
use sea_orm::{ConnectionTrait, Database};

use super::urgent::{DONOR, YOUNG, csrf, key, registered};
use super::web::{Browser, Desk, run, signed_in};

/// Entered and not entered, as the file of the report tells them, and the organ and body pool.
async fn told(browser: &mut Browser<'_>) -> [u64; 3] {
    let csv = browser.get("/reports/pool/as/csv").await.body;
    let number = |start: &str| {
        let line = csv.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_else(|| panic!("{start}: {csv}"));
        line.split(',').next().unwrap().parse::<u64>().unwrap()
    };
    let all = csv.lines().find(|line| line.starts_with("organ-body,all,")).expect("the pool");
    let pool = all.split(',').nth(3).unwrap().parse().unwrap();
    [number("organ-body,national-system,entered,"), number("organ-body,national-system,unentered,"), pool]
}

#[test]
fn a_registration_without_a_national_number_is_a_line_of_its_own_until_the_number_is_entered() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        assert_eq!(told(&mut lin).await, [0, 1, 1]);
        let page = lin.get("/reports/pool").await.body;
        assert!(page.contains("未录入国家系统") && page.contains("已录入国家系统"), "{page}");
        let path = format!("/people/{person}/outside");
        // Another system's number is none of the national registry's.
        for (system, number, after) in [("school", "XX-2026-01", [0, 1, 1]), ("national-organ", "CODAC-2026-0001", [1, 0, 1])] {
            let once = key();
            let fields = [("csrf", token.as_str()), ("key", once.as_str()), ("system", system), ("number", number)];
            assert_eq!(lin.post(&path, &fields).await.status, Status::SeeOther, "{system}");
            assert_eq!(told(&mut lin).await, after, "{system}");
        }
        let json = lin.get("/reports/pool/as/json").await.body;
        assert!(json.contains("national-system"), "{json}");
        let leave = [("csrf", token.as_str()), ("registry", "organ-body"), ("why", "withdrew")];
        assert_eq!(lin.post(&format!("/people/{person}/leave"), &leave).await.status, Status::SeeOther);
        assert_eq!(told(&mut lin).await, [0, 0, 0], "who left is in neither");
    });
}

fn now() -> Timestamp {
    Timestamp::of(chrono::Utc::now())
}

#[test]
fn a_number_entered_before_numbers_were_counted_is_counted_from_now_on_once_and_after_a_restore_too() {
    run(|| async {
        let (mut folder, mut key_file) = (std::path::PathBuf::new(), std::path::PathBuf::new());
        let desk = Desk::open_with(|config, within| {
            folder = within.to_owned();
            key_file = config.key_file.clone();
        })
        .await;
        let database = format!("sqlite://{}", folder.join("data").join("registry.db").display());
        let past_the_program = async |sql: &str| {
            let db = Database::connect(&database).await.unwrap();
            assert_eq!(db.execute_unprepared(sql).await.unwrap().rows_affected(), 1, "{sql}");
            db.close().await.unwrap();
        };
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        registered(&desk, "organ-body", YOUNG, "钱乙二").await;
        let mut lin = signed_in(&desk, "lin").await;
        let token = csrf(&mut lin).await;
        let once = key();
        let fields = [("csrf", token.as_str()), ("key", once.as_str()), ("system", "national-organ"), ("number", "CODAC-2026-0001")];
        assert_eq!(lin.post(&format!("/people/{person}/outside"), &fields).await.status, Status::SeeOther);
        assert_eq!(told(&mut lin).await, [1, 1, 2]);
        // As an earlier version left it: the number is there, and no fact tells of it.
        past_the_program("DELETE FROM fact WHERE rowid = (SELECT max(rowid) FROM fact)").await;
        assert_eq!(told(&mut lin).await, [0, 2, 2]);
        desk.app.back_up(Actor::Console, &folder.join("backup"), now()).await.unwrap();

        assert_eq!(desk.app.tell_old_numbers(now()).await.unwrap(), 1);
        assert_eq!(told(&mut lin).await, [1, 1, 2]);
        assert_eq!(desk.app.tell_old_numbers(now()).await.unwrap(), 0, "once");
        past_the_program("DELETE FROM setting WHERE key = 'numbers-told-to'").await;
        assert_eq!(desk.app.tell_old_numbers(now()).await.unwrap(), 0, "what is told is not told again");
        let log = desk.app.log_page(Actor::Console, None, 50).await.unwrap();
        assert_eq!(log.iter().filter(|leaf| leaf.action == "numbers.tell").count(), 1);

        // The backup knows of no such fact, nor that it was ever looked for.
        let sources = Sources { working_folder: folder.clone(), ..Sources::default() }.with("data", Some(folder.join("again").display()));
        let mut config = Config::load(&sources, Purpose::Demo).unwrap();
        config.argon2 = Argon2Cost { memory_kib: 8, passes: 1, lanes: 1 };
        config.key_file = key_file;
        let root = app::root_key(&config, Unlock::default()).unwrap();
        app::restore(&config, &folder.join("backup"), &root, None).await.unwrap();
        let restored = App::open(config, Unlock::default(), now()).await.unwrap().app;
        let today = chrono::Utc::now().date_naive() + chrono::Days::new(1);
        assert_eq!(restored.pool(today).await.unwrap().unentered, 2);
        assert_eq!(restored.tell_old_numbers(now()).await.unwrap(), 1);
        assert_eq!(restored.pool(today).await.unwrap().unentered, 1);
        restored.close().await.unwrap();
    });
}
