//! 家属回访: calls to donors' families that agreed to them.

use askama::Template;

use super::Shell;
use super::care::shown;
use crate::app::FamilyLine;
use crate::domain::Guarded;
use crate::domain::care::Beneficiary;
use crate::web::i18n::Text;

/// A family in words.
#[derive(Debug)]
pub struct FamilyShown {
    /// Its page.
    pub href: String,
    /// The version to give back.
    pub version: i64,
    /// Since when they agree, how they said so and who recorded it.
    pub since: String,
    /// What comes next, and when.
    pub next: String,
    /// Whether the call may be made today.
    pub due: bool,
    /// Calls made, in words.
    pub made: Vec<String>,
    /// What is said in the call that comes next, each with what to keep in mind.
    pub say: Vec<(String, String)>,
    family: Guarded<Beneficiary>,
}

impl FamilyShown {
    /// A family, masked unless opened.
    pub fn of(line: &FamilyLine, opened: bool, text: Text) -> Self {
        let occasion = |word: &str| text.t(&format!("family-occasion-{word}"));
        let told = line.told.map(|told| text.t(&format!("remember-told-{}", told.word()))).unwrap_or_default();
        let since = format!("{} {told}", line.since);
        let made = |call: &crate::domain::family_contact::Made| {
            let heard = text.t(&format!("family-heard-{}", call.heard.word()));
            format!("{} {} · {heard}", call.day, occasion(call.occasion.word()))
        };
        let say = line.next.map(|next| [format!("family-say-{}", next.occasion.word()), "family-say-free".to_owned()]);
        Self {
            href: format!("/care/contact/{}", line.id),
            version: line.version,
            since: line.by.as_ref().map_or_else(|| since.clone(), |by| text.xy("source-by", &since, by)),
            next: match line.next {
                Some(next) if line.due => text.xy("family-due", occasion(next.occasion.word()), next.until),
                Some(next) => text.xy("family-next", occasion(next.occasion.word()), next.from),
                None => text.t("family-waits"),
            },
            due: line.due,
            made: line.made.iter().map(made).collect(),
            say: say.into_iter().flatten().map(|key| (text.t(&key), text.t(&format!("{key}-not")))).collect(),
            family: shown(line.family.as_ref(), opened),
        }
    }

    /// Name, relation and number, as far as they may be shown.
    pub fn family(&self) -> &Beneficiary {
        self.family.reveal()
    }
}

/// One family.
#[derive(Debug, Template)]
#[template(path = "page/family_call.html")]
pub struct FamilyCallPage {
    /// The frame.
    pub s: Shell,
    /// The family.
    pub line: FamilyShown,
    /// Whether it is opened.
    pub opened: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::family_contact::{Heard, Occasion};
    use crate::web::i18n::Lang;

    #[test]
    fn every_occasion_has_its_words_and_none_speaks_of_a_recipient_or_of_what_was_given() {
        for lang in Lang::ALL {
            let text = Text(lang);
            for occasion in [Occasion::Week, Occasion::Month, Occasion::Qingming(2027)] {
                let key = format!("family-say-{}", occasion.word());
                for key in [key.clone(), format!("{key}-not"), format!("family-occasion-{}", occasion.word())] {
                    assert!(text.has(&key), "{key} in {}", lang.tag());
                }
                let said = text.t(&key).to_lowercase();
                for word in ["受捐", "患者", "器官", "角膜", "遗体", "recipient", "patient", "organ", "cornea", "body"] {
                    assert!(!said.contains(word), "{said}");
                }
            }
            for heard in Heard::ALL {
                assert!(text.has(&format!("family-heard-{}", heard.word())));
            }
        }
    }
}
