//! Decompression of gzip data that arrives in chunks.
//!
//! It needs about 50 KiB, which are used again after `reset`. Any number of members in a row is accepted, and checksums are
//! verified. A chunk may unpack to a thousand times its length: feed small ones.

use flate2::{Crc, Decompress, FlushDecompress, Status};
use std::io::{self, ErrorKind};

/// Bytes of output that are requested at a time.
const STEP_BYTES: usize = 16 << 10;

/// Maximum bytes of output memory that `reset` keeps.
const MAX_KEPT_BYTES: usize = 256 << 10;

/// Flags of a header: a checksum of it, extra data, a name and a comment. Other bits are reserved.
const HAS_CRC: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;
const RESERVED: u8 = 0xE0;

/// The part of a member that the next byte belongs to. Each but `Body` takes a number of bytes, or all up to a NUL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Head,
    ExtraLen,
    Extra,
    Name,
    Comment,
    HeadCrc,
    Body,
    Trailer,
}

/// Unpacks gzip data that is fed chunk by chunk.
pub struct Gunzip {
    inflate: Decompress,
    /// The checksum of the header, then of the unpacked bytes.
    crc: Crc,
    part: Part,
    /// The bytes of the part read so far, if it has a fixed length.
    bytes: [u8; 10],
    /// Their number; in `Extra` the number of bytes that are left.
    count: usize,
    flags: u8,
    /// Whether any byte was fed.
    begun: bool,
    out: Vec<u8>,
}

impl Default for Gunzip {
    fn default() -> Gunzip {
        Gunzip {
            inflate: Decompress::new(false),
            crc: Crc::new(),
            part: Part::Head,
            bytes: [0; 10],
            count: 0,
            flags: 0,
            begun: false,
            out: Vec::new(),
        }
    }
}

fn bad_header() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "invalid gzip header")
}

fn bad_checksum() -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, "the checksum does not match")
}

