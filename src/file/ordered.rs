//! Processes pieces of a file on several threads and delivers the results in the order of the file.
//!
//! # Why not a thread for each half?
//!
//! Because results stream: the results of the first piece are wanted before the last piece is processed. So each thread
//! takes the next piece. Results of the due piece are delivered at once; results of later pieces are held. A thread
//! that holds too many results, or is too far ahead, waits, so the held memory is bounded.

use crate::job::{JobError, unless_refused};
use std::collections::BTreeMap;
use std::mem::take;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Number of pieces per thread that may start ahead of the due piece.
const AHEAD: u64 = 4;

/// Number of results that a piece may hold while it is not due.
const MAX_HELD_RESULTS: usize = 8;

struct OrderedState<R, T> {
    /// The next piece to process.
    next: u64,
    /// The piece whose results are delivered.
    due: u64,
    /// The held results of each started piece, and how the piece ended if it did.
    held: BTreeMap<u64, Held<R>>,
    take: T,
    /// How the whole run ended, if it did.
    end: Option<Result<(), JobError>>,
}

struct Held<R> {
    results: Vec<R>,
    end: Option<Result<(), JobError>>,
}

/// Takes the results of one piece.
pub(super) struct Sender<'s, R> {
    give: &'s dyn Fn(R) -> Result<(), JobError>,
}

impl<R> Sender<'_, R> {
    /// Delivers a result. Fails if the receiver has stopped.
    pub fn give(&self, result: R) -> Result<(), JobError> {
        (self.give)(result)
    }
}

/// Runs `work` on the pieces from 0 to `count` on up to `threads` threads, including the calling one. Passes the
/// results to `take` in order, until it returns false. `fresh` makes the working state of each thread.
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
            // They inherit the signal mask of this thread, which blocks all signals. If no more threads can be started,
            // the present ones do all the work.
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

    /// Delivers a result of the due piece; holds a result of any other piece, and waits if there are too many.
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
    /// Delivers the results of the due piece, and of the next ones while the due piece has ended.
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
                // An error ends the run in the order of the pieces: results before it are delivered.
                Some(Err(stop)) => self.end = Some(Err(stop)),
            }
        }
    }
}

/// Releases the other threads when one panics: otherwise they would wait for its piece for ever.
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
    fn results_are_in_order_with_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            // Some pieces have more results than may be held.
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
