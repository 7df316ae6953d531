//! The noun `fuzzy`: a session, whose items are searched at every key, and matchers for single texts.

pub mod matcher;
pub mod options;

use super::boundary::{
    Handle, boundary, boundary_at, boundary_get, boundary_on, on, options, place, places, slice,
    values,
};
use super::buffer::rille_buffer;
use super::error::{Failure, rille_error, rille_status, rille_status::*};
use super::gauge::{self, Gauge, Measured, hold};
use super::job::rille_job;
use crate::fuzzy::fzf::query;
use crate::fuzzy::session::{Refused, latest};
use crate::fuzzy::{Ranking, Session, SessionOptions, live};
use crate::job::{AnyJob, Job, JobState};
use crate::tree::Paths;
use options::rille_fuzzy_options;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// One row of a result.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_fuzzy_row {
    /// Index of the item.
    pub index: u32,
    /// Score, boost included; reduced by 1,048,576 for each missing character of the query.
    pub score: i32,
}

/// The result of a search.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_fuzzy_found {
    /// Number of rows written: the best ones, in order.
    pub count: u32,
    /// Number of matching items among the searched ones.
    pub total: u32,
    /// Number of items searched so far.
    pub searched: u32,
    /// 1 if the search is done, 0 if better rows may follow.
    pub done: u32,
}

/// The size of a session.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_fuzzy_size {
    /// Number of items.
    pub items: u32,
    /// Number of directories of the items.
    pub directories: u32,
    /// Bytes of native memory.
    pub bytes: f64,
}

const _: () = {
    assert!(size_of::<rille_fuzzy_row>() == 8);
    assert!(size_of::<rille_fuzzy_found>() == 16);
    assert!(
        size_of::<rille_fuzzy_size>() == 16 && std::mem::offset_of!(rille_fuzzy_size, bytes) == 8
    );
};

/// A session: items that stay in the library and are searched while a user types, in fzf's extended query syntax (see
/// rille_fuzzy_query).
///
/// The index of an item is the number of items pushed before it, until rille_fuzzy_clear. Every function takes a
/// session as const, and may be called while walks feed it and searches run.
///
/// Freeing it ends its searches and feeds. In a process forked after it was made, every function returns RILLE_EFORK.
pub struct rille_fuzzy {
    session: Option<Arc<Session>>,
    pid: u32,
    /// Memory of the session in bytes when it was last measured.
    weighed: AtomicUsize,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_fuzzy>();
};

impl Measured for rille_fuzzy {
    const GAUGE: &'static Gauge = &gauge::FUZZY;

    fn bytes(&self) -> usize {
        0
    }
}

impl rille_fuzzy {
    fn give(options: SessionOptions) -> *mut rille_fuzzy {
        let session = Arc::new(Session::new(options));
        live::add(&session);
        Handle::give(rille_fuzzy {
            session: Some(session),
            pid: std::process::id(),
            weighed: AtomicUsize::new(0),
        })
    }

    /// Counts the current memory of the session, which a feed may change while no call runs.
    fn weigh(&self, session: &Session) {
        let bytes = session.stats().bytes;
        hold(self.weighed.swap(bytes, Ordering::Relaxed), bytes);
    }

    /// Returns the session; fails in a forked child, where a thread that does not exist may hold the lock.
    fn session(&self) -> Result<&Session, Failure> {
        match &self.session {
            Some(session) if self.pid == std::process::id() => Ok(session),
            _ => {
                let message = "the session belongs to the process that this one was forked from; make another one here";
                Err(Failure::new(RILLE_EFORK, message))
            }
        }
    }
}

impl Drop for rille_fuzzy {
    fn drop(&mut self) {
        hold(*self.weighed.get_mut(), 0);
        if self.pid != std::process::id() {
            std::mem::forget(self.session.take());
        }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        let status = match refused {
            Refused::Item(_) => RILLE_ETOOBIG,
            Refused::MemoryLimit(_) | Refused::Number => RILLE_ELIMIT,
            Refused::Memory => RILLE_ENOMEM,
        };
        Failure::new(status, refused.to_string())
    }
}

