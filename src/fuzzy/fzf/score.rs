//! The score of an item: the reference that every shortcut of the engine is compared with.
//!
//! # What is a good match?
//!
//! One whose chars stand at the beginnings of words and together, by the numbers of fzf's v2 model: a char earns 16,
//! behind white space or at the beginning 10 more (8 in the schemes `Path` and `History`), behind a delimiter 9 more,
//! behind other punctuation 8 more, a capital or a digit in a word 7 more, a char behind another match at least 4 more, or
//! what the first of them earned. The first char of a term earns the extra twice. A gap costs 3 and 1 for each further
//! char. Of all ways to match, the one that earns most counts, and that of the terms adds up. As in fzf, of the ways to
//! match a part of a term up to some char only the best goes on, though one that earns less may end better.
//!
//! # Where does it differ from fzf?
//!
//! - A fuzzy term of one char earns what the best place in the item does. fzf takes the first place that begins a word,
//!   be it by a weaker boundary than a later one.
//! - Scores are exact where fzf cuts them off at 65,535, and never negative.
//! - An item that lacks chars of a term, which is a match when the query allows typos, has [`TYPO`] less for each: it
//!   ranks below every item that lacks fewer.
//! - Chars are folded otherwise: see [`query`](crate::fuzzy::fzf::query).
//!
//! Else it is the model of fzf 0.7x. Up to 0.5x punctuation behind a boundary was no boundary itself.
//!
//! # What does it cost?
//!
//! For a fuzzy term the length of the item times that of the term, as long as that is at most 102,400 and the term has at
//! most 1,000 chars; beyond that, as in fzf, the first place that matches is taken in linear time. All else is linear.

use crate::fuzzy::fzf::align::{Aligner, View, is_hopeless};
use crate::fuzzy::fzf::bonus::Model;
pub use crate::fuzzy::fzf::bonus::Scheme;
use crate::fuzzy::fzf::chars::{code, is_white};
use crate::fuzzy::fzf::query::{Query, Term};
use std::ops::Range;

/// What each char that an item lacks takes from its score. Scores of items that lack none are less than this.
pub const TYPO: i32 = 1 << 20;

/// Scores items, one at a time, in memory of its own.
#[derive(Debug)]
pub struct Scorer {
    model: Model,
    aligner: Aligner,
    /// For each column of the item, as terms can see it: with case or without, with accents or without.
    views: Vec<[Option<View>; 4]>,
    spare: Vec<View>,
    chars: Vec<u32>,
    /// There was no memory for an item, which then counted as one that does not match.
    refused: bool,
}

/// There is no memory for an item or for the rows of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMemory;

impl std::fmt::Display for NoMemory {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "there is no memory for the search")
    }
}

impl Scorer {
    /// A scorer by a scheme.
    pub fn new(scheme: Scheme) -> Scorer {
        Scorer::with_model(Model::new(scheme))
    }

    /// A scorer by a model.
    pub fn with_model(model: Model) -> Scorer {
        let (aligner, views, spare) = Default::default();
        Scorer { model, aligner, views, spare, chars: Vec::new(), refused: false }
    }

    /// The score of an item, if it matches.
    pub fn score(&mut self, query: &Query, item: &[u8]) -> Option<i32> {
        let all = 0..item.len() as u32;
        self.score_columns(query, item, &[all])
    }

    /// The score of an item of which some parts are looked at: a term matches the first column in which it is found.
    pub fn score_columns(
        &mut self,
        query: &Query,
        item: &[u8],
        columns: &[Range<u32>],
    ) -> Option<i32> {
        self.run(query, item, columns, None)
    }

    /// The score of an item if it matches, and the chars that do: the offset of each in bytes, ascending. `positions` is
    /// emptied first.
    pub fn positions(
        &mut self,
        query: &Query,
        item: &[u8],
        columns: &[Range<u32>],
        positions: &mut Vec<u32>,
    ) -> Option<i32> {
        positions.clear();
        let score = self.run(query, item, columns, Some(positions));
        if score.is_none() {
            positions.clear();
        }
        positions.sort_unstable();
        positions.dedup();
        score
    }

    /// Whether there was memory for all items since it was last asked. Those for which there was none do not match.
    pub fn has_memory(&mut self) -> Result<(), NoMemory> {
        if std::mem::take(&mut self.refused) { Err(NoMemory) } else { Ok(()) }
    }

    /// Bytes that it holds, about: what the longest text and the longest term so far have needed.
    pub fn memory_usage(&self) -> usize {
        let views = self.views.iter().flatten().flatten().chain(&self.spare);
        self.aligner.memory_usage() + views.map(View::memory_usage).sum::<usize>()
    }

    fn run(
        &mut self,
        query: &Query,
        item: &[u8],
        columns: &[Range<u32>],
        mut positions: Option<&mut Vec<u32>>,
    ) -> Option<i32> {
        for views in &mut self.views {
            self.spare.extend(views.iter_mut().filter_map(Option::take));
        }
        self.views.resize_with(columns.len(), Default::default);
        let (mut total, mut lacking) = (0i32, 0);
        for group in &query.groups {
            let mut earned = None;
            for term in group {
                let positions = if term.negated { None } else { positions.as_deref_mut() };
                match self.term(term, item, columns, positions) {
                    Some(_) if term.negated => {}
                    Some((score, typos)) => {
                        earned = Some((score, typos));
                        break;
                    }
                    None if term.negated => earned = Some((0, 0)),
                    None => {}
                }
            }
            let (score, typos) = earned?;
            total = total.saturating_add(score);
            lacking += i32::from(typos);
        }
        Some(total.min(TYPO - 1) - lacking.min(1 << 10) * TYPO)
    }

    /// What a term earns in the first column that it matches, and how many of its chars that lacks.
    fn term(
        &mut self,
        term: &Term,
        item: &[u8],
        columns: &[Range<u32>],
        mut positions: Option<&mut Vec<u32>>,
    ) -> Option<(i32, u8)> {
        let which = usize::from(term.respect_case) + 2 * usize::from(term.normalize);
        columns.iter().enumerate().find_map(|(at, column)| {
            let text = &item[column.start as usize..column.end as usize];
            if is_hopeless(text, term) {
                return None;
            }
            let view = match &mut self.views[at][which] {
                Some(view) => view,
                none => {
                    let mut view = self.spare.pop().unwrap_or_default();
                    if view.read(text, &self.model, term.respect_case, term.normalize).is_err() {
                        self.refused = true;
                        return None;
                    }
                    none.insert(view)
                }
            };
            let Some(positions) = &mut positions else {
                let found = self.aligner.find(&self.model, view, term, None)?;
                return Some((found.score, found.typos));
            };
            self.chars.clear();
            let found = self.aligner.find(&self.model, view, term, Some(&mut self.chars))?;
            positions.extend(self.chars.iter().map(|&c| column.start + view.starts[c as usize]));
            Some((found.score, found.typos))
        })
    }
}

/// The length of an item as it takes part in the order: its chars without white space at its ends, at most 65,535.
pub fn length(item: &[u8]) -> u16 {
    let (mut at, mut chars, mut first, mut last) = (0, 0usize, None, 0);
    while at < item.len() {
        let (code, len) = code(item, at);
        if !is_white(code) {
            first.get_or_insert(chars);
            last = chars + 1;
        }
        chars += 1;
        at += len;
    }
    first.map_or(0, |first| (last - first).min(u16::MAX.into()) as u16)
}
