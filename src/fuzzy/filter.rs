//! Which items of a block match a term: exact, without a look at most of them.
//!
//! For items of ASCII only; [`Scorer`] decides for the others. What a term finds in a folder is found out once for each
//! folder, from what it finds in the parent, and kept for as long as the search goes on. A name is looked at if its mask
//! has all bytes that the folder lacks.

use super::corpus::{Bits, Block, Run, Snapshot, WHITE, mask};
use super::kernel::{self, Bonuses, Candidate, Needle};
use super::known::Memos;
use super::model::{BOUNDARY, CONSECUTIVE, FIRST, MATCH};
use super::query::{Kind, Query, Term};
use super::score::Scorer;
use memchr::{memchr, memchr2, memmem};
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};

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
    /// What an earlier search knew, and below which number that is so for this term as well.
    earlier: Option<(Memo, u8)>,
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
pub(super) type Memo = Arc<[AtomicU8]>;

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

impl Test {
    /// `memos` are those of earlier searches of the same items.
    pub(super) fn new(term: &Term, memos: &Memos) -> Test {
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
        let known = memos.iter().filter_map(|(of, memo)| Some((memo, sure(of, term)?)));
        let earlier = known.max_by_key(|(_, sure)| *sure).map(|(memo, sure)| (memo.clone(), sure));
        Test { how, memo: OnceLock::new(), earlier, negated: term.negated, alone }
    }

    fn folders<'t>(&'t self, snapshot: &'t Snapshot) -> Folders<'t> {
        let unknown = |_| AtomicU8::new(UNKNOWN);
        let memo = self.memo.get_or_init(|| (0..snapshot.folder_count()).map(unknown).collect());
        let (earlier, sure) =
            self.earlier.as_ref().map_or((&[][..], 0), |(memo, sure)| (memo, *sure));
        Folders { snapshot, memo, earlier, sure }
    }

