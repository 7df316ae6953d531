//! Sessions: a base, and a text that edits keep compared with it.

use super::{Task, rille_diff_options, rille_hunk};
use crate::capi::boundary::{
    Handle, at, boundary, boundary_at, boundary_get, boundary_on, options, place, places, slice,
};
use crate::capi::error::{Failure, rille_error, rille_status::*};
use crate::capi::gauge::{self, Gauge, Measured};
use crate::capi::job::rille_job;
use crate::capi::outcome::Outcome;
use crate::diff::{Diff, Lines, Session, diff};
use std::sync::Arc;

/// The state of a session.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_diff_state {
    /// Number of lines of the text.
    pub lines: u32,
    /// Number of hunks.
    pub hunks: u32,
    /// 1 if the hunks are those of a comparison of the whole texts; 0 if some may be larger, or at other lines, than need be.
    pub exact: u32,
    /// Reserved; 0.
    pub reserved: u32,
    /// Bytes of native memory.
    pub bytes: f64,
}

const _: () = assert!(
    size_of::<rille_diff_state>() == 24 && std::mem::offset_of!(rille_diff_state, bytes) == 16
);

/// A session: a base that stays in the library, and a text whose edits are passed to it. After an edit only the lines around it are
/// compared again, so that a key in a long text takes microseconds.
///
/// One thread at a time may use a session. Lines are counted from 0. The text is at first the base.
pub struct rille_diff_session {
    session: Session,
    task: Task,
}

impl Measured for rille_diff_session {
    const GAUGE: &'static Gauge = &gauge::SESSION;

    fn bytes(&self) -> usize {
        self.session.memory_usage()
    }
}

/// The result of a job of rille_diff_session_start: the number of the text that was compared, and its hunks.
type Compared = Result<(u64, Diff), Failure>;

/// Makes a session with a base of `len` bytes, which is copied, and writes it to `out`. `options` may be NULL. Their deadline
/// bounds the functions that compare whole texts, and their memory limit the whole session.
///
/// Returns RILLE_OK, RILLE_EARG (an option is wrong), RILLE_ETOOBIG (the base has more than 2^30 lines) or RILLE_ELIMIT (the
/// memory limit would be exceeded).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_new(
    base: *const u8,
    len: usize,
    options: *const rille_diff_options,
    out: *mut *mut rille_diff_session,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a text of this length, NULL or options, and NULL or a place for the pointer.
    boundary(err, || unsafe {
        let (base, task) = (slice(base, len)?, self::options(options)?.read()?);
        let out = place(out, "out")?;
        let session = Session::new(base, task.options, task.memory_limit)?;
        out.write(Handle::give(rille_diff_session { session, task }));
        Ok(RILLE_OK)
    })
}

/// Replaces the base of a session by a text of `len` bytes, which is copied, and compares the text of the session with it.
///
/// Returns what rille_diff_session_new returns. After an error nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_base(
    session: *mut rille_diff_session,
    base: *const u8,
    len: usize,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a text of this length.
    unsafe {
        boundary_on(session, err, |session| {
            session.task.with_limits(&|| false, |limits| {
                session.session.set_base(slice(base, len)?, limits)?;
                Ok(RILLE_OK)
            })
        })
    }
}

/// Replaces the whole text of a session by `len` bytes, and compares it with the base. For a text whose edits are not known.
///
/// Returns what rille_diff_session_new returns. After an error nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_text(
    session: *mut rille_diff_session,
    text: *const u8,
    len: usize,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a text of this length.
    unsafe {
        boundary_on(session, err, |session| {
            session.task.with_limits(&|| false, |limits| {
                session.session.set_text(slice(text, len)?, limits)?;
                Ok(RILLE_OK)
            })
        })
    }
}

/// Replaces `removed` lines of the text from `first` on by `count` lines: the `len` bytes at `lines`, with a line feed between
/// each two lines and none at the end. A text that has no line feed at its end stays so, unless its last line becomes empty.
///
/// Compares what is around the edit. That takes microseconds, unless the edit touches hunks of thousands of lines: these are not
/// compared. After that, and in a long text that repeats few lines over and over or whose comparison ignores something, the session
/// is not exact until rille_diff_session_start has run or the whole text is replaced.
///
/// Returns RILLE_OK, RILLE_EARG (the lines are not in the text, or `lines` has another number of lines), RILLE_ETOOBIG or
/// RILLE_ELIMIT. After an error nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_edit(
    session: *mut rille_diff_session,
    first: u32,
    removed: u32,
    lines: *const u8,
    len: usize,
    count: u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a text of this length.
    unsafe {
        boundary_on(session, err, |session| {
            let (first, removed, count) = (first as usize, removed as usize, count as usize);
            let text = slice(lines, len)?;
            let parts = Lines::count(text) + usize::from(text.is_empty() || text.ends_with(b"\n"));
            if count != parts && (count > 0 || len > 0) {
                let message = format!("the text has {parts} lines, but count is {count}");
                return Err(Failure::new(RILLE_EARG, message));
            }
            let has = session.session.lines();
            if first > has || removed > has - first {
                let message = format!(
                    "lines {first} to {} are not in the text, which has {has} lines",
                    first + removed
                );
                return Err(Failure::new(RILLE_EARG, message));
            }
            session.session.edit(first, removed, text, count)?;
            Ok(RILLE_OK)
        })
    }
}

