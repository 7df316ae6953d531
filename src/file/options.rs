//! The options of a file.

use super::cache;
use std::path::PathBuf;

/// Options for opening a file.
#[derive(Clone, Debug, Default)]
pub struct FileOptions {
    /// Do not start the index before it is requested.
    pub no_index: bool,
    /// Size of the block cache in bytes; 0 for 4 MiB.
    pub cache: usize,
    /// Threads of the index and of each search; 0 for the number of processors. Never more than 4.
    pub threads: usize,
    /// Copy a file without a size, such as a pipe, to a temporary file.
    pub spool: bool,
    /// Decompress gzip and zstd, recognised by their first bytes, to a temporary file.
    pub unpack: bool,
    /// Maximum size of the temporary file in bytes; 0 for 16 GiB.
    pub spool_limit: u64,
    /// Directory of the temporary file; `None` for the system's directory for temporary files.
    pub spool_directory: Option<PathBuf>,
}

impl FileOptions {
    pub(super) fn capacity(&self) -> usize {
        if self.cache == 0 { cache::DEFAULT_CAPACITY } else { self.cache }
    }
}
