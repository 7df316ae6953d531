//! The bonuses of a scheme as bytes.

use crate::fuzzy::fzf::bonus::{self, Model};
use crate::fuzzy::fzf::chars::Class;

/// The bonuses of a scheme, in the form that kernels need.
#[derive(Clone, Debug)]
pub(in crate::fuzzy) struct Bonuses {
    /// The class of each ASCII byte.
    classes: [u8; 128],
    table: [[u8; 8]; 8],
    pub(super) white: u8,
    pub(super) delimiter: u8,
    pub(super) delimiters: &'static [u8],
    /// The byte that an item's first character is treated as following.
    pub(in crate::fuzzy) first: u8,
}

impl Bonuses {
    pub(in crate::fuzzy) fn new(model: &Model) -> Bonuses {
        let mut bonuses = Bonuses {
            classes: [0; 128],
            table: [[0; 8]; 8],
            white: model.white() as u8,
            delimiter: 0,
            delimiters: model.delimiters(),
            first: b' ',
        };
        for byte in 0..128 {
            bonuses.classes[byte] = model.class(byte as u32) as u8;
        }
        let bytes = [b' ', b'-', b'/', b'a', b'A', b'0'];
        for before in bytes {
            for byte in bytes {
                let (before, class) = (model.class(before.into()), model.class(byte.into()));
                bonuses.table[before as usize][class as usize] =
                    model.bonus(Some(before), class) as u8;
            }
        }
        bonuses.delimiter = bonuses.table[Class::Delimiter as usize][Class::Lower as usize];
        if model.bonus(None, Class::Lower) != model.bonus(Some(Class::White), Class::Lower)
            || model.bonus(None, Class::White) != model.bonus(Some(Class::White), Class::White)
        {
            bonuses.first = b'/';
        }
        bonuses
    }

    /// Returns the bonus of `byte` after `before`, both ASCII.
    #[inline]
    pub(in crate::fuzzy) fn get(&self, before: u8, byte: u8) -> u8 {
        let class = |byte: u8| usize::from(self.classes[usize::from(byte & 127)]);
        self.table[class(before) & 7][class(byte) & 7]
    }

    /// Returns how much higher the bonus after white space is than after a delimiter, or 0 if it is not higher.
    pub(in crate::fuzzy) fn white_over_delimiter(&self) -> i32 {
        i32::from(self.white.saturating_sub(self.delimiter))
    }

    /// Returns whether the bonus after a delimiter is higher than after other punctuation.
    pub(in crate::fuzzy) fn has_higher_delimiters(&self) -> bool {
        i32::from(self.delimiter) > bonus::BOUNDARY
    }

    /// Returns the maximum bonus in text that follows a delimiter and has no white space.
    pub(in crate::fuzzy) fn most_without_white(&self) -> u8 {
        self.delimiter
    }

    /// Returns the maximum bonus.
    pub(in crate::fuzzy) fn most(&self) -> i32 {
        i32::from(self.white.max(self.delimiter))
    }
}
