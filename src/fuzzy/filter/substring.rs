//! Filters by exact terms: consecutive bytes.

use crate::fuzzy::corpus::{Bits, Block, Snapshot};
use crate::fuzzy::filter::{BITS, Memory, TermFilter, has, ones, same};
use crate::fuzzy::kernel::{self, Candidate, Needle};
use memchr::{memchr, memchr2, memmem};

impl TermFilter {
    pub(in crate::fuzzy::filter) fn holds(
        &self,
        needle: &Needle,
        all: u32,
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
    ) -> Bits {
        let directories = self.directories(snapshot);
        let candidates = &mut memory.candidates;
        let mut count = 0;
        let search = Search::new(needle);
        // A match across directory and name needs a slash, as the directory ends in one.
        let slash = memchr::memrchr(b'/', &needle.bytes).map_or(0, |at| at + 1);
        let (head, tail) = needle.bytes.split_at(slash);
        let masks = block.masks();
        let mut found = [0; BITS];
        block.by_run(alive, |number, word, bits| {
            let run = &block.runs()[number];
            if !has(run.all(), all) {
                return;
            }
            if (slash > 0 || has(run.path, all)) && directories.held(run.directory, &search) == 1 {
                found[word] |= bits;
                return;
            }
            let mut left = bits;
            if slash > 0 {
                let directory = snapshot.directory(run.directory).text;
                if directory.len() >= head.len()
                    && same(needle, &directory[directory.len() - head.len()..], head)
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
                for at in ones(word, kernel::mask_superset(masks, word, left, all)) {
                    kernel::prefetch(block, at);
                    candidates[count] = Candidate { at: at as u16, from: 0 };
                    count += 1;
                }
            }
        });
        if needle.bytes.len() <= kernel::MAX_SUBSTRING_CHARS {
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
}

/// A search for consecutive bytes in single texts.
pub(in crate::fuzzy::filter) struct Search<'n> {
    needle: &'n Needle,
    finder: memmem::Finder<'n>,
    pub(in crate::fuzzy::filter) has_slash: bool,
}

impl Search<'_> {
    fn new(needle: &Needle) -> Search<'_> {
        let has_slash = memchr(b'/', &needle.bytes).is_some();
        Search { needle, finder: memmem::Finder::new(&needle.bytes), has_slash }
    }

    pub(in crate::fuzzy::filter) fn is_in(&self, text: &[u8]) -> bool {
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
