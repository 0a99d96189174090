//! Messages that nobody would send: each is read within bounds, and none stops the run.

use std::time::{Duration, Instant};

use super::shown;

/// Reads within the time a run can spare for one message. What is looked for is work that grows with the square of the length, which takes
/// hours; the limit is generous, because test builds are slow and machines busy.
fn in_time(message: &[u8]) -> usize {
    let start = Instant::now();
    let reports = shown(message).len();
    assert!(start.elapsed() < Duration::from_secs(120), "{} bytes took {:?}", message.len(), start.elapsed());
    reports
}

#[test]
fn deep_nesting_is_no_trouble() {
    let mut parts = b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n".to_vec();
    for i in 0..3_000 {
        parts.extend_from_slice(format!("Content-Type: multipart/mixed; boundary=b{i}\n\n--b{i}\n").as_bytes());
    }
    in_time(&parts);
    let mut inner = b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n".to_vec();
    for _ in 0..3_000 {
        inner.extend_from_slice(b"Content-Type: message/rfc822\n\n");
    }
    in_time(&inner);
}

#[test]
fn huge_messages_are_read_within_bounds() {
    let head = "From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n";
    let many =
        |line: &dyn Fn(usize) -> String, n: usize| head.bytes().chain((0..n).flat_map(|i| line(i).into_bytes())).collect::<Vec<u8>>();
    assert!(in_time(&many(&|i| format!("<p{i}@far.example>:\n550 user unknown\n\n"), 1_000)) > 900);
    in_time(&many(&|_| "From ".into(), 100_000));
    in_time(&many(&|i| format!("a sentence about p{i}@far.example and more\n"), 500));
    in_time(&many(&|_| "x".into(), 1 << 20));
    let groups = (0..2_000).fold(
        String::from(
            "From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=B\n\n--B\nContent-Type: message/delivery-status\n\n",
        ),
        |mut all, i| {
            all.push_str(&format!("Final-Recipient: rfc822; p{i}@far.example\nStatus: 5.1.1\nAction: failed\n\n"));
            all
        },
    );
    assert_eq!(in_time(groups.as_bytes()), 2_000);
}

#[test]
fn broken_messages_report_what_can_still_be_read() {
    let cut = b"From: MAILER-DAEMON@x.example\nContent-Type: multipart/report; boundary=\"AAA\n\n--AAA\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1";
    assert_eq!(shown(cut), ["hard 5.1.1 a@b.example failed"]);
    let no_newline = b"From: MAILER-DAEMON@x.example";
    in_time(no_newline);
    let binary: Vec<u8> = (0..200_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(shown(&binary).is_empty());
    let mut with_nul = b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n<a\0b@c.example>:\n550 user unknown\n".to_vec();
    with_nul.extend_from_slice(&[0; 1000]);
    assert!(shown(&with_nul).iter().all(|l| !l.contains('\0')));
    let lone_cr = b"From: MAILER-DAEMON@x.example\rSubject: failure notice\r\r<a@b.example>: 550 user unknown\r";
    in_time(lone_cr);
}