    /// The term, not negated, and what has been found out about folders.
    pub(super) fn memo(&self) -> Option<(Term, Memo)> {
        Some((self.alone.groups[0][0].clone(), Arc::clone(self.memo.get()?)))
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
        let folders = self.folders(snapshot);
        let Memory { candidates, parts, .. } = memory;
        let (mut found, mut count) = ([0; BITS], 0);
        let whole = needle.bytes.len() as u8;
        let first = mask(&needle.bytes[..1]);
        let (runs, all, masks) = (block.runs(), block.all(), block.masks());
        // In steps of which none has a branch that nobody foresees: first the runs of which folder and names have all chars.
        let mut words = 0;
        block.by_run(alive, |run, word, bits| {
            parts[count] = Part { bits, run: run as u16, word: word as u16 };
            let has = has(all[run], needs[0]);
            count += usize::from(has);
            words |= u64::from(has) << word;
        });
        for word in ones(0, words) {
            kernel::fetch_all(&masks[word * 64..masks.len().min(word * 64 + 64)]);
            kernel::fetch_all(&block.stops()[word * 64..masks.len().min(word * 64 + 64)]);
        }
        // Then those of which names have what the folder lacks.
        let (some, mut left) = (count, 0);
        for at in 0..some {
            let part = parts[at];
            let run = &runs[usize::from(part.run)];
            let from = match has(run.path, first) {
                true => folders.counted(run.folder, needle),
                false => 0,
            };
            found[usize::from(part.word)] |= if from == whole { part.bits } else { 0 };
            parts[left] = part;
            left += usize::from(from != whole && has(run.names, needs[usize::from(from)]));
        }
        count = 0;
        for part in &parts[..left] {
            let run = &runs[usize::from(part.run)];
            let from = if has(run.path, first) { folders.get(run.folder) } else { 0 };
            let word = usize::from(part.word);
            for at in ones(word, kernel::having(masks, word, part.bits, needs[usize::from(from)])) {
                kernel::fetch(block, at);
                candidates[count] = Candidate { at: at as u16, from };
                count += 1;
            }
        }
        kernel::chosen().within(block, &candidates[..count], needle, &mut found);
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
        let folders = self.folders(snapshot);
        let candidates = &mut memory.candidates;
        let mut count = 0;
        let search = Search::new(needle);
        // Where a folder and a name meet there is a slash.
        let slash = memchr::memrchr(b'/', &needle.bytes).map_or(0, |at| at + 1);
        let (head, tail) = needle.bytes.split_at(slash);
        let masks = block.masks();
        let mut found = [0; BITS];
        block.by_run(alive, |number, word, bits| {
            let run = &block.runs()[number];
            if !has(block.all()[number], all) {
                return;
            }
            if (slash > 0 || has(run.path, all)) && folders.held(run.folder, &search) == 1 {
                found[word] |= bits;
                return;
            }
            let mut left = bits;
            if slash > 0 {
                let folder = snapshot.folder(run.folder).text;
                if folder.len() >= head.len()
                    && same(needle, &folder[folder.len() - head.len()..], head)
                {
                    let starts = |&at: &usize| {
                        let name = block.name(at);
                        name.len() >= tail.len() && same(needle, &name[..tail.len()], tail)
                    };
                    ones(word, bits).filter(starts).for_each(|at| left ^= 1 << (at % 64));
                    found[word] |= bits ^ left;
                }
            }
            if has(run.names, all) {
                for at in ones(word, kernel::having(masks, word, left, all)) {
                    kernel::fetch(block, at);
                    candidates[count] = Candidate { at: at as u16, from: 0 };
                    count += 1;
                }
            }
        });
        if needle.bytes.len() <= kernel::TOGETHER {
            let long = |text: &[u8]| search.is_in(text);
            kernel::chosen().together(block, &candidates[..count], needle, &long, &mut found);
        } else {
            for candidate in &candidates[..count] {
                let at = usize::from(candidate.at);
                found[at / 64] |= u64::from(search.is_in(block.name(at))) << (at % 64);
            }
        }
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
        let mut found = [0; BITS];
        block.by_run(alive, |number, word, bits| {
            let run = &block.runs()[number];
            let folder = snapshot.folder(run.folder).text;
            // Where it begins is in the folder alone.
            let before = begins && folder.len() >= len;
            if before && !white(folder.first()) && !same(needle, &folder[..len], &needle.bytes) {
                return;
            }
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
        found
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

/// What is known of folders for a term.
struct Folders<'t> {
    snapshot: &'t Snapshot,
    memo: &'t [AtomicU8],
    earlier: &'t [AtomicU8],
    sure: u8,
}

impl Folders<'_> {
    /// What is noted of a folder, or [`UNKNOWN`].
    #[inline]
    fn get(&self, number: u32) -> u8 {
        self.memo[number as usize].load(Relaxed)
    }

    fn note(&self, number: u32, known: u8) -> u8 {
        self.memo[number as usize].store(known, Relaxed);
        known
    }

    /// What an earlier search has noted and what holds for this term.
    #[inline]
    fn earlier(&self, number: u32) -> Option<u8> {
        let known = self.earlier.get(number as usize)?.load(Relaxed);
        (known < self.sure).then_some(known)
    }

    /// How many chars of a needle a folder has in their order.
    #[inline]
    fn counted(&self, number: u32, needle: &Needle) -> u8 {
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
        // No deeper than folders are.
        let mut count = self.counted(own.parent, needle);
        if let Some(wanted) = needle.bytes.get(usize::from(count)..=usize::from(count))
            && has(own.mask, mask(wanted))
        {
            let len = own.text.len();
            count = kernel::advance(own.text_and_more, len, needle, count.into()) as u8;
        }
        self.note(number, count)
    }

    /// Whether a folder holds a needle: 1 or 0.
    fn held(&self, number: u32, search: &Search<'_>) -> u8 {
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
            // With a slash in it, it may have begun in the parent.
            let whole = || self.snapshot.folder(number).text;
            let text = if search.has_slash { whole() } else { own.text };
            known = u8::from(search.is_in(text));
        }
        self.note(number, known)
    }
}

/// Below which number the memo of one term holds for another, if it tells anything of that.
fn sure(of: &Term, term: &Term) -> Option<u8> {
    if of.kind != term.kind || of.respect_case != term.respect_case {
        return None;
    }
    match term.kind {
        Kind::Fuzzy | Kind::Exact if of.chars == term.chars => Some(UNKNOWN),
        Kind::Fuzzy if term.chars.starts_with(&of.chars) => u8::try_from(of.chars.len()).ok(),
        // What does not hold a part does not hold the whole.
        Kind::Exact if term.chars.windows(of.chars.len()).any(|part| part == of.chars) => Some(1),
        _ => None,
    }
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
