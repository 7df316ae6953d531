//! The wording of system errors: one sentence for each kind of error, the same on every system.

use std::io::{self, ErrorKind};

/// Returns the message of an error: ours for a kind that is in the table, otherwise the system's, without the path that some
/// layers add and the number that Rust adds.
pub(crate) fn message(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|wrapped| wrapped.source());
    let own = inner.and_then(|inner| inner.downcast_ref::<io::Error>()).unwrap_or(error);
    if let Some(code) = own.raw_os_error()
        && let Some(sentence) = sentence(code, own.kind())
    {
        return sentence.to_owned();
    }
    let text = inner.map_or_else(|| error.to_string(), |inner| inner.to_string());
    match text.rsplit_once(" (os error ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

/// Returns the sentence for an error of the system, given its number there and its kind.
fn sentence(code: i32, kind: ErrorKind) -> Option<&'static str> {
    // Numbers without a kind of their own in Rust.
    let numbered = codes::SENTENCES.iter().find(|(own, _)| *own == code);
    if let Some((_, sentence)) = numbered {
        return Some(sentence);
    }
    Some(match kind {
        ErrorKind::NotFound => "No such file or directory",
        ErrorKind::PermissionDenied => "Permission denied",
        ErrorKind::AlreadyExists => "File exists",
        ErrorKind::NotADirectory => "Not a directory",
        ErrorKind::IsADirectory => "Is a directory",
        ErrorKind::DirectoryNotEmpty => "Directory not empty",
        ErrorKind::ReadOnlyFilesystem => "Read-only file system",
        ErrorKind::StorageFull => "No space left on device",
        ErrorKind::QuotaExceeded => "Disk quota exceeded",
        ErrorKind::FileTooLarge => "File too large",
        ErrorKind::InvalidFilename => "Invalid file name",
        ErrorKind::OutOfMemory => "Cannot allocate memory",
        ErrorKind::BrokenPipe => "Broken pipe",
        ErrorKind::ResourceBusy => "Device or resource busy",
        ErrorKind::StaleNetworkFileHandle => "Stale file handle",
        ErrorKind::WouldBlock => "Resource temporarily unavailable",
        ErrorKind::TimedOut => "Connection timed out",
        _ => return None,
    })
}

const FILES: &str = "Too many open files";
const LINKS: &str = "Too many levels of symbolic links";
const DEVICE: &str = "Input/output error";
const LONG: &str = "File name too long";

#[cfg(unix)]
mod codes {
    use super::{DEVICE, FILES, LINKS, LONG};

    pub(super) const SENTENCES: [(i32, &str); 5] = [
        (libc::EMFILE, FILES),
        (libc::ENFILE, "Too many open files in system"),
        (libc::ELOOP, LINKS),
        (libc::EIO, DEVICE),
        (libc::ENAMETOOLONG, LONG),
    ];
}

#[cfg(windows)]
mod codes {
    use super::{DEVICE, FILES, LINKS, LONG};

    pub(super) const SENTENCES: [(i32, &str); 8] = [
        (4, FILES),                // ERROR_TOO_MANY_OPEN_FILES
        (1921, LINKS),             // ERROR_CANT_RESOLVE_FILENAME
        (1117, DEVICE),            // ERROR_IO_DEVICE
        (30, DEVICE),              // ERROR_READ_FAULT
        (206, LONG),               // ERROR_FILENAME_EXCED_RANGE
        (267, "Not a directory"),  // ERROR_DIRECTORY
        (32, "Permission denied"), // ERROR_SHARING_VIOLATION: another process has it
        (33, "Permission denied"), // ERROR_LOCK_VIOLATION
    ];
}

#[cfg(not(any(unix, windows)))]
mod codes {
    pub(super) const SENTENCES: [(i32, &str); 0] = [];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_number_and_no_path() {
        let missing = std::fs::File::open("/nothing/at all").unwrap_err();
        assert_eq!(message(&missing), "No such file or directory");
        #[cfg(unix)]
        assert_eq!(message(&io::Error::from_raw_os_error(libc::EMFILE)), "Too many open files");
        assert_eq!(message(&io::Error::other("in our words")), "in our words");
        assert_eq!(message(&io::ErrorKind::UnexpectedEof.into()), "unexpected end of file");
        // As the crate tempfile wraps it, with a path.
        let wrapped = tempfile::Builder::new().tempfile_in("/nothing").unwrap_err();
        assert!(wrapped.to_string().contains("/nothing"), "{wrapped}");
        assert_eq!(message(&wrapped), "No such file or directory");
    }

    /// Errors of one kind have one sentence, whatever the system's library calls them.
    #[test]
    fn one_sentence_for_each_kind_of_error() {
        #[cfg(unix)]
        let codes = [
            (libc::ENOENT, "No such file or directory"),
            (libc::EACCES, "Permission denied"),
            (libc::EPERM, "Permission denied"),
            (libc::ENOTDIR, "Not a directory"),
            (libc::EISDIR, "Is a directory"),
            (libc::EMFILE, "Too many open files"),
            (libc::ENOSPC, "No space left on device"),
            (libc::EIO, "Input/output error"),
            (libc::ELOOP, "Too many levels of symbolic links"),
            (libc::ENAMETOOLONG, "File name too long"),
            (libc::ENOMEM, "Cannot allocate memory"),
        ];
        // File not found, path not found, access denied, in use, not a directory, too many open files, disk full, device,
        // links, long name, memory.
        #[cfg(windows)]
        let codes = [
            (2, "No such file or directory"),
            (3, "No such file or directory"),
            (5, "Permission denied"),
            (32, "Permission denied"),
            (267, "Not a directory"),
            (4, "Too many open files"),
            (112, "No space left on device"),
            (1117, "Input/output error"),
            (1921, "Too many levels of symbolic links"),
            (206, "File name too long"),
            (14, "Cannot allocate memory"),
        ];
        for (code, sentence) in codes {
            assert_eq!(message(&io::Error::from_raw_os_error(code)), sentence, "{code}");
        }
    }
}
