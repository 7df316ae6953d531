//! Jobs that search and filter a file.

use super::super::boundary::{Handle, Zeroed, boundary_at, boundary_on, options, place};
use super::super::error::{Failure, rille_error, rille_status::*};
use super::super::job::{Batch, rille_job};
use super::super::search::pattern::{patterns, rille_pattern};
use super::{positive, rille_file};
use crate::file::{Found, Lines, MATCH, Match, PARTIAL, SearchOptions};
use crate::search::lines::{LineOptions, LinePatterns};
use std::sync::Arc;

/// Search backward: the last match is returned first.
pub const RILLE_SEARCH_BACKWARD: u32 = 1;
/// Count matches without returning them.
pub const RILLE_SEARCH_COUNT: u32 = 2;
/// Start at the offset `from` of the options, which is ignored otherwise.
pub const RILLE_SEARCH_FROM: u32 = 4;
/// Count matching lines only, without returning them and without reading them to their end.
pub const RILLE_SEARCH_LINES: u32 = 8;

/// Options of a search in a file; by default it returns all matches from the start of the file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_search_options {
    /// sizeof(rille_search_options).
    pub size: u32,
    /// Any of the RILLE_SEARCH_ constants, combined.
    pub flags: u32,
    /// Offset at which to start: forward, each match starts there or after it; backward, each starts
    /// before it.
    pub from: i64,
    /// Maximum number of matches, or 0. A search that only counts has no limit.
    pub limit: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_search_options {}

const _: () = assert!(size_of::<rille_search_options>() == 24);

/// The kind of a result of a search in a file.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_match_kind {
    /// A match.
    RILLE_MATCH = 0,
    /// The line is above a mebibyte and was searched in pieces, and a match may be longer than the 64 KiB by which the
    /// pieces overlap: a long match may be cut or missed here.
    RILLE_MATCH_PARTIAL = 1,
}

/// The position of a match.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_match {
    /// Offset of its first byte in the file.
    pub offset: f64,
    /// Offset of the start of its line.
    pub line_offset: f64,
    /// Number of its line, counted from 1; 0 if the index had not reached it yet.
    pub line: f64,
    /// Bytes of the match.
    pub length: u32,
    /// One of rille_match_kind.
    pub kind: u32,
}

/// A batch of matches. Its pointers are valid until the next batch is taken or the job is freed.
#[repr(C)]
pub struct rille_file_matches {
    /// The matches.
    pub matches: *const rille_file_match,
    /// Number of matches from the start of the search to the end of this batch.
    pub total: f64,
    /// Number of lines with these matches.
    pub lines: f64,
    /// Number of matches in this batch; 0 if they are only counted.
    pub count: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<rille_file_match>() == 32 && size_of::<Match>() == 32);
    assert!(std::mem::offset_of!(rille_file_match, line) == std::mem::offset_of!(Match, line));
    assert!(std::mem::offset_of!(rille_file_match, length) == std::mem::offset_of!(Match, length));
    assert!(
        std::mem::offset_of!(rille_file_match, line_offset)
            == std::mem::offset_of!(Match, line_offset)
    );
    assert!(MATCH == rille_match_kind::RILLE_MATCH as u32);
    assert!(PARTIAL == rille_match_kind::RILLE_MATCH_PARTIAL as u32);
};

/// The batch that the caller's pointers point into.
#[derive(Default)]
struct Taken(Found);

impl Batch for Taken {
    fn bytes(&self) -> usize {
        self.0.memory_usage()
    }
}

/// Parses the patterns of a search.
///
/// # Safety
///
/// As for [`patterns`].
unsafe fn read(given: *const rille_pattern, count: u32) -> Result<LinePatterns, Failure> {
    // SAFETY: the caller vouches for the patterns.
    let sources = unsafe { patterns(given, count) }?;
    Ok(LinePatterns::new(&sources, &LineOptions::default())?)
}

/// Starts a search through the known part of a file, and writes the job to `out`. A line matches if one of the `count`
/// patterns does. The results are matches, for rille_file_take; the unit of progress is the byte.
/// The search is by lines, as in ripgrep: a match never crosses the end of a line, and ^ and $ match at its start and
/// end, its LF or CR LF excluded. Results come in the order of the file, or in reverse order if the search is backward.
/// A byte-order mark of UTF-8 is not part of the first line. Unlike rille_grep_start, which converts files in UTF-16, a
/// search takes them as bytes.
///
/// The job fails if the file is truncated meanwhile or cannot be read, or if the pattern is too big. Returns RILLE_OK,
/// RILLE_EARG (there is no pattern), RILLE_EPATTERN (a text is wrong; if there are several patterns, the message says
/// which), RILLE_ECHANGED, RILLE_EIO or RILLE_EFORK.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_search(
    file: *const rille_file,
    patterns: *const rille_pattern,
    count: u32,
    options: *const rille_search_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, patterns, NULL or options, and NULL or a place.
    unsafe {
        boundary_at(file, err, |file| {
            let (out, given) = (place(out, "out")?, self::options(options)?);
            if given.flags >= RILLE_SEARCH_LINES << 1 || given.reserved != 0 {
                let message =
                    format!("unknown flags {:#x}; combine RILLE_SEARCH_ constants", given.flags);
                return Err(Failure::new(RILLE_EARG, message));
            }
            let has = |flag| given.flags & flag != 0;
            let from = positive(given.from, "from")?;
            let options = SearchOptions {
                from: has(RILLE_SEARCH_FROM).then_some(from),
                backward: has(RILLE_SEARCH_BACKWARD),
                limit: given.limit.into(),
                count: has(RILLE_SEARCH_COUNT),
                lines: has(RILLE_SEARCH_LINES),
            };
            let job = file.document.search(read(patterns, count)?, options)?;
            out.write(rille_job::give(job));
            Ok(RILLE_OK)
        })
    }
}

