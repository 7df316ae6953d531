//! Filters by terms that match at the beginning or the end of an item.

use super::bits::{BITS, has, ones, same};
use super::{Memory, Strategy, TermFilter};
use crate::fuzzy::corpus::{Bits, Block, Snapshot, WHITE, mask};
use crate::fuzzy::fzf::bonus::{BOUNDARY, CONSECUTIVE, FIRST, MATCH};
use crate::fuzzy::kernel::{self, Bonuses, Candidate, Needle};
use memchr::memchr;

impl TermFilter {
    /// Returns the score of a prefix or suffix term for an ASCII item, `Some(None)` if the item does not match, or none
    /// if only the scorer can decide.
    pub(in super::super) fn score_edge(
        &self,
        directory: &[u8],
        name: &[u8],
        bonuses: &Bonuses,
    ) -> Option<Option<i32>> {
        let (needle, begins) = match &self.how {
            Strategy::Prefix(needle) => (needle, true),
            Strategy::Suffix(needle) => (needle, false),
            _ => return None,
        };
        let (first, last) =
            (directory.first().or(name.first())?, name.last().or(directory.last())?);
        if self.negated || *first <= b' ' || *last <= b' ' {
            return None;
        }
        let len = directory.len() + name.len();
        let Some(rest) = len.checked_sub(needle.bytes.len()) else { return Some(None) };
        let start = if begins { 0 } else { rest };
        let byte = |at: usize| {
            if at < directory.len() { directory[at] } else { name[at - directory.len()] }
        };
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

    /// Returns the items that match a prefix or suffix. White space at that end is skipped by the scorer, so it decides
    /// such items.
    pub(super) fn edge(
        &self,
        needle: &Needle,
        begins: bool,
        (snapshot, block): (&Snapshot, &Block),
        alive: &Bits,
        memory: &mut Memory,
        stop: &dyn Fn() -> bool,
    ) -> Bits {
        let len = needle.bytes.len();
        let all = mask(&needle.bytes);
        let has_slash = memchr(b'/', &needle.bytes).is_some();
        let white = |byte: Option<&u8>| byte.is_none_or(|&byte| byte <= b' ');
        let (mut found, mut left) = ([0; BITS], *alive);
        // A suffix without a slash lies in the name only.
        if !begins && !has_slash {
            names_that_end(needle, block, &mut left, &mut found, &mut memory.candidates);
        }
        block.by_run(&left, |number, word, bits| {
            let run = &block.runs()[number];
            let directory = snapshot.directory(run.directory).text;
            // The prefix lies entirely in the directory.
            let before = begins && directory.len() >= len;
            if before
                && !white(directory.first())
                && !same(needle, &directory[..len], &needle.bytes)
            {
                return;
            }
            for at in ones(word, bits) {
                let own = block.masks()[at];
                // The suffix lies in the name only, and the name lacks some of its characters.
                if !begins && !has_slash && own & all != all {
                    continue;
                }
                let name = block.name(at);
                let last = name.last().or(directory.last());
                let is = if white(directory.first().or(name.first())) || white(last) {
                    !stop() && self.ask(snapshot, block, run.directory, at, memory)
                } else if begins {
                    let (head, tail) = needle.bytes.split_at(len.min(directory.len()));
                    name.len() >= tail.len()
                        && same(needle, &directory[..head.len()], head)
                        && same(needle, &name[..tail.len()], tail)
                } else {
                    let (head, tail) = needle.bytes.split_at(len.saturating_sub(name.len()));
                    directory.len() >= head.len()
                        && same(needle, &name[name.len() - tail.len()..], tail)
                        && same(needle, &directory[directory.len() - head.len()..], head)
                };
                found[word] |= u64::from(is) << (at % 64);
            }
        });
        found
    }
}

/// Finds the names in `left` that end with a needle without a slash. Items that may have white space remain in `left`.
fn names_that_end(
    needle: &Needle,
    block: &Block,
    left: &mut Bits,
    found: &mut Bits,
    candidates: &mut [Candidate],
) {
    let (len, all) = (needle.bytes.len(), mask(&needle.bytes));
    let Some(tail) = Tail::new(needle) else { return };
    let mut rest = *left;
    let mut count = 0;
    block.by_run(left, |number, word, bits| {
        let run = &block.runs()[number];
        if has(run.all(), WHITE) {
            return;
        }
        rest[word] ^= bits;
        if has(run.names, all) {
            for at in ones(word, kernel::mask_superset(block.masks(), word, bits, all)) {
                kernel::prefetch_end(block, at);
                candidates[count] = Candidate { at: at as u16, from: 0 };
                count += 1;
            }
        }
    });
    *left = rest;
    for candidate in &candidates[..count] {
        let at = usize::from(candidate.at);
        let (start, stop) = block.span(at);
        let is = stop - start >= len && tail.is_end_of(&block.bytes()[..stop]);
        found[at / 64] |= u64::from(is) << (at % 64);
    }
}

/// A needle of up to eight bytes, compared at once with the last bytes of a text.
struct Tail {
    bytes: u64,
    /// The bits that lower a capital, for each byte that is a small letter.
    fold: u64,
    /// Mask of the bytes that the needle has.
    keep: u64,
}

impl Tail {
    fn new(needle: &Needle) -> Option<Tail> {
        let skip = 8_usize.checked_sub(needle.bytes.len())?;
        let mut tail = [[0; 8]; 3];
        for (at, &byte) in needle.bytes.iter().enumerate() {
            let folds = !needle.respect_case && byte.is_ascii_lowercase();
            let parts = [byte, if folds { 0x20 } else { 0 }, u8::MAX];
            (0..3).for_each(|part| tail[part][skip + at] = parts[part]);
        }
        let [bytes, fold, keep] = tail.map(u64::from_le_bytes);
        Some(Tail { bytes, fold, keep })
    }

    #[inline]
    fn is_end_of(&self, text: &[u8]) -> bool {
        let last = text.last_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; 8];
            last[8 - text.len()..].copy_from_slice(text);
            last
        });
        (u64::from_le_bytes(last) | self.fold) & self.keep == self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_tail_is_compared_as_byte_by_byte(
            text in "[ -~]{0,12}",
            (len, flip) in (1..=8_usize, any::<bool>()),
            other in "[@-\\[`-\\{.]{1,8}",
            respect_case in any::<bool>(),
        ) {
            // A suffix of the text, perhaps in the other case, and a string that usually is not one.
            let own = &text[text.len() - len.min(text.len())..];
            let own = if flip { own.to_ascii_uppercase() } else { own.to_owned() };
            for bytes in [own, other].into_iter().filter(|bytes| !bytes.is_empty()) {
                let bytes = if respect_case { bytes } else { bytes.to_ascii_lowercase() };
                let needle = Needle { bytes: bytes.into_bytes(), respect_case };
                let expected = text.len() >= needle.bytes.len()
                    && same(&needle, &text.as_bytes()[text.len() - needle.bytes.len()..], &needle.bytes);
                prop_assert_eq!(Tail::new(&needle).unwrap().is_end_of(text.as_bytes()), expected);
            }
        }
    }
}
