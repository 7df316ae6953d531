//! Batches of paths: one text, and the offsets of each path in it.

use crate::memory::{self, NoMemory, must};

/// The kind of file at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link that was not followed.
    Link,
    /// A pipe, a socket or a device.
    Other,
    /// Something could not be read; the message says why.
    Error,
}

/// One path of a batch: its offsets in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Start of the path.
    pub start: u32,
    /// End of the path, and start of the message of an error.
    pub stop: u32,
    /// End of the message; equal to `stop` if there is none.
    pub message_stop: u32,
    /// The kind of file at the path.
    pub kind: Kind,
}

/// A batch of paths, as bytes: file names need not be UTF-8.
#[derive(Debug, Default)]
pub struct Paths {
    text: Vec<u8>,
    entries: Vec<Entry>,
    /// Number of paths that were moved to another batch.
    moved: usize,
}

impl Paths {
    /// Appends a path, given in two parts, and a message if it is an error.
    pub fn push(&mut self, root: &[u8], rest: &[u8], kind: Kind, message: &[u8]) {
        must(memory::reserve(&mut self.entries, 1));
        must(memory::reserve(&mut self.text, root.len() + rest.len() + message.len()));
        let start = self.text.len() as u32;
        self.text.extend_from_slice(root);
        self.text.extend_from_slice(rest);
        let stop = self.text.len() as u32;
        self.text.extend_from_slice(message);
        self.entries.push(Entry { start, stop, message_stop: self.text.len() as u32, kind });
    }

    /// Returns the number of paths.
    pub fn len(&self) -> usize {
        self.entries.len() - self.moved
    }

    /// Returns whether the batch has no paths.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the bytes that the batch holds.
    pub fn memory_usage(&self) -> usize {
        self.text.capacity() + self.entries.capacity() * size_of::<Entry>()
    }

    /// Returns the text of the batch.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns the paths.
    pub fn entries(&self) -> &[Entry] {
        &self.entries[self.moved..]
    }

    /// Returns the bytes of a path of this batch.
    pub fn path(&self, entry: &Entry) -> &[u8] {
        &self.text[entry.start as usize..entry.stop as usize]
    }

    /// Returns the bytes of the message of an error.
    pub fn message(&self, entry: &Entry) -> &[u8] {
        &self.text[entry.stop as usize..entry.message_stop as usize]
    }

    /// Removes all paths and keeps the memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.entries.clear();
        self.moved = 0;
    }

    /// Returns a copy that takes no more memory than it needs.
    pub fn copy(&self) -> Result<Paths, NoMemory> {
        let (text, entries) = (memory::copy(&self.text)?, memory::copy(&self.entries)?);
        Ok(Paths { text, entries, moved: self.moved })
    }

    /// Moves up to `most` paths from the beginning of `other` into this batch; none if there is no memory for all of them.
    pub fn take_from(&mut self, other: &mut Paths, most: usize) -> Result<(), NoMemory> {
        let list = &other.entries()[..most.min(other.len())];
        let (Some(first), Some(last)) = (list.first(), list.last()) else { return Ok(()) };
        let (from, to) = (first.start, self.text.len() as u32);
        memory::reserve(&mut self.entries, list.len())?;
        memory::append(&mut self.text, &other.text[from as usize..last.message_stop as usize])?;
        self.entries.extend(list.iter().map(|entry| Entry {
            start: entry.start - from + to,
            stop: entry.stop - from + to,
            message_stop: entry.message_stop - from + to,
            kind: entry.kind,
        }));
        other.moved += list.len();
        Ok(())
    }
}
