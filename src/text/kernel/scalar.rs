//! The scalar kernel: every function as simply as the standard library allows. It is the reference of the parity tests and
//! what a CPU without a vector set runs, at about 1 GB/s.

use std::mem::MaybeUninit;

use super::table::Kernel;

pub(super) static KERNEL: Kernel = Kernel {
    name: "scalar",
    reverse_bytes,
    reverse_chars,
    count_chars,
    count_utf16,
    count_newlines,
};

pub(super) fn reverse_bytes(source: &[u8], out: &mut [MaybeUninit<u8>]) {
    for (slot, &byte) in out.iter_mut().rev().zip(source) {
        slot.write(byte);
    }
}

pub(super) fn reverse_chars(source: &str, out: &mut [MaybeUninit<u8>]) {
    for (at, char) in source.char_indices() {
        let stop = out.len() - at;
        out[stop - char.len_utf8()..stop]
            .write_copy_of_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
    }
}

pub(super) fn count_chars(source: &[u8]) -> usize {
    let count = |chunk: std::str::Utf8Chunk| {
        chunk.valid().chars().count() + usize::from(!chunk.invalid().is_empty())
    };
    source.utf8_chunks().map(count).sum()
}

pub(super) fn count_utf16(source: &[u8]) -> usize {
    let count = |chunk: std::str::Utf8Chunk| {
        chunk.valid().chars().map(char::len_utf16).sum::<usize>()
            + usize::from(!chunk.invalid().is_empty())
    };
    source.utf8_chunks().map(count).sum()
}

pub(super) fn count_newlines(source: &[u8]) -> usize {
    source.iter().filter(|&&byte| byte == b'\n').count()
}
