use super::*;

mod chinese;
mod hostile;
mod shapes;
mod standards;

/// One line a report, as the command prints it.
fn shown(bytes: &[u8]) -> Vec<String> {
    let line = |r: &RecipientReport| {
        let status = r.status.map_or(String::new(), |s| s.to_string());
        let recipient = r.recipient.as_ref().map_or(String::new(), |a| a.reveal().clone());
        format!("{} {status} {recipient} {}", r.class.word(), r.action.map_or("", Action::word)).trim_end().to_owned()
    };
    classify(bytes).iter().map(line).collect()
}

/// The lines of a message with LF, which must be those of the same message with CRLF.
fn lines(message: &str) -> Vec<String> {
    let unix = shown(message.as_bytes());
    let crlf = message.replace('\n', "\r\n");
    assert_eq!(shown(crlf.as_bytes()), unix, "the same with CRLF line ends");
    unix
}

#[test]
fn a_standard_report_is_read_recipient_by_recipient() {
    let message = "From: MAILER-DAEMON@relay.example (Mail Delivery System)\nTo: b+1.2@bounce.example\nSubject: Undelivered Mail Returned to Sender\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"AAA\"\n\n--AAA\nContent-Type: text/plain\n\n<one@far.example>: host mx.far.example[192.0.2.1] said: 550 5.1.1\n    <one@far.example>: Recipient address rejected: User unknown in virtual\n    mailbox table (in reply to RCPT TO command)\n\n<two@far.example>: host mx.far.example[192.0.2.1] said: 452 4.2.2 mailbox full\n\n--AAA\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\n\nFinal-Recipient: rfc822; one@far.example\nOriginal-Recipient: rfc822;one@far.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <one@far.example>: Recipient address\n    rejected: User unknown in virtual mailbox table\n\nFinal-Recipient: rfc822; two@far.example\nAction: delayed\nStatus: 4.2.2\nDiagnostic-Code: smtp; 452 4.2.2 mailbox full\n\n--AAA\nContent-Type: text/rfc822-headers\n\nFrom: office@redcross.example\nMessage-ID: <abc@bounce.example>\nSubject: x\n\n--AAA--\n";
    assert_eq!(lines(message), ["hard 5.1.1 one@far.example failed", "soft 4.2.2 two@far.example delayed"]);
}

#[test]
fn a_refusal_of_what_we_are_is_not_held_against_the_address() {
    for said in [
        "550 5.7.26 Unauthenticated email from redcross.example is not accepted due to domain's DMARC policy.",
        "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using zen.spamhaus.org",
        "550 5.7.1 Message rejected as spam by Content Filtering.",
        "553 5.1.8 <office@redcross.example>: Sender address rejected: Domain not found",
        "552 5.3.4 Message size exceeds fixed limit",
        "550 5.7.25 The IP address sending this message does not have a PTR record",
        "550 Mail content denied. http://service.mail.qq.com/cgi-bin/help?subtype=1&&id=20022&&no=1000726",
    ] {
        let message = format!(
            "From: MAILER-DAEMON@relay.example\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n<li@far.example>:\n192.0.2.1 failed after I sent the message.\nRemote host said: {said}\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <office@redcross.example>\n"
        );
        let found = lines(&message);
        assert!(found.len() == 1 && found[0].starts_with("policy ") && found[0].contains("li@far.example"), "{said}: {found:?}");
    }
}

#[test]
fn chinese_providers_are_understood() {
    let qq = "From: PostMaster@qq.example\nTo: office@redcross.example\nSubject: =?UTF-8?B?57O757uf6YCA5L+h?=/Systems bounce\nContent-Type: text/html; charset=utf-8\n\n<html><style>a{b:c}</style><body><p>抱歉，您的邮件被退回来了……</p><div>退信原因：收件人邮件地址（<a href=\"mailto:wang@qq.example\">wang@qq.example</a>）不存在，邮件无法送达。</div><div>host mx.qq.example said: 550 Mailbox not found</div></body></html>\n";
    assert_eq!(lines(qq), ["hard  wang@qq.example failed"]);
    let full = "From: postmaster@163.example\nTo: office@redcross.example\nSubject: =?GBK?B?z7XNs83L0MU=?=\nContent-Type: text/plain; charset=utf-8\n\n很抱歉，您的邮件投递失败。\n收件人：chen@163.example\n退信原因：对方邮箱已满\n";
    assert_eq!(lines(full), ["soft  chen@163.example failed"]);
}

#[test]
fn a_vacation_reply_is_no_bounce_and_names_who_answered() {
    for message in [
        "From: Li <li@far.example>\nTo: office@redcross.example\nSubject: Automatic reply: hello\nAuto-Submitted: auto-replied\n\nI am away; in urgent cases write to zhao@far.example.\n",
        "From: \"=?UTF-8?B?5p2O?=\" <li@far.example>\nTo: office@redcross.example\nSubject: =?UTF-8?B?6Ieq5Yqo5Zue5aSNOiDmgqjlpb0=?=\n\n您好，我在休假。\n",
        "From: li@far.example\nSubject: Re: hello\nPrecedence: auto_reply\nX-Autoreply: yes\n\nOut until Monday. 550 is my room.\n",
    ] {
        assert_eq!(lines(message), ["vacation  li@far.example"]);
    }
}

#[test]
fn a_complaint_is_feedback_about_the_one_who_complained() {
    let message = "From: fbl@provider.example\nSubject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=B\n\n--B\nContent-Type: text/plain\n\nThis is an abuse report.\n--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nUser-Agent: X/1\nVersion: 1\nOriginal-Rcpt-To: <li@far.example>\n\n--B\nContent-Type: message/rfc822\n\nFrom: office@redcross.example\nTo: li@far.example\nSubject: x\n\nbody\n--B--\n";
    assert_eq!(lines(message), ["feedback  li@far.example abuse"]);
}

#[test]
fn an_ordinary_letter_reports_nobody() {
    for message in [
        "From: Li <li@far.example>\nTo: office@redcross.example\nSubject: Re: your mail\n\nThank you! My mailbox is full of good wishes, user unknown to me.\n",
        "From: li@far.example\nSubject: =?UTF-8?B?5L2g5aW9?=\n\n550 5.1.1 is a code I saw once.\n",
        "",
        "\n\n",
        "no header at all",
    ] {
        assert_eq!(lines(message), [""; 0], "{message}");
    }
}

#[test]
fn a_broken_message_never_stops_the_run() {
    use proptest::prelude::*;
    let whole = "From: MAILER-DAEMON@x.example\nX-Failed-Recipients: a@b.example\nContent-Type: multipart/report; boundary=\"AAA\"\n\n--AAA\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nStatus: 5.1.1\n\n--AAA\n";
    proptest!(|(cut in 0usize..300, noise in prop::collection::vec(any::<u8>(), 0..60), at in 0usize..300)| {
        let mut bytes = whole.as_bytes().to_vec();
        bytes.truncate(cut);
        let at = at.min(bytes.len());
        bytes.splice(at..at, noise);
        let _ = classify(&bytes);
    });
    proptest!(|(text in "[\\PC\\n<>@.:; ]{0,300}")| {
        let _ = classify(format!("From: mailer-daemon\n\n{text}").as_bytes());
    });
}
