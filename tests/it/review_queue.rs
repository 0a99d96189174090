//! The registrar's queue: what is worth most comes first, what was told apart is never asked again, and a page says which record a value
//! comes from.

use donor_registry::app::import::{ImportOptions, Staged};
use donor_registry::app::{Actor, App, Recorder, Verdict};
use donor_registry::domain::Guarded;
use donor_registry::domain::id::PublicId;
use donor_registry::domain::registry::Registry as Kind;
use donor_registry::domain::time::Timestamp;

use crate::harness::people::check_digit;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
/// 2026-11-23T08:00:00Z.
const NOW: Timestamp = Timestamp(1_795_420_800_000_000);

fn registry() -> Registry {
    let registry = Registry::new();
    registry.add_account("registrar", PASSWORD, "small-branch");
    registry
}

/// A sheet of volunteers: name, phone, address, and a number or nothing.
fn sheet(rows: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let mut out = "姓名,联系电话,家庭住址,身份证号\n".to_owned();
    for (name, phone, address, id) in rows {
        out.push_str(&format!("{name},{phone},{address},{id}\n"));
    }
    out.into_bytes()
}

fn id(first17: &str) -> String {
    format!("{first17}{}", check_digit(first17))
}

async fn import(app: &App, actor: Actor, kind: Kind, bytes: Vec<u8>) {
    let options = ImportOptions { registry: Some(kind), ..ImportOptions::default() };
    let staged = app.stage(actor, Guarded::new(bytes), "sheet.csv", &options, NOW, &mut |_, _| {}).await.unwrap();
    let Staged::Draft(id) = staged else { panic!("new bytes") };
    app.admit(actor, id, NOW).await.unwrap();
}

/// A father and a son on one phone in one house, each with one sheet; the son's name is his father's and one more character.
const FATHER: (&str, &str, &str) = ("罗建国", "16400000011", "保和镇和平村3组12号");
const SON: (&str, &str, &str) = ("罗建国华", "16400000011", "保和镇和平村3组12号");

#[test]
fn who_was_told_apart_is_not_asked_about_again_by_scan_or_by_another_sheet() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let (father, son) = (id("51200219600302901"), id("51200219880411903"));
        let row = |(name, phone, address): (&'static str, &'static str, &'static str)| (name, phone, address, "");
        import(&app, actor, Kind::Volunteer, sheet(&[row(FATHER), row(SON)])).await;
        let queue = app.queue(actor).await.unwrap();
        assert_eq!(queue.len(), 1, "{queue:?}");
        let pair = app.open_pair(actor, queue[0].id, NOW).await.unwrap();
        assert!(pair.judgement.is_some());
        app.decide(actor, pair.pair.id, pair.pair.row_version, Verdict::Different, NOW).await.unwrap();
        assert!(app.queue(actor).await.unwrap().is_empty());

        app.scan(actor, &|_, _| {}, NOW.plus_seconds(1)).await.unwrap();
        assert!(app.queue(actor).await.unwrap().is_empty(), "a scan does not ask again");
        // Another registry's sheet names both once more: new registrations, the same two people.
        import(&app, actor, Kind::Blood, sheet(&[row(FATHER), row(SON)])).await;
        app.scan(actor, &|_, _| {}, NOW.plus_seconds(2)).await.unwrap();
        let queue = app.queue(actor).await.unwrap();
        assert!(queue.is_empty(), "{queue:?}");
        let people = app.search(actor, &Guarded::new(FATHER.1.to_owned())).await.unwrap();
        assert_eq!(people.len(), 2, "each row joined its own");
        // With their numbers they are still two.
        let numbered = sheet(&[(FATHER.0, FATHER.1, FATHER.2, father.as_str()), (SON.0, SON.1, SON.2, son.as_str())]);
        import(&app, actor, Kind::OrganBody, numbered).await;
        app.scan(actor, &|_, _| {}, NOW.plus_seconds(3)).await.unwrap();
        assert!(app.queue(actor).await.unwrap().is_empty());
    });
}

#[test]
fn of_two_pairs_as_open_the_one_on_which_more_depends_comes_first() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        let pairs = [("谭秋霜", "谭秋双", "16400000021"), ("柏夏荷", "柏夏合", "16400000022")];
        let rows = |which: &[usize]| {
            let picked: Vec<_> =
                which.iter().flat_map(|n| [(pairs[*n].0, pairs[*n].2, "", ""), (pairs[*n].1, "", "石岭镇双河村9组", "")]).collect();
            sheet(&picked)
        };
        import(&app, actor, Kind::Volunteer, rows(&[0, 1])).await;
        let alike = app.queue(actor).await.unwrap();
        // The second pair's people give blood as well: two more standings depend on what is decided.
        import(&app, actor, Kind::Blood, rows(&[1])).await;
        let queue = app.queue(actor).await.unwrap();
        assert!(queue.windows(2).all(|w| w[0].value() >= w[1].value()), "{queue:?}");
        if let (2, Some(first), Some(last)) = (alike.len(), queue.first(), queue.last()) {
            assert!(first.dependents > last.dependents, "{queue:?}");
        }
        let even = |probability, dependents| {
            let mut item = queue.first().cloned().expect("a pair waits");
            (item.probability, item.dependents) = (probability, dependents);
            item.value()
        };
        assert!(even(0.5, 2) > even(0.9, 2) && even(0.5, 2) > even(0.1, 2), "even odds tell most");
        assert!(even(0.9, 9) > even(0.9, 1) && even(0.999, 40) > even(0.5, 0), "and so does what depends on it");
    });
}

#[test]
fn a_page_says_which_record_each_value_comes_from_and_by_which_other_ids_it_opens() {
    registry().look(|app| async move {
        let actor = app.actor_named("registrar").await.unwrap();
        import(&app, actor, Kind::Volunteer, sheet(&[("谭秋霜", "16400000021", "", "")])).await;
        import(&app, actor, Kind::Blood, sheet(&[("谭秋双", "", "石岭镇双河村9组", "")])).await;
        let queue = app.queue(actor).await.unwrap();
        assert_eq!(queue.len(), 1, "the same sound and nothing else: a registrar decides");
        let (a, b) = (&queue[0].left, &queue[0].right);
        let pair = app.open_pair(actor, queue[0].id, NOW).await.unwrap().pair;
        app.decide(actor, pair.id, pair.row_version, Verdict::Same, NOW).await.unwrap();
        let (merged, other) = (app.person(actor, a, NOW).await.unwrap(), app.person(actor, b, NOW).await.unwrap());
        assert_eq!(merged.view.row.public_id, other.view.row.public_id, "both ids open one person");
        let alias: &PublicId = if merged.view.row.public_id == *a { b } else { a };
        assert_eq!(merged.aliases, [alias.clone()]);
        assert_eq!(merged.view.records().count(), 2);
        for record in merged.view.records() {
            let source = merged.sources.get(&record.id).expect("every record has a source");
            assert_eq!(source.how, Recorder::Import(Some(2)), "the row of the sheet, the header counted");
            assert_eq!((source.by.as_deref(), source.at), (Some("registrar"), NOW));
        }
    });
}
