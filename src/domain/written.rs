//! What people type, before it is read: characters that nobody sees, and full-width forms.

use zeroize::Zeroizing;

/// Zero-width characters, direction marks, soft hyphens and variation selectors.
pub fn is_invisible(c: char) -> bool {
    is_direction_mark(c)
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{fff9}'..='\u{fffb}')
}

/// Marks that turn the direction of writing: they can make a text look like another.
pub fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether nobody sees this character in a cell: white space, control and invisible characters, fillers, the spreadsheet's apostrophe.
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_invisible(c) || matches!(c, '\'' | '\u{3164}' | '\u{2800}')
}

/// A full-width letter, digit or mark in its ASCII form; every space as a space, every dash as a hyphen.
pub fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\u{202f}' | '\u{205f}' => ' ',
        '−' | '–' | '—' | '‐' | '‑' | '‒' | '―' | '﹣' => '-',
        _ => c,
    }
}

/// The text in ASCII forms without what nobody sees, trimmed, without the apostrophe that makes a spreadsheet keep text; line breaks stay.
pub fn plain(text: &str) -> Zeroizing<String> {
    let kept: Zeroizing<String> = Zeroizing::new(
        text.chars().filter(|c| !is_invisible(*c) && (!c.is_control() || matches!(c, '\n' | '\r' | '\t'))).map(narrow).collect(),
    );
    let trimmed = kept.trim().trim_start_matches(['\'', '`', '‘', '’']).trim_end_matches(['\'', '‘', '’']).trim();
    Zeroizing::new(trimmed.to_owned())
}

/// A text of one line and at most so many characters, without spaces around it.
pub fn one_line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    (text.chars().count() <= most && !text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// Most digits of a text that stands in clear: a year or a day, never a telephone or a document.
const DIGITS: usize = 4;

/// Whether a text may stand in clear, as the name of a post, a team or an occasion: something, and no telephone, mail address or document number.
pub fn names_nobody(text: &str) -> bool {
    !text.is_empty() && !text.contains(['@', '＠']) && text.chars().filter(|c| c.is_numeric()).count() <= DIGITS
}

/// Whether a typed text says something and is not longer than `most` characters. For notes and evidence.
pub fn is_text(typed: &super::Guarded<String>, most: usize) -> bool {
    let text = typed.reveal();
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    text.chars().any(|c| !is_blank(c)) && text.chars().count() <= most && !text.chars().any(control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_clear_is_never_a_number_or_an_address() {
        for post in ["红十字专干", "社会事务办公室", "Secretary of the unit, room 302"] {
            assert!(names_nobody(post), "{post}");
        }
        for other in ["", "138 0000 0000", "专干 １３８００００００００", "028-8888", "a@b.example", "５１２００２"] {
            assert!(!names_nobody(other), "{other}");
        }
        assert_eq!(one_line(" a ", 1).as_deref(), Some("a"));
        assert!(one_line("ab", 1).is_none() && one_line("a\nb", 9).is_none());
    }

    #[test]
    fn plain_text_is_what_was_meant() {
        assert_eq!(plain("'５１２００２").as_str(), "512002");
        assert_eq!(plain("\u{200b}　x@y ．z\t").as_str(), "x@y .z");
    }
}
