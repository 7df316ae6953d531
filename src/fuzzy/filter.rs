//! Which items of a block match a term: exact, without a look at most of them.
//!
//! For items of ASCII only; [`Scorer`] decides for the others. What a term finds in a folder is found out once for each
//! folder, from what it finds in the parent, and kept for as long as the search goes on. A name is looked at if its mask
//! has all bytes that the folder lacks.

use super::corpus::{Block, Run, Snapshot, WHITE, mask};
use super::kernel::{self, Bonuses, Candidate, Needle};
use super::model::{BOUNDARY, CONSECUTIVE, FIRST, MATCH};
use super::query::{Kind, Query, Term};
use super::score::Scorer;
use memchr::{memchr, memchr2, memmem};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// A bit for each item of a block.
pub(super) type Bits = [u64; BITS];

/// Words of the bits of a block.
pub(super) const BITS: usize = super::corpus::BLOCK / 64;

/// What a memo has for a folder that has not been looked at.
const UNKNOWN: u8 = u8::MAX;

/// Most chars of a fuzzy term that a memo can count.
const COUNTED: usize = UNKNOWN as usize - 1;

/// A term, ready to decide.
#[derive(Debug)]
pub(super) struct Test {
    how: How,
    /// What is known of folders, by their numbers: for all threads, as soon as one needs it.
    memo: OnceLock<Memo>,
    pub(super) negated: bool,
    /// The term alone and not negated, for the scorer.
    alone: Query,
}

#[derive(Debug)]
enum How {
    /// No item of ASCII has what it takes.
    Never,
    /// The chars in their order, and for each number of chars that a folder has the mask of the rest.
    Fuzzy(Needle, Box<[u32; 256]>),
    /// The bytes together, and their mask.
    Holds(Needle, u32),
    Begins(Needle),
    Ends(Needle),
    /// The scorer decides, for items that have all bytes of the mask.
    Ask(u32),
}

/// Whoever finds out something notes it. That two find out the same at the same time does no harm.
type Memo = Box<[AtomicU8]>;

/// Memory to work in; each thread has its own.
pub(super) struct Memory {
    candidates: Vec<Candidate>,
    /// The text of an item.
    pub(super) item: Vec<u8>,
    pub(super) scorer: Scorer,
}

impl Memory {
    pub(super) fn new(scorer: Scorer) -> Memory {
        Memory { candidates: Vec::new(), item: Vec::new(), scorer }
    }
}

impl Test {
    pub(super) fn new(term: &Term) -> Test {
        let mut positive = term.clone();
        positive.negated = false;
        let alone = Query { groups: vec![vec![positive]] };
        let how = match term.ascii() {
            _ if term.typos > 0 => How::Ask(0),
            None => How::Never,
            Some(bytes) => {
                let needle = Needle { bytes, respect_case: term.respect_case };
                let all = mask(&needle.bytes);
                match term.kind {
                    Kind::Fuzzy if needle.bytes.len() <= COUNTED => {
                        let mut needs = Box::new([0; 256]);
                        for from in 0..needle.bytes.len() {
                            needs[from] = mask(&needle.bytes[from..]);
                        }
                        How::Fuzzy(needle, needs)
                    }
                    Kind::Exact => How::Holds(needle, all),
                    Kind::Prefix => How::Begins(needle),
                    Kind::Suffix => How::Ends(needle),
                    _ => How::Ask(all),
                }
            }
        };
        Test { how, memo: OnceLock::new(), negated: term.negated, alone }
    }

    fn memo(&self, snapshot: &Snapshot) -> &[AtomicU8] {
        let unknown = |_| AtomicU8::new(UNKNOWN);
        self.memo.get_or_init(|| (0..snapshot.folder_count()).map(unknown).collect())
    }

    /// How much it takes to decide, roughly.
    pub(super) fn cost(&self) -> usize {
        match &self.how {
            How::Never => 0,
            How::Ends(_) => 1,
            How::Begins(_) => 2,
            How::Holds(..) => 3,
            How::Fuzzy(needle, _) => 1000 - needle.bytes.len(),
            How::Ask(_) => 10_000,
        }
    }

