//! Following: a job that tells when a file has changed.
//!
//! # Who looks?
//!
//! The system tells of changes in the folder that the file is in, by inotify or its like; that wakes the job, which looks at
//! the file. Once a second it looks by itself, as some file systems tell nothing, and the system has only so many watches.
//!
//! # What does it cost?
//!
//! A thread that sleeps, and one of the notify crate. It takes no turn from other jobs.

use super::{Change, Document};
use crate::job::{Stop, Waker, Worker};
use notify::event::{AccessKind, AccessMode, EventKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;

/// How long it sleeps if nobody wakes it.
const SLEEP: Duration = Duration::from_secs(1);

/// How long it sleeps while what has changed may be on its way.
const NAP: Duration = Duration::from_millis(50);

/// What has become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// What the next refresh will tell, unless it changes again.
    pub change: Change,
    /// Bytes that it has now.
    pub size: u64,
}

/// Lets a job know of what happens to a file, if the system has a watch left.
fn watch(path: &Path, waker: Waker) -> Option<RecommendedWatcher> {
    let (folder, name) = (path.parent()?, path.file_name()?.to_owned());
    let on_event = move |event: notify::Result<Event>| {
        let is_news = event.is_ok_and(|event| {
            // Reading it is no news.
            let read = matches!(event.kind, EventKind::Access(kind) if kind != AccessKind::Close(AccessMode::Write));
            let about = event.paths.iter().any(|path| path.file_name() == Some(&name));
            !read && (about || event.need_rescan())
        });
        if is_news {
            waker.wake();
        }
    };
    let mut watcher = notify::recommended_watcher(on_event).ok()?;
    watcher.watch(folder, RecursiveMode::NonRecursive).ok()?;
    Some(watcher)
}

/// Tells what has become of a file until nobody has it any more. The unit of progress is the piece of news.
///
/// While news wait to be taken there are no more of them: a refresh after taking them sees whatever came meanwhile.
pub(super) fn follow(document: Weak<Document>, worker: &Worker<News>) -> Result<(), Stop> {
    let Some(path) = document.upgrade().map(|document| document.path.clone()) else {
        return Ok(());
    };
    // Before the first look, so that nothing happens between the two.
    let _watcher = watch(&path, worker.waker());
    let mut told = None;
    while let Some(held) = document.upgrade() {
        let looked = held.look();
        let own = held.own()?;
        let is_suspect = own.suspect().is_some();
        let current = (Arc::as_ptr(&own.edition()) as usize, own.edition().size());
        drop(held);
        let change = looked?;
        if change != Change::Same && !worker.has_results() {
            let Some(held) = document.upgrade() else { continue };
            let Ok(size) = held.own().and_then(|own| own.edition().stat()) else { continue };
            drop(held);
            let news = News { change, size: size.size };
            // Who has not refreshed yet need not be told the same again.
            if told != Some((news, current)) {
                told = Some((news, current));
                worker.advance(1);
                worker.publish(news, size_of::<News>())?;
            }
        }
        worker.pause(if is_suspect { NAP } else { SLEEP })?;
    }
    Ok(())
}
