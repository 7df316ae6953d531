//! The noun `file`: files of any size. The handle is here; reading and jobs have files of their own.

use super::boundary::{
    Handle, Zeroed, boundary, boundary_at, boundary_get, boundary_on, options, place, slice,
};
use super::error::{Failure, rille_error, rille_status::*};
use super::gauge::{self, Gauge, Measured};
use super::job::rille_job;
use crate::file::{Change, Document, FileError, FileOptions, Info, Lines};
use bstr::ByteSlice;
use std::sync::Arc;

pub mod follow;
pub mod job;
pub mod read;
pub mod search;

/// Do not start the index before rille_file_index.
pub const RILLE_FILE_NO_INDEX: u32 = 1;
/// Copy a file without a size, such as a pipe or a device, to a temporary file instead of refusing it.
pub const RILLE_FILE_SPOOL: u32 = 2;
/// Decompress a gzip or zstd archive, recognised by its first bytes, to a temporary file. Read anything else unchanged.
pub const RILLE_FILE_UNPACK: u32 = 4;

/// Options for opening a file.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_file_options {
    /// sizeof(rille_file_options).
    pub size: u32,
    /// Any of the RILLE_FILE_ constants, combined.
    pub flags: u32,
    /// Size of the block cache in bytes; 0 for 4 MiB.
    pub cache: u32,
    /// Threads of the index and of each search; 0 for the number of processors. Never more than 4.
    pub threads: u32,
    /// Maximum size of the temporary file in bytes, as a protection against archives that decompress to more than the
    /// disk has; 0 for 16 GiB.
    pub spool_limit: i64,
    /// Path of the directory for the temporary file; NULL for the system's: TMPDIR, or /tmp.
    pub spool_directory: *const u8,
    /// Length of that path in bytes.
    pub spool_directory_len: usize,
}

// SAFETY: plain numbers and pointers, the first of which is the size.
unsafe impl Zeroed for rille_file_options {}

const _: () = {
    assert!(std::mem::offset_of!(rille_file_options, spool_limit) == 16);
    assert!(std::mem::offset_of!(rille_file_options, spool_directory) == 24);
};

impl rille_file_options {
    /// Returns the options in the form of the core.
    ///
    /// # Safety
    ///
    /// The directory is as the documentation says.
    unsafe fn read(&self) -> Result<FileOptions, Failure> {
        let flags = self.flags;
        if flags & !(RILLE_FILE_NO_INDEX | RILLE_FILE_SPOOL | RILLE_FILE_UNPACK) != 0 {
            let message = format!("unknown flags {flags:#x}; combine RILLE_FILE_ constants");
            return Err(Failure::new(RILLE_EARG, message));
        }
        // SAFETY: the caller vouches for the directory.
        let directory = unsafe { slice(self.spool_directory, self.spool_directory_len) }?;
        let directory = directory.to_path().map_err(|error| {
            Failure::new(RILLE_EARG, format!("the directory of the temporary file: {error}"))
        })?;
        Ok(FileOptions {
            no_index: flags & RILLE_FILE_NO_INDEX != 0,
            cache: self.cache as usize,
            threads: self.threads as usize,
            spool: flags & RILLE_FILE_SPOOL != 0,
            unpack: flags & RILLE_FILE_UNPACK != 0,
            spool_limit: positive(self.spool_limit, "spool_limit")?,
            spool_directory: (!directory.as_os_str().is_empty()).then(|| directory.to_owned()),
        })
    }
}

/// A file of any size, open for reading. It is never written.
///
/// It is read in blocks, some of which are cached. It is not a memory map: a file that is truncated meanwhile is an
/// error with a message, not the end of the process. Growth becomes visible with rille_file_refresh.
///
/// It may be freed while jobs started from it run. Each call reads at most a few megabytes of the file, which takes
/// less than two milliseconds if they are in the page cache.
///
/// In a process forked after the file was opened it can be used as before; the child has its own index and cache. A
/// file that a job fills (spooled, unpacked, or made by rille_file_filter) returns RILLE_EFORK there.
pub struct rille_file {
    document: Arc<Document>,
    /// The batch read last, which the caller has pointers into.
    batch: Lines,
}

