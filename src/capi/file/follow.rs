//! Following a file: a job that reports its changes.

use super::super::boundary::{boundary_at, boundary_on, place};
use super::super::error::{Failure, rille_error, rille_status::*};
use super::super::job::{Batch, rille_job};
use super::{rille_file, rille_file_change};
use crate::file::News;

/// A change of a file that is followed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_news {
    /// Current size of the file in bytes; 0 for a filter whose size only a refresh can determine.
    pub size: f64,
    /// One of rille_file_change: what the next refresh will report, unless the file changes again.
    pub change: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<rille_file_news>() == 16);

/// A batch of changes; the caller has no pointers into it.
#[derive(Default)]
struct Taken;

impl Batch for Taken {
    fn bytes(&self) -> usize {
        0
    }
}

/// Starts a job that reports every change of the file since the last refresh, and writes it to `out`. When the job is
/// ready, call rille_file_take_news, then rille_file_refresh until it reports RILLE_FILE_SAME.
///
/// The system reports changes; where it cannot, the job looks once a second. The job runs until it is cancelled or the
/// file is freed, and does not count against the limit of running jobs. Its unit of progress is the change. A file made
/// by rille_file_filter reports new lines of its own, and no other growth of the filtered file; these lines can be read
/// at once, and the refresh reports them.
///
/// Returns RILLE_OK or RILLE_EARG (the system makes the file while it is read; or it is spooled: watch the job of
/// rille_file_index, or follow a filter of it).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_follow(
    file: *const rille_file,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, and NULL or a place for the pointer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out, "out")?;
            let job = file.document.follow().map_err(|trouble| match trouble.forked {
                true => Failure::from(trouble),
                false => Failure::new(RILLE_EARG, trouble.message),
            });
            out.write(rille_job::give(job?));
            Ok(RILLE_OK)
        })
    }
}

/// Takes a change from a job of rille_file_follow and writes it to `out`.
///
/// Returns RILLE_OK, RILLE_NONE (there is none; nothing was written) or RILLE_EARG (the job is of another kind). It
/// does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_take_news(
    job: *mut rille_job,
    out: *mut rille_file_news,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job that nothing else uses meanwhile, and NULL or a place for the news.
    unsafe {
        boundary_on(job, err, |job| {
            let out = place(out, "out")?;
            let (job, _) = job.with_batch::<News, Taken>("one that follows a file")?;
            let Some(News { change, size }) = job.take() else { return Ok(RILLE_NONE) };
            let change = rille_file_change::from(change) as u32;
            out.write(rille_file_news { size: size as f64, change, reserved: 0 });
            Ok(RILLE_OK)
        })
    }
}
