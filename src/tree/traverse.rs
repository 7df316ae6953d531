//! Traverses a tree, on several threads or in order on one.
//!
//! # How is the work shared?
//!
//! In a list of directories that were not read yet, and of files that other threads may take over. Threads take items
//! from its end, so that it stays short. A thread keeps the last directory that it finds for itself. A thread that finds
//! the list empty parks until there are items, or no thread can add any. A thread that parks for longer than a moment
//! takes no place in the pool.
//!
//! # What if a visitor panics?
//!
//! The other threads stop, and the panic resumes on the job's own thread.

use crate::io_error;
use crate::job::{self, JobError};
use crate::memory::{self, must};
use crate::tree::paths::Kind;
use crate::tree::rules::{Level, Present};
use crate::tree::selection::{self, Crew, Found, Identity, Tree, Visit};
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A directory that was not read yet.
struct Pending {
    /// Path below the root, with a slash at its end; empty for the root itself.
    rest: Vec<u8>,
    depth: usize,
    /// The directory above, or none for the root.
    parent: Option<Arc<Directory>>,
}

/// A directory that was read.
struct Directory {
    rest: Vec<u8>,
    depth: usize,
    level: Option<Arc<Level>>,
    /// Identity to detect a link that leads back here, or none if links are not followed.
    identity: Option<Identity>,
    parent: Option<Arc<Directory>>,
}

/// The entries of a directory.
struct Listing {
    directory: Arc<Directory>,
    names: Vec<u8>,
    entries: Vec<Entry>,
}

/// A name as a range in the names of the directory, and its kind.
#[derive(Clone, Copy)]
struct Entry {
    start: usize,
    stop: usize,
    kind: Kind,
    is_hidden: bool,
}

/// The names in a directory, the entries, and the ignore files among them.
type Listed = (Vec<u8>, Vec<Entry>, Present);

/// Work for a thread.
enum Item {
    Directory(Pending),
    Entries(Arc<Listing>, Range<usize>),
}

/// Why a thread stops.
enum End {
    /// A visitor returned false.
    Enough,
    JobError(JobError),
}

impl From<JobError> for End {
    fn from(stop: JobError) -> End {
        End::JobError(stop)
    }
}

/// The work shared by all threads.
struct Work {
    list: Mutex<List>,
    news: Condvar,
    /// Number of threads without work, readable without the lock.
    idle: AtomicUsize,
}

struct List {
    items: Vec<Item>,
    /// Number of threads that may add items.
    busy: usize,
    over: bool,
    /// The error with which a thread other than the job's own stopped.
    stopped: Option<JobError>,
}

impl List {
    /// Returns whether there is no work now, but may be some later.
    fn is_idle(&self) -> bool {
        !self.over && self.items.is_empty() && self.busy > 0
    }
}

/// Traverses a tree, with one visitor for each thread.
pub(in crate::tree) fn traverse<C: Crew>(tree: &Arc<Tree>, crew: &Arc<C>) -> Result<(), JobError> {
    let root = Item::Directory(Pending { rest: Vec::new(), depth: 0, parent: None });
    let list = List { items: vec![root], busy: 0, over: false, stopped: None };
    let work =
        Arc::new(Work { list: Mutex::new(list), news: Condvar::new(), idle: AtomicUsize::new(0) });
    let mut end = Ok(());
    let helpers = if tree.sort { 0 } else { job::parallelism() - 1 };
    let others = (Arc::clone(tree), Arc::clone(crew), Arc::clone(&work));
    job::run_parallel(
        helpers,
        || end = work.run(tree, crew.visitor()),
        move |_| {
            let (tree, crew, work) = &others;
            if let Err(stop) = work.run(tree, crew.visitor()) {
                work.lock().stopped.get_or_insert(stop);
            }
        },
    );
    match work.lock().stopped.take() {
        Some(stop) => end.and(Err(stop)),
        None => end,
    }
}

impl Work {
    fn lock(&self) -> MutexGuard<'_, List> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on items until there are none, and publishes the visitor's results.
    fn run<V: Visit>(&self, tree: &Tree, visitor: V) -> Result<(), JobError> {
        let _closes = Closes(self);
        let mut thread = Thread { tree, work: self, visitor, path: Vec::new() };
        let end = thread.run();
        match end {
            Ok(()) | Err(End::Enough) => thread.visitor.flush(),
            Err(End::JobError(stop)) => Err(stop),
        }
    }

