//! Numbers to be dialled: shown, and told apart in the form of the outcome.

use super::{Choice, Slips, mask};
use crate::app::CallNumbers;
use crate::domain::Guarded;
use crate::domain::dial::Dial;
use crate::web::form::Entries;
use crate::web::i18n::Text;

/// A number on an opened page.
#[derive(Debug)]
pub struct Line {
    /// Its place in the list; empty where there is only one.
    pub at: String,
    /// Whose it is, in words; empty where it is the registrant's own.
    pub whose: Guarded<String>,
    /// It.
    pub number: Guarded<String>,
}

/// The registrant's own numbers, and those of the people they named for it.
pub fn lines(numbers: &CallNumbers) -> (Vec<Line>, Vec<Line>) {
    let several = numbers.own.len() + numbers.named.len() > 1;
    let line = |(n, dial): (usize, &Dial)| Line {
        at: if several { (n + 1).to_string() } else { String::new() },
        whose: whose(dial),
        number: Guarded::new(dial.number.reveal().as_str().to_owned()),
    };
    let own = numbers.own.iter().enumerate().map(line).collect();
    let named = numbers.named.iter().enumerate().map(|(n, dial)| line((n + numbers.own.len(), dial))).collect();
    (own, named)
}

/// Which number was dialled: by its place and masked, sent as a token. The only one is chosen; of several none is.
pub fn choice(numbers: &CallNumbers, entries: Option<&Entries>, slips: &Slips, text: Text) -> Option<Choice> {
    let all: Vec<&Dial> = numbers.own.iter().chain(&numbers.named).collect();
    let only = match all.as_slice() {
        [] => return None,
        [one] => Some(one.token()),
        _ => None,
    };
    let option = |choice: Choice, (n, dial): (usize, &&Dial)| {
        let masked = mask::phone(dial.number.reveal());
        let label = if all.len() > 1 { text.xy("task-number-of", n + 1, masked) } else { masked };
        let choice = choice.option(dial.token(), label);
        if dial.named.is_some() { choice.small(text.t("task-number-named")) } else { choice }
    };
    let choice = all.iter().enumerate().fold(Choice::one(text, "number", "task-number").columns(2), option);
    let choice = match &only {
        Some(token) => choice.chosen(token),
        None => choice.refill(text, entries, &Slips::default()),
    };
    Some(choice.refill(text, None, slips))
}

/// Name and relation of somebody named.
fn whose(dial: &Dial) -> Guarded<String> {
    let Some(named) = &dial.named else { return Guarded::new(String::new()) };
    let name = named.name.as_ref().map(|name| name.reveal().as_str());
    let relation = named.relation.as_ref().map(|relation| relation.reveal().as_str());
    let parts: Vec<&str> = name.into_iter().chain(relation).filter(|part| !part.is_empty()).collect();
    Guarded::new(parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::{Contact, Relative, RelativeRole};
    use crate::domain::dial::{named, own};
    use crate::domain::id::SubjectId;
    use crate::domain::phone::Phone;
    use crate::web::i18n::Lang;
    use askama::Template;
    use std::collections::HashSet;

    struct Toy;

    impl crate::domain::Keyed for Toy {
        fn tag(&self, _: &str, bytes: &[u8]) -> [u8; 32] {
            let mut out = [0u8; 32];
            for (i, b) in bytes.iter().enumerate() {
                out[i % 32] = out[i % 32].wrapping_mul(31).wrapping_add(*b);
            }
            out
        }
    }

    fn numbers(phones: &[&str], relatives: &[&str]) -> CallNumbers {
        let phone = |text: &&str| Phone::parse(text).unwrap();
        let relative =
            |text: &&str| Relative { role: RelativeRole::Contact, name: None, relation: Some("母亲".into()), phones: vec![phone(text)] };
        let contact = Guarded::new(Contact {
            phones: phones.iter().map(phone).collect(),
            relatives: relatives.iter().map(relative).collect(),
            ..Contact::default()
        });
        let (contacts, free) = ([(SubjectId::fresh(), &contact)], HashSet::new());
        CallNumbers {
            decides: false,
            own: own(&contacts, &Toy, &free),
            named: named(&contacts, RelativeRole::Contact, &Toy, &free),
            ..CallNumbers::default()
        }
    }

    #[test]
    fn the_only_number_is_chosen_and_of_several_none_and_a_form_never_holds_a_number() {
        for lang in Lang::ALL {
            let text = Text(lang);
            let one = choice(&numbers(&["16000000001"], &[]), None, &Slips::default(), text).unwrap().render().unwrap();
            assert!(one.contains("checked") && !one.contains("16000000001"), "{one}");
            let several = choice(&numbers(&["16000000001", "16000000002"], &["16000000003"]), None, &Slips::default(), text);
            let several = several.unwrap().render().unwrap();
            assert!(!several.contains("checked") && several.matches("type=\"radio\"").count() == 3, "{several}");
            for number in ["16000000001", "16000000002", "16000000003"] {
                assert!(!several.contains(number), "{several}");
            }
        }
        assert!(choice(&CallNumbers::default(), None, &Slips::default(), Text(Lang::English)).is_none());
    }

    #[test]
    fn numbers_keep_their_place_over_both_lists_and_say_whose_they_are() {
        let (own, named) = lines(&numbers(&["16000000001", "16000000002"], &["16000000003"]));
        let places: Vec<&str> = own.iter().chain(&named).map(|line| line.at.as_str()).collect();
        assert_eq!(places, ["1", "2", "3"]);
        assert_eq!((own[0].whose.reveal().as_str(), named[0].whose.reveal().as_str()), ("", "母亲"));
        assert_eq!(lines(&numbers(&["16000000001"], &[])).0[0].at, "");
    }
}
