//! Output of replaced text: a vector that reports when it cannot grow.

/// Why a result cannot be longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// It would exceed 4 GiB - 1 bytes.
    TooBig,
    /// Out of memory.
    NoMemory,
}

/// Appends to a vector, and removes what was appended unless [`Output::keep`] is called at the end.
///
/// A result that fails half-way leaves nothing of it: dropping the output without [`Output::keep`] truncates the vector to
/// its original length.
pub struct Output<'b> {
    bytes: &'b mut Vec<u8>,
    began: usize,
}

impl<'b> Output<'b> {
    /// Returns an output that appends to `bytes`.
    pub fn new(bytes: &'b mut Vec<u8>) -> Output<'b> {
        Output { began: bytes.len(), bytes }
    }

    /// Appends `piece`.
    #[inline]
    pub fn put(&mut self, piece: &[u8]) -> Result<(), Full> {
        if self.bytes.capacity() - self.bytes.len() < piece.len() {
            self.grow(piece.len())?;
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }

    #[cold]
    fn grow(&mut self, additional: usize) -> Result<(), Full> {
        if self.bytes.len().saturating_add(additional) > super::MAX_TEXT_BYTES {
            return Err(Full::TooBig);
        }
        self.bytes.try_reserve(additional).map_err(|_| Full::NoMemory)
    }

    /// Finishes the output and keeps what was appended.
    pub fn keep(mut self) {
        self.began = self.bytes.len();
    }
}

impl Drop for Output<'_> {
    fn drop(&mut self) {
        self.bytes.truncate(self.began);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_that_is_not_kept_is_removed() {
        let mut bytes = b"abc".to_vec();
        Output::new(&mut bytes).put(b"def").unwrap();
        assert_eq!(bytes, b"abc");
        let mut output = Output::new(&mut bytes);
        output.put(b"def").unwrap();
        output.keep();
        assert_eq!(bytes, b"abcdef");
    }
}
