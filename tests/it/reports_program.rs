//! Every report made by the program, in every format, by a node that holds the `statistics` key alone; releases over ten months; publication on
//! the web.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use donor_registry::domain::time::Timestamp;

use crate::harness::desk::{self, Desk};
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";
const TOWNS: [&str; 6] = ["莲花街道", "三贤祠街道", "资溪街道", "雁江镇", "松涛镇", "丰裕镇"];

/// A sheet of invented blood donors of a month: towns with many, towns with one or two.
fn sheet(folder: &Path, name: &str, month: u32, from: usize, count: usize) -> PathBuf {
    let mut text = "姓名,性别,出生日期,联系电话,所属镇街,登记日期\n".to_owned();
    for n in from..from + count {
        let town = TOWNS[[0, 0, 0, 1, 1, 0, 3, 0, 1, 0, 2, 3, 0, 0, 4, 1, 3, 0][n % 18]];
        let sex = if n.is_multiple_of(3) { "女" } else { "男" };
        let first: char = char::from_u32(0x4e00 + (n as u32 * 37) % 5000).unwrap();
        let second: char = char::from_u32(0x5e00 + (n as u32 * 101) % 3000).unwrap();
        let _ = writeln!(
            text,
            "王{first}{second},{sex},{}-0{}-1{},1890826{:04},{town},2025-{month:02}-{:02}",
            1965 + (n * 7) % 40,
            1 + n % 9,
            n % 9,
            n,
            1 + n % 27
        );
    }
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn import(registry: &Registry, file: &Path, kind: &str) {
    let output = registry.run(&["import", file.to_str().unwrap(), "--registry", kind]);
    assert!(output.status.code().is_some_and(|c| c < 2), "{}", String::from_utf8_lossy(&output.stderr));
}

fn filled() -> Registry {
    let registry = Registry::new();
    for (name, month, from, count, kind) in
        [("a.csv", 2, 0, 140, "blood"), ("b.csv", 3, 200, 40, "volunteer"), ("c.csv", 4, 300, 24, "blood")]
    {
        import(&registry, &sheet(registry.folder(), name, month, from, count), kind);
    }
    registry
}

const KINDS: [&str; 8] = ["pool", "flows", "attrition", "reneging", "targets", "retention", "brief", "public"];

#[test]
fn a_node_with_the_statistics_key_alone_makes_every_report_in_every_format() {
    let mut registry = filled();
    let node = registry.folder().join("key/statistics.key");
    registry.done(&["keys", "export", "--compartments", "statistics", "--output", node.to_str().unwrap()]);
    let out = registry.folder().join("report");
    let make = |registry: &Registry, kind: &str, format: &str| {
        let period = ["--as-of", "2025-12-31", "--from", "2025-01-01"];
        let arguments = [&["report", kind, "--format", format, "--output", out.to_str().unwrap()], &period[..]].concat();
        let output = registry.run(&arguments);
        assert!(output.status.success(), "{kind} {format}: {}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(&out).unwrap()
    };
    let own: Vec<Vec<u8>> = KINDS.iter().map(|kind| make(&registry, kind, "json")).collect();

    registry.set("DONOR_REGISTRY_KEY_FILE", node.to_str().unwrap());
    assert!(registry.done(&["keys", "status"]).contains("open in this process: statistics\n"), "nothing else can be opened");
    for (kind, own) in KINDS.iter().zip(own) {
        assert!(make(&registry, kind, "json") == own, "{kind} differs on a node");
        for format in ["html", "csv", "xlsx"] {
            assert!(make(&registry, kind, format).len() > 40, "{kind} {format}");
        }
        let text: serde_json::Value = serde_json::from_slice(&make(&registry, kind, "json")).unwrap();
        assert!(text["about"]["规则集"].is_string() && text["definitions"].as_array().is_some_and(|d| !d.is_empty()), "{kind}: {text}");
        if *kind != "public" {
            assert!(text["about"]["资料完整度"].is_string(), "{kind}");
        }
    }
    assert!(make(&registry, "pool", "svg").starts_with(b"<?xml"));
    let other = registry.run(&["duplicates", "scan"]);
    assert!(!other.status.success(), "the node can compare nobody");
}

#[test]
fn the_pool_of_a_report_is_the_people_of_the_sheets() {
    let registry = filled();
    let out = registry.folder().join("pool.json");
    registry.done(&["report", "pool", "--as-of", "2025-12-31", "--format", "json", "--output", out.to_str().unwrap()]);
    let report: serde_json::Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let of = |of: &str| {
        let rows = report["rows"].as_array().unwrap();
        rows.iter().find(|r| r["of"] == of && r["by"] == "all").unwrap()["pool"].as_u64().unwrap()
    };
    assert_eq!((of("blood"), of("volunteer"), of("all")), (164, 40, 204));
    let half = registry.folder().join("half.json");
    registry.done(&["report", "pool", "--as-of", "2025-03-31", "--format", "json", "--output", half.to_str().unwrap()]);
    let half: serde_json::Value = serde_json::from_slice(&std::fs::read(&half).unwrap()).unwrap();
    assert_eq!(half["tables"][0]["rows"][4]["pool"], 180, "of a past day, before the third sheet");
}

/// The tables of one month's release, as files: the first and those beside it.
fn released(registry: &Registry, day: &str, name: &str) -> Vec<PathBuf> {
    let first = registry.folder().join(format!("{name}.csv"));
    registry.done(&["report", "public", "--as-of", day, "--format", "csv", "--output", first.to_str().unwrap()]);
    let beside = (2..=3).map(|n| registry.folder().join(format!("{name}.{n}.csv")));
    std::iter::once(first.clone()).chain(beside).filter(|p| p.exists()).collect()
}

#[test]
fn a_release_is_given_again_byte_by_byte_and_a_star_never_opens() {
    let registry = filled();
    let first: Vec<Vec<u8>> = released(&registry, "2025-02-28", "a").iter().map(|p| std::fs::read(p).unwrap()).collect();
    let again: Vec<Vec<u8>> = released(&registry, "2025-02-28", "b").iter().map(|p| std::fs::read(p).unwrap()).collect();
    assert!(first == again && first.len() == 3);
    let stars = |bytes: &[u8]| -> Vec<(String, usize)> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let rows = text.lines().skip(1).flat_map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let town = cells[0].to_owned();
            cells.iter().enumerate().filter(|(_, c)| **c == "*").map(|(at, _)| (town.clone(), at)).collect::<Vec<_>>()
        });
        rows.collect()
    };
    let sex = stars(&first[1]);
    import(&registry, &sheet(registry.folder(), "later.csv", 3, 400, 180), "blood");
    let later = std::fs::read(&released(&registry, "2025-03-31", "c")[1]).unwrap();
    let kept = stars(&later);
    assert!(!sex.is_empty() && sex.iter().all(|s| kept.contains(s)), "{sex:?} {kept:?}");
}

