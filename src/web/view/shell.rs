//! What every page has around its content: language, navigation by rights, who is signed in, the token against forged posts, the flash bar.

use chrono::NaiveDate;

use super::icon::{Icon, icon};
use crate::domain::role::{Right, Roles};
use crate::web::i18n::{Lang, Text};

/// One entry of the navigation.
#[derive(Debug, Clone)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// The word, the same everywhere.
    pub label: String,
    /// Open items, none shown at zero.
    pub count: Option<u64>,
    /// Whether it is the page shown.
    pub current: bool,
    /// Whether the number runs against the clock.
    pub now: bool,
}

/// What the first page says until it is done.
#[derive(Debug, Clone)]
pub struct Alarm {
    /// Where it is done.
    pub href: &'static str,
    /// What.
    pub text: String,
    /// Red rather than yellow.
    pub stop: bool,
}

/// Numbers beside the words of the navigation.
#[derive(Debug, Clone, Copy, Default)]
pub struct Waiting {
    /// Pairs to be judged.
    pub duplicates: u64,
    /// Follow-ups due.
    pub follow_ups: u64,
    /// What runs against the clock.
    pub urgent: u64,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Who {
    /// The name staff gave themselves.
    pub name: String,
    /// What they may do.
    pub roles: Roles,
}

/// The bar after something was done, with its undoing where there is one.
#[derive(Debug, Clone)]
pub struct Flash {
    /// What was done.
    pub text: String,
    /// Where the undoing is posted, and its word.
    pub undo: Option<Undo>,
}

/// The undoing of what was just done.
#[derive(Debug, Clone)]
pub struct Undo {
    /// Where it is posted.
    pub action: String,
    /// The word on the button.
    pub label: String,
    /// Which keyboard shortcut it has.
    pub key: &'static str,
}

/// The frame of a page.
#[derive(Debug, Clone)]
pub struct Shell {
    text: Text,
    /// The branch's own name.
    pub branch: String,
    /// Who is signed in, if anybody.
    pub who: Option<Who>,
    /// The navigation, by rights.
    pub nav: Vec<NavItem>,
    /// The path of a page of staff, to come back to when its language was changed.
    pub path: String,
    /// The token of this session's forms.
    pub csrf: String,
    /// A fresh idempotency key for the form of this page.
    pub key: String,
    /// The bar after something was done.
    pub flash: Option<Flash>,
    /// Today, in the branch's zone.
    pub today: NaiveDate,
    /// When the page was made, as printed at its foot.
    pub made: String,
    /// Whether the recovery sheet has not been typed back yet.
    pub nag: bool,
    /// What the first page says until it is done.
    pub alarms: Vec<Alarm>,
}

/// The pages of the navigation: where, the key of the word, the right.
pub const PAGES: [(&str, &str, Right); 8] = [
    ("/drive", "nav-drive", Right::Enrol),
    ("/people", "nav-people", Right::People),
    ("/duplicates", "nav-duplicates", Right::Review),
    ("/follow-up", "nav-followup", Right::FollowUp),
    ("/urgent", "nav-urgent", Right::Urgent),
    ("/reports", "nav-reports", Right::Report),
    ("/admin", "nav-admin", Right::Administer),
    // Administrator and auditor are never one person: the word stands once.
    ("/log", "nav-admin", Right::Audit),
];

impl Shell {
    /// The frame of a page for nobody in particular: signing in, links, errors.
    pub fn open(lang: Lang, branch: &str, today: NaiveDate, made: String) -> Self {
        Self {
            text: Text(lang),
            branch: branch.to_owned(),
            who: None,
            nav: Vec::new(),
            path: String::new(),
            csrf: String::new(),
            key: String::new(),
            flash: None,
            today,
            made,
            nag: false,
            alarms: Vec::new(),
        }
    }

    /// Adds who is signed in and what they may use. `current` is the path of the navigation entry the page belongs to.
    pub fn staffed(mut self, who: Who, current: &str, waiting: Waiting) -> Self {
        self.nav = PAGES
            .iter()
            .filter(|(_, _, right)| who.roles.may(*right))
            .map(|(href, word, _)| NavItem {
                href,
                label: self.text.t(word),
                count: match *href {
                    "/duplicates" => Some(waiting.duplicates),
                    "/follow-up" => Some(waiting.follow_ups),
                    "/urgent" => Some(waiting.urgent),
                    _ => None,
                }
                .filter(|n| *n > 0),
                current: *href == current,
                now: *href == "/urgent",
            })
            .collect();
        self.who = Some(who);
        self
    }

