//! Lists that are worked out from everybody's sealed data: with many on file nobody waits for them.

use std::sync::Arc;
use std::time::Duration;

use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, ListState, Once, SlowList};
use donor_registry::domain::Guarded;
use donor_registry::domain::registry::Registry as Kind;
use donor_registry::domain::time::Timestamp;
use donor_registry::domain::volunteer::ServiceFact;

use super::volunteers::registry;
use crate::harness::desk::{Desk, key};

/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);
/// More than are worked out while somebody waits.
const PEOPLE: usize = 2_100;

fn name(n: usize) -> String {
    let of = |word: &str, n: usize| word.chars().nth(n % 14).unwrap();
    let (first, rest) = (of("谭林赵钱孙周吴郑冯陈褚卫蒋沈", n), n / 14);
    format!("{first}{}{}", of("春夏秋冬晴雨霜雪月星云虹岚晖", rest), of("晓青荷实山江河海川原野林松柏", rest / 14))
}

/// One volunteer in five hundred has a certificate that runs out.
async fn many(app: &App, actor: Actor) {
    let held = |n: usize| if n % 500 == 7 { "JH-1,2026-12-24" } else { "," };
    let lines: String = (0..PEOPLE).map(|n| format!("{},164{:08},,,,{},\n", name(n), 7_919 * n, held(n))).collect();
    let sheet = format!("姓名,联系电话,镇街,服务队,特长,救护员证编号,证书有效期至,累计服务时长\n{lines}");
    let options = ImportOptions { registry: Some(Kind::Volunteer), ..ImportOptions::default() };
    let staged = app.stage(actor, Guarded::new(sheet.into_bytes()), "roster.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, NOW).await.unwrap();
    app.catch_up().await.unwrap();
}

/// Asks until the list can be shown as of now; answers what was said before.
async fn ready(app: &Arc<App>, list: SlowList, now: Timestamp) -> Vec<ListState> {
    let mut said = Vec::new();
    for _ in 0..6_000 {
        let state = app.list_state(list, now).await.unwrap();
        if state == ListState::Ready {
            return said;
        }
        said.push(state);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{list:?} is not there after two minutes: {said:?}");
}

#[test]
fn with_many_on_file_lists_are_worked_out_in_the_background_and_followed_from_then_on() {
    let registry = registry();
    registry.look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        many(&app, actor).await;
        let running_out = async || app.certificates_running_out(actor, None, NOW).await.unwrap().0.len();
        let said = ready(&app, SlowList::Certificates, NOW).await;
        assert!(!said.is_empty(), "the first look does not wait");
        let underway = |state: &ListState| matches!(state, ListState::Underway(p) if p.of > 0 && p.done <= p.of);
        assert!(said.iter().all(underway), "{said:?}");
        assert_eq!(running_out().await, 5);

        // What is recorded afterwards is taken in at the next look.
        let found = app.search(actor, &Guarded::new(format!("{} 7919", name(1)))).await.unwrap();
        let fact = ServiceFact::Certificate {
            number: "JH-0417".into(),
            issued: "2024-01-01".parse().unwrap(),
            expires: "2026-12-31".parse().unwrap(),
        };
        let once = Once { key: key(1), fingerprint: [1; 32] };
        app.record_service(actor, &found[0].public_id, Guarded::new(fact), &once, NOW).await.unwrap();
        assert_eq!(app.list_state(SlowList::Certificates, NOW).await.unwrap(), ListState::Ready);
        assert_eq!(running_out().await, 6);

        let said = ready(&app, SlowList::CallOrder, NOW).await;
        assert!(!said.is_empty() && said.iter().all(underway), "{said:?}");
        assert_eq!(app.readiness_list(actor, NOW).await.unwrap().as_of, NOW);
        // Ten minutes later the last one is shown, with its time, while a newer one is worked out.
        let later = NOW.plus_seconds(601);
        assert_eq!(app.list_state(SlowList::CallOrder, later).await.unwrap(), ListState::Older(NOW));
        let said = ready(&app, SlowList::CallOrder, later).await;
        assert!(said.iter().all(|state| *state == ListState::Older(NOW)), "{said:?}");
        assert_eq!(app.readiness_list(actor, later).await.unwrap().as_of, later);
    });

    // The server works them out by itself; until then the page says so and comes again.
    registry.look(|app| async move {
        app.catch_up().await.unwrap();
        app.keep_lists(NOW).await;
        for list in [SlowList::Certificates, SlowList::CallOrder] {
            assert_eq!(app.list_state(list, NOW).await.unwrap(), ListState::Ready);
        }
    });
    let server = registry.serve();
    let mut desk = Desk::sign_in(&server, "registrar", "correct-horse-battery-9").unwrap();
    for (path, is_there) in [("/volunteers/certificates", "<h1>"), ("/follow-up/readiness", "<table")] {
        let mut asked = 0;
        loop {
            let page = desk.client.get(path).unwrap();
            assert_eq!(page.status, 200, "{path}");
            let text = page.text();
            if !text.contains("http-equiv=\"refresh\"") {
                assert!(text.contains(is_there), "{path}: {text}");
                break;
            }
            assert!(text.contains("role=\"status\"") && text.contains(&format!("href=\"{path}\"")), "{path}: {text}");
            asked += 1;
            assert!(asked < 1_200, "{path} is not there after two minutes");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    server.stop();
}
