//! Printable ASCII: bytes that are one cell each.

/// Returns the length of the printable ASCII at the start: bytes that are one cell each.
#[inline]
pub(super) fn printable_run(text: &[u8]) -> usize {
    const BLOCK: usize = 16;
    let mut run = 0;
    for block in text.chunks_exact(BLOCK) {
        // No exit before the end of the block, so that the compiler vectorises it.
        if !block.iter().fold(true, |all, &byte| all & is_printable(byte)) {
            break;
        }
        run += BLOCK;
    }
    while let Some(&word) = text[run..].first_chunk() {
        match unprintable_in(u64::from_le_bytes(word)) {
            8 => run += 8,
            at => return run + at,
        }
    }
    run + text[run..].iter().take_while(|&&byte| is_printable(byte)).count()
}

/// Returns the index of the first of eight bytes, from the lowest, that is not printable ASCII; 8 if all are.
#[inline]
fn unprintable_in(word: u64) -> usize {
    const ONES: u64 = u64::MAX / 0xFF;
    const HIGH: u64 = ONES << 7;
    // The top bit of a byte is set if it is not ASCII, is DEL (which carries into it), or is below the space. A carry only
    // goes up, to bytes after the first one found.
    let above = word | word.wrapping_add(ONES);
    let below = !((word | HIGH) - (ONES << 5));
    ((above | below) & HIGH).trailing_zeros() as usize / 8
}

pub(super) fn is_printable(byte: u8) -> bool {
    byte.wrapping_sub(b' ') < 0x7F - b' '
}
