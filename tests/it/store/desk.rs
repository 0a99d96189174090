//! What the call desk and the pace of sending read: attempts, tasks by day and kind, what readiness foretold.

use donor_registry::domain::id::{LinkId, OutboxId, PersonId, TaskId};
use donor_registry::domain::time::Timestamp;
use donor_registry::store::{
    Admitted, LinkRow, Occasion, Opaque, Origin, OutboxRow, OutboxState, Place, ReadinessSeen, TaskChannel, TaskRow, TaskState, prepare,
};

use super::{Bench, NOW, day, occasion, on_both, somebody};

fn later(seconds: i64) -> Timestamp {
    NOW.plus_seconds(seconds)
}

fn call(of: &Admitted, occurrence: u32, kind: &str, rounds: i64, reason: Option<&str>) -> TaskRow {
    TaskRow {
        id: TaskId::fresh(),
        subject_id: of.subject,
        person_id: of.person,
        rule: kind.to_owned(),
        occurrence: day(2026, 12, occurrence).into(),
        kind: kind.to_owned(),
        channel: TaskChannel::Phone,
        due_on: day(2026, 12, occurrence).into(),
        zone: "Asia/Shanghai".to_owned(),
        state: TaskState::Planned,
        reason: reason.map(str::to_owned),
        created_at: NOW,
        row_version: 1,
        done_on: None,
        rounds,
    }
}

fn mail(of: &Admitted, state: OutboxState) -> OutboxRow {
    let id = OutboxId::fresh();
    OutboxRow {
        id,
        task_id: None,
        subject_id: of.subject,
        person_id: of.person,
        rule: "contact-check".to_owned(),
        occurrence: day(2026, 12, 1).into(),
        kind: "contact_check".to_owned(),
        lang: "zh".to_owned(),
        sensitive: false,
        state,
        due_at: NOW,
        lease_until: None,
        fence: 0,
        attempts: 0,
        message_id: format!("{id}@example.org"),
        reply: None,
        sent_at: None,
        created_at: NOW,
        address_tag: None,
    }
}