    /// Takes the next item, and waits for one while other threads are busy. Returns none when no thread is.
    fn next(&self, visitor: &mut impl Visit) -> Result<Option<Item>, JobError> {
        let mut list = self.lock();
        loop {
            if list.over || (list.items.is_empty() && list.busy == 0) {
                return Ok(None);
            }
            if let Some(item) = list.items.pop() {
                list.busy += 1;
                return Ok(Some(item));
            }
            let patience = visitor.patience();
            if patience.is_some_and(|patience| patience.is_zero()) {
                drop(list);
                visitor.flush()?;
                list = self.lock();
                continue;
            }
            self.idle.fetch_add(1, Ordering::Relaxed);
            let soon = job::STEP_ASIDE_AFTER;
            list = self.wait(list, Some(patience.map_or(soon, |patience| patience.min(soon))));
            let left = patience.map(|patience| patience.saturating_sub(soon));
            if list.is_idle() && left.is_none_or(|left| !left.is_zero()) {
                // The other threads are taking long: step aside, so that other jobs can use this place.
                drop(list);
                let aside = job::Aside::step();
                list = self.lock();
                if list.is_idle() {
                    list = self.wait(list, left);
                }
                drop(list);
                drop(aside);
                list = self.lock();
            }
            self.idle.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Waits until the list changes, for at most `limit`.
    fn wait<'l>(
        &self,
        list: MutexGuard<'l, List>,
        limit: Option<Duration>,
    ) -> MutexGuard<'l, List> {
        match limit {
            Some(limit) => {
                let waited = self.news.wait_timeout(list, limit);
                waited.unwrap_or_else(PoisonError::into_inner).0
            }
            None => self.news.wait(list).unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Adds items for other threads.
    fn share(&self, items: impl IntoIterator<Item = Item>) {
        let items = items.into_iter();
        let mut list = self.lock();
        let before = list.items.len();
        must(memory::reserve(&mut list.items, items.size_hint().0));
        list.items.extend(items);
        let more = list.items.len() - before;
        let idle = self.idle.load(Ordering::Relaxed);
        drop(list);
        for _ in 0..more.min(idle) {
            self.news.notify_one();
        }
    }

    fn has_idle(&self) -> bool {
        self.idle.load(Ordering::Relaxed) > 0
    }
}

/// Ends the work of all threads when one of them ends: there is no more work, or the thread failed or panicked.
struct Closes<'w>(&'w Work);

impl Drop for Closes<'_> {
    fn drop(&mut self) {
        self.0.lock().over = true;
        self.0.news.notify_all();
    }
}

/// Guard of a thread that works on an item: it counts as busy until this is dropped.
struct Turn<'w>(&'w Work);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut list = self.0.lock();
        list.busy -= 1;
        if list.busy == 0 && list.items.is_empty() {
            drop(list);
            self.0.news.notify_all();
        }
    }
}

/// The decision about an entry.
enum Judged {
    Skipped,
    Found(Kind),
    Failed(String),
}

struct Thread<'t, V> {
    tree: &'t Tree,
    work: &'t Work,
    visitor: V,
    /// The absolute path of the current entry.
    path: Vec<u8>,
}

