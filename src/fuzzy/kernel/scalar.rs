//! The scalar kernel, which runs on every CPU and is the reference for the others.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::lanes::Plain;
use crate::fuzzy::kernel::needle::Needle;
use crate::fuzzy::kernel::score_batch;
use crate::fuzzy::kernel::table::{Candidate, Kernel, Long};

pub(in crate::fuzzy::kernel) static KERNEL: Kernel =
    Kernel { name: "plain", within, together, score: score_batch::score::<Plain> };

fn together(block: &Block, candidates: &[Candidate], _: &Needle, long: &Long, found: &mut [u64]) {
    for candidate in candidates {
        let at = usize::from(candidate.at);
        found[at / 64] |= u64::from(long(block.name(at))) << (at % 64);
    }
}

fn within(block: &Block, candidates: &[Candidate], needle: &Needle, found: &mut [u64]) {
    for candidate in candidates {
        let at = usize::from(candidate.at);
        let mut rest = needle.bytes[usize::from(candidate.from)..].iter().peekable();
        for &byte in block.name(at) {
            rest.next_if(|&&wanted| wanted == needle.see(byte));
        }
        found[at / 64] |= u64::from(rest.peek().is_none()) << (at % 64);
    }
}
