//! Decompression of gzip data that arrives in chunks.
//!
//! It needs about 50 KiB. Any number of members in a row is accepted, and checksums are verified. A chunk may unpack to a
//! thousand times its length: feed small ones.

use flate2::write::MultiGzDecoder;
use std::io::{self, Write};

/// A vector that fails instead of ending the process if the system has no memory.
struct Sink(Vec<u8>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.try_reserve(bytes.len()).is_err() {
            return Err(io::Error::new(io::ErrorKind::OutOfMemory, "no memory for the result"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Unpacks gzip data that is fed chunk by chunk.
pub struct Gunzip {
    decoder: MultiGzDecoder<Sink>,
    /// Bytes fed.
    fed: u64,
}

impl Default for Gunzip {
    fn default() -> Gunzip {
        Gunzip { decoder: MultiGzDecoder::new(Sink(Vec::new())), fed: 0 }
    }
}

impl Gunzip {
    /// Unpacks the next chunk and returns the bytes that it contains; with `last` the data ends after it. The data must then
    /// be whole; no data at all is whole too.
    pub fn feed(&mut self, chunk: &[u8], last: bool) -> io::Result<&[u8]> {
        self.decoder.get_mut().0.clear();
        self.decoder.write_all(chunk)?;
        self.fed += chunk.len() as u64;
        if last && self.fed > 0 {
            self.decoder.try_finish()?;
        }
        Ok(&self.decoder.get_ref().0)
    }

    /// Returns the memory of the unpacked chunk, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Gunzip>() + self.decoder.get_ref().0.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    fn unpacked(chunks: &[&[u8]]) -> io::Result<Vec<u8>> {
        let mut gunzip = Gunzip::default();
        let mut all = Vec::new();
        for (i, chunk) in chunks.iter().enumerate() {
            all.extend_from_slice(gunzip.feed(chunk, i + 1 == chunks.len())?);
        }
        Ok(all)
    }

    #[test]
    fn every_division_unpacks_to_the_same() {
        let text = b"one two one two three ".repeat(20);
        let mut whole = packed(&text);
        whole.extend(packed(b"and a second member"));
        let expected = [&text[..], b"and a second member"].concat();
        for i in 0..=whole.len() {
            assert_eq!(unpacked(&[&whole[..i], &whole[i..]]).unwrap(), expected, "at {i}");
        }
        let bytes: Vec<&[u8]> = whole.chunks(1).collect();
        assert_eq!(unpacked(&bytes).unwrap(), expected);
        assert_eq!(unpacked(&[b""]).unwrap(), b"");
    }

    #[test]
    fn data_that_is_cut_or_damaged_is_an_error() {
        let whole = packed(b"some text that is long enough to be cut in the middle");
        for len in 1..whole.len() {
            assert!(unpacked(&[&whole[..len]]).is_err(), "cut at {len}");
        }
        let mut damaged = whole.clone();
        let at = whole.len() - 6;
        damaged[at] ^= 1;
        assert!(unpacked(&[&damaged]).is_err());
        assert!(unpacked(&[b"plain text, not gzip"]).is_err());
    }
}
