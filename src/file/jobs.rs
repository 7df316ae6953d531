//! Jobs that open and read a file on another thread, for a disk that sleeps or a server that does not answer.
//!
//! A system call that gets no answer blocks its thread until the answer comes. When it runs on a job's thread, the host
//! can cancel the job, which is then abandoned like any other job that does not stop.

use super::{Answer, Change, Document, FileError, FileOptions, Info, Lines, Window};
use crate::io_error;
use crate::job::Worker;
use crate::memory;
use bstr::ByteSlice;
use std::path::PathBuf;

/// Bytes that a job reads between two checks for cancellation.
const STEP: u64 = 1 << 20;

/// A file to open, prepared without asking the system about the file.
pub struct Opening {
    /// The path as the caller wrote it, for messages.
    given: Vec<u8>,
    path: PathBuf,
    options: FileOptions,
}

impl Opening {
    /// Resolves the paths against the current working directory, which the host may change later.
    pub fn new(path: &[u8], mut options: FileOptions) -> Result<Opening, String> {
        let refuse = |reason: &str| format!("{}: {reason}", path.as_bstr());
        let given = path.to_path().map_err(|error| refuse(&error.to_string()))?;
        let absolute =
            std::path::absolute(given).map_err(|error| refuse(&io_error::message(&error)))?;
        if let Some(directory) = &mut options.spool_directory
            && let Ok(whole) = std::path::absolute(&*directory)
        {
            *directory = whole;
        }
        Ok(Opening { given: path.to_owned(), path: absolute, options })
    }

    /// Opens the file. The message says which file it is and what is wrong with it.
    pub fn open(self) -> Result<Document, String> {
        let Opening { given, path, options } = self;
        Document::open_at(path, options).map_err(|reason| format!("{}: {reason}", given.as_bstr()))
    }
}

impl Document {
    /// Opens a file. The message says which file it is and what is wrong with it.
    pub fn open(path: &[u8], options: FileOptions) -> Result<Document, String> {
        Opening::new(path, options)?.open()
    }
}

/// A read request: which function of [`Document`] to call, and its arguments.
#[derive(Clone, Debug)]
pub enum Request {
    /// [`Document::lines`].
    Lines {
        /// Number of the first line, from 1 on.
        first: u64,
        /// Maximum number of lines.
        count: usize,
        /// The part of each line to read.
        window: Window,
    },
    /// [`Document::around`].
    Around {
        /// An offset in the line in the middle.
        offset: u64,
        /// Number of lines before that line.
        before: usize,
        /// Number of lines from that line on.
        after: usize,
        /// The part of each line to read.
        window: Window,
    },
    /// [`Document::last`].
    Last {
        /// Maximum number of lines.
        count: usize,
        /// The part of each line to read.
        window: Window,
    },
    /// [`Document::read`].
    Bytes {
        /// Offset of the first byte.
        offset: u64,
        /// Maximum number of bytes.
        len: u64,
        /// Maximum size of the result in bytes: a longer result is refused.
        limit: u64,
    },
    /// [`Document::line_at`].
    LineAt(u64),
    /// [`Document::offset_of`].
    OffsetOf(u64),
    /// [`Document::info`].
    Info,
    /// [`Document::refresh`].
    Refresh,
}

/// The result of a [`Request`].
#[derive(Clone, Debug)]
pub enum Reply {
    /// The requested lines.
    Lines(Answer<Lines>),
    /// The requested bytes.
    Bytes(Vec<u8>),
    /// The result would exceed the limit: its size in bytes.
    TooLong(u64),
    /// The number of a line, or an offset.
    Number(Answer<u64>),
    /// The information on the file, and the memory that the file holds in bytes.
    Info(Info, usize),
    /// The change of the file.
    Change(Change),
}

impl Reply {
    /// Returns the memory of the reply in bytes.
    pub fn memory(&self) -> usize {
        match self {
            Reply::Lines(Answer::Known(lines)) => lines.memory(),
            Reply::Bytes(bytes) => bytes.capacity(),
            _ => 0,
        }
    }
}

/// Returns a reply with lines, or `Absent` if there are none.
fn some(lines: Lines) -> Reply {
    Reply::Lines(if lines.lines.is_empty() { Answer::Absent } else { Answer::Known(lines) })
}

impl Document {
    /// Handles a request on the thread of a job as the host's call would. The result of a cancelled job is not used.
    pub fn reply(&self, request: &Request, worker: &Worker<()>) -> Result<Reply, FileError> {
        let mut lines = Lines::default();
        Ok(match *request {
            Request::Lines { first, count, window } => {
                match self.lines(first, count, window, &mut lines)? {
                    Answer::Known(()) => Reply::Lines(Answer::Known(lines)),
                    Answer::Unknown => Reply::Lines(Answer::Unknown),
                    Answer::Absent => Reply::Lines(Answer::Absent),
                }
            }
            Request::Around { offset, before, after, window } => {
                self.around(offset, before, after, window, &mut lines)?;
                some(lines)
            }
            Request::Last { count, window } => {
                self.last(count, window, &mut lines)?;
                some(lines)
            }
            Request::Bytes { offset, len, limit } => self.bytes(offset, len, limit, worker)?,
            Request::LineAt(offset) => Reply::Number(self.line_at(offset)?),
            Request::OffsetOf(line) => Reply::Number(self.offset_of(line)?),
            Request::Info => Reply::Info(self.info()?, self.memory()),
            Request::Refresh => Reply::Change(self.refresh()?),
        })
    }

    /// Reads bytes of the current content, even if a refresh replaces it meanwhile.
    fn bytes(
        &self,
        offset: u64,
        len: u64,
        limit: u64,
        worker: &Worker<()>,
    ) -> Result<Reply, FileError> {
        let snapshot = self.checked()?;
        let len = len.min(snapshot.size().saturating_sub(offset));
        if len > limit {
            return Ok(Reply::TooLong(len));
        }
        worker.expect(len);
        let room = usize::try_from(len).unwrap_or(usize::MAX);
        let mut bytes =
            memory::with_room(room).map_err(|refused| FileError::no_memory(refused.bytes))?;
        let mut done = 0;
        while done < len && !worker.is_cancelled() {
            let step = STEP.min(len - done);
            snapshot.read(offset + done, step, |piece| bytes.extend_from_slice(piece))?;
            worker.advance(step);
            done += step;
        }
        Ok(Reply::Bytes(bytes))
    }
}
