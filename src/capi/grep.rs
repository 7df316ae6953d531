//! The noun `grep`: a job that searches a directory tree.

use super::boundary::{Zeroed, boundary, boundary_on, options, place, slice};
use super::error::{Failure, rille_error, rille_status::*};
use super::job::{Batch, rille_job};
use super::search::list::list;
use super::search::pattern::{patterns, rille_pattern};
use crate::capi::walk::rille_walk_options;
use crate::memory;
use crate::tree::grep::{self, Case, Chunk, GrepOptions};
use crate::tree::{Found, Line};

/// Patterns given as text are literals, not regular expressions.
pub const RILLE_GREP_FIXED: u32 = 1;
/// Ignore case.
pub const RILLE_GREP_IGNORE_CASE: u32 = 2;
/// Ignore case unless a pattern has an upper-case letter.
pub const RILLE_GREP_SMART_CASE: u32 = 4;
/// Match whole words only.
pub const RILLE_GREP_WORD: u32 = 8;
/// Return the lines that do not match.
pub const RILLE_GREP_INVERT: u32 = 16;
/// A match may span several lines. Files above 64 MiB are then errors.
pub const RILLE_GREP_MULTI_LINE: u32 = 32;
/// Search files with a NUL byte to the end; otherwise the search of a file stops at the first NUL.
pub const RILLE_GREP_BINARY: u32 = 64;

/// Options of a search of a directory tree.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_grep_options {
    /// sizeof(rille_grep_options).
    pub size: u32,
    /// Any of the RILLE_GREP_ constants, combined.
    pub flags: u32,
    /// Number of patterns, at least one. A line matches if one of them does.
    pub pattern_count: u32,
    /// Lines of context before and after each match.
    pub context: u32,
    /// Maximum number of lines of one file, or 0.
    pub limit_per_file: u32,
    /// Maximum number of lines, or 0. If there are more, the last result has the kind RILLE_GREP_STOPPED.
    pub limit: u32,
    /// Number of texts in memory.
    pub text_count: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// The patterns, in any of their forms. A compiled pattern is searched for as its text with its own flags.
    pub patterns: *const rille_pattern,
    /// Texts in memory that are searched first, instead of the files with the same paths: for each its path, then the
    /// text. They are copied. The paths have the form of those in the results, with the root as it was passed. A text
    /// whose file would be excluded is not searched; a text whose path is outside of the root always is.
    pub texts: *const u8,
    /// Bytes of all paths and texts.
    pub texts_len: usize,
    /// The end offset of each path and each text: two for each text.
    pub text_ends: *const u32,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_grep_options {}

const _: () = assert!(std::mem::offset_of!(rille_grep_options, patterns) == 32);

/// The kind of a result of a search.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_grep_kind {
    /// A matching line; with RILLE_GREP_MULTI_LINE several lines that a match spans, or that follow each other.
    RILLE_GREP_MATCH = 0,
    /// A line of context around a matching line.
    RILLE_GREP_CONTEXT = 1,
    /// A file or directory that could not be read; the text says why. The search continued.
    RILLE_GREP_ERROR = 2,
    /// The search of a file, or all of it, stopped early; the text says why.
    RILLE_GREP_STOPPED = 3,
}

/// One line: offsets in the text and the spans of its batch.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_grep_line {
    /// Start of the path.
    pub path_start: u32,
    /// End of the path.
    pub path_stop: u32,
    /// Start of the line.
    pub start: u32,
    /// End of the line, without its LF or CR LF.
    pub stop: u32,
    /// Index of its first span.
    pub span: u32,
    /// Number of spans.
    pub span_count: u32,
    /// One of rille_grep_kind.
    pub kind: u32,
    /// Always 0.
    pub reserved: u32,
    /// Number of the line in its file, counted from 1; 0 if the result is not a line.
    pub line: f64,
    /// Offset of the line in its file in bytes, in UTF-16 as well. A byte-order mark is part of the first line, though
    /// not of its text.
    pub offset: f64,
}

/// A batch of lines. Its pointers are valid until the next batch is taken or the job is freed.
#[repr(C)]
pub struct rille_grep_lines {
    /// The bytes of all paths and lines.
    pub text: *const u8,
    /// The place of each line.
    pub lines: *const rille_grep_line,
    /// The start and the end of each match in its line: two numbers for each.
    pub spans: *const u32,
    /// Number of lines.
    pub count: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<rille_grep_line>() == 48 && size_of::<Line>() == 48);
    assert!(std::mem::offset_of!(rille_grep_line, kind) == std::mem::offset_of!(Line, kind));
    assert!(std::mem::offset_of!(rille_grep_line, line) == std::mem::offset_of!(Line, line));
    assert!(std::mem::offset_of!(rille_grep_line, offset) == std::mem::offset_of!(Line, offset));
    assert!(std::mem::offset_of!(rille_grep_line, span) == std::mem::offset_of!(Line, span));
    assert!(std::mem::offset_of!(rille_grep_line, start) == std::mem::offset_of!(Line, start));
    assert!(Found::Match as u32 == rille_grep_kind::RILLE_GREP_MATCH as u32);
    assert!(Found::Context as u32 == rille_grep_kind::RILLE_GREP_CONTEXT as u32);
    assert!(Found::Error as u32 == rille_grep_kind::RILLE_GREP_ERROR as u32);
    assert!(Found::Stopped as u32 == rille_grep_kind::RILLE_GREP_STOPPED as u32);
};

