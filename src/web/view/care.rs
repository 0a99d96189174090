//! 救助 and 缅怀: aid cases, remembrance, the printed list for Qingming.

use askama::Template;

use super::family::FamilyShown;
use super::urgent::{NoticeLine, StepShown, masked};
use super::{Choice, Field, Select, Shell, Slips};
use crate::app::{AidCase, RemembranceLine};
use crate::domain::Guarded;
use crate::domain::care::{AidPhase, Beneficiary};
use crate::web::i18n::Text;

/// An aid case in words.
#[derive(Debug)]
pub struct AidShown {
    /// Its page.
    pub href: String,
    /// For which side.
    pub kind: String,
    /// Where it stands.
    pub phase: String,
    /// `ok`, `warn`, `stop` or nothing.
    pub class: &'static str,
    /// When it was asked for.
    pub asked: String,
    /// When it was decided.
    pub decided: String,
    /// How much, and from where.
    pub amount: String,
    beneficiary: Guarded<Beneficiary>,
}

/// Masked unless opened, field by field.
pub(super) fn shown(of: Option<&Guarded<Beneficiary>>, opened: bool) -> Guarded<Beneficiary> {
    let Some(of) = of else { return Guarded::new(Beneficiary::default()) };
    let field = |text: &String| if opened { text.clone() } else { super::mask::raw(text) };
    let Beneficiary { name, relation, contact } = of.reveal();
    Guarded::new(Beneficiary { name: field(name), relation: relation.clone(), contact: field(contact) })
}

impl AidShown {
    /// A case.
    pub fn of(case: &AidCase, opened: bool, text: Text) -> Self {
        let fund = case.fund.map(|f| text.t(&format!("aid-fund-{}", f.word())));
        let amount = case.cents.map(|c| text.x("aid-yuan", c));
        let phase = text.t(&format!("aid-phase-{}", case.phase.word()));
        Self {
            href: format!("/care/aid/{}", case.id),
            kind: text.t(&format!("care-kind-{}", case.kind.word())),
            phase: if case.mistaken { text.x("aid-mistaken", phase) } else { phase },
            class: match case.phase {
                _ if case.mistaken => "stop",
                AidPhase::Asked | AidPhase::Submitted => "warn",
                AidPhase::Granted | AidPhase::Paid => "ok",
                AidPhase::Refused => "stop",
            },
            asked: case.asked.map(|d| d.to_string()).unwrap_or_default(),
            decided: case.decided.map(|d| d.to_string()).unwrap_or_default(),
            amount: [amount, fund].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            beneficiary: shown(case.beneficiary.as_ref(), opened),
        }
    }

    fn name(&self) -> &str {
        &self.beneficiary.reveal().name
    }

    fn relation(&self) -> &str {
        &self.beneficiary.reveal().relation
    }

    fn contact(&self) -> &str {
        &self.beneficiary.reveal().contact
    }
}

/// A donor who is remembered.
#[derive(Debug)]
pub struct RememberedShown {
    /// Where the wish is taken back.
    pub href: String,
    /// The version to give back.
    pub version: i64,
    /// Since when, how and recorded by whom.
    pub since: String,
    /// Whether the family wishes no name.
    pub nameless: bool,
    name: Guarded<String>,
    family: Guarded<Beneficiary>,
}

impl RememberedShown {
    /// A line. `nameless` is what stands where the family wishes no name.
    pub fn of(line: &RemembranceLine, opened: bool, text: Text) -> Self {
        let remembered = line.remembered.as_ref().map(Guarded::reveal);
        let name = remembered.and_then(|r| r.name.clone()).map(Guarded::new);
        let family = remembered.map(|r| Guarded::new(r.family.clone()));
        let told = line.told.map(|t| text.t(&format!("remember-told-{}", t.word()))).unwrap_or_default();
        let since = format!("{} {told}", line.since);
        Self {
            href: format!("/care/remembrance/{}/revoke", line.id),
            version: line.version,
            since: line.by.as_ref().map_or_else(|| since.clone(), |by| text.xy("source-by", &since, by)),
            nameless: name.is_none(),
            name: masked(name.as_ref(), opened),
            family: shown(family.as_ref(), opened),
        }
    }

    fn name(&self) -> &str {
        self.name.reveal()
    }

    fn family(&self) -> &Beneficiary {
        self.family.reveal()
    }
}

/// Aid and remembrance.
#[derive(Debug, Template)]
#[template(path = "page/care.html")]
pub struct CarePage {
    /// The frame.
    pub s: Shell,
    /// Aid cases.
    pub aid: Vec<AidShown>,
    /// Families that agreed to be called.
    pub families: Vec<FamilyShown>,
    /// Who is remembered.
    pub remembered: Vec<RememberedShown>,
    /// Death notices whose family has decided: each with the id its forms are opened by.
    pub notices: Vec<(String, NoticeLine)>,
}

/// Taking an aid case or a family's wish down.
#[derive(Debug, Template)]
#[template(path = "page/care_new.html")]
pub struct CareNew {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// Its own path.
    pub path: String,
    /// Its title.
    pub title: String,
    /// What to know before it is filled in.
    pub lead: String,
    /// Its fields.
    pub fields: Vec<Field>,
    /// How the family said so; for a remembrance.
    pub told: Option<Choice>,
}

/// An aid case.
#[derive(Debug, Template)]
#[template(path = "page/aid.html")]
pub struct AidPage {
    /// The frame.
    pub s: Shell,
    /// What is wrong.
    pub slips: Slips,
    /// The case.
    pub case: AidShown,
    /// Whether its beneficiary is opened.
    pub opened: bool,
    /// Whether the beneficiary's data were destroyed.
    pub forgotten: bool,
    /// What was noted.
    pub steps: Vec<StepShown>,
    /// What may be noted now, with amount, source and day; none once it is over.
    pub form: Option<(Choice, Select, [Field; 2])>,
    /// Whether the beneficiary's data may be destroyed now.
    pub forget: bool,
    /// The version to give back.
    pub version: i64,
}

/// The list for Qingming, to print.
#[derive(Debug, Template)]
#[template(path = "print/remembrance.html")]
pub struct RemembrancePrint {
    /// The frame.
    pub s: Shell,
    /// Who is remembered, opened.
    pub lines: Vec<RememberedShown>,
}
