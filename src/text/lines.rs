//! Lines: where they begin, and where their text ends.

use super::segment::Sink;

/// Writes the spans of the lines from `start` on, without their LF or CR LF, and tells where to go on.
pub(super) fn spans(text: &[u8], start: usize, sink: &mut Sink<'_>) -> usize {
    let mut from = start;
    for at in memchr::memchr_iter(b'\n', &text[start..]) {
        let end = start + at;
        let stop = if text[from..end].ends_with(b"\r") { end - 1 } else { end };
        let open = sink.put(from, stop);
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
