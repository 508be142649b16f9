//! Pages of a list that is read by keyset: where a page begins, which way it is read, and what lies beside it.

/// Where a page begins: after what has this key, or before it when one goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<K> {
    pub key: K,
    pub backwards: bool,
}

/// Which page of a list: in its order, the newest or the most first unless it ascends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window<K> {
    pub from: Option<Place<K>>,
    pub ascending: bool,
    pub most: usize,
}

impl<K> Window<K> {
    /// The first page.
    pub fn first(most: usize) -> Window<K> {
        Window { from: None, ascending: false, most }
    }

    /// Whether its statement reads upwards: going back reads the other way round.
    pub fn is_up(&self) -> bool {
        self.ascending != self.is_back()
    }

    /// One row more than the page has says whether there is another.
    pub fn limit(&self) -> i64 {
        i64::try_from(self.most.clamp(1, 5_000)).unwrap_or(1) + 1
    }

    fn is_back(&self) -> bool {
        self.from.as_ref().is_some_and(|from| from.backwards)
    }

    /// The page out of what its statement found, in the list's order.
    pub fn cut<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Slice<T, K> {
        let has_more = rows.len() > self.most;
        rows.truncate(self.most);
        let is_back = self.is_back();
        if is_back {
            rows.reverse();
        }
        let has_next = is_back || has_more;
        let has_previous = if is_back { has_more } else { self.from.is_some() };
        Slice {
            next: rows.last().filter(|_| has_next).map(&key),
            previous: rows.first().filter(|_| has_previous).map(&key),
            rows,
        }
    }
}

/// A page, and the keys that those beside it begin at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T, K> {
    pub rows: Vec<T>,
    pub next: Option<K>,
    pub previous: Option<K>,
}

impl<T, K> Slice<T, K> {
    /// The same page of what its rows stand for.
    pub fn try_map<U, E>(self, read: impl FnMut(T) -> Result<U, E>) -> Result<Slice<U, K>, E> {
        let Slice { rows, next, previous } = self;
        Ok(Slice { rows: rows.into_iter().map(read).collect::<Result<_, E>>()?, next, previous })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a statement finds of 1 to 7.
    fn found(window: &Window<i64>) -> Vec<i64> {
        let mut all: Vec<i64> = (1..=7).collect();
        if !window.is_up() {
            all.reverse();
        }
        let beyond = |n: &i64| window.from.is_none_or(|from| if window.is_up() { *n > from.key } else { *n < from.key });
        all.into_iter().filter(beyond).take(window.limit() as usize).collect()
    }

    #[test]
    fn pages_follow_one_another_forth_and_back_in_either_order() {
        for ascending in [false, true] {
            let at = |from| Window { from, ascending, most: 3 };
            let go = |from| {
                let window = at(from);
                window.cut(found(&window), |n| *n)
            };
            let (mut from, mut pages) = (None, Vec::new());
            loop {
                let page = go(from);
                from = page.next.map(|key| Place { key, backwards: false });
                pages.push(page);
                if from.is_none() {
                    break;
                }
            }
            let all: Vec<i64> = pages.iter().flat_map(|page| page.rows.clone()).collect();
            let expected: Vec<i64> = if ascending { (1..=7).collect() } else { (1..=7).rev().collect() };
            assert_eq!(all, expected);
            let back = |page: &Slice<i64, i64>| page.previous.map(|key| Place { key, backwards: true });
            let middle = go(back(&pages[2]));
            assert_eq!(middle.rows, pages[1].rows);
            let first = go(back(&middle));
            assert_eq!((&first.rows, first.previous, first.next), (&pages[0].rows, None, pages[0].next));
        }
    }
}
