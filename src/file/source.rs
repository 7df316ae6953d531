//! The source of a file's bytes: the small interface below everything else in this module.

use crate::job;
use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// The properties of a source that are known without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// Current size in bytes.
    pub size: u64,
    /// Time of the last write, if the system reports it.
    pub written: Option<SystemTime>,
    /// Time of the last write or change of attributes, which no program can set back, if the system reports it.
    pub changed: Option<SystemTime>,
    /// Mode, owner, group and number of links: changing them changes the time in `changed` but not the content.
    pub attributes: [u64; 4],
    /// Whether the source is complete. Otherwise more bytes will arrive, without a refresh.
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
            let since = |at: i64| std::time::Duration::new(at as u64, nanos as u32);
            let changed =
                u64::try_from(seconds).is_ok().then(|| SystemTime::UNIX_EPOCH + since(seconds));
            let owner = [metadata.uid().into(), metadata.gid().into()];
            let attributes = [metadata.mode().into(), owner[0], owner[1], metadata.nlink()];
            Stat { size, written, changed, attributes, complete: true }
        }
        #[cfg(not(unix))]
        Stat { size, written, ..Stat::default() }
    }

    /// Returns the time of the last change.
    pub fn latest(&self) -> Option<SystemTime> {
        self.written.max(self.changed)
    }
}

/// A source of bytes by offset: a file on a disk, a spool that is still being filled, or the lines that a filter keeps.
///
/// Threads read at the same time. A source that shrinks returns less than requested, and never ends the process: that
/// is why none is a memory map.
pub(super) trait Source: Send + Sync {
    /// Returns the current properties. It is cheap, and called before each call of the host.
    fn stat(&self) -> io::Result<Stat>;

    /// Returns the size without waiting for a server; for a file on a server it may be older than the size in `stat`.
    fn size_at_hand(&self) -> io::Result<u64> {
        Ok(self.stat()?.size)
    }

    /// Reads at an offset into a buffer. Returns less than the buffer holds only at the end.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Returns whether growth is accepted without a refresh, because only the library makes the source grow.
    fn grows_by_itself(&self) -> bool {
        false
    }

    /// Returns the offset of a byte in the file that this source is made from.
    fn origin(&self, offset: u64) -> Option<u64> {
        let _ = offset;
        None
    }

    /// Returns the native memory that the source holds, in bytes.
    fn memory(&self) -> usize {
        0
    }
}

/// How often to ask for the size of a file that changes each time.
const SIZE_TRIALS: usize = 4;

/// Bytes to read at a time from a file of unknown size.
const MADE_STEP: usize = 64 << 10;

/// Maximum size in bytes of a file that the system makes while it is read: its content is held in memory.
pub(super) const MAX_MADE: usize = 4 << 20;

/// The content of a file whose size the system does not report.
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
    /// Opens a file and returns its metadata. It does not block, not even for a pipe without a writer.
    pub fn open(path: &Path) -> io::Result<(Disk, Metadata)> {
        let mut options = File::options();
        options.read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, BACKUP_SEMANTICS);
        let file = options.open(path)?;
        let metadata = file.metadata()?;
        Ok((Disk { file }, metadata))
    }

    /// Returns whether the size that the system reports is right. A file that the system makes while it is read reports
    /// 0 or a page, whatever its content. If the file is being written to, the size is asked for again.
    pub fn size_is_true(&self) -> io::Result<bool> {
        let mut len = self.file.metadata()?.len();
        for _ in 0..SIZE_TRIALS {
            // There is a last byte, and none after it.
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
        // The file is written to all the time.
        Ok(true)
    }

    /// Reads the whole file; returns `None` if it has more than `most` bytes.
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

    /// Returns the key of the file.
    pub fn identity(&self) -> Identity {
        identity(&self.file)
    }

    /// Returns the file, to be read from its beginning to its end.
    pub fn into_file(self) -> File {
        // On Windows a read at an offset moves the position. A pipe has no position and was not read.
        #[cfg(windows)]
        let _ = std::io::Seek::rewind(&mut &self.file);
        self.file
    }
}

/// Shared by the snapshots of a file that is truncated and remains the same file.
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

/// Reads at an offset into a buffer. Returns less than the buffer holds only at the end.
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
    // At the end of a file Windows returns an error instead of 0 bytes.
    match std::os::windows::fs::FileExt::seek_read(file, buffer, offset) {
        Err(error) if error.raw_os_error() == Some(38) => Ok(0),
        result => result,
    }
}

/// The key of a file, which distinguishes it from others with the same path; none if the system has none.
pub(super) type Identity = Option<(u64, u64)>;

/// Returns the key of an open file.
pub(super) fn identity(file: &File) -> Identity {
    job::file_number(file).ok()
}

/// Returns the key of the file at a path, and its metadata.
#[cfg(unix)]
pub(super) fn look_at(path: &Path) -> io::Result<(Identity, Metadata)> {
    use std::os::unix::fs::MetadataExt;
    let metadata = path.metadata()?;
    Ok((Some((metadata.dev(), metadata.ino())), metadata))
}

/// Returns the key of the file at a path, and its metadata.
#[cfg(windows)]
pub(super) fn look_at(path: &Path) -> io::Result<(Identity, Metadata)> {
    use std::os::windows::fs::OpenOptionsExt;
    // Without the right to read it, which another process may deny.
    let file = File::options().access_mode(0).custom_flags(BACKUP_SEMANTICS).open(path)?;
    Ok((identity(&file), file.metadata()?))
}

/// With this flag a directory opens as it does on other systems, so that its metadata can be read.
#[cfg(windows)]
const BACKUP_SEMANTICS: u32 = 0x0200_0000;

/// Returns why a file that is not a directory has no size, or `None` for a regular file.
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