on_both! {
    async fn attempts_are_counted_over_all_and_by_domain_and_end_with_what_the_server_said(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let message = mail(&a, OutboxState::Uncertain);
        let (here, there) = ([1u8; 32], [2u8; 32]);
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.deliveries_since(NOW).await.unwrap(), (0, None));
        tx.put_messages(vec![message.clone()]).await.unwrap();
        tx.begin_delivery(message.id, &here, later(10)).await.unwrap();
        assert_eq!(tx.last_delivery_to(&here, NOW).await.unwrap(), Some((later(10), true)), "seen within the transaction");
        assert_eq!(tx.last_delivery_to(&there, NOW).await.unwrap(), None);
        tx.end_delivery(message.id, "deferred", "451 4.3.0 later", later(12)).await.unwrap();
        tx.begin_delivery(message.id, &here, later(100)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.deliveries_since(NOW).await.unwrap(), (2, Some(later(10))));
        assert_eq!(tx.deliveries_since(later(10)).await.unwrap(), (1, Some(later(100))), "the instant itself is over");
        assert_eq!(tx.last_delivery_to(&here, NOW).await.unwrap(), Some((later(100), true)));
        // The second one broke off; a person says that it arrived.
        tx.mark_sent_by_hand(message.id, later(500)).await.unwrap();
        assert!(tx.mark_sent_by_hand(message.id, later(500)).await.is_err(), "once");
        tx.commit().await.unwrap();
        let tries = bench.store.deliveries_of(&[message.id]).await.unwrap();
        let said: Vec<_> = tries.iter().map(|t| (t.begun_at, t.outcome.as_deref(), t.reply.as_deref())).collect();
        assert_eq!(said, [(later(10), Some("deferred"), Some("451 4.3.0 later")), (later(100), None, None)]);
        let not_taken = bench.store.deliveries_not_taken(NOW, 10).await.unwrap();
        assert_eq!(not_taken.len(), 1, "the one that the server answered");
        let row = bench.store.message(message.id).await.unwrap().unwrap();
        assert_eq!((row.state, row.sent_at), (OutboxState::Sent, Some(later(100))));
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.sweep_deliveries(later(50)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    async fn the_next_waiting_message_is_found_within_a_span(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_messages(vec![OutboxRow { due_at: later(20), ..mail(&a, OutboxState::Retry) }]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.store.next_sendable(NOW, later(30)).await.unwrap(), Some(later(20)));
        assert_eq!(bench.store.next_sendable(NOW, later(19)).await.unwrap(), None);
        assert_eq!(bench.store.next_sendable(later(20), later(60)).await.unwrap(), None, "due already");
    }

    async fn open_follow_ups_are_told_by_day_by_kind_and_by_what_is_half_done(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_tasks(vec![
            call(&a, 1, "contact_check", 0, None),
            call(&a, 3, "contact_check", 2, Some("no-answer")),
            call(&a, 3, "availability", 1, Some("call-on")),
            TaskRow { channel: TaskChannel::Mail, ..call(&a, 2, "blood_eligible", 0, None) },
        ])
        .await
        .unwrap();
        tx.commit().await.unwrap();
        let in_hand = bench.store.tasks_in_hand(10).await.unwrap();
        assert_eq!(in_hand.len(), 2, "mails and what nobody touched are not in hand");
        let overdue = bench.store.overdue_by_kind(day(2026, 12, 4)).await.unwrap();
        let mut told: Vec<_> = overdue.iter().map(|(kind, n, oldest)| (kind.as_str(), *n, oldest.0)).collect();
        told.sort_unstable();
        assert_eq!(told, [("availability", 1, day(2026, 12, 3)), ("contact_check", 2, day(2026, 12, 1))]);
        let mut days = bench.store.staff_tasks_by_day(day(2026, 12, 31)).await.unwrap();
        days.sort_unstable();
        let days: Vec<_> = days.into_iter().map(|(on, agreed, n)| (on.0, agreed, n)).collect();
        assert_eq!(days, [(day(2026, 12, 1), false, 1), (day(2026, 12, 3), false, 1), (day(2026, 12, 3), true, 1)]);
        assert_eq!(bench.store.tasks_of_kind("availability", day(2026, 12, 3), 10).await.unwrap().len(), 1);
        let mut tx = bench.store.begin().await.unwrap();
        let first = bench.store.tasks_of_kind("contact_check", day(2026, 12, 1), 1).await.unwrap().remove(0);
        tx.end_task(first.id, first.row_version, TaskState::Done, Some("reached"), day(2026, 12, 2)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.store.calls_ended(day(2026, 12, 2)).await.unwrap(), [("reached".to_owned(), 1)]);
        assert!(bench.store.calls_ended(day(2026, 12, 3)).await.unwrap().is_empty());
    }

    async fn what_cannot_wait_is_found_however_many_others_are_overdue(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        let mut rows: Vec<TaskRow> = (1..=9).map(|n| call(&a, n, "contact_check", 0, None)).collect();
        rows.push(call(&a, 20, "post_donation", 0, None));
        rows.push(call(&a, 10, "of_a_later_edition", 0, None));
        rows.push(call(&a, 11, "availability", 1, Some("call-on")));
        rows.push(call(&a, 5, "post_donation", 1, Some("call-on")));
        rows.push(call(&a, 25, "post_donation", 0, None));
        rows.push(TaskRow { channel: TaskChannel::Mail, ..call(&a, 12, "post_donation", 0, None) });
        tx.put_tasks(rows).await.unwrap();
        tx.commit().await.unwrap();
        let today = day(2026, 12, 20);
        let days = |rows: Vec<TaskRow>| rows.into_iter().map(|row| row.due_on.0).collect::<Vec<_>>();
        let urgent = bench.store.staff_tasks_of_kind("post_donation", today, None, 5).await.unwrap();
        assert_eq!(days(urgent), [day(2026, 12, 20)], "no mail, none of a later day, and none whose day was agreed");
        let checks = bench.store.staff_tasks_of_kind("contact_check", today, None, 2).await.unwrap();
        assert_eq!(days(checks), [day(2026, 12, 1), day(2026, 12, 2)], "what waits longest first");
        let second = bench.store.staff_tasks_of_kind("contact_check", today, None, 2).await.unwrap().remove(1);
        let behind = bench.store.staff_tasks_of_kind("contact_check", today, Some((second.due_on.0, second.id)), 2).await.unwrap();
        assert_eq!(days(behind), [day(2026, 12, 3), day(2026, 12, 4)], "the next page begins behind the last line");
        let other = bench.store.staff_tasks_of_no_kind(&["contact_check", "post_donation", "availability"], today, None, 5).await.unwrap();
        assert_eq!(days(other), [day(2026, 12, 10)]);
        assert_eq!(days(bench.store.staff_tasks_agreed(today, None, 5).await.unwrap()), [day(2026, 12, 5), day(2026, 12, 11)]);
    }

    async fn who_waits_for_the_first_contact_is_on_no_list_and_one_release_is_enough(bench: &Bench) {
        let imported = |n: u32| prepare(&bench.vault, &somebody(n), Occasion { origin: Origin::Import, ..occasion(true) }).unwrap();
        let mut people = Vec::new();
        for n in 1..=3 {
            people.push(bench.admit(imported(n), Place::New(PersonId::fresh())).await.unwrap());
        }
        let here = bench.register(&somebody(5)).await.unwrap();
        // Who registered here is listed by a sheet as well: their calls are made from that registration.
        people.push(bench.admit(imported(4), Place::Join(here.person)).await.unwrap());
        let mut tx = bench.store.begin().await.unwrap();
        tx.mark_first_contact(&bench.vault, &[people[2].subject], NOW).await.unwrap();
        let mut rows: Vec<TaskRow> = people.iter().zip(1..).map(|(of, n)| call(of, n, "contact_check", 0, None)).collect();
        rows.push(call(&people[0], 9, "match_check", 0, None));
        tx.put_tasks(rows).await.unwrap();
        tx.commit().await.unwrap();
        let (persons, today) = (people.iter().map(|of| of.person).collect::<Vec<_>>(), day(2026, 12, 20));
        let held = bench.store.held_of(&persons).await.unwrap();
        assert_eq!(held, std::collections::HashSet::from([persons[0], persons[1]]));
        let listed = bench.store.staff_tasks_of_kind("contact_check", today, None, 2).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|row| row.subject_id).collect();
        assert_eq!(listed, [people[2].subject, people[3].subject], "they take no place of the two");
        assert_eq!(bench.store.count_staff_tasks_held(today).await.unwrap(), 2);
        let checks = bench.store.staff_tasks_of_kind("match_check", today, None, 2).await.unwrap();
        assert_eq!(checks.len(), 1, "who is in a match was asked");
    }

    async fn the_language_somebody_was_written_to_in_is_kept(bench: &Bench) {
        let (a, b) = (bench.register(&somebody(1)).await.unwrap(), bench.register(&somebody(2)).await.unwrap());
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_messages(vec![OutboxRow { lang: "en".to_owned(), ..mail(&a, OutboxState::Sent) }, mail(&b, OutboxState::Sent)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.store.subjects_written_to_in("en").await.unwrap(), [a.subject]);
    }

    async fn what_readiness_foretold_is_counted_by_band_and_edition(bench: &Bench) {
        let seen = |band: &str, reached, edition: &str| ReadinessSeen {
            id: uuid::Uuid::new_v4(),
            edition: edition.to_owned(),
            band: band.to_owned(),
            points: 3,
            reached,
            day: day(2026, 12, 1).into(),
        };
        let mut tx = bench.store.begin().await.unwrap();
        for row in [seen("low", true, "a"), seen("low", false, "a"), seen("low", false, "a"), seen("high", true, "a"), seen("high", true, "b")] {
            tx.put_readiness_seen(row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut found = bench.store.readiness_seen("a").await.unwrap();
        found.sort_unstable();
        assert_eq!(found, [("high".to_owned(), true, 1), ("low".to_owned(), false, 2), ("low".to_owned(), true, 1)]);
    }

    async fn only_answers_that_confirm_something_count_as_answers(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let used = |byte: u8, purpose: &str| LinkRow {
            id: LinkId::fresh(),
            token_hash: Opaque(vec![byte; 32]),
            purpose: purpose.to_owned(),
            subject_id: a.subject,
            created_at: NOW,
            expires_at: later(100),
            used_at: Some(later(i64::from(byte))),
            wrong: 0,
            closed_at: None,
            address_tag: None,
        };
        let mut tx = bench.store.begin().await.unwrap();
        for (byte, purpose) in [(1, "contact-check"), (2, "not-me"), (3, "unsubscribe")] {
            tx.put_link(used(byte, purpose)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let answers = bench.store.answers_since(NOW, &["contact-check", "verify-mail"]).await.unwrap();
        assert_eq!(answers, [(a.subject, later(1))], "who says that it is not them confirms nothing");
    }
}
