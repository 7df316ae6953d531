//! Which items of a block match a term: exact, without a look at most of them.
//!
//! For items of ASCII only; [`Scorer`] decides for the others. What a term finds in a directory is found out once for each
//! directory, from what it finds in the parent, and kept for this search and those of longer terms. A name is looked at if its
//! mask has all bytes that the directory lacks.
//!
//! Memory is what all of it waits for, so what will be looked at is asked for some steps before.

mod dirs;
mod edge;
mod fuzzy;
mod substring;

use crate::fuzzy::corpus::{BLOCK, Bits, Block, Run, Snapshot, mask};
use crate::fuzzy::fzf::query::{Kind, Query, Term};
use crate::fuzzy::fzf::score::Scorer;
use crate::fuzzy::history::DirMemos;
use crate::fuzzy::kernel::{Candidate, Needle};
use dirs::{DirFilter, sure};
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, OnceLock};

/// Words of the bits of a block.
pub(super) const BITS: usize = BLOCK / 64;

/// What a memo has for a directory that has not been looked at.
const UNKNOWN: u8 = u8::MAX;

/// Most chars of a fuzzy term that a memo can count.
const MAX_COUNTED_CHARS: usize = UNKNOWN as usize - 1;

/// A term, ready to decide.
#[derive(Debug)]
pub(super) struct TermFilter {
    how: Strategy,
    /// What is known of directories, by their numbers: for all threads, as soon as one needs it.
    memo: OnceLock<DirMemo>,
    /// What an earlier search knew, and below which number that is so for this term as well.
    earlier: Option<(DirMemo, u8)>,
    pub(super) negated: bool,
    /// The term alone and not negated, for the scorer.
    alone: Query,
}

#[derive(Debug)]
enum Strategy {
    /// No item of ASCII has what it takes.
    Never,
    /// The chars in their order, and for each number of chars that a directory has the mask of the rest.
    Fuzzy(Needle, Box<[u32; 256]>),
    /// The bytes together, and their mask.
    Substring(Needle, u32),
    Prefix(Needle),
    Suffix(Needle),
    /// The scorer decides, for items that have all bytes of the mask.
    Score(u32),
}

/// Whoever finds out something notes it. That two find out the same at the same time does no harm.
pub(super) type DirMemo = Arc<[AtomicU8]>;

/// Those items of a run that stand in one word.
#[derive(Clone, Copy)]
struct Part {
    bits: u64,
    run: u16,
    word: u16,
}

/// Memory to work in; each thread has its own.
pub(super) struct Memory {
    candidates: Box<[Candidate]>,
    parts: Box<[Part]>,
    /// The text of an item.
    pub(super) item: Vec<u8>,
    pub(super) scorer: Scorer,
}

impl Memory {
    pub(super) fn new(scorer: Scorer) -> Memory {
        let candidates = vec![Candidate { at: 0, from: 0 }; BITS * 64];
        // One for each run, and one more for each word in which a run goes on; one place is written to and not used.
        let parts = vec![Part { bits: 0, run: 0, word: 0 }; BITS * 64 + BITS + 1];
        let (candidates, parts) = (candidates.into(), parts.into());
        Memory { candidates, parts, item: Vec::new(), scorer }
    }
}

impl TermFilter {
    /// `memos` are those of earlier searches of the same items.
    pub(super) fn new(term: &Term, memos: &DirMemos) -> TermFilter {
        let mut positive = term.clone();
        positive.negated = false;
        let alone = Query { groups: vec![vec![positive]] };
        let how = match term.ascii() {
            _ if term.typos > 0 => Strategy::Score(0),
            None => Strategy::Never,
            Some(bytes) => {
                let needle = Needle { bytes, respect_case: term.respect_case };
                let all = mask(&needle.bytes);
                match term.kind {
                    Kind::Fuzzy if needle.bytes.len() <= MAX_COUNTED_CHARS => {
                        let mut needs = Box::new([0; 256]);
                        for from in 0..needle.bytes.len() {
                            needs[from] = mask(&needle.bytes[from..]);
                        }
                        Strategy::Fuzzy(needle, needs)
                    }
                    Kind::Exact => Strategy::Substring(needle, all),
                    Kind::Prefix => Strategy::Prefix(needle),
                    Kind::Suffix => Strategy::Suffix(needle),
                    _ => Strategy::Score(all),
                }
            }
        };
        let known = memos.iter().filter_map(|(of, memo)| Some((memo, sure(of, term)?)));
        let earlier = known.max_by_key(|(_, sure)| *sure).map(|(memo, sure)| (memo.clone(), sure));
        TermFilter { how, memo: OnceLock::new(), earlier, negated: term.negated, alone }
    }

