//! What a column can mean. Profiles map header words to these fields.

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $word:literal),+ $(,)?) => {
        /// The meaning of a column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Field {
            $($(#[$doc])* $name),+
        }

        impl Field {
            /// The word of a profile file.
            pub(super) const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The field a profile's word names.
            pub(super) fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

fields! {
    /// Running number in the sheet.
    Sequence = "sequence",
    /// Registration, volunteer or certificate number of the registrant in this registry.
    Number = "number",
    /// Full name.
    Name = "name",
    /// Surname in a column of its own.
    Surname = "surname",
    /// Given name in a column of its own.
    GivenName = "given-name",
    /// Earlier names.
    FormerName = "former-name",
    /// Sex.
    Sex = "sex",
    /// A column to tick for men.
    SexMale = "sex-male",
    /// A column to tick for women.
    SexFemale = "sex-female",
    /// Ethnic group.
    Ethnic = "ethnic",
    /// Document number.
    Document = "document",
    /// Kind of document.
    DocumentKind = "document-kind",
    /// Birth date.
    Birth = "birth",
    /// Birth year and month: a month is enough.
    BirthMonthOnly = "birth-year-month",
    /// Birth year in a column of its own.
    BirthYear = "birth-year",
    /// Birth month in a column of its own.
    BirthMonth = "birth-month",
    /// Birth day in a column of its own.
    BirthDay = "birth-day",
    /// Age in years.
    Age = "age",
    /// Own phones.
    Phone = "phone",
    /// Mail address.
    Mail = "mail",
    /// Address, or a part of it.
    Address = "address",
    /// Town or subdistrict.
    Town = "town",
    /// ABO group, with or without RhD.
    BloodGroup = "blood-group",
    /// RhD.
    Rh = "rh",
    /// Body weight.
    Weight = "weight",
    /// Donations so far.
    Donations = "donations",
    /// The last donation.
    LastDonation = "last-donation",
    /// The row's own date: enrolment, sampling, registration, joining.
    Date = "date",
    /// Year of the row's own date in a column of its own.
    DateYear = "date-year",
    /// Month of the row's own date.
    DateMonth = "date-month",
    /// Day of the row's own date.
    DateDay = "date-day",
    /// Education.
    Education = "education",
    /// Occupation.
    Occupation = "occupation",
    /// Employer or school.
    Employer = "employer",
    /// Sample barcode.
    Barcode = "barcode",
    /// Name of a person named by the registrant (which one: the column's role).
    PartyName = "party-name",
    /// What that person is to the registrant.
    PartyRelation = "party-relation",
    /// That person's phones.
    PartyPhone = "party-phone",
    /// Whether that person agrees.
    PartyConsent = "party-consent",
    /// Form witnesses.
    Witness = "witness",
    /// Items consented to.
    Items = "items",
    /// A column to tick for one item; its heading names the item.
    ItemTick = "item-tick",
    /// Standing in the registry.
    Status = "status",
    /// Team of a volunteer.
    Team = "team",
    /// Hours served.
    Hours = "hours",
    /// Skills of a volunteer.
    Skills = "skills",
    /// Certificate number.
    Certificate = "certificate",
    /// Last day of the certificate.
    CertificateUntil = "certificate-until",
    /// Notes.
    Note = "note",
    /// Known, and not taken in.
    Ignored = "ignored",
}

impl Field {
    /// Whether several columns may carry this field.
    pub(super) const fn repeats(self) -> bool {
        matches!(
            self,
            Self::Document
                | Self::Phone
                | Self::Mail
                | Self::Address
                | Self::Note
                | Self::Ignored
                | Self::Witness
                | Self::ItemTick
                | Self::FormerName
                | Self::Skills
                | Self::Employer
                | Self::Sequence
        )
    }

    /// Whether a filled cell shows that the row speaks of somebody. Running numbers, teams, towns, dates, statuses and notes are often
    /// filled in beforehand or by a merged cell, so a row with nothing else is an empty record.
    pub(super) const fn shows_a_person(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::Surname
                | Self::GivenName
                | Self::Document
                | Self::Birth
                | Self::BirthMonthOnly
                | Self::BirthYear
                | Self::Phone
                | Self::Mail
                | Self::Address
                | Self::Weight
                | Self::BloodGroup
                | Self::PartyName
                | Self::PartyPhone
                | Self::Barcode
        )
    }
}

/// Whose column it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Party {
    /// The registrant.
    Own,
    /// A contact person, by order from 1; 0 where the heading does not say.
    Contact(u8),
    /// An executor, by order from 1; 0 where the heading does not say.
    Executor(u8),
    /// The guardian of a volunteer under age.
    Guardian,
    /// A form witness.
    Witness,
}
