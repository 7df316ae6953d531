//! Batches of matching lines: one piece of text, and where each line, its path and its spans are in it.

/// What an item of a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A line that matches, or several if the match goes over them.
    Match,
    /// A line beside one that matches.
    Context,
    /// Something that could not be read; its text tells why.
    Error,
    /// Where the search ended before its time; its text tells why.
    Stopped,
}

/// One line: offsets in the text of its batch, and what is to be known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(C)]
pub struct Line {
    /// Where the path begins.
    pub path_start: u32,
    /// Where it ends.
    pub path_stop: u32,
    /// Where the line begins.
    pub start: u32,
    /// Where it ends, without its terminator.
    pub stop: u32,
    /// Index of the first span.
    pub span: u32,
    /// How many there are.
    pub span_count: u32,
    /// A [`Found`].
    pub kind: u32,
    /// Nothing.
    pub reserved: u32,
    /// Number of the line in its file, from 1 on; 0 if it is none.
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
    /// Where the path of the last line is.
    path: (u32, u32),
}

impl Matches {
    /// Sets the path of the lines that follow.
    pub(in crate::tree) fn set_path(&mut self, path: &[u8]) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(path);
        self.path = (start, self.text.len() as u32);
    }

    /// Appends a line, whose spans are those that were pushed since `first_span`.
    pub(in crate::tree) fn push(
        &mut self,
        kind: Found,
        text: &[u8],
        line: u64,
        offset: u64,
        first_span: usize,
    ) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(text);
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

    /// Appends a span of the line that is pushed next, relative to its begin.
    pub(in crate::tree) fn push_span(&mut self, start: usize, stop: usize) {
        self.spans.push([start as u32, stop as u32]);
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Bytes that it holds.
    pub fn memory_usage(&self) -> usize {
        self.text.capacity()
            + self.lines.capacity() * size_of::<Line>()
            + self.spans.capacity() * size_of::<[u32; 2]>()
    }

    /// All text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// All lines.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// All spans: where each begins and ends in its line.
    pub fn spans(&self) -> &[[u32; 2]] {
        &self.spans
    }

    pub(in crate::tree) fn span_count(&self) -> usize {
        self.spans.len()
    }
}
