//! Searches one text: finds its matching lines, with numbers, offsets and context lines.
//!
//! # How is a file read?
//!
//! In pieces of 64 KiB, of which complete lines are searched; with `multi_line` the whole file is read first.
//!
//! # What happens at a zero byte?
//!
//! The search of a file ends before the piece with the first zero byte, as in ripgrep.

use crate::io_error;
use crate::job::JobError;
use crate::memory::{self, must};
use crate::search::Span;
use crate::search::lines::{Seeker, trim_line_terminator};
use crate::text::kernel;
use crate::tree::decode::{Decoder, Place};
use crate::tree::matches::Found;
use std::io::Read;

/// Maximum length of a line, in bytes.
pub const MAX_LINE_BYTES: usize = 8 << 20;

/// Maximum size of a file that is searched with `multi_line`, in bytes.
pub const MAX_MULTILINE_FILE_BYTES: usize = 64 << 20;

/// Size of a piece in bytes.
const PIECE: usize = if cfg!(test) { 256 } else { 64 << 10 };

/// Maximum number of spans, and of bytes, of a `multi_line` result to which an adjoining match is still added.
const MAX_BLOCK_SPANS: usize = 4096;
const MAX_BLOCK_BYTES: usize = 64 << 10;

/// Which lines to find.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::tree) struct Wanted {
    /// Find the lines that do not match.
    pub invert: bool,
    /// Matches may span several lines.
    pub multi_line: bool,
    /// Treat zero bytes as text.
    pub binary: bool,
    /// Number of context lines before and after each match.
    pub context: usize,
    /// Maximum number of results, or 0 for no limit.
    pub limit: u64,
}

/// A line of the result.
pub(in crate::tree) struct Hit<'t> {
    pub kind: Found,
    /// The line, or lines, without the last terminator.
    pub text: &'t [u8],
    pub line: u64,
    pub offset: u64,
    pub spans: &'t [Span],
}

/// Receives results.
pub(in crate::tree) trait Sink {
    /// Receives a line, and returns whether to continue.
    fn hit(&mut self, hit: &Hit<'_>) -> Result<bool, JobError>;

    /// Receives an error message about the text.
    fn fail(&mut self, message: &str);

    /// Receives the offset of the zero byte at which the search ended.
    fn zero(&mut self, offset: u64);
}

/// The working memory of a thread.
pub(in crate::tree) struct Scanner<'m> {
    seeker: Seeker<'m>,
    wanted: Wanted,
    buffer: Vec<u8>,
    spans: Vec<Span>,
}

/// The result of a read.
enum Portion {
    More,
    End,
    /// There is a zero byte at this offset in the buffer.
    Zero(usize),
}

/// Why the search of a text stopped early.
enum Broken {
    JobError(JobError),
    Failed(String),
    /// No more results are needed.
    Enough,
}

impl From<JobError> for Broken {
    fn from(stop: JobError) -> Broken {
        Broken::JobError(stop)
    }
}

impl From<std::io::Error> for Broken {
    fn from(error: std::io::Error) -> Broken {
        Broken::Failed(io_error::message(&error))
    }
}

