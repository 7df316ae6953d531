//! Pieces of a file, worked on by several threads and brought together in their order.
//!
//! # Why not a thread for each half?
//!
//! Because results stream: what is found in the first piece is wanted before the last one was looked at. So threads take
//! the next piece each, and whoever completes the one that is due brings it, and those behind it that wait, to `take`. A
//! thread that is too far ahead waits, so what is held is bounded.

use crate::job::Stop;
use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Pieces for each thread that may be ahead of the one that is due.
const AHEAD: u64 = 4;

struct State<R, T> {
    /// The piece to be worked on next.
    next: u64,
    /// The piece to be taken next.
    due: u64,
    /// What is done and waits for its turn.
    done: BTreeMap<u64, Result<R, Stop>>,
    take: T,
    /// How it ended, once it has.
    end: Option<Result<(), Stop>>,
}

/// Runs `work` on the pieces from 0 to `count` on up to `threads` threads, the calling one included, and hands the results
/// to `take` in order, which tells whether to go on. Each thread has what `fresh` makes for it.
pub(super) fn in_order<R: Send, S>(
    count: u64,
    threads: usize,
    fresh: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, u64) -> Result<R, Stop> + Sync,
    take: impl FnMut(R) -> Result<bool, Stop> + Send,
) -> Result<(), Stop> {
    let state = State { next: 0, due: 0, done: BTreeMap::new(), take, end: None };
    let shared = Shared { state: Mutex::new(state), turn: Condvar::new() };
    let ahead = AHEAD * threads as u64;
    let one = || shared.run(count, ahead, &fresh, &work);
    thread::scope(|scope| {
        for number in 1..threads.min(usize::try_from(count).unwrap_or(threads)) {
            // They inherit that this thread blocks all signals. If there can be no more, those that there are do it all.
            let builder = thread::Builder::new().name(format!("rille-file-{number}"));
            if builder.spawn_scoped(scope, one).is_err() {
                break;
            }
        }
        one();
    });
    let state = shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    state.end.unwrap_or(Ok(()))
}

struct Shared<R, T> {
    state: Mutex<State<R, T>>,
    turn: Condvar,
}

impl<R, T: FnMut(R) -> Result<bool, Stop>> Shared<R, T> {
    fn lock(&self) -> MutexGuard<'_, State<R, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run<S>(
        &self,
        count: u64,
        ahead: u64,
        fresh: impl Fn() -> S,
        work: impl Fn(&mut S, u64) -> Result<R, Stop>,
    ) {
        let guard = Guard(self);
        let mut own = fresh();
        loop {
            let mut state = self.lock();
            while state.end.is_none() && state.next < count && state.next >= state.due + ahead {
                state = self.turn.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.end.is_some() || state.next >= count {
                break;
            }
            let piece = state.next;
            state.next += 1;
            drop(state);
            let result = work(&mut own, piece);
            let mut state = self.lock();
            if state.end.is_some() {
                break;
            }
            // A failure has its turn too: what is before it was found, and is brought.
            state.done.insert(piece, result);
            while state.end.is_none() && state.deliver() {}
            drop(state);
            self.turn.notify_all();
        }
        std::mem::forget(guard);
    }
}

impl<R, T: FnMut(R) -> Result<bool, Stop>> State<R, T> {
    /// Brings the piece that is due, and tells whether it was there.
    fn deliver(&mut self) -> bool {
        let Some(result) = self.done.remove(&self.due) else { return false };
        self.due += 1;
        match result.and_then(&mut self.take) {
            Ok(true) => {}
            Ok(false) => self.end = Some(Ok(())),
            Err(stop) => self.end = Some(Err(stop)),
        }
        true
    }
}

/// Lets the other threads go when one panics: they would wait for its piece for ever.
struct Guard<'s, R, T: FnMut(R) -> Result<bool, Stop>>(&'s Shared<R, T>);

impl<R, T: FnMut(R) -> Result<bool, Stop>> Drop for Guard<'_, R, T> {
    fn drop(&mut self) {
        self.0.lock().end.get_or_insert(Err(Stop::Cancelled));
        self.0.turn.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_the_threads() {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            let end = in_order(
                200,
                threads,
                || (),
                |(), piece| {
                    if piece % 7 == 0 {
                        thread::yield_now();
                    }
                    Ok(piece)
                },
                |piece| {
                    seen.push(piece);
                    Ok(true)
                },
            );
            assert_eq!(end, Ok(()));
            assert_eq!(seen, (0..200).collect::<Vec<_>>());
        }
    }

    #[test]
    fn it_ends_where_it_is_told_to_or_where_it_fails() {
        for threads in [1, 3] {
            let mut seen = 0;
            let take = |_| {
                seen += 1;
                Ok(seen < 10)
            };
            assert_eq!(in_order(1000, threads, || (), |(), piece| Ok(piece), take), Ok(()));
            assert_eq!(seen, 10);
            let work = |(): &mut (), piece| {
                if piece == 20 { Err(Stop::Failed("on purpose".to_owned())) } else { Ok(piece) }
            };
            let end = in_order(1000, threads, || (), work, |_| Ok(true));
            assert_eq!(end, Err(Stop::Failed("on purpose".to_owned())));
        }
    }

    #[test]
    fn a_panic_lets_the_other_threads_go() {
        let run = || {
            let work =
                |(): &mut (), piece| if piece == 3 { panic!("on purpose") } else { Ok(piece) };
            in_order(1000, 3, || (), work, |_| Ok(true))
        };
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