const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<rille_file>();
};

impl Measured for rille_file {
    const GAUGE: &'static Gauge = &gauge::FILE;

    /// The descriptor, and an estimate of the memory of the cache and the index.
    const HIDDEN: usize = 2 * gauge::DESCRIPTOR;

    /// The batch read last. Indexes, caches and filters change while no call runs, and are counted elsewhere.
    fn bytes(&self) -> usize {
        self.batch.memory()
    }
}

/// Information on a file.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct rille_file_info {
    /// Size of the file in bytes at the last refresh.
    pub size: f64,
    /// Number of lines. A last line without a line feed counts.
    pub lines: f64,
    /// Bytes from the start of the file that are indexed.
    pub indexed: f64,
    /// Bytes of memory of the index.
    pub index_bytes: f64,
    /// Bytes of memory that the file uses or may use, its block cache included.
    pub bytes: f64,
    /// 1 if the number of lines is exact, 0 if it is an estimate.
    pub exact: u32,
    /// Always 0.
    pub reserved: u32,
}

const _: () = assert!(size_of::<rille_file_info>() == 48);

impl rille_file_info {
    /// Returns the information for C on a file that holds `memory` bytes.
    fn of(info: &Info, memory: usize) -> rille_file_info {
        rille_file_info {
            size: info.size as f64,
            lines: info.lines as f64,
            indexed: info.indexed as f64,
            index_bytes: info.index_memory as f64,
            bytes: memory as f64,
            exact: info.exact.into(),
            reserved: 0,
        }
    }
}

/// The change of a file since the last refresh.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum rille_file_change {
    /// The file has not changed.
    RILLE_FILE_SAME = 0,
    /// The file has grown, and its known content is still valid.
    RILLE_FILE_GROWN = 1,
    /// The file has become shorter: it is read anew, and earlier line numbers and offsets are invalid.
    RILLE_FILE_TRUNCATED = 2,
    /// Another file has the path, or existing bytes have changed: it is read anew.
    RILLE_FILE_REPLACED = 3,
}

impl From<Change> for rille_file_change {
    fn from(change: Change) -> rille_file_change {
        match change {
            Change::Same => rille_file_change::RILLE_FILE_SAME,
            Change::Grown => rille_file_change::RILLE_FILE_GROWN,
            Change::Truncated => rille_file_change::RILLE_FILE_TRUNCATED,
            Change::Replaced => rille_file_change::RILLE_FILE_REPLACED,
        }
    }
}

impl From<FileError> for Failure {
    fn from(trouble: FileError) -> Failure {
        let status = match trouble {
            FileError { forked: true, .. } => RILLE_EFORK,
            FileError { changed: true, .. } => RILLE_ECHANGED,
            FileError { no_memory: true, .. } => RILLE_ENOMEM,
            _ => RILLE_EIO,
        };
        Failure::new(status, trouble.message)
    }
}

/// Converts an offset or a number from C, which must not be negative.
fn positive(value: i64, what: &str) -> Result<u64, Failure> {
    u64::try_from(value).map_err(|_| {
        Failure::new(RILLE_EARG, format!("{what} is {value}, and must not be negative"))
    })
}