    /// The texts.
    pub fn text(&self) -> Text {
        self.text
    }

    /// Whether whoever reads the page has a right.
    pub fn may(&self, right: Right) -> bool {
        self.who.as_ref().is_some_and(|who| who.roles.may(right))
    }

    /// Whether donations, deferrals and recalls may be recorded.
    pub fn may_record(&self) -> bool {
        self.may(Right::Health)
    }

    /// Whether teams, hours, certificates and skills of volunteers may be recorded.
    pub fn may_serve(&self) -> bool {
        self.may(Right::Service)
    }

    /// Whether the data of a person on file may be put right.
    pub fn may_correct(&self) -> bool {
        self.may(Right::Correct)
    }

    /// Whether whoever reads the page may import.
    pub fn may_import(&self) -> bool {
        self.may(Right::Import)
    }

    /// Whether whoever reads the page may register people.
    pub fn may_enrol(&self) -> bool {
        self.may(Right::Enrol)
    }

    /// Whether whoever reads the page may look a person up.
    pub fn may_look_up(&self) -> bool {
        self.may(Right::LookUp)
    }

    /// Whether whoever reads the page may review emergency openings.
    pub fn may_review_opening(&self) -> bool {
        self.may(Right::ReviewOpening)
    }

    /// The words of the roles of whoever is signed in.
    pub fn role_words(&self) -> String {
        let Some(who) = &self.who else { return String::new() };
        if who.roles == Roles::small_branch() {
            return self.text.t("role-small-branch");
        }
        let words: Vec<String> = who.roles.iter().map(|role| self.text.t(&format!("role-{}", role.word()))).collect();
        words.join(&self.text.t("list-comma"))
    }

    /// The language tag of the page.
    pub fn lang(&self) -> &'static str {
        self.text.0.tag()
    }

    /// Whether the page is in Chinese.
    pub fn chinese(&self) -> bool {
        self.text.0 == Lang::Chinese
    }

    /// The address of a static file with its content's hash.
    pub fn asset(&self, name: &str) -> String {
        crate::web::assets::address(name)
    }

    /// An icon.
    pub fn icon(&self, name: &str) -> Icon {
        icon(name)
    }

    /// See [`Text::t`].
    pub fn t(&self, key: &str) -> String {
        self.text.t(key)
    }

    /// See [`Text::n`].
    pub fn n(&self, key: &str, n: impl Into<Number>) -> String {
        self.text.n(key, n.into().0)
    }

    /// See [`Text::nm`].
    pub fn nm(&self, key: &str, n: impl Into<Number>, m: impl Into<Number>) -> String {
        self.text.nm(key, n.into().0, m.into().0)
    }

    /// See [`Text::x`].
    pub fn x(&self, key: &str, x: impl std::fmt::Display) -> String {
        self.text.x(key, x)
    }

    /// See [`Text::xy`].
    pub fn xy(&self, key: &str, x: impl std::fmt::Display, y: impl std::fmt::Display) -> String {
        self.text.xy(key, x, y)
    }

    /// See [`Text::nx`].
    pub fn nx(&self, key: &str, n: impl Into<Number>, x: impl std::fmt::Display) -> String {
        self.text.nx(key, n.into().0, x)
    }

    /// A number grouped by thousands.
    pub fn fig(&self, n: impl Into<Number>) -> String {
        crate::web::i18n::group(&n.into().0.to_string())
    }
}

/// A count as templates hand it over: by value or by reference, of any width.
#[derive(Debug, Clone, Copy)]
pub struct Number(i64);

macro_rules! numbers {
    ($($t:ty),+) => {$(
        impl From<$t> for Number {
            fn from(n: $t) -> Self {
                Self(i64::try_from(n).unwrap_or(i64::MAX))
            }
        }
        impl From<&$t> for Number {
            fn from(n: &$t) -> Self {
                Self::from(*n)
            }
        }
        impl From<&&$t> for Number {
            fn from(n: &&$t) -> Self {
                Self::from(**n)
            }
        }
    )+};
}
numbers!(i32, u32, i64, u64, usize);
