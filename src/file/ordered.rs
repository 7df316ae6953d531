//! Pieces of a file, worked on by several threads and brought together in their order.
//!
//! # Why not a thread for each half?
//!
//! Because results stream: what is found in the first piece is wanted before the last one was looked at. So threads take
//! the next piece each. What the one that is due has is taken at once; what the others have waits, and a thread that has
//! too much of it, or is too far ahead, waits as well: so what is held is bounded.

use crate::job::{JobError, unless_refused};
use std::collections::BTreeMap;
use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Pieces for each thread that may be ahead of the one that is due.
const AHEAD: u64 = 4;

/// Results of a piece that is not due that may wait.
const MAX_HELD_RESULTS: usize = 8;

struct OrderedState<R, T> {
    /// The piece to be worked on next.
    next: u64,
    /// The piece whose results are taken.
    due: u64,
    /// What others have, and how it ended for those that have.
    held: BTreeMap<u64, Held<R>>,
    take: T,
    /// How all of it ended, once it has.
    end: Option<Result<(), JobError>>,
}

struct Held<R> {
    results: Vec<R>,
    end: Option<Result<(), JobError>>,
}

/// Where the results of a piece go.
pub(super) struct Sender<'s, R> {
    give: &'s dyn Fn(R) -> Result<(), JobError>,
}

impl<R> Sender<'_, R> {
    /// Brings a result. It fails if nobody wants any more.
    pub fn give(&self, result: R) -> Result<(), JobError> {
        (self.give)(result)
    }
}

/// Runs `work` on the pieces from 0 to `count` on up to `threads` threads, the calling one included, and hands what it gives to
/// `take` in order, which tells whether to go on. Each thread has what `fresh` makes for it.
pub(super) fn for_each_ordered<R: Send, S>(
    count: u64,
    threads: usize,
    fresh: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, u64, &Sender<'_, R>) -> Result<(), JobError> + Sync,
    take: impl FnMut(R) -> Result<bool, JobError> + Send,
) -> Result<(), JobError> {
    let state = OrderedState { next: 0, due: 0, held: BTreeMap::new(), take, end: None };
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
    state: Mutex<OrderedState<R, T>>,
    turn: Condvar,
}

impl<R, T: FnMut(R) -> Result<bool, JobError>> Shared<R, T> {
    fn lock(&self) -> MutexGuard<'_, OrderedState<R, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'l>(
        &self,
        state: MutexGuard<'l, OrderedState<R, T>>,
    ) -> MutexGuard<'l, OrderedState<R, T>> {
        self.turn.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn run<S>(
        &self,
        count: u64,
        ahead: u64,
        fresh: impl Fn() -> S,
        work: impl Fn(&mut S, u64, &Sender<'_, R>) -> Result<(), JobError>,
    ) {
        let guard = Guard(self);
        let mut own = match unless_refused(|| Ok(fresh())) {
            Ok(own) => own,
            Err(stop) => {
                self.lock().end.get_or_insert(Err(stop));
                return;
            }
        };
        loop {
            let mut state = self.lock();
            while state.end.is_none() && state.next < count && state.next >= state.due + ahead {
                state = self.wait(state);
            }
            if state.end.is_some() || state.next >= count {
                break;
            }
            let piece = state.next;
            state.next += 1;
            state.held.insert(piece, Held { results: Vec::new(), end: None });
            drop(state);
            let sender = Sender { give: &|result| self.give(piece, result) };
            let end = unless_refused(|| work(&mut own, piece, &sender));
            let mut state = self.lock();
            if let Some(held) = state.held.get_mut(&piece) {
                held.end = Some(end);
            }
            state.deliver();
            drop(state);
            self.turn.notify_all();
        }
        std::mem::forget(guard);
    }

    /// Takes a result of a piece, if that is due, or holds it.
    fn give(&self, piece: u64, result: R) -> Result<(), JobError> {
        let mut state = self.lock();
        if let Some(held) = state.held.get_mut(&piece) {
            held.results.push(result);
        }
        loop {
            if state.due == piece {
                state.deliver();
            }
            if state.end.is_some() {
                return Err(JobError::Cancelled);
            }
            if state.held.get(&piece).is_none_or(|held| held.results.len() < MAX_HELD_RESULTS) {
                return Ok(());
            }
            state = self.wait(state);
        }
    }
}

impl<R, T: FnMut(R) -> Result<bool, JobError>> OrderedState<R, T> {
    /// Brings what is due, and goes on to the next piece where one is at its end.
    fn deliver(&mut self) {
        while self.end.is_none()
            && let Some(held) = self.held.get_mut(&self.due)
        {
            let end = held.end.take();
            for result in take(&mut held.results) {
                match unless_refused(|| (self.take)(result)) {
                    Ok(true) => {}
                    Ok(false) => return self.end = Some(Ok(())),
                    Err(stop) => return self.end = Some(Err(stop)),
                }
            }
            match end {
                None => return,
                Some(Ok(())) => {
                    self.held.remove(&self.due);
                    self.due += 1;
                }
                // A failure has its turn: what is before it was found, and is brought.
                Some(Err(stop)) => self.end = Some(Err(stop)),
            }
        }
    }
}

/// Lets the other threads go when one panics: they would wait for its piece for ever.
struct Guard<'s, R, T: FnMut(R) -> Result<bool, JobError>>(&'s Shared<R, T>);

impl<R, T: FnMut(R) -> Result<bool, JobError>> Drop for Guard<'_, R, T> {
    fn drop(&mut self) {
        self.0.lock().end.get_or_insert(Err(JobError::Cancelled));
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
            // Some pieces have more than may wait.
            let work = |(): &mut (), piece: u64, port: &Sender<'_, (u64, u64)>| {
                (0..piece % 30).try_for_each(|number| port.give((piece, number)))
            };
            let take = |result| {
                seen.push(result);
                Ok(true)
            };
            assert_eq!(for_each_ordered(200, threads, || (), work, take), Ok(()));
            let expected = (0..200).flat_map(|piece| (0..piece % 30).map(move |at| (piece, at)));
            assert!(seen.into_iter().eq(expected));
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
            let give = |(): &mut (), piece, port: &Sender<'_, u64>| port.give(piece);
            assert_eq!(for_each_ordered(1000, threads, || (), give, take), Ok(()));
            assert_eq!(seen, 10);
            let mut seen = 0;
            let work = |(): &mut (), piece, port: &Sender<'_, u64>| {
                if piece == 20 {
                    return Err(JobError::Failed("on purpose".to_owned()));
                }
                port.give(piece)
            };
            let take = |_| {
                seen += 1;
                Ok(true)
            };
            let end = for_each_ordered(1000, threads, || (), work, take);
            assert_eq!(end, Err(JobError::Failed("on purpose".to_owned())));
            assert_eq!(seen, 20, "what is before the failure");
        }
    }

    #[test]
    fn a_panic_lets_the_other_threads_go() {
        let run = || {
            let work = |(): &mut (), piece, port: &Sender<'_, u64>| {
                if piece == 3 { panic!("on purpose") } else { port.give(piece) }
            };
            for_each_ordered(1000, 3, || (), work, |_| Ok(true))
        };
        assert!(std::panic::catch_unwind(run).is_err());
    }
}
