//! Matches single texts and short lists, without a session: every text is scored, as by brute force.

use super::options::SessionOptions;
use super::rank::{self, Ranking};
use crate::fuzzy::fzf::brute_force::Row;
use crate::fuzzy::fzf::query::{Query, Term};
use crate::fuzzy::fzf::score::{Scorer, length};
use crate::memory::{self, NoMemory};
use std::ops::Range;

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
                let row = Row { score, length: length(text), index: index as u32 };
                memory::push(&mut rows, row)?;
            }
        }
        self.has_memory()?;
        if self.query.orders() {
            rows.sort_unstable_by_key(Row::key);
        }
        let ranked = rows.iter().map(|row| rank::Row { index: row.index, score: row.score });
        Ok(Ranking { total: rows.len(), searched, rows: memory::collect(ranked)? })
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
