//! Text of unknown or wrong charset, and text out of HTML.

use encoding_rs::GB18030;

/// Bytes as text: UTF-8, else GB18030 where that gives Chinese, else UTF-8 with replacement characters.
///
/// Providers in China send GBK without saying so, in headers and in bodies.
pub(super) fn lenient(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let (text, broken) = GB18030.decode_without_bom_handling(bytes);
    if !broken && mostly_pairs(bytes) && text.chars().filter(|c| !c.is_ascii()).all(is_chinese) {
        return text.into_owned();
    }
    String::from_utf8_lossy(bytes).into_owned()
}

/// Whether high bytes come in pairs, as those of the common Chinese characters do. A lone one before an ASCII letter is an accent of
/// another charset, though GBK would read it as a rare character.
fn mostly_pairs(bytes: &[u8]) -> bool {
    let (mut pairs, mut mixed) = (0_usize, 0_usize);
    let mut rest = bytes.iter();
    while let Some(lead) = rest.next() {
        if *lead < 0x80 {
            continue;
        }
        match rest.next() {
            Some(trail) if *trail >= 0x80 => pairs += 1,
            _ => mixed += 1,
        }
    }
    mixed * 4 <= pairs
}

/// Ideographs, and the punctuation that stands among them.
pub(super) fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' | '\u{b7}' | '\u{2010}'..='\u{2027}' | '\u{a0}')
}

/// CRLF and a lone CR as LF.
pub(super) fn unix(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (i, b) in bytes.iter().enumerate() {
        match b {
            b'\r' if bytes.get(i + 1) == Some(&b'\n') => {}
            other => out.push(*other),
        }
    }
    out
}

/// HTML as lines of text: tags are dropped, block tags end a line, the common entities are read.
pub(super) fn without_tags(html: &str) -> String {
    let lower = html.to_ascii_lowercase();
    let mut out = String::with_capacity(html.len() / 2);
    let mut at = 0;
    while let Some(open) = html.get(at..).and_then(|rest| rest.find('<')).map(|i| at + i) {
        out.push_str(html.get(at..open).unwrap_or_default());
        let close = html.get(open..).and_then(|rest| rest.find('>')).map_or(html.len(), |i| open + i);
        let tag = lower.get(open + 1..close).unwrap_or_default();
        at = (close + 1).min(html.len());
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        // `<li@far.example>` written into HTML without care is an address, not a tag.
        if tag.contains('@') && !tag.contains(char::is_whitespace) {
            out.push_str(html.get(open..at).unwrap_or_default());
        } else if ["br", "p", "div", "tr", "td", "li", "h1", "h2", "h3", "pre", "table", "blockquote"].contains(&name) {
            out.push('\n');
        } else if !tag.starts_with('/') && (name == "style" || name == "script") {
            let end = format!("</{name}");
            at = lower.get(at..).and_then(|rest| rest.find(&end)).map_or(html.len(), |i| at + i);
        }
    }
    out.push_str(html.get(at..).unwrap_or_default());
    for (entity, c) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&#64;", "@"), ("&amp;", "&")] {
        out = out.replace(entity, c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undeclared_gbk_is_read_as_chinese_and_other_bytes_are_left_alone() {
        let (gbk, _, _) = GB18030.encode("收件人不存在");
        assert_eq!(lenient(&gbk), "收件人不存在");
        assert_eq!(lenient("收件人不存在".as_bytes()), "收件人不存在");
        assert_eq!(lenient(b"caf\xe9@x"), "caf\u{fffd}@x");
    }

    #[test]
    fn html_becomes_lines_and_keeps_addresses_in_brackets() {
        let html = "<html><style>p{x}</style><p>To: <li@far.example></p>550 &lt;zhao@far.example&gt;<br>user unknown<script>x</script> &amp; so on";
        let text = without_tags(html);
        assert!(
            text.contains("<li@far.example>") && text.contains("<zhao@far.example>") && text.contains("\nuser unknown & so on"),
            "{text}"
        );
        assert!(!text.contains("{x}"));
    }

    #[test]
    fn many_unclosed_tags_take_no_long_time() {
        let start = std::time::Instant::now();
        assert!(without_tags(&"<style></style>".repeat(400_000)).is_empty());
        let _ = without_tags(&"<".repeat(2_000_000));
        assert!(start.elapsed().as_secs() < 20);
    }
}
