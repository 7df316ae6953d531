//! The options of a session and of a matcher.

use crate::fuzzy::fzf::query;
use crate::fuzzy::fzf::score::Scheme;
use crate::memory::{self, must};
use std::ops::Range;

/// Options of a session. The defaults suit most pickers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOptions {
    /// Case, accents and typos of queries.
    pub query: query::QueryOptions,
    /// The kind of items, which selects the bonuses of the score.
    pub scheme: Scheme,
    /// The byte that separates the columns of an item, or none if items have no columns. It belongs to no column.
    pub delimiter: Option<u8>,
    /// The columns to search, from 0, in the order in which they are tried. A column that an item lacks counts as empty.
    /// An empty list searches all columns.
    pub columns: Vec<u32>,
    /// Maximum number of bytes that the session may hold, or 0 for no limit.
    pub memory_limit: usize,
    /// Threads used by a search, or 0 for as many as the library uses.
    pub threads: usize,
}

impl SessionOptions {
    /// Returns whether items are split into columns.
    pub(super) fn has_columns(&self) -> bool {
        self.delimiter.is_some()
    }

    /// Writes the ranges of the columns of an item to search into `columns`.
    pub fn cut(&self, item: &[u8], columns: &mut Vec<Range<u32>>) {
        columns.clear();
        let Some(delimiter) = self.delimiter else {
            columns.push(0..item.len() as u32);
            return;
        };
        let mut start = 0;
        let stops = memchr::memchr_iter(delimiter, item).chain([item.len()]);
        let all = stops.map(|stop| {
            let column = start as u32..stop as u32;
            start = stop + 1;
            column
        });
        if self.columns.is_empty() {
            for column in all {
                must(memory::push(columns, column));
            }
        } else {
            let mut every = Vec::new();
            for column in all {
                must(memory::push(&mut every, column));
            }
            let none = item.len() as u32..item.len() as u32;
            let get = |&column: &u32| every.get(column as usize).cloned().unwrap_or(none.clone());
            columns.extend(self.columns.iter().map(get));
        }
    }
}
