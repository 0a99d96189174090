//! What is printed of an organ and body registrant: items with their uses, executors, the card's number, the number that is answered around
//! the clock; in the language of the page. The sign-up sheets, and the button on everything that is meant for paper.

use rocket::http::Status;

use super::urgent::{DONOR, csrf, key, noticed, registered};
use super::web::{Browser, Desk, run, signed_in};

async fn printed(browser: &mut Browser<'_>, token: &str, person: &str, which: &str) -> String {
    let page = browser.post(&format!("/people/{person}/print"), &[("csrf", token), ("form", which)]).await;
    assert_eq!(page.status, Status::Ok, "{which}: {}", page.body);
    assert!(page.body.contains("data-print"), "{which} has a button to print: {}", page.body);
    page.body
}

/// Notes items and uses, and the card.
async fn wishes(browser: &mut Browser<'_>, token: &str, person: &str, consents: &[&str]) {
    let key = key();
    let mut fields = vec![("csrf", token), ("key", key.as_str()), ("witnessing", "form"), ("card", "K-77")];
    fields.extend(consents.iter().map(|consent| ("consents", *consent)));
    let saved = browser.post(&format!("/people/{person}/wish"), &fields).await;
    assert_eq!(saved.status, Status::SeeOther, "{}", saved.body);
}

#[test]
fn card_and_form_tell_items_uses_executor_and_the_number_to_call_in_both_languages() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        // As registered at the table: a list, nobody asked for the uses, no card and no number yet.
        for which in ["card", "organ-body"] {
            let page = printed(&mut registrar, &token, &person, which).await;
            for told in ["卫样年", "眼角膜（用途未登记）", "遗体（用途未登记）", "赵甲一 女儿 16000000418"] {
                assert!(page.contains(told), "{which}: {told}: {page}");
            }
            assert!(!page.contains("cornea") && !page.contains("登记卡号"), "{which}: {page}");
        }
        let card = printed(&mut registrar, &token, &person, "card").await;
        assert!(card.contains("24 小时电话 ____"), "left to be filled in by hand: {card}");

        let mut manager = signed_in(&desk, "manager").await;
        let boss = csrf(&mut manager).await;
        let mut desks = vec![("csrf", boss.as_str()), ("phone", "0000 000 0417")];
        desks.extend(["phone-organ-coordinator", "phone-eye-bank", "phone-school"].map(|name| (name, "0000 000 0001")));
        desks.extend(["hours-organ-coordinator", "hours-eye-bank", "hours-school"].map(|name| (name, "12")));
        assert_eq!(manager.post("/urgent/duty/desks", &desks).await.status, Status::SeeOther);
        wishes(&mut registrar, &token, &person, &["cornea:research", "cornea:transplant", "pancreas:transplant"]).await;
        for which in ["card", "organ-body"] {
            let page = printed(&mut registrar, &token, &person, which).await;
            for told in ["眼角膜（移植、科研）", "胰腺（移植）", "赵甲一 女儿 16000000418", "K-77"] {
                assert!(page.contains(told), "{which}: {told}: {page}");
            }
            assert!(!page.contains("遗体（") && !page.contains("其他器官"), "no more than is consented to: {page}");
        }
        let card = printed(&mut registrar, &token, &person, "card").await;
        assert!(card.contains("0000 000 0417") && !card.contains("____"), "{card}");
        assert!(printed(&mut registrar, &token, &person, "confirmation").await.contains(&person));

        registrar.get("/account?lang=en").await;
        for which in ["card", "organ-body"] {
            let page = printed(&mut registrar, &token, &person, which).await;
            for told in ["Cornea (transplantation, research)", "Pancreas (transplantation)", "赵甲一 女儿 16000000418", "K-77"] {
                assert!(page.contains(told), "{which}: {told}: {page}");
            }
        }
        assert!(printed(&mut registrar, &token, &person, "card").await.contains("24-hour number <span class=\"nw\">0000 000 0417"));
    });
}

#[test]
fn a_notice_calls_each_item_consented_to_by_its_own_name() {
    run(|| async {
        let desk = Desk::open().await;
        let person = registered(&desk, "organ-body", DONOR, "卫样年").await;
        let mut registrar = signed_in(&desk, "registrar").await;
        let token = csrf(&mut registrar).await;
        wishes(&mut registrar, &token, &person, &["intestine:transplant", "tissue:research"]).await;
        let mut coordinator = signed_in(&desk, "coordinator").await;
        let token = csrf(&mut coordinator).await;
        let path = noticed(&mut coordinator, &token, &person, "dying").await;
        let page = coordinator.get(&path).await.body;
        for declined in ["胰腺", "其他器官", "眼角膜", "遗体"] {
            assert!(page.contains(&format!("<span>{declined}<small>未同意</small>")), "{declined}: {page}");
        }
        for given in ["小肠", "组织"] {
            assert!(page.contains(given) && !page.contains(&format!("<span>{given}<small>未同意</small>")), "{given}: {page}");
        }
    });
}

#[test]
fn the_blank_form_and_the_sheets_offer_what_the_registry_asks_for_and_name_each_consent() {
    run(|| async {
        let desk = Desk::open().await;
        let mut table = signed_in(&desk, "recruiter").await;
        let form = table.get("/print/organ-body").await.body;
        for item in ["遗体", "眼角膜", "胰腺", "小肠", "组织", "其他器官"] {
            assert!(form.contains(&format!("☐ {item} <")), "{item}: {form}");
        }
        assert!(
            form.contains("用途： ☐ 移植 ☐ 教学 ☐ 科研") && form.contains("用途： ☐ 教学 ☐ 科研"),
            "a body is not transplanted: {form}"
        );
        assert!(form.contains("data-print"));
        for (registry, columns, consent) in [
            ("stem-cell", &["联系人1", "联系人1电话", "联系人2", "联系人2电话"][..], "我单独同意处理我的健康信息与样本"),
            ("organ-body", &["执行人", "执行人电话"][..], "我单独同意处理我的捐献意愿"),
            ("blood", &["血型"][..], "处理我的健康信息"),
            ("volunteer", &["服务队"][..], "我单独同意处理我的证件号码"),
        ] {
            let sheet = table.get(&format!("/print/sheet/{registry}")).await.body;
            for column in columns {
                assert!(sheet.contains(&format!(">{column}</th>")), "{registry}: {column}: {sheet}");
            }
            for told in ["签名：同意 1、2", "签名：单独同意 3", "可随时撤回", "为联系我办理所选登记", "我自愿", consent, "data-print"]
            {
                assert!(sheet.contains(told), "{registry}: {told}: {sheet}");
            }
        }
    });
}
