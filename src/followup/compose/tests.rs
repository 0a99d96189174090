use super::fixtures::*;
use super::*;
use crate::domain::time::Timestamp;
use crate::followup::kind::{Kind, Language};
use uuid::Uuid;

fn wire_text(kind: Kind, language: Language) -> String {
    let mail = compose(&Texts::shipped(), &sender(), order(kind, language)).unwrap();
    let at = Timestamp::of("2026-11-23T04:05:06Z".parse().unwrap());
    let wire = mail.wire(&sender(), &TestKey(7), at, chrono_tz::Asia::Shanghai).unwrap();
    String::from_utf8(wire.open().1.to_vec()).unwrap()
}

/// Header names and unfolded values.
fn headers(text: &str) -> Vec<(String, String)> {
    let head = text.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").map(|line| line.split_once(": ").map(|(n, v)| (n.to_owned(), v.trim().to_owned())).unwrap()).collect()
}

#[test]
fn every_kind_is_composed_in_both_languages_with_its_link_and_the_day_it_ends() {
    let texts = Texts::shipped();
    for kind in Kind::ALL {
        for language in Language::ALL {
            let mail = compose(&texts, &sender(), order(*kind, language)).unwrap();
            let body = mail.body.reveal();
            assert!(
                body.contains(LINK) && body.contains("2026-12-07") && body.contains(sender().branch_in(language)),
                "{kind:?} {language:?}"
            );
            assert!(body.ends_with('\n') && !body.contains("{{") && !body.contains("{%"), "{kind:?} {language:?}");
            if kind.looks_ahead_to_giving() {
                let said = match language {
                    Language::Zh => "能否献血以血站当日征询和检查为准",
                    Language::En => "Whether you can donate is decided by the blood station's questions and examination on the day.",
                };
                assert!(body.contains(said), "{kind:?} {language:?}");
            }
        }
    }
}

#[test]
fn a_mail_that_asks_a_stranger_to_verify_an_address_carries_no_name() {
    for language in Language::ALL {
        let mail = compose(&Texts::shipped(), &sender(), order(Kind::VerifyMail, language)).unwrap();
        assert!(!mail.body.reveal().contains("张三丰"));
    }
    assert!(
        compose(&Texts::shipped(), &sender(), order(Kind::ContactCheck, Language::Zh)).unwrap().body.reveal().starts_with("张三丰，您好")
    );
}

#[test]
fn no_registry_and_nothing_personal_stands_in_a_subject_or_header() {
    let telling = ["献血", "骨髓", "造血", "器官", "遗体", "blood", "stem", "organ", "body", "donor", "张三丰", "=E5=BC=A0"];
    for kind in Kind::ALL {
        for language in Language::ALL {
            let subject = subject(*kind, language, &sender());
            assert!(telling.iter().all(|t| !subject.to_lowercase().contains(t)), "{subject}");
            let text = wire_text(*kind, language);
            let seen: Vec<String> = headers(&text).into_iter().map(|(n, _)| n).collect();
            assert_eq!(seen.iter().filter(|n| *n == "To").count(), 1);
            for (name, value) in headers(&text) {
                if name != "To" {
                    assert!(!value.to_lowercase().contains("zhang.san1990"), "{name}: {value}");
                }
                assert!(telling.iter().all(|t| !value.to_lowercase().contains(t)), "{name}: {value}");
            }
        }
    }
}

