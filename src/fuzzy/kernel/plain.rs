//! The reference, which runs everywhere.

use super::lanes::Plain;
use super::{Candidate, Kernel, Needle, columns};
use crate::fuzzy::corpus::Block;

pub(super) static KERNEL: Kernel =
    Kernel { name: "plain", within, together, score: columns::score::<Plain> };

fn together(
    block: &Block,
    candidates: &[Candidate],
    _: &Needle,
    long: &dyn Fn(&[u8]) -> bool,
    found: &mut [u64],
) {
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
