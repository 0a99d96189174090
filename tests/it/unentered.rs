//! 未录入国家系统: organ and body registrations without a number of the national registry are reported apart.

use rocket::http::Status;

use super::urgent::{DONOR, csrf, key, registered};
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
