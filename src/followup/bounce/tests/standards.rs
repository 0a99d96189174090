//! Reports as the standards write them: RFC 3461-3464, 5965, 6522, 6533, 8098, 3834.

use super::lines;

/// A multipart/report around a delivery-status part.
fn report(words: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@relay.example>\nTo: b+1.2@bounce.example\nSubject: Delivery Status Notification\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n boundary=\"=_b\"\n\nThis is a MIME message.\n\n--=_b\nContent-Type: text/plain; charset=us-ascii\n\n{words}\n\n--=_b\nContent-Type: message/delivery-status\n\n{status}\n--=_b\nContent-Type: message/rfc822\n\nFrom: office@redcross.example\nTo: li@far.example\nMessage-ID: <m1@redcross.example>\nSubject: x\n\nbody\n\n--=_b--\n"
    )
}

#[test]
fn every_action_of_rfc_3464_is_told() {
    for (action, status, expected) in [
        ("failed", "5.1.1", "hard 5.1.1 li@far.example failed"),
        ("delayed", "4.4.1", "soft 4.4.1 li@far.example delayed"),
        ("delivered", "2.1.5", "delivered 2.1.5 li@far.example delivered"),
        ("relayed", "2.0.0", "delivered 2.0.0 li@far.example relayed"),
        ("expanded", "2.0.0", "delivered 2.0.0 li@far.example expanded"),
        ("FAILED", "5.2.2", "soft 5.2.2 li@far.example failed"),
        ("failed", "5.3.4", "policy 5.3.4 li@far.example failed"),
        ("failed", "5.7.1", "policy 5.7.1 li@far.example failed"),
        ("failed", "5.4.4", "hard 5.4.4 li@far.example failed"),
        ("failed", "4.4.7", "soft 4.4.7 li@far.example failed"),
    ] {
        let part =
            format!("Reporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; li@far.example\nAction: {action}\nStatus: {status}\n");
        assert_eq!(lines(&report("See below.", &part)), [expected]);
    }
}

#[test]
fn comments_folding_and_spaces_before_the_colon_are_allowed() {
    let part = "Reporting-MTA: dns; relay.example\n \nOriginal-Recipient : rfc822;li@far.example\nFinal-Recipient:\n rfc822;\n <li@far.example>\nAction: failed (for good)\nStatus: 5.1.1 (bad destination mailbox)\nRemote-MTA: dns;\n mx.far.example\nDiagnostic-Code: smtp; 550\n 5.1.1 no such\n user here\n";
    assert_eq!(lines(&report("See below.", part)), ["hard 5.1.1 li@far.example failed"]);
}

#[test]
fn an_x400_name_yields_to_the_original_recipient() {
    let part = "Reporting-MTA: x400; /ADMD=A/C=CN/\n\nOriginal-Recipient: rfc822; li@far.example\nFinal-Recipient: x400; /S=LI/OU=HOME/O=FAR/PRMD=P/ADMD=A/C=CN/\nX400-Final-Recipient: /S=LI/\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: X400; 1 (unable-to-transfer); 0 (unrecognised-OR-name)\n";
    assert_eq!(lines(&report("Your message was not delivered.", part)), ["hard 5.1.1 li@far.example failed"]);
}

#[test]
fn an_address_of_any_script_is_reported_as_it_stands() {
    let part = "Reporting-MTA: dns; relay.example\n\nFinal-Recipient: utf-8; 李@例子.中国\nAction: failed\nStatus: 5.1.1\n";
    let message = report("See below.", part).replace("message/delivery-status", "message/global-delivery-status");
    assert_eq!(lines(&message), ["hard 5.1.1 李@例子.中国 failed"]);
}

#[test]
fn a_report_within_an_encoded_part_is_read() {
    let part = "UmVwb3J0aW5nLU1UQTogZG5zOyByZWxheS5leGFtcGxlCgpGaW5hbC1SZWNpcGllbnQ6IHJmYzgyMjsgbGlAZmFyLmV4YW1wbGUKQWN0aW9uOiBmYWlsZWQKU3RhdHVzOiA1LjEuMQo=\n";
    let message = report("See below.", part)
        .replace("Content-Type: message/delivery-status\n", "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n");
    assert_eq!(lines(&message), ["hard 5.1.1 li@far.example failed"]);
}

#[test]
fn a_receipt_for_reading_reports_nobody() {
    let message = "From: Li <li@far.example>\nTo: office@redcross.example\nSubject: Read: hello\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary=B\n\n--B\nContent-Type: text/plain\n\nYour message was displayed.\n--B\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822;li@far.example\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--B--\n";
    assert!(lines(message).is_empty());
}

#[test]
fn feedback_reports_name_their_type_and_everybody_who_complained() {
    let message = |kind: &str, people: &str| {
        format!(
            "From: <feedback@provider.example>\nSubject: FW: hello\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\n\n--B\nContent-Type: text/plain\n\nA report.\n--B\nContent-Type: message/feedback-report\n\nFeedback-Type: {kind}\nUser-Agent: F/1\nVersion: 1\n{people}\n--B\nContent-Type: text/rfc822-headers\n\nFrom: office@redcross.example\nTo: zhao@far.example\n--B--\n"
        )
    };
    let two = "Original-Rcpt-To: li@far.example\nOriginal-Rcpt-To: <wang@far.example>\n";
    assert_eq!(lines(&message("abuse", two)), ["feedback  li@far.example abuse", "feedback  wang@far.example abuse"]);
    assert_eq!(lines(&message("opt-out", "")), ["feedback  zhao@far.example opt-out"]);
    assert_eq!(lines(&message("auth-failure", "")), ["feedback  zhao@far.example auth-failure"]);
}

#[test]
fn an_answer_marked_as_automatic_is_no_bounce_whatever_it_says() {
    let quoting = "From: li@far.example\nTo: office@redcross.example\nSubject: Automatic reply: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied (vacation)\n\n550 5.1.1 user unknown\n";
    assert_eq!(lines(quoting), ["vacation  li@far.example"]);
    let person = "From: li@far.example\nTo: office@redcross.example\nSubject: Re: Returned mail: see transcript\n\nWhat does <zhao@far.example>: 550 user unknown mean?\n";
    assert!(lines(person).is_empty());
}
