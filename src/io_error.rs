//! The wording of system errors: the system's own words, without the number that Rust adds.

use std::io;

/// Returns the system's message, without the path that some layers add and the number that Rust adds.
pub(crate) fn message(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|wrapped| wrapped.source());
    let text = inner.map_or_else(|| error.to_string(), |inner| inner.to_string());
    match text.rsplit_once(" (os error ") {
        Some((message, _)) => message.to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_have_no_number_and_no_path() {
        let missing = std::fs::File::open("/nothing/at all").unwrap_err();
        assert_eq!(message(&missing), "No such file or directory");
        assert_eq!(message(&io::Error::from_raw_os_error(libc::EMFILE)), "Too many open files");
        assert_eq!(message(&io::Error::other("in our words")), "in our words");
        assert_eq!(message(&io::ErrorKind::UnexpectedEof.into()), "unexpected end of file");
        // As the crate tempfile wraps it, with a path.
        let wrapped = tempfile::Builder::new().tempfile_in("/nothing").unwrap_err();
        assert!(wrapped.to_string().contains("/nothing"), "{wrapped}");
        assert_eq!(message(&wrapped), "No such file or directory");
    }
}