/// Takes up to `limit` matches of a job of rille_file_search and writes the batch to `out`. A batch may have fewer
/// matches though there are more; take until there are none. The previous batch becomes invalid. The batches of a
/// search that only counts have totals but no matches.
///
/// Returns RILLE_OK, RILLE_NONE (none is ready; the count is 0) or RILLE_EARG (`limit` is 0 or the job is of another
/// kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_take(
    job: *mut rille_job,
    limit: u32,
    out: *mut rille_file_matches,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job that nothing else uses meanwhile, and NULL or a place for the batch.
    unsafe {
        boundary_on(job, err, |job| {
            let out = place(out, "out")?;
            if limit == 0 {
                return Err(Failure::new(RILLE_EARG, "limit is 0; request at least one match"));
            }
            let (job, taken) = job.with_batch::<Found, Taken>("a search in a file")?;
            let next = job.take();
            let status = if next.is_some() { RILLE_OK } else { RILLE_NONE };
            job.give_back(std::mem::replace(&mut taken.0, next.unwrap_or_default()));
            let found = &taken.0;
            let matches = &found.matches[found.taken..];
            let count = matches.len().min(limit as usize);
            if count < matches.len() {
                let rest = Found { taken: found.taken + count, ..found.clone() };
                let weight = rest.memory_usage();
                job.put_back(rest, weight);
            }
            out.write(rille_file_matches {
                // The layouts are the same, as asserted above.
                matches: matches.as_ptr().cast(),
                total: found.total as f64,
                lines: found.lines as f64,
                count: count as u32,
                reserved: 0,
            });
            Ok(status)
        })
    }
}

/// Makes a file of the matching lines of another, or with `invert` not 0 of its other lines. Writes the file to `out`,
/// and the job that fills it to `out_job`. A line matches if one of the `count` patterns does.
///
/// The new file has its own line numbers and offsets, and can be read, searched and filtered like any file. It grows
/// while the job runs. Its number of lines is exact when the job is done and no more lines can follow; that of a filter
/// of a damaged archive never is. It keeps the places of its lines in the filtered file, two to four bytes for each run
/// of lines; the job fails if these take more than 256 MiB. It covers the content of the filtered file that is known at
/// the time of this call. The job has no results; its unit of progress is the byte.
///
/// rille_file_refresh lets it grow with the filtered file, and rille_file_follow reports growth. Both look at the file
/// itself, even if the handle `file` is not refreshed or was freed. Little growth is searched in the call of
/// rille_file_refresh, more growth by the job of rille_file_index, which also resumes a filter whose own job was
/// cancelled. A last line without a line feed is decided again when it has become longer: if it was kept and no longer
/// is, the refresh reports RILLE_FILE_TRUNCATED. After RILLE_FILE_TRUNCATED and RILLE_FILE_REPLACED the lines are those
/// of the current file; refresh `file` as well before you read there at an offset of rille_file_origin.
///
/// Returns RILLE_OK, RILLE_EARG (there is no pattern), RILLE_EPATTERN (a text is wrong), RILLE_ECHANGED or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_filter(
    file: *const rille_file,
    patterns: *const rille_pattern,
    count: u32,
    invert: u32,
    out: *mut *mut rille_file,
    out_job: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, patterns, and NULL or places for the pointers.
    unsafe {
        boundary_at(file, err, |file| {
            let (out, out_job) = (place(out, "out")?, place(out_job, "out_job")?);
            let (document, job) = file.document.filter(read(patterns, count)?, invert != 0)?;
            let (document, batch) = (Arc::new(document), Lines::default());
            out.write(Handle::give(rille_file { document, batch }));
            out_job.write(rille_job::give(job));
            Ok(RILLE_OK)
        })
    }
}

/// Writes the offset that a byte of a filter has in the filtered file to `out_offset`. Filters are made by
/// rille_file_filter.
///
/// Returns RILLE_OK, RILLE_NONE (there is no such byte, or the file is not a filter; nothing was written), RILLE_EARG
/// (the offset is negative), RILLE_ECHANGED or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_origin(
    file: *const rille_file,
    offset: i64,
    out_offset: *mut f64,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out_offset, "out_offset")?;
            Ok(match file.document.origin(positive(offset, "offset")?)? {
                Some(origin) => {
                    out.write(origin as f64);
                    RILLE_OK
                }
                None => RILLE_NONE,
            })
        })
    }
}