#[test]
fn the_headers_are_those_the_standards_ask_for() {
    let text = wire_text(Kind::ContactCheck, Language::Zh);
    let headers = headers(&text);
    let of = |name: &str| headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
    assert_eq!(of("Message-ID"), ["<01987654321070008def0123456789ab@bounce.redcross.example>".replace("7000", "7abc")]);
    assert_eq!(of("Auto-Submitted"), ["auto-generated"]);
    assert_eq!(of("Date"), ["Mon, 23 Nov 2026 12:05:06 +0800"]);
    assert_eq!(of("Reply-To"), ["office@redcross.example"]);
    assert_eq!(of("List-Unsubscribe"), [format!("<{ONE_CLICK}>")]);
    assert_eq!(of("List-Unsubscribe-Post"), ["List-Unsubscribe=One-Click"]);
    assert_eq!(of("Content-Type"), ["text/plain; charset=utf-8"]);
    assert_eq!(of("To"), ["zhang.san1990@mail.example"]);
    for absent in ["Cc", "Bcc", "Sender"] {
        assert!(of(absent).is_empty(), "{absent}");
    }
    assert!(text.is_ascii(), "every relay takes it");
    assert!(text.split("\r\n").all(|l| l.len() <= 998 && !l.contains('\n')));
}

#[test]
fn the_return_path_tells_the_outbox_row_and_cannot_be_forged() {
    let mail = compose(&Texts::shipped(), &sender(), order(Kind::ContactCheck, Language::Zh)).unwrap();
    let wire = mail.wire(&sender(), &TestKey(7), Timestamp(0), chrono_tz::UTC).unwrap();
    let from = wire.open().0.from().unwrap().to_string();
    assert!(from.starts_with("b+01987654321") && from.ends_with("@bounce.redcross.example"), "{from}");
    assert!(from.split('@').next().unwrap().len() <= 64);
    assert_eq!(outbox_of(&from, &TestKey(7)), Some(mail.outbox));
    assert_eq!(outbox_of(&format!("<{}>", from.to_uppercase()), &TestKey(7)), Some(mail.outbox));
    assert_eq!(outbox_of(&from, &TestKey(8)), None, "another key");
    let other = OutboxId(Uuid::from_u128(5));
    let (_, tag) = from.split_once('.').unwrap();
    assert_eq!(outbox_of(&format!("b+{}.{tag}", other.0.simple()), &TestKey(7)), None, "another row with this tag");
    for wrong in ["", "b+", "b+1.2@x", "someone@example.org", "b+01987654321070008def0123456789ab.@x"] {
        assert_eq!(outbox_of(wrong, &TestKey(7)), None, "{wrong}");
    }
}

#[test]
fn a_second_copy_of_a_mail_is_the_same_but_for_its_date() {
    assert_eq!(wire_text(Kind::ContactCheck, Language::En), wire_text(Kind::ContactCheck, Language::En));
    assert_ne!(message_id(OutboxId::fresh(), "a.example"), message_id(OutboxId::fresh(), "a.example"));
}

#[test]
fn a_link_that_is_not_https_is_refused() {
    for bad in [
        "http://dj.example.org/l/x",
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "",
        "http://127.0.0.1.evil.example/l/x",
        "https://a/\r\nBcc: x@y.example",
    ] {
        let mut order = order(Kind::ContactCheck, Language::Zh);
        order.link = Guarded::new(bad.into());
        assert!(matches!(compose(&Texts::shipped(), &sender(), order), Err(FollowupError::Message { .. })), "{bad}");
    }
    let mut demo = order(Kind::ContactCheck, Language::Zh);
    demo.link = Guarded::new("http://127.0.0.1:8000/l/x".into());
    assert!(compose(&Texts::shipped(), &sender(), demo).is_ok());
}

fn with_override(text: &[u8]) -> Result<Texts, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("contact_check")).unwrap();
    std::fs::write(folder.path().join("contact_check/zh.txt"), text).unwrap();
    Texts::with_overrides(folder.path()).map_err(|e| e.to_string())
}

