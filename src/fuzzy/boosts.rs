//! Boosts: numbers that the host adds to the scores of items.

use crate::memory::{self, NoMemory};
use std::sync::Arc;

/// Number of items in a block of boosts.
const BLOCK: usize = 4096;

/// The boosts of a block: as many as it has items.
type Block = Vec<i32>;

/// A boost for each item, 0 for most. Blocks that contain only zeroes are not stored.
#[derive(Default)]
pub(super) struct Boosts {
    blocks: Vec<Option<Arc<Block>>>,
    /// Upper bound of all boosts.
    most: i32,
}

impl Boosts {
    /// Returns the boost of an item.
    #[inline]
    pub(super) fn get(&self, index: usize) -> i32 {
        match self.blocks.get(index / BLOCK) {
            Some(Some(block)) => block[index % BLOCK],
            _ => 0,
        }
    }

    /// Returns an upper bound of all boosts, at least 0.
    pub(super) fn most(&self) -> i32 {
        self.most
    }

    /// Sets the boosts of consecutive items, from the item `first` on.
    pub(super) fn set(&mut self, mut first: usize, mut boosts: &[i32]) -> Result<(), NoMemory> {
        while !boosts.is_empty() {
            let (number, from) = (first / BLOCK, first % BLOCK);
            let (now, rest) = boosts.split_at(boosts.len().min(BLOCK - from));
            self.most = now.iter().fold(self.most, |most, &boost| most.max(boost));
            if self.blocks.len() <= number && now.iter().any(|&boost| boost != 0) {
                let more = number + 1 - self.blocks.len();
                memory::reserve(&mut self.blocks, more)?;
                self.blocks.resize(number + 1, None);
            }
            if let Some(block) = self.blocks.get_mut(number)
                && (block.is_some() || now.iter().any(|&boost| boost != 0))
            {
                // A block that a search reads is not changed.
                let mut own = match block.as_mut().map(Arc::get_mut) {
                    None => Some(memory::filled(0, BLOCK)?),
                    Some(None) => Some(memory::copy(block.as_deref().map_or(&[], Vec::as_slice))?),
                    Some(Some(_)) => None,
                };
                if let Some(own) = own.take() {
                    *block = Some(Arc::new(own));
                }
                if let Some(block) = block.as_mut().and_then(Arc::get_mut) {
                    block[from..from + now.len()].copy_from_slice(now);
                }
            }
            (first, boosts) = (first + now.len(), rest);
        }
        Ok(())
    }

    /// The same again, for changes that searches do not see.
    pub(super) fn copy(&self) -> Result<Boosts, NoMemory> {
        Ok(Boosts { blocks: memory::collect(self.blocks.iter().cloned())?, most: self.most })
    }

    /// Returns the bytes that the boosts hold.
    pub(super) fn memory_usage(&self) -> usize {
        let blocks = self.blocks.iter().flatten().count();
        blocks * BLOCK * size_of::<i32>() + self.blocks.capacity() * size_of::<usize>()
    }
}
