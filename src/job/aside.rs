//! Stepping aside: a thread that only waits for other threads of its job lets another job run in its place.

use super::crew::{Crew, current};
use super::pool::pool;
use std::sync::Arc;
use std::time::Duration;

/// Time for which a thread waits for others of its job before it steps aside: shorter waits come in thousands.
pub const STEP_ASIDE_AFTER: Duration = Duration::from_millis(1);

/// Guard held while a thread of a job only waits for others of the same job: another job runs in its place. On a thread
/// of the host it has no effect.
pub struct Aside(Option<Arc<Crew>>);

impl Aside {
    /// Steps aside. The caller must not hold a lock, as tasks may be called here with the error that no thread can be
    /// started.
    pub fn step() -> Aside {
        let crew = current();
        if let Some(crew) = &crew {
            pool().enter_aside(crew);
        }
        Aside(crew)
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some(crew) = &self.0 {
            pool().leave_aside(crew);
        }
    }
}
