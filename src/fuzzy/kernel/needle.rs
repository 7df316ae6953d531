//! The term that kernels search for.

/// Maximum number of characters of a term that kernels can score.
pub(in crate::fuzzy) const ROWS: usize = 32;

/// Maximum number of characters of a needle that a kernel can find as a substring.
pub(in crate::fuzzy) const MAX_SUBSTRING_CHARS: usize = 16;

/// A term that is ASCII.
#[derive(Clone, Debug)]
pub(in crate::fuzzy) struct Needle {
    /// Its characters, in lower case unless case matters.
    pub(in crate::fuzzy) bytes: Vec<u8>,
    /// Whether case matters.
    pub(in crate::fuzzy) respect_case: bool,
}

impl Needle {
    /// Returns the byte in the form in which it is compared.
    #[inline]
    pub(in crate::fuzzy) fn see(&self, byte: u8) -> u8 {
        if self.respect_case { byte } else { byte.to_ascii_lowercase() }
    }
}
