//! How many people an experiment needs to detect a difference of two shares.

/// 97.5th percentile of the normal distribution: a two-sided test at five percent.
const Z_ALPHA: f64 = 1.959_963_984_540_054;
/// 80th percentile: four times in five a difference that is there is found.
const Z_POWER: f64 = 0.841_621_233_572_914;

/// People needed in each arm to find a difference between the shares `usual` and `usual + effect` (Fleiss 1981, without continuity correction).
/// Infinite where there is no difference to find.
pub fn needed(usual: f64, effect: f64) -> f64 {
    let (p, q) = (usual, usual + effect);
    let mean = (p + q) / 2.0;
    let spread = Z_ALPHA * (2.0 * mean * (1.0 - mean)).sqrt() + Z_POWER * (p * (1.0 - p) + q * (1.0 - q)).sqrt();
    if effect == 0.0 { f64::INFINITY } else { (spread / effect).powi(2).ceil() }
}

/// The smallest difference upwards that `each` people an arm can detect, to a thousandth; none where even the largest possible one cannot be.
pub fn detectable(usual: f64, each: u64) -> Option<f64> {
    let each = each as f64;
    (1..1_000).map(|thousandth| f64::from(thousandth) / 1_000.0).take_while(|d| usual + d < 1.0).find(|d| needed(usual, *d) <= each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_that_of_the_published_formula() {
        // Fleiss, Levin, Paik: Statistical Methods for Rates and Proportions, the uncorrected formula; R: power.prop.test(p1=, p2=, power=.8).
        for (usual, effect, each) in [(0.5, 0.1, 388.0), (0.3, 0.1, 356.0), (0.14, 0.05, 864.0), (0.6, -0.1, 388.0)] {
            let found = needed(usual, effect);
            assert!((found - each).abs() <= 1.0, "{usual} {effect}: {found}, not {each}");
        }
        assert_eq!(needed(0.5, 0.0), f64::INFINITY);
    }

    #[test]
    fn what_is_detectable_with_a_size_needs_no_more_than_it() {
        for (usual, each) in [(0.3, 100), (0.14, 500), (0.5, 25), (0.9, 200)] {
            let Some(effect) = detectable(usual, each) else { panic!("{usual} {each}") };
            assert!(needed(usual, effect) <= each as f64 && needed(usual, effect - 0.001) > each as f64, "{usual} {each}: {effect}");
        }
        assert_eq!(detectable(0.95, 3), None);
    }
}
