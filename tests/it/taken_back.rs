//! Taking a registration back at the table: by whoever saved it, within minutes, as if it had never been.

use crate::harness::desk::{Desk, key};
use crate::harness::people::Invented;
use crate::harness::program::Registry;

const PASSWORD: &str = "correct-horse-battery-9";

fn undo(desk: &mut Desk, of: u64) -> String {
    let answer = desk.post(&format!("/drive/{}/undo", key(of)), &key(900 + of), &[]).unwrap();
    assert_eq!(answer.status, 303, "{}", answer.text());
    desk.client.get("/drive").unwrap().text()
}

fn is_found(desk: &mut Desk, person: &Invented) -> bool {
    let answer = desk.post("/people", &key(800), &[("query", person.phone.as_str())]).unwrap();
    assert_eq!(answer.status, 200);
    answer.text().contains("class=\"row\"")
}

#[test]
fn what_is_taken_back_is_found_by_nobody_counted_nowhere_and_like_nobody() {
    let registry = Registry::new();
    registry.add_account("lin", PASSWORD, "small-branch");
    registry.add_account("wang", PASSWORD, "recruiter");
    let server = registry.serve();
    let mut lin = Desk::sign_in(&server, "lin", PASSWORD).unwrap();
    let mut wang = Desk::sign_in(&server, "wang", PASSWORD).unwrap();
    let pool = |desk: &mut Desk| desk.client.get("/reports/pool.csv").unwrap().text();
    let person = Invented::of(1);

    let empty = pool(&mut lin);
    assert_eq!(lin.enrol(&key(1), &person, "blood").unwrap().status, 303);
    assert!(is_found(&mut lin, &person));
    assert_ne!(pool(&mut lin), empty, "the report counts the registration");

    assert!(undo(&mut wang, 1).contains("已经不能撤销"), "what a colleague saved is not one's own to take back");
    assert!(is_found(&mut lin, &person));

    assert!(undo(&mut lin, 1).contains("001 号已撤销"));
    assert!(!is_found(&mut lin, &person));
    assert_eq!(pool(&mut lin), empty, "and no report counts it any more");
    assert!(undo(&mut lin, 1).contains("001 号已撤销"), "the button pressed twice says the same");
    assert!(undo(&mut lin, 77).contains("已经不能撤销"), "a key that saved nothing takes nothing back");

    // The same person comes back: a new number, no warning about a number on file, no likeness to what is gone.
    let saved = lin.enrol(&key(2), &person, "blood").unwrap();
    assert_eq!(saved.status, 303, "{}", saved.text());
    assert!(lin.client.get("/drive").unwrap().text().contains("002 号已登记"));
    assert!(lin.client.get("/duplicates").unwrap().text().contains("都查完了"));
    let verified = registry.run(&["audit", "verify"]);
    assert!(verified.status.success(), "the log is whole: {}", String::from_utf8_lossy(&verified.stderr));
}
