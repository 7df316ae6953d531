//! Going through a tree: on several threads, or in order on the job's own.
//!
//! # What if the system gives no threads?
//!
//! The crate below panics in that case, and a thread that it has started already waits for ever. So it is tried before
//! whether there are enough, and if not, the job's own thread goes alone.
//!
//! # What if a visitor panics?
//!
//! The crate's other threads would wait for that one's share for ever. So the panic is kept until all have ended.

use crate::job::{self, Stop};
use ignore::{
    DirEntry, Error, ParallelVisitor, ParallelVisitorBuilder, Walk, WalkBuilder, WalkParallel,
    WalkState,
};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError};

/// What one thread does with what the walk has found.
pub(super) trait Visit: Send {
    /// Looks at one, and tells whether to go on.
    fn see(&mut self, entry: &Result<DirEntry, Error>) -> Result<bool, Stop>;

    /// Publishes what is left in the end.
    fn flush(&mut self) -> Result<(), Stop>;
}

/// A walk that was not started yet.
pub(super) struct Tree {
    alone: Walk,
    /// Nothing if it has to be in order.
    divided: Option<WalkParallel>,
    threads: usize,
}

impl Tree {
    /// Both ways are made at once, as making them looks at the environment: see [`walk`](super::walk::walk).
    pub(super) fn new(builder: &mut WalkBuilder, sort: bool, threads: usize) -> Tree {
        let divided = (!sort).then(|| builder.threads(threads).build_parallel());
        Tree { alone: builder.build(), divided, threads }
    }

    /// Goes through the tree, with a visitor for each thread.
    pub(super) fn visit<V: Visit>(self, make: &dyn Fn() -> V) -> Result<(), Stop> {
        // One more than needed, as others may take some at the same time.
        if let Some(divided) = self.divided
            && job::has_threads(self.threads + 1)
        {
            let panic = Mutex::default();
            divided.visit(&mut Makers { make, panic: &panic });
            return match panic.into_inner().unwrap_or_else(PoisonError::into_inner) {
                Some(panic) => resume_unwind(panic),
                None => Ok(()),
            };
        }
        let mut visitor = make();
        for entry in self.alone {
            if !visitor.see(&entry)? {
                break;
            }
        }
        visitor.flush()
    }
}

/// The first panic of a visitor.
type Panic = Mutex<Option<Box<dyn Any + Send>>>;

/// Makes a visitor for each thread.
struct Makers<'w, V> {
    make: &'w dyn Fn() -> V,
    panic: &'w Panic,
}

/// The visitor of one thread.
struct Guarded<'w, V: Visit> {
    visitor: V,
    panic: &'w Panic,
}

impl<'w, V: Visit + 'w> ParallelVisitorBuilder<'w> for Makers<'w, V> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'w> {
        Box::new(Guarded { visitor: (self.make)(), panic: self.panic })
    }
}

impl<V: Visit> ParallelVisitor for Guarded<'_, V> {
    fn visit(&mut self, entry: Result<DirEntry, Error>) -> WalkState {
        match catch_unwind(AssertUnwindSafe(|| self.visitor.see(&entry))) {
            Ok(Ok(true)) => WalkState::Continue,
            Ok(Ok(false) | Err(_)) => WalkState::Quit,
            Err(panic) => {
                self.panic.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(panic);
                WalkState::Quit
            }
        }
    }
}

impl<V: Visit> Drop for Guarded<'_, V> {
    fn drop(&mut self) {
        // It fails only if the job was cancelled, and then nobody wants the rest.
        let _ = self.visitor.flush();
    }
}
