//! Lines: where they begin, and where their text ends.

use super::segment::Sink;

/// Writes the spans of the lines from `start` on, without their LF or CR LF, and tells where to go on.
///
/// Cost: that of memchr's iterator. (Gathering the line feeds of 64 bytes to a word with baseline instructions and taking
/// them out bit by bit reached a bit more than half of it.)
pub(super) fn spans(text: &[u8], start: usize, sink: &mut Sink<'_>) -> usize {
    let mut from = start;
    for at in memchr::memchr_iter(b'\n', &text[start..]) {
        let end = start + at;
        let cr = from < end && text[end - 1] == b'\r';
        let open = sink.put(from, end - usize::from(cr));
        from = end + 1;
        if !open {
            return from;
        }
    }
    if from < text.len() {
        sink.put(from, text.len());
    }
    text.len()
}
