//! Reads files as UTF-8: skips a byte-order mark, and converts UTF-16 with a mark, as ripgrep does.
//!
//! # What is the offset of a line in a converted file?
//!
//! Each UTF-16 unit became a code point of one unit, or two units became one of two; invalid UTF-16 became U+FFFD, a code
//! point of one unit. So the number of units before a place in the text determines its offset in the file.

use crate::memory;
use std::io::{self, Read};

/// The encoding of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tree) enum Encoding {
    /// UTF-8 or unknown, with a mark of this many bytes.
    Bytes(u64),
    /// UTF-16 with a mark.
    Utf16 { big: bool },
}

/// Number of bytes read at once from a file that is converted.
const RAW: usize = 64 << 10;

/// A reader that returns UTF-8.
pub(in crate::tree) struct Decoder<R> {
    source: R,
    encoding: Encoding,
    /// Number of bytes of the text that were read while detecting the encoding.
    first: usize,
    /// Bytes that were read, converted or not.
    raw: Vec<u8>,
    /// Number of `raw` bytes that were converted.
    used: usize,
    ended: bool,
}

impl<R: Read> Decoder<R> {
    /// Reads the first bytes of a source into `out`, which has room for at least three, to detect the encoding. The first
    /// call of [`Decoder::read`] must pass the same memory, so that most files need no copy.
    pub fn new(mut source: R, out: &mut [u8]) -> io::Result<Decoder<R>> {
        let (mut len, mut ended) = (0, false);
        while len < 3 && !ended {
            let read = read(&mut source, &mut out[len..])?;
            (len, ended) = (len + read, read == 0);
        }
        let mut raw = Vec::new();
        let encoding = match out[..len] {
            [0xEF, 0xBB, 0xBF, ..] => Encoding::Bytes(3),
            [0xFF, 0xFE, ..] => Encoding::Utf16 { big: false },
            [0xFE, 0xFF, ..] => Encoding::Utf16 { big: true },
            _ => Encoding::Bytes(0),
        };
        match encoding {
            Encoding::Utf16 { .. } => {
                raw.extend_from_slice(&out[2..len]);
                len = 0;
            }
            Encoding::Bytes(mark) => {
                out.copy_within(mark as usize..len, 0);
                len -= mark as usize;
            }
        }
        Ok(Decoder { source, encoding, first: len, raw, used: 0, ended })
    }

    /// Returns the encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Reads more text into `out`, which has room for at least one code point. Returns the number of bytes, or 0 at the
    /// end.
    pub fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Encoding::Utf16 { big } = self.encoding {
            return self.read_utf16(out, big);
        }
        if self.first > 0 {
            return Ok(std::mem::take(&mut self.first));
        }
        read(&mut self.source, out)
    }

    fn read_more(&mut self) -> io::Result<()> {
        self.raw.drain(..std::mem::take(&mut self.used));
        let before = self.raw.len();
        memory::resize(&mut self.raw, before + RAW, 0)?;
        let read = read(&mut self.source, &mut self.raw[before..]);
        self.raw.truncate(before + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        Ok(())
    }

    fn read_utf16(&mut self, out: &mut [u8], big: bool) -> io::Result<usize> {
        let mut done = 0;
        while out.len() - done >= 4 {
            let unit = |at: usize| {
                let pair = self.raw.get(at..at + 2)?;
                let pair = [pair[0], pair[1]];
                Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
            };
            let left = self.raw.len() - self.used;
            let (next, len) = match (unit(self.used), unit(self.used + 2)) {
                // The first half of a pair, whose second half may not have been read yet.
                (Some(0xD800..=0xDBFF) | None, None) if !self.ended => {
                    if done > 0 {
                        break;
                    }
                    self.read_more()?;
                    continue;
                }
                (Some(high @ 0xD800..=0xDBFF), Some(low @ 0xDC00..=0xDFFF)) => {
                    let scalar = 0x10000 + (u32::from(high & 0x3FF) << 10) + u32::from(low & 0x3FF);
                    (char::from_u32(scalar), 4)
                }
                (Some(unit), _) => (char::from_u32(unit.into()), 2),
                (None, _) if left == 0 => break,
                // Half a unit at the end of the file.
                (None, _) => (None, left),
            };
            let next = next.unwrap_or(char::REPLACEMENT_CHARACTER);
            done += next.encode_utf8(&mut out[done..]).len();
            self.used += len;
        }
        Ok(done)
    }
}

