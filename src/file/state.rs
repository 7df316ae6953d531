//! The state of an open file, which is valid in one process only.
//!
//! # What happens in a fork?
//!
//! The child has none of the threads of its parent, and a lock that one of them held stays locked in it for ever. So a
//! child never waits for a lock of its parent: it recognises by the process id that the state is not its own, takes the
//! descriptor, and makes its own index, cache and the rest. State of the parent is copied where no thread was changing
//! it at that moment. Reads are positioned, so sharing the descriptor does no harm.
//!
//! A file that a job of the parent fills cannot be taken over: spools and filters belong to the process that made them.

use super::decompress::{Codec, MAGIC};
use super::filter::View;
use super::options::FileOptions;
use super::snapshot::{FileError, Snapshot};
use super::source::{Disk, Identity, MAX_MADE, Made, Source, what_is_special};
use super::spool::{Feed, Spool, Unpack};
use crate::io_error;
use crate::job::{Job, Waker};
use once_cell::race::OnceBox;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Instant, SystemTime};

/// The indexed snapshot, the job that indexes it, and whether that job no longer handles growth.
pub(super) type Indexing = (Arc<Snapshot>, Arc<Job<()>>, Arc<AtomicBool>);

/// The filter being continued, the job that continues it, and whether that job no longer handles growth.
pub(super) type Filling<F> = (Arc<F>, Arc<Job<()>>, Arc<AtomicBool>);

/// The state of a file in one process. `F` is the type of filters.
pub(super) struct FileState<F> {
    pid: u32,
    current: RwLock<Current<F>>,
    /// The job that makes the index.
    indexing: Mutex<Option<Indexing>>,
    /// The job that continues a filter.
    filling: Mutex<Option<Filling<F>>>,
    /// A new write time that may belong to a write in progress, and when it was first seen.
    suspect: Mutex<Option<(SystemTime, Instant)>>,
    /// Jobs that follow the file.
    followers: Mutex<Vec<Waker>>,
    /// The state of a forked child, in the child's memory. It has no lock, because a fork could leave that locked.
    child: OnceBox<FileState<F>>,
}

/// A content and its origin. `F` is the type of filters.
pub(super) struct Current<F> {
    pub snapshot: Arc<Snapshot>,
    pub disk: Option<Arc<Disk>>,
    pub identity: Identity,
    pub spool: Option<Arc<Spool>>,
    /// The content of a file whose size the system does not report.
    pub made: Option<Arc<Made>>,
    /// The filter that made this content, and the host's view of its lines.
    pub filter: Option<(Arc<F>, Arc<View>)>,
}

impl<F> Clone for Current<F> {
    fn clone(&self) -> Current<F> {
        Current {
            snapshot: Arc::clone(&self.snapshot),
            disk: self.disk.clone(),
            identity: self.identity,
            spool: self.spool.clone(),
            made: self.made.clone(),
            filter: self.filter.clone(),
        }
    }
}

impl<F> FileState<F> {
    pub fn new(current: Current<F>) -> FileState<F> {
        FileState {
            pid: std::process::id(),
            current: RwLock::new(current),
            indexing: Mutex::default(),
            filling: Mutex::default(),
            suspect: Mutex::default(),
            followers: Mutex::default(),
            child: OnceBox::new(),
        }
    }

    /// Returns the state of this process, and whether it was created by this call.
    pub fn own(&self, options: &FileOptions) -> Result<(&FileState<F>, bool), FileError> {
        let (pid, mut state, mut is_new) = (std::process::id(), self, false);
        while state.pid != pid {
            state = match state.child.get() {
                Some(child) => child,
                None => {
                    is_new = true;
                    let inherit = || state.inherit(options).map(Box::new);
                    state.child.get_or_try_init(inherit)?
                }
            };
        }
        Ok((state, is_new))
    }

