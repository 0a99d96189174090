//! Likeness of short texts, as slices of code units.

/// Whether at most `most` insertions, deletions, substitutions or exchanges of neighbours (optimal string alignment)
/// turn the one into the other; the number of them.
pub(super) fn slips(a: &[u16], b: &[u16], most: usize) -> Option<usize> {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(prefix..).unwrap_or_default(), b.get(prefix..).unwrap_or_default());
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.get(..a.len() - suffix).unwrap_or_default(), b.get(..b.len() - suffix).unwrap_or_default());
    let (a, b) = if a.len() > b.len() { (b, a) } else { (a, b) };
    if b.len() - a.len() > most {
        return None;
    }
    if a.is_empty() {
        return Some(b.len());
    }
    if let ([x1, x2], [y1, y2]) = (a, b)
        && x1 == y2
        && x2 == y1
    {
        return Some(1);
    }
    if most == 1 {
        return (a.len() == 1 && b.len() == 1).then_some(1);
    }
    if b.len() > WIDE {
        return None;
    }
    // Only cells within `most` of the diagonal can hold few enough slips.
    let far = most + 1;
    let mut before = [u8::MAX; WIDE + 1];
    let mut last = [u8::MAX; WIDE + 1];
    let mut row = [u8::MAX; WIDE + 1];
    let small = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    for (j, cell) in last.iter_mut().enumerate().take(far + 1) {
        *cell = small(j);
    }
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(most);
        let to = (i + far).min(b.len());
        row[from] = if from == 0 { small(i + 1) } else { u8::MAX };
        let mut least = row[from];
        for j in from..to {
            let y = b[j];
            let mut best = last[j].saturating_add(u8::from(*x != y)).min(last[j + 1].saturating_add(1)).min(row[j].saturating_add(1));
            if i > 0 && j > 0 && a[i - 1] == y && b[j - 1] == *x {
                best = best.min(before[j - 1].saturating_add(1));
            }
            row[j + 1] = best;
            least = least.min(best);
        }
        if to < b.len() {
            row[to + 1] = u8::MAX;
        }
        if usize::from(least) > most {
            return None;
        }
        before = last;
        last = row;
    }
    let found = usize::from(last[b.len()]);
    (found <= most).then_some(found)
}

/// The longest text whose slips are counted beyond the first.
const WIDE: usize = 40;

/// Jaro-Winkler similarity (prefix weight 0.1, at most four signs); texts beyond 64 signs are compared by their first 64.
pub(super) fn jaro_winkler(a: &[u16], b: &[u16]) -> f32 {
    let (a, b) = (a.get(..64).unwrap_or(a), b.get(..64).unwrap_or(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut used_a, mut used_b) = (0u64, 0u64);
    let mut matches = 0u16;
    for (i, x) in a.iter().enumerate() {
        let from = i.saturating_sub(window);
        let to = (i + window + 1).min(b.len());
        for (j, y) in b.iter().enumerate().take(to).skip(from) {
            if used_b >> j & 1 == 0 && x == y {
                used_a |= 1 << i;
                used_b |= 1 << j;
                matches += 1;
                break;
            }
        }
    }
    if matches == 0 {
        return 0.0;
    }
    let ones = |bits: u64, s: &[u16]| -> [u16; 64] {
        let mut out = [0; 64];
        let taken = s.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, c)| *c);
        for (to, c) in out.iter_mut().zip(taken) {
            *to = c;
        }
        out
    };
    let (xs, ys) = (ones(used_a, a), ones(used_b, b));
    let turned = xs.iter().zip(&ys).take(usize::from(matches)).filter(|(x, y)| x != y).count();
    let m = f32::from(matches);
    let length = |s: &[u16]| f32::from(u16::try_from(s.len()).unwrap_or(64));
    let t = f32::from(u16::try_from(turned / 2).unwrap_or(0));
    let jaro = (m / length(a) + m / length(b) + (m - t) / m) / 3.0;
    let prefix = a.iter().zip(b).take(4).take_while(|(x, y)| x == y).count();
    let p = f32::from(u16::try_from(prefix).unwrap_or(0));
    jaro + p * 0.1 * (1.0 - jaro)
}

/// Dice coefficient of the sets of neighbouring pairs of signs.
pub(super) fn dice(a: &[u16], b: &[u16]) -> f32 {
    let pairs = |s: &[u16]| {
        let mut v: Vec<u32> = s.windows(2).map(|w| w.iter().fold(0u32, |n, c| n << 16 | u32::from(*c))).collect();
        v.sort_unstable();
        v.dedup();
        v
    };
    let (x, y) = (pairs(a), pairs(b));
    if x.is_empty() || y.is_empty() {
        return 0.0;
    }
    let common = x.iter().filter(|p| y.binary_search(p).is_ok()).count();
    let f = |n: usize| f32::from(u16::try_from(n).unwrap_or(u16::MAX));
    2.0 * f(common) / (f(x.len()) + f(y.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(s: &str) -> Vec<u16> {
        s.encode_utf16().collect()
    }

    #[test]
    fn slips_agree_with_the_known_algorithm() {
        let words = [
            "martha",
            "marhta",
            "marth",
            "smith",
            "smyth",
            "smithe",
            "ca",
            "abc",
            "",
            "jonathan",
            "johnathan",
            "ab",
            "ba",
            "acb",
            "dixon",
            "dicksonx",
        ];
        for a in words {
            for b in words {
                let known = strsim::osa_distance(a, b);
                for most in 1..=3 {
                    assert_eq!(slips(&units(a), &units(b), most), (known <= most).then_some(known), "{a} {b} {most}");
                }
            }
        }
    }

    #[test]
    fn jaro_winkler_agrees_with_the_known_algorithm() {
        for (a, b) in
            [("martha", "marhta"), ("dixon", "dicksonx"), ("jellyfish", "smellyfish"), ("a", "b"), ("aa", "aa"), ("dwayne", "duane")]
        {
            let known = strsim::jaro_winkler(a, b);
            let ours = f64::from(jaro_winkler(&units(a), &units(b)));
            assert!((known - ours).abs() < 1e-5, "{a} {b}: {known} {ours}");
        }
    }

    #[test]
    fn dice_is_one_for_the_same_and_none_for_nothing_in_common() {
        assert!((dice(&units("night"), &units("night")) - 1.0).abs() < 1e-6);
        assert!(dice(&units("night"), &units("xyz")).abs() < 1e-6);
    }
}
