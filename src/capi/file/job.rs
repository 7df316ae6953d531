//! Jobs that open and read files, for a disk that sleeps or a server that does not answer: the host's thread makes no
//! system call on the file.

use super::super::boundary::{
    Handle, Zeroed, boundary, boundary_at, options, place, required, slice,
};
use super::super::error::{Failure, rille_error, rille_status, rille_status::*};
use super::super::job::rille_job;
use super::super::outcome::Outcome;
use super::read::{rille_file_lines, rille_file_window};
use super::{positive, rille_file, rille_file_change, rille_file_info, rille_file_options};
use crate::file::{Answer, Document, FileError, Lines, Opening, Reply, Request};
use std::ptr::null;
use std::sync::Arc;

/// Which function a job of rille_file_read_start calls.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_file_verb {
    /// rille_file_read_lines: `count` lines from the number `at` on. The answer has lines.
    RILLE_FILE_READ_LINES = 0,
    /// rille_file_read_around: `before` lines before the line that holds the offset `at`, and `count` from it on. The answer
    /// has lines.
    RILLE_FILE_READ_AROUND = 1,
    /// rille_file_read_last: the last `count` lines. The answer has lines.
    RILLE_FILE_READ_LAST = 2,
    /// rille_file_read: `count` bytes from the offset `at` on. The answer has bytes. The unit of progress is the byte.
    RILLE_FILE_READ_BYTES = 3,
    /// rille_file_line_at: the line that holds the offset `at`. The answer has a number.
    RILLE_FILE_LINE_AT = 4,
    /// rille_file_offset_of: the offset of the line with the number `at`. The answer has a number.
    RILLE_FILE_OFFSET_OF = 5,
    /// rille_file_stat. The answer has the information on the file.
    RILLE_FILE_STAT = 6,
    /// rille_file_refresh. The answer has a number, one of rille_file_change.
    RILLE_FILE_REFRESH = 7,
}

use rille_file_verb::*;

const VERBS: [rille_file_verb; 8] = [
    RILLE_FILE_READ_LINES,
    RILLE_FILE_READ_AROUND,
    RILLE_FILE_READ_LAST,
    RILLE_FILE_READ_BYTES,
    RILLE_FILE_LINE_AT,
    RILLE_FILE_OFFSET_OF,
    RILLE_FILE_STAT,
    RILLE_FILE_REFRESH,
];

/// The task of a job of rille_file_read_start: a function and its arguments.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_task {
    /// sizeof(rille_file_task).
    pub size: u32,
    /// One of rille_file_verb.
    pub verb: u32,
    /// An offset, or the number of a line, counted from 1.
    pub at: i64,
    /// Requested lines or bytes. There may be fewer.
    pub count: i64,
    /// Number of lines before the line that holds the offset, for RILLE_FILE_READ_AROUND.
    pub before: u32,
    /// Maximum size in bytes of the answer of RILLE_FILE_READ_BYTES: if there are more, it is RILLE_ETOOBIG and nothing
    /// is read. 0 for 4 GiB - 1.
    pub limit: u32,
    /// The part of each line to read; NULL for the default. It is copied.
    pub window: *const rille_file_window,
}

// SAFETY: numbers and a pointer, the size first.
unsafe impl Zeroed for rille_file_task {}

/// The result of a job of rille_file_read_start. The pointers are valid until the job is freed, even after the file was
/// freed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_answer {
    /// The lines; a count of 0 if the verb returns none.
    pub lines: rille_file_lines,
    /// Information on the file; zeros if the verb does not return it.
    pub info: rille_file_info,
    /// The number; 0 if the verb returns none.
    pub number: f64,
    /// The bytes; NULL if the verb returns none.
    pub bytes: *const u8,
    /// Number of bytes.
    pub len: usize,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<rille_file_task>() == 40);
    assert!(std::mem::offset_of!(rille_file_task, window) == 32);
    assert!(size_of::<rille_file_answer>() == 104);
    assert!(std::mem::offset_of!(rille_file_answer, number) == 80);
};

impl rille_file_task {
    /// Returns the task in the form of the core.
    ///
    /// # Safety
    ///
    /// The window is null or one.
    unsafe fn read(&self) -> Result<Request, Failure> {
        // SAFETY: the caller vouches for the window.
        let window = || unsafe { options(self.window) }?.read();
        let (at, before) = (positive(self.at, "at")?, self.before as usize);
        let all = positive(self.count, "count")?;
        let count = usize::try_from(all).unwrap_or(usize::MAX);
        Ok(match VERBS.into_iter().find(|&verb| verb as u32 == self.verb) {
            Some(RILLE_FILE_READ_LINES) => Request::Lines { first: at, count, window: window()? },
            Some(RILLE_FILE_READ_AROUND) => {
                Request::Around { offset: at, before, after: count, window: window()? }
            }
            Some(RILLE_FILE_READ_LAST) => Request::Last { count, window: window()? },
            Some(RILLE_FILE_READ_BYTES) => {
                let limit = if self.limit == 0 { u32::MAX } else { self.limit };
                Request::Bytes { offset: at, len: all, limit: limit.into() }
            }
            Some(RILLE_FILE_LINE_AT) => Request::LineAt(at),
            Some(RILLE_FILE_OFFSET_OF) => Request::OffsetOf(at),
            Some(RILLE_FILE_STAT) => Request::Info,
            Some(RILLE_FILE_REFRESH) => Request::Refresh,
            None => {
                let verb = self.verb;
                let message = format!("unknown verb {verb}; it must be one of rille_file_verb");
                return Err(Failure::new(RILLE_EARG, message));
            }
        })
    }
}