/// The batch that the caller's pointers point into.
#[derive(Default)]
struct Taken(Chunk);

impl Batch for Taken {
    fn bytes(&self) -> usize {
        self.0.memory_usage()
    }
}

/// Starts a search through the tree under `root`, a path of `len` bytes, and writes the job to `out`. `tree` selects
/// the files, by default those that rille_walk_start finds. The results are lines, for rille_grep_take; the unit of
/// progress is the file.
///
/// The search runs on one thread for each processor, at most 8, or on one thread in the order of paths if the walk is
/// sorted. Files are read in blocks. A byte-order mark is recognised, and UTF-16 is converted. A line above 8 MiB is an
/// error among the results. A line is searched without its LF or CR LF; with RILLE_GREP_MULTI_LINE $ is before either.
/// The working directory and the environment are read in this call, not later.
///
/// Returns RILLE_OK, RILLE_EARG (there is no pattern, an option is unknown, or an end offset is wrong), RILLE_EIO (the
/// root is not a readable directory) or RILLE_EPATTERN (a pattern, a glob or a type is wrong; if there are several, the
/// message says which, counted from 1, and the offset of the error is the place in that pattern). If a pattern is too
/// big to compile, the job fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_grep_start(
    root: *const u8,
    len: usize,
    tree: *const rille_walk_options,
    grep: *const rille_grep_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or options with their lists, and NULL or a place for the pointer.
    boundary(err, || unsafe {
        let (root, tree, given) = (slice(root, len)?, options(tree)?.read()?, options(grep)?);
        let out = place(out, "out")?;
        if given.flags >= RILLE_GREP_BINARY << 1 || given.reserved != 0 {
            let message =
                format!("unknown flags {:#x}; combine RILLE_GREP_ constants", given.flags);
            return Err(Failure::new(RILLE_EARG, message));
        }
        let patterns = patterns(given.patterns, given.pattern_count)?;
        let ends = given.text_count.saturating_mul(2);
        let texts = list(given.texts, given.texts_len, given.text_ends, ends)?;
        let has = |flag| given.flags & flag != 0;
        let case = match (has(RILLE_GREP_IGNORE_CASE), has(RILLE_GREP_SMART_CASE)) {
            (true, _) => Case::Ignore,
            (_, true) => Case::Smart,
            _ => Case::Respect,
        };
        let options = GrepOptions {
            patterns,
            fixed: has(RILLE_GREP_FIXED),
            case,
            word: has(RILLE_GREP_WORD),
            invert: has(RILLE_GREP_INVERT),
            multi_line: has(RILLE_GREP_MULTI_LINE),
            binary: has(RILLE_GREP_BINARY),
            context: given.context as usize,
            limit_per_file: given.limit_per_file.into(),
            limit: given.limit.into(),
            texts: memory::collect(texts.chunks_exact(2).map(|pair| (pair[0], pair[1])))?,
        };
        out.write(rille_job::give(grep::grep(root, &tree, &options)?));
        Ok(RILLE_OK)
    })
}

/// Takes up to `limit` lines of a job of rille_grep_start and writes the batch to `out`. A batch may have fewer lines
/// though there are more; take until there are none. The previous batch becomes invalid.
///
/// Returns RILLE_OK, RILLE_NONE (none is ready; the count is 0) or RILLE_EARG (`limit` is 0 or the job is of another
/// kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_grep_take(
    job: *mut rille_job,
    limit: u32,
    out: *mut rille_grep_lines,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job that nothing else uses meanwhile, and NULL or a place for the batch.
    unsafe {
        boundary_on(job, err, |job| {
            let out = place(out, "out")?;
            if limit == 0 {
                return Err(Failure::new(RILLE_EARG, "limit is 0; request at least one line"));
            }
            let (job, taken) = job.with_batch::<Chunk, Taken>("a grep")?;
            let next = job.take().unwrap_or_default();
            job.give_back(std::mem::replace(&mut taken.0, next));
            let batch = &taken.0.batch;
            let lines = &batch.lines()[taken.0.from..];
            let count = lines.len().min(limit as usize);
            if count < lines.len() {
                let rest = Chunk { from: taken.0.from + count, ..taken.0.clone() };
                job.put_back(rest, taken.0.memory_usage());
            }
            out.write(rille_grep_lines {
                text: batch.text().as_ptr(),
                // The layouts are the same, as asserted above.
                lines: lines.as_ptr().cast(),
                spans: batch.spans().as_ptr().cast(),
                count: count as u32,
                reserved: 0,
            });
            Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}
