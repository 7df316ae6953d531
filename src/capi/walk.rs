//! The noun `walk`: a job that lists a directory tree.

use crate::capi::boundary::{Zeroed, boundary, boundary_on, options, place, slice};
use crate::capi::error::{Failure, rille_error, rille_status::*};
use crate::capi::job::{Batch, rille_job};
use crate::capi::search::list::list;
use crate::memory;
use crate::tree::walk::{self, Refused, WalkOptions};
use crate::tree::{Entry, Kind, Paths};

/// Include hidden files and directories.
pub const RILLE_WALK_HIDDEN: u32 = 1;
/// Do not read .gitignore, .ignore, .git/info/exclude and the user's global ignore file. By default they are read as
/// git reads them, with these differences: `**` directly after a name is a single star; tracked files are ignored like
/// others; case matters whatever core.ignoreCase is; only the settings of the user and the system are read, without
/// included files; and .ignore takes precedence.
pub const RILLE_WALK_NO_IGNORE: u32 = 2;
/// Follow symbolic links. A link to one of its parent directories is an error among the results.
pub const RILLE_WALK_FOLLOW: u32 = 4;
/// Stay on the file system of the root.
pub const RILLE_WALK_SAME_FILE_SYSTEM: u32 = 8;
/// Sort each directory by the bytes of its names. The walk then takes about twice as long.
pub const RILLE_WALK_SORT: u32 = 16;
/// Include directories.
pub const RILLE_WALK_DIRECTORIES: u32 = 32;
/// Return paths relative to the root, and take paths of texts in memory relative to it.
pub const RILLE_WALK_RELATIVE: u32 = 64;

/// Options of a walk. Set `size` to sizeof(rille_walk_options); by default a walk returns files and links that are
/// neither hidden nor ignored.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_walk_options {
    /// sizeof(rille_walk_options).
    pub size: u32,
    /// Any of the RILLE_WALK_ constants, combined.
    pub flags: u32,
    /// Maximum depth; 1 for the entries of the root itself, 0 for no limit.
    pub max_depth: u32,
    /// Number of globs.
    pub glob_count: u32,
    /// Number of types.
    pub type_count: u32,
    /// Reserved; must be 0.
    pub reserved: u32,
    /// All globs, one after the other. They have the syntax of .gitignore with the opposite meaning: only paths that
    /// match one of them are returned. A glob with a leading ! excludes paths; the last matching glob counts. Globs
    /// take precedence over ignore files.
    pub globs: *const u8,
    /// Bytes of all globs.
    pub globs_len: usize,
    /// The end offset of each glob.
    pub glob_ends: *const u32,
    /// The names of all types, one after the other. Only files of the named types are returned; the types are those
    /// of rg --type-list. A leading ! excludes a type.
    pub types: *const u8,
    /// Bytes of all types.
    pub types_len: usize,
    /// The end offset of each type.
    pub type_ends: *const u32,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_walk_options {}

const _: () = assert!(std::mem::offset_of!(rille_walk_options, globs) == 24);

impl rille_walk_options {
    /// Returns the options in the form of the core.
    ///
    /// # Safety
    ///
    /// The lists are as the documentation says, and nobody changes them while the result is used.
    pub(in crate::capi) unsafe fn read<'a>(&self) -> Result<WalkOptions<'a>, Failure> {
        // SAFETY: the caller vouches for the lists.
        let (globs, types) = unsafe {
            (
                list(self.globs, self.globs_len, self.glob_ends, self.glob_count)?,
                list(self.types, self.types_len, self.type_ends, self.type_count)?,
            )
        };
        if self.flags >= RILLE_WALK_RELATIVE << 1 || self.reserved != 0 {
            let message = format!("unknown flags {:#x}; combine RILLE_WALK_ constants", self.flags);
            return Err(Failure::new(RILLE_EARG, message));
        }
        let has = |flag| self.flags & flag != 0;
        Ok(WalkOptions {
            hidden: has(RILLE_WALK_HIDDEN),
            no_ignore: has(RILLE_WALK_NO_IGNORE),
            follow: has(RILLE_WALK_FOLLOW),
            same_file_system: has(RILLE_WALK_SAME_FILE_SYSTEM),
            sort: has(RILLE_WALK_SORT),
            directories: has(RILLE_WALK_DIRECTORIES),
            relative: has(RILLE_WALK_RELATIVE),
            max_depth: self.max_depth as usize,
            globs,
            types,
        })
    }
}

/// The kind of a path.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_path_kind {
    /// A regular file.
    RILLE_PATH_FILE = 0,
    /// A directory.
    RILLE_PATH_DIRECTORY = 1,
    /// A symbolic link that was not followed.
    RILLE_PATH_LINK = 2,
    /// A pipe, a socket or a device.
    RILLE_PATH_OTHER = 3,
    /// A file or directory that could not be read; the message says why. The walk continued.
    RILLE_PATH_ERROR = 4,
}