    /// Creates a child's state from its parent's, without waiting for a lock of the parent.
    fn inherit(&self, options: &FileOptions) -> Result<FileState<F>, FileError> {
        let current = match self.current.try_read() {
            Ok(current) => current.clone(),
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().clone(),
            // The parent was refreshing the state, so it is not known.
            Err(TryLockError::WouldBlock) => return Err(FileError::forked()),
        };
        let source: Box<dyn Source> = match (&current.disk, &current.made) {
            (Some(disk), _) => Box::new(Arc::clone(disk)),
            (_, Some(made)) => Box::new(Arc::clone(made)),
            _ => return Err(FileError::forked()),
        };
        let snapshot = current.snapshot.inherit(source, options.capacity());
        Ok(FileState::new(Current { snapshot: Arc::new(snapshot), ..current }))
    }

    pub fn current(&self) -> Current<F> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).snapshot)
    }

    pub fn replace(&self, fresh: Current<F>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
    }

    pub fn indexing(&self) -> MutexGuard<'_, Option<Indexing>> {
        self.indexing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn filling(&self) -> MutexGuard<'_, Option<Filling<F>>> {
        self.filling.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn suspect(&self) -> MutexGuard<'_, Option<(SystemTime, Instant)>> {
        self.suspect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn followers(&self) -> MutexGuard<'_, Vec<Waker>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F> Current<F> {
    /// Returns a content without an origin.
    pub fn nowhere(snapshot: Arc<Snapshot>) -> Current<F> {
        Current { snapshot, disk: None, identity: None, spool: None, made: None, filter: None }
    }

    /// Opens the file at a path. Also returns the feed that fills the spool, if there is one.
    pub fn open(path: &Path, options: &FileOptions) -> Result<(Current<F>, Option<Feed>), String> {
        let (disk, metadata) = Disk::open(path).map_err(|error| io_error::message(&error))?;
        if metadata.is_dir() {
            return Err("it is a directory".to_owned());
        }
        let disk = Arc::new(disk);
        let mut head = [0; MAGIC];
        let mut packing = if options.unpack { Unpack::Perhaps } else { Unpack::No };
        let mut special = what_is_special(&metadata);
        let mut made = None;
        if special.is_none() {
            if options.unpack {
                let len = disk.read_at(&mut head, 0).map_err(|error| io_error::message(&error))?;
                packing = Codec::of(&head[..len]).map_or(packing, Unpack::From);
            }
            if !disk.size_is_true().map_err(|error| io_error::message(&error))? {
                made = disk.read_all(MAX_MADE).map_err(|error| io_error::message(&error))?;
                special = made.is_none().then_some(
                    "the system does not report its size, as its content is generated while it is read, and it has more than 4 MiB",
                );
            }
        }
        if let Some(made) = made.filter(|_| !matches!(packing, Unpack::From(_))) {
            let made = Arc::new(Made(made));
            let snapshot = Snapshot::new(Box::new(Arc::clone(&made)), options.capacity());
            let snapshot = Arc::new(snapshot.map_err(|trouble| trouble.message)?);
            let made = Some(made);
            return Ok((Current { made, ..Current::nowhere(snapshot) }, None));
        }
        if let Some(reason) = special.filter(|_| !options.spool) {
            return Err(format!("{reason}; set the option spool to read it into a temporary file"));
        }
        if special.is_none() && !matches!(packing, Unpack::From(_)) {
            let identity = disk.identity();
            let current = Current::of(disk, identity, options)?;
            return Ok((current, None));
        }
        let directory = options.spool_directory.as_deref();
        let file = Arc::into_inner(disk).map(Disk::into_file).ok_or("it is in use")?;
        let (spool, feed) = Spool::new(file, &metadata, packing, directory, options.spool_limit)?;
        let snapshot = Snapshot::new(Box::new(Arc::clone(&spool)), options.capacity());
        let snapshot = Arc::new(snapshot.map_err(|trouble| trouble.message)?);
        let current = Current { spool: Some(spool), ..Current::nowhere(snapshot) };
        Ok((current, Some(feed)))
    }

    pub fn of(
        disk: Arc<Disk>,
        identity: Identity,
        options: &FileOptions,
    ) -> Result<Current<F>, String> {
        let snapshot = Snapshot::new(Box::new(Arc::clone(&disk)), options.capacity());
        let snapshot = Arc::new(snapshot.map_err(|trouble| trouble.message)?);
        Ok(Current { disk: Some(disk), identity, ..Current::nowhere(snapshot) })
    }
}
