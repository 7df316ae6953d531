//! Batches of paths: one piece of text, and where each path is in it.

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link that is not followed.
    Link,
    /// A pipe, a socket, a device.
    Other,
    /// Something that could not be read; a message tells why.
    Error,
}

/// One path of a batch: offsets in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where the path begins.
    pub start: u32,
    /// Where it ends, and the message of an error begins.
    pub stop: u32,
    /// Where the message ends; the same as `stop` if there is none.
    pub message_stop: u32,
    /// What is there.
    pub kind: Kind,
}

/// A batch of paths, as bytes: file names need not be UTF-8.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    text: Vec<u8>,
    entries: Vec<Entry>,
    /// How many have been moved to another batch.
    moved: usize,
}

impl Paths {
    /// Appends a path, in two parts, and a message for an error.
    pub fn push(&mut self, root: &[u8], rest: &[u8], kind: Kind, message: &[u8]) {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(root);
        self.text.extend_from_slice(rest);
        let stop = self.text.len() as u32;
        self.text.extend_from_slice(message);
        self.entries.push(Entry { start, stop, message_stop: self.text.len() as u32, kind });
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len() - self.moved
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes that it holds.
    pub fn memory_usage(&self) -> usize {
        self.text.capacity() + self.entries.capacity() * size_of::<Entry>()
    }

    /// The text of all paths.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Where each path is.
    pub fn entries(&self) -> &[Entry] {
        &self.entries[self.moved..]
    }

    /// The bytes of a path of this batch.
    pub fn path(&self, entry: &Entry) -> &[u8] {
        &self.text[entry.start as usize..entry.stop as usize]
    }

    /// The bytes of an error's message.
    pub fn message(&self, entry: &Entry) -> &[u8] {
        &self.text[entry.stop as usize..entry.message_stop as usize]
    }

    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.entries.clear();
        self.moved = 0;
    }

    /// Moves up to `most` paths here, the first ones of `other`.
    pub fn take_from(&mut self, other: &mut Paths, most: usize) {
        let list = &other.entries()[..most.min(other.len())];
        let (Some(first), Some(last)) = (list.first(), list.last()) else { return };
        let (from, to) = (first.start, self.text.len() as u32);
        self.text.extend_from_slice(&other.text[from as usize..last.message_stop as usize]);
        self.entries.extend(list.iter().map(|entry| Entry {
            start: entry.start - from + to,
            stop: entry.stop - from + to,
            message_stop: entry.message_stop - from + to,
            kind: entry.kind,
        }));
        other.moved += list.len();
    }
}
