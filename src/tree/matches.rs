//! Batches of matching lines: one text, and the offsets of each line, its path and its spans in it.

use crate::memory::{self, must};

/// The kind of an item of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A matching line, or several if a match spans them.
    Match,
    /// A context line.
    Context,
    /// Something could not be read; the text says what is wrong.
    Error,
    /// The search stopped early; the text says why.
    Stopped,
}

/// One line: its offsets in the text of the batch, and its place in its file.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Line {
    /// Start of the path.
    pub path_start: u32,
    /// End of the path.
    pub path_stop: u32,
    /// Start of the line.
    pub start: u32,
    /// End of the line, without its terminator.
    pub stop: u32,
    /// Index of the first span.
    pub span: u32,
    /// Number of spans.
    pub span_count: u32,
    /// The kind: a [`Found`].
    pub kind: u32,
    /// Reserved; always 0.
    pub reserved: u32,
    /// Number of the line in its file, from 1 on; 0 for a message.
    pub line: f64,
    /// Offset of the line in its file.
    pub offset: f64,
}

/// A batch of lines.
#[derive(Debug, Default)]
pub struct Matches {
    text: Vec<u8>,
    lines: Vec<Line>,
    spans: Vec<[u32; 2]>,
    /// Start and end of the path of the last line.
    path: (u32, u32),
}

impl Matches {
    /// Sets the path of the lines that follow.
    pub(in crate::tree) fn set_path(&mut self, path: &[u8]) {
        let start = self.text.len() as u32;
        must(memory::append(&mut self.text, path));
        self.path = (start, self.text.len() as u32);
    }

    /// Appends a line, whose spans were pushed since `first_span`.
    pub(in crate::tree) fn push(
        &mut self,
        kind: Found,
        text: &[u8],
        line: u64,
        offset: u64,
        first_span: usize,
    ) {
        let start = self.text.len() as u32;
        must(memory::reserve(&mut self.lines, 1));
        must(memory::append(&mut self.text, text));
        self.lines.push(Line {
            path_start: self.path.0,
            path_stop: self.path.1,
            start,
            stop: self.text.len() as u32,
            span: first_span as u32,
            span_count: (self.spans.len() - first_span) as u32,
            kind: kind as u32,
            reserved: 0,
            line: line as f64,
            offset: offset as f64,
        });
    }

    /// Appends a span of the line that is pushed next, relative to the start of the line.
    pub(in crate::tree) fn push_span(&mut self, start: usize, stop: usize) {
        must(memory::push(&mut self.spans, [start as u32, stop as u32]));
    }

    /// Returns the number of lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Returns whether the batch has no lines.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Returns the bytes that the batch holds.
    pub fn memory_usage(&self) -> usize {
        self.text.capacity()
            + self.lines.capacity() * size_of::<Line>()
            + self.spans.capacity() * size_of::<[u32; 2]>()
    }

    /// Returns the text of the batch.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Returns the spans: the start and the end of each in its line.
    pub fn spans(&self) -> &[[u32; 2]] {
        &self.spans
    }

    pub(in crate::tree) fn span_count(&self) -> usize {
        self.spans.len()
    }
}
