//! What a browser puts on paper: a PDF, read as far as it tells how many sheets there are, whether its letters travel with it and which they are.

use std::collections::HashSet;
use std::io::Read;

use flate2::read::ZlibDecoder;
use unicode_normalization::UnicodeNormalization as _;

/// A printed page or more.
pub struct Paper {
    bytes: Vec<u8>,
    /// Every character that a glyph was drawn for.
    drawn: HashSet<char>,
}

impl Paper {
    /// Reads a PDF.
    pub fn read(bytes: Vec<u8>) -> Self {
        assert!(bytes.starts_with(b"%PDF-"), "a PDF begins so");
        let mut drawn = HashSet::new();
        for stream in streams(&bytes) {
            let mut text = Vec::new();
            if ZlibDecoder::new(stream).read_to_end(&mut text).is_ok() {
                told(&String::from_utf8_lossy(&text), &mut drawn);
            }
        }
        Self { bytes, drawn }
    }

    /// Sheets of paper.
    pub fn sheets(&self) -> usize {
        self.count("/Type /Page\n") + self.count("/Type /Page ") + self.count("/Type /Page/")
    }

    /// Whether every font used travels with the paper, so that it is printed anywhere as it is here: drawn glyph by glyph (Type 3), or with its
    /// program beside it.
    pub fn brings_its_letters(&self) -> bool {
        let drawn = self.count("/Subtype /Type3");
        let named: usize = ["/Subtype /CIDFontType", "/Subtype /TrueType", "/Subtype /Type1"].iter().map(|kind| self.count(kind)).sum();
        drawn + named > 0 && self.count("/FontFile") >= named
    }

    /// Characters of a text that are letters or digits and for which no glyph was drawn: boxes on paper.
    pub fn lacks(&self, text: &str) -> Vec<char> {
        let mut lacking: Vec<char> = text.nfkc().filter(|c| c.is_alphanumeric() && !self.drawn.contains(c)).collect();
        lacking.sort_unstable();
        lacking.dedup();
        lacking
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn count(&self, word: &str) -> usize {
        self.bytes.windows(word.len()).filter(|part| *part == word.as_bytes()).count()
    }
}

/// What stands between each `stream` and its `endstream`.
fn streams(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let find = |from: usize, word: &[u8]| bytes.get(from..)?.windows(word.len()).position(|part| part == word).map(|at| from + at);
    let mut from = 0;
    std::iter::from_fn(move || {
        let begin = find(from, b"stream\n")? + b"stream\n".len();
        let end = find(begin, b"endstream")?;
        from = end + b"endstream".len();
        bytes.get(begin..end)
    })
}

/// Radicals that are drawn by the glyph of a character of their own and that a map may name in its place (Unicode, EquivalentUnifiedIdeograph).
const RADICALS: [(char, char); 27] = [
    ('\u{2e9f}', '母'),
    ('\u{2ea0}', '民'),
    ('\u{2ec1}', '虎'),
    ('\u{2ec4}', '西'),
    ('\u{2ec5}', '见'),
    ('\u{2ec6}', '角'),
    ('\u{2ec9}', '贝'),
    ('\u{2ecb}', '车'),
    ('\u{2ed3}', '长'),
    ('\u{2ed4}', '门'),
    ('\u{2ed8}', '青'),
    ('\u{2ed9}', '韦'),
    ('\u{2eda}', '页'),
    ('\u{2edb}', '风'),
    ('\u{2edc}', '飞'),
    ('\u{2edd}', '食'),
    ('\u{2ee2}', '马'),
    ('\u{2ee3}', '骨'),
    ('\u{2ee4}', '鬼'),
    ('\u{2ee5}', '鱼'),
    ('\u{2ee6}', '鸟'),
    ('\u{2ee8}', '麦'),
    ('\u{2ee9}', '黄'),
    ('\u{2eec}', '齐'),
    ('\u{2eee}', '齿'),
    ('\u{2ef0}', '龙'),
    ('\u{2ef3}', '龟'),
];

/// The character a glyph stands for.
fn unified(c: char) -> char {
    RADICALS.iter().find(|(radical, _)| *radical == c).map_or(c, |(_, unified)| *unified)
}

/// The characters that a map from glyphs to Unicode names (PDF 32000-1, 9.10.3). A character may be written as its compatible form.
fn told(map: &str, drawn: &mut HashSet<char>) {
    if !map.contains("begincmap") {
        return;
    }
    let mut ranges = None;
    for line in map.lines() {
        match line.trim() {
            line if line.ends_with("beginbfchar") => ranges = Some(false),
            line if line.ends_with("beginbfrange") => ranges = Some(true),
            line if line.starts_with("endbf") => ranges = None,
            line => {
                let codes: Vec<Vec<u16>> = line.split(['<', '>']).skip(1).step_by(2).filter_map(units).collect();
                let (first, length) = match (ranges, codes.as_slice()) {
                    (Some(false), [_, to]) => (to, 1),
                    (Some(true), [from, to, first]) => {
                        let end = |code: &[u16]| code.last().copied().unwrap_or_default();
                        (first, end(to) - end(from) + 1)
                    }
                    _ => continue,
                };
                for step in 0..length {
                    let mut text = first.clone();
                    if let Some(last) = text.last_mut() {
                        *last += step;
                    }
                    drawn.extend(String::from_utf16_lossy(&text).nfkc().map(unified));
                }
            }
        }
    }
}

fn units(digits: &str) -> Option<Vec<u16>> {
    let unit = |part: &[u8]| u16::from_str_radix(std::str::from_utf8(part).ok()?, 16).ok();
    digits.as_bytes().chunks(4).map(unit).collect()
}
