//! Exports for tests only: some panic on purpose, others start a job to watch. They need the feature `testing`, and are
//! in no header.

use super::boundary::{boundary, boundary_at, boundary_get, boundary_on, place, places};
use super::buffer::rille_buffer;
use super::error::{rille_error, rille_status::*};
use super::job::rille_job;
use super::search::regex::rille_regex;
use crate::job::{self, JobError, Worker};
use std::time::Duration;

/// Panics; the boundary converts the panic to the returned status.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_panic(err: *mut rille_error) -> i32 {
    boundary(err, || panic!("on purpose"))
}

/// Panics in a getter, which then returns its fallback, 7.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_panic_get() -> u32 {
    boundary_get(7, || panic!("on purpose"))
}

/// Panics in the middle of a change to a buffer, which poisons the buffer.
///
/// # Safety
///
/// As for `rille_buffer_reset`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_test_panic_buffer(
    buffer: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live buffer that nothing else uses meanwhile.
    unsafe { boundary_on(buffer, err, |_| panic!("on purpose")) }
}

/// Panics in the middle of a search, which poisons the pattern although the call only reads it.
///
/// # Safety
///
/// As for `rille_regex_test`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_test_panic_regex(
    regex: *const rille_regex,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live pattern.
    unsafe { boundary_at(regex, err, |_| panic!("on purpose")) }
}

/// Starts a job for tests. It sleeps for `microseconds` in each of `steps` steps, or spins if they are 0, and publishes
/// `results` numbers, counted from 0. The unit of progress is the step. `fate` selects how it ends: 0 is done, 1
/// panics, 2 fails; 3 is done, and its numbers are the times at which they were published, in microseconds of the
/// monotonic clock. Each number is counted as 1,000 bytes.
///
/// # Safety
///
/// `out` is null or a place for the pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_test_job(
    steps: u32,
    microseconds: u32,
    results: u32,
    fate: u32,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or a place for the pointer.
        let out = unsafe { place(out, "out") }?;
        let job = job::start(move |worker: &Worker<u32>| {
            worker.expect(steps.into());
            let mut next = 0;
            for _ in 0..steps {
                worker.go_on()?;
                if microseconds > 0 {
                    std::thread::sleep(Duration::from_micros(microseconds.into()));
                }
                for _ in 0..results {
                    worker.publish(if fate == 3 { microseconds_now() } else { next }, 1000)?;
                    next += 1;
                }
                worker.advance(1);
            }
            match fate {
                1 => panic!("on purpose"),
                2 => Err(JobError::Failed("the test asked for this failure".to_owned())),
                _ => Ok(()),
            }
        });
        out.write(rille_job::give(job));
        Ok(RILLE_OK)
    })
}

/// Returns the time of the monotonic clock, which hosts can read as well.
#[cfg(unix)]
fn microseconds_now() -> u32 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes to the place that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &raw mut now) };
    (now.tv_sec as u64 * 1_000_000 + now.tv_nsec as u64 / 1000) as u32
}

#[cfg(not(unix))]
fn microseconds_now() -> u32 {
    0
}

/// Takes up to `capacity` numbers of such a job to `out`, and writes their number to `out_count`. Returns RILLE_NONE if
/// there are none.
///
/// # Safety
///
/// `job` is null or a live job that nothing else uses meanwhile, `out` is null or has room for `capacity` numbers, and
/// `out_count` is null or a place.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_test_job_take(
    job: *mut rille_job,
    out: *mut u32,
    capacity: u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller vouches for all of them.
    unsafe {
        boundary_on(job, err, |job| {
            let job = job.of::<u32>("a test")?;
            let out = places(out, capacity as usize, "out")?;
            let out_count = place(out_count, "out_count")?;
            let mut count = 0;
            while let Some(place) = out.get_mut(count)
                && let Some(number) = job.take()
            {
                place.write(number);
                count += 1;
            }
            out_count.write(count as u32);
            Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}