impl<'m> Scanner<'m> {
    pub fn new(seeker: Seeker<'m>, wanted: Wanted) -> Scanner<'m> {
        Scanner { seeker, wanted, buffer: Vec::new(), spans: Vec::new() }
    }

    /// Searches a text. Returns an error only if the job is cancelled.
    pub fn scan(&mut self, source: impl Read, sink: &mut impl Sink) -> Result<(), JobError> {
        if self.buffer.len() < PIECE {
            memory::resize(&mut self.buffer, PIECE, 0)?;
        }
        let source = Decoder::new(source, &mut self.buffer);
        let ended = source.map_err(Broken::from).and_then(|mut source| {
            let place = Place::new(source.encoding());
            let mut report = Report::new(self.wanted, place, sink);
            if self.wanted.multi_line {
                self.scan_whole(&mut source, &mut report)
            } else {
                self.scan_pieces(&mut source, &mut report)
            }
        });
        match ended {
            Ok(()) | Err(Broken::Enough) => Ok(()),
            Err(Broken::JobError(stop)) => Err(stop),
            Err(Broken::Failed(message)) => {
                sink.fail(&message);
                Ok(())
            }
        }
    }

    fn scan_pieces<S: Sink>(
        &mut self,
        source: &mut Decoder<impl Read>,
        report: &mut Report<'_, S>,
    ) -> Result<(), Broken> {
        // Bytes before `at` were searched; bytes before `len` were read.
        let (mut at, mut len) = (0, 0);
        loop {
            let before = len;
            let read = self.read(source, at, &mut len)?;
            let whole = match read {
                Portion::More => memchr::memrchr(b'\n', &self.buffer[before..len])
                    .map_or(at, |feed| before + feed + 1),
                Portion::End => len,
                Portion::Zero(zero) => {
                    report.zero(&self.buffer, zero);
                    return Ok(());
                }
            };
            self.lines(at, whole, report)?;
            if matches!(read, Portion::End) {
                return Ok(());
            }
            at = whole;
            let dropped = report.roll(&self.buffer, at);
            self.buffer.copy_within(dropped..len, 0);
            (at, len) = (at - dropped, len - dropped);
        }
    }

    /// Reads the next piece into the buffer.
    fn read(
        &mut self,
        source: &mut Decoder<impl Read>,
        at: usize,
        len: &mut usize,
    ) -> Result<Portion, Broken> {
        if self.buffer.len() < *len + PIECE / 2 {
            if *len - at > MAX_LINE_BYTES || *len > 2 * MAX_LINE_BYTES {
                let what = format!("a line is longer than {} MiB", MAX_LINE_BYTES >> 20);
                return Err(Broken::Failed(what));
            }
            let len = (2 * self.buffer.len()).max(PIECE);
            memory::resize(&mut self.buffer, len, 0).map_err(std::io::Error::from)?;
        }
        let read = source.read(&mut self.buffer[*len..])?;
        if read == 0 {
            return Ok(Portion::End);
        }
        let fresh = &self.buffer[*len..*len + read];
        if !self.wanted.binary
            && let Some(zero) = memchr::memchr(0, fresh)
        {
            return Ok(Portion::Zero(*len + zero));
        }
        *len += read;
        Ok(Portion::More)
    }

    /// Searches the lines in a part of the buffer.
    fn lines<S: Sink>(
        &mut self,
        start: usize,
        stop: usize,
        report: &mut Report<'_, S>,
    ) -> Result<(), Broken> {
        let text = &self.buffer[..stop];
        // Lines before `decided` were reported, or are known not to be results.
        let (mut at, mut decided) = (start, start);
        while at < stop && !report.is_full() {
            let Some(candidate) = self.seeker.candidate(text, at)? else { break };
            at = candidate.stop;
            if self.wanted.invert {
                if self.seeker.test(text, &candidate)? {
                    report.each_line(text, decided, candidate.start)?;
                    decided = candidate.stop;
                }
                continue;
            }
            let line = trim_line_terminator(&text[candidate.start..candidate.stop]);
            self.spans.clear();
            let (spans, mut refused) = (&mut self.spans, None);
            self.seeker.spans(line, 0, |span| {
                refused = memory::push(spans, span).err();
                refused.is_none()
            })?;
            if let Some(refused) = refused {
                return Err(Broken::Failed(refused.to_string()));
            }
            if !self.spans.is_empty() {
                report.found(text, candidate.start, candidate.stop, &self.spans)?;
            }
        }
        if self.wanted.invert {
            report.each_line(text, decided, stop)?;
        }
        report.context_after(text, stop)
    }

    /// Reads a whole text, and searches it at once.
    fn scan_whole<S: Sink>(
        &mut self,
        source: &mut Decoder<impl Read>,
        report: &mut Report<'_, S>,
    ) -> Result<(), Broken> {
        let mut len = 0;
        let (mut zero, mut stop) = (None, None);
        loop {
            if self.buffer.len() < len + PIECE {
                if len > MAX_MULTILINE_FILE_BYTES {
                    let what = format!(
                        "the file is larger than {} MiB, the limit with multi_line",
                        MAX_MULTILINE_FILE_BYTES >> 20
                    );
                    return Err(Broken::Failed(what));
                }
                let len = (2 * self.buffer.len()).max(PIECE);
                memory::resize(&mut self.buffer, len, 0).map_err(std::io::Error::from)?;
            }
            let read = source.read(&mut self.buffer[len..])?;
            if !self.wanted.binary
                && let Some(at) = memchr::memchr(0, &self.buffer[len..len + read])
            {
                // If a file has a zero byte in its first piece, nothing is searched; otherwise the lines before it are.
                let feed = memchr::memrchr(b'\n', &self.buffer[..len + at]);
                let whole = feed.map_or(0, |feed| feed + 1);
                (zero, stop) = (Some(len + at), Some(if len + at < PIECE { 0 } else { whole }));
            }
            if read == 0 || zero.is_some() {
                break;
            }
            len += read;
        }
        let text = &self.buffer[..stop.unwrap_or(len)];
        let mut block = Block { start: 0, stop: 0, spans: &mut self.spans };
        let (mut decided, mut broken) = (0, None);
        let invert = self.wanted.invert;
        let mut bring = |block: &mut Block<'_>| {
            if block.stop == 0 {
                return Ok(());
            } else if invert {
                report.each_line(text, decided, block.start)?;
                decided = block.stop;
                return Ok(());
            }
            block.cut(text);
            report.found(text, block.start, block.stop, block.spans)
        };
        self.seeker.spans(text, 0, |span| {
            let Some((start, stop)) = lines_of(text, span) else { return true };
            if block.stop > 0 && block.takes(start) {
                block.stop = block.stop.max(stop);
            } else {
                if let Err(error) = bring(&mut block) {
                    broken = Some(error);
                    return false;
                }
                (block.start, block.stop) = (start, stop);
                block.spans.clear();
            }
            if !invert {
                must(memory::push(block.spans, span));
            }
            true
        })?;
        if let Some(broken) = broken {
            return Err(broken);
        }
        bring(&mut block)?;
        if invert {
            report.each_line(text, decided, text.len())?;
        }
        report.context_after(text, text.len())?;
        if let Some(zero) = zero {
            report.zero(&self.buffer, zero);
        }
        // Free the memory that a long file needed.
        self.buffer.truncate(MAX_LINE_BYTES);
        self.buffer.shrink_to(MAX_LINE_BYTES);
        Ok(())
    }
}

