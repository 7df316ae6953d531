//! Boosts: numbers that the host adds to the scores of items.

use std::sync::Arc;

/// Number of items in a block of boosts.
const BLOCK: usize = 4096;

type Block = [i32; BLOCK];

/// A boost for each item, 0 for most. Blocks that contain only zeroes are not stored.
#[derive(Clone, Default)]
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
    pub(super) fn set(&mut self, mut first: usize, mut boosts: &[i32]) {
        while !boosts.is_empty() {
            let (number, from) = (first / BLOCK, first % BLOCK);
            let (now, rest) = boosts.split_at(boosts.len().min(BLOCK - from));
            self.most = now.iter().fold(self.most, |most, &boost| most.max(boost));
            if self.blocks.len() <= number && now.iter().any(|&boost| boost != 0) {
                self.blocks.resize(number + 1, None);
            }
            if let Some(block) = self.blocks.get_mut(number)
                && (block.is_some() || now.iter().any(|&boost| boost != 0))
            {
                let block = block.get_or_insert_with(|| Arc::new([0; BLOCK]));
                Arc::make_mut(block)[from..from + now.len()].copy_from_slice(now);
            }
            (first, boosts) = (first + now.len(), rest);
        }
    }

    /// Returns the bytes that the boosts hold.
    pub(super) fn memory_usage(&self) -> usize {
        let blocks = self.blocks.iter().flatten().count();
        blocks * size_of::<Block>() + self.blocks.capacity() * size_of::<usize>()
    }
}
