//! 救助 and 缅怀: humanitarian aid to a donor's family or to a recipient, and the remembrance a family wishes. Both wait for the family's decision.
//!
//! The plan asks for aid to both sides (为捐受双方提供必要的人道救助). No case of one side names the other, and nobody's name is remembered without the
//! separate consent of the family (PIPL 25, 49), which they may take back at any time.

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use super::Guarded;
use super::guarded::opaque_debug;
use super::outside::{NotNow, words};

/// What a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CareKind {
    /// Aid to a donor's family.
    DonorFamily,
    /// Aid to a recipient.
    Recipient,
    /// 缅怀: a family's wish to have the donor remembered.
    Remembrance,
    /// 家属回访: a family's agreement to be called after a donation.
    FamilyContact,
}

words!(CareKind: DonorFamily = "donor-family", Recipient = "recipient", Remembrance = "remembrance", FamilyContact = "family-contact");

/// Where an aid case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AidPhase {
    /// 申请
    Asked,
    /// 已报省红十字会
    Submitted,
    /// 同意
    Granted,
    /// 未同意
    Refused,
    /// 已发放
    Paid,
}

words!(AidPhase: Asked = "asked", Submitted = "submitted", Granted = "granted", Refused = "refused", Paid = "paid");

/// What is noted of an aid case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AidAct {
    /// Handed to the province.
    Submitted,
    /// Granted, by the province or from the branch's own means.
    Granted,
    /// Refused.
    Refused,
    /// Paid out.
    Paid,
}

words!(AidAct: Submitted = "submitted", Granted = "granted", Refused = "refused", Paid = "paid");

impl AidPhase {
    /// Whether nothing more can happen.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Refused | Self::Paid)
    }

    /// What may be noted now.
    pub fn acts(self) -> Vec<AidAct> {
        AidAct::ALL.iter().copied().filter(|act| self.after(*act).is_ok()).collect()
    }

    /// Where a case stands after an act.
    ///
    /// # Errors
    /// [`NotNow`] with the reason.
    pub const fn after(self, act: AidAct) -> Result<Self, NotNow> {
        match (self, act) {
            (Self::Refused | Self::Paid, _) => Err(NotNow { key: "aid-over" }),
            (Self::Asked, AidAct::Submitted) => Ok(Self::Submitted),
            (Self::Asked | Self::Submitted, AidAct::Granted) => Ok(Self::Granted),
            (Self::Asked | Self::Submitted, AidAct::Refused) => Ok(Self::Refused),
            (Self::Granted, AidAct::Paid) => Ok(Self::Paid),
            (Self::Asked | Self::Submitted, AidAct::Paid) => Err(NotNow { key: "aid-grant-first" }),
            (Self::Submitted, AidAct::Submitted) => Err(NotNow { key: "aid-submitted-already" }),
            (Self::Granted, _) => Err(NotNow { key: "aid-granted-already" }),
        }
    }
}

/// Where the money comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fund {
    /// 省红十字会救助基金
    Province,
    /// The branch's own means.
    Branch,
    /// A donation made for it.
    Donation,
    /// Other.
    Other,
}

words!(Fund: Province = "province", Branch = "branch", Donation = "donation", Other = "other");

/// An amount of money in cents of a yuan (分).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub i64);

impl Cents {
    /// The largest amount taken in, a million yuan: more is a slip of the pen.
    const MOST: i64 = 100_000_000;

    /// Reads an amount in yuan with at most two decimals: `5000`, `5,000.50`. None where it is none, or nothing at all.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: String = super::written::plain(text).chars().filter(|c| !matches!(c, ',' | ' ')).collect();
        let (yuan, cents) = plain.split_once('.').unwrap_or((plain.as_str(), "0"));
        let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if !digits(yuan, 9) || !digits(cents, 2) {
            return None;
        }
        let cents: i64 = if cents.len() == 1 { cents.parse::<i64>().ok()? * 10 } else { cents.parse().ok()? };
        let all = yuan.parse::<i64>().ok()? * 100 + cents;
        (1..=Self::MOST).contains(&all).then_some(Self(all))
    }
}

impl std::fmt::Display for Cents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

/// Whom aid is for. Sealed under keys of the case alone.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Beneficiary {
    /// Name.
    pub name: String,
    /// What they are: to the donor, or the recipient themselves.
    pub relation: String,
    /// How they are reached.
    pub contact: String,
}

