//! The noun `file`: files of any size, in a file for each part: the handle and reading here, jobs beside it.

use super::boundary::{
    Handle, Zeroed, boundary, boundary_at, boundary_get, boundary_on, options, output, place, slice,
};
use super::error::{Failure, rille_error, rille_status, rille_status::*};
use super::job::rille_job;
use super::stats::{Gauge, Measured};
use crate::file::{Answer, CUT_BEFORE, CUT_BEHIND, Change, Document, Line, Lines, Options};
use crate::file::{Trouble, Window};
use std::sync::Arc;

pub mod search;

/// The index is not started until rille_file_index asks for it.
pub const RILLE_FILE_NO_INDEX: u32 = 1;

/// How a file is opened. Set `size` to sizeof(rille_file_options); zeros are the default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_options {
    /// sizeof(rille_file_options).
    pub size: u32,
    /// Any of the RILLE_FILE_ constants, added.
    pub flags: u32,
    /// Bytes of the block cache; 0 for 4 MiB.
    pub cache: u32,
    /// Threads of the index and of each search; 0 for as many as there are processors. Never more than 4.
    pub threads: u32,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_file_options {}

const _: () = assert!(size_of::<rille_file_options>() == 16);

/// A file of any size, open for reading, of which nothing is ever written.
///
/// It is read in blocks, of which some are kept: it is no memory map, so a file that somebody truncates is a failure with
/// a sentence and not the end of the process. What the file grows by is there after rille_file_refresh.
///
/// It belongs to the caller, who frees it with rille_file_free; jobs that were started from it go on. Functions that take it
/// as const may run at the same time in several threads; the others need it for themselves. Each call reads from the file
/// at most some megabytes, so it takes less than two milliseconds if the system has them in memory.
pub struct rille_file {
    document: Arc<Document>,
    /// The last batch, into which the caller has pointers.
    batch: Lines,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_file>();
};

impl Measured for rille_file {
    const GAUGE: &'static Gauge = {
        static GAUGE: Gauge = Gauge::new("file");
        &GAUGE
    };

    /// The batch that was taken last. What the index and the cache hold changes by itself and is told by rille_file_info.
    fn bytes(&self) -> usize {
        self.batch.memory()
    }
}

/// What is known of a file.
#[repr(C)]
pub struct rille_file_info {
    /// Bytes of the file, as the last refresh saw it.
    pub size: f64,
    /// How many lines it has. A last line without a line feed is one.
    pub lines: f64,
    /// Bytes from the begin of the file on that the index knows.
    pub indexed: f64,
    /// Bytes of memory that the index takes.
    pub index_bytes: f64,
    /// Bytes of memory that the file holds or may come to hold in all, its block cache included.
    pub bytes: f64,
    /// 1 if the number of lines is exact, 0 if it is an estimate.
    pub exact: u32,
    /// 0.
    pub reserved: u32,
}

/// What of each line is wanted. Set `size` to sizeof(rille_file_window); zeros are the default.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_window {
    /// sizeof(rille_file_window).
    pub size: u32,
    /// Bytes of each line at most; 0 for 64 KiB, 1 GiB at most.
    pub most: u32,
    /// Bytes at the begin of each line that are left out.
    pub from: i64,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_file_window {}

const _: () = assert!(size_of::<rille_file_window>() == 16);

/// The line has bytes in front of those that are here.
pub const RILLE_LINE_CUT_BEFORE: u32 = 1;
/// The line has bytes behind those that are here.
pub const RILLE_LINE_CUT_BEHIND: u32 = 2;

/// One line of a batch.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_line {
    /// Where its text begins in that of the batch.
    pub start: u32,
    /// Where its text ends, without its LF or CR LF.
    pub stop: u32,
    /// RILLE_LINE_CUT_BEFORE, RILLE_LINE_CUT_BEHIND, both, or 0 if the whole line is here.
    pub flags: u32,
    /// 0.
    pub reserved: u32,
    /// Offset of the begin of the line in the file. If its begin is too far away to be looked for, that of the first byte that
    /// is here: then RILLE_LINE_CUT_BEFORE is set.
    pub offset: f64,
    /// Bytes of the whole line without its LF or CR LF; -1 if its end is not known yet.
    pub length: f64,
}

/// Lines in a row. What it points to is valid until the next batch of the same file or until the file is freed.
#[repr(C)]
pub struct rille_file_lines {
    /// The bytes of all lines.
    pub text: *const u8,
    /// Where each is.
    pub lines: *const rille_file_line,
    /// Number of the first line, from 1 on; 0 if it is not known yet.
    pub first: f64,
    /// How many lines there are.
    pub count: u32,
    /// 1 if the batch ended before its time, as the lines are long; 0 if all that were wanted are here, or the file ends.
    pub more: u32,
}

