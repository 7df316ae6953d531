//! Inputs of a few bytes, handled in general-purpose registers and inline: for them the call of a kernel alone would be
//! most of the cost.

use std::mem::MaybeUninit;

/// Maximum bytes of input to [`count_newlines`] and [`padded`], and to [`is_ascii`] on its fast path.
pub(in crate::text::kernel) const WORDS: usize = 16;
/// Maximum bytes of input to [`reverse_bytes`].
pub(in crate::text::kernel) const REVERSED: usize = 32;

const ONES: u64 = u64::MAX / 255;

#[inline]
pub(in crate::text::kernel) fn is_ascii(source: &[u8]) -> bool {
    let any = if let Some(&last) = source.last_chunk()
        && source.len() > WORDS
    {
        let (words, _) = source.as_chunks();
        let last = u64::from_ne_bytes(last);
        words.iter().fold(last, |any, &word| any | u64::from_ne_bytes(word))
    } else {
        let [low, high] = words(source);
        low | high
    };
    any & (ONES << 7) == 0
}

#[inline]
pub(in crate::text::kernel) fn count_newlines(source: &[u8]) -> usize {
    // Sets bit 7 of each byte that is a line feed; no carry crosses from one byte into the next.
    let found = |word: u64| {
        let differs = word ^ (ONES * u64::from(b'\n'));
        !(((differs & (ONES * 0x7f)) + ONES * 0x7f) | differs) & (ONES << 7)
    };
    let [low, high] = words(source);
    // Two counts of at most 2 a byte, summed into the top byte by the product.
    (((found(low) >> 7) + (found(high) >> 7)).wrapping_mul(ONES) >> 56) as usize
}

#[inline]
pub(in crate::text::kernel) fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    debug_assert!(source.len() <= REVERSED && source.len() == out.len());
    // The first and the last words of the source overlap where the length lies between two powers of two. All are
    // read before the first is written, so that the compiler need not consider aliasing.
    macro_rules! ends {
        ($word:ty) => {
            if let (Some(first), Some(last)) = (source.first_chunk(), source.last_chunk()) {
                let (first, last) = (<$word>::from_be_bytes(*first), <$word>::from_be_bytes(*last));
                const SIZE: usize = size_of::<$word>();
                let stop = out.len() - SIZE;
                out[..SIZE].write_copy_of_slice(&last.to_le_bytes());
                out[stop..].write_copy_of_slice(&first.to_le_bytes());
                return;
            }
        };
    }
    ends!(u128);
    ends!(u64);
    ends!(u32);
    ends!(u16);
    for (slot, &byte) in out.iter_mut().zip(source) {
        slot.write(byte);
    }
}

/// Returns up to 16 bytes, padded with zeroes.
#[inline]
pub(in crate::text::kernel) fn padded(source: &[u8]) -> [u8; WORDS] {
    let [low, high] = words(source).map(u128::from);
    (low | high << 64).to_le_bytes()
}

/// Writes the last bytes of `block` to `out`, as many as fit.
#[inline]
pub(in crate::text::kernel) fn write_last(block: [u8; WORDS], out: &mut [MaybeUninit<u8>]) {
    let len = out.len();
    debug_assert!(0 < len && len <= WORDS);
    let start = (u128::from_le_bytes(block) >> (8 * (WORDS - len))).to_le_bytes();
    // As in `reverse_bytes`, the first and the last word may overlap.
    if let Some(first) = out.first_chunk_mut::<8>() {
        first.write_copy_of_slice(&start[..8]);
        out[len - 8..].write_copy_of_slice(&block[8..]);
    } else if let Some(first) = out.first_chunk_mut::<4>() {
        first.write_copy_of_slice(&start[..4]);
        out[len - 4..].write_copy_of_slice(&block[12..]);
    } else {
        for (slot, byte) in out.iter_mut().zip(start) {
            slot.write(byte);
        }
    }
}

/// Returns up to 16 bytes in order, padded with zeroes in the upper bytes.
#[inline]
fn words(source: &[u8]) -> [u64; 2] {
    let len = source.len();
    debug_assert!(len <= WORDS);
    if let (Some(first), Some(last)) = (source.first_chunk(), source.last_chunk()) {
        // The last word has `16 - len` bytes in common with the first; for eight that is all of it.
        let new = u64::from_le_bytes(*last).checked_shr(8 * (WORDS - len) as u32);
        return [u64::from_le_bytes(*first), new.unwrap_or(0)];
    }
    if let (Some(first), Some(last)) = (source.first_chunk(), source.last_chunk()) {
        let [first, last] = [first, last].map(|word| u64::from(u32::from_le_bytes(*word)));
        return [first | last << (8 * (len - 4)), 0];
    }
    match *source {
        [] => [0, 0],
        // One, two or three bytes: the first, the middle and the last may be the same byte.
        [first, .., last] => {
            let middle = u64::from(source[len / 2]) << (8 * (len / 2));
            [u64::from(first) | middle | u64::from(last) << (8 * (len - 1)), 0]
        }
        [only] => [u64::from(only), 0],
    }
}
