//! Finds the items of a block that match a term, exactly, without looking at most of them.
//!
//! Only for ASCII items; [`Scorer`] decides for the others. What a term matches in a directory is computed once per
//! directory, from the result for the parent, and kept for this search and those of longer terms. A name is read only if
//! its mask has all the bytes that the directory lacks.
//!
//! The time is spent waiting for memory, so names are prefetched some steps before they are read.

mod bits;
mod dirs;
mod edge;
mod fuzzy;
mod substring;
mod text_search;

use crate::fuzzy::corpus::{Bits, Block, Run, Snapshot, mask};
use crate::fuzzy::fzf::query::{Kind, Query, Term};
use crate::fuzzy::fzf::score::Scorer;
use crate::fuzzy::kernel::{Candidate, Needle};
use crate::memory::{self, must};
pub(super) use bits::{BITS, ones};
use dirs::{DirFilter, UNKNOWN, sure};
use std::sync::atomic::AtomicU8;
use std::sync::{Arc, OnceLock};

/// Maximum number of characters of a fuzzy term, as a memo counts them in a byte.
const MAX_COUNTED_CHARS: usize = UNKNOWN as usize - 1;

/// A term, prepared for filtering.
#[derive(Debug)]
pub(super) struct TermFilter {
    how: Strategy,
    /// Results for directories, by their numbers. Shared by all threads and created when one first needs it.
    memo: OnceLock<DirMemo>,
    /// Results of an earlier search, and the bound below which its entries are valid for this term too.
    earlier: Option<(DirMemo, u8)>,
    pub(super) negated: bool,
    /// A query of this term alone, not negated, for the scorer.
    alone: Query,
}

#[derive(Debug)]
enum Strategy {
    /// No ASCII item can match.
    Never,
    /// The characters in their order. By how many of them the directory has, the mask of the others.
    Fuzzy(Needle, Box<[u32; 256]>),
    /// Consecutive bytes, and their mask.
    Substring(Needle, u32),
    Prefix(Needle),
    Suffix(Needle),
    /// The scorer decides for the items that have all bytes of the mask.
    Score(u32),
}

/// A result for each directory, written by the thread that computes it. Computing one twice at the same time is harmless.
pub(super) type DirMemo = Arc<Vec<AtomicU8>>;

/// Results for directories, by term.
pub(super) type DirMemos = Vec<(Term, DirMemo)>;

/// The items of a run that are in the same word.
#[derive(Clone, Copy)]
struct Part {
    bits: u64,
    run: u16,
    word: u16,
}

/// Working memory of a thread.
pub(super) struct Memory {
    candidates: Box<[Candidate]>,
    parts: Box<[Part]>,
    /// The text of an item.
    pub(super) item: Vec<u8>,
    pub(super) scorer: Scorer,
}

impl Memory {
    pub(super) fn new(scorer: Scorer) -> Memory {
        let candidates = must(memory::filled(Candidate { at: 0, from: 0 }, BITS * 64));
        // One part for each run, one more for each word in which a run continues, and a spare one that is written and not
        // read.
        let parts = must(memory::filled(Part { bits: 0, run: 0, word: 0 }, BITS * 64 + BITS + 1));
        let (candidates, parts) = (candidates.into(), parts.into());
        Memory { candidates, parts, item: Vec::new(), scorer }
    }
}

impl TermFilter {
    /// Prepares `term`. `memos` are the memos of earlier searches of the same items.
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
        let memo = self.memo.get_or_init(|| {
            Arc::new(must(memory::collect((0..snapshot.directory_count()).map(unknown))))
        });
        let (earlier, sure) =
            self.earlier.as_ref().map_or((&[][..], 0), |(memo, sure)| (memo.as_slice(), *sure));
        DirFilter { snapshot, memo, earlier, sure }
    }

    /// Returns the term, not negated, and its results for directories, if any were computed.
    pub(super) fn memo(&self) -> Option<(Term, DirMemo)> {
        Some((self.alone.groups[0][0].clone(), Arc::clone(self.memo.get()?)))
    }

    /// Returns the relative cost of the filter, roughly.
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

    /// Returns the items in `alive`, all of them ASCII, that match the term. Negation is ignored. Once `stop` returns
    /// true, items that need the scorer are left out.
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

/// Returns the bits of the items in `alive` for which `test` returns true.
fn each(block: &Block, alive: &Bits, mut test: impl FnMut(&Run, usize) -> bool) -> Bits {
    let mut found = [0; BITS];
    block.by_run(alive, |number, word, bits| {
        let run = &block.runs()[number];
        ones(word, bits).for_each(|at| found[word] |= u64::from(test(run, at)) << (at % 64));
    });
    found
}
