//! The block cache of a file: recently read blocks, in bounded memory.

use super::held::Tally;
use super::source::Source;
use crate::memory;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

/// Size of a block in bytes.
pub(super) const BLOCK: usize = 64 << 10;

/// Default capacity of the block cache of a file, in bytes.
pub(super) const DEFAULT_CAPACITY: usize = 4 << 20;

/// Returns a buffer of `len` zeros, or an error if the system has no memory for it.
pub(super) fn zeroed(len: usize) -> io::Result<Vec<u8>> {
    Ok(memory::filled(0, len)?)
}

/// The cached blocks of one source, by block number. When there are too many, the least recently used block is dropped.
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
    /// Creates a cache of `capacity` bytes, but of two blocks at least.
    pub fn new(capacity: usize) -> Cache {
        Cache { most: (capacity / BLOCK).max(2), state: Mutex::default() }
    }

    /// Returns block `number`, which has `len` bytes; it is shorter only if the source has become shorter.
    pub fn get(&self, source: &dyn Source, number: u64, len: usize) -> io::Result<Arc<Vec<u8>>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock += 1;
        let now = state.clock;
        if let Some((block, used)) = state.blocks.get_mut(&number)
            // A shorter block was the last one of a file that has grown since: it is read again.
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

    /// Returns the maximum size of the cache in bytes.
    pub fn capacity(&self) -> usize {
        self.most * BLOCK
    }
}
