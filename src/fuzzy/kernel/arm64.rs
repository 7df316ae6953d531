//! The kernel of arm64, with NEON, which every such CPU has.

use crate::fuzzy::corpus::Block;
use crate::fuzzy::kernel::needle::Needle;
use crate::fuzzy::kernel::neon::{Eight, Sixteen};
use crate::fuzzy::kernel::table::{Candidate, Kernel, Long};
use crate::fuzzy::kernel::{piece, score_batch};

pub(in crate::fuzzy::kernel) static KERNEL: Kernel =
    Kernel { name: "neon", within, together, score: score_batch::score::<Eight> };

fn within(block: &Block, candidates: &[Candidate], needle: &Needle, found: &mut [u64]) {
    // SAFETY: NEON is part of arm64, and the block is padded.
    unsafe { piece::within::<Sixteen>(block, candidates, needle, found) }
}

fn together(
    block: &Block,
    candidates: &[Candidate],
    needle: &Needle,
    long: &Long,
    found: &mut [u64],
) {
    // SAFETY: NEON is part of arm64, and the block is padded.
    unsafe { piece::together::<Sixteen>(block, candidates, needle, long, found) }
}