impl rille_file_answer {
    /// Converts the reply of a job for C, with the status that the function of the verb would return.
    fn of(reply: &Reply, wanted_bytes: bool) -> Result<(rille_file_answer, rille_status), Failure> {
        let mut answer = rille_file_answer {
            lines: rille_file_lines::of(&Lines::default()),
            info: rille_file_info::default(),
            number: 0.0,
            bytes: null(),
            len: 0,
        };
        let status = match reply {
            Reply::Lines(Answer::Known(lines)) => {
                answer.lines = rille_file_lines::of(lines);
                RILLE_OK
            }
            Reply::Number(Answer::Known(number)) => {
                answer.number = *number as f64;
                RILLE_OK
            }
            Reply::Lines(Answer::Unknown) | Reply::Number(Answer::Unknown) => RILLE_PENDING,
            Reply::Lines(Answer::Absent) | Reply::Number(Answer::Absent) => RILLE_NONE,
            Reply::Bytes(bytes) => {
                (answer.bytes, answer.len) = (bytes.as_ptr(), bytes.len());
                if bytes.is_empty() && wanted_bytes { RILLE_NONE } else { RILLE_OK }
            }
            Reply::TooLong(len) => {
                let message = format!("the requested {len} bytes exceed the limit of the task");
                return Err(Failure::new(RILLE_ETOOBIG, message));
            }
            Reply::Info(info, memory) => {
                answer.info = rille_file_info::of(info, *memory);
                RILLE_OK
            }
            Reply::Change(change) => {
                answer.number = f64::from(rille_file_change::from(*change) as u32);
                RILLE_OK
            }
        };
        Ok((answer, status))
    }
}

/// The result of a job of rille_file_open_start.
type Opened = Result<Arc<Document>, String>;

/// The result of a job of rille_file_read_start, and whether bytes were requested.
type Answered = (Result<Reply, FileError>, bool);

/// Starts a job that opens a file as rille_file_open does, on another thread, and writes it to `out`. The path and the
/// options are copied, and a relative path is resolved against the current working directory. Take the file with
/// rille_file_open_take when the job is done. If the system does not answer, for example because a server is down,
/// rille_job_cancel still ends the job.
///
/// Returns RILLE_OK or RILLE_EIO (the path is invalid, or the working directory no longer exists).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_open_start(
    path: *const u8,
    len: usize,
    options: *const rille_file_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the pointer.
        let (path, given, out) =
            unsafe { (slice(path, len)?, self::options(options)?, place(out, "out")?) };
        // SAFETY: the caller passes a directory as the documentation says.
        let opening = Opening::new(path, unsafe { given.read() }?);
        let opening = opening.map_err(|message| Failure::new(RILLE_EIO, message))?;
        out.write(Outcome::<Opened>::start(
            move || opening.open().map(Arc::new),
            // The handles of the file count its memory.
            |_| 0,
        ));
        Ok(RILLE_OK)
    })
}

/// Writes the file that a job of rille_file_open_start has opened to `out`: a new object for each call, which may
/// outlive the job. All of them share one open file with one index.
///
/// Returns what rille_file_open would return; or RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or
/// has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_open_take(
    job: *const rille_job,
    out: *mut *mut rille_file,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the pointer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Opened>::take(job, "one that opens a file", |opened| match opened {
                Ok(document) => {
                    let document = Arc::clone(document);
                    out.write(Handle::give(rille_file { document, batch: Lines::default() }));
                    Ok(RILLE_OK)
                }
                Err(message) => Err(Failure::new(RILLE_EIO, message.clone())),
            })
        })
    }
}

/// Starts a job that reads from a file on another thread, and writes it to `out`. It does not ask the system about the
/// file before it returns. The file may be freed while the job runs, and read by other calls and jobs at the same time.
/// Take the answer with rille_file_read_take when the job is done. If the system does not answer, rille_job_cancel
/// still ends the job.
///
/// Returns RILLE_OK, RILLE_EARG (a verb is unknown, or a number is negative) or RILLE_ELIMIT (the window is too large).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_start(
    file: *const rille_file,
    task: *const rille_file_task,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, NULL or a task with what it points to, and NULL or a place.
    unsafe {
        boundary_at(file, err, |file| {
            let (task, out) = (required(task, "task")?, place(out, "out")?);
            let (request, wanted) = (task.read()?, task.count > 0);
            let document = Arc::clone(&file.document);
            out.write(Outcome::<Answered>::start_with(
                move |worker| (document.reply(&request, worker), wanted),
                |(reply, _)| reply.as_ref().map_or(0, Reply::memory),
            ));
            Ok(RILLE_OK)
        })
    }
}

/// Writes the result of a job of rille_file_read_start to `out`. It may be called again.
///
/// Returns what the function of the verb would return, RILLE_ETOOBIG (there are more bytes than the task's limit), or
/// RILLE_PENDING (the job still runs, or the index has not reached this place yet; rille_job_poll distinguishes the two),
/// RILLE_NONE (it was cancelled or has failed) or RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_read_take(
    job: *const rille_job,
    out: *mut rille_file_answer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job, and NULL or a place for the answer.
    unsafe {
        boundary_at(job, err, |job| {
            let out = place(out, "out")?;
            Outcome::<Answered>::take(job, "one that reads a file", |(reply, wanted)| {
                let reply = reply.as_ref().map_err(|trouble| Failure::from(trouble.clone()))?;
                let (answer, status) = rille_file_answer::of(reply, *wanted)?;
                out.write(answer);
                Ok(status)
            })
        })
    }
}