/// Lines spanned by matches that form one result.
struct Block<'s> {
    start: usize,
    stop: usize,
    spans: &'s mut Vec<Span>,
}

impl Block<'_> {
    /// Returns whether a match in a line that begins at `start` belongs to this result.
    fn takes(&self, start: usize) -> bool {
        let is_full =
            self.spans.len() >= MAX_BLOCK_SPANS || self.stop - self.start >= MAX_BLOCK_BYTES;
        start < self.stop || start == self.stop && !is_full
    }

    /// Makes the spans relative to the text of the block, which lacks its last terminator: a match of that becomes empty.
    fn cut(&mut self, text: &[u8]) {
        let (start, len) = (self.start, trim_line_terminator(&text[self.start..self.stop]).len());
        for span in self.spans.iter_mut() {
            *span =
                Span { start: (span.start - start).min(len), stop: (span.stop - start).min(len) };
        }
    }
}

/// Returns the start and the end of the lines of a match. There is no line after the last line feed.
fn lines_of(text: &[u8], span: Span) -> Option<(usize, usize)> {
    let start = memchr::memrchr(b'\n', &text[..span.start]).map_or(0, |feed| feed + 1);
    if start == text.len() {
        return None;
    }
    if span.stop > start && text[span.stop - 1] == b'\n' {
        return Some((start, span.stop));
    }
    let feed = memchr::memchr(b'\n', &text[span.stop..]);
    Some((start, feed.map_or(text.len(), |feed| span.stop + feed + 1)))
}

