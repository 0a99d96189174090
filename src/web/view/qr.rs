//! QR codes (ISO/IEC 18004:2015): byte mode, error correction level M, versions 1 to 10 (213 bytes): enough for an address of ours.

use std::fmt::Write as _;

use super::chart::Svg;

/// Per version at level M: error correction codewords a block, and the blocks as (count, data codewords) in two groups (table 9).
const BLOCKS: [(usize, [(usize, usize); 2]); 10] = [
    (10, [(1, 16), (0, 0)]),
    (16, [(1, 28), (0, 0)]),
    (26, [(1, 44), (0, 0)]),
    (18, [(2, 32), (0, 0)]),
    (24, [(2, 43), (0, 0)]),
    (16, [(4, 27), (0, 0)]),
    (18, [(4, 31), (0, 0)]),
    (22, [(2, 38), (2, 39)]),
    (22, [(3, 36), (2, 37)]),
    (26, [(4, 43), (1, 44)]),
];

/// Centres of the alignment patterns per version (annex E).
const ALIGNMENT: [&[usize]; 10] =
    [&[], &[6, 18], &[6, 22], &[6, 26], &[6, 30], &[6, 34], &[6, 22, 38], &[6, 24, 42], &[6, 26, 46], &[6, 28, 50]];

/// A code: dark and light modules, row by row.
pub struct Code {
    size: usize,
    dark: Vec<bool>,
    /// Modules of patterns and format, which data leave alone.
    fixed: Vec<bool>,
}

impl Code {
    /// The code of a text; none where it is longer than 213 bytes. The mask is the one with the lowest penalty.
    pub fn of(text: &str) -> Option<Self> {
        let codes = (0..8).map(|mask| Self::masked(text, mask)).collect::<Option<Vec<_>>>()?;
        codes.into_iter().min_by_key(Self::penalty)
    }

    fn masked(text: &str, mask: u8) -> Option<Self> {
        let bytes = text.as_bytes();
        let (version, codewords) = codewords(bytes)?;
        let size = 17 + 4 * version;
        let mut code = Self { size, dark: vec![false; size * size], fixed: vec![false; size * size] };
        code.draw_patterns(version);
        code.draw_format(mask);
        code.draw_data(&codewords, mask);
        Some(code)
    }

