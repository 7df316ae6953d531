//! Reads ignore files. Never blocks on a pipe, a socket or a device with such a name, and stops when
//! the job is cancelled.

use crate::job::JobError;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Maximum size of an ignore file, in bytes. A larger file is reported and not used.
pub(in crate::tree::rules) const MAX_FILE_BYTES: usize = 16 << 20;

/// Returns an error if the job is cancelled.
pub(crate) type GoOn<'g> = &'g dyn Fn() -> Result<(), JobError>;

/// The result of reading a file.
pub(in crate::tree::rules) enum Content {
    Bytes(Vec<u8>),
    /// There is no such file, or it is a directory, a pipe, a socket or a device.
    Nothing,
    Failed(io::Error),
}

/// Reads a file if it is a regular one. Opening it does not block, even if it is a pipe without a writer or a terminal.
pub(in crate::tree::rules) fn read(path: &Path, go_on: GoOn<'_>) -> Result<Content, JobError> {
    go_on()?;
    let mut file = match open(path) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(Content::Nothing),
        Err(error) => return Ok(Content::Failed(error)),
    };
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        if let Err(error) = (&mut file).take(64 << 10).read_to_end(&mut bytes) {
            return Ok(Content::Failed(error));
        }
        if bytes.len() == before {
            return Ok(Content::Bytes(bytes));
        }
        if bytes.len() > MAX_FILE_BYTES {
            let limit = MAX_FILE_BYTES >> 20;
            let message = format!("not used, as it is larger than {limit} MiB");
            return Ok(Content::Failed(io::Error::other(message)));
        }
        go_on()?;
    }
}

/// Opens a file for reading, or returns none if it does not exist or is not a regular file.
fn open(path: &Path) -> io::Result<Option<File>> {
    let mut options = File::options();
    options.read(true);
    // The standard library adds O_CLOEXEC.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        libc::O_NONBLOCK | libc::O_NOCTTY,
    );
    match options.open(path) {
        Ok(file) => Ok(file.metadata()?.is_file().then_some(file)),
        // If no descriptor is free, the system reports that before it looks for the file.
        Err(error)
            if is_absence(&error) || path.metadata().is_err_and(|other| is_absence(&other)) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Returns whether an error means that there is no readable file.
fn is_absence(error: &io::Error) -> bool {
    #[cfg(unix)]
    if matches!(error.raw_os_error(), Some(libc::ENXIO | libc::ENODEV)) {
        // A socket, or a device without a driver.
        return true;
    }
    // Windows refuses to open a directory.
    let refused = cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied;
    refused || matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
