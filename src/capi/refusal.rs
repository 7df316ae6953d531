//! An allocator for the tests alone, which refuses memory as a system does that has none left: behind the feature
//! `testing`, and in no header.
//!
//! Only pieces of some size on are refused: the smallest ones end the process, as `src/memory.rs` says.

use super::boundary::boundary_get;
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::ptr::null_mut;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

struct Refusing;

#[global_allocator]
static ALLOCATOR: Refusing = Refusing;

/// The smallest piece that is refused, in bytes.
static LEAST: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Pieces of that size that have been asked for, and those that were refused.
static ASKED: AtomicU32 = AtomicU32::new(0);
static REFUSED: AtomicU32 = AtomicU32::new(0);
/// The first one that is refused, and how many are.
static FIRST: AtomicU32 = AtomicU32::new(0);
static COUNT: AtomicU32 = AtomicU32::new(0);
/// Bytes that may be held, and those that are.
static BOUND: AtomicUsize = AtomicUsize::new(usize::MAX);
static HELD: AtomicUsize = AtomicUsize::new(0);
/// Whether each refusal prints where it was, and whether one is just being printed.
static TRACED: AtomicBool = AtomicBool::new(false);
static PRINTING: AtomicBool = AtomicBool::new(false);

/// Whether a piece is given that is larger by so much than the one in its place.
fn is_given(size: usize, more: usize) -> bool {
    if size < LEAST.load(Relaxed) || PRINTING.load(Relaxed) {
        return true;
    }
    let number = ASKED.fetch_add(1, Relaxed);
    let is_one = number.checked_sub(FIRST.load(Relaxed)).is_some_and(|at| at < COUNT.load(Relaxed));
    if !is_one && HELD.load(Relaxed).saturating_add(more) <= BOUND.load(Relaxed) {
        return true;
    }
    REFUSED.fetch_add(1, Relaxed);
    if TRACED.load(Relaxed) && !PRINTING.swap(true, Relaxed) {
        eprintln!("refused: {size} bytes\n{}", Backtrace::force_capture());
        PRINTING.store(false, Relaxed);
    }
    false
}

// SAFETY: the system's allocator does all of it, or null says that there is no memory.
unsafe impl GlobalAlloc for Refusing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !is_given(layout.size(), layout.size()) {
            return null_mut();
        }
        HELD.fetch_add(layout.size(), Relaxed);
        // SAFETY: as the caller asks.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if !is_given(layout.size(), layout.size()) {
            return null_mut();
        }
        HELD.fetch_add(layout.size(), Relaxed);
        // SAFETY: as the caller asks.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller asks.
        unsafe { System.dealloc(piece, layout) }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // A system gives less for more whenever it is asked to.
        if size > layout.size() && !is_given(size, size - layout.size()) {
            return null_mut();
        }
        HELD.fetch_add(size, Relaxed);
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller asks.
        unsafe { System.realloc(piece, layout, size) }
    }
}

/// From now on refuses `count` pieces of at least `least` bytes, the first of them the one with the number `first`, counted
/// from 0; and each of them that would make the process hold more than `more` bytes beyond what it holds now. With
/// `is_traced` each refusal prints where it was. A `least` of 0 refuses nothing any more.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_refuse(
    least: usize,
    first: u32,
    count: u32,
    more: usize,
    is_traced: u32,
) {
    boundary_get((), || {
        LEAST.store(usize::MAX, Relaxed);
        ASKED.store(0, Relaxed);
        REFUSED.store(0, Relaxed);
        FIRST.store(first, Relaxed);
        COUNT.store(count, Relaxed);
        BOUND.store(HELD.load(Relaxed).saturating_add(more), Relaxed);
        TRACED.store(is_traced != 0, Relaxed);
        if least > 0 {
            LEAST.store(least, Relaxed);
        }
    })
}

/// How many pieces were refused since then.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_refused() -> u32 {
    boundary_get(0, || REFUSED.load(Relaxed))
}
