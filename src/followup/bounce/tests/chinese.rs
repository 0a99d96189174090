//! Reports of providers in China: QQ, NetEase, Sina, Aliyun and enterprise gateways; UTF-8, GBK and GB18030, declared or not.

use encoding_rs::{GB18030, GBK};

use super::{lines, shown};

fn base64(bytes: &[u8]) -> String {
    const SYMBOLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for part in bytes.chunks(3) {
        let value = part.iter().fold(0u32, |v, b| v << 8 | u32::from(*b)) << (8 * (3 - part.len()));
        for i in 0..4 {
            let symbol = if i <= part.len() { char::from(SYMBOLS[(value >> (18 - 6 * i) & 63) as usize]) } else { '=' };
            out.push(symbol);
        }
    }
    out
}

#[test]
fn the_reasons_of_chinese_providers_are_understood() {
    for (said, expected) in [
        ("收件人不存在，邮件无法送达。", "hard"),
        ("该用户不存在，请检查收件人地址。", "hard"),
        ("邮箱不存在", "hard"),
        ("找不到收件人邮箱", "hard"),
        ("对方账号已注销", "hard"),
        ("收件人域名不存在或无法解析", "hard"),
        ("对方邮箱已满", "soft"),
        ("收件人邮箱空间不足", "soft"),
        ("收件方邮箱账号被冻结，暂停使用", "soft"),
        ("连接对方服务器超时", "soft"),
        ("您的发信频率过高，请稍后再试", "soft"),
        ("邮件被对方服务器判定为垃圾邮件而拒收", "policy"),
        ("邮件内容包含敏感信息，被系统拦截", "policy"),
        ("邮件过大，超过对方限制", "policy"),
        ("發送失敗：使用者不存在", "hard"),
        ("收件者信箱已滿", "soft"),
    ] {
        let message = format!(
            "From: postmaster@provider.example\nTo: office@redcross.example\nSubject: =?utf-8?B?{}?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n{}\n",
            base64("系统退信".as_bytes()),
            base64(format!("很抱歉，您发往li@far.example的邮件未能送达。\n\n退信原因：\n{said}\n").as_bytes()),
        );
        assert_eq!(lines(&message), [format!("{expected}  li@far.example failed")], "{said}");
    }
}

#[test]
fn gbk_is_read_whether_it_is_declared_or_not() {
    let body = "很抱歉，您的邮件被退回来了。\n收件人地址：li@far.example\n退信原因：收件人邮箱不存在 (550 5.1.1)\n";
    for (declared, encoding) in
        [("; charset=gbk", GBK), ("; charset=gb18030", GB18030), ("; charset=gb2312", GBK), ("", GBK), ("; charset=us-ascii", GBK)]
    {
        let (bytes, _, _) = encoding.encode(body);
        let (subject, _, _) = GBK.encode("系统退信");
        let mut message = b"From: <Postmaster@provider.example>\nTo: office@redcross.example\nSubject: ".to_vec();
        message.extend_from_slice(&subject);
        message.extend_from_slice(format!("\nMIME-Version: 1.0\nContent-Type: text/plain{declared}\n\n").as_bytes());
        message.extend_from_slice(&bytes);
        assert_eq!(shown(&message), ["hard 5.1.1 li@far.example failed"], "{declared}");
    }
}

#[test]
fn an_automatic_answer_in_gbk_is_a_vacation() {
    let (subject, _, _) = GBK.encode("自动回复：您好");
    let mut message = b"From: li@far.example\nSubject: ".to_vec();
    message.extend_from_slice(&subject);
    message.extend_from_slice(b"\n\n\xce\xd2\xd4\xda\n");
    assert_eq!(shown(&message), ["vacation  li@far.example"]);
}

#[test]
fn more_wordings_of_chinese_providers_are_understood() {
    for (said, expected) in [
        ("收件人账号已被注销", "hard"),
        ("该邮箱帐号未开通", "hard"),
        ("用户名错误，没有该收件人", "hard"),
        ("邮件地址不正确，没有找到该用户", "hard"),
        ("此邮箱已关闭", "hard"),
        ("对方域名没有MX记录", "hard"),
        ("对方服务器拒绝连接", "policy"),
        ("您不在收件人的白名单中", "policy"),
        ("SPF验证失败", "policy"),
        ("附件大小超过上限", "policy"),
        // Advice on what to look at is no finding.
        ("连接对方服务器超时，请检查收件人的地址是否有误", "soft"),
    ] {
        let message = format!(
            "From: postmaster@provider.example\nTo: office@redcross.example\nSubject: =?utf-8?B?{}?=\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n很抱歉，您发往li@far.example的邮件未能送达。\n\n退信原因：\n{said}\n",
            base64("系统退信".as_bytes()),
        );
        assert_eq!(lines(&message), [format!("{expected}  li@far.example failed")], "{said}");
    }
}

#[test]
fn exchange_reports_in_chinese_are_known_by_their_sender_and_by_their_subject() {
    for (from, subject) in [
        ("MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@far.example", "hello"),
        ("office@far.example", "无法传递: 您好"),
        ("office@far.example", "邮件未送达"),
    ] {
        let message = format!(
            "From: Microsoft Outlook <{from}>\nTo: office@redcross.example\nSubject: =?utf-8?B?{}?=\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<p>您的邮件未能发送至以下收件人：</p><p>li@far.example</p><p>诊断信息:</p><p>#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##</p>\n",
            base64(subject.as_bytes()),
        );
        assert_eq!(lines(&message), ["hard 5.1.1 li@far.example failed"], "{from} {subject}");
    }
}

#[test]
fn a_subject_that_begins_with_being_away_is_a_vacation() {
    let message = format!(
        "From: li@far.example\nTo: office@redcross.example\nSubject: =?utf-8?B?{}?=\n\n下周回来。\n",
        base64("不在办公室：您好".as_bytes())
    );
    assert_eq!(lines(&message), ["vacation  li@far.example"]);
}