/// Reads, and retries if a signal interrupts.
fn read(source: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    loop {
        match source.read(out) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

/// Converts a place in a text to an offset in its file.
pub(in crate::tree) struct Place {
    encoding: Encoding,
    /// Number of bytes before the place, or of units if the text was converted.
    before: u64,
}

impl Place {
    /// Returns the place at the beginning of a file.
    pub fn new(encoding: Encoding) -> Place {
        Place { encoding, before: 0 }
    }

    /// Advances past a piece of the text, which begins at the place and ends between two code points.
    pub fn advance(&mut self, piece: &[u8]) {
        self.before += match self.encoding {
            Encoding::Bytes(_) => piece.len() as u64,
            // A code point has one unit, or two if its UTF-8 has four bytes.
            Encoding::Utf16 { .. } => {
                let units = piece
                    .iter()
                    .map(|&byte| u64::from(byte & 0xC0 != 0x80) + u64::from(byte >= 0xF0));
                units.sum()
            }
        };
    }

    /// Returns the offset in the file. The mark belongs to the first line.
    pub fn offset(&self) -> u64 {
        match self.encoding {
            _ if self.before == 0 => 0,
            Encoding::Bytes(mark) => mark + self.before,
            Encoding::Utf16 { .. } => 2 + 2 * self.before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reader that returns a few bytes at a time, and is interrupted in between.
    struct Slow<'t>(&'t [u8], usize, bool);

    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.2 = !self.2;
            if self.2 {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let len = self.1.min(out.len()).min(self.0.len());
            out[..len].copy_from_slice(&self.0[..len]);
            self.0 = &self.0[len..];
            Ok(len)
        }
    }

    fn decode(file: &[u8], at_once: usize, room: usize) -> (Encoding, Vec<u8>) {
        let (mut text, mut out) = (Vec::new(), vec![0; room]);
        let mut decoder = Decoder::new(Slow(file, at_once, false), &mut out).unwrap();
        loop {
            match decoder.read(&mut out).unwrap() {
                0 => return (decoder.encoding(), text),
                len => text.extend_from_slice(&out[..len]),
            }
        }
    }

    proptest! {
        #[test]
        fn utf16_is_translated_and_offsets_are_those_of_the_file(
            units in prop::collection::vec(
                prop_oneof![any::<u16>(), Just(10_u16), 0xD7F0_u16..0xE010, Just(0xFEFF_u16), 0x20_u16..0x80], 0..60),
            big in any::<bool>(),
            half in any::<bool>(),
            (at_once, room) in (1..9_usize, 4..20_usize),
        ) {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            let mut file: Vec<u8> = std::iter::once(0xFEFF).chain(units.iter().copied()).flat_map(bytes).collect();
            let mut expected = String::from_utf16_lossy(&units);
            if half {
                file.push(b'x');
                expected.push('\u{FFFD}');
            }
            let (encoding, text) = decode(&file, at_once, room);
            prop_assert_eq!(encoding, Encoding::Utf16 { big });
            prop_assert_eq!(&text[..], expected.as_bytes());
            // A line begins after each line feed, both in the file and in the text.
            let feeds = units.iter().enumerate().filter(|&(_, &unit)| unit == 10);
            let starts: Vec<u64> = feeds.map(|(at, _)| 2 + 2 * (at as u64 + 1)).collect();
            let (mut place, mut found) = (Place::new(encoding), Vec::new());
            for line in text.split_inclusive(|&byte| byte == 10) {
                place.advance(line);
                if line.ends_with(b"\n") {
                    found.push(place.offset());
                }
            }
            prop_assert_eq!(found, starts);
        }

        #[test]
        fn other_files_are_as_they_are_but_for_a_mark(
            text in prop::collection::vec(any::<u8>(), 0..40), mark in any::<bool>(), at_once in 1..9_usize, room in 4..20_usize,
        ) {
            let mark = if mark { &b"\xEF\xBB\xBF"[..] } else { b"x" };
            let file = [mark, &text].concat();
            let (encoding, found) = decode(&file, at_once, room);
            let len = if mark == b"x" { 0 } else { 3 };
            prop_assert_eq!(encoding, Encoding::Bytes(len as u64));
            prop_assert_eq!(&found[..], &file[len..]);
        }
    }

    #[test]
    fn a_mark_alone_and_less_than_one_are_files() {
        assert_eq!(decode(b"", 1, 4), (Encoding::Bytes(0), vec![]));
        assert_eq!(decode(b"\xEF\xBB", 1, 4), (Encoding::Bytes(0), vec![0xEF, 0xBB]));
        assert_eq!(decode(b"\xEF\xBB\xBF", 1, 4), (Encoding::Bytes(3), vec![]));
        assert_eq!(decode(b"\xFF\xFE", 1, 4), (Encoding::Utf16 { big: false }, vec![]));
        assert_eq!(decode(b"\xFF", 1, 4), (Encoding::Bytes(0), vec![0xFF]));
    }
}