#[test]
fn what_the_manager_approves_anybody_reads_and_nothing_else() {
    let registry = filled();
    registry.add_account("manager", PASSWORD, "manager");
    registry.add_account("registrar", PASSWORD, "registrar");
    let server = registry.serve();
    let mut stranger = server.client();
    assert!(stranger.get("/public").unwrap().text().contains("还没有公布的数字"));
    assert_ne!(stranger.get("/reports/public").unwrap().status, 200);

    let sign_in = |login: &str| Desk::sign_in(&server, login, PASSWORD).unwrap();
    let (mut manager, mut registrar) = (sign_in("manager"), sign_in("registrar"));
    assert_eq!(registrar.post("/reports/public", &desk::key(1), &[("day", "2025-12-31")]).unwrap().status, 403);
    let made = manager.post("/reports/public", &desk::key(2), &[("day", "2025-12-31")]).unwrap();
    assert_eq!((made.status, made.header("location")), (303, Some("/reports/public/1")));
    assert!(manager.client.get("/reports/public/1").unwrap().text().contains("待负责人批准"));
    assert_eq!(stranger.get("/public/1").unwrap().status, 404, "not before it is approved");
    assert_eq!(registrar.post("/reports/public/1/approve", &desk::key(3), &[]).unwrap().status, 403);
    assert_eq!(manager.post("/reports/public/1/approve", &desk::key(4), &[]).unwrap().status, 303);
    assert_eq!(manager.post("/reports/public/1/approve", &desk::key(5), &[]).unwrap().status, 409, "once");

    let page = stranger.get("/public").unwrap().text();
    assert!(page.contains("各镇街登记项数，按登记种类") && page.contains("批准公布，不再改动"));
    let file = stranger.get("/public/1/as/csv").unwrap();
    assert_eq!(file.status, 200);
    for form in ["xlsx", "json"] {
        assert_eq!(stranger.get(&format!("/public/1/as/{form}")).unwrap().status, 200, "{form}");
    }
    // Preparing the day again gives the approved one; the figures stay whatever comes in.
    let again = manager.post("/reports/public", &desk::key(6), &[("day", "2025-12-31")]).unwrap();
    assert_eq!(again.header("location"), Some("/reports/public/1"));
    assert_eq!(stranger.get("/public/1/as/csv").unwrap().body, file.body);
    for kind in ["attrition", "reneging", "targets", "brief", "retention-blood"] {
        let page = manager.client.get(&format!("/reports/{kind}?from=2025-01-01&as-of=2025-12-31")).unwrap();
        assert!(page.status == 200 && page.text().contains("规则集") && page.text().contains("资料完整度"), "{kind}: {}", page.text());
        assert_eq!(manager.client.get(&format!("/reports/{kind}/as/xlsx")).unwrap().status, 200, "{kind}");
    }
    assert_eq!(manager.client.get("/reports/nothing").unwrap().status, 404);
}

