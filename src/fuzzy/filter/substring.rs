//! Filters by exact terms: consecutive bytes.

use crate::fuzzy::corpus::{Bits, Block, Snapshot};
use crate::fuzzy::filter::bits::{BITS, has, ones, same};
use crate::fuzzy::filter::text_search::TextSearch;
use crate::fuzzy::filter::{Memory, TermFilter};
use crate::fuzzy::kernel::{self, Candidate, Needle};

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
        let search = TextSearch::new(needle);
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
