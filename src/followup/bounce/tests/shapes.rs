//! Plain-text reports by the shapes that mail servers write.

use super::lines;

#[test]
fn qmail_names_each_recipient_before_a_paragraph() {
    let message = "From: MAILER-DAEMON@relay.example\nTo: b+1.2@bounce.example\nSubject: failure notice\n\nHi. This is the qmail-send program at relay.example.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<li@far.example>:\nUser and password not set, continuing without authentication.\n192.0.2.7 does not like recipient.\nRemote host said: 550 No such user here\nGiving up on 192.0.2.7.\n\n<wang@near.example>:\n192.0.2.8 failed after I sent the message.\nRemote host said: 552 5.2.2 Mailbox quota exceeded\n\n<zhao@gone.example>:\nSorry, I couldn't find any host named gone.example. (#5.1.2)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <office@redcross.example>\nTo: li@far.example\n\nbody\n";
    assert_eq!(
        lines(message),
        ["hard  li@far.example failed", "soft 5.2.2 wang@near.example failed", "hard 5.1.2 zhao@gone.example failed"]
    );
}

#[test]
fn exim_lists_recipients_indented_with_the_reason_below() {
    let message = "From: Mail Delivery System <Mailer-Daemon@relay.example>\nTo: b+1.2@bounce.example\nSubject: Mail delivery failed: returning message to sender\nAuto-Submitted: auto-replied\nX-Failed-Recipients: li@far.example,\n wang@near.example\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  li@far.example\n    host mx.far.example [192.0.2.7]\n    SMTP error from remote mail server after RCPT TO:<li@far.example>:\n    550 5.1.1 Unknown recipient\n  wang@near.example\n    retry timeout exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <office@redcross.example>\n";
    assert_eq!(lines(message), ["hard 5.1.1 li@far.example failed", "soft  wang@near.example failed"]);
    let warning = "From: Mail Delivery System <Mailer-Daemon@relay.example>\nTo: b+1.2@bounce.example\nSubject: Warning: message 1ABC delayed 24 hours\n\nA message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  li@far.example\n    host mx.far.example [192.0.2.7]: Connection timed out\n\nNo action is required on your part. Delivery attempts will continue for\nsome time.\n";
    assert_eq!(lines(warning), ["soft  li@far.example delayed"]);
}

#[test]
fn postfix_without_a_status_part_still_says_who_and_why() {
    let message = "From: MAILER-DAEMON@relay.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: b+1.2@bounce.example\n\nThis is the mail system at host relay.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\n<li@far.example> (expanded from <all@far.example>): host mx.far.example[192.0.2.7]\n    said: 554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using\n    dnsbl.example (in reply to RCPT TO command)\n\n<wang@gone.example>: Host or domain name not found. Name service error for\n    name=gone.example type=A: Host not found\n";
    assert_eq!(lines(message), ["policy 5.7.1 li@far.example failed", "hard  wang@gone.example failed"]);
}

#[test]
fn a_server_that_refuses_to_talk_speaks_of_us_and_never_of_an_address() {
    let told = |said: &str| {
        let message = format!(
            "From: MAILER-DAEMON@relay.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: b+1.2@bounce.example\n\nThis is the mail system at host relay.example.\n\n<li@far.example>: delivery temporarily suspended: host mx.far.example[192.0.2.7]\n    refused to talk to me: {said}\n"
        );
        lines(&message).remove(0)
    };
    assert!(told("554 5.7.1 You are not allowed to connect").starts_with("policy"));
    assert!(told("421 Service not available, closing transmission channel").starts_with("policy"));
    assert!(told("550 5.1.1 user unknown").starts_with("policy"), "nobody was named yet");
    assert!(told("421 too many connections from your address").starts_with("soft"));
    assert!(told("450 temporarily unavailable, try later").starts_with("soft"));
}

#[test]
fn sendmail_shows_a_transcript() {
    let message = "From: Mail Delivery Subsystem <MAILER-DAEMON@relay.example>\nTo: b+1.2@bounce.example\nSubject: Returned mail: see transcript for details\n\nThe original message was received at Mon, 23 Nov 2026 10:00:00 +0800\nfrom office.redcross.example [192.0.2.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<li@far.example>\n    (reason: 550 5.1.1 <li@far.example>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.far.example.:\n>>> DATA\n<<< 550 5.1.1 <li@far.example>... User unknown\n550 5.1.1 <li@far.example>... User unknown\n<<< 503 5.0.0 Need RCPT (recipient)\n";
    assert_eq!(lines(message), ["hard 5.1.1 li@far.example failed"]);
}

