//! Rankings: the best items in a total order, bounded in number.

use crate::memory::{self, NoMemory};

/// One row of a ranking: an item and its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The item's index, which is the number of items pushed before it.
    pub index: u32,
    /// The item's score, including its boost.
    pub score: i32,
}

/// The result of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranking {
    /// Number of matched items among those searched.
    pub total: usize,
    /// Number of items searched.
    pub searched: usize,
    /// The best matched items, in order: score descending, length ascending, index ascending.
    pub rows: Vec<Row>,
}

/// The sort key of an item: greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RankKey(u128);

impl RankKey {
    /// A key below that of any item.
    pub(super) const LAST: RankKey = RankKey(0);

    #[inline]
    pub(super) fn new(score: i32, length: u16, index: usize) -> RankKey {
        let merit = u64::from(score.cast_unsigned() ^ 1 << 31) << 16 | u64::from(!length);
        RankKey(u128::from(merit) << 32 | u128::from(!(index as u32)))
    }

    #[inline]
    pub(super) fn row(self) -> Row {
        Row { index: !(self.0 as u32), score: ((self.0 >> 48) as u32 ^ 1 << 31).cast_signed() }
    }

    /// Returns the maximum length at which an item with this score has at least this [`merit`](RankKey::merit), if there
    /// is one.
    #[inline]
    pub(super) fn longest(score: i32, merit: u64) -> Option<u16> {
        let (least, longest) = RankKey::least(merit);
        match score.cmp(&least) {
            std::cmp::Ordering::Greater => Some(u16::MAX),
            std::cmp::Ordering::Equal => Some(longest),
            std::cmp::Ordering::Less => None,
        }
    }

    /// Returns the minimum score for a merit, and the maximum length at which that score is enough.
    #[inline]
    pub(super) fn least(merit: u64) -> (i32, u16) {
        (((merit >> 16) as u32 ^ 1 << 31).cast_signed(), !(merit as u16))
    }

    /// Returns score and length as a 48-bit number that grows with the key, without the index.
    #[inline]
    pub(super) fn merit(self) -> u64 {
        (self.0 >> 32) as u64
    }
}

/// The best keys of those offered, at most `limit`.
#[derive(Clone, Debug)]
pub(super) struct TopK {
    limit: usize,
    places: Vec<RankKey>,
    /// Keys up to this one are not among the best.
    threshold: RankKey,
    /// Memory for a key could not be allocated.
    refused: Option<NoMemory>,
}

impl TopK {
    pub(super) fn new(limit: usize) -> TopK {
        // With no rows to return, no key is good enough.
        let threshold = if limit == 0 { RankKey(u128::MAX) } else { RankKey::LAST };
        TopK { limit, places: Vec::new(), threshold, refused: None }
    }

    /// Whether there was memory for all of them.
    pub(super) fn is_whole(&self) -> bool {
        self.refused.is_none()
    }

    /// Returns a copy.
    pub(super) fn copy(&self) -> Result<TopK, NoMemory> {
        let TopK { limit, threshold, refused, .. } = *self;
        Ok(TopK { limit, places: memory::copy(&self.places)?, threshold, refused })
    }

    /// Returns the key up to which offering is useless.
    #[inline]
    pub(super) fn threshold(&self) -> RankKey {
        self.threshold
    }

    #[inline]
    pub(super) fn offer(&mut self, place: RankKey) {
        if place > self.threshold {
            if let Err(refused) = memory::push(&mut self.places, place) {
                self.refused = Some(refused);
                return;
            }
            if self.places.len() >= self.limit.saturating_mul(2).max(self.limit.saturating_add(32))
            {
                self.cut();
            }
        }
    }

    /// Adds the keys of another list. No item may be in both.
    pub(super) fn merge(&mut self, other: &TopK) {
        self.refused = self.refused.or(other.refused);
        other.places.iter().for_each(|&place| self.offer(place));
    }

    #[cold]
    fn cut(&mut self) {
        if self.limit > 0 && self.places.len() >= self.limit {
            let (_, last, _) = self.places.select_nth_unstable_by(self.limit - 1, |a, b| b.cmp(a));
            self.threshold = *last;
            self.places.truncate(self.limit);
        }
    }

    /// Returns the rows in order, or an error if memory for some could not be allocated.
    pub(super) fn rows(mut self) -> Result<Vec<Row>, NoMemory> {
        self.places.sort_unstable_by(|a, b| b.cmp(a));
        self.places.truncate(self.limit);
        match self.refused {
            Some(refused) => Err(refused),
            None => memory::collect(self.places.into_iter().map(RankKey::row)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_order_is_score_then_length_then_index() {
        let places = [
            RankKey::new(i32::MAX, u16::MAX, 7),
            RankKey::new(5, 3, 9),
            RankKey::new(5, 4, 0),
            RankKey::new(5, 4, 1),
            RankKey::new(0, 0, 0),
            RankKey::new(-1, 0, 0),
            RankKey::new(i32::MIN, u16::MAX, u32::MAX as usize - 1),
        ];
        assert!(places.is_sorted_by(|a, b| a > b) && *places.last().unwrap() > RankKey::LAST);
        assert_eq!(places[1].row(), Row { index: 9, score: 5 });
        assert_eq!(places[5].row(), Row { index: 0, score: -1 });
        let merit = places[2].merit();
        let longest = [5, 6, 4].map(|score| RankKey::longest(score, merit));
        assert_eq!(longest, [Some(4), Some(u16::MAX), None]);
        assert!(places[2].merit() == places[3].merit() && places[1].merit() > places[2].merit());
    }

    proptest! {
        #[test]
        fn the_best_are_the_first_of_all(
            offers in prop::collection::vec((-3..9_i32, 0..4_u16), 0..300),
            limit in 0..50_usize,
            parts in 1..4_usize,
        ) {
            let places = offers.iter().enumerate().map(|(at, &(score, length))| RankKey::new(score, length, at));
            let mut parts = vec![TopK::new(limit); parts];
            let count = parts.len();
            places.clone().enumerate().for_each(|(at, place)| parts[at % count].offer(place));
            let mut all: Vec<RankKey> = places.collect();
            all.sort_by(|a, b| b.cmp(a));
            let expected: Vec<Row> = all.iter().take(limit).map(|place| place.row()).collect();
            let mut best = TopK::new(limit);
            parts.iter().for_each(|part| best.merge(part));
            prop_assert_eq!(best.rows().unwrap(), expected);
        }
    }
}