/// One path: offsets in the text of its batch.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_path_entry {
    /// Start of the path.
    pub start: u32,
    /// End of the path, and start of the message of an error.
    pub stop: u32,
    /// End of the message; the same as `stop` if there is none.
    pub message_stop: u32,
    /// One of rille_path_kind.
    pub kind: u32,
}

/// A batch of paths. Its pointers are valid until the next batch is taken or the job is freed.
#[repr(C)]
pub struct rille_paths {
    /// The bytes of all paths. They start with the root as passed, except for a root of ".", and need not be UTF-8.
    pub text: *const u8,
    /// The place of each path.
    pub paths: *const rille_path_entry,
    /// Number of paths.
    pub count: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = {
    assert!(size_of::<rille_path_entry>() == 16);
    assert!(std::mem::offset_of!(rille_paths, paths) == size_of::<usize>());
    assert!(std::mem::offset_of!(rille_paths, count) == 2 * size_of::<usize>());
};

/// The batch that the caller's pointers point into.
#[derive(Default)]
struct Taken {
    paths: Paths,
    flat: Vec<rille_path_entry>,
}

impl Batch for Taken {
    fn bytes(&self) -> usize {
        self.paths.memory_usage() + self.flat.capacity() * size_of::<rille_path_entry>()
    }
}

impl From<&Entry> for rille_path_entry {
    fn from(entry: &Entry) -> rille_path_entry {
        let kind = match entry.kind {
            Kind::File => rille_path_kind::RILLE_PATH_FILE,
            Kind::Directory => rille_path_kind::RILLE_PATH_DIRECTORY,
            Kind::Link => rille_path_kind::RILLE_PATH_LINK,
            Kind::Other => rille_path_kind::RILLE_PATH_OTHER,
            Kind::Error => rille_path_kind::RILLE_PATH_ERROR,
        };
        let Entry { start, stop, message_stop, .. } = *entry;
        rille_path_entry { start, stop, message_stop, kind: kind as u32 }
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Failure {
        match refused {
            Refused::Root(message) => Failure::new(RILLE_EIO, message),
            Refused::Pattern(message) => Failure::new(RILLE_EPATTERN, message),
            Refused::LinePattern(error) => error.into(),
        }
    }
}

/// Starts a walk over the tree under `root`, a path of `len` bytes, and writes the job to `out`. The results are paths,
/// for rille_walk_take; the unit of progress is the path.
///
/// The walk runs on one thread for each processor, at most 8. The working directory and the environment are read in
/// this call, not later.
///
/// Returns RILLE_OK, RILLE_EARG (an option is unknown, or an end offset is wrong), RILLE_EIO (the root is not a
/// readable directory) or RILLE_EPATTERN (a glob or a type is wrong; the message says which, counted from 1).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_walk_start(
    root: *const u8,
    len: usize,
    options: *const rille_walk_options,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or `len` bytes, NULL or options with their lists, and NULL or a place for the pointer.
    boundary(err, || unsafe {
        let (root, given) = (slice(root, len)?, self::options(options)?);
        let out = place(out, "out")?;
        let options = given.read()?;
        out.write(rille_job::give(walk::walk(root, &options)?));
        Ok(RILLE_OK)
    })
}

/// Takes up to `limit` paths of a job of rille_walk_start and writes the batch to `out`. The previous batch becomes
/// invalid.
///
/// Returns RILLE_OK, RILLE_NONE (none is ready; the count is 0), RILLE_EARG (`limit` is 0 or the job is of another kind) or
/// RILLE_ENOMEM (nothing was taken). It does not wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_walk_take(
    job: *mut rille_job,
    limit: u32,
    out: *mut rille_paths,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live job that nothing else uses meanwhile, and NULL or a place for the batch.
    unsafe {
        boundary_on(job, err, |job| {
            let out = place(out, "out")?;
            if limit == 0 {
                return Err(Failure::new(RILLE_EARG, "limit is 0; request at least one path"));
            }
            let (job, taken) = job.with_batch::<Paths, Taken>("a walk")?;
            taken.paths.clear();
            taken.flat.clear();
            while let left = limit as usize - taken.paths.len()
                && left > 0
                && let Some(mut batch) = job.take()
            {
                let more = batch.len().min(left);
                let room = memory::reserve(&mut taken.flat, taken.paths.len() + more);
                if let Err(refused) = room.and_then(|()| taken.paths.take_from(&mut batch, left)) {
                    let weight = batch.memory_usage();
                    job.put_back(batch, weight);
                    if taken.paths.is_empty() {
                        return Err(refused.into());
                    }
                    break;
                }
                if batch.is_empty() {
                    job.give_back(batch);
                } else {
                    let weight = batch.memory_usage();
                    job.put_back(batch, weight);
                }
            }
            taken.flat.extend(taken.paths.entries().iter().map(rille_path_entry::from));
            let (text, paths) = (taken.paths.text().as_ptr(), taken.flat.as_ptr());
            let count = taken.flat.len() as u32;
            out.write(rille_paths { text, paths, count, reserved: 0 });
            Ok(if count > 0 { RILLE_OK } else { RILLE_NONE })
        })
    }
}