const _: () = {
    assert!(size_of::<rille_file_info>() == 48);
    assert!(size_of::<rille_file_line>() == 32 && size_of::<Line>() == 32);
    assert!(std::mem::offset_of!(rille_file_line, offset) == std::mem::offset_of!(Line, offset));
    assert!(std::mem::offset_of!(rille_file_line, flags) == std::mem::offset_of!(Line, flags));
    assert!(std::mem::offset_of!(rille_file_line, length) == std::mem::offset_of!(Line, length));
    assert!(RILLE_LINE_CUT_BEFORE == CUT_BEFORE && RILLE_LINE_CUT_BEHIND == CUT_BEHIND);
};

/// What has become of a file.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_file_change {
    /// It is as it was.
    RILLE_FILE_SAME = 0,
    /// There is more of it, and what was known is still true.
    RILLE_FILE_GROWN = 1,
    /// It has become shorter: it is read anew, and line numbers and offsets of before mean nothing.
    RILLE_FILE_TRUNCATED = 2,
    /// Another file has its path, or other bytes are in it: it is read anew.
    RILLE_FILE_REPLACED = 3,
}

impl From<Change> for rille_file_change {
    fn from(change: Change) -> rille_file_change {
        match change {
            Change::Same => rille_file_change::RILLE_FILE_SAME,
            Change::Grown => rille_file_change::RILLE_FILE_GROWN,
            Change::Truncated => rille_file_change::RILLE_FILE_TRUNCATED,
            Change::Replaced => rille_file_change::RILLE_FILE_REPLACED,
        }
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        let status = if trouble.changed { RILLE_ECHANGED } else { RILLE_EIO };
        Failure::new(status, trouble.message)
    }
}

/// An offset or a number that C gives.
fn positive(value: i64, what: &str) -> Result<u64, Failure> {
    u64::try_from(value).map_err(|_| {
        Failure::new(RILLE_EARG, format!("{what} is {value}, and must not be negative"))
    })
}

impl rille_file_window {
    fn read(self) -> Result<Window, Failure> {
        let most = if self.most == 0 { Window::default().most } else { self.most as usize };
        if most > 1 << 30 {
            let message = format!("most is {most} bytes, and 1 GiB is the most that is taken");
            return Err(Failure::new(RILLE_ELIMIT, message));
        }
        Ok(Window { from: positive(self.from, "from")?, most })
    }
}

impl rille_file {
    /// The batch as C reads it.
    fn batch(&self) -> rille_file_lines {
        rille_file_lines {
            text: self.batch.text.as_ptr(),
            // One layout, as asserted above.
            lines: self.batch.lines.as_ptr().cast(),
            first: self.batch.first.map_or(0.0, |first| first as f64),
            count: self.batch.lines.len() as u32,
            more: self.batch.more.into(),
        }
    }
}

/// Opens a file by its path of `len` bytes and writes it to `out`. `options` may be NULL.
///
/// It takes some kilobytes of reading, whatever the size of the file, and starts the job that makes the index of lines,
/// unless the options say otherwise or the file is so small that it is made at once.
///
/// Returns RILLE_OK, RILLE_EARG (a pointer is NULL or an option unknown), RILLE_ETOOBIG or RILLE_EIO (the file cannot be
/// opened, or is a folder, a pipe or a device; the message tells). Any thread may call it at any time.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_open(
    path: *const u8,
    len: usize,
    options: *const rille_file_options,
    out: *mut *mut rille_file,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller gives NULL or `len` bytes, NULL or options, and NULL or a place for the pointer.
        let (path, given, out) =
            unsafe { (slice(path, len)?, self::options(options)?, place(out, "out")?) };
        if given.flags & !RILLE_FILE_NO_INDEX != 0 {
            let message =
                format!("{:#x} are no flags; they are the RILLE_FILE_ constants", given.flags);
            return Err(Failure::new(RILLE_EARG, message));
        }
        let options = Options {
            no_index: given.flags & RILLE_FILE_NO_INDEX != 0,
            cache: given.cache as usize,
            threads: given.threads as usize,
        };
        let document = Document::open(path, options);
        let document = document.map_err(|message| Failure::new(RILLE_EIO, message))?;
        let batch = Lines::default();
        out.write(Handle::give(rille_file { document: Arc::new(document), batch }));
        Ok(RILLE_OK)
    })
}

