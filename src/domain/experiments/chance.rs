//! How likely something is by chance alone.

/// The probability that a chi-square variable with one or two degrees of freedom is at least so large.
pub fn chi_square_at_least(statistic: f64, degrees: usize) -> f64 {
    match degrees {
        0 => 1.0,
        1 => erfc((statistic / 2.0).sqrt()),
        _ => (-statistic / 2.0).exp(),
    }
}

/// The probability of shares of members at least as far from those that were meant: a test of how members were divided.
/// At most three groups; those that nobody was meant for are left out.
pub fn shares_by_chance(groups: &[(u64, f64)]) -> f64 {
    let groups: Vec<_> = groups.iter().filter(|(_, share)| *share > 0.0).collect();
    let all: f64 = groups.iter().map(|(members, _)| *members as f64).sum();
    if all == 0.0 {
        return 1.0;
    }
    let off = groups.iter().map(|(members, share)| (*members as f64 - all * share).powi(2) / (all * share));
    chi_square_at_least(off.sum(), groups.len().saturating_sub(1))
}

/// The complementary error function of what is not negative, to seven digits (Numerical Recipes, 6.2).
fn erfc(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    let polynomial = COEFFICIENTS.iter().rev().fold(0.0, |sum, coefficient| sum * t + coefficient);
    t * (-x * x + polynomial).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_are_those_of_the_tables() {
        let near = |is: f64, expected: f64| assert!((is - expected).abs() < 1e-5, "{is} is not {expected}");
        near(chi_square_at_least(3.841_459, 1), 0.05);
        near(chi_square_at_least(10.827_57, 1), 0.001);
        near(chi_square_at_least(5.991_465, 2), 0.05);
        near(chi_square_at_least(13.815_51, 2), 0.001);
        near(chi_square_at_least(0.0, 1), 1.0);
    }

    #[test]
    fn shares_that_are_as_meant_are_likely_and_others_not() {
        assert!(shares_by_chance(&[(5_010, 0.5), (4_990, 0.5), (0, 0.0)]) > 0.5);
        assert!(shares_by_chance(&[(5_300, 0.5), (4_700, 0.5), (0, 0.0)]) < 0.001);
        assert!(shares_by_chance(&[(3_000, 0.4), (4_000, 0.4), (2_000, 0.2)]) < 0.001);
        assert!((shares_by_chance(&[(0, 0.5), (0, 0.5), (0, 0.0)]) - 1.0).abs() < f64::EPSILON);
    }
}
