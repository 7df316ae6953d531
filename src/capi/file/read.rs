//! Reads lines by number, around an offset and at the end, raw bytes, and the positions of lines.

use super::super::boundary::{Zeroed, boundary_at, boundary_on, narrow, options, output, place};
use super::super::error::{Failure, rille_error, rille_status, rille_status::*};
use super::{positive, rille_file};
use crate::file::{Answer, CUT_AFTER, CUT_BEFORE, Line, Lines, Window};

/// The part of each line to read.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_window {
    /// sizeof(rille_file_window).
    pub size: u32,
    /// Maximum number of bytes of each line; 0 for 64 KiB, at most 1 GiB.
    pub max_bytes: u32,
    /// Bytes to skip at the start of each line.
    pub from: i64,
}

// SAFETY: plain numbers, the first of which is the size.
unsafe impl Zeroed for rille_file_window {}

const _: () = assert!(size_of::<rille_file_window>() == 16);

/// Bytes before this part of the line are missing.
pub const RILLE_LINE_CUT_BEFORE: u32 = 1;
/// Bytes after this part of the line are missing.
pub const RILLE_LINE_CUT_AFTER: u32 = 2;

/// One line of a batch.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_line {
    /// Start of its text in the text of the batch.
    pub start: u32,
    /// End of its text, without its LF or CR LF.
    pub stop: u32,
    /// RILLE_LINE_CUT_BEFORE, RILLE_LINE_CUT_AFTER, both, or 0 if the whole line is here.
    pub flags: u32,
    /// Always 0.
    pub reserved: u32,
    /// Offset of the start of the line in the file; if the start is too far away to search for, the offset of the first
    /// byte read, and RILLE_LINE_CUT_BEFORE is set.
    pub offset: f64,
    /// Bytes of the whole line without its LF or CR LF; -1 if its end is not known yet.
    pub length: f64,
}

/// Consecutive lines. The pointers are valid until the next batch of the same file or until the file is freed; for a
/// batch read by a job, until that job is freed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_lines {
    /// The bytes of all lines.
    pub text: *const u8,
    /// The place of each line.
    pub lines: *const rille_file_line,
    /// Number of the first line, counted from 1; 0 if it is not known yet.
    pub first: f64,
    /// Number of lines.
    pub count: u32,
    /// 1 if some lines did not fit because they are long; 0 if all requested lines are here, or the file ends.
    pub more: u32,
}

const _: () = {
    assert!(size_of::<rille_file_line>() == 32 && size_of::<Line>() == 32);
    assert!(std::mem::offset_of!(rille_file_line, offset) == std::mem::offset_of!(Line, offset));
    assert!(std::mem::offset_of!(rille_file_line, flags) == std::mem::offset_of!(Line, flags));
    assert!(std::mem::offset_of!(rille_file_line, length) == std::mem::offset_of!(Line, length));
    assert!(RILLE_LINE_CUT_BEFORE == CUT_BEFORE && RILLE_LINE_CUT_AFTER == CUT_AFTER);
};

impl rille_file_window {
    pub(super) fn read(self) -> Result<Window, Failure> {
        let most =
            if self.max_bytes == 0 { Window::default().most } else { self.max_bytes as usize };
        if most > 1 << 30 {
            let message = format!("max_bytes is {most}; the maximum is 1 GiB");
            return Err(Failure::new(RILLE_ELIMIT, message));
        }
        Ok(Window { from: positive(self.from, "from")?, most })
    }
}

impl rille_file_lines {
    /// Returns the lines in the form of C.
    pub(super) fn of(lines: &Lines) -> rille_file_lines {
        rille_file_lines {
            text: lines.text.as_ptr(),
            // The layouts are the same, as asserted above.
            lines: lines.lines.as_ptr().cast(),
            first: lines.first.map_or(0.0, |first| first as f64),
            count: lines.lines.len() as u32,
            more: lines.more.into(),
        }
    }
}

/// Reads up to `count` lines from line `first` on, counted from 1, and writes the batch to `out`. `window` selects
/// bytes of each line. The previous batch becomes invalid.
///
/// A batch ends early, and `more` is then 1, when it has a mebibyte of text or when finding the ends of its lines would
/// take too long; it has at least one line. To continue, read from the line after its last one. If the end of that line
/// is not known yet (its length is -1), the index has to come further first.
///
/// Returns RILLE_OK, RILLE_NONE (the file has no such line, and the count is 0), RILLE_PENDING (the line is not indexed
/// yet; the count is 0), RILLE_EARG (a number is negative), RILLE_ELIMIT (the window is too large), RILLE_ECHANGED or
/// RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_lines(
    file: *mut rille_file,
    first: i64,
    count: u32,
    window: *const rille_file_window,
    out: *mut rille_file_lines,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file that nothing else uses meanwhile, NULL or a window, and NULL or a place.
    unsafe {
        boundary_on(file, err, |file| {
            let (out, window) = (place(out, "out")?, options(window)?.read()?);
            let first = positive(first, "first")?;
            let answer = file.document.lines(first, count as usize, window, &mut file.batch)?;
            out.write(rille_file_lines::of(&file.batch));
            Ok(status(answer))
        })
    }
}