/// Returns a query of `len` bytes after checking its size.
///
/// # Safety
///
/// As for [`slice`].
unsafe fn query_of<'a>(query: *const u8, len: usize) -> Result<&'a [u8], Failure> {
    // SAFETY: the caller vouches for the bytes.
    let query = unsafe { slice(query, len)? };
    query::check(query).map_err(|why| Failure::new(RILLE_ETOOBIG, why.to_string()))?;
    Ok(query)
}

/// Creates an empty session and writes it to `out`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_new(
    options: *const rille_fuzzy_options,
    out: *mut *mut rille_fuzzy,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or options with their columns, and NULL or a place for the pointer.
    boundary(err, || unsafe {
        let out = place(out, "out")?;
        let options = self::options(options)?.read()?;
        out.write(rille_fuzzy::give(options));
        Ok(RILLE_OK)
    })
}

/// Frees a session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_free(fuzzy: *mut rille_fuzzy) {
    // SAFETY: the caller passes NULL or a live session, and uses it no more.
    boundary_get((), || unsafe { Handle::free(fuzzy) })
}

/// Returns the texts of an array from C.
///
/// # Safety
///
/// `items` and `lengths` are null or have `count` entries, and each entry of `items` is null or points to as many bytes
/// as its entry of `lengths`. They are not changed while the result is used.
unsafe fn texts<'a>(
    items: *const *const u8,
    lengths: *const u32,
    count: u32,
) -> Result<impl Iterator<Item = &'a [u8]>, Failure> {
    let count = count as usize;
    // SAFETY: the caller vouches for the entries of both.
    let (items, lengths) =
        unsafe { (values(items, count, "items")?, values(lengths, count, "lengths")?) };
    let pairs = items.iter().zip(lengths);
    if let Some(index) = pairs.clone().position(|(item, &length)| item.is_null() && length > 0) {
        return Err(Failure::new(RILLE_EARG, format!("item {index} is NULL, but has a length")));
    }
    Ok(pairs.map(|(&item, &length)| match length {
        0 => &[][..],
        // SAFETY: not null, and the caller vouches for the bytes.
        _ => unsafe { std::slice::from_raw_parts(item, length as usize) },
    }))
}

/// Appends `count` items of any bytes: item i starts at `items[i]` and has `lengths[i]` bytes. They are copied. Writes
/// the new number of items to `out_len`.
///
/// Returns RILLE_OK, RILLE_ETOOBIG (an item has 2 GiB or more) or RILLE_ELIMIT (the memory limit would be exceeded).
/// Unless it is RILLE_OK, RILLE_EARG or RILLE_EFORK, the items before the refused one were appended.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_push(
    fuzzy: *const rille_fuzzy,
    items: *const *const u8,
    lengths: *const u32,
    count: u32,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or lists of `count` entries, and NULL or a place for the number.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let (session, out) = (fuzzy.session()?, place(out_len, "out_len")?);
            pushed(fuzzy, session.push(texts(items, lengths, count)?).1, out)
        })
    }
}

/// Appends the lines of a text of `len` bytes as items, without their LF or CR LF; otherwise as rille_fuzzy_push.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_push_lines(
    fuzzy: *const rille_fuzzy,
    text: *const u8,
    len: usize,
    out_len: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or `len` bytes, and NULL or a place for the number.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let (session, text, out) =
                (fuzzy.session()?, slice(text, len)?, place(out_len, "out_len")?);
            pushed(fuzzy, session.push_text(text).1, out)
        })
    }
}

fn pushed(
    fuzzy: &rille_fuzzy,
    refused: Option<Refused>,
    out: &mut MaybeUninit<u32>,
) -> Result<rille_status, Failure> {
    let session = fuzzy.session()?;
    fuzzy.weigh(session);
    if let Some(refused) = refused {
        return Err(refused.into());
    }
    out.write(session.len() as u32);
    Ok(RILLE_OK)
}

