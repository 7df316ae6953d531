//! Lines: where they begin, and where their text ends.

use super::sink::Sink;

/// Writes the spans of the lines from `start` on, without their LF or CR LF; returns where to continue.
///
/// Cost: that of memchr's iterator. (Collecting the line feeds of 64 bytes into a word with baseline instructions and
/// extracting them bit by bit reached little more than half of that speed.)
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