    /// What a term that is bound to an end of an item of ASCII earns there, or `Some(None)` if it does not match; none if
    /// that is for the scorer to tell.
    pub(super) fn score_edge(
        &self,
        folder: &[u8],
        name: &[u8],
        bonuses: &Bonuses,
    ) -> Option<Option<i32>> {
        let (needle, begins) = match &self.how {
            How::Begins(needle) => (needle, true),
            How::Ends(needle) => (needle, false),
            _ => return None,
        };
        let (first, last) = (folder.first().or(name.first())?, name.last().or(folder.last())?);
        if self.negated || *first <= b' ' || *last <= b' ' {
            return None;
        }
        let len = folder.len() + name.len();
        let Some(rest) = len.checked_sub(needle.bytes.len()) else { return Some(None) };
        let start = if begins { 0 } else { rest };
        let byte = |at: usize| if at < folder.len() { folder[at] } else { name[at - folder.len()] };
        let mut before = if start == 0 { bonuses.first } else { byte(start - 1) };
        let (mut score, mut chunk) = (0, 0);
        for (row, &wanted) in needle.bytes.iter().enumerate() {
            let byte = byte(start + row);
            if needle.see(byte) != wanted {
                return Some(None);
            }
            let own = i32::from(bonuses.get(before, byte));
            if row == 0 || own >= BOUNDARY && own > chunk {
                chunk = own;
            }
            let bonus = if row == 0 { own * FIRST } else { own.max(chunk).max(CONSECUTIVE) };
            score += MATCH + bonus;
            before = byte;
        }
        Some(Some(score))
    }

    /// The items that match, of those in `alive`, all of which are ASCII. Negation is not looked at.
    pub(super) fn matches(
        &self,
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
    ) -> Bits {
        match &self.how {
            How::Never => [0; BITS],
            How::Fuzzy(needle, needs) => self.fuzzy(needle, needs, snapshot, block, alive, memory),
            How::Holds(needle, all) => self.holds(needle, *all, snapshot, block, alive, memory),
            How::Begins(needle) => self.edge(needle, true, snapshot, block, alive, memory),
            How::Ends(needle) => self.edge(needle, false, snapshot, block, alive, memory),
            How::Ask(all) => each(block, alive, |run, at| {
                (run.path | block.masks()[at]) & all == *all
                    && self.ask(snapshot, block, run.folder, at, memory)
            }),
        }
    }

    fn ask(
        &self,
        snapshot: &Snapshot,
        block: &Block,
        folder: u32,
        at: usize,
        memory: &mut Memory,
    ) -> bool {
        snapshot.join(folder, block.name(at), &mut memory.item);
        memory.scorer.score(&self.alone, &memory.item).is_some()
    }

    fn fuzzy(
        &self,
        needle: &Needle,
        needs: &[u32; 256],
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
    ) -> Bits {
        let memo = self.memo(snapshot);
        let mut candidates = std::mem::take(&mut memory.candidates);
        candidates.resize(BITS * 64 + 1, Candidate { at: 0, from: 0 });
        let (mut found, mut count) = ([0; BITS], 0);
        let whole = needle.bytes.len() as u8;
        let first = mask(&needle.bytes[..1]);
        let masks = block.masks();
        let mut start = 0;
        for run in block.runs() {
            let items = start..usize::from(run.stop);
            start = items.end;
            // Neither the folder nor any of the names has some char of the needle, or nobody asks.
            if (run.path | run.names) & needs[0] != needs[0] || !any(alive, items.clone()) {
                continue;
            }
            let mut from =
                if run.path & first != first { 0 } else { memo[run.folder as usize].load(Relaxed) };
            if from == UNKNOWN {
                from = counted(needle, snapshot, run.folder, memo);
            }
            if from == whole {
                spread(alive, items, |word, bits| found[word] |= bits);
                continue;
            }
            let need = needs[usize::from(from)];
            if run.names & need != need {
                continue;
            }
            for start in items.clone().step_by(64) {
                let some = start..items.end.min(start + 64);
                let mut bits = kernel::having(masks, some, need) & asked(alive, start);
                while bits != 0 {
                    let at = start + bits.trailing_zeros() as usize;
                    candidates[count] = Candidate { at: at as u16, from };
                    count += 1;
                    bits &= bits - 1;
                }
            }
        }
        kernel::chosen().within(block, &candidates[..count], needle, &mut found);
        memory.candidates = candidates;
        found
    }

