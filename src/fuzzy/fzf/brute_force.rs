//! Ranks by brute force: scores every item and sorts the matched ones. It is simple enough to be evidently correct, and
//! the engine's results must equal it; it is fast enough for short lists.

use crate::fuzzy::fzf::query::{Query, Term};
use crate::fuzzy::fzf::score::{NoMemory, Scorer, length};
use crate::fuzzy::rank::{self, Ranking};
use crate::fuzzy::session::SessionOptions;
use std::cmp::Reverse;
use std::ops::Range;

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

/// A query that is applied to single texts and short lists.
#[derive(Debug)]
pub struct Matcher {
    query: Query,
    options: SessionOptions,
    scorer: Scorer,
    columns: Vec<Range<u32>>,
    positions: Vec<u32>,
}

impl Matcher {
    /// Parses a query.
    pub fn new(query: &[u8], options: SessionOptions) -> Matcher {
        let (query, scorer) = (Query::new(query, options.query), Scorer::new(options.scheme));
        let (columns, positions) = Default::default();
        Matcher { query, options, scorer, columns, positions }
    }

    /// Returns the score of a text, or none if it does not match.
    pub fn score(&mut self, text: &[u8]) -> Option<i32> {
        self.options.cut(text, &mut self.columns);
        self.scorer.score_columns(&self.query, text, &self.columns)
    }

    /// Returns the score of a text and the byte offset of each matched character, ascending, or none if it does not
    /// match.
    pub fn positions(&mut self, text: &[u8]) -> Option<(i32, &[u32])> {
        self.options.cut(text, &mut self.columns);
        let Matcher { query, columns, positions, .. } = self;
        let score = self.scorer.positions(query, text, columns, positions)?;
        Some((score, positions))
    }

    /// Returns all matched texts, the best first.
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

    /// Returns an error if memory ran out for some text since the last call. Such texts count as not matched.
    pub fn has_memory(&mut self) -> Result<(), NoMemory> {
        self.scorer.has_memory()
    }

    /// Returns the approximate number of bytes that it holds.
    pub fn memory_usage(&self) -> usize {
        let terms = self.query.groups.iter().flatten();
        terms.map(|term| size_of::<Term>() + term.chars.len() * 8).sum::<usize>()
            + self.scorer.memory_usage()
    }
}