/// Opens a file by its path of `len` bytes and writes it to `out`.
///
/// It reads a few kilobytes, whatever the size of the file. It also starts the job that indexes lines, unless the
/// options forbid it or the file is so small that it is indexed at once.
///
/// A file that is spooled or unpacked, as the flags say, has a size of 0 at first and grows while the job of
/// rille_file_index runs. Bytes that have arrived can be read at once; rille_file_refresh reports them, and a notifier
/// that watches the job is signalled. The job reads the source to its end; when it fails or is cancelled, the bytes
/// that have arrived remain. The number of lines is exact only after the end. The temporary file has no name and is
/// freed with its last reader.
///
/// Returns RILLE_OK or RILLE_EIO (the file cannot be opened, is a directory, or is a pipe or a device and
/// RILLE_FILE_SPOOL is not set; or there is no temporary file; see the message).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_open(
    path: *const u8,
    len: usize,
    options: *const rille_file_options,
    out: *mut *mut rille_file,
    err: *mut rille_error,
) -> i32 {
    boundary(err, || {
        // SAFETY: the caller passes NULL or `len` bytes, NULL or options, and NULL or a place for the pointer.
        let (path, given, out) =
            unsafe { (slice(path, len)?, self::options(options)?, place(out, "out")?) };
        // SAFETY: the caller passes a directory as the documentation says.
        let options = unsafe { given.read() }?;
        let document = Document::open(path, options);
        let document = document.map_err(|message| Failure::new(RILLE_EIO, message))?;
        let batch = Lines::default();
        out.write(Handle::give(rille_file { document: Arc::new(document), batch }));
        Ok(RILLE_OK)
    })
}

/// Closes a file. Jobs that were started from it continue. The job that indexes it stops, unless a handle of that job,
/// another handle of the file or a filter of it is still open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_free(file: *mut rille_file) {
    // SAFETY: the caller passes NULL or a live file, and uses it no more.
    boundary_get((), || unsafe { Handle::free(file) })
}

/// Writes information on a file to `out`.
///
/// Returns RILLE_OK, RILLE_ECHANGED (the file has been truncated; refresh it) or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_stat(
    file: *const rille_file,
    out: *mut rille_file_info,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, and NULL or a place for the answer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out, "out")?;
            let info = file.document.info()?;
            out.write(rille_file_info::of(&info, file.document.memory()));
            Ok(RILLE_OK)
        })
    }
}

/// Checks the file for changes, uses its current state from then on, and writes one of rille_file_change to
/// `out_change`.
///
/// Growth is then visible; the index continues where it was, at once for small growth, otherwise by the job of
/// rille_file_index. If another file has the path, the growth of the old one is reported first, and the next refresh
/// reports the other file: nothing is lost when a log is rotated. A file whose path no longer exists stays as it was.
/// Bytes overwritten without a change of the size are detected within a tenth of a second. A file made by
/// rille_file_filter has grown if it keeps more lines.
///
/// Returns RILLE_OK, RILLE_ECHANGED (another file has the path and cannot be opened), RILLE_EIO or RILLE_EFORK; after a
/// failure the file is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_refresh(
    file: *mut rille_file,
    out_change: *mut u32,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file that nothing else uses meanwhile, and NULL or a place for the answer.
    unsafe {
        boundary_on(file, err, |file| {
            let out = place(out_change, "out_change")?;
            out.write(rille_file_change::from(file.document.refresh()?) as u32);
            Ok(RILLE_OK)
        })
    }
}

/// Writes the job that indexes a file to `out`: the running one, or a new one if the file has grown. It has no results;
/// the unit of progress is the byte. Freeing it does not stop it while the file is open, but rille_job_cancel does; it
/// can be started again and continues where it was.
///
/// For a file that is spooled or unpacked it is the job that copies the data, whose unit is the byte of the pipe or the
/// archive; it is never started again. For a filter that has not covered its file it continues the filter first, and
/// its unit is the byte of that file.
///
/// Returns RILLE_OK or RILLE_EIO.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rille_file_index(
    file: *const rille_file,
    out: *mut *mut rille_job,
    err: *mut rille_error,
) -> i32 {
    // SAFETY: the caller passes NULL or a live file, and NULL or a place for the pointer.
    unsafe {
        boundary_at(file, err, |file| {
            let out = place(out, "out")?;
            out.write(rille_job::share(file.document.index()?));
            Ok(RILLE_OK)
        })
    }
}