    fn holds(
        &self,
        needle: &Needle,
        all: u32,
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
    ) -> Bits {
        let memo = self.memo(snapshot);
        let mut candidates = std::mem::take(&mut memory.candidates);
        candidates.resize(BITS * 64 + 1, Candidate { at: 0, from: 0 });
        let mut count = 0;
        let search = Search::new(needle);
        // Where a folder and a name meet there is a slash.
        let slash = memchr::memrchr(b'/', &needle.bytes).map_or(0, |at| at + 1);
        let (head, tail) = needle.bytes.split_at(slash);
        let masks = block.masks();
        let (mut found, mut start) = ([0; BITS], 0);
        for run in block.runs() {
            let items = start..usize::from(run.stop);
            start = items.end;
            if (run.path | run.names) & all != all || !any(alive, items.clone()) {
                continue;
            }
            let mut known = if slash == 0 && run.path & all != all {
                0
            } else {
                memo[run.folder as usize].load(Relaxed)
            };
            if known == UNKNOWN {
                known = held(&search, snapshot, run.folder, memo);
            }
            if known == 1 {
                spread(alive, items, |word, bits| found[word] |= bits);
                continue;
            }
            let meets = slash > 0 && {
                let folder = snapshot.folder(run.folder).text;
                folder.len() >= head.len()
                    && same(needle, &folder[folder.len() - head.len()..], head)
            };
            if !meets && run.names & all != all {
                continue;
            }
            spread(alive, items, |word, bits| {
                for at in ones(word, bits) {
                    let starts = meets && {
                        let name = block.name(at);
                        name.len() >= tail.len() && same(needle, &name[..tail.len()], tail)
                    };
                    found[word] |= u64::from(starts) << (at % 64);
                    candidates[count] = Candidate { at: at as u16, from: 0 };
                    count += usize::from(!starts && masks[at] & all == all);
                }
            });
        }
        if needle.bytes.len() <= kernel::TOGETHER {
            let long = |text: &[u8]| search.is_in(text);
            kernel::chosen().together(block, &candidates[..count], needle, &long, &mut found);
        } else {
            for candidate in &candidates[..count] {
                let at = usize::from(candidate.at);
                found[at / 64] |= u64::from(search.is_in(block.name(at))) << (at % 64);
            }
        }
        memory.candidates = candidates;
        found
    }

    /// A term that is bound to the beginning of the item, or to its end. White space there is for the scorer, who passes
    /// over it.
    fn edge(
        &self,
        needle: &Needle,
        begins: bool,
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
    ) -> Bits {
        let len = needle.bytes.len();
        let all = mask(&needle.bytes);
        let has_slash = memchr(b'/', &needle.bytes).is_some();
        let white = |byte: Option<&u8>| byte.is_none_or(|&byte| byte <= b' ');
        let (mut found, mut start) = ([0; BITS], 0);
        for run in block.runs() {
            let items = start..usize::from(run.stop);
            start = items.end;
            if !any(alive, items.clone()) {
                continue;
            }
            let folder = snapshot.folder(run.folder).text;
            // Where it begins is in the folder alone.
            let before = begins && folder.len() >= len;
            if before && !white(folder.first()) && !same(needle, &folder[..len], &needle.bytes) {
                continue;
            }
            spread(alive, items, |word, bits| {
                for at in ones(word, bits) {
                    let own = block.masks()[at];
                    // What has no slash can end in the name only, and that lacks some char of it and has no white space.
                    if !begins && !has_slash && own & all != all && own & WHITE == 0 {
                        continue;
                    }
                    let name = block.name(at);
                    let last = name.last().or(folder.last());
                    let is = if white(folder.first().or(name.first())) || white(last) {
                        self.ask(snapshot, block, run.folder, at, memory)
                    } else if begins {
                        let (head, tail) = needle.bytes.split_at(len.min(folder.len()));
                        name.len() >= tail.len()
                            && same(needle, &folder[..head.len()], head)
                            && same(needle, &name[..tail.len()], tail)
                    } else {
                        let (head, tail) = needle.bytes.split_at(len.saturating_sub(name.len()));
                        folder.len() >= head.len()
                            && same(needle, &name[name.len() - tail.len()..], tail)
                            && same(needle, &folder[folder.len() - head.len()..], head)
                    };
                    found[word] |= u64::from(is) << (at % 64);
                }
            });
        }
        found
    }
}

