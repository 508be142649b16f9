//! Whole numbers in proportion to others, with a sum that is given: by the largest remainders.

/// As many of `to` for each as it has of all `counts`; nothing where there are no counts.
pub fn apportion(counts: &[u64], to: u64) -> Vec<u64> {
    let sum: u128 = counts.iter().copied().map(u128::from).sum();
    if sum == 0 {
        return vec![0; counts.len()];
    }
    let share = |count: &u64| u128::from(*count) * u128::from(to);
    let mut given: Vec<u64> = counts.iter().map(|count| u64::try_from(share(count) / sum).unwrap_or(u64::MAX)).collect();
    let left = to - given.iter().sum::<u64>();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(share(&counts[*at]) % sum));
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        given[at] += 1;
    }
    given
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_adds_up_and_is_never_more_than_one_off_its_share() {
        assert_eq!(apportion(&[1, 1, 1], 10), [4, 3, 3]);
        assert_eq!(apportion(&[0, 3, 1], 2), [0, 2, 0]);
        assert_eq!(apportion(&[5, 0], 0), [0, 0]);
        assert_eq!(apportion(&[0, 0], 7), [0, 0]);
        assert_eq!(apportion(&[], 7), Vec::<u64>::new());
        let counts = [17, 1, 0, 230, 9, 3];
        for to in 0..1_000 {
            let given = apportion(&counts, to);
            assert_eq!(given.iter().sum::<u64>(), to);
            for (given, count) in given.iter().zip(counts) {
                assert!((*given as f64 - count as f64 * to as f64 / 260.0).abs() < 1.0);
            }
        }
    }
}
