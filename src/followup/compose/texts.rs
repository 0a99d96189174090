//! The texts: shipped ones compiled in, the office's own in a folder of the same layout (`<kind>/<language>.txt`).

use std::collections::HashSet;
use std::path::Path;

use chrono::NaiveDate;
use minijinja::{Environment, UndefinedBehavior, context};

use crate::followup::error::FollowupError;
use crate::followup::kind::{Kind, Language};

/// What a text may name.
const ALLOWED: [&str; 4] = ["salutation", "link", "branch", "date"];
/// The longest text taken in, in bytes.
const MAX: u64 = 20_000;

macro_rules! shipped {
    ($($kind:ident = $folder:literal),+ $(,)?) => {
        fn shipped(kind: Kind, language: Language) -> &'static str {
            match (kind, language) {$(
                (Kind::$kind, Language::Zh) => include_str!(concat!("../../../templates/mail/", $folder, "/zh.txt")),
                (Kind::$kind, Language::En) => include_str!(concat!("../../../templates/mail/", $folder, "/en.txt")),
            )+}
        }
    };
}

shipped! {
    VerifyMail = "verify_mail",
    ContactCheck = "contact_check",
    FirstContact = "first_contact",
    BloodThanks = "blood_thanks",
    BloodPlanNext = "blood_plan_next",
    BloodEligible = "blood_eligible",
    DeferralEnd = "deferral_end",
    BloodLapsing = "blood_lapsing",
    Availability = "availability",
    AgeThanks = "age_thanks",
    FamilyTold = "family_told",
    WishCheck = "wish_check",
    ExecutorCheck = "executor_check",
    VolunteerThanks = "volunteer_thanks",
    PreSampling = "pre_sampling",
    DeferralExplained = "deferral_explained",
    PostDonation = "post_donation",
    VolunteerDuty = "volunteer_duty",
    ConfirmInterest = "confirm_interest",
    Question = "question",
    EnrolmentAge = "enrolment_age",
    MatchCheck = "match_check",
    FamilyObjects = "family_objects",
}

/// The office's own text, where it has one.
fn own_text(folder: &Path, kind: Kind, language: Language) -> Result<Option<String>, String> {
    let path = folder.join(kind.word()).join(format!("{}.txt", language.word()));
    match std::fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Ok(found) if found.len() > MAX => Err(format!("longer than {MAX} bytes")),
        _ => std::fs::read_to_string(&path).map(Some).map_err(|e| format!("cannot be read as UTF-8 text ({})", e.kind())),
    }
}

/// All texts in use, every one test-rendered.
pub struct Texts(Environment<'static>);

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts(..)")
    }
}

impl Texts {
    /// The texts shipped with the program.
    pub fn shipped() -> Self {
        Self::with(|_, _| Ok(None)).expect("the shipped texts are rendered by a test")
    }

    /// The shipped texts, each replaced by the office's own where `folder` has `<kind>/<language>.txt`.
    ///
    /// # Errors
    /// [`FollowupError::Template`] naming the text: unreadable, too long, another variable than the four, not exactly one link.
    pub fn with_overrides(folder: &Path) -> Result<Self, FollowupError> {
        Self::with(|kind, language| own_text(folder, kind, language))
    }

    /// As [`Texts::with_overrides`], or the shipped ones without a folder; the kinds named have these words in their place.
    ///
    /// # Errors
    /// As [`Texts::with_overrides`].
    pub fn with_words(folder: Option<&Path>, kinds: &[Kind], zh: &str, en: &str) -> Result<Self, FollowupError> {
        Self::with(|kind, language| match (kinds.contains(&kind), language, folder) {
            (true, Language::Zh, _) => Ok(Some(zh.to_owned())),
            (true, Language::En, _) => Ok(Some(en.to_owned())),
            (false, _, Some(folder)) => own_text(folder, kind, language),
            (false, _, None) => Ok(None),
        })
    }

    fn with(own: impl Fn(Kind, Language) -> Result<Option<String>, String>) -> Result<Self, FollowupError> {
        // Empty: no filters, functions, tests or includes that a text could reach.
        let mut env = Environment::empty();
        env.set_undefined_behavior(UndefinedBehavior::Strict);
        env.set_fuel(Some(10_000));
        let mut texts = Self(env);
        for kind in Kind::ALL {
            for language in Language::ALL {
                let refused = |problem: String| FollowupError::Template { kind: *kind, language, problem };
                let text = own(*kind, language).map_err(refused)?.unwrap_or_else(|| shipped(*kind, language).to_owned());
                let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
                texts.0.add_template_owned(name(*kind, language), text).map_err(|e| refused(in_words(&e)))?;
                texts.try_out(*kind, language).map_err(refused)?;
            }
        }
        Ok(texts)
    }

    /// Renders with canaries: only the four variables, exactly one link, nothing swallowed, with and without a name.
    fn try_out(&self, kind: Kind, language: Language) -> Result<(), String> {
        let template = self.0.get_template(&name(kind, language)).map_err(|e| in_words(&e))?;
        let named: HashSet<String> = template.undeclared_variables(false);
        let mut unknown: Vec<&String> = named.iter().filter(|v| !ALLOWED.contains(&v.as_str())).collect();
        unknown.sort();
        if let Some(variable) = unknown.first() {
            return Err(format!("`{variable}` is not available; a text may name {}", ALLOWED.join(", ")));
        }
        // Characters that would show if anything were escaped or read as a text of its own.
        let (canary, link, branch) = ("<甲&{{link}}'\">", "https://canary.example/l/0123?a=1&b", "会<&>");
        let day = NaiveDate::from_ymd_opt(2047, 3, 9).ok_or("the canary date is a date")?;
        for salutation in [canary, ""] {
            let text = self.render_parts(kind, language, salutation, link, branch, day)?;
            if text.matches(link).count() != 1 {
                return Err("the link must stand in the text exactly once".into());
            }
            if template.source().contains("salutation") && salutation == canary && !text.contains(canary) {
                return Err("the salutation is not shown as it is".into());
            }
            if text.matches("://").count() != 1 {
                return Err("no other address than the link may stand in the text".into());
            }
            if text.replace(link, "").trim().chars().count() < 20 {
                return Err("hardly any words are left".into());
            }
        }
        Ok(())
    }

    /// The text of a kind with the values given.
    pub(super) fn render(
        &self,
        kind: Kind,
        language: Language,
        salutation: &str,
        link: &str,
        branch: &str,
        date: NaiveDate,
    ) -> Result<String, FollowupError> {
        self.render_parts(kind, language, salutation, link, branch, date).map_err(|problem| FollowupError::Template {
            kind,
            language,
            problem,
        })
    }

    fn render_parts(
        &self,
        kind: Kind,
        language: Language,
        salutation: &str,
        link: &str,
        branch: &str,
        date: NaiveDate,
    ) -> Result<String, String> {
        let date = date.format("%Y-%m-%d").to_string();
        let template = self.0.get_template(&name(kind, language)).map_err(|e| in_words(&e))?;
        let text = template.render(context! { salutation, link, branch, date }).map_err(|e| in_words(&e))?;
        Ok(format!("{}\n", text.trim_end()))
    }
}

fn name(kind: Kind, language: Language) -> String {
    // Ends in .txt: nothing is escaped, mails are plain text.
    format!("{}/{}.txt", kind.word(), language.word())
}

/// The kind of the error and its line: the details could quote a value.
fn in_words(error: &minijinja::Error) -> String {
    let line = error.line().map_or(String::new(), |l| format!(" in line {l}"));
    format!("{}{line}", error.kind())
}
