//! Scores an item: the reference for every optimization of the engine.
//!
//! # What is a good match?
//!
//! A match whose characters are together and at the beginnings of words, by the numbers of fzf's v2 model. A character
//! scores 16, plus a bonus: 10 after white space or at the beginning (8 in the schemes `Path` and `History`), 9 after a
//! delimiter, 8 after other punctuation, 7 for a capital or a digit within a word. A character right after a matched one
//! has a bonus of at least 4, and at least that of the first one in the run. The bonus of the first character of a term
//! counts twice. A gap costs 3, and 1 more for each further character. Of all ways to match a term the one with the
//! highest score counts, and the scores of the terms are added. As in fzf, only the best way to match the first part of a
//! term is continued, though one with a lower score might end better.
//!
//! # What differs from fzf?
//!
//! - A fuzzy term of one character gets the score of its best place in the item. fzf takes the first place that begins a
//!   word, even if a later one has a higher bonus.
//! - Scores are exact where fzf cuts them off at 65,535, and never negative.
//! - A match that lacks characters of a term, which options can allow as typos, scores [`TYPO`] less for each: it ranks
//!   below every item that lacks fewer.
//! - Characters are folded differently: see [`query`](crate::fuzzy::fzf::query).
//!
//! Otherwise it is the model of fzf 0.7x. Up to fzf 0.5x, punctuation after a boundary was not a boundary itself.
//!
//! # What does it cost?
//!
//! For a fuzzy term, time is proportional to the length of the item times that of the term, while that product is at most
//! 102,400 and the term has at most 1,000 characters. Beyond that, as in fzf, the first match is taken in linear time.
//! All other terms take linear time.

use crate::fuzzy::fzf::align::{Aligner, View, is_hopeless};
use crate::fuzzy::fzf::bonus::Model;
pub use crate::fuzzy::fzf::bonus::Scheme;
use crate::fuzzy::fzf::chars::{code, is_white};
use crate::fuzzy::fzf::query::{Query, Term};
use crate::memory::NoMemory;
use std::ops::Range;

/// Penalty for each character of a term that an item lacks. It exceeds the score of any match without typos.
pub const TYPO: i32 = 1 << 20;

/// Scores items one at a time, in working memory of its own.
#[derive(Debug)]
pub struct Scorer {
    model: Model,
    aligner: Aligner,
    /// For each column of the item, its views with and without case, with and without accents.
    views: Vec<[Option<View>; 4]>,
    spare: Vec<View>,
    chars: Vec<u32>,
    /// Memory for an item could not be allocated, so that it counted as not matched.
    refused: Option<NoMemory>,
}

impl Scorer {
    /// Creates a scorer for a scheme.
    pub fn new(scheme: Scheme) -> Scorer {
        Scorer::with_model(Model::new(scheme))
    }

    /// Creates a scorer for a model.
    pub fn with_model(model: Model) -> Scorer {
        let (aligner, views, spare) = Default::default();
        Scorer { model, aligner, views, spare, chars: Vec::new(), refused: None }
    }

    /// Returns the score of an item, or none if it does not match.
    pub fn score(&mut self, query: &Query, item: &[u8]) -> Option<i32> {
        let all = 0..item.len() as u32;
        self.score_columns(query, item, &[all])
    }

    /// Returns the score of an item split into columns: a term matches the first column in which it is found.
    pub fn score_columns(
        &mut self,
        query: &Query,
        item: &[u8],
        columns: &[Range<u32>],
    ) -> Option<i32> {
        self.run(query, item, columns, None)
    }

    /// Returns the score of an item, or none if it does not match, and writes the byte offset of each matched character
    /// into `positions`, ascending, replacing its contents.
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

    /// Returns an error if memory ran out for some item since the last call. Such items count as not matched.
    pub fn has_memory(&mut self) -> Result<(), NoMemory> {
        self.refused.take().map_or(Ok(()), Err)
    }

    /// Returns the approximate number of bytes that it holds, which is what the longest text and the longest term so far
    /// needed.
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

    /// Returns the score of a term in the first column that it matches, and the number of its characters that the column
    /// lacks.
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
                    let read = view.read(text, &self.model, term.respect_case, term.normalize);
                    if let Err(refused) = read {
                        self.refused = Some(refused);
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

/// Returns the length by which items are ordered: the number of characters without white space at the ends, at most
/// 65,535.
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
