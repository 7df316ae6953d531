//! Ranking by brute force: every item is scored and all that match are sorted. Right by its simplicity, and what the
//! engine's results have to be equal to; fast enough for short lists.

use super::query::Query;
use super::score::{Scorer, length};
use std::cmp::Reverse;

/// An item that matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its score.
    pub score: i32,
    /// Its [`length`].
    pub length: u16,
    /// Which one it is, from 0.
    pub index: u32,
}

impl Row {
    /// What rows are ordered by.
    pub fn key(&self) -> (Reverse<i32>, u16, u32) {
        (Reverse(self.score), self.length, self.index)
    }
}

/// All items that match, best first; in their order if the query does not order.
pub fn rank<'i>(
    scorer: &mut Scorer,
    query: &Query,
    items: impl IntoIterator<Item = &'i [u8]>,
) -> Vec<Row> {
    let rows = items.into_iter().enumerate().filter_map(|(index, item)| {
        let score = scorer.score(query, item)?;
        Some(Row { score, length: length(item), index: index as u32 })
    });
    let mut rows: Vec<Row> = rows.collect();
    if query.orders() {
        rows.sort_unstable_by_key(Row::key);
    }
    rows
}