/// How a donor is remembered. Sealed under keys of the case alone.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Remembered {
    /// The name as the family wishes it; none: without a name.
    pub name: Option<String>,
    /// Who of the family said so, and is invited.
    pub family: Beneficiary,
}

impl Zeroize for Beneficiary {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.relation.zeroize();
        self.contact.zeroize();
    }
}

impl Zeroize for Remembered {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.family.zeroize();
    }
}

opaque_debug!(Beneficiary, Remembered);

/// Characters of each field at most.
const LONGEST: usize = 120;

impl Beneficiary {
    /// Of what was typed.
    ///
    /// # Errors
    /// The field that is empty or too long.
    pub fn of(name: &Guarded<String>, relation: &Guarded<String>, contact: &Guarded<String>) -> Result<Guarded<Self>, &'static str> {
        for (field, typed) in [("name", name), ("relation", relation), ("contact", contact)] {
            if !super::written::is_text(typed, LONGEST) {
                return Err(field);
            }
        }
        let kept = |typed: &Guarded<String>| typed.reveal().trim().to_owned();
        Ok(Guarded::new(Self { name: kept(name), relation: kept(relation), contact: kept(contact) }))
    }
}

impl Remembered {
    /// Of what was typed; without a name where the family wishes none.
    ///
    /// # Errors
    /// The field that is too long.
    pub fn of(name: Option<&Guarded<String>>, family: &Guarded<Beneficiary>) -> Result<Guarded<Self>, &'static str> {
        if name.is_some_and(|typed| !super::written::is_text(typed, LONGEST)) {
            return Err("shown");
        }
        let name = name.map(|typed| typed.reveal().trim().to_owned());
        Ok(Guarded::new(Self { name, family: family.reveal().clone() }))
    }
}

/// How a family's wish was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Told {
    /// In writing, signed.
    Signed,
    /// In person.
    InPerson,
    /// By telephone.
    Phone,
}

words!(Told: Signed = "signed", InPerson = "in-person", Phone = "phone");

/// Where a remembrance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RememberPhase {
    /// The family wishes it.
    Wished,
    /// The family has taken it back; nothing of them is kept.
    Revoked,
}

words!(RememberPhase: Wished = "wished", Revoked = "revoked");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aid_is_granted_before_it_is_paid_and_decided_once() {
        use AidAct as A;
        assert_eq!(AidPhase::Asked.after(A::Paid), Err(NotNow { key: "aid-grant-first" }));
        let submitted = AidPhase::Asked.after(A::Submitted).unwrap();
        assert_eq!(submitted.after(A::Submitted), Err(NotNow { key: "aid-submitted-already" }));
        assert_eq!(AidPhase::Asked.after(A::Granted), Ok(AidPhase::Granted), "from the branch's own means");
        let granted = submitted.after(A::Granted).unwrap();
        assert_eq!(granted.acts(), [A::Paid]);
        assert_eq!(granted.after(A::Refused), Err(NotNow { key: "aid-granted-already" }));
        for act in A::ALL {
            assert!(AidPhase::Paid.after(*act).is_err() && AidPhase::Refused.after(*act).is_err());
        }
    }

    #[test]
    fn an_amount_is_read_in_yuan_and_kept_in_cents() {
        for (typed, cents) in
            [("5000", 500_000), ("5,000.5", 500_050), (" ５０００．０１ ", 500_001), ("0.01", 1), ("1000000", 100_000_000)]
        {
            assert_eq!(Cents::parse(typed), Some(Cents(cents)), "{typed}");
        }
        for typed in ["", "0", "-5", "5.001", "5.", ".5", "1000000.01", "five", "1e3", "99999999999"] {
            assert_eq!(Cents::parse(typed), None, "{typed}");
        }
        assert_eq!(Cents(500_001).to_string(), "5000.01");
    }

    #[test]
    fn what_is_left_out_is_named() {
        let g = |text: &str| Guarded::new(text.to_owned());
        assert_eq!(Beneficiary::of(&g(" "), &g("女儿"), &g("1")).err(), Some("name"));
        assert_eq!(Beneficiary::of(&g("卫"), &g("女儿"), &g("")).err(), Some("contact"));
        let family = Beneficiary::of(&g("卫样一"), &g("女儿"), &g("16000000418")).unwrap();
        assert_eq!(Remembered::of(None, &family).unwrap().reveal().name, None);
        assert_eq!(Remembered::of(Some(&g(&"长".repeat(121))), &family).err(), Some("shown"));
    }
}
