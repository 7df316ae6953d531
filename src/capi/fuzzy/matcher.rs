//! Matchers for single texts and short lists, which are not stored.

use super::super::boundary::{
    Handle, boundary, boundary_get, boundary_on, options, place, places, slice,
};
use super::super::error::{rille_error, rille_status::*};
use super::super::gauge::{self, Gauge, Measured};
use super::options::rille_fuzzy_options;
use super::{query_of, rille_fuzzy_found, rille_fuzzy_row, texts, write_rows};
use crate::fuzzy::matcher::Matcher;

/// The score of a matching text.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_fuzzy_hit {
    /// The score, as in rille_fuzzy_row.
    pub score: i32,
    /// Number of positions written.
    pub count: u32,
}

const _: () = assert!(size_of::<rille_fuzzy_hit>() == 8);

/// A compiled query for single texts and short lists; see rille_fuzzy_query.
pub struct rille_matcher {
    matcher: Matcher,
}

impl Measured for rille_matcher {
    const GAUGE: &'static Gauge = &gauge::MATCHER;

    fn bytes(&self) -> usize {
        self.matcher.memory_usage()
    }
}

/// Compiles a query of `len` bytes and writes the matcher to `out`. `options` may be NULL; its memory limit and threads
/// are ignored.
///
/// Returns RILLE_OK or RILLE_ETOOBIG (as for rille_fuzzy_query).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_matcher_new(
    query: *const u8,
    len: usize,
    options: *const rille_fuzzy_options,
    out: *mut *mut rille_matcher,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or options with their columns, and NULL or a place.
    boundary(err, || unsafe {
        let (query, out) = (query_of(query, len)?, place(out, "out")?);
        let options = self::options(options)?.read()?;
        out.write(Handle::give(rille_matcher { matcher: Matcher::new(query, options) }));
        Ok(RILLE_OK)
    })
}

/// Frees a matcher.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_matcher_free(matcher: *mut rille_matcher) {
    // SAFETY: the caller passes NULL or a live matcher, and uses it no more.
    boundary_get((), || unsafe { Handle::free(matcher) })
}

/// Writes the score of a text of `len` bytes to `out`, and the byte offset of each matching character to `positions`,
/// in ascending order. `positions` has room for as many numbers as the query has bytes, or is NULL.
///
/// Returns RILLE_OK or RILLE_NONE (the text does not match).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_matcher_match(
    matcher: *mut rille_matcher,
    text: *const u8,
    len: usize,
    positions: *mut u32,
    out: *mut rille_fuzzy_hit,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live matcher that nothing else uses meanwhile, NULL or `len` bytes, and NULL or
    // places.
    unsafe {
        boundary_on(matcher, err, |matcher| {
            let (text, out) = (slice(text, len)?, place(out, "out")?);
            let matcher = &mut matcher.matcher;
            let hit = if positions.is_null() {
                matcher.score(text).map(|score| rille_fuzzy_hit { score, count: 0 })
            } else {
                match matcher.positions(text) {
                    Some((score, list)) => {
                        let positions = places(positions, list.len(), "positions")?;
                        positions.write_copy_of_slice(list);
                        Some(rille_fuzzy_hit { score, count: list.len() as u32 })
                    }
                    None => None,
                }
            };
            matcher.has_memory()?;
            let there = hit.is_some();
            out.write(hit.unwrap_or(rille_fuzzy_hit { score: 0, count: 0 }));
            Ok(if there { RILLE_OK } else { RILLE_NONE })
        })
    }
}

/// Ranks `count` texts, passed as to rille_fuzzy_push: writes the matching ones to `rows`, which has room for `count`,
/// in the order of rille_fuzzy_query, and their number to `found`.
///
/// It is for short lists: nothing is stored between two calls, and each matching text takes a quarter of a microsecond.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_matcher_filter(
    matcher: *mut rille_matcher,
    items: *const *const u8,
    lengths: *const u32,
    count: u32,
    rows: *mut rille_fuzzy_row,
    found: *mut rille_fuzzy_found,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live matcher that nothing else uses meanwhile, and NULL or `count` entries of each.
    unsafe {
        boundary_on(matcher, err, |matcher| {
            let (rows, found) = (places(rows, count as usize, "rows")?, place(found, "found")?);
            let ranking = matcher.matcher.filter(texts(items, lengths, count)?)?;
            write_rows(&ranking, true, rows, found);
            Ok(RILLE_OK)
        })
    }
}
