//! Job forms: opening and reading on another thread, for a disk that sleeps or a server that does not answer.
//!
//! A call that the system does not answer blocks the thread that makes it, and nothing ends that but the answer. On a thread
//! of a job the host can cancel it: the job is then abandoned as any other that does not stop.

use super::{Answer, Change, Document, FileError, FileOptions, Info, Lines, Window};
use crate::io_error;
use crate::job::Worker;
use bstr::ByteSlice;
use std::path::PathBuf;

/// Bytes that a job reads before it looks whether it is cancelled.
const STEP: u64 = 1 << 20;

/// A file that is to be opened: what a call can do without asking the system about the file.
pub struct Opening {
    /// As the caller wrote it, for messages.
    given: Vec<u8>,
    path: PathBuf,
    options: FileOptions,
}

impl Opening {
    /// Resolves the paths against the working directory, which the host may change later.
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

/// What is to be read.
#[derive(Clone, Debug)]
pub enum Request {
    /// [`Document::lines`].
    Lines {
        /// Number of the first line, from 1 on.
        first: u64,
        /// Lines at most.
        count: usize,
        /// What of each.
        window: Window,
    },
    /// [`Document::around`].
    Around {
        /// A byte of the line in the middle.
        offset: u64,
        /// Lines in front of that one.
        before: usize,
        /// Lines from that one on.
        after: usize,
        /// What of each.
        window: Window,
    },
    /// [`Document::last`].
    Last {
        /// Lines at most.
        count: usize,
        /// What of each.
        window: Window,
    },
    /// [`Document::read`].
    Bytes {
        /// The first byte.
        offset: u64,
        /// Bytes at most.
        len: u64,
        /// Bytes of the result at most: more are refused.
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

/// What was read.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Lines, whichever were asked for.
    Lines(Answer<Lines>),
    /// The bytes from an offset on.
    Bytes(Vec<u8>),
    /// The result would have so many bytes.
    TooLong(u64),
    /// The number of a line, or an offset.
    Number(Answer<u64>),
    /// What is known, and the memory that the file holds.
    Info(Info, usize),
    /// What has become of the file.
    Change(Change),
}

impl Reply {
    /// Memory that it holds, in bytes.
    pub fn memory(&self) -> usize {
        match self {
            Reply::Lines(Answer::Known(lines)) => lines.memory(),
            Reply::Bytes(bytes) => bytes.capacity(),
            _ => 0,
        }
    }
}

/// Lines of which there may be none.
fn some(lines: Lines) -> Reply {
    Reply::Lines(if lines.lines.is_empty() { Answer::Absent } else { Answer::Known(lines) })
}

impl Document {
    /// Does on the thread of a job what a call of the host does. What a cancelled job returns is of no use.
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

    /// Bytes of one content, whatever a refresh makes of the file meanwhile.
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
        let mut bytes = Vec::new();
        let room = usize::try_from(len).ok().filter(|&len| bytes.try_reserve_exact(len).is_ok());
        room.ok_or_else(|| FileError::no_memory(len as usize))?;
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
