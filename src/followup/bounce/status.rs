//! Codes in the words of a server: the enhanced status (RFC 3463) and the three-digit reply (RFC 5321).

use crate::followup::mailer::Status;

/// The enhanced status that tells most in the words of a refusal. Network addresses and versions are none; of "expired" (x.4.7) and the
/// cause quoted behind it the cause is taken.
pub(super) fn enhanced(text: &str) -> Option<Status> {
    let inner = innermost(text);
    let text = if every(inner).any(|s| s.class >= 4) { inner } else { text };
    let mut all = every(text).filter(|s| s.class >= 4);
    let first = all.next()?;
    if (first.subject, first.detail) == (4, 7) { Some(all.next().unwrap_or(first)) } else { Some(first) }
}

/// The first enhanced status in a text, success included.
pub(super) fn any_status(text: &str) -> Option<Status> {
    every(text).next()
}

fn every(text: &str) -> impl Iterator<Item = Status> {
    words(text)
        .flat_map(|word| word.split(['-', ':', ';', '#']))
        .filter_map(|word| Status::parse(word.trim_matches(|c: char| !c.is_ascii_digit())))
}

/// What the refusing server said inside a gateway's own category: `5.1.0 - Unknown address error 550-'5.7.1 Access denied'`.
pub(super) fn innermost(text: &str) -> &str {
    let quoted = text.match_indices("-'").find(|(at, _)| {
        text.get(at.saturating_sub(3)..*at).is_some_and(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit()))
    });
    quoted.and_then(|(at, _)| text.get(at - 3..)).unwrap_or(text)
}

/// The first refusing reply code in a text: 4xx or 5xx standing alone, or before a dash or an enhanced status.
pub(super) fn reply(text: &str) -> Option<u16> {
    words(text).find_map(|word| {
        let word = word.trim_start_matches(|c: char| "#('\"[:".contains(c)).trim_end_matches(|c: char| ":;,.)-'\"".contains(c));
        let digits = word.split('-').next().unwrap_or_default();
        (digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))
            .then(|| digits.parse::<u16>().ok())
            .flatten()
            .filter(|c| (400..600).contains(c) && c % 100 < 80)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "<>()[],=|".contains(c)).filter(|w| w.len() <= 24)
}

/// Which of two codes tells more: the one a report gives and the one in the words of the refusing server.
///
/// The server that refused knows best. Only a code that says nothing in particular (x.0.0) yields to the report's.
pub(super) fn prefer(reported: Option<Status>, said: Option<Status>) -> Option<Status> {
    match (reported, said) {
        (Some(reported), Some(said)) if said.subject == 0 && said.detail == 0 && reported.class == said.class => Some(reported),
        (_, Some(said)) => Some(said),
        (reported, None) => reported,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_in_the_words_of_servers() {
        let both = |text| (reply(text), enhanced(text).map(|s| s.to_string()));
        assert_eq!(both("smtp; 550 5.1.1 <x@y.example>: user unknown"), (Some(550), Some("5.1.1".into())));
        assert_eq!(both("#550 5.2.3 RESOLVER.RST.RecipSizeLimit"), (Some(550), Some("5.2.3".into())));
        assert_eq!(both("452-4.2.2 The recipient's inbox is out of storage"), (Some(452), Some("4.2.2".into())));
        assert_eq!(both("host mx.example [5.1.1.9] said: 421 busy (in reply to RCPT TO)"), (Some(421), None));
        assert_eq!(both("554 4.4.7 expired <421 4.4.2 Connection timed out>"), (Some(554), Some("4.4.2".into())));
        assert_eq!(both("Out: 250 2.0.0 Ok Out: 451 4.3.0 queue file write error"), (Some(451), Some("4.3.0".into())));
        assert_eq!(both("smtp; 5.1.0 - Unknown address error 550-'5.7.1 <x@y.example>... Access denied'").1, Some("5.7.1".into()));
        assert_eq!(both("smtp; 5.3.0 - Other mail system problem 550-'Unknown user'"), (Some(550), Some("5.3.0".into())));
        assert_eq!(both("user over quota. (#5.1.1)"), (None, Some("5.1.1".into())));
        assert_eq!(both("Exim 4.96, sendmail 8.14.2, 550ms, 5500"), (None, None));
        assert_eq!(both("ERROR_CODE :550, ERROR_CODE :5.1.1"), (Some(550), Some("5.1.1".into())));
    }

    #[test]
    fn the_refusing_server_knows_best_unless_it_says_nothing_in_particular() {
        let prefer = |a, b| prefer(Status::parse(a), Status::parse(b)).map(|s| s.to_string());
        assert_eq!(prefer("5.0.0", "5.7.1"), Some("5.7.1".into()));
        assert_eq!(prefer("4.4.7", "4.4.2"), Some("4.4.2".into()));
        assert_eq!(prefer("5.1.1", "5.0.0"), Some("5.1.1".into()));
        assert_eq!(prefer("", "5.0.0"), Some("5.0.0".into()));
        assert_eq!(prefer("5.1.1", ""), Some("5.1.1".into()));
    }
}
