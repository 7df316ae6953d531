//! A test allocator that refuses memory, as a system without free memory does. It needs the feature `testing`, and is
//! in no header.
//!
//! Only pieces of at least some size are refused: refusing the smallest ones would end the process, as `src/memory.rs`
//! explains.

use super::boundary::boundary_get;
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::ptr::null_mut;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize};

struct Refusing;

#[global_allocator]
static ALLOCATOR: Refusing = Refusing;

/// Minimum size in bytes of a piece that is refused.
static LEAST: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Number of pieces of at least that size that were requested, and number of refused ones.
static ASKED: AtomicU32 = AtomicU32::new(0);
static REFUSED: AtomicU32 = AtomicU32::new(0);
/// Number of the first refused piece, and count of refused pieces.
static FIRST: AtomicU32 = AtomicU32::new(0);
static COUNT: AtomicU32 = AtomicU32::new(0);
/// Maximum number of bytes that may be held, and number of bytes held.
static BOUND: AtomicUsize = AtomicUsize::new(usize::MAX);
static HELD: AtomicUsize = AtomicUsize::new(0);
/// Whether each refusal prints a backtrace, and whether one is being printed now.
static TRACED: AtomicBool = AtomicBool::new(false);
static PRINTING: AtomicBool = AtomicBool::new(false);

/// Returns whether to allocate a piece of `size` bytes, which is `more` bytes larger than the piece it replaces.
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
        // Shrinking a piece never fails.
        if size > layout.size() && !is_given(size, size - layout.size()) {
            return null_mut();
        }
        HELD.fetch_add(size, Relaxed);
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller asks.
        unsafe { System.realloc(piece, layout, size) }
    }
}

/// Refuses, from this call on, `count` pieces of at least `least` bytes, starting with piece number `first`, counted
/// from 0; and each such piece that would make the process hold more than `more` bytes beyond what it holds now. With
/// `is_traced` each refusal prints a backtrace. A `least` of 0 refuses nothing any more.
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

/// Returns the number of pieces refused since the last call of rille_test_refuse.
#[unsafe(no_mangle)]
pub extern "C" fn rille_test_refused() -> u32 {
    boundary_get(0, || REFUSED.load(Relaxed))
}
