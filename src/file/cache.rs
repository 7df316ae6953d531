//! The block cache: what was read a moment ago, in bounded memory.

use super::held::Tally;
use super::source::Source;
use crate::memory;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Bytes of a block.
pub(super) const BLOCK: usize = 64 << 10;

/// What the cache of a file holds unless told otherwise, in bytes.
pub(super) const DEFAULT_CAPACITY: usize = 4 << 20;

/// A buffer of zeros, or a refusal if the system has no memory for it.
pub(super) fn zeroed(len: usize) -> io::Result<Vec<u8>> {
    Ok(memory::filled(0, len)?)
}

/// Blocks of one source by their number. The one that was used longest ago goes when there are too many.
pub(super) struct Cache {
    most: usize,
    state: Mutex<CacheState>,
}

#[derive(Default)]
struct CacheState {
    blocks: HashMap<u64, (Arc<Vec<u8>>, u64)>,
    held: Tally,
    clock: u64,
}

impl Cache {
    /// A cache of so many bytes, of two blocks at least.
    pub fn new(capacity: usize) -> Cache {
        Cache { most: (capacity / BLOCK).max(2), state: Mutex::default() }
    }

    /// The block with that number, which has `len` bytes if the source has not lost some of them: then it is shorter.
    pub fn get(&self, source: &dyn Source, number: u64, len: usize) -> io::Result<Arc<Vec<u8>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let now = state.clock;
        if let Some((block, used)) = state.blocks.get_mut(&number)
            // The last block of a file that has grown is read again.
            && block.len() >= len
        {
            *used = now;
            return Ok(Arc::clone(block));
        }
        drop(state);
        let mut buffer = zeroed(len)?;
        let read = source.read_at(&mut buffer, number * BLOCK as u64)?;
        buffer.truncate(read);
        let block = Arc::new(buffer);
        if read == len {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.blocks.try_reserve(1).map_err(|_| io::ErrorKind::OutOfMemory)?;
            state.blocks.insert(number, (Arc::clone(&block), now));
            if state.blocks.len() > self.most {
                let oldest = state.blocks.iter().min_by_key(|(_, (_, used))| *used);
                let oldest = oldest.map(|(&number, _)| number);
                oldest.and_then(|number| state.blocks.remove(&number));
            }
            let held = state.blocks.len() * BLOCK;
            state.held.set(held);
        }
        Ok(block)
    }

    /// Bytes that it holds at most.
    pub fn capacity(&self) -> usize {
        self.most * BLOCK
    }
}