/// Reads the line at an offset, `before` lines before it and `after` lines from it on, and writes the batch to `out`,
/// as rille_file_read_lines does. It needs no index, but without one the number of the first line is 0.
///
/// The line that holds the offset is always included. Before it there are as many lines as fit in half a mebibyte of
/// text.
///
/// An offset at the end of the file is in no line, unless the last line has no line feed. To read the last lines of a
/// file, use rille_file_read_last.
///
/// Returns RILLE_OK, RILLE_NONE (there is no line, and the count is 0), RILLE_EARG (a number is negative), RILLE_ELIMIT
/// (the window is too large), RILLE_ECHANGED or RILLE_EIO.
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
    // SAFETY: the caller passes NULL or a live file that nothing else uses meanwhile, NULL or a window, and NULL or a place.
    unsafe {
        boundary_on(file, err, |file| {
            let (out, window) = (place(out, "out")?, options(window)?.read()?);
            let offset = positive(offset, "offset")?;
            let (before, after) = (before as usize, after as usize);
            file.document.around(offset, before, after, window, &mut file.batch)?;
            out.write(rille_file_lines::of(&file.batch));
            Ok(if file.batch.lines.is_empty() { RILLE_NONE } else { RILLE_OK })
        })
    }
}

/// Reads the last `count` lines and writes the batch to `out`, as rille_file_read_around does. If not all of them fit
/// in a batch, it has the newest ones, and `more` is 1. To continue backwards, call rille_file_read_around with the
/// offset of the byte before the first line, `before` as the number of missing lines less 1, and `after` as 1.
///
/// Returns RILLE_OK, RILLE_NONE (the file is empty or `count` is 0), RILLE_EARG (a number is negative), RILLE_ELIMIT
/// (the window is too large), RILLE_ECHANGED or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_last(
    file: *mut rille_file,
    count: u32,
    window: *const rille_file_window,
    out: *mut rille_file_lines,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file that nothing else uses meanwhile, NULL or a window, and NULL or a place.
    unsafe {
        boundary_on(file, err, |file| {
            let (out, window) = (place(out, "out")?, options(window)?.read()?);
            file.document.last(count as usize, window, &mut file.batch)?;
            out.write(rille_file_lines::of(&file.batch));
            Ok(if file.batch.lines.is_empty() { RILLE_NONE } else { RILLE_OK })
        })
    }
}

/// Returns the status of an answer.
fn status(answer: Answer<()>) -> rille_status {
    match answer {
        Answer::Known(()) => RILLE_OK,
        Answer::Unknown => RILLE_PENDING,
        Answer::Absent => RILLE_NONE,
    }
}

/// Writes an answer that is one number, and returns its status.
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

/// Writes the number of the line at an offset to `out_line`, counted from 1.
///
/// Returns RILLE_OK, RILLE_NONE (the file ends before; nothing was written), RILLE_PENDING (the line is not indexed
/// yet; nothing was written), RILLE_EARG (the offset is negative), RILLE_ECHANGED or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_line_at(
    file: *const rille_file,
    offset: i64,
    out_line: *mut f64,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out_line, "out_line")?;
            Ok(answer(file.document.line_at(positive(offset, "offset")?)?, out))
        })
    }
}

/// Writes the start offset of a line to `out_offset`; lines are counted from 1.
///
/// Returns RILLE_OK, RILLE_NONE (the file has no such line; nothing was written), RILLE_PENDING (the line is not
/// indexed yet; nothing was written), RILLE_EARG (the number is negative), RILLE_ECHANGED or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_offset_of(
    file: *const rille_file,
    line: i64,
    out_offset: *mut f64,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out_offset, "out_offset")?;
            Ok(answer(file.document.offset_of(positive(line, "line")?)?, out))
        })
    }
}

/// Reads up to `capacity` bytes from an offset on to `out`, and writes their number to `out_len`. There are fewer than
/// `capacity` only at the end of the file. It takes as long as reading them does.
///
/// Returns RILLE_OK, RILLE_NONE (the file ends before; the length is 0), RILLE_EARG (the offset is negative),
/// RILLE_ETOOBIG (the capacity is above 4 GiB - 1), RILLE_ECHANGED or RILLE_EIO. After a failure the content of `out`
/// is undefined.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read(
    file: *const rille_file,
    offset: i64,
    out: *mut u8,
    capacity: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, NULL or `capacity` bytes that are its own, and NULL or a place.
    unsafe {
        boundary_at(file, err, |file| {
            let out_len = place(out_len, "out_len")?;
            narrow(capacity, "the result")?;
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
