//! Streaming decompression of gzip and zstd archives.
//!
//! # What does it cost?
//!
//! gzip needs about 100 KiB. zstd needs the window that the archive asks for: at most 8 MiB unless the archive was
//! compressed with `--ultra` or `--long`; windows above 128 MiB are refused. zstd returns a byte only when it leaves
//! the window, so the last bytes arrive late while the archive continues.
//!
//! # What is an archive here?
//!
//! Any number of gzip members in a row, followed by zeros as tapes write them; any number of zstd frames, with
//! skippable frames between them. Checksums are verified.

use crate::job::JobError;
use crate::memory;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

/// Bytes that gzip decompresses at a time. When it finds an error, the bytes of the current piece are lost.
const PIECE: usize = 64 << 10;

/// Number of leading bytes that identify an archive.
pub(super) const MAGIC: usize = 4;

/// The compression format of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
}

/// The reason why decompression stopped before the end of an archive.
pub(super) enum Broken {
    /// The receiver of the bytes has stopped.
    Stopped(JobError),
    /// The archive is damaged or cannot be read.
    Damaged(String),
}

impl From<JobError> for Broken {
    fn from(stop: JobError) -> Broken {
        Broken::Stopped(stop)
    }
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Broken {
        Broken::Damaged(error.to_string())
    }
}

impl From<FrameDecoderError> for Broken {
    fn from(error: FrameDecoderError) -> Broken {
        Broken::Damaged(error.to_string())
    }
}

impl Codec {
    /// Returns the compression format of data that starts with `head`, or `None` if it is not an archive.
    pub fn of(head: &[u8]) -> Option<Codec> {
        match head {
            [0x1F, 0x8B, 8, ..] => Some(Codec::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Codec::Zstd),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Codec::Gzip => "gzip",
            Codec::Zstd => "zstd",
        }
    }

    /// Returns the bytes of memory that must be free before decompression starts: the decompression crates allocate in
    /// pieces, and cannot report a failed allocation. Windows above 8 MiB, which zstd makes only on request, take more.
    pub fn working_memory(self) -> usize {
        match self {
            Codec::Gzip => 1 << 20,
            Codec::Zstd => 24 << 20,
        }
    }

    /// Decompresses a whole archive and passes its bytes to `emit` in pieces.
    pub fn unpack(
        self,
        input: &mut impl BufRead,
        emit: &mut impl FnMut(&[u8]) -> Result<(), JobError>,
    ) -> Result<(), Broken> {
        match self {
            Codec::Gzip => gzip(input, emit),
            Codec::Zstd => zstd(input, emit),
        }
    }
}

fn gzip(
    input: &mut impl BufRead,
    emit: &mut impl FnMut(&[u8]) -> Result<(), JobError>,
) -> Result<(), Broken> {
    let mut buffer = memory::filled(0, PIECE).map_err(JobError::from)?;
    loop {
        let mut member = flate2::bufread::GzDecoder::new(&mut *input);
        loop {
            match member.read(&mut buffer)? {
                0 => break,
                len => emit(&buffer[..len])?,
            }
        }
        // Either another member follows, or only zeros.
        let mut zeros = false;
        loop {
            let rest = input.fill_buf()?;
            let len = rest.iter().take_while(|&&byte| byte == 0).count();
            if rest.is_empty() {
                return Ok(());
            } else if len < rest.len() {
                if zeros || rest[0] != 0x1F {
                    return Err(Broken::Damaged(
                        "the bytes after its end are not an archive".to_owned(),
                    ));
                }
                break;
            }
            zeros = true;
            input.consume(len);
        }
    }
}

fn zstd(
    input: &mut impl BufRead,
    emit: &mut impl FnMut(&[u8]) -> Result<(), JobError>,
) -> Result<(), Broken> {
    let mut buffer = memory::filled(0, 4 * PIECE).map_err(JobError::from)?;
    let mut decoder = FrameDecoder::new();
    while !input.fill_buf()?.is_empty() {
        match decoder.reset(&mut *input) {
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let length = u64::from(length);
                if io::copy(&mut input.by_ref().take(length), &mut io::sink())? < length {
                    return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                }
                continue;
            }
            other => other?,
        }
        while !decoder.is_finished() {
            let block = decoder.decode_blocks(&mut *input, BlockDecodingStrategy::UptoBlocks(1));
            if block.is_err() {
                // An empty last block and a checksum make the decoder return the bytes that it holds for later blocks.
                let _ = decoder.decode_blocks(&b"\x01\0\0\0\0\0\0"[..], BlockDecodingStrategy::All);
            }
            loop {
                match decoder.read(&mut buffer)? {
                    0 => break,
                    len => emit(&buffer[..len])?,
                }
            }
            // Blocks without output must be interruptible as well.
            emit(&[])?;
            block?;
        }
        let stored = decoder.get_checksum_from_data();
        if stored.is_some() && stored != decoder.get_calculated_checksum() {
            return Err(Broken::Damaged("checksum mismatch".to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufReader, Write};

    fn gzip_of(text: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    /// Returns the decompressed bytes of an archive, and the error if there was one.
    fn unpacked(packing: Codec, archive: &[u8], buffer: usize) -> (Vec<u8>, Option<String>) {
        let (mut all, mut input) = (Vec::new(), BufReader::with_capacity(buffer, archive));
        let end = packing.unpack(&mut input, &mut |bytes| {
            all.extend_from_slice(bytes);
            Ok(())
        });
        let broken = end.err().map(|broken| match broken {
            Broken::Damaged(message) => message,
            Broken::Stopped(stop) => panic!("{stop:?}"),
        });
        (all, broken)
    }

    #[test]
    fn bytes_after_the_zeros_at_the_end_of_a_gzip_archive_are_not_a_member() {
        let member = gzip_of(b"text");
        for (zeros, more, is_damaged) in [
            (0, &member[..], false),
            (1000, &[], false),
            (1000, b"garbage", true),
            (3, &member, true),
            (1000, &member, true),
        ] {
            let archive = [&member[..], &vec![0; zeros], more].concat();
            // The zeros may end where the buffer ends.
            for buffer in [16, member.len(), member.len() + zeros, 1 << 16] {
                let (text, broken) = unpacked(Codec::Gzip, &archive, buffer.max(1));
                assert_eq!(broken.is_some(), is_damaged, "{zeros} zeros, {more:?}, {buffer}");
                let expected = if zeros == 0 { &b"texttext"[..] } else { b"text" };
                assert_eq!(text, expected);
            }
        }
    }

    #[test]
    fn a_zstd_frame_to_be_skipped_that_is_cut_is_damaged() {
        let mut frame = vec![0x50, 0x2A, 0x4D, 0x18, 100, 0, 0, 0];
        frame.extend([7; 10]);
        assert!(unpacked(Codec::Zstd, &frame, 64).1.is_some());
        frame.extend([7; 90]);
        assert_eq!(unpacked(Codec::Zstd, &frame, 64), (Vec::new(), None));
    }

    #[test]
    fn empty_zstd_blocks_can_be_interrupted() {
        let mut frame = vec![0x28, 0xB5, 0x2F, 0xFD, 0, 0];
        (0..1000).for_each(|_| frame.extend([0, 0, 0]));
        frame.extend([1, 0, 0]);
        assert_eq!(unpacked(Codec::Zstd, &frame, 64), (Vec::new(), None));
        let mut calls = 0;
        let end = Codec::Zstd.unpack(&mut &frame[..], &mut |_| {
            calls += 1;
            Err(JobError::Cancelled)
        });
        assert!(matches!(end, Err(Broken::Stopped(JobError::Cancelled))) && calls == 1);
    }
}