    /// Modules along one side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether a module is dark; light outside the code.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && self.dark.get(y * self.size + x).copied().unwrap_or(false)
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        if let (true, Some(module), Some(fixed)) =
            (x < self.size, self.dark.get_mut(y * self.size + x), self.fixed.get_mut(y * self.size + x))
        {
            (*module, *fixed) = (dark, true);
        }
    }

    fn draw_patterns(&mut self, version: usize) {
        let last = self.size - 1;
        for i in 0..self.size {
            self.set(6, i, i % 2 == 0);
            self.set(i, 6, i % 2 == 0);
        }
        // Finder patterns with their light border.
        for (cx, cy) in [(3, 3), (last - 3, 3), (3, last - 3)] {
            for y in 0..9 {
                for x in 0..9 {
                    let (Some(px), Some(py)) = ((cx + x).checked_sub(4), (cy + y).checked_sub(4)) else { continue };
                    let ring = x.abs_diff(4).max(y.abs_diff(4));
                    self.set(px, py, ring != 2 && ring != 4);
                }
            }
        }
        let centres = ALIGNMENT.get(version - 1).copied().unwrap_or_default();
        let far = centres.last().copied().unwrap_or_default();
        for &cy in centres {
            for &cx in centres {
                if [(6, 6), (6, far), (far, 6)].contains(&(cx, cy)) {
                    continue;
                }
                for y in 0..5usize {
                    for x in 0..5usize {
                        self.set(cx + x - 2, cy + y - 2, x.abs_diff(2).max(y.abs_diff(2)) != 1);
                    }
                }
            }
        }
        if version >= 7 {
            let bits = bch(version as u32, 0x1f25, 12);
            for i in 0..18 {
                let dark = bits >> i & 1 == 1;
                let (a, b) = (self.size - 11 + i % 3, i / 3);
                self.set(a, b, dark);
                self.set(b, a, dark);
            }
        }
    }

    /// The format: level M (00) and the mask, twice.
    fn draw_format(&mut self, mask: u8) {
        let bits = bch(u32::from(mask), 0x537, 10) ^ 0x5412;
        let bit = |i: usize| bits >> i & 1 == 1;
        let size = self.size;
        for i in 0..6 {
            self.set(8, i, bit(i));
            self.set(5 - i, 8, bit(9 + i));
        }
        self.set(8, 7, bit(6));
        self.set(8, 8, bit(7));
        self.set(7, 8, bit(8));
        for i in 0..8 {
            self.set(size - 1 - i, 8, bit(i));
        }
        for i in 8..15 {
            self.set(8, size - 15 + i, bit(i));
        }
        self.set(8, size - 8, true);
    }

    /// Codewords in two-module columns from the right, upwards and downwards in turn, and the mask over them.
    fn draw_data(&mut self, codewords: &[u8], mask: u8) {
        let mut bits = codewords.iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1 == 1));
        let mut right = self.size - 1;
        while right >= 1 {
            if right == 6 {
                right = 5;
            }
            for step in 0..self.size {
                let upward = (right + 1) & 2 == 0;
                let y = if upward { self.size - 1 - step } else { step };
                for x in [right, right - 1] {
                    let at = y * self.size + x;
                    if self.fixed.get(at).copied().unwrap_or(true) {
                        continue;
                    }
                    let dark = bits.next().unwrap_or(false) ^ masks(mask, x, y);
                    if let Some(module) = self.dark.get_mut(at) {
                        *module = dark;
                    }
                }
            }
            right = right.saturating_sub(2);
        }
    }

    /// How hard it is to read (section 7.8.3): long runs, blocks, likenesses of a finder, and too much of one colour.
    fn penalty(&self) -> usize {
        let mut sum = 0;
        for turned in [false, true] {
            for a in 0..self.size {
                let line: Vec<bool> = (0..self.size).map(|b| if turned { self.is_dark(a, b) } else { self.is_dark(b, a) }).collect();
                sum += line.chunk_by(|p, q| p == q).map(<[bool]>::len).filter(|n| *n >= 5).map(|n| n - 2).sum::<usize>();
                let finder = [true, false, true, true, true, false, true];
                let around = |from: usize| line.get(from..from + 4).is_some_and(|part| part.iter().all(|d| !d));
                for (at, seven) in line.windows(7).enumerate() {
                    if seven == finder && (around(at + 7) || at >= 4 && around(at - 4)) {
                        sum += 40;
                    }
                }
            }
        }
        for y in 0..self.size - 1 {
            for x in 0..self.size - 1 {
                let here = self.is_dark(x, y);
                sum += 3 * usize::from([(1, 0), (0, 1), (1, 1)].iter().all(|(dx, dy)| self.is_dark(x + dx, y + dy) == here));
            }
        }
        let dark = self.dark.iter().filter(|d| **d).count() * 100 / (self.size * self.size);
        sum + dark.abs_diff(50) / 5 * 10
    }

    /// The code as a picture with its quiet zone of four modules; `label` is read out.
    pub fn svg(&self, label: &str) -> Svg {
        let side = self.size + 8;
        let mut path = String::new();
        for y in 0..self.size {
            let row: Vec<bool> = (0..self.size).map(|x| self.is_dark(x, y)).collect();
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let _ = write!(path, "M{} {}h{}v1h-{}z", x + 4, y + 4, run.len(), run.len());
                }
                x += run.len();
            }
        }
        Svg::drawn(side, label, &format!(r##"<rect width="{side}" height="{side}" fill="#fff"/><path d="{path}" fill="#000"/>"##))
    }
}

/// Whether a mask turns a module (table 10).
fn masks(mask: u8, x: usize, y: usize) -> bool {
    let zero = match mask {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    };
    zero == 0
}

/// A number with its BCH remainder behind it.
fn bch(value: u32, generator: u32, bits: u32) -> u32 {
    let degree = generator.ilog2();
    let mut rest = value << bits;
    while rest != 0 && rest.ilog2() >= degree {
        rest ^= generator << (rest.ilog2() - degree);
    }
    value << bits | rest
}

