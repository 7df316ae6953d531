//! Where the bytes come from: the small interface below everything else of a file.

use crate::job;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// What is known of a source without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// Bytes that it has now.
    pub size: u64,
    /// When it was last written to, if the system tells.
    pub written: Option<SystemTime>,
    /// When it was last written to or its attributes changed, which nobody can set back, if the system tells.
    pub changed: Option<SystemTime>,
    /// What is no content and changes that time as well: mode, owner, group and number of links.
    pub attributes: [u64; 4],
    /// Whether it has come to its end: else there will be more, which needs no refresh.
    pub complete: bool,
}

impl Default for Stat {
    fn default() -> Stat {
        Stat { size: 0, written: None, changed: None, attributes: [0; 4], complete: true }
    }
}

impl Stat {
    fn of(metadata: &Metadata) -> Stat {
        let (size, written) = (metadata.len(), metadata.modified().ok());
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let (seconds, nanos) = (metadata.ctime(), metadata.ctime_nsec());
            let since = |at: i64| Duration::new(at as u64, nanos as u32);
            let changed = u64::try_from(seconds).is_ok().then(|| UNIX_EPOCH + since(seconds));
            let owner = [metadata.uid().into(), metadata.gid().into()];
            let attributes = [metadata.mode().into(), owner[0], owner[1], metadata.nlink()];
            Stat { size, written, changed, attributes, complete: true }
        }
        #[cfg(not(unix))]
        Stat { size, written, ..Stat::default() }
    }

    /// When it last changed.
    pub fn latest(&self) -> Option<SystemTime> {
        self.written.max(self.changed)
    }
}

/// Bytes with a place: a file on a disk, one that is still being unpacked, or the lines of another that a filter keeps.
///
/// Threads read at the same time. A source that shrinks gives less than was asked for, and never ends the process: that is
/// why none is a memory map.
pub(super) trait Source: Send + Sync {
    /// What it is now. Cheap: asked before each call of the host.
    fn stat(&self) -> io::Result<Stat>;

    /// Its size without waiting for a server: that of a file on one may be older than what `stat` tells.
    fn size_at_hand(&self) -> io::Result<u64> {
        Ok(self.stat()?.size)
    }

    /// Reads at an offset, less than the buffer holds only at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Whether what it has grown by is part of it at once, as nobody but the library makes it grow.
    fn grows_by_itself(&self) -> bool {
        false
    }

    /// Where a byte stands in the file that this one is made from.
    fn origin(&self, offset: u64) -> Option<u64> {
        let _ = offset;
        None
    }

    /// Native memory that it holds, in bytes.
    fn memory(&self) -> usize {
        0
    }
}

/// How often a file is asked for its size that changes each time.
const SIZE_TRIALS: usize = 4;

/// Bytes that are read at once of a file whose size is not known.
const MADE_STEP: usize = 64 << 10;

/// Bytes of a file that the system makes while it is read, at most: they are kept.
pub(super) const MAX_MADE: usize = 4 << 20;

/// What was read of a file whose size the system does not tell.
pub(super) struct Made(pub Vec<u8>);

impl Source for Arc<Made> {
    fn stat(&self) -> io::Result<Stat> {
        Ok(Stat { size: self.0.len() as u64, ..Stat::default() })
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let rest = self.0.get(usize::try_from(offset).unwrap_or(usize::MAX)..).unwrap_or_default();
        let len = buffer.len().min(rest.len());
        buffer[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    }

    fn memory(&self) -> usize {
        self.0.capacity()
    }
}

/// A file on a disk, open for reading.
pub(super) struct Disk {
    file: File,
}

impl Disk {
    /// Opens a file without waiting for anything, and tells what it is: a pipe without a writer would block.
    pub fn open(path: &Path) -> io::Result<(Disk, Metadata)> {
        let mut options = File::options();
        options.read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
        let file = options.open(path)?;
        let metadata = file.metadata()?;
        Ok((Disk { file }, metadata))
    }

    /// Whether the file has as many bytes as the system tells. Files that the system makes while they are read have none, or a
    /// page, whatever there is to read. A file that somebody writes to meanwhile is asked for anew.
    pub fn size_is_true(&self) -> io::Result<bool> {
        let mut len = self.file.metadata()?.len();
        for _ in 0..SIZE_TRIALS {
            // The last byte is there, and none behind it.
            let read = read_fully(&self.file, &mut [0; 2], len.saturating_sub(1))?;
            if read as u64 == len.min(1) {
                return Ok(true);
            }
            let now = self.file.metadata()?.len();
            if now == len {
                return Ok(false);
            }
            len = now;
        }
        // Somebody writes all the time.
        Ok(true)
    }

    /// All that there is to read, unless that is more than `most` bytes.
    pub fn read_all(&self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let mut all = Vec::new();
        loop {
            let len = all.len();
            if len > most {
                return Ok(None);
            }
            let step = MADE_STEP.min(most + 1 - len);
            all.try_reserve(step).map_err(|_| ErrorKind::OutOfMemory)?;
            all.resize(len + step, 0);
            let read = read_fully(&self.file, &mut all[len..], len as u64)?;
            all.truncate(len + read);
            if read < step {
                return Ok(Some(all));
            }
        }
    }

    /// The file, for whoever reads it to its end.
    pub fn into_file(self) -> File {
        self.file
    }
}

/// Shared by the editions of a file that is truncated and stays the same file.
impl Source for Arc<Disk> {
    fn stat(&self) -> io::Result<Stat> {
        Ok(Stat::of(&self.file.metadata()?))
    }

    fn size_at_hand(&self) -> io::Result<u64> {
        job::size_at_hand(&self.file)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        read_fully(&self.file, buffer, offset)
    }
}

/// Reads at an offset, less than the buffer holds only at the end.
pub(super) fn read_fully(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match read_once(file, &mut buffer[done..], offset + done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

#[cfg(unix)]
fn read_once(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_once(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    // At the end this one fails where others read nothing.
    match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
        Err(error) if error.raw_os_error() == Some(38) => Ok(0),
        result => result,
    }
}

/// What tells two files with one path apart.
#[cfg(unix)]
pub(super) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

/// What tells two files with one path apart: here only their birth.
#[cfg(not(unix))]
pub(super) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    let born = metadata.created().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some((born.as_secs(), born.subsec_nanos().into()))
}

/// Why something that is no directory has no size, unless it is a plain file.
pub(super) fn what_is_special(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("it is a pipe, which has no size");
        } else if kind.is_socket() {
            return Some("it is a socket, which has no size");
        }
    }
    Some("it is a device, which has no size")
}
