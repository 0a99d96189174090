//! Who was released for contact stays so, whatever sheet lists them again; and who was not keeps nobody else from being called.

use std::sync::Arc;

use donor_registry::app::{Actor, App};
use donor_registry::domain::Guarded;
use donor_registry::domain::registry::Registry as Enrolled;

use crate::followup_ladder::{MORNING, at, desk, donors, office, on, plan, take_in};
use crate::harness::people::check_digit;

/// A sheet that lists the first one of [`donors`] again.
fn listed_again(mail: &str) -> String {
    let first17 = "51200219900505900";
    format!("姓名,联系电话,邮箱,身份证号,状态\n赵冬青,16400000001,{mail},{first17}{},正常\n", check_digit(first17))
}

#[test]
fn who_was_released_is_called_although_a_later_sheet_lists_them_again() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let id = donors(&app, actor, &[("赵冬青", "16400000001", "", "")]).await.remove(0);
        take_in(&app, actor, listed_again(""), Enrolled::Blood, at("2026-12-01")).await;
        let found = app.search(actor, &Guarded::new("赵冬青".to_owned())).await.unwrap();
        assert!(found.len() == 1 && found[0].public_id == id, "one person, of two registrations");
        assert_eq!(app.first_contact_preview(actor, None, at("2026-12-02")).await.unwrap().people, 0);
        let day = "2027-12-20";
        let told = app.plan(Actor::Console, on(day), 1, true, at(day)).await.unwrap();
        assert!(told.planned > 0 && told.held == 0, "{told:?}");
        plan(&app, day).await;
        let calls = desk(&app, day).await;
        assert!(!calls.is_empty() && calls.iter().all(|call| call.public_id == id && !call.held), "{calls:?}");
        let numbers = app.open_numbers(Actor::Console, &calls[0], at(day)).await.unwrap();
        assert_eq!(numbers.own.len(), 1);
        assert_eq!(app.count_tasks_held(Actor::Console, on(day)).await.unwrap(), 0);
    });
}

#[test]
fn an_address_of_a_later_sheet_that_is_put_right_is_asked_about_where_the_person_was_released() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        donors(&app, actor, &[("赵冬青", "16400000001", "", "")]).await;
        take_in(&app, actor, listed_again("zhao.far.example"), Enrolled::Blood, at("2026-12-01")).await;
        let now = at("2026-12-02");
        let lines = app.corrections(actor, None, None, 100, now).await.unwrap();
        let line = lines.iter().find(|line| line.field == "mail").expect("the address is on the list");
        let mail = Guarded::new("zhao@far.example".to_owned());
        app.resolve(actor, line.id, line.version, &mail, now).await.unwrap().unwrap();
        let tally = app.send(Actor::Console, on("2026-12-02"), false, now, &mut |_, _| {}).await.unwrap();
        assert_eq!(tally.sent, 1, "{tally:?}");
    });
}

#[test]
fn who_waits_for_the_first_contact_fills_no_list_of_calls() {
    office().look(|app: Arc<App>| async move {
        let actor = app.actor_named("branch").await.unwrap();
        let mut held = String::from("姓名,联系电话,身份证号,状态\n");
        for n in 0..6_u32 {
            let first17 = format!("5120021990{:02}{:02}{n:03}", 1 + n, 1 + n);
            let name = char::from_u32(0x4e00 + n * 7).unwrap();
            held.push_str(&format!("谭秋{name},1640{:07},{first17}{},正常\n", 7_919 * (n + 1), check_digit(&first17)));
        }
        take_in(&app, actor, held, Enrolled::Blood, MORNING).await;
        let sheet = "姓名,性别,手机,加入日期\n赵冬青,女,16400000001,2026-11-24\n".to_owned();
        take_in(&app, actor, sheet, Enrolled::Volunteer, at("2026-11-24")).await;
        app.first_contact(actor, Some(Enrolled::Volunteer), 1, at("2026-11-24")).await.unwrap();
        let day = "2027-11-24";
        plan(&app, day).await;
        let listed = app.staff_tasks(Actor::Console, on(day), 5).await.unwrap();
        assert!(listed.len() == 1 && !listed[0].held, "the one whom somebody may call: {listed:?}");
        assert_eq!((app.count_tasks(on(day)).await.unwrap(), app.count_tasks_held(Actor::Console, on(day)).await.unwrap()), (7, 6));
        assert_eq!(app.count_tasks_listed(on(day)).await.unwrap(), 1, "the navigation counts what is listed");
        // Released, they are listed.
        app.first_contact(actor, Some(Enrolled::Blood), 6, at(day)).await.unwrap();
        assert_eq!((desk(&app, day).await.len(), app.count_tasks_held(Actor::Console, on(day)).await.unwrap()), (7, 0));
    });
}