/// Makes a walk of rille_walk_start append its paths to the session, without passing them through the host; errors are
/// left out. The walk then has no results to take; when it is over, all paths are appended. It fails if an item is
/// refused. Freeing the job ends the feed.
///
/// Returns RILLE_OK or RILLE_EARG (the job is not a walk). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_feed(
    fuzzy: *const rille_fuzzy,
    job: *const rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a live job.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let session = fuzzy.session()?;
            super::boundary::at(job, |job| {
                session.feed(job.of::<Paths>("a walk")?);
                Ok(RILLE_OK)
            })
        })
    }
}

/// Returns the number of items; 0 for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_len(fuzzy: *const rille_fuzzy) -> u32 {
    // SAFETY: the caller passes NULL or a live session.
    boundary_get(0, || unsafe {
        let session = Handle::peek(fuzzy).and_then(|fuzzy| fuzzy.session().ok());
        session.map_or(0, |session| session.len() as u32)
    })
}

/// Removes all items and boosts; a running search is cancelled, and feeds continue.
///
/// The memory is freed on another thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_clear(
    fuzzy: *const rille_fuzzy,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let session = fuzzy.session()?;
            session.clear();
            fuzzy.weigh(session);
            Ok(RILLE_OK)
        })
    }
}

/// Appends the text of an item to a buffer.
///
/// Returns RILLE_OK or RILLE_NONE (there is no such item).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_text(
    fuzzy: *const rille_fuzzy,
    index: u32,
    buffer: *mut rille_buffer,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a live buffer that nothing else uses meanwhile.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let session = fuzzy.session()?;
            on(buffer, |buffer| {
                let there = session.text(index as usize, buffer.content());
                Ok(if there { RILLE_OK } else { RILLE_NONE })
            })
        })
    }
}

/// Sets boosts, which are added to the scores of `count` items from index `first` on, for example for frequently used
/// files. For comparison, a matching character scores 16 to 26. Boosts may be set before the items are pushed. The
/// order of an empty query does not change.
///
/// A running search uses the boosts that were set when it started.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_boost(
    fuzzy: *const rille_fuzzy,
    first: u32,
    boosts: *const i32,
    count: u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or `count` numbers.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let session = fuzzy.session()?;
            let boosts = values(boosts, count as usize, "boosts")?;
            if !boosts.is_empty() {
                session.boost(first as usize, boosts)?;
            }
            Ok(RILLE_OK)
        })
    }
}

/// Writes the size of a session to `out`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_stats(
    fuzzy: *const rille_fuzzy,
    out: *mut rille_fuzzy_size,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, and NULL or a place for the answer.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let (stats, out) = (fuzzy.session()?.stats(), place(out, "out")?);
            let (items, directories) = (stats.items as u32, stats.directories as u32);
            out.write(rille_fuzzy_size { items, directories, bytes: stats.bytes as f64 });
            Ok(RILLE_OK)
        })
    }
}

fn write_rows(
    ranking: &Ranking,
    done: bool,
    rows: &mut [MaybeUninit<rille_fuzzy_row>],
    found: &mut MaybeUninit<rille_fuzzy_found>,
) {
    let count = ranking.rows.len().min(rows.len());
    for (to, row) in rows.iter_mut().zip(&ranking.rows) {
        to.write(rille_fuzzy_row { index: row.index, score: row.score });
    }
    found.write(rille_fuzzy_found {
        count: count as u32,
        total: ranking.total as u32,
        searched: ranking.searched as u32,
        done: done.into(),
    });
}

