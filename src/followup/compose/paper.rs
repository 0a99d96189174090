//! What leaves the program on paper or through the office's own hands: the address in an envelope's window, and lines for an SMS platform.

use zeroize::Zeroize;

use crate::domain::Guarded;
use crate::domain::contact::Contact;

/// What stands in the window of an envelope, and the greeting of the letter. The registrant's own data only: no relative is written to.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// The name, as the registrant is addressed.
    pub name: String,
    /// The address as written.
    pub address: String,
}

impl std::fmt::Debug for Addressee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Addressee(..)")
    }
}

impl Zeroize for Addressee {
    fn zeroize(&mut self) {
        self.name.zeroize();
        self.address.zeroize();
    }
}

/// The addressee of a contact; none without a name or an address, since a letter to nobody in particular may be opened by anybody.
pub fn addressee(contact: &Guarded<Contact>) -> Option<Guarded<Addressee>> {
    let contact = contact.reveal();
    let name = contact.salutation.as_ref()?.as_str().to_owned();
    let address = contact.address.as_ref().map(|a| a.text.trim().to_owned()).filter(|a| !a.is_empty())?;
    Some(Guarded::new(Addressee { name, address }))
}

/// One message to be handed to the office's SMS platform.
#[derive(Debug)]
pub struct HandOff<'a> {
    /// What the result is read back by: no name, no number.
    pub reference: String,
    /// Whose number.
    pub contact: &'a Guarded<Contact>,
    /// What to say; neutral, without a name.
    pub text: &'a str,
}

/// A CSV file (UTF-8, header `ref,number,text`) of the number for messages of each; who has none is left out.
pub fn hand_off_csv(lines: &[HandOff<'_>]) -> Guarded<Vec<u8>> {
    let mut out = String::from("ref,number,text\r\n");
    for line in lines {
        let contact = line.contact.reveal();
        let Some(number) = contact.message_number() else { continue };
        // Digits and a plus sign only, and texts of ours: a quote is doubled all the same.
        out.push_str(&format!("{},{},\"{}\"\r\n", line.reference, number.as_str(), line.text.replace('"', "\"\"")));
    }
    Guarded::new(out.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::Address;
    use crate::domain::name::PersonName;
    use crate::domain::phone::Phone;

    #[test]
    fn a_letter_needs_a_name_and_an_address() {
        let mut contact = Contact { salutation: PersonName::parse("赵甲一").ok(), ..Contact::default() };
        assert!(addressee(&Guarded::new(contact.clone())).is_none());
        contact.address = Some(Address { text: " 东桥街道新桥路9号 ".into(), town: None });
        let found = addressee(&Guarded::new(contact.clone())).unwrap();
        assert_eq!(found.reveal(), &Addressee { name: "赵甲一".into(), address: "东桥街道新桥路9号".into() });
        contact.salutation = None;
        assert!(addressee(&Guarded::new(contact)).is_none());
    }

    #[test]
    fn a_line_for_the_platform_holds_reference_number_and_text_and_no_name() {
        let contact = Guarded::new(Contact {
            salutation: PersonName::parse("赵甲一").ok(),
            phones: vec![Phone::parse("13812345678").unwrap()],
            ..Contact::default()
        });
        let none = Guarded::new(Contact::default());
        let line = |reference: &str, contact| HandOff { reference: reference.into(), contact, text: "请\"方便时\"回电" };
        let csv = hand_off_csv(&[line("a1", &contact), line("b2", &none)]);
        let text = String::from_utf8(csv.reveal().clone()).unwrap();
        assert_eq!(text, "ref,number,text\r\na1,13812345678,\"请\"\"方便时\"\"回电\"\r\n");
    }
}
