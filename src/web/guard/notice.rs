//! What a page tells of the act before it.

use uuid::Uuid;

use crate::web::i18n::Text;
use crate::web::view::Flash;
use crate::web::view::shell::Undo;

/// What was just done, told on the next page by a cookie that holds nothing but words of ours, numbers and public ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// A text key that starts with one of [`Notice::KEYS`].
    key: &'static str,
    x: String,
    y: String,
    undo: String,
}

impl Notice {
    /// Every notice there is, with how many texts it takes.
    pub const KEYS: [(&'static str, usize); 85] = [
        ("drive-done", 1),
        ("drive-done-enrolled", 1),
        ("drive-created", 0),
        ("drive-undone", 1),
        ("drive-undo-late", 0),
        ("import-dropped", 0),
        ("import-done", 1),
        ("correct-done", 0),
        ("correct-dropped", 0),
        ("joined-done", 2),
        ("different-done", 2),
        ("decision-undone", 0),
        ("scan-done", 1),
        ("task-done", 0),
        ("task-done-held", 0),
        ("hold-lifted", 0),
        ("lost-recorded", 0),
        ("lost-not", 0),
        ("hands-one-done", 0),
        ("hands-one-rests", 0),
        ("mails-sent-done", 1),
        ("mails-not-sent", 0),
        ("plan-done", 1),
        ("hands-read", 2),
        ("first-done", 1),
        ("unmerged", 0),
        ("decided-standing", 0),
        ("left-done", 0),
        ("health-recorded", 0),
        ("health-undone", 0),
        ("service-recorded", 0),
        ("service-undone", 0),
        ("team-added", 0),
        ("team-closed-done", 0),
        ("targets-saved", 0),
        ("shift-added", 0),
        ("shift-dropped", 0),
        ("shift-assigned", 0),
        ("shift-noted", 0),
        ("activity-recorded", 0),
        ("activity-struck", 0),
        ("recall-opened", 0),
        ("recall-noted", 0),
        ("recall-closed", 0),
        ("rules-put", 0),
        ("rules-dropped", 0),
        ("rights-recorded", 0),
        ("rights-answered", 0),
        ("objected-done", 0),
        ("erased-done", 0),
        ("account-added", 0),
        ("account-changed", 0),
        ("account-reopened", 0),
        ("password-changed", 0),
        ("recovery-good", 0),
        ("set-up-done", 0),
        ("outside-entered", 0),
        ("outside-closed", 0),
        ("match-opened", 0),
        ("urgent-noted", 0),
        ("notice-opened", 0),
        ("duty-saved", 0),
        ("opening-reviewed", 0),
        ("wish-saved", 0),
        ("kin-added", 0),
        ("sample-saved", 0),
        ("release-done", 0),
        ("put-right-done", 1),
        ("put-right-nothing", 0),
        ("again-done", 0),
        ("disclosure-decided", 0),
        ("disclosure-asked", 0),
        ("in-error-saved", 0),
        ("in-error-saved-places", 1),
        ("renewed", 0),
        ("grid-entered", 0),
        ("aid-saved", 0),
        ("aid-forgotten", 0),
        ("remember-saved", 0),
        ("remember-revoked", 0),
        ("plan-added", 0),
        ("plan-entered", 0),
        ("public-approved", 1),
        ("unit-added", 0),
        ("unit-closed-done", 0),
    ];

    /// A notice without texts.
    pub fn plain(key: &'static str) -> Self {
        Self { key, x: String::new(), y: String::new(), undo: String::new() }
    }

    /// A notice with one text: a number or a public id.
    pub fn with(key: &'static str, x: impl std::fmt::Display) -> Self {
        Self { x: x.to_string(), ..Self::plain(key) }
    }

    /// A notice with two texts.
    pub fn with_two(key: &'static str, x: impl std::fmt::Display, y: impl std::fmt::Display) -> Self {
        Self { x: x.to_string(), y: y.to_string(), ..Self::plain(key) }
    }

    /// What may be undone: the pair decided, the hold put on a number, or the idempotency key of the registration saved.
    pub fn undo(mut self, what: Uuid) -> Self {
        self.undo = what.to_string();
        self
    }

    /// As the cookie holds it.
    pub(super) fn cookie(&self) -> String {
        format!("{}~{}~{}~{}", self.key, self.x, self.y, self.undo)
    }

    /// Reads a cookie; anything but what [`Self::cookie`] writes is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(4, '~');
        let word = parts.next()?;
        let (key, _) = Self::KEYS.into_iter().find(|(key, _)| *key == word)?;
        let mut take = || -> Option<String> {
            let part = parts.next()?;
            (part.len() <= 40 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')).then(|| part.to_owned())
        };
        Some(Self { key, x: take()?, y: take()?, undo: take()? })
    }

    /// The words on the next page, with the way back where there is one.
    pub(super) fn flash(&self, text: Text) -> Flash {
        let count = Self::KEYS.iter().find(|(key, _)| *key == self.key).map_or(0, |(_, n)| *n);
        let words = match count {
            0 => text.t(self.key),
            1 => text.x(self.key, &self.x),
            _ => text.xy(self.key, &self.x, &self.y),
        };
        let undo = Uuid::parse_str(&self.undo).ok().map(|what| match self.key {
            "drive-done" | "drive-done-enrolled" => {
                Undo { action: format!("/drive/{what}/undo"), label: text.x("drive-undo", &self.x), key: "u" }
            }
            "task-done-held" => Undo { action: format!("/follow-up/hold/{what}/lift"), label: text.t("hold-lift"), key: "u" },
            _ => Undo { action: format!("/duplicates/{what}/undo"), label: text.t("undo-last"), key: "u" },
        });
        Flash { text: words, undo }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::i18n::Lang;

    #[test]
    fn a_notice_comes_back_as_it_was_kept_and_a_forged_one_does_not() {
        let notice = Notice::with_two("joined-done", "7K3M-9QXA-R", "2B4C-7HQK-0").undo(Uuid::nil());
        assert_eq!(Notice::parse(&notice.cookie()), Some(notice));
        assert_eq!(Notice::parse("joined-done~<b>~a~"), None);
        assert_eq!(Notice::parse("sign-in~a~b~"), None);
        assert_eq!(Notice::parse("joined-done"), None);
    }

    #[test]
    fn every_notice_has_a_text() {
        for lang in Lang::ALL {
            for (key, _) in Notice::KEYS {
                assert!(Text(lang).has(key), "{key}");
            }
        }
    }
}
