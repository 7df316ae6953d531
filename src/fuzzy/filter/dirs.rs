//! Computes the part of a term that each directory matches.

use crate::fuzzy::corpus::{Snapshot, mask};
use crate::fuzzy::filter::bits::has;
use crate::fuzzy::filter::text_search::TextSearch;
use crate::fuzzy::fzf::query::{Kind, Term};
use crate::fuzzy::kernel::{self, Needle};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// The entry in a memo of a directory that has not been examined.
pub(in crate::fuzzy::filter) const UNKNOWN: u8 = u8::MAX;

/// A term's results for directories.
pub(in crate::fuzzy::filter) struct DirFilter<'t> {
    pub(in crate::fuzzy::filter) snapshot: &'t Snapshot,
    pub(in crate::fuzzy::filter) memo: &'t [AtomicU8],
    pub(in crate::fuzzy::filter) earlier: &'t [AtomicU8],
    pub(in crate::fuzzy::filter) sure: u8,
}

impl DirFilter<'_> {
    /// Returns the entry for a directory, or [`UNKNOWN`].
    #[inline]
    pub(in crate::fuzzy::filter) fn get(&self, number: u32) -> u8 {
        self.memo[number as usize].load(Relaxed)
    }

    fn note(&self, number: u32, known: u8) -> u8 {
        self.memo[number as usize].store(known, Relaxed);
        known
    }

    /// Returns the entry of an earlier search, if it is valid for this term.
    #[inline]
    fn earlier(&self, number: u32) -> Option<u8> {
        let known = self.earlier.get(number as usize)?.load(Relaxed);
        (known < self.sure).then_some(known)
    }

    /// Returns how many characters of the needle, from the first on, the directory contains in their order.
    #[inline]
    pub(in crate::fuzzy::filter) fn counted(&self, number: u32, needle: &Needle) -> u8 {
        match self.get(number) {
            UNKNOWN => self.count(number, needle),
            known => known,
        }
    }

    fn count(&self, number: u32, needle: &Needle) -> u8 {
        if number == 0 {
            return self.note(0, 0);
        }
        if let Some(known) = self.earlier(number) {
            return self.note(number, known);
        }
        let own = self.snapshot.component(number);
        // The recursion is at most as deep as directories are.
        let mut count = self.counted(own.parent, needle);
        if let Some(wanted) = needle.bytes.get(usize::from(count)..=usize::from(count))
            && has(own.mask, mask(wanted))
        {
            let len = own.text.len();
            count = kernel::advance(own.text_and_more, len, needle, count.into()) as u8;
        }
        self.note(number, count)
    }

    /// Returns 1 if the directory contains the needle, otherwise 0.
    pub(in crate::fuzzy::filter) fn held(&self, number: u32, search: &TextSearch<'_>) -> u8 {
        match self.get(number) {
            UNKNOWN if number == 0 => return self.note(0, 0),
            UNKNOWN => {}
            known => return known,
        }
        if let Some(known) = self.earlier(number) {
            return self.note(number, known);
        }
        let own = self.snapshot.component(number);
        let mut known = self.held(own.parent, search);
        if known == 0 {
            // A needle with a slash may begin in the parent.
            let whole = || self.snapshot.directory(number).text;
            let text = if search.has_slash { whole() } else { own.text };
            known = u8::from(search.is_in(text));
        }
        self.note(number, known)
    }
}

/// Returns the bound below which entries in the memo of the term `of` are valid for `term` too, or none if none are.
pub(in crate::fuzzy::filter) fn sure(of: &Term, term: &Term) -> Option<u8> {
    if of.kind != term.kind || of.respect_case != term.respect_case {
        return None;
    }
    match term.kind {
        Kind::Fuzzy | Kind::Exact if of.chars == term.chars => Some(UNKNOWN),
        Kind::Fuzzy if term.chars.starts_with(&of.chars) => u8::try_from(of.chars.len()).ok(),
        // A text without the part is a text without the whole.
        Kind::Exact if term.chars.windows(of.chars.len()).any(|part| part == of.chars) => Some(1),
        _ => None,
    }
}