#[test]
fn exchange_and_domino_name_the_recipient_on_a_line_of_its_own() {
    let exchange = "From: System Administrator <postmaster@far.example>\nTo: office@redcross.example\nSubject: Undeliverable: hello\n\nYour message\n\n  To:      li@far.example\n  Subject: hello\n  Sent:    Mon, 23 Nov 2026 10:00:00 +0800\n\ndid not reach the following recipient(s):\n\nli@far.example on Mon, 23 Nov 2026 10:00:05 +0800\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=cn;a= ;p=far;l=X\n    MSEXCH:IMS:FAR:HQ:MAIL 0 (000C05A6) Unknown Recipient\n";
    assert_eq!(lines(exchange), ["hard  li@far.example failed"]);
    let domino = "From: Postmaster@far.example\nTo: office@redcross.example\nSubject: DELIVERY FAILURE: User li (li@far.example) not listed in Domino Directory\n\nYour message\n\n  Subject: hello\n\nwas not delivered to:\n\n  li@far.example\n\nbecause:\n\n  User li (li@far.example) not listed in Domino Directory\n";
    assert_eq!(lines(domino), ["hard  li@far.example failed"]);
}

#[test]
fn a_gateway_that_writes_html_alone_is_read() {
    let message = "From: postmaster@far.example\nTo: office@redcross.example\nSubject: Undeliverable mail\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>Delivery has failed to these recipients:</p><p><a href=\"mailto:li@far.example\">li@far.example</a><br>The recipient's mailbox is full and can't accept messages now.</p></body></html>\n";
    assert_eq!(lines(message), ["soft  li@far.example failed"]);
}

/// What is made of one answer of a mail server, in a report of Postfix.
fn answered(said: &str, command: &str) -> String {
    let message = format!(
        "From: MAILER-DAEMON@relay.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: b+1.2@bounce.example\n\nThis is the mail system at host relay.example.\n\n<li@far.example>: host mx.far.example[192.0.2.7] said: {said} (in reply to\n    {command} command)\n"
    );
    lines(&message).remove(0)
}

#[test]
fn an_address_in_the_middle_of_a_sentence_does_not_hide_it() {
    assert_eq!(answered("550 User <li@far.example> unknown", "RCPT TO"), "hard  li@far.example failed");
    assert_eq!(answered("550 Mailbox <li@far.example> does not exist", "RCPT TO"), "hard  li@far.example failed");
    assert_eq!(answered("550 Mailbox <li@far.example> is full", "RCPT TO"), "soft  li@far.example failed");
    let courier = "From: \"Courier mail server at m.example\" <@>\nTo: office@redcross.example\nSubject: NOTICE: mail delivery status.\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=C\n\n--C\nContent-Type: text/plain\n\n<li@far.example>:\n   mx.far.example [192.0.2.7]:\n>>> RCPT TO:<li@far.example>\n<<< 550 User <li@far.example> unknown\n\n--C\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; m.example\n\nFinal-Recipient: rfc822; li@far.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 User <li@far.example> unknown\n\n--C--\n";
    assert_eq!(lines(courier), ["hard 5.0.0 li@far.example failed"]);
}

#[test]
fn an_address_that_is_still_being_verified_is_neither_bad_nor_refused_by_rule() {
    let said = "450 4.1.1 <li@far.example>: Recipient address rejected: unverified address: Address verification in progress";
    assert_eq!(answered(said, "RCPT TO"), "soft 4.1.1 li@far.example failed");
}

#[test]
fn who_sends_too_often_has_not_sent_too_large_a_mail() {
    assert_eq!(answered("550 Sender has exceeded the max emails per hour", "RCPT TO"), "soft  li@far.example failed");
    assert_eq!(answered("554 Exceeded the maximum number of connections", "RCPT TO"), "soft  li@far.example failed");
    assert_eq!(answered("552 Exceeded the maximum message size", "end of DATA"), "policy  li@far.example failed");
}

#[test]
fn a_server_that_takes_no_mail_from_us_is_not_a_domain_that_takes_none() {
    let said = "554 5.7.1 Recipient address rejected: this address does not accept mail from your country";
    assert_eq!(answered(said, "RCPT TO"), "policy 5.7.1 li@far.example failed");
    assert_eq!(
        answered("556 5.1.10 Recipient address has null MX: domain does not accept mail", "RCPT TO"),
        "hard 5.1.10 li@far.example failed"
    );
}

#[test]
fn what_is_said_on_the_line_of_the_address_is_read_from_its_beginning() {
    // A status of the address with words of its mailbox: the words decide, if they are read.
    let message = "From: MAILER-DAEMON@relay.example (Mail Delivery System)\nSubject: Undelivered Mail Returned to Sender\nTo: b+1.2@bounce.example\n\n<li@far.example>: host mx.far.example[192.0.2.7] said: 550 5.1.1 over quota\n";
    assert_eq!(lines(message), ["soft 5.1.1 li@far.example failed"]);
}