/// Passes results to the sink in order, with their context lines.
struct Report<'s, S> {
    wanted: Wanted,
    sink: &'s mut S,
    /// The offset in the buffer to which `line` and `place` belong.
    counted: usize,
    line: u64,
    place: Place,
    /// Lines before this offset were passed on, or are not needed as context.
    sent: usize,
    /// Number of context lines still to pass on after the last result.
    after: usize,
    found: u64,
}

impl<'s, S: Sink> Report<'s, S> {
    fn new(wanted: Wanted, place: Place, sink: &'s mut S) -> Report<'s, S> {
        Report { wanted, sink, counted: 0, line: 1, place, sent: 0, after: 0, found: 0 }
    }

    /// Returns whether the limit is reached.
    fn is_full(&self) -> bool {
        self.wanted.limit > 0 && self.found >= self.wanted.limit
    }

    fn count_to(&mut self, text: &[u8], at: usize) {
        let piece = &text[self.counted..at];
        self.line += kernel::count_newlines(piece) as u64;
        self.place.advance(piece);
        self.counted = at;
    }

    fn bring(
        &mut self,
        kind: Found,
        text: &[u8],
        (start, stop): (usize, usize),
        spans: &[Span],
    ) -> Result<(), Broken> {
        self.count_to(text, start);
        let (line, offset) = (self.line, self.place.offset());
        let text = trim_line_terminator(&text[start..stop]);
        self.sent = stop;
        match self.sink.hit(&Hit { kind, text, line, offset, spans })? {
            true => Ok(()),
            false => Err(Broken::Enough),
        }
    }

    /// Passes on a result, and the context lines before it.
    fn found(
        &mut self,
        text: &[u8],
        start: usize,
        stop: usize,
        spans: &[Span],
    ) -> Result<(), Broken> {
        if self.is_full() {
            return Ok(());
        }
        self.context_after(text, start)?;
        let mut at = self.back(text, start);
        while at < start {
            let next = next_line(text, at);
            self.bring(Found::Context, text, (at, next), &[])?;
            at = next;
        }
        self.bring(Found::Match, text, (start, stop), spans)?;
        (self.after, self.found) = (self.wanted.context, self.found + 1);
        Ok(())
    }

    /// Passes on each line of a part as a result.
    fn each_line(&mut self, text: &[u8], mut start: usize, stop: usize) -> Result<(), Broken> {
        while start < stop && !self.is_full() {
            let next = next_line(text, start);
            self.found(text, start, next, &[])?;
            start = next;
        }
        Ok(())
    }

    /// Passes on context lines after the last result, up to `stop`. Returns [`Broken::Enough`] when the last result has
    /// its context.
    fn context_after(&mut self, text: &[u8], stop: usize) -> Result<(), Broken> {
        while self.after > 0 && self.sent < stop {
            self.after -= 1;
            let lines = (self.sent, next_line(text, self.sent));
            self.bring(Found::Context, text, lines, &[])?;
        }
        if self.is_full() && self.after == 0 { Err(Broken::Enough) } else { Ok(()) }
    }

    /// Returns the start of the context lines that a result at `at` would need.
    fn back(&self, text: &[u8], mut at: usize) -> usize {
        for _ in 0..self.wanted.context {
            if at <= self.sent {
                break;
            }
            at = memchr::memrchr(b'\n', &text[..at - 1]).map_or(0, |feed| feed + 1);
        }
        at
    }

    /// Returns how much of the buffer is no longer needed once everything before `at` was searched.
    fn roll(&mut self, text: &[u8], at: usize) -> usize {
        let dropped = self.back(text, at);
        self.count_to(text, dropped.max(self.counted));
        self.counted -= dropped;
        self.sent = self.sent.saturating_sub(dropped);
        dropped
    }

    fn zero(&mut self, buffer: &[u8], at: usize) {
        if self.found > 0 {
            let from = self.counted;
            self.place.advance(&buffer[from..at]);
            self.sink.zero(self.place.offset());
        }
    }
}

fn next_line(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |feed| at + feed + 1)
}