/// Closes a file. Jobs that were started from it go on, but for the one that makes its index, if nobody else has it. NULL is
/// fine; a file that was freed already is not.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_free(file: *mut rille_file) {
    // SAFETY: the caller gives NULL or a live file, and uses it no more.
    boundary_get((), || unsafe { Handle::free(file) })
}

/// Writes what is known of a file to `out`.
///
/// Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ECHANGED (it has been truncated; refresh it) or RILLE_EIO. Threads
/// may call it at the same time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_stat(
    file: *const rille_file,
    out: *mut rille_file_info,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out, "out")?;
            let info = file.document.info()?;
            out.write(rille_file_info {
                size: info.size as f64,
                lines: info.lines as f64,
                indexed: info.indexed as f64,
                index_bytes: info.index_memory as f64,
                bytes: file.document.memory() as f64,
                exact: info.exact.into(),
                reserved: 0,
            });
            Ok(RILLE_OK)
        })
    }
}

/// Reads up to `count` lines from the one with the number `first` on, counted from 1, and writes where they are to `out`.
/// `window` tells which bytes of each line are wanted, and may be NULL. The batch before is gone then.
///
/// A batch ends early, and says so, when it has a mebibyte of text or when finding the ends of its lines would take too long; it
/// has one line at least. To go on, ask for what follows its last line. If the end of that line is not known yet (its
/// length is -1), the index has to come further first.
///
/// Returns RILLE_OK, RILLE_NONE (the file has no such line, and the count is 0), RILLE_PENDING (the index has not come so far;
/// the count is 0), RILLE_EARG (a pointer is NULL, a number negative), RILLE_ELIMIT (the window is too large), RILLE_ECHANGED or
/// RILLE_EIO. One call at a time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_lines(
    file: *mut rille_file,
    first: i64,
    count: u32,
    window: *const rille_file_window,
    out: *mut rille_file_lines,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file of which this is the only use, NULL or a window, and NULL or a place.
    unsafe {
        boundary_on(file, err, |file| {
            let (out, window) = (place(out, "out")?, options(window)?.read()?);
            let first = positive(first, "first")?;
            let answer = file.document.lines(first, count as usize, window, &mut file.batch)?;
            out.write(file.batch());
            Ok(status(answer))
        })
    }
}

/// Reads the line that holds an offset, `before` lines in front of it and `after` lines from it on, and writes where they are
/// to `out`, as rille_file_read_lines does. No index is needed for that, but the number of the first line is 0 without.
///
/// An offset at the end of the file is in no line, unless the last line has no line feed. To read the last lines of a
/// file see rille_file_read_last.
///
/// Returns RILLE_OK, RILLE_NONE (there is no line, and the count is 0), RILLE_EARG (a pointer is NULL, a number negative),
/// RILLE_ELIMIT (the window is too large), RILLE_ECHANGED or RILLE_EIO. One call at a time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_around(
    file: *mut rille_file,
    offset: i64,
    before: u32,
    after: u32,
    window: *const rille_file_window,
    out: *mut rille_file_lines,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file of which this is the only use, NULL or a window, and NULL or a place.
    unsafe {
        boundary_on(file, err, |file| {
            let (out, window) = (place(out, "out")?, options(window)?.read()?);
            let offset = positive(offset, "offset")?;
            let (before, after) = (before as usize, after as usize);
            file.document.around(offset, before, after, window, &mut file.batch)?;
            out.write(file.batch());
            Ok(if file.batch.lines.is_empty() { RILLE_NONE } else { RILLE_OK })
        })
    }
}

/// Reads the last `count` lines and writes where they are to `out`, as rille_file_read_around does. The batch ends early if
/// they are long, so what is missing is at the end: ask for what is around the end of its last line.
///
/// Returns RILLE_OK, RILLE_NONE (the file is empty or `count` is 0), RILLE_EARG (a pointer is NULL, a number negative),
/// RILLE_ELIMIT (the window is too large), RILLE_ECHANGED or RILLE_EIO. One call at a time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_last(
    file: *mut rille_file,
    count: u32,
    window: *const rille_file_window,
    out: *mut rille_file_lines,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file of which this is the only use, NULL or a window, and NULL or a place.
    unsafe {
        boundary_on(file, err, |file| {
            let (out, window) = (place(out, "out")?, options(window)?.read()?);
            file.document.last(count as usize, window, &mut file.batch)?;
            out.write(file.batch());
            Ok(if file.batch.lines.is_empty() { RILLE_NONE } else { RILLE_OK })
        })
    }
}

/// The status of an answer.
fn status(answer: Answer<()>) -> rille_status {
    match answer {
        Answer::Known(()) => RILLE_OK,
        Answer::Unknown => RILLE_PENDING,
        Answer::Absent => RILLE_NONE,
    }
}

