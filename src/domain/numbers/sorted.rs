//! A few things by their keys, in order, in one list: what an account holds beside its sums.
//!
//! There are seldom more than some dozens of one kind, so a list is looked through faster than a tree. It keeps its room when it is
//! emptied: whoever makes one history after the other needs no more memory for the next.

use std::fmt;

/// Keys in rising order, each once.
#[derive(Clone, PartialEq, Eq)]
pub struct Sorted<K, V>(Vec<(K, V)>);

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Sorted<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(key, value)| (key, value))).finish()
    }
}

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Sorted<K, V> {
        Sorted(Vec::new())
    }
}

impl<K: Ord + Copy, V: Copy> Sorted<K, V> {
    pub const fn new() -> Sorted<K, V> {
        Sorted(Vec::new())
    }

    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Most of what comes is of the last key, or a new one.
    #[inline]
    fn place(&self, key: &K) -> Result<usize, usize> {
        match self.0.last() {
            None => Err(0),
            Some((last, _)) if last < key => Err(self.0.len()),
            Some((last, _)) if last == key => Ok(self.0.len() - 1),
            Some(_) => self.0.binary_search_by(|(held, _)| held.cmp(key)),
        }
    }

    #[inline]
    pub fn get(&self, key: &K) -> Option<V> {
        if self.0.is_empty() {
            return None;
        }
        self.place(key).ok().map(|at| self.0[at].1)
    }

    #[inline]
    pub fn first(&self) -> Option<(K, V)> {
        self.0.first().copied()
    }

    #[inline]
    pub fn last(&self) -> Option<(K, V)> {
        self.0.last().copied()
    }

    /// What was there before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.set(key, Some(value))
    }

    /// Likewise; `None` takes it out.
    #[inline]
    pub fn set(&mut self, key: K, value: Option<V>) -> Option<V> {
        match (self.place(&key), value) {
            (Ok(at), Some(value)) => Some(std::mem::replace(&mut self.0[at].1, value)),
            (Ok(at), None) => Some(self.0.remove(at).1),
            (Err(at), Some(value)) => {
                self.0.insert(at, (key, value));
                None
            }
            (Err(_), None) => None,
        }
    }

    #[inline]
    pub fn clear(&mut self) {
        self.0.clear();
    }

    pub fn as_slice(&self) -> &[(K, V)] {
        &self.0
    }

    #[inline]
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (K, V)> {
        self.0.iter().copied()
    }

    #[inline]
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = K> {
        self.0.iter().map(|(key, _)| *key)
    }

    #[inline]
    pub fn values(&self) -> impl DoubleEndedIterator<Item = V> {
        self.0.iter().map(|(_, value)| *value)
    }
}

impl<K: Ord + Copy, V: Copy> FromIterator<(K, V)> for Sorted<K, V> {
    /// In any order; the last of a key counts, as in a map.
    fn from_iter<I: IntoIterator<Item = (K, V)>>(all: I) -> Sorted<K, V> {
        let mut sorted = Sorted::new();
        for (key, value) in all {
            sorted.insert(key, value);
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_holds_what_a_map_would(changes in prop::collection::vec((0..12_i32, prop::option::of(0..5_i64)), 0..60)) {
            let (mut sorted, mut map) = (Sorted::new(), BTreeMap::new());
            for (key, value) in changes {
                let before = match value {
                    Some(value) => map.insert(key, value),
                    None => map.remove(&key),
                };
                prop_assert_eq!(sorted.set(key, value), before);
                prop_assert_eq!(sorted.iter().collect::<Vec<_>>(), map.iter().map(|(key, value)| (*key, *value)).collect::<Vec<_>>());
                prop_assert_eq!(sorted.first(), map.first_key_value().map(|(key, value)| (*key, *value)));
                prop_assert!((0..12).all(|key| sorted.get(&key) == map.get(&key).copied()));
            }
        }
    }
}