impl<V: Visit> Thread<'_, V> {
    fn run(&mut self) -> Result<(), End> {
        while let Some(item) = self.work.next(&mut self.visitor)? {
            let _turn = Turn(self.work);
            let mut mine = Some(item);
            while let Some(item) = mine.take() {
                self.visitor.go_on()?;
                mine = match item {
                    Item::Directory(pending) => self.open(pending)?,
                    Item::Entries(listing, range) => self.visit(&listing, range)?,
                };
            }
        }
        Ok(())
    }

    /// Reads a directory. Its files are visited, its directories are added to the list except the last one, which is
    /// returned.
    fn open(&mut self, pending: Pending) -> Result<Option<Item>, End> {
        let Pending { rest, depth, parent } = pending;
        self.path.clear();
        self.path.extend_from_slice(&self.tree.base);
        self.path.extend_from_slice(&rest);
        if let Some(here) = &self.tree.device
            && depth > 0
        {
            match selection::device(&selection::os_path(&self.path)) {
                Ok(device) if device == *here => {}
                Ok(_) => return Ok(None),
                Err(error) => return self.fail_directory(&rest, &error),
            }
        }
        let (names, mut entries, present) = match self.read(&rest) {
            Ok(listed) => listed?,
            Err(error) => return self.fail_directory(&rest, &error),
        };
        let above = parent.as_ref().map_or(&self.tree.above, |parent| &parent.level);
        let mut faults = Vec::new();
        let level = self.tree.level(
            above,
            &self.path,
            present,
            &|| self.visitor.go_on(),
            &mut |path, message| faults.push((path.to_vec(), message.to_owned())),
        )?;
        for (path, message) in faults {
            if !self.visitor.fail(b"", &path, &message)? {
                return Err(End::Enough);
            }
        }
        let identity = if self.tree.follow {
            selection::identity(&selection::os_path(&self.path)).ok()
        } else {
            None
        };
        let directory = Arc::new(Directory { rest, depth, level, identity, parent });
        if self.tree.sort {
            let name = |entry: &Entry| &names[entry.start..entry.stop];
            entries.sort_unstable_by(|a, b| name(a).cmp(name(b)));
            let all = 0..entries.len();
            return Ok(Some(Item::Entries(Arc::new(Listing { directory, names, entries }), all)));
        }
        let mut listing = Listing { directory, names, entries };
        let mut directories = self.sift(&mut listing)?;
        let all = 0..listing.entries.len();
        // While this thread searches files, others can work on the last directory too.
        let mine = if V::SHARES_FILES && !all.is_empty() { None } else { directories.pop() };
        if !directories.is_empty() {
            self.work.share(directories.into_iter().map(Item::Directory));
        }
        self.visit(&Arc::new(listing), all)?;
        Ok(mine.map(Item::Directory))
    }

    /// Lists a directory.
    fn read(&mut self, rest: &[u8]) -> io::Result<Result<Listed, End>> {
        let (mut names, mut entries) = (Vec::new(), Vec::new());
        let mut present = Present::default();
        for entry in std::fs::read_dir(selection::os_path(&self.path))? {
            if let Err(stop) = self.visitor.go_on() {
                return Ok(Err(stop.into()));
            }
            let entry = match entry.and_then(|entry| Ok((entry.file_type()?, entry))) {
                Ok(entry) => entry,
                Err(error) => {
                    if let Err(end) = self.fail_directory(rest, &error) {
                        return Ok(Err(end));
                    }
                    continue;
                }
            };
            let start = names.len();
            let (kind, is_hidden) = (kind_of(entry.0), push_name(&entry.1, &mut names));
            if self.tree.has_rules() {
                present.see(&names[start..], kind);
            }
            memory::push(&mut entries, Entry { start, stop: names.len(), kind, is_hidden })?;
        }
        Ok(Ok((names, entries, present)))
    }

    /// Removes skipped entries and directories from a listing, and returns the directories.
    fn sift(&mut self, listing: &mut Listing) -> Result<Vec<Pending>, End> {
        let mut directories = Vec::new();
        let Listing { directory, names, entries } = listing;
        let mut kept = 0;
        for at in 0..entries.len() {
            self.visitor.go_on()?;
            let entry = entries[at];
            self.enter(directory, &names[entry.start..entry.stop]);
            match self.judge(directory, &entry)? {
                Judged::Skipped => {}
                Judged::Failed(message) => self.fail(&message)?,
                Judged::Found(Kind::Directory) => {
                    self.see(Kind::Directory)?;
                    memory::reserve(&mut directories, 1).map_err(JobError::from)?;
                    directories.extend(self.descend(directory));
                }
                Judged::Found(kind) => {
                    entries[kept] = Entry { kind, ..entry };
                    kept += 1;
                }
            }
        }
        entries.truncate(kept);
        Ok(directories)
    }

    /// Visits entries. Sorted entries have not been judged yet, and each directory among them is descended into before
    /// the entries after it are visited.
    fn visit(
        &mut self,
        listing: &Arc<Listing>,
        mut range: Range<usize>,
    ) -> Result<Option<Item>, End> {
        let directory = &listing.directory;
        while let Some(at) = range.next() {
            self.visitor.go_on()?;
            if V::SHARES_FILES && range.len() > 1 && self.work.has_idle() && !self.tree.sort {
                let middle = range.start + range.len() / 2;
                self.work.share([Item::Entries(Arc::clone(listing), middle..range.end)]);
                range.end = middle;
            }
            let entry = listing.entries[at];
            self.enter(directory, &listing.names[entry.start..entry.stop]);
            if !self.tree.sort {
                self.see(entry.kind)?;
                continue;
            }
            match self.judge(directory, &entry)? {
                Judged::Skipped => {}
                Judged::Failed(message) => self.fail(&message)?,
                Judged::Found(Kind::Directory) => {
                    self.see(Kind::Directory)?;
                    if let Some(pending) = self.descend(directory) {
                        self.work.share([Item::Entries(Arc::clone(listing), range)]);
                        return Ok(Some(Item::Directory(pending)));
                    }
                }
                Judged::Found(kind) => self.see(kind)?,
            }
        }
        Ok(None)
    }

    /// Sets the path to that of an entry.
    fn enter(&mut self, directory: &Directory, name: &[u8]) {
        self.path.clear();
        self.path.extend_from_slice(&self.tree.base);
        self.path.extend_from_slice(&directory.rest);
        self.path.extend_from_slice(name);
    }

    /// Decides about the entry at the current path: its kind, or whether it is skipped.
    fn judge(&self, directory: &Directory, entry: &Entry) -> Result<Judged, End> {
        let (tree, path) = (self.tree, &self.path);
        let skips = |is_directory| {
            tree.skips(directory.level.as_deref(), path, entry.is_hidden, is_directory)
        };
        if entry.kind != Kind::Link || !tree.follow {
            let is_skipped = skips(entry.kind == Kind::Directory);
            return Ok(if is_skipped { Judged::Skipped } else { Judged::Found(entry.kind) });
        }
        let target = match selection::os_path(path).metadata() {
            Ok(target) => target,
            Err(_) if skips(false) => return Ok(Judged::Skipped),
            Err(error) => return Ok(Judged::Failed(io_error::message(&error))),
        };
        if skips(target.is_dir()) {
            return Ok(Judged::Skipped);
        }
        if target.is_dir()
            && let Some(ancestor) = self.same_above(directory)
        {
            let (root, rest) = tree.root.show(ancestor.rest.strip_suffix(b"/").unwrap_or_default());
            let (root, rest) = (String::from_utf8_lossy(root), String::from_utf8_lossy(rest));
            return Ok(Judged::Failed(format!("link loop: it leads back to {root}{rest}")));
        }
        Ok(Judged::Found(kind_of(target.file_type())))
    }

    /// Returns the directory to which the current path leads back: `directory` or one above it.
    fn same_above<'d>(&self, directory: &'d Directory) -> Option<&'d Directory> {
        let target = selection::identity(&selection::os_path(&self.path)).ok()?;
        let mut next = Some(directory);
        while let Some(directory) = next {
            if directory.identity.as_ref() == Some(&target) {
                return Some(directory);
            }
            next = directory.parent.as_deref();
        }
        None
    }

    /// Returns the directory at the current path as pending, unless it is too deep.
    fn descend(&self, parent: &Arc<Directory>) -> Option<Pending> {
        let depth = parent.depth + 1;
        if depth >= self.tree.max_depth {
            return None;
        }
        let mut rest = self.path[self.tree.base.len()..].to_vec();
        rest.push(b'/');
        Some(Pending { rest, depth, parent: Some(Arc::clone(parent)) })
    }

    fn see(&mut self, kind: Kind) -> Result<(), End> {
        let path = selection::os_path(&self.path);
        let (root, rest) = self.tree.root.show(&self.path[self.tree.base.len()..]);
        let found = Found { root, rest, kind, path: &path };
        if self.visitor.see(&found)? { Ok(()) } else { Err(End::Enough) }
    }

    fn fail(&mut self, message: &str) -> Result<(), End> {
        let (root, rest) = self.tree.root.show(&self.path[self.tree.base.len()..]);
        if self.visitor.fail(root, rest, message)? { Ok(()) } else { Err(End::Enough) }
    }

    fn fail_directory(&mut self, rest: &[u8], error: &io::Error) -> Result<Option<Item>, End> {
        let (root, rest) = self.tree.root.show(rest.strip_suffix(b"/").unwrap_or(rest));
        let go_on = self.visitor.fail(root, rest, &io_error::message(error))?;
        if go_on { Ok(None) } else { Err(End::Enough) }
    }
}

fn kind_of(kind: std::fs::FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Directory
    } else if kind.is_symlink() {
        Kind::Link
    } else {
        Kind::Other
    }
}

/// Appends the name of an entry, and returns whether it is hidden.
fn push_name(entry: &std::fs::DirEntry, names: &mut Vec<u8>) -> bool {
    let name = entry.file_name();
    let name = selection::bytes(name.as_ref());
    must(memory::append(names, &name));
    #[cfg(windows)]
    {
        use std::os::windows::fs::MetadataExt;
        const HIDDEN: u32 = 2;
        let attributes = entry.metadata().map_or(0, |metadata| metadata.file_attributes());
        if attributes & HIDDEN != 0 {
            return true;
        }
    }
    selection::is_hidden(&name)
}