    fn directories<'t>(&'t self, snapshot: &'t Snapshot) -> DirFilter<'t> {
        let unknown = |_| AtomicU8::new(UNKNOWN);
        let memo = self.memo.get_or_init(|| (0..snapshot.directory_count()).map(unknown).collect());
        let (earlier, sure) =
            self.earlier.as_ref().map_or((&[][..], 0), |(memo, sure)| (memo, *sure));
        DirFilter { snapshot, memo, earlier, sure }
    }

    /// The term, not negated, and what has been found out about directories.
    pub(super) fn memo(&self) -> Option<(Term, DirMemo)> {
        Some((self.alone.groups[0][0].clone(), Arc::clone(self.memo.get()?)))
    }

    /// Strategy much it takes to decide, roughly.
    pub(super) fn cost(&self) -> usize {
        match &self.how {
            Strategy::Never => 0,
            Strategy::Suffix(_) => 1,
            Strategy::Prefix(_) => 2,
            Strategy::Substring(..) => 3,
            Strategy::Fuzzy(needle, _) => 1000 - needle.bytes.len(),
            Strategy::Score(_) => 10_000,
        }
    }

    /// The items that match, of those in `alive`, all of which are ASCII. Negation is not looked at. Items for which there
    /// is no short way are left out once `stop` says so.
    pub(super) fn matches(
        &self,
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
        stop: &dyn Fn() -> bool,
    ) -> Bits {
        match &self.how {
            Strategy::Never => [0; BITS],
            Strategy::Fuzzy(needle, needs) => {
                self.fuzzy(needle, needs, snapshot, block, alive, memory)
            }
            Strategy::Substring(needle, all) => {
                self.holds(needle, *all, snapshot, block, alive, memory)
            }
            Strategy::Prefix(needle) => {
                self.edge(needle, true, (snapshot, block), alive, memory, stop)
            }
            Strategy::Suffix(needle) => {
                self.edge(needle, false, (snapshot, block), alive, memory, stop)
            }
            Strategy::Score(all) => each(block, alive, |run, at| {
                (run.path | block.masks()[at]) & all == *all
                    && !stop()
                    && self.ask(snapshot, block, run.directory, at, memory)
            }),
        }
    }

    fn ask(
        &self,
        snapshot: &Snapshot,
        block: &Block,
        directory: u32,
        at: usize,
        memory: &mut Memory,
    ) -> bool {
        snapshot.join(directory, block.name(at), &mut memory.item);
        memory.scorer.score(&self.alone, &memory.item).is_some()
    }
}

/// The items whose bits are set in a word.
#[inline]
pub(super) fn ones(word: usize, bits: u64) -> impl Iterator<Item = usize> {
    let mut left = bits;
    std::iter::from_fn(move || {
        let bit = left.trailing_zeros() as usize;
        left &= left.wrapping_sub(1);
        (bit < 64).then_some(word * 64 + bit)
    })
}

/// The bits of those items for which it is so, of those in `alive`.
fn each(block: &Block, alive: &Bits, mut test: impl FnMut(&Run, usize) -> bool) -> Bits {
    let mut found = [0; BITS];
    block.by_run(alive, |number, word, bits| {
        let run = &block.runs()[number];
        ones(word, bits).for_each(|at| found[word] |= u64::from(test(run, at)) << (at % 64));
    });
    found
}

/// Whether a text of the same length is what the needle has there.
#[inline]
fn same(needle: &Needle, text: &[u8], part: &[u8]) -> bool {
    if needle.respect_case { text == part } else { text.eq_ignore_ascii_case(part) }
}

/// Whether a mask has all bits of another.
#[inline]
fn has(mask: u32, need: u32) -> bool {
    mask & need == need
}