#[test]
fn the_next_plan_and_its_figures_can_be_entered() {
    let registry = filled();
    registry.add_account("manager", PASSWORD, "manager");
    let server = registry.serve();
    let mut manager = Desk::sign_in(&server, "manager", PASSWORD).unwrap();
    let plan = [
        ("name", "规划（2026—2030年）"),
        ("from", "2026-01-01"),
        ("to", "2030-12-31"),
        ("indicators", "造血干细胞采样入库，人份，260，入库\n应急救护普及培训，人次，30000，录入"),
    ];
    assert_eq!(manager.post("/reports/plans", &desk::key(1), &plan).unwrap().status, 303);
    assert_eq!(manager.post("/reports/plans", &desk::key(2), &plan).unwrap().status, 422, "one plan a first day");
    let figure = [
        ("indicator", "2021-01-01/first-aid-attendances"),
        ("figure-from", "2021-01-01"),
        ("figure-to", "2021-12-31"),
        ("value", "7300"),
        ("source", "年度工作总结"),
        ("evidence", "签到表"),
    ];
    assert_eq!(manager.post("/reports/plans/figure", &desk::key(3), &figure).unwrap().status, 303);
    drop(server);
    let out = registry.folder().join("targets.json");
    let rows = |day: &str| -> serde_json::Value {
        registry.done(&["report", "targets", "--as-of", day, "--format", "json", "--output", out.to_str().unwrap()]);
        serde_json::from_slice::<serde_json::Value>(&std::fs::read(&out).unwrap()).unwrap()["rows"].clone()
    };
    assert_eq!(rows("2025-12-31")[3]["gross"], 7300);
    let next = rows("2026-06-30");
    assert_eq!((next[0]["target"].as_u64(), next.as_array().map(Vec::len)), (Some(260), Some(2)));
}

