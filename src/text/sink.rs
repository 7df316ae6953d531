//! Spans, and the array that receives them.

use std::mem::MaybeUninit;

/// The span of a segment: the offset of its first byte, and the offset after its last one.
pub type Span = [u32; 2];

/// An array of spans that is filled from its start.
pub(super) struct Sink<'o> {
    pub(super) out: &'o mut [MaybeUninit<Span>],
    pub(super) count: usize,
}

impl Sink<'_> {
    pub(super) fn full(&self) -> bool {
        self.count == self.out.len()
    }

    /// Adds a span; returns whether there is room for another one. Does nothing if there was no room for this one.
    pub(super) fn put(&mut self, start: usize, stop: usize) -> bool {
        if let Some(place) = self.out.get_mut(self.count) {
            place.write([start as u32, stop as u32]);
            self.count += 1;
        }
        !self.full()
    }

    /// Adds a span for each byte from `start` on; returns how many fitted.
    pub(super) fn put_bytes(&mut self, start: usize, len: usize) -> usize {
        let free = &mut self.out[self.count..];
        let len = len.min(free.len());
        for (at, place) in (start as u32..).zip(&mut free[..len]) {
            place.write([at, at + 1]);
        }
        self.count += len;
        len
    }
}
