//! Ranking by brute force: every item is scored and all that match are sorted. Right by its simplicity, and what the
//! engine's results have to be equal to; fast enough for short lists.

use crate::fuzzy::fzf::query::{Query, Term};
use crate::fuzzy::fzf::score::{NoMemory, Scorer, length};
use crate::fuzzy::rank::{self, Ranking};
use crate::fuzzy::session::SessionOptions;
use std::cmp::Reverse;
use std::ops::Range;

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

/// A query for single texts and short lists.
#[derive(Debug)]
pub struct Matcher {
    query: Query,
    options: SessionOptions,
    scorer: Scorer,
    columns: Vec<Range<u32>>,
    positions: Vec<u32>,
}

impl Matcher {
    /// Reads a query.
    pub fn new(query: &[u8], options: SessionOptions) -> Matcher {
        let (query, scorer) = (Query::new(query, options.query), Scorer::new(options.scheme));
        let (columns, positions) = Default::default();
        Matcher { query, options, scorer, columns, positions }
    }

    /// The score of a text, if it matches.
    pub fn score(&mut self, text: &[u8]) -> Option<i32> {
        self.options.cut(text, &mut self.columns);
        self.scorer.score_columns(&self.query, text, &self.columns)
    }

    /// The same, and the offset in bytes of each char that matches, ascending.
    pub fn positions(&mut self, text: &[u8]) -> Option<(i32, &[u32])> {
        self.options.cut(text, &mut self.columns);
        let Matcher { query, columns, positions, .. } = self;
        let score = self.scorer.positions(query, text, columns, positions)?;
        Some((score, positions))
    }

    /// All texts that match, best first.
    pub fn filter<'i>(
        &mut self,
        texts: impl IntoIterator<Item = &'i [u8]>,
    ) -> Result<Ranking, NoMemory> {
        let (mut searched, mut rows) = (0, Vec::new());
        for (index, text) in texts.into_iter().enumerate() {
            searched = index + 1;
            if let Some(score) = self.score(text) {
                rows.try_reserve(1).map_err(|_| NoMemory)?;
                rows.push(Row { score, length: length(text), index: index as u32 });
            }
        }
        self.has_memory()?;
        if self.query.orders() {
            rows.sort_unstable_by_key(Row::key);
        }
        let mut ranking = Ranking { total: rows.len(), searched, rows: Vec::new() };
        ranking.rows.try_reserve_exact(rows.len()).map_err(|_| NoMemory)?;
        let rows = rows.iter().map(|row| rank::Row { index: row.index, score: row.score });
        ranking.rows.extend(rows);
        Ok(ranking)
    }

    /// Whether there was memory for all texts since it was last asked. Those for which there was none do not match.
    pub fn has_memory(&mut self) -> Result<(), NoMemory> {
        self.scorer.has_memory()
    }

    /// Bytes that it holds, about.
    pub fn memory_usage(&self) -> usize {
        let terms = self.query.groups.iter().flatten();
        terms.map(|term| size_of::<Term>() + term.chars.len() * 8).sum::<usize>()
            + self.scorer.memory_usage()
    }
}