#[test]
fn a_unit_is_entered_once_counted_in_the_targets_and_closed() {
    let registry = filled();
    registry.add_account("manager", PASSWORD, "manager");
    registry.add_account("registrar", PASSWORD, "registrar");
    let server = registry.serve();
    let mut manager = Desk::sign_in(&server, "manager", PASSWORD).unwrap();
    let mut registrar = Desk::sign_in(&server, "registrar", PASSWORD).unwrap();
    let unit = [("town", "512002001"), ("name", "莲花街道红十字会"), ("founded", "2022-05-08"), ("contact", "红十字专干")];
    assert_eq!(registrar.post("/reports/units", &desk::key(1), &unit).unwrap().status, 403);
    assert_eq!(manager.post("/reports/units", &desk::key(2), &unit).unwrap().status, 303);
    assert_eq!(manager.post("/reports/units", &desk::key(3), &unit).unwrap().status, 422, "a name once a town");
    let wrong = [("contact", "18900001111"), ("contact", "a@b.example"), ("town", "999999999"), ("founded", "2999-01-01")];
    for (n, (at, wrong)) in (10..).zip(wrong) {
        let mut fields = [("town", "512002001"), ("name", "又一个"), ("founded", "2022-05-08"), ("contact", "红十字专干")];
        fields.iter_mut().filter(|(name, _)| *name == at).for_each(|field| field.1 = wrong);
        assert_eq!(manager.post("/reports/units", &desk::key(n), &fields).unwrap().status, 422, "{at}");
    }
    let page = manager.client.get("/reports/units").unwrap().text();
    assert!(page.contains("莲花街道红十字会") && page.contains("22 个镇街中，1 个已有基层组织"), "{page}");
    let covered = |manager: &mut Desk, day: &str| -> u64 {
        let file = manager.client.get(&format!("/reports/targets/as/json?from=2021-01-01&as-of={day}")).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&file.body).unwrap();
        assert_eq!(report["rows"][4]["key"], "grass-roots-units");
        report["rows"][4]["gross"].as_u64().unwrap()
    };
    assert_eq!((covered(&mut manager, "2022-05-07"), covered(&mut manager, "2025-12-31")), (0, 1));
    assert_eq!(manager.post("/reports/units/1/close", &desk::key(4), &[("closed", "2022-05-07")]).unwrap().status, 422, "before it began");
    assert_eq!(manager.post("/reports/units/1/close", &desk::key(5), &[("closed", "2024-06-30")]).unwrap().status, 303);
    assert_eq!((covered(&mut manager, "2024-06-30"), covered(&mut manager, "2024-07-01")), (1, 0));
    assert_eq!(manager.post("/reports/units/1/close", &desk::key(6), &[("closed", "2024-07-30")]).unwrap().status, 404, "closed once");
}

#[test]
fn the_release_of_the_month_is_prepared_once_and_the_manager_told_by_a_link_alone() {
    let mut registry = filled();
    registry.set("DONOR_REGISTRY_SMTP_MANAGER", "manager@office.example");
    registry.set("DONOR_REGISTRY_PUBLIC_URL", "http://127.0.0.1:8000");
    let mails = registry.data().join("mails/new");
    let told = || std::fs::read_dir(&mails).map_or(0, Iterator::count);
    let at = |day: &str| Timestamp::of(format!("{day}T02:00:00Z").parse().unwrap());
    registry.look(|app| async move {
        assert!(app.monthly_release(at("2025-01-15")).await.unwrap().is_none(), "nobody was there: nothing to publish");
        assert!(!app.send_release_notice(at("2025-01-15")).await.unwrap());
        let made = app.monthly_release(at("2025-05-01")).await.unwrap().unwrap();
        assert_eq!((made.number, made.release.as_of.to_string(), made.approved_at), (1, "2025-04-30".to_owned(), None));
        assert!(app.monthly_release(at("2025-05-31")).await.unwrap().is_none(), "once a month");
        assert!(app.send_release_notice(at("2025-05-01")).await.unwrap());
        assert!(!app.send_release_notice(at("2025-05-02")).await.unwrap(), "told once");
    });
    assert_eq!(told(), 1);
    let file = std::fs::read_dir(&mails).unwrap().next().unwrap().unwrap().path();
    let mail = std::fs::read_to_string(file).unwrap();
    assert!(mail.contains("manager@office.example") && !mail.contains("List-Unsubscribe"), "{mail}");
    registry.look(|app| async move {
        assert_eq!(app.monthly_release(at("2025-06-02")).await.unwrap().unwrap().number, 2);
        assert!(app.send_release_notice(at("2025-06-02")).await.unwrap());
    });
    assert_eq!(told(), 2);
}

#[test]
fn published_follow_up_figures_that_do_not_sum_are_flagged_by_the_command() {
    let registry = Registry::new();
    let figures = registry.folder().join("figures.csv");
    std::fs::write(&figures, "item,count\nfollowed_up,146\n愿意,77\n超龄,2\n家属反对,11\n身体原因,11\n绝症,2\n拒绝,3\n").unwrap();
    let out = registry.folder().join("funnel.html");
    let arguments = ["report", "funnel", "--figures", figures.to_str().unwrap(), "--as-of", "2024-07-16", "--format", "html"];
    registry.done(&[&arguments[..], &["--output", out.to_str().unwrap()]].concat());
    assert!(std::fs::read_to_string(&out).unwrap().contains("有 40 人没有结果"));
    assert!(!registry.data().exists(), "figures of another source open no registry");
}
