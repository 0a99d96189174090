//! Accounts, sessions, limits, requests, drives, leases, keys.

use donor_registry::domain::id::{CampaignId, DriveId, StaffId};
use donor_registry::domain::role::{Role, Roles};
use donor_registry::store::{
    Begun, CampaignRow, CampaignState, Day, DriveRow, Opaque, SessionRow, StaffDraft, Store, StoreError, settings,
};
use donor_registry::vault::{KeyPurpose, Vault};

use super::{Bench, NOW, day, on_both, somebody};

on_both! {
    async fn the_same_request_gets_its_first_outcome_and_another_body_is_refused(bench: &Bench) {
        let actor = uuid::Uuid::now_v7();
        assert_eq!(bench.store.seen_request("k", actor, b"body").await.unwrap(), Begun::Fresh);
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.begin_request("k", actor, b"body").await.unwrap(), Begun::Fresh);
        tx.finish_request("k", actor, b"body", 303, Some("/people/7"), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        let again = Begun::Repeated { status: 303, location: Some("/people/7".to_owned()) };
        assert_eq!(tx.begin_request("k", actor, b"body").await.unwrap(), again);
        assert!(matches!(tx.begin_request("k", actor, b"other").await, Err(StoreError::Conflict)));
        assert_eq!(tx.begin_request("k", uuid::Uuid::now_v7(), b"other").await.unwrap(), Begun::Fresh);
        tx.sweep_requests(NOW.plus_seconds(1)).await.unwrap();
        assert_eq!(tx.begin_request("k", actor, b"other").await.unwrap(), Begun::Fresh);
    }

    async fn of_one_request_sent_many_times_at_once_one_does_the_work(bench: &Bench) {
        let actor = uuid::Uuid::now_v7();
        let sent: Vec<_> = (0..8).map(|_| {
            let store = bench.store.clone();
            rocket::tokio::spawn(async move {
                let mut tx = store.begin().await.unwrap();
                let begun = tx.begin_request("k", actor, b"body").await.unwrap();
                if begun == Begun::Fresh {
                    tx.finish_request("k", actor, b"body", 303, None, NOW).await.unwrap();
                    tx.commit().await.unwrap();
                }
                begun == Begun::Fresh
            })
        }).collect();
        let mut worked = 0;
        for one in sent {
            worked += u32::from(one.await.unwrap());
        }
        assert_eq!(worked, 1);
    }

    async fn an_account_keeps_its_roles_against_an_intruder(bench: &Bench) {
        let id = StaffId::fresh();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_staff(&bench.vault, id, account("li"), NOW).await.unwrap();
        let twice = tx.put_staff(&bench.vault, StaffId::fresh(), account("li"), NOW).await;
        assert!(matches!(twice, Err(StoreError::Taken(_))));
        tx.commit().await.unwrap();
        let row = bench.store.staff_by_login(&bench.vault, "li").await.unwrap().unwrap();
        let mut changed = row.clone();
        changed.roles = Roles::of([Role::Registrar, Role::Caller]);
        let mut tx = bench.store.begin().await.unwrap();
        tx.update_staff(&bench.vault, changed.clone()).await.unwrap();
        assert!(matches!(tx.update_staff(&bench.vault, changed).await, Err(StoreError::Stale)));
        tx.commit().await.unwrap();
        assert!(bench.store.staff(&bench.vault, id).await.unwrap().unwrap().roles.has(Role::Caller));
        bench.run_past_the_program(&format!("UPDATE staff SET roles = {}", Roles::of([Role::Administrator]).bits())).await;
        let read = bench.store.staff_by_login(&bench.vault, "li").await;
        assert!(matches!(read, Err(StoreError::Tampered { table: "staff", .. })), "{read:?}");
    }

    async fn sessions_and_attempts_are_counted_and_swept(bench: &Bench) {
        let id = StaffId::fresh();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_staff(&bench.vault, id, account("li"), NOW).await.unwrap();
        for byte in [1, 2] {
            tx.put_session(SessionRow {
                token_hash: Opaque(vec![byte; 32]),
                staff_id: id,
                csrf: Opaque(vec![9; 32]),
                created_at: NOW,
                seen_at: NOW,
                expires_at: NOW.plus_seconds(60),
            }).await.unwrap();
        }
        tx.touch_session(&[1; 32], NOW.plus_seconds(50), NOW.plus_seconds(110)).await.unwrap();
        assert_eq!(tx.put_attempt(b"bucket", NOW, NOW).await.unwrap(), 1);
        assert_eq!(tx.put_attempt(b"bucket", NOW.plus_seconds(9), NOW.plus_seconds(5)).await.unwrap(), 1);
        assert_eq!(tx.put_attempt(b"other", NOW.plus_seconds(9), NOW).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(bench.store.count_attempts(b"bucket", NOW).await.unwrap(), 2);
        let mut tx = bench.store.begin().await.unwrap();
        tx.sweep_sessions(NOW.plus_seconds(70), NOW.plus_seconds(5)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(bench.store.session(&[1; 32]).await.unwrap().is_some());
        assert!(bench.store.session(&[2; 32]).await.unwrap().is_none());
        assert_eq!(bench.store.count_attempts(b"bucket", NOW).await.unwrap(), 1);
        let mut tx = bench.store.begin().await.unwrap();
        tx.delete_sessions_of(id).await.unwrap();
        tx.clear_attempts(b"bucket").await.unwrap();
        tx.commit().await.unwrap();
        assert!(bench.store.session(&[1; 32]).await.unwrap().is_none());
    }

    async fn a_lease_has_one_holder_and_a_growing_fence(bench: &Bench) {
        let mut tx = bench.store.begin().await.unwrap();
        assert_eq!(tx.take_lease("mail", "a", NOW, NOW.plus_seconds(60)).await.unwrap(), Some(1));
        assert_eq!(tx.take_lease("mail", "b", NOW.plus_seconds(1), NOW.plus_seconds(61)).await.unwrap(), None);
        assert_eq!(tx.take_lease("mail", "a", NOW.plus_seconds(1), NOW.plus_seconds(61)).await.unwrap(), Some(1));
        assert_eq!(tx.take_lease("mail", "b", NOW.plus_seconds(62), NOW.plus_seconds(90)).await.unwrap(), Some(2));
        tx.drop_lease("mail", 1).await.unwrap();
        assert_eq!(tx.take_lease("mail", "a", NOW.plus_seconds(63), NOW.plus_seconds(90)).await.unwrap(), None);
        tx.drop_lease("mail", 2).await.unwrap();
        assert_eq!(tx.take_lease("mail", "a", NOW.plus_seconds(63), NOW.plus_seconds(90)).await.unwrap(), Some(3));
    }

    async fn drives_are_numbered_and_a_first_contact_is_confirmed_once(bench: &Bench) {
        let mut tx = bench.store.begin().await.unwrap();
        let row = |name: &str| DriveRow {
            id: DriveId::fresh(),
            number: 0,
            name: name.to_owned(),
            place: "广场".to_owned(),
            town: None,
            day: Day(day(2026, 11, 20)),
            target: Some(80),
            donors_target: None,
            donors: None,
        };
        let first = row("一");
        assert_eq!(tx.put_drive(first.clone()).await.unwrap(), 1);
        assert_eq!(tx.put_drive(row("二")).await.unwrap(), 2);
        assert_eq!(tx.put_drive(DriveRow { target: None, ..first.clone() }).await.unwrap(), 1);
        let campaign = CampaignRow {
            id: CampaignId::fresh(),
            kind: "first_contact".to_owned(),
            filter: "{}".to_owned(),
            count: 3,
            requested_by: StaffId::fresh(),
            created_at: NOW,
            confirmed_by: None,
            confirmed_at: None,
            state: CampaignState::Requested,
        };
        tx.put_campaign(campaign.clone()).await.unwrap();
        let manager = StaffId::fresh();
        tx.decide_campaign(campaign.id, CampaignState::Confirmed, manager, NOW).await.unwrap();
        assert!(matches!(tx.decide_campaign(campaign.id, CampaignState::Dropped, manager, NOW).await, Err(StoreError::Stale)));
        tx.commit().await.unwrap();
        assert_eq!(bench.store.drive(first.id).await.unwrap().unwrap().target, None);
        assert_eq!(bench.store.drive_by_name("二").await.unwrap().unwrap().number, 2);
        assert_eq!(bench.store.campaign(campaign.id).await.unwrap().unwrap().confirmed_by, Some(manager));
    }

    async fn a_registry_opens_again_with_its_id_keys_and_settings(bench: &Bench) {
        let admitted = bench.register(&somebody(1)).await.unwrap();
        let mut tx = bench.store.begin().await.unwrap();
        tx.put_setting(settings::RECOVERY_CONFIRMED, "true").await.unwrap();
        tx.commit().await.unwrap();
        let again = Store::open(&bench.url).await.unwrap();
        assert_eq!(again.deployment(), bench.store.deployment());
        assert_eq!(again.setting(settings::RECOVERY_CONFIRMED).await.unwrap().as_deref(), Some("true"));
        let vault = Vault::open(&bench.root, again.deployment(), &again.keyring().await.unwrap()).unwrap();
        assert!(again.person(&vault, admitted.person).await.unwrap().is_some());
        again.close().await.unwrap();
    }

    async fn a_key_is_rotated_and_the_old_one_destroyed(bench: &Bench) {
        use donor_registry::domain::Compartment;
        let admitted = bench.register(&somebody(1)).await.unwrap();
        let rows = bench.store.keyring().await.unwrap();
        let purpose = KeyPurpose::Kek(Compartment::Identity);
        let old = bench.vault.primary_id(purpose).unwrap();
        let fresh = bench.vault.add_key(&rows, purpose, NOW).unwrap();
        store_keys(bench, std::slice::from_ref(&fresh)).await;
        let promoted = bench.vault.promote(&bench.store.keyring().await.unwrap(), fresh.key_id).unwrap();
        store_keys(bench, &promoted).await;
        let vault = &bench.vault;
        vault.refresh(&bench.store.keyring().await.unwrap()).unwrap();
        assert_eq!(bench.store.count_deks_under(old).await.unwrap(), 1);
        let again = bench.store.renewed_deks(vault, None, 500).await.unwrap().rows;
        let mut tx = bench.store.begin().await.unwrap();
        tx.rewrap_deks(&again).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(bench.store.count_deks_under(old).await.unwrap(), 0);
        let gone = vault.destroy_key(&bench.store.keyring().await.unwrap(), old).unwrap();
        store_keys(bench, &[gone]).await;
        vault.refresh(&bench.store.keyring().await.unwrap()).unwrap();
        assert!(bench.store.person(vault, admitted.person).await.unwrap().is_some());
    }
}

async fn store_keys(bench: &Bench, rows: &[donor_registry::vault::KeyRow]) {
    let mut tx = bench.store.begin().await.unwrap();
    tx.put_keys(rows).await.unwrap();
    tx.commit().await.unwrap();
}

fn account(login: &str) -> StaffDraft {
    StaffDraft {
        login: login.to_owned(), display_name: "李".to_owned(), phc: "$argon2id$".to_owned(), roles: Roles::of([Role::Registrar])
    }
}