/// Gives the bits of some items, a word at a time, if there are any.
#[inline]
pub(super) fn spread(bits: &Bits, items: std::ops::Range<usize>, mut give: impl FnMut(usize, u64)) {
    for word in items.start / 64..items.end.div_ceil(64) {
        let from = items.start.saturating_sub(word * 64);
        let until = (items.end - word * 64).min(64);
        let bits = bits[word] & u64::MAX << from & u64::MAX >> (64 - until);
        if bits != 0 {
            give(word, bits);
        }
    }
}

/// The bits of an item and of the 63 behind it.
#[inline]
fn asked(bits: &Bits, at: usize) -> u64 {
    let next = bits.get(at / 64 + 1).copied().unwrap_or(0);
    bits[at / 64] >> (at % 64) | (next << 1) << (63 - at % 64)
}

/// Whether any of some items has its bit.
#[inline]
fn any(bits: &Bits, items: std::ops::Range<usize>) -> bool {
    let mut any = false;
    spread(bits, items, |_, _| any = true);
    any
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
    let (mut found, mut start) = ([0; BITS], 0);
    for run in block.runs() {
        let items = start..usize::from(run.stop);
        start = items.end;
        spread(alive, items, |word, bits| {
            ones(word, bits).for_each(|at| found[word] |= u64::from(test(run, at)) << (at % 64));
        });
    }
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

/// How many chars of a needle a folder has in their order.
fn counted(needle: &Needle, snapshot: &Snapshot, number: u32, memo: &[AtomicU8]) -> u8 {
    if number == 0 {
        memo[0].store(0, Relaxed);
        return 0;
    }
    let folder = snapshot.folder(number);
    let mut count = memo[folder.parent as usize].load(Relaxed);
    if count == UNKNOWN {
        // No deeper than folders are.
        count = counted(needle, snapshot, folder.parent, memo);
    }
    if let Some(wanted) = needle.bytes.get(usize::from(count)..=usize::from(count))
        && has(folder.mask, mask(wanted))
    {
        let len = folder.own.len();
        count = kernel::advance(folder.own_and_more, len, needle, count.into()) as u8;
    }
    memo[number as usize].store(count, Relaxed);
    count
}

/// Whether a folder holds a needle: 1 or 0.
fn held(search: &Search<'_>, snapshot: &Snapshot, number: u32, memo: &[AtomicU8]) -> u8 {
    if number == 0 {
        memo[0].store(0, Relaxed);
        return 0;
    }
    let folder = snapshot.folder(number);
    let mut known = memo[folder.parent as usize].load(Relaxed);
    if known == UNKNOWN {
        known = held(search, snapshot, folder.parent, memo);
    }
    if known == 0 {
        // With a slash in it, it may have begun in the parent.
        let text = if search.has_slash { folder.text } else { folder.own };
        known = u8::from(search.is_in(text));
    }
    memo[number as usize].store(known, Relaxed);
    known
}

/// A search for bytes that stand together.
struct Search<'n> {
    needle: &'n Needle,
    finder: memmem::Finder<'n>,
    has_slash: bool,
}

impl Search<'_> {
    fn new(needle: &Needle) -> Search<'_> {
        let has_slash = memchr(b'/', &needle.bytes).is_some();
        Search { needle, finder: memmem::Finder::new(&needle.bytes), has_slash }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        if self.needle.respect_case {
            return self.finder.find(text).is_some();
        }
        let wanted = &self.needle.bytes[..];
        let Some(last) = text.len().checked_sub(wanted.len()) else { return false };
        let (small, capital) = (wanted[0], wanted[0].to_ascii_uppercase());
        let mut at = 0;
        while let Some(next) = memchr2(small, capital, &text[at..=last]) {
            at += next;
            if text[at..at + wanted.len()].eq_ignore_ascii_case(wanted) {
                return true;
            }
            at += 1;
            if at > last {
                return false;
            }
        }
        false
    }
}
