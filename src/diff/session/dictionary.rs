//! The distinct lines of a session, each with a number, its token. The text of a line is kept once.

use crate::diff::{DiffError, Lines, intern};
use crate::memory::{self, NoMemory};
use hashbrown::HashTable;
use std::ops::Range;
use std::sync::Arc;

/// The number of a distinct line. Those of the base come first and stay; others are used again after their last use.
pub(crate) type Token = u32;

/// A distinct line of the base.
struct BaseLine {
    /// Its first line number, 0-based.
    line: u32,
    hash: u32,
    /// How often the base has it, and how often the text.
    in_base: u32,
    in_text: u32,
}

/// A distinct line that the base does not have.
struct OwnLine {
    text: Box<[u8]>,
    hash: u32,
    /// How often the text has it. 0: the token is free.
    in_text: u32,
}

/// The distinct lines of the base and of the text. A line includes its line feed.
pub(super) struct Dictionary {
    base: Arc<[u8]>,
    /// The offset after each line of the base.
    stops: Vec<u32>,
    base_lines: Vec<BaseLine>,
    own: Vec<OwnLine>,
    /// Free tokens. It has room for all of `own`.
    free: Vec<Token>,
    own_bytes: usize,
    table: HashTable<Token>,
    seed: u64,
}

impl Dictionary {
    /// Returns the dictionary of a base, and the tokens of its lines. The text has no line yet.
    pub(super) fn new(base: Arc<[u8]>) -> Result<(Dictionary, Vec<Token>), DiffError> {
        let lines = Lines::new(&base)?;
        let mut stops = memory::with_room(lines.len())?;
        stops.extend((0..lines.len()).map(|line| lines.offset(line + 1) as u32));
        drop(lines);
        let mut dictionary = Dictionary {
            base,
            stops,
            base_lines: Vec::new(),
            own: Vec::new(),
            free: Vec::new(),
            own_bytes: 0,
            table: HashTable::new(),
            seed: intern::seed(),
        };
        let mut tokens = memory::with_room(dictionary.stops.len())?;
        for line in 0..dictionary.stops.len() {
            let hash = dictionary.hash(dictionary.base_text(line..line + 1));
            let found = dictionary.find(hash, dictionary.base_text(line..line + 1));
            let token = match found {
                Some(token) => token,
                None => {
                    let token = dictionary.base_lines.len() as Token;
                    let new = BaseLine { line: line as u32, hash, in_base: 0, in_text: 0 };
                    memory::push(&mut dictionary.base_lines, new)?;
                    dictionary.insert(hash, token)?;
                    token
                }
            };
            dictionary.base_lines[token as usize].in_base += 1;
            tokens.push(token);
        }
        Ok((dictionary, tokens))
    }

    /// Returns the base.
    pub(super) fn base(&self) -> &Arc<[u8]> {
        &self.base
    }

    /// Returns the number of lines of the base.
    pub(super) fn base_count(&self) -> usize {
        self.stops.len()
    }

    /// Returns lines of the base.
    pub(super) fn base_text(&self, lines: Range<usize>) -> &[u8] {
        let offset = |line: usize| line.checked_sub(1).map_or(0, |last| self.stops[last] as usize);
        &self.base[offset(lines.start)..offset(lines.end)]
    }

    /// Returns whether the base does not have a line.
    pub(super) fn is_own(&self, token: Token) -> bool {
        token as usize >= self.base_lines.len()
    }

    /// Returns whether the base and the text have a line once each.
    pub(super) fn is_anchor(&self, token: Token) -> bool {
        let line = self.base_lines.get(token as usize);
        line.is_some_and(|line| line.in_base == 1 && line.in_text == 1)
    }

    /// Returns a line with its line feed.
    pub(super) fn text(&self, token: Token) -> &[u8] {
        let index = token as usize;
        match self.base_lines.get(index) {
            Some(line) => self.base_text(line.line as usize..line.line as usize + 1),
            None => &self.own[index - self.base_lines.len()].text,
        }
    }

    /// Returns the token of a line, and counts that the text has it once more.
    pub(super) fn take(&mut self, line: &[u8]) -> Result<Token, NoMemory> {
        let hash = self.hash(line);
        if let Some(token) = self.find(hash, line) {
            *self.in_text(token) += 1;
            return Ok(token);
        }
        let new = OwnLine { text: memory::copy(line)?.into_boxed_slice(), hash, in_text: 1 };
        let token = match self.free.last() {
            Some(&token) => {
                self.insert(hash, token)?;
                self.free.pop();
                self.own[token as usize - self.base_lines.len()] = new;
                token
            }
            None => {
                memory::reserve(&mut self.own, 1)?;
                let room = self.own.len() + 1 - self.free.len();
                memory::reserve(&mut self.free, room)?;
                let token = (self.base_lines.len() + self.own.len()) as Token;
                self.insert(hash, token)?;
                self.own.push(new);
                token
            }
        };
        self.own_bytes += line.len();
        Ok(token)
    }

    /// Counts once more that the text has a line of the base.
    pub(super) fn take_again(&mut self, token: Token) {
        *self.in_text(token) += 1;
    }

    /// Counts that the text has a line once less. A line that neither has is forgotten.
    pub(super) fn release(&mut self, token: Token) {
        let count = self.in_text(token);
        *count -= 1;
        if *count > 0 || !self.is_own(token) {
            return;
        }
        let own = &mut self.own[token as usize - self.base_lines.len()];
        self.own_bytes -= own.text.len();
        own.text = Box::default();
        if let Ok(entry) = self.table.find_entry(spread(own.hash), |&other| other == token) {
            entry.remove();
        }
        self.free.push(token);
    }

    /// Returns the memory in bytes, with that of the base.
    pub(super) fn memory_usage(&self) -> usize {
        self.base.len()
            + self.own_bytes
            + self.stops.capacity() * size_of::<u32>()
            + self.base_lines.capacity() * size_of::<BaseLine>()
            + self.own.capacity() * size_of::<OwnLine>()
            + self.free.capacity() * size_of::<Token>()
            + self.table.allocation_size()
    }

    fn in_text(&mut self, token: Token) -> &mut u32 {
        let index = token as usize;
        match index.checked_sub(self.base_lines.len()) {
            None => &mut self.base_lines[index].in_text,
            Some(own) => &mut self.own[own].in_text,
        }
    }

    fn hash(&self, line: &[u8]) -> u32 {
        intern::hash(line, self.seed)
    }

    fn find(&self, hash: u32, line: &[u8]) -> Option<Token> {
        self.table.find(spread(hash), |&token| self.text(token) == line).copied()
    }

    fn insert(&mut self, hash: u32, token: Token) -> Result<(), NoMemory> {
        let Dictionary { base_lines, own, table, .. } = self;
        let hash_of = |&token: &Token| {
            let index = token as usize;
            spread(match base_lines.get(index) {
                Some(line) => line.hash,
                None => own[index - base_lines.len()].hash,
            })
        };
        let bytes = table.allocation_size() * 2;
        table.try_reserve(1, hash_of).map_err(|_| NoMemory { bytes })?;
        table.insert_unique(spread(hash), token, hash_of);
        Ok(())
    }
}

/// Returns a hash as the table wants it, which takes the place from the low bits and a check from the high ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}
