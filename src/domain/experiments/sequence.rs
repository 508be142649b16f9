//! Confidence sequences: intervals that hold at every look together, so that whoever looks every day is misled no oftener than
//! whoever looks once.
//!
//! The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas ("Time-uniform central limit theory and
//! asymptotic confidence sequences", 2021): for a mean of n observations with standard deviation σ,
//! `σ · √( 2 (nρ² + 1) / (n²ρ²) · ln( √(nρ² + 1) / α ) )`, whatever ρ is, as long as it is fixed beforehand. Here `nρ²` is the
//! information so far as a multiple of what ρ is made for: a member's payments add up from day to day, so information grows with
//! the variance of their sums as well as with members.

/// How far an estimate with such a variance may be off. `information`: nρ².
pub fn radius(variance: f64, information: f64, alpha: f64) -> f64 {
    (variance * (1.0 + 1.0 / information) * ((information + 1.0) / (alpha * alpha)).ln()).sqrt()
}

/// The nρ² at which the interval is narrowest against one for a single look.
pub fn best_information(alpha: f64) -> f64 {
    let twice = -2.0 * alpha.ln();
    twice + twice.ln() + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_boundary_of_the_paper() {
        let (sd, n, rho, alpha) = (3.0_f64, 500.0_f64, 0.13_f64, 0.05_f64);
        let r = n * rho * rho;
        let paper = sd * (2.0 * (r + 1.0) / (n * n * rho * rho) * ((r + 1.0).sqrt() / alpha).ln()).sqrt();
        assert!((radius(sd * sd / n, r, alpha) - paper).abs() < 1e-12);
    }

    #[test]
    fn it_is_wider_than_an_interval_for_one_look_and_narrowest_where_it_is_made_for() {
        let best = best_information(0.05);
        let at = |information| radius(1.0, information, 0.05);
        assert!(at(best) > 1.96 && at(best) < 3.1, "{}", at(best));
        assert!(at(best) <= at(best / 2.0) && at(best) <= at(best * 2.0));
    }

    /// Numbers that look random and are the same each time.
    struct Dice(u64);

    impl Dice {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 40) as f64 / (1_u64 << 24) as f64
        }
    }

    /// Two groups alike, looked at each day: how often of 1,000 an interval for one look, and a confidence sequence, ever say that
    /// they differ. What a member pays on a day is skewed, and most days it is nothing.
    fn misled(alpha: f64) -> (u32, u32) {
        const MEMBERS: usize = 50;
        const DAYS: usize = 60;
        let mut dice = Dice(11);
        let (mut fixed, mut sequence) = (0, 0);
        // in advance: what a day's payment varies by, for as many days
        let planned = DAYS as f64 * (0.2 / 3.0 - 0.01);
        for _ in 0..1_000 {
            let mut paid = [[0.0_f64; MEMBERS]; 2];
            let (mut by_fixed, mut by_sequence) = (false, false);
            for _ in 0..DAYS {
                for member in paid.iter_mut().flatten() {
                    let (pays, amount) = (dice.next(), dice.next());
                    *member += if pays < 0.2 { amount } else { 0.0 };
                }
                let moments = paid.map(|group| {
                    let mean = group.iter().sum::<f64>() / MEMBERS as f64;
                    let variance = group.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (MEMBERS - 1) as f64;
                    (mean, variance)
                });
                let difference = (moments[0].0 - moments[1].0).abs();
                let variance = (moments[0].1 + moments[1].1) / MEMBERS as f64;
                let information = best_information(alpha) * variance * MEMBERS as f64 / 2.0 / planned;
                by_fixed |= difference > 1.96 * variance.sqrt();
                by_sequence |= difference > radius(variance, information, alpha);
            }
            fixed += u32::from(by_fixed);
            sequence += u32::from(by_sequence);
        }
        (fixed, sequence)
    }

    #[test]
    fn looking_each_day_misleads_no_oftener_than_is_said_and_an_interval_for_one_look_far_oftener() {
        let (fixed, sequence) = misled(0.05);
        assert!(sequence <= 50, "{sequence} of 1000");
        assert!(fixed > 150, "{fixed} of 1000");
    }
}
