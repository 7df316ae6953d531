//! How a file changes.

/// The change of a file since the last refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file has not changed.
    Same,
    /// The file has grown; its known content is still valid.
    Grown,
    /// The file has become shorter: it is read anew.
    Truncated,
    /// Another file has the path, or the content is different: it is read anew.
    Replaced,
}