/// Searches a session, and writes up to `limit` best rows to `rows` and their number to `found`.
///
/// The query of `len` bytes is in fzf's extended syntax. No query is wrong, only too large. It consists of terms
/// separated by spaces, all of which must match: abc matches items with these characters in this order, 'abc items that
/// contain abc, 'abc' items that contain it as a word, ^abc items that start with it, abc$ items that end with it,
/// ^abc$ items equal to it. ! before a term excludes what it matches, and !abc means !'abc; | between terms means "or";
/// a backslash before a space makes it part of the term. ^ and $ skip white space at the ends of an item.
///
/// Rows are sorted by score, then by length, the shorter first, then by index. Rows of an empty query, and of a query
/// whose terms all have a !, are sorted by index.
///
/// Returns RILLE_OK or RILLE_ETOOBIG (the query has more than 64 terms, those on either side of a
/// counted, or more than 8,192 bytes). A host that must not wait uses rille_fuzzy_start.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_query(
    fuzzy: *const rille_fuzzy,
    query: *const u8,
    len: usize,
    rows: *mut rille_fuzzy_row,
    limit: u32,
    found: *mut rille_fuzzy_found,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or `len` bytes, and NULL or places for the results.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let (session, query) = (fuzzy.session()?, query_of(query, len)?);
            let (rows, found) = (places(rows, limit as usize, "rows")?, place(found, "found")?);
            write_rows(&session.search(query, limit as usize)?, true, rows, found);
            fuzzy.weigh(session);
            Ok(RILLE_OK)
        })
    }
}

/// Starts a search as by rille_fuzzy_query on threads of the library, and writes the job to `out`. The previous search
/// of the session is cancelled. Take the results with rille_fuzzy_results; the unit of progress is the item.
///
/// Returns RILLE_OK or RILLE_ETOOBIG (as for rille_fuzzy_query). It takes some microseconds for any number of items.
/// Without memory for the rows the job fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_start(
    fuzzy: *const rille_fuzzy,
    query: *const u8,
    len: usize,
    limit: u32,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or `len` bytes, and NULL or a place for the pointer.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let (session, query) = (fuzzy.session()?, query_of(query, len)?);
            let out = place(out, "out")?;
            out.write(rille_job::give(session.start(query, limit as usize)));
            Ok(RILLE_OK)
        })
    }
}

/// Writes up to `capacity` latest rows of a job of rille_fuzzy_start to `rows` and their number to `found`. They
/// replace the rows written before: while the search runs they are the best of the items searched so far.
///
/// Returns RILLE_OK, RILLE_NONE (there is nothing new; `found` reports whether the search is done, and has no rows) or
/// RILLE_EARG (the job is of another kind). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_results(
    job: *mut rille_job,
    rows: *mut rille_fuzzy_row,
    capacity: u32,
    found: *mut rille_fuzzy_found,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job that nothing else uses meanwhile, and NULL or places for the results.
    unsafe {
        boundary_on(job, err, |job| {
            let (rows, found) = (places(rows, capacity as usize, "rows")?, place(found, "found")?);
            let job: &Job<Ranking> = job.of("a fuzzy search")?;
            // In this order: results arrive before the end.
            let done = job.poll().state == JobState::Done;
            match latest(job) {
                Some(ranking) => {
                    write_rows(&ranking, done, rows, found);
                    Ok(RILLE_OK)
                }
                None => {
                    write_rows(&Ranking::default(), done, rows, found);
                    Ok(RILLE_NONE)
                }
            }
        })
    }
}

/// Writes the byte offset of each character of an item that matches a query to `out`, in ascending order, and their
/// number to `out_count`. `out` has room for `len` numbers, as many as the query has bytes.
///
/// Returns RILLE_OK, RILLE_NONE (the item does not match or does not exist) or RILLE_ETOOBIG (as for
/// rille_fuzzy_query).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_fuzzy_positions(
    fuzzy: *const rille_fuzzy,
    query: *const u8,
    len: usize,
    index: u32,
    out: *mut u32,
    out_count: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live session, NULL or `len` bytes, and NULL or places for the results.
    unsafe {
        boundary_at(fuzzy, err, |fuzzy| {
            let (session, query) = (fuzzy.session()?, query_of(query, len)?);
            let (out, out_count) = (places(out, len, "out")?, place(out_count, "out_count")?);
            let positions = session.places(query, index as usize)?;
            let there = positions.is_some();
            let positions = positions.unwrap_or_default();
            out.iter_mut().zip(&positions).for_each(|(to, &at)| _ = to.write(at));
            out_count.write(positions.len() as u32);
            Ok(if there { RILLE_OK } else { RILLE_NONE })
        })
    }
}
