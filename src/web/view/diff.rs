//! Two values side by side with the differing characters marked.

use std::fmt;

use askama::filters::HtmlSafe;

/// A text in pieces, those that differ from the other side marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked(Vec<(bool, String)>);

impl HtmlSafe for Marked {}

impl Marked {
    /// A text without marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![(false, text.into())])
    }
}

impl fmt::Display for Marked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (marked, piece) in &self.0 {
            let piece = super::escape::Escaped(piece);
            if *marked { write!(f, "<mark>{piece}</mark>")? } else { write!(f, "{piece}")? }
        }
        Ok(())
    }
}

/// Marks what is not in the longest common subsequence of both; texts beyond 200 characters are marked whole.
pub fn marked(left: &str, right: &str) -> (Marked, Marked) {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if a.len() > 200 || b.len() > 200 {
        let differs = left != right;
        return (Marked(vec![(differs, left.to_owned())]), Marked(vec![(differs, right.to_owned())]));
    }
    let width = b.len() + 1;
    let mut best = vec![0u16; (a.len() + 1) * width];
    let cell = |best: &[u16], i: usize, j: usize| best.get(i * width + j).copied().unwrap_or(0);
    for (i, x) in a.iter().enumerate().rev() {
        for (j, y) in b.iter().enumerate().rev() {
            let value = if x == y { cell(&best, i + 1, j + 1) + 1 } else { cell(&best, i + 1, j).max(cell(&best, i, j + 1)) };
            if let Some(slot) = best.get_mut(i * width + j) {
                *slot = value;
            }
        }
    }
    let (mut i, mut j) = (0, 0);
    let (mut left, mut right) = (Marked::default(), Marked::default());
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        if x == y {
            push(&mut left, false, *x);
            push(&mut right, false, *y);
            i += 1;
            j += 1;
        } else if cell(&best, i + 1, j) >= cell(&best, i, j + 1) {
            push(&mut left, true, *x);
            i += 1;
        } else {
            push(&mut right, true, *y);
            j += 1;
        }
    }
    a.iter().skip(i).for_each(|c| push(&mut left, true, *c));
    b.iter().skip(j).for_each(|c| push(&mut right, true, *c));
    (left, right)
}

fn push(to: &mut Marked, marked: bool, c: char) {
    match to.0.last_mut() {
        Some((m, piece)) if *m == marked => piece.push(c),
        _ => to.0.push((marked, c.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_differing_characters_are_marked() {
        let (left, right) = marked("陈癸莲", "陳癸蓮");
        assert_eq!(left.to_string(), "<mark>陈</mark>癸<mark>莲</mark>");
        assert_eq!(right.to_string(), "<mark>陳</mark>癸<mark>蓮</mark>");
    }

    #[test]
    fn equal_texts_have_no_mark_and_hostile_ones_are_escaped() {
        let (left, right) = marked("<i>a", "<i>b");
        assert_eq!(left.to_string(), "&#60;i&#62;<mark>a</mark>");
        assert_eq!(right.to_string(), "&#60;i&#62;<mark>b</mark>");
        assert_eq!(marked("同", "同").0, Marked::plain("同"));
    }
}
