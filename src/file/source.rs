//! Where the bytes come from: the small interface below everything else of a file.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

/// What is known of a source without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// Bytes that it has now.
    pub size: u64,
    /// When it was last written to, if the system tells.
    pub written: Option<SystemTime>,
    /// Whether it has come to its end: else there will be more, which needs no refresh.
    pub complete: bool,
}

/// Bytes with a place: a file on a disk, one that is still being unpacked, or the lines of another that a filter keeps.
///
/// Threads read at the same time. A source that shrinks gives less than was asked for, and never ends the process: that is
/// why none is a memory map.
pub(super) trait Source: Send + Sync {
    /// What it is now. Cheap: asked before each call of the host.
    fn stat(&self) -> io::Result<Stat>;

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

    /// The file, for whoever reads it to its end.
    pub fn into_file(self) -> File {
        self.file
    }
}

/// Shared by the editions of a file that is truncated and stays the same file.
impl Source for Arc<Disk> {
    fn stat(&self) -> io::Result<Stat> {
        let metadata = self.file.metadata()?;
        Ok(Stat { size: metadata.len(), written: metadata.modified().ok(), complete: true })
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

/// Why something that is no folder has no size, unless it is a plain file.
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
