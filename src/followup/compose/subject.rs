//! Subjects: fixed per kind and language. They stand in inboxes that others may see, so they name no registry and no person.

use super::Sender;
use crate::followup::kind::{Kind, Language};

/// The subject of a mail: the branch's name and a fixed phrase.
pub fn subject(kind: Kind, language: Language, sender: &Sender) -> String {
    let phrase = phrase(kind, language);
    match language {
        Language::Zh => format!("{}：{phrase}", sender.branch),
        Language::En => format!("{}: {phrase}", sender.branch_en),
    }
}

fn phrase(kind: Kind, language: Language) -> &'static str {
    use Kind::{
        AgeThanks, Availability, BloodEligible, BloodLapsing, BloodPlanNext, BloodThanks, ConfirmInterest, ContactCheck, DeferralEnd,
        DeferralExplained, EnrolmentAge, ExecutorCheck, FamilyObjects, FamilyTold, FirstContact, MatchCheck, PostDonation, PreSampling,
        Question, VerifyMail, VolunteerDuty, VolunteerThanks, WishCheck,
    };
    let (zh, en) = match kind {
        VerifyMail => ("请确认您的邮箱", "please confirm your mail address"),
        ContactCheck => ("请确认您的联系方式", "please confirm how we can reach you"),
        FirstContact => ("请核对您的登记信息", "please check your registration"),
        BloodThanks | AgeThanks | EnrolmentAge | VolunteerThanks => ("感谢您", "thank you"),
        BloodPlanNext | BloodLapsing => ("期待与您再次相见", "we hope to see you again"),
        BloodEligible | DeferralEnd | VolunteerDuty => ("来自我们的提醒", "a reminder from us"),
        Availability => ("年度信息更新", "your yearly update"),
        DeferralExplained => ("感谢您的到来", "thank you for coming"),
        PostDonation => ("您最近好吗", "how have you been"),
        FamilyTold | FamilyObjects | MatchCheck | PreSampling | ConfirmInterest | Question => ("关于您的登记", "about your registration"),
        WishCheck | ExecutorCheck => ("年度信息核对", "your yearly check"),
    };
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}
