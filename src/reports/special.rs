//! The few special functions that intervals and tests need, in double precision.

/// The 0.975 quantile of the standard normal distribution.
pub(super) const Z975: f64 = 1.959_963_984_540_054;

/// Natural logarithm of the gamma function for x > 0 (Lanczos, g = 7, nine terms; relative error about 1e-15).
pub(super) fn ln_gamma(x: f64) -> f64 {
    const G: f64 = 7.0;
    const C: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        return (std::f64::consts::PI / (std::f64::consts::PI * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let sum = C.iter().enumerate().skip(1).fold(C[0], |sum, (i, c)| sum + c / (x + i as f64));
    let t = x + G + 0.5;
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// Regularised incomplete gamma functions (P, Q) for a > 0, x ≥ 0: the series below a + 1, the continued fraction (modified Lentz) above.
pub(super) fn gamma_pq(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    let front = (a * x.ln() - x - ln_gamma(a)).exp();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        while term.abs() > sum.abs() * 1e-17 && n < a + 100_000.0 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        let p = (front * sum).clamp(0.0, 1.0);
        (p, 1.0 - p)
    } else {
        const TINY: f64 = 1e-300;
        let mut b = x + 1.0 - a;
        let mut c = 1.0 / TINY;
        let mut d = 1.0 / b;
        let mut h = d;
        for i in 1..100_000 {
            let i = f64::from(i);
            let an = -i * (i - a);
            b += 2.0;
            d = an * d + b;
            d = 1.0 / if d.abs() < TINY { TINY } else { d };
            c = b + an / c;
            c = if c.abs() < TINY { TINY } else { c };
            let step = d * c;
            h *= step;
            if (step - 1.0).abs() < 1e-16 {
                break;
            }
        }
        let q = (front * h).clamp(0.0, 1.0);
        (1.0 - q, q)
    }
}

/// The upper tail of the chi-squared distribution.
pub(super) fn chi2_tail(x: f64, df: f64) -> f64 {
    gamma_pq(df / 2.0, x / 2.0).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gamma_function_meets_known_values() {
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-14);
        assert!((ln_gamma(11.0) - 3_628_800f64.ln()).abs() < 1e-13);
    }

    #[test]
    fn the_chi_squared_tail_meets_known_values() {
        // 5 % points of the chi-squared distribution with 1, 2 and 10 degrees of freedom.
        for (x, df) in [(3.841_458_820_694_124, 1.0), (5.991_464_547_107_979, 2.0), (18.307_038_053_275_146, 10.0)] {
            assert!((chi2_tail(x, df) - 0.05).abs() < 1e-13, "{df}");
        }
        // With two degrees of freedom the tail is exp(-x/2), far out too.
        assert!((chi2_tail(100.0, 2.0) / (-50f64).exp() - 1.0).abs() < 1e-12);
    }
}
