//! Registering, opening, joining, taking out, erasing.

use std::collections::BTreeSet;

use donor_registry::domain::Guarded;
use donor_registry::domain::consent::{ConsentHow, ConsentText, Purpose};
use donor_registry::domain::fact::FactEvent;
use donor_registry::domain::id::{PersonId, SubjectId};
use donor_registry::domain::problem::ProblemCode;
use donor_registry::domain::registry::{EnrolmentStatus, ExitReason, Registry};
use donor_registry::store::{ConsentGiven, MembershipDecision, Place, StoreError, prepare_with};

use super::{Bench, NOW, day, occasion, on_both, somebody};

on_both! {
    async fn what_was_registered_is_read_back_alike(bench: &Bench) {
        let draft = somebody(7);
        let admitted = bench.register(&draft).await.unwrap();
        let view = bench.store.person(&bench.vault, admitted.person).await.unwrap().unwrap();
        let record = view.records().next().unwrap();
        assert!(record.identity.as_ref().unwrap().reveal() == draft.identity.reveal());
        assert!(record.contact.as_ref().unwrap().reveal() == draft.contact.reveal());
        assert!(record.health.as_ref().unwrap().reveal() == draft.health.reveal());
        assert!(record.details.as_ref().unwrap().reveal() == draft.details.reveal());
        assert_eq!(record.told_on.unwrap().0, day(2026, 11, 1));
        assert_eq!(view.row.public_id, admitted.public_id);
        let standing = view.enrolments().next().unwrap();
        assert_eq!((standing.registry, standing.status), (Registry::Blood, EnrolmentStatus::Registered));
        assert_eq!(bench.store.resolve(&admitted.public_id).await.unwrap(), Some(admitted.person));
        let document = draft.identity.map(|i| i.documents[0].clone());
        assert_eq!(bench.store.claimants(&bench.vault, &document).await.unwrap(), vec![(admitted.subject, true)]);
        let phone = draft.contact.map(|c| c.phones[0].clone());
        assert_eq!(bench.store.by_phone(&bench.vault, &phone).await.unwrap(), vec![admitted.subject]);
        let stat = bench.store.stat_id(&bench.vault, admitted.subject).await.unwrap().unwrap();
        let mut facts = Vec::new();
        bench.store.facts(&bench.vault, |f| facts.push(f)).await.unwrap();
        assert_eq!(facts.len(), 1);
        assert_eq!(facts[0].stat_id, stat);
        assert_eq!(facts[0].event, FactEvent::Status(EnrolmentStatus::Registered));
        assert_eq!(facts[0].birth_year, Some(1980));
    }

    async fn the_stream_at_unlock_tells_the_same_people_as_the_pages(bench: &Bench) {
        let mut tx = bench.store.begin().await.unwrap();
        let records = (0..300).map(|n| (bench.prepared(&somebody(n), true), Place::New(PersonId::fresh()))).collect();
        let admitted = tx.admit(&bench.vault, records, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut stream = bench.store.people(&bench.vault);
        let mut streamed = BTreeSet::new();
        while let Some(page) = stream.next().await.unwrap() {
            for entry in page {
                let name = entry.records[0].identity.as_ref().unwrap().reveal().name.as_str().to_owned();
                let [(Registry::Blood, EnrolmentStatus::Registered, since)] = entry.standings[..] else {
                    panic!("one standing, as it was registered")
                };
                streamed.insert((entry.person, since, name));
            }
        }
        assert_eq!(streamed.len(), 300);
        let mut paged = BTreeSet::new();
        let mut after = None;
        loop {
            let page = bench.store.person_page(after, 70).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(*last);
            for view in bench.store.persons(&bench.vault, &page).await.unwrap() {
                let name = view.records().next().unwrap().identity.as_ref().unwrap().reveal().name.as_str().to_owned();
                paged.insert((view.row.id, view.enrolments().next().unwrap().since, name));
            }
        }
        assert_eq!(paged, streamed);
        let some: Vec<SubjectId> = admitted.iter().take(3).map(|a| a.subject).collect();
        assert_eq!(bench.store.people_of(&bench.vault, &some).await.unwrap().len(), 3);
        let mut standings = 0;
        let told: BTreeSet<_> = streamed.iter().map(|(person, since, _)| (*person, *since)).collect();
        bench
            .store
            .standings(|s| {
                assert!(told.contains(&(s.person, s.since)) && s.status == EnrolmentStatus::Registered);
                standings += 1;
            })
            .await
            .unwrap();
        assert_eq!(standings, 300);
    }

    async fn a_merge_is_undone_exactly_and_a_merged_public_id_stays_valid(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let b = bench.register(&somebody(2)).await.unwrap();
        let before = opened(bench, b.person).await;
        let mut tx = bench.store.begin().await.unwrap();
        let moved = tx.merge(&bench.vault, b.person, a.person, MembershipDecision::Merged, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(moved, vec![b.subject]);
        assert_eq!(bench.store.resolve(&b.public_id).await.unwrap(), Some(a.person));
        assert_eq!(bench.store.person(&bench.vault, a.person).await.unwrap().unwrap().subjects.len(), 2);
        assert!(bench.store.person(&bench.vault, b.person).await.unwrap().is_none());
        assert_eq!(bench.store.person_page(None, 10).await.unwrap(), vec![a.person]);

        let mut tx = bench.store.begin().await.unwrap();
        let back = tx.split(&bench.vault, a.person, &moved, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(back, vec![(b.subject, b.person)]);
        assert_eq!(bench.store.resolve(&b.public_id).await.unwrap(), Some(b.person));
        assert_eq!(bench.store.resolve(&a.public_id).await.unwrap(), Some(a.person));
        assert_eq!(opened(bench, b.person).await, before);
    }

    async fn a_subject_that_never_was_elsewhere_becomes_a_person_when_taken_out(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let joined = bench.admit(bench.prepared(&somebody(2), true), Place::Join(a.person)).await.unwrap();
        assert_eq!(joined.public_id, a.public_id);
        let mut tx = bench.store.begin().await.unwrap();
        let back = tx.split(&bench.vault, a.person, &[joined.subject], None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let fresh = back[0].1;
        assert_ne!(fresh, a.person);
        let public_id = bench.store.public_ids_of(&[fresh]).await.unwrap().remove(&fresh).unwrap();
        assert_eq!(bench.store.resolve(&public_id).await.unwrap(), Some(fresh));
    }

    async fn a_document_number_is_claimed_once(bench: &Bench) {
        let first = bench.register(&somebody(9)).await.unwrap();
        let mut second = bench.prepared(&somebody(9), true);
        match bench.admit(second.clone(), Place::New(PersonId::fresh())).await {
            Err(StoreError::ClaimTaken { subject }) => assert_eq!(subject, first.subject),
            other => panic!("a taken claim was let through: {other:?}"),
        }
        second.unverify(&bench.vault).unwrap();
        let joined = bench.admit(second, Place::Join(first.person)).await.unwrap();
        let document = somebody(9).identity.map(|i| i.documents[0].clone());
        let claimants = bench.store.claimants(&bench.vault, &document).await.unwrap();
        assert_eq!(claimants, vec![(first.subject, true), (joined.subject, false)]);
    }

    async fn of_many_who_claim_one_number_at_once_one_gets_it(bench: &Bench) {
        let tries = (0..12).map(|_| {
            let (store, vault, prepared) = (bench.store.clone(), bench.vault.clone(), bench.prepared(&somebody(5), true));
            rocket::tokio::spawn(async move {
                let mut tx = store.begin().await?;
                tx.admit(&vault, vec![(prepared, Place::New(PersonId::fresh()))], None, NOW).await?;
                tx.commit().await
            })
        });
        let (mut won, mut refused) = (0, 0);
        for attempt in tries.collect::<Vec<_>>() {
            match attempt.await.unwrap() {
                Ok(_) => won += 1,
                Err(StoreError::ClaimTaken { .. }) => refused += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!((won, refused), (1, 11));
    }

    async fn a_stale_edit_is_refused(bench: &Bench) {
        let admitted = bench.register(&somebody(3)).await.unwrap();
        let view = bench.store.person(&bench.vault, admitted.person).await.unwrap().unwrap();
        let standing = view.enrolments().next().unwrap().clone();
        let exit = EnrolmentStatus::Exited(ExitReason::Withdrew);
        for expected_ok in [true, false] {
            let mut tx = bench.store.begin().await.unwrap();
            let done = tx.set_standing(&bench.vault, standing.id, standing.row_version, exit, day(2026, 11, 23), NOW).await;
            assert_eq!(done.is_ok(), expected_ok);
            assert!(expected_ok || matches!(done, Err(StoreError::Stale)));
            if expected_ok {
                tx.commit().await.unwrap();
            }
        }
        let view = bench.store.person(&bench.vault, admitted.person).await.unwrap().unwrap();
        assert_eq!(view.enrolments().next().unwrap().status, exit);
    }

    async fn what_a_dropped_transaction_wrote_is_gone(bench: &Bench) {
        let prepared = bench.prepared(&somebody(4), true);
        let mut tx = bench.store.begin().await.unwrap();
        tx.admit(&bench.vault, vec![(prepared, Place::New(PersonId::fresh()))], None, NOW).await.unwrap();
        drop(tx);
        assert!(bench.store.person_page(None, 10).await.unwrap().is_empty());
        bench.register(&somebody(4)).await.unwrap();
        assert_eq!(bench.store.person_page(None, 10).await.unwrap().len(), 1);
    }

    async fn a_value_moved_to_another_row_does_not_open(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        let b = bench.register(&somebody(2)).await.unwrap();
        bench
            .run_past_the_program("UPDATE record SET sealed_identity = (SELECT o.sealed_identity FROM record AS o WHERE o.id <> record.id)")
            .await;
        let opened = [bench.store.person(&bench.vault, a.person).await, bench.store.person(&bench.vault, b.person).await];
        assert!(opened.iter().any(|o| matches!(o, Err(StoreError::Tampered { table: "record", .. }))), "{opened:?}");
        let mut stream = bench.store.people(&bench.vault);
        assert!(matches!(stream.next().await, Err(StoreError::Vault(_))));
    }

    async fn a_status_changed_past_the_program_is_found(bench: &Bench) {
        let a = bench.register(&somebody(1)).await.unwrap();
        bench.run_past_the_program("UPDATE enrolment SET status = 3").await;
        let opened = bench.store.person(&bench.vault, a.person).await;
        assert!(matches!(opened, Err(StoreError::Tampered { table: "enrolment", .. })), "{opened:?}");
    }

    async fn an_erased_subject_is_unreadable_and_leaves_its_fact(bench: &Bench) {
        let draft = somebody(8);
        let consent = ConsentGiven {
            purpose: Purpose::Contact,
            text: ConsentText { version: "2026-03".to_owned(), sha256: [7; 32] },
            how: ConsentHow::OnScreen,
            at: NOW,
            staff: None,
            witness: Some(draft.identity.map(|i| i.name.clone())),
        };
        let prepared = prepare_with(&bench.vault, &draft, occasion(true), |more| {
            more.consent(&consent)?;
            more.correction("phone", ProblemCode::PhoneInvalid, Some(&Guarded::new("1381".to_owned())))
        }).unwrap();
        let admitted = bench.admit(prepared, Place::New(PersonId::fresh())).await.unwrap();
        let open = bench.store.open_corrections(None, None, 10).await.unwrap();
        let seen = bench.store.correction(&bench.vault, open[0].id).await.unwrap().unwrap();
        assert_eq!(seen.value.unwrap().reveal(), "1381");
        assert!(bench.store.person(&bench.vault, admitted.person).await.unwrap().unwrap().consents_to(Purpose::Contact));

        let mut tx = bench.store.begin().await.unwrap();
        tx.erase(&bench.vault, &[admitted.subject], NOW).await.unwrap();
        tx.commit().await.unwrap();
        let view = bench.store.person(&bench.vault, admitted.person).await.unwrap().unwrap();
        assert!(view.records().all(|r| r.identity.is_none() && r.contact.is_none() && r.health.is_none() && r.details.is_none()));
        assert!(bench.store.people(&bench.vault).next().await.unwrap().unwrap_or_default().is_empty());
        assert!(bench.store.open_corrections(None, None, 10).await.unwrap().is_empty());
        assert_eq!(bench.store.stat_id(&bench.vault, admitted.subject).await.unwrap(), None);
        assert_eq!(bench.store.erasures().await.unwrap().len(), 1);
        let mut facts = 0;
        bench.store.facts(&bench.vault, |_| facts += 1).await.unwrap();
        assert_eq!(facts, 1);
        // The number is free again.
        bench.register(&somebody(8)).await.unwrap();
    }
}

/// All that is told of a person, in order, for comparison.
async fn opened(bench: &Bench, person: PersonId) -> Vec<String> {
    let view = bench.store.person(&bench.vault, person).await.unwrap().unwrap();
    let mut out = vec![view.row.public_id.to_string()];
    for record in view.records() {
        out.push(format!("{:?} {:?}", record.id, record.told_on));
        out.push(record.identity.as_ref().unwrap().reveal().name.as_str().to_owned());
        out.extend(record.contact.as_ref().unwrap().reveal().phones.iter().map(|p| p.as_str().to_owned()));
    }
    out.extend(view.enrolments().map(|e| format!("{e:?}")));
    out
}