impl Gunzip {
    /// Unpacks the next chunk and returns the bytes that it contains; with `last` the data ends after it. The data must then
    /// be whole; no data at all is whole too. After an error it has to be reset.
    pub fn feed(&mut self, mut chunk: &[u8], last: bool) -> io::Result<&[u8]> {
        self.out.clear();
        self.begun |= !chunk.is_empty();
        while !chunk.is_empty() {
            chunk = match self.part {
                Part::Body => self.unpack(chunk)?,
                Part::Name | Part::Comment => self.skip_text(chunk),
                Part::Extra => {
                    let (extra, rest) = chunk.split_at(self.count.min(chunk.len()));
                    self.crc.update(extra);
                    self.count -= extra.len();
                    if self.count == 0 {
                        self.begin(Part::Name);
                    }
                    rest
                }
                Part::Head => self.collect(chunk, 10, Gunzip::read_head)?,
                Part::ExtraLen => self.collect(chunk, 2, Gunzip::read_extra_len)?,
                Part::HeadCrc => self.collect(chunk, 2, Gunzip::check_head)?,
                Part::Trailer => self.collect(chunk, 8, Gunzip::check_body)?,
            };
        }
        if last && self.begun && (self.part != Part::Head || self.count > 0) {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(&self.out)
    }

    /// Begins with new data, also after an error. It keeps its memory.
    pub fn reset(&mut self) {
        self.inflate.reset(false);
        self.crc.reset();
        (self.part, self.count, self.begun) = (Part::Head, 0, false);
        self.out.clear();
        self.out.shrink_to(MAX_KEPT_BYTES);
    }

    /// Returns the memory of the unpacked chunk, in bytes.
    pub fn memory(&self) -> usize {
        size_of::<Gunzip>() + self.out.capacity()
    }

    /// Begins with the first part from `part` on that the flags of the header name.
    fn begin(&mut self, part: Part) {
        let order = [
            (Part::ExtraLen, HAS_EXTRA),
            (Part::Name, HAS_NAME),
            (Part::Comment, HAS_COMMENT),
            (Part::HeadCrc, HAS_CRC),
        ];
        let from = order.iter().position(|&(each, _)| each == part).unwrap_or(order.len());
        let present = order[from..].iter().find(|&&(_, flag)| self.flags & flag != 0);
        self.part = present.map_or(Part::Body, |&(part, _)| part);
        self.count = 0;
        if self.part == Part::Body {
            self.crc.reset();
        }
    }

    /// Reads a part of `len` bytes, and calls `whole` when it is complete. Returns the rest of the chunk.
    fn collect<'c>(
        &mut self,
        chunk: &'c [u8],
        len: usize,
        whole: fn(&mut Gunzip) -> io::Result<()>,
    ) -> io::Result<&'c [u8]> {
        let (taken, rest) = chunk.split_at((len - self.count).min(chunk.len()));
        self.bytes[self.count..][..taken.len()].copy_from_slice(taken);
        self.count += taken.len();
        if self.count == len {
            whole(self)?;
        }
        Ok(rest)
    }

    fn read_head(&mut self) -> io::Result<()> {
        let [0x1F, 0x8B, 8, flags, ..] = self.bytes else { return Err(bad_header()) };
        if flags & RESERVED != 0 {
            return Err(bad_header());
        }
        self.flags = flags;
        self.crc.reset();
        self.crc.update(&self.bytes);
        self.begin(Part::ExtraLen);
        Ok(())
    }

    fn read_extra_len(&mut self) -> io::Result<()> {
        self.crc.update(&self.bytes[..2]);
        let len = usize::from(u16::from_le_bytes([self.bytes[0], self.bytes[1]]));
        self.begin(Part::Name);
        if len > 0 {
            (self.part, self.count) = (Part::Extra, len);
        }
        Ok(())
    }

    /// Skips a text up to its NUL.
    fn skip_text<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        let end = memchr::memchr(0, chunk);
        let (text, rest) = chunk.split_at(end.map_or(chunk.len(), |end| end + 1));
        self.crc.update(text);
        if end.is_some() {
            self.begin(if self.part == Part::Name { Part::Comment } else { Part::HeadCrc });
        }
        rest
    }

    fn check_head(&mut self) -> io::Result<()> {
        if self.crc.sum() as u16 != u16::from_le_bytes([self.bytes[0], self.bytes[1]]) {
            return Err(bad_checksum());
        }
        self.begin(Part::Body);
        Ok(())
    }

    /// Unpacks the body, up to its end or that of the chunk. Returns the rest of the chunk.
    fn unpack<'c>(&mut self, mut chunk: &'c [u8]) -> io::Result<&'c [u8]> {
        loop {
            if self.out.try_reserve(STEP_BYTES).is_err() {
                return Err(io::Error::new(ErrorKind::OutOfMemory, "no memory for the result"));
            }
            let (before, read) = (self.out.len(), self.inflate.total_in());
            let status =
                self.inflate.decompress_vec(chunk, &mut self.out, FlushDecompress::None).map_err(
                    |_| io::Error::new(ErrorKind::InvalidInput, "corrupt deflate stream"),
                )?;
            chunk = &chunk[(self.inflate.total_in() - read) as usize..];
            self.crc.update(&self.out[before..]);
            if status == Status::StreamEnd {
                self.inflate.reset(false);
                (self.part, self.count) = (Part::Trailer, 0);
                return Ok(chunk);
            }
            // Output that has room left is complete.
            if chunk.is_empty() && self.out.len() < self.out.capacity() {
                return Ok(chunk);
            }
        }
    }

    /// Compares the checksum and the length, modulo 2^32, and begins with the next member.
    fn check_body(&mut self) -> io::Result<()> {
        let number =
            |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i: usize| self.bytes[at + i]));
        if number(0) != self.crc.sum() || number(4) != self.crc.amount() {
            return Err(bad_checksum());
        }
        (self.part, self.count) = (Part::Head, 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::{GzEncoder, MultiGzDecoder};
    use flate2::{Compression, GzBuilder};
    use proptest::prelude::*;
    use std::io::Write;

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

    /// A header with every part, whose checksum is that of its bytes plus `error`.
    fn with_header(error: u16) -> Vec<u8> {
        let mut whole = vec![0x1F, 0x8B, 8, 31, 1, 2, 3, 4, 0, 3, 5, 0];
        whole.extend(b"extraname\0comment\0");
        let mut crc = Crc::new();
        crc.update(&whole);
        whole.extend((crc.sum() as u16).wrapping_add(error).to_le_bytes());
        whole.extend(&packed(b"the body")[10..]);
        whole
    }

    #[test]
    fn a_header_with_every_part_is_read_and_its_checksum_verified() {
        let whole = with_header(0);
        for i in 0..=whole.len() {
            assert_eq!(unpacked(&[&whole[..i], &whole[i..]]).unwrap(), b"the body", "at {i}");
        }
        assert_eq!(
            unpacked(&[&with_header(1)]).unwrap_err().to_string(),
            "the checksum does not match"
        );
        for (at, byte) in [(0, 0), (1, 0), (2, 7), (3, 32)] {
            let mut damaged = packed(b"a");
            damaged[at] = byte;
            assert_eq!(unpacked(&[&damaged]).unwrap_err().to_string(), "invalid gzip header");
        }
    }

    #[test]
    fn a_decompression_is_used_again_after_an_error_and_keeps_its_memory() {
        let (text, mut gunzip) = (b"some text ".repeat(1000), Gunzip::default());
        let whole = packed(&text);
        assert_eq!(gunzip.feed(&whole, true).unwrap(), text);
        let memory = gunzip.memory();
        for cut in [0, 5, 10, 40, whole.len() - 3, whole.len()] {
            gunzip.reset();
            let _ = gunzip.feed(&whole[..cut], true);
            gunzip.reset();
            assert!(gunzip.feed(b"not gzip data", true).is_err());
            gunzip.reset();
            assert_eq!(gunzip.feed(&whole, true).unwrap(), text, "cut at {cut}");
            assert_eq!(gunzip.memory(), memory);
        }
        gunzip.reset();
        gunzip.feed(&packed(&vec![0; 4 << 20]), true).unwrap();
        gunzip.reset();
        assert!(gunzip.memory() < 2 * MAX_KEPT_BYTES);
    }

    proptest! {
        #[test]
        fn what_is_unpacked_and_what_is_refused_are_those_of_the_crate(
            members in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..300), 0..9u32, any::<u8>()), 0..3),
            size in 1..64usize,
            damage in prop::option::of((any::<prop::sample::Index>(), 1..=255u8)),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut whole = Vec::new();
            for (text, level, parts) in members {
                let mut builder = GzBuilder::new();
                if parts & 1 != 0 {
                    builder = builder.filename("name");
                }
                if parts & 2 != 0 {
                    builder = builder.comment("comment");
                }
                if parts & 4 != 0 {
                    builder = builder.extra(vec![parts; usize::from(parts)]);
                }
                let mut packer = builder.write(whole, Compression::new(level));
                packer.write_all(&text).unwrap();
                whole = packer.finish().unwrap();
            }
            if let Some((at, change)) = damage && !whole.is_empty() {
                let at = at.index(whole.len());
                whole[at] ^= change;
            }
            if let Some(cut) = cut {
                whole.truncate(cut.index(whole.len() + 1));
            }
            let mut peer = MultiGzDecoder::new(Vec::new());
            let expected = peer.write_all(&whole).and_then(|()| if whole.is_empty() { Ok(()) } else { peer.try_finish() });
            let chunks: Vec<&[u8]> = if whole.is_empty() { vec![b""] } else { whole.chunks(size).collect() };
            match unpacked(&chunks) {
                Ok(text) => {
                    prop_assert!(expected.is_ok(), "{expected:?}");
                    prop_assert_eq!(&text, peer.get_ref());
                }
                Err(error) => prop_assert!(expected.is_err(), "{error}"),
            }
        }
    }
}
