//! The sessions of the process that hosts have, and the native memory that they hold.

use super::session::Session;
use once_cell::race::OnceBox;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Every session of a process, because feeds change their memory while no call runs.
///
/// A forked child has a list of its own: a thread that the child does not have may hold the lock of its parent's list.
struct Live {
    pid: u32,
    list: Mutex<Vec<Weak<Session>>>,
    child: OnceBox<Live>,
}

impl Live {
    fn new(pid: u32) -> Box<Live> {
        Box::new(Live { pid, list: Mutex::default(), child: OnceBox::new() })
    }

    fn lock() -> MutexGuard<'static, Vec<Weak<Session>>> {
        static FIRST: OnceBox<Live> = OnceBox::new();
        let pid = std::process::id();
        let mut live = FIRST.get_or_init(|| Live::new(pid));
        while live.pid != pid {
            live = live.child.get_or_init(|| Live::new(pid));
        }
        live.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds a session to those whose memory is counted until it is dropped.
pub fn add(session: &Arc<Session>) {
    let mut live = Live::lock();
    live.retain(|session| session.strong_count() > 0);
    live.push(Arc::downgrade(session));
}

/// Returns the native memory of all added sessions in bytes.
pub fn held() -> i64 {
    let live = Live::lock();
    live.iter().filter_map(Weak::upgrade).map(|session| session.stats().bytes as i64).sum()
}
