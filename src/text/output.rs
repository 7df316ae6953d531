//! Output of a result of unknown length: written to memory, or only counted.

use std::fmt;
use std::mem::MaybeUninit;

/// Receives the pieces of a result in order.
pub(super) trait Output: fmt::Write {
    /// Appends any number of bytes.
    fn put(&mut self, bytes: &[u8]);

    /// Appends the first `len` of eight bytes.
    fn put_short(&mut self, bytes: [u8; 8], len: usize);

    /// Appends ASCII bytes, each passed through `map`.
    fn put_mapped(&mut self, ascii: &[u8], map: impl Fn(u8) -> u8);
}

/// Counts the bytes of a result without storing them.
#[derive(Default)]
pub(super) struct Length(pub(super) usize);

impl Output for Length {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len();
    }

    #[inline]
    fn put_short(&mut self, _: [u8; 8], len: usize) {
        self.0 += len;
    }

    fn put_mapped(&mut self, ascii: &[u8], _: impl Fn(u8) -> u8) {
        self.0 += ascii.len();
    }
}

impl fmt::Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Appends to a list, which must have room for the result.
pub(super) struct Appended<'o>(pub(super) &'o mut Vec<u8>);

impl Output for Appended<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    #[inline]
    fn put_short(&mut self, bytes: [u8; 8], len: usize) {
        self.0.extend_from_slice(&bytes[..len]);
    }

    fn put_mapped(&mut self, ascii: &[u8], map: impl Fn(u8) -> u8) {
        self.0.extend(ascii.iter().map(|&byte| map(byte)));
    }
}

impl fmt::Write for Appended<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

/// Memory that is filled from its start. Panics where it is too short.
pub(super) struct Memory<'o> {
    out: &'o mut [MaybeUninit<u8>],
    /// Number of bytes written.
    pub(super) len: usize,
}

impl<'o> Memory<'o> {
    pub(super) fn new(out: &'o mut [MaybeUninit<u8>]) -> Memory<'o> {
        Memory { out, len: 0 }
    }
}

impl Output for Memory<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.out[self.len..self.len + bytes.len()].write_copy_of_slice(bytes);
        self.len += bytes.len();
    }

    #[inline]
    fn put_short(&mut self, bytes: [u8; 8], len: usize) {
        // A copy of fixed length is one store; the surplus bytes are overwritten by the next piece.
        match self.out[self.len..].first_chunk_mut::<8>() {
            Some(place) => {
                place.write_copy_of_slice(&bytes);
                self.len += len;
            }
            None => self.put(&bytes[..len]),
        }
    }

    fn put_mapped(&mut self, ascii: &[u8], map: impl Fn(u8) -> u8) {
        for (place, byte) in self.out[self.len..self.len + ascii.len()].iter_mut().zip(ascii) {
            place.write(map(*byte));
        }
        self.len += ascii.len();
    }
}

impl fmt::Write for Memory<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}
