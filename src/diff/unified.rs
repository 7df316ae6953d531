//! Unified diffs, byte for byte as `git diff` and `diff -u` write them.
//!
//! Costs a copy of the written lines. Without function headings only the lines within the context are read.

use super::{Hunk, Lines};
use crate::memory::{self, NoMemory};
use std::io::Write;

/// How a unified diff is written.
#[derive(Clone, Copy, Debug)]
pub struct UnifiedOptions<'a> {
    /// Number of unchanged lines before and after each change.
    pub context: u32,
    /// The names of both texts, for the two lines at the top; without them the diff starts with its first `@@`.
    pub names: Option<(&'a [u8], &'a [u8])>,
    /// Whether `@@` lines show the last line before them that starts with a letter, `_` or `$`, as those of Git do.
    pub headings: bool,
}

impl Default for UnifiedOptions<'_> {
    fn default() -> Self {
        UnifiedOptions { context: 3, names: None, headings: false }
    }
}

/// Maximum length of a function heading in bytes.
const MAX_HEADING_BYTES: usize = 80;

/// Appends a unified diff to `out`; nothing if there are no hunks. Unchanged lines are those of `a`. The hunks must have
/// passed `check` for these texts.
pub fn unified(
    a: &Lines<'_>,
    b: &Lines<'_>,
    hunks: &[Hunk],
    options: &UnifiedOptions<'_>,
    out: &mut Vec<u8>,
) -> Result<(), NoMemory> {
    if hunks.is_empty() {
        return Ok(());
    }
    if let Some((a_name, b_name)) = options.names {
        write_name(out, b"--- ", a_name)?;
        write_name(out, b"+++ ", b_name)?;
    }
    let context = options.context as usize;
    let mut heading = Heading { text: b"", searched: 0 };
    let mut rest = hunks;
    while let [first, ..] = rest {
        // Changes whose contexts touch share a header.
        let joined = rest
            .windows(2)
            .take_while(|pair| pair[1].a_first as u64 - pair[0].a_stop() <= 2 * context as u64);
        let (group, after) = rest.split_at(joined.count() + 1);
        rest = after;
        let last = group[group.len() - 1];
        let lead = context.min(first.a_first as usize);
        let (a_stop, b_stop) = (last.a_stop() as usize, last.b_stop() as usize);
        let trail = context.min(a.len() - a_stop);
        let a_first = first.a_first as usize - lead;
        let b_first = first.b_first as usize - lead;
        write_range(out, "@@ -", a_first, a_stop + trail - a_first)?;
        write_range(out, " +", b_first, b_stop + trail - b_first)?;
        memory::append(out, b" @@")?;
        if options.headings {
            heading.update(a, a_first);
            if !heading.text.is_empty() {
                memory::append(out, b" ")?;
                memory::append(out, heading.text)?;
            }
        }
        memory::append(out, b"\n")?;
        let (mut a_at, mut b_at) = (a_first, b_first);
        for hunk in group {
            while a_at < hunk.a_first as usize {
                write_common(out, a, a_at, b, b_at)?;
                (a_at, b_at) = (a_at + 1, b_at + 1);
            }
            while a_at < hunk.a_stop() as usize {
                write_line(out, b'-', a.get(a_at), true)?;
                a_at += 1;
            }
            while b_at < hunk.b_stop() as usize {
                write_line(out, b'+', b.get(b_at), true)?;
                b_at += 1;
            }
        }
        while a_at < a_stop + trail {
            write_common(out, a, a_at, b, b_at)?;
            (a_at, b_at) = (a_at + 1, b_at + 1);
        }
    }
    Ok(())
}

fn write_common(
    out: &mut Vec<u8>,
    a: &Lines<'_>,
    a_at: usize,
    b: &Lines<'_>,
    b_at: usize,
) -> Result<(), NoMemory> {
    // If white space does not matter, the last line of one text may equal a line of the other text that ends.
    let is_marked = !b.get(b_at).ends_with(b"\n");
    write_line(out, b' ', a.get(a_at), is_marked)
}

fn write_line(out: &mut Vec<u8>, sign: u8, line: &[u8], is_marked: bool) -> Result<(), NoMemory> {
    memory::reserve(out, line.len() + 1)?;
    out.push(sign);
    out.extend_from_slice(line);
    match line.ends_with(b"\n") {
        true => Ok(()),
        false if is_marked => memory::append(out, b"\n\\ No newline at end of file\n"),
        false => memory::append(out, b"\n"),
    }
}

/// Writes the range of an `@@` line: 1-based, the count only if it is not 1, and without lines the line before them.
fn write_range(out: &mut Vec<u8>, sign: &str, first: usize, count: usize) -> Result<(), NoMemory> {
    memory::reserve(out, 32)?;
    let first = first + usize::from(count > 0);
    let _ = match count {
        1 => write!(out, "{sign}{first}"),
        _ => write!(out, "{sign}{first},{count}"),
    };
    Ok(())
}

/// Writes the name of a text. As Git does, a name with control characters, quotes or backslashes is quoted, and one with a
/// space is followed by a tab, which ends it for `patch`.
fn write_name(out: &mut Vec<u8>, sign: &[u8], name: &[u8]) -> Result<(), NoMemory> {
    memory::reserve(out, sign.len() + 4 * name.len() + 4)?;
    out.extend_from_slice(sign);
    if !name.iter().any(|&byte| byte < 0x20 || byte == b'"' || byte == b'\\' || byte >= 0x7f) {
        out.extend_from_slice(name);
    } else {
        out.push(b'"');
        for &byte in name {
            let letter = match byte {
                7 => b'a',
                8 => b'b',
                9 => b't',
                10 => b'n',
                11 => b'v',
                12 => b'f',
                13 => b'r',
                b'"' | b'\\' => byte,
                0x20..0x7f => {
                    out.push(byte);
                    continue;
                }
                _ => {
                    let _ = write!(out, "\\{byte:03o}");
                    continue;
                }
            };
            out.extend_from_slice(&[b'\\', letter]);
        }
        out.push(b'"');
    }
    if name.contains(&b' ') {
        out.push(b'\t');
    }
    out.push(b'\n');
    Ok(())
}

/// The function heading of the next `@@` line: that of the last one if no other line follows.
struct Heading<'a> {
    text: &'a [u8],
    /// All lines before this one have been searched.
    searched: usize,
}

impl<'a> Heading<'a> {
    fn update(&mut self, lines: &Lines<'a>, before: usize) {
        let is_heading = |at: &usize| {
            let first = lines.get(*at)[0];
            first.is_ascii_alphabetic() || first == b'_' || first == b'$'
        };
        if let Some(at) = (self.searched..before).rev().find(is_heading) {
            let line = lines.get(at);
            let line = &line[..line.len().min(MAX_HEADING_BYTES)];
            let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
            let len = line.iter().rposition(|byte| !is_space(byte)).map_or(0, |last| last + 1);
            // Not within a character.
            let valid = match std::str::from_utf8(&line[..len]) {
                Ok(_) => len,
                Err(invalid) => invalid.valid_up_to(),
            };
            self.text = &line[..valid];
        }
        self.searched = before.max(self.searched);
    }
}
