//! The yearly thanks sends volunteers to their own page: it shows the hours they served, once the second fact was right.

use std::sync::Arc;
use std::time::Duration;

use donor_registry::app::{App, Once};
use donor_registry::domain::Guarded;
use donor_registry::domain::volunteer::{Quarters, ServiceFact};

use crate::followup_answers::{opened, to, volunteer};
use crate::followup_desk::{body_of, in_an_hour, office_with, path_in, send};
use crate::harness::desk::key;
use crate::harness::sink::Sink;

#[test]
fn a_volunteer_reads_the_hours_they_served_on_their_own_page_and_nobody_before_the_second_fact() {
    let sink = Sink::start(Duration::ZERO);
    let registry = office_with(2, &sink, None, None);
    registry.add_account("lin", "correct-horse-battery-7", "small-branch");
    registry.look(|app: Arc<App>| async move {
        let actor = app.actor_named("lin").await.unwrap();
        let now = in_an_hour();
        let day = app.today(now);
        let served = |quarters| {
            Guarded::new(ServiceFact::Hours { day, quarters: Quarters(quarters), what: "送水".into(), drive: None, turn: None })
        };
        let id = volunteer(&app, 0).await;
        for (n, quarters) in [(1, 6), (2, 9)] {
            let once = Once { key: key(n), fingerprint: [u8::try_from(n).unwrap(); 32] };
            app.record_service(actor, &id, served(quarters), &once, now).await.unwrap();
        }
    });
    assert_eq!(send(&registry)["sent"].as_u64(), Some(2));
    let mails = sink.taken();
    let server = registry.serve();
    let mut client = server.client();
    for (n, hours) in [(0, "3.75 小时"), (1, "0 小时")] {
        let link = path_in(&body_of(to(&mails, &format!("p{n}@far.example"))));
        assert!(!client.get(&link).unwrap().text().contains("小时"), "not before the second fact");
        let (page, _) = opened(&mut client, &link, &format!("{n:04}"));
        assert!(page.contains(hours), "{hours}: {page}");
        assert!(!page.contains("送水"), "the sum, not what was done");
    }
    server.stop();
}