/// Writes the hunks that touch the lines of the text from `first` to `last`, both included, to `hunks`, which has room for
/// `capacity`, and the number of hunks written to `count`. If that is `capacity` there may be more: continue after the last one.
/// A hunk that only removes lines touches the line before it and the line after it.
///
/// Takes time for the hunks that it writes. Returns RILLE_OK or RILLE_EARG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_hunks(
    session: *const rille_diff_session,
    first: u32,
    last: u32,
    hunks: *mut rille_hunk,
    capacity: u32,
    count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or room for so many hunks, and NULL or a place for a number.
    unsafe {
        boundary_at(session, err, |session| {
            let out = places(hunks, capacity as usize, "hunks")?;
            let count = place(count, "count")?;
            let found = session.session.hunks(first as usize, last as usize);
            let mut written = 0;
            for (out, hunk) in out.iter_mut().zip(found) {
                out.write(hunk.into());
                written += 1;
            }
            count.write(written);
            Ok(RILLE_OK)
        })
    }
}

/// Writes the state of a session to `out`. Returns RILLE_OK or RILLE_EARG.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_state(
    session: *const rille_diff_session,
    out: *mut rille_diff_state,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a place for the state.
    unsafe {
        boundary_at(session, err, |session| {
            let session = &session.session;
            place(out, "out")?.write(rille_diff_state {
                lines: session.lines() as u32,
                hunks: session.count() as u32,
                exact: session.is_exact().into(),
                reserved: 0,
                bytes: session.memory_usage() as f64,
            });
            Ok(RILLE_OK)
        })
    }
}

/// Starts a job that compares the whole text with the base on another thread, and writes it to `out`. The text is copied for it.
/// When the job is done, rille_diff_session_take gives its hunks to the session.
///
/// Returns RILLE_OK, RILLE_EARG, or RILLE_ELIMIT (the copy would exceed the memory limit).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_start(
    session: *const rille_diff_session,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a place for the pointer.
    unsafe {
        boundary_at(session, err, |session| {
            let out = place(out, "out")?;
            let (task, version) = (session.task, session.session.version());
            let (base, text) = (Arc::clone(session.session.base()), session.session.text()?);
            out.write(Outcome::<Compared>::start_with(
                move |worker| {
                    task.with_limits(&|| worker.is_cancelled(), |limits| {
                        Ok((version, diff(&base, &text, &task.options, limits)?))
                    })
                },
                |compared| compared.as_ref().map_or(0, |(_, diff)| diff.memory_usage()),
            ));
            Ok(RILLE_OK)
        })
    }
}

/// Gives the hunks that a job of rille_diff_session_start has found to its session, unless the text or the base has changed since
/// the start. Writes 1 to `taken` if they were taken, 0 if they are out of date.
///
/// Returns RILLE_OK, RILLE_PENDING (the job still runs), RILLE_NONE (it was cancelled or has failed), RILLE_EARG (the job is of
/// another kind) or RILLE_ELIMIT (the comparison would have exceeded the memory limit). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_take(
    session: *mut rille_diff_session,
    job: *const rille_job,
    taken: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or a live job, and NULL or a place for a number.
    unsafe {
        boundary_on(session, err, |session| {
            let taken = place(taken, "taken")?;
            at(job, |job| {
                Outcome::<Compared>::take(job, "a comparison of a session", |compared| {
                    let (version, diff) = compared.as_ref().map_err(Failure::clone)?;
                    let is_taken = session.session.set_hunks(&diff.hunks, diff.exact, *version)?;
                    taken.write(is_taken.into());
                    Ok(RILLE_OK)
                })
            })
        })
    }
}

/// Frees a session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_diff_session_free(session: *mut rille_diff_session) {
    // SAFETY: the caller passes NULL or a live session, and uses it no more.
    boundary_get((), || unsafe { Handle::free(session) })
}