/// The version that holds the bytes, and its codewords in the order in which they are drawn.
fn codewords(bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
    let (index, (check, groups)) = BLOCKS.iter().enumerate().find(|(i, (_, groups))| {
        let room: usize = groups.iter().map(|(count, data)| count * data).sum();
        // Mode, length in 8 or 16 bits, and the bytes.
        bytes.len() + if *i + 1 < 10 { 2 } else { 3 } <= room
    })?;
    let version = index + 1;
    let room: usize = groups.iter().map(|(count, data)| count * data).sum();
    let mut bits: Vec<bool> = Vec::with_capacity(room * 8);
    let mut push = |value: usize, count: usize| bits.extend((0..count).rev().map(|i| value >> i & 1 == 1));
    push(0b0100, 4);
    push(bytes.len(), if version < 10 { 8 } else { 16 });
    for byte in bytes {
        push(usize::from(*byte), 8);
    }
    push(0, 4);
    bits.truncate(room * 8);
    let mut data: Vec<u8> = bits.chunks(8).map(|b| (0..8).fold(0, |byte, i| byte << 1 | u8::from(b.get(i) == Some(&true)))).collect();
    data.extend([0xec, 0x11].into_iter().cycle().take(room - data.len()));
    let mut rest = data.as_slice();
    let mut blocks = Vec::new();
    for (count, length) in groups {
        for _ in 0..*count {
            let (block, left) = rest.split_at_checked(*length)?;
            blocks.push((block, remainder(block, *check)));
            rest = left;
        }
    }
    let longest = blocks.iter().map(|(data, _)| data.len()).max()?;
    let mut out: Vec<u8> = (0..longest).flat_map(|i| blocks.iter().filter_map(move |(data, _)| data.get(i).copied())).collect();
    out.extend((0..*check).flat_map(|i| blocks.iter().filter_map(move |(_, check)| check.get(i).copied())));
    Some((version, out))
}

/// The Reed-Solomon check bytes of a block.
fn remainder(data: &[u8], count: usize) -> Vec<u8> {
    let mut generator = vec![0u8; count];
    if let Some(last) = generator.last_mut() {
        *last = 1;
    }
    let mut root = 1;
    for _ in 0..count {
        let shifted: Vec<u8> = generator.iter().skip(1).copied().chain([0]).collect();
        generator = generator.iter().zip(shifted).map(|(g, next)| times(*g, root) ^ next).collect();
        root = times(root, 2);
    }
    let mut rest = std::collections::VecDeque::from(vec![0u8; count]);
    for byte in data {
        let factor = byte ^ rest.pop_front().unwrap_or(0);
        rest.push_back(0);
        for (r, g) in rest.iter_mut().zip(&generator) {
            *r ^= times(*g, factor);
        }
    }
    rest.into()
}

/// A product in GF(256) modulo x^8 + x^4 + x^3 + x^2 + 1.
fn times(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0u8, |product, i| (product << 1) ^ ((product >> 7) * 0x1d) ^ ((b >> i & 1) * a))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(code: &Code) -> Vec<String> {
        (0..code.size()).map(|y| (0..code.size()).map(|x| if code.is_dark(x, y) { '1' } else { '0' }).collect()).collect()
    }

    /// Matrices written by qrcodegen 1.8 (Python): text, mask, side, and FNV-1a over the rows' digits.
    #[test]
    fn codes_are_those_of_another_encoder() {
        let long = ["x".repeat(120), "y".repeat(200)];
        let address = "https://registry.example.org/d/0123456789abcdef0123456789abcdef";
        let cases = [
            ("HELLO", 3, 21, 0x2c221cfa1279b00bu64),
            (address, 2, 37, 0x469624c102df8e75u64),
            (long[0].as_str(), 6, 45, 0x14cc0200f16a5defu64),
            (long[1].as_str(), 5, 57, 0xaf9c21de628ee95fu64),
        ];
        for (text, mask, side, digest) in cases {
            let code = Code::masked(text, mask).unwrap();
            let digits = rows(&code).concat();
            let found = digits.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
            assert_eq!((code.size(), found), (side, digest), "mask {mask}\n{}", rows(&code).join("\n"));
        }
    }

    #[test]
    fn the_smallest_code_is_drawn_module_by_module() {
        let drawn = [
            "111111101001001111111",
            "100000101111001000001",
            "101110100010101011101",
            "101110101010101011101",
            "101110100001001011101",
            "100000100001101000001",
            "111111101010101111111",
            "000000001001100000000",
            "101101110101101001011",
            "011011010111111001100",
            "100010100101000000011",
            "101100010001001111010",
            "010111111000100100101",
            "000000001111001000101",
            "111111101001100100000",
            "100000101010000111110",
            "101110100000111111011",
            "101110101011001011110",
            "101110101100101100100",
            "100000100010010110001",
            "111111101010010100000",
        ];
        assert_eq!(rows(&Code::masked("HELLO", 3).unwrap()), drawn);
    }

    #[test]
    fn what_is_too_long_has_no_code_and_the_longest_text_has_one() {
        assert!(Code::of(&"a".repeat(213)).is_some_and(|c| c.size() == 57));
        assert!(Code::of(&"a".repeat(214)).is_none());
    }
}
