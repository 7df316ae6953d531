//! Filters by fuzzy terms: characters in their order, with gaps.

use super::bits::{BITS, has, ones};
use super::{Memory, Part, TermFilter};
use crate::fuzzy::corpus::{Bits, Block, Snapshot, mask};
use crate::fuzzy::kernel::{self, Candidate, Needle};

impl TermFilter {
    pub(super) fn fuzzy(
        &self,
        needle: &Needle,
        needs: &[u32; 256],
        snapshot: &Snapshot,
        block: &Block,
        alive: &Bits,
        memory: &mut Memory,
    ) -> Bits {
        let directories = self.directories(snapshot);
        let Memory { candidates, parts, .. } = memory;
        let (mut found, mut count) = ([0; BITS], 0);
        let whole = needle.bytes.len() as u8;
        let first = mask(&needle.bytes[..1]);
        let (runs, masks) = (block.runs(), block.masks());
        // In passes without unpredictable branches: first the runs whose directory and names together have all
        // characters.
        let mut words = 0;
        block.by_run(alive, |run, word, bits| {
            parts[count] = Part { bits, run: run as u16, word: word as u16 };
            let has = has(runs[run].all(), needs[0]);
            count += usize::from(has);
            words |= u64::from(has) << word;
        });
        for word in ones(0, words) {
            kernel::prefetch_all(&masks[word * 64..masks.len().min(word * 64 + 64)]);
            kernel::prefetch_all(&block.stops()[word * 64..masks.len().min(word * 64 + 64)]);
        }
        // Then the runs whose names have the characters that the directory lacks.
        let (some, mut left) = (count, 0);
        for at in 0..some {
            let part = parts[at];
            let run = &runs[usize::from(part.run)];
            let from = match has(run.path, first) {
                true => directories.counted(run.directory, needle),
                false => 0,
            };
            found[usize::from(part.word)] |= if from == whole { part.bits } else { 0 };
            parts[left] = part;
            left += usize::from(from != whole && has(run.names, needs[usize::from(from)]));
        }
        count = 0;
        for part in &parts[..left] {
            let run = &runs[usize::from(part.run)];
            let from = if has(run.path, first) { directories.get(run.directory) } else { 0 };
            let word = usize::from(part.word);
            for at in
                ones(word, kernel::mask_superset(masks, word, part.bits, needs[usize::from(from)]))
            {
                kernel::prefetch(block, at);
                candidates[count] = Candidate { at: at as u16, from };
                count += 1;
            }
        }
        kernel::chosen().within(block, &candidates[..count], needle, &mut found);
        found
    }
}
