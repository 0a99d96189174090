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
    fn plain_text_is_what_was_meant() {
        assert_eq!(plain("'５１２００２").as_str(), "512002");
        assert_eq!(plain("\u{200b}　x@y ．z\t").as_str(), "x@y .z");
    }
}