/// Writes an answer that is one number.
fn answer(answer: Answer<u64>, out: &mut std::mem::MaybeUninit<f64>) -> rille_status {
    status(match answer {
        Answer::Known(value) => {
            out.write(value as f64);
            Answer::Known(())
        }
        Answer::Unknown => Answer::Unknown,
        Answer::Absent => Answer::Absent,
    })
}

/// Writes the number of the line that holds an offset to `out_line`, counted from 1.
///
/// Returns RILLE_OK, RILLE_NONE (the file ends before; nothing was written), RILLE_PENDING (the index has not come so far;
/// nothing was written), RILLE_EARG (a pointer is NULL, the offset negative), RILLE_ECHANGED or RILLE_EIO. Threads may call it at
/// the same time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_line_at(
    file: *const rille_file,
    offset: i64,
    out_line: *mut f64,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out_line, "out_line")?;
            Ok(answer(file.document.line_at(positive(offset, "offset")?)?, out))
        })
    }
}

/// Writes the offset at which the line with a number begins to `out_offset`; lines are counted from 1.
///
/// Returns RILLE_OK, RILLE_NONE (the file has no such line; nothing was written), RILLE_PENDING (the index has not come so
/// far; nothing was written), RILLE_EARG (a pointer is NULL, the number negative), RILLE_ECHANGED or RILLE_EIO. Threads may call
/// it at the same time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_offset_of(
    file: *const rille_file,
    line: i64,
    out_offset: *mut f64,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out_offset, "out_offset")?;
            Ok(answer(file.document.offset_of(positive(line, "line")?)?, out))
        })
    }
}

/// Reads the bytes from an offset on to `out`, which has room for `capacity` of them, and writes how many there are to
/// `out_len`: fewer than the capacity only at the end of the file. It takes as long as reading them does.
///
/// Returns RILLE_OK, RILLE_NONE (the file ends before; the length is 0), RILLE_EARG (a pointer is NULL, the offset negative),
/// RILLE_ETOOBIG (the capacity is above 4 GiB - 1), RILLE_ECHANGED or RILLE_EIO. After a failure what `out` has is of no
/// use. Threads may call it at the same time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read(
    file: *const rille_file,
    offset: i64,
    out: *mut u8,
    capacity: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file, NULL or `capacity` bytes that are its own, and NULL or a place.
    unsafe {
        boundary_at(file, err, |file| {
            let out_len = place(out_len, "out_len")?;
            super::boundary::narrow(capacity, "the result")?;
            let out = output(out, capacity, capacity, &[])?;
            let mut done = 0;
            let offset = positive(offset, "offset")?;
            let len = file.document.read(offset, capacity as u64, |piece| {
                out[done..done + piece.len()].write_copy_of_slice(piece);
                done += piece.len();
            })?;
            out_len.write(len as u32);
            Ok(if len > 0 || capacity == 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Looks at what has become of a file, takes it to be so from now on, and writes one of rille_file_change to `out_change`.
///
/// What the file has grown by is there afterwards; the index goes on where it was, at once for little, else by the job of
/// rille_file_index. If another file has the path, the growth of the old one is told first, and the next refresh tells of the
/// other: so nothing is lost when a log is rotated. A file whose path leads nowhere stays what it was. Bytes that were
/// written over others without a change of the size are found within a tenth of a second.
///
/// Returns RILLE_OK, RILLE_EARG (a pointer is NULL), RILLE_ECHANGED (another file has the path and cannot be opened) or
/// RILLE_EIO; after a failure the file is as before. One call at a time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_refresh(
    file: *mut rille_file,
    out_change: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file of which this is the only use, and NULL or a place for the answer.
    unsafe {
        boundary_on(file, err, |file| {
            let out = place(out_change, "out_change")?;
            out.write(rille_file_change::from(file.document.refresh()?) as u32);
            Ok(RILLE_OK)
        })
    }
}

/// Writes the job that makes the index of a file to `out`: the one that runs, or a new one if the file has more than that has
/// seen. It has no results; the unit of progress is the byte. Freeing it does not end it as long as the file is open, but
/// rille_job_cancel does; it can be started again and goes on where it was.
///
/// Returns RILLE_OK or RILLE_EARG (a pointer is NULL). Threads may call it at the same time on one file.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_index(
    file: *const rille_file,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller gives NULL or a live file, and NULL or a place for the pointer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out, "out")?;
            out.write(rille_job::share(file.document.index()));
            Ok(RILLE_OK)
        })
    }
}
