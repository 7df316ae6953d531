//! Spans of segments.

use super::*;

/// The unit, the start and the capacity of a batch of segments.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_segment_options {
    /// sizeof(rille_segment_options).
    pub size: u32,
    /// RILLE_UNIT_GRAPHEME, RILLE_UNIT_WORD, RILLE_UNIT_SENTENCE, RILLE_UNIT_LINE or RILLE_UNIT_LINEBREAK.
    pub unit: u32,
    /// Start offset in the text: 0, or what the previous batch wrote to `out_next`. If it is beyond the end, there are
    /// no segments.
    pub from: u32,
    /// Capacity of the output in spans.
    pub capacity: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_segment_options {}

const _: () = assert!(size_of::<rille_segment_options>() == 16);

/// Finds a batch of segments of a text, from left to right.
///
/// Writes two offsets for each segment to `out_spans`, the number of segments to `out_count`, and the start of the next
/// batch to `out_next`. `out_spans` has room for two numbers times the capacity of `options`. Clusters, sentences and
/// line-break segments follow each other without a gap; the text between words, and the LF or CR LF of lines, belong to
/// no segment. All batches together read the text once.
///
/// Returns RILLE_OK (there are no more), RILLE_MORE (the batch is full) or RILLE_EARG (there are no segments of that
/// unit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_text_segments(
    text: *const u8,
    len: usize,
    options: *const rille_segment_options,
    out_spans: *mut u32,
    out_count: *mut u32,
    out_next: *mut u32,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or places for what is written.
        let (text, options, out_count, out_next) = unsafe {
            let (text, options) = (slice(text, len)?, super::options(options)?);
            (text, options, place(out_count, "out_count")?, place(out_next, "out_next")?)
        };
        // SAFETY: as above; a span is two numbers.
        let out = unsafe {
            places(out_spans.cast::<text::Span>(), options.capacity as usize, "out_spans")?
        };
        let unit = super::unit(options.unit)?;
        let Some(batch) = text::segments(text, unit, options.from as usize, out) else {
            let message =
                "segments are grapheme clusters, words, sentences, lines or line-break segments";
            return Err(Failure::new(RILLE_EARG, message));
        };
        out_count.write(batch.count as u32);
        out_next.write(batch.next as u32);
        Ok(if batch.next < text.len() { RILLE_MORE } else { RILLE_OK })
    })
}