#[test]
fn an_office_replaces_a_text_and_keeps_the_others() {
    let texts = with_override(
        "\u{feff}{{ salutation }}，请在{{ date }}之前打开这个链接确认您的联系方式：{{ link }}\r\n——{{ branch }}\r\n".as_bytes(),
    )
    .unwrap();
    let own = compose(&texts, &sender(), order(Kind::ContactCheck, Language::Zh)).unwrap();
    assert_eq!(own.body.reveal(), &format!("张三丰，请在2026-12-07之前打开这个链接确认您的联系方式：{LINK}\r\n——雁江区红十字会\n"));
    let shipped = compose(&texts, &sender(), order(Kind::ContactCheck, Language::En)).unwrap();
    assert!(shipped.body.reveal().starts_with("Dear 张三丰"));
}

#[test]
fn an_override_is_refused_with_its_name_and_the_reason() {
    for (text, reason) in [
        (
            "{{ salutation }}，您的身份证号是 {{ national_id }}，请打开链接核对：{{ link }}",
            "`national_id` is not available; a text may name salutation, link, branch, date",
        ),
        ("{% if phone %}{{ phone }}{% endif %} 请打开链接核对您的登记信息和联系方式：{{ link }}", "`phone` is not available"),
        ("{{ salutation }}，您好，请核对您的登记信息，谢谢您的支持，祝您健康平安。", "the link must stand in the text exactly once"),
        ("{{ link }} 请打开链接核对您的登记信息和联系方式，谢谢您的支持。{{ link }}", "exactly once"),
        ("请打开链接核对您的登记信息 {{ link }} 或访问 https://other.example/ 了解更多内容。", "no other address than the link"),
        ("请打开链接核对您的登记信息和联系方式：{{ link }} {{ salutation | upper }}", "unknown filter"),
        ("请打开链接核对您的登记信息和联系方式：{{ link }} {{ salutation[2:] }}", "the salutation is not shown as it is"),
        ("请打开链接 {{ link }} {% include 'x' %}", "in line 1"),
        ("请打开链接 {{ link ", "syntax error"),
        ("{{ link }}", "hardly any words"),
        (
            "{% for a in [1,2,3,4,5,6,7,8,9] %}{% for b in [1,2,3,4,5,6,7,8,9] %}{% for c in [1,2,3,4,5,6,7,8,9] %}{% for d in [1,2,3,4,5,6,7,8,9] %}{% for e in [1,2,3,4,5,6,7,8,9] %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}{{ link }}",
            "fuel",
        ),
    ] {
        let message = with_override(text.as_bytes()).expect_err(text);
        assert!(message.starts_with("mail text contact_check/zh.txt: "), "{message}");
        assert!(message.contains(reason), "{message}");
        assert!(message.contains("The shipped text stays in use"), "{message}");
    }
    assert!(with_override(b"\xd6\xd0\xce\xc4 {{ link }}").unwrap_err().contains("UTF-8"), "a text saved as GBK is named");
    assert!(with_override(&vec![b'x'; 30_000]).unwrap_err().contains("longer than"));
}

#[test]
fn a_servers_reply_is_kept_without_the_recipient_in_it() {
    let mail = compose(&Texts::shipped(), &sender(), order(Kind::ContactCheck, Language::Zh)).unwrap();
    let wire = mail.wire(&sender(), &TestKey(7), Timestamp(0), chrono_tz::UTC).unwrap();
    let clean = |text: &str| wire.clean_reply(text);
    assert_eq!(
        clean("5.1.1 <zhang.san1990@mail.example>: Recipient address rejected:\r\n User unknown"),
        "5.1.1 <…> Recipient address rejected: User unknown"
    );
    assert_eq!(clean("no mailbox zhang.san1990 here"), "no mailbox <…> here");
    assert_eq!(clean("user=Zhang.San1990;x other@mail.example"), "<…> <…>");
    assert_eq!(clean("2.0.0 Ok: queued as 4XyZ"), "2.0.0 Ok: queued as 4XyZ");
    assert!(clean(&"x".repeat(9_000)).len() <= 300);
    assert_eq!(format!("{wire:?}"), format!("WireMail({})", mail.outbox));
    assert!(!format!("{mail:?}").contains("张三丰"));
}
