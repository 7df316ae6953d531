//! Ranks by brute force: scores every item and sorts the matched ones. It is simple enough to be evidently correct, and
//! the engine's results must equal it.

use crate::fuzzy::fzf::query::Query;
use crate::fuzzy::fzf::score::{Scorer, length};
use std::cmp::Reverse;

/// A matched item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Score of the item.
    pub score: i32,
    /// [`length`] of the item.
    pub length: u16,
    /// Index of the item, from 0.
    pub index: u32,
}

impl Row {
    /// Returns the key by which rows are sorted.
    pub fn key(&self) -> (Reverse<i32>, u16, u32) {
        (Reverse(self.score), self.length, self.index)
    }
}

/// Returns all matched items, the best first, or by index if the query does not order them.
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
